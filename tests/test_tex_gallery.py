"""One refusal a file in `samples/errors/latex`, and what is said of it, held as text beside it.

Must not know who complains; a new message is accepted with GRADCLI_ACCEPT=1 pytest, then read.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest

from gradcli.api import check_paper
from gradcli.errors import CODES, Diagnostic, Source
from gradcli.judge.finding import CheckOptions, FileReport
from gradcli.language.tex.document import tex_document
from gradcli.show.diagnostics import render

FOLDER = Path(__file__).parent.parent / "samples" / "errors" / "latex"
FILES = sorted(FOLDER.glob("*.tex"))
ACCEPT = os.environ.get("GRADCLI_ACCEPT") == "1"
PROSE = r"(?: \((?:a number|a matrix|outer|entry by entry|of matrices)\))?"
TWO = ("G003", "G016")
"""Codes that promise both readings, each in the place of what is marked."""


@cache
def checked(text: str) -> FileReport:
    return check_paper(tex_document(Source("paper.tex", text)), CheckOptions())


def complaints(text: str) -> list[tuple[str, Diagnostic]]:
    """All that is said of a text, with its level; the first of a row that is lost is enough."""
    report = checked(text)
    found = [("error", d) for d in report.unreadable if not d.message.startswith("nothing was")]
    for made in report.derivations:
        found += [("error", d) for d in made.errors]
        found += [("note", d) for d in made.notes]
    return found


def readings(diagnostic: Diagnostic) -> list[str]:
    """The formulas that a help proposes, which stand between two spaces."""
    pieces = re.split(r"  +", re.sub(PROSE.replace(")?", ")"), "", diagnostic.help))
    return [piece.rstrip(",") for piece in pieces[1:] if piece not in ("or", "")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_refusal(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = complaints(text)
    refuted = [f for f in checked(text).findings if not f.passed]
    assert found or refuted, "nothing is refused here"
    rows = [f"{row.line}  {row.kind}  {row.text}" for row in checked(text).rows]
    blocks = [render(each).replace("error", level, 1) for level, each in found]
    blocks += [f"{f.verdict}[{f.code}]: {f.message}" for f in refuted]
    golden, made = path.with_suffix(".txt"), "\n\n".join([*blocks, "\n".join(rows)]) + "\n"
    if ACCEPT:
        golden.write_text(made, encoding="utf-8")
    assert golden.is_file(), f"{golden.name} is missing: run with GRADCLI_ACCEPT=1 and read it"
    assert made == golden.read_text(encoding="utf-8")
    for _, each in found:
        assert each.code in CODES
        assert each.span is not None
        assert "^" in render(each)
        assert not re.search(r"\b(Traceback|Error|Fraction|ndarray|object at|None)\b", each.message)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_readings_can_be_written(path: Path) -> None:
    """What is proposed in the place of what is marked is not refused for the same reason."""
    text = path.read_text(encoding="utf-8")
    for _, each in complaints(text):
        if each.code not in TWO or each.span is None:
            continue
        found = readings(each)
        assert len(found) > 1, each.help
        assert len({*found}) == len(found)
        for reading in found:
            mended = f"{text[: each.span.start]}{reading}{text[each.span.end :]}"
            still = [other.message for _, other in complaints(mended) if other.code == each.code]
            assert each.message not in still, reading


def test_every_code_of_papers_has_a_file() -> None:
    seen = {each.code for path in FILES for _, each in complaints(path.read_text("utf-8"))}
    wanted = {f"G0{number}" for number in range(15, 27)}
    assert wanted <= seen, wanted - seen


def test_no_golden_file_is_left_over() -> None:
    assert {path.with_suffix(".tex") for path in FOLDER.glob("*.txt")} == {*FILES}
