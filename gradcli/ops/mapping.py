"""A graph that depends on one whole number becomes the array of its values at 0, 1, …, n - 1.

Must not know where such a number comes from. What cannot be said of all of them at once is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import ascii_letters

from gradcli.calculus.core import EINSUM, einsum, full, identity, number
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node, Op, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim
from gradcli.ops.reductions import (
    LOG_SOFTMAX,
    LOGSUMEXP,
    MAX_OF,
    MIN_OF,
    PROD,
    SHARE,
    SOFTMAX,
)
from gradcli.ops.selection import ARANGE, ONEHOT, onehot
from gradcli.ops.shaping import (
    CONCAT,
    INDEX,
    RESHAPE,
    SCATTER,
    STACK,
    concat,
    index,
    reshape,
    scatter,
)


class NotMapped(Exception):
    """An op of which it is not said what it does to all values at once."""


def mapped(node: Node, number: Node, count: Dim) -> Node:
    """The values of a vertex where `number` is 0, 1, …, along a first axis; NotMapped if not known.

    Every value is the one that the vertex has at that number, with the same requirements.
    """
    return _Mapping(number, count).whole(node)


class _Mapping:
    def __init__(self, number: Node, count: Dim) -> None:
        self.number, self.count = number, count
        self.found: dict[Node, Node] = {}

    def whole(self, node: Node) -> Node:
        for each in topological([node]):
            if each is self.number:
                self.found[each] = make(ARANGE, params=(self.count,))
            elif any(arg in self.found for arg in each.args):
                self.found[each] = self._made(each)
        return self.every(node)

    def every(self, node: Node) -> Node:
        """The mapped vertex; what does not depend on the number is the same at each."""
        if node in self.found:
            return self.found[node]
        letters = ascii_letters[: len(node.shape)]
        return einsum((node, full(1, (self.count,))), (letters, "Z"), f"Z{letters}", {})

    def _made(self, node: Node) -> Node:
        if isinstance(node.op, Pointwise):
            return make(
                node.op, *(self._aligned(arg, node) for arg in node.args), params=node.params
            )
        if node.op is EINSUM:
            return self._product(node)
        if node.op is ONEHOT:
            return onehot(self.found[node.args[0]], node.params[0])
        rule = RULES.get(node.op)
        if rule is None:
            raise NotMapped
        return rule(self, node)

    def _aligned(self, arg: Node, node: Node) -> Node:
        """An argument whose own axes stand where broadcasting finds them."""
        if arg not in self.found:
            return arg
        ones = (1,) * (len(node.shape) - len(arg.shape))
        return reshape(self.found[arg], (self.count, *ones, *arg.shape))

    def _product(self, node: Node) -> Node:
        ins, out, new = node.params
        used = {*"".join(ins), *out}
        free = next(x for x in ascii_letters if x not in used)
        factors = [
            (self.found.get(arg, arg), free * (arg in self.found) + letters)
            for arg, letters in zip(node.args, ins, strict=True)
        ]
        # The sum with a unit vector is the entry that it picks.
        unit = identity((self.count,))
        picked = {names[1] for arg, names in factors if arg is unit and names[0] == free}
        kept = [(arg, names) for arg, names in factors if not (arg is unit and names[0] == free)]
        renamed = str.maketrans(dict.fromkeys(picked, free))
        args = [arg for arg, _ in kept] or [number(1)]
        names = [each.translate(renamed) for _, each in kept] or [""]
        dims = {x: dim for x, dim in new if x not in picked}
        if free not in "".join(names):
            dims[free] = self.count
        result = (free + out).translate(renamed)
        return args[0] if names == [result] and not dims else einsum(args, names, result, dims)


def _indexed(each: _Mapping, node: Node) -> Node:
    return index(each.found[node.args[0]], ((0, each.count), *node.params[0]))


def _scattered(each: _Mapping, node: Node) -> Node:
    shape, key = node.params
    return scatter(each.found[node.args[0]], (each.count, *shape), ((0, each.count), *key))


def _reshaped(each: _Mapping, node: Node) -> Node:
    return reshape(each.found[node.args[0]], (each.count, *node.shape))


def _joined(each: _Mapping, node: Node) -> Node:
    return concat(*map(each.every, node.args), axis=node.params[0] + 1)


def _stacked(each: _Mapping, node: Node) -> Node:
    parts = [reshape(p, (each.count, 1, *p.shape[1:])) for p in map(each.every, node.args)]
    return concat(*parts, axis=1)


def _normalised(each: _Mapping, node: Node) -> Node:
    return make(node.op, each.found[node.args[0]], params=(node.params[0] + 1,))


def _of_the_last(each: _Mapping, node: Node) -> Node:
    return make(node.op, *map(each.every, node.args), params=node.params)


RULES: Mapping[Op, Callable[[_Mapping, Node], Node]] = {
    INDEX: _indexed,
    SCATTER: _scattered,
    RESHAPE: _reshaped,
    CONCAT: _joined,
    STACK: _stacked,
    **dict.fromkeys((SOFTMAX, LOG_SOFTMAX), _normalised),
    **dict.fromkeys((LOGSUMEXP, MAX_OF, MIN_OF, PROD, SHARE), _of_the_last),
}
"""What may stand in the way of one more axis, and where that goes."""
