"""Slips that diagnosis was not tuned on: what a marker would say of each, and the mended line.

Must not know how candidates are found: programs in, findings out.
"""

from __future__ import annotations

import pytest
from diagnosing import diagnosed, findings, pasted

SQUARE = """X, W1, W2 in R^(n, n)
x, y in R^n
z1 = W1 @ x
a1 = sigmoid(z1)
z2 = W2 @ a1
a2 = sigmoid(z2)
C = sum((a2 - y)^2)/2
"""
NEURONS = """w11, w21, w12, w22, v1, v2, x1, x2, y in R
a1 = w11*x1 + w21*x2
a2 = w12*x1 + w22*x2
z1 = tanh(a1)
z2 = tanh(a2)
yhat = v1*z1 + v2*z2
L = (yhat - y)^2
δ = 2*(yhat - y)
"""
BATCH = """X in R^(m, n)
W in R^(n, k)
b in R^k
Y in R^(m, k)
Z = X @ W + b
H = tanh(Z)
L = sum((H - Y).^2)/m
"""
LOOP = "h0, w in R; h[0] = h0; for t in 1..3 { h[t] = sigmoid(w*h[t-1]) }"
RELU = "z, g in R^n; y = relu(z); L = g.T @ y;"
LEAST = "X in R^(m, n); w in R^n; y in R^m; λ in (0, inf); p = X @ w;"
GAUSS = "x in R^n; μ in R; v in (0, inf); ℓ = -n*log(v)/2 - sum((x - μ)^2)/(2*v);"

