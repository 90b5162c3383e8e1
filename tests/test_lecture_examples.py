"""The worked examples of the lectures: every value, adjoint, tangent, Jacobian and Hessian of them.

Must not know how a number is computed or shown: programs and points go in, numbers come out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq

from gradcli.api import diff, parse
from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.base import Array
from gradcli.calculus.core import number
from gradcli.calculus.differentiate import pull
from gradcli.certify.problem import Problem
from gradcli.certify.result import DiffResult
from gradcli.errors import Source
from gradcli.graph.node import Node
from gradcli.language.parsing.parse import parse as parse_program
from gradcli.language.program import closed_node, points

Example = dict[str, Any]
FILE = Path(__file__).parent / "data" / "seed.json"
SAMPLES = Path(__file__).parent.parent / "samples"
EXAMPLES: list[Example] = json.loads(FILE.read_text(encoding="utf-8"))
RELATIVE = 1e-12


def having(key: str) -> pytest.MarkDecorator:
    chosen = [example for example in EXAMPLES if key in example]
    assert chosen
    return pytest.mark.parametrize("example", chosen, ids=lambda example: str(example["id"]))


def floats(values: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The middles of balls, and rationals, as doubles; NaN where there is no derivative."""
    array = np.asarray(values, dtype=object)
    with precision(128):
        plain = [np.nan if x is None else float(arb(x).mid()) for x in array.flat]
    return np.array(plain, dtype=float).reshape(array.shape)


def agree(found: Any, expected: Any, what: str) -> None:
    ours, theirs = floats(found), np.asarray(expected, dtype=float)
    assert ours.shape == theirs.shape, what
    # Numbers of the file are doubles of sums: an entry that cancels is only as good as its terms.
    scale = np.maximum(np.abs(theirs), 1e-3 * np.abs(theirs).max(initial=0))
    wrong = ~(np.abs(ours - theirs) <= RELATIVE * scale + 1e-300)
    assert not wrong.any(), f"{what}: {ours[wrong]} is not {theirs[wrong]}"


def program(example: Example) -> str:
    return "; ".join(example["statements"])


def point(inputs: dict[str, Any]) -> list[str]:
    return [f"{name} = {json.dumps(value)}" for name, value in inputs.items()]


def run(example: Example, output: str = "", **options: Any) -> DiffResult:
    text = program(example) + (f"; {output}" if output else "")
    return diff(text, point(example["inputs"]), **options)


def check_result(example: Example, result: DiffResult) -> None:
    assert result.name == example["output"]
    assert result.certified
    assert result.settled
    assert result.nodes is not None
    found = {node.name: node for node in result.nodes}
    for name, value in example["values"].items():
        agree(found[name].value, value, f"value of {name}")
    for name, adjoint in example.get("node_gradients", {}).items():
        agree(found[name].adjoint, adjoint, f"adjoint of {name}")
    by_input = {entry.name: entry for entry in result.inputs}
    assert set(by_input) == set(example["inputs"])
    for name, gradient in example["gradients"].items():
        agree(by_input[name].gradient, gradient, f"gradient by {name}")
        for check in (by_input[name].forward, by_input[name].reverse, by_input[name].series):
            assert check.values is None or not check.skipped
            if check.values is not None:
                agree(check.values, gradient, f"gradient by {name}, another way")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["id"]))
def test_values_and_gradients(example: Example) -> None:
    check_result(example, run(example, trace=True))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["id"]))
def test_the_sample_is_the_example(example: Example) -> None:
    path = SAMPLES / example["sample"]
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines[-len(example["statements"]) :] == example["statements"]
    source = Source(path.name, text)
    given = points(parse_program(source))
    assert set(given) == set(example["inputs"])
    check_result(example, diff(source, trace=True, folder=SAMPLES))


@having("node_gradients")
def test_adjoints_as_derivatives_by_vertices(example: Example) -> None:
    for name, adjoint in example["node_gradients"].items():
        (entry,) = run(example, wrt=[name]).inputs
        agree(entry.gradient, adjoint, f"derivative by {name}")


@pytest.mark.slow
@having("node_gradients")
def test_adjoints_of_all_vertices_at_once(example: Example) -> None:
    names = [*example["inputs"], *example["node_gradients"]]
    for entry in run(example, wrt=names).inputs:
        wanted = (example["node_gradients"] | example["gradients"])[entry.name]
        agree(entry.gradient, wanted, f"derivative by {entry.name}")


@having("jacobians")
def test_jacobians(example: Example) -> None:
    for title, matrix in example["jacobians"].items():
        above, below = title.split("/")
        (entry,) = run(example, above, wrt=[below]).inputs
        agree(entry.gradient.reshape(np.shape(matrix)), matrix, title)


@having("jacobian_matrix")
def test_jacobians_of_scalars(example: Example) -> None:
    wanted = example["jacobian_matrix"]
    result = run(example, f"[{', '.join(wanted['rows'])}]", wrt=wanted["cols"])
    found = np.stack([entry.gradient for entry in result.inputs], axis=-1)
    agree(found, wanted["matrix"], "Jacobian")


@having("forward_mode")
def test_tangents(example: Example) -> None:
    for seeded, tangents in example["forward_mode"].items():
        for name, tangent in tangents.items():
            if name not in example["inputs"]:
                (entry,) = run(example, name, wrt=[seeded]).inputs
                agree(entry.forward.values, tangent, f"tangent of {name} by {seeded}")


@having("edges")
def test_local_derivatives(example: Example) -> None:
    """Each statement alone, at the values of what it uses: its edges' partials, added by name."""
    values = example["inputs"] | example["values"]
    for statement in example["statements"]:
        name = statement.split("=")[0].strip()
        local: dict[str, float] = {}
        for edge in example["edges"]:
            if edge["to"] == name:
                local[edge["from"]] = local.get(edge["from"], 0) + edge["partial"]
        result = diff(statement, point({used: values[used] for used in local}))
        for entry in result.inputs:
            agree(entry.gradient, local[entry.name], f"d{name}/d{entry.name}")


def second(example: Example, names: list[str]) -> Array:
    """All second derivatives by these inputs, flattened and joined in this order."""
    model = parse(program(example), {n: np.shape(v) for n, v in example["inputs"].items()})
    inputs = [model.inputs[name] for name in names]
    given = {model.inputs[n]: _value(v) for n, v in example["inputs"].items() if n in model.inputs}
    rows = []
    with precision(128):
        for slope in pull({model.output: number(1)}, inputs):
            assert slope is not None
            problem = Problem(slope, inputs, given)
            _, found = problem.by_reverse(BALL, problem.point(BALL))
            rows.append(np.concatenate([g.reshape(problem.rows, -1) for g in found], axis=1))
    return np.concatenate(rows)


def _value(value: Any) -> Node:
    return closed_node(parse_program(Source("value", json.dumps(value))).statements[0].value)  # type: ignore[attr-defined]


@having("hessian")
def test_hessians(example: Example) -> None:
    names = list(dict.fromkeys(entry.split("[")[0] for entry in example["hessian"]["order"]))
    agree(second(example, names), example["hessian"]["matrix"], "Hessian")


@having("hvp")
def test_a_hessian_times_a_vector(example: Example) -> None:
    found = floats(second(example, ["x0"])) @ np.array(example["hvp"]["v"])
    agree(found, example["hvp"]["hvp"], "Hessian times v")


def test_the_comparison_can_fail() -> None:
    agree([fmpq(1)], [1.0], "the same")
    with pytest.raises(AssertionError, match="not"):
        agree([fmpq(1)], [1 + 1e-11], "another")
