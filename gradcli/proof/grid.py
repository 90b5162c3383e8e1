"""Proof at every size of sums of products: residues at a grid of sizes that is large enough.

Must not know laws of functions: what is not made of sums and products is taken as an array that may
be anything. See docs/verdicts.md for the theorem and its proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import log2, prod
from typing import Any

from gradcli.arithmetic.evaluate import evaluate, operations
from gradcli.arithmetic.small_array import broadcast_arrays
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
    add,
    number,
    symbol,
)
from gradcli.calculus.families import Einsum, Pointwise
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.claims import Pair
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Letters, Shape, letter
from gradcli.graph.space import Space
from gradcli.ops.abstract import symmetrised
from gradcli.ops.powers import POWER_BY
from gradcli.ops.shaping import stack
from gradcli.proof.axes import CARRIED, NotSizeFree, flows
from gradcli.proof.fields import REAL, Field
from gradcli.proof.generic import generic_point
from gradcli.proof.masks import in_order, is_mask
from gradcli.proof.modular import MODULAR
from gradcli.proof.needs import MOVING, only_moved
from gradcli.proof.residue import Residue
from gradcli.proof.residue_run import Run, running
from gradcli.proof.units import is_unit

GRID = "grid"
WORK, MOST_SIZES, MOST_POWER, CERTAIN = 300_000, 64, 16, 80
MOST_UNITS, MOST_ROOTS = 2, 3
Count = Counter[Letters]


@dataclass(slots=True, eq=False, repr=False)
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

    def root(self) -> Size:
        """Of its square root, that of numerator times denominator over the denominator.

        A power of it is counted as if it were the square: what is left of an odd one fits in too.
        """
        degree = self.degree + self.degree_below
        return Size([], self.sums + self.below, degree, self.below, self.degree_below)

    def on(self, anchored: list[bool]) -> Size:
        """The same with other axes."""
        return Size(anchored, self.sums, self.degree, self.below, self.degree_below)


def freed(
    nodes: Sequence[Node],
    spaces: Mapping[Node, Space],
    units: Collection[Node],
    roots: dict[Node, Node],
) -> dict[Node, Node]:
    """What sums and products are made of as it is, all else as inputs that may be anything.

    So are `roots` of numbers, but of these the squares are known, which are added.
    """
    done: dict[Node, Node] = {}
    inverse: dict[Node, Node] = {}

    def fresh(shape: Shape) -> Node:
        return symbol(f"free {len(done)} {len(inverse)}", shape)

    def over(node: Node) -> Node:
        """One over an array: of one that is only moved, that of the one it is made of, moved."""
        if node not in inverse:
            arg = node.args[0] if node.op in MOVING and len(node.args) == 1 else None
            moved = arg is not None and arg.shape and only_moved(node)
            inverse[node] = same(node, [over(arg)]) if moved and arg else fresh(node.shape)
        return inverse[node]

    def change(node: Node, args: list[Node]) -> Node:
        if node.op is INPUT:
            kind = spaces[node].kind if node in spaces else ""
            return node if kind in ("symmetric", "spd") or node in units else fresh(node.shape)
        if (halves := _halves(node)) and (root := _root_of(args[0], roots)) is not None:
            power = root if abs(halves) == 1 else make(POWER_BY, root, params=(abs(halves),))
            return power if halves > 0 else make(DIV, number(1), power)
        if (ordered := in_order(node, args)) is not None:
            return ordered
        if node.op is DIV and node.args[1].shape:
            return make(MUL, args[0], over(node.args[1]))
        if node.op is POWER_BY and node.args[0].shape and _whole(node.params[0], -1):
            return make(POWER_BY, over(node.args[0]), params=(-node.params[0],))
        return same(node, args) if _polynomial(node) else symmetrised(node, fresh(node.shape))

    rebuilt(nodes, change, done)
    return done


def _halves(node: Node) -> int:
    """Which odd power of the square root of a number a vertex is; 0 for any other vertex."""
    if not isinstance(node.op, Pointwise) or len(node.args) != 1 or node.shape:
        return 0
    twice = (node.op.exponent(node) or Fraction(0)) * 2
    odd = twice.denominator == 1 and twice % 2 == 1
    return int(twice) if odd and -MOST_POWER <= twice <= MOST_POWER else 0


def _root_of(square: Node, roots: dict[Node, Node]) -> Node | None:
    """The root of a number, None of one with roots in it, or where there are many already."""
    for root, known in roots.items():
        if known is square:
            return root
    if len(roots) == MOST_ROOTS or not roots.keys().isdisjoint(topological([square])):
        return None
    root = symbol(f"root {len(roots)}", ())
    roots[root] = square
    return root


def _polynomial(node: Node) -> bool:
    op = node.op
    if op is DIV:
        return not node.args[1].shape
    if op is POWER_BY:
        return _whole(node.params[0])
    if op in CARRIED:
        try:
            flows(node)
        except NotSizeFree:
            return False
        return True
    return op in (NUMBER, SIZE, ADD, SUB, NEG, COPY, MUL) or isinstance(op, Einsum)


def _whole(exponent: Any, sign: int = 1) -> bool:
    whole = not isinstance(exponent, Letters) and exponent.denominator == 1
    return whole and 0 < sign * exponent <= MOST_POWER


def measured(
    nodes: Sequence[Node], units: Collection[Node], roots: Mapping[Node, Node]
) -> dict[Node, Size]:
    """The size of every vertex of a graph of sums and products."""
    found: dict[Node, Size] = {}
    for node in topological([*roots.values(), *nodes]):
        args = [found[arg] for arg in node.args]
        told = is_mask(node) or node in units
        if node in roots:
            found[node] = found[roots[node]].root()
        else:
            found[node] = Size([False] * len(node.shape)) if told else _measured(node, args)
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

    Every dimension that is no number counts as a letter of its own. Unit vectors are arrays that
    may be anything, then what they are.
    """
    units = [node for node in topological(pair.sides) if is_unit(node, spaces)]
    for kept in ([], units) if 0 < len(units) <= MOST_UNITS else ([],):
        if found := _with_units(pair, spaces, kept, seed):
            return found
    return None


