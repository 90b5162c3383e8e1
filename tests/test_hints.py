"""Hints: the kind of a mistake, then its place, and never what should stand there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gradcli
from gradcli.cli import group
from gradcli.cli.run import run
from gradcli.diagnosis.hints import hinted

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
