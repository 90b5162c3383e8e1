"""The paths from an input to the output: how many there are, the largest, and what all add up to.

Must not know how paths are written or shown; none is listed that was not asked for, since there
can be 2^n of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import EINSUM, full, number
from gradcli.calculus.differentiate import pull_edge, skips, sweep
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import sizes_of
from gradcli.motion.largest import Edge, largest


@dataclass(slots=True, eq=False)
class Multiplications:
    """How many numbers are multiplied: by forward mode, by reverse mode, and path by path."""

    forward: int
    reverse: int
    by_path: int


@dataclass(slots=True, eq=False)
class ListedPath:
    """A path as its edges, the input's first; `term` is the graph of its product."""

    edges: list[Edge]
    term: Node


@dataclass(slots=True, eq=False)
class Use:
    """One use of an input: the vertex that uses it, and what all paths through that edge add up to.

    `count` paths of `shortest` to `longest` edges; `term` is the graph of their sum.
    """

    user: Node
    index: int
    count: int
    shortest: int
    longest: int
    term: Node


@dataclass(slots=True, eq=False)
class Ways:
    """All paths from one input: their number, the listed ones, the uses, and the sum as a graph.

    `sure` says that none that is not listed is larger.
    """

    count: int
    shortest: int
    longest: int
    multiplications: Multiplications
    listed: list[ListedPath]
    uses: list[Use]
    total: Node
    sure: bool = True


class Paths:
    """The paths of a scalar output at a point of doubles, counted by sums over vertices."""

    def __init__(self, output: Node, values: Mapping[Node, Array]) -> None:
        self.output = output
        self.order = topological([output])
        self.values = dict(values)
        evaluate([output], FLOAT64, self.values, keep=True)

    def ways(self, target: Node, most: int) -> Ways:
        """The paths from one input or vertex, the `most` largest of them listed."""
        active = dependents(self.order, {target})
        edges = self.edges(target)
        ahead = self._counted(edges)
        back = _back(target, edges)
        count = ahead.get(target, (0, 0, 0))[0]
        adjoints: dict[Node, Node] = {self.output: number(1)}
        uses = []
        for node, index, part in sweep(adjoints, self._above(target), active):
            if node.args[index] is target and node in ahead:
                paths, shortest, longest = ahead[node]
                term = full(0, target.shape) if part is None else part
                uses.append(Use(node, index, paths, shortest + 1, longest + 1, term))
        total = adjoints.get(target, full(0, target.shape))
        found = largest(self.output, target, edges, self.values, most if count > most else count)
        ways = found.paths if count > most else self._in_order(found.paths)
        cost = self._cost(target, edges, ahead, back)
        _, shortest, longest = ahead.get(target, (0, 0, 0))
        listed = [ListedPath([*reversed(path)], _term(path)) for path in ways]
        return Ways(count, shortest, longest, cost, listed, uses, total, found.sure)

    def edges(self, target: Node) -> list[Edge]:
        """The edges from the output to a target that some path takes, the output's first."""
        active = dependents(self.order, {target})
        return [
            (node, index)
            for node in reversed(self._above(target))
            if node in active and node is not target
            for index, arg in enumerate(node.args)
            if arg in active and not skips(node, index)
        ]

    def count(self, target: Node) -> int:
        """How many paths lead from the output to the target."""
        return self._counted(self.edges(target)).get(target, (0, 0, 0))[0]

    def within(self, node: Node) -> str:
        """The name of the next vertex that has one on the way to the output, "" for its own."""
        if node.name:
            return ""
        users: dict[Node, Node] = {}
        for user in reversed(self.order):
            users |= dict.fromkeys(user.args, user)
        while not node.name and node in users:
            node = users[node]
        return node.name or ""

    def reverse(self, targets: Sequence[Node]) -> int:
        """The multiplications of one backward sweep for all targets."""
        active = dependents(self.order, {*targets})
        return sum(
            _products(node, index)
            for node in self.order
            if node in active and node is not self.output
            for index, arg in enumerate(node.args)
            if arg in active and not skips(node, index)
        )

    def _in_order(self, paths: Sequence[tuple[Edge, ...]]) -> list[tuple[Edge, ...]]:
        """All paths: short ones first, then by their vertices."""
        place = {node: k for k, node in enumerate(self.order)}
        return sorted(
            paths, key=lambda path: (len(path), [(place[n], k) for n, k in reversed(path)])
        )

    def _above(self, target: Node) -> list[Node]:
        """The vertices that do not stand below the target: there a path begins."""
        return topological([self.output], lambda node: () if node is target else node.args)

    def _counted(self, edges: Sequence[Edge]) -> dict[Node, tuple[int, int, int]]:
        """Paths from the output to every vertex: how many, the shortest and the longest."""
        found = {self.output: (1, 0, 0)}
        for node, index in edges:
            if node in found:
                many, short, long = found[node]
                before = found.get(node.args[index], (0, short + 1, 0))
                found[node.args[index]] = (
                    before[0] + many,
                    min(before[1], short + 1),
                    max(before[2], long + 1),
                )
        return found

    def _cost(
        self,
        target: Node,
        edges: Sequence[Edge],
        ahead: Mapping[Node, tuple[int, int, int]],
        back: Mapping[Node, int],
    ) -> Multiplications:
        """What each way multiplies; nothing is multiplied by the 1 that a sweep begins with."""
        width = prod(sizes_of(target.shape))
        forward = reverse = by_path = 0
        for node, index in edges:
            paid = _products(node, index)
            arg = node.args[index]
            through = ahead.get(node, (0,))[0] * back.get(arg, 0)
            forward += 0 if arg is target else paid * width
            reverse += 0 if node is self.output else paid
            by_path += 0 if node is self.output else paid * through
        return Multiplications(forward, reverse, by_path)


def _back(target: Node, edges: Sequence[Edge]) -> dict[Node, int]:
    """How many paths lead from the target to every vertex."""
    found = {target: 1}
    for node, index in reversed(edges):
        found[node] = found.get(node, 0) + found.get(node.args[index], 0)
    return found


def _term(path: Sequence[Edge]) -> Node:
    """The product along a path, the output's edge first."""
    seed: Node | None = number(1)
    for node, index in path:
        seed = None if seed is None else pull_edge(node, index, seed)
    node, index = path[-1]
    return full(0, node.args[index].shape) if seed is None else seed


def _products(node: Node, index: int) -> int:
    """Multiplications of one pass along an edge."""
    if node.op is EINSUM:
        return prod(sizes_of(tuple(node.op.dims(node.args, node.params).values())))
    if isinstance(node.op, Pointwise) and not node.shape:
        return 1
    return max(prod(sizes_of(node.shape)), prod(sizes_of(node.args[index].shape)))
