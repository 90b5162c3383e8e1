"""The path that gave one entry its gradient: from entry to entry, the one with the largest product.

Must not know how entries are named or shown. Products along entries are numbers, so the largest is
found vertex by vertex, as in R. Bellman (1957).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import EINSUM, full, number
from gradcli.calculus.differentiate import pull_edge
from gradcli.graph.node import Node
from gradcli.graph.shape import sizes_of
from gradcli.motion.largest import Edge, matrix
from gradcli.ops.shaping import index, scatter

MOST = 1024
"""Entries of a vertex through which single ones are followed."""
Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EntryStep:
    """A step from an entry `came` of an argument to the entry `place` of a vertex."""

    edge: Edge
    place: Place
    came: Place

    @property
    def local(self) -> Node:
        """The local derivative as a graph: one number."""
        node, k = self.edge
        seed = scatter(number(1), node.shape, self.place) if self.place else number(1)
        part = pull_edge(node, k, seed)
        if part is None:
            return full(0, ())
        return index(part, self.came) if self.came else part

    @property
    def factors(self) -> list[tuple[Node, Place]] | None:
        """Of a product the entries of the other factors, of which the local derivative is made.

        None where it is no product, or a sum of several.
        """
        node, k = self.edge
        if node.op is not EINSUM:
            return None
        ins, out, _ = node.params
        at = dict(zip(out, self.place, strict=True)) | dict(zip(ins[k], self.came, strict=True))
        others = [i for i in range(len(ins)) if i != k]
        if not all(letter in at for i in others for letter in ins[i]):
            return None
        return [(node.args[i], tuple(at[letter] for letter in ins[i])) for i in others]


@dataclass(slots=True, eq=False)
class EntryPath:
    """The steps from an entry to the output, of `count` ways along which nothing is zero."""

    steps: list[EntryStep]
    count: int


def too_wide(edges: Sequence[Edge]) -> bool:
    """Whether a vertex has so many entries that single ones are not followed."""
    ends = (end for node, k in edges for end in (node, node.args[k]))
    return any(prod(sizes_of(node.shape)) > MOST for node in ends)


def entry_path(
    output: Node, target: Node, place: Place, edges: Sequence[Edge], values: Mapping[Node, Array]
) -> EntryPath | None:
    """The path from an entry of a target to a scalar output along these edges, the output's first.

    None where every way there has a factor of zero.
    """
    here = int(np.ravel_multi_index(place, sizes_of(target.shape))) if place else 0
    sizes = np.full(prod(sizes_of(target.shape)), -np.inf)
    counts = np.zeros(len(sizes), dtype=object)
    sizes[here], counts[here] = 0.0, 1
    best, ways = {target: sizes}, {target: counts}
    came: dict[tuple[Node, int], tuple[Edge, int]] = {}
    for edge in reversed(edges):
        node, arg = edge[0], edge[0].args[edge[1]]
        if arg not in best:
            continue
        local = matrix(edge, values)
        with np.errstate(divide="ignore"):
            reached = np.log(np.abs(local)) + best[arg]
        own = best.setdefault(node, np.full(len(local), -np.inf))
        ways[node] = ways.get(node, 0) + (local != 0).astype(object) @ ways[arg]
        for i, j in enumerate(np.argmax(reached, axis=1)):
            if reached[i, j] > own[i]:
                own[i], came[node, i] = reached[i, j], (edge, int(j))
    steps, node, i = [], output, 0
    while node is not target:
        if (node, i) not in came:
            return None
        edge, j = came[node, i]
        arg = node.args[edge[1]]
        steps.append(EntryStep(edge, _place(node, i), _place(arg, j)))
        node, i = arg, j
    return EntryPath([*reversed(steps)], int(ways[output][0]))


def _place(node: Node, k: int) -> Place:
    return tuple(int(i) for i in np.unravel_index(k, sizes_of(node.shape))) if node.shape else ()
