"""Papers: displays of LaTeX that mostly fit, as a paper, in Markdown, in the cells of a notebook.

Must not know what becomes of them.
"""

from __future__ import annotations

import json
from random import Random

SETS = (
    r"$x, y \in \mathbb{R}$", r"$v, w \in \mathbb{R}^n$", r"$A \in \mathbb{R}^{m \times n}$",
    r"$X \in \mathbb{R}^{n\times n}$", r"Let $u\in\mathbb R^m$ be fixed, $t > 0$,",
    r"where $\sigma(z) = 1/(1+e^{-z})$.", "% gradcli: x in (0, inf)", "% at x = 1, y = 2",
    "% gradcli: p in simplex(n)", r"for all $i = 1, \dots, n$",
)  # fmt: skip
SCALARS = (
    "x", "y", "2", r"\alpha", "x^2", r"\|w\|^2", r"v^\top w", r"\sum_{i=1}^n v_i", r"\log x",
    r"e^{-x}", r"\sqrt{x}", r"\sigma(x)", r"\frac{x}{y}", r"\operatorname{tr}(X)", r"\det X",
    r"\max_i v_i", r"\int_0^1 x dx", r"\tfrac12", "x y", r"\left(x+1\right)", r"|x|", "f", "L",
    r"\prod_{k} v_k", r"\mathbb{1}[x>0]", r"\lim_{t\to 0} t", r"\langle v, w\rangle", r"x_{ij}",
)  # fmt: skip
ARRAYS = (
    "w", "v", "A w", "A^T u", r"X^{-1} v", r"\mathbf{1}", r"\nabla f", "2 v", r"X X^\top", "I",
    r"\operatorname{diag}(v)", r"\mathrm{softmax}(w)", r"v \odot w", r"X_{:,1}",
    r"\begin{pmatrix} x \\ y \end{pmatrix}",
    r"\begin{bmatrix} 1 & x \\ 0 & y \end{bmatrix}", r"\hat{w}", r"\bm{v}",
)  # fmt: skip
LEFT = (
    "f", "L", "f(x)", r"\frac{\partial L}{\partial w}", r"\frac{df}{dx}", r"\nabla_w L", r"\dot{x}",
    r"\frac{\partial^2 f}{\partial x \partial y}", "f'(x)", "H",
    r"\frac{\partial f}{\partial x}\bigg|_{x=1}", r"\frac{d}{dx}\left(x^2\right)",
    r"\partial_x f", "dL", r"\frac{\partial}{\partial v_j} f",
)  # fmt: skip
RELATIONS = ("=", "=", "=", "&=", r"\approx", r"\leq", r"\equiv", ":=", r"\ne", r"\Rightarrow")
DISPLAYS = (
    (r"\[", r"\]"), ("$$", "$$"), (r"\begin{equation}", r"\end{equation}"), ("$", "$"),
    (r"\begin{align}", r"\end{align}"), (r"\begin{align*}", r"\end{align*}"),
    (r"\begin{gather}", r"\end{gather}"), (r"\begin{cases}", r"\end{cases}"),
)  # fmt: skip
AROUND = (
    r"\newcommand{\R}{\mathbb{R}}", r"\def\a{\a\a}", "words", "\\",
    r"\newcommand{\D}[2]{\frac{\partial #1}{\partial #2}}",
    r"\section{Setting}", r"\input{b}", r"\include{b}", r"\begin{proof}", r"\label{eq:1}",
    r"\DeclareMathOperator{\relu}{ReLU}", r"\iffalse", r"\fi", r"\begin{comment}", r"\verb|$x|",
    r"\begin{document}", r"\end{document}", r"\let\x\y", "%", "}", "{", r"\footnote{",
)  # fmt: skip


def paper(random: Random) -> str:
    """Some sets, some displays, and what else stands in a paper."""
    lines = random.sample(SETS, random.randint(0, 5))
    for _ in range(random.randint(1, 4)):
        opening, closing = random.choice(DISPLAYS)
        rows = [_row(random) for _ in range(random.randint(1, 3))]
        lines.append(f"{opening} " + " \\\\\n".join(rows) + f" {closing}")
    for _ in range(random.choice((0, 0, 1, 3))):
        lines.insert(random.randrange(len(lines) + 1), random.choice(AROUND))
    return "\n".join(lines) + "\n"


def notebook(random: Random, code: str) -> str:
    """A notebook whose cells are papers and code, its JSON at times not as it should be."""
    cells: list[dict[str, object]] = []
    for _ in range(random.randint(1, 3)):
        text: object = random.choice([paper(random), f"```grad\n{code}\n```"])
        if random.random() < 0.4:
            text = str(text).splitlines(keepends=True)
        kind = random.choice(["markdown", "markdown", "markdown", "code", "raw", ""])
        cells.append({"cell_type": kind, "source": text, "metadata": {}})
    book: dict[str, object] = {"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    if random.random() < 0.1:
        book[random.choice(["cells", "nbformat", "metadata"])] = random.choice(
            [None, [], {}, 1, [1]]
        )
    if random.random() < 0.1:
        random.choice(cells)["source"] = random.choice([None, 1, [1], {}, ["a", None]])
    return json.dumps(book, indent=random.choice([None, 1]))


def _row(random: Random) -> str:
    text = random.choice(LEFT) if random.random() < 0.8 else _sum(random)
    for _ in range(random.choice((1, 1, 1, 2))):
        text += f" {random.choice(RELATIONS)} {_sum(random)}"
    return text + random.choice(["", "", "", ",", ".", r" \tag{1}", r"\quad\text{if } x > 0"])


def _sum(random: Random) -> str:
    terms = SCALARS if random.random() < 0.6 else ARRAYS
    found = random.choice(terms)
    for _ in range(random.choice((0, 0, 1, 2))):
        sign = random.choice(["+", "-", "", r"\cdot", "^", "_"])
        other = random.choice(terms)
        found = f"{{{found}}}{sign}{{{other}}}" if sign in ("^", "_") else f"{found} {sign} {other}"
    return random.choice([found, found, rf"\frac{{{found}}}{{x}}", rf"\left({found}\right)^2"])
