"""Slips that the graph behind a claim explains: paths, chain factors, other nodes, regions.

Must not know how candidates are found: programs in, findings out.
"""

from __future__ import annotations

import pytest

import gradcli
from gradcli.judge.finding import Diagnosis, Finding

NEURON = "w, x, b, t in R\nz = w*x + b\na = tanh(z)\nE = (a - t)^2"
LAYERS = """x in R^n
y in R^q
W1 in R^(k, n)
W2 in R^(q, k)
b1 in R^k
h = tanh(W1 @ x + b1)
L = sum((W2 @ h - y)^2)/2"""
SOFTMAX = "z in R^n\ny in onehot(n)\np = softmax(z)\nL = -sum(y*log(p))"
RECURRENT = """X in R^(3, n)
Wx in R^(k, n)
Wh in R^(k, k)
V in R^(q, k)
h0 in R^k
y in R^(3, q)
h[0] = h0
for t in 1..3 {
  a[t] = Wx @ X[t-1] + Wh @ h[t-1]
  h[t] = tanh(a[t])
  o[t] = V @ h[t]
}
L = sum(t in 1..3, sum((o[t] - y[t-1])^2))/2"""
NORM = """x, g in R^n
ε in (0, 1)
μ = mean(x)
s = sqrt(mean((x - μ)^2) + ε)
xhat = (x - μ)/s
L = g.T @ xhat"""
GATES = "w0, x0, w1, x1, b in R\ns0 = w0*x0\ns1 = w1*x1\nf = sigmoid(s0 + s1 + b)"

SLIPS = [
    # -- paths
    ("a, b in R\nc = a + b\nd = b + 1\ne = c*d", "de/db = d", "missing-term", "through d"),
    ("a, b in R\nc = a + b\nd = b + 1\ne = c*d", "de/db = c*d", "missing-term", "multiplied"),
    ("x in R\ny = x*exp(x^2)", "dy/dx = exp(x^2)", "missing-term", "x is used twice"),
    ("p, q in (0, 1)^k\nK = sum(p*log(p/q))", "dK/dp = log(p/q)", "missing-term", "the use of p"),
    (NORM, "dL/dx = g/s", "missing-term", "the paths through μ and s are missing"),
    (RECURRENT, "dL/dV = (o[3] - y[2]) @ h[3].T", "missing-term", "through o[1] and o[2]"),
    (
        RECURRENT,
        "dL/dWh = dL/da[3] @ h[2].T + dL/da[2] @ h[1].T",
        "missing-term",
        "the path through a[1] is missing: Wh is used three times",
    ),
    (
        RECURRENT,
        "for t in 1..2 { dL/dh[t] = V.T @ (o[t] - y[t-1]) }",
        "missing-term",
        "the path through a[t+1] is missing",
    ),
    # -- terms
    ("w, b, x, t in R\nλ in (0, inf)\nL = (w*x + b - t)^2 + λ*w^2",
     "dL/db = 2*(w*x + b - t) + 2*λ*b", "surplus-term", "2*λ*b is surplus"),
    ("x, y in R\nf = (1 - x)^2 + 10*(y - x^2)^2", "d2f/dx2 = 2 + 80*x^2 - 40*y", "missing-term",
     "40*x^2"),
    ("z in R^n\np = softmax(z)", "dp/dz = diag(p*(1 - p))", "missing-term", "off the diagonal"),
    # -- chain factors
    (NEURON, "dE/dw = 2*(a - t)*x", "missing-local", "tanh's local derivative at node a"),
    (NEURON, "dE/db = 2*(a - t)", "missing-local", "this is dE/da, not dE/db"),
    (NEURON, "dE/dz = 2*(a - t)*(1 - a^2)*(1 - a^2)", "missing-local", "1 - a^2 is surplus"),
    (NEURON, "dE/dw = (1 - a^2)*x", "missing-local", "this is da/dw, not dE/dw"),
    (LAYERS, "dL/dW1 = dL/dh @ x.T", "missing-local", "the factor 1 - h^2 is missing"),
    (LAYERS, "dL/db1 = dL/dh", "missing-local", "this is dL/dh, not dL/db1"),
    (SOFTMAX, "dL/dz = -y/p", "missing-local", "the softmax Jacobian"),
    (SOFTMAX, "dL/dz = -y/p * p*(1 - p)", "missing-local", "not diagonal"),
    ("x, y in R\nf = x^2*y", "df/dx = 2x", "missing-local", "the factor y is missing"),
    # -- other nodes
    ("x, y in R\nf = x^2*y - y", "df/dx = x^2 - 1", "swapped", "this is df/dy, not df/dx"),
    (GATES, "df/dx0 = df/dw0 * w0", "node", "df/ds0, not df/dw0"),
    # -- factors
    ("z, c in R^n\np = softmax(z)\nL = -sum(c*log(p))", "dL/dz = p - c", "factor", "sum(c)"),
    ("c in R\nz in R^n", "softmax(c*z) = softmax(z)", "factor", "the factor c is missing"),
    # -- a part of the declared sets
    ("x in R\nr = relu(x)", "dr/dx = 1", "domain", "right only where x > 0"),
    ("x in R", "sqrt(x^2) = x", "domain", "right only where x > 0"),
    ("x in R\nf = hardtanh(x)", "df/dx = where(x < 1, 1, 0)", "domain", "right only where x > -1"),
    ("x in R^n\ny = relu(x)\nL = sum(y^3)", "dL/dx = 3*x^2", "domain", "right only where x > 0"),
]  # fmt: skip


