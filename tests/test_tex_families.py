r"""Indices that run: `t = 1, \ldots, T`, `\forall i`, recurrences, entries that there are not."""

from __future__ import annotations

import pytest

from tests.test_tex_check import aligned, verdicts

GIVEN = r"""$x, y \in \mathbb{R}^n$
\[ p_i = x_i^2, \quad i = 1, \dots, n \]
\[ L = \sum_{i=1}^n p_i y_i \]
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "said",
    [
        r", \quad i = 1, \dots, n", r", \quad i = 1, 2, \ldots, n", r"\quad (i = 1, ..., n)",
        r"\quad \text{for } i = 1, \dots, n", r"\quad \text{for all } i", r"\quad \forall i",
        r"\quad \forall i \in \{1, \dots, n\}", r", \quad i \in \{1, \ldots, n\}",
        r",\ i \in [n]", r", \quad 1 \le i \le n", r", \quad i = 2, \dots, n",
    ],
)  # fmt: skip
@pytest.mark.parametrize(("factor", "read"), [("2", "right"), ("3", "refuted")])
def test_what_runs_beside_a_claim(said: str, factor: str, read: str) -> None:
    row = rf"\frac{{\partial L}}{{\partial x_i}} = {factor} x_i y_i {said}"
    assert verdicts(rf"{GIVEN}\[{row}\]")[3] == read


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (
            r"\frac{\partial p_i}{\partial x_j} = 2x_i \delta_{ij}, \quad i, j = 1, \dots, n",
            "right",
        ),
        (r"\frac{\partial p_i}{\partial x_j} = 0 \quad \forall i \neq j", "right"),
        # of an index on the right side alone it is said that it is any
        (r"\sum_j y_j = y_i, \quad i = 1, \dots, n", "refuted"),
        (r"\sum_j y_j = y_i", "unread"),
        # no entry 0: the last one is not meant
        (r"x_0 = x_n", "unread"),
        (r"\sum_{i=0}^n x_i = \sum_i x_i", "unread"),
        (r"x_i = x_i, \quad i = 0, \dots, n", "unread"),
    ],
)
def test_a_row(row: str, read: str) -> None:
    assert verdicts(rf"{GIVEN}\[{row}\]")[3] == read


@pytest.mark.parametrize(
    ("given", "rows", "read"),
    [
        ("W in R^(k, k); U in R^(k, n); x in R^(T, n); c in R^k",
         [r"h_0 = 0, \quad h_t = \tanh(W h_{t-1} + U x_t), \quad t = 1, \ldots, T",
          r"L = c^\top h_T", r"\frac{\partial L}{\partial h_T} = c",
          r"\frac{\partial L}{\partial h_T} = 2c"],
         ["definition", "definition", "side-condition", "definition", "right", "refuted"]),
        ("x in R^T; a, b, h_0 in R",
         [r"h_t = a h_{t-1} + b x_t && t = 1, \dots, T", r"L = \sum_{t=1}^T h_t",
          r"\frac{\partial L}{\partial x_T} = b",
          r"\frac{\partial h_t}{\partial h_{t-1}} = b \quad \forall t",
          r"\frac{\partial h_2}{\partial h_0} = a^2"],
         ["definition", "side-condition", "definition", "right", "refuted", "right"]),
        ("f_0, f_1 in R",
         [r"f_k = f_{k-1} + f_{k-2}, \quad k = 2, \ldots, n",
          r"\frac{\partial f_4}{\partial f_0} = 2", r"\frac{\partial f_4}{\partial f_1} = 2"],
         ["definition", "side-condition", "right", "refuted"]),
        ("d_T, a in R", [r"d_t = a d_{t+1}, \quad t = T-1, \dots, 1"],
         ["unread", "side-condition"]),
        ("w in R^k; h_0 in R; A in R^(k, k)", [r"h_t = A h_{t-1} + w, \quad t = 1, \dots, T"],
         ["unread", "side-condition"]),
    ],
)  # fmt: skip
def test_recurrences(given: str, rows: list[str], read: list[str]) -> None:
    assert verdicts(f"% gradcli: {given}\n{aligned(rows)}") == read


def test_the_text_says_over_what_an_index_runs() -> None:
    text = r"""For $t = 1, \dots, T$ with $x \in \mathbb{R}^T$ and $a, h_0 \in \mathbb{R}$,
