"""Proof at every size of sums of products: residues at a grid of sizes that is large enough.

Must not know laws of functions: what is not made of sums and products is taken as an array that may
be anything. See docs/verdicts.md for the theorem and its proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import log2, prod
from typing import Any

import numpy as np

from gradcli.arithmetic.evaluate import evaluate, operations
from gradcli.calculus.core import (
    ADD,
    COPY,
    DIV,
    INPUT,
    MUL,
    NEG,
    NUMBER,
    SIZE,
    SUB,
    WHERE,
    add,
    masked,
    number,
    symbol,
)
from gradcli.calculus.families import Einsum
from gradcli.claims import Pair
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters, Shape, letter
from gradcli.graph.space import Space
from gradcli.ops.powers import POWER_BY
from gradcli.proof.axes import CARRIED, NotSizeFree, flows
from gradcli.proof.domain import IMPLIES
from gradcli.proof.fields import REAL
from gradcli.proof.generic import generic_point
from gradcli.proof.modular import MODULAR
from gradcli.proof.residue_run import Run, running
from gradcli.proof.unfolded import rebuilt, same

GRID = "grid"
WORK, MOST_SIZES, MOST_POWER, CERTAIN = 300_000, 64, 16, 80
Count = Counter[Letters]
Need = tuple[Node, str]


@dataclass(slots=True)
class Size:
    """How large numerator and denominator of an entry are, letter by letter.

    `sums` are the most letters that a term sums over, `degree` bounds that in the sizes: sizes that
    are written, and letters that may be summed over without standing in the term. `anchored` axes
    stand in every term.
    """

    anchored: list[bool]
    sums: Count = field(default_factory=Counter)
    degree: Count = field(default_factory=Counter)
    below: Count = field(default_factory=Counter)
    degree_below: Count = field(default_factory=Counter)

    def __or__(self, other: Size) -> Size:
        """Of a sum: brought to one denominator."""
        return Size(
            [a and b for a, b in zip(self.anchored, other.anchored, strict=True)],
            (self.sums + other.below) | (other.sums + self.below),
            (self.degree + other.degree_below) | (other.degree + self.degree_below),
            self.below + other.below,
            self.degree_below + other.degree_below,
        )

    def __mul__(self, other: Size) -> Size:
        return Size(
            [a or b for a, b in zip(self.anchored, other.anchored, strict=True)],
            self.sums + other.sums,
            self.degree + other.degree,
            self.below + other.below,
            self.degree_below + other.degree_below,
        )

    def inverse(self) -> Size:
        """Of one over it: numerator and denominator exchanged."""
        return Size(self.anchored, self.below, self.degree_below, self.sums, self.degree)

    def on(self, anchored: list[bool]) -> Size:
        """The same with other axes."""
        return Size(anchored, self.sums, self.degree, self.below, self.degree_below)


def freed(nodes: Sequence[Node], spaces: Mapping[Node, Space]) -> dict[Node, Node]:
    """What sums and products are made of as it is, all else as inputs that may be anything."""
    done: dict[Node, Node] = {}

    def change(node: Node, args: list[Node]) -> Node:
        if node.op is INPUT and node in spaces and spaces[node].kind in ("symmetric", "spd"):
            return node
        if node.op is not INPUT and _polynomial(node):
            return same(node, args)
        return symbol(f"free {len(done)}", node.shape)

    rebuilt(nodes, change, done)
    return done


def _polynomial(node: Node) -> bool:
    op = node.op
    if op is DIV:
        return not node.args[1].shape
    if op is POWER_BY:
        exponent = node.params[0]
        whole = not isinstance(exponent, Letters) and exponent.denominator == 1
        return whole and 0 < exponent <= MOST_POWER
    if op in CARRIED:
        try:
            flows(node)
        except NotSizeFree:
            return False
        return True
    return op in (NUMBER, SIZE, ADD, SUB, NEG, COPY, MUL) or isinstance(op, Einsum)


def measured(nodes: Sequence[Node]) -> dict[Node, Size]:
    """The size of every vertex of a graph of sums and products."""
    found: dict[Node, Size] = {}
    for node in topological(nodes):
        args = [found[arg] for arg in node.args]
        found[node] = _measured(node, args)
    return found


def _measured(node: Node, args: list[Size]) -> Size:
    op = node.op
    if op is INPUT:
        return Size([True] * len(node.shape))
    if op is SIZE:
        return Size([], degree=_degree(node.params[0]))
    if isinstance(op, Einsum):
        return _summed(node, args)
    carried = [
        each.on(_placed(each.anchored, flow, node.shape, arg.shape))
        for each, flow, arg in zip(args, flows(node), node.args, strict=True)
    ]
    if op is POWER_BY:
        total = carried[0]
        for _ in range(int(node.params[0]) - 1):
            total = total * carried[0]
        return total
    if op is MUL:
        return carried[0] * carried[1]
    if op is DIV:
        return carried[0] * carried[1].inverse().on([False] * len(node.shape))
    if not carried:
        return Size([False] * len(node.shape))
    total = carried[0]
    for each in carried[1:]:
        total = total | each
    return total


def _placed(
    anchored: list[bool], flow: Sequence[int | None], shape: Shape, own: Shape
) -> list[bool]:
    """Anchors of an argument's axes as axes of the result; one that is stretched has none."""
    placed = [not isinstance(dim, Letters) for dim in shape]
    for axis, goes in enumerate(flow):
        if goes is not None and own[axis] == shape[goes]:
            placed[goes] = anchored[axis]
    return placed


