"""Whole numbers and sizes that must be known while the graph is built: axes, indices, ranges.

Must not know syntax: it reads the value of a closed graph.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

from gradcli.calculus.core import (
    ADD,
    AND,
    COPY,
    DIV,
    EQ,
    GE,
    GT,
    INPUT,
    LE,
    LT,
    MUL,
    NE,
    NEG,
    NOT,
    NUMBER,
    OR,
    SIZE,
    SUB,
)
from gradcli.graph.node import Node, Op
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Letters, add_dims, multiply_dims
from gradcli.ops.powers import POWER_BY

Static = Fraction | Letters
LONGEST = 20_000
LOGIC: dict[Op, Callable[..., bool]] = {
    AND: lambda a, b: a and b,
    OR: lambda a, b: a or b,
    NOT: operator.not_,
}
COMPARISONS: dict[Op, Callable[..., bool]] = {
    LT: operator.lt,
    LE: operator.le,
    GT: operator.gt,
    GE: operator.ge,
    EQ: operator.eq,
    NE: operator.ne,
}


def static(node: Node) -> Static | None:
    """The exact value of a graph of numbers, sizes and `+ - * / ^`; None for anything else."""
    if node.op is NUMBER:
        known: Fraction = node.params[0]
        return known
    try:
        order = topological([node], _known)
    except _Varies:
        return None
    values: dict[Node, Static] = {}
    for vertex in order:
        value = _apply(vertex, [values[arg] for arg in vertex.args])
        if value is None:
            return None
        values[vertex] = value
    return values[node]


class _Varies(Exception):
    """There is an input in it, or an array: nothing else need be looked at."""


def _known(node: Node) -> tuple[Node, ...]:
    if node.op is INPUT or node.shape:
        raise _Varies
    return node.args


def _apply(node: Node, args: list[Static]) -> Static | None:
    op = node.op
    if op in (NUMBER, SIZE):
        value: Static = node.params[0]
        return value
    if op is COPY:
        return args[0]
    if op is NEG:
        return _lettered(multiply_dims, Fraction(-1), args[0])
    if op is ADD:
        return _lettered(add_dims, *args)
    if op is SUB:
        return _lettered(add_dims, args[0], _lettered(multiply_dims, Fraction(-1), args[1]))
    if op is MUL:
        return _lettered(multiply_dims, *args)
    rationals = [arg for arg in args if isinstance(arg, Fraction)]
    if len(rationals) < len(args):
        return None
    if op is DIV and rationals[1]:
        return rationals[0] / rationals[1]
    if op is POWER_BY and isinstance(node.params[0], Fraction):
        return _power(rationals[0], node.params[0])
    return None


def _power(base: Fraction, exponent: Fraction) -> Fraction | None:
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if exponent.denominator != 1 or bits * abs(exponent) > LONGEST or (not base and exponent < 0):
        return None
    return base ** int(exponent)


def _lettered(combine: object, *args: Static | None) -> Static | None:
    """Arithmetic on sizes with letters; plain on numbers; None for a letter with a fraction."""
    a, *rest = args
    if isinstance(a, Fraction) and all(isinstance(b, Fraction) for b in rest):
        b = rest[0]
        assert isinstance(b, Fraction)
        return a + b if combine is add_dims else a * b
    dims = [as_dim(x) for x in args]
    if any(dim is None for dim in dims):
        return None
    result = (add_dims if combine is add_dims else multiply_dims)(*dims)  # type: ignore[arg-type]
    return result if isinstance(result, Letters) else Fraction(result)


def truth(node: Node) -> bool | Letters | None:
    """Whether a condition on whole numbers holds; None for one on anything else.

    A size that has no number yet is returned instead.
    """
    found: dict[Node, bool] = {}
    for vertex in topological([node]):
        if not vertex.op.boolean:
            continue
        if vertex.op in (AND, OR, NOT):
            found[vertex] = LOGIC[vertex.op](*(found[arg] for arg in vertex.args))
            continue
        values = [static(arg) for arg in vertex.args]
        sides = [value for value in values if isinstance(value, Fraction)]
        if len(sides) < len(values):
            return next((value for value in values if isinstance(value, Letters)), None)
        found[vertex] = COMPARISONS[vertex.op](*sides)
    return found[node]


def as_dim(value: Static | None) -> Dim | None:
    """A whole number or letters as a dimension; None for a fraction."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else None
    return value