def refuted(program: str) -> Finding:
    """The one finding of a program that is refuted."""
    report = gradcli.check(program)
    assert report.error_count == 0
    (found,) = [f for f in report.findings if f.verdict == "refuted"]
    return found


def diagnosed(program: str) -> Diagnosis | None:
    return refuted(program).diagnosis


@pytest.mark.parametrize(("given", "claim", "kind", "words"), SLIPS, ids=lambda x: x[-40:])
def test_a_slip_is_named_and_mended(given: str, claim: str, kind: str, words: str) -> None:
    program = f"{given}\n{claim}"
    found = refuted(program)
    diagnosis = found.diagnosis
    assert diagnosis is not None and diagnosis.mended is not None
    assert diagnosis.kind == kind
    assert words in diagnosis.text
    span = found.span
    mended = program[: span.start] + diagnosis.mended + program[span.end :]
    report = gradcli.check(mended)
    assert report.error_count == 0
    assert all(f.passed for f in report.findings)


@pytest.mark.parametrize(
    ("given", "claim", "text"),
    [
        ("A in R^(n, n)", "trace(A)^2 - trace(A @ A) = 2*det(A)", "this is right only for n = 2"),
        (
            "c in (0, inf)\nx in R\nf = sin(c*x)/c",
            "df/dx = cos(x)*c^c",
            "this is right only for c = 1",
        ),
    ],
)
def test_where_a_claim_is_right_is_said_without_a_mend(given: str, claim: str, text: str) -> None:
    diagnosis = diagnosed(f"{given}\n{claim}")
    assert diagnosis is not None
    assert (diagnosis.kind, diagnosis.text, diagnosis.mended) == ("domain", text, None)


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        ("x, y in R\nf = x^2*y + sin(x*y)", "df/dx = exp(x)*cos(y) + 17"),
        (SOFTMAX, "dL/dz = p*(1 - p) + z"),
        (NEURON, "dE/dw = sin(w)*cos(x) - t"),
        (LAYERS, "dL/db1 = cos(b1)"),
        ("x, y in R\nf = exp(x)", "df/dy = log(1 + x^2)*y"),
        ("x, y, z in R\nf = abs(x)*y + z", "df/dz = y^3*(x + z)"),
        ("x, y, z in R\nf = abs(x)*y + z", "df/dz = 2*sigmoid(y)"),
    ],
)
def test_of_nonsense_nothing_is_said(given: str, claim: str) -> None:
    assert diagnosed(f"{given}\n{claim}") is None


def test_luck_at_one_point_is_not_believed() -> None:
    # At x0 = -1 the wrong upstream looks like a wrong sign.
    at = "at w0 = 2, x0 = -1, w1 = -3, x1 = -2, b = -3"
    diagnosis = diagnosed(f"{GATES}\n{at}\ndf/dx0 = df/dw0 * w0")
    assert diagnosis is not None
    assert (diagnosis.kind, diagnosis.mended) == ("node", "df/ds0 * w0")


def test_a_mend_speaks_the_writers_language() -> None:
    def mended(given: str, claim: str) -> str | None:
        diagnosis = diagnosed(f"{given}\n{claim}")
        return diagnosis.mended if diagnosis else None

    assert mended(LAYERS, "dL/dW1 = dL/dh @ x.T") == "(dL/dh * (1 - h^2)) @ x.T"
    assert mended(NORM, "dL/dx = g/s") == "g/s + dL/dμ/n*ones(n) + dL/ds*(x - μ)/(n*s)"
    claim = "for t in 1..2 { dL/dh[t] = Wh.T @ dL/da[t+1] }"
    assert mended(RECURRENT, claim) == "Wh.T @ dL/da[t+1] + V.T @ (o[t] - y[t-1])"
    assert mended("x in R\nr = relu(x)", "dr/dx = 1") == "where(x > 0, 1, 0)"
