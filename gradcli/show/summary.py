"""A run as Markdown for the page of a job: totals, a row a derivation, what is wrong in full.

Must not know what counts as a failure, nor GitHub, whose job pages show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradcli.judge.finding import DerivationReport, FileReport, Report
from gradcli.show.diagnostics import flattened
from gradcli.show.items import COUNTED, block, items
from gradcli.show.markdown import escaped

MOST = 50
"""Complaints that are shown in full: the pages of jobs have no room without end."""


def summary(report: Report, allow_undecided: bool, ascii: bool, totals: str) -> str:
    """The page; `totals` is its first sentence."""
    failed = report.exit_code(allow_undecided) != 0
    parts = ["### gradcli check: " + ("failed" if failed else "passed"), escaped(totals)]
    rows = [row for file in report.files for row in _rows(file, ascii)]
    if rows:
        head = ["| file | derivation | " + " | ".join(COUNTED) + " | errors |"]
        parts.append("\n".join([*head, "|:---|:---" + "|---:" * (len(COUNTED) + 1) + "|", *rows]))
    bad = [
        item
        for item in items(report, allow_undecided)
        if item.bad and not (item.finding and item.finding.joined)
    ]
    parts += [_fenced("".join(text for text, _ in block(item, ascii))) for item in bad[:MOST]]
    if len(bad) > MOST:
        parts.append(f"and {len(bad) - MOST} more")
    return "\n\n".join(parts) + "\n"


def _rows(file: FileReport, ascii: bool) -> Iterator[str]:
    if file.unreadable:
        yield _row(flattened(file.path, ascii), "", [0] * len(COUNTED), len(file.unreadable))
    for derivation in file.derivations:
        counts = [_count(derivation, verdict) for verdict in COUNTED]
        wrong = len(derivation.errors) + len(derivation.unmet)
        place, name = f"{file.path}:{derivation.line}", derivation.name
        yield _row(flattened(place, ascii), flattened(name, ascii), counts, wrong)


def _count(derivation: DerivationReport, verdict: str) -> int:
    return sum(f.verdict == verdict and f.expected is None for f in derivation.findings)


def _row(place: str, name: str, counts: list[int], errors: int) -> str:
    shown = [escaped(place), escaped(name), *map(str, [*counts, errors])]
    return f"| {' | '.join(shown)} |"


def _fenced(text: str) -> str:
    """As it stands, between fences longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"
