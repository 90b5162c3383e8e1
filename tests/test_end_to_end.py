"""Whole runs of the program on irrational numbers: JSON, precision, large arrays, buffers.

Must not know the inside of gradcli beyond the evaluator whose two ways are compared.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.arithmetic.buffers import LARGE
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import ADD, COPY, number, symbol
from gradcli.calculus.differentiate import pull
from gradcli.graph.node import make
from gradcli.graph.shape import sizes_of
from gradcli.ops import FUNCTIONS
from tests.running import here


def run(*arguments: str, expect: int = 0) -> str:
    done = here(*arguments)
    assert done.code == expect, done.err
    return done.out


def diff(*arguments: str, expect: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("diff", *arguments, "--format", "json", expect=expect))
    return found


@pytest.mark.parametrize(
    ("text", "at", "value", "gradient"),
    [
        ("sin(x)", "x=1/3", math.sin(1 / 3), math.cos(1 / 3)),
        ("exp(-x^2)", "x=0.7", math.exp(-0.49), -1.4 * math.exp(-0.49)),
        ("erf(x)", "x=1/2", math.erf(0.5), 2 / math.sqrt(math.pi) * math.exp(-0.25)),
        ("x^pi", "x=2", 2**math.pi, math.pi * 2 ** (math.pi - 1)),
    ],
)
def test_json_holds_the_nearest_double(text: str, at: str, value: float, gradient: float) -> None:
    found = diff(text, "--at", at)
    (x,) = found["inputs"]
    assert found["output"]["value"] == pytest.approx(value, rel=3e-16)
    for key in ("gradient", "forward", "reverse", "numeric"):
        assert x[key] == pytest.approx(gradient, rel=3e-16)


def test_every_entry_of_a_jacobian_is_settled() -> None:
    found = diff("softmax(z)", "--at", "z=[1,2,3]")
    p = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()
    np.testing.assert_allclose(
        found["inputs"][0]["gradient"], np.diag(p) - np.outer(p, p), rtol=1e-14
    )
    assert "settled" not in found["inputs"][0]


def test_precision_gives_as_many_digits_as_asked() -> None:
    shown = run("diff", "sqrt(x)", "--at", "x=2", "--precision", "60", "--format", "csv")
    root = "1.41421356237309504880168872420969807856967187537694807317668"
    half = "0.353553390593273762200422181052424519642417968844237018294170"
    assert half[:50] in shown and root[:20] not in shown.splitlines()[0]


def test_what_stays_open_is_exit_code_one() -> None:
    found = diff("lgamma(x + 1) - lgamma(x) - log(x)", "--at", "x=1", expect=1)
    assert found["inputs"][0]["settled"] is False
    assert any(note["code"] == "G304" for note in found["notes"])


def test_large_arrays_fall_back_to_doubles_and_say_so(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    W, x = random.standard_normal((700, 700)), random.standard_normal(700)
    np.save(tmp_path / "W.npy", W)
    np.save(tmp_path / "x.npy", x)
    result = gradcli.diff("sum(tanh(W @ x))", [f"W=@{tmp_path / 'W.npy'}, x=@{tmp_path / 'x.npy'}"])
    assert not result.certified
    assert [note.code for note in result.notes] == ["G305"]
    slope = 1 - np.tanh(W @ x) ** 2
    by_name = {found.name: found for found in result.inputs}
    np.testing.assert_allclose(by_name["x"].gradient, W.T @ slope, rtol=1e-9)
    np.testing.assert_allclose(by_name["W"].gradient, np.outer(slope, x), rtol=1e-9)
    assert by_name["x"].numeric.error is not None and by_name["x"].numeric.error < -4


@pytest.mark.parametrize(
    "text", ["sum(x*x + sin(x)*exp(x)/x)", "sum((x*y - x)^2) + sum(x)*sum(y)", "sum(relu(x - y)*x)"]
)
def test_reused_buffers_change_no_number(text: str) -> None:
    n = 50_000
    model = gradcli.parse(text, {"x": (n,), "y": (n,)})
    inputs = [*model.inputs.values()]
    adjoints = [a for a in pull({model.output: number(1)}, inputs) if a is not None]
    random = np.random.default_rng(2)
    values = {node: 1 + random.random((1, n)) for node in inputs}
    before = {node: array.copy() for node, array in values.items()}
    thrifty = evaluate([model.output, *adjoints], FLOAT64, values)
    plain = evaluate([model.output, *adjoints], FLOAT64, dict(values), keep=True)
    for a, b in zip(thrifty, plain, strict=True):
        np.testing.assert_array_equal(a, b)
    for node, array in values.items():
        np.testing.assert_array_equal(array, before[node])


@pytest.mark.parametrize("text", ["1/(1 + exp(-(w*x + b)))", "where(x > w, x*b, sin(b)) + 3", "x"])
def test_blocks_of_a_batch_change_no_number(text: str) -> None:
    model = gradcli.parse(text)
    inputs = [*model.inputs.values()]
    adjoints = [a for a in pull({model.output: number(1)}, inputs) if a is not None]
    random = np.random.default_rng(3)
    batch = LARGE + 17
    values = {node: random.standard_normal(batch) for node in inputs}
    blocked = evaluate([model.output, *adjoints], FLOAT64, values)
    plain = evaluate([model.output, *adjoints], FLOAT64, dict(values), keep=True)
    for a, b in zip(blocked, plain, strict=True):
        np.testing.assert_array_equal(*np.broadcast_arrays(a, b))


@pytest.mark.parametrize(
    "text",
    [
        "sum(sin(A) .* exp(A + b) - A .* b)",
        "sum(relu(A.T - 1) .* A.T .^ 2) + sum(A[0, :] .* b[0, :] .* exp(b))",
        "sum(where(A > b, A .* b, sin(A)))",
        "sum((A .* tanh(A) @ b.T) .^ 2) + sum(exp(A) .* A)",
    ],
)
def test_chains_of_large_arrays_change_no_number(text: str) -> None:
    shape = 1030, LARGE // 1024
    model = gradcli.parse(text, {"A": shape, "b": (1, shape[1])})
    inputs = [*model.inputs.values()]
    adjoints = [a for a in pull({model.output: number(1)}, inputs) if a is not None]
    random = np.random.default_rng(4)
    values = {node: random.standard_normal((1, *sizes_of(node.shape))) for node in inputs}
    asked = [model.output, *adjoints, *(a > 0 for a in adjoints)]
    before = {node: array.copy() for node, array in values.items()}
    together = evaluate(asked, FLOAT64, values)
    alone = evaluate(asked, FLOAT64, dict(values), keep=True)
    for a, b in zip(together, alone, strict=True):
        np.testing.assert_array_equal(*np.broadcast_arrays(a, b))
        assert a.dtype == b.dtype
    for node, array in values.items():
        np.testing.assert_array_equal(array, before[node])


def test_a_copy_of_a_buffer_is_not_overwritten() -> None:
    x = symbol("x", ())
    e = FUNCTIONS["exp"](x)
    y = make(ADD, make(COPY, e), FUNCTIONS["cos"](FUNCTIONS["sin"](x)))
    at = np.linspace(0, 1, LARGE)
    np.testing.assert_array_equal(
        evaluate([y], FLOAT64, {x: at})[0], np.exp(at) + np.cos(np.sin(at))
    )


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("x[0] = a; for t in 1..40 { x[t] = 3.9*x[t-1]*(1 - x[t-1]) }; x[40]", "a=0.3"),
        ("z[0] = a; for t in 1..24 { z[t] = z[t-1]*z[t-1] + a }; z[24]", "a=1/3"),
    ],
)
def test_exact_numbers_do_not_grow_without_end(text: str, at: str) -> None:
    assert gradcli.diff(text, [at]).settled


@pytest.mark.parametrize("at", ["x=1e400", "x=-1e309", "x=1e-400"])
def test_points_beyond_doubles_are_points(at: str) -> None:
    (x,) = gradcli.diff("x^2 + x", [at]).inputs
    assert x.numeric.skipped == ""


def test_a_large_array_with_an_infinite_slope_is_no_crash(tmp_path: Path) -> None:
    x = np.ones(1_000_000)
    x[7] = 0
    np.save(tmp_path / "x.npy", x)
    result = gradcli.diff("sum(sqrt(x))", [f"x=@{tmp_path / 'x.npy'}"])
    assert not result.certified and result.inputs[0].numeric.skipped


def test_waves_shorter_than_a_step_do_not_accuse_the_gradient() -> None:
    for k in range(20, 66, 5):
        assert gradcli.diff(f"sin(1e{k}*x)", ["x=0.3"]).settled
