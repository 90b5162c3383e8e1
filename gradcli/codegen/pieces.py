"""Pieces of code: a text and how tightly it holds together, and patterns that are filled with them.

Must not know graphs, ops or targets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

LOOSE, COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM = range(7)
ARGUMENT = re.compile(r"#\((\d)\)|#(\d|\*|p|s)")
INNERMOST = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


class CodeText(NamedTuple):
    """A text and how tightly it holds together."""

    text: str
    level: int = ATOM


def held(piece: CodeText, level: int) -> str:
    """The text, in brackets where it holds together less tightly than that."""
    return piece.text if piece.level >= level else f"({piece.text})"


def infix(left: CodeText, sign: str, right: CodeText, level: int) -> CodeText:
    """Two operands; signs of one level group from the left."""
    return CodeText(f"{held(left, level)} {sign} {held(right, level + 1)}", level)


def fill(pattern: str, args: Sequence[CodeText], **more: str) -> CodeText:
    """A pattern with its arguments: `#1` bare, `#(1)` in brackets if it needs them, `#*` all."""

    def put(found: re.Match[str]) -> str:
        if found[1]:
            return held(args[int(found[1]) - 1], ATOM)
        if found[2] == "*":
            return ", ".join(arg.text for arg in args)
        return more[found[2]] if found[2] in more else args[int(found[2]) - 1].text

    return CodeText(ARGUMENT.sub(put, pattern), level_of(pattern))


def level_of(pattern: str) -> int:
    """How tightly a pattern holds together: not at all where a sign stands outside its brackets."""
    bare = pattern
    while (less := INNERMOST.sub("", bare)) != bare:
        bare = less
    return ATOM if re.fullmatch(r"[\w.]*", bare) else LOOSE
