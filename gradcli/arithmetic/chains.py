"""Elementwise vertices of large arrays of doubles wait for each other, and are computed together.

Must not know any particular op. Arrays of one shape that lead to each other go through a cache
block by block, and only what something else needs is ever a whole array.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from math import prod

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.buffers import LARGE, Step, blockwise, ufunc
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node

AWAITED = 8
"""Arrays that may wait: they would be free again if what they are for were computed at once."""


class Chain:
    """Vertices of one shape that wait. `stand_in` is an array of that shape without memory."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.stand_in = np.broadcast_to(np.float64(0), shape)
        self.slots: dict[Node, int] = {}
        self.given: dict[int, Array] = {}
        self.steps: list[Step] = []
        self.waiting: list[Node] = []

    def slot(self, node: Node, array: Array) -> int:
        """Where a vertex is: one that waits, or what is known of it."""
        found = self.slots.setdefault(node, len(self.slots))
        if array is not self.stand_in and found not in self.given:
            self.given[found] = array.reshape(led(array.shape, self.stand_in.ndim))
        return found

    def empty(self) -> Array:
        """Memory for a value, in the order of axes that NumPy would choose: sums go along it."""
        shape = self.stand_in.shape
        like = [array for array in self.given.values() if array.shape == shape]
        strides = {np.empty_like(array, np.float64).strides for array in like}
        return np.empty_like(like[0], np.float64) if len(strides) == 1 else np.empty(shape)

    def add(self, node: Node, arrays: Sequence[Array]) -> None:
        """A vertex that waits for the others."""
        assert isinstance(node.op, Pointwise)
        arguments = tuple(map(self.slot, node.args, arrays))
        written = ufunc(node.op.name)
        function = written or partial(_value, node)
        self.steps.append(
            (function, arguments, self.slot(node, self.stand_in), written is not None)
        )
        self.waiting.append(node)


class Chains:
    """All vertices that wait; in `done` they have stand-ins.

    What is `given` holds its memory anyway.
    """

    def __init__(self, done: dict[Node, Array], given: Collection[Node]) -> None:
        self.done, self.given = done, given
        self.open: dict[tuple[int, ...], Chain] = {}
        self.of: dict[Node, Chain] = {}

    def shape(self, node: Node, arrays: Sequence[Array]) -> tuple[int, ...] | None:
        """The shape of an elementwise value that is worth it to wait, None of any other."""
        if not isinstance(node.op, Pointwise) or prod(a.size for a in arrays) < LARGE:
            return None
        rank = max(a.ndim for a in arrays)
        shape = np.broadcast_shapes(*(led(a.shape, rank) for a in arrays))
        return shape if prod(shape) >= LARGE else None

    def ready(self, node: Node, shape: tuple[int, ...] | None) -> bool:
        """See to it that no argument waits but for this, too; whether any had to be computed."""
        due = [self.of[arg] for arg in node.args if arg in self.of]
        if shape is not None:
            due = [c for c in due if c is not self.open.get(shape) or self._many(c)]
        for chain in {*due}:
            self._compute(chain)
        return bool(due)

    def add(self, node: Node, arrays: Sequence[Array], shape: tuple[int, ...]) -> Array:
        """A vertex that waits, and what stands in for it."""
        chain = self.open.get(shape)
        if chain is None:
            chain = self.open[shape] = Chain(shape)
        chain.add(node, arrays)
        self.of[node] = chain
        return chain.stand_in

    def finish(self) -> None:
        """Compute all that waits."""
        while self.open:
            self._compute(next(iter(self.open.values())))

    def _many(self, chain: Chain) -> bool:
        held = (n for n, k in chain.slots.items() if k in chain.given and n not in self.given)
        return sum(1 for _ in held) > AWAITED

    def _compute(self, chain: Chain) -> None:
        """Put what is still needed in the place of its stand-ins."""
        shape = chain.stand_in.shape
        needed = [n for n in chain.waiting if self.done.get(n) is chain.stand_in]
        into = {chain.slots[n]: chain.empty() for n in needed}
        if into:
            blockwise(chain.steps, len(chain.slots), chain.given, into)
        for node, array in zip(needed, into.values(), strict=True):
            told = node.op.boolean and not np.isnan(array).any()
            self.done[node] = array.astype(np.bool_) if told else array
        for node in chain.waiting:
            del self.of[node]
        del self.open[shape]


def led(shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Axes of length 1 behind the batch axis, so that core axes meet from the right."""
    return (shape[0], *[1] * (rank - len(shape)), *shape[1:])


def _value(node: Node, *arrays: Array) -> Array:
    assert isinstance(node.op, Pointwise)
    value: Array = node.op.value(FLOAT64, *arrays, *node.params)
    return value
