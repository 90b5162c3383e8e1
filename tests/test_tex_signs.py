r"""Gradients as rows, differentials, nablas of fields, elasticities, and letters that are signs."""

from __future__ import annotations

import pytest

from gradcli.api.converted import to_sheet
from gradcli.errors import Source
from gradcli.language.tex.document import tex_document
from tests.test_tex_check import verdicts

ARRAYS = r"""% gradcli: x, b in R^n; A in R^(m, n); S, X in R^(n, n)
\[ f = x^\top S x, \quad y = A x, \quad g = y^\top y \]
"""
ROWS, OTHER = "% gradcli: shape row\n", "% gradcli: layout denominator\n"


@pytest.mark.parametrize(
    ("given", "row", "read"),
    [
        ("", r"\frac{\partial f}{\partial x} = x^\top (S + S^\top)", "unread"),
        ("", r"\frac{\partial f}{\partial x^\top} = x^\top (S + S^\top)", "right"),
        ("", r"\frac{\partial f}{\partial x^\top} = (S + S^\top) x", "refuted"),
        ("", r"\frac{\partial y}{\partial x^\top} = A", "right"),
        ("", r"\frac{\partial y^\top}{\partial x} = A^\top", "right"),
        ("", r"\frac{\partial y^\top}{\partial x} = A", "refuted"),
        ("", r"\frac{\partial^2 f}{\partial x \partial x^\top} = S + S^\top", "right"),
        (ROWS, r"\frac{\partial f}{\partial x} = x^\top (S + S^\top)", "right"),
        (ROWS, r"\frac{\partial f}{\partial x} = (S + S^\top) x", "refuted"),
        (ROWS, r"\nabla_x f \big|_{x=0} = 0", "right"),
        (ROWS, r"\frac{\partial g}{\partial x} = \frac{\partial g}{\partial y} "
               r"\frac{\partial y}{\partial x} = 2 y^\top A", "right"),
        (ROWS, r"\frac{\partial}{\partial X} \operatorname{tr}(X) = I", "unread"),
        (OTHER, r"\frac{\partial y}{\partial x} = A^\top", "right"),
        (OTHER, r"\frac{\partial y}{\partial x^\top} = A", "right"),
        (OTHER, r"\frac{\partial y^\top}{\partial x} = A^\top", "right"),
        (OTHER, r"\frac{\partial g}{\partial x} = \frac{\partial y}{\partial x} "
                r"\frac{\partial g}{\partial y}", "right"),
    ],
)  # fmt: skip
def test_rows_and_columns(given: str, row: str, read: str) -> None:
    assert verdicts(rf"{given}{ARRAYS}\[{row}\]")[-1] == read


def test_a_layout_holds_in_the_sections_within() -> None:
    text = rf"""\section{{One}}
{ROWS}{ARRAYS}
\subsection{{Inner}}
\[ \frac{{\partial f}}{{\partial x}} = x^\top (S + S^\top) \]
\section{{Two}}
{ARRAYS}
\[ \frac{{\partial f}}{{\partial x}} = (S + S^\top) x \]"""
    assert verdicts(text).count("right") == 2


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (r"df = x^\top (S + S^\top) dx", "right"),
        (r"df = 2 x^\top S\, \mathrm{d}x", "refuted"),
        (r"dg = 2 y^\top dy = 2 y^\top A\, dx", "right"),
        (r"d\operatorname{tr}(X^\top X) = 2 \operatorname{tr}(X^\top dX)", "right"),
        (r"d(X^{-1}) = -X^{-1} (dX) X^{-1}", "right"),
        (r"\mathrm{d} \log\det X = \operatorname{tr}(X^{-1} \mathrm{d}X)", "right"),
        (r"\frac{df}{f} = \frac{x^\top (S + S^\top) dx}{f}", "right"),
        (r"d X^{-1} = -X^{-1} (dX) X^{-1}", "unread"),
        (r"df = 0", "unread"),  # along which variable is not written anywhere
        # fields
        (r"\nabla_x f \odot b = (S + S^\top) x \odot b", "right"),
        (r"\nabla_x f \cdot b = b^\top (S + S^\top) x", "right"),
        (r"\nabla_x f(x)^\top b = b^\top (S + S^\top) x", "right"),
        (r"\nabla_x f b^\top = (S + S^\top) x b^\top", "unread"),
        (r"\frac{\partial}{\partial x} f \odot b = (S + S^\top) x \odot b", "unread"),
        (r"\frac{\partial}{\partial x} f b = (S + S^\top) x b^\top", "unread"),
        (r"\frac{\partial x}{\partial b} = A", "unread"),
        (r"\frac{\partial b_i}{\partial x_j} = x_i", "unread"),
        (r"\frac{\partial b_i}{\partial x_j} = 0", "right"),
        (r"\nabla \cdot x = n", "right"),
        (r"\nabla_x \cdot (S x) = \operatorname{tr} S", "right"),
        (r"\nabla_x \cdot (S x) = \operatorname{tr} S + 1", "refuted"),
        (r"\nabla_x \times x = 0", "unread"),
        (r"\nabla_x^2 f = S + S^\top", "right"),
        (r"\nabla_x^2 f = 2 \operatorname{tr} S", "unread"),
        (r"\nabla_x \cdot \nabla_x f = 2 \operatorname{tr} S", "right"),
        # Einstein's sums, or for all
        (r"S_{ij} x_j = b_i", "unread"),
        (r"x_i x_i = n", "unread"),
        (r"\frac{\partial x_i}{\partial x_i} = n", "unread"),
        (r"\frac{\partial^2 f}{\partial x_i \partial x_i} = 2 \operatorname{tr} S", "unread"),
        (r"\frac{\partial}{\partial x_i} \frac{\partial f}{\partial x_i} = S_{11}", "unread"),
        (r"x_i x_j = x_j x_i", "right"),
        # letters that are signs in many books
        (r"\Delta f = 2 \operatorname{tr} S", "unread"),
        (r"D f = 2 x", "unread"),
    ],
)
def test_differentials_fields_and_sums(row: str, read: str) -> None:
    assert verdicts(rf"{ARRAYS}\[{row}\]")[-1] == read


