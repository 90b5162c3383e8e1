"""Claims that are refuted: what is wrong with each, in words, and the side that is right.

Must not know how a claim is judged, nor how a mistake is found.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.verdicts import lines


class Refuted(NamedTuple):
    """A program whose last claim is wrong, and what is said of it.

    Of a mistake without a `kind` nothing is said; in `says` an ellipsis stands for any words, None
    for any at all. The `mended` side is empty where there is none, and None where any will do: that
    it passes where it is pasted is asked of every one.
    """

    program: str
    kind: str = ""
    says: str | None = None
    mended: str | None = None


STEPS = """W in R^(n, n); U in R^(n, m); x in R^(T+1, m); h0 in R^n; h[0] = h0
for t in 1..T { h[t] = tanh(W @ h[t-1] + U @ x[t]) }
"""
VECTORS = "A in R^(n, n)\nX in R^(m, n)\nx, w in R^n\ny in R^m\n"
LEAST = f"{VECTORS}L = sum((X @ w - y)^2)/m\n"
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
MODEL = "X in R^(m, n); w in R^n; y in R^m; λ in (0, inf); p = X @ w;"
GAUSS = "x in R^n; μ in R; v in (0, inf); ℓ = -n*log(v)/2 - sum((x - μ)^2)/(2*v);"

BY_KIND = [
    Refuted("f = x^2; df/dx = -2*x", "sign", "the sign is wrong", "2*x"),
    Refuted("f = (y - x)^2; df/dx = 2*(y - x)", "sign", "the sign is wrong", "-2*(y - x)"),
    Refuted("f = sin(x) + x; df/dx = cos(x) - 1", "sign", "the sign of the term 1 is wrong",
            "cos(x) + 1"),
    Refuted("f = x*y + x^3; df/dx = -y + 3x^2", "sign", None, "y + 3x^2"),
    Refuted("f = exp(-x); df/dx = -exp(x)", "sign", "the sign of x is wrong", "-exp(-x)"),
    Refuted("f = x^2; df/dx = x", "factor", "a factor 2 is missing", "2*x"),
    Refuted("f = x^2/2; df/dx = 2x", "factor", "the claim is twice what is right", "x"),
    Refuted("f = x^2*y/2; df/dx = 2x*y", "factor", "the claim is twice what is right", "x*y"),
    Refuted("f = x^3 + y*x; df/dx = x^2 + y", "factor", "a factor 3 is missing in the term x^2",
            "3*x^2 + y"),
    Refuted(f"{LEAST}dL/dw = 2*X.T @ (X @ w - y)", "factor", "a factor 1/m is missing",
            "2*X.T @ (X @ w - y)/m"),
    Refuted(f"{LEAST}dL/dw = X.T @ (X @ w - y)", "factor", "a factor 2/m is missing",
            "2*X.T @ (X @ w - y)/m"),
    Refuted("f = tanh(x); df/dx = 1 - f", "factor", "the square of f is missing", "1 - f^2"),
    Refuted("f = x*sigmoid(b*x); df/dx = f + sigmoid(b*x)*(1 - f)", "factor",
            "the factor b is missing at f, throughout", "b*f + sigmoid(b*x)*(1 - b*f)"),
    Refuted("p = exp(b*x); f = p + p^3; df/dx = p + 3*p^3", "missing-local", None, None),
    Refuted("f = sin(b*x) + cos(b*x); g = 2f; dg/dx = 2b*cos(x) - 2b*sin(x)", "factor",
            "the factor b is missing at x, throughout", "2b*cos(b*x) - 2b*sin(b*x)"),
    Refuted("f = log(x); df/dx = 1/x^2", "factor", None, "1/x"),
    Refuted("f = x^5; df/dx = 5*x^3", "exponent", "the exponent is 4, not 3", "5*x^4"),
    Refuted("f = x^5; df/dx = 5x³", "exponent", "the exponent is 4, not 3", "5x⁴"),
    Refuted("f = tanh(3x); df/dx = 3 - 3*tanh((3x)^2)", "exponent",
            "the exponent belongs outside of tanh", "3 - 3*tanh(3x)^2"),
    Refuted("f = sin(2x); df/dx = 2*sin(2x)", "function", "the function is cos, not sin",
            "2*cos(2x)"),
    Refuted(f"{VECTORS}f = sum((A @ x)^2)/2\ndf/dx = A @ A @ x", "transpose",
            "A must be transposed here", "A.T @ A @ x"),
    Refuted(f"{VECTORS}f = y.T @ X @ w\ndf/dX = w @ y.T", "transpose", None, "y @ w.T"),
    Refuted(f"{VECTORS}f = x.T @ A @ x\nhessian(f, x) = 2*A", "transpose", None, "A + A.T"),
    Refuted(f"{VECTORS}f = A @ x\ndf/dx = A.T", "layout",
            "this is the Jacobian in the other layout", "A"),
    Refuted(f"{VECTORS}f = X @ x\ndf/dx = X.T", "layout", None, "X"),
    Refuted(f"{VECTORS}f = w.T @ x\ndf/dx = w.T", "layout", None, "w"),
    Refuted("A in symmetric(n)\nB in R^(n, n)\nf = trace(B @ A)\ndf/dA = B + B.T - diag(diag(B))",
            "convention", "this is right with tied entries, …", ""),
    Refuted("convention symmetric\nS in spd(2)\nf = logdet(S)\ndf/dS = inv(S)", "convention",
            "this is right where every entry of S is a variable of its own, …", ""),
    Refuted("f = x*y + x; df/dx = y + 1 + x*y", "surplus-term", "the term x*y is surplus", "y + 1"),
    Refuted("u in R^4\nw in R\nf = w*sum(t in 0..3, u[t])\ndf/dw = sum(t in 1..3, u[t])", "index",
            "the sum begins at 0, not at 1", "sum(t in 0..3, u[t])"),
    Refuted("h[0] = w\nfor t in 1..3 { h[t] = sin(h[t-1])\ndh[t]/dh[t-1] = cos(h[t]) }", "index",
            "the index is off by one: h[t-1], not h[t]", "cos(h[t-1])"),
    Refuted("u in R^4\nu[1] + u[2] = sum(u[0:2])", "index",
            "the index is off by one: u[1:3], not u[0:2]", "sum(u[1:3])"),
    Refuted("f = x*y^3; df/dx = x^3", "node", None, "y^3"),
    Refuted("a, b, x, y in R\nf = a*x^2 + b*y; df/db = x", "node", None, "y"),
    Refuted("S in R^(3, 3)\nb in R^3\nL = sum((S + b) .^ 2)/2\ndL/db = sum(S + b, axis=1)", "axis",
            "the sum is over axis 0, not axis 1", "sum(S + b, axis=0)"),
    Refuted("S in R^(4, 3)\nb in R^3\nL = sum((S + b) .^ 2)/2\ndL/db = S + b", "axis",
            "a sum over axis 0 is missing", "sum(S + b, axis=0)"),
    Refuted("X in R^(m, n); y, s in R^m; w in R^n; L = sum(s*(X @ w - y)^2)/2\nd2L/dw dw = X.T @ X",
            "factor", "the weights s are missing within X.T @ X", "X.T @ diag(s) @ X"),
    Refuted("X in R^(m, n); y in R^m; w in R^n; p = sigmoid(X @ w)\nL = -sum(y*log(p) + (1 - y)*"
            "log(1 - p))\nd2L/dw dw = X.T @ X", "factor", None, "X.T @ diag(p*(1 - p)) @ X"),
    Refuted("W in R^(n, n); x, g in R^n; L = sum(g*tanh(W @ x))\ndL/dW = g*(1 - tanh(W @ x)^2)*x",
            "shape", None, "g*(1 - tanh(W @ x)^2) @ x.T"),
    Refuted("x, y in R^n; f = dot(x, y)^2\ndf/dx = 2*(x*y)*y", "axis", "a sum is missing",
            "2*sum(x*y)*y"),
    Refuted("f = (x² − 1)·y;  df/dy = x²  +  1", "sign", None, "x²  -  1"),
    Refuted("w in R; x in R^3; h[0] = w\n"
            "for t in 1..3 { h[t] = x[t-1]*h[t-1]^2; dh[t]/dh[t-1] = x[t-1]*h[t-1] }", "factor",
            None, "2*x[t-1]*h[t-1]"),
    Refuted("x in R^m; f = mean(x); df/dx = ones(m)", "factor", "a factor 1/m is missing"),
    Refuted("x in R^(2); f = mean(x); df/dx = ones(2)", "factor",
            "the claim is twice what is right"),
    Refuted("f = x^2; at x = 3; df/dx = 3", "factor", None, "6"),
    Refuted("f = x^2; at x = 3; df/dx ≈ x ± 1e-6", "factor", None, "2*x"),
    Refuted("x in R; f = exp(x) + 1e-60*sin(x); df/dx = exp(x)", "missing-term"),
    Refuted("x in R; sqrt(x)^2 = x", "domain", None, ""),
    Refuted("1/3 = 0.333333", "tiny", "0.333333 is a rounded 1/3", "1/3"),
    Refuted("f = x^2; at x = 0.123; df/dx ≈ 0.24", "tiny", "this is cut off, not rounded", "0.25"),
    Refuted("f = x^2; at x = 1.5; f ≈ -2.25", "sign", "the sign is wrong", "2.25"),
    Refuted("f = 2^x; df/dx = 0.6931*2^x", "tiny", "0.6931 is a rounded log(2)", "log(2)*2^x"),
]  # fmt: skip

BY_THE_GRAPH = [
    # -- paths
    Refuted("a, b in R\nc = a + b\nd = b + 1\ne = c*d\nde/db = d", "missing-term", "…through d…"),
    Refuted("a, b in R\nc = a + b\nd = b + 1\ne = c*d\nde/db = c*d", "missing-term",
            "…multiplied…"),
    Refuted("x in R\ny = x*exp(x^2)\ndy/dx = exp(x^2)", "missing-term", "…x is used twice"),
    Refuted("p, q in (0, 1)^k\nK = sum(p*log(p/q))\ndK/dp = log(p/q)", "missing-term",
            "the use of p…"),
    Refuted(f"{NORM}\ndL/dx = g/s", "missing-term", "the paths through μ and s are missing…",
            "g/s + dL/dμ/n + dL/ds*(x - μ)/(n*s)"),
    Refuted(f"{RECURRENT}\ndL/dV = (o[3] - y[2]) @ h[3].T", "missing-term",
            "…through o[1] and o[2]…"),
    Refuted(f"{RECURRENT}\ndL/dWh = dL/da[3] @ h[2].T + dL/da[2] @ h[1].T", "missing-term",
            "the path through a[1] is missing: Wh is used three times"),
    Refuted(f"{RECURRENT}\nfor t in 1..2 {{ dL/dh[t] = V.T @ (o[t] - y[t-1]) }}", "missing-term",
            "the path through a[t+1] is missing…"),
    Refuted(f"{RECURRENT}\nfor t in 1..2 {{ dL/dh[t] = Wh.T @ dL/da[t+1] }}", "missing-term", None,
            "Wh.T @ dL/da[t+1] + V.T @ (o[t] - y[t-1])"),
    # -- terms
    Refuted("w, b, x, t in R\nλ in (0, inf)\nL = (w*x + b - t)^2 + λ*w^2\n"
            "dL/db = 2*(w*x + b - t) + 2*λ*b", "surplus-term", "…2*λ*b is surplus"),
    Refuted("x, y in R\nf = (1 - x)^2 + 10*(y - x^2)^2\nd2f/dx2 = 2 + 80*x^2 - 40*y",
            "missing-term", "…40*x^2…"),
    Refuted("z in R^n\np = softmax(z)\ndp/dz = diag(p*(1 - p))", "missing-term",
            "right on the diagonal, wrong off it…"),
    # -- chain factors
    Refuted(f"{NEURON}\ndE/dw = 2*(a - t)*x", "missing-local",
            "…tanh's local derivative at node a"),
    Refuted(f"{NEURON}\ndE/db = 2*(a - t)", "missing-local", "this is dE/da, not dE/db…"),
    Refuted(f"{NEURON}\ndE/dz = 2*(a - t)*(1 - a^2)*(1 - a^2)", "missing-local",
            "…1 - a^2 is surplus"),
    Refuted(f"{NEURON}\ndE/dw = (1 - a^2)*x", "missing-local", "this is da/dw, not dE/dw…"),
    Refuted(f"{LAYERS}\ndL/dW1 = dL/dh @ x.T", "missing-local", "the factor 1 - h^2 is missing…",
            "dL/dh*(1 - h^2) @ x.T"),
    Refuted(f"{LAYERS}\ndL/db1 = dL/dh", "missing-local", "this is dL/dh, not dL/db1…"),
    Refuted(f"{SOFTMAX}\ndL/dz = -y/p", "missing-local", "…the softmax Jacobian…"),
    Refuted(f"{SOFTMAX}\ndL/dz = -y/p * p*(1 - p)", "missing-local", "…not diagonal…"),
    Refuted("x, y in R\nf = x^2*y\ndf/dx = 2x", "missing-local", "the factor y is missing"),
    # -- other nodes
    Refuted("x, y in R\nf = x^2*y - y\ndf/dx = x^2 - 1", "swapped", "this is df/dy, not df/dx"),
    Refuted(f"{GATES}\ndf/dx0 = df/dw0 * w0", "node", "…df/ds0, not df/dw0"),
    # At x0 = -1 the wrong upstream looks like a wrong sign.
    Refuted("s0 = w0*x0; f = sigmoid(s0 + w1); at w0 = 2, x0 = -1, w1 = -3; df/dx0 = df/dw0*w0",
            "node", None, "df/ds0*w0"),
    Refuted(f"{GATES}\nat w0 = 2, x0 = -1, w1 = -3, x1 = -2, b = -3\ndf/dx0 = df/dw0 * w0",
            "node", None, "df/ds0 * w0"),
    # -- factors
    Refuted("z, c in R^n\np = softmax(z)\nL = -sum(c*log(p))\ndL/dz = p - c", "factor", "…sum(c)…"),
    Refuted("c in R\nz in R^n\nsoftmax(c*z) = softmax(z)", "factor", "the factor c is missing…"),
    # -- a part of the declared sets
    Refuted("x in R\nr = relu(x)\ndr/dx = 1", "domain", "…right only where x > 0…",
            "where(x > 0, 1, 0)"),
    Refuted("x in R\nsqrt(x^2) = x", "domain", "…right only where x >= 0…"),
    Refuted("x in R\nf = hardtanh(x)\ndf/dx = where(x < 1, 1, 0)", "domain",
            "…right only where x > -1…"),
    Refuted("x in R^n\ny = relu(x)\nL = sum(y^3)\ndL/dx = 3*x^2", "domain",
            "…right only where x > 0…"),
]  # fmt: skip

HELD_OUT = [
    # -- rules of calculus
    Refuted("f = x^2*sin(x); df/dx = 2x*cos(x)", "missing-term",
            "…a product's derivative has two terms", "cos(x)*x^2 + 2*x*sin(x)"),
    Refuted("x in (0, inf); f = x^2/(x + 1); df/dx = 2x", "missing-term", "…the quotient rule…"),
    Refuted("a in (0, inf); x in R; f = a^x; df/dx = x*a^(x-1)", "node", "…the exponent varies",
            "f*log(a)"),
    Refuted("W in R^(n, m); x in R^(k, m); h = tanh(W @ x[1]); dh/dx[1] = diag(1 - h^2) @ W",
            "node", "an index behind a derivative takes a row…  d(h)/d(x[1])", ""),
    Refuted(f"{STEPS}for t in 1..T {{ dh[t]/dx[t] = diag(1 - h[t]^2) @ U }}", "node",
            "an index behind a derivative takes a row…  d(h[t])/d(x[t])", ""),
    Refuted("f = sin(x^3); df/dx = cos(3x^2)", "node", "…taken at the derivative of x^3",
            "3*x^2*cos(x^3)"),
    Refuted("f = x^2 + sin(x); df/dx = 2x + sin(x)", "missing-local",
            "sin(x) is not differentiated", "2x + cos(x)"),
    Refuted("f = sin(x^2); df/dx = cos(x^2)", "missing-local", "…the factor 2*x is missing…",
            "2*x*cos(x^2)"),
    Refuted("f = log(1 + x^2); df/dx = 1/(1 + x^2)", "missing-local", "…the factor 2*x is missing…",
            "2*x/(1 + x^2)"),
    Refuted("x in (0, inf); f = sin(x)/x; df/dx = (sin(x) - x*cos(x))/x^2", "sign",
            "the sign is wrong", "(x*cos(x) - sin(x))/x^2"),
    Refuted("f = exp(x)/(1 + x^2); df/dx = (exp(x)*(1 + x^2) - 2x*exp(x))/(1 + x^2)", "factor",
            "the square of 1 + x^2…", "(exp(x)*(1 + x^2) - 2x*exp(x))/(1 + x^2)^2"),
    Refuted("x in (0, inf); f = x^-2; df/dx = -2*x^-1", "exponent", "…-3, not -1", "-2*x^-3"),
    Refuted("x in (0, inf); f = x^(1/2); df/dx = x^(1/2)/2", "exponent", "…-1/2, not 1/2",
            "x^(-1/2)/2"),
    Refuted("x in (0, inf); f = log10(x); df/dx = 1/x", "factor", "the division by log(10)…",
            "1/(x*log(10))"),
    Refuted("x in (0, inf); f = log(5x); df/dx = 1/(5x)", "factor", "a factor 5…", "1/x"),
    Refuted("tanh(x) = 2*sigmoid(x) - 1", "factor", "a factor 2 is missing at x",
            "2*sigmoid(2*x) - 1"),
    Refuted("exp(x + y) = exp(x) + exp(y)", "function", "…multiplied, not added", "exp(x)*exp(y)"),
    Refuted("f = exp(-x^2); d2f/dx2 = 4*x^2*exp(-x^2)", "missing-term", "the direct use of x…",
            "4*x^2*exp(-x^2) - 2*f"),
    Refuted("k in R; λ in (0, inf); ℓ = k*log(λ) - λ; dℓ/dλ = k/λ - λ", "missing-local",
            "λ is not differentiated", "k/λ - 1"),
    # -- several variables
    Refuted("s in R; x = s^2; y = s^3; z = x*y; dz/ds = x*3*s^2", "missing-term",
            "the path through x…", "x*3*s^2 + 2*s*y"),
    Refuted("x, y in R; f = x^2*y; grad(f, [x, y]) = [x^2, 2*x*y]", "swapped", "…are exchanged",
            "[2*x*y, x^2]"),
    Refuted("x, y in R; f = x^2*y; hessian(f, [x, y]) = [[2y, 2x], [x, 0]]", "factor",
            "…that of [0, 1]…", "[[2y, 2x], [2x, 0]]"),
    Refuted("x, y in R; f = sin(x)*y; hessian(f, [x, y]) = [[sin(x)*y, cos(x)], [cos(x), 0]]",
            "sign", "…the entry [0, 0]…", "[[-sin(x)*y, cos(x)], [cos(x), 0]]"),
    # -- matrices
    Refuted("A in R^(n, n); a, b in R^n; f = a.T @ inv(A) @ b; df/dA = -inv(A) @ a @ b.T @ inv(A)",
            "transpose", "…wherever it stands", "-inv(A).T @ a @ b.T @ inv(A).T"),
    Refuted(f"{MODEL} L = sum((p - y)^2); hessian(L, w) = 2*X @ X.T", "transpose", "…exchanged",
            "2*X.T @ X"),
    Refuted(f"{MODEL} J = sum((p - y)^2)/(2*m) + λ/2*w.T @ w; dJ/dw = X.T @ (p - y)/m",
            "missing-term", "the direct use of w…", "X.T @ (p - y)/m + λ*w"),
    Refuted(f"{MODEL} J = sum((p - y)^2)/2 + λ*sum(w^2)/2; hessian(J, w) = X.T @ X + λ", "shape",
            "…not to the diagonal", "X.T @ X + λ*eye(n)"),
    Refuted("x in R^n; y = x^2; dy/dx = 2*x", "shape", "…the diagonal entries…", "diag(2*x)"),
    Refuted("A, B in R^(m, n); f = sum(A ⊙ B ⊙ B); df/dB = 2*A", "missing-local", "the factor B…",
            "2*A ⊙ B"),
    # -- networks
    Refuted(f"{SQUARE}dC/dz2 = (a2 - y)*z2*(1 - z2)", "node", "this should be a2, not z2…",
            "(a2 - y)*a2*(1 - a2)"),
    Refuted(f"{SQUARE}dC/dz2 = (a2 - y)*(1 - a2^2)", "missing-local",
            "…is a2*(1 - a2), not 1 - a2^2", "(a2 - y)*a2*(1 - a2)"),
    Refuted(f"{NEURONS}dL/dw21 = δ*v2*(1 - z2^2)*x2", "swapped", "this is dL/dw22, not dL/dw21",
            "x2*dL/da1"),
    Refuted(f"{BATCH}dL/db = mean(dL/dZ, axis=0)", "factor", "the sum, not the mean…",
            "sum(dL/dZ, axis=0)"),
    Refuted(f"{BATCH}dL/db = sum(dL/dZ)", "axis", "…over axis 0 only", "sum(dL/dZ, axis=0)"),
    Refuted(f"{BATCH}dL/dZ = 2*(H - Y)*(1 - tanh(Z.^2))/m", "exponent", "…outside of tanh",
            "2*(H - Y)*(1 - tanh(Z).^2)/m"),
    Refuted(f"{RELU} dL/dz = g*y", "missing-local", "y is not differentiated", "g*step(z)"),
    Refuted(f"{RELU} dL/dz = g*step(g)", "node", "this should be z, not g", "g*step(z)"),
    Refuted(f"{LOOP}; for t in 1..3 {{ dh[t]/dh[t-1] = w*h[t-1]*(1 - h[t-1]) }}", "index",
            "…throughout", "w*h[t]*(1 - h[t])"),
    # The mask of a relu belongs to the hidden units, the claim to the inputs.
    Refuted("x in R^n; W in R^(k, n); b, u in R^k; h = relu(W @ x + b); s = u.T @ h\n"
            "ds/dx = W.T @ u", "missing-local", None, "W.T @ (u*step(W @ x + b))"),
    # -- statistics
    Refuted("z, y in R; p = sigmoid(z); L = -(y*log(p) + (1 - y)*log(1 - p))\n"
            "dL/dp = -y/p + (1 - y)/p", "node", "this should be 1 - p, not p",
            "-y/p + (1 - y)/(1 - p)"),
    Refuted("z in R^n; f = logsumexp(z); df/dz = exp(z)", "missing-local",
            "the division by sum(exp(z))…", "exp(z)/sum(exp(z))"),
    Refuted(f"{GAUSS} dℓ/dv = -1/(2*v) + sum((x - μ)^2)/(2*v^2)", "factor",
            "a factor n is missing…", "-n/(2*v) + sum((x - μ)^2)/(2*v^2)"),
]  # fmt: skip

# Right for some of the declared values: which ones is judged before it is said.
IN_A_REGION = [
    Refuted("A in R^(n,n); x in R^n; f = x.T@A@x; df/dx = A@x", "missing-term", "…A.T is missing…",
            "(A + A.T)@x"),
    Refuted("A in R^(n,n); x in R^n; f = x.T@A@x; df/dx = 2*A@x", "missing-term",
            "…symmetric A…", "(A + A.T)@x"),
    Refuted("A in R^(n,n); x in R^n; f = x.T@A@A@x; df/dx = 2*A@A@x", "transpose",
            "…right only for symmetric A…", ""),
    Refuted("x in R^n; f = sum(x^2)*n; df/dx = 4*x", "factor", "the factor n/2 is missing",
            "2*n*x"),
    Refuted("x in R; k in integers(0, 4); f = where(k == 2, x, x^2); df/dx = 2*x", "domain",
            "…right only where k != 2", None),
    Refuted("x in R^n; p = softmax(x); dp[0]/dx[n-1] = -p[0]*p[n-1]", "domain",
            "…right only for n >= 2; where that is meant, write  n >= 2", ""),
    Refuted("x in R; f = relu(x)^2; df/dx = 2*x", "domain", "…right only where x > 0…",
            "where(x > 0, 2*x, 0)"),
    Refuted("A in R^(n, n)\ntrace(A)^2 - trace(A @ A) = 2*det(A)", "domain",
            "this is right only for n = 2", ""),
    Refuted("c in (0, inf)\nx in R\nf = sin(c*x)/c\ndf/dx = cos(x)*c^c", "domain",
            "this is right only for c = 1", ""),
    Refuted("s in R^n; c in R^(n, 3); C = s @ c; dC/ds[0] = c[0]", "node",
            "…; by s[0] write  d(C)/d(s[0])", ""),
]  # fmt: skip

PRODUCT = "x, y, z in R; f = exp(x*y)*cos(z) + x; df/dx ="
KINKED = "x, y, z in R; f = abs(x)*y + z; df/dz ="
# Nonsense, and two slips at once.
NOTHING_TO_SAY = [
    Refuted(f"{PRODUCT} 17*z^3"),
    Refuted(f"{PRODUCT} x + 17"),
    Refuted(f"{PRODUCT} sin(cos(z))/y"),
    Refuted(f"{PRODUCT} 0"),
    Refuted(f"{PRODUCT} log(abs(x) + 2)"),
    Refuted(f"{PRODUCT} x^7 - z^7"),
    Refuted(f"{KINKED} y^3*(x + z)"),
    Refuted(f"{KINKED} 2*sigmoid(y)"),
    Refuted("x, y in R; f = x^2*y + sin(x*y); df/dx = exp(x)*cos(y) + 17"),
    Refuted("x, y in R; f = exp(x); df/dy = log(1 + x^2)*y"),
    Refuted(f"{SOFTMAX}; dL/dz = p*(1 - p) + z"),
    Refuted(f"{NEURON}; dE/dw = sin(w)*cos(x) - t"),
    Refuted(f"{LAYERS}; dL/db1 = cos(b1)"),
    Refuted("x, y in (0, inf); 1/(x + y) = 1/x + 1/y"),
    Refuted("x in (0, inf); log(x)^2 = 2*log(x)"),
    Refuted("x, y, z in R; f = x*y + y*z; df/dy = 17*z"),
    Refuted("x in R^n; A in R^(n, n); f = x.T @ A @ x; df/dx = 3*A @ x"),
    Refuted("x in R^n; μ in R; v in (0, inf); ℓ = -sum((x - μ)^2)/(2*v); dℓ/dμ = sum(x) - μ"),
    Refuted("f = x^3 - 2x; at x = 2; df/dx = 8"),
    Refuted("f = x^2; at x = 3; df/dx = 5"),
    Refuted("f = x^2; at x = 3; df/dx ≈ 17.5"),
]

# What a part of the claim lacks is looked up among all that is known.
LOOKED_UP = [
    Refuted("u in R^m\nx in R^n\nA in R^(n, n)\nB in R^(n, m)\nP in symmetric(n)\n"
            "z = A @ x + B @ u\nJ = z.T @ P @ z\ndJ/du = 2*B.T @ P @ (A @ x)", "node",
            "this should be z, not A @ x", "2*B.T @ P @ z"),
    Refuted("X in R^(n, k)\nW in spd(n)\ny in R^n\nb in R^k\nS = (y - X @ b).T @ W @ (y - X @ b)\n"
            "dS/db = -2*X.T @ (y - X @ b)", "factor", "the factor W is missing behind -2*X.T",
            "-2*X.T @ W @ (y - X @ b)"),
    Refuted("X in R^(n, k)\ny in R^n\nb in R^k\n"
            "l = sum(i in 0..n-1, y[i]*sum(j in 0..k-1, X[i, j]*b[j]))\n"
            "for m in 0..k-1 { dl/db[m] = sum(i in 0..n-1, y[i]) }", "factor",
            "the factor X[i, m] is missing in y[i]", "sum(i in 0..n-1, y[i]*X[i, m])"),
    Refuted("h in R^3\nx in R^5\ng in R^3\nL = sum(t in 0..2, g[t]*sum(k in 0..2, h[k]*x[t+2-k]))\n"
            "for k in 0..2 { dL/dh[k] = sum(t in 0..2, g[t]*x[t+k]) }", "index",
            "the index is wrong: x[t+2-k], not x[t+k]",
            "sum(t in 0..2, g[t]*x[t+2-k])"),
    Refuted("x, m in R; n, s in (0, inf); l = -(n + 1)/2*log(1 + (x - m)^2/(n*s^2)); "
            "dl/dm = (n + 1)*(x - m)/(n + (x - m)^2)", "factor", "the factor s^2 is missing in n",
            "(n + 1)*(x - m)/(n*s^2 + (x - m)^2)"),
    Refuted("u, g in R^d\nz = u/norm(u)\nL = g.T @ z\ndL/du = g/norm(u)", "missing-term",
            "the term -L*z/norm(u) is missing", "g/norm(u) - L*z/norm(u)"),
    Refuted("x, m in R^n; S in spd(n); l = -(x - m).T @ inv(S) @ (x - m)/2; "
            "dl/dS = (x - m) @ (x - m).T/2", "missing-local",
            "the factor inv(S) is missing on both sides of (x - m) @ (x - m).T/2",
            "inv(S) @ ((x - m) @ (x - m).T/2) @ inv(S)"),
    Refuted("a, b in R\nf = [a*b^2, a^3]\ndf/da = [b, 3*a]", "factor",
            "the square of b is missing; the square of a is missing", "[b^2, 3*a^2]"),
]  # fmt: skip

LOOKED_UP += [
    Refuted("p, q, a in R; 0 < a < 1; L = log(a*p + (1 - a)*q); "
            "dL/da = (p - q)/(a*p + (1 - a)*q)^2",
            "factor", "a*p + (1 - a)*q should not be raised …", "(p - q)/(a*p + (1 - a)*q)"),
    Refuted("x, y in R; L = log(x - y^2); dL/dx = 1/(x - y)", "factor",
            "the square of y is missing", "1/(x - y^2)"),
]  # fmt: skip

LOOKED_UP += [
    Refuted("x, y in R; f = x*exp(y); df/dx = y/exp(-y)", "missing-local",
            "the factor y is surplus", "1/exp(-y)"),
    Refuted("a, b, x in R; f = x/(1 + a^2); df/dx = -b/(1 + a^2)", "missing-local",
            "the factor -b is surplus", "1/(1 + a^2)"),
]  # fmt: skip

# Conditions on the inputs restrict where a claim is meant, and are no part of what was written.
LOOKED_UP += [
    Refuted("R, T, a, b, V > 0; V > b; P = R*T/(V - b) - a/V^2; "
            "d2P/dV2 = 2*R*T/(V - b)^3 - 6*a/V^3", "exponent", "the exponent is 4, not 3",
            "2*R*T/(V - b)^3 - 6*a/V^4"),
    Refuted("x, y in R; x > y^2; f = sqrt(x - y^2); df/dy = y/sqrt(x - y^2)", "sign",
            "the sign is wrong", "-y/sqrt(x - y^2)"),
    Refuted("A in symmetric(n); x in R^n; det(A) > 0; f = x @ inv(A) @ x; df/dx = inv(A) @ x",
            "factor", "a factor 2 is missing", "2*inv(A) @ x"),
]  # fmt: skip

LAYER = "W in R^(k, n); x in R^n; g in R^k; L = g @ tanh(W @ x); d = g*(1 - tanh(W @ x)^2); "
LOOKED_UP += [
    Refuted(f"{LAYER}dL/dx = d", "missing-local", "the factor W.T is missing before d", "W.T @ d"),
    Refuted(f"{LAYER}dL/dW = d", "missing-local", "the factor x.T is missing behind d", "d @ x.T"),
    Refuted("X in R^(n, p); w in R^p; L = sum(log(1 + exp(X @ w))); p = sigmoid(X @ w); "
            "hessian(L, w) = X.T @ diag(p) @ X", "missing-local", None,
            "X.T @ diag(p/(1 + exp(X @ w))) @ X"),
]  # fmt: skip

# Two places of a sum or of a product, either of which alone mends nothing.
TWICE = [
    Refuted("f = x^2*sin(y) + exp(x*y); df/dx = x*sin(y) + x*exp(x*y)", "several",
            "two mistakes: a factor 2 is missing in the term x*sin(y); this should be y, not x",
            "2*x*sin(y) + y*exp(x*y)"),
    Refuted("X in R^(m, n); w in R^n; y in R^m; a in R; L = norm(X @ w - y)^2 + a*norm(w)^2; "
            "dL/dw = 2*X.T @ (y - X @ w) + a*w", "several", "two mistakes: the sign of the term …",
            "-2*X.T @ (y - X @ w) + 2*a*w"),
    Refuted("k, m, x, v in R; E = k*x^2/2 + m*v^2/2; dE/dx = k*x/2 + m*v", "several",
            "two mistakes: the term m*v is surplus; 2 should not divide here", "k*x"),
    Refuted("S, K > 0; r in R; f = S^2*exp(-r)/K; df/dS = 2*S*exp(r)", "several",
            "two mistakes: the sign of r is wrong; the division by K is missing", "2*S*exp(-r)/K"),
    Refuted("f = log(x^2 + y^2 + 1); df/dx = x/(x^2 + y^2)", "several",
            "two mistakes: the term 1 is missing in x^2 + y^2; a factor 2 is missing",
            "2*x/(x^2 + y^2 + 1)"),
    Refuted("m, s, x in R; s > 0; L = log(s) + (x - m)^2/(2*s^2); dL/ds = 1/s + (x - m)^2/s^2",
            "exponent", "the sign is wrong, and the exponent is 3, not 2", "1/s - (x - m)^2/s^3"),
]  # fmt: skip

# One kind of mistake each; those of graphs and paths; those that nothing was tuned on.
FROM_OTHER_FIELDS = [
    Refuted(
        "x, T in (0, inf)\n"
        "B = x^3/(exp(x/T) - 1)\n"
        "dB/dx = 3*x^2/(exp(x/T) - 1) - x^3*exp(x/T)/(exp(x/T) - 1)^2",
        "missing-local",
        "the division by T is missing",
        "3*x^2/(exp(x/T) - 1) - x^3*exp(x/T)/(T*(exp(x/T) - 1)^2)",
    ),
    Refuted(
        "x, K, n in (0, inf)\nh = x^n/(K^n + x^n)\ndh/dx = n*h*(1 - h)",
        "missing-local",
        "the division by x is missing",
        "n*h*(1 - h)/x",
    ),
    Refuted(
        "S, I, b, g, N in (0, inf)\nd = b*S*I/N - g*I\ndd/dI = b*S/N - g*I",
        "missing-local",
        "the factor I is surplus",
        "b*S/N - g",
    ),
    Refuted(
        "t, a, b, c in (0, inf)\ny = a*exp(-b*exp(-c*t))\ndy/dt = b*c*y",
        "missing-local",
        "the factor exp(-c*t) is missing: exp's local derivative at exp(-c*t)",
        "b*c*y*exp(-c*t)",
    ),
    Refuted(
        "K, L, r in (0, inf)\n"
        "a in (0, 1)\n"
        "Q = (a*K^r + (1 - a)*L^r)^(1/r)\n"
        "dQ/dL = a*(Q/L)^(1 - r)",
        "node",
        "this should be 1 - a, not a",
        "(1 - a)*(Q/L)^(1 - r)",
    ),
    Refuted(
        "c in (0, inf)\ng in (1, inf)\nu = c^(1 - g)/(1 - g)\ndu/dc = (1 - g)*c^(-g)",
        "missing-local",
        "the factor 1 - g is surplus",
        "c^(-g)",
    ),
    Refuted(
        "X in R^(m, n)\n"
        "y in R^m\n"
        "b in R^n\n"
        "e = X @ b\n"
        "l = sum(y*e - exp(e))\n"
        "dl/db = X.T @ (y - e)",
        "node",
        "this should be exp(e), not e",
        "X.T @ (y - exp(e))",
    ),
    Refuted(
        "x, m, s, k in (0, inf)\n"
        "z = (x - m)/s\n"
        "l = -(k + 1)/2*log(1 + z^2/k) - log(s)\n"
        "dl/dm = (k + 1)*z/(k + z^2)",
        "missing-local",
        "the division by s is missing",
        "(k + 1)*z/(s*(k + z^2))",
    ),
    Refuted(
        "q in R^d\nK in R^(n, d)\nv in R^n\na = softmax(K @ q)\no = v.T @ a\ndo/dq = K.T @ (a*v)",
        "missing-term",
        "the term -o is missing in v",
        "K.T @ (a*(v - o))",
    ),
    Refuted(
        "X in R^(n, d)\n"
        "W in R^(d, k)\n"
        "T in R^(n, k)\n"
        "Y = tanh(X @ W)\n"
        "L = sum((Y - T) .^ 2)/2\n"
        "dL/dW = X.T @ ((Y - T)*(1 - Y))",
        "factor",
        "the square of Y is missing",
        "X.T @ ((Y - T)*(1 - Y .^ 2))",
    ),
    Refuted(
        "z in R^n\n"
        "y in onehot(n)\n"
        "e in (0, 1)\n"
        "p = softmax(z)\n"
        "t = (1 - e)*y + e/n\n"
        "L = -sum(t*log(p))\n"
        "dL/dz = p - y",
        "node",
        "this should be t, not y",
        "p - t",
    ),
    Refuted(
        "W in R^(n, n)\nx, c in R^n\nf = c.T @ W @ W @ x\ndf/dW = outer(c, W @ x)",
        "missing-term",
        "the use of W in c.T @ W @ W is missing: W is used twice",
        "outer(c, W @ x) + W.T @ outer(c, x)",
    ),
    Refuted(
        "t, A, b, w in (0, inf)\n"
        "x = A*exp(-b*t)*cos(w*t)\n"
        "dx/dt = -A*exp(-b*t)*cos(w*t) + A*w*exp(-b*t)*sin(w*t)",
        "several",
        "two mistakes: the sign of the term A*w*exp(-b*t)*sin(w*t) is wrong; the "
        "factor b is missing in -A*exp(-b*t)*cos(w*t)",
        "-A*b*exp(-b*t)*cos(w*t) - A*w*exp(-b*t)*sin(w*t)",
    ),
    Refuted(
        "X in R^(m, n)\n"
        "y in R^m\n"
        "b in R^n\n"
        "l, k in (0, inf)\n"
        "J = sum((X @ b - y)^2)/2 + l*sum(b^2) + k*sum(b)\n"
        "dJ/db = 2*X.T @ (X @ b - y) + l*b + k*ones(n)",
        "several",
        "two mistakes: a factor 1/2 is missing in the term 2*X.T @ (X @ b - y); a "
        "factor 2 is missing in the term l*b",
        "X.T @ (X @ b - y) + 2*l*b + k*ones(n)",
    ),
    Refuted(
        "x, y, k, m, g in (0, inf)\nE = k*(x - y)^2/2 + m*g*x\ndE/dx = k*(x + y) + m*x",
        "several",
        "two mistakes: this should be g, not x; the sign of the term y is wrong",
        "k*(x - y) + m*g",
    ),
    Refuted(
        "A in R^(n, n)\nx, b in R^n\nf = x.T @ A @ x - b.T @ x\ndf/dx = A @ x + A @ x + b",
        "several",
        "two mistakes: the sign of the term b is wrong; A must be transposed here",
        "A.T @ x + A @ x - b",
    ),
    Refuted(
        "n, t in R\nf = n*sigmoid(t)\ndf/dt = n*sigmoid(t)*sigmoid(t)",
        "node",
        "this should be 1 - sigmoid(t), not sigmoid(t)",
        "n*sigmoid(t)*(1 - sigmoid(t))",
    ),
]

_SOFTMAX_OF = "z, g in R^n\np = softmax(z)\nL = g.T @ p\n"
_SHARES = "x, g in (0, inf)^n\ns = sum(x)\nq = x/s\nL = g.T @ q\n"
_SCALED = "x, g in R^n\nm = mean(x)\ns = sqrt(mean((x - m)^2) + 1)\nh = (x - m)/s\nL = g.T @ h\n"
_FILTER = """x in R^6
w in R^3
g in R^4
for i in 0..3 { y[i] = sum(k in 0..2, w[k]*x[i+k]) }
L = sum(i in 0..3, g[i]*y[i])
"""
BY_PATTERN = [
    Refuted(f"{_SOFTMAX_OF}dp/dz = diag(p) - outer(p, ones(n))", "node",
            "this should be p, not ones(n)", "diag(p) - outer(p, p)"),
    Refuted(f"{_SOFTMAX_OF}dp/dz = eye(n) - outer(p, p)", "node",
            "right off the diagonal, wrong on it: this should be diag(p), not eye(n)",
            "diag(p) - outer(p, p)"),
    Refuted(f"{_SHARES}dq/dx = (eye(n) - outer(q, q))/s", "node",
            "this should be ones(n), not q", "(eye(n) - outer(q, ones(n)))/s"),
    Refuted(f"{_SHARES}dL/dx = (g - q)/s", "node", "this should be L, not q", "(g - L)/s"),
    Refuted("x in R^n\nc = x - mean(x)\ndc/dx = eye(n)", "missing-term",
            "the term -1/n is missing", "eye(n) - 1/n"),
    Refuted(f"{_SCALED}dL/dx = (g - mean(g) - mean(g*h))/s", "missing-local",
            "the factor h is missing in mean(g*h)", "(g - mean(g) - h*mean(g*h))/s"),
    Refuted(f"{_FILTER}dL/dx[3] = sum(k in 0..2, w[k]*g[k+1])", "index",
            "the index is wrong: …", None),
    Refuted("A in spd(n)\nX in R^(n, k)\nL = logdet(eye(k) + X.T @ A @ X)\n"
            "dL/dX = 2*A @ X @ (eye(k) + X.T @ A @ X)", "function",
            "the inverse of eye(k) + X.T @ A @ X is missing",
            "2*A @ X @ inv(eye(k) + X.T @ A @ X)"),
    Refuted("E0, R, T, F, Q in (0, inf)\nE = E0 - R*T/F*log(Q)\ndE/dQ = -R*T/F*Q", "factor",
            "Q divides here", "-R*T/(F*Q)"),
    Refuted("A in R^(n, n)\nf = trace(A @ A @ A)\ndf/dA = 3*A @ A", "transpose", None,
            "3*A.T @ A.T"),
]  # fmt: skip

RIGHT_AT_A_PATTERN = [
    Refuted("z in R^n\np = softmax(z)\ndp/dz = diag(p*(1 - p))", "missing-term",
            "right on the diagonal, wrong off it: every entry of p depends on every entry of z",
            "diag(p) - p @ p.T"),
    Refuted("x in R^n\nf = sum(x)^3\nhessian(f, x) = 6*sum(x)*eye(n)", "node",
            "right on the diagonal, wrong off it: this should be ones(n, n), not eye(n)",
            "6*sum(x)*ones(n, n)"),
    Refuted("x, c in R^n\ng in (0, inf)\nk = exp(-g*sum((x - c)^2))\n"
            "hessian(k, x) = 4*g^2*k*outer(x - c, x - c)", "missing-term",
            "right off the diagonal, wrong on it: the direct use of x is missing",
            "4*g^2*k*outer(x - c, x - c) - 2*eye(n)*g*k"),
    Refuted("x in R^n\nc = cumsum(x)\ndc/dx = ones(n, n)", "entries",
            "this is right on and below the diagonal, wrong above it (at the points tried)", ""),
    Refuted("x in R^n\nf = x[0]^2/2 + sum(x^2)\ndf/dx = 2*x", "entries",
            "this is right at all entries but the first", ""),
    Refuted("X in R^(m, n)\nf = sum(X .^ 2) + sum(X[m-1, :]^3)\ndf/dX = 2*X", "entries",
            "this is right in all rows but the last", ""),
    Refuted("x in R^5\nf = x[0]^2*x[3] + sum(x^2)\ndf/dx = 2*x", "entries",
            "this is right at all entries but 0 and 3", ""),
    Refuted("x in R^4\nf = sum(x^2)\ndf/dx = 2*x + [0, 0, 1, 0]", "surplus-term",
            "right at all entries but 2: the term [0, 0, 1, 0] is surplus", "2*x"),
    Refuted("z in R^3\np = softmax(z)\n"
            "for i in 0..2 { for j in 0..2 { d(p[i])/d(z[j]) = -p[i]*p[j] } }", "missing-term",
            "right where i != j, wrong where i = j: there the term 1 is missing in -p[i]",
            "where(i != j, -p[i]*p[j], (-p[i] + 1)*p[j])"),
    Refuted("x in R^n\nE = sum(i in 0..n-2, (x[i+1] - x[i])^2)/2\n"
            "dE/dx = 2*x - roll(x, 1) - roll(x, -1)", "entries",
            "this is right at all entries but the first and the last", ""),
    Refuted("x in R^n\nf = x[0]^2/2 + sum(x^2)\nfor i in 0..n-1 { df/dx[i] = 2*x[i] }", "entries",
            "this is right for all i but the first", ""),
]  # fmt: skip

IN_LOOPS_AND_SUMS = [
    Refuted("b in R^n\nf = sum(i in 0..n-1, i*b[i]^2)\nfor i in 0..n-1 { df/db[i] = 2*b[i] }",
            "missing-local", "the factor i is missing", "2*i*b[i]"),
    Refuted("x in R^n\nL = sum(i in 0..n-1, (i+1)*x[i]^2)\nfor i in 0..n-1 { dL/dx[i] = 2*x[i] }",
            "missing-local", "the factor i + 1 is missing", "2*(i + 1)*x[i]"),
    Refuted("c in R^n\nx in R\np = sum(k in 0..n-1, c[k]*x^k)\n"
            "dp/dx = sum(k in 1..n-1, c[k]*x^(k-1))", "missing-local",
            "the factor k is missing in c[k]*x^(k-1)", "sum(k in 1..n-1, k*c[k]*x^(k-1))"),
    Refuted("c in R^n\nx in R\np = sum(k in 0..n-1, c[k]*cos(k*x) + k)\n"
            "dp/dx = -sum(k in 0..n-1, c[k]*sin(k*x))", "missing-local",
            "the factor k is missing in c[k]*sin(k*x)", "-sum(k in 0..n-1, k*c[k]*sin(k*x))"),
    Refuted("x, g in R^N\nmu = sum(x)/N\nL = sum(i in 0..N-1, g[i]*(x[i] - mu)^2)/2\n"
            "for j in 0..N-1 { dL/dx[j] = g[j]*(x[j] - mu) }", "missing-term",
            "the path through mu is missing", "g[j]*(x[j] - mu) + dL/dmu/N"),
    Refuted("x in R^n\nr = norm(x)\ny = x/r\n"
            "for i in 0..n-1 { for j in 0..n-1 { dy[i]/dx[j] = delta(i, j)/r } }", "missing-term",
            "the path through r is missing", "delta(i, j)/r + dy[i]/dr*x[j]/r"),
]  # fmt: skip

AS_IT_IS_WRITTEN = [
    Refuted("mu, r, a in (0, inf)\nv = sqrt(mu*(2/r - 1/a))\ndv/dr = -2*mu/r^2", "missing-local",
            "the division by 2*v is missing: sqrt's local derivative at node v", "-mu/(r^2*v)"),
    Refuted("r in (0, 1)\nL = r/(1 - r)\ndL/dr = 1/(1 - r)", "factor",
            "the square of 1 - r is missing", "1/(1 - r)^2"),
    Refuted("c in R^n\nv in (0, 1)\nA = sum(t in 0..n-1, c[t]*v^(t+1))\n"
            "dA/dv = sum(t in 0..n-1, c[t]*(t+1)*v^(t+1))", "exponent",
            "the exponent is t, not t+1", "sum(t in 0..n-1, c[t]*(t+1)*v^t)"),
    Refuted("p, q, l, k in R\nth = atan((k - q)/(l - p))\n"
            "dth/dq = -(l - p)/sqrt((l - p)^2 + (k - q)^2)", "exponent",
            "the square root of (l - p)^2 + (k - q)^2 is surplus",
            "-(l - p)/((l - p)^2 + (k - q)^2)"),
    Refuted("m, n in (0, inf)\nu in (0, 1)\nt = asin(m/n*sin(u))\ndt/du = m/n*cos(u)",
            "missing-local",
            "the division by sqrt(1 - (m*sin(u)/n)^2) is missing: …",
            "m/n*cos(u)/sqrt(1 - (m*sin(u)/n)^2)"),
    Refuted("x, w in R^k\nd in R\ne = d - w.T @ x\nJ = e^2\ndJ/dw = -2*e", "missing-local",
            "the factor x is missing", "-2*e*x"),
    Refuted("W in R^(m, n)\nx in R^n\ny in R^m\nL = sum((W @ x - y)^2)/2\ndL/dW = W @ x - y",
            "missing-local", "the factor x.T is missing behind W @ x - y", "(W @ x - y) @ x.T"),
    Refuted("x in R^4\na, b in R\ny[0] = 0\nfor t in 1..3 { y[t] = a*y[t-1] + b*x[t] }\n"
            "L = y[3]\nfor t in 1..3 { dL/dx[t] = b*a^(t-1) }", "exponent",
            "the exponent is 3-t, not t-1", "b*a^(3-t)"),
    Refuted("g in (0, 1)\nr in R^n\nG = sum(t in 0..n-1, g^(n-1-t)*r[t])\n"
            "for t in 0..n-1 { dG/dr[t] = g^t }", "exponent",
            "the exponent is n-1-t, not t", "g^(n - 1 - t)"),
    Refuted("x in R^3\nf = x[0]^3 + x[1]^2 + x[2]^3\ndf/dx = 2*x", "entries",
            "this is right at entry 1, wrong at the others", ""),
    Refuted("x in R^3\nf = x[0]^3 + x[1]^2 + x[2]^3\nfor k in 0..2 { df/dx[k] = 2*x[k] }",
            "entries", "this is right for k = 1, wrong for the others", ""),
]  # fmt: skip

_UNIT = "x, g in R^n\nu = x/norm(x)\nL = g.T @ u\n"
IN_BODIES = [
    Refuted("t in R^n\nm, a, b, T in (0, inf)\nl = m + sum(k in 0..n-1, a*exp(-b*(T - t[k])))\n"
            "dl/db = -sum(k in 0..n-1, a*exp(-b*(T - t[k])))", "missing-local",
            "the factor T - t[k] is missing in a*exp(-b*(T - t[k]))",
            "-sum(k in 0..n-1, a*exp(-b*(T - t[k]))*(T - t[k]))"),
    Refuted("x, y in R^n\nc in R^3\nL = sum(i in 0..n-1, (y[i] - sum(k in 0..2, c[k]*x[i]^k))^2)\n"
            "for k in 0..2 { dL/dc[k] = -2*sum(i in 0..n-1, y[i] - sum(j in 0..2, c[j]*x[i]^j)) }",
            "missing-local", "the factor x[i]^k is missing in y[i] - sum(j in 0..2, c[j]*x[i]^j)",
            "-2*sum(i in 0..n-1, (y[i] - sum(j in 0..2, c[j]*x[i]^j))*x[i]^k)"),
    Refuted("y in R^n\nx in (0, inf)^n\na in R\nL = sum(i in 0..n-1, y[i]*x[i]^a)\n"
            "dL/da = sum(i in 0..n-1, y[i]*x[i]^a)", "missing-local",
            "the factor log(x[i]) is missing in y[i]*x[i]^a",
            "sum(i in 0..n-1, y[i]*x[i]^a*log(x[i]))"),
]  # fmt: skip

NOT_DIAGONAL = [
    Refuted(f"{_UNIT}du/dx = diag(1/norm(x) - x^2/norm(x)^3)", "missing-term",
            "…the Jacobian of u is not diagonal: every entry of u depends on all of x",
            "(eye(n) - outer(u, x)/norm(x))/norm(x)"),
    Refuted(f"{_UNIT}dL/dx = g*(1 - u^2)/norm(x)", "missing-term",
            "the Jacobian of u is not diagonal: every entry of u depends on all of x", None),
    Refuted(f"{_SHARES}dL/dx = g*(1 - q)/s", "missing-term",
            "the Jacobian of q is not diagonal: every entry of q depends on all of x",
            None),
    Refuted("x in (0, inf)^n\nu = log(x/sum(x))\ndu/dx = diag(1/x - 1/sum(x))", "missing-term",
            "…the Jacobian of u is not diagonal: …", "diag(1/x) - 1/sum(x)"),
]  # fmt: skip

MORE_THAN_ONE = [
    Refuted("r in (-1, 1)\nz = log((1 + r)/(1 - r))/2\ndz/dr = 1/(1 - r)^2", "missing-local",
            "the factor (1 - r)/(1 + r) is missing: …", "1/((1 - r)*(1 + r))"),
    Refuted("W in R^(m, n)\nx in R^n\nb, y in R^m\nh = tanh(W @ x + b)\nL = sum((h - y)^2)/2\n"
            "dL/dW = x @ ((h - y)*(1 - h)).T", "several",
            "two mistakes: this is the transpose of what is right; the square of h is missing",
            "(h - y)*(1 - h^2) @ x.T"),
    Refuted("X in R^(n, d)\nW in R^(d, k)\nY in R^(n, k)\nE = X @ W - Y\nL = sum(E .^ 2)/n\n"
            "dL/dW = -2*E.T @ X/n", "several",
            "two mistakes: this is the transpose of what is right; the sign is wrong",
            "2*X.T @ E/n"),
    Refuted("X in R^(n, d)\ny in R^n\nw in R^d\nl in (0, inf)\n"
            "J = sum((y - X @ w)^2)/(2*n) + l*sum(w^2)/2\ndJ/dw = X.T @ (X @ w - y) + l*w/n",
            "several", "two mistakes: n should not divide here; the division by n is missing in "
            "X.T @ (X @ w - y)", "X.T @ (X @ w - y)/n + l*w"),
    Refuted("A in R^(n, n)\nx, b in R^n\nf = x.T @ A @ x/2 - b.T @ x\ndf/dx = A @ x + b",
            "several", "two mistakes: the sign of the term b is wrong; this is right only for "
            "symmetric A: A and A.T add up", "(A + A.T)/2 @ x - b"),
    Refuted("x in R^n\nmu = mean(x)\nv = mean((x - mu)^2)\ndv/dx = (x - mu)/(n - 1)", "several",
            "two mistakes: the term 1 is surplus; a factor 2 is missing", "2*(x - mu)/n"),
    Refuted("W in R^(m, n)\nx in R^n\nb, y in R^m\nh = sigmoid(W @ x + b)\nL = sum((h - y)^2)\n"
            "dL/db = (h - y)*(1 - h)", "missing-local", "the factor 2*h is missing",
            "2*(h - y)*(1 - h)*h"),
    Refuted("k, m, x, v in R\nE = m*v^2/2 + k*x^2/2\ndE/dx = 2*k*x^2", "missing-local",
            "the factor 2*x is surplus: power's local derivative at x^2", "k*x"),
    Refuted("a, b, x in (0, inf)\nf = 1/(a + b*x)\ndf/dx = -2*b/(a + b*x)", "missing-local",
            "the factor f/2 is missing", "-b*f/(a + b*x)"),
]  # fmt: skip

WHERE_VALUES_ARE_FEW = [
    Refuted("a, b, c in R\nf = log(b - c)*log(a - b)\ndf/da = log(b - c)/a", "missing-term",
            "the term -b is missing in a", "log(b - c)/(a - b)"),
    Refuted("x, y, z in R\nf = sqrt(x - y)*sqrt(y - z)\ndf/dx = sqrt(y - z)/(2*sqrt(x))",
            "missing-term", "the term -y is missing in x", "sqrt(y - z)/(2*sqrt(x - y))"),
]  # fmt: skip

AS_A_LECTURER_SAYS = [
    Refuted("K, h, c in (0, inf)\nf = c^h\ndf/dc = h*c^h", "exponent",
            "the exponent is h - 1, not h", "h*c^(h - 1)"),
    Refuted("a in (0, inf)\ne in (0, 1)\nφ in (-1, 1)\nW = sqrt(1 - e^2*sin(φ)^2)\nN = a/W\n"
            "p = N*cos(φ)\ndp/dφ = -a*(1 - e^2)*sin(φ)/W", "exponent",
            "W should be raised to the power 3 here", "-a*(1 - e^2)*sin(φ)/W^3"),
    Refuted("C, V in (0, inf)\nf = C/V\ndf/dV = -f", "missing-local",
            "the division by V is missing", "-f/V"),
    Refuted("R, L, ω in (0, inf)\nX = ω*L - 1/ω\nφ = atan(X/R)\n"
            "dφ/dω = (L + 1/ω^2)/(R^2 + X^2)", "missing-local", "the factor R is missing", None),
    Refuted("x, w, v in R^n\nr = sigmoid(w.T @ x)\nf = sigmoid(w.T @ v)\n"
            "L = -log(r) - log(1 - f)\ndL/dw = (r - 1)*x + (1 - f)*v", "node",
            "this should be f, not 1 - f", "(r - 1)*x + f*v"),
    Refuted("x in R^(n+2)\nE = sum(i in 0..n, (x[i+1] - x[i])^2)\n"
            "for i in 1..n { dE/dx[i] = 2*(x[i] - x[i-1]) }", "missing-term",
            "the term x[i] - x[i+1] is missing in x[i] - x[i-1]",
            "2*(x[i] - x[i-1] + x[i] - x[i+1])"),
]  # fmt: skip

_OPTION = """S, K, r, σ, T in (0, inf)
N(u) = (1 + erf(u/sqrt(2)))/2
φ(u) = exp(-u^2/2)/sqrt(2*pi)
d2 = (log(S/K) + (r - σ^2/2)*T)/(σ*sqrt(T))
d1 = d2 + σ*sqrt(T)
C = S*N(d1) - K*exp(-r*T)*N(d2)"""
IN_THE_WRITERS_NAMES = [
    Refuted("x, w, v, b in R\nu = v*tanh(w*x + b)\nh = tanh(w*x + b)\nd2u/dx2 = -2*w^2*v*h",
            "missing-local", "the factor 1 - h^2 is missing: …", "-2*w^2*v*h*(1 - h^2)"),
    Refuted("x, p in R^n\nL = softplus(sum((x - p)^2))\ns = sigmoid(sum((x - p)^2))\n"
            "dL/dx = 2*(x - p)", "missing-local", "the factor s is missing: …", "2*s*(x - p)"),
    Refuted(f"{_OPTION}\ndC/dT = S*φ(d1)*σ/(2*sqrt(T))", "missing-term",
            "the direct use of T is missing: …",
            "S*φ(d1)*σ/(2*sqrt(T)) + N(d2)*K*exp(-r*T)*r"),
]  # fmt: skip

ORIGINS = {
    "by kind": BY_KIND,
    "by the graph": BY_THE_GRAPH,
    "held out": HELD_OUT,
    "looked up": LOOKED_UP,
    "twice": TWICE,
    "in a region": IN_A_REGION,
    "from other fields": FROM_OTHER_FIELDS,
    "by pattern": BY_PATTERN,
    "right at a pattern": RIGHT_AT_A_PATTERN,
    "in loops and sums": IN_LOOPS_AND_SUMS,
    "as it is written": AS_IT_IS_WRITTEN,
    "in bodies": IN_BODIES,
    "not diagonal": NOT_DIAGONAL,
    "more than one": MORE_THAN_ONE,
    "where values are few": WHERE_VALUES_ARE_FEW,
    "as a lecturer says it": AS_A_LECTURER_SAYS,
    "in the writer's names": IN_THE_WRITERS_NAMES,
    "nothing to say": NOTHING_TO_SAY,
}

# What is wrong only somewhere, so that points must be found; of a mend nothing is asked.
SOMEWHERE = lines("""
# wrong on one side of zero, or of some other kink
x in R; abs(x) = x
x in R; sqrt(x^2) = x
x in R; log(x^2) = 2*log(x)
x in R; f = abs(x)*x; df/dx = 2*x
x in R; f = abs(x); df/dx = -sign(x)
x in R; f = relu(x); df/dx = step(-x)
x in R; f = where(x < 0, 0, x^2); df/dx = 2*x
x in R; relu(x - 5000) = 0
x in R; where(5000 < x and x < 5001, 1, 0) = 0
x in R; f = where(x < 1e9, 0, (x - 1e9)^2); df/dx = 0
x in R; where(sin(x) > 0.9999, 1, 0) = 0
x, y in R; where(x > 10 and y > 10 and x*y < 101, 1, 0) = 0
x, y in R; log(x*y) = log(x) + log(y)
# wrong on something narrow that a kink hides
x in R; relu(1 - 1e6*abs(x - 0.123)) = 0
x in R; relu(1 - 1e6*abs(x - 123.456)) = 0
x in R; where(abs(x) < 1e-20, 1, 0) = 0
# wrong only where several entries are beyond their kinks
x in R^10; relu(x[0] - 50)*relu(x[1] - 50)*relu(x[2] - 50) = 0
# wrong at single points
x in R; step(x) + step(-x) = 1
x in R; step(x - 7) + step(7 - x) = 1
x in R; where(x == 7, 1, 0) = 0
x in R; where(x != 7, 1, 0) = 1
x in R; sign(x - 1/3)^2 = 1
x in R; floor(x) = ceil(x) - 1
x, y in R; where(x == y, 1, 0) = 0
x, y in R; where(2*x + 3*y == 1, 1, 0) = 0
A in R^(2, 2); where(det(A) == 0, 1, 0) = 0
x in R; f = x^2/2; df/dx = where(x == 0, 5, x)
x in R; f = x^2/2; df/dx = where(x == 7, 5, x)
x in R; k in integers(0, 4); f = where(k == 2, x, x^2); df/dx = 2*x
# equal at all nice points
x in R; sin(pi*x) = 0
x in R; x^3 = x
x in R; prod(k in 0..20, x - k)*prod(k in 1..20, x + k) = 0
x in integers(-2, 2); x^3 = x
x in (0, 1e-400); relu(x - 5e-401) = 0
x in (2, 1e400); relu(x - 5) = x - 5
n in integers(0, 10); cos(pi*n) = 1
n in integers(0, 10); prod(k in 0..9, n - k) = 0
n in integers(0, 100); prod(k in 0..99, n - k) = 0
k in integers(0, 255); where(k == 203, 1, 0) = 0
b in integers(0, 2)^n; sum(b*b) = sum(b)
y in onehot(5); sum(y) = sum(y*[1, 1, 1, 1, 2])
# wrong at most sizes, off the diagonal, or for what is not symmetric
x in R^n; mean(x)*(n-1)*(n-2)*(n-3)*(n-4)*(n-5) = 0
x in R^n; sum(x) = x[0]
x in R^n; sum(x) = x[0] + x[n-1]*(1 - where(n < 2, 1, 0))
x in R^n; f = mean(x^2); df/dx = 2/3*x
x in R^n; sum(i in 1..n, i) = n^2
x in R^n; sum(i in 1..n-1, x[i]) = sum(x)
x in R^n; x[3] = x[-1]
x in R^(m, n); f = mean(x); df/dx = ones(m, n)/n^2
A in R^(n, n); 1*A = diag(diag(A))
A in R^(n, n); 1*A = A.T
A in R^(n, n); A.T @ A = A @ A.T
A in R^(n, n); diag(A) = A[0, 0]*ones(n)
A in R^(n, n); x in R^n; f = x.T @ A @ x; df/dx = 2*A @ x
S in R^(n, n); f = logdet(S); df/dS = inv(S)
S in symmetric(n); where(det(S) > 0, 1, 0) = 1
# right on a smaller set than the declared one
y in R^4; sum(y) = 1
y in simplex(4); y*y = y
y, z in R^4; L = -sum(y*log_softmax(z)); dL/dz = softmax(z) - y
x in R; sqrt(x)^2 = x
x in R; cbrt(x) = x^(1/3)
x in R; f = x^2; df/dx = 2*sqrt(x)^2
x in (1000000, 1000001); relu(x - 1000000.999) = 0
x in (0.5, 0.5000001); 1*x = 0.5
# almost right
1 = 1 + 1e-100
1*pi = 3.14159265358979323846
1*e = 2.718281828459045235360287
1*pi = 4*atan(1) + 1e-45
1*pi = 355/113
0*pi = 1e-300
x in R; 1*x = x + 1e-100
x in R; sin(x) = sin(x) + 1e-40
x in R; sqrt(x^2 + 1e-60) = abs(x)
x, y in R; x + exp(1000*y) - exp(1000*y) = x + 1
x, y in R; x + exp(1000*y) - exp(1000*y) = x + 1e-20
# without a limit, very flat or very steep
x in R; exp(-1/x^2) = 0
x in R; sin(1/x) = 0
x in R; f = exp(exp(x)); df/dx = exp(x + exp(x)) + 1e-12
""")
