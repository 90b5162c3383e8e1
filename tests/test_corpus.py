"""The labelled corpus: every line gets the verdict that its label asks for, and each run the same.

Must not know how a verdict is reached.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradcli.api import check_text
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions, FileReport, Report
from gradcli.reading import Place
from gradcli.show.check import check as show

CORPUS = Path(__file__).parent / "corpus"
ROWS = json.loads((CORPUS / "manifest.json").read_text())
FILES = sorted({row["file"] for row in ROWS})


def judged(file: str, **options: int) -> FileReport:
    path = CORPUS / file
    source = Source(file, path.read_text())
    markdown = path.suffix == ".md"
    return check_text(source, CheckOptions(**options), markdown=markdown, place=Place(path.parent))


def line_of(source: Source, start: int) -> int:
    return source.position(start)[0]


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_line_gets_its_verdict(file: str, seed: int) -> None:
    report = judged(file, seed=seed)
    found = {
        line_of(f.span.source, f.span.start): "pass" if f.passed else f.verdict
        for f in report.findings
    }
    for _, error in report.errors:
        assert error.span is not None
        found.setdefault(line_of(error.span.source, error.span.start), "error")
    wrong = {name for name, _ in report.errors}
    for row in (row for row in ROWS if row["file"] == file):
        got = found.get(row["line"], "error" if row["derivation"] in wrong else "missing")
        assert got == row["expect"], f"{file}:{row['line']}: {row['note']}"


def test_the_labels_are_all_there() -> None:
    assert len(ROWS) == 216
    assert {row["expect"] for row in ROWS} == {"pass", "refuted", "undecided", "error"}


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_the_same_file_gives_the_same_report(file: str) -> None:
    first, second = ("".join(t for t, _ in show(Report([judged(file)]), "json")) for _ in "12")
    assert first == second
