"""Powers of series: where t^k comes out of a root, and what is left of it where it does not.

Must not know arrays, comparisons or any other function.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, arb_series, fmpq_series
from flint.utils.flint_exceptions import DomainError

from gradcli.arithmetic import ball
from gradcli.arithmetic.jet import UNKNOWN, Jet, div, jet, leading, promoted, shifted


def root_by(x: Any, exponent: Fraction) -> Jet:
    """x to a power that is no whole number: t^k c(t) gives t^(k e) c(t)^e where k e is whole.

    Where it is not, t^(k e) with k e > 1 is zero to the orders that are kept; below 1 the slope
    is infinite.
    """
    x = jet(x)
    found = leading(x)
    if found is None or found[1] < 0:
        return UNKNOWN
    order, first = found
    if first == 0 and x.degree < order and exponent > 0:
        return jet(ball.ZERO)
    if first == 0:
        # the whole known part is zero, and so is that of the power, as far as it is known
        length = int(order * exponent)
        return Jet.of([ball.ZERO] * length, length) if length > 0 else UNKNOWN
    shift = order * exponent
    base = shifted(x, -order).s if order else x.s
    if shift.denominator == 1:
        if x.degree == 0:
            return Jet(_analytic_power(base, exponent), 0)
        return shifted(Jet(_analytic_power(base, exponent)), int(shift)) if shift >= 0 else UNKNOWN
    if shift > 1:
        length = int(shift) + 1
        return Jet.of([ball.ZERO] * length, length)
    if shift > 0:
        return Jet.of([ball.ZERO, arb.pos_inf()], 2)
    return UNKNOWN


def _analytic_power(s: Any, exponent: Fraction) -> Any:
    if exponent == Fraction(1, 2) and isinstance(s, fmpq_series):
        try:
            return s.sqrt()
        except (ValueError, DomainError):
            pass
    s = s if isinstance(s, arb_series) else promoted(s)
    return (
        s.sqrt() if exponent == Fraction(1, 2) else (s.log() * arb(ball.rational(exponent))).exp()
    )


def power_by_scalar(x: Any, exponent: Fraction) -> Any:
    if exponent.denominator != 1:
        return root_by(x, exponent)
    n = exponent.numerator
    result, square = jet(ball.ONE), jet(x)
    if isinstance(square.s, fmpq_series):
        bits = sum(c.height_bits() for c in square.s.coeffs())
        if bits * abs(n) > ball.EXACT_BITS:
            square = Jet(square.balls())
    left = abs(n)
    while left:
        if left & 1:
            result = result * square
        left >>= 1
        if left:
            square = square * square
    return result if n >= 0 else div(ball.ONE, result)


def sqrt(x: Any) -> Jet:
    return root_by(x, Fraction(1, 2))
