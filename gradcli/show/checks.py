"""The formats of `check` by name: a report becomes styled text, one line end behind it.

Must not know terminals; it chooses, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from gradcli.judge.finding import Report
from gradcli.show.check import page
from gradcli.show.claims import json
from gradcli.show.diagnostics import Pieces
from gradcli.show.junit import junit
from gradcli.show.oneline import concise, github
from gradcli.show.sarif import sarif
from gradcli.show.tap import tap

TEXTS: dict[str, Callable[[Report, bool, bool], str]] = {
    "concise": concise,
    "json": lambda report, _allow, _ascii: json(report),
    "junit": lambda report, allow, _ascii: junit(report, allow),
    "sarif": lambda report, allow, _ascii: sarif(report, allow),
    "github": github,
    "tap": tap,
}


def check(
    report: Report,
    form: str,
    *,
    allow_undecided: bool = False,
    quiet: bool = False,
    ascii: bool = False,
) -> Pieces:
    """The report in one of `REPORTS`; only `full` has styles, and something to be quiet about."""
    if form == "full":
        return page(report, allow_undecided, quiet, ascii)
    return [(TEXTS[form](report, allow_undecided, ascii), "")]
