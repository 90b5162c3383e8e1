"""Which sides of switches points have visited, entry by entry, and which they have not.

Must not know how points are found, nor what is said of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.ranges import RANGES
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.shape import sized
from gradcli.proof.generic import known_ranges
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.trials import Sizes, Trial, exists

REST, UP, DOWN = 0, 1, -1


@dataclass(slots=True, eq=False, repr=False)
class Unvisited:
    """A side of a switch on which no point lies.

    Where `entry` is None no entry was there; `top` marks an entry of a maximum that never was it.
    """

    switch: Node
    entry: tuple[int, ...] | None
    side: int
    top: bool = False


class SwitchSides:
    """The sides of some expressions, entry by entry; of `tops` each entry counts for itself."""

    def __init__(
        self,
        wanted: Sequence[tuple[Node, int]],
        sample_space: SampleSpace,
        tops: Sequence[Node] = (),
    ) -> None:
        self.wanted, self.sample_space, self.tops = wanted, sample_space, tops
        self.nodes = [*dict.fromkeys(node for node, _ in wanted)]
        self.seen: dict[tuple[Node, int], Array] = {}

    @classmethod
    def of_switches(cls, pair: Pair, sample_space: SampleSpace) -> SwitchSides:
        """Both sides of what branches, and each entry of a maximum at the top."""
        wanted = [(node, side) for node in pair.branching for side in (UP, DOWN)]
        return cls([*wanted, *((node, UP) for node in pair.tops)], sample_space, pair.tops)

    @classmethod
    def of_conditions(cls, pair: Pair, sample_space: SampleSpace) -> SwitchSides:
        """Where what is put together of conditions is true or false, and a jump is at rest."""
        told = [(node, side) for node in pair.conditions for side in (UP, DOWN)]
        return cls([*told, *((node, REST) for node in pair.jumps)], sample_space)

    @classmethod
    def of_domains(cls, pair: Pair, sample_space: SampleSpace) -> SwitchSides:
        """Where a requirement is violated that has an outside."""
        needs = [need for each in pair.requirements.values() for need in each]
        outside = dict.fromkeys(need.expr for need in needs if need.relation != "!= 0")
        return cls([(node, DOWN) for node in outside], sample_space)

    def look(self, trial: Trial, rows: Sequence[int]) -> bool:
        """Take in some points of a trial; whether they lie on a side that none did before."""
        if not (rows and self.nodes):
            return False
        values = dict(zip(self.nodes, trial.evaluate(self.nodes), strict=True))
        more = False
        for node, side in self.wanted:
            value = values[node][rows]
            here = _on(node, side, value).any(axis=0)
            shape = tuple(sized(dim, trial.sizes) for dim in node.shape)
            here = np.broadcast_to(here, shape)
            if (here & ~self._of(node, side, shape)).any():
                more = True
                self.seen[node, side] = _joined(self.seen.get((node, side)), here)
        return more

    def _of(self, node: Node, side: int, shape: tuple[int, ...]) -> Array:
        """Which entries of an array of this shape were on a side."""
        return _joined(np.zeros(shape, dtype=bool), self.seen.get((node, side)))[
            tuple(map(slice, shape))
        ]

    def _each(self, sizes: Sizes) -> Iterator[tuple[Node, int, Array, Array]]:
        """Of each side the entries that were on it and those that may be."""
        for node, side in self.wanted:
            shape = tuple(sized(dim, sizes) for dim in node.shape)
            may = there = self._of(node, side, shape)
            if not there.all():
                known = known_ranges(self.sample_space, sizes)
                may = there | np.broadcast_to(_possible(node, side, known, sizes), shape)
            yield node, side, there, may

    def missing(self, sizes: Sizes) -> Iterator[tuple[Node, int, Array]]:
        """Of each side the entries that may lie there and never did, where there are any."""
        for node, side, there, may in self._each(sizes):
            if (may & ~there).any():
                yield node, side, may & ~there

    def count(self, sizes: Sizes) -> tuple[int, int]:
        """How many sides were visited by every entry that may lie there, and how many there are."""
        visited = total = 0
        for node, _, there, may in self._each(sizes):
            top = node in self.tops
            total += int(may.sum()) if top else bool(may.any())
            visited += int(there.sum()) if top else bool(may.any() and (there | ~may).all())
        return visited, total

    def unvisited(self, sizes: Sizes) -> list[Unvisited]:
        """What was never visited: a whole side, or the entries that were never on it."""
        found = []
        for node, side, absent in self.missing(sizes):
            top = node in self.tops
            if absent.all() and not top:
                found.append(Unvisited(node, None, side))
            elif side != REST:
                places = (tuple(map(int, at)) for at in np.argwhere(absent))
                found += [Unvisited(node, at, side, top) for at in places]
        return found


def _joined(one: Array | None, other: Array | None) -> Array:
    """Either of two arrays of bits, from the same corner."""
    parts = [x for x in (one, other) if x is not None]
    out = np.zeros(tuple(map(max, zip(*(x.shape for x in parts), strict=True))), dtype=bool)
    for x in parts:
        out[tuple(map(slice, x.shape))] |= x
    return out


def _on(node: Node, side: int, value: Array) -> Array:
    """Which entries lie on a side: above or below zero, true or false."""
    if node.op.boolean:
        return np.asarray(value == (side == UP), dtype=bool)
    if side == REST:
        return np.asarray(value == 0, dtype=bool)
    return np.asarray(value > 0 if side == UP else value < 0, dtype=bool)


def _possible(node: Node, side: int, known: Mapping[Node, Array], sizes: Sizes) -> Array:
    """Which entries may be on a side, as far as ranges tell; none of what is not there."""
    if not exists([node], sizes):
        return np.zeros((), dtype=bool)
    (found,) = evaluate([node], RANGES, known, sizes, keep=True)
    if node.op.boolean:
        return np.asarray(found != (side == DOWN), dtype=bool).reshape(found.shape[1:])
    if side == REST:
        entries = [not x.meets("!= 0") for x in found.flat]
        return np.array(entries, dtype=bool).reshape(found.shape[1:])
    entries = [not (x if side == DOWN else -x).meets(">= 0") for x in found.flat]
    return np.array(entries, dtype=bool).reshape(found.shape[1:])
