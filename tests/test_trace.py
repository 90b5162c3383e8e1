"""Traces as JSON: what flows along every edge, by NumPy's contraction of what stands beside it.

Must not know how a trace is made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli import api
from gradcli.errors import Source
from gradcli.show import formats
from tests.running import here
from tests.test_show import complaints

ROOT = Path(__file__).parents[1]
SCHEMAS = Path(gradcli.__file__).parent / "schema"
PROGRAMS = {
    "broadcasting": ("Z = X @ W + b; s = 2*Z; L = sum(s*s)",
                     "X=[[1, 2], [3, -1], [0, 1]], W=[[1, 0], [2, 1]], b=[1, -2]"),
    "of whole arrays": ("p = softmax(x); L = logdet(A) + x.T @ inv(A) @ p + max(x)",
                        "A=[[2, 1], [1, 3]], x=[1, 2]"),
    "twice": ("h = x*x; h*x + max(x, h)", "x=3"),
    "a vector": ("[x*y, sin(x)]", "x=1, y=2"),
    **{
        name: ((ROOT / "samples" / f"{name}.grad").read_text(encoding="utf-8"), "")
        for name in ("63-two-layers", "65-recurrent-network", "74-attention")
    },
}  # fmt: skip


def told(text: str, schema: str) -> Any:
    """JSON that its schema describes."""
    found = json.loads(text)
    rules = json.loads((SCHEMAS / f"{schema}.schema.json").read_text("utf-8"))
    assert complaints(found, rules, rules) == []
    return found


def traced(program: str, at: str) -> Any:
    result = api.diff(Source("net.grad", program), [at] if at else [], trace=True)
    return told(str(formats.diff(result, "json", None, 100)[0]), "diff")


def moved(program: str, at: str, tangent: str) -> Any:
    result = api.jvp(program, [at] if at else [], tangent=[tangent], trace=True)
    return told(str(formats.matrix(result, "json", None, 100)[0]), "matrix")


def summed(array: Any, shape: tuple[int, ...]) -> Any:
    """What broadcasting from this shape has spread, added up again."""
    array = np.asarray(array, dtype=float)
    array = array.sum(axis=tuple(range(array.ndim - len(shape))))
    axes = tuple(k for k, dim in enumerate(shape) if dim == 1 != array.shape[k])
    return array.sum(axis=axes, keepdims=True).reshape(shape)


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_flows_down_is_upstream_by_local(name: str) -> None:
    nodes = traced(*PROGRAMS[name])["nodes"]
    scalar = nodes[-1]["adjoint"] is not None
    parts: dict[int, Any] = {node["id"]: 0.0 for node in nodes}
    for node in nodes:
        shape = tuple(node["shape"])
        for edge in node["edges"]:
            to = tuple(nodes[edge["to"]]["shape"])
            local = np.array(edge["local"], dtype=float)
            assert local.shape == (shape if edge["elementwise"] else shape + to)
            assert edge["rule"]["text"]
            assert edge["rule"]["latex"]
            if not scalar:
                assert edge["downstream"] is None
                continue
            upstream = np.array(node["adjoint"], dtype=float)
            if edge["elementwise"]:
                expected = summed(upstream * local, to)
            else:
                expected = np.tensordot(upstream, local, len(shape))
            assert np.allclose(edge["downstream"], expected, 1e-12, 1e-14)
            parts[edge["to"]] = parts[edge["to"]] + np.array(edge["downstream"], dtype=float)
    for node in nodes[: -1 if scalar else 0]:
        assert np.allclose(node["adjoint"], parts[node["id"]], 1e-12, 1e-14)


@pytest.mark.parametrize("name", ["broadcasting", "of whole arrays", "twice"])
def test_tangents_add_up_on_the_way_to_the_output(name: str) -> None:
    program, at = PROGRAMS[name]
    gradients = {i["name"]: i for i in traced(program, at)["inputs"]}
    first = next(iter(gradients.values()))
    along = np.arange(1.0, 1 + np.size(first["value"])).reshape(first["shape"])
    found = moved(program, at, f"{first['name']}={along.tolist()}")
    for node in found["nodes"]:
        if node["edges"]:
            total = sum(np.array(edge["upward"], dtype=float) for edge in node["edges"])
            assert np.allclose(node["tangent"], total, 1e-12, 1e-14)
    slope = np.sum(np.array(first["gradient"], dtype=float) * along)
    assert found["nodes"][-1]["tangent"] == pytest.approx(slope, rel=1e-12)
    assert found["product"] == found["nodes"][-1]["tangent"]


def test_a_vertex_knows_where_it_is_written_and_in_which_turn() -> None:
    program = "h[0] = x\nfor t in 1..2 {\n  h[t] = tanh(w*h[t-1])\n}\nh[2]"
    nodes = {node["name"]: node for node in traced(program, "x=1, w=2")["nodes"]}
    assert [nodes[name]["turn"] for name in ("h[0]", "h[1]", "v2")] == [{}, {"t": 1}, {"t": 2}]
    place = nodes["h[2]"]["source"]
    assert place["file"] == "net.grad"
    start, end = place["start"], place["end"]
    line = program.splitlines()[start["line"] - 1]
    assert start["line"] == end["line"] == 3
    assert line[start["column"] - 1 : end["column"] - 1] == "tanh(w*h[t-1])"
    assert nodes["x"]["source"] is None
    assert [nodes[name]["given"] for name in ("h[1]", "v2")] == [True, False]
    assert nodes["h[1]"]["words"] == "tanh of its argument"


@pytest.mark.parametrize(
    ("name", "vertex", "rules", "symbols"),
    [
        ("63-two-layers", "v1", ["δ @ x.T", "W1.T @ δ"], ["", "W1"]),
        ("63-two-layers", "a1", ["a1*(1 - a1)*δ"], ["a1*(1 - a1)"]),
        ("65-recurrent-network", "y1", ["y1*δ - y1.T @ δ*y1"], ["diag(y1) - y1 @ y1.T"]),
        ("twice", "h", ["x*δ", "x*δ"], ["x", "x"]),
    ],
)
def test_rules_and_local_derivatives_are_formulas(
    name: str, vertex: str, rules: list[str], symbols: list[str]
) -> None:
    node = next(node for node in traced(*PROGRAMS[name])["nodes"] if node["name"] == vertex)
    assert [edge["rule"]["text"] for edge in node["edges"]] == rules
    assert [edge["symbol"]["text"] for edge in node["edges"]] == symbols


@pytest.mark.parametrize(
    ("program", "at", "kept"),
    [
        ("(sigmoid(w*x + b) - y)^2 / 2", "w=0.6, x=2, b=-0.5, y=1", "w, x, v3, v4"),
        ("p = exp(x); q = p + x; sin(q)", "x=1", "p, q"),
        ("y = W @ x; sum(tanh(y))", "W=[[1, 2]], x=[3, 4]", "W, x, v1"),
        ("h[0] = x; for t in 1..2 { h[t] = w*h[t-1] }; h[2]^2", "x=1, w=2", "w, h[0], h[1], h[2]"),
    ],
)
def test_what_the_way_back_needs_is_said(program: str, at: str, kept: str) -> None:
    out = here("diff", program, "--at", at, "--trace").out
    assert sorted(out.partition("kept for the way back: ")[2].split("\n")[0].split(", ")) == sorted(
        kept.split(", ")
    )


def test_nothing_is_kept_for_sums() -> None:
    assert "kept for" not in here("diff", "a + b - c", "--at", "a=1, b=2, c=3", "--trace").out


def test_a_vertex_that_is_a_gradient_stays_what_a_maximum_has_chosen() -> None:
    nodes = api.diff("b*max(cos(v))", "b=-6/5, v=[1, 1/4, -3/4]", trace=True).nodes or []
    (chosen,) = [node for node in nodes if node.name == "v2"]
    assert [*chosen.edges[0].local.flat] == [0, 1, 0]
