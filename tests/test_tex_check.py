"""LaTeX judged: what each row is read as, and what becomes of its claims."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from gradcli import api, work
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions, FileReport
from gradcli.language.tex import sheet
from gradcli.language.tex.document import tex_document
from gradcli.language.tex.notes import markdown_document


def checked(text: str) -> FileReport:
    return api.check_paper(tex_document(Source("a.tex", text)), CheckOptions())


def aligned(rows: Sequence[str]) -> str:
    body = " \\\\\n".join(rows)
    return f"\\begin{{align}}\n{body}\n\\end{{align}}"


def verdicts(text: str) -> list[str]:
    """What became of each row: the verdict of a claim, else what the row was read as."""
    report = checked(text)
    found: dict[int, str] = {}
    for made in report.findings:
        line = made.span.source.position(made.span.start)[0]
        worse = made.verdict if made.verdict in ("refuted", "undecided") else "right"
        found[line] = "refuted" if found.get(line) == "refuted" else worse
    return [found.get(row.line, row.kind) for row in report.rows]


DECLARED = r"""
$X \in \mathbb{R}^{m \times n}$, $w, v \in \mathbb{R}^n$, $y, u \in \mathbb{R}^m$,
$a, b \in \mathbb{R}$
"""


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (r"L = \|Xw - y\|^2, \quad \frac{\partial L}{\partial w} = 2X^\top(Xw - y)", "right"),
        (r"\nabla_w \|Xw - y\|^2 = X^\top(Xw - y)", "refuted"),
        (r"\frac{\partial}{\partial w}(y^\top X w) = X^T y", "right"),
        (r"\frac{\partial}{\partial w_j} \sum_{i=1}^m y_i \sum_k X_{ik} w_k = \sum_i y_i X_{ij}",
         "right"),
        (r"\frac{\partial}{\partial w_j} \sum_i y_i \sum_k X_{ik} w_k = \sum_i y_i X_{ji}",
         "refuted"),
        (r"\frac{d}{da}\left(a^2 b\right) = 2ab", "right"),
        (r"\frac{d}{da}\log\left(1 + e^{-a}\right) = -\sigma(-a)", "right"),
        (r"\frac{\partial^2}{\partial a \partial b} \left(a^2 b^2\right) = 4ab", "right"),
        (r"(u u^\top) y = u (u^\top y)", "right"),
        (r"u \cdot y = \langle u, y \rangle", "right"),
        (r"(I + X^\top X) w = w + X^\top X w", "right"),
        (r"\sin^2 a + \cos^2 a = 1", "right"),
        (r"f = a^2 \\ f(a) = a^2", "right"),
        (r"f = a^2 \\ f(a) = a^3", "refuted"),
        (r"f = a^2 \\ f(b) = b^2", "unread"),
        (r"f = a^2 \\ f(a - 1) = (a - 1)^2", "unread"),
        (r"f = a^2 \\ f(0) = 0", "unread"),
        (r"f = a^2 \\ f (a - 1) = a^3 - a^2", "right"),
        (r"f = a^2 \\ f(1 - f) = a^2 - a^4", "right"),
        (r"f = a^2 \\ \frac{df}{da}(a) = 2a", "right"),
        (r"f = a^2 \\ \frac{df}{da}(b) = 2b", "unread"),
        (r"f = a^2 \\ \frac{df}{da}(b + 1) = 2ab + 2a", "right"),
        (r"L = \|Xw - y\|^2 \\ \nabla_w L(w) = 2X^\top(Xw - y)", "right"),
        (r"L = w^\top w \\ \frac{\partial L}{\partial w}(v)^\top = 2v^\top", "unread"),
        (r"z = Xw, L = z^\top z \\ \nabla_X L = \frac{\partial L}{\partial z}(w)^T", "unread"),
        (r"z = Xw, L = z^\top z \\ \nabla_X L = \frac{\partial L}{\partial z} (w)^T", "right"),
        (r"w_{t+1} = w_t - 2a v", "update"),
        (r"a(b) = ab", "unread"),
        (r"a(b + 1) = ab + a", "right"),
        (r"w_{k+1} = X^\top w_k", "update"),
        (r"w_k = w_{k-1} - a v_k", "update"),
        (r"\sum_{i,j=1}^n w_i w_j = \big(\sum_i w_i\big)^2", "right"),
        (r"|a| = \begin{cases} a, & a > 0; \\ -a, & a \le 0. \end{cases}", "right"),
        (r"f = X^\top X, \quad f = f^\top \succeq 0", "right"),
        (r"f = X^\top X \succ 0", "definition"),
        (r"\tanh^2(v) = \tanh v \odot \tanh v", "right"),
        (r"\tanh^3(X) = \tanh X \odot \tanh X", "refuted"),
        (r"f = a^2 b, \quad \frac{\partial f/\partial a}{\partial f/\partial b} = \frac{2b}{a}",
         "right"),
        (r"f = a^2 b, \quad \frac{df/da}{df/db} = \frac{a}{2b}", "refuted"),
        (r"|a|^2 = a^2", "right"),
        (r"u y = y u", "unread"),
        (r"w X = X w", "unread"),
        (r"q + a = a + q", "unread"),
        (r"a/2b = \frac{a}{2} b", "unread"),
        (r"f(a) = 2a", "definition"),
        (r"\hat y = X w", "definition"),
        (r"c_1 = a + b", "definition"),
        (r"p_i = \frac{e^{u_i}}{\sum_j e^{u_j}}", "definition"),
        (r"a \leftarrow a - b", "update"),
        (r"a \sim \mathcal{N}(0, 1)", "note"),
        (r"\lim_{a \to 0} a", "note"),
        (r"z \in \mathbb{R}^n", "declaration"),
        (r"a \foo b = 1", "unread"),
    ],
)  # fmt: skip
def test_a_row(row: str, read: str) -> None:
    assert verdicts(rf"{DECLARED}\[{row}\]")[-1] == read


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (r"w^\top v + a = 0", True),
        (r"X w = y", True),
        (r"\nabla_w (w^\top w) = 0", True),
        (r"\nabla_w (w^\top w) = w", False),
        (r"f = w^\top v \\ f = w^\top w", False),
    ],
)
def test_what_may_be_asked_for_is_told_how_to_say_so(row: str, told: bool) -> None:
    [made] = checked(rf"{DECLARED}\[{row}\]").findings
    assert made.verdict == "refuted"
    assert any("gradcli: condition" in note for note in made.notes) == told


def test_below_a_condition_what_nobody_has_used_is_defined() -> None:
    text = rf"""{DECLARED}
