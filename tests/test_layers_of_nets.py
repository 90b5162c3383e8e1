"""`gradcli diff --layers`: error signals against `diff`, what makes each gradient, dead units.

Must not know how a signal is found.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_show import complaints

import gradcli
from gradcli.api import diff, layers
from gradcli.show.layers import bar
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
    assert "a1 = relu(z1): 2 of 3 at rest" in out
    assert "y = sigmoid(z2)" not in out
    far = here("diff", "h = tanh(w*x); h^2", "--at", "w=[9, 1], x=1", "--layers")
    assert far.code == 2
    out = here("diff", "h = tanh(w*x); sum(h^2)", "--at", "w=[9, 1], x=1", "--layers").out
    assert "): 1 of 2 saturated" in out.partition("h = tanh")[2]


def test_bars_are_logarithmic() -> None:
    assert [len(bar(10.0**-k, 1.0)) for k in (0, 2, 4, 6)] == [16, 12, 8, 4]
    assert bar(0.0, 1.0) == bar(None, 1.0) == ""


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
