"""Jacobians, Hessians and products as JSON and CSV: the same entries under stable names.

Must not know terminals, nor what a page says of the same result.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from gradcli.certify.result import Given, MatrixResult
from gradcli.show.diff import output_title
from gradcli.show.json import dumps, exact_zeros, shape_list, trace, unsettled
from gradcli.show.matrix import input_entries, output_entries
from gradcli.show.numbers import flat, machine, nested, rounded, settled

DENSE = 100_000
"""Entries of a matrix that is written out with its zeros."""


def json(result: MatrixResult) -> str:
    """The result as JSON; `hessian`, `inputs[].gradient` or `product` is what was asked for."""
    entries = [machine(x) for x in flat(result.entries)]
    filled = _filled(result, entries, 0)
    content: dict[str, Any] = {
        "output": {
            "name": result.name,
            "value": nested(result.value, result.shape),
            **unsettled(result.value),
            "shape": shape_list(result.shape),
        },
        "inputs": [_input(result, k, filled) for k in range(len(result.inputs))],
        **_answer(result, entries, filled),
        **unsettled(result.entries),
        "digits": result.digits,
        "mode": result.mode,
        "checks": [
            {"way": way, "error": c.error, "along": c.along, "skipped": c.skipped}
            for way, c in result.checks.items()
        ],
        "kinks": [
            {
                "row": int(result.rows[k]),
                "column": int(result.columns[k]),
                "node": kink.node,
                "left": machine(kink.left),
                "right": machine(kink.right),
                **({"why": kink.why} if kink.why else {}),
            }
            for k, kink in result.kinks.items()
        ],
        "notes": [{"code": note.code, "message": note.message} for note in result.notes],
        "certified": result.certified,
        **exact_zeros(result.zeros),
    }
    if result.nodes is not None:
        content["nodes"] = trace(result.nodes)
    return dumps(content)


def _filled(result: MatrixResult, entries: Sequence[Any], zero: Any) -> list[list[Any]] | None:
    """The matrix row by row with its zeros, None where it is too large and has any."""
    height, width = result.size
    if height * width > DENSE and len(entries) < height * width:
        return None
    rows = [[zero] * width for _ in range(height)]
    for r, c, x in zip(result.rows.tolist(), result.columns.tolist(), entries, strict=True):
        rows[r][c] = x
    return rows


def _answer(
    result: MatrixResult, entries: list[Any], filled: list[list[Any]] | None
) -> dict[str, Any]:
    if result.kind in ("jvp", "vjp", "hvp"):
        shape = result.shape if result.kind == "jvp" else (len(entries),)
        seed = {"cotangent": nested(result.seed, result.shape)} if result.kind == "vjp" else {}
        return {"product": nested(result.entries, shape), **seed}
    found: dict[str, Any] = {"hessian": filled} if result.kind == "hessian" else {}
    found["pattern"] = result.pattern
    found["zeros"] = result.size[0] * result.size[1] - len(entries)
    if result.kind == "hessian":
        found["symmetric"] = bool(result.symmetric)
    if filled is None:
        found["sparse"] = {
            "shape": [*result.size],
            "rows": result.rows.tolist(),
            "columns": result.columns.tolist(),
            "values": entries,
        }
    return found


def _input(result: MatrixResult, k: int, filled: list[list[Any]] | None) -> dict[str, Any]:
    given = result.inputs[k]
    found: dict[str, Any] = {
        "name": given.name,
        "value": nested(given.value, given.shape),
        "shape": shape_list(given.shape),
    }
    start = sum(len(flat(i.value)) for i in result.inputs[:k])
    part = slice(start, start + len(flat(given.value)))
    if result.kind == "jacobian":
        found["gradient"] = _gradient(result, given, filled, part)
    elif result.kind != "jvp":
        if given.gradient is not None:
            found["gradient"] = nested(given.gradient, given.shape)
        if result.kind != "hessian":
            found["product"] = nested(result.entries[part], given.shape)
    if given.seed is not None:
        found["tangent"] = nested(given.seed, given.shape)
    return found


def _gradient(
    result: MatrixResult, given: Given, filled: list[list[Any]] | None, part: slice
) -> Any:
    """Of shape output + input; the other way round for a vector by a vector where that is asked."""
    if filled is None:
        return None
    rows = [row[part] for row in filled]
    if result.turned and len(given.shape) == 1:
        return [list(column) for column in zip(*rows, strict=True)]
    level = [x for row in rows for x in row]
    for dim in reversed(shape_list((*result.shape, *given.shape))):
        level = [level[k : k + dim] for k in range(0, len(level), dim)]
    return level[0]


def table(result: MatrixResult, count: int) -> str:
    """The result as CSV, one row for every entry: decimals, never fractions or words."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")

    def number(x: Any) -> str:
        return "" if x is None or not settled(x) else rounded(x, count)

    title, inputs = output_title(result), input_entries(result)
    entries = [number(x) for x in flat(result.entries)]
    if result.kind in ("jacobian", "hessian"):
        down = inputs if result.kind == "hessian" else output_entries(result, title)
        writer.writerow(("row", "column", "derivative"))
        filled = _filled(result, entries, "0")
        if filled is None:
            places = zip(result.rows.tolist(), result.columns.tolist(), entries, strict=True)
            writer.writerows((down[r], inputs[c], x) for r, c, x in places)
        else:
            for name, row in zip(down, filled, strict=True):
                writer.writerows((name, column, x) for column, x in zip(inputs, row, strict=True))
        return stream.getvalue()
    names = output_entries(result, title) if result.kind == "jvp" else inputs
    arrays = [result.value] if result.kind == "jvp" else [i.value for i in result.inputs]
    values = [number(x) for array in arrays for x in flat(array)]
    columns = {"entry": names, "value": values}
    if result.kind == "hvp":
        columns["tangent"] = [number(x) for i in result.inputs for x in flat(i.seed)]
    columns["product"] = entries
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return stream.getvalue()