\[ \nabla_w (w^\top w - 2 w^\top v) = 2w - 2v = 0 \]
\[ w = v \]
\[ u = Xw \]
\[ \frac{{\partial}}{{\partial w}} (u^\top u) = 2X^\top u \]"""
    assert verdicts(text) == ["right", "note", "definition", "right"]


def test_what_one_line_says_the_next_continues() -> None:
    text = rf"""{DECLARED}
\begin{{align}}
L &= (a - b)^2 \\
  &= a^2 - 2ab + b^2 \\
\frac{{\partial L}}{{\partial a}} &= 2(a - b) \\
  &= 2a - b
\end{{align}}
so that
\[ = 2a - 2b \]
"""
    assert verdicts(text) == ["definition", "right", "right", "refuted", "refuted"]


def test_a_name_whose_row_was_not_read_is_not_known() -> None:
    text = r"""$a \in \mathbb{R}$
\begin{align} c &= \foo a \\ \frac{d c}{d a} &= 1 \\ &= 2 \end{align}"""
    assert verdicts(text) == ["unread", "unread", "unread"]


def test_sections_see_what_stands_around_them_and_not_their_siblings() -> None:
    text = r"""
\section{One} $x \in \mathbb{R}$ \[ f = x^2 \]
\subsection{Inner} \[ \frac{df}{dx} = 2x \]
\[ g = 3x \]
\subsection{Sibling} \[ \frac{dg}{dx} = 3 \]
\section{Two} $x \in \mathbb{R}^n$ \[ f = x^\top x \]
\[ \nabla_x f = 2x \]
"""
    assert verdicts(text) == ["definition", "right", "definition", "unread", "definition", "right"]


def test_places_are_those_of_the_file() -> None:
    (made,) = checked("$x \\in \\mathbb{R}$\n\\[\n\\frac{d}{dx} x^2 = 3x\n\\]").findings
    assert made.verdict == "refuted"
    assert made.span.text == "3x"
    assert made.span.source.position(made.span.start) == (3, 20)


def test_comments_declare() -> None:
    text = r"""% gradcli: S in symmetric(n)
