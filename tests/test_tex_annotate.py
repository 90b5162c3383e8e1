"""The comments that papers lack: proposed, written where they belong, and never another verdict.

Must not know how a shape is guessed.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import here

TEX = r"""\documentclass{article}
\begin{document}
\section{Layers}
Consider
  \begin{align*}
z &= \mathbf w^\top \mathbf x + b, & C &= \tfrac12 (\tanh z - y)^2 \\
\frac{\partial C}{\partial b} &= (\tanh z - y)(1 - \tanh^2 z)
\end{align*}
\section{Odd names}
\begin{equation}
\hat{\mathbf y} = W^{(2)} \mathbf h + \mathbf b^{(2)}, \quad
L = \|\hat{\mathbf y} - \mathbf x_{\mathrm{in}}\|^2 + \lambda_1 \|W^{(2)}\|_F^2
\end{equation}
\[ \frac{\partial L}{\partial \mathbf b^{(2)}} = 2(\hat{\mathbf y} - \mathbf x_{\mathrm{in}}) \]
\end{document}
"""
MARKDOWN = r"""Ridge
=====

- A list, of which this is

  $$ J = \|\mathbf y - \mathbf X \mathbf w\|^2 $$

  the second paragraph, so that
  $$ \nabla_{\mathbf w} J = 2 \mathbf X^\top(\mathbf X \mathbf w - \mathbf y) $$

# Quadratic
> $f(x)$ is
> ```math
> f = \mathbf x^\top A \mathbf x
> ```

$$ \nabla_{\mathbf x} f = (A + A^\top) \mathbf x $$
"""


def checked(folder: Path, *options: str, name: str) -> tuple[int, list[tuple[str, str]]]:
    done = here("check", name, "--latex", "--format", "json", *options, cwd=folder)
    claims = json.loads(done.out)["claims"]
    return done.code, [(claim["text"], claim["verdict"]) for claim in claims]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.tex", TEX, [
            "  % gradcli: w, x in R^n; b, y in R",
            r"% gradcli: $W^{(2)} \in \mathbb{R}^{n \times m}$, $h \in \mathbb{R}^m$, "
            r"$b^{(2)}, x_{in} \in \mathbb{R}^n$, $\lambda_{1} \in \mathbb{R}$",
        ]),
        ("a.md", MARKDOWN, [
            "<!-- gradcli: y in R^n; X in R^(n, m); w in R^m -->",
            "<!-- gradcli: x in R^n; A in R^(n, n) -->",
        ]),
    ],
)  # fmt: skip
def test_comments_are_written_once(
    tmp_path: Path, name: str, text: str, lines: list[str], end: str
) -> None:
    path = tmp_path / name
    path.write_bytes(text.replace("\n", end).encode())
    assert checked(tmp_path, name=name) == (2, [])
    done = here("check", name, "--annotate", cwd=tmp_path)
    assert "2 comments, not written; --yes writes without asking" in done.err
    assert path.read_bytes() == text.replace("\n", end).encode()
    done = here("check", name, "--annotate", "--yes", cwd=tmp_path)
    assert "2 comments written" in done.err
    assert "2 claims: 2 proved" in done.out
    written = path.read_bytes().decode()
    assert "\n" not in written.replace(end, "")
    added = written.split(end)
    for line in text.split("\n"):
        added.remove(line)
    assert [*filter(None, added)] == lines
    again = here("check", name, "--annotate", "--yes", cwd=tmp_path)
    assert (again.code, again.err, path.read_bytes().decode()) == (0, "", written)


def test_a_comment_parts_nothing_in_two(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(MARKDOWN, encoding="utf-8")
    here("check", "a.md", "--annotate", "--yes", cwd=tmp_path)
    lines = (tmp_path / "a.md").read_text(encoding="utf-8").splitlines()
    after = [lines[k + 2] for k, line in enumerate(lines) if line.startswith("<!--")]
    assert after == ["- A list, of which this is", "> $f(x)$ is"]


@pytest.mark.parametrize("whole", [False, True])
def test_a_comment_stands_in_the_cell(tmp_path: Path, whole: bool) -> None:
    cells = [
        "# One\n\n- a list", "- goes on\n\n  $$ L = \\|\\mathbf x\\|^2 $$",
        "$$ \\nabla_{\\mathbf x} L = 2 \\mathbf x $$",
    ]  # fmt: skip
    made = [
        {"cell_type": "markdown", "source": text if whole else text.splitlines(keepends=True)}
        for text in cells
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "cells": made}, indent=1), encoding="utf-8")
    done = here("check", "a.ipynb", "--annotate", "--yes", cwd=tmp_path)
    assert done.code == 0, done.out
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in found]
    assert sources == [cells[0], "<!-- gradcli: x in R^n -->\n\n" + cells[1], cells[2]]


PARTLY = r"""# One

