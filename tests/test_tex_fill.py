r"""Holes of papers: what `\frac{dL}{dw} = ?` asks for is written in the paper's notation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import here
from tests.test_tex_check import verdicts

PAPER = r"""\section{Ridge}
Let $X \in \mathbb{R}^{m \times n}$, $\mathbf{y} \in \mathbb{R}^m$,
$\theta \in \mathbb{R}^n$ and $\lambda > 0$.
\begin{align}
  J &= \|\mathbf{y} - X\theta\|^2 + \lambda\|\theta\|^2 \\
  \frac{\partial J}{\partial \lambda} &= ? \\
  \nabla^2_\theta J &= ? \\
  \frac{\partial J}{\partial y_i} &= ? \\
  q &= ?
\end{align}
\section{A layer}
Let $X \in \mathbb{R}^{N \times D}$ and $W \in \mathbb{R}^{D \times M}$.
\[ Y = XW \]
\[ \frac{\partial L}{\partial W} = ? \]
"""
RIGHT = [
    r"\frac{\partial J}{\partial \lambda} &= \theta^\top \theta \\",
    r"\nabla^2_\theta J &= 2 (\lambda I_n + X^\top X) \\",
    r"\frac{\partial J}{\partial y_i} &= 2 (\mathbf{y}_i - (X \theta)_i) \\",
    r"q &= ?",
    r"\[ \frac{\partial L}{\partial W} = X^\top \frac{\partial L}{\partial Y} \]",
]


@pytest.mark.slow
def test_a_paper_is_filled_and_right(tmp_path: Path) -> None:
    path = tmp_path / "paper.tex"
    path.write_text(PAPER, encoding="utf-8")
    made = here("check", str(path), "--fill", "--yes", "--format", "json")
    assert "a side is asked for here" in made.err
    asked = [line for line in PAPER.splitlines() if "?" in line]
    written = path.read_text(encoding="utf-8").splitlines()
    changed = [w.strip() for w, p in zip(written, PAPER.splitlines(), strict=True) if p in asked]
    assert changed == RIGHT
    report = json.loads(made.out)
    assert [claim["verdict"] in ("proved", "holds") for claim in report["claims"]] == [True] * 4


@pytest.mark.slow
def test_a_notebook_is_filled(tmp_path: Path) -> None:
    text = "Let $x \\in \\mathbb{R}^n$. <!-- gradcli: -->\n\n$$\\nabla_x (x^\\top x) = ?$$\n"
    cell = {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}
    path = tmp_path / "notes.ipynb"
    path.write_text(
        json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    )
    here("check", str(path), "--fill", "--yes", "--latex")
    [made] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert "".join(made["source"]) == text.replace("?", "2 x")


def test_a_hole_is_no_claim() -> None:
    given = r"$x \in \mathbb{R}^n$"
    assert verdicts(given + r"\[ \nabla_x (x^\top x) = ? \]") == ["unread"]
