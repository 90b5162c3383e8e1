r"""Rows of a paper whose sizes do not fit: refuted, with the factors or indices that are right.

Must not know how a mistake is found.
"""

from __future__ import annotations

import pytest

from gradcli import api
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions, Finding
from gradcli.language.tex.notes import markdown_document

LET = (
    r"Let $X \in \mathbb{R}^{m \times n}$, $w, v \in \mathbb{R}^n$, $y, u \in \mathbb{R}^m$, "
    r"$W \in \mathbb{R}^{n \times k}$, $G \in \mathbb{R}^{m \times k}$."
)
SLIPS = [
    (r"L = \|Xw - y\|^2, \quad \nabla_w L", r"2X(Xw - y)", "X must be transposed here",
     r"2X^\top(Xw - y)"),
    (r"L = \operatorname{tr}(G^T X W), \quad \frac{\partial L}{\partial W}", r"G X^T",
     "the factors belong in another order", r"X^T G"),
    (r"L = \operatorname{tr}(G^T X W), \quad \frac{\partial L}{\partial X}", r"G W",
     "W must be transposed here", r"G W^T"),
    (r"Y = XW, \quad L = \operatorname{tr}(G^T Y), \quad \frac{\partial L}{\partial W}",
     r"\frac{\partial L}{\partial Y} X^T", "the factors belong in another order",
     r"X^T \frac{\partial L}{\partial Y}"),
    (r"s = \sum_i u_i \sum_j X_{ij} w_j, \quad \frac{\partial s}{\partial X_{ij}}", r"u_i w_i",
     "the index is j, not i", r"u_i w_j"),
    (r"s = \sum_i u_i \sum_j X_{ij} w_j, \quad \frac{\partial s}{\partial w_l}",
     r"\sum_i u_i X_{li}", "the indices l and i are exchanged", r"\sum_i u_i X_{il}"),
]  # fmt: skip


def refuted(text: str) -> list[Finding]:
    whole = f"<!-- gradcli: a in R -->\n{LET}\n\n$$ {text} $$\n"
    report = api.check_paper(markdown_document(Source("a.md", whole)), CheckOptions(points=3))
    assert not [*report.errors]
    return [found for found in report.findings if not found.passed]


@pytest.mark.slow
@pytest.mark.parametrize(("left", "side", "says", "mend"), SLIPS)
def test_a_side_that_does_not_fit(left: str, side: str, says: str, mend: str) -> None:
    [found] = refuted(f"{left} = {side}")
    assert found.code == "G103"
    assert found.diagnosis
    assert (found.diagnosis.text, found.diagnosis.mended) == (says, mend)
    assert found.span.text == side
    assert refuted(f"{left} = {mend}") == []


def test_a_line_that_goes_on() -> None:
    [found] = refuted(r"\nabla_w \|Xw - y\|^2 = 2 X^\top (Xw - y) \\ = 2 X (Xw - y)")
    assert found.diagnosis
    assert found.diagnosis.mended == r"2 X^\top (Xw - y)"


def test_a_side_that_no_order_makes_right_has_no_mend() -> None:
    [found] = refuted(r"\nabla_w \|Xw - y\|^2 = 3 X (Xw - y)")
    assert found.diagnosis
    assert found.diagnosis.mended is None
