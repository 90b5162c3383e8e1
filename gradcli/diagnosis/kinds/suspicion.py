"""A mistake that the evidence shows in one part of a claim, before and after it is written down.

Must not know how it was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from gradcli.diagnosis.evidence.parts import Subexpression
from gradcli.language.tree.syntax import Expr

Edit: TypeAlias = tuple[str, str, Expr]
"""Kind, words, and what should stand in the place of a part."""


@dataclass(slots=True, eq=False)
class Change:
    """Something else in the place of a part: kind and words of the mistake."""

    kind: str
    says: str
    part: Subexpression
    new: Expr


@dataclass(slots=True, eq=False)
class Suspicion:
    """A mistake that the evidence shows, not yet written down; the lower the cost, the likelier.

    What is `plain` is made of numbers and sizes only, so it is no accident.
    """

    cost: float
    part: Subexpression
    edit: Callable[[], Edit | None]
    plain: bool = False

    def change(self) -> Change | None:
        """The mistake written down; None where the language cannot say it."""
        made = self.edit()
        return None if made is None else Change(made[0], made[1], self.part, made[2])
