"""Sheets as LaTeX and LaTeX as sheets: every construct as one would set it, and there and back.

Must not know how LaTeX is read, nor compile it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcli import api
from gradcli.api.converted import not_read_again, to_latex, to_sheet
from gradcli.errors import GradcliError, Source
from gradcli.judge.finding import CheckOptions
from gradcli.language.tex.document import tex_document
from gradcli.language.typeset.sheet import broken
from gradcli.reading import Place
from tests.running import here

SHEET = """\
# Ridge regression, by hand.
#
# As in any course.
derivation "ridge, with w1 & λ"
X in R^(m, n); w in R^n  # the data
y in onehot(m)
λ in (0, inf)

r = X @ w - y
L = sum(r^2)/m + λ*norm(w)^2  # squared error
dL/dw = 2/m*X.T @ r + 2*λ*w   # chain rule
      = 2*(X.T @ (X @ w - y)/m + λ*w)
dL/dλ = sum(w^2)
at w = [1, 2], λ = 0.1
L ≈ 3.14 ± 0.01
"""
TEX = r"""Ridge regression, by hand.

As in any course.

\section*{ridge, with w1 \& $\lambda$}

% gradcli: y in onehot(m)
% gradcli: λ in (0, inf)
Let $X \in \mathbb{R}^{m \times n}$, $w \in \mathbb{R}^{n}$, $y \in \operatorname{onehot}(m)$, $\lambda \in (0, \infty)$.
\begin{align*}
r &= X w - y \\
L &= \frac{\left\lVert r \right\rVert^{2}}{m} + \lambda \left\lVert w \right\rVert^{2} && \text{squared error} \\
\frac{\partial L}{\partial w} &= \frac{2}{m} X^\top r + 2 \lambda w && \text{chain rule} \\
 &= 2 \left(\frac{X^\top (X w - y)}{m} + \lambda w\right) \\