% gradcli: $a^1 \in \mathbb{R}^n$
\[ \frac{\partial}{\partial a^1} \left((a^1)^\top S a^1\right) = 2 S a^1 \]"""
    assert verdicts(text) == ["right"]


LAYER = r"""$W \in \mathbb{R}^{k \times n}$, $x \in \mathbb{R}^n$, $a \in \mathbb{R}$
\[ y = W x \]
"""


@pytest.mark.parametrize(
    ("row", "read"),
    [
        # a loss that nobody defines stands for any function of y
        (r"\frac{\partial L}{\partial x} = W^\top \frac{\partial L}{\partial y}", "right"),
        (r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} W^\top", "refuted"),
        (r"\frac{\partial L}{\partial x} = W^\top y", "unread"),
        (r"\frac{\partial^2 L}{\partial a^2} = 0", "unread"),
        # conditions
        (r"\frac{d}{da} a^2 = 2a = 0", "right"),
        (r"\frac{d}{da} a^2 \overset{!}{=} 0 \implies a = 0", "note"),
        (r"\frac{\partial x_i}{\partial x_j} = 0, \quad i \neq j", "right"),
        (r"\frac{\partial x_i}{\partial x_j} = 0 \quad \text{for } i \neq j", "right"),
        (r"\frac{d}{da} |a| = 1 \quad \text{for } a > 2", "unread"),
        (r"\frac{d}{da} a^2 = 2a \quad \text{by the power rule}", "right"),
        # a function of a declared variable
        (r"f(a) = a^2, \quad f(-a) = f(a)", "right"),
        (r"f(a) = a^3, \quad f(-a) = f(a)", "refuted"),
        (r"f(a) = a^3, \quad f''(a) = 6a", "right"),
        # what is declared may be defined
        (r"a = x^\top x, \quad \frac{\partial a}{\partial x} = 2x", "right"),
        (r"x_i = 3 a, \quad \frac{\partial x_i}{\partial a} = 3", "unread"),
        (r"\text{Loss} = a^2, \quad \frac{d \text{Loss}}{da} = 2a", "unread"),
        (r"\mathrm{Loss} = a^2, \quad \frac{d\,\mathrm{Loss}}{da} = 2a", "right"),
    ],
)
def test_what_a_row_stands_on(row: str, read: str) -> None:
    found = verdicts(rf"{LAYER}\[{row}\]")
    assert found[-1] == read or (read == "right" and found[-2:] == ["right", "side-condition"])


def test_inequalities_in_comments_declare() -> None:
    text = r"""% gradcli: x in R^n; x > 0; a, b > 0; 1 < c and c < 2
\[ f = \sum_i (x_i^2)^{1/2} \]
\[ \frac{\partial f}{\partial x_i} = 1 \]
\[ |a b (c - 1)| = a b (c - 1) \]
\[ |c - 3/2| = c - 3/2 \]
"""
    assert verdicts(text) == ["definition", "right", "right", "refuted"]
    [[_, error]] = checked("% gradcli: X in R^n; f = 3\n" + text).errors
    assert error.code == "G024"


def test_comments_say_what_a_row_is() -> None:
    text = r"""$a \in \mathbb{R}$
% gradcli: ignore
\[ a = a + 1 \]
\begin{align}
\frac{d}{da} a^2 &= 3a \\ % gradcli: ignore
\frac{d}{da} a^2 &= 2a % gradcli: condition
\end{align}
% gradcli: fails
\[ \frac{d}{da} a^2 = a \]
"""
    report = checked(text)
    assert [row.kind for row in report.rows] == ["note", "note", "condition", "claim"]
    (made,) = report.findings
    assert made.expected == "fails"


def test_a_space_is_no_relation() -> None:
    text = "$x \\in \\mathbb{R}$\n\\[ y = x^2 \\]\n\\[ \\frac{dy}{dx} \\> = 3x \\]\n"
    assert verdicts(text) == ["definition", "refuted"]


def test_a_preamble_is_no_heading() -> None:
    text = "---\ntitle: x\n---\n<!-- gradcli: x in R -->\n$$ y = x^2 $$\n$$ dy/dx = 2x $$\n"
    document = markdown_document(Source("a.md", text))
    assert [block.kind for block in document.blocks] == ["note", "display", "display"]


def test_what_takes_too_much_work_is_told_and_no_bug() -> None:
    text = "$x \\in \\mathbb{R}$\n\\[ f = x^2 \\]\n\\[ \\frac{df}{dx} = 2x \\]\n"
    with work.limited(1):
        codes = [error.code for _, error in checked(text).errors]
    assert codes == ["G310"]


def test_letters_of_names_are_no_indices() -> None:
    text = r"""$h_{t-1}, x_t, u, w \in \mathbb{R}$
