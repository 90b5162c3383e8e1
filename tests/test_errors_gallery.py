"""One mistake a file in `samples/errors`, and the message that it gets, held as text beside it.

Must not know who complains; a new message is accepted with GRADCLI_ACCEPT=1 pytest, then read.
"""

from __future__ import annotations

import os
import re
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from gradcli.api import check_text, diff
from gradcli.errors import CODES, Diagnostic, GradcliError, Source
from gradcli.judge.finding import CheckOptions, FileReport
from gradcli.language.parsing.parse import parse
from gradcli.reading import Place
from gradcli.reference.codes import explain
from gradcli.show.diagnostics import render

FOLDER = Path(__file__).parent.parent / "samples" / "errors"
CHECKED = FOLDER / "check"
PROGRAMS, DERIVATIONS = (sorted(folder.glob("*.grad")) for folder in (FOLDER, CHECKED))
FILES = [*PROGRAMS, *DERIVATIONS]
ACCEPT = os.environ.get("GRADCLI_ACCEPT") == "1"
# What stands behind "write" or "or", up to two spaces; "…" marks what has to be filled in.
MEND = re.compile(r"(?:write|or(?:, of a function,|, of matrices,)?)  (\S.*?)(?=  |$)")
REPLACING = ("G003", "G004", "G202")


def said_of(path: Path, text: str) -> tuple[Diagnostic, ...]:
    """All errors of a text that stands in the place of this file."""
    if path.parent == CHECKED:
        return tuple(diagnostic for _, diagnostic in checked(path, text).errors)
    try:
        diff(Source(path.name, text), folder=path.parent)
    except GradcliError as error:
        assert error.exit_code == 2
        return error.diagnostics
    return ()


@cache
def checked(path: Path, text: str) -> FileReport:
    return check_text(Source(path.name, text), CheckOptions(), place=Place(path.parent))


@cache
def complaints(path: Path) -> tuple[Diagnostic, ...]:
    found = said_of(path, path.read_text(encoding="utf-8"))
    assert found, "there is no mistake in this file"
    return found


def verdicts(path: Path) -> list[str]:
    """What is judged in spite of the mistake."""
    if path.parent != CHECKED:
        return []
    report = checked(path, path.read_text(encoding="utf-8"))
    return [f"{finding.verdict}: {finding.text}" for finding in report.findings]


def held_as_text(path: Path) -> None:
    blocks = [*map(render, complaints(path)), *verdicts(path)]
    found = "\n\n".join(blocks) + "\n"
    golden = path.with_suffix(".txt")
    if ACCEPT:
        golden.write_text(found, encoding="utf-8")
    assert golden.is_file(), f"{golden.name} is missing: run with GRADCLI_ACCEPT=1 and read it"
    assert found == golden.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    texts = chain(FOLDER.glob("*.txt"), CHECKED.glob("*.txt"))
    assert {path.with_suffix(".grad") for path in texts} == {*FILES}


def well_formed(path: Path) -> None:
    for diagnostic in complaints(path):
        assert diagnostic.code in CODES
        assert diagnostic.help or diagnostic.label or diagnostic.marks, "no mend and no label"
        message = diagnostic.message
        assert message and not message.endswith((".", "\n")) and "None" not in message
        assert not re.search(r"\b(Traceback|Error|Fraction|ndarray|object at)\b", message)
        assert diagnostic.span is not None
        size = len(diagnostic.span.source.text)
        for span in (diagnostic.span, *(mark for mark, _ in diagnostic.marks)):
            assert 0 <= span.start <= span.end <= size
        assert "^" in render(diagnostic)


def mends(diagnostic: Diagnostic) -> list[str]:
    found = []
    for text in MEND.findall(diagnostic.help):
        mend = re.split(r",$", text)[0].strip()
        if "…" not in mend and not mend.startswith('"') and any(map(str.isalnum, mend)):
            found.append(mend)
    return found


def mends_can_be_read(path: Path) -> None:
    for diagnostic in complaints(path):
        for mend in mends(diagnostic):
            if "plain text" not in diagnostic.help:
                parse(Source("mend", mend))


def a_mend_in_place_mends(path: Path) -> None:
    """Where the mend replaces what is marked, the program with it has this mistake no more."""
    found = complaints(path)
    for diagnostic in found:
        span = diagnostic.span
        if diagnostic.code not in REPLACING or span is None:
            continue
        assert mends(diagnostic), "nothing to replace it by"
        for mend in mends(diagnostic):
            text = f"{span.source.text[: span.start]}({mend}){span.source.text[span.end :]}"
            still = [(other.code, other.message) for other in said_of(path, text)]
            # A name that nobody knows is another matter than how it was written.
            assert (diagnostic.code, diagnostic.message) not in still
            new = dict(still).keys() - {other.code for other in found}
            assert "G201" not in new, f"{mend} does not fit"


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: str(path.relative_to(FOLDER).with_suffix(""))
)
def test_a_mistake(path: Path) -> None:
    held_as_text(path)
    well_formed(path)
    mends_can_be_read(path)
    a_mend_in_place_mends(path)


def test_every_kind_of_mistake_has_a_file() -> None:
    seen = {diagnostic.code for path in PROGRAMS for diagnostic in complaints(path)}
    wanted = {code for code in CODES if code[:2] in ("G0", "G2")} | {"G302"}
    # Sets belong to derivations.
    wanted -= {"G014"}
    # Formulas in LaTeX stand in papers.
    wanted -= {f"G0{number}" for number in range(15, 25)}
    # A remark is no mistake.
    wanted -= {"G204"}
    # Those of LaTeX have their examples on their pages, which are run.
    wanted -= {code for code in wanted if explain(code).file.endswith(".tex")}
    # Nothing but a program of 10,000 digits is too long; that one is in the folder, too.
    assert wanted <= seen, wanted - seen


def test_all_mistakes_of_a_file_are_reported() -> None:
    assert len(complaints(FOLDER / "several.grad")) == 3
    assert len(complaints(FOLDER / "several-unreadable.grad")) == 4
