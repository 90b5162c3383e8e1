"""Pieces of code: a text and how tightly it holds together, signs, and patterns that are filled.

Must not know graphs, ops or targets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from gradcli.notation.precedence import Level, held
from gradcli.notation.tree import Kind, Notation

ARGUMENT = re.compile(r"#\((\d)\)|#(\d|\*|p|s)")
INNERMOST = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
SIGNS = {Kind.PRODUCT: "*", Kind.QUOTIENT: "/", Kind.MATMUL: "@"}
EXACT = 2**53


class CodeText(NamedTuple):
    """A text and how tightly it holds together; `turned` is what it is a transpose of."""

    text: str
    level: Level = Level.ATOM
    turned: Any = None

    @property
    def width(self) -> int:
        """How many characters it will have: the field of an axis becomes a letter."""
        return len(self.text) - self.text.count("$")


def infix(left: CodeText, sign: str, right: CodeText, level: Level) -> CodeText:
    """Two operands; signs of one level group from the left."""
    return CodeText(f"{held(left, level)} {sign} {held(right, level + 1)}", level)


def signed(notation: Notation, parts: Sequence[CodeText]) -> CodeText | None:
    """What every target writes with the same signs; None for anything else."""
    kind = notation.kind
    if kind is Kind.SUM:
        return infix(parts[0], notation.detail, parts[1], Level.SUM)
    if kind in SIGNS:
        return infix(parts[0], SIGNS[kind], parts[1], Level.MIXED)
    if kind is Kind.NEGATIVE:
        inner = held(parts[0], Level.UNARY)
        return CodeText(f"-({inner})" if inner.startswith("-") else f"-{inner}", Level.UNARY)
    if kind is Kind.RELATION and not notation.detail.infix.isalpha():
        left, right = (held(part, Level.SUM) for part in parts)
        return CodeText(f"{left} {notation.detail.infix} {right}", Level.COMPARISON)
    return None


def number(value: Fraction) -> CodeText:
    """The shortest literal that is this number, or the nearest double."""
    level = Level.UNARY if value < 0 else Level.ATOM
    if value.denominator == 1 and abs(value) <= EXACT:
        return CodeText(str(value), level)
    try:
        near = repr(float(value))
    except OverflowError:
        near = "-math.inf" if value < 0 else "math.inf"
        return CodeText(near, level)
    if Fraction(near) == value or max(abs(value.numerator), value.denominator) > EXACT:
        return CodeText(near, level)
    return CodeText(f"{value.numerator} / {value.denominator}", Level.MIXED)


def fill(pattern: str, args: Sequence[CodeText], **more: str) -> CodeText:
    """A pattern with its arguments: `#1` bare, `#(1)` in brackets if it needs them, `#*` all."""

    def put(found: re.Match[str]) -> str:
        if found[1]:
            return held(args[int(found[1]) - 1], Level.ATOM)
        if found[2] == "*":
            return ", ".join(arg.text for arg in args)
        return more[found[2]] if found[2] in more else args[int(found[2]) - 1].text

    return CodeText(ARGUMENT.sub(put, pattern), level_of(pattern))


def folded(pattern: str, args: Sequence[CodeText], many: bool, **more: str) -> CodeText:
    """A pattern filled; with `many` one of two arguments, applied again for every further one."""
    piece = fill(pattern, args[:2] if many else args, **more)
    for arg in args[2:] if many else ():
        piece = fill(pattern, [piece, arg])
    return piece


def level_of(pattern: str) -> Level:
    """How tightly a pattern holds together: not at all where a sign stands outside its brackets."""
    bare = pattern
    while (less := INNERMOST.sub("", bare)) != bare:
        bare = less
    return Level.ATOM if re.fullmatch(r"[\w.]*", bare) else Level.OPEN
