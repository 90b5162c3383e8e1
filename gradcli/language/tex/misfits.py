"""Sizes that fit at no reading: what is claimed of them is wrong, whatever the numbers are.

Must not know formulas.
"""

from __future__ import annotations

from gradcli.errors import Diagnostic, GradcliError, Span


class TexMisfit(GradcliError):
    """Axes of different sizes where they must be one; `kind` names the mistake."""

    def __init__(self, kind: str, message: str, place: Span, help: str = "") -> None:
        super().__init__(Diagnostic("G201", message, place, help=help))
        self.kind = kind
