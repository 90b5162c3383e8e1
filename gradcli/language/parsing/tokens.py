"""A text becomes tokens: each a kind of terminal and a stretch of it; which brackets close.

Must not know which order of tokens makes sense; there is no text it refuses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple
from unicodedata import category

from gradcli.errors import Source, Span
from gradcli.language.parsing.tables import Tables

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
    tokens: list[Token] = []
    kinds: dict[str, str] = {}
    seen, made = _shadow(text), partial(tuple.__new__, Token)
    for match in tables.word.finditer(seen):
        start, end = match.span(1)
        word = text[start:end]
        kind = kinds.get(word)
        if kind is None:
            kind = kinds[word] = tables.signs.get(word) or _kind(word, seen, start, tables)
        if kind:
            tokens.append(made((kind, word, start, end)))
    return tokens


def _kind(word: str, seen: str, start: int, tables: Tables) -> str:
    """The kind of a word that is no sign, wherever it stands; "" for blanks and comments."""
    match = tables.kind.match(seen, start)
    kind = (match and match.lastgroup) or "ODD"
    if kind in tables.ignored:
        return ""
    return tables.keywords.get(word, kind) if kind == "NAME" else kind


def _shadow(text: str) -> str:
    """The text as the patterns see it, of the same length: marks are part of the letter before."""
    if text.isascii():
        return text
    start = 1 if text.startswith("\ufeff") else 0
    return " " * start + "".join("_" if category(c)[0] == "M" else c for c in text[start:])


@dataclass(slots=True, eq=False, repr=False)
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
