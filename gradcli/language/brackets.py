"""Brackets as tokens: which one closes which, and one that is open.

Must not know statements.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gradcli.language.tokens import Token

CLOSING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
SIGNS = {"RPAR": ")", "RSQB": "]", "RBRACE": "}"}


@dataclass
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
