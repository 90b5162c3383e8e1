"""The text of a claim in which one term has another factor or sign, or is left out.

Must not know whether that is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from gradcli.diagnosis import tree
from gradcli.diagnosis.refuted_claim import RefutedClaim
from gradcli.language.syntax import Binary, Expr, Number, Unary

SUM = ("+", "-")
SIGNS = "*·×⋅⊙"
LONELY = re.compile(r"(?<=/)\((\w+)\)")
"""A name that no longer needs its brackets below a line."""


class Summand(NamedTuple):
    """A summand: `start` to `end` with its brackets, `sign` the place of the sign before it."""

    expr: Expr
    parent: Binary | None
    around: tuple[Expr, ...]
    start: int
    end: int
    sign: int | None


class Scale(NamedTuple):
    """A constant: a fraction times or over letters, `above` and `below` as they are written."""

    value: Fraction
    above: str = ""
    below: str = ""

    @property
    def words(self) -> str:
        top, bottom = self.value.numerator, self.value.denominator
        above = "*".join(filter(None, (str(top) if top != 1 or not self.above else "", self.above)))
        below = "*".join(filter(None, (str(bottom) if bottom != 1 else "", self.below)))
        return above + (f"/({below})" if "*" in below else f"/{below}" if below else "")


def left_out(scene: RefutedClaim, term: Summand) -> str:
    parent = term.parent
    assert parent is not None
    text = parent.span.source.text
    if term.sign is not None:
        kept = text[parent.span.start : tree.end(text, term.sign)]
    else:
        sign = tree.sign(parent)
        kept = text[sign : parent.span.end] if parent.operator == "-" else ""
        kept = kept or text[tree.begin(text, sign + 1) : parent.span.end]
    return tree.spliced(scene, parent.span.start, parent.span.end, kept)


def flipped(scene: RefutedClaim, term: Summand) -> str:
    if term.sign is not None:
        assert term.parent is not None
        other = "-" if term.parent.operator == "+" else "+"
        return tree.spliced(scene, term.sign, term.sign + 1, other)
    text = term.expr.span.source.text[term.start : term.end]
    return tree.spliced(scene, term.start, term.end, negated(term.expr, text))


def negated(expr: Expr, text: str) -> str:
    """A text with the other sign: a minus before it is taken away, or put there."""
    if isinstance(expr, Binary) and expr.operator in SUM and not tree.closed(text):
        return _turned(expr) or f"-({text})"
    first = expr
    while isinstance(first, Binary) and first.operator not in SUM:
        first = first.left
    if first is not expr and isinstance(first, Binary) and text.startswith("("):
        start, end = first.span.start - expr.span.start, first.span.end - expr.span.start
        if (other := _turned(first)) and text[start - 1 : end + 1] == f"({first.span.text})":
            return text[:start] + other + text[end:]
    return text[1:].lstrip() if text[:1] in "-−" else f"-{text}"


def _turned(expr: Binary) -> str:
    """A difference the other way round; nothing for one that would not read better."""
    left, right = tree.operands(expr)
    plain = not (isinstance(expr.left, Binary) and expr.left.operator in SUM)
    plain = plain and not isinstance(expr.left, Unary) and not isinstance(expr.right, Unary)
    return f"{right.strip()} - {left.strip()}" if expr.operator == "-" and plain else ""


def scaled(scene: RefutedClaim, term: Summand, scale: Scale) -> str:
    """A term with a factor: at a number of its own if it has a fitting one, else around it."""
    text = scene.claimed.span.source.text
    own = text[term.start : term.end]
    if changes := [*_at_number(text, term, scale.value)]:
        # The shortest: a number that goes away before one that grows.
        start, end, new, rest = min(changes, key=lambda c: len(c[2]) + c[0] - c[1])
        own = LONELY.sub(r"\1", own[: start - term.start] + new + own[end - term.start :])
        scale = scale._replace(value=rest)
    if isinstance(term.expr, Binary) and term.expr.operator in SUM and not tree.closed(own):
        own = f"({own})"
    above = scale.value.numerator
    minus, own = (own[0], own[1:].lstrip()) if own[:1] in "-−" else ("", own)
    if above < 0:
        minus = "" if minus else "-"
    for factor in (str(abs(above)) if abs(above) != 1 else "", scale.above):
        if factor:
            own = factor + own[1:] if own.startswith("1/") else f"{factor}*{own}"
    return tree.spliced(scene, term.start, term.end, minus + _over(own, term.expr, scale))


def _at_number(
    text: str, term: Summand, value: Fraction
) -> Iterator[tuple[int, int, str, Fraction]]:
    """Numbers of a product that can take the factor up, what they become, and what is left."""
    for number, over in _numbers(term.expr):
        start, end = number.span.start, number.span.end
        rest = value / number.value if number.value else Fraction(0)
        if over and number is over.right and rest.denominator == 1 and rest > 0:
            slash = text.rindex("/", over.left.span.end, start)
            yield tree.end(text, slash), end, "", rest
            continue
        new = number.value / value if over else number.value * value
        if new.denominator != 1 or new <= 0:
            continue
        if new != 1 or (over and number is over.right):
            yield start, end, str(new), Fraction(1)
        elif behind := _behind(text, number, term.end):
            yield start, behind, "", Fraction(1)
        elif text[(before := tree.end(text, start)) - 1] in SIGNS and before > term.start:
            yield tree.end(text, before - 1), end, "", Fraction(1)


def _numbers(expr: Expr, over: Binary | None = None) -> Iterator[tuple[Number, Binary | None]]:
    """The numbers among the factors of a product, and the fraction below whose line they stand."""
    if isinstance(expr, Number):
        yield expr, over
    elif isinstance(expr, Unary):
        yield from _numbers(expr.operand, over)
    elif isinstance(expr, Binary) and expr.operator in ("*", "@", "/"):
        yield from _numbers(expr.left, over)
        if expr.operator == "*":
            yield from _numbers(expr.right, over)
        elif expr.operator == "/" and over is None:
            yield from _numbers(expr.right, expr)


def _over(text: str, expr: Expr, scale: Scale) -> str:
    """A text over what is below the line, under a line of its own only if it has none."""
    below = "*".join(filter(None, (str(scale.value.denominator), scale.below)))
    below = below.removeprefix("1*") if below != "1" else ""
    inner = expr.operand if isinstance(expr, Unary) else expr
    if below and isinstance(inner, Binary) and inner.operator == "/":
        under = tree.operands(inner)[1].strip()
        if text.endswith(under):
            bare = under[1:-1] if tree.closed(under) and not _is_sum(inner.right) else under
            return f"{text[: -len(under)]}({below}*{bare})"
    return text + (f"/({below})" if "*" in below else f"/{below}" if below else "")


def _is_sum(expr: Expr) -> bool:
    return isinstance(expr, Binary) and expr.operator in SUM


def _behind(text: str, number: Number, end: int) -> int:
    """What follows a number and its sign of multiplication; 0 where that is another one."""
    place = tree.begin(text, number.span.end)
    if place < end and (text[place] in SIGNS or text[place].isalpha() or text[place] == "("):
        return place if text[place] not in SIGNS else tree.begin(text, place + 1)
    return 0
