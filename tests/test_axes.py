"""Reductions along several axes, and whole numbers without an end: what is claimed of each.

Must not know how an axis is moved; each verdict follows from NumPy's meaning of `axis=`.
"""

from __future__ import annotations

import pytest

from gradcli import check
from tests.verdicts import errors, last

TENSOR = "X in R^(m, 2, 3)\n"
RIGHT = (
    "sum(X, axis=(1, 2)) = sum(sum(X, axis=2), axis=1)",
    "sum(X, axis=(-1, 0)) = sum(sum(X, axis=2), axis=0)",
    "mean(X, axis=(0, 2))[1] = sum(X[:, 1, :])/(3*m)",
    "max(X[0:1], axis=(2, 1))[0] = max(X[0])",
    "logsumexp(X, axis=(1, 2)) = log(sum(exp(X), axis=(1, 2)))",
    "sum(X, axis=(0, 1), keepdims=True)[0, 0, 2] = sum(X[:, :, 2])",
    'norm(X, "fro", axis=(1, 2))[0] = norm(X[0], "fro")',
    "L = sum(var(X, axis=(0, 2)))\ndL/dX = 2*(X - mean(X, axis=(0, 2), keepdims=True))/(3*m)",
)
WRONG = (
    "sum(X, axis=(1, 2)) = sum(X, axis=(0, 1))",
    "mean(X, axis=(0, 2))[1] = sum(X[:, 1, :])/m",
    "L = sum(var(X, axis=(0, 2)))\ndL/dX = 2*(X - mean(X, axis=(0, 1), keepdims=True))/(3*m)",
)
WHOLE_RIGHT = (
    "x in R; n in integers; f = x^n; df/dx = n*x^(n - 1)",
    "n in Z; cos(pi*n) = (-1)^n",
    "k in integers^3; sum(sin(2*pi*k)) = 0",
)
WHOLE_WRONG = (
    "x in R; n in integers; f = x^n; df/dx = (n - 1)*x^(n - 1)",
    "n in integers; cos(pi*n) = 1",
    "n in integers; abs(n) = n",
)


@pytest.mark.parametrize("claim", RIGHT)
def test_several_axes_are_one(claim: str) -> None:
    assert last(TENSOR + claim, points=4).verdict in ("proved", "holds")


@pytest.mark.parametrize("claim", WRONG)
def test_other_axes_are_others(claim: str) -> None:
    assert last(TENSOR + claim, points=4).verdict == "refuted"


@pytest.mark.parametrize("program", WHOLE_RIGHT)
def test_all_whole_numbers(program: str) -> None:
    assert last(program).verdict in ("proved", "holds")


@pytest.mark.parametrize("program", WHOLE_WRONG)
def test_not_all_whole_numbers(program: str) -> None:
    assert last(program).verdict == "refuted"


@pytest.mark.parametrize("call", ["norm(X, axis=(1, 2))", "softmax(X, axis=(1, 2))"])
def test_what_goes_along_one_axis(call: str) -> None:
    (error,) = errors(f"{TENSOR}{call} = 0")
    assert error.code == "G201"


@pytest.mark.parametrize("more", ["", "dw = x*(w*x - y)\n"])
def test_what_could_be_claimed_is_offered(more: str) -> None:
    program = f"w, x, y in R\nL = (w*x - y)^2/2\n{more}"
    (derivation,) = check(program).files[0].derivations
    (note,) = derivation.notes
    claim = note.help.partition("write  ")[2]
    assert claim == "dL/dw = x*(w*x - y)"
    assert last(program + claim).verdict == "proved"


@pytest.mark.parametrize(
    "program",
    [
        "x in R^T\nL = sum(t in 1..T-1, x[t]*x[t-1])\n",
        "w in R\nx in R^T\nh[0] = 0\nfor t in 1..T { h[t] = w*h[t-1] + x[t-1] }\nL = h[T]^2\n",
    ],
)
def test_no_claim_is_offered_that_is_right_at_one_size_only(program: str) -> None:
    (derivation,) = check(program).files[0].derivations
    (note,) = derivation.notes
    assert note.help.endswith("as in  dL/dw = 2*(w*x - y)*x")
