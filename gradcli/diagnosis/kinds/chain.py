"""Products as their factors: one raised or lowered by one, one taken out.

Must not know why, nor what anything is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gradcli.diagnosis.evidence.refuted_claim import Around, shown
from gradcli.diagnosis.trees.composing import put
from gradcli.graph.node import Node
from gradcli.language.tree.build import (
    POWERS,
    PRODUCTS,
    QUOTIENTS,
    binary,
    changed,
    constant,
    number,
    replaced,
)
from gradcli.language.tree.syntax import Binary, Expr, Unary


class Factor(NamedTuple):
    """A factor of a product, what it lies in there, and its power: negative below the line."""

    expr: Expr
    around: Around
    power: int


class Absorbed(NamedTuple):
    """A product with one power changed, and what was wrong with it."""

    tree: Expr
    kind: str
    says: str


def factors(expr: Expr, around: Around = (), power: int = 1) -> Iterator[Factor]:
    """The factors of a product, itself first."""
    yield Factor(expr, around, power)
    inside = (*around, expr)
    match expr:
        case Unary(operator="-", operand=inner):
            yield from factors(inner, inside, power)
        case Binary(operator=sign, left=left, right=right) if sign in (*PRODUCTS, *QUOTIENTS):
            yield from factors(left, inside, power)
            yield from factors(right, inside, power if sign in PRODUCTS else -power)


def absorbed(expr: Expr, nodes: Mapping[Expr, Node], known: Node, power: int) -> Absorbed | None:
    """A product times a power of one of its own factors; None where it is none of them."""
    for factor in factors(expr):
        base, own = factor.expr, 1
        if isinstance(base, Binary) and base.operator in POWERS:
            raised = constant(base.right)
            if raised is not None and raised.denominator == 1 and nodes.get(base.left) is known:
                base, own = base.left, int(raised)
        if nodes.get(base) is not known:
            continue
        new = own + (power if factor.power > 0 else -power)
        if new == 0:
            return _without(expr, factor)
        if new < 0 < own:
            return None
        if new == 1:
            tree: Expr = base
        elif isinstance(factor.expr, Binary) and base is not factor.expr:
            tree = changed(factor.expr, right=number(new))
        else:
            tree = binary("^", base, number(new))
        whole = put(factor.around, factor.expr, tree)
        if own == 1 and new == 2:
            return Absorbed(whole, "factor", f"the square of {shown(base)} is missing")
        if new == 1:
            says = f"{shown(base)} should not be raised to a power here"
            return Absorbed(whole, "factor" if own == 2 else "exponent", says)
        if own == 1:
            says = f"{shown(base)} should be raised to the power {new} here"
            return Absorbed(whole, "exponent", says)
        return Absorbed(whole, "exponent", f"the exponent is {new}, not {own}")
    return None


def _without(expr: Expr, factor: Factor) -> Absorbed | None:
    if not factor.around:
        return None
    outer, rest = factor.around[-1], factor.around[:-1]
    what = shown(factor.expr)
    if isinstance(outer, Unary):
        return None
    assert isinstance(outer, Binary)
    if outer.operator in QUOTIENTS and outer.left is factor.expr:
        tree = replaced(factor.around, factor.expr, number(1))
        return Absorbed(tree, "missing-local", f"the factor {what} is surplus")
    kept = outer.left if outer.right is factor.expr else outer.right
    where = "the division by" if factor.power < 0 else "the factor"
    return Absorbed(put(rest, outer, kept), "missing-local", f"{where} {what} is surplus")
