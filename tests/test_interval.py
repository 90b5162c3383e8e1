"""Intervals: exact edges, and every value of every function enclosed.

Must not know how an enclosure is found.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gradcli.arithmetic import ball
from gradcli.arithmetic.ball import BALL, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.interval import INTERVAL, Interval, inside
from gradcli.calculus.core import symbol
from gradcli.graph.node import Node
from gradcli.ops import FUNCTIONS

X, Y = symbol("x", ()), symbol("y", ())
ends = st.fractions(min_value=-8, max_value=8, max_denominator=100)
shares = st.fractions(min_value=0, max_value=1, max_denominator=50)


def interval(low: Any, high: Any) -> Interval:
    return Interval(rational(Fraction(low)), rational(Fraction(high)))


@st.composite
def held(draw: Any) -> tuple[Interval, fmpq]:
    """An interval and a number in it, its ends among them."""
    low, high = sorted((draw(ends), draw(ends)))
    return interval(low, high), rational(low + (high - low) * draw(shares))


def single(value: Any) -> Array:
    out = np.empty(1, dtype=object)
    out[0] = value
    return out


def value(node: Node, m: Any, **values: Any) -> Any:
    given = {symbol(name, ()): single(x) for name, x in values.items()}
    return evaluate([node], m, given)[0].item()


def within(x: Any, found: Interval) -> bool:
    """Whether nothing shows that a number lies outside."""
    return inside(x, found) is not False


# -- exact edges -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ("-0.205", True), ("-0.195", True), ("-0.2", True), ("-0.1949999", False),
        ("-0.2050001", False),
    ],
)  # fmt: skip
def test_edges_are_inside(x: str, expected: bool) -> None:
    assert inside(rational(Fraction(x)), interval("-0.205", "-0.195")) is expected


def test_a_ball_across_an_edge_cannot_be_told() -> None:
    edge = interval("0.1", "0.3")
    third = arb(fmpq(1, 3))
    assert inside(third, edge) is False
    assert inside(third - fmpq(1, 10), edge) is True
    assert inside(arb(fmpq(3, 10)), edge) is None
    assert inside(arb.nan(), edge) is None


def test_arithmetic_is_exact() -> None:
    a, b = interval("-0.5", 2), interval(3, 4)
    for found, low, high in [
        (a + b, "2.5", 6), (a - b, "-4.5", -1), (b - a, 1, "4.5"), (a * b, -2, 8), (-a, -2, "0.5"),
        (a * a, -1, 4), (a / b, "-1/6", "2/3"), (1 / b, "1/4", "1/3"), (1 - b, -3, -2),
        (2 * a, -1, 4), (b + 1, 4, 5), (b / 2, "1.5", 2), (b / -b, "-4/3", "-3/4"),
    ]:  # fmt: skip
        assert (found.low, found.high) == (rational(Fraction(low)), rational(Fraction(high)))


@pytest.mark.parametrize("zero", [interval(0, 0), interval(-1, 1), interval(0, 1)])
def test_nothing_is_divided_by_what_may_be_zero(zero: Interval) -> None:
    assert not INTERVAL.finite(single(interval(1, 2) / zero))[0]  # type: ignore[operator]


def test_an_interval_and_an_exact_factor() -> None:
    """`2 * 0.5` and `0.5 + 1`, the literal standing for [0.45, 0.55]."""
    found = value(X * 2 + Y, INTERVAL, x=interval("0.45", "0.55"), y=interval(1, 1))
    assert (found.low, found.high) == (fmpq(19, 10), fmpq(21, 10))


# -- comparisons -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "less", "no_more", "equal"),
    [
        (interval(0, 1), interval(2, 3), True, True, False),
        (interval(0, 1), interval(1, 3), None, True, None),
        (interval(1, 3), interval(0, 1), False, None, None),
        (interval(0, 2), interval(1, 3), None, None, None),
        (interval(2, 3), interval(0, 1), False, False, False),
        (interval(1, 1), interval(1, 1), False, True, True),
    ],
)
def test_comparisons(x: Interval, y: Interval, less: Any, no_more: Any, equal: Any) -> None:
    a, b = single(x), single(y)
    m: Any = INTERVAL
    assert m.lt(a, b)[0] is less
    assert m.le(a, b)[0] is no_more
    assert m.eq(a, b)[0] is equal
    assert m.ne(a, b)[0] is (None if equal is None else not equal)


# -- containment -----------------------------------------------------------------------------------

UNARY = [
    name
    for name, f in FUNCTIONS.items()
    if f.section in ("elementwise", "activations") and len(f.parameters) == 1
]
EVERYWHERE = [
    "exp", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "abs", "erf", "erfc", "atan",
    "sinh", "cosh", "floor", "sign", "expm1", "power_2", "power_3",
]  # fmt: skip


def unary() -> dict[str, Node]:
    found = {name: FUNCTIONS[name].build(X) for name in UNARY}
    return found | {f"power_{n}": X**n for n in (2, 3, -1, -2)}


GRAPHS = unary()


def test_there_are_many_functions() -> None:
    assert len(GRAPHS) > 30
    assert set(EVERYWHERE) <= set(GRAPHS)


@pytest.mark.slow
@pytest.mark.parametrize("name", GRAPHS)
@settings(max_examples=8)
@given(held())
def test_every_value_is_enclosed(name: str, pair: tuple[Interval, fmpq]) -> None:
    around, x = pair
    graph = GRAPHS[name]
    truth, found = value(graph, BALL, x=x), value(graph, INTERVAL, x=around)
    assume(ball.finite(truth))
    assert within(truth, found), (x, around, truth, found)
    assert name not in EVERYWHERE or INTERVAL.finite(single(found))[0]


@given(held(), held())
def test_two_arguments(one: tuple[Interval, fmpq], two: tuple[Interval, fmpq]) -> None:
    for graph in (
        X + Y, X - Y, X * Y, X / Y, X * X - Y, FUNCTIONS["max"].build(X, Y),
        FUNCTIONS["min"].build(X, Y), FUNCTIONS["atan2"].build(X, Y),
        FUNCTIONS["logaddexp"].build(X, Y),
    ):  # fmt: skip
        truth = value(graph, BALL, x=one[1], y=two[1])
        if ball.finite(truth):
            assert within(truth, value(graph, INTERVAL, x=one[0], y=two[0]))


@given(held(), held())
def test_arithmetic_stays_rational(one: tuple[Interval, fmpq], two: tuple[Interval, fmpq]) -> None:
    found = one[0] * two[0] - one[0] + two[0]
    assert isinstance(found.low, fmpq)
    assert inside(one[1] * two[1] - one[1] + two[1], found) is True


def test_powers_of_what_is_centred_on_zero() -> None:
    """FLINT itself gives NaN for `arb(0, 1)**2`."""
    one = interval(-1, 1)
    for exponent, low in ((2, 0), (3, -1), (4, 0)):
        found = value(X**exponent, INTERVAL, x=one)
        assert inside(fmpq(1), found) is not False
        assert low - 0.01 < float(found.low)
        assert float(found.high) < 1.01


def test_a_narrow_interval_stays_narrow() -> None:
    found = value(GRAPHS["sigmoid"], INTERVAL, x=interval("0.195", "0.205"))
    assert float(found.high - found.low) < 0.004


def test_functions_of_arrays() -> None:
    u = symbol("u", (3,))
    entries = np.empty((1, 3), dtype=object)
    entries[0, :] = [interval(k, k + 1) for k in range(3)]
    exact = np.empty((1, 3), dtype=object)
    exact[0, :] = [fmpq(2 * k + 1, 2) for k in range(3)]
    for name in ("sum", "mean", "softmax", "logsumexp", "norm", "prod", "max", "var"):
        graph = FUNCTIONS[name].build(u)
        truth, found = (
            evaluate([graph], m, {u: x})[0] for m, x in ((BALL, exact), (INTERVAL, entries))
        )
        assert all(within(x, y) for x, y in zip(truth.flat, found.flat, strict=True)), name
        assert all(INTERVAL.finite(found).flat), name
