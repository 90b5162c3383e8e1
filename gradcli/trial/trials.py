"""Batches of points at which claims are tried: drawn, given or sought, and every value found there.

Must not know what is claimed; values are kept, so that claims of one derivation share their work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import prod
from random import Random

from gradcli import work
from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.small_array import array_of, broadcast_to, concatenate
from gradcli.calculus.families import Linear
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters, sized
from gradcli.graph.space import Scalars, Space
from gradcli.trial.sampling import draw, drawn_singly
from gradcli.trial.scalar_range import letters_of

BITS = 256
Point = Mapping[Node, Array]
Sizes = Mapping[str, int]


class Trial:
    """Some points of one size: arrays (points, *shape) of exact numbers, and what follows."""

    def __init__(self, inputs: Point, count: int, sizes: Sizes, bits: int = BITS) -> None:
        self.inputs = dict(inputs)
        self.count = count
        self.sizes = dict(sizes)
        self.bits = bits
        self.values: dict[Node, Array] = dict(inputs)
        self.scales: dict[Node, Array] = {}
        self._sharper: dict[int, tuple[Sequence[int], Trial]] = {}

    def evaluate(self, nodes: Sequence[Node]) -> list[Array]:
        """Their values, each (points, *shape)."""
        with precision(self.bits):
            found = evaluate(nodes, BALL, self.values, self.sizes, keep=True)
        return [
            value
            if len(value) == self.count
            else broadcast_to(value, (self.count, *value.shape[1:]))
            for value in found
        ]

    def override(self, node: Node, value: Array) -> None:
        """Take a value as given for a vertex; what rests on it must not have been computed yet."""
        self.inputs[node] = self.values[node] = value

    def only(self, rows: Sequence[int], bits: int | None = None) -> Trial:
        """Some of the points, at the same or another precision."""
        kept = {
            node: value if len(value) == 1 < self.count else value[list(rows)]
            for node, value in self.inputs.items()
        }
        return Trial(kept, len(rows), self.sizes, bits or self.bits)

    def sharper(self, rows: Sequence[int], bits: int) -> Trial:
        """Some of the points at a higher precision: one trial while the same ones are asked for."""
        had, trial = self._sharper.get(bits, ((), self))
        if had != rows:
            trial = self.only(rows, bits)
            self._sharper[bits] = rows, trial
        return trial

    def row(self, k: int) -> dict[Node, Array]:
        """Every value known at one point, a batch of one."""
        return {node: _at(x, k) for node, x in self.values.items()}

    def value(self, node: Node, k: int) -> Array:
        """What is known of a vertex at one point, a batch of one."""
        return _at(self.values[node], k)

    def point(self, k: int) -> dict[Node, Array]:
        """The inputs at one point, a batch of one."""
        return {node: _at(x, k) for node, x in self.inputs.items()}


def _at(x: Array, k: int) -> Array:
    return x if len(x) == 1 else x[k : k + 1]


def finite_rows(value: Array) -> list[bool]:
    """Which points have a number in every entry."""
    return [all(map(finite, row)) for row in value.reshape(len(value), -1)]


def as_trial(points: Sequence[Point], sizes: Sizes, bits: int = BITS) -> Trial:
    """Single points as one batch; what is the same array in all of them stands once."""
    inputs = {}
    for node, first in points[0].items():
        alike = all(p[node] is first for p in points)
        inputs[node] = first if alike else concatenate([p[node] for p in points])
    return Trial(inputs, len(points), sizes, bits)


@lru_cache(maxsize=256)
def _batch(
    kind: str,
    shape: tuple[int, ...],
    scalars: Scalars,
    sizes: tuple[tuple[str, int], ...],
    name: str,
    numbers: tuple[int, ...],
) -> Array:
    """Points of one set; a name's points are the same wherever it is declared alike."""
    space, random = Space(kind, shape, scalars), Random(f"{name} {numbers[0]}")
    points = [draw(space, dict(sizes), number, random) for number in numbers]
    return array_of((x for point in points for x in point.flat), (len(numbers), *shape))


def drawn(
    spaces: Mapping[Node, Space], given: Point, sizes: Sizes, numbers: Sequence[int], seed: int
) -> Trial:
    """The points of these numbers of the sets; `given` inputs stay what they are."""
    inputs: dict[Node, Array] = {}
    work.current.spend(work.POINT * len(numbers), "points")
    for node, space in spaces.items():
        if node in given:
            inputs[node] = given[node]
            continue
        shape = tuple(sized(dim, sizes) for dim in space.shape)
        name = f"{seed} {node.params[0]} {shape}"
        # An axis without entries makes no other one shorter.
        entries = prod(max(size, 1) for size in shape)
        each = entries + (work.DRAWN - 1) * drawn_singly(entries)
        work.current.spend(len(numbers) * each, f"drawing {node.params[0]}")
        ends = tuple((x, sizes[x]) for x in letters_of(space.scalars))
        inputs[node] = _batch(space.kind, shape, space.scalars, ends, name, tuple(numbers))
    moving = any(node not in given for node in spaces)
    extra = {node: value for node, value in given.items() if node not in spaces}
    return Trial(inputs | extra, len(numbers) if moving else 1, sizes)


def exists(nodes: Iterable[Node], sizes: Sizes) -> bool:
    """Whether every index lies within its axis and every axis has entries at these sizes.

    What goes by no letter was looked at where the graph was built.
    """
    if not sizes:
        return True
    for node in topological(nodes):
        if any(isinstance(dim, Letters) and sized(dim, sizes) < 1 for dim in node.shape):
            return False
        if isinstance(node.op, Linear) and node.op.within:
            whole, key = node.op.within(node)
            if not within(key, [sized(dim, sizes) for dim in whole], sizes):
                return False
    return True


def within(key: Sequence[object], dims: list[int], sizes: Sizes) -> bool:
    """Whether an index or a slice lies within axes of these sizes."""
    for item in key:
        if item == "new":
            continue
        dim = dims.pop(0)
        if isinstance(item, tuple):
            start, stop = (sized(end, sizes) for end in item[:2])
            if not 0 <= start < stop <= dim:
                return False
        elif not 0 <= sized(item, sizes) < dim:  # type: ignore[arg-type]
            return False
    return True
