"""Mends in LaTeX: in the author's notation, read back, and written into the file.

Must not know how a mistake is found.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradcli import api
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions, Finding
from gradcli.language.tex.document import tex_document
from tests.running import here

LET = (
    r"$X \in \mathbb{R}^{m \times n}$, $w, v \in \mathbb{R}^n$, $y \in \mathbb{R}^m$, $a, b \in \R$"
)
MACROS = r"\newcommand{\R}{\mathbb{R}} \newcommand{\wt}{\tilde{w}} \begin{document}"
SLIPS = [
    (r"L = \|Xw - y\|^2, \quad \frac{\partial L}{\partial w} = X^T(Xw - y)",
     "a factor 2 is missing", r"2 X^T(Xw - y)"),
    (r"L = \|Xw - y\|^2, \quad \frac{\partial L}{\partial w} = 2X^\top(Xw + y)",
     "the sign of the term y is wrong", r"2X^\top(Xw - y)"),
    (r"\hat y = \sigma(a), \quad \frac{d\hat y}{da} = \hat y (1 + \hat y)",
     r"the sign of the term \hat y is wrong", r"\hat y (1 - \hat y)"),
    (r"c_1 = a^2, \quad f = b \sin(c_1), \quad \frac{df}{da} = 2ab \sin c_1",
     "the function is cos, not sin", r"2ab \cos(c_1)"),
    (r"f = e^{-a^2/2}, \quad \frac{df}{da} = a\,e^{-a^2/2}", "the sign is wrong",
     r"-a\,e^{-a^2/2}"),
    (r"w^{(2)}_1 = \tanh(a), \quad f = \left(w^{(2)}_1\right)^2, "
     r"\quad \frac{df}{da} = 2 w^{(2)}_1",
     r"the factor 1 - (w^{(2)}_1)^2 is missing", r"2 w^{(2)}_1 (1 - (w^{(2)}_1)^2)"),
    (r"\wt = a^2, \quad f = \sin \wt, \quad \frac{df}{da} = 3a \cos \wt",
     "the number is 2, not 3", r"2a \cos \wt"),
    (r"\frac{\partial}{\partial w_j} \sum_i y_i \sum_k X_{ik} w_k = -\sum_i y_i X_{ij}",
     "the sign is wrong", r"\sum_i y_i X_{ij}"),
]  # fmt: skip


def refuted(text: str) -> list[Finding]:
    whole = "\n".join([MACROS, LET, r"\[", text, r"\]", r"\end{document}"])
    report = api.check_paper(tex_document(Source("a.tex", whole)), CheckOptions())
    assert not [*report.errors]
    return [found for found in report.findings if not found.passed]


@pytest.mark.slow
@pytest.mark.parametrize(("text", "says", "mend"), SLIPS)
def test_a_slip(text: str, says: str, mend: str) -> None:
    [found] = refuted(text)
    assert found.diagnosis
    assert says in found.diagnosis.text
    assert found.diagnosis.mended == mend
    assert found.diagnosis.verdict in ("proved", "holds")
    # The mended line is right as it is read.
    assert refuted(text.replace(found.span.text, mend)) == []


def test_the_point_has_the_names_of_the_paper() -> None:
    [found] = refuted(r"\hat y = ab, \quad f = \hat y^2, \quad \frac{\partial f}{\partial a} = b")
    assert found.counterexample
    assert {*found.counterexample.at} == {"a", "b"}
    [found] = refuted(r"\lVert v \rVert^2 = 2 v^\top v")
    assert found.counterexample
    assert {*found.counterexample.at} == {"v"}


NOTE = r"""# A slip

Let $\mathbf{x} \in \mathbb{R}^n$.

$$
\nabla_{\mathbf{x}} \|\mathbf{x}\|^2 = \mathbf{x}
$$
"""


def test_mends_are_written_into_a_notebook(tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "source": NOTE.splitlines(keepends=True)}]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}, indent=1), encoding="utf-8")
    done = here("check", "--latex", "a.ipynb", "--fix", "--yes", cwd=tmp_path)
    assert done.code == 0, done.out
    source = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
    assert "".join(source) == NOTE.replace("= \\mathbf{x}\n", "= 2 \\mathbf{x}\n")


def test_mends_are_edits_of_the_paper(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(NOTE, encoding="utf-8")
    done = here("check", "--latex", "a.md", "--format", "sarif", cwd=tmp_path)
    [result] = json.loads(done.out)["runs"][0]["results"]
    [change] = result["fixes"][0]["artifactChanges"]
    [edit] = change["replacements"]
    assert edit["insertedContent"]["text"] == r"2 \mathbf{x}"
    line = NOTE.splitlines()[edit["deletedRegion"]["startLine"] - 1]
    assert line[edit["deletedRegion"]["startColumn"] - 1 :] == r"\mathbf{x}"
