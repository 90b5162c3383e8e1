"""Hints: the kind of a mistake, then its place, and never what should stand there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import gradcli
from gradcli.cli import group
from gradcli.cli.run import run
from gradcli.diagnosis.hints import hinted
from gradcli.judge.finding import CheckOptions
from gradcli.lsp.document import OpenDocument, Pieces
from gradcli.lsp.judging import judge
from gradcli.show.check import check as shown
from tests.refuted import ORIGINS

X = "x, a in R; y = sin(x)^2 + a*x; "
CASES = [
    (X + "dy/dx = 2*sin(x)*cos(x) - a", "sign", "a sign is wrong", "in a"),
    (X + "dy/dx = 2*sin(x) + a", "missing-local", "a local derivative is missing", "in 2*sin(x)"),
    (X + "dy/dx = sin(2*x) + a + x", "surplus-term", "a term is surplus", "in x"),
    (X + "dy/dx = 2*sin(x)*cos(a) + a", "node", "the wrong node", "in a"),
    ("x in R^3; f = sum(x); df/dx = 2*ones(3)", "factor", "a constant factor is", ""),
]


@pytest.mark.parametrize(("text", "kind", "says", "place"), CASES)
def test_a_hint_says_the_kind_and_then_the_place(
    text: str, kind: str, says: str, place: str
) -> None:
    report = gradcli.check(text)
    [whole] = report.findings
    assert whole.diagnosis is not None and whole.diagnosis.mended
    [first] = hinted(report, 1).findings
    [second] = hinted(report, 2).findings
    assert first.diagnosis is not None and second.diagnosis is not None
    assert first.diagnosis.kind == kind and first.diagnosis.text.startswith(says)
    assert second.diagnosis.text.startswith(first.diagnosis.text)
    assert second.diagnosis.text.endswith(place)
    for told in (first.diagnosis, second.diagnosis):
        assert told.mended is None and whole.diagnosis.mended not in told.text
    assert list(report.findings) == [whole]


def test_true_numbers_are_a_mend_too() -> None:
    [found] = hinted(gradcli.check("x in R; f = sin(x); at x = 1; df/dx ≈ -0.54"), 1).findings
    assert found.labels[0] == "" and found.counterexample is None
    assert found.diagnosis is not None and found.diagnosis.text == "a sign is wrong"


def test_a_product_that_fits_is_a_mend_too() -> None:
    text = "X in R^(m, n); w in R^n; f = sum((X @ w)^2); df/dw = 2*X @ X @ w"
    [(_, whole)] = gradcli.check(text).files[0].errors
    [(_, error)] = hinted(gradcli.check(text), 2).files[0].errors
    assert "mend:" in whole.help and error.message == whole.message and not error.help


@pytest.mark.parametrize("level", [[], ["1"], ["2"]])
def test_the_level_may_be_left_out_before_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], level: list[str]
) -> None:
    file = tmp_path / "a.grad"
    file.write_text("x in R; f = x^2; df/dx = 3*x\n")
    for arguments in (["--hint", *level, str(file)], [str(file), "--hint", *level]):
        assert run(group, ["check", *arguments, "--format", "json"]) == 1
        [claim] = json.loads(capsys.readouterr().out)["claims"]
        assert claim["diagnosis"]["mended"] is None and "mend" not in claim["diagnosis"]


ROWS = [row.program for rows in ORIGINS.values() for row in rows if row.mended]
BLANKS = re.compile(r"\s+")


@pytest.mark.slow
@pytest.mark.parametrize("program", ROWS)
def test_no_format_gives_a_mend_away(program: str) -> None:
    whole = gradcli.check(program)
    told = whole.findings[-1].diagnosis
    assert told is not None and told.mended
    written = BLANKS.sub("", program)
    for level in (1, 2):
        report = hinted(whole, level)
        for form in ("full", "json", "sarif", "junit", "github"):
            text = BLANKS.sub("", "".join(part for part, _ in shown(report, form)))
            assert told.text not in text
            assert BLANKS.sub("", told.mended) in written or BLANKS.sub("", told.mended) not in text


@pytest.mark.parametrize(
    ("hint", "says", "offers"),
    [(0, "mend", 1), (1, "a constant factor is missing", 0), (2, "in the line as a whole", 0)],
)
def test_an_editor_is_told_as_much_and_offers_no_mend(hint: int, says: str, offers: int) -> None:
    text, path = "x, w in R\nL = (w*x)^2\ndL/dw = w*x^2\n", Path("/nowhere/a.grad")
    options = CheckOptions(hint=hint)
    made = OpenDocument(path.as_uri(), path, text, 1, Pieces(), markdown=False, options=options)
    [job] = made.jobs()
    *_, piece = judge(job.chunk, job.options, job.place)
    [mark] = piece.marks
    assert says in mark.message and len(piece.edits) == offers
    assert ("2*w*x^2" in mark.message) is not (hint > 0)
