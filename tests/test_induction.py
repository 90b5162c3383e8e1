"""Claims about what a loop makes, shown by claims about one turn: what must be shown, what never.

Must not know points: what is wrong must not be shown even where nobody tries it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcli.errors import Source
from gradcli.judge.turns import each_claim, even_shapes
from gradcli.language.derivation import derivation
from gradcli.language.documents.sections import Section, all_statements, sections
from gradcli.language.parsing.parse import read
from gradcli.language.tree import syntax
from gradcli.language.turns.induction import turns
from gradcli.language.turns.recurrences import MemberPlace, MemberRange
from gradcli.proof.proof import Proof, proof
from tests.verdicts import findings

SHEETS = {
    part.split('"')[1]: f"derivation {part}"
    for sheet in ("recurrences", "closed_forms", "backward")
    for part in (Path(__file__).parent / f"data/every/{sheet}.grad")
    .read_text()
    .split("derivation ")[1:]
}


def shown(text: str) -> list[str]:
    """The claims of a sheet, as they begin, that are shown by claims about one turn."""
    section = sections(read(Source("test", text)).program)[-1]
    built = [
        derivation(section, section, sizes={"T": size}, given={}, files={}) for size in (2, 3, 4)
    ]
    if any(each.needs for each in built):
        return []
    shapes = even_shapes(built)
    return [c.left_span.text for c in claims(section) if _shown(section, c.span.start, shapes)]


def claims(section: Section) -> list[syntax.Claim]:
    """The claims of a section, and what it says of members, which may be one."""
    members = (s for s in all_statements(section.statements) if isinstance(s, syntax.Definition))
    again = [s.claim for s in members if s.indices]
    return again + [s for s in all_statements(section.statements) if isinstance(s, syntax.Claim)]


def _shown(section: Section, start: int, shapes: dict) -> bool:
    return any(
        all(turn is not None and _proved(*turn) for turn in each_claim(way, needs_values, 0))
        for way, needs_values in turns(section, section, "numerator", start, "T", shapes)
    )


def _proved(pair: object, space: object) -> bool:
    found = proof(pair, space)
    return isinstance(found, Proof) and (found.every is not None or not space.free)


@pytest.mark.slow
@pytest.mark.parametrize("title", SHEETS)
def test_a_recurrence_is_proved_for_every_number_of_turns(title: str) -> None:
    for found in findings(SHEETS[title]):
        assert (found.verdict, found.evidence.every_size) == ("proved", True), found.text
        assert found.evidence.route in ("induction", "weights", "grid")


@pytest.mark.slow
@pytest.mark.parametrize("title", SHEETS)
def test_every_claim_of_the_sheets_is_shown_by_one_turn(title: str) -> None:
    section = sections(read(Source("test", SHEETS[title])).program)[-1]
    built = derivation(section, section, sizes={"T": 3}, given={}, files={})
    wanted = {start for start, _ in built.claims}
    texts = [c.left_span.text for c in claims(section) if c.span.start in wanted]
    assert shown(SHEETS[title]) == texts


def test_the_route_is_told() -> None:
    text = "a, x in R; h[0] = x\nfor t in 1..T { h[t] = a*h[t-1] }\nL = h[T]\np[T] = 1\n"
    text += "for t in 1..T { p[T-t] = a*p[T-t+1] }\nfor t in 0..T { dL/dh[t] = p[t] }"
    (found,) = findings(text)
    assert (found.verdict, found.evidence.route) == ("proved", "induction")


WRONG = (
    # The place where a loop begins or ends.
    ("HMM", "b[T-1] = ones(k)", "b[T-1] = 2*ones(k)", ""),
    ("HMM", "P = sum(f[T-1])", "P = sum(f[T-1]) + sum(f[0])", ""),
    ("HMM", "P = sum(f[T-1])", "P = sum(f[T-2])", ""),
    ("HMM", "sum(t in 1..T-1, outer", "sum(t in 2..T-1, outer", "dl/dA"),
    ("HMM", "sum(t in 1..T-1, outer", "sum(t in 0..T-2, outer", "dl/dA"),
    ("HMM", "for t in 0..T-1 { dP/df[t] = b[t] }", "for t in 0..T { dP/df[t] = b[t] }", "dP/df[t]"),
    ("HMM", "f[0] = p0*B[0]", "f[0] = p0*B[0]*trace(A)", "dl/dA"),
    ("HMM", "f[0] = p0*B[0]", "f[0] = p0*B[0]^2", "dl/dB[t]"),
    ("HMM", "f[0] = p0*B[0]", "f[0] = p0*B[1]", "dl/dB[t]"),
    ("linear", "L = h[T]^2/2", "L = h[T-1]^2/2", "dL/dh[t]"),
    ("linear", "sum(t in 1..T, h[t-1]*p[t])", "sum(t in 1..T, h[t]*p[t])", "dL/da"),
    # A turn that is not like the others, or looks further than to the one before it.
    ("HMM", "B[t]*(A.T @ f[t-1])", "B[t]*(A.T @ f[t-1]) + f[0]", "dP/df[t]"),
    ("HMM", "B[t]*(A.T @ f[t-1])", "t*B[t]*(A.T @ f[t-1])", "dP/df[t]"),
    ("HMM", "B[t]*(A.T @ f[t-1])", "B[t]*(A.T @ f[t-1])/T", "dP/df[t]"),
    ("HMM", "B[t]*(A.T @ f[t-1])", "B[t]*B[t-1]*(A.T @ f[t-1])", "dl/dB[t]"),
    ("linear", "a*h[t-1] + x[t-1]", "a*h[t-1] + x[t-1]*h[0]", "dL/dh[t]"),
    # What is made of a parameter elsewhere too.
    ("RNN", "L = norm(h[T] - y)^2", "L = norm(h[T] - y)^2 + sum(W)", "dL/dW"),
    ("RNN", "L = norm(h[T] - y)^2", "L = norm(h[T] - y)^2 + sum(x)", "dL/dx[t]"),
    ("RNN", "h[0] = h0", "h[0] = W @ h0", "dL/dW"),
    ("RNN", "h[0] = h0", "h[0] = h0 + x[1][0]", "dL/dx[t]"),
    ("gates", "h[0] = x[0]", "h[0] = x[0] + W @ y", "dL/dW"),
    ("gates", "L = sum(w*h[T-1])", "L = sum(w*h[T-1]) + sum(z[T-1])", "dL/dz[t]"),
    # Plain slips.
    ("HMM", "A @ (B[T-t]*b[T-t])", "A.T @ (B[T-t]*b[T-t])", ""),
    ("HMM", "A @ (B[T-t]*b[T-t])", "A @ (B[T-1-t]*b[T-t])", ""),
    ("HMM", "outer(f[t-1], B[t]*b[t])", "outer(B[t]*b[t], f[t-1])", "dl/dA"),
    ("HMM", "f[t]*b[t]/P/B[t]", "f[t]*b[t]/B[t]", "dl/dB[t]"),
    ("CRF", "E[T-t] + b[T-t], (1, k)", "E[T-t] + b[T-t], (k, 1)", ""),
    ("CRF", "exp(a[t] + b[t] - logZ)", "exp(a[t] + b[t] + logZ)", ""),
    ("CRF", "b[T-1] = zeros(k)", "b[T-1] = ones(k)", ""),
    ("RNN", "(1 - h[t]^2)*g[t], h[t-1]", "(1 - h[t-1]^2)*g[t], h[t-1]", "dL/dW"),
    # Closed forms that begin otherwise, or go on otherwise.
    ("value", "x[T] = a^T*x0", "x[T] = a^(T+1)*x0", "x[T]"),
    ("value", "x[T] = a^T*x0", "x[T] = a^T", "x[T]"),
    ("value", "x[0] = x0", "x[0] = x0 + 1", "x[T]"),
    ("value", "dx[t]/dx0 = a^t", "dx[t]/dx0 = a^(t-1)", "dx[t]/dx0"),
    ("geometric", "sum(k in 0..T-1, a^k)", "sum(k in 0..T, a^k)", ""),
    ("geometric", "sum(k in 0..T-1, a^k)", "sum(k in 1..T-1, a^k)", ""),
    ("ema", "sum(k in 1..T, beta^(T-k)*g[k])", "sum(k in 0..T, beta^(T-k)*g[k])", "m[T]"),
    ("ema", "sum(k in 1..T, beta^(T-k)*g[k])", "sum(k in 1..T, beta^(k-1)*g[k])", "m[T]"),
    ("ema", "(1 - beta)*beta^(T-k) }", "(1 - beta)*beta^(T-k-1) }", "dm[T]/dg[k]"),
    ("ema", "(m[k-1] - g[k])", "(m[k] - g[k])", "dm[T]/dbeta"),
    # A power without a value at zero, which no turn can begin with.
    ("ema", "(1 - beta)*beta^(T-k) }", "(1 - beta)*beta^(T-k+1)/beta }", "dm[T]/dg[k]"),
    ("rtrl", "h[t-1] + w*dh[t-1]/dw", "h[t-1] + w*dh[t]/dw", "dh[t]/dw"),
    ("rtrl", "dh[T]/dh[k] = prod(t in k+1..T", "dh[T]/dh[k] = prod(t in k..T", "dh[T]/dh[k]"),
    ("rtrl", "*prod(t in k+1..T", "*prod(t in k+2..T", "dh[T]/du[k]"),
    ("rtrl", "u[t]) }", "u[t] + u[t-1]) }", "dh[T]/du[k]"),
    ("rtrl", "u[t]) }", "u[t] + u[T-t]) }", "dh[T]/du[k]"),
    ("rtrl", "u[t]) }", "u[t] + u[T-t]) }", "dh[T]/dh0"),
    ("bptt", "h[0] = h0", "h[0] = h0*w", ""),
    ("loss", "L = (h[T] - y)^2/2", "L = (h[T] - y)^2/2 + w", "dL/dw"),
    ("loss", "dL/dh0 = (h[T] - y)*prod(t in 1..T", "dL/dh0 = (h[T] - y)*prod(t in 0..T", "dL/dh0"),
    ("loss alone", "L = (h[T] - y)^2/2", "L = (h[T] - y)^2/2 + w", ""),
    ("loss alone", "L = (h[T] - y)^2/2", "L = (h[T-1] - y)^2/2", ""),
    ("loss alone", "sum(k in 1..T", "sum(k in 2..T", ""),
    ("closed geometric", "(1 - a^T)/(1 - a)\n", "(1 - a^T)/(1 + a)\n", "s[T]"),
    ("discount", "G[t-1] + g^t*r[t]", "G[t-1] + g^(t-1)*r[t]", "G[T]"),
    ("discount", "= g^k", "= g^(k-1)", "dG[T]/d(r[k])"),
    ("shrinking", "(1 + a^2)^(-T)", "(1 + a^2)^(1-T)", "x[T]"),
    ("returns", "sum(k in t..T", "sum(k in t+1..T", "G[t]"),
    ("returns", "gamma^(k-t)", "gamma^(k-t+1)", "G[t]"),
    ("returns", "G[T] = r[T]", "G[T] = 2*r[T]", "G[t]"),
    ("returns", "for t in 0..T { G[t]", "for t in 0..T+1 { G[t]", "G[t]"),
    # The same power has no value where its base is zero.
    ("shrinking", "(1 + a^2)", "a^2", ""),
    # What a turn hands back, of the derivatives that it is handed.
    ("rnn with softmax", "dL/dh[t] = V.T @ dL/dz[t]", "dL/dh[t] = V.T @ dL/dz[t+1]", "dL/dh[t]"),
    ("rnn with softmax", "W.T @", "W @", "dL/dh[t]"),
    ("rnn with softmax", "dL/dh[T] = V.T @ dL/dz[T]", "dL/dh[T] = V.T @ dL/dz[T-1]", "dL/dh[T]"),
    ("rnn with softmax", "outer(dL/da[t], h[t-1])", "outer(dL/da[t], h[t])", "dL/dW"),
    ("rnn with softmax", "dL/dV = sum(t in 1..T,", "dL/dV = sum(t in 2..T,", "dL/dV"),
    ("rnn with softmax", "sum(y[t]*log(p[t]))", "sum(y[t]*log(p[t])) + sum(W)", "dL/dW"),
    ("rnn with softmax", "sum(y[t]*log(p[t]))", "sum(y[t]*log(p[t])) + sum(a[t])", "dL/da[t]"),
    ("rnn with softmax", "z[t] = V @ h[t]", "z[t] = V @ h[t-1]", "dL/dh[t]"),
    ("rnn with softmax", "z[t] = V @ h[t]", "z[t] = V @ (h[t] + a[t])", "dL/da[t]"),
    ("rnn with softmax", "z[t] = V @ h[t]", "z[t] = V @ h[t] + V @ U @ x[t]", "dL/dU"),
    ("rnn with softmax", "h[0] = h0", "h[0] = U @ x[1]", "dL/dU"),
    ("rnn with softmax", "h[0] = h0", "h[0] = U @ x[1]", "dL/dx[t]"),
    ("last only", "L = c @ h[T]", "L = c @ h[T-1]", ""),
    ("last only", "L = c @ h[T]", "L = c @ (h[T] + h[T-1])", ""),
    ("last only", "L = c @ h[T]", "L = c @ W @ h[T]", "dL/dW"),
    ("last only", "L = c @ h[T]", "L = c @ (h[T] + h0)", "dL/dh0"),
    ("last only", "dL/dh0 = W.T @ dL/da[1]", "dL/dh0 = W.T @ dL/da[2]", "dL/dh0"),
    ("deep net by layers", "a[l] = sigmoid(z[l])", "a[l] = sigmoid(z[l]) + a[l-1]", "dC/da[l-1]"),
    ("deep net by layers", "a[l] = sigmoid(z[l])", "a[l] = sigmoid(z[l]) + b[l]", "dC/db[l]"),
    ("deep net by layers", "dC/da[T] = a[T] - y", "dC/da[T] = a[T-1] - y", "dC/da[T]"),
    ("nielsen", "delta[T] = (a[T] - y)", "delta[T] = 2*(a[T] - y)", "dC/dW[l]"),
    ("nielsen", "W[T-l+1].T @ delta", "W[T-l].T @ delta", "dC/db[l]"),
    ("nielsen", "for l in 1..T { dC/dz[l] = delta[l] }", "", "dC/db[l]"),
    ("nielsen", "outer(delta[l], a[l-1])", "outer(delta[l], a[l])", "dC/dW[l]"),
    ("nielsen", "a[l] = sigmoid(z[l])", "a[l] = sigmoid(z[l]) + a[l-1]", "dC/dz[l]"),
    (
        "two outputs",
        "for t in 1..T-1 { dL/dh[t] = h[t]",
        "for t in 0..T-1 { dL/dh[t] = h[t]",
        "dL/dh[t]",
    ),
    ("two outputs", "L = sum(t in 1..T,", "L = sum(t in 2..T,", "dL/dh[t]"),
    ("two outputs", "(h[t] - y[t])^2)/2", "(h[t] - y[t])*(h[t-1] - y[t]))/2", "dL/dh[t]"),
    ("two outputs", "(h[t] - y[t])^2)/2", "(h[t] - y[t])^2)/2 + h[T]", "dL/dh[t]"),
    ("layers", "for l in 1..T { dh[l]", "for l in 0..T { dh[l]", "dh[l]/dw[l]"),
)


@pytest.mark.parametrize(("title", "old", "new", "claim"), WRONG)
def test_what_is_wrong_is_not_shown(title: str, old: str, new: str, claim: str) -> None:
    """Without a name none of the sheet's derivatives may be shown."""
    text = SHEETS[title].replace(old, new)
    assert text != SHEETS[title]
    found = shown(text)
    assert claim not in found if claim else not [each for each in found if each.startswith("d")]