\frac{\partial L}{\partial \lambda} &= \left\lVert w \right\rVert^{2} \\
\left. L \right|_{w = \begin{bmatrix} 1 \\ 2 \end{bmatrix},\, \lambda = 0.1} &\approx 3.14 \pm 0.01
\end{align*}
"""  # noqa: E501 a paragraph is one line
LINES = [
    ("h[0] = x; for t in 1..3 { h[t] = w*h[t-1] }; dh[3]/dw = 3*w^2*x",
     [r"h_{0} &= x", r"h_{t} &= w h_{t - 1}, \quad t = 1, \dots, 3",
      r"\frac{\partial h_{3}}{\partial w} &= 3 w^{2} x"]),
    ("x in R^n; s = sum(i in 0..n-1, x[i]^2); ds/dx[0] = 2*x[0]; x[-1] = x[n-1]",
     [r"s &= \sum_{i=0}^{n - 1} x_{i + 1}^{2}", r"\frac{\partial s}{\partial x_{1}} &= 2 x_{1}",
      "x_{n} &= x_{n}"]),
    ("X in R^(m, n); X[:, 0] = X[:, 0]; X[1:3, 0] = X[1:3, 0]",
     [r"X_{:1} &= X_{:1}", "X_{2:3, 1} &= X_{2:3, 1}"]),
    ("x, x0 in R; x_0 = x0*x; dx_0/dx = x0", [r"x_{0} &= x^{(0)} x"]),
    ("x in R^2; x0 in R; y = x0*x", [r"y &= x^{(0)} x"]),
    ("f(u, v) = u^2 + v; x in R; d/dx (f(x, 3*x)) = 2*x + 3",
     [r"f(u, v) &= u^{2} + v", r"\frac{\partial}{\partial x} (f(x, 3 x)) &= 2 x + 3"]),
    ("f in functions(R, R); x in R; y = f(x^2); dy/dx = 2*x*f'(x^2); d2y/dx2 = d2y/dx2",
     [r"\frac{\partial y}{\partial x} &= 2 x f'(x^{2})",
      r"\frac{\partial^{2} y}{\partial x^{2}} &= \frac{\partial^{2} y}{\partial x^{2}}"]),
    ("x, y in R; L = x*y; hessian(L, [x, y]) = [[0, 1], [1, 0]]",
     [r"\nabla^{2}_{x, y} L &= \begin{bmatrix} 0 & 1 \\ 1 & 0 \end{bmatrix}"]),
    ("A, B in R^(n, n); x in R^n; y = x @ A @ B*A[0, 1]; f = x @ x",
     [r"y &= (B^\top A^\top x) A_{12}", r"f &= \left\lVert x \right\rVert^{2}"]),
    ("x in R; y = x; y >= 0 and y <= 1", [r"y &\geq 0 \\", r"y &\leq 1"]),
]  # fmt: skip


def test_a_sheet() -> None:
    assert to_latex(Source("a.grad", SHEET)) == TEX


@pytest.mark.parametrize(("text", "lines"), LINES)
def test_constructs(text: str, lines: list[str]) -> None:
    found = to_latex(Source("a.grad", text))
    for line in lines:
        assert line in found


def test_long_sides_are_broken_at_their_signs() -> None:
    sum_ = " + ".join(f"sin(alpha*x + {k})" for k in range(15))
    found = to_latex(Source("a.grad", f"f = {sum_}"))
    assert found.count("\\\\\n&\\quad +") >= 2
    assert max(map(len, found.splitlines())) < 140


@pytest.mark.parametrize("text", ["x in R; y = z", "x in R; y = (x", "x in R^2; f = x + [1, 2, 3]"])
def test_what_cannot_be_read_is_not_written(text: str) -> None:
    with pytest.raises(GradcliError):
        to_latex(Source("a.grad", text))


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "a.grad").write_text("y = x^2; dy/dx = 2*x", encoding="utf-8")
    done = here("convert", "a.grad", "--standalone", "--output", "a.tex", cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    text = (tmp_path / "a.tex").read_text(encoding="utf-8")
    assert text.startswith("\\documentclass") and text.endswith("\\end{document}\n")
    assert here("convert", "-", stdin="y = x^2; dy/dx = 2*x").out in text
    assert here("convert", "b.grad", cwd=tmp_path).code == 2


PAPER = r"""\documentclass{article}
\begin{document}
\section{Ridge "regression"}
Let $X \in \mathbb{R}^{m \times n}$, $\mathbf{y} \in \mathbb{R}^m$, $\theta \in \mathbb{R}^n$.
% gradcli: λ in (0, 1)
\begin{align}
\hat y &= X\theta \\
J &= \|\mathbf{y} - \hat y\|^2 + \lambda\|\theta\|^2 \\
\nabla_\theta J &= 2X^\top(\hat y - \mathbf{y}) + 2\lambda\theta \\
 &= 2\left(X^\top(X\theta - \mathbf{y}) + \lambda\theta\right) \\
\frac{\partial J}{\partial \mathbf{y}} &= \hat y - \mathbf{y}
\end{align}
\[ \theta \leftarrow 2\theta \]
\section{Entries}
For $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$
\begin{align}
z_i &= \sum_{j=1}^n W_{ij} x_j^2 \\
\frac{\partial z_i}{\partial x_k} &= 2 W_{ik} x_k
\end{align}
\end{document}
"""
TEXT = """\
derivation "Ridge regression"
X in R^(m, n)
y in R^m
θ in R^n
λ in (0, 1)
yhat = X @ θ
J = norm(y - yhat)^2 + λ*norm(θ)^2
dJ/dθ = 2*X.T @ (yhat - y) + 2*λ*θ
      = 2*(X.T @ (X @ θ - y) + λ*θ)
dJ/dy = yhat - y
# line 13, update: an update, which is not judged:  \\theta \\leftarrow 2\\theta