# program, kind, words, mended side
SLIPS = [
    # -- rules of calculus
    ("f = x^2*sin(x); df/dx = 2x*cos(x)", "missing-term", "a product's derivative has two terms",
     "cos(x)*x^2 + 2*x*sin(x)"),
    ("x in (0, inf); f = x^2/(x + 1); df/dx = 2x", "missing-term", "the quotient rule", None),
    ("a in (0, inf); x in R; f = a^x; df/dx = x*a^(x-1)", "node", "the exponent varies",
     "f*log(a)"),
    ("f = sin(x^3); df/dx = cos(3x^2)", "node", "taken at the derivative of x^3", "3*x^2*cos(x^3)"),
    ("f = x^2 + sin(x); df/dx = 2x + sin(x)", "missing-local", "sin(x) is not differentiated",
     "2x + cos(x)"),
    ("f = sin(x^2); df/dx = cos(x^2)", "missing-local", "the factor 2*x is missing",
     "2*x*cos(x^2)"),
    ("f = log(1 + x^2); df/dx = 1/(1 + x^2)", "missing-local", "the factor 2*x is missing",
     "2*x/(1 + x^2)"),
    ("x in (0, inf); f = sin(x)/x; df/dx = (sin(x) - x*cos(x))/x^2", "sign", "the sign is wrong",
     "(x*cos(x) - sin(x))/x^2"),
    ("f = exp(x)/(1 + x^2); df/dx = (exp(x)*(1 + x^2) - 2x*exp(x))/(1 + x^2)", "factor",
     "the square of 1 + x^2", "(exp(x)*(1 + x^2) - 2x*exp(x))/(1 + x^2)^2"),
    ("x in (0, inf); f = x^-2; df/dx = -2*x^-1", "exponent", "-3, not -1", "-2*x^-3"),
    ("x in (0, inf); f = x^(1/2); df/dx = x^(1/2)/2", "exponent", "-1/2, not 1/2", "x^(-1/2)/2"),
    ("x in (0, inf); f = log10(x); df/dx = 1/x", "factor", "the division by log(10)",
     "1/(x*log(10))"),
    ("x in (0, inf); f = log(5x); df/dx = 1/(5x)", "factor", "a factor 5", "1/x"),
    ("tanh(x) = 2*sigmoid(x) - 1", "factor", "a factor 2 is missing at x", "2*sigmoid(2*x) - 1"),
    ("exp(x + y) = exp(x) + exp(y)", "function", "multiplied, not added", "exp(x)*exp(y)"),
    ("f = exp(-x^2); d2f/dx2 = 4*x^2*exp(-x^2)", "missing-term", "the direct use of x",
     "4*x^2*exp(-x^2) - 2*f"),
    ("k in R; λ in (0, inf); ℓ = k*log(λ) - λ; dℓ/dλ = k/λ - λ", "missing-local",
     "λ is not differentiated", "k/λ - 1"),
    # -- several variables
    ("s in R; x = s^2; y = s^3; z = x*y; dz/ds = x*3*s^2", "missing-term", "the path through x",
     "x*3*s^2 + 2*s*y"),
    ("x, y in R; f = x^2*y; grad(f, [x, y]) = [x^2, 2*x*y]", "swapped", "are exchanged",
     "[2*x*y, x^2]"),
    ("x, y in R; f = x^2*y; hessian(f, [x, y]) = [[2y, 2x], [x, 0]]", "factor", "that of [0, 1]",
     "[[2y, 2x], [2x, 0]]"),
    ("x, y in R; f = sin(x)*y; hessian(f, [x, y]) = [[sin(x)*y, cos(x)], [cos(x), 0]]", "sign",
     "the entry [0, 0]", "[[-sin(x)*y, cos(x)], [cos(x), 0]]"),
    # -- matrices
    ("A in R^(n, n); a, b in R^n; f = a.T @ inv(A) @ b; df/dA = -inv(A) @ a @ b.T @ inv(A)",
     "transpose", "wherever it stands", "-inv(A).T @ a @ b.T @ inv(A).T"),
    (f"{LEAST} L = sum((p - y)^2); hessian(L, w) = 2*X @ X.T", "transpose", "exchanged",
     "2*X.T @ X"),
    (f"{LEAST} J = sum((p - y)^2)/(2*m) + λ/2*w.T @ w; dJ/dw = X.T @ (p - y)/m", "missing-term",
     "the direct use of w", "X.T @ (p - y)/m + λ*w"),
    (f"{LEAST} J = sum((p - y)^2)/2 + λ*sum(w^2)/2; hessian(J, w) = X.T @ X + λ", "shape",
     "not to the diagonal", "X.T @ X + λ*eye(n)"),
    ("x in R^n; y = x^2; dy/dx = 2*x", "shape", "the diagonal entries", "diag(2*x)"),
    ("A, B in R^(m, n); f = sum(A ⊙ B ⊙ B); df/dB = 2*A", "missing-local", "the factor B",
     "2*A ⊙ B"),
    # -- networks
    (f"{SQUARE}dC/dz2 = (a2 - y)*z2*(1 - z2)", "node", "this should be a2, not z2",
     "(a2 - y)*a2*(1 - a2)"),
    (f"{SQUARE}dC/dz2 = (a2 - y)*(1 - a2^2)", "missing-local", "is a2*(1 - a2), not 1 - a2^2",
     "(a2 - y)*a2*(1 - a2)"),
    (f"{NEURONS}dL/dw21 = δ*v2*(1 - z2^2)*x2", "swapped", "this is dL/dw22, not dL/dw21",
     "x2*dL/da1"),
    (f"{BATCH}dL/db = mean(dL/dZ, axis=0)", "factor", "the sum, not the mean",
     "sum(dL/dZ, axis=0)"),
    (f"{BATCH}dL/db = sum(dL/dZ)", "axis", "over axis 0 only", "sum(dL/dZ, axis=0)"),
    (f"{BATCH}dL/dZ = 2*(H - Y)*(1 - tanh(Z.^2))/m", "exponent", "outside of tanh",
     "2*(H - Y)*(1 - tanh(Z).^2)/m"),
    (f"{RELU} dL/dz = g*y", "missing-local", "y is not differentiated", "g*step(z)"),
    (f"{RELU} dL/dz = g*step(g)", "node", "this should be z, not g", "g*step(z)"),
    (f"{LOOP}; for t in 1..3 {{ dh[t]/dh[t-1] = w*h[t-1]*(1 - h[t-1]) }}", "index", "throughout",
     "w*h[t]*(1 - h[t])"),
    # -- statistics
    ("z, y in R; p = sigmoid(z); L = -(y*log(p) + (1 - y)*log(1 - p)); dL/dp = -y/p + (1 - y)/p",
     "node", "this should be 1 - p, not p", "-y/p + (1 - y)/(1 - p)"),
    ("z in R^n; f = logsumexp(z); df/dz = exp(z)", "missing-local", "the division by sum(exp(z))",
     "exp(z)/sum(exp(z))"),
    (f"{GAUSS} dℓ/dv = -1/(2*v) + sum((x - μ)^2)/(2*v^2)", "factor", "a factor n is missing",
     "-n/(2*v) + sum((x - μ)^2)/(2*v^2)"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("program", "kind", "words", "mended"), SLIPS, ids=lambda x: str(x)[-40:])
def test_a_slip(program: str, kind: str, words: str, mended: str | None) -> None:
    found = diagnosed(program)
    assert found is not None
    assert found.kind == kind, found
    assert words in found.text
    assert mended in (None, found.mended)
    assert found.verdict in ("proved", "holds")
    assert all(after.passed for after in findings(pasted(program)))


def test_a_line_that_follows_is_mended_like_the_first() -> None:
    program = """x in R
f = (x^2 + 1)^3*exp(-x)
df/dx = 3*(x^2 + 1)^2*exp(-x) - (x^2 + 1)^3*exp(-x)
      = (x^2 + 1)^2*(3 - (x^2 + 1))*exp(-x)"""
    first, second = (found.diagnosis for found in findings(program))
    assert first is not None and second is not None
    assert first.text == second.text
    assert second.mended == "(x^2 + 1)^2*(3*2*x - (x^2 + 1))*exp(-x)"


def test_a_condition_on_entries_of_another_length_is_none() -> None:
    """The mask of a relu belongs to the hidden units, the claim to the inputs."""
    found = diagnosed(
        "x in R^n; W in R^(k, n); b, u in R^k; h = relu(W @ x + b); s = u.T @ h; ds/dx = W.T @ u"
    )
    assert found is not None
    assert found.mended == "W.T @ (u * step(W @ x + b))"


@pytest.mark.parametrize(
    "program",
    [
        "x, y in (0, inf); 1/(x + y) = 1/x + 1/y",
        "x in (0, inf); log(x)^2 = 2*log(x)",
        "x, y, z in R; f = x*y + y*z; df/dy = 17*z",
        "x in R^n; A in R^(n, n); f = x.T @ A @ x; df/dx = 3*A @ x",
        "x in R^n; μ in R; v in (0, inf); ℓ = -sum((x - μ)^2)/(2*v); dℓ/dμ = sum(x) - μ",
        "f = x^3 - 2x; at x = 2; df/dx = 8",
    ],
)
def test_of_two_slips_nothing_is_said(program: str) -> None:
    assert diagnosed(program) is None
