"""The largest paths of a graph at a point of doubles: those whose products have the largest norms.

Must not know how many paths there are, nor how they are written. Among numbers a larger product
stays larger whatever it is multiplied by. Among arrays it may not, so some paths are followed
first, and then all that could still become as large as those: branch and bound, A. H. Land and
A. G. Doig (1960).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, prod
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import symbol
from gradcli.calculus.differentiate import pull_edge
from gradcli.graph.node import Node
from gradcli.graph.shape import sizes_of

BEAM = 64
"""Paths that are followed at first from a vertex of arrays."""
MOST = 4096
"""Paths that are followed from a vertex to be sure of the largest."""
WIDE = 256
"""Entries of an array whose local derivatives are measured as matrices."""
ROUNDED = 1 + 2.0**-30
"""By how much more a norm of doubles is taken for, lest rounding drop a path."""
Edge = tuple[Node, int]
Partial = tuple[Array, tuple[Edge, ...]]
Kept = Callable[[Node, list[Partial]], list[Partial]]


@dataclass(slots=True, eq=False)
class LargestPaths:
    """Paths as their edges, the output's first; `sure` says that no other is larger."""

    paths: list[tuple[Edge, ...]]
    sure: bool


def largest(
    output: Node, target: Node, edges: Sequence[Edge], values: Mapping[Node, Array], most: int
) -> LargestPaths:
    """The `most` largest paths from an output to a target, of these edges, the output's first."""
    if not most:
        return LargestPaths([], True)
    search = _Search(output, target, edges, values)
    arrays = bool(target.shape) or any(node.shape for node, _ in edges)
    width = max(most, BEAM) if arrays else most
    cut: list[Node] = []

    def largest_first(node: Node, arrived: list[Partial]) -> list[Partial]:
        cut.extend([node] * (len(arrived) > width))
        return _first(arrived, width)

    found = _first(search.swept(largest_first), most)
    if not (arrays and cut):
        return LargestPaths([path for _, path in found], True)
    least = _size(found[-1][0]) if len(found) == most else 0.0
    growth = search.growth()

    def large_enough(node: Node, arrived: list[Partial]) -> list[Partial]:
        able = [each for each in arrived if _size(each[0]) * growth[node] * ROUNDED >= least]
        if len(able) > MOST:
            raise _OpenRace
        return able

    try:
        every = search.swept(large_enough)
    except _OpenRace:
        return LargestPaths([path for _, path in found], False)
    return LargestPaths([path for _, path in _first(every, most)], True)


class _OpenRace(Exception):
    """More paths might be among the largest than are followed."""


class _Search:
    """Paths followed from an output back to a target, many at a time."""

    def __init__(
        self, output: Node, target: Node, edges: Sequence[Edge], values: Mapping[Node, Array]
    ) -> None:
        self.output, self.target, self.values = output, target, values
        self.by_node: dict[Node, list[Edge]] = {}
        for edge in edges:
            self.by_node.setdefault(edge[0], []).append(edge)

    def swept(self, kept: Kept) -> list[Partial]:
        """What arrives at the target; `kept` says which of those at a vertex are followed."""
        found: dict[Node, list[Partial]] = {
            self.output: [(np.ones(sizes_of(self.output.shape)), ())]
        }
        for node, own in self.by_node.items():
            arrived = kept(node, found.pop(node, []))
            if not arrived:
                continue
            seeds = np.stack([x for x, _ in arrived])
            for edge in own:
                parts = pulled(edge, seeds, self.values)
                after = found.setdefault(edge[0].args[edge[1]], [])
                after += [(x, (*path, edge)) for x, (_, path) in zip(parts, arrived, strict=True)]
        return found.get(self.target, [])

    def growth(self) -> dict[Node, float]:
        """By what a norm grows at most on any way from a vertex to the target."""
        found = {self.target: 1.0}
        for node, own in reversed(self.by_node.items()):
            ways = [self._norm(e) * found[e[0].args[e[1]]] for e in own if e[0].args[e[1]] in found]
            if ways:
                found[node] = max(ways)
        return found

    def _norm(self, edge: Edge) -> float:
        """The largest factor by which an edge stretches a gradient: its spectral norm."""
        if prod(sizes_of(edge[0].shape)) > WIDE:
            return inf
        whole = matrix(edge, self.values)
        return float(np.linalg.norm(whole, 2)) if np.all(np.isfinite(whole)) else inf


def pulled(edge: Edge, seeds: Array, values: Mapping[Node, Array]) -> Array:
    """A batch of cotangents of a vertex as they arrive at one of its arguments."""
    node, index = edge
    shape = (len(seeds), *sizes_of(node.args[index].shape))
    seed = symbol("(seed)", node.shape)
    part = pull_edge(node, index, seed)
    if part is None:
        return np.zeros(shape)
    return np.broadcast_to(evaluate([part], FLOAT64, {**values, seed: seeds})[0], shape)


def matrix(edge: Edge, values: Mapping[Node, Array]) -> Array:
    """The local derivative along an edge: rows for the vertex, columns for its argument."""
    shape = sizes_of(edge[0].shape)
    count = prod(shape)
    return pulled(edge, np.eye(count).reshape(count, *shape), values).reshape(count, -1)


def _first(pairs: list[Partial], most: int) -> list[Partial]:
    return sorted(pairs, key=lambda pair: -_size(pair[0]))[:most]


def _size(x: Any) -> float:
    norm = float(np.sqrt(np.sum(np.square(x))))
    return norm if isfinite(norm) else np.inf
