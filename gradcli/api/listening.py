"""Who is told how a check goes on: which claims are begun, and what came of them.

Must not know how anything is judged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from gradcli.errors import Span
from gradcli.judge.finding import Finding

Begun: TypeAlias = Callable[[Span, int, int], None]
"""Is told where a claim stands that is begun, how many were before it, and how many there are."""

Heard: TypeAlias = Callable[[Finding], None]
"""Is given each finding as soon as its verdict stands; the mend of a refuted one comes later."""


def untold(claim: Span, number: int, of: int) -> None:
    """Nobody wants to know."""


def unheard(finding: Finding) -> None:
    """Nobody listens."""
