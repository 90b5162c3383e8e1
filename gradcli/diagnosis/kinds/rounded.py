"""A constant that was rounded, and a rounded value that was rounded wrongly.

Must not know other mistakes. A constant is one only if all digits that were written are its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from gradcli.arithmetic.ball import Ball, rational
from gradcli.arithmetic.measure import fraction, is_exact, power_of_ten
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.trees.composing import put
from gradcli.errors import Source
from gradcli.judge.tester import Ruling
from gradcli.language.parsing.parse import parse_expression
from gradcli.language.tree import syntax
from gradcli.language.tree.build import exchanged, literal, negative
from gradcli.language.tree.syntax import Expr, Number, Unary

MOST_PLACES = 12
TOO_LARGE = power_of_ten(300)
ENOUGH = 3
CLOSED = (
    "1/sqrt(2*pi)", "sqrt(2*pi)", "2*pi", "pi/2", "pi/4", "pi", "1/pi", "2/pi", "pi^2", "sqrt(pi)",
    "1/sqrt(pi)", "2/sqrt(pi)", "sqrt(2/pi)", "pi/180", "180/pi", "sqrt(2)", "1/sqrt(2)", "sqrt(3)",
    "1/sqrt(3)", "sqrt(5)", "e", "1/e", "log(2)", "1/log(2)", "log(3)", "log(10)", "1/log(10)",
    "sqrt(log(2))", "log(2*pi)", "log(2*pi)/2", "exp(2)",
)  # fmt: skip
"""Constants that people write as decimals."""
FRACTIONS = tuple(f"{p}/{q}" for q in (3, 6, 7, 9, 11, 12) for p in range(1, q))


def constants(refuted: RefutedClaim) -> Iterator[Slip]:
    """Each decimal of the claim as the constant that it is a rounding of."""
    for part, around in refuted.everywhere():
        if not isinstance(part, Number) or "." not in part.span.text:
            continue
        digits = part.span.text.partition(".")[2]
        if len(digits) < ENOUGH or not digits.isdecimal():
            continue
        unit = Fraction(1, 10 ** len(digits))
        for text in (*CLOSED, *FRACTIONS):
            constant = _parsed(text)
            if _near(refuted, constant, part.value, unit):
                says = f"{part.span.text} is a rounded {text}"
                yield Slip("tiny", says, put(around, part, constant))


@cache
def _parsed(text: str) -> Expr:
    return parse_expression(Source("mend", text))


def _near(refuted: RefutedClaim, constant: Expr, value: Fraction, unit: Fraction) -> bool:
    """Whether a number was rounded or cut off to this."""
    node = refuted.node(constant)
    if node is None:
        return False
    exact = refuted.trial.evaluate([node])[0].item(0)
    return bool(abs(exact - rational(value)) < rational(unit))


# -- the claim itself a value that was rounded


def digits(ruling: Ruling, side: syntax.Side) -> Iterator[Slip]:
    """The numbers that the true ones round to, where those that were written are near."""
    row, pair = ruling.row, ruling.pair
    numbers = [*literals(side.value)]
    if row is None or not numbers:
        return
    entries = [*row.trial.evaluate([pair.left])[0][row.place, ...].flat]
    truth = [value for value in map(nearest, entries) if value is not None]
    if not len(truth) == len(entries) == len(numbers):
        return
    near, opposite, new = True, True, dict[Expr, Expr]()
    for (expr, written, places), value in zip(numbers, truth, strict=True):
        right = to_places(value, places)
        near &= abs(written - right) <= Fraction(1, 10**places)
        opposite &= written == -right
        if written != right:
            new[expr] = decimal(right, places)
    tree = exchanged(side.value, new)
    if opposite:
        yield Slip("sign", "the sign is wrong", tree)
    elif near:
        cut = all(_cut(v, p) == w for (_, w, p), v in zip(numbers, truth, strict=True))
        says = "this is cut off, not rounded" if cut else "the last digit is wrong"
        yield Slip("tiny", says, tree)


def nearest(x: Ball) -> Fraction | None:
    """A number, or the double nearest to it where it is not known exactly.

    None for what no double holds: nobody has rounded that.
    """
    if not (x < TOO_LARGE and x > -TOO_LARGE):
        return None
    return fraction(x) if is_exact(x) else Fraction(float(x.mid()))


def to_places(value: Fraction, places: int) -> Fraction:
    """A number rounded to so many places."""
    return Fraction(round(value * 10**places), 10**places)


def literals(expr: Expr) -> Iterator[tuple[Expr, Fraction, int]]:
    """Every number of the claim, with its sign and the places behind its point."""
    if isinstance(expr, syntax.Array):
        for item in expr.items:
            yield from literals(item)
        return
    sign, inner = 1, expr
    if isinstance(expr, Unary) and expr.operator == "-":
        sign, inner = -1, expr.operand
    if isinstance(inner, Number) and "e" not in inner.span.text.lower():
        places = len(inner.span.text.partition(".")[2])
        if places <= MOST_PLACES:
            yield expr, sign * inner.value, places


def _cut(value: Fraction, places: int) -> Fraction:
    return Fraction(int(value * 10**places), 10**places)


def decimal(value: Fraction, places: int) -> Expr:
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    size = literal(text, abs(value))
    return negative(size) if value < 0 else size