\begin{align} h_t &= \tanh(u h_{t-1} + w x_t) \\
\frac{\partial h_t}{\partial h_{t-1}} &= u (1 - h_t^2) \end{align}"""
    assert verdicts(text) == ["definition", "right"]


def test_where_nothing_is_declared_letters_are_reals() -> None:
    text = r"""\[ \ell = -\log(\sigma^2) - \frac{m^2}{\sigma^2} \]
\[ \frac{\partial \ell}{\partial \sigma^2} = -\frac{1}{\sigma^2} + \frac{m^2}{(\sigma^2)^2} \]"""
    assert verdicts(text) == ["definition", "right"]


def test_numbers_are_judged_at_the_point_of_a_comment() -> None:
    text = r"""$w, x, t \in \mathbb{R}$
\[ E = \tfrac12 (w x - t)^2 \]
\[ \frac{\partial E}{\partial w} = (w x - t) x = 2(0.5 - 1) \]
\[ \frac{\partial E}{\partial t} = -0.5 \]
% gradcli: at w = 0.25, x = 2, t = 1
\[ \frac{\partial E}{\partial w} = (w x - t) x = 2(0.5 - 1) = -1.0 \]
\[ \frac{\partial E}{\partial t} = 0.51 \]
\[ \frac{\partial E}{\partial t} = t - w x \]
"""
    assert verdicts(text) == ["definition", "right", "unread", "right", "refuted", "right"]


@pytest.mark.parametrize(
    ("rows", "comment"),
    [
        (r"\[ L = \|Xw - y\|^2 \] \[ \frac{\partial L}{\partial w} = 2X^T(Xw - y) \]",
         "X in R^(n, m); w in R^m; y in R^n"),
        (r"\[ z_i = \sum_j W_{ij} x_j + b_i \]", "W in R^(n, m); x in R^m; b in R^n"),
        (r"\[ \mathbf{r} = \mathbf{A}\mathbf{x} - c\,\mathbf{x} \]",
         "A in R^(n, n); x in R^n; c in R"),
    ],
)  # fmt: skip
def test_a_comment_is_proposed_by_which_more_can_be_read(rows: str, comment: str) -> None:
    (note,) = [d for made in checked(rows).derivations for d in made.notes if d.code == "G026"]
    assert note.help.endswith(f"% gradcli: {comment}")
    assert not {"unread", "note"} & {
        row.kind for row in checked(f"% gradcli: {comment}\n{rows}").rows
    }


def test_what_lacks_no_shape_is_not_read_again_for_those_that_do() -> None:
    reads, read = 0, sheet.SectionReader._display

    def counted(*arguments: Any) -> None:
        nonlocal reads
        reads += 1
        read(*arguments)

    others = "".join(rf"\[ f_{{{k}}} = \sin t \]" for k in range(50))
    text = rf"$t \in \mathbb{{R}}$ {others} \[ z_i = \sum_j W_{{ij}} x_j + b_i \]"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet.SectionReader, "_display", counted)
        (note,) = [d for made in checked(text).derivations for d in made.notes if d.code == "G026"]
    assert note.help.endswith("% gradcli: W in R^(n, m); x in R^m; b in R^n")
    assert reads < 51 * 6


def test_a_paper_in_which_nothing_was_judged_is_an_error() -> None:
    report = checked(r"\[ a = \int f \]")
    assert [d.code for d in report.unreadable] == ["G011"]


def test_what_a_display_defines_behind_its_first_use() -> None:
    text = r"""% gradcli: w, x, b, t in R
\begin{align}
L &= \tfrac12 (y - t)^2, \quad y = \sigma(z), \quad z = w x + b \\
\frac{\partial L}{\partial w} &= (y - t) y (1 - y) x \\
  &= (y - t) y (1 - y) b
