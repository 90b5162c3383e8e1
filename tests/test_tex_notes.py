r"""`gradcli:` comments: names as the language and as LaTeX spell them are one."""

from __future__ import annotations

import pytest

from gradcli import api
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions
from gradcli.language.tex.notes import markdown_document
from tests.test_tex_check import checked, verdicts

ROWS = r"""
\[ f = \beta^\top \Sigma \hat w \]
\[ \frac{\partial f}{\partial \beta} = \Sigma \hat w \]
"""


@pytest.mark.parametrize(
    "said",
    [
        "beta, what in R^n; Sigma in R^(n, n)",
        r"\beta, \hat w in R^n; \boldsymbol{\Sigma} in R^(n, n)",
        r"β, \hat{w} \in \mathbb{R}^n; Σ \in \mathbb{R}^{n \times n}",
        r"\beta, \hat w \in R^n; Sigma \in symmetric(n)",
        r"beta in R^n; $\hat w \in \mathbb{R}^n$; $\Sigma \in \mathbb{S}^n$",
    ],
)
def test_a_comment_spells_names_either_way(said: str) -> None:
    comments = "\n".join(f"% gradcli: {each}" for each in said.split("; "))
    assert verdicts(comments + ROWS) == ["definition", "right"]


def test_a_name_with_commas_in_its_index_is_one() -> None:
    text = r"""% gradcli: w^{(2)}, W_{1,2} in R
\[ f = w^{(2)} W_{1,2} \]
\[ \frac{\partial f}{\partial w^{(2)}} = W_{1,2} \]"""
    assert verdicts(text) == ["definition", "right"]


@pytest.mark.parametrize("spelled", ["mu", r"\mu"])
def test_a_point_is_given_for_a_letter_spelled_out(spelled: str) -> None:
    text = rf"""$\mu \in \mathbb{{R}}$
% gradcli: at {spelled} = 3
\[ f = \mu^2 \]
\[ \frac{{df}}{{d\mu}} = 2\mu = 6 \]
\[ \frac{{df}}{{d\mu}} = 2\mu = 7 \]"""
    assert verdicts(text) == ["definition", "right", "refuted"]


def test_a_fence_may_spell_out_a_letter() -> None:
    text = "```grad\nmu in R\nf = mu^2\n```\n\n$$\\frac{df}{d\\mu} = 2\\mu$$\n"
    report = api.check_paper(markdown_document(Source("a.md", text)), CheckOptions())
    assert [made.verdict for made in report.findings] == ["proved"]


def test_what_is_wrong_with_a_comment_is_said_once() -> None:
    text = "% gradcli: \\bm{x}, \\hat in R^n\n\\[ a = 2 \\]"
    errors = [error.message for _, error in checked(text).errors]
    assert len(errors) == len({*errors})


def test_a_comment_may_declare_in_either_manner() -> None:
    text = r"""% gradcli: A in R^(n, n); $x, v \in \mathbb{R}^n$
\[ x^\top A v = v^\top A^\top x \]"""
    assert verdicts(text) == ["right"]


CROSS_ENTROPY = r"""$s, y \in \mathbb{R}^k$, $p_i = e^{s_i} / \sum_j e^{s_j}$ with $%s$
\[ \ell = -\sum_i y_i \log p_i \]
\[ \frac{\partial \ell}{\partial s_i} = p_i - y_i \]"""


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (r"\sum_i y_i = 1", "right"),
        (r"\sum_{j=1}^{k} y_{j} = 1", "right"),
        (r"\mathbf{1}^\top y = 1", "right"),
        (r"y^\top \mathbf{1} = 1", "right"),
        (r"\sum_i y_i = 2", "refuted"),
        (r"\sum_{i=2}^k y_i = 1", "refuted"),
        (r"\sum_i p_i = 1", "refuted"),
    ],
)
def test_that_entries_of_an_input_sum_to_one_is_declared(said: str, verdict: str) -> None:
    assert verdicts(CROSS_ENTROPY % said) == ["definition", verdict]


def test_the_entries_of_what_is_defined_are_claimed_to_sum_to_one() -> None:
    text = r"$x \in \mathbb{R}^n$" + "\n\\[ y = 2x \\]\n\\[ \\sum_i y_i = 1 \\]"
    assert verdicts(text) == ["definition", "refuted"]


def test_rows_of_one_based_letters_are_proved_at_every_size() -> None:
    [made] = checked(CROSS_ENTROPY % r"\sum_i y_i = 1").findings
    assert (made.verdict, made.evidence.every_size) == ("proved", True)
