"""Indices as the unit vectors that they choose entries by: `x[k]` is the sum of x times one.

Must not know what is shown of them. An index that is used in no other way may as well be drawn as
its unit vector.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.calculus.core import (
    ADD,
    COPY,
    EINSUM,
    EQ,
    INPUT,
    NUMBER,
    SIZE,
    SUB,
    WHERE,
    einsum,
    rational,
    symbol,
)
from gradcli.calculus.families import Pointwise
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.claims import Pair
from gradcli.graph.node import Node, make
from gradcli.graph.shape import Dim, add_dims, multiply_dims
from gradcli.graph.space import Scalars, Space
from gradcli.ops.selection import ONEHOT


def with_units(pair: Pair, spaces: Mapping[Node, Space]) -> tuple[Pair, Mapping[Node, Space]]:
    """The pair over unit vectors in the place of those of single indices, and the sets of all.

    What holds for every unit vector and every number beside it holds for an index and its own.
    """
    done: dict[Node, Node] = {}
    drawn: dict[Node, Space] = dict(spaces)

    def unit(index: Node, count: Dim) -> Node:
        new = symbol(f"unit {index.params[0]}", (count,))
        drawn[new] = Space("onehot", new.shape)
        return new

    def change(node: Node, args: list[Node]) -> Node:
        if node.op is ONEHOT and _count(node.args[0], spaces) == node.params[0]:
            return unit(node.args[0], node.params[0])
        if node.op is WHERE and [*map(rational, node.args[1:])] == [1, 0]:
            told = node.args[0]
            counts = [_count(arg, spaces) for arg in told.args]
            if told.op is EQ and counts[0] is not None and counts[0] == counts[1]:
                # Two indices are the same where their unit vectors are.
                units = [unit(arg, counts[0]) for arg in told.args]
                return einsum(units, ("a", "a"), "", {})
        return _of_picked(node, args, drawn) or same(node, args)

    rebuilt(pair.order, change, done)
    if len(drawn) == len(spaces):
        return pair, spaces

    turned = pair.turned(done)
    return turned, {n: s for n, s in drawn.items() if n not in spaces or n in turned.order}


def is_unit(node: Node, spaces: Mapping[Node, Space]) -> bool:
    """Whether this is one unit vector, not a batch of them."""
    return node in spaces and spaces[node].kind == "onehot" and not spaces[node].lead


def _of_picked(node: Node, args: list[Node], spaces: Mapping[Node, Space]) -> Node | None:
    """A function of the entries that a unit vector picks as what it picks of the function."""
    op = node.op
    if not isinstance(op, Pointwise) or len(args) != 1 or args[0].op is not EINSUM:
        return None
    if op.domain(node) or op.switches(node) or len(args[0].args) != 2:
        return None
    ins, out, new = args[0].params
    (array, letters), (unit, picked) = sorted(
        zip(args[0].args, ins, strict=True), key=lambda each: is_unit(each[0], spaces)
    )
    if not is_unit(unit, spaces) or sorted(letters) != sorted(out + picked) or new:
        return None
    if len({*letters}) < len(letters):
        return None
    whole = make(op, array, params=node.params)
    return einsum((whole, unit), (letters, picked), out, {})


def _count(index: Node, spaces: Mapping[Node, Space]) -> Dim | None:
    """How many values a single index has that goes from 0 on; None for anything else."""
    if index.op is not INPUT or index.shape or index not in spaces:
        return None
    scalars: Scalars = spaces[index].scalars
    ends = (scalars.low, scalars.high)
    low, high = (None if end is None else _dim(end) for end in ends)
    if not scalars.whole or scalars.step != 1 or low != 0 or high is None:
        return None
    return add_dims(high, 1)


def _dim(node: Node) -> Dim | None:
    """A sum of whole numbers and sizes; None for anything else."""
    if node.op is SIZE:
        size: Dim = node.params[0]
        return size
    if node.op is NUMBER:
        return int(node.params[0]) if node.params[0].denominator == 1 else None
    if node.op not in (ADD, SUB, COPY):
        return None
    parts = [_dim(arg) for arg in node.args]
    if None in parts:
        return None
    first, *others = (part for part in parts if part is not None)
    for part in others:
        first = add_dims(first, part if node.op is ADD else multiply_dims(-1, part))
    return first
