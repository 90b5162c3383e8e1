"""`gradcli diff --h`: quotients as NumPy takes them, their errors, and how these fall and rise.

Must not know how a quotient is computed by us.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from test_show import complaints

import gradcli
from gradcli.api import quotients
from tests.running import here

SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "quotients.schema.json").read_text(encoding="utf-8")
)
ASKED = ("diff", "exp(sin(x))", "--at", "x=1", "--h", "1e-4")


def test_quotients_are_those_of_doubles() -> None:
    found = quotients("exp(sin(x))", ["x=1"], h="1e-4")

    def f(x: float) -> float:
        return math.exp(math.sin(x))

    truth = math.exp(math.sin(1)) * math.cos(1)
    forward = (f(1 + 1e-4) - f(1)) / 1e-4
    central = (f(1 + 1e-4) - f(1 - 1e-4)) / 2e-4
    assert found.values["forward"] == [pytest.approx(forward, rel=1e-11)]
    assert found.values["central"] == [pytest.approx(central, rel=1e-11)]
    errors = found.errors["central"]
    assert errors is not None
    assert errors[0] == pytest.approx(abs(central - truth), rel=1e-3)


def test_truncation_falls_and_rounding_rises() -> None:
    found = quotients("exp(sin(x))", ["x=1"], h="1e-4")
    curves = {way: curve for way, curve in found.curves.items() if curve is not None}
    for way, order in (("forward", 1), ("central", 2), ("complex", 2)):
        large, small = curves[way][1], curves[way][2]  # h = 1e-2, 1e-3
        assert large is not None
        assert small is not None
        assert math.log10(large / small) == pytest.approx(order, abs=0.05)
    last = {way: curve[13] or 0.0 for way, curve in curves.items()}  # h = 1e-14
    assert last["forward"] > 1e-4
    assert last["central"] > 1e-4
    assert last["complex"] < 1e-15


@pytest.mark.parametrize(
    "text",
    [
        "abs(x) + relu(x)", "max(x, 1)*softplus(x)", "cbrt(x)", "where(x > 0, x^3, x)", "x^2.5",
        "logsumexp([x, 2*x])", "sum(softmax([x, 1])^2)", "norm([x, 1])", "det([[x, 1], [2, x]])",
        "tanh(x)/x", "sigmoid(x)", "sign(x)*x", "step(x)*x^2", "floor(x)*x",
    ],
)  # fmt: skip
def test_a_complex_step_has_no_rounding(text: str) -> None:
    found = quotients(text, ["x=0.7"], h="1e-20", scheme="complex")
    errors = found.errors["complex"]
    assert errors is not None, "not continued"
    assert errors[0] is not None
    assert errors[0] < 1e-14


def test_where_there_is_no_complex_step() -> None:
    done = here("diff", "erf(x)", "--at", "x=1", "--h", "1e-4")
    assert done.code == 0
    assert "complex: no such step" in done.out


def test_a_kink_has_quotients_and_no_error() -> None:
    done = here("diff", "abs(x)", "--at", "x=0", "--h", "1e-4")
    assert "no derivative" in done.out
    assert "G301" in done.out


@pytest.mark.parametrize(
    "options",
    [
        ("--h", "0"), ("--h", "-1"), ("--h", "a"), ("--scheme", "central"),
        ("--h", "1e-4", "--trace"), ("--h", "1", "--at", "y=1"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(options: tuple[str, ...]) -> None:
    done = here("diff", "[x]" if "y=1" in options else "x", "--at", "x=1", *options)
    assert done.code == 2
    assert "bug" not in done.err


def test_every_format(tmp_path: Path) -> None:
    content = json.loads(here(*ASKED, "--format", "json").out)
    assert not complaints(content, SCHEMA, SCHEMA)
    content["schemes"]["backward"] = None
    assert complaints(content, SCHEMA, SCHEMA)
    for form in ("csv", "markdown", "latex", "plain"):
        assert here(*ASKED, "--format", form).code == 0
    file = tmp_path / "h.svg"
    assert here(*ASKED, "--scheme", "central", "--plot", str(file)).code == 0
    assert "central" in file.read_text(encoding="utf-8")
