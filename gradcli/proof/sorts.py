"""Axes of one letter that nothing holds together get letters of their own, so that each is shown.

Must not know what is shown of them. What holds whatever the sizes of these axes are holds where
they are the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gradcli.calculus.core import EINSUM, INPUT, symbol
from gradcli.calculus.families import Einsum, Pointwise
from gradcli.calculus.rebuild import rebuilt
from gradcli.claims import Pair
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Letters, letter
from gradcli.graph.space import REALS, SYMMETRIC, Space
from gradcli.ops.shaping import CONCAT, RESHAPE, STACK
from gradcli.proof.axes import NotSizeFree, flows, letters_in

CARRYING = (RESHAPE, CONCAT, STACK)


class Sorts:
    """The axes of a graph by what holds them together; `origin` tells what a new letter was."""

    def __init__(self, pair: Pair, spaces: Mapping[Node, Space]) -> None:
        self.spaces: dict[Node, Space] = dict(spaces)
        self.parents: dict[object, object] = {}
        self.letters: dict[object, Dim] = {}
        self.origin: dict[str, str] = {}
        for node in pair.whole:
            self._join(node)
        # What is held against each other is one array.
        for axis in range(-min(len(side.shape) for side in pair.sides), 0):
            left, right = ((side, len(side.shape) + axis) for side in pair.sides)
            self._same(left, right)
        self._name(pair.whole)

    def _name(self, order: Sequence[Node]) -> None:
        """New letters where the axes of one come apart; none where its size is told elsewhere."""
        held = set().union(*map(self._held, order))
        found: defaultdict[str, dict[object, None]] = defaultdict(dict)
        for node in order:
            for axis, dim in enumerate(node.shape):
                if isinstance(dim, Letters) and held.isdisjoint(letters_in(dim)):
                    found[str(dim)][self._root((node, axis))] = None
        for old, roots in found.items():
            for k, root in enumerate(roots if len(roots) > 1 else ()):
                new = f"{old} {k}"
                self.letters[root], self.origin[new] = letter(new), old

    def _held(self, node: Node) -> set[str]:
        """The letters of which a vertex says more than that they are the sizes of its axes."""
        found = {x for dim in node.shape for x in letters_in(dim) if str(dim) != x}
        if node.op is INPUT:
            scalars = self.spaces[node].scalars if node in self.spaces else REALS
            ends = [end for end in (scalars.low, scalars.high) if end is not None]
            return found | letters_in(tuple(n.params for n in topological(ends)))
        return found if node.op in (EINSUM, RESHAPE) else found | letters_in(node.params)

    def _root(self, item: object) -> object:
        while (parent := self.parents.get(item, item)) != item:
            item = parent
        return item

    def _same(self, one: object, other: object) -> None:
        one, other = self._root(one), self._root(other)
        if one != other:
            self.parents[one] = other

    def _join(self, node: Node) -> None:
        """Put together what the vertex puts together; all axes of a letter if that is not known."""
        for one, other in self._pairs(node):
            self._same(one, other)

    def _pairs(self, node: Node) -> Iterator[tuple[object, object]]:
        if isinstance(node.op, Einsum):
            ins, out, _ = node.params
            for each, names in ((node, out), *zip(node.args, ins, strict=True)):
                yield from (((each, axis), (node, x)) for axis, x in enumerate(names))
        elif node.op is INPUT:
            if node not in self.spaces or self.spaces[node].kind in SYMMETRIC:
                yield from self._every(node)
        elif isinstance(node.op, Pointwise) or node.op in CARRYING:
            try:
                ways = flows(node)
            except NotSizeFree:
                yield from self._every(node)
                return
            for arg, flow in zip(node.args, ways, strict=True):
                for axis, goes in enumerate(flow):
                    if goes is not None and arg.shape[axis] == node.shape[goes]:
                        yield (arg, axis), (node, goes)
        else:
            yield from self._every(node)

    @staticmethod
    def _every(node: Node) -> Iterator[tuple[object, object]]:
        for each in (node, *node.args):
            yield from (((each, axis), (node, str(dim))) for axis, dim in enumerate(each.shape))

    def __call__(self, node: Node, args: list[Node]) -> Node:
        shape = tuple(
            self.letters.get(self._root((node, axis)), dim) for axis, dim in enumerate(node.shape)
        )
        if node.op is INPUT:
            if shape == node.shape:
                return node
            new = symbol(node.params[0], shape)
            self.spaces[new] = replace(self.spaces[node], shape=shape)
            return new
        params = node.params
        if node.op is RESHAPE:
            params = (shape,)
        elif node.op is EINSUM:
            ins, out, fresh = params
            params = ins, out, tuple((x, shape[out.index(x)]) for x, _ in fresh)
        return make(node.op, *args, params=params)


def in_sorts(pair: Pair, spaces: Mapping[Node, Space]) -> tuple[Pair, Sorts] | None:
    """The pair with more letters; None where nothing comes apart."""
    sorts = Sorts(pair, spaces)
    if not sorts.letters:
        return None
    done: dict[Node, Node] = {}
    rebuilt(pair.whole, sorts, done)
    back: dict[Node, Node] = {new: old for old, new in done.items()}
    if any(_joined(new, sorts, back) is not old for old, new in done.items() if not old.label):
        raise NotSizeFree
    return pair.turned(done), sorts


def _joined(node: Node, sorts: Sorts, back: Mapping[Node, Node]) -> Node:
    """The vertex with the letters that there were before."""

    def old(item: Any) -> Any:
        if isinstance(item, Letters):
            name = sorts.origin.get(str(item))
            return item if name is None else letter(name)
        return tuple(map(old, item)) if isinstance(item, tuple) else item

    return make(node.op, *(back[arg] for arg in node.args), params=old(node.params))
