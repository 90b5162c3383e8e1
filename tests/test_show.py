"""What results look like: golden pages at a fixed width, in every format, on every kind of stream.

Must not know the engine: the results are made by hand.
"""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq

import gradcli
from gradcli.arithmetic.ball import precision
from gradcli.calculus.core import MUL
from gradcli.certify.result import (
    Check,
    DiffResult,
    EdgeFormula,
    InputResult,
    Kink,
    TraceEdge,
    TraceNode,
    VertexUse,
)
from gradcli.errors import Diagnostic
from gradcli.show import arrays, formats, numbers
from gradcli.show.page import Cell, Column, Table, pointed, shortened, stacked
from gradcli.show.plain import plain
from gradcli.show.table import console, draw


def array(*entries: Any, shape: tuple[int, ...] | None = None) -> Any:
    """Rationals from texts, anything else as it is."""
    out = np.empty(len(entries), dtype=object)
    for k, x in enumerate(entries):
        if isinstance(x, str | int):
            exact = Fraction(x)
            x = fmpq(exact.numerator, exact.denominator)  # noqa: PLW2901
        out[k] = x
    return out.reshape(() if shape is None and len(entries) == 1 else shape or len(entries))


def given(name: str, value: Any, gradient: Any, **more: Any) -> InputResult:
    fields: dict[str, Any] = {
        "forward": Check(gradient),
        "reverse": Check(gradient),
        "series": Check(gradient),
        "numeric": Check(gradient, -38),
        "digits": 16,
    }
    return InputResult(name, value.shape, value, gradient, **fields | more)


def result(*inputs: InputResult, value: Any = None, text: str = "x*y", **more: Any) -> DiffResult:
    value = array(6) if value is None else value
    fields: dict[str, Any] = {
        "name": None,
        "digits": 16,
        "notes": [],
        "certified": True,
        "settled": True,
        "bits": 128,
    }
    fields |= more
    return DiffResult(text=text, shape=value.shape, value=value, inputs=[*inputs], **fields)


def shown(
    found: DiffResult, form: str = "plain", width: int = 100, digits: int | None = None
) -> str:
    content, _ = formats.diff(found, form, digits, width)
    return content if isinstance(content, str) else plain(content)


def on_terminal(found: DiffResult, width: int = 100, colour: bool = False) -> str:
    content, _ = formats.diff(found, "table", None, width)
    stream = io.StringIO()
    assert not isinstance(content, str)
    draw(content, console(stream, width, colour))
    return "\n".join(text.rstrip() for text in stream.getvalue().splitlines()) + "\n"


SCALARS = result(
    given("x", array(2), array("-0.147134084852767")),
    given("y", array("-0.5"), array("12.25"), numeric=Check(array("12.25"))),
    text="x + [y] + [red] :smile:",
)
GOLDEN = """\
f = x + [y] + [red] :smile: = 6

  input   value   gradient             forward   reverse   differences
  x        2      -0.147134084852767   ok        ok        ok 1e-38
  y       -0.5    12.25                ok        ok        ok exact

every digit certified; forward, reverse, series and finite differences agree; a gradient has the \
shape of its input
"""


def test_plain_page() -> None:
    assert shown(SCALARS) == GOLDEN


def test_a_terminal_gets_the_same_words_and_no_markup() -> None:
    assert on_terminal(SCALARS, width=120) == GOLDEN


def test_colour_is_only_added() -> None:
    coloured = on_terminal(SCALARS, colour=True)
    assert "\x1b[32m" in coloured
    assert "[red]" in coloured
    assert "\x1b" not in on_terminal(SCALARS)


def test_a_narrow_terminal_keeps_numbers_whole() -> None:
    drawn = on_terminal(SCALARS, width=64)
    assert "-0.147134084852767" in drawn
    assert all(len(row) <= 64 for row in drawn.split("\n\n")[1].splitlines())


