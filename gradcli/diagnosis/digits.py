"""A rounded value that is not what the true one rounds to: the wrong sign, or its last digit.

Must not know formulas: the claim is a number, or an array of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gradcli.arithmetic.measure import fraction, is_exact, power_of_ten
from gradcli.diagnosis.refuted_claim import Slip
from gradcli.judge.tester import Ruling
from gradcli.language import syntax
from gradcli.language.syntax import Expr, Number, Unary
from gradcli.language.tree import literal, negative, substituted

MOST_PLACES = 12
TOO_LARGE = power_of_ten(300)


def candidates(ruling: Ruling, side: syntax.Side) -> Iterator[Slip]:
    """The numbers that the true ones round to, where those that were written are near."""
    row, pair = ruling.row, ruling.pair
    numbers = [*_numbers(side.value)]
    if row is None or not numbers:
        return
    entries = [*row.trial.evaluate([pair.left])[0][row.place, ...].flat]
    # What no double holds is not what anybody has rounded.
    if len(entries) != len(numbers) or not all(x < TOO_LARGE and x > -TOO_LARGE for x in entries):
        return
    truth = [fraction(x) if is_exact(x) else Fraction(float(x.mid())) for x in entries]
    near, opposite, tree = True, True, side.value
    for (expr, written, places), value in zip(numbers, truth, strict=True):
        right = Fraction(round(value * 10**places), 10**places)
        near &= abs(written - right) <= Fraction(1, 10**places)
        opposite &= written == -right
        if written != right:
            tree = substituted(tree, expr, _decimal(right, places))
    if opposite:
        yield Slip("sign", "the sign is wrong", tree)
    elif near:
        cut = all(_cut(v, p) == w for (_, w, p), v in zip(numbers, truth, strict=True))
        says = "this is cut off, not rounded" if cut else "the last digit is wrong"
        yield Slip("tiny", says, tree)


def _numbers(expr: Expr) -> Iterator[tuple[Expr, Fraction, int]]:
    """Every number of the claim, with its sign and the places behind its point."""
    if isinstance(expr, syntax.Array):
        for item in expr.items:
            yield from _numbers(item)
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


def _decimal(value: Fraction, places: int) -> Expr:
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    size = literal(text, abs(value))
    return negative(size) if value < 0 else size
