"""Sums that are taken part by part: each a pair of doubles, so that their order hardly matters.

Must not know what is summed. What an addition loses is kept beside the sum: D. E. Knuth, "The Art
of Computer Programming" 2 (1969), 4.2.2; T. Ogita, S. M. Rump, S. Oishi, "Accurate Sum and Dot
Product" (2005).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gradcli.arithmetic.base import Array


@dataclass(frozen=True, slots=True, eq=False)
class PartialSums:
    """The sums of one pass over some rows: how many rows, the sums, and what these have lost.

    Parts are added by `+`; the same parts in the same order give the same digits, wherever each of
    them was taken.
    """

    rows: int
    high: tuple[Array, ...]
    low: tuple[Array, ...]

    def __add__(self, other: PartialSums) -> PartialSums:
        with np.errstate(all="ignore"):
            pairs = [
                _added(*four)
                for four in zip(self.high, self.low, other.high, other.low, strict=True)
            ]
        high, low = (tuple(each) for each in zip(*pairs, strict=True)) if pairs else ((), ())
        return PartialSums(self.rows + other.rows, high, low)

    def __radd__(self, other: int) -> PartialSums:
        """So that `sum(parts)` adds them."""
        if other != 0:
            return NotImplemented
        return self

    @property
    def totals(self) -> list[Array]:
        """Each sum as the nearest double."""
        with np.errstate(all="ignore"):
            return [high + low for high, low in zip(self.high, self.low, strict=True)]


def part(rows: int, sums: Sequence[Array]) -> PartialSums:
    """Sums as they were computed."""
    return PartialSums(rows, tuple(sums), tuple(np.zeros_like(each) for each in sums))


def added(parts: Iterable[PartialSums]) -> PartialSums | None:
    """All parts in their order; None where there is none."""
    total: PartialSums | None = None
    for each in parts:
        total = each if total is None else total + each
    return total


def _added(a: Array, lost: Array, b: Array, also: Array) -> tuple[Array, Array]:
    total = a + b
    away = total - a
    error = (a - (total - away)) + (b - away)
    low = lost + also + np.where(np.isfinite(error), error, 0)
    # The pair is made apart again, so that what is lost stays small beside what is kept.
    high = total + low
    return high, np.where(np.isfinite(high), low - (high - total), 0)
