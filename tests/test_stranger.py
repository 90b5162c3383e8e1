"""What a stranger met on a first day with `gradcli check`."""

from __future__ import annotations

import pytest

from gradcli.api import check, check_text
from gradcli.cli import group
from gradcli.cli.run import run
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions

SCALARS = "x, y in R\nL = x^2*y\n"


def verdicts(program: str) -> list[str]:
    report = check(program)
    assert not [str(d.message) for f in report.files for _, d in f.errors]
    return [finding.verdict for finding in report.findings]


def complaints(program: str) -> list[tuple[str, str]]:
    report = check(program)
    return [(d.message, d.help) for file in report.files for _, d in file.errors]


@pytest.mark.parametrize(
    "claim",
    [
        "d(dL/dx)/dy = 2*x",
        "∂(∂L/∂x)/∂y = 2*x",
        "d(d(dL/dx)/dx)/dy = 2",
        "d(dL/dx + dL/dy)/dy = 2*x",
    ],
)
def test_a_derivative_of_a_derivative(claim: str) -> None:
    assert verdicts(SCALARS + claim)[0] in ("proved", "holds")


@pytest.mark.parametrize("side", ["d2L/dx2", "d^2L/dx^2", "∂²L/∂x²", "d2L/d(x)^2"])
def test_the_text_of_a_claim_ends_with_its_written_order(side: str) -> None:
    (finding,) = check(f"{SCALARS}2*y = {side}").findings
    assert finding.text == f"2*y = {side}"
    assert finding.span.text == side


def test_operators_without_brackets_get_the_mend_and_spoil_no_later_line() -> None:
    program = SCALARS + "d/dx d/dy (L) = 1\nd/dx sin(x) = cos(x)\ndL/dx = 2*x*y\n"
    helps = [help for _, help in complaints(program)]
    assert helps == ["write  d/dx (d/dy (L))", "write  d/dx (sin(x))"]
    assert len([*check(program).findings]) == 1


@pytest.mark.parametrize("line", ["dL/dx = [1, 1, 1]", "d/dx (L) = [1, 1, 1]", "2*x = x + x"])
def test_a_claim_ends_an_unclosed_bracket(line: str) -> None:
    program = f"x in R^3\nL = sum(x)\nh = sum(x^2\n{line}\n"
    assert [message for message, _ in complaints(program)] == ['this "(" is never closed']
    assert [f.passed for f in check(program).findings] == [True]


def test_arguments_on_lines_of_their_own() -> None:
    program = "x in R^3\ng = [x[0],\n (x[1]),\n 2*x[2]]\ng[2] = 2*x[2]"
    assert verdicts(program) == ["proved"]


def test_a_mistake_of_one_derivation_is_told_once() -> None:
    program = 'd/dx (x^2) = 2*x\nderivation "b"\ny in R\nz = 3 +\n'
    assert len(complaints(program)) == 1


def test_a_shared_preamble_is_no_derivation_without_claims() -> None:
    (file,) = check('x in R\nf = x^2\nderivation "a"\ndf/dx = 2*x\n').files
    assert [d.name for d in file.derivations] == ["a"]
    assert not file.derivations[0].notes


def test_a_note_stands_at_its_fence() -> None:
    text = "# A\n\n```grad\nx in R\n```\n"
    report = check_text(Source("a.md", text), CheckOptions(), markdown=True)
    (note,) = report.derivations[0].notes
    assert note.span is not None
    assert note.span.start == text.index("```")


@pytest.mark.parametrize("program", ["", "x in R"])
def test_nothing_to_check_in_a_program(
    program: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradcli.cli.run._prepare_streams", lambda: None)
    assert run(group, ["check", "-e", program]) == 2
    assert "nothing to check in the program" in capsys.readouterr().err


def test_the_mends_of_a_title_and_of_a_member() -> None:
    assert complaints('derivation "a\nd/dx (x^2) = 2*x')[0][1] == 'write  derivation "a"'
    assert complaints("x in R\ns[0] = x\ns[0] = 2*x")[0][1].endswith("… = s[0]")
