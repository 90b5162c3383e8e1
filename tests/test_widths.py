"""Screens at every width: no line is wider than its terminal, and no word or number is broken.

Must not know how anything is laid out.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from gradcli import api
from gradcli.certify.result import DiffResult
from gradcli.errors import Diagnostic, Source, Span
from gradcli.show import formats
from gradcli.show.check import check
from gradcli.show.diagnostics import More, styled
from gradcli.show.table import console, draw

ROOT = Path(__file__).parents[1]
WIDTHS = (60, 80, 100, 160)
NUMBER = re.compile(r"-?\d+\.\d{5,}(?:e-?\d+)?")


def drawn(result: DiffResult, width: int) -> str:
    content, _ = formats.diff(result, "table", None, width)
    stream = io.StringIO()
    draw(content, console(stream, width, False))  # type: ignore[arg-type]
    return stream.getvalue()


@pytest.mark.parametrize("name", ["20-sum-times-max", "63-two-layers"])
def test_a_gradient_and_its_trace_fit(name: str) -> None:
    program = (ROOT / "samples" / f"{name}.grad").read_text(encoding="utf-8")
    found = api.diff(Source("x.grad", program), trace=True)
    texts = [drawn(found, width) for width in WIDTHS]
    numbers = [{*NUMBER.findall(text)} for text in texts]
    for width, text in zip(WIDTHS, texts, strict=True):
        assert max(len(line.rstrip()) for line in text.splitlines()) <= width, text
    # What is told depends on the room, how a number is written does not.
    assert all(found <= numbers[0] for found in numbers), numbers


LONG = f"dL/dw = {' + '.join(f'x{k}*w{k}' for k in range(40))} + here*0 + {'y*' * 40}1"
SENTENCE = "the factor that is missing here is the local derivative of the third of the layers"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ascii", [True, False])
def test_excerpts_carets_and_sentences_fit(width: int, ascii: bool) -> None:
    source = Source("note.grad", LONG)
    start = LONG.index("here")
    mark = Span(source, start, start + 4)
    left = Span(source, 0, 5)
    told = More(remarks=[("diagnosis:", SENTENCE), ("mend:", "x*" * 60)])
    complaint = Diagnostic("G102", SENTENCE, mark, "0.125", help=SENTENCE, marks=((left, "0.5"),))
    pieces = styled(complaint, "error", told, ascii=ascii, room=width)
    lines = "".join(text for text, _ in pieces).splitlines()
    assert all(len(line) <= width for line in lines if "mend:" not in line)
    [at] = [k for k, line in enumerate(lines) if "here*0" in line]
    assert lines[at].index("here") == lines[at + 1].index("^^^^")
    assert " ".join("".join(lines).split()).count("third") == 3
    assert any(line.endswith("x*" * 60) for line in lines)


@pytest.mark.parametrize("width", [60, 80])
def test_a_report_fits(width: int) -> None:
    program = (
        'derivation "a rather long title of a derivation, as one writes them"\nx in R\n'
        f"f = {' + '.join(['x^2'] * 30)}\ndf/dx = {' + '.join(['2*x'] * 29)} + x\n"
    )
    report = api.check(program)
    text = "".join(piece for piece, _ in check(report, "full", room=width))
    wide = [line for line in text.splitlines() if len(line) > width]
    assert all("= mend:" in line for line in wide)
    assert "".join(piece for piece, _ in check(report, "full")).splitlines() != text.splitlines()


@pytest.mark.parametrize(
    ("expression", "at", "said"),
    [
        ("(1 - cos(x))/x^2", "x=1e-8", "0 of 16 digits (it gives 1e+08)"),
        ("sin(x)/x", "x=1e-3", "10 of 16 digits (it gives -0.00033333329998)"),
    ],
)
def test_what_float64_gives_is_told_as_far_as_it_differs(
    expression: str, at: str, said: str
) -> None:
    assert said in drawn(api.diff(expression, [at]), 160)


@pytest.mark.parametrize(
    ("program", "notes"),
    [
        ("x in (-2, -1); log(x^3) = 3*log(x)",
         ["the left side has none: log(x^3) needs x^3 > 0",
          "the right side has none: log(x) needs x > 0"]),
        ("x in (-2, -1); x^2 = exp(2*log(x))", ["the right side has none: log(x) needs x > 0"]),
        ("x in (1, 2); log(1 - x) = 2*log(1 - x)",
         ["the left and the right side have none: log(1 - x) needs 1 - x > 0"]),
    ],
)  # fmt: skip
def test_where_nothing_can_be_compared_the_side_and_its_term_are_named(
    program: str, notes: list[str]
) -> None:
    [found] = api.check(program).findings
    assert found.code == "G308"
    assert found.notes == notes
