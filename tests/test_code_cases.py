"""Every layer of the table is proved as it stands, and refuted with any of its slips."""

from __future__ import annotations

import linecache
from pathlib import Path
from typing import Any

import pytest
from code_cases import CASES, CodeCase

from gradcli.testing import CodeReport, WrongGradient, check_grad, check_layer, check_vjp

MOST = 2
"""Slips of a layer that every run plants; the score of all of them is taken by hand."""
SLIPS = [(case, k) for case in CASES for k in range(min(MOST, len(case.slips)))]


def judged(case: CodeCase, text: str, folder: Path) -> CodeReport:
    """The report on a module with this text."""
    path = folder / f"{case.name}.py"
    path.write_text(text, encoding="utf-8")
    linecache.checkcache()
    names: dict[str, Any] = {"__name__": case.name}
    exec(compile(text, str(path), "exec"), names)
    functions = [names[name] for name in case.names]
    given = {**case.sets, **case.more}
    try:
        if case.how == "vjp":
            return check_vjp(*functions, **given)
        if case.how == "layer":
            return check_layer(*functions, **given)
        return check_grad(*functions, *([True] if case.how == "grad" else []), **given)
    except WrongGradient as wrong:
        return wrong.report


def needs(case: CodeCase) -> None:
    if "scipy" in case.text:
        pytest.importorskip("scipy")


def slipped(case: CodeCase, k: int) -> tuple[str, int]:
    """The text with one of its slips, and the line where that is."""
    old, new = case.slips[k]
    place = case.text.rindex(old)
    line = case.text[:place].count("\n") + 1
    return case.text[:place] + new + case.text[place + len(old) :], line


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_right_layer_is_proved(case: CodeCase, tmp_path: Path) -> None:
    needs(case)
    report = judged(case, case.text, tmp_path)
    assert {g.name: g.verdict for g in report.gradients if g.verdict != "proved"} == {}


@pytest.mark.slow
@pytest.mark.parametrize(("case", "k"), SLIPS, ids=lambda x: getattr(x, "name", str(x)))
def test_a_slip_is_refuted(case: CodeCase, k: int, tmp_path: Path) -> None:
    needs(case)
    text, line = slipped(case, k)
    report = judged(case, text, tmp_path)
    assert report.verdict == "refuted"
    if all(g.entries for g in report.gradients if g.verdict == "refuted"):
        assert line in {report.line, *report.candidates}
    if report.diagnosis is not None and report.diagnosis.mended:
        whole = text.replace(report.diagnosis.statement, report.diagnosis.mended)
        if whole != text:
            assert judged(case, whole, tmp_path).verdict == "proved"
