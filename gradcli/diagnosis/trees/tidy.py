"""A formula as one writes it: one number in front, one fraction bar, equal factors as a power.

Must not know mistakes or values; what it makes is the same function wherever both have a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from gradcli.calculus.core import (
    ADD,
    DIV,
    EINSUM,
    EQ,
    GT,
    MUL,
    NEG,
    NUMBER,
    SUB,
    WHERE,
    add,
    div,
    mul,
    neg,
    number,
    rational,
    spread_scalar,
    sub,
)
from gradcli.graph.node import Node, Op, ShapeError, make
from gradcli.graph.order import topological
from gradcli.notation.text import formula
from gradcli.ops.powers import power
from gradcli.ops.shaping import INDEX, SCATTER, index

PRODUCTS = (MUL, DIV, NEG)
BUILT: dict[Op, Callable[..., Node]] = {MUL: mul, DIV: div, NEG: neg, ADD: add, SUB: sub}


@dataclass(slots=True, eq=False)
class FactorList:
    """A number times factors over factors, in the order of their first use."""

    number: Fraction = Fraction(1)
    above: list[Node] = field(default_factory=list)
    below: list[Node] = field(default_factory=list)

    def times(self, other: FactorList) -> None:
        self.number *= other.number
        self.above += other.above
        self.below += other.below

    def over(self, other: FactorList) -> None:
        self.number /= other.number
        self.above += other.below
        self.below += other.above

    def node(self) -> Node:
        above, below = _binomial(self.above), _binomial(self.below)
        for factor in [*above]:
            if factor in below:
                above.remove(factor)
                below.remove(factor)
        size = abs(self.number)
        top, bottom = _powers(above), _powers(below)
        if size.numerator != 1:
            top = number(size.numerator) if top is None else mul(number(size.numerator), top)
        if size.denominator != 1:
            small = number(size.denominator)
            bottom = small if bottom is None else mul(small, bottom)
        whole = number(1) if top is None else top
        whole = whole if bottom is None else div(whole, bottom)
        return neg(whole) if self.number < 0 else whole


def _binomial(factors: list[Node]) -> list[Node]:
    """The factors with 1 - x^2 in the place of 1 - x and 1 + x."""
    found = [*factors]
    for one in factors:
        if one.op is SUB and rational(one.args[0]) == 1:
            x = one.args[1]
            other = next((n for n in found if n.op is ADD and _one_more(n) is x), None)
            if other is not None and one in found:
                found[found.index(one)] = sub(one.args[0], power(x, number(2)))
                found.remove(other)
    return found


def _one_more(node: Node) -> Node | None:
    """What this is one more than."""
    a, b = node.args
    return b if rational(a) == 1 else a if rational(b) == 1 else None


def _powers(factors: list[Node]) -> Node | None:
    found: Node | None = None
    for factor in dict.fromkeys(factors):
        count = factors.count(factor)
        one = factor if count == 1 else power(factor, number(count))
        found = one if found is None else mul(found, one)
    return found


def idioms(node: Node, names: Mapping[Node, str]) -> dict[Node, str]:
    """What has a name of its own in the language: identity matrices, ones, steps."""
    found: dict[Node, str] = {}
    for vertex in topological([node]):
        if vertex.op is EINSUM and vertex.args[0].op in (NUMBER, EINSUM):
            ins, out, *_ = vertex.params
            if ins == ("",) and out == "aa" and rational(vertex.args[0]) == 1:
                found[vertex] = f"eye({vertex.shape[0]})"
            elif (
                vertex.args[0] in found and len(ins) == 1 and out == ins[0][::-1] and out != ins[0]
            ):
                # Turned round it is itself.
                found[vertex] = found[vertex.args[0]]
            elif vertex.args[0] in found and len(ins) == len(out) == 1 and out in ins[0]:
                found[vertex] = f"ones({vertex.shape[0]})"
        elif vertex.op is WHERE and vertex.label is None and _is_step(vertex):
            found[vertex] = f"step({formula(vertex.args[0].args[0], names)})"
    return found


def _vector(row: Node) -> Node | None:
    """The vector that a row was made of."""
    if row.label is not None:
        return None
    if row.op is INDEX and row.params == (("new",),) and len(row.shape) == 2:
        return row.args[0]
    if row.op is SCATTER and row.params[1] == (0,) and len(row.shape) == 2:
        return row.args[0]
    if row.op in BUILT:
        parts = [arg if not arg.shape else _vector(arg) for arg in row.args]
        known = [part for part in parts if part is not None]
        return BUILT[row.op](*known) if len(known) == len(parts) else None
    return None


def _unrowed(node: Node, names: Mapping[Node, str]) -> Node:
    """The vertex without rows and unit vectors that are made only to be taken apart again."""
    made: dict[Node, Node] = {}
    order = topological([node], lambda n: () if n in names and n is not node else n.args)
    for vertex in order:
        if vertex in names and vertex is not node:
            made[vertex] = vertex
            continue
        made[vertex] = _again(vertex, made)
        made[vertex] = _picked(made[vertex]) or made[vertex]
        if (vertex.op is INDEX and vertex.params == ((0,),)) or _taken(vertex):
            made[vertex] = _vector(made[vertex.args[0]]) or made[vertex]
    return made[node] if made[node].shape == node.shape else node


def _taken(node: Node) -> bool:
    return node.op is SCATTER and node.params[1] == ("new",) and len(node.shape) == 1


def tidy(node: Node, names: Mapping[Node, str]) -> Node:
    """The vertex anew from those that bear a name."""
    node = _unrowed(node, names)
    made: dict[Node, Node] = {}
    products: dict[Node, FactorList] = {}
    order = topological([node], lambda n: () if n in names and n is not node else n.args)
    for vertex in order:
        if vertex in names and vertex is not node:
            made[vertex] = vertex
        elif vertex.op in PRODUCTS or vertex.op is EINSUM or _double(vertex, made):
            product = (_taken_out if vertex.op is EINSUM else _product)(vertex, made, products)
            whole = product.node() if product is not None else vertex
            if product is None or whole.shape != vertex.shape:
                made[vertex] = _again(vertex, made)
            else:
                products[vertex], made[vertex] = product, whole
        elif vertex.op is WHERE and vertex.args[0].op is EQ and vertex.label is None:
            # A value for single points, which no claim is held against.
            made[vertex] = made[vertex.args[2]]
        else:
            made[vertex] = _again(vertex, made)
    return made[node] if made[node].shape == node.shape else node


def _picked(node: Node) -> Node | None:
    """The entry that a product with a unit vector is."""
    if node.op is EINSUM and node.params[:2] == (("a", "a"), ""):
        for unit, other in (node.args, node.args[::-1]):
            if unit.op is SCATTER and not unit.args[0].shape and len(unit.params[1]) == 1:
                return mul(unit.args[0], index(other, unit.params[1]))
    return None


def _is_step(node: Node) -> bool:
    """Whether this is 1 where something is positive, and 0 elsewhere."""
    condition, *values = node.args
    positive = condition.op is GT and rational(condition.args[1]) == 0
    return positive and [rational(spread_scalar(v) or v) for v in values] == [1, 0]


def _double(node: Node, made: Mapping[Node, Node]) -> bool:
    """Whether this is something plus itself."""
    return node.op is ADD and made[node.args[0]] is made[node.args[1]]


def _product(
    node: Node, made: Mapping[Node, Node], products: Mapping[Node, FactorList]
) -> FactorList | None:
    """A product of the products that its arguments are; None for one by zero."""
    parts = []
    for arg in node.args:
        value = rational(made[arg])
        if value == 0:
            return None
        parts.append(
            products.get(arg)
            or (FactorList(value) if value is not None else FactorList(above=[made[arg]]))
        )
    found = FactorList(Fraction(-1 if node.op is NEG else 2 if node.op is ADD else 1))
    found.times(parts[0])
    if node.op is MUL:
        found.times(parts[1])
    elif node.op is DIV:
        found.over(parts[1])
    return found


def _taken_out(
    node: Node, made: Mapping[Node, Node], products: Mapping[Node, FactorList]
) -> FactorList | None:
    """A sum of products with its scalar factors before it; None for one that has none."""
    scalars, args = FactorList(), []
    for arg in node.args:
        known = products.get(arg)
        if known is None or not made[arg].shape:
            args.append(made[arg])
            continue
        rest = FactorList(Fraction(1))
        for part, where in ((known, "above"), (known, "below")):
            for factor in getattr(part, where):
                getattr(rest if factor.shape else scalars, where).append(factor)
        scalars.number *= known.number
        args.append(rest.node())
    if scalars.number == 1 and not scalars.above and not scalars.below:
        return None
    if any(a.shape != made[b].shape for a, b in zip(args, node.args, strict=True)):
        return None
    scalars.above.insert(0, make(node.op, *args, params=node.params))
    return scalars


def _again(node: Node, made: Mapping[Node, Node]) -> Node:
    args = tuple(made[arg] for arg in node.args)
    if args == node.args and node.label is None:
        return node
    try:
        if node.op in (ADD, SUB):
            return (add if node.op is ADD else sub)(*args)
        return make(node.op, *args, params=node.params)
    except ShapeError:
        return node
