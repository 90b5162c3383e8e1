r"""Derivations of many fields as papers print them: every row is read as labelled, no slip passes.

A row in `papers` ends with what it is: `%P` a right claim, `%N` none, `%U` one with two readings.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcli import api
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions
from gradcli.language.tex.document import tex_document
from gradcli.language.tex.notes import markdown_document

FOLDER = Path(__file__).parent / "papers"
SLIPS = [
    (
        "arm.tex",
        r"\frac{\partial x}{\partial q_2} &= -l_2 \sin(q_1 + q_2)",
        r"\frac{\partial x}{\partial q_2} &= l_2 \sin(q_1 + q_2)",
    ),
    (
        "arm.tex",
        r"\frac{\partial y}{\partial q_2} &= l_2 \cos(q_1 + q_2)",
        r"\frac{\partial y}{\partial q_2} &= l_2 \sin(q_1 + q_2)",
    ),
    ("arm.tex", r"= l_1 l_2 \sin q_2", r"= l_1 l_2 \sin q_1"),
    ("arm.tex", r"\right|_{q_1 = 0,\, q_2 = 0} = l_1 + l_2", r"\right|_{q_1 = 0,\, q_2 = 0} = l_1"),
    ("camera.tex", r"-\frac{u - c}{Z}", r"-\frac{u}{Z}"),
    ("camera.tex", r"- \frac{f X}{Z^2}\,\mathrm{d}Z", r"+ \frac{f X}{Z^2}\,\mathrm{d}Z"),
    ("gas.tex", r"+ \frac{2 a n^2}{V^3}", r"+ \frac{a n^2}{V^3}"),
    ("gas.tex", r"\right)_V = \frac{n R}{V - n b}", r"\right)_V = \frac{n R}{V - b}"),
    ("growth.tex", r"\partial \ln L} &= 1 - \alpha", r"\partial \ln L} &= \alpha"),
    ("growth.tex", r"\alpha (1 - \alpha) \frac{Y}{K L}", r"\alpha (1 - \alpha) \frac{Y}{K}"),
    ("gaussians.md", r"\sigma_j - \frac{1}{\sigma_j}", r"\sigma_j - \frac{1}{\sigma_j^2}"),
    ("kalman.tex", r"P H^\top + 2 K R \\", r"P H^\top + K R \\"),
    ("integrator.tex", r"x_3 + a x_2 + a^2 x_1", r"x_3 + a x_2 + a x_1"),
    (
        "waiting.tex",
        r"\ell''(\lambda) &= -\frac{n}{\lambda^2}",
        r"\ell''(\lambda) &= \frac{n}{\lambda^2}",
    ),
    ("hinge.tex", r"-y x & m < 1", r"-x & m < 1"),
    ("pendulum.tex", r"&= -m g l \sin\theta", r"&= -m g l \cos\theta"),
    ("factor.tex", r"\nabla_H F &= W^\top (W H - V)", r"\nabla_H F &= W (W H - V)"),
    ("rate.tex", r"\frac{E}{R T^2} \end", r"\frac{E}{R T} \end"),
    ("lqr.tex", r"\nabla V(0) &= B^\top (Q + Q^\top) A x", r"\nabla V(0) &= B^\top Q A x"),
    ("kernel.tex", r"(x - z)(x - z)^\top - I \right)", r"(x - z)(x - z)^\top + I \right)"),
]


def by_line(name: str, text: str) -> dict[int, str]:
    """What became of each line: `P` where all its claims pass, `R` where one is refuted."""
    source = Source(name, text)
    paper = tex_document(source) if name.endswith(".tex") else markdown_document(source)
    report = api.check_paper(paper, CheckOptions(points=3))
    found = {row.line: "U" if row.kind == "unread" else "N" for row in report.rows}
    for made in report.findings:
        line = source.position(made.span.start)[0]
        found[line] = "P" if made.passed and found.get(line) != "R" else "R"
    return found


@pytest.mark.parametrize("paper", sorted(FOLDER.glob("*.tex")), ids=lambda path: path.stem)
def test_a_paper(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    found = by_line(paper.name, text)
    for line, row in enumerate(text.splitlines(), 1):
        if label := re.search(r"%([PNU])$", row):
            assert (line, found.get(line)) == (line, label[1])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "right", "slip"), SLIPS)
def test_a_slip(name: str, right: str, slip: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert text.count(right) == 1
    line = text[: text.index(right)].count("\n") + 1
    assert by_line(name, text.replace(right, slip))[line] == "R"
