r"""Values at a point in papers: bars, brackets behind derivatives, and sheets with a point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gradcli import api
from gradcli.api.converted import to_latex, to_sheet
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions
from gradcli.language.tex.document import tex_document
from tests.running import here
from tests.test_tex_check import verdicts

GIVEN = r"""
$x, y, a \in \mathbb{R}$, $w, u \in \mathbb{R}^n$, $A \in \mathbb{R}^{n \times n}$
\[ L = x^3 + 3x y \]
\[ g(x) = x^2, \quad z = a x, \quad s = \sigma(z), \quad J(w) = w^\top A w \]
"""


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (r"\left.\frac{dL}{dx}\right|_{x=0} = 3y", "right"),
        (r"\left.\frac{dL}{dx}\right|_{x=0} = 3x^2 + 3y", "refuted"),
        (r"\frac{\partial L}{\partial x}\bigg|_{x=1,\, y=2} = 9", "right"),
        (r"\frac{\partial L}{\partial x}\Bigr\rvert_{(x, y) = (1, 2)} = 9", "right"),
        (r"dL/dx|_{x=y} = 3y^2 + 3y", "right"),
        (r"\eval{\frac{dL}{dx}}_{x=y} = 3y^2 + 3y", "right"),
        (r"\eval{\dv{L}{x}}_{x=y} = 3y^2", "refuted"),
        (r"\left[\frac{dL}{dx}\right]_{x=1} = 3 + 3y", "right"),
        (r"\frac{d}{dx} x^3 \Big|_{x=3} = 27", "right"),
        (r"\left.\frac{ds}{dz}\right|_{z=0} = \frac14", "right"),
        (r"\nabla_w J \big|_{w=0} = 0", "right"),
        (r"\nabla_w J(w) \big|_{w=u} = (A + A^\top) u", "right"),
        (r"\nabla J(u) = (A + A^\top) u", "right"),
        (r"J(u) + \nabla J(u)^\top (w - u) = u^\top A u + u^\top (A + A^\top) (w - u)", "right"),
        (r"g'(2) = 4", "right"),
        (r"g''(y) = 2", "right"),
        (r"\frac{dg}{dx}(3) = 6", "right"),
        (r"\frac{dg}{dx}(3) = 3x^2", "refuted"),
        (r"\frac{dg}{dx}(x) = 2x", "right"),
        (r"\left(\frac{\partial L}{\partial x}\right)_y = 3x^2 + 3y", "right"),
        (r"\left.\frac{d|x|}{dx}\right|_{x=0} = 0", "undecided"),
        # what is rounded
        (r"\left.\frac{dL}{dx}\right|_{x=0.1, y=2} = 6 + 0.03 \approx 6.03", "right"),
        (r"\left.\frac{dL}{dx}\right|_{x=0.1, y=2} \approx 6.04", "refuted"),
        (r"\left.\frac{dL}{dx}\right|_{x=0.1} \approx 6.04", "note"),
        # a factor behind a derivative is none of its arguments
        (r"\frac{ds}{dz}(1 - x) = s(1-s)(1-x)", "right"),
        # how far a bar reaches does not matter, or is not said
        (r"y \frac{dg}{dx}\Big|_{x=2} = 4y", "right"),
        (r"x \frac{dg}{dx}\Big|_{x=2} = 4x", "unread"),
        (r"x + \frac{dg}{dx}\Big|_{x=2} = 4 + x", "unread"),
        # two readings
        (r"\frac{dg}{dx}(y) = 2y", "unread"),
        (r"\frac{dg}{dx}(1 - x) = 2x(1 - x)", "unread"),
        (r"\frac{\partial L}{\partial x}(1, 2) = 9", "unread"),
        (r"\frac{d g(2)}{dx} = 4", "unread"),
        (r"\nabla_w J(u) = 0", "unread"),
        (r"\left.\frac{dL}{dx}\right|_{0} = 3y", "unread"),
        (r"\left. x^2 \right|_1^2 = 3", "note"),
        (r"\left. x^2 \right|^2_{x=1} = 1", "note"),
        (r"g(x, y) = x^2", "unread"),
    ],
)  # fmt: skip
def test_a_value_at_a_point(row: str, read: str) -> None:
    assert verdicts(rf"{GIVEN}\[{row}\]")[-1] == read


SHEET = """\
x, y in R
w in R^2
L = x^3 + 3*x*y
at x = 0
dL/dx = 3*y
g = x*y
  = 0
dL/dx = 3*x^2 + 3*y
      = 3*y
at x = 1, y = 2
dL/dx ≈ 9.00
at random
dL/dy = 3*x
"""


def test_a_point_of_a_sheet_stays_one_in_latex_and_back() -> None:
    def judged(text: str) -> list[str]:
        report = api.check_text(Source("a.grad", text), CheckOptions())
        return [f.verdict in ("proved", "holds") for f in report.findings]

    latex = to_latex(Source("a.grad", SHEET))
    report = api.check_paper(tex_document(Source("a.tex", latex)), CheckOptions())
    assert [f.passed for f in report.findings] == judged(SHEET) == [True] * 6
    again = to_sheet(tex_document(Source("a.tex", latex)))
    assert "subs(dL/dx, x=0) = 3*y" in again
    assert judged(again) == [True] * 6


def test_the_point_of_a_comment_stays_one_in_a_sheet() -> None:
    text = r"""% gradcli: x, y in R; at x = 1, y = 2
\[ f = x^2 y \]
\[ \frac{df}{dx} = 2xy = 4.0 \]
\[ f = 2 \]
\[ \frac{df}{dx} = 2xy \]
"""
    sheet = to_sheet(tex_document(Source("a.tex", text)))
    report = api.check_text(Source("a.grad", sheet), CheckOptions())
    assert [f.passed for f in report.findings] == [True] * 4
    assert [f.evidence.points > 1 or f.verdict == "proved" for f in report.findings].count(
        True
    ) == 2


def test_a_point_in_a_file_is_no_claim_about_every_point(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.array([1.0, 2.0]))
    (tmp_path / "a.grad").write_text("w in R^2\nq = w @ w\nat w = @w.npy\nq ≈ 5.0\n")
    latex = here("convert", str(tmp_path / "a.grad")).out
    report = api.check_paper(tex_document(Source("a.tex", latex)), CheckOptions())
    assert len(report.rows) == 2 and not [*report.findings]
