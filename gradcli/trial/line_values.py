"""Expressions along lines through a point, in doubles: their values, signs, and dips between.

Must not know what is sought, nor what the expressions are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gradcli import work
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import numbers
from gradcli.arithmetic.evaluate import evaluate, size_of
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.graph.node import Node
from gradcli.trial.sampling import Sizes
from gradcli.trial.search_lines import Point, SearchLine

NONE = 2.0  # the sign of an expression without a value: the end of its domain parts cells too
GOLDEN, SECTIONS = (5**0.5 - 1) / 2, 45
BESIDE = 100  # doubles that are gathered or compared for one operation
HELD = 2_000_000  # doubles of points on lines that are held at a time
DIPS = 300  # that are looked into, the nearest ones


class LineValues:
    """The values of every entry of the expressions along the tracks."""

    def __init__(
        self,
        expressions: Sequence[Node],
        point: Mapping[Node, Array],
        tracks: Sequence[SearchLine],
        sizes: Sizes,
    ) -> None:
        self.expressions, self.sizes = expressions, sizes
        self.base = floats(point)
        self.steps = {
            node: np.concatenate(
                [
                    numbers(t.steps[node], FLOAT64)
                    if node in t.steps
                    else np.zeros_like(self.base[node])
                    for t in tracks
                ]
            )
            for node in dict.fromkeys(node for t in tracks for node in t.steps)
        }

    def values(self, track: Array, t: Array) -> Array:
        """The values at parameters t of tracks, for all of a batch: (batch, entries)."""
        passes = 3 * len(self.steps)
        width = sum(step[0].size for step in self.steps.values())
        work.current.spend(work.CALL * passes + len(t) * width // BESIDE, "points along lines")
        with np.errstate(invalid="ignore"):
            # Beyond all doubles what stays is no number either.
            moved = {
                node: self.base[node] + t.reshape(-1, *[1] * (step.ndim - 1)) * step[track]
                for node, step in self.steps.items()
            }
        return values_of(self.expressions, self.base | moved, self.sizes, len(t))

    def signs(self, track: Array, t: Array) -> Array:
        """-1, 0, 1, or 2 for no value: (batch, entries)."""
        return signs_of(self.values(track, t))

    def lowest(
        self, track: Array, low: Array, high: Array, entry: Array, side: Array
    ) -> tuple[Array, Array]:
        """Where an entry times its side is least between two parameters, and how much it is there.

        A golden section: the least of all where there is one dip, else one of them.
        """
        rows = np.arange(len(track))

        def at(t: Array) -> Array:
            found = self.values(track, t)[rows, entry] * side
            return np.where(np.isnan(found), np.inf, found)

        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        f, g = at(left), at(right)
        for _ in range(SECTIONS):
            down = f < g
            low, high = np.where(down, low, left), np.where(down, right, high)
            new = np.where(down, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
            value = at(new)
            left, right = np.where(down, new, right), np.where(down, left, new)
            f, g = np.where(down, value, g), np.where(down, f, value)
        return np.where(f < g, left, right), np.minimum(f, g)

    def dips(self, track: Array, t: Array) -> tuple[Array, Array, Array]:
        """Where entries come nearer to zero than on either side: track, parameter, how near.

        That is a share of what they are on either side, negative where zero is crossed. The
        parameters must ascend on each track.
        """
        s = self.values(track, t)
        size = np.abs(s)
        inside = (track[:-2] == track[1:-1]) & (track[1:-1] == track[2:])
        alike = (np.sign(s[:-2]) == np.sign(s[1:-1])) & (np.sign(s[1:-1]) == np.sign(s[2:]))
        least = (size[1:-1] <= size[:-2]) & (size[1:-1] <= size[2:])
        least &= (size[1:-1] < size[:-2]) | (size[1:-1] < size[2:])
        start, entry = np.nonzero(inside[:, None] & alike & least & (size[1:-1] > 0))
        nearest = np.argsort(np.abs(t[start + 1]), kind="stable")[:DIPS]
        start, entry = start[nearest], entry[nearest]
        if not len(start):
            return track[:0], t[:0], t[:0]
        side = np.sign(s[start + 1, entry])
        at, least = self.lowest(track[start], t[start], t[start + 2], entry, side)
        return track[start], at, least / np.minimum(size[start, entry], size[start + 2, entry])


def places(expressions: Sequence[Node], moving: Iterable[Node], sizes: Sizes) -> int:
    """How many places on lines may be looked at together."""
    entries = sum(size_of(node, sizes) for node in (*expressions, *moving))
    return HELD // max(entries, 1)


def floats(point: Mapping[Node, Array]) -> Point:
    """The first of a batch in doubles."""
    return {node: numbers(value[0, ...], FLOAT64) for node, value in point.items()}


def values_of(expressions: Sequence[Node], values: Point, sizes: Sizes, batch: int) -> Array:
    """Every entry of the expressions: (batch, entries)."""
    found = evaluate(expressions, FLOAT64, values, sizes)
    flat = [np.broadcast_to(x.reshape(len(x), -1), (batch, x[0].size)) for x in found]
    out: Array = np.concatenate([np.empty((batch, 0)), *flat], axis=1)
    return out


def signs_of(values: Array) -> Array:
    """-1, 0, 1, or 2 for no value."""
    told: Array = np.nan_to_num(np.sign(values), nan=NONE)
    return told
