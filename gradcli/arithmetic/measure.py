"""How large a number is, how narrow its ball, whether it may be zero: what judges ask of numbers.

Must not know functions or arrays.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf, isfinite

from flint import arb, fmpq, fmpz

from gradcli.arithmetic.ball import Ball

LONGEST = 1 << 20
"""Bits of a rational, of which there may be as many as there are digits in a text."""


def upper(x: Ball) -> Ball:
    """An upper bound of the absolute value."""
    return x.abs_upper() if isinstance(x, arb) else abs(x)


def lower(x: Ball) -> Ball:
    """A lower bound of the absolute value."""
    return x.abs_lower() if isinstance(x, arb) else abs(x)


def is_exact(x: Ball) -> bool:
    """Whether the number is a rational, not a ball."""
    return not isinstance(x, arb)


def holds_zero(x: Ball) -> bool:
    """Whether the number may be zero."""
    return bool(x.contains(0)) if isinstance(x, arb) else bool(x == 0)


def narrow(x: Ball, scale: float, bits: int) -> bool:
    """Whether the number lies within scale * 2^-bits of zero."""
    return bool(upper(x) < arb(scale) * arb(2) ** -bits)


def exponent(x: Ball) -> int | None:
    """The power of two that the size of a number stays below; None for zero and for no number."""
    if isinstance(x, arb):
        if not x.is_finite() or x.mid() == 0:
            return None
        mantissa, power = x.mid().man_exp()
        return int(abs(mantissa)).bit_length() + int(power)
    return None if x == 0 else int(abs(x.p)).bit_length() - int(x.q).bit_length() + 1


def power_of_two(exponent: int) -> Ball:
    return fmpq(2) ** exponent


def integer(value: int) -> Ball:
    return fmpq(value)


def length(value: int) -> int:
    """How many digits a positive integer has; Python refuses to write the longest."""
    return len(str(fmpz(value)))


def bracket(x: Ball) -> tuple[Ball, Ball]:
    """Rationals that a finite number lies between; the number twice where it is one.

    OverflowError where these would be longer than any that is written out: FLINT ends the process.
    """
    if not isinstance(x, arb):
        return x, x
    low, high = x.lower(), x.upper()
    if any(abs(exponent(end) or 0) > LONGEST for end in (low, high)):
        raise OverflowError
    return low.fmpq(), high.fmpq()


def enclosing(low: Ball, high: Ball) -> Ball:
    """The ball that holds everything between two numbers."""
    return arb(low).union(arb(high))


def around(x: Ball, radius: Fraction) -> Ball:
    """The ball of everything at most so far from a number."""
    return arb(x) + arb(0, arb(fmpq(radius.numerator, radius.denominator)))


def off(approximation: float, x: Ball) -> float:
    """How far a double is from a number, an upper bound of it; infinite for no number."""
    if not isfinite(approximation):
        return inf
    numerator, denominator = approximation.as_integer_ratio()
    gap = fmpq(numerator, denominator) - (x if isinstance(x, fmpq) else arb(x))
    return float(upper(gap))


def fraction(x: Ball) -> Fraction:
    """An exact rational as Python's own."""
    return Fraction(int(x.p), int(x.q))


def double(x: Ball) -> float:
    """A rational as a double; infinite where it is too large for one."""
    try:
        return int(x.p) / int(x.q)
    except OverflowError:
        return inf if x > 0 else -inf


def least(x: Ball, y: Ball) -> Ball:
    """The smaller of two; the second where that cannot be told."""
    return x if x < y else y


def power_of_ten(exponent: int) -> Ball:
    return fmpq(10) ** exponent
