r"""Pieces of LaTeX: a text, how tightly it holds together, and the brackets that follow from it.

Must not know graphs or ops.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from gradcli.graph.shape import Dim, Shape
from gradcli.notation.precedence import Level
from gradcli.notation.symbols import symbol

TALL = re.compile(r"\\(frac|sum|prod|begin|left|lVert)\b")
WORDY = re.compile(r"\\(mathrm|operatorname|text)\b")
UNSEEN = re.compile(r"\\(begin|end)\{\w+\}|\\(left|right|text|mathrm|operatorname|frac)\b|[{}&_^ ]")
NAMED = re.compile(
    r"\\(?:(sinh?|cosh?|tanh?|arc(?:sin|cos|tan)|log|exp|det|max|min)(?![A-Za-z])|[A-Za-z]+)"
)
TRANSPOSED, INVERSE = r"^\top", "^{-1}"


class LatexText(NamedTuple):
    """LaTeX and how tightly it holds together.

    `head` is the function of a call or the entries of a row, `turned` what this is a transpose of,
    `lines` what a choice has and when.
    """

    text: str
    level: Level = Level.ATOM
    head: str = ""
    turned: Any = None
    lines: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=10_000)
def named(name: str) -> LatexText:
    """A name as a factor of something."""
    text = symbol(name)
    return LatexText(text, Level.SUBSCRIPT if "_{" in text else Level.ATOM)


def spelled(name: str, texts: Mapping[str, LatexText]) -> LatexText:
    """A name as it is set here, a member `h[t]` as its stem with an index; others as usual."""
    stem, bracket, index = name.partition("[")
    found = texts.get(stem)
    if found is None or not bracket:
        return found or named(name)
    return LatexText(f"{found.text}_{{{index.removesuffix(']')}}}", Level.SUBSCRIPT)


def bracketed(text: str) -> str:
    """In brackets that are as tall as what they hold."""
    return rf"\left({text}\right)" if TALL.search(text) else f"({text})"


def held(piece: LatexText, level: int) -> str:
    """The text, in brackets where it holds together less tightly than that."""
    return piece.text if piece.level >= level else bracketed(piece.text)


def behind(piece: LatexText, level: int) -> str:
    """The text behind a sign: in brackets also where it begins with one."""
    text = held(piece, level)
    return bracketed(text) if text.startswith("-") else text


def beside(left: str, right: str) -> str:
    """Two factors side by side, with a dot where two numbers would run together."""
    if right[:1].isdigit() or (right.startswith(r"\frac") and left[-1:].isdigit()):
        return rf"{left} \cdot {right}"
    return rf"{left} \, {right}" if WORDY.search(left + right) else f"{left} {right}"


def scaled(factor: LatexText, piece: LatexText) -> LatexText:
    """A scalar in front of something."""
    text = beside(held(factor, Level.PRODUCT), behind(piece, Level.MATMUL))
    return LatexText(text, Level.MATMUL if piece.level == Level.MATMUL else Level.PRODUCT)


def matrix_product(left: LatexText, right: LatexText) -> LatexText:
    """Two matrices side by side; products of three need no brackets."""
    return LatexText(beside(held(left, Level.MATMUL), behind(right, Level.MATMUL)), Level.MATMUL)


def transposed(piece: LatexText) -> LatexText:
    """The transpose; of an inverse in one superscript, of a transpose what was transposed."""
    if isinstance(piece.turned, LatexText):
        return piece.turned
    if piece.level == Level.POWER and piece.text.endswith(INVERSE):
        return LatexText(piece.text.removesuffix(INVERSE) + r"^{-\top}", Level.POWER)
    return LatexText(held(piece, Level.SUBSCRIPT) + TRANSPOSED, Level.POWER, turned=piece)


def subscripted(piece: LatexText, index: str) -> LatexText:
    """An entry, or entries, by an index that is LaTeX."""
    return LatexText(f"{held(piece, Level.ATOM)}_{{{index}}}", Level.SUBSCRIPT)


def call(head: str, *args: str) -> LatexText:
    """A function, whose exponent may stand behind its head."""
    return LatexText(head + bracketed(", ".join(args)), Level.CALL, head)


def rows(*texts: str, sign: str = r" \\ ") -> LatexText:
    """A column of blocks, or with another sign a row."""
    return LatexText(
        rf"\begin{{bmatrix}} {sign.join(texts)} \end{{bmatrix}}", Level.ATOM, " & ".join(texts)
    )


def dimension(dim: Dim) -> LatexText:
    """A dimension as a number."""
    text = " ".join(
        symbol(part) if part[:1].isalpha() else part for part in str(dim).replace("*", " ").split()
    )
    return LatexText(
        text,
        Level.SUM if "+" in text or "-" in text else Level.PRODUCT if " " in text else Level.ATOM,
    )


def sizes(shape: Shape) -> str:
    """`m \\times n`."""
    return r" \times ".join(held(dimension(dim), Level.ATOM) for dim in shape)


def seen(text: str) -> int:
    """About how many characters of a formula one sees in one line."""
    return len(NAMED.sub(lambda found: found[1] if found[1] else "x", UNSEEN.sub("", text)))
