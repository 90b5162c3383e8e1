"""Ranges: all values that a number can take, with ends that are reached or not.

Must not know arrays or graphs. What is not known to be narrower is the whole line; ends that are
not rational are rounded outwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from gradcli.arithmetic import truth
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.ends import INF, End, outward, rounded, times, widened
from gradcli.arithmetic.objects import Objects
from gradcli.arithmetic.truth import Truth, opposite

MOST_POWER = 64


@dataclass(slots=True, eq=False, repr=False)
class Range:
    """From `low` to `high`; an end that is open is not reached, infinite ones never are.

    One object is one number: its product with itself is a square.
    """

    low: End = -INF
    high: End = INF
    low_open: bool = True
    high_open: bool = True

    @property
    def whole(self) -> bool:
        """Whether it is the whole line, as that of most is."""
        return isinstance(self.low, float) and isinstance(self.high, float) and self.low < self.high

    def __neg__(self) -> Range:
        return Range(-self.high, -self.low, self.high_open, self.low_open)

    def __add__(self, other: Any) -> Range:
        y = _range(other)
        if self.whole or y.whole:
            return Range()
        return between(
            self.low + y.low,
            self.high + y.high,
            self.low_open or y.low_open,
            self.high_open or y.high_open,
        )

    def __sub__(self, other: Any) -> Range:
        return self + -_range(other)

    def __rsub__(self, other: Any) -> Range:
        return _range(other) - self

    def __mul__(self, other: Any) -> Range:
        if other is self:
            return power_by(self, Fraction(2))
        y = _range(other)
        if (self.whole and (y.low or y.high)) or (y.whole and (self.low or self.high)):
            return Range()
        ends = [times(p, q) for p, q in product(_ends(self), _ends(y))]
        # An end that is reached counts before one that is not.
        low = min(ends, key=lambda end: (end[0], end[1]))
        high = max(ends, key=lambda end: (end[0], not end[1]))
        return between(low[0], high[0], low[1], high[1])

    def __truediv__(self, other: Any) -> Range:
        return self * _inverse(_range(other))

    def __rtruediv__(self, other: Any) -> Range:
        return _range(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def meets(self, relation: str) -> bool:
        """Whether all of it is `> 0`, `>= 0` or `!= 0`."""
        positive = self.low > 0 or (self.low == 0 and self.low_open)
        if relation == "> 0":
            return positive
        if relation == ">= 0":
            return self.low >= 0
        return positive or self.high < 0 or (self.high == 0 and self.high_open)


UPWARD = Range(Fraction(0), INF)


def _range(value: Any) -> Range:
    if isinstance(value, Range):
        return value
    exact = Fraction(value) if isinstance(value, Fraction) else Fraction(int(value))
    return between(exact, exact, False, False)


def _ends(x: Range) -> tuple[tuple[End, bool], tuple[End, bool]]:
    return (x.low, x.low_open), (x.high, x.high_open)


def _inverse(y: Range) -> Range:
    if not y.meets("!= 0"):
        return Range()
    low = Fraction(0) if math.isinf(y.high) else INF if y.high == 0 else 1 / Fraction(y.high)
    high = Fraction(0) if math.isinf(y.low) else INF if y.low == 0 else 1 / Fraction(y.low)
    low = -INF if y.high == 0 else low
    return Range(low, high, y.high_open, y.low_open)


def between(low: End, high: End, low_open: bool, high_open: bool) -> Range:
    """A range whose ends are short numbers that a float can hold; one that moved is not reached."""
    least, most = outward(low, -1), outward(high, 1)
    return Range(least, most, low_open or least != low, high_open or most != high)


def _power(x: Range) -> Range:
    """To an exponent that may be anything: of a negative base only whole ones have a value."""
    if x.low < 0:
        return Range()
    return UPWARD if x.meets("> 0") else Range(Fraction(0), INF, False, True)


def power_by(x: Range, exponent: Fraction | int) -> Range:
    exponent = exponent if exponent.__class__ is Fraction else Fraction(exponent)
    if exponent.numerator < 0:
        return _inverse(power_by(x, -exponent))
    if exponent.denominator != 1:
        return _rising(lambda t: t ** float(exponent), larger(x, ZERO), Fraction(0), INF)
    n = int(exponent)
    if n == 0:
        return _between(1, 1)
    if n % 2 == 0 and x.low < 0:
        x = absolute(x)
    if n > MOST_POWER:
        # Of a large power only the sign is kept, and on which side of one it is.
        low = -INF if x.low < 0 else Fraction(0) if x.low < 1 else Fraction(1)
        high = INF if x.high > 1 else Fraction(1)
        least = low == -INF or (low == 0 and (x.low > 0 or x.low_open))
        return Range(low, high, least, high == INF)
    return between(x.low**n, x.high**n, x.low_open, x.high_open)


def absolute(x: Range) -> Range:
    if x.low >= 0:
        return x
    if x.high <= 0:
        return -x
    high = max((-x.low, not x.low_open), (x.high, not x.high_open))
    return Range(Fraction(0), high[0], False, not high[1])


def _rising(function: Callable[[float], float], x: Range, least: End, most: End) -> Range:
    """An increasing function that keeps 0 (and 1, for roots) exactly, between its limits."""

    def at(end: End, way: int) -> End:
        limit = least if way < 0 else most
        if math.isinf(end):
            return limit
        if end == 0:
            return Fraction(function(0.0))
        try:
            return rounded(function(widened(end, way)), way)
        except (ValueError, OverflowError):
            return limit

    low, high = at(x.low, -1), at(x.high, 1)
    low, low_open = (low, x.low_open) if low > least else (least, x.low_open or least == -INF)
    high, high_open = (high, x.high_open) if high < most else (most, x.high_open or most == INF)
    low_open |= low == least and math.isinf(x.low)
    high_open |= high == most and math.isinf(x.high)
    return Range(low, high, low_open, high_open)


def exp(x: Range) -> Range:
    found = _rising(math.exp, x, Fraction(0), INF)
    # It never reaches zero, however small.
    return Range(found.low, found.high, found.low_open or found.low == 0, found.high_open)


def log(x: Range) -> Range:
    """Of what is positive of it: elsewhere it has no value."""

    def at(end: End, way: int) -> End:
        return Fraction(0) if end == 1 else rounded(math.log(widened(end, way)), way)

    low = -INF if x.low <= 0 else at(x.low, -1)
    high = INF if x.high <= 0 or math.isinf(x.high) else at(x.high, 1)
    return Range(low, high, x.low_open or x.low <= 0, x.high_open or high == INF)


def union(x: Range, y: Range) -> Range:
    low = min((x.low, x.low_open), (y.low, y.low_open))
    high = max((x.high, not x.high_open), (y.high, not y.high_open))
    return Range(low[0], high[0], low[1], not high[1])


def both(x: Range, y: Range) -> Range:
    """Where the two ranges overlap."""
    low = max((x.low, x.low_open), (y.low, y.low_open))
    high = min((x.high, not x.high_open), (y.high, not y.high_open))
    return Range(low[0], high[0], low[1], not high[1])


def larger(x: Range, y: Range) -> Range:
    low = max((x.low, x.low_open), (y.low, y.low_open))
    high = max((x.high, not x.high_open), (y.high, not y.high_open))
    return Range(low[0], high[0], low[1], not high[1])


def smaller(x: Range, y: Range) -> Range:
    return -larger(-x, -y)


def where(condition: Truth, yes: Range, no: Range) -> Range:
    return union(yes, no) if condition is None else yes if condition else no


def lt(x: Range, y: Range) -> Truth:
    if (y - x).meets("> 0"):
        return True
    return False if (x - y).meets(">= 0") else None


def le(x: Range, y: Range) -> Truth:
    return opposite(lt(y, x))


def eq(x: Range, y: Range) -> Truth:
    if x.low == x.high == y.low == y.high:
        return True
    return False if (x - y).meets("!= 0") else None


def _between(low: int, high: int) -> Range:
    """A range of its own: two numbers that are anything between are not one number."""
    return Range(Fraction(low), Fraction(high), False, False)


ZERO = _between(0, 0)
ANY = "asin acos atan asinh acosh atanh erf erfc lgamma log1p log2 log10 tan pole".split()  # noqa: SIM905
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(ANY, lambda x: Range()),
    "exp": exp,
    "log": log,
    "expm1": lambda x: exp(x) - 1,
    "sin": lambda x: _between(-1, 1),
    "cos": lambda x: _between(-1, 1),
    "sinh": lambda x: _rising(math.sinh, x, -INF, INF),
    "cosh": lambda x: Range(Fraction(1), INF, False, True),
    "tanh": lambda x: _rising(math.tanh, x, Fraction(-1), Fraction(1)),
    "sqrt": lambda x: _rising(math.sqrt, larger(x, ZERO), Fraction(0), INF),
    "cbrt": lambda x: _rising(lambda t: math.copysign(abs(t) ** (1 / 3), t), x, -INF, INF),
    "softplus": lambda x: UPWARD,
    "gamma": lambda x: UPWARD if x.meets("> 0") else Range(),
    "power": lambda x, y: _power(x),
    "logaddexp": lambda x, y: Range(),
    "atan2": lambda y, x: Range(),
    "sign": lambda x: _between(-1, 1),
    "step": lambda x: _between(0, 1),
    "relu": lambda x: larger(x, ZERO),
    "floor": lambda x: Range(),
    "ceil": lambda x: Range(),
    "abs": absolute,
    "power_by_scalar": power_by,
    "polygamma_scalar": lambda x, order: Range(),
    "div": lambda x, y: x / y,
    "ne": lambda x, y: opposite(eq(x, y)),
    "both": truth.both,
    "either": truth.either,
    "opposite": opposite,
    "unknown": lambda law, *xs: Range(),
    "finite": lambda x: True,
    "tame": lambda x: x,
    **{f.__name__: f for f in (larger, smaller, where, lt, le, eq)},
}


class Ranges(Objects):
    """Ranges of arrays; of a determinant nothing is known where nothing is off the diagonal."""

    def det(self, A: Array, order: int) -> Array:
        off = ~np.eye(A.shape[-1], dtype=bool)
        if (
            order == 0
            and off.any()
            and all(x.low == -INF and x.high == INF for x in A[:, off].flat)
        ):
            return np.full(len(A), Range(), dtype=object)
        return super().det(A, order)

    def cholesky(self, A: Array) -> Array:
        found = np.full(A.shape, Range(), dtype=object)
        found[:, ~np.tri(A.shape[-1], dtype=bool)] = ZERO
        found[:, np.eye(A.shape[-1], dtype=bool)] = UPWARD
        return found

    def softmax(self, x: Array, axis: int) -> Array:
        share = Range(Fraction(0), Fraction(1), True, x.shape[axis + 1] > 1)
        return np.full(x.shape, share, dtype=object)


RANGES = Ranges(
    FUNCTIONS,
    lambda value: between(value, value, False, False),
    lambda name: Range(Fraction(2), Fraction(4)) if name in ("pi", "e") else Range(INF, INF),
)
