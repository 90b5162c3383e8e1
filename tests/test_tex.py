"""All that is printed as LaTeX goes through TeX: one document, in which nothing sticks out.

Must not know how LaTeX is made; whether formulas are right is another file's matter.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gradcli.ops import FUNCTIONS
from gradcli.reference.functions import operators
from tests.running import here
from tests.test_latexed import FORMULAS
from tests.test_tex_mends import SLIPS

POINT = ("--at", "x=1, y=2")
PAGES = [
    ("diff", "q = x + y; q*z", "--at", "x=-2, y=5, z=-4"),
    ("diff", "sigmoid(w1*x + b)^2/sigma_max", "--at", "w1=1e-30, x=2, b=1, sigma_max=3"),
    ("diff", "abs(x) + relu(x_hat - 1/3)", "--at", "x=0, x_hat=1/3"),
    ("diff", "sum((X @ w - y)^2)/3", "--at", "X=[[1, 2], [3, 4], [5, 6]], w=[1, -1], y=[1, 0, 1]"),
    ("diff", "h[1] = x^2; h[2] = sin(h[1]); h[2]*ŵ*Α*x̂", "--at", "x=1/3, ŵ=2, Α=1, x̂=3"),
    ("diff", "where(x > 0 and not (x >= 3), x^3, exp(-x^2/2))", "--at", "x=1.5"),
    ("jacobian", "[x*y, sin(x), exp(y)/x]", *POINT),
    ("jacobian", "softmax(W @ x + b)", "--at", "W=[[1, 2], [3, 4]], x=[1, -1], b=[0, 1/2]"),
    ("hessian", "log(sum(exp(x)))", "--at", "x=[1, 2, 3, 4]"),
    ("jvp", "x^2*y", *POINT, "--tangent", "x=1, y=0"),
    ("vjp", "x^2*y", *POINT, "--cotangent", "1"),
    ("hvp", "sin(x)*y", *POINT, "--tangent", "x=1, y=0"),
    ("series", "exp(sin(x))", "--at", "x=0"),
    ("descend", "x^2 + 3*y^2", *POINT),
    ("paths", "q = x*y; sin(q) + q^2", *POINT),
    ("functions",),
    *(("functions", name) for name, found in FUNCTIONS.items() if name == found.name),
    *(("functions", name) for name in operators()),
]
DERIVED = [
    ("x.T @ A @ x", "x in R^n; A in R^(n, n)"),
    ("sum((X @ w - y)^2)/m + lambda*norm(w)^2", "X in R^(m, n); w in R^n; y in R^m; lambda in R"),
    ("-sum(y*log(softmax(W @ x + b)))", "W in R^(k, n); x in R^n; b in R^k; y in onehot(k)"),
    ("logdet(A) - trace(inv(A) @ B)", "A, B in R^(n, n)"),
    ("h = tanh(W @ x); L = sum((h - t)^2)/2", "W in R^(m, n); x in R^n; t in R^m"),
]
WRONG = re.compile(r"^!.*|^(?:Over|Under)full.*\n.*|^Missing character.*|^LaTeX Warning.*", re.M)
needs_tex = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex"),
]
pytestmark = needs_tex


def typeset(document: str, folder: Path) -> list[str]:
    """What TeX complains of: errors, what is too wide, characters that no font has."""
    (folder / "a.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "a.tex"]
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return WRONG.findall((folder / "a.log").read_text(encoding="latin-1"))


def document(*blocks: str) -> str:
    head = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\begin{document}"
    return "\n\n".join([head, *blocks, "\\end{document}\n"])


def printed(*arguments: str) -> str:
    done = here(*arguments, "--format", "latex")
    assert done.code == 0, (arguments, done.err)
    return done.out


def test_every_page_and_formula(tmp_path: Path) -> None:
    blocks = [printed(*arguments) for arguments in PAGES]
    formulas = [line for text, let in DERIVED for line in
                printed("derive", text, "--let", let).splitlines()]  # fmt: skip
    formulas += [wanted for _, wanted in FORMULAS]
    assert typeset(document(*blocks, *(f"\\[ {text} \\]" for text in formulas)), tmp_path) == []


def test_every_sheet(tmp_path: Path) -> None:
    sheets = [*Path("samples").glob("*.grad"), *Path("tests/corpus").glob("*.grad")]
    blocks = [here("convert", str(sheet)).out for sheet in sheets]
    blocks += [printed("derive", text, "--let", let, "--steps") for text, let in DERIVED]
    assert all(blocks)
    assert typeset(document(*blocks), tmp_path) == []


def test_mends(tmp_path: Path) -> None:
    macros = r"\newcommand{\wt}{\tilde{w}}"
    assert typeset(document(macros, *(f"\\[ {mend} \\]" for *_, mend in SLIPS)), tmp_path) == []


def test_tex_is_asked_at_all(tmp_path: Path) -> None:
    assert typeset(document(r"\[ \nosuchthing \]"), tmp_path)
    assert typeset(document(r"\noindent\rule{400pt}{1pt}"), tmp_path)
