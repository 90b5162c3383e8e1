"""A constant that was rounded, and a rounded value that was rounded wrongly.

Must not know other mistakes; a constant is one only if all digits that were written are its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from gradcli.arithmetic.ball import rational
from gradcli.diagnosis.composing import put
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.errors import Source
from gradcli.language.parse import parse_expression
from gradcli.language.syntax import Expr, Number

ENOUGH = 3
CLOSED = (
    "1/sqrt(2*pi)", "sqrt(2*pi)", "2*pi", "pi/2", "pi/4", "pi", "1/pi", "2/pi", "pi^2", "sqrt(pi)",
    "1/sqrt(pi)", "2/sqrt(pi)", "sqrt(2/pi)", "pi/180", "180/pi", "sqrt(2)", "1/sqrt(2)", "sqrt(3)",
    "1/sqrt(3)", "sqrt(5)", "e", "1/e", "log(2)", "1/log(2)", "log(3)", "log(10)", "1/log(10)",
    "sqrt(log(2))", "log(2*pi)", "log(2*pi)/2", "exp(2)",
)  # fmt: skip
"""Constants that people write as decimals."""
FRACTIONS = tuple(f"{p}/{q}" for q in (3, 6, 7, 9, 11, 12) for p in range(1, q))


def candidates(refuted: RefutedClaim) -> Iterator[Slip]:
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
