"""Powers: a fixed exponent keeps its own rule, a varying one needs a base that is not negative.

Must not know text: the language decides which of the two a written power is.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from gradcli.calculus.core import CONSTANT, EQ, dimension, lift, mul, number, rational, where
from gradcli.calculus.families import Pointwise, Requirement
from gradcli.graph.node import OVERLOADS, Node, Operand, make
from gradcli.graph.shape import Dim, Letters, add_dims
from gradcli.ops import elementary
from gradcli.ops.registry import nonnegative, nonzero, positive

Exponent = Fraction | Dim
FOLDED = 64


def _domain(x: Node, exponent: Exponent) -> list[Requirement]:
    if isinstance(exponent, Letters) or (exponent >= 0 and exponent.denominator == 1):
        return []
    if exponent.denominator == 1:
        return nonzero(x)
    return nonnegative(x) if exponent > 0 else positive(x)


def _switches(x: Node, exponent: Exponent) -> Iterable[Node]:
    return [] if isinstance(exponent, Letters) or exponent.denominator == 1 else [x]


def _partial(z: Node, x: Node, exponent: Exponent) -> Node:
    if isinstance(exponent, Letters):
        return mul(dimension(exponent), power_by(x, add_dims(exponent, -1)))
    return mul(number(exponent), power_by(x, exponent - 1))


def _by_base(z: Node, x: Node, y: Node) -> Node:
    return y * make(POWER, x, y - 1)


def _by_exponent(z: Node, x: Node, y: Node) -> Node:
    slope, base = z * elementary.log(x), rational(x)
    if base is None:
        return where(make(EQ, x, lift(0)), lift(0), slope)
    # 0^y is 0 for every y that it has a value for.
    return slope if base else lift(0)


def _varying_domain(x: Node, y: Node) -> list[Requirement]:
    if rational(x):
        return nonnegative(x)
    return [*nonnegative(x), *positive(where(make(EQ, x, lift(0)), y, lift(1)))]


POWER_BY = Pointwise(
    "power_by",
    lambda m, x, exponent: m.power_by(x, exponent),
    (_partial,),
    infix="^",
    domain=_domain,
    title="power",
    switches=_switches,
    at_rest="both",
    exponent=lambda node: None if isinstance(node.params[0], Letters) else Fraction(node.params[0]),
)
POWER: Pointwise = Pointwise(
    "power",
    lambda m, x, y: m.power(x, y),
    (_by_base, _by_exponent),
    infix="^",
    domain=_varying_domain,
    switches=lambda x, y: [x] if rational(x) is None and x.op is not CONSTANT else [],
    at_rest="both",
)


def power_by(x: Node, exponent: Exponent) -> Node:
    """x to a fixed exponent, simplified for 0 and 1."""
    if exponent == 1:
        return x
    if exponent == 0 and not x.shape:
        return number(1)
    base = rational(x)
    if base and not isinstance(exponent, Letters) and exponent.denominator == 1:
        whole = int(exponent)
        if abs(whole) < FOLDED:
            return number(base**whole)
    return make(POWER_BY, x, params=(exponent,))


def power(x: Operand, y: Operand) -> Node:
    """x^y, by the rule of a fixed exponent where y is a number."""
    base, exponent = lift(x), lift(y)
    fixed = rational(exponent)
    return make(POWER, base, exponent) if fixed is None else power_by(base, fixed)


OVERLOADS["pow"] = power
