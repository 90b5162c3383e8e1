"""Derivations step by step: every line of them is accepted by the checker, and they read well.

Must not know how a line is found.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.api.steps import StepsText, steps
from gradcli.errors import GradcliError
from tests.running import here

Case = tuple[str, str, str, int]
# fmt: off
PROGRAMS: dict[str, Case] = {
    "least squares": ("r = X @ w - y; L = r.T @ r", "w", "X in R^(m, n); w in R^n; y in R^m", 1),
    "sigmoid neuron": ("p = sigmoid(w*x + b); L = (p - y)^2/2", "w,b", "", 1),
    "without names": ("(sigmoid(w*x + b) - y)^2/2", "w", "", 1),
    "softmax and cross-entropy": (
        "p = softmax(z); L = -sum(y*log(p))",
        "z",
        "z in R^n; y in onehot(n)",
        1,
    ),
    "product and chain": ("x*exp(x^2)", "x", "", 1),
    "quotient": ("(x^2 + 1)/(sin(x) + 2)", "x", "", 1),
    "three ways back": ("c = a + b; d = b + 1; e = c*d", "a,b", "a, b in R", 1),
    "two layers": (
        "z1 = W1 @ x + b1; a1 = sigmoid(z1); z2 = W2 @ a1 + b2; y = sigmoid(z2);C = "
        "sum((y - t)^2)/2",
        "W2,b2,W1,b1",
        "x in R^n; t in R^q; W1 in R^(k, n); b1 in R^k; W2 in R^(q, k); b2 in R^q",
        1,
    ),
    "recurrent scalars": (
        "h[0] = h0; for t in 1..3 { h[t] = tanh(w*h[t-1] + u*x[t-1]) }; L = (h[3] - "
        "y)^2/2",
        "w",
        "w, u, h0, y in R; x in R^3",
        1,
    ),
    "recurrent matrices": (
        "h[0] = h0; for t in 1..3 { h[t] = tanh(W @ h[t-1] + U @ X[t-1]) }; L = v.T @ "
        "h[3]",
        "W,h0",
        "X in R^(3, n); W in R^(k, k); U in R^(k, n); v, h0 in R^k",
        1,
    ),
    "layer norm": (
        "μ = mean(x); v = mean((x - μ)^2); s = sqrt(v + ε); xhat = (x - μ)/s; L = g.T @ "
        "xhat",
        "x",
        "x, g in R^n; ε in (0, 1)",
        1,
    ),
    "quadratic form": ("x.T @ A @ x", "x,A", "A in R^(n, n); x in R^n", 1),
    "Rayleigh quotient": (
        "N = x.T @ A @ x; D = x.T @ x; ρ = N/D",
        "x",
        "A in symmetric(n); x in R^n",
        1,
    ),
    "log-determinant": ("logdet(A)", "A", "A in spd(n)", 1),
    "inverse": ("a.T @ inv(X) @ b", "X", "X in R^(n, n); a, b in R^n", 1),
    "trace": ("tr(A @ X @ B @ X.T)", "X", "A, B, X in R^(n, n)", 1),
    "matrix factorisation": (
        "E = R - U @ V.T; J = sum(E .^ 2)/2 + λ/2*sum(U .^ 2)",
        "U,V",
        "R in R^(m, n); U in R^(m, k); V in R^(n, k); λ in R",
        1,
    ),
    "logistic regression": (
        "p = sigmoid(X @ w); L = -sum(y*log(p) + (1 - y)*log(1 - p))/m",
        "w",
        "X in R^(m, n); w in R^n; y in R^m",
        1,
    ),
    "ridge": (
        "norm(X @ w - y)^2 + λ*norm(w)^2",
        "w",
        "X in R^(m, n); w in R^n; y in R^m; λ in R",
        1,
    ),
    "a gated unit": (
        "r = sigmoid(Wr*x + Ur*h0); n = tanh(W*x + U*(r*h0)); h = (1 - r)*n + r*h0",
        "h0",
        "",
        1,
    ),
    "kinks": ("max(x, y)*relu(x - 2)", "x,y", "", 1),
    "attention": (
        "s = K @ q/sqrt(d); α = softmax(s); o = V.T @ α; L = g.T @ o",
        "q,V",
        "K in R^(m, d); V in R^(m, c); q in R^d; g in R^c",
        1,
    ),
    "Gaussian": (
        "-n/2*log(2*pi*v) - sum((x - μ)^2)/(2*v)",
        "μ,v",
        "x in R^n; μ in R; v in (0, inf)",
        1,
    ),
    "a layer": ("z = W @ x + b; h = tanh(z)", "x,b", "W in R^(k, n); x in R^n; b in R^k", 1),
    "softmax of a network": (
        "softmax(V @ tanh(W @ x))",
        "x",
        "W in R^(k, n); V in R^(q, k); x in R^n",
        1,
    ),
    "names like derivatives": ("d*x^2 + dx", "x,d", "d, dx, x in R", 1),
    "weights with numbers": ("w*w1^2 + w2", "w,w1", "", 1),
    "nothing depends": ("L = exp(x)*step(x)", "x,y", "x, y in R", 1),
    "third derivative": ("x^3*exp(x)", "x", "", 3),
    "Hessian of least squares": (
        "r = X @ w - y; L = r.T @ r",
        "w",
        "X in R^(m, n); w in R^n; y in R^m",
        2,
    ),
    "mixed": ("sin(x*y)", "x,y", "", 2),
    "kernel": ("d = x - y; s = d.T @ d; K = exp(-s/2)", "x", "x, y in R^n", 2),
    "softplus": ("log(1 + exp(x))", "x", "", 2),
    "a line": ("a*x + b", "x", "", 2),
}
# fmt: on


@cache
def told(name: str) -> StepsText:
    program, wrt, let, order = PROGRAMS[name]
    return steps(program, [wrt], [let] if let else [], order=order)


def sides(block: str) -> list[str]:
    """The right sides of a block, without their reasons."""
    return [line.split("  # ")[0].partition("= ")[2].strip() for line in block.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_line_is_accepted(name: str) -> None:
    found = told(name)
    assert found.dropped == 0
    assert found.text
    assert all(finding.passed for finding in found.report.findings)
    assert not [*found.report.errors]
    no_silly_lines(found.text)


def no_silly_lines(text: str) -> None:
    """No line twice in a row, no product by one, no chain of more than a few lines."""
    for block in text.split("\n\n"):
        right = sides(block)
        chain = [side for side in right if side]
        assert all(a != b for a, b in pairwise(chain)), block
        assert not any(side.startswith(("1*", "0 +")) or "*1 " in side for side in chain), block
        if block.startswith(("d", "∂")) and not block.startswith("derivation"):
            assert len(chain) <= 6, block


@pytest.mark.slow
def test_almost_all_is_proved() -> None:
    verdicts = Counter(f.verdict for name in PROGRAMS for f in told(name).report.findings)
    assert verdicts["proved"] >= 0.95 * sum(verdicts.values())


GOLDEN = Path(__file__).parent / "data" / "steps"


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.grad")), ids=lambda path: path.stem)
def test_it_reads_like_a_lecture(path: Path) -> None:
    assert told(path.stem.replace("_", " ")).text == path.read_text(encoding="utf-8")


def test_there_are_lectures_to_read() -> None:
    assert len([*GOLDEN.glob("*.grad")]) >= 8


# -- programs that nobody has written


def scalars(*names: str) -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from([*names, "2", "1/2"]),
        lambda inner: st.one_of(
            st.builds("({} + {})".format, inner, inner),
            st.builds("({} - {})".format, inner, inner),
            st.builds("{}*{}".format, inner, inner),
            st.builds("({})/(1 + ({})^2)".format, inner, inner),
            st.builds("({})^{}".format, inner, st.sampled_from("23")),
            st.builds("{}({})".format, st.sampled_from(FUNCTIONS), inner),
        ),
        max_leaves=6,
    )


FUNCTIONS = ["exp", "sin", "tanh", "sigmoid", "softplus"]
VECTORS = st.recursive(
    st.sampled_from(["x", "y", "(A @ x)", "(c*x)"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("{}*{}".format, inner, inner),
        st.builds("(A @ {})".format, inner),
        st.builds("{}({})".format, st.sampled_from(["tanh", "softmax", "exp"]), inner),
    ),
    max_leaves=4,
)
SUMS = st.one_of(
    st.builds("sum({})".format, VECTORS),
    st.builds("({}).T @ ({})".format, VECTORS, VECTORS),
    st.builds("log(1 + norm({})^2)".format, VECTORS),
)


def holds(program: str, let: list[str]) -> None:
    found = steps(program, ["x"], let)
    assert all(finding.passed for finding in found.report.findings)
    assert not [*found.report.errors]
    assert found.dropped == 0


@settings(max_examples=15)
@given(scalars("x", "y"), scalars("x", "y", "p"))
def test_steps_of_any_scalar_hold(p: str, output: str) -> None:
    holds(f"p = {p}; L = {output}", ["x, y in R"])


@pytest.mark.slow
@settings(max_examples=12)
@given(SUMS)
def test_steps_of_any_vectors_hold(output: str) -> None:
    holds(f"L = {output}", ["x, y in R^n; A in R^(n, n); c in R"])


# -- what cannot be answered, and the command


def test_a_condition_has_no_derivative() -> None:
    with pytest.raises(GradcliError, match="only an inequality"):
        steps("x < 1")


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(GradcliError, match="unknown name"):
        steps("x^2", ["z"])


def test_a_shape_from_a_value() -> None:
    assert "x in R^3\n" in steps("x.T @ x", at=["x=[1, 2, 3]"]).text


@pytest.mark.slow
def test_what_the_command_prints_is_what_check_proves(tmp_path: Path) -> None:
    written = here("derive", "r = X @ w - y; L = r.T @ r", "--wrt", "w", "--steps",
                  "--let", "X in R^(m, n); w in R^n; y in R^m")  # fmt: skip
    assert written.code == 0, written.err
    path = tmp_path / "d.grad"
    path.write_text(written.out, encoding="utf-8")
    checked = here("check", str(path))
    assert checked.code == 0
    assert "4 proved" in checked.out


def test_steps_are_text() -> None:
    refused = here("derive", "x^2", "--steps", "--format", "json")
    assert refused.code == 2
    assert "--steps is text" in refused.err
