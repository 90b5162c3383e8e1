"""Batches of labels and unit vectors, their indices and their axes: what is claimed of each.

Must not know how points are drawn; each verdict follows from mathematics and the declared set.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from _pytest.mark import ParameterSet

from tests.verdicts import errors, last

SOFTMAX = """X in R^(N, D); W in R^(D, C); lam in (0, inf)
P = softmax(X @ W, axis=1)
"""
EVERY_SIZE = (
    f"{SOFTMAX}Y in onehot(C)^N\nL = -sum(Y*log(P))/N + lam*sum(W*W)\n"
    "dL/dW = X.T @ (P - Y)/N + 2*lam*W",
    f"{SOFTMAX}Y in simplex(C)^N\nL = -sum(Y*log(P))\ndL/dW = X.T @ (P - Y)",
    "Y in onehot(C)^N; sum(Y, axis=1) = ones(N)",
    "P in simplex(C)^(N, T); sum(P) = N*T",
    'S in spd(n)^B; einsum("bij->bji", S) = S',
    "Y in onehot(C)^N; z in R^C; f = sum(log_softmax(z)*sum(Y, axis=0)); df/dz = sum(Y, axis=0)"
    " - N*softmax(z)",
)
HOLDS = (
    "Y in onehot(C)^N; Y*Y = Y",
    "Y in onehot(C)^N; Q in simplex(C)^N; -sum(Y*log(Q)) = -sum(log(sum(Y*Q, axis=1)))",
    "y in integers(0, 2)^2; z in R^3; sum(onehot(y, 3) @ z) = sum(z*sum(onehot(y, 3), axis=0))",
    "x in [0, n)^n; sum(floor(x/n)) = 0",
)
REFUTED = (
    "Y in onehot(C)^N; sum(Y, axis=0) = ones(C)",
    "P in simplex(C)^N; P*P = P",
    "y in integers(0, C - 1); where(y < 1, 1, 0) = 1",
    "n >= 2; Y in onehot(n)^2; Y[0] = Y[1]",
)


def _some_slow(programs: Sequence[str], *slow: int) -> list[ParameterSet]:
    marks = {k: [pytest.mark.slow] for k in slow}
    return [pytest.param(text, marks=marks.get(k, [])) for k, text in enumerate(programs)]


@pytest.mark.parametrize("program", _some_slow(EVERY_SIZE, 1, 5))
def test_a_batch_is_proved_at_every_size(program: str) -> None:
    found = last(program)
    assert (found.verdict, found.evidence.every_size) == ("proved", True)


@pytest.mark.parametrize("program", _some_slow(HOLDS, 1))
def test_what_is_so_of_single_points_passes(program: str) -> None:
    assert last(program).verdict in ("proved", "holds")


@pytest.mark.parametrize("program", REFUTED)
def test_what_is_wrong_of_a_batch_is_refuted(program: str) -> None:
    assert last(program).verdict == "refuted"


def test_the_ends_of_a_set_are_numbers_and_letters() -> None:
    (error,) = errors("x in R; y in [0, x]; y = y")
    assert error.code == "G014"


INDICES = (
    "s in R^C; y in integers(0, C - 1); L = logsumexp(s) - s[y]; dL/ds = softmax(s) - onehot(y, C)",
    "s in R^C; y, k in integers(0, C - 1); L = logsumexp(s) - s[y]; dL/ds[k] = softmax(s)[k] -"
    " where(k == y, 1, 0)",
    "T in R^(v, e); X in integers(0, v - 1)^n; W in R^(n, e); f = sum(W*T[X]); df/dT ="
    " onehot(X, v).T @ W",
    "P in R^(N, C); y in integers(0, C - 1)^N; f = sum(P[arange(N), y]); df/dP = onehot(y, C)",
    "U in R^(m, k); V in R^(n, k); i in integers(0, m - 1)^N; j in integers(0, n - 1)^N;"
    " r = sum(U[i]*V[j], axis=1); f = sum(r)^2/2; df/dU = onehot(i, m).T @ (sum(r)*V[j])",
    "x in R^(2*h); f = sum(x[0::2]*x[1::2]); df/dx[0::2] = x[1::2]",
    "x in R^(2*h); sum(x[0::2]) + sum(x[1::2]) = sum(x)",
    "w in R^n; sum(w[::2]) + sum(w[1::2]) = sum(w)",
    "z in R^5; f = sum(z[[0, 2, 0]]^2); df/dz = [4*z[0], 0, 2*z[2], 0, 0]",
    "z in R^5; z[[0, -1]] = [z[0], z[4]]",
    "A in R^(4, n); A[[1, 3]] = A[1::2]",
    "A in R^(m, n); A[:, None, :][:, 0] = A",
    "x, c in R^n; y = x[::-1]; d(c @ y)/dx = c[::-1]",
    "x in R^n; x[::-1][::-1] = x",
    "X in R^(m, n); X[::-1, ::-1][0, 0] = X[m - 1, n - 1]",
    "X in R^(m, n); X[:, ::-1][0] = X[0, ::-1]",
    "x in R^n; x[:, None] @ x[None, :] = outer(x, x)",
)
WRONG_INDICES = (
    "x in R^(2*h); sum(x[0::2]) = sum(x[1::2])",
    "s in R^C; y in integers(0, C - 1); L = s[y]^2; dL/ds = 2*s",
    "x, c in R^n; y = x[::-1]; d(c @ y)/dx = c",
    "X in R^(n, n); X[::-1, ::-1] = X[::-1]",
    "C >= 2; s in R^C; y in integers(0, C - 2); s[y] = s[y + 1]",
)


@pytest.mark.parametrize("program", _some_slow(INDICES, 1, 2, 4))
def test_indices_choose_entries(program: str) -> None:
    assert last(program).verdict in ("proved", "holds")


@pytest.mark.parametrize("program", WRONG_INDICES)
def test_what_is_wrong_of_chosen_entries_is_refuted(program: str) -> None:
    assert last(program).verdict == "refuted"


def test_an_equation_with_a_known_left_side_is_a_claim() -> None:
    assert last("x in R; f = (x + 1)^2; f = x^2 + 2*x + 1").verdict == "proved"
    assert last("x in R; f = (x + 1)^2; f = x^2 + 2*x").verdict == "refuted"
