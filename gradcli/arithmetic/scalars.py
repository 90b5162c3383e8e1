"""Graphs of scalars run number by number, without arrays: what most claims are made of.

Must not know any particular op or number system; it gives what the evaluator gives, in less time.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, Sequence

from flint import arb

from gradcli import work
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.objects import Objects
from gradcli.arithmetic.small_array import array_of
from gradcli.calculus.core import ADD, CONSTANT, MUL, NEG, NUMBER, SUB
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node, Op
from gradcli.graph.shape import Letters

# Most of a graph, and a call less for each number.
DIRECT: dict[Op, Callable[..., object]] = {
    ADD: operator.add,
    SUB: operator.sub,
    MUL: operator.mul,
    NEG: operator.neg,
}


def are_scalars(order: Sequence[Node], values: Mapping[Node, Array]) -> bool:
    """Whether every vertex that is to be computed is a number or an elementwise op on scalars.

    An exponent that is a dimension letter waits for its size.
    """
    return all(
        node in values
        or (
            not node.shape
            and (isinstance(node.op, Pointwise) or node.op in (NUMBER, CONSTANT))
            and not (node.params and isinstance(node.params[0], Letters))
        )
        for node in order
    )


def run(
    order: Sequence[Node],
    m: Objects,
    values: MutableMapping[Node, Array],
    wanted: Collection[Node] | None = None,
) -> None:
    """Add the value of every vertex of a topological order, an array with the batch axis only.

    Where only some are `wanted`, numbers are kept as long as a vertex needs them.
    """
    lists: dict[Node, list[object]] = {}
    last: dict[Node, int] = {}
    if wanted is not None:
        last = {arg: position for position, node in enumerate(order) for arg in node.args}
    for position, node in enumerate(order):
        if node in values:
            lists[node] = values[node].tolist()
            continue
        lists[node] = found = computed(node, m, [lists[arg] for arg in node.args])
        if wanted is None or node in wanted:
            values[node] = array_of(found, (len(found),))
        if last:
            for arg in node.args:
                if last[arg] == position:
                    lists.pop(arg, None)


def computed(node: Node, m: Objects, args: Sequence[list[object]]) -> list[object]:
    """The values of one vertex at every point of a batch, from those of its arguments."""
    if not args:
        leaf = m.number if node.op is NUMBER else m.constant
        return [*leaf(node.params[0]).flat]
    count = max(map(len, args))
    work.current.spend(count, "exact numbers")
    full = [arg if len(arg) == count else arg * count for arg in args]
    if direct := DIRECT.get(node.op):
        found: Iterable[object] = map(direct, *full)
    else:
        assert isinstance(node.op, Pointwise)
        rule, functions, params = node.op.value, m.scalars, node.params
        found = (rule(functions, *xs, *params) for xs in zip(*full, strict=True))
    tame = m.tame
    return [x if x.__class__ is arb else tame(x) for x in found]