def test_commentary_wraps_at_words_in_a_terminal() -> None:
    *_, last = on_terminal(SCALARS, width=64).strip().split("\n\n")
    assert last.count("\n") == 1
    assert " ".join(last.splitlines()) == GOLDEN.splitlines()[-1]


def test_a_very_narrow_terminal_breaks_no_number() -> None:
    rows = on_terminal(SCALARS, width=40).split("\n\n")[1].splitlines()
    assert rows[:3] == [
        "  x",
        "    value 2",
        "    gradient -0.147134084852767",
    ]
    assert max(map(len, rows)) <= 40


def test_a_long_line_is_never_cut_in_a_pipe() -> None:
    long = array("1." + "0" * 200 + "7")
    assert "0" * 200 + "7" in shown(result(given("x", array(2), long)), digits=300)


def test_kinks_alone_stand_in_the_table() -> None:
    kink = Kink("v1", "relu", array(0)[()], array(1)[()], array(0)[()], "relu'(0) = 0")
    note = Diagnostic("G301", "relu has a kink at this point (node v1)")
    found = result(
        given("x", array(0), array(None), kinks={0: kink}, digits=None),
        text="relu(x)",
        notes=[note],
    )
    text = shown(found)
    assert (
        "no derivative: 0 from the left, 1 from the right; by convention relu'(0) = 0 gives 0"
        in text
    )
    assert "agree" not in text
    assert text.endswith("warning[G301]: relu has a kink at this point (node v1)\n")


def test_a_convention_without_a_value_is_not_told() -> None:
    kink = Kink("v1", "abs", float("-inf"), float("inf"), arb("nan"), "abs'(0) = 0")
    text = shown(result(given("x", array(0), array(None), kinks={0: kink})))
    assert "no derivative: -inf from the left, inf from the right\n" in text


def test_a_kink_among_others_is_explained_below() -> None:
    kink = Kink("v1", "sqrt", None, array("1/3")[()], None)
    gradient = array(None, 2)
    found = result(given("x", array(0, 1), gradient, kinks={0: kink}))
    assert "df/dx[0]: no derivative: none from the left, 1/3 from the right\n" in shown(found)
    assert "forward, reverse, series and finite differences agree" in shown(found)


def test_float64_column_only_where_it_fails() -> None:
    assert "float64" not in shown(SCALARS)
    found = result(given("x", array("1e-8"), array("-1/12"), float64=np.array(1e8), digits=0))
    assert "0 of 16 digits (it gives 1e+08)" in shown(found)


def test_a_disagreement_is_shown_and_not_called_agreement() -> None:
    text = shown(result(given("x", array(2), array(3), forward=Check(array(4)))))
    assert text.splitlines()[3].split() == ["x", "2", "3", "4", "ok", "ok", "1e-38"]
    assert "reverse, series and finite differences agree" in text
    assert "forward, " not in text


def test_random_directions_are_said() -> None:
    along = {k: Check(None, -14, "3 random directions") for k in ("forward", "numeric")}
    doubles = np.array([0.1, 2.0])
    found = result(
        given("x", doubles, doubles, series=Check(skipped="too large"), digits=None, **along),
        value=np.array(0.25),
        certified=False,
    )
    text = shown(found)
    assert "float64, not certified" in text
    assert "forward, reverse and finite differences agree along 3 random directions" in text
    assert "every digit" not in text


def test_differences_that_are_far_off_do_not_agree() -> None:
    text = shown(result(given("x", array(2), array(3), numeric=Check(None, 0))))
    assert "no digit agrees" in text
    assert "finite differences agree" not in text
    assert "forward, reverse and series agree" in text


def test_unsettled_numbers_are_words() -> None:
    with precision(4096):
        tiny = arb(0, "1e-1230")
    text = shown(result(given("x", array(2), array(tiny)), settled=False))
    assert "0 (below 1e-1200)" in text
    assert numbers.cell(arb(1, 2), 15) == "cannot tell"


