"""Programs and what is found of them, for tests of verdicts.

Must not know which verdicts are right.
"""

from __future__ import annotations

from gradcli.api import check_text
from gradcli.errors import Source
from gradcli.judge.finding import Finding
from gradcli.judge.options import CheckOptions


def lines(text: str) -> list[str]:
    """Programs of a line each, without comments."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def findings(text: str, points: int | None = None) -> list[Finding]:
    """The findings of a program without errors, bugs of gradcli among them."""
    report = check_text(Source("test.grad", text), CheckOptions(points=points))
    assert not [d.message for _, d in report.errors], text
    return [*report.findings]


def last(text: str, points: int | None = None) -> Finding:
    return findings(text, points)[-1]


def verdicts(text: str) -> list[str]:
    return [found.verdict for found in findings(text)]
