"""Where the parts of something written stand: with their brackets, and what is between them.

Must not know copies, nor how anything new is printed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Binary, Call, Expr, Fold, children


class Slot(NamedTuple):
    """The place of a part in what was written: the part, and its text with all its brackets."""

    part: Expr
    start: int
    end: int

    @property
    def whole(self) -> str:
        return self.part.span.source.text[self.start : self.end]

    @property
    def bracketed(self) -> bool:
        return self.end - self.start > self.part.span.end - self.part.span.start

    def around(self, text: str) -> str:
        """Another text within the same brackets."""
        span = self.part.span
        source = span.source.text
        return source[self.start : span.start] + text + source[span.end : self.end]


def slots(expr: Expr) -> list[Slot]:
    """The places of the parts of an expression that was written."""
    inner, text = [*children(expr)], expr.span.source.text
    first, last = expr.span.start, expr.span.end
    if isinstance(expr, Call | Fold):
        first = expr.function.span.end
        if is_bracketed(expr):
            first, last = text.index("(", first) + 1, last - 1
    elif isinstance(expr, syntax.Array | syntax.Tuple):
        first, last = first + 1, last - 1
    found = []
    for part, end in zip(inner, [*(part.span.start for part in inner[1:]), last], strict=False):
        found.append(enclosed(part, first, end))
        first = part.span.end
    return found


def is_bracketed(expr: Call | Fold) -> bool:
    """Whether a call is written with its brackets: `cos θ`, `|x|` are not."""
    behind = expr.span.source.text[expr.function.span.end : expr.span.end]
    return behind.lstrip()[:1] == "(" and not isinstance(expr, syntax.BarCall)


def enclosed(part: Expr, first: int, last: int) -> Slot:
    """A part with the brackets right around it that lie between two places."""
    text, start, end = part.span.source.text, part.span.start, part.span.end
    before, after = (_blank(text[a:b]) for a, b in ((first, start), (end, last)))
    opened = [k for k in range(len(before) - len(_last(before)), len(before)) if before[k] == "("]
    closed = [k for k, sign in enumerate(_first(after)) if sign == ")"]
    count = min(len(opened), len(closed))
    if not count:
        return Slot(part, start, end)
    return Slot(part, first + opened[-count], end + closed[count - 1] + 1)


def _blank(text: str) -> str:
    return re.sub("#[^\n]*", lambda m: " " * len(m[0]), text)


def _last(text: str) -> str:
    return text[len(text.rstrip("( \t\r\n\f\v")) :]


def _first(text: str) -> str:
    return text[: len(text) - len(text.lstrip(") \t\r\n\f\v"))]


def gaps(expr: Expr) -> list[str]:
    """What stands before, between and behind the parts."""
    text, found, place = expr.span.source.text, [], expr.span.start
    for slot in slots(expr):
        # `a < b < c` is `a < b and b < c`: what stands in both parts was written once.
        found.append(text[place : slot.start] if place <= slot.start else " and ")
        place = slot.end
    return [*found, text[place : expr.span.end]]


def gap(expr: Binary) -> str:
    return gaps(expr)[1]


def is_crowded(expr: Expr) -> bool:
    """Whether an expression was written as a product without a sign."""
    old = expr.origin or expr
    product = isinstance(old, Binary) and old.operator == "*" and old.span.start < old.span.end
    return product and isinstance(old, Binary) and not gap(old).strip()
