"""A formula into which others are put, built so that what has been put in can still be seen.

Must not know what a formula is for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from gradcli.calculus.core import ADD, DIV, MUL, NEG, NUMBER, SUB, add, div, is_zero, mul, neg
from gradcli.graph.node import Node, Op, make
from gradcli.graph.order import topological
from gradcli.notation.text import flat as flattened
from gradcli.notation.text import formula


def written(node: Node, names: Mapping[Node, str], flat: bool = True) -> str:
    """The formula of a vertex, or its name."""
    return names.get(node) or (flattened if flat else formula)(node, names)


def replaced(node: Node, values: Mapping[Node, Node]) -> Node:
    """A graph with other vertices in the place of some, simplified only as it is built."""
    made: dict[Node, Node] = dict(values)
    for vertex in topological([node], lambda n: () if n in values else n.args):
        if vertex in made:
            continue
        args = tuple(made[arg] for arg in vertex.args)
        if args == vertex.args:
            made[vertex] = vertex
        elif vertex.op in OPENLY:
            made[vertex] = OPENLY[vertex.op](*args)
        else:
            made[vertex] = make(vertex.op, *args, params=vertex.params)
    return made[node]


def times(a: Node, b: Node) -> Node:
    """A product with its sign and what it is divided by outside."""
    first, second = _peeled(a), _peeled(b)
    made = mul(first.core, second.core)
    for other in reversed([*first.below, *second.below]):
        made = div(made, other)
    return neg(made) if first.negative != second.negative else made


class _Peeled(NamedTuple):
    """A vertex without its sign and what it is divided by."""

    core: Node
    negative: bool
    below: list[Node]


def _peeled(node: Node) -> _Peeled:
    negative, below = False, []
    while node.op in (NEG, DIV) and node.label is None:
        if node.op is NEG:
            negative = not negative
        else:
            below.append(node.args[1])
        node = node.args[0]
    return _Peeled(node, negative, below)


def plus(a: Node, b: Node) -> Node:
    """A sum whose terms stay apart."""
    if b.op is NEG and b.label is None:
        return make(SUB, a, b.args[0])
    return add(a, b) if is_zero(a) or is_zero(b) else make(ADD, a, b)


OPENLY: dict[Op, Callable[..., Node]] = {
    MUL: times,
    ADD: plus,
    SUB: lambda a, b: plus(a, neg(b)),
    DIV: div,
    NEG: neg,
}
"""How a formula is built into which something has been put: no terms or factors are merged."""


def in_front(node: Node, factor: Node) -> Node:
    """A product entry by entry with one of its factors in front of all but a number."""
    peeled = _peeled(node)
    above = [peeled.core]
    while above[0].op is MUL and above[0].label is None:
        above[:1] = above[0].args
    if factor not in above[1:] or above[0].op is NUMBER:
        return node
    above.remove(factor)
    made = factor
    for other in above:
        made = mul(made, other)
    for other in reversed(peeled.below):
        made = div(made, other)
    return neg(made) if peeled.negative else made


def tokens(text: str) -> Counter[str]:
    """The words and signs of a formula but for brackets, plus and minus: what moving keeps."""
    return Counter(re.findall(r"[\w.]+|[^\w\s()+-]", text))
