"""`jacobian`, `hessian`, `jvp`, `vjp`, `hvp` as a person meets them: every format, held as text.

Must not know how anything is computed; GRADCLI_ACCEPT=1 pytest accepts new text, which is read.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from test_show import complaints

import gradcli
from gradcli.cli import COMMANDS, group
from gradcli.cli.run import run
from gradcli.show import formats
from gradcli.show.table import console, draw

GOLDEN = Path(__file__).parent / "data" / "matrix"
ACCEPT = os.environ.get("GRADCLI_ACCEPT") == "1"
KINDS = ("jacobian", "hessian", "jvp", "vjp", "hvp")
FORMS = ("table", "json", "csv", "markdown", "latex")
VECTOR = ("y = [x[0]^2*x[1], x[1]]", "--at", "x=[3, 1/3]")
SCALAR = ("f = x[0]^2*x[1] + sin(x[1])*z", "--at", "x=[3, 1/3], z=2")
ASKED: dict[str, Sequence[str]] = {
    "jacobian": VECTOR,
    "hessian": SCALAR,
    "jvp": (*VECTOR, "--tangent", "x=[1, -1]"),
    "vjp": (*VECTOR, "--cotangent", "[1, 1/2]"),
    "hvp": (*SCALAR, "--tangent", "x=[1, -1]"),
}
MORE: dict[str, Sequence[str]] = {
    "jacobian-denominator": ("jacobian", *VECTOR, "--layout", "denominator"),
    "jacobian-wide": ("jacobian", "sin(x)", "--at", f"x={[*range(1, 12)]}"),
    "jacobian-kink": ("jacobian", "[relu(x), x*y]", "--at", "x=0, y=2"),
    "hessian-times": ("hessian", *SCALAR, "--times", "z=1"),
    "hessian-kink": ("hessian", "x*abs(x)*y", "--at", "x=0, y=2"),
    "hessian-cancels": ("hessian", "(1 - cos(x))/x^2", "--at", "x=1e-8", "--precision", "20"),
    "hessian-open": ("hessian", "sin(x)", "--at", "x=pi"),
    "hessian-zero": ("hessian", "norm(x)^2", "--at", "x=[1, 1]"),
    "hvp-quiet": ("hvp", "x^2*y", "--at", "x=1, y=2", "--tangent", "y=1", "--quiet"),
    "jvp-outside": ("jvp", "log(x)", "--at", "x=-1", "--tangent", "x=1"),
    "jvp-unknown": ("jvp", "x*yy", "--at", "x=1, yy=2", "--tangent", "y=1"),
    "jvp-shape": ("jvp", "sum(x)", "--at", "x=[1, 2]", "--tangent", "x=[1, 2, 3]"),
    "jvp-nothing": ("jvp", "x", "--at", "x=1"),
    "vjp-shape": ("vjp", "[x, x]", "--at", "x=1", "--cotangent", "1"),
    "vjp-name": ("vjp", "[x, x]", "--at", "x=1", "--cotangent", "[x, 1]"),
    "hessian-vector": ("hessian", "[x, x]", "--at", "x=1"),
    "hessian-nested": ("hessian", "q = 2*x; q^2", "--at", "x=1", "--wrt", "q,x"),
    "jacobian-of-nothing": ("jacobian", "1 + 1"),
}  # fmt: skip
RUNS = {f"{k}-{form}": (k, *ASKED[k], "--format", form) for k in KINDS for form in FORMS} | MORE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.json").write_text(str([k / 8 for k in range(1, 401)]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gradcli.cli.run._width", lambda: 78)


@pytest.mark.parametrize("name", RUNS)
def test_golden(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(group, list(RUNS[name]))
    out, err = capsys.readouterr()
    found = f"$ gradcli {' '.join(RUNS[name])}\nexit code {code}\n\n{out}{err}"
    path = GOLDEN / f"{name}.txt"
    if ACCEPT:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {*RUNS}


@pytest.mark.parametrize("name", [name for name, asked in RUNS.items() if "table" in asked])
def test_a_screen_of_a_hundred_columns(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No number or table is wider, and a terminal gets the words that a pipe gets."""
    kind, text, *options = RUNS[name]
    run(group, [kind, text, *options])
    piped = capsys.readouterr().out
    tables = [row for row in piped.splitlines() if row.startswith("  ")]
    assert tables and all(len(row) <= 100 for row in tables)
    result = getattr(gradcli, kind)(text, [options[1]], **_asked(options))
    page, _ = formats.matrix(result, "table", None, 100)
    assert not isinstance(page, str)
    stream = io.StringIO()
    draw(page, console(stream, 100, False))
    words = lambda shown: re.findall(r"\S+", shown)  # noqa: E731
    assert words(stream.getvalue()) == words(piped)


