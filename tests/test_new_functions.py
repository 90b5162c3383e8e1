"""Functions of whole arrays in claims as their users write them: what is right, what is refuted.

Must not know how any of them is computed; the registry's own tests walk their values and rules.
"""

from __future__ import annotations

import pytest

from tests.verdicts import PASS, last, lines, verdicts

PROVED = lines(
    r"""
x, c in R^n; f = c @ cumsum(x); df/dx = sum(c) - cumsum(c) + c
r in R^4; G = sum(r) - cumsum(r) + r; G[2] = r[2] + r[3]; cumsum(r)[1] = r[0] + r[1]
x in R^4; p = cumprod(x); p[2] = x[0]*x[1]*x[2]; dp[3]/dx[0] = x[1]*x[2]*x[3]
x in R^3; p = cumprod(x); hessian(p[2], x)[0, 2] = x[1]
X in R^(2, 3); cumsum(X, axis=0)[1] = X[0] + X[1]; cumprod(X, axis=1)[:, 1] = X[:, 0] .* X[:, 1]
A in R^(3, 3); L = sum(tril(A) .^ 2)/2; dL/dA = tril(A); tril(A) + triu(A) = A + diag(diag(A))
A in R^(2, 3); triu(A, 1).T = tril(A.T, -1); tril(A, 1) + triu(A, 2) = A
x in R^5; f = sum(x*roll(x, 1)); df/dx = roll(x, 1) + roll(x, -1)
x in R^3; sum(sort(x)) = sum(x); sort(x)[2] = max(x); f = sum(sort(x)^2); df/dx = 2*x
X in R^(2, 2); sort(X, axis=0)[0] = min(X, axis=0)
y in onehot(n); q in simplex(n); L = -sum(xlogy(y, q)); dL/dq = -y/q
p in (0, 1); H = -xlogy(p, p) - xlogy(1 - p, 1 - p); dH/dp = log(1 - p) - log(p)
x in R^6; w in R^3; G in R^4; L = sum(G*conv1d(x, w)); dL/dw = conv1d(x, G)
x in R^6; w in R^3; conv1d(x, w)[1] = w @ x[1:4]; conv1d(x, w, padding=1)[0] = w[1:3] @ x[0:2]
X, G, W in R^(3, 3); L = sum(G*conv2d(X, W, padding=1)); dL/dW[1, 1] = sum(X*G)
X in R^(5, 5); W in R^(3, 3); Z = conv2d(X, W, stride=2); Z[1, 1] = sum(X[2:5, 2:5]*W)
x in R^4; c in R^2; L = c @ maxpool(x, 2); dL/dx[0] = where(x[0] > x[1], c[0], 0)
X in R^(2, 4); maxpool(X, (1, 4))[1, 0] = max(X[1])
x in R^4; maxpool(x, 3, stride=1)[1] = max(x[1:4])
S in spd(2); L = cholesky(S); L @ L.T = S; f = 2*sum(log(diag(L))); df/dS = inv(S)
u in R^2; v in R^3; kron(u, v)[4] = u[1]*v[1]; sum(kron(u, v)) = sum(u)*sum(v)
"""
)
WRONG = lines(
    r"""
x, c in R^n; f = c @ cumsum(x); df/dx = cumsum(c)
x in R^3; p = cumprod(x); dp[2]/dx[0] = p[2]/x[0] + 1
A in R^(n, n); L = sum(tril(A) .^ 2)/2; dL/dA = A
x in R^5; f = sum(x*roll(x, 1)); df/dx = 2*roll(x, 1)
x in R^3; d(sort(x)[0])/dx = [1, 0, 0]
x in R^n; sum(sort(x)*sort(x)) = sum(x)
p in (0, 1); H = -xlogy(p, p); dH/dp = -log(p)
x in R^6; w in R^3; G in R^4; L = sum(G*conv1d(x, w)); dL/dw = conv1d(x, [G[3], G[2], G[1], G[0]])
x in R^4; c in R^2; L = c @ maxpool(x, 2); dL/dx[0] = c[0]
S in spd(2); f = sum(log(diag(cholesky(S)))); df/dS = inv(S)
"""
)


LETTERS = """
n >= k
x in R^n
w in R^k
L = sum(conv1d(x, w))
dL/dw[0] = sum(x[0:n - k + 1])
"""
LAYER = """
X in R^(B, C, 3, 3)
W in R^(O, C, 2, 2)
G in R^(B, O, 2, 2)
L = sum(G*conv2d(X, W))
dL/dX[0, 0, 0, 0] = sum(G[0, :, 0, 0]*W[:, 0, 0, 0])
"""
HEADS = """
Q, K, V, G in R^(h, n, d)
P = softmax(Q @ transpose(K, (0, 2, 1)), axis=2)
L = sum(G*(P @ V))
dL/dV = transpose(P, (0, 2, 1)) @ G
"""
BATCH = """
X in R^(b, n, d)
W in R^(d, k)
G in R^(b, n, k)
L = sum(G*(X @ W))
dL/dX = G @ W.T
dL/dW = einsum("bnd,bnk->dk", X, G)
"""


@pytest.mark.parametrize("program", [*PROVED, HEADS, BATCH])
def test_what_is_right_is_proved(program: str) -> None:
    assert {*verdicts(program)} == {"proved"}


@pytest.mark.parametrize("program", [*WRONG, BATCH.replace("X, G)", "X, G)/b")])
def test_what_is_wrong_is_refuted(program: str) -> None:
    assert last(program).verdict == "refuted"


@pytest.mark.parametrize("program", [LETTERS, LAYER])
def test_what_slides_is_built_for_each_size(program: str) -> None:
    found = last(program)
    assert found.verdict == "holds"
    assert len(found.evidence.proved) > 2


def test_products_are_right_at_zeros() -> None:
    assert verdicts("x in R^3; at x = [0, 2, 3]; d(cumprod(x)[2])/dx = [6, 0, 0]") == ["proved"]


def test_where_entries_tie_sorting_has_no_derivative() -> None:
    assert last("x in R^2; at x = [1, 1]; d(sort(x)[0])/dx = [1/2, 1/2]").verdict == "undecided"
    assert last("x in R^2; at x = [1, 1]; d(sum(sort(x)))/dx = [1, 1]").verdict in PASS
