"""Sizes of identities, and of vectors of ones and zeros, that only their place tells.

Must not know formulas: each has the number of its turn, and what has been chosen for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

MOST = 64
"""Ways to choose all of them that are tried."""


@dataclass(slots=True)
class Choices:
    """Which of the sizes each one has at this try; `asked` counts those that were met."""

    chosen: tuple[str, ...] = ()
    asked: int = 0

    def next(self, candidates: Sequence[str]) -> str:
        """The size of the next one."""
        k = self.asked
        self.asked += 1
        return self.chosen[k] if k < len(self.chosen) else candidates[0]


def ways(count: int, candidates: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """All ways to choose so many, up to a limit."""
    for number, way in enumerate(product(candidates, repeat=count)):
        if number == MOST:
            return
        yield way