\end{align}"""
    assert verdicts(text) == ["definition", "definition", "definition", "right", "refuted"]


@pytest.mark.parametrize("t", ["T", r"\top"])
def test_a_second_derivative_has_its_second_name_as_a_row(t: str) -> None:
    text = r"""% gradcli: X in R^(n, p); b, v in R^p; u in R^m; M in R^(p, m)
\[ S = b^\top X^\top X b, \quad q = b^\top M u \]
\[ \frac{\partial^2 S}{\partial b \partial b^T} = 2 X^\top X \]
\[ \frac{\partial S}{\partial b^T} = 2 b^\top X^\top X \]
\[ \frac{\partial^2 q}{\partial u \partial b^T} = M^\top \]
\[ \frac{\partial^2 q}{\partial u \partial b^T} = M \]"""
    expected = ["definition", "definition", "right", "right", "right", "refuted"]
    assert verdicts(text.replace("^T", f"^{t}")) == expected
    # Where T is a name it may be an exponent.
    assert verdicts(f"% gradcli: T in R\n{text}")[2:] == ["unread"] * 4


def test_a_block_of_zeros_fits_its_row_and_its_column() -> None:
    text = r"""% gradcli: A in R^(m, n); B in R^(k, l); b in R^m
\[ M = \begin{pmatrix} A & 0 \\ 0 & B \end{pmatrix}, \quad N = \begin{pmatrix} A & b \\ 0 & 1 \end{pmatrix} \]
\[ \operatorname{tr}(M^\top M) = \operatorname{tr}(A^\top A) + \operatorname{tr}(B^\top B) \]
\[ \operatorname{tr}(N^\top N) = \operatorname{tr}(A^\top A) + b^\top b + 1 \]
\[ \operatorname{tr}(N^\top N) = \operatorname{tr}(A^\top A) + b^\top b \]
\[ \begin{pmatrix} A & 0 \\ 0 & 0 \end{pmatrix} = A \]"""  # noqa: E501
    assert verdicts(text) == ["definition", "definition", "right", "right", "refuted", "unread"]


def test_a_gradient_by_several_numbers_is_a_column() -> None:
    text = r"""% gradcli: x, y in R; v in R^n
\[ f = x^2 y \]
\[ \nabla_{x, y} f = \begin{pmatrix} 2xy \\ x^2 \end{pmatrix} \]
\[ \nabla_{x, y} f = \begin{pmatrix} x^2 \\ 2xy \end{pmatrix} \]
\[ \nabla^2_{x, y} f = \begin{pmatrix} 2y & 2x \\ 2x & 0 \end{pmatrix} \]
\[ \nabla_{x, v} f = 0 \]"""
    assert verdicts(text) == ["definition", "right", "refuted", "right", "unread"]


def test_a_letter_with_an_index_is_no_use_of_the_letter_alone() -> None:
    text = r"""% gradcli: x, h_0, U in R
\begin{align}
r &= \sigma(x + h_0) \\
n &= \tanh(U r h_0) \\
h &= r n + h_0 \\
\frac{\partial h}{\partial n} &= r
\end{align}"""
    assert verdicts(text) == ["definition", "definition", "definition", "right"]
    text = r"""% gradcli: t in R
\begin{align}
y^{(1)} &= t^2, \\
y^{(2)} &= t y^{(1)}, \\
y &= y^{(1)} + y^{(2)} \\
\frac{\partial y}{\partial t} &= 2t + 3 t^2
\end{align}"""
    assert verdicts(text) == ["definition", "definition", "definition", "right"]


@pytest.mark.slow
def test_a_long_chain_of_rows_is_read_from_its_end() -> None:
    names = [rf"\mathrm{{v{k}}}" for k in range(1100)]
    rows = [rf"{one} &= {other} + x" for one, other in pairwise(names)]
    text = f"% gradcli: x in R\n{aligned([*rows, f'{names[-1]} &= x'])}"
    assert verdicts(text) == ["definition"] * len(names)


def test_a_line_goes_on_with_what_stands_above_it() -> None:
    text = r"""% gradcli: x in R
\begin{align}
f &= (x + 1)^2, & g &= x^3 \\
  &= x^2 + 2x + 1 \\
k &= x + 1, \quad m = k^2 \\
  &= x + 2 \\
\end{align}"""
    assert verdicts(text)[-4:] == ["right", "definition", "definition", "unread"]
    text = r"""% gradcli: y, t in R