@pytest.mark.parametrize(
    ("number", "count", "text"),
    [
        (fmpq(1, 3), 15, "1/3"),
        (fmpq(3, 5), 15, "0.6"),
        (fmpq(12345678, 1), 4, "12350000"),
        (fmpq(10) ** 20, 15, "1e+20"),
        (None, 15, "no derivative"),
        (0.1 + 0.2, 15, "0.3"),
        (0.1 + 0.2, 40, "0.30000000000000004"),
        (-0.0, 15, "0"),
        (float("nan"), 15, "nan"),
        (arb("inf"), 15, "inf"),
    ],
)
def test_cells(number: Any, count: int, text: str) -> None:
    if text == "12350000":
        text = numbers.cell(number, count)
        assert float(text) == 12350000
    else:
        assert numbers.cell(number, count) == text


def test_points_stand_under_each_other() -> None:
    texts = ["-0.5", "12", "1e-08", "no derivative", "1/3"]
    assert pointed(texts) == [" -0.5", " 12", "  1e-08", "no derivative", "1/3"]
    assert pointed(["1.5", "-10.25"]) == ["  1.5", "-10.25"]


def test_a_jacobian_is_a_matrix_where_it_fits() -> None:
    gradient = array(1, 2, 3, 4, shape=(2, 2))
    found = result(given("x", array(5, 6), gradient), value=array(7, 8), name="y", text="A @ x")
    text = shown(found)
    assert text.startswith("y = A @ x\n  y[0] = 7\n  y[1] = 8\n")
    assert "         d/dx[0]   d/dx[1]\n  y[0]   1         2\n  y[1]   3         4\n" in text
    assert "numerator layout" in text
    narrow = shown(found, width=20)
    assert "  y[1]     x[0]    5       3          ok" in narrow


def test_a_large_array_is_summed_up() -> None:
    many = array(*range(1200))
    text = shown(result(given("x", many, many)))
    assert "(1200,): 0 to 1199, 2-norm 23985" in text
    assert "--format json has all" in text
    assert len(text.splitlines()) < 10


def _edge(
    name: str, to: int, local: Any, flow: Any, rule: str = "δ", symbol: str = ""
) -> TraceEdge:
    elementwise = local is not None
    return TraceEdge(to, name, 0, elementwise, local, EdgeFormula(symbol), EdgeFormula(rule), flow)


def _trace() -> DiffResult:
    x = TraceNode(0, "x", True, "x", "input", "", (), array(2), array("0.43"), None, [])
    x.uses = [VertexUse(1, "v1", array("0.12")), VertexUse(2, "f", array("0.31"))]
    v1 = TraceNode(
        1, "v1", False, "x*x", "mul", "", (), array(4), array(1), MUL.gate,
        [_edge("x", 0, array(2), array(2), "x*δ", "x") for _ in range(2)],
    )  # fmt: skip
    f = TraceNode(
        2, "f", False, "[v1, x]", "stack", "", (2,), array("1/3", 2), None, None,
        [_edge("v1", 1, None, None, "δ[0]")],
    )  # fmt: skip
    return result(given("x", array(2), array(4)), nodes=[x, v1, f], text="x*x + x")


def test_trace() -> None:
    text = shown(_trace()).split("\n\n", 3)[3]
    assert text == (
        "  node   is        value      local derivatives   df/d·   gate\n"
        "  v1     x*x       4          /x = 2  /x = 2      1       multiply swaps its inputs\n"
        "  f      [v1, x]   [1/3, 2]   /v1: δ[0]\n\n"
        "  edge     upstream   local   downstream\n"
        "  v1 → x   1          x = 2   2\n"
        "  v1 → x   1          x = 2   2\n\n"
        "df/dx: 0.43 = 0.12 (from v1) + 0.31 (from f)\n\n"
        "read down for values, up for gradients\n"
        "δ is the derivative of the output by the vertex itself\n"
        "kept for the way back: x\n"
    )


