"""LaTeX of every function and of what people write: right, balanced, nothing that TeX lacks.

Must not know how LaTeX is made.
"""

from __future__ import annotations

import re

import pytest

from gradcli.api import parse
from gradcli.api.at_point import read_scene
from gradcli.calculus.core import number
from gradcli.calculus.differentiate import pull
from gradcli.graph.order import topological
from gradcli.graph.shape import letter
from gradcli.notation.latex import latex
from gradcli.notation.symbols import symbol
from gradcli.ops import FUNCTIONS
from gradcli.reference.functions import describe

m, n = letter("m"), letter("n")
SHAPES = {
    "X": (m, n), "w": (n,), "y": (m,), "A": (n, n), "B": (n, n), "z": (n,), "u": (n,),
    "x": (), "sigma": (), "w1": (), "alpha": (), "loss": (),
}  # fmt: skip
COMMANDS = (
    "frac sqrt left right text mathrm operatorname mathbf begin end top odot oslash cdot times sum "
    "prod lVert rVert lfloor rfloor lceil rceil log exp sin cos tan sinh cosh tanh arcsin arccos "
    "arctan det max min infty land lor lnot leq geq neq hat bar tilde dot sigma Gamma psi pi alpha "
    "theta beta delta wedge"
)
KNOWN = set(COMMANDS.split())
FORMULAS = [
    ("x^2*sigma + w1", r"x^{2} \sigma + w_{1}"),
    ("x - (w1 - alpha)", r"x - (w_{1} - \alpha)"),
    ("x*(-w1)", r"x (-w_{1})"),
    ("2*3*x", r"2 \cdot 3 x"),
    ("2*loss", r"2 \, \mathrm{loss}"),
    ("1/3*x + 0.5", r"\frac{1}{3} x + 0.5"),
    ("sin(x)^2", r"\sin^{2}(x)"),
    ("exp(-x)/x", r"\frac{e^{-x}}{x}"),
    ("abs(x/2)", r"\left|\frac{x}{2}\right|"),
    ("sum((X @ w - y)^2)", r"\left\lVert X w - y \right\rVert^{2}"),
    ("norm(w)", r"\left\lVert w \right\rVert"),
    ("inv(A).T @ B", r"A^{-\top} B"),
    ("solve(A, u)", "A^{-1} u"),
    ("u.T @ A @ u", r"u^\top A u"),
    ("outer(u, z)", r"u z^\top"),
    ("-sum(u*log(softmax(z)))", r"-u^\top \, \log(\operatorname{softmax}(z))"),
    ("trace(A @ B) + logdet(A)", r"\operatorname{tr}(A B) + \log\det(A)"),
    ("A*B @ A", r"(A \odot B) A"),
    ("(A @ B) .* A", r"(A B) \odot A"),
    ("A .^ 2", r"A^{\odot 2}"),
    ("sum(A, axis=0)", r"A^\top \mathbf{1}"),
    ("[[1, 2], [3, 4]]*x", r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} x"),
    ("u[0]*z[1]", "u_{0} z_{1}"),
    ("max(x, w1, alpha)", r"\max(x, w_{1}, \alpha)"),
    ("where(x > 0, x, where(x < -1, w1, -x))",
     r"\begin{cases} x & \text{if } x > 0 \\ w_{1} & \text{if } x < -1 \\ -x & \text{otherwise}"
     r" \end{cases}"),
    ("where(x > 0, where(w1 > 0, x, 0), 0)",
     r"\begin{cases} x & \text{if } x > 0\text{ and } w_{1} > 0 \\ 0 & \text{otherwise}"
     r" \end{cases}"),
    ("where(x > 0, x, -x)",
     r"\begin{cases} x & \text{if } x > 0 \\ -x & \text{otherwise} \end{cases}"),
    ('einsum("ij,jk,k->i", A, B, u)', r"\left[\sum_{j, k} A_{ij} B_{jk} u_{k}\right]_{i}"),
]  # fmt: skip


def sound(text: str) -> None:
    """What TeX would stumble over: brackets, pairs and environments, unknown commands."""
    depth = 0
    for char in re.sub(r"\\[{}]", "", text):
        depth += (char == "{") - (char == "}")
        assert depth >= 0, text
    assert depth == 0, text
    commands = re.findall(r"\\([A-Za-z]+)", text)
    assert set(commands) <= KNOWN, set(commands) - KNOWN
    assert commands.count("left") == commands.count("right"), text
    assert re.findall(r"\\begin\{(\w+)\}", text) == re.findall(r"\\end\{(\w+)\}", text)[::-1] or (
        commands.count("begin") == commands.count("end")
    )
    assert not re.search(r"\^\{[^{}]*\}\^|_\{[^{}]*\}_", text), f"double script: {text}"
    assert "_" not in re.sub(r"\\_|_\{|_F", "", text), text


@pytest.mark.parametrize(("text", "wanted"), FORMULAS)
def test_formulas(text: str, wanted: str) -> None:
    found = latex(parse(text, SHAPES, "mn").output, {})
    assert found == wanted
    sound(found)


@pytest.mark.parametrize("name", [key for key, found in FUNCTIONS.items() if key == found.name])
def test_every_function_and_its_derivative(name: str) -> None:
    example = describe(FUNCTIONS[name]).example
    quote = example[len("gradcli diff ")]
    text, at = example[len("gradcli diff ") + 1 :].split(f"{quote} --at ")
    found = read_scene(text, [at.strip('"')], [], None)
    output = found.model.output
    sound(latex(output, {}))
    if not output.shape:
        for adjoint in pull({output: number(1)}, [*found.model.inputs.values()]):
            if adjoint is not None:
                sound(latex(adjoint, {output: "f"}))
                for vertex in topological([adjoint]):
                    sound(latex(vertex, {}))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("x", "x"), ("w1", "w_{1}"), ("w_1", "w_{1}"), ("h[t]", "h_{t}"), ("h_x[2]", "h_{x, 2}"),
        ("sigma", r"\sigma"), ("σ", r"\sigma"), ("σ2", r"\sigma_{2}"), ("yhat", r"\hat{y}"),
        ("ŷ", r"\hat{y}"), ("x̂", r"\hat{x}"), ("loss", r"\mathrm{loss}"), ("_", r"\mathrm{\_}"),
        ("w_max", r"w_{\mathrm{max}}"), ("Α", r"\mathrm{A}"), ("Ω", r"\Omega"),
        ("grad_z", r"\mathrm{grad}_{z}"), ("@a_b.npy", r"\text{@a\_b.npy}"),
    ],
)  # fmt: skip
def test_names(name: str, wanted: str) -> None:
    assert symbol(name) == wanted
