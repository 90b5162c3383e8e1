"""`gradcli diff --layers`: error signals against `diff`, what makes each gradient, dead units.

Must not know how a signal is found.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from test_show import complaints

import gradcli
from gradcli.api import diff, layers
from gradcli.show.layers import Bars
from gradcli.show.numbers import flat, machine
from tests.running import here

SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "layers.schema.json").read_text(encoding="utf-8")
)
NET = "z1 = W1 @ x + b1; a1 = relu(z1); z2 = W2 @ a1; y = sigmoid(z2); C = sum((y - t)^2)"
AT = (
    "W1=[[1, -2], [0.5, 0.3], [-1, -1]], x=[0.4, 0.7], b1=[0, 0, 0], "
    "W2=[[1, 2, 0.5], [-20, 0.1, 1]], t=[1, 0]"
)
ASKED = ("diff", NET, "--at", AT, "--wrt", "W1,b1,W2", "--layers")


def doubles(array: Any) -> list[Any]:
    return [machine(x) for x in flat(array)]


def test_signals_are_the_derivatives_by_the_layers() -> None:
    found = layers(NET, [AT], wrt=["W1,b1,W2"])
    assert [layer.name for layer in found.layers] == ["z1", "a1", "z2", "y", "C"]
    for layer in found.layers[:-1]:
        (truth,) = diff(NET, [AT], wrt=[layer.name]).inputs
        assert doubles(layer.delta) == doubles(truth.gradient)
    truths = diff(NET, [AT], wrt=["W1,b1,W2"]).inputs
    for shown, truth in zip(found.gradients, truths, strict=True):
        assert doubles(shown.value) == doubles(truth.gradient)
    assert [g.rules for g in found.gradients] == [
        ["delta_z1 @ x.T"], ["delta_z1"], ["delta_z2 @ a1.T"],
    ]  # fmt: skip


def test_dead_and_saturated_units_are_named() -> None:
    out = here(*ASKED).out
    assert re.search(r"a1 = relu\(z1\): 2 of 3 \(\[.\], \[.\]\) at rest: slope 0", out)
    assert "y = sigmoid(z2)" not in out
    far = here("diff", "h = tanh(w*x); h^2", "--at", "w=[9, 1], x=1", "--layers")
    assert far.code == 2
    out = here("diff", "h = tanh(w*x); sum(h^2)", "--at", "w=[9, 1], x=1", "--layers").out
    assert "): 1 of 2 ([0]) saturated" in out.partition("h = tanh")[2]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("sum(max(0, w*x))", "v2 = max(0, v1): 1 of 2 ([1]) at rest: slope 0"),
        ("sum(hardtanh(w*x))^2", "v2 = hardtanh(v1): 1 of 2 ([0]) at rest: slope 0"),
        ("prod(silu(w*x)) + tanh(9*x)", "v5 = tanh(v4): saturated: slope below 0.01"),
    ],
)
def test_units_that_nobody_named_are_found(program: str, said: str) -> None:
    out = here("diff", program, "--at", "w=[3, -1/2], x=1", "--layers").out
    assert said in out


def test_what_is_small_and_no_unit_is_not_saturated() -> None:
    out = here("diff", "d = w*x - 1; L = d^2", "--at", "w=1, x=1", "--layers").out
    assert "at rest" not in out
    assert "saturated" not in out


def test_bars_are_logarithmic() -> None:
    assert [len(Bars([1.0, 1e-7]).of(10.0**-k)) for k in (0, 2, 4, 6, 99)] == [16, 12, 8, 4, 1]
    assert [len(Bars([2.0, 1.0]).of(x)) for x in (2.0, 0.2)] == [16, 8]
    assert Bars([1.0]).of(0.0) == Bars([1.0]).of(None) == ""


def test_what_no_path_leads_to() -> None:
    done = here("diff", "f = x^2", "--at", "x=1, y=2", "--layers", "--wrt", "x")
    assert done.code == 0
    assert here("diff", "[x]", "--at", "x=1", "--layers").code == 2


@pytest.mark.parametrize("more", [("--trace",), ("--h", "1e-4")])
def test_one_question_at_a_time(more: tuple[str, ...]) -> None:
    assert here(*ASKED, *more).code == 2


def test_every_format() -> None:
    content = json.loads(here(*ASKED, "--format", "json").out)
    assert not complaints(content, SCHEMA, SCHEMA)
    content["layers"][0]["alive"] = 1
    assert complaints(content, SCHEMA, SCHEMA)
    for form in ("csv", "markdown", "latex", "plain"):
        assert here(*ASKED, "--format", form).code == 0


# -- the path of one weight


def test_a_weight_is_its_signal_times_its_input() -> None:
    found = layers(NET, [AT], wrt=["W1,W2"], weight="W1[1, 1]").path
    assert found is not None
    (w1, _) = layers(NET, [AT], wrt=["W1,W2"]).gradients
    signal = next(layer.delta for layer in layers(NET, [AT]).layers if layer.name == "z1")
    assert found.made == "delta_z1[1] * x[1]"
    assert machine(found.total) == machine(w1.value[1, 1])
    assert [machine(x) for x in found.factors] == [machine(signal[1]), 0.7]
    signal_and_input = [float(machine(x) or 0) for x in found.factors]
    assert signal_and_input[0] * signal_and_input[1] == pytest.approx(machine(found.total))


def test_the_paths_of_a_weight_add_up() -> None:
    """Two outputs, so two paths: the largest by its factors, and both by hand."""
    found = layers(NET, [AT], wrt=["W1"], weight="W1[1, 1]").path
    assert found is not None
    assert found.count == 2
    assert found.vertices[0] == "C"
    assert found.vertices[-3:] == ["z1[1]", "v1[1]", "W1[1, 1]"]
    product = 1.0
    for factor, so_far in zip(found.locals[1:], found.products[1:], strict=True):
        product *= float(machine(factor))
        assert product == pytest.approx(float(machine(so_far)))
    values = {layer.name: doubles(layer.value) for layer in layers(NET, [AT]).layers}
    w2 = [[1, 2, 0.5], [-20, 0.1, 1]]
    by_hand = [
        2 * (y - t) * y * (1 - y) * row[1] * 0.7
        for y, t, row in zip(values["y"], (1, 0), w2, strict=True)
    ]
    assert sum(by_hand) == pytest.approx(machine(found.total))
    assert max(by_hand, key=abs) == pytest.approx(machine(found.products[-1]))


@pytest.mark.parametrize(
    ("program", "at", "weight", "count", "made"),
    [
        ("L = (w*x - y)^2", "w=2, x=3, y=1", "w", 1, "delta_v1 * x"),
        ("L = sum(relu(W @ x))", "W=[[1, 2], [-1, -1]], x=[1, 2]", "W[1, 0]", 0, ""),
        ("h1 = w*x; h2 = w*h1; L = h2^2", "w=2, x=3", "w", 2, ""),
        ("L = sum(softmax(W @ x)*t)", "W=[[1], [-1]], x=[2], t=[1, 3]", "W[0, 0]", 2,
         "delta_v1[0] * x[0]"),
        ("L = sum((X @ w)^2)", "X=[[1, 2], [3, 4]], w=[1, 1]", "w[0]", 2, ""),
    ],
)  # fmt: skip
def test_ways_to_a_weight(program: str, at: str, weight: str, count: int, made: str) -> None:
    found = layers(program, [at], weight=weight).path
    assert found is not None
    assert (found.count, found.made) == (count, made)


@pytest.mark.parametrize(
    "weight", ["W3", "W1", "W1[0]", "W1[3, 0]", "W1[0, 0, 0]", "x[", "W1[-1, 0]"]
)
def test_a_weight_that_there_is_not(weight: str) -> None:
    done = here(*ASKED, "--weight", weight)
    assert done.code == 2
    assert "--weight" in done.err


def test_a_weight_in_every_format() -> None:
    content = json.loads(here(*ASKED, "--weight", "W1[1, 1]", "--format", "json").out)
    assert not complaints(content, SCHEMA, SCHEMA)
    assert content["path"]["made"] == "delta_z1[1] * x[1]"
    out = here(*ASKED, "--weight", "W1[1, 1]").out
    assert "dC/dW1[1, 1] = delta_z1[1] * x[1] = " in out
    assert "the largest of 2 paths" in out
    at_rest = here(*ASKED, "--weight", "W1[0, 1]").out
    assert "dC/dW1[0, 1] = 0: every way there has a factor of zero" in at_rest