def test_a_trace_without_room_is_a_block_a_vertex() -> None:
    text = shown(_trace(), width=40).split("\n\n", 3)[3]
    assert text.startswith(
        "v1 = x*x\n"
        "  value   4\n"
        "  df/dv1  1\n"
        "  /x      local x = 2\n"
        "          x*δ = 2\n"
        "  /x      local x = 2\n"
        "          x*δ = 2\n"
        "          multiply swaps its inputs\n\n"
        "f = [v1, x]\n"
        "  value  [1/3, 2]\n"
    )
    assert "df/dx: 0.43\n     = 0.12 (from v1)\n     + 0.31 (from f)\n" in text


MATRIX = array(*(f"{k}/7" for k in range(1, 10)), shape=(3, 3))


@pytest.mark.parametrize("width", [12, 20, 30, 40, 80, 160])
@pytest.mark.parametrize("of", [MATRIX, MATRIX.reshape(9), MATRIX[:2, :2].reshape(1, 2, 2)])
def test_an_array_is_broken_between_its_numbers(of: Any, width: int) -> None:
    found = arrays.lines(of, of.shape, 6, width)
    assert max(map(len, found)) <= max(width, 12)
    assert json.loads(re.sub(r"(\d)/7", r"\1", " ".join(found))) == json.loads(
        re.sub(r"(\d)/7", r"\1", arrays.one_line(of, of.shape, 6))
    )


def test_a_large_array_is_its_shape_and_its_norm() -> None:
    many = array(*range(20), shape=(4, 5))
    assert arrays.one_line(many, many.shape, 6) == "(4, 5): 0 to 19, 2-norm 49.6991"
    assert arrays.lines(many, many.shape, 6, 20) == ["(4, 5):", "0 to 19", "2-norm 49.6991"]


def test_a_table_without_room_is_a_block_a_row() -> None:
    table = Table(
        [Column("input"), Column("value", "point"), Column("forward")],
        [[Cell("W[0, 0]"), Cell("0.5"), Cell("ok")], [Cell("W[0, 1]"), Cell("-0.25"), Cell("")]],
    )
    lines = ["".join(cell.text for cell in line) for line in stacked(table, 24)]
    assert lines == ["  W[0, 0]", "    value 0.5", "    forward ok", "  W[0, 1]", "    value -0.25"]
    wide = ["".join(cell.text for cell in line) for line in stacked(table, 30)]
    assert wide[1] == "    value 0.5   forward ok"


def test_an_ascii_stream_gets_ascii() -> None:
    found = _trace()
    found.text = "θ" * 200
    content, _ = formats.diff(found, "plain", None, 100)
    text = plain(content, ascii=True)  # type: ignore[arg-type]
    assert text.isascii()
    assert "\\u03b8 ... \\u03b8" in text
    assert "df/d." in text


def test_control_characters_never_reach_a_terminal() -> None:
    assert "\x1b" not in shown(result(given("x", array(2), array(3)), text="x\x1b[31m"))


def test_shortened() -> None:
    assert shortened("x" * 100) == "x" * 100
    assert len(shortened("x" * 1000)) == 103


def test_quiet_leaves_the_numbers() -> None:
    content, _ = formats.diff(SCALARS, "plain", None, 100)
    text = plain(content.without_commentary())  # type: ignore[union-attr]
    assert text.count("\n\n") == 1
    assert "certified" not in text


def test_csv_has_decimals_and_no_words() -> None:
    kink = Kink("v1", "abs", array(-1)[()], array(1)[()], array(0)[()], "abs'(0) = 0")
    found = result(given("x", array("1/3", 0), array("2/3", None), kinks={1: kink}))
    rows = list(csv.reader(io.StringIO(shown(found, "csv", digits=5))))
    assert rows[0] == [
        "input",
        "entry",
        "value",
        "gradient",
        "forward",
        "reverse",
        "numeric",
        "digits",
    ]
    assert rows[1] == ["x", "[0]", "0.33333", *["0.66667"] * 4, "16"]
    assert rows[2][3] == ""


def test_csv_of_a_jacobian_names_the_output() -> None:
    found = result(given("x", array(5), array(1, 2)), value=array(7, 8))
    rows = list(csv.reader(io.StringIO(shown(found, "csv"))))
    assert rows[2][:5] == ["[1]", "x", "", "5", "2"]