FALSE = (
    """
h0, w in R; u in R^(T+1)
h[0] = h0*u[1]
for t in 1..T { h[t] = tanh(w*h[t-1] + u[t]) }
for k in 1..T { dh[T]/du[k] = (1 - h[k]^2)*prod(t in k+1..T, w*(1 - h[t]^2)) }
for t in 1..T { dh[t]/du[t] = 1 - h[t]^2 }
""",
    """
V, h0, w in R; y in R^(T+1)
h[0] = h0
for t in 1..T { h[t] = tanh(w*h[t-1]) }
for t in 0..T { z[t] = V*h[t] }
L = sum(t in 0..T, (z[t] - y[t])^2)
for t in 0..T { dL/dz[t] = 2*(z[t] - y[t]) }
dL/dV = sum(t in 1..T, dL/dz[t]*h[t])
dL/dV = sum(t in 1..T, 2*(z[t] - y[t])*h[t])
""",
    """
V, h0, w in R; y in R^(T+1)
h[0] = h0
z[0] = V*h0
for t in 1..T { h[t] = tanh(w*h[t-1]); z[t] = V*h[t] }
L = sum(t in 0..T, (z[t] - y[t])^2)
dL/dV = sum(t in 1..T, dL/dz[t]*h[t])
dL/dh0 = w*(1 - h[1]^2)*dL/dh[1]
""",
    """
V, h0, w in R; y in R^(T+1)
h[0] = h0
for t in 1..T { h[t] = tanh(w*h[t-1]) }
z[0] = h[1]
for t in 1..T { z[t] = V*h[t] }
L = sum(t in 0..T, (z[t] - y[t])^2)
for t in 1..T-1 { dL/dh[t] = V*2*(z[t] - y[t]) + w*(1 - h[t+1]^2)*dL/dh[t+1] }
""",
    """
V, h0, w in R; y in R^(T+1)
h[0] = h0
for t in 1..T { h[t] = tanh(w*h[t-1]); z[t] = V*h[t]*h0 }
L = sum(t in 1..T, (z[t] - y[t])^2)
dL/dh0 = w*(1 - h[1]^2)*dL/dh[1] + 2*(z[1] - y[1])*V*h[1]
""",
    """
W in R^(n, n); U in R^(n, m); x in R^(T+1, m); h0 in R^n
h[0] = h0
for t in 1..T { h[t] = tanh(W @ h[t-1] + U @ x[t]) }
for t in 1..T { dh[t]/dx[t] = diag(1 - h[t]^2) @ U }
""",
)
"""Ways from what a claim is by to the output that go past the turn, at the start of a loop say."""


@pytest.mark.parametrize("text", FALSE)
def test_what_goes_past_a_turn_is_seen(text: str) -> None:
    assert not [each for each in shown(text) if each != "dL/dz[t]"]


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        ((0, 0, 0), (0, 1, -1), True),
        ((0, 0, 1), (0, 1, -1), True),
        ((0, 0, 0), (0, 1, 0), False),
        ((0, 0, 0), (0, 2, -2), False),
        ((0, 0, -1), (0, 1, -1), False),
        ((1, 0, 0), (0, 1, -1), False),
    ],
)
def test_places_that_lie_within_others_at_every_size(
    one: tuple[int, int, int], other: tuple[int, int, int], holds: bool
) -> None:
    whole = MemberRange(MemberPlace(0, 0, 0), MemberPlace(0, 1, -1))
    assert whole.holds(MemberRange(MemberPlace(*one), MemberPlace(*other))) is holds