\[ h_t = a h_{t-1} + x_t \]
\[ \frac{\partial h_T}{\partial x_T} = 1 \]"""
    assert verdicts(text) == ["definition", "right"]


STEP = r"h_t = \tanh(W h_{t-1} + x_t), \quad t = 1, \ldots, T"
SLOPE = r"\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - h_t \odot h_t) W"
LEAST = [
    r"L = \sum_{i=1}^n (y_i - w^\top x_i)^2",
    r"\nabla_w L = -2\sum_{i=1}^n (y_i - w^\top x_i) x_i",
    r"\frac{\partial L}{\partial x_i} = -2(y_i - w^\top x_i) w",
    r"\frac{\partial L}{\partial x_i} = -2(y_i - w^\top x_i) x_i",
]
READ = ["definition", "right", "right", "refuted"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "rows", "read"),
    [
        (r"$W \in \mathbb{R}^{n \times n}$, $x_t \in \mathbb{R}^n$, $h_0 \in \mathbb{R}^n$",
         [STEP, SLOPE], ["definition", "side-condition", "right"]),
        # one step: t is a part of the names
        (r"$W \in \mathbb{R}^{n \times n}$, $x_t \in \mathbb{R}^n$, $h_{t-1} \in \mathbb{R}^n$",
         [STEP, SLOPE], ["definition", "side-condition", "right"]),
        (r"$x_1, \dots, x_n \in \mathbb{R}^d$, $y_1, y_2, \ldots, y_n \in \mathbb{R}$, "
         r"$w \in \mathbb{R}^d$", LEAST, READ),
        (r"$x_i \in \mathbb{R}^d$, $y_i \in \mathbb{R}$, $i = 1, \dots, n$, $w \in \mathbb{R}^d$",
         LEAST, READ),
        (r"$x_i \in \mathbb{R}^d$, $y_i > 0$ and $w \in \mathbb{R}^d$", LEAST, READ),
        ("% gradcli: x_i, w in R^d; y_i in (0, 1)", LEAST, READ),
        ("$x_i, a \\in \\mathbb{R}$", [r"L = \sum_{i=0}^3 a x_i"], ["unread"]),
        # what goes up to two ends is no axis
        (r"$x_i, a \in \mathbb{R}$",
         [r"L = \sum_{i=1}^3 a x_i", r"\sum_{i=1}^4 x_i = a", r"\frac{dL}{da} = 3 x_i"],
         ["unread", "unread", "unread"]),
        # a name of its own is no member
        ("% gradcli: x_t, h_{t-1}, a in R",
         [r"L = \sum_{t=1}^3 a x_t", r"\frac{dL}{da} = 3 x_t"], ["unread", "unread"]),
        pytest.param(
         r"$x_{ij} \in \mathbb{R}$, $u_i \in \mathbb{R}$",
         [r"s = \sum_{i=1}^m \sum_{j=1}^n u_i x_{ij}",
          r"\frac{\partial s}{\partial x_{ij}} = u_i"], ["definition", "right"],
         marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_inputs_by_their_members(given: str, rows: list[str], read: list[str]) -> None:
    assert verdicts(f"{given}\n{aligned(rows)}") == read


@pytest.mark.parametrize(
    ("said", "factor", "read"),
    [
        (r"t = T, \dots, 1", "2", "right"), (r"t = T, T-1, \ldots, 1", "2", "right"),
        (r"T \ge t \ge 1", "2", "right"), (r"t = T, \dots, 1", "3", "refuted"),
        (r"t = 3, 2, 1", "2", "right"),
    ],
)  # fmt: skip
def test_ranges_that_fall(said: str, factor: str, read: str) -> None:
    rows = [r"S = \sum_{t=T}^1 w_t x_t^2", rf"\frac{{dS}}{{dx_t}} = {factor} w_t x_t, \quad {said}"]
    found = verdicts(f"$x, w \\in \\mathbb{{R}}^T$\n{aligned(rows)}")
    assert found == ["definition", read, read]


def test_a_range_is_that_of_what_has_its_index() -> None:
    row = r"z_i = w_i x_i, \quad L = \sum_i z_i^2, \quad i = 1, \dots, n"
    rows = [row, r"\frac{\partial L}{\partial w_i} = 2 z_i x_i"]
    found = verdicts(f"$x, w \\in \\mathbb{{R}}^n$\n{aligned(rows)}")
    assert found == ["definition", "definition", "side-condition", "right"]


NET = r"""$W \in \mathbb{R}^{n \times n}$, $h_0, v, x_t \in \mathbb{R}^n$
\begin{align}
a_t &= W h_{t-1} + x_t, \quad t = 1, \dots, T \\
h_t &= \tanh(a_t), \quad t = 1, \dots, T \\
L &= v^\top h_T
\end{align}
"""
CELL = r"""$W, U \in \mathbb{R}^{n \times n}$, $x_1, \dots, x_T \in \mathbb{R}^n$
\[ h_0 = 0, \quad c_0 = 0 \]
\[ f_t = \sigma(W h_{t-1} + x_t) \]
\[ c_t = f_t \odot c_{t-1} + x_t \]
\[ h_t = f_t \odot \tanh(c_t) \]
"""
SLOPES = [
    r"\frac{\partial L}{\partial a_t}", r"\frac{\partial L}{\partial h_{t-1}}",
    r"\frac{\partial h_t}{\partial c_t}", r"\frac{\partial L}{\partial h_t}",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "row", "read"),
    [
        (NET, rf"{SLOPES[0]} = (1 - h_t \odot h_t) \odot {SLOPES[3]}", "right"),
        (NET, rf"{SLOPES[1]} = W^\top {SLOPES[0]}", "right"),
        (NET, rf"{SLOPES[1]} = W {SLOPES[0]}", "refuted"),
        (CELL, rf"{SLOPES[2]} = \operatorname{{diag}}(f_t \odot \tanh'(c_t))", "right"),
        (CELL, rf"{SLOPES[2]} = \operatorname{{diag}}(f_t)", "refuted"),
    ],
)  # fmt: skip
def test_recurrences_that_use_one_another(given: str, row: str, read: str) -> None:
    assert verdicts(f"{given}\\[ {row} \\]")[-1] == read


ALL, LATER = r", \quad t = 1, \dots, T", r", \quad t = 2, \dots, T"


@pytest.mark.parametrize(
    "rows",
    [
        # a line that goes on stands between them, or another shape, or no first member
        [rf"a_t &= W h_{{t-1}} {ALL}", r"&= h_{t-1}", rf"h_t &= \tanh(a_t) {ALL}"],
        [rf"a_t &= v^\top h_{{t-1}} {ALL}", rf"h_t &= \tanh(a_t) {ALL}"],
        [rf"a_t &= W g_{{t-1}} {ALL}", rf"g_t &= \tanh(a_t) {ALL}"],
        [rf"a_t &= W h_{{t-1}} {ALL}", rf"h_t &= \tanh(a_t) {LATER}"],
    ],
)  # fmt: skip
def test_recurrences_that_do_not_go_together(rows: list[str]) -> None:
    given = r"$W \in \mathbb{R}^{n \times n}$, $h_0, v \in \mathbb{R}^n$"
    assert "unread" in verdicts(f"{given}\n{aligned(rows)}")


def test_a_size_and_a_state_have_one_letter() -> None:
    text = r"""$c_{t-1}, f_t, a_t, u \in \mathbb{R}^h$
\[ h_t = a_t \odot \tanh(f_t \odot c_{t-1}), \quad L = u^\top h_t \]
\[ \frac{\partial L}{\partial h_t} = u \]
\[ \frac{\partial L}{\partial a_t} = u \odot f_t \]
"""
    assert verdicts(text)[-2:] == ["right", "refuted"]
