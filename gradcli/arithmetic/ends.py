"""Ends of ranges: exact and short, or rounded outwards.

Must not know ranges, nor what they are of.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TypeAlias

End: TypeAlias = Fraction | float
INF = math.inf
LONGEST = 300  # bits of an end, before it is rounded
LARGEST = Fraction(2) ** LONGEST


def times(p: tuple[End, bool], q: tuple[End, bool]) -> tuple[End, bool]:
    """The product of two ends; a zero that is reached stays one, whatever it meets."""
    if p[0] == 0 or q[0] == 0:
        reached = (p[0] == 0 and not p[1]) or (q[0] == 0 and not q[1])
        return Fraction(0), not reached
    return p[0] * q[0], p[1] or q[1]


def outward(x: End, way: int) -> End:
    """An end of few bits, no further inwards."""
    if isinstance(x, float) or not x:
        return x
    if max(x.numerator.bit_length(), x.denominator.bit_length()) <= LONGEST:
        return x
    sign = 1 if x > 0 else -1
    if abs(x) > LARGEST:
        return sign * (INF if sign == way else LARGEST)
    if abs(x) < 1 / LARGEST:
        return Fraction(way) / LARGEST if sign == way else Fraction(0)
    return rounded(float(x), way) if x.denominator.bit_length() > LONGEST else x


def rounded(x: float, way: int) -> End:
    """A float that was computed with a few roundings, moved by more than these."""
    if math.isnan(x):
        return way * INF
    far = math.nextafter(x + way * abs(x) * 2.0**-40, way * INF)
    return far if math.isinf(far) else Fraction(far)


def widened(x: End, way: int) -> float:
    """The next float, so that what a function makes of it is no further inwards."""
    return math.nextafter(float(x), way * INF)
