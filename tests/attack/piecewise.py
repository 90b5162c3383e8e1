"""Piecewise linear functions of one number, exactly: what is between their breaks and on them.

Must not know text. Two are equal if and only if they are equal here, which decides any identity of
`abs`, `max`, `where`, `sign` and the like with linear arguments.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

Linear = tuple[Fraction, Fraction]
"""Slope and value at zero."""


@dataclass(frozen=True, slots=True)
class Piecewise:
    """`between` has one line more than there are `breaks`, `on` one value for each of them."""

    breaks: tuple[Fraction, ...]
    between: tuple[Linear, ...]
    on: tuple[Fraction, ...]

    def __call__(self, x: Fraction) -> Fraction:
        if x in self.breaks:
            return self.on[self.breaks.index(x)]
        slope, zero = self.between[sum(b < x for b in self.breaks)]
        return slope * x + zero

    def line(self, x: Fraction) -> Linear:
        """The line that holds around a number off the breaks."""
        return self.between[sum(b < x for b in self.breaks)]


def line(slope: Fraction, zero: Fraction) -> Piecewise:
    return Piecewise((), ((slope, zero),), ())


def _inside(breaks: Sequence[Fraction]) -> list[Fraction]:
    """A number in each of the open intervals."""
    if not breaks:
        return [Fraction(0)]
    middles = [(a + b) / 2 for a, b in itertools.pairwise(breaks)]
    return [breaks[0] - 1, *middles, breaks[-1] + 1]


def _common(parts: Sequence[Piecewise]) -> list[Fraction]:
    return sorted({b for part in parts for b in part.breaks})


def mapped(
    lines: Callable[[list[Linear]], Linear],
    values: Callable[[list[Fraction]], Fraction],
    parts: Sequence[Piecewise],
    breaks: Sequence[Fraction] = (),
) -> Piecewise:
    """Put together line by line and value by value, at the breaks of all and at further ones."""
    every = sorted({*_common(parts), *breaks})
    return Piecewise(
        tuple(every),
        tuple(lines([part.line(x) for part in parts]) for x in _inside(every)),
        tuple(values([part(x) for part in parts]) for x in every),
    )


def combined(weights: Sequence[Fraction], parts: Sequence[Piecewise]) -> Piecewise:
    """A linear combination."""

    def of(xs: Sequence[Fraction]) -> Fraction:
        return sum((w * x for w, x in zip(weights, xs, strict=True)), Fraction(0))

    return mapped(lambda ls: (of([m for m, _ in ls]), of([c for _, c in ls])), of, parts)


def zeros(part: Piecewise) -> list[Fraction]:
    """Where a line meets zero within its interval."""
    found = []
    ends = [None, *part.breaks, None]
    for (slope, zero), low, high in zip(part.between, ends, ends[1:], strict=False):
        if slope:
            x = -zero / slope
            if (low is None or x > low) and (high is None or x < high):
                found.append(x)
    return found


def chosen(switch: Piecewise, ways: Callable[[int], Piecewise]) -> Piecewise:
    """By the sign of a switch one of three functions: `ways` of -1, 0, 1."""
    by = {sign: ways(sign) for sign in (-1, 0, 1)}
    every = sorted({*_common([switch, *by.values()]), *zeros(switch)})
    signs = [_sign(switch(x)) for x in _inside(every)]
    return Piecewise(
        tuple(every),
        tuple(by[s].line(x) for s, x in zip(signs, _inside(every), strict=True)),
        tuple(by[_sign(switch(x))](x) for x in every),
    )


def _sign(x: Fraction) -> int:
    return (x > 0) - (x < 0)


def equal(one: Piecewise, other: Piecewise) -> bool:
    gap = combined([Fraction(1), Fraction(-1)], [one, other])
    return not any(gap.on) and all(piece == (0, 0) for piece in gap.between)
