"""Closed intervals: exact at rational ends, enclosures once a function is not rational.

Must not know arrays or graphs. An interval holds every value that the numbers in it can give; only
`+ - * /` and the larger and smaller of two are as narrow as can be. The rules are those of Moore,
Interval analysis, 1966.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

from flint import arb, fmpq

from gradcli.arithmetic import ball
from gradcli.arithmetic.ball import NAN, Ball, larger, le, lt, smaller
from gradcli.arithmetic.objects import Objects
from gradcli.arithmetic.truth import VOID, Truth, both, either, is_truth, known, opposite


@dataclass(slots=True, eq=False, repr=False)
class Interval:
    """All numbers from `low` to `high`, both included: rationals, or balls that hold an end."""

    low: Ball
    high: Ball

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Any) -> Interval:
        other = _interval(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Any) -> Interval:
        return self + -_interval(other)

    def __rsub__(self, other: Any) -> Interval:
        return _interval(other) - self

    def __mul__(self, other: Any) -> Interval:
        other = _interval(other)
        ends = [x * y for x in (self.low, self.high) for y in (other.low, other.high)]
        return Interval(reduce(smaller, ends), reduce(larger, ends))

    def __truediv__(self, other: Any) -> Interval:
        other = _interval(other)
        if not (other.low > 0 or other.high < 0):
            return NOWHERE
        return self * Interval(1 / other.high, 1 / other.low)

    def __rtruediv__(self, other: Any) -> Interval:
        return _interval(other) / self

    __radd__ = __add__
    __rmul__ = __mul__


NOWHERE = Interval(NAN, NAN)


def _interval(x: Any) -> Interval:
    if isinstance(x, Interval):
        return x
    return Interval(x, x) if isinstance(x, fmpq | arb) else Interval(fmpq(x), fmpq(x))


def hull(x: Interval) -> Ball:
    """One number that holds the interval: the rational itself where both ends are the same."""
    if not isinstance(x.low, arb) and x.low == x.high:
        return x.low
    return arb(x.low).union(arb(x.high))


def enclosing(x: Ball) -> Interval:
    """The interval of a ball."""
    return Interval(x.lower(), x.upper()) if isinstance(x, arb) else Interval(x, x)


def inside(x: Ball, interval: Interval) -> bool | None:
    """Whether a number lies in an interval, edges included; None where the ball leaves it open."""
    return known(both(le(interval.low, x), le(x, interval.high)))


def _lt(x: Interval, y: Interval) -> Truth:
    return opposite(_le(y, x))


def _le(x: Interval, y: Interval) -> Truth:
    told = le(x.high, y.low)
    if told is True or told is VOID:
        return told
    return True if x is y else False if lt(y.high, x.low) is True else None


def _eq(x: Interval, y: Interval) -> Truth:
    return both(_le(x, y), _le(y, x))


def _ne(x: Interval, y: Interval) -> Truth:
    return opposite(_eq(x, y))


def _where(condition: Truth, yes: Interval, no: Interval) -> Interval:
    if condition is VOID:
        return NOWHERE
    if condition is None:
        return Interval(smaller(yes.low, no.low), larger(yes.high, no.high))
    return yes if condition else no


def _larger(x: Interval, y: Interval) -> Interval:
    return Interval(larger(x.low, y.low), larger(x.high, y.high))


def _smaller(x: Interval, y: Interval) -> Interval:
    return Interval(smaller(x.low, y.low), smaller(x.high, y.high))


def _finite(x: Any) -> bool:
    if is_truth(x):
        return x is not VOID
    return ball.finite(x.low) and ball.finite(x.high)


def _tame(x: Any) -> Any:
    if is_truth(x):
        return x
    return Interval(ball.tame(x.low), ball.tame(x.high))


def _div(x: Interval, y: Interval) -> Interval:
    return x / y


def _lifted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A scalar function of balls on what encloses its arguments."""
    if function.__code__.co_argcount == 1:
        return lambda x: enclosing(function(hull(x)))
    if name.endswith("_scalar"):
        return lambda x, parameter: enclosing(function(hull(x), parameter))
    return lambda x, y: enclosing(function(hull(x), hull(y)))


OWN: dict[str, Callable[..., Any]] = {
    "lt": _lt, "le": _le, "eq": _eq, "ne": _ne, "where": _where, "larger": _larger,
    "smaller": _smaller, "finite": _finite, "tame": _tame, "div": _div,
    "both": both, "either": either, "opposite": opposite,
}  # fmt: skip
FUNCTIONS = {
    name: _lifted(name, function) for name, function in ball.FUNCTIONS.items() if name not in OWN
} | OWN


def _number(value: Fraction) -> Interval:
    return _interval(ball.rational(value))


def _constant(name: str) -> Interval:
    return enclosing(ball.constant(name))


INTERVAL = Objects(FUNCTIONS, _number, _constant)
