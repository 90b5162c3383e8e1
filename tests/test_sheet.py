"""Reports as a page: every line as it was written, with the verdicts that the report has.

Must not know how a page is made.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from tests.running import here
from tests.test_walkthrough import Elements

SLIPS = """# Two derivations & a < b.
derivation "two paths"
a, b in R
c = a + b
e = c*(b + 1)
de/da = b + 1
de/db = b + 1

derivation "a vector"
x in R^3
g = sum(x.^2)
dg/dx = x
"""


@pytest.fixture
def sheet(tmp_path: Path) -> str:
    path = tmp_path / "slips.grad"
    path.write_text(SLIPS, encoding="utf-8")
    done = here("check", "slips.grad", "--report", "html=out.html", cwd=tmp_path)
    assert done.code == 1
    assert "error[G102]" in done.out
    return (tmp_path / "out.html").read_text(encoding="utf-8")


def test_every_line_stands_there_once_as_it_was_written(sheet: str) -> None:
    lines = re.findall(r'<span class="number">(\d+)</span><code>(.*?)</code>', sheet)
    assert [int(number) for number, _ in lines] == [*range(1, 13)]
    texts = [html.unescape(re.sub(r"</?mark>", "", text)) for _, text in lines]
    assert texts == SLIPS.splitlines()
    assert re.findall(r"<mark>(.*?)</mark>", sheet) == ["b + 1", "x"]


def test_it_is_one_page_that_needs_nothing_else(sheet: str) -> None:
    elements = Elements(sheet)
    ids = [a["id"] for _, a in elements.found if "id" in a]
    assert len(ids) == len({*ids}) > 0
    assert not re.findall(r"(?:src|href)=|@import|url\(|https?://(?!www\.w3\.org/2000/svg)", sheet)
    assert [a["class"] for tag, a in elements.found if tag == "svg"] == ["graph"] * 2


def test_verdicts_diagnoses_and_points_are_those_of_the_report(sheet: str, tmp_path: Path) -> None:
    claims = json.loads(here("check", "slips.grad", "--format", "json", cwd=tmp_path).out)["claims"]
    badges = re.findall(r'class="badge (?:good|bad)">(\w+)', sheet)
    assert badges == [claim["verdict"] for claim in claims]
    for claim in claims:
        if claim["diagnosis"]:
            assert html.escape(claim["diagnosis"]["text"], quote=False) in sheet
            assert html.escape(claim["diagnosis"]["mended"], quote=False) in sheet
    assert "<dt>at</dt><dd><code>a = 0, b = 1</code>" in sheet
    assert "<dt>truth</dt><dd><code>3</code>" in sheet
    assert "the graph of e" in sheet


def test_entries_stand_a_row_each(tmp_path: Path) -> None:
    program = "x in R^2; y = x.T @ x; dy/dx = x"
    page = here("check", "-e", program, "--format", "html", cwd=tmp_path).out
    table = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)[0].split("\n")
    assert [row.split()[0] for row in table][:2] == ["entry", "[1]"]
    assert "\\x0a" not in page


def test_a_drawing_is_of_what_is_differentiated(tmp_path: Path) -> None:
    text = "x in R\nf = x^2\nh = 2*f\ndf/dx = 2*x\n"
    done = here("check", "-e", text, "--format", "html", cwd=tmp_path)
    assert done.code == 0
    assert "the graph of f" in done.out
    assert "passed" in done.out


@pytest.mark.parametrize("text", ["x in R\n1 = 1 + x\n", "x in R\nx + x = 2*x\n", "f = (\n"])
def test_what_cannot_be_drawn_is_left_out(text: str, tmp_path: Path) -> None:
    done = here("check", "-e", text, "--format", "html", cwd=tmp_path)
    assert "<svg" not in done.out
    assert 'class="number"' in done.out


def test_a_loop_to_a_letter_is_drawn_with_some_turns(tmp_path: Path) -> None:
    path = tmp_path / "loop.grad"
    path.write_text(
        "w, h0 in R\nh[0] = h0\nfor t in 1..T { h[t] = tanh(w*h[t-1]) }\nf = h[T]\ndf/dw = 0\n",
        encoding="utf-8",
    )
    page = here("check", str(path), "--format", "html").out
    assert "the graph of f, T = 3" in page
    assert page.count('class="band"') == 4


def test_derivations_in_markdown_are_drawn_each(tmp_path: Path) -> None:
    fence = "```grad\nx in R\n{0} = {1}\nd{0}/dx = {2}\n```\n"
    text = (
        "# One\n\n"
        + fence.format("f", "x^2", "2*x")
        + "\n## Two\n\n"
        + fence.format("g", "x^3", "x")
    )
    (tmp_path / "note.md").write_text(text, encoding="utf-8")
    done = here("check", "note.md", "--format", "html", cwd=tmp_path)
    assert re.findall(r"<summary>the graph of (\w)", done.out) == ["f", "g"]


PAPER = r"""Let $x \in \mathbb{R}$ and
\begin{equation}
f = x^3
\end{equation}
Then
\begin{equation}
\frac{\partial f}{\partial x} = 2 x^2
\end{equation}
"""
CELL = "# T\n\n```grad\nx in R\nf = x^2\ndf/dx = x\n```\n"


@pytest.mark.parametrize("name", ["paper.tex", "note.ipynb"])
def test_papers_and_notebooks_are_sheets_too(name: str, tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": CELL}]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    text = PAPER if name.endswith("tex") else json.dumps(book)
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = here("check", name, "--format", "html", cwd=tmp_path)
    assert done.code == 1
    assert done.out.count("<svg") == 1
    [wrong] = re.findall(r"<li class=wrong>.*?<code>(.*?)</code>", done.out)
    assert re.sub("</?mark>", "", wrong) in (PAPER if name.endswith("tex") else CELL).splitlines()
    assert "<mark>" in wrong
