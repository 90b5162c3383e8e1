r"""Letters in two fonts or shapes: two names where a section introduces both, else one."""

from __future__ import annotations

import pytest

from tests.test_tex_check import aligned, verdicts


@pytest.mark.parametrize(
    ("given", "rows", "read"),
    [
        (r"$\mathbf{x} \in \mathbb{R}^n$, $x \in \mathbb{R}$",
         [r"f = x \mathbf{x}^\top \mathbf{x}",
          r"\frac{\partial f}{\partial x} = \mathbf{x}^\top \mathbf x",
          r"\nabla_{\mathbf{x}} f = 2 x \mathbf{x}", r"\nabla_{\mathbf{x}} f = 2 \mathbf{x}"],
         ["definition", "right", "right", "refuted"]),
        # x alone is declared, in one font: its entries are x_i
        (r"$\mathbf{x} \in \mathbb{R}^n$",
         [r"g = \sum_i x_i^2", r"\nabla_{\mathbf{x}} g = 2 \mathbf{x}"], ["definition", "right"]),
        (r"$x \in \mathbb{R}^n$, $a \in \mathbb{R}$",
         [r"\mathcal{L} = a \|x\|^2", r"L = a^2",
          r"\frac{\partial \mathcal L}{\partial a} = \|x\|^2",
          r"\frac{dL}{da} = 2a", r"\frac{dL}{da} = \|x\|^2"],
         ["definition", "definition", "right", "right", "refuted"]),
        (r"$\varepsilon, \epsilon, \boldsymbol\theta \in \mathbb{R}$",
         [r"h = \varepsilon^2 \epsilon \theta",
          r"\frac{dh}{d\epsilon} = \varepsilon^2 \boldsymbol{\theta}",
          r"\frac{dh}{d\epsilon} = \epsilon^2 \theta"], ["definition", "right", "refuted"]),
        # another name with an accent is none in another font, nor is an entry
        (r"$X \in \mathbb{R}^{n \times n}$, $\mathbf{y}, \theta \in \mathbb{R}^n$",
         [r"\hat y = X \theta", r"\hat y - \mathbf{y} = X \theta - y", r"2 y_i = y_i + y_i"],
         ["definition", "right", "right"]),
        (r"$\phi \in \mathbb{R}$", [r"h = \phi^2", r"\frac{dh}{d\phi} = 2\phi"],
         ["definition", "right"]),
        (r"$\hat{\mathbf{x}} \in \mathbb{R}^n$, $\hat x \in \mathbb{R}$",
         [r"f = \hat x \hat{\mathbf x}", r"\frac{\partial f}{\partial \hat x} = \hat{\mathbf x}"],
         ["definition", "right"]),
    ],
)  # fmt: skip
def test_fonts(given: str, rows: list[str], read: list[str]) -> None:
    assert verdicts(f"{given}\n{aligned(rows)}") == read


def test_sets_of_numbers_are_no_ranges() -> None:
    text = r"""$y \in \{0, 1\}$, $a \in (0, 1)$, $x \in \mathbb{R}^d$
\[ y^2 = y \]
\[ |a| = a \]
\[ \frac{d(x^\top x)}{dx} = 2x \]
\[ \mathbf{1}^\top \mathbf{1}\, x = d x \]"""
    assert verdicts(text) == ["right"] * 4


def test_a_size_called_d_is_no_sign_of_differentials() -> None:
    text = r"""$x \in \mathbb{R}^d$
\[ f = x^\top x \]
\[ df = 2 x^\top dx \]"""
    assert verdicts(text) == ["definition", "unread"]


KERNEL = r"k(\mathbf x, \mathbf x') = \exp\left(-\|\mathbf x - \mathbf x'\|^2 / 2\right)"


@pytest.mark.parametrize(
    ("given", "rows", "read"),
    [
        (r"$\mathbf x, \mathbf x' \in \mathbb{R}^n$",
         [KERNEL, r"\nabla_{\mathbf x'} k = k(\mathbf x, \mathbf x') (\mathbf x - \mathbf x')",
          r"\frac{\partial k}{\partial x_i'} = k (x_i - x^{\prime}_i)",
          r"\nabla_{\mathbf x'} k = k (\mathbf x' - \mathbf x)"],
         ["definition", "right", "right", "refuted"]),
        ("% gradcli: x, x', x'' in R", [r"f = x {x'}^2 x''", r"\frac{df}{dx'} = 2 x x' x''"],
         ["definition", "right"]),
        (r"$\mathbf x, \mathbf{x}' \in \mathbb{R}^n$, $x \in \mathbb{R}$",
         [r"f = x \mathbf x^\top \mathbf x'", r"\nabla_{\mathbf x'} f = x \mathbf x"],
         ["definition", "right"]),
        # declared by nobody, a prime is what it was
        (r"$A \in \mathbb{R}^{n \times n}$, $x' \in \mathbb{R}$", [r"A' = A^\top"], ["unread"]),
    ],
)  # fmt: skip
def test_primes_of_names_that_are_declared(given: str, rows: list[str], read: list[str]) -> None:
    assert verdicts(f"{given}\n{aligned(rows)}") == read
