"""`gradcli plot` and `gradcli series`: places against what is known of functions, and each format.

Must not know how a place or a coefficient is found.
"""

from __future__ import annotations

import json
import re
import shlex
from fractions import Fraction
from math import factorial, sin
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from test_show import complaints

import gradcli
from gradcli.api import plot, series
from gradcli.show.numbers import machine
from tests.running import here

ROOT = Path(gradcli.__file__).parent / "schema"


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("abs(x)", [("kink", 0)]),
        ("x*abs(x)", []),
        ("relu(x^2 - 2)", [("kink", -(2**0.5)), ("kink", 2**0.5)]),
        ("step(x - 1/3)", [("jump", 1 / 3)]),
        ("floor(x)", [("jump", -2), ("jump", -1), ("jump", 0), ("jump", 1)]),
        ("1/x", [("pole", 0)]),
        ("log(abs(x))", [("pole", 0)]),
        ("sqrt(x)", [("domain ends", 0)]),
        ("cbrt(x)", [("vertical tangent", 0)]),
        ("sin(x)/x", [("hole", 0)]),
        ("max(x, sin(x))", []),
        ("x^3", []),
    ],
)
def test_places_of_known_functions(text: str, places: list[tuple[str, float]]) -> None:
    found = plot(text, over="x=-2..2")
    shown = [(place.kind, machine(place.at)) for _, place in found.places]
    assert [kind for kind, _ in shown] == [kind for kind, _ in places]
    for (_, at), (_, truth) in zip(shown, places, strict=True):
        assert at == pytest.approx(truth, rel=1e-15)


def test_a_place_tells_both_sides() -> None:
    ((_, place),) = plot("where(x < 1, x^2, 3 - x/2)", over="x=0..2").places
    assert (place.kind, machine(place.here)) == ("jump", 2.5)
    assert [machine(x) for x in place.left] == pytest.approx([1, 2])
    assert [machine(x) for x in place.right] == [2.5, -0.5]


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("clip(x, 0, 1) + floor(x)/5", [["floor"], ["floor"]]),
        ("clip(x, 0, 1)", [["clip"], ["clip"]]),
        ("1/(x - 1/2) + floor(2*x)/2", [["floor"], ["division"], ["floor"]]),
        ("abs(x - 1) + relu(x - 1)", [["abs", "relu"]]),
        ("where(x > 1, x, 0)", [["x > 1"]]),
    ],
)
def test_a_place_is_of_what_makes_it_and_was_written(text: str, by: list[list[str]]) -> None:
    found = plot(text, over="x=-1/4..5/4" if "floor" in text else "x=-1..2")
    assert [[function for function, _ in who] for who, _ in found.places] == by


def test_the_tangent_and_the_samples() -> None:
    content = json.loads(
        here("plot", "a*x^2", "--over", "x=0..2", "--at", "a=3, x=1", "--format", "json").out
    )
    assert content["tangent"] == {"at": 1, "value": 3, "slope": 6}
    for x, value, slope in content["samples"]:
        assert value == pytest.approx(3 * x * x)
        assert slope == pytest.approx(6 * x)
    assert "tangent 3 + 6*(x - 1)" in here("plot", "a*x^2", "--at", "a=3, x=1", "--over",
                                            "x=0..2").out  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("x", "--over", "x=2..1"), ("x", "--over", "x"), ("[x]", "--over", "x=0..1"),
        ("x*y", "--over", "x=0..1"), ("x*y", "--at", "x=1, y=2"), ("x", "--over", "x=a..1"),
        ("sum(x)", "--at", "x=[1, 2]"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn(arguments: tuple[str, ...]) -> None:
    done = here("plot", *arguments)
    assert done.code == 2
    assert done.err.startswith("error[G")


def test_each_format_of_a_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("plot", "1/(x - 1) + abs(x)", "--over", "x=-2..2")
    content = json.loads(here(*asked, "--format", "json").out)
    assert not complaints(content, schema("plot"), schema("plot"))
    content["places"][0]["kind"] = "cusp"
    assert complaints(content, schema("plot"), schema("plot"))
    tree = ElementTree.fromstring(here(*asked, "--format", "svg").out)
    assert tree.tag.endswith("svg")
    texts = [each.text for each in tree.iter() if each.tag.endswith("text")]
    assert {"a", "b", "df/dx"} <= {*texts}
    monkeypatch.setenv("TERM", "dumb")
    shown = here(*asked)
    curves = shown.out.partition("what")[0]
    assert curves.isascii()
    assert re.search("[\u2800-\u28ff]", curves) is None
    assert shown.code == 0


def test_series_are_those_of_the_books() -> None:
    found = series("sin(x)", ["x=0"], order=7, radius="1/10").taylor
    assert found.same
    assert found.right is not None
    truth = [Fraction(0 if k % 2 == 0 else (-1) ** (k // 2), factorial(k)) for k in range(8)]
    assert [machine(c) for c in found.right] == [machine(c) for c in truth]
    left_out = abs(sin(0.1) - float(sum(c * Fraction(1, 10) ** k for k, c in enumerate(truth))))
    assert left_out <= float(found.bound) < 1e-12


def test_a_series_with_two_sides_or_none() -> None:
    both = here("series", "x*abs(x)", "--at", "x=0", "--order", "2", "--radius", "1")
    assert "on the left = -x^2" in both.out
    assert "no bound" in both.out
    assert "no Taylor series" in here("series", "sqrt(x)", "--at", "x=0").out
    near = here("series", "relu(x)", "--at", "x=1/2", "--order", "1", "--radius", "1")
    assert "no bound" in near.out


def test_each_format_of_a_series() -> None:
    asked = ("series", "exp(a*x)", "--at", "x=1, a=2", "--wrt", "x", "--precision", "30")
    content = json.loads(here(*asked, "--format", "json").out)
    assert not complaints(content, schema("series"), schema("series"))
    assert "cannot tell" not in here(*asked).out
    for form in ("csv", "markdown", "latex", "plain"):
        assert here(*asked, "--format", form).code == 0
    assert here("series", "x*y", "--at", "x=1, y=1").code == 2


@pytest.mark.parametrize("kind", ["plot", "series"])
def test_help_has_examples_that_run(kind: str) -> None:
    for example in re.findall(rf"  gradcli {kind} (.*)", here(kind, "--help").out):
        assert (
            here(kind, *shlex.split(example.partition(">")[0] if kind == "plot" else example)).code
            == 0
        )
