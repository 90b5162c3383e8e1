"""The page of a gradient over rows: value, gradient, and how many digits of them the rows support.

Must not know how rows are read or summed.
"""

from __future__ import annotations

import csv as separated
import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from gradcli.arithmetic.decimal import decimal, magnitude
from gradcli.errors import Diagnostic
from gradcli.rows.result import RowsInput, RowsResult
from gradcli.show import formats
from gradcli.show.diff import FEW_DIGITS
from gradcli.show.json import dumps, shape_list
from gradcli.show.numbers import (
    UNKNOWN,
    cell,
    entry_name,
    flat,
    indices,
    machine,
    nested,
    shape_text,
    summary,
)
from gradcli.show.page import Cell, Column, Line, Lines, Page, Table, line, shortened

LISTED = 1000
HEADER = ("input", "entry", "value", "gradient", "digits")
MOST = 16


def content(
    result: RowsResult, form: str, precision: int | None
) -> tuple[Page | str, list[formats.Remark]]:
    """The result in a format, and the remarks that go with it."""
    count = precision or formats.DIGITS
    match form:
        case "json":
            return json(result), remarks(result)
        case "csv":
            return csv(result, count), remarks(result)
    return formats.page(page(result, count), form), remarks(result)


def page(result: RowsResult, count: int = formats.DIGITS) -> Page:
    """The whole page."""
    title = result.name or ("output" if "f" in {i.name for i in result.inputs} else "f")
    start = [Cell(title, "title"), Cell(" = "), Cell(shortened(result.text), math=result.latex)]
    head = line(*start, " = ", Cell(number(result.bound, result.value, count), "value"))
    columns = [Column("input"), Column("value", "point", "value")]
    columns.append(Column("gradient", "point", "gradient"))
    rows = [row for found in result.inputs for row in _entries(found, count)]
    parts: list[Lines | Table] = [Lines([head])]
    if rows:
        parts.append(Table(columns, rows))
    parts.append(Lines(_said(result), commentary=True))
    return Page(parts, remarks(result))


def _entries(found: RowsInput, count: int) -> Iterator[list[Cell]]:
    if found.value.size > LISTED:
        few = min(count, 6)
        whole = f"{shape_text(found.shape)}: {summary(found.value, few)}"
        yield [Cell(found.name), Cell(whole), Cell(summary(found.gradient, few))]
        return
    entries = zip(flat(found.value), flat(found.gradient), _bounds(found), strict=True)
    for place, (value, plain, bound) in zip(indices(found.shape), entries, strict=True):
        gradient = number(bound, float(plain), count)
        name = entry_name(found.name, place)
        yield [Cell(name), Cell(cell(float(value), count)), Cell(gradient)]


def _bounds(found: RowsInput) -> list[Any]:
    return [None] * found.value.size if found.bounds is None else flat(found.bounds)


def number(bound: Any, plain: float, count: int) -> str:
    """As many digits of a ball as are the same all over it, at most `count`; without it all."""
    if bound is None:
        return cell(plain, count)
    for digits in range(count, 0, -1):
        if (text := decimal(bound, digits)) is not None:
            return text
    power = magnitude(bound) if bound.is_finite() else 0
    return f"0 (below 1e{power})" if power and power < 0 else UNKNOWN


def right(bound: Any) -> int | None:
    """How many digits of a ball are the same all over it, 16 at most; None without one."""
    if bound is None:
        return None
    return next((d for d in range(MOST, 0, -1) if decimal(bound, d) is not None), 0)


def _fewest(found: RowsInput) -> int | None:
    """The digits of the worst entry."""
    digits = [right(bound) for bound in _bounds(found)]
    return min((each for each in digits if each is not None), default=None)


def _said(result: RowsResult) -> list[Line]:
    """What was read, in which order it was added, and what the sample shows."""
    times = {0: "none read", 1: "read once", 2: "read twice"}
    how = times.get(result.passes, f"read {result.passes} times")
    lines = [
        f"{result.rows:,} rows of {result.table}, {how}; float64, added up in the order of the"
        " rows, what an addition loses kept"
    ]
    sample = result.sample
    if sample is None:
        lines.append("not certified: a row in balls takes more work than the limit (--limit)")
    else:
        whose = "all" if sample.rows == result.rows else f"{sample.rows} drawn at random"
        lines.append(
            f"rows certified in balls: {whose}; of what each of them adds float64 gets "
            f"{sample.digits} of 16 digits right{' or more' * (sample.digits < MOST)}"
        )
        if sample.rows < result.rows:
            lines.append("the digits shown are right if it does as well on the other rows")
    if result.each:
        lines.append(f"every row's own term and gradient: {result.each}")
    return [line(Cell(text, "dim")) for text in lines]


def remarks(result: RowsResult) -> list[formats.Remark]:
    """What a sample says of the worst of its rows."""
    kinks: list[formats.Remark] = [(note, "warning") for note in result.notes]
    sample = result.sample
    if sample is None or sample.digits >= FEW_DIGITS:
        return kinks
    message = (
        f"float64 gets {sample.digits} of 16 digits right of what row {sample.worst + 1:,} adds"
    )
    help = "the same row by itself says where digits are lost:  gradcli diff … --at …"
    return [*kinks, (Diagnostic("G303", message, help=help), "note")]


def json(result: RowsResult) -> str:
    """By `gradcli/schema/rows.schema.json`."""
    sample = result.sample
    return dumps(
        {
            "output": {
                "name": result.name, "value": machine(result.value), "shape": [],
                "digits": right(result.bound),
            },
            "inputs": [
                {
                    "name": found.name,
                    "value": nested(found.value.astype(object), found.shape),
                    "shape": shape_list(found.shape),
                    "gradient": nested(found.gradient.astype(object), found.shape),
                    "digits": _fewest(found),
                }
                for found in result.inputs
            ],
            "rows": result.rows,
            "passes": result.passes,
            "sample": sample and asdict(sample),
            "notes": [{"code": note.code, "message": note.message} for note, _ in remarks(result)],
        }
    )  # fmt: skip


def csv(result: RowsResult, count: int) -> str:
    """A row for every entry of a gradient."""
    stream = io.StringIO()
    writer = separated.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    for found in result.inputs:
        entries = zip(
            indices(found.shape), flat(found.value), flat(found.gradient), _bounds(found),
            strict=True,
        )  # fmt: skip
        for place, value, gradient, bound in entries:
            numbers = cell(float(value), count), cell(float(gradient), count)
            digits = right(bound)
            shown = "" if digits is None else str(digits)
            writer.writerow([found.name, entry_name("", place), *numbers, shown])
    return stream.getvalue()