derivation "Entries"
W in R^(m, n)
x in R^n
for i in 1..m {
    z[i] = sum(j in 1..n, W[i-1, j-1]*x[j-1]^2)
}
for i in 1..m {
    for k in 1..n {
        dz[i]/d(x[k-1]) = 2*W[i-1, k-1]*x[k-1]
    }
}
"""


def paper() -> list[str]:
    report = api.check_paper(tex_document(Source("a.tex", PAPER)), CheckOptions())
    return [found.verdict for found in report.findings]


def test_a_paper() -> None:
    assert to_sheet(tex_document(Source("a.tex", PAPER))) == TEXT


@pytest.mark.slow
def test_a_paper_and_its_sheet_are_judged_alike_and_so_is_the_sheet_as_a_paper() -> None:
    assert paper() == ["proved", "proved", "refuted", "proved"]
    sheet = to_sheet(tex_document(Source("a.tex", PAPER)))
    found = api.check_text(Source("a.grad", sheet), CheckOptions())
    assert [each.verdict for each in found.findings] == paper()
    again = tex_document(Source("b.tex", to_latex(Source("a.grad", sheet), standalone=True)))
    found = api.check_paper(again, CheckOptions())
    assert [each.verdict for each in found.findings] == paper()


def test_numbers_at_a_point_go_there_and_back() -> None:
    sheet = Source("a.grad", "f = x*y\nat x = 2, y = 3\ndf/dx = 3\ndf/dy = 3\n")
    again = tex_document(Source("b.tex", to_latex(sheet, standalone=True)))
    for report in (
        api.check_text(sheet, CheckOptions()),
        api.check_paper(again, CheckOptions()),
    ):
        assert [each.passed for each in report.findings] == [True, False]


def test_the_command_on_a_paper(tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_text(PAPER, encoding="utf-8")
    assert here("convert", "a.tex", cwd=tmp_path).out == TEXT
    assert here("convert", "a.tex", "--to", "latex", cwd=tmp_path).code == 2
    assert here("convert", "a.tex", "--standalone", cwd=tmp_path).code == 2
    (tmp_path / "b.tex").write_text("$$ x", encoding="utf-8")
    assert here("convert", "b.tex", cwd=tmp_path).code == 2
    (tmp_path / "c.md").write_text("# Nothing", encoding="utf-8")
    assert here("convert", "c.md", cwd=tmp_path).code == 2
    (tmp_path / "d.grad").write_text("x in R", encoding="utf-8")
    assert here("convert", "d.grad", "--to", "grad", cwd=tmp_path).code == 2


SHEETS = [
    "x, y in R^n; L = sum(log(x/y)); dL/dy = -1/y",
    "z in R^n; y = tanh(z); L = sum(y); dL/dz = 1 - y.^2",
    "z in R^n; p = softmax(z); jacobian(log_softmax(z), z) = eye(n) - ones(n) @ p.T",
    "v, y in R; δ = 2*(v - y); δ1 = δ*v; δ2 = δ*y; E = δ1 + δ2; dE/dv = 4*v",
    "x in R; sigmoid(-x) = 1 - sigmoid(x)\nsigmoid(x) = (1 + tanh(x/2))/2",
    "x in R^4; s = sum(x[1:3]); ds/dx[1] = 1",
    "x in R; f = x*exp(x^2); df/dx = exp(x^2)*(1 + 2*x^2)",
    "c0, f in R^n; c = c0*f; L = sum(c^2); dL/dc0 = 2*c*f",
    "x, th1 in R; KL = x; var = 2; dy = var*KL; da = dy*cos(th1); dda/dx = 2*cos(th1)",
    "X in R^(n, k); p = softmax(X, axis=1); l = logsumexp(X, axis=1); q = log_softmax(X, axis=0)\n"
    "L = sum(l) + sum(max(X, axis=0)) + sum(q*p); s = sum(l); ds/dX = p\n"
    "X @ ones(k, k) = X @ ones(k, k)",
    "x in R^2; h[0] = x\nfor t in 1..2 { h[t] = softmax(h[t-1], axis=0) }\n"
    "L = sum(h[2]); dL/dx = zeros(2)",
    "W in R^(2, 2); x in R^2; h = relu(W @ x)\nat W = [[1, 2], [-1, 0.5]], x = [1, 1]\nh ≈ [3, 0]",
]


@pytest.mark.parametrize("text", SHEETS)
def test_what_is_written_is_read_again(text: str) -> None:
    sheet = Source("a.grad", text)
    again = to_latex(sheet, standalone=True)
    assert not_read_again(again) == []
    before = api.check_text(sheet, CheckOptions(points=3))
    after = api.check_paper(tex_document(Source("b.tex", again)), CheckOptions(points=3))
    assert not [*before.errors, *after.errors]
    assert any(before.findings)
    assert [f.passed for f in after.findings] == [f.passed for f in before.findings]


def test_what_is_not_read_again_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.grad").write_text("x in R\nexp(x) != x\n2*x = x + x", encoding="utf-8")
    done = here("convert", "a.grad", cwd=tmp_path)
    assert done.code == 0
    assert done.err == ("gradcli check does not read line 3 (another relation):  e^{x} &\\neq x\n")
    (tmp_path / "a.grad").write_text("x in R^n; A = x[:, None]*x[None, :]\n", encoding="utf-8")
    done = here("convert", "a.grad", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "error[G013]" in done.err


@pytest.mark.slow
def test_samples_go_there_and_back() -> None:
    """Where every row is read, there are as many claims; what is not is told, and little."""
    folder = Path(__file__).parent.parent / "samples"
    told = read = 0
    for path in sorted([*folder.glob("*.grad"), *(folder / "derivations").glob("*.grad")]):
        source, place = Source(path.name, path.read_text("utf-8")), Place(path.parent)
        listed = api.check_text(source, CheckOptions(list=True), place=place)
        wanted = [s for d in listed.derivations for s in d.read if s.kind == "claim"]
        try:
            text = to_latex(source, standalone=True, place=place)
        except GradcliError as error:
            assert error.diagnostics[0].code == "G013", path
            continue
        lost = not_read_again(text)
        rows = api.check_paper(tex_document(Source("b.tex", text)), CheckOptions(list=True)).rows
        found = [row for row in rows if row.kind == "claim"]
        assert lost or len(found) == len(wanted), path
        told, read = told + len(lost), read + len(rows)
    assert told < read / 10


def test_a_claim_that_is_wrong_for_its_shapes_alone_is_a_comment_of_the_sheet(
    tmp_path: Path,
) -> None:
    text = r"$A \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$ \[ f = Ax \] \[ A f = x \]"
    sheet = to_sheet(tex_document(Source("a.tex", text)))
    assert "# line 1, claim: cannot multiply" in sheet
    (tmp_path / "a.tex").write_text(text, encoding="utf-8")
    done = here("convert", "a.tex", cwd=tmp_path)
    assert (done.code, done.out) == (0, sheet)
    assert "no sheet can say what is refuted by its shapes, line 1 (cannot multiply" in done.err


@pytest.mark.parametrize(
    "pieces",
    [
        [r"p q u v w \left(\left(\begin{cases} 1 & \text{if } i = j \end{cases}\right) - q\right)",
         r"+ r, \quad i = 0, \dots, k - 1"],
        [r"\left\lVert a - t + u - v + w - x + y - z \right\rVert^{2}",
         r"- \frac{a + b + c + d + e + f + g}{c}", r"+ \sqrt{x - y}"],
        [r"\{x - 1, y - 2, z - 3, u - 4\}", r"+ (x + y + z + u + v + w)"],
    ],
)  # fmt: skip
def test_a_long_side_is_broken_at_the_signs_of_its_sum_only(pieces: list[str]) -> None:
    assert [*broken(" ".join(pieces), 1)] == pieces
