"""The tree of a claimed side: its places, the tree with another part, and the text that says it.

Must not know any mistake, nor what anything means.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import fields
from fractions import Fraction
from typing import Any, TypeVar

from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.errors import Source, Span
from gradcli.language import syntax
from gradcli.language.syntax import Binary, Expr, Fold, Name, Number, Unary, children

LARGEST = 150
"""Parts of a side: a longer one is not changed part by part."""
NOWHERE = Span(Source("mend", ""), 0, 0)
ATOMS = (
    Name,
    Number,
    syntax.Call,
    syntax.Index,
    syntax.Array,
    syntax.Transpose,
    syntax.Derivative,
    Fold,
)
E = TypeVar("E", bound=Expr)


def binary(operator: str, left: Expr, right: Expr) -> Binary:
    return Binary(NOWHERE, operator, left, right)


def negative(expr: Expr) -> Expr:
    return Unary(NOWHERE, "-", expr)


def number(value: int) -> Expr:
    return Number(NOWHERE, Fraction(value))


def name(text: str) -> Expr:
    return Name(NOWHERE, text)


def call(function: str, *arguments: Expr) -> Expr:
    return syntax.Call(NOWHERE, Name(NOWHERE, function), arguments, ())


def changed(expr: E, **values: Any) -> E:
    """A copy with other parts."""
    made = copy(expr)
    for key, value in values.items():
        setattr(made, key, value)
    return made


def places(expr: Expr) -> list[tuple[Expr, tuple[Expr, ...]]]:
    """Every part of an expression, itself included, with those that it lies in, outermost first."""
    found: list[tuple[Expr, tuple[Expr, ...]]] = []
    left: list[tuple[Expr, tuple[Expr, ...]]] = [(expr, ())]
    while left and len(found) <= LARGEST:
        part, around = left.pop()
        found.append((part, around))
        left += [(child, (*around, part)) for child in reversed([*children(part)])]
    return found if len(found) <= LARGEST else [(expr, ())]


def replaced(around: tuple[Expr, ...], old: Expr, new: Expr) -> Expr:
    """The whole with a part exchanged; `around` are those that it lies in."""
    for outer in reversed(around):
        made = copy(outer)
        for f in fields(outer)[1:]:
            value = getattr(outer, f.name)
            swapped = _swapped(value, old, new)
            if swapped is not value:
                setattr(made, f.name, swapped)
        old, new = outer, made
    return new


def _swapped(value: Any, old: Expr, new: Expr) -> Any:
    if value is old:
        return new
    if isinstance(value, tuple):
        items = tuple(_swapped(item, old, new) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value


def spliced(scene: RefutedClaim, start: int, end: int, new: str) -> str:
    """The claimed side with the text between two places of the source exchanged."""
    span = scene.claimed.span
    text = span.source.text
    return text[span.start : start] + new + text[end : span.end]


def bracketed(part: Expr) -> str:
    """The text of a part as it can stand in a product or before an index."""
    text = part.span.text
    return text if isinstance(part, ATOMS) else f"({text})"


def slips(
    scene: RefutedClaim,
    kind: str,
    says: str,
    around: tuple[Expr, ...],
    old: Expr,
    new: Expr,
    text: str,
) -> Iterator[Slip]:
    """A part exchanged, if that is right: in brackets only where the text needs them."""
    if isinstance(old, syntax.Slice | syntax.Text | syntax.Tuple):
        return
    node = scene.node(replaced(around, old, new))
    if node is None or not scene.fits(node):
        return
    start, end = old.span.start, old.span.end
    own = [(start, end, text), (start, end, f"({text})")]
    if _enclosed(scene, start, end):
        own.insert(0, (start - 1, end + 1, text))
    for candidate in own:
        whole = spliced(scene, *candidate)
        read = scene.read(whole)
        if read is node or (read is not None and scene.fits(read)):
            yield Slip(kind, says, read, whole)
            return


def _enclosed(scene: RefutedClaim, start: int, end: int) -> bool:
    """Whether brackets that are no call's stand right around a place."""
    span, text = scene.claimed.span, scene.claimed.span.source.text
    if start - 1 < span.start or end >= span.end or text[start - 1] + text[end] != "()":
        return False
    before = text[start - 2 : start - 1] if start - 2 >= span.start else ""
    return not (before.isalnum() or before in ("_", "]", ")", "'"))


def sign(part: Binary) -> int:
    """Where the operator of a sum stands: brackets may close before it."""
    text, place = part.span.source.text, part.left.span.end
    while text[place] not in "+-−":
        place += 1
    return place


def begin(text: str, place: int) -> int:
    """The first character from here on that is not blank."""
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def end(text: str, place: int) -> int:
    """The end of what stands before this place, without blanks."""
    while text[place - 1].isspace():
        place -= 1
    return place


def closed(text: str) -> bool:
    """Whether one pair of brackets encloses all of a text."""
    depth = 0
    for k, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if not depth:
            return k == len(text) - 1 and text[:1] == "("
    return False


def shown(expr: Expr) -> str:
    """A part as it can stand in a sentence."""
    text = " ".join(expr.span.text.split())
    return text if len(text) <= 40 else f"{text[:18]} … {text[-18:]}"


def tight(part: Expr) -> bool:
    """Whether a minus can stand before a part without brackets."""
    return not (isinstance(part, Binary) and part.operator not in ("*", "/", "^", "@"))


def within(part: Expr, *pairs: Expr | str) -> str:
    """The text of a part with that of some inner parts exchanged: part, text, part, text …"""
    text, start = part.span.text, part.span.start
    changes = [(p, t) for p, t in zip(pairs[::2], pairs[1::2], strict=True)]
    for inner, new in reversed(changes):
        assert isinstance(inner, Expr)
        text = text[: inner.span.start - start] + str(new) + text[inner.span.end - start :]
    return text


def operands(part: Binary) -> tuple[str, str]:
    """Both operands of an operator as they were written, with their brackets."""
    text = part.span.source.text
    first, last = part.left.span.end, part.right.span.start
    while text[first] == ")" or (text[first].isspace() and ")" in text[first:last].split("*")[0]):
        first += 1
    while text[last - 1] == "(":
        last -= 1
    return text[part.span.start : first], text[last : part.span.end]


def exchanged(scene: RefutedClaim, pairs: list[Expr | str]) -> str:
    """The claimed side with the text of some parts exchanged: part, text, part, text …"""
    text, start = scene.text, scene.claimed.span.start
    for part, new in sorted(zip(pairs[::2], pairs[1::2], strict=True), key=_start, reverse=True):
        assert isinstance(part, Expr)
        text = text[: part.span.start - start] + str(new) + text[part.span.end - start :]
    return text


def _start(change: tuple[Expr | str, Expr | str]) -> int:
    part, _ = change
    return part.span.start if isinstance(part, Expr) else 0