\begin{align}
L &= e^2, & e &= y - t \\
  &= (y - t)^2
\end{align}"""
    assert verdicts(text) == ["definition", "definition", "right"]


LIKELIHOOD = (
    r"\ell(\mu, \sigma^2; x) = -\frac{n}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\sum_i (x_i - \mu)^2"
)


def test_what_is_defined_at_a_power_of_a_name() -> None:
    right = r"\frac{1}{\sigma^2}\sum_i (x_i - \mu)"
    lefts = [r"\ell", r"\ell(\mu, \sigma^2; x)", r"\ell(\mu, \sigma; x)"]
    rows = [LIKELIHOOD, *(rf"\frac{{\partial {left}}}{{\partial \mu}} = {right}" for left in lefts)]
    given = r"$x \in \mathbb{R}^n$, $\mu \in \mathbb{R}$, $\sigma > 0$"
    assert verdicts(f"{given}\n{aligned(rows)}") == ["definition", *["right"] * 3]


def test_a_row_of_an_equals_sign_alone() -> None:
    assert verdicts(aligned(["a = b", "&= ", "&= 2b"])) == ["definition", "unread", "unread"]


def test_a_function_of_a_name_with_a_label() -> None:
    rows = [r"P(x^{(1)}; \theta) = \theta^2 x^{(1)}", r"\frac{\partial P}{\partial \theta} = 2"]
    assert verdicts(f"$x^{{(1)}} \\in \\mathbb{{R}}$\n{aligned(rows)}")[0] == "definition"


def test_the_inverse_of_a_function_is_no_reciprocal() -> None:
    rows = [
        r"f(x) = e^x", r"f^{-1}(x) = \log x", r"f(x)^{-1} = e^{-x}",
        r"\sigma(x) = 1/(1 + e^{-x})", r"\sigma^{-1}(x) = \log\frac{x}{1 - x}",
    ]  # fmt: skip
    assert verdicts(aligned(rows)) == ["definition", "unread", "right", "definition", "unread"]


def test_powers_of_a_name_with_a_power_in_it() -> None:
    slope = r"\frac{\partial \ell}{\partial \sigma^2}"
    squares = r"\sum_i (x_i - \mu)^2"
    rows = [
        LIKELIHOOD,
        rf"{slope} = -\frac{{n}}{{2\sigma^2}} + \frac{{1}}{{2\sigma^4}} {squares}",
        rf"{slope} = -\frac{{n}}{{2\sigma^2}} + \frac{{1}}{{2\sigma^2}} {squares}",
        r"\sigma^6 = (\sigma^2)^3", r"\sigma^3 = \sigma^3",
    ]  # fmt: skip
    given = r"$x \in \mathbb{R}^n$, $\mu \in \mathbb{R}$, $\sigma^2 > 0$"
    read = ["definition", "right", "refuted", "right", "unread"]
    assert verdicts(f"{given}\n{aligned(rows)}") == read


def test_whole_numbers_of_what_is_constant_are_exact() -> None:
    def rows(last: int) -> str:
        matrix = rf"\begin{{pmatrix}} 2 & 0 \\ 0 & {last} \end{{pmatrix}}"
        return aligned(["f(x) = x_1^2 + 3 x_2^2", rf"H = \nabla^2 f(x) = {matrix}"])

    given = r"$x \in \mathbb{R}^2$"
    assert verdicts(f"{given}\n{rows(6)}") == ["definition", "right"]
    assert verdicts(f"{given}\n{rows(5)}") == ["definition", "refuted"]


@pytest.mark.parametrize(
    ("said", "function", "read"),
    [
        ("", r"\operatorname{softmax}", "unread"),
        ("along rows", r"\operatorname{softmax}", "right"),
        ("along columns", r"\operatorname{softmax}", "refuted"),
        ("", r"\operatorname{softmax}_{\mathrm{row}}", "right"),
        ("along rows", r"\operatorname{softmax}_{\text{col}}", "refuted"),
    ],
)
def test_along_what_a_matrix_is_read(said: str, function: str, read: str) -> None:
    given = r"% gradcli: A in R^(m, n)" + (f"; {said}" if said else "")
    assert verdicts(rf"{given}" + "\n" + aligned([rf"{function}(A) \mathbf 1 = \mathbf 1"])) == [
        read
    ]
