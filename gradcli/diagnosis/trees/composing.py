"""Factors, terms and signs put to an expression, as one would write them: trees made of trees.

Must not know why that is done, nor what anything is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from gradcli.errors import Source
from gradcli.language.parsing.parse import parse_expression
from gradcli.language.tree.build import (
    POWERS,
    PRODUCTS,
    QUOTIENTS,
    SUMS,
    binary,
    changed,
    exchanged,
    is_number,
    is_sum,
    negative,
    number,
    replaced,
)
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.slots import is_crowded
from gradcli.language.tree.syntax import Binary, Call, Expr, Name, Number, Unary
from gradcli.ops.algebra import ones, outer_of

LETTERS = (Number, Name)
FACTORS = (*PRODUCTS, *QUOTIENTS)
ANY_PRODUCT = (*FACTORS, "@")
OPPOSITE = {"+": "-", "-": "+"}
Around = tuple[Expr, ...]


def at_front(expr: Expr, operators: tuple[str, ...], make: Callable[[Expr], Expr]) -> Expr:
    """The chain of operators that an expression is, with another first operand."""
    chain = []
    while isinstance(expr, Binary) and expr.operator in operators and not is_crowded(expr):
        chain.append(expr)
        expr = expr.left
    made = make(expr)
    for outer in reversed(chain):
        made = changed(outer, left=made)
    return made


def front(expr: Expr) -> Expr:
    """The first factor of a product."""
    while isinstance(expr, Binary) and expr.operator in ANY_PRODUCT:
        expr = expr.left
    return expr


def leads_with_minus(expr: Expr) -> bool:
    """Whether a minus stands before an expression, or before its first factor."""
    first = front(expr)
    return isinstance(first, Unary) and first.operator == "-"


# -- signs and terms


def negated(expr: Expr) -> Expr:
    """The other sign: a minus before it is taken away or put there, a difference turned round."""
    return at_front(expr, ANY_PRODUCT, _opposite)


def _opposite(expr: Expr) -> Expr:
    match expr:
        case Unary(operator="-", operand=inner):
            return inner
        case Binary(operator="-", left=a, right=b) if not is_sum(a):
            if not isinstance(a, Unary) and not isinstance(b, Unary):
                return changed(expr, left=b, right=a)
    return negative(expr)


def plus(base: Expr, piece: Expr) -> Expr:
    """A sum, term by term; what begins with a minus is taken away."""
    return at_front(piece, SUMS, lambda term: _plus(base, term))


def _plus(base: Expr, term: Expr) -> Expr:
    if leads_with_minus(term):
        return binary("-", base, at_front(term, ANY_PRODUCT, _opposite))
    return binary("+", base, term)


def minus(base: Expr, piece: Expr) -> Expr:
    """A difference; what begins with a minus is added."""
    if leads_with_minus(piece):
        return plus(base, negated(piece))
    return binary("-", base, piece)


# -- factors


def times(factor: Expr, expr: Expr) -> Expr:
    """A factor before an expression: in the place of a 1, behind its minus."""

    def put_before(first: Expr) -> Expr:
        if isinstance(first, Unary) and first.operator == "-":
            return times(negated(factor), first.operand)
        return factor if is_number(first, 1) else product(factor, first)

    return at_front(expr, ANY_PRODUCT, put_before)


def product(left: Expr, right: Expr) -> Expr:
    return binary("*", left, right)


def entrywise(text: str, expr: Expr, factor: Expr) -> Expr:
    """An array times the factors of another, with the sign that a text has for that."""
    sign = next((mark for mark in ("⊙", ".*") if mark in text), None)
    if sign is None:
        return after(expr, factor)
    written = _product_with(sign)

    def joined(left: Expr, right: Expr) -> Expr:
        return changed(written, left=left, right=right)

    def again(product: Expr) -> Expr:
        if isinstance(product, Binary) and product.operator in PRODUCTS:
            left = again(product.left)
            if not isinstance(left, Number) and not is_crowded(product):
                return joined(left, product.right)
        return product

    return after(expr, again(factor), joined)


@cache
def _product_with(sign: str) -> Expr:
    return parse_expression(Source("mend", f"a {sign} b"))


def after(expr: Expr, factor: Expr, make: Callable[[Expr, Expr], Expr] = product) -> Expr:
    """A factor behind an expression, each of its own factors in turn; `1/x` goes below the line."""
    match factor:
        case Binary(operator="/", left=above, right=below) if is_number(above, 1):
            return over(expr, lambda under: below if under is None else _beside(under, below))
    if is_number(expr, 1):
        return factor
    return at_front(factor, FACTORS, lambda first: make(expr, first))


def _beside(under: Expr, factor: Expr) -> Expr:
    """One more factor below the line: before a bracket, behind anything else."""
    plain = isinstance(factor, Name | Number | Call)
    return times(factor, under) if plain and _opens(under) else after(under, factor)


def _opens(expr: Expr) -> bool:
    """Whether a product begins with a bracket."""
    first = front(expr)
    if isinstance(first, Binary) and first.operator in POWERS:
        first = first.left
    return is_sum(first)


def among(expr: Expr, factor: Expr) -> Expr:
    """A name behind the numbers and names that a product begins with, anything else at its end."""
    first = front(expr)
    first = first.operand if isinstance(first, Unary) else first
    if isinstance(factor, Name) and isinstance(expr, Call):
        return times(factor, expr)
    if not (isinstance(factor, Name) and isinstance(first, LETTERS)):
        return after(expr, factor)
    return _among(expr, factor)


def _among(expr: Expr, factor: Expr) -> Expr:
    if isinstance(expr, Binary) and expr.operator in FACTORS and not _of_letters(expr):
        return changed(expr, left=_among(expr.left, factor))
    return after(expr, factor)


def _of_letters(expr: Expr) -> bool:
    """Whether a product has nothing but numbers and names."""
    while isinstance(expr, Binary) and expr.operator in PRODUCTS:
        if not isinstance(expr.right, LETTERS):
            return False
        expr = expr.left
    return isinstance(expr.operand if isinstance(expr, Unary) else expr, LETTERS)


def over(expr: Expr, below: Callable[[Expr | None], Expr]) -> Expr:
    """A quotient: `below` makes what stands below the line, of what stands there by now."""
    match expr:
        case Unary(operator="-", operand=Binary(operator="/") as inner):
            return changed(expr, operand=over(inner, below))
        case Binary(operator="/", right=under):
            return changed(expr, right=below(under))
    return binary("/", expr, below(None))


def divided(expr: Expr, factor: Expr) -> Expr:
    """The same over a factor, with a line of its own."""
    match factor:
        case Binary(operator="/", left=above, right=below) if is_number(above, 1):
            return after(expr, below)
    return binary("/", expr, factor)


def spread_anyway(expr: Expr) -> Expr:
    """A term without the ones that would only spread it along an array that it is added to."""
    match expr:
        case Unary(operator="-", operand=inner):
            return changed(expr, operand=spread_anyway(inner))
        case Binary(operator="/", left=above):
            return changed(expr, left=spread_anyway(above))
        case Binary(operator="*", left=a, right=Call(function=Name(name=ones.name))):
            return a
        case Call(function=Name(name=outer_of.name), arguments=(Call() as first, row)):
            return row if first.function.name == ones.name else expr
    return expr


# -- constants


class Scale(NamedTuple):
    """A constant: a fraction times or over dimension letters."""

    value: Fraction
    above: Expr | None = None
    below: Expr | None = None

    @property
    def words(self) -> str:
        top, bottom = (number(n) for n in (self.value.numerator, self.value.denominator))
        above = top if self.above is None else times_unless_one(top, self.above)
        below = bottom if self.below is None else times_unless_one(bottom, self.below)
        return source_of(above if is_number(below, 1) else binary("/", above, below))


def times_unless_one(factor: Expr, expr: Expr) -> Expr:
    return expr if is_number(factor, 1) else times(factor, expr)


def scaled(expr: Expr, scale: Scale) -> Expr:
    """A term with a factor: at a number of its own if it has a fitting one, else around it."""
    value = abs(scale.value)
    if found := [*_at_number(expr, value)]:
        # The shortest: a number that goes away before one that grows.
        expr, value = min(found, key=lambda pair: len(source_of(pair[0])))
    expr = times_unless_one(number(value.numerator), expr)
    expr = times(scale.above, expr) if scale.above else expr
    below = number(value.denominator)
    below = times_unless_one(below, scale.below) if scale.below else below
    if not is_number(below, 1):
        expr = over(expr, lambda under: below if under is None else times(below, under))
    return negated(expr) if scale.value < 0 else expr


def _at_number(expr: Expr, value: Fraction) -> Iterator[tuple[Expr, Fraction]]:
    """The term with a number that takes the factor up, and what is left of the factor."""
    for literal, around, line in _numbers(expr):
        if not literal.value:
            continue
        rest = value / literal.value
        if line and literal is line.right and rest.denominator == 1:
            yield exchanged(expr, {line: line.left}), rest
            continue
        new = literal.value / value if line else literal.value * value
        if new.denominator != 1:
            continue
        minus = bool(around) and isinstance(around[-1], Unary)
        inside, one = (around[:-1], around[-1]) if minus else (around, literal)
        outer = inside[-1] if inside else None
        if new == 1 and isinstance(outer, Binary) and outer.operator in PRODUCTS:
            other = outer.right if outer.left is one else outer.left
            yield replaced(inside[:-1], outer, negated(other) if minus else other), Fraction(1)
        else:
            yield replaced(around, literal, number(new)), Fraction(1)


def _numbers(
    expr: Expr, around: Around = (), line: Binary | None = None
) -> Iterator[tuple[Number, Around, Binary | None]]:
    """The numbers among the factors of a product, and the fraction below whose line they stand."""
    inside = (*around, expr)
    if isinstance(expr, Number):
        yield expr, around, line
    elif isinstance(expr, Unary):
        yield from _numbers(expr.operand, inside, line)
    elif isinstance(expr, Binary) and expr.operator in ("*", "@", "/"):
        yield from _numbers(expr.left, inside, line)
        if expr.operator == "*":
            yield from _numbers(expr.right, inside, line)
        elif expr.operator == "/" and line is None:
            yield from _numbers(expr.right, inside, expr)


# -- within a whole


def put(around: Around, old: Expr, new: Expr) -> Expr:
    """The whole with a part exchanged: a product among factors is joined to them, a sum to terms.

    `around` are those that the part lies in, outermost first.
    """
    for outer in reversed(around):
        joined = _joined(outer, old, new)
        old, new = outer, joined or replaced((outer,), old, new)
    return new


def _joined(outer: Expr, old: Expr, new: Expr) -> Expr | None:
    if isinstance(outer, Unary) and outer.operator == "-" and new.origin is not old:
        return at_front(new, ANY_PRODUCT, lambda first: changed(outer, operand=first))
    if not isinstance(outer, Binary) or outer.right is not old or is_crowded(outer):
        return None
    inverse = isinstance(new, Binary) and new.operator == "/" and is_number(new.left, 1)
    if outer.operator in PRODUCTS and isinstance(new, Binary) and inverse:
        return binary("/", outer.left, new.right)
    if outer.operator in PRODUCTS and new.origin is not old:
        return at_front(new, FACTORS, lambda first: changed(outer, right=first))
    if outer.operator in SUMS and leads_with_minus(new):
        return changed(outer, operator=OPPOSITE[outer.operator], right=negated(new))
    if outer.operator == "+" and new.origin is not old:
        return at_front(new, SUMS, lambda first: changed(outer, right=first))
    return None
