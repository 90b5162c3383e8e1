"""`gradcli paths`: every path with its product, their number and sum, and the same in each format.

Must not know how paths are found: sums are held against `diff`, counts against listing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

import pytest
from test_show import complaints

import gradcli
from gradcli.api import diff, paths
from gradcli.arithmetic.ball import precision
from gradcli.show.numbers import flat, machine
from tests.running import here

SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "paths.schema.json").read_text(encoding="utf-8")
)
LECTURE = "c = a + b; d = b + 1; e = c*d"
NET = "h = tanh(W @ x); s = sum(h^2) + sum(h); s^2"
AT = ["W=[[1, 2], [3, 4]], x=[1/2, 1/3]"]


def chain(steps: int) -> str:
    """A recurrence whose every step has two ways through it."""
    lines = ["x0 = x", *(f"x{k + 1} = sin(x{k}) + cos(x{k})/2" for k in range(steps))]
    return "; ".join(lines)


def doubles(array: Any) -> list[Any]:
    return [machine(x) for x in flat(array)]


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    """Sums of balls as precise as these are."""
    with precision(256):
        yield


def test_the_paths_of_the_lecture() -> None:
    (found,) = paths(LECTURE, ["a=2, b=1"], wrt=["b"]).inputs
    shown = [(p.vertices, p.symbols, [machine(x) for x in p.factors or []]) for p in found.paths]
    assert shown == [
        (["b", "c", "e"], ["1", "d"], [1, 2]),
        (["b", "d", "e"], ["1", "c"], [1, 3]),
    ]
    assert doubles(found.total) == [5]
    assert found.factored == "c + d"
    m = found.multiplications
    assert (m.forward, m.reverse, m.by_path) == (2, 2, 2)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (LECTURE, ["a=2, b=1"]),
        ("x*sin(x)*exp(x*y)", ["x=2, y=1"]),
        ("x*x", ["x=3"]),
        ("max(x, y)*x", ["x=2, y=5"]),
        ("where(x > 0, x^2, exp(x))", ["x=2"]),
        (NET, AT),
    ],
)
def test_paths_add_up_to_the_derivative(text: str, at: list[str]) -> None:
    truth = diff(text, at)
    for found, same in zip(paths(text, at).inputs, truth.inputs, strict=True):
        assert found.count == len(found.paths)
        total = sum(path.value for path in found.paths)
        assert doubles(total) == doubles(same.gradient) == doubles(found.total)
        assert sum(use.count for use in found.uses) == found.count
        for path in found.paths:
            if path.factors is not None:
                assert float(prod(path.factors)) == pytest.approx(float(flat(path.value)[0]))


def test_so_many_paths_are_counted_and_not_listed() -> None:
    (found,) = paths(chain(50), ["x=0.3"]).inputs
    assert found.count == 2**50
    assert (found.shortest, found.longest) == (101, 151)
    assert len(found.paths) == 10
    assert found.sure
    sizes = [abs(float(flat(path.value)[0])) for path in found.paths]
    assert all(a >= b for a, b in pairwise(sizes))


def test_the_largest_are_the_largest() -> None:
    (every,) = paths(chain(4), ["x=0.3"]).inputs
    (some,) = paths(chain(4), ["x=0.3"], most=3).inputs
    sizes = sorted((abs(float(flat(p.value)[0])) for p in every.paths), reverse=True)
    assert [abs(float(flat(p.value)[0])) for p in some.paths] == sizes[:3]
    left = sum(p.value for p in every.paths) - sum(p.value for p in some.paths)
    assert doubles(left) == doubles(some.rest)


def test_among_arrays_a_large_path_may_begin_small() -> None:
    """At s seventy larger gradients arrive, along an axis in which M shrinks them."""
    large = " + ".join(f"dot([{k}, 0], s)" for k in range(1, 71))
    at = "M=[[1e-9, 0], [0, 1e6]], x=[1, 2]"
    (found,) = paths(f"s = M @ x; {large} + dot([0, 1/1000], s)", [at], wrt="x", most=1).inputs
    assert found.count == 71
    assert found.sure
    assert doubles(found.paths[0].value) == [0, 1000]


def test_the_largest_among_arrays_are_the_largest() -> None:
    steps = (f"h{k} = tanh(A @ h{k - 1}) + sin(B @ h{k - 1})" for k in range(1, 8))
    text = "; ".join(["h0 = x", *steps]) + "; sum(h7^2)"
    at = ["A=[[0.5, -0.3], [0.2, 0.4]], B=[[0.1, 0.7], [-0.4, 0.3]], x=[1, 0.5]"]
    (every,) = paths(text, at, wrt="x", most=1000).inputs
    (some,) = paths(text, at, wrt="x", most=5).inputs
    assert every.count == len(every.paths) == 128
    assert some.sure
    norms = {tuple(p.vertices): math.hypot(*doubles(p.value)) for p in every.paths}
    largest = sorted(norms, key=norms.__getitem__, reverse=True)[:5]
    assert [tuple(p.vertices) for p in some.paths] == largest


def test_where_too_many_could_be_the_largest_it_is_said() -> None:
    """Two maps that turn and do not shrink: by their norms each of 2^40 paths could be the one."""
    steps = (f"h{k} = A @ h{k - 1} + B @ h{k - 1}" for k in range(1, 41))
    text = "; ".join(["h0 = x", *steps]) + "; h40[0]"
    at = ["A=[[3/5, -4/5], [4/5, 3/5]], B=[[5/13, 12/13], [-12/13, 5/13]], x=[1, 0.5]"]
    (found,) = paths(text, at, wrt="x", most=3).inputs
    assert found.count == 2**40
    assert not found.sure


def test_a_recurrent_net_by_its_uses() -> None:
    lines = ["h0 = 3/10", *(f"h{k + 1} = tanh(w*h{k})" for k in range(12))]
    done = here("paths", "; ".join(lines), "--at", "w=1/2", "--most", "2")
    assert "dh12/dw by its 12 uses" in done.out
    assert "in h12" in done.out
    assert "the terms vanish" not in done.out  # h shrinks as w does, so all terms are alike
    lines = ["h0 = 3/10", *(f"h{k + 1} = tanh(w*h{k} + 1)" for k in range(12))]
    done = here("paths", "; ".join(lines), "--at", "w=1/2", "--most", "2")
    assert "the terms vanish" in done.out
    assert "the 2 largest; the other 10 add up to" in done.out


def test_what_has_no_paths() -> None:
    done = here("paths", "x + 0*y", "--at", "x=1, y=2")
    assert done.code == 0
    assert "[x, x]" not in done.out
    vector = here("paths", "[x, x]", "--at", "x=1")
    assert vector.code == 2
    assert "paths are followed from a scalar" in vector.err
    assert here("paths", "1 + 1").code == 2
    own = here("paths", "f = x^2; f", "--at", "x=1", "--wrt", "f")
    assert own.code == 2, own.out


def test_a_kink_is_said() -> None:
    assert "G301" in here("paths", "relu(x)*x + relu(x)", "--at", "x=0").out


@pytest.mark.parametrize("arguments", [(LECTURE, "--at", "a=2, b=1"), (NET, "--at", AT[0])])
def test_json_keeps_the_schema(arguments: tuple[str, ...]) -> None:
    content = json.loads(here("paths", *arguments, "--format", "json").out)
    assert not complaints(content, SCHEMA, SCHEMA)
    content["inputs"][0]["paths"][0]["length"] = 2
    assert complaints(content, SCHEMA, SCHEMA)


def test_every_format_and_a_dumb_terminal() -> None:
    for form in ("plain", "csv", "markdown", "latex"):
        done = here("paths", LECTURE, "--at", "a=2, b=1", "--format", form)
        assert done.code == 0
        assert "5" in done.out
    rows = here("paths", LECTURE, "--at", "a=2, b=1", "--format", "csv").out.splitlines()
    assert rows[-2:] == ["b,,b > d > e,1 * c,3", "b,,,total,5"]
