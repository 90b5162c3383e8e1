"""The page on papers against the reader: what it shows as read is read so, and is true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from gradcli import api
from gradcli.api.converted import to_sheet
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions
from gradcli.language.tex.document import TexDocument, tex_document
from gradcli.project.config import KINDS

PAGE = (Path(__file__).parent.parent / "docs" / "latex.md").read_text(encoding="utf-8")
[LET] = re.findall(r"^With `(.*)`,$", PAGE, re.MULTILINE)


def rows(title: str) -> list[tuple[str, str]]:
    table = PAGE.partition(f"| LaTeX | {title} |\n")[2].partition("\n\n")[0]
    return [(a, b) for a, b in re.findall(r"^\| `(.*?)` \| (.*) \|$", table, re.MULTILINE)]


def document(formula: str) -> TexDocument:
    return tex_document(Source("a.tex", f"{LET}\n\\[ {formula} \\]\n"))


@pytest.mark.parametrize(("formula", "line"), rows("in the language"))
def test_what_is_read(formula: str, line: str) -> None:
    [found] = api.check_paper(document(formula), CheckOptions(points=3)).findings
    assert found.passed
    assert line.strip("`") in [each.strip() for each in to_sheet(document(formula)).splitlines()]


@pytest.mark.parametrize(("formula", "why"), rows("why"))
def test_what_is_not(formula: str, why: str) -> None:
    report = api.check_paper(document(formula), CheckOptions())
    [row] = report.rows
    assert row.kind in ("unread", "note")
    assert row.why == why.replace("`", "")
    assert not [*report.findings]


def test_the_settings_of_a_paper() -> None:
    [text] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert {*tomllib.loads(text)["tool"]["gradcli"]} <= {*KINDS}
