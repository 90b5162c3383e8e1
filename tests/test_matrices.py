"""Matrices of balls and series: FLINT's algorithms against the division-free one, and honesty.

Must not know which algorithm runs at which size.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.jet import UNKNOWN, Jet
from gradcli.arithmetic.measure import is_exact
from gradcli.arithmetic.series import SERIES
from gradcli.calculus.core import symbol
from gradcli.certify.certify import Naming
from gradcli.certify.examine import differentiate
from gradcli.certify.problem import Problem
from gradcli.ops import FUNCTIONS

SIDES = (1, 2, 3, 5, 8, 13)


def rationals(*shape: int, seed: int = 1) -> Array:
    random = Random(seed)
    out = np.empty(int(np.prod(shape)), dtype=object)
    out[:] = [fmpq(random.randint(-99, 99), random.choice((1, 2, 10, 7))) for _ in range(out.size)]
    return out.reshape(shape)


def balls(*shape: int, seed: int = 1) -> Array:
    lifted: Array = np.frompyfunc(lambda x: (arb(x) / 100).exp(), 1, 1)(
        rationals(*shape, seed=seed)
    )
    return lifted


def agree(a: Array, b: Array) -> bool:
    """Whether each entry is narrow and meets its opposite; the same numbers where rational."""
    assert a.shape == b.shape
    return all(
        x == y if is_exact(x) and is_exact(y)
        else bool(arb(x).overlaps(arb(y)) and arb(x).rad() < 1e-20 * (1 + abs(arb(x)).upper()))
        for x, y in zip(a.flat, b.flat, strict=True)
    )  # fmt: skip


@pytest.fixture(autouse=True)
def bits() -> Any:
    with precision(256, terms=4):
        yield


@pytest.mark.parametrize("make", [rationals, balls])
@pytest.mark.parametrize("n", SIDES)
def test_the_same_as_without_division(n: int, make: Any) -> None:
    A, b, C = make(2, n, n), make(2, n, seed=2), make(2, n, 3, seed=3)
    det, adjugate = Arithmetic._charpoly(BALL, A)
    inverse = adjugate / det[:, None, None]
    assert agree(BALL.det(A, 0), det)
    assert agree(BALL.det(A, 1), np.swapaxes(adjugate, 1, 2))
    assert agree(BALL.inv(A), inverse)
    assert agree(BALL.solve(A, b), (inverse @ b[..., None])[..., 0])
    assert agree(BALL.solve(A, C), inverse @ C)


def test_an_inverse_undoes() -> None:
    A = rationals(1, 30, 30)
    product = BALL.matmul(A, BALL.inv(A))
    assert (product == np.eye(30, dtype=int)).all()
    assert all(is_exact(x) for x in product.flat)


@pytest.mark.parametrize("shapes", [
    ((1, 9, 9), (1, 9, 9)), ((2, 9, 30), (2, 30, 8)), ((1, 9, 9), (3, 9, 9)),
    ((2, 3, 9, 9), (2, 3, 9, 9)), ((1, 2, 300), (1, 300, 2)), ((1, 9, 0), (1, 0, 9)),
])  # fmt: skip
@pytest.mark.parametrize("make", [(rationals, rationals), (balls, balls), (rationals, balls)])
def test_products(shapes: Any, make: Any) -> None:
    a, b = (f(*shape, seed=k) for k, (f, shape) in enumerate(zip(make, shapes, strict=True)))
    assert agree(BALL.matmul(a, b), np.matmul(a, b)) or not a.size


def test_rational_rows_and_columns_stay_rational() -> None:
    a, b = rationals(1, 12, 12), rationals(1, 12, 12, seed=2)
    a[0, 3, 4] = arb(2).sqrt()
    b[0, 5, 6] = arb(3).sqrt()
    found = BALL.matmul(a, b)[0]
    exact = np.array([[is_exact(x) for x in row] for row in found])
    assert exact.sum() == 11 * 11
    assert not exact[3].any()
    assert not exact[:, 6].any()
    assert agree(found, np.matmul(a, b)[0])


@pytest.mark.parametrize("n", [2, 3, 9])
def test_singular_matrices(n: int) -> None:
    A = rationals(1, n, n)
    A[0, 0] = A[0, 1]
    assert BALL.det(A, 0)[0] == 0
    assert all(x.is_nan() for x in BALL.inv(A).flat)
    assert all(x.is_nan() for x in BALL.solve(A, rationals(1, n)).flat)
    cofactors = BALL.det(A, 1)
    assert all(is_exact(x) for x in cofactors.flat)
    assert (cofactors[0, 0] != 0).any()
    assert (np.swapaxes(cofactors, 1, 2) @ A == 0).all()


def test_what_may_be_singular_has_no_inverse() -> None:
    A = balls(2, 4, 4)
    A[0, 0] = A[0, 1]
    assert BALL.det(A, 0)[0].contains(0)
    inverse = BALL.inv(A)
    assert all(x.is_nan() for x in inverse[0].flat)
    assert not any(x.is_nan() for x in inverse[1].flat), "one of a batch spoils no other"


def test_no_number_gives_no_number() -> None:
    A = rationals(1, 3, 3)
    A[0, 1, 1] = arb.nan()
    assert BALL.det(A, 0)[0].is_nan()
    assert all(x.is_nan() for x in BALL.inv(A).flat)


def test_a_matrix_without_rows() -> None:
    assert list(BALL.det(np.empty((2, 0, 0), dtype=object), 0)) == [1, 1]


def test_long_rationals_go_on_as_balls() -> None:
    A = rationals(1, 8, 8) * fmpq(10**1000 + 1, 10**1000)
    det = BALL.det(A, 0)[0]
    assert not is_exact(det)
    assert det.rel_accuracy_bits() > 200


# -- series ----------------------------------------------------------------------------------------


def moving(n: int) -> Array:
    lifted: Array = np.frompyfunc(lambda a, b: Jet.of([a, b]), 2, 1)(
        rationals(1, n, n), rationals(1, n, n, seed=5)
    )
    return lifted


def test_elimination_gives_the_series_of_the_division_free_way() -> None:
    A = moving(14)
    det, adjugate = Arithmetic._charpoly(SERIES, A)
    found = SERIES.det(A, 0)[0]
    for k in range(ctx.cap):
        assert agree(*(np.array([x.coefficient(k)], dtype=object) for x in (found, det[0])))
    inverse = SERIES.inv(A)
    pairs = zip(inverse.flat, (adjugate / det[:, None, None]).flat, strict=True)
    for x, y in pairs:
        assert agree(np.array(x.coefficients[:3]), np.array(y.coefficients[:3]))


def test_a_large_singular_matrix_has_no_known_series() -> None:
    A = moving(14)
    A[0, 0] = A[0, 1]
    assert SERIES.det(A, 0)[0].coefficient(0).is_nan()
    assert UNKNOWN.coefficient(0).is_nan()


# -- and what they are for -------------------------------------------------------------------------


@pytest.mark.slow
def test_a_log_determinant_of_40_rows_is_certified() -> None:
    root = rationals(40, 40, seed=3)
    value = root @ root.T + np.eye(40, dtype=int)
    A = symbol("A", (40, 40))
    result, _ = differentiate(
        Problem(FUNCTIONS["logdet"].build(A), [A], {A: value}), ["A"], 15, 0, Naming(dict, {})
    )
    assert result.certified
    assert result.settled
    assert result.inputs[0].series.skipped == ""
    gradient = result.inputs[0].gradient.reshape(40, 40)
    assert agree(gradient, BALL.inv(value[None])[0].T)


def test_balls_enclose_what_rationals_give() -> None:
    """A ball encloses what exact arithmetic gives: no digit is lost on the way through FLINT."""
    A = rationals(1, 20, 20)
    truth, found = BALL.det(A, 0)[0], BALL.det(np.frompyfunc(arb, 1, 1)(A), 0)[0]
    assert found.contains(truth)
    assert found.rel_accuracy_bits() > 200
    assert Fraction(int(truth.p), int(truth.q)) != 0
