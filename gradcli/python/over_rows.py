"""`gradcli.diff_rows`: a gradient over the rows of files, with the page that shows it.

Must not compute anything: what `api` finds gets another class with the same fields.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from gradcli.api import rows
from gradcli.python.shown import BRIEF, Shown, shown_as
from gradcli.rows.result import RowsResult
from gradcli.show.page import Page, shortened
from gradcli.show.rows import page


class RowsGradient(Shown, RowsResult):
    """What `diff_rows` finds."""

    __slots__ = ()

    def _page(self) -> Page:
        return page(self)

    def _brief(self) -> str:
        text = shortened(self.text, BRIEF)
        return f"gradient of {text} = {self.value:.6g}, over {self.rows:,} rows"


@wraps(rows.diff_rows)
def diff_rows(*args: Any, **named: Any) -> RowsGradient:
    return shown_as(RowsGradient, rows.diff_rows(*args, **named))