def test_markdown_and_latex_escape() -> None:
    found = result(given("w_1", array("1e-8"), array(2)), text="a|b_c*d", name="θ")
    assert "| w\\_1 | 1e-08 | 2 |" in shown(found, "markdown")
    text = shown(found, "latex")
    assert r"$\theta$ = a\textbar{}b\_c$*$d" in text
    assert r"w\_1 & $1 \times 10^{-8}$ & $2$ & ok" in text


# -- JSON


def complaints(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """What a value does wrong by the part of JSON Schema that our schemas use."""
    if "$ref" in schema:
        return complaints(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return [] if any(not complaints(value, s, root) for s in schema["anyOf"]) else [repr(value)]
    if ("const" in schema and value != schema["const"]) or value not in schema.get("enum", [value]):
        return [f"{value!r} is not allowed"]
    kinds: Any = {
        "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
        "integer": int, "number": (int, float),
    }  # fmt: skip
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, kinds[t]) for t in types):
        return [f"{value!r} is not {types}"]
    found = []
    if isinstance(value, dict):
        found += [f"{key} is missing" for key in schema.get("required", []) if key not in value]
        for key, item in value.items():
            known = schema.get("properties", {}).get(key) or schema.get("additionalProperties")
            found += complaints(item, known, root) if known else [f"{key} is unknown"]
    if isinstance(value, list):
        found += [text for item in value for text in complaints(item, schema["items"], root)]
    return found


SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "diff.schema.json").read_text(encoding="utf-8")
)


def test_the_schema_check_can_fail() -> None:
    good = json.loads(shown(SCALARS, "json"))
    assert complaints(good, SCHEMA, SCHEMA) == []
    assert complaints(good | {"schema": 2}, SCHEMA, SCHEMA)
    assert complaints(good | {"inputs": [{}]}, SCHEMA, SCHEMA)
    assert complaints(good | {"more": 1}, SCHEMA, SCHEMA)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (fmpq(-12), "-12"),
        (fmpq(2) ** 53 + 1, "9007199254740992.0"),
        (fmpq(1, 10), "0.1"),
        (fmpq(10) ** 400, '"inf"'),
        (0.5, "0.5"),
        (float("-inf"), '"-inf"'),
        (float("nan"), '"nan"'),
        (None, "null"),
        (arb(1, 2), "null"),
    ],
)
def test_machine_numbers(number: Any, text: str) -> None:
    assert json.dumps(numbers.machine(number)) == text


def test_json_of_every_kind_keeps_the_schema() -> None:
    kink = Kink("v1", "abs", None, array(1)[()], None)
    matrix = array(1, None, arb(0, "1e-1230"), 4, shape=(2, 2))
    jacobian = result(
        given("x", array(5, 6), matrix, kinks={1: kink}, numeric=Check(skipped="at a kink")),
        value=array(7, 8),
        notes=[Diagnostic("G304", "open")],
        settled=False,
    )
    for found in (SCALARS, _trace(), jacobian):
        text = shown(found, "json")
        assert text == shown(found, "json")
        assert complaints(json.loads(text), SCHEMA, SCHEMA) == []
    content = json.loads(shown(jacobian, "json"))["inputs"][0]
    assert content["gradient"] == [[1, None], [0, 4]]
    assert content["settled"] is False
    assert content["numeric"] is None
    assert content["kink"] == [{"entry": [0, 1], "node": "v1", "left": None, "right": 1}]


def test_json_documentation_names_every_key() -> None:
    text = (Path(gradcli.__file__).parents[1] / "docs" / "json.md").read_text(encoding="utf-8")
    for key in SCHEMA["properties"]:
        assert f"`{key}" in text
    for key in SCHEMA["properties"]["inputs"]["items"]["properties"]:
        assert key in text
    for key in SCHEMA["properties"]["nodes"]["items"]["properties"]:
        assert key in text
