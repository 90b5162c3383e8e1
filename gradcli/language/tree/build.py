"""Syntax trees made of others: new expressions, copies with other parts, one tree within another.

Must not know what an expression means, nor how it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from fractions import Fraction
from typing import Any, TypeVar

from gradcli.errors import Source, Span
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Binary, Expr, Name, Number, Unary, children, written_fields

NOWHERE = Span(Source("mend", ""), 0, 0)
"""The span of what nobody wrote."""
ROUNDED = re.compile(r"\d+\.\d+")
SUMS, PRODUCTS, QUOTIENTS, POWERS = ("+", "-"), ("*", ".*"), ("/", "./"), ("^", ".^")
E = TypeVar("E", bound=Expr)


# -- new expressions


def binary(operator: str, left: Expr, right: Expr) -> Binary:
    return Binary(NOWHERE, operator, left, right)


def negative(expr: Expr) -> Expr:
    return Unary(NOWHERE, "-", expr)


def number(value: int | Fraction) -> Expr:
    """A rational as one writes it: `2`, `1/2`, `-3/2`."""
    value = Fraction(value)
    size: Expr = Number(NOWHERE, Fraction(abs(value.numerator)))
    size = negative(size) if value < 0 else size
    below = value.denominator
    return size if below == 1 else binary("/", size, Number(NOWHERE, Fraction(below)))


def literal(text: str, value: Fraction) -> Expr:
    """A number in these very digits."""
    return Number(Span(Source("mend", text), 0, len(text)), value)


def name(text: str) -> Expr:
    return Name(NOWHERE, text)


def call(function: str, *arguments: Expr, **keywords: Expr) -> Expr:
    options = tuple((Name(NOWHERE, key), value) for key, value in keywords.items())
    return syntax.Call(NOWHERE, Name(NOWHERE, function), arguments, options)


def transposed(expr: Expr) -> Expr:
    return syntax.Transpose(NOWHERE, expr)


# -- what an expression is


def is_sum(expr: Expr | None) -> bool:
    return isinstance(expr, Binary) and expr.operator in SUMS


def is_number(expr: Expr | None, value: int) -> bool:
    return isinstance(expr, Number) and expr.value == value


def constant(expr: Expr) -> Fraction | None:
    """The number that a written constant is: `3`, `-1`, `1/2`, `-3/2`."""
    match expr:
        case Number(value=value):
            return value
        case Unary(operator="-", operand=inner):
            size = constant(inner)
            return None if size is None else -size
        case Binary(operator="/", left=a, right=Number(value=below)) if below:
            above = constant(a)
            return None if above is None else above / below
    return None


def same(one: Expr, other: Expr) -> bool:
    """Whether two trees are alike in all but the places of their parts."""
    left: list[tuple[Any, Any]] = [(one, other)]
    while left:
        a, b = left.pop()
        if isinstance(a, Expr):
            if _kind(a) is not _kind(b):
                return False
            left += [
                (getattr(a, key), getattr(b, key)) for key in written_fields(a) if key != "span"
            ]
        elif isinstance(a, tuple):
            if not isinstance(b, tuple) or len(a) != len(b):
                return False
            left += zip(a, b, strict=True)
        elif a != b:
            return False
    return True


def _kind(expr: Expr) -> type:
    """What an expression is, however its product or its call is written."""
    kinds = (Binary, syntax.Call)
    return next((kind for kind in kinds if isinstance(expr, kind)), type(expr))


# -- copies


def unwritten(expr: Expr) -> Expr:
    """The same tree as if it were new, so that it is printed in any writer's manner."""
    made: dict[Expr, Expr] = {}
    for part in reversed([*syntax.parts(expr, all_parts)]):
        made[part] = copy(_with_parts(part, made))
        made[part].span, made[part].origin = NOWHERE, None
        if isinstance(part, Number) and ROUNDED.fullmatch(part.span.text):
            # 4.0 says how far it has been rounded.
            made[part] = literal(part.span.text, part.value)
    return made[expr]


def all_parts(expr: Expr) -> Iterator[Expr]:
    """The parts of an expression with the names that only say something of it."""
    for key in written_fields(expr):
        yield from syntax.within(getattr(expr, key))


def changed(expr: E, **values: Any) -> E:
    """A copy with other parts, which remembers what was written in its place."""
    made = copy(expr)
    for key, value in values.items():
        setattr(made, key, value)
    if made.span.start < made.span.end:
        made.origin, made.span = expr, NOWHERE
    return made


def exchanged(root: Expr, new: Mapping[Any, Expr]) -> Expr:
    """The whole with several parts exchanged at once, none of which lies in another."""
    made: dict[Expr, Expr] = {}
    for part in reversed([*syntax.parts(root)]):
        made[part] = new.get(part) or _with_parts(part, made)
    return made[root]


def replaced(around: tuple[Expr, ...], old: Expr, new: Expr) -> Expr:
    """The whole with a part exchanged; `around` are those that it lies in, outermost first."""
    for outer in reversed(around):
        old, new = outer, _with_parts(outer, {old: new})
    return new


def _with_parts(expr: Expr, new: Mapping[Expr, Expr]) -> Expr:
    """An expression with others in the place of some of its parts; itself where there is none."""
    others: dict[str, Any] = {}
    for key in written_fields(expr):
        value = getattr(expr, key)
        if (swapped := _swapped(value, new)) is not value:
            others[key] = swapped
    return changed(expr, **others) if others else expr


def _swapped(value: Any, new: Mapping[Expr, Expr]) -> Any:
    if isinstance(value, tuple):
        items = tuple(_swapped(item, new) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return new.get(value, value) if isinstance(value, Expr) else value


def places(root: Expr) -> Iterator[tuple[Expr, tuple[Expr, ...]]]:
    """Every part of an expression, itself first, with those that it lies in, outermost first."""
    left: list[tuple[Expr, tuple[Expr, ...]]] = [(root, ())]
    while left:
        part, around = left.pop()
        yield part, around
        left += [(child, (*around, part)) for child in reversed([*children(part)])]
