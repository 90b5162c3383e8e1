"""Calls of composed functions as one vertex: the registry says which there are, and all are tried.

Must not know how a graph is shown.
"""

from __future__ import annotations

import shlex

import numpy as np
import pytest

from gradcli import api
from gradcli.api.at_point import read_scene
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.composed import inside
from gradcli.calculus.core import full, identity
from gradcli.calculus.differentiate import pull, push
from gradcli.certify.problem import Problem
from gradcli.errors import GradcliError
from gradcli.graph.node import Node
from gradcli.graph.order import topological, verify
from gradcli.ops import FUNCTIONS
from gradcli.reference.functions import describe

COMPOSED = [name for name, function in FUNCTIONS.items() if function.op is None]
"""Functions whose calls may make several vertices, under all their names."""
FILLED = {"eye", "zeros", "ones", "sum", "dot", "outer", "trace", "diag", "transpose", "arange"}
"""Those of one vertex, or of none that anything flows through."""


def called(name: str) -> tuple[str, str]:
    """The example of its page: a call and a point."""
    words = shlex.split(describe(FUNCTIONS[name]).example)
    return words[2].replace(FUNCTIONS[name].name, name), words[4]


def derivatives(output: Node, wrt: list[Node], problem: Problem) -> list[np.ndarray]:
    """The value, and what both modes make of seeds that differ in every entry."""
    ones, whole = full(1, output.shape), identity(output.shape)
    wanted = [output]
    for target in wrt:
        one = pull({output: ones}, [target])[0]
        every = pull({output: whole}, [target], output.shape)[0]
        pushed = push([output], {target: full(1, target.shape)})[0]
        wanted += [x for x in (one, every, pushed) if x is not None]
    return evaluate(wanted, FLOAT64, problem.point(FLOAT64))


@pytest.mark.parametrize("name", COMPOSED)
def test_a_folded_call_has_the_value_and_derivatives_of_what_it_is_made_of(name: str) -> None:
    scene = read_scene(*called(name), (), None)
    calls = [node for node in topological([scene.drawn.output]) if inside(node)]
    verify([scene.drawn.output])
    if FUNCTIONS[name].name not in FILLED:
        assert name in [node.op.name for node in calls]
    inputs = [*scene.targets.values()]
    problem = Problem(scene.model.output, inputs, scene.values)
    found = derivatives(scene.drawn.output, inputs, problem)
    for one, other in zip(found, derivatives(scene.model.output, inputs, problem), strict=True):
        np.testing.assert_allclose(one, np.broadcast_to(other, one.shape), rtol=1e-12, atol=1e-15)


def rows(program: str, at: str, **options: str) -> dict[str, str]:
    """The vertices of a trace: their names and formulas."""
    nodes = api.diff(program, at, trace=True, **options).nodes or []
    return {node.name: node.expression for node in nodes if node.op != "input"}


PROGRAM = "g(u) = tanh(k*u)*u; h = g(x); mse(h, clip(g(h), 0, 1))"


def test_what_is_folded_is_said() -> None:
    at = "x=1, k=1/2"
    assert rows(PROGRAM, at, fold="all") == {
        "h": "g(x)", "v1": "g(h)", "v2": "clip(v1, 0, 1)", "f": "mse(h, v2)",
    }  # fmt: skip
    assert rows(PROGRAM, at)["h"] == "v2*x"
    assert rows(PROGRAM, at)["f"] == "mse(h, v6)"
    assert "mse" not in " ".join(rows(PROGRAM, at, fold="none").values())
    with pytest.raises(GradcliError, match="fold"):
        rows(PROGRAM, at, fold="some")


def test_a_function_of_the_program_is_one_vertex_however_small() -> None:
    assert rows("f(x) = x^2; y = f(f(x)); y + 1", "x=2", fold="all") == {
        "v1": "f(x)", "y": "f(v1)", "f": "y + 1",
    }  # fmt: skip
    assert rows("f(x) = x; g(x) = 3; f(x)*x*g(x)", "x=2", fold="all") == {
        "v1": "x*x", "f": "v1*3",
    }  # fmt: skip


def test_an_end_that_another_end_is_made_of_counts_once() -> None:
    """The clip's upper bound is made of what it clips: each edge is one argument's alone."""
    for fold in ("library", "none"):
        (found,) = api.paths("clip(x, 0, 2*x)*x", "x=3", fold=fold).inputs
        assert found.total[()] == 6
    edges = (api.diff("clip(x, 0, 2*x)*x", "x=3", trace=True).nodes or [])[2].edges
    assert [(edge.name, float(edge.local)) for edge in edges] == [("x", 1), ("v1", 0)]


def test_formulas_of_folded_edges_name_what_stands_beside() -> None:
    found = api.graph("L = mse(y, leaky_relu(W @ x))", let="W in R^(2,2); x, y in R^2")
    *_, unit, loss = (vertex.row for vertex in found.vertices)
    assert [row.expression for row in (unit, loss)] == ["leaky_relu(v1)", "mse(y, v2)"]
    assert [edge.rule.text for edge in loss.edges] == ["δ*(y - v2)", "-δ*(y - v2)"]


def test_options_of_a_call_stay_in_its_text() -> None:
    found = rows('norm(A, "fro")*mean(A, axis=0)[0]*leaky_relu(a, slope=2)',
                 "A=[[1, 2], [3, 4]], a=-1")  # fmt: skip
    assert [text for text in found.values() if "(" in text] == [
        'norm(A, "fro")', "mean(A, axis=0)", "leaky_relu(a, 2)",
    ]  # fmt: skip


def test_the_graph_of_a_derivative_speaks_of_folded_calls() -> None:
    let = "W in R^(2,2); x, y in R^2; unused in R"
    found = api.graph("L = mse(y, leaky_relu(W @ x))", let=let, derivative=True)
    formulas = {vertex.row.name: vertex.row.expression for vertex in found.vertices}
    assert "unused" not in formulas
    assert formulas["dL/dv2"] == "-dL/dL*(y - v2)"
    assert formulas["dL/dv1"] == "where(v1 > 0, 1, ones(2)/100)*dL/dv2"


def test_what_is_asked_for_by_name_is_drawn_though_nothing_depends_on_it() -> None:
    found = api.graph("f = sin(x)", let="x, k in R", wrt="x,k")
    assert [vertex.row.name for vertex in found.vertices] == ["k", "x", "f"]


def test_a_product_of_a_row_is_one_vertex() -> None:
    found = rows(
        "s = u.T @ h; s^2 + x.T @ A @ x", "u=[1, 2], h=[3, 4], x=[1, 0], A=[[1, 2], [3, 4]]"
    )
    assert found == {
        "v1": "u.T", "s": "v1 @ h", "v2": "s^2", "v3": "x.T", "v4": "v3 @ A", "v5": "v4 @ x",
        "f": "v2 + v5",
    }  # fmt: skip


def test_paths_and_error_signals_through_calls_are_simplified() -> None:
    (found,) = api.paths("swish(x)*x", "x=1").inputs
    assert [path.symbols for path in found.paths] == [
        ["v1"], ["sigmoid(x)*(1 + x*(1 - sigmoid(x)))", "x"],
    ]  # fmt: skip
    (rules,) = [
        g.rules for g in api.layers("L = mse(y, h)", "y=[1, 0], h=[2, 3]", wrt="h").gradients
    ]
    assert rules == ["-delta_L*(y - h)"]