SCALAR = r"\[ y = a x^b \]"


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (r"dy = a b x^{b-1} dx", "right"),
        (r"\mathrm{d}y = a x^{b-1}\, \mathrm{d}x", "refuted"),
        (r"\frac{\partial \ln y}{\partial \ln x} = b", "right"),
        (r"\frac{d \log(y)}{d \log(x)} = b + 1", "refuted"),
        (r"\frac{dy}{d \log x} = b y", "right"),
        (r"\frac{dy}{dt} = a b x^{b-1} \dot x", "unread"),  # no t in y: no derivative that is 0
        (r"\frac{d}{dt} y = 0", "unread"),
        (r"\Delta y = a (x + \Delta x)^b - a x^b", "unread"),
        (r"\delta y = a b x^{b-1} \delta x", "unread"),
        (r"D y = a b x^{b-1}", "unread"),
        (r"F = D x", "definition"),
    ],
)
def test_of_numbers(row: str, read: str) -> None:
    assert verdicts(rf"{SCALAR}{chr(10)}\[{row}\]")[-1] == read


def test_what_varies_in_a_section_varies_in_each_of_its_differentials() -> None:
    text = r"""$x, y \in \mathbb{R}$
\[ f = x^2 y \]
\[ df = 2 x y\, dx \]
\[ df = 2 x y\, dx + x^2 dy \]"""
    assert verdicts(text) == ["definition", "unread", "right"]
    sheet = to_sheet(tex_document(Source("a.tex", text)))
    assert "jvp(f, x, dx) + jvp(f, y, dy) = 2*x*y*dx + x^2*dy" in sheet


BLOCKS = r"""$A \in \mathbb{R}^{m \times m}$, $B \in \mathbb{R}^{m \times n}$,
$D \in \mathbb{R}^{n \times n}$, $x, u \in \mathbb{R}^m$, $y \in \mathbb{R}^n$,
$t \in \mathbb{R}$, $S \in \mathbb{R}^{2 \times 3}$
"""


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (r"[A & B | B^\top & D] [x | y] = [A x + B y | B^\top x + D y]", "right"),
        (r"[x^\top & y^\top] [x | y] = x^\top x + y^\top y", "right"),
        (r"[x^\top | u^\top] x = [x^\top x | u^\top x]", "right"),
        (r"[x & u] [t | 1] = t x + u", "right"),
        (r"[x & u] [t | 1] = t u + x", "refuted"),
        (r"[x | 1]^\top [x | t] = x^\top x + t", "right"),
        (r"[A & 0 | 0 & D] [x | y] = [A x | D y]", "right"),
        (r"[A & 0 | 0 & D] [x | y] = [A x | 2 D y]", "refuted"),
        (r"[A & B | x & y] = 0", "unread"),
        (r"\Delta_x (x^\top A x) = 2 \operatorname{tr} A", "right"),
        (r"\Delta_x (x^\top A x) = \operatorname{tr} A", "refuted"),
        (r"\Delta (x^\top A x) = 2 \operatorname{tr} A", "unread"),
        # of a size that is a number
        (r"\mathbf{1}^\top S \mathbf{1} = \sum_{i,j} S_{ij}", "right"),
    ],
)  # fmt: skip
def test_blocks_and_sizes(row: str, read: str) -> None:
    signs = {"[": r"\begin{bmatrix}", "]": r"\end{bmatrix}", "|": r"\\"}
    made = "".join(signs.get(c, c) for c in row)
    assert verdicts(rf"{BLOCKS}\[ {made} \]") == [read]
