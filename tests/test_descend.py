"""`gradcli descend`: steps against steps by hand, what is said of claims and rates, each format.

Must not know how a step is computed.
"""

from __future__ import annotations

import io
import json
import re
import shlex
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from test_show import complaints

import gradcli
from gradcli.api import descend
from gradcli.cli import group
from gradcli.cli.run import run
from gradcli.show.numbers import flat, machine
from tests.running import here

SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "descend.schema.json").read_text(encoding="utf-8")
)
LINE = ("L = (w*x - y)^2", "--at", "w=0, x=2, y=3", "--wrt", "w")


def test_steps_are_those_by_hand() -> None:
    found = descend("x^2", ["x=3"], rate="0.1", steps=4)
    x = Fraction(3)
    for step in found.steps:
        assert machine(flat(step.values[0])[0]) == machine(x)
        assert machine(step.loss) == machine(x**2)
        assert machine(step.norm) == machine(abs(2 * x))
        if step.forecast is not None:
            assert machine(step.forecast) == machine(-((2 * x) ** 2) / 10)
            assert machine(step.change) == machine((x * 8 / 10) ** 2 - x**2)
        x *= Fraction(8, 10)
    assert found.reach == (Fraction("0.999"), 1)
    assert not found.rose


def test_momentum_and_newton() -> None:
    x, v = 3.0, 0.0
    for step in descend("x^2", ["x=3"], method="momentum", beta="0.5", steps=6).steps:
        assert machine(flat(step.values[0])[0]) == pytest.approx(x)
        v = 0.5 * v + 2 * x
        x -= 0.1 * v
    found = descend("sum((A @ x - b)^2)", ["A=[[2, 1], [1, 3]], b=[1, 2], x=[5, -7]"],
                    wrt=["x"], method="newton", steps=1)  # fmt: skip
    assert [machine(y) for y in flat(found.steps[-1].values[0])] == [0.2, 0.6]
    assert machine(found.steps[-1].loss) == 0


def test_newton_climbs_where_the_hessian_is_not_positive() -> None:
    done = here("descend", "x^4 - x^2", "--at", "x=1/4", "--method", "newton", "--steps", "1")
    assert "the Hessian is not positive definite there" in done.out
    assert "singular" in here("descend", "x*y", "--at", "x=1, y=1", "--wrt", "x", "--method",
                              "newton").out  # fmt: skip


def test_weight_decay_adds_its_squares() -> None:
    plain = descend("(w*x - y)^2 + 0.1*w^2", ["w=1, x=2, y=3"], wrt=["w"])
    decayed = descend("(w*x - y)^2", ["w=1, x=2, y=3"], wrt=["w"], decay=["0.1"])
    by_name = descend("(w*x - y)^2", ["w=1, x=2, y=3"], wrt=["w"], decay=["w=1/10"])
    losses = [[machine(s.loss) for s in d.steps] for d in (plain, decayed, by_name)]
    assert losses[0] == losses[1] == losses[2]
    assert decayed.penalty == "0.1*w^2"
    assert here("descend", *LINE, "--decay", "v=0.1").code == 2


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("2*(w*x - y)*x", ""),
        ("dL/dw = 2*(w*x - y)", "the claim promises -3.6, the slope along it gives -7.2"),
        ("-2*(w*x - y)*x", "the claimed gradient points the wrong way"),
        ("7*(w*x - y)*x", "the rate is too large there"),
    ],
)
def test_a_claimed_gradient_plays_out(claim: str, said: str) -> None:
    done = here("descend", *LINE, "--gradient", claim)
    assert done.code == 0
    assert said in done.out
    assert ("it is not the gradient" in done.out) == bool(said)
    if "wrong way" in said:
        assert "no rate that was tried" in done.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--gradient", "[w, w]"), "G201"),
        (("--gradient", "dL/dx = 1"), "G005"),
        (("--gradient", "2*("), "G0"),
        (("--gradient", "2*unknown"), "G010"),
        (("--rate", "a"), "G"),
        (("--rate", "pi"), "G401"),
        (("--decay", "2*"), "G"),
    ],
)
def test_what_cannot_be_asked(options: tuple[str, ...], said: str) -> None:
    done = here("descend", *LINE, *options)
    assert done.code == 2
    assert said in done.err
    assert "bug" not in done.err


