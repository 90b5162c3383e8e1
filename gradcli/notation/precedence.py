"""How tightly the parts of a formula hold together: one table for text, LaTeX and code.

Must not know how any of them writes anything.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol


class Level(IntEnum):
    """From loose to tight, as in operator precedence grammars (Floyd, 1963).

    In every notation `*`, `/` and `@` group from the left; what the four levels of products tell
    apart is which of them may stand behind another without brackets. CALL and SUBSCRIPT differ from
    an atom only where an exponent or an index is set behind them.
    """

    OPEN = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    MIXED = 6
    """A product of matrices with other factors around it."""
    ENTRYWISE = 7
    """Products and quotients entry by entry."""
    MATMUL = 8
    """Products of matrices alone."""
    PRODUCT = 9
    """Products of factors alone."""
    UNARY = 10
    POWER = 11
    CALL = 12
    SUBSCRIPT = 13
    ATOM = 14


class Levelled(Protocol):
    """A text in any notation, with its level."""

    @property
    def text(self) -> str:
        """What is written."""

    @property
    def level(self) -> int:
        """How tightly it holds together."""


def held(piece: Levelled, level: int) -> str:
    """The text, in brackets where it holds together less tightly than that."""
    return piece.text if piece.level >= level else f"({piece.text})"
