"""A text becomes tokens: each a kind of terminal and a stretch of it; which brackets close.

Must not know which order of tokens makes sense; there is no text it refuses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from unicodedata import category

from gradcli.errors import Source, Span
from gradcli.language.tables import Tables

CLOSING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
SIGNS = {"RPAR": ")", "RSQB": "]", "RBRACE": "}"}


class Token(NamedTuple):
    """A stretch of the text; `kind` is a terminal of the grammar, or `ODD`, or `$END`."""

    kind: str
    text: str
    start: int
    end: int

    def span(self, source: Source) -> Span:
        """Where it stands."""
        return Span(source, self.start, self.end)


def tokenize(text: str, tables: Tables) -> list[Token]:
    """All tokens of a text but spaces and comments; what is none is an `ODD` character."""
    tokens = []
    ignored = frozenset(tables.ignored)
    keyword = tables.keywords.get
    for match in tables.pattern.finditer(_shadow(text)):
        kind = match.lastgroup or "ODD"
        if kind in ignored:
            continue
        start, end = match.span(kind)
        word = text[start:end]
        if kind == "NAME":
            kind = keyword(word, kind)
        tokens.append(Token(kind, word, start, end))
    return tokens


def _shadow(text: str) -> str:
    """The text as the patterns see it, of the same length: marks are part of the letter before."""
    if text.isascii():
        return text
    start = 1 if text.startswith("\ufeff") else 0
    return " " * start + "".join("_" if category(c)[0] == "M" else c for c in text[start:])


@dataclass(eq=False, repr=False)
class Bracket:
    """An open bracket; of an array, also the gaps in which a comma may be missing."""

    token: Token
    array: bool
    gaps: list[int] = field(default_factory=list)
    signed: bool = False
    rows: bool = False


def row_of(text: str) -> str:
    """A row of a matrix as it was written between semicolons, with its own brackets."""
    cells = text.replace(",", " ").split()
    return f"[{', '.join(cells)}]" if all(c.isalnum() for c in cells) else f"[{text.strip()}]"
