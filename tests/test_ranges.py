"""Ranges: every value of every function lies in its range, and which ends are reached.

Must not know what ranges are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gradcli.arithmetic.ends import INF, LARGEST
from gradcli.arithmetic.ranges import FUNCTIONS, RANGES, Range, between, both, union

UNARY: dict[str, Callable[[float], float]] = {
    "exp": math.exp, "expm1": math.expm1, "log": math.log, "log1p": math.log1p,
    "log2": math.log2, "log10": math.log10, "sqrt": math.sqrt,
    "cbrt": lambda x: math.copysign(abs(x) ** (1 / 3), x),
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos,
    "atan": math.atan, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
    "asinh": math.asinh, "acosh": math.acosh, "atanh": math.atanh, "erf": math.erf,
    "erfc": math.erfc, "gamma": math.gamma, "lgamma": math.lgamma, "abs": abs,
    "sign": lambda x: (x > 0) - (x < 0), "step": lambda x: x > 0, "relu": lambda x: max(x, 0),
    "floor": math.floor, "ceil": math.ceil, "softplus": lambda x: math.log1p(math.exp(x)),
    "pole": lambda x: 0 if x <= 0 and x == int(x) else 1,
}  # fmt: skip
BINARY: dict[str, Callable[[float, float], Any]] = {
    "larger": max, "smaller": min, "div": lambda x, y: x / y, "atan2": math.atan2,
    "logaddexp": lambda x, y: math.log(math.exp(x) + math.exp(y)), "power": lambda x, y: x**y,
}  # fmt: skip
COMPARED: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "lt": lambda x, y: x < y, "le": lambda x, y: x <= y, "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
}  # fmt: skip
TRUTHS = {"both", "either", "opposite", "where", "finite", "tame"}
POWERS = {"power_by_scalar", "polygamma_scalar"}
ANYTHING = {"unknown"}
"""What may have any value at all."""
ends = st.fractions(min_value=-30, max_value=30, max_denominator=12)
shares = st.fractions(min_value=0, max_value=1, max_denominator=12)


@st.composite
def held(draw: Any) -> tuple[Range, Fraction]:
    """A range and a number in it, its ends among them where they are reached."""
    low, high = sorted((draw(ends), draw(ends)))
    x = low + (high - low) * draw(shares)
    open_low, open_high = draw(st.booleans()) and x != low, draw(st.booleans()) and x != high
    if draw(st.booleans()):
        return Range(low, high, open_low, open_high), x
    return (
        Range(low, INF, open_low, True)
        if draw(st.booleans())
        else Range(-INF, high, True, open_high)
    ), x


def holds(found: Range, value: Any, exact: bool = False) -> bool:
    """Whether a number lies in a range; a float stands for what is near it."""
    slack = 0 if exact else abs(value) * 1e-13 + 1e-300
    above = value > found.low or (value == found.low and not found.low_open)
    below = value < found.high or (value == found.high and not found.high_open)
    if exact:
        return bool(above and below)
    return bool(value + slack >= found.low and value - slack <= found.high)


def test_every_function_is_tested() -> None:
    assert {*FUNCTIONS} == {*UNARY, *BINARY, *COMPARED} | TRUTHS | POWERS | ANYTHING


@pytest.mark.slow
@pytest.mark.parametrize("name", UNARY)
@settings(max_examples=25)
@given(held())
def test_a_value_lies_in_the_range(name: str, at: tuple[Range, Fraction]) -> None:
    known, x = at
    try:
        value = UNARY[name](float(x))
    except (ValueError, OverflowError):
        return
    assert holds(FUNCTIONS[name](known), value), FUNCTIONS[name](known)


@pytest.mark.slow
@pytest.mark.parametrize("name", BINARY)
@settings(max_examples=25)
@given(held(), held())
def test_a_value_of_two_lies_in_the_range(
    name: str, one: tuple[Range, Fraction], two: tuple[Range, Fraction]
) -> None:
    (p, x), (q, y) = one, two
    assume(name != "div" or q.meets("!= 0"))
    assume(name != "power" or x > 0 or (x == 0 and y > 0))
    try:
        value = BINARY[name](float(x), float(y))
    except (ZeroDivisionError, OverflowError):
        return
    assert holds(FUNCTIONS[name](p, q), value), FUNCTIONS[name](p, q)


@pytest.mark.parametrize("name", COMPARED)
@given(held(), held())
def test_a_comparison_that_is_decided_is_right(
    name: str, one: tuple[Range, Fraction], two: tuple[Range, Fraction]
) -> None:
    (p, x), (q, y) = one, two
    assert FUNCTIONS[name](p, q) in (None, COMPARED[name](x, y))


@given(held(), held())
def test_the_four_operations_are_exact(
    one: tuple[Range, Fraction], two: tuple[Range, Fraction]
) -> None:
    (p, x), (q, y) = one, two
    assert holds(p + q, x + y, exact=True)
    assert holds(p - q, x - y, exact=True)
    assert holds(p * q, x * y, exact=True)
    assert holds(p * p, x * x, exact=True)
    if q.meets("!= 0"):
        assert holds(p / q, x / y, exact=True)
    assert holds(union(p, q), x, exact=True)
    if holds(q, x, exact=True):
        assert holds(both(p, q), x, exact=True)


@given(held(), st.integers(min_value=-70, max_value=100))
def test_whole_powers(at: tuple[Range, Fraction], n: int) -> None:
    known, x = at
    assume(n >= 0 or (x and known.meets("!= 0")))
    assert holds(FUNCTIONS["power_by_scalar"](known, Fraction(n)), x**n, exact=True)


@given(held(), st.fractions(min_value=-3, max_value=3, max_denominator=5))
def test_other_powers(at: tuple[Range, Fraction], exponent: Fraction) -> None:
    known, x = at
    assume(exponent.denominator > 1 and (x > 0 or (x == 0 and exponent > 0)))
    assert holds(FUNCTIONS["power_by_scalar"](known, exponent), float(x) ** float(exponent))


@given(held())
def test_what_is_met_is_met_by_all(at: tuple[Range, Fraction]) -> None:
    known, x = at
    assert not known.meets("> 0") or x > 0
    assert not known.meets(">= 0") or x >= 0
    assert not known.meets("!= 0") or x != 0


# -- ends


def test_open_and_closed_ends() -> None:
    assert not between(Fraction(0), INF, False, True).meets("> 0")
    assert between(Fraction(0), INF, True, True).meets("> 0")
    assert (Range(Fraction(0), Fraction(1), True, False) * Range(Fraction(0), INF)).meets("> 0")
    zero = between(Fraction(0), Fraction(0), False, False)
    assert holds(zero * Range(), 0, exact=True)
    assert (zero * Range()).meets(">= 0")


def test_a_number_times_itself_is_a_square_and_another_of_its_range_is_not() -> None:
    x, y = Range(), Range()
    assert (x * x).meets(">= 0")
    assert not (x * y).meets(">= 0")


@pytest.mark.parametrize("exponent", [400, -400])
def test_ends_too_long_for_a_float_are_rounded_outwards(exponent: int) -> None:
    value = Fraction(10) ** exponent
    for x in (value, -value):
        found = between(x, x, False, False)
        assert holds(found, x, exact=True)
        assert found.low <= x <= found.high
        assert all(abs(end) in (0, INF, LARGEST, 1 / LARGEST) for end in (found.low, found.high))
        for name in UNARY:
            FUNCTIONS[name](found)
        found + Range()
        found * Range()


@pytest.mark.parametrize("n", [65, 66, 100])
def test_large_powers_keep_their_sign_and_their_side_of_one(n: int) -> None:
    power = FUNCTIONS["power_by_scalar"]
    two, half = Range(Fraction(2), Fraction(3)), Range(Fraction(1, 10), Fraction(1, 2))
    assert holds(power(two, n), Fraction(5, 2) ** n, exact=True)
    assert holds(power(half, n), Fraction(1, 5) ** n, exact=True)
    assert power(half, n).meets("> 0")
    assert power(-two, n).meets("> 0") == (n % 2 == 0)
    assert holds(power(-two, n), Fraction(-5, 2) ** n, exact=True)
    assert holds(power(Range(), n), Fraction(-5, 2) ** n, exact=True)


def test_a_function_of_an_end_that_no_float_is() -> None:
    """log(1 + 1e-20) is more than log of the nearest float."""
    end = 1 + Fraction(1, 10**20)
    assert FUNCTIONS["log"](Range(Fraction(1, 2), end, False, False)).high >= Fraction(1, 10**21)
    end = 700 + Fraction(1, 3)
    exact = (Decimal(700) + Decimal(1) / 3).exp()
    assert FUNCTIONS["exp"](Range(-INF, end)).high > Fraction(exact)


def test_shares_lie_between_zero_and_one() -> None:
    row = np.array([[Range(), Range()]], dtype=object)
    assert all(x.meets("> 0") and x.high == 1 for x in RANGES.softmax(row, 0).flat)
