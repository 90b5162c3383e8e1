"""Papers that were judged before: found again the same, and never where anything has changed.

Must not know how a paper is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradcli.api import remembered
from gradcli.api.derivations import Checked
from gradcli.api.remembered import Memory
from gradcli.judge.finding import CheckOptions, FileReport, Report
from gradcli.project.files import NamedFile
from gradcli.project.kept import Disk
from gradcli.project.run import check_one
from gradcli.show.check import check as show

MAIN = r"""\documentclass{article}
\input{macros}
\begin{document}
Let $x, q \in \R^n$.
\begin{align}
f &= \|x\|^2 \\
\nabla_x f &= 3x \\
g &= x q
\end{align}
\section{More}
\input{more}
\end{document}
"""
MORE = "\\[ h = x^\\top q, \\quad \\nabla_x h = q \\]\n\\[ t = \\mathbf{u} + s \\]\n"
NOTE = "Let $x \\in \\mathbb{R}^n$.\n\n$$ f = \\|x\\|^2, \\quad \\nabla_x f = x $$\n"
OPTIONS = CheckOptions(points=3, latex=True)


@pytest.fixture(autouse=True)
def judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of sections that were judged and not found."""
    monkeypatch.delenv(remembered.OFF, raising=False)
    found: list[str] = []
    run = Checked.run

    def told(self: Checked) -> object:
        found.append(self.report.name)
        return run(self)

    monkeypatch.setattr(Checked, "run", told)
    yield found


def written(folder: Path) -> dict[str, Path]:
    cell = {"cell_type": "markdown", "source": NOTE.splitlines(keepends=True)}
    texts = {
        "main.tex": MAIN, "macros.tex": r"\newcommand{\R}{\mathbb{R}}", "more.tex": MORE,
        "a.md": NOTE, "a.ipynb": json.dumps({"nbformat": 4, "cells": [cell]}, indent=1),
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in texts}


def shown(report: FileReport) -> str:
    whole = Report([report])
    return "".join(text for form in ("full", "json", "github") for text, _ in show(whole, form))


@pytest.mark.parametrize("name", ["main.tex", "a.md", "a.ipynb"])
@pytest.mark.parametrize("disk", [False, True])
def test_what_is_found_is_what_was_judged(
    name: str, disk: bool, judged: list[str], tmp_path: Path
) -> None:
    item = NamedFile(str(written(tmp_path)[name]))
    cache = Disk(tmp_path / "kept") if disk else Memory()
    first = check_one(item, OPTIONS, cache=cache)
    assert any(found.verdict == "refuted" and found.diagnosis for found in first.findings)
    count = len(judged)
    assert count
    again = check_one(item, OPTIONS, cache=cache)
    assert shown(again) == shown(first)
    assert [d.comments for d in again.derivations] != [[]] or name != "main.tex"
    assert len(judged) == count


CHANGES = [
    ("main.tex", ("3x", "2x")),
    ("more.tex", ("= q \\]", "= 2q \\]")),
    ("macros.tex", ("mathbb", "mathbf")),
    ("main.tex", ("\\section", "\n\\section")),
]


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_what_changed_is_judged(
    name: str, change: tuple[str, str], judged: list[str], tmp_path: Path
) -> None:
    places, cache = written(tmp_path), Memory()
    item = NamedFile(str(places["main.tex"]))
    check_one(item, OPTIONS, cache=cache)
    text = places[name].read_text("utf-8")
    places[name].write_text(text.replace(*change), encoding="utf-8")
    judged.clear()
    found = check_one(item, OPTIONS, cache=cache)
    assert judged or name == "macros.tex"
    assert shown(found) == shown(check_one(item, OPTIONS, cache=Memory()))


@pytest.mark.parametrize(
    "asked", [{"seed": 1}, {"points": 4}, {"name": "more"}, {"strict": True}, {"list": True}]
)
def test_other_options_are_other_questions(
    asked: dict[str, Any], judged: list[str], tmp_path: Path
) -> None:
    item, cache = NamedFile(str(written(tmp_path)["main.tex"])), Memory()
    check_one(item, OPTIONS, cache=cache)
    options = replace(OPTIONS, **asked)
    assert shown(check_one(item, options, cache=cache)) == shown(
        check_one(item, options, cache=Memory())
    )


def test_a_notebook_whose_lines_moved(judged: list[str], tmp_path: Path) -> None:
    path, cache = written(tmp_path)["a.ipynb"], Memory()
    item = NamedFile(str(path))
    check_one(item, OPTIONS, cache=cache)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8"))), encoding="utf-8")
    found = check_one(item, OPTIONS, cache=cache)
    assert shown(found) == shown(check_one(item, OPTIONS, cache=Memory()))


def test_data_is_read_anew(judged: list[str], tmp_path: Path) -> None:
    let = "% gradcli: at a = @a.json\nLet $a \\in \\mathbb{R}^2$.\n"
    text = rf"{let}\[ f = a^\top a, \quad f = 5.0 \]"
    (tmp_path / "a.tex").write_text(text, encoding="utf-8")
    cache, item = Memory(), NamedFile(str(tmp_path / "a.tex"))
    for value, passed in (("[1, 2]", True), ("[1, 3]", False)):
        (tmp_path / "a.json").write_text(value, encoding="utf-8")
        found = check_one(item, OPTIONS, cache=cache)
        assert not [*found.errors]
        assert [each.passed for each in found.findings] == [passed]
