"""Batches of labels and unit vectors, their indices and their axes: what is claimed of each.

Must not know how points are drawn; each verdict follows from mathematics and the declared set.
"""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize("program", EVERY_SIZE)
def test_a_batch_is_proved_at_every_size(program: str) -> None:
    found = last(program)
    assert (found.verdict, found.evidence.every_size) == ("proved", True)


@pytest.mark.parametrize("program", HOLDS)
def test_what_is_so_of_single_points_passes(program: str) -> None:
    assert last(program).verdict in ("proved", "holds")


@pytest.mark.parametrize("program", REFUTED)
def test_what_is_wrong_of_a_batch_is_refuted(program: str) -> None:
    assert last(program).verdict == "refuted"


def test_the_ends_of_a_set_are_numbers_and_letters() -> None:
    (error,) = errors("x in R; y in [0, x]; y = y")
    assert error.code == "G014"
