r"""Densities in papers: `p(x \mid \mu)` is a name, bracket and all; and what is no formula.

Must not know how names are made.
"""

from __future__ import annotations

import pytest

from tests.test_tex_check import verdicts

DENSITY = r"""% gradcli: x, m in R^n; z in R
\[ \log p(x \mid m) = -\tfrac12 (x - m)^\top (x - m) \]
"""


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (r"\nabla_m \log p(x \mid m) = x - m", "right"),
        (r"\frac{\partial}{\partial m} \log p\left(x \,|\, m\right) = m - x", "refuted"),
        (r"\frac{\partial \log p(x \mid m)}{\partial x} = m - x", "right"),
        (r"2 \log p(x \mid m) = -(x - m)^\top (x - m)", "right"),
        # Each is another name, of which nothing is known.
        (r"\nabla_m \log p(m \mid x) = x - m", "note"),
        (r"\nabla_m \log p_z(x \mid m) = x - m", "note"),
        (r"\nabla_m \log p(\mathbf{x} \mid m) = x - m", "note"),
        (r"p(x \mid z) p(z) = p(z \mid x) p(x)", "note"),
        (r"\log p(x \mid m) z = z", "note"),
        (r"\frac{\partial \log q(x \mid m)}{\partial m} = x", "note"),
    ],
)
def test_a_density_is_a_name_with_its_brackets(row: str, verdict: str) -> None:
    assert verdicts(rf"{DENSITY}\[ {row} \]") == ["definition", verdict]


def test_the_logarithm_of_a_density_that_is_defined_is_a_claim() -> None:
    text = r"""% gradcli: t in (0, 1); k in R
\begin{align}
p(k \mid t) &= t^k (1 - t)^{1 - k} \\
\log p(k \mid t) &= k \log t + (1 - k) \log(1 - t) \\
\frac{\partial \log p(k \mid t)}{\partial t} &= \frac{k - t}{t(1 - t)} \\
\frac{d}{dt} \log p(k \mid t) &= \frac{k - t}{1 - t}
\end{align}"""
    assert verdicts(text) == ["definition", "right", "right", "refuted"]
    # What was not read of one density says nothing of another.
    assert verdicts(
        r"""% gradcli: a, b in R
\[ \log p(a \mid b) = \log p(a) \]
\[ \log p_b(a \mid b) = -b a^2 \]
\[ \frac{\partial}{\partial a} \log p_b(a \mid b) = -2 a b \]"""
    ) == ["unread", "definition", "right"]


def test_a_divergence_that_is_called_nothing_is_a_name() -> None:
    text = r"""% gradcli: m in R^n; p, q in R
\[ \mathrm{KL} = \tfrac12 m^\top m \]
\[ \nabla_m \mathrm{KL} = m \]
\[ \mathrm{KL}\left(q \,\|\, p\right) = q \]"""
    assert verdicts(text) == ["definition", "right", "note"]


@pytest.mark.parametrize(
    ("begin", "end"),
    [("{", "}"), (r"\frac{1}{", "}"), (r"\sqrt{", "}"), ("x^{", "}"), (r"\sin ", "")],
)
def test_braces_in_braces_are_read_so_far(begin: str, end: str) -> None:
    assert verdicts(rf"\[ f = {begin * 900}x{end * 900} \]") == ["unread"]