def test_where_there_is_no_way() -> None:
    assert here("descend", "[x]", "--at", "x=1").code == 2
    assert here("descend", "q = 2*x; q^2", "--at", "x=1", "--wrt", "q").code == 2
    assert here("descend", "a*b", "--at", "a=1, b=2", "--gradient", "1").code == 2
    left = here("descend", "log(x)", "--at", "x=1", "--rate", "2")
    assert "after step 1 there is no loss" in left.out
    assert "at every rate that was tried" in here("descend", "x", "--at", "x=1").out


def test_a_large_loss_is_in_doubles() -> None:
    text = "sum((X @ w)^2)"
    found = descend(text, ["X=ones(60, 60), w=ones(60)"], wrt=["w"], rate="0.0001", steps=150)
    assert not found.certified
    losses = [float(step.loss) for step in found.steps]
    assert losses == sorted(losses, reverse=True)


def test_json_keeps_the_schema() -> None:
    for options in ((), ("--gradient", "-2*w", "--method", "momentum"), ("--decay", "0.1")):
        done = here("descend", *LINE, *options, "--format", "json")
        content = json.loads(done.out)
        assert not complaints(content, SCHEMA, SCHEMA)
        content["steps"][0]["lost"] = 1
        assert complaints(content, SCHEMA, SCHEMA)


def test_a_curve_of_dots_of_letters_and_as_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotted = here("descend", *LINE).out
    assert re.search("[\u2801-\u28ff]", dotted)
    monkeypatch.setenv("TERM", "dumb")
    lettered = here("descend", *LINE).out
    assert not re.search("[\u2800-\u28ff]", lettered)
    assert "*" in lettered.partition("step, ")[2] or "|" in lettered
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(group, ["descend", *LINE]) == 0
    assert "\\u" not in stream.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    file = tmp_path / "loss.svg"
    assert run(group, ["descend", *LINE, "--plot", str(file)]) == 0
    assert file.read_text(encoding="utf-8").startswith("<svg ")


def test_help_has_examples_that_run() -> None:
    examples = re.findall(r"  gradcli descend (.*)", here("descend", "--help").out)
    for example in examples:
        if "@" not in example:
            assert here("descend", *shlex.split(example)).code == 0
    for form in ("csv", "markdown", "latex", "plain"):
        assert here("descend", *LINE, "--format", form).code == 0


@pytest.mark.parametrize(
    ("more", "rule", "row"),
    [
        ((), "sgd, rate 0.1: w := w - 0.1*df/dw", ["0", "4", "-1.44", "-1.6", "-4", "1"]),
        (("--method", "newton"), "newton, rate 1: w := w - H^-1 df/dw",
         ["0", "4", "-4", "-8", "-4", "1"]),
        (("--method", "momentum"),
         "momentum, rate 0.1, beta 0.9: m_w := 0.9*m_w + df/dw, w := w - 0.1*m_w", None),
    ],
)  # fmt: skip
def test_the_rule_and_the_slope_of_a_single_number(
    more: tuple[str, ...], rule: str, row: list[str] | None
) -> None:
    out = here("descend", "(w - 3)^2", "--at", "w=1", "--steps", "1", *more).out
    assert rule in out
    assert "df/dw   w" in out
    if row is not None:
        (first,) = [line.split() for line in out.splitlines() if line.startswith("  0 ")]
        assert first == row


def test_parameters_that_take_room_stand_below() -> None:
    at = "x=[1, 2], W=[[0.1, 0.2], [0.3, 0.4]], y=[1, 0]"
    out = here("descend", "mse(y, tanh(W @ x))", "--at", at, "--steps", "1", "--quiet").out
    assert "\n  W = [[0." in out
    assert "shape (2, 2)" not in out