$$ q_i = y_i^2 $$

$$ r = \sum_i y_i $$

$$ \frac{\partial r}{\partial y_i} = 1 $$

# Two

$$ p_i = e^{z_i}, \quad s = \sum_i u_i z_i, \quad \frac{\partial s}{\partial z_i} = u_i $$
"""


def test_no_verdict_becomes_another(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Let $u \\in \\mathbb{R}^3$.\n\n" + PARTLY, encoding="utf-8")
    _, before = checked(tmp_path, name="a.md")
    here("check", "a.md", "--annotate", "--yes", cwd=tmp_path)
    code, after = checked(tmp_path, name="a.md")
    left = iter(after)
    assert all(each in left for each in before)
    assert len(after) > len(before)
    assert code == 0


def test_what_is_input_is_annotated_by_itself(tmp_path: Path) -> None:
    (tmp_path / "one.tex").write_text(
        "\\[ L = \\|\\mathbf x\\|^2, \\quad \\nabla_{\\mathbf x} L = 2 \\mathbf x \\]\n", "utf-8"
    )
    (tmp_path / "main.tex").write_text("\\section{A}\n\\input{one}\n", encoding="utf-8")
    done = here("check", "main.tex", "--annotate", "--yes", cwd=tmp_path)
    assert done.code == 2
    assert "--> one.tex:1:1" in done.out
    done = here("check", "one.tex", "main.tex", "--annotate", "--yes", cwd=tmp_path)
    assert "one.tex: 1 comment written" in done.err
    assert here("check", "main.tex", cwd=tmp_path).code == 0


# -- what is not read, as an error


def test_strict(tmp_path: Path) -> None:
    text = (
        "$x \\in \\mathbb{R}^n$ \\[ \\nabla_x \\|x\\|^2 = 2x \\] \\[ g = q x \\] \\[ g = 3g \\]\n"
    )
    (tmp_path / "a.tex").write_text(text, encoding="utf-8")
    assert here("check", "a.tex", cwd=tmp_path).code == 0
    done = here("check", "a.tex", "--strict", cwd=tmp_path)
    assert done.code == 2
    assert "error[G020]: q has no shape here" in done.out
    assert "2 errors; 3 rows of LaTeX: 2 not read, 1 claim" in done.out
    setting = "[tool.gradcli]\nstrict = true\n"
    (tmp_path / "pyproject.toml").write_text(setting, encoding="utf-8")
    assert here("check", "a.tex", cwd=tmp_path).code == 2


def test_a_row_that_must_be_read(tmp_path: Path) -> None:
    text = "$x \\in \\mathbb{R}^n$ \\[ \\nabla_x \\|x\\|^2 = 2x \\]\n{}\\[ x x = x^\\top x \\]\n"
    (tmp_path / "a.tex").write_text(text.replace("{}", ""), encoding="utf-8")
    assert here("check", "a.tex", cwd=tmp_path).code == 0
    (tmp_path / "a.tex").write_text(text.replace("{}", "% gradcli: claim\n"), encoding="utf-8")
    done = here("check", "a.tex", cwd=tmp_path)
    assert done.code == 2
    assert done.out.count("[G016]") == 1


def test_what_stands_on_a_lost_row_is_told_once(tmp_path: Path) -> None:
    text = "$x \\in \\mathbb{R}^n$ \\[ q = x x \\] \\[ a = q \\] \\[ b = 2q \\] \\[ c = 3q \\]\n"
    (tmp_path / "a.tex").write_text(text, encoding="utf-8")
    out = here("check", "a.tex", cwd=tmp_path).out
    assert out.count("[G022]") == 1
    assert "4 rows of LaTeX: 4 not read" in out