def _with_units(
    pair: Pair, spaces: Mapping[Node, Space], units: Sequence[Node], seed: int
) -> tuple[int, dict[str, tuple[int, int]]] | None:
    found_roots: dict[Node, Node] = {}
    done = freed(pair.sides, spaces, units, found_roots)
    sides = [done[side] for side in pair.sides]
    there = {*topological(sides)}
    roots = {root: square for root, square in found_roots.items() if root in there}
    order = topological([*sides, *roots.values()])
    units = [node for node in units if node in order]
    ones = Counter(_sorted(node.shape[0]) for node in units)
    sizes_of = measured(sides, units, roots)
    left, right = (sizes_of[side].on([]) for side in sides)
    whole = left | right
    axes = Counter(
        d for d in max(sides, key=lambda s: len(s.shape)).shape if isinstance(d, Letters)
    )
    sorts = _sorts(order)
    least = {x: max(1, axes[x] + whole.sums[x] + ones[x]) for x in sorts}
    if prod(whole.degree[x] + 1 for x in sorts) > MOST_SIZES:
        return None
    work, bits = 0, []
    for sizes in product(*(range(least[x], least[x] + whole.degree[x] + 1) for x in sorts)):
        table = dict(zip(sorts, sizes, strict=True))
        for hot in product(*(range(_size(node.shape[0], table)) for node in units)):
            at: dict[Node, Node] = {}
            drawn: dict[Node, Space] = {}
            places = dict(zip(units, hot, strict=True))
            rebuilt(order, _at(table, spaces, places, drawn), at)
            here = [at[side] for side in sides]
            squares = {at[root]: at[square] for root, square in roots.items()}
            work += operations([*here, *squares.values()]) << len(roots)
            if work > WORK:
                return None
            found = _equal(here, squares, drawn, seed)
            if found is None or found < CERTAIN:
                return None
            bits.append(found)
    top = {str(x): (least[x], least[x] + whole.degree[x]) for x in sorts}
    return min(bits), top


def _sorted(dim: Dim) -> Letters:
    return dim if isinstance(dim, Letters) else _sort("1")


def _size(dim: Dim, table: Mapping[Letters, int]) -> int:
    return table[dim] if isinstance(dim, Letters) else dim


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
    table: Mapping[Letters, int],
    spaces: Mapping[Node, Space],
    hot: Mapping[Node, int],
    drawn: dict[Node, Space],
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
        if node in hot:
            return stack(*(number(int(k == hot[node])) for k in range(plain(node.shape[0]))))
        new = make(node.op, *args, params=plain(node.params))
        if node.op is INPUT:
            kind = "symmetric" if node in spaces else "power"
            drawn[new] = Space(kind, new.shape)
        return new

    return change


def _equal(
    sides: Sequence[Node], squares: Mapping[Node, Node], spaces: Mapping[Node, Space], seed: int
) -> int | None:
    """How certain it is that two sides of numbers are equal; None where they are not.

    Roots are taken with either sign, so that what stands with each product of them is compared.
    """
    run = Run(REAL, 1, seed)
    degree = 1
    with running(run):
        drawn = {node: space for node, space in spaces.items() if node not in squares}
        values = generic_point(drawn, {}, {}, run, (), {})
        assert values is not None
        known = evaluate([*squares.values()], MODULAR, values, {}, keep=True)
        for signs in product((1, -1), repeat=len(squares)):
            signed = values.copy()
            for root, square, sign in zip(squares, known, signs, strict=True):
                signed[root] = square.copy()
                signed[root][0] = _root(run.fields[-1], square[0], sign)
            left, right = evaluate(sides, MODULAR, signed, {}, keep=True)
            pairs = [*zip(*(a.flat for a in broadcast_arrays(left, right)), strict=True)]
            if not all(x.at and y.at and x.at[0] == y.at[0] for x, y in pairs):
                return None
            degree = max([degree, *(x.degree + y.degree for x, y in pairs)])
    return int(log2(run.fields[-1].prime) - log2(degree))


def _root(field: Field, square: Residue, sign: int) -> Residue:
    """A square root in the field of p*p elements: there is one of every integer modulo p."""
    root = field.any_root(square.at[0]) if square.at else None
    return Residue(() if root is None else (root * sign,), square.degree)