def _summed(node: Node, args: list[Size]) -> Size:
    assert isinstance(node.op, Einsum)
    ins, out, _ = node.params
    dims = node.op.dims(node.args, node.params)
    held = {
        x
        for each, names in zip(args, ins, strict=True)
        for x, anchor in zip(names, each.anchored, strict=True)
        if anchor
    }
    total = Size([x in held and out.count(x) == 1 for x in out])
    for each in args:
        total = total * each.on([False] * len(out))
    for x in {x for names in ins for x in names}.difference(out):
        dim = dims[x]
        if isinstance(dim, Letters):
            total.sums[dim] += 1
            total.degree[dim] += x not in held
    return total


def _degree(dim: Letters) -> Count:
    """The degree of a size in each letter."""
    found: Count = Counter()
    for names, _ in dim.terms:
        found |= Counter(_sort(name) for name in names)
    return found


def _sort(name: str) -> Letters:
    dim = letter(name)
    assert isinstance(dim, Letters)
    return dim


def on_grid(
    pair: Pair, spaces: Mapping[Node, Space], seed: int
) -> tuple[int, dict[str, tuple[int, int]]] | None:
    """Bits, and the sizes of each letter that were enough for all; None where nothing is shown.

    Every dimension that is no number counts as a letter of its own.
    """
    done = freed(pair.sides, spaces)
    sides = [done[side] for side in pair.sides]
    order = topological(sides)
    left, right = (measured([side])[side].on([]) for side in sides)
    whole = left | right
    axes = Counter(
        d for d in max(sides, key=lambda s: len(s.shape)).shape if isinstance(d, Letters)
    )
    sorts = _sorts(order)
    least = {x: max(1, axes[x] + whole.sums[x]) for x in sorts}
    if prod(whole.degree[x] + 1 for x in sorts) > MOST_SIZES:
        return None
    work, bits = 0, []
    for sizes in product(*(range(least[x], least[x] + whole.degree[x] + 1) for x in sorts)):
        table = dict(zip(sorts, sizes, strict=True))
        at: dict[Node, Node] = {}
        drawn: dict[Node, Space] = {}
        rebuilt(sides, _at(table, spaces, drawn), at)
        here = [at[side] for side in sides]
        work += operations(here)
        if work > WORK:
            return None
        found = _equal(here, drawn, seed)
        if found is None or found < CERTAIN:
            return None
        bits.append(found)
    top = {str(x): (least[x], least[x] + whole.degree[x]) for x in sorts}
    return min(bits), top


def _sorts(order: Sequence[Node]) -> list[Letters]:
    found: dict[Letters, None] = {}
    for node in order:
        if node.op is SIZE:
            found |= dict.fromkeys(_degree(node.params[0]))
        found |= dict.fromkeys(dim for dim in node.shape if isinstance(dim, Letters))
        if isinstance(node.op, Einsum):
            dims = node.op.dims(node.args, node.params).values()
            found |= dict.fromkeys(dim for dim in dims if isinstance(dim, Letters))
    return sorted(found, key=str)


def _at(
    table: Mapping[Letters, int], spaces: Mapping[Node, Space], drawn: dict[Node, Space]
) -> Callable[[Node, list[Node]], Node]:
    def plain(item: Any) -> Any:
        if isinstance(item, Letters):
            return table[item]
        return tuple(map(plain, item)) if isinstance(item, tuple) else item

    def change(node: Node, args: list[Node]) -> Node:
        if node.op is SIZE:
            total: Node = number(0)
            for names, factor in node.params[0].terms:
                term = number(factor * prod(table[_sort(name)] for name in names))
                total = add(total, term)
            return total
        new = make(node.op, *args, params=plain(node.params))
        if node.op is INPUT:
            kind = "symmetric" if node in spaces else "power"
            drawn[new] = Space(kind, new.shape)
        return new

    return change


def _equal(sides: Sequence[Node], spaces: Mapping[Node, Space], seed: int) -> int | None:
    """How certain it is that two sides of numbers are equal; None where they are not."""
    run = Run(REAL, 1, seed)
    with running(run):
        values = generic_point(spaces, {}, {}, run, (), {})
        assert values is not None
        left, right = evaluate(sides, MODULAR, values, {}, keep=True)
        pairs = [*zip(*(a.flat for a in np.broadcast_arrays(left, right)), strict=True)]
    if not all(x.at and y.at and x.at[0] == y.at[0] for x, y in pairs):
        return None
    degree = max((x.degree + y.degree for x, y in pairs), default=1)
    return int(log2(run.fields[-1].prime) - log2(max(degree, 1)))


def same_needs(pair: Pair, sure: set[Node]) -> bool:
    """Whether what a side requires is required by the other one, or by what is differentiated."""
    left, right = ({*_required(pair, [side])} for side in pair.sides)
    given = {*_assured(pair, pair.of)}
    return all(
        _given(need, given | {*_assured(pair, [other])}) or need[0] in sure
        for needs, other in ((left, pair.right), (right, pair.left))
        for need in needs
    )


def _given(need: Need, facts: set[Need]) -> bool:
    expr, relation = need
    return any((expr, what) in facts for what, weaker in IMPLIES.items() if relation in weaker)


def _required(pair: Pair, nodes: Sequence[Node]) -> Iterator[Need]:
    for node in topological(nodes):
        for need in pair.requirements.get(node, ()):
            yield need.expr, need.relation


def _assured(pair: Pair, nodes: Sequence[Node]) -> Iterator[Need]:
    """What holds wherever these have a value, whichever branch is taken."""

    def follow(node: Node) -> Sequence[Node]:
        if node.op is WHERE:
            return node.args[:1]
        if isinstance(node.op, Einsum) and any(map(masked, node.args)):
            return [arg for arg in node.args if masked(arg)]
        return node.args

    for node in topological(nodes, follow):
        for need in pair.requirements.get(node, ()):
            yield need.expr, need.relation
