"""The lines of a derivation: chains of equal sides, each line with its reason.

Must not know where they come from.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class EqualLine:
    """One side of a chain and its reason; `safe` is the side with every bracket, where known."""

    text: str
    reason: str
    safe: str = ""


@dataclass(slots=True)
class EqualLines:
    """A left side and the lines below it; `defines` where it introduces a name.

    `remark` is what to say above it.
    """

    left: str
    lines: list[EqualLine] = field(default_factory=list)
    defines: bool = False
    remark: str = ""

    def add(self, text: str, reason: str, safe: str = "") -> None:
        """One more line, unless it says what the line before says."""
        if not self.lines or self.lines[-1].text != text:
            self.lines.append(EqualLine(text, reason, safe))
