"""Families of several indices, ranges with conditions, families as arrays, letters of their own.

Must not know how a verdict is reached.
"""

import pytest

from tests.verdicts import PASS, errors, findings, without_mends

MIXTURE = """x in R^2; m in R^3; p in simplex(3)
for n in 0..1, k in 0..2 { c[n, k] = p[k]*exp(-(x[n] - m[k])^2/2) }
l = sum(n in 0..1, log(sum(k in 0..2, c[n, k])))
"""
TRIANGLE = "a in R^3; for i in 0..2, j in 0..2 if i < j { d[i, j] = a[i] - a[j] }\n"
GRID = """a in R^(3, 3); for i in 0..2 { D[i, 0] = a[i, 0] }
for j in 1..2, i in 0..2 { D[i, j] = a[i, j] + log(sum(k in 0..2, exp(D[k, j-1]))) }
"""

TRUE = [
    MIXTURE + "for k in 0..2 { dl/dm[k] = sum(n in 0..1, c[n, k]/sum(c[n])*(x[n] - m[k])) }",
    MIXTURE + "for n in 0..1, k in 0..2 { dl/dc[n, k] = 1/sum(c[n, :]) }",
    MIXTURE + "dl/dc = outer(1/sum(c, axis=1), ones(3))",
    MIXTURE + "grad(l, c) = dl/dc",
    MIXTURE + "sum(c) = sum(n in 0..1, k in 0..2, c[n, k]); c @ m = [c[0] @ m, c[1] @ m]",
    MIXTURE + "c[:, 0] = [c[0, 0], c[1, 0]]; c[0:1, 2] = [c[0, 2]]; c[1, 1:3] = [c[1, 1], c[1, 2]]",
    MIXTURE + "c[:, 1][0] = c[0, 1]",
    "a, b in R^3; for i in 1..3 { p[i] = a[i-1] }; p @ b = a @ b; sum(p) = sum(a); a[1] = p[2]",
    "a in R^3; for i in 0..2 { h[i] = i*a }; outer([0, 1, 2], a) = h; h[1:3, 0] = [a[0], 2*a[0]]",
    "a in R^2; for i in 0..1 { h[i] = i*a }; u = h.T @ h; du/da = du/da; dh/da = dh/da",
    "x in R^2; for i in 0..1, j in 0..1 { c[i, j] = x[i]*x[j] }; y = c @ x; dy[0]/dc[0, 1] = x[1]",
    "x in R^2; for i in 0..1, j in 0..1 { c[i, j] = x[i]*x[j] }; y = c @ x\n"
    "(dy/dc)[1] = outer([0, 1], x)",
    TRIANGLE + "sum(i in 0..2, j in i+1..2, d[i, j]^2) = d[0, 1]^2 + d[0, 2]^2 + d[1, 2]^2",
    "x in R^n; E = sum(i in 0..n-1, j in 0..n-1 if i != j, (x[i] - x[j])^2)/2\n"
    "for i in 0..n-1 { dE/dx[i] = 2*sum(j in 0..n-1 if j != i, x[i] - x[j]) }",
    "x in R^3; for i in 0..2 if i != 1 and not (i == 0) { dx[i]/dx = [0, 0, 1] }",
    "prod(i in 1..4 if i != 2, i) = 12; sum(i in 1..0, j in 1..i, 3) = 0",
    GRID + "logsumexp(D[:, 2]) = "
    "log(sum(i in 0..2, j in 0..2, k in 0..2, exp(a[i, 0] + a[j, 1] + a[k, 2])))",
    GRID + "grad(logsumexp(D[:, 2]), D)[:, 2] = softmax(D[:, 2])",
]
LETTERS = [
    "x in R; f = sum(i in 1..n, x^i); df/dx = sum(i in 1..n, i*x^(i-1))",
    "x in R; trace(x*eye(n)) = n*x; sum(x*ones(3, k)) = 3*k*x; zeros(n, k) @ ones(k) = zeros(n)",
    "sum(k in 0..n, q^k)*(1 - q) = 1 - q^(n + 1)",
    "a, x0 in R; x[0] = x0; for t in 1..T { x[t] = a*x[t-1] }; dx[T]/dx0 = a^T",
    "x in R; d/dx (sum(i in 1..n, x^i)) = sum(i in 1..n, i*x^(i-1))",
    "n >= 2; m > n; X in R^(m, n); sum(X) = sum(X.T)",
    "f(u) = sum(i in 0..n, u^i); x in R; f(x) = sum(i in 0..n, x^i)",
    "a, c in R; x[0] = c; for t in 1..T { x[t] = a*x[t-1] }; for t in 0..T { x[t] = c*a^t }",
]
FALSE = [
    "x in R; f = sum(i in 1..n, x^i); df/dx = sum(i in 1..n, i*x^i)",
    "a in R; x[0] = 1; for t in 1..T { x[t] = a*x[t-1] }; x[T] = a^(T - 1)",
    "x in R^n; sum(i in 0..m-1, x[i]) = sum(x)",
    MIXTURE + "dl/dc = outer(sum(c, axis=1), ones(3))",
    MIXTURE + "c[:, 0] = [c[1, 0], c[0, 0]]",
    "x in R^3; sum(j in 0..2 if j != 1, x[j]) = sum(x)",
    "a in R^3; for i in 1..3 { p[i] = a[i-1] }; [a[1], a[2], a[0]] = p",
]
ERRORS = {
    "a in R; for i in 0..2, j in 0..2 { D[i, j] = a; s[i, j] = sum(D) }": "D is not whole yet",
    "a in R; for i in 0..2 { h[i] = a; s[i] = sum(h[0:]) }": "h is not whole yet",
    "x in R; f = x*k": 'unknown name "k"',
    "x in R^n; norm(x, p) = 3": 'unknown name "p"',
    "steps in integers(2, 5); x in R; sum(t in 1..stepz, x) = x*steps": 'unknown name "stepz"',
    "A in R^(T, T); A^T = A": "^T can be a transpose or a power",
    "a in R; D[0, 0] = a; D[1] = 2": "cannot be members of one family",
    TRIANGLE + "sum(d) = 3": "d fills no array: d[1, 1] is not defined",
    TRIANGLE + "-d[0, 1] = d[1, 0]": "d[1, 0] does not exist",
    TRIANGLE + "d[0:2, 1] = [0, 0]": "d[1, 1] does not exist",
    MIXTURE + "c[0:3, 0] = 0": "the range 0:3 is empty, or takes more than is defined",
    MIXTURE + "c[0, 0, 0] = 0": "c[0, 0] and c[0, 0, 0] cannot be members of one family",
    MIXTURE + "0 = c[0, 0, 0]": "is a scalar and has no entries",
    MIXTURE + "laplacian(l, c) = 0": "laplacian is taken by inputs and nodes, and c is a family",
    "x in R^3; sum(i in 0..2 if x[i] > 0, x[i]) = 0": "which turns a range takes",
    "x in R^3; sum(i in 0..2 if i, x[i]) = 0": "but a condition such as x > 0 is needed here",
    "x in R^3; max(i in 0..2 if i > 5, x[i]) = 0": "max over the empty range i in 0..2",
    "x in R^3; for i in 0..2 if i > 5 { x[i] = 0 }": "so what stands in the loop is not checked",
    "a in R; for i in 0..2, j in 0..2 { h[i] = a*j }": "h[0] is defined twice",
}


@pytest.mark.parametrize("program", [*TRUE, *LETTERS])
def test_right(program: str) -> None:
    with without_mends():
        found = findings(program, points=4)
    assert found and {f.verdict for f in found} <= {*PASS}, [(f.text, f.verdict) for f in found]


@pytest.mark.parametrize("program", FALSE)
def test_wrong(program: str) -> None:
    with without_mends():
        assert findings(program, points=4)[-1].verdict == "refuted"


@pytest.mark.parametrize("program", ERRORS)
def test_refused(program: str) -> None:
    (error,) = errors(program)
    assert ERRORS[program] in error.message


def test_a_mend_of_a_double_sum_keeps_its_manner() -> None:
    program = "x in R^3; s = sum(i in 0..2, j in 0..2 if j != i, x[i]*x[j])\n"
    (found,) = findings(
        program + "s = sum(i in 0..1, j in 0..2 if j != i, x[i]*x[j])".replace("s = ", "s + 0 = ")
    )
    assert found.diagnosis and found.diagnosis.mended
    assert found.diagnosis.mended == "sum(i in 0..2, j in 0..2 if j != i, x[i]*x[j])"