def _asked(options: Sequence[str]) -> dict[str, Any]:
    pairs = dict(zip(options[::2], options[1::2], strict=True))
    found: dict[str, Any] = {}
    if "--tangent" in pairs:
        found["tangent"] = [pairs["--tangent"]]
    if "--cotangent" in pairs:
        found["cotangent"] = pairs["--cotangent"]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_dumb_terminal(
    kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(group, [kind, *ASKED[kind]])
    plain = capsys.readouterr().out
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(group, [kind, *ASKED[kind]]) == 0
    shown = stream.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    assert shown == plain.replace("·", ".")


SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "matrix.schema.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("kind", KINDS)
def test_json_keeps_the_schema(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    for text in (ASKED[kind][0], "abs(x[0])*x[1]" if kind in ("hessian", "hvp") else "abs(x)"):
        arguments = [kind, text, *ASKED[kind][1:], "--format", "json"]
        run(group, arguments)
        content = json.loads(capsys.readouterr().out)
        assert not complaints(content, SCHEMA, SCHEMA)
        content["checks"][0]["way"] = "hearsay"
        assert complaints(content, SCHEMA, SCHEMA)


def test_sparse_json_keeps_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    text = "sum(x[1:]^2*x[:-1])"
    assert run(group, ["hessian", text, "--at", "x=@x.json", "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert not complaints(content, SCHEMA, SCHEMA)
    assert content["hessian"] is None
    assert len(content["sparse"]["values"]) == 3 * 400 - 3


LARGE = {
    "jvp": ("x^4", "--tangent", "x=ones(1001)"),
    "vjp": ("x^4", "--cotangent", "ones(1001)"),
    "hvp": ("sum(x^4)", "--tangent", "x=ones(1001)"),
}


@pytest.mark.parametrize("kind", LARGE)
def test_products_of_arrays_too_large_to_list(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, *seed = LARGE[kind]
    assert run(group, [kind, text, "--at", "x=ones(1001)", *seed]) == 0
    factor = {"hvp": 12}.get(kind, 4)
    assert f"{factor} to {factor}, 2-norm" in capsys.readouterr().out


@pytest.mark.parametrize("kind", KINDS)
def test_help_has_examples_that_run(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kind in COMMANDS
    assert run(group, [kind, "--help"]) == 0
    examples = re.findall(rf"  gradcli {kind} (.*)", capsys.readouterr().out)
    assert examples
    for example in examples:
        if "@" not in example:
            assert run(group, [kind, *shlex.split(example)]) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_an_expression_from_elsewhere(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text, *options = ASKED[kind]
    run(group, [kind, text, *options, "--format", "csv"])
    expected = capsys.readouterr().out
    (tmp_path / "p.grad").write_text(text + "\n", encoding="utf-8")
    assert run(group, [kind, "@p.grad", *options, "--format", "csv"]) == 0
    assert capsys.readouterr().out == expected
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(group, [kind, "-", *options, "--format", "csv"]) == 0
    assert capsys.readouterr().out == expected


def test_an_expression_that_begins_with_a_minus(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(group, ["hessian", "-x^2", "--at", "x=3", "--format", "csv"]) == 0
    assert capsys.readouterr().out == "row,column,derivative\nx,x,-2\n"
