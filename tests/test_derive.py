"""`gradcli derive`: every notation, order and format, and what it says of wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gradcli.api.formulas import derive
from tests.running import here

LEAST_SQUARES = "r = X @ w - y; L = r.T @ r"
SETS = "X in R^(m, n); w in R^n; y in R^m"


def formulas(expression: str, let: str = "", wrt: str = "", **more: object) -> list[str]:
    made = derive(expression, [wrt] if wrt else [], [let] if let else [], **more)  # type: ignore[arg-type]
    assert all(each.verdict in ("proved", "holds") for each in made)
    return [each.formula for each in made]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expression", "let", "expected"),
    [
        ("x^3", "", "3*x^2"),
        ("2*x + 1", "", "2"),
        ("7", "x in R", "0"),
        ("x.T @ A", "A in R^(m, n); x in R^m", "A.T"),
        ("A @ x", "A in R^(m, n); x in R^n", "A"),
        ("A @ x .* x", "A in R^(n, n); x in R^n", "diag(x) @ A + diag(A @ x)"),
        ("x @ x.T", "x in R^n",
         'einsum("ik,j->ijk", eye(n), x) + einsum("jk,i->ijk", eye(n), x)'),
        ("B @ x", "B in R^(m, n); x in R^n", "B"),
        ("x", "x in R^(m, n)", 'einsum("ik,jl->ijkl", eye(m), eye(n))'),
        ("x.T", "x in R^(m, n)", 'einsum("jk,il->ijkl", eye(m), eye(n))'),
        ("inv(x)", "x in R^(n, n)", '-einsum("ik,lj->ijkl", inv(x), inv(x))'),
        ("trace(x)", "x in R^(n, n)", "eye(n)"),
        ("sum(x)", "x in R^(m, n)", "ones(m, n)"),
        ("mean(x)", "x in R^n", "ones(n)/n"),
        ("prod(x)", "x in R^n", "prod(x)/x"),
        ("max(x)", "x in R^n", "where(x == max(x), 1, 0)"),
        ("x[0]*x[2]", "x in R^n", "x[0]*eye(n)[2] + x[2]*eye(n)[0]"),
        ("x[1:3]", "x in R^5", "eye(5)[1:3]"),
        ("sum(x[1:3]^2)", "x in R^5", "2*eye(5)[:, 1:3] @ x[1:3]"),
        ("concat(x, b)", "x in R^n; b in R^m", "eye(m + n)[:, 0:n]"),
        ("diag(x)", "x in R^n", 'einsum("ik,ij->ijk", eye(n), eye(n))'),
        ("softmax(x)", "x in R^n", "diag(softmax(x)) - softmax(x) @ softmax(x).T"),
        ("norm(x, 1)", "x in R^n", "sign(x)"),
        ("x^n", "n in R; x in (0, inf)", "n*x^(n - 1)"),
        ("sum(x^3)/3 + sum(exp(-x))", "x in R^n", "x^2 - exp(-x)"),
        ("norm(a - x)^2", "a, x in R^n", "-2*(a - x)"),
        ("logdet(x)", "x in R^(n, n)", "inv(x).T"),
        ("relu(A @ x)", "A in R^(m, n); x in R^n", "diag(where(A @ x > 0, 1, 0)) @ A"),
        ("sum(relu(x @ w))", "x in R^(m, n); w in R^n", "where(x @ w > 0, 1, 0) @ w.T"),
        ("sum(max(0, 1 - y*(A @ x)))", "A in R^(m, n); x in R^n; y in R^m",
         "A.T @ where(1 - y*(A @ x) >= 0, -y, 0)"),
        ("where(x > 0, x*log(x), 0)", "", "where(x > 0, log(x) + 1, 0)"),
        ("sum(prod(x, axis=1))", "x in R^(m, n)", "diag(prod(x, axis=1)) @ (1/x)"),
        ("std(x)", "x in R^n", "(x - mean(x))/(n*sqrt(mean((x - mean(x))^2)))"),
        ("sum(log_softmax(x, axis=1)*y)", "x, y in R^(m, n)",
         "y - diag(sum(y, axis=1)) @ softmax(x, axis=1)"),
        ("a.T @ inv(x.T @ x) @ b", "x in R^(m, n); a, b in R^n",
         "-x @ inv(x.T @ x) @ (a @ b.T + b @ a.T) @ inv(x.T @ x)"),
        # A name stands for what it was defined as, and for no root of that.
        ("L = (x*a - b)^2", "a, b, x in R", "2*a*(x*a - b)"),
        ("L = sin(a*x)^3", "a, x in R", "3*a*cos(a*x)*sin(a*x)^2"),
    ],
)  # fmt: skip
def test_notations(expression: str, let: str, expected: str) -> None:
    assert formulas(expression, let, "x") == [expected]


@pytest.mark.parametrize("axis", [0, 1])
def test_an_identity_of_vectors_is_none_of_matrices(axis: int) -> None:
    """exp of a log_softmax is a softmax; along which axis it goes is no matter of the rule."""
    assert formulas(f"sum(exp(log_softmax(x, axis={axis})))", "x in R^(2, 3)")


def test_every_input_by_default_and_vertices_by_name() -> None:
    assert formulas(LEAST_SQUARES, SETS) == ["2*r @ w.T", "2*X.T @ r", "-2*r"]
    assert formulas(LEAST_SQUARES, SETS, "r") == ["2*r"]
    assert formulas("x*y") == ["y", "x"]


def test_layouts() -> None:
    let = "A in R^(m, n); x in R^n"
    assert formulas("A @ x", let, "x", layout="denominator") == ["A.T"]
    assert formulas("layout denominator; A @ x", let, "x") == ["A.T"]


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_mixed_partials(order: int) -> None:
    made = derive("exp(x*y) + x^4*y^3", ["x,y"], order=order)
    assert len(made) == order + 1
    assert {each.verdict for each in made} <= {"proved", "holds"}
    assert {each.by for each in made} == {
        tuple(sorted("x" * k + "y" * (order - k))) for k in range(order + 1)
    }


@pytest.mark.slow
def test_third_derivatives_of_arrays() -> None:
    assert formulas("sum(x^3)", "x in R^n", order=3) == ['6*einsum("ik,ij->ijk", eye(n), eye(n))']
    (text,) = formulas("(x.T @ x)^2", "x in R^n", order=3)
    assert text.startswith("8*")
    (text,) = formulas("det(x)", "x in R^(n, n)", order=2)
    assert text.count("inv(x)") == 4


def test_shapes_by_values_and_declarations_in_the_text() -> None:
    assert formulas("x.T @ x", at=["x=[1, 2, 3]"]) == ["2*x"]
    assert formulas("x in R^n; x.T @ x") == ["2*x"]


def test_the_set_decides() -> None:
    program, let = "p = softmax(z); L = -sum(y*log(p))", "z in R^n; y in {}"
    assert formulas(program, let.format("onehot(n)"), "z") == ["p - y"]
    assert formulas(program, let.format("simplex(n)"), "z") == ["p - y"]
    assert formulas(program, let.format("R^n"), "z") == ["sum(y)*p - y"]
    assert formulas("x.T @ S @ x", "x in R^n; S in symmetric(n)", "x") == ["2*S @ x"]


# -- the command


def run(*arguments: str, stdin: str = "") -> str:
    done = here("derive", *arguments, stdin=stdin)
    assert done.code == 0, done.err
    return done.out


def test_text() -> None:
    assert run("sum((X @ w - y)^2)", "--wrt", "w", "--let", SETS) == "2*X.T @ (X @ w - y)\n"
    assert run(LEAST_SQUARES, "--wrt", "w,y", "--let", SETS) == "dL/dw = 2*X.T @ r\ndL/dy = -2*r\n"
    assert run("x^3*y", "--order", "2") == ("d2f/dx2 = 6*x*y\nd2f/dxdy = 3*x^2\nd2f/dy2 = 0\n")
    assert run("-x^2") == "-2*x\n"


def test_latex_and_markdown() -> None:
    args = (LEAST_SQUARES, "--wrt", "w", "--let", SETS)
    assert run(*args, "--format", "latex") == ("\\frac{\\partial L}{\\partial w} = 2 X^\\top r\n")
    assert run(*args, "--format", "markdown") == (
        "$$\n\\frac{\\partial L}{\\partial w} = 2 X^\\top r\n$$\n"
    )


def test_python() -> None:
    code = run(LEAST_SQUARES, "--wrt", "w", "--let", SETS, "--format", "python")
    names: dict[str, object] = {}
    exec(code, names)
    X, w, y = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, -1.0]), np.array([0.5, 0.0])
    np.testing.assert_allclose(names["dL_dw"](X, w, y), 2 * X.T @ (X @ w - y))  # type: ignore[operator]


def test_json() -> None:
    found = json.loads(run(LEAST_SQUARES, "--wrt", "w", "--let", SETS, "--format", "json"))
    assert found["schema"] == 1
    assert found["derivatives"] == [
        {
            "of": "L", "by": "w", "order": 1, "shape": ["n"], "formula": "2*X.T @ r",
            "latex": "2 X^\\top r", "verdict": "proved",
        }
    ]  # fmt: skip


def test_standard_input_and_files(tmp_path: Path) -> None:
    assert run("-", stdin="x^2") == "2*x\n"
    path = tmp_path / "net.grad"
    path.write_text("x in R^n\nL = x.T @ x\n", encoding="utf-8")
    assert run(f"@{path}") == "dL/dx = 2*x\n"


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("x^2", "--wrt", "z"), "G005", 'unknown name "z"'),
        (("x < y",), "G001", "an inequality"),
        (("c = x < y; c",), "G203", "a condition has no derivative"),
        (("X @ w", "--let", "X in R^(m, n); w in R^m"), "G201", "cannot multiply"),
        (("x*q", "--let", "x in R"), "G005", 'unknown name "q"'),
        (("x*", ), "G001", "expected"),
        (("x", "--let", "x in Q"), "G014", "Q"),
    ],
)  # fmt: skip
def test_wrong_input(args: tuple[str, ...], code: str, message: str) -> None:
    done = here("derive", *args)
    assert done.code == 2
    assert done.err.startswith(f"error[{code}]: ")
    assert message in done.err
