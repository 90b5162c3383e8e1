"""The page of difference quotients: for one h entry by entry, and the error over h as a curve.

Must not know how quotients or derivatives are taken.
"""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from gradcli.motion.quotients import ORDERS
from gradcli.motion.results import QuotientResult
from gradcli.plotting.figure import Figure, Plotted
from gradcli.plotting.svg import svg
from gradcli.plotting.text import drawn
from gradcli.show import formats
from gradcli.show.diff import headline, output_title, remarks
from gradcli.show.json import dumps
from gradcli.show.numbers import cell, entry_name, flat, indices, machine
from gradcli.show.page import Cell, Column, Line, Lines, Page, Table, line

STYLES = {"forward": ("value", "f"), "central": ("gradient", "c"), "complex": ("good", "x")}
COLUMNS, ROWS = 76, 16
EPSILON = 2.0**-52
NOTHING = 1e-17
"""Where an error of 0 is drawn, which a logarithmic axis has no place for."""


def content(
    result: QuotientResult, form: str, digits: int | None, width: int, ascii: bool
) -> Page | str:
    """The result in a format."""
    match form:
        case "json":
            return json(result)
        case "csv":
            return table(result)
    return formats.page(page(result, digits, width, ascii, form in ("table", "plain")), form)


def page(result: QuotientResult, digits: int | None, width: int, ascii: bool, curve: bool) -> Page:
    """The whole page."""
    count = digits or formats.DIGITS
    title = output_title(result.derivative)
    parts: list[Lines | Table] = [Lines(headline(result.derivative, title, count))]
    parts += [_entries(result, title, count), _errors(result)]
    if curve:
        rows = drawn(figure(result), min(width, COLUMNS), ROWS, ascii)
        parts.append(Lines([tuple(Cell(*piece) for piece in row) for row in rows]))
    parts.append(Lines(_said(result)))
    last = "quotients in float64; errors are upper bounds, against the certified derivative"
    if not result.derivative.certified:
        last = "float64, not certified: errors are those against a gradient in float64"
    parts.append(Lines([line(Cell(last, "dim"))], commentary=True))
    return Page(parts, remarks(result.derivative))


def names(result: QuotientResult, title: str) -> list[str]:
    """What is differentiated by, entry by entry."""
    return [
        f"d{title}/d{entry_name(i.name, index)}"
        for i in result.derivative.inputs
        for index in indices(i.shape)
    ]


def _entries(result: QuotientResult, title: str, count: int) -> Table:
    """Quotient and error for the h that was asked for."""
    columns = [Column(""), Column("derivative", "point", "gradient"), Column(f"h = {result.h:g}")]
    columns += [Column("quotient", "point", "value"), Column("error", "point")]
    rows = []
    truths = [x for i in result.derivative.inputs for x in flat(i.gradient)]
    for k, (name, truth) in enumerate(zip(names(result, title), truths, strict=True)):
        for way, values in result.values.items():
            if values is None:
                continue
            error = (result.errors[way] or [])[k]
            rows.append([Cell(name), Cell(cell(truth, count)), Cell(way),
                         Cell(cell(values[k], 17)), Cell(shown(error))])  # fmt: skip
    return Table(columns, rows)


def shown(error: float | None) -> str:
    """An error to three digits."""
    return "" if error is None else f"{error:.2e}" if error else "0"


def _errors(result: QuotientResult) -> Table:
    known = {way: curve for way, curve in result.curves.items() if curve is not None}
    columns = [Column("h"), *(Column(f"error, {way}") for way in known)]
    rows = [
        [Cell(f"{h:.0e}"), *(Cell(shown(curve[k])) for curve in known.values())]
        for k, h in enumerate(result.hs)
    ]
    return Table(columns, rows)


def figure(result: QuotientResult) -> Figure:
    """The error over h, both logarithmic."""
    curves = []
    for way, errors in result.curves.items():
        if errors is not None:
            style, letter = STYLES[way]
            points = [
                (h, math.nan if e is None or math.isinf(e) else max(e, NOTHING))
                for h, e in zip(result.hs, errors, strict=True)
            ]
            curves.append(Plotted(way, points, style, letter, dots=True))
    legend = ", ".join(f"{STYLES[c.name][1]} {c.name}" for c in curves)
    return Figure(f"error over h: {legend}", "h", curves, x_log=True, y_log=True)


def _said(result: QuotientResult) -> list[Line]:
    """The best h of each scheme, and why it is that."""
    said = []
    for way, errors in result.curves.items():
        if errors is None:
            text = f"{way}: no such step, for a function here has no value off the real axis"
            said.append(line(text))
            continue
        known = [(e, h) for e, h in zip(errors, result.hs, strict=True) if e is not None]
        if not known:
            continue
        error, h = min(known, key=lambda pair: (pair[0], -pair[1]))
        why = f"truncation falls as h^{ORDERS[way]}"
        why += (
            ", nothing is subtracted: no rounding grows"
            if way == "complex"
            else (
                f", rounding grows as 1/h: expect h near {EPSILON ** (1 / (ORDERS[way] + 1)):.0e}"
            )
        )
        said.append(line(f"{way}: least error {shown(error)} at h = {h:.0e}; {why}"))
    if not any(e is not None for errors in result.curves.values() for e in errors or []):
        said.append(line(Cell("there is no derivative here to hold a quotient against", "bad")))
    return said


def drawing(result: QuotientResult) -> str:
    """The curve as a document."""
    return svg([figure(result)])


# -- for machines


def json(result: QuotientResult) -> str:
    """The result as JSON."""
    derivative = result.derivative
    schemes = {}
    for way, values in result.values.items():
        errors, curve = result.errors[way], result.curves[way]
        schemes[way] = None if values is None else {
            "quotients": [machine(x) for x in values],
            "errors": [machine(x) for x in errors or []],
            "worst": [machine(x) for x in curve or []],
        }  # fmt: skip
    gradient: list[Any] = [machine(x) for i in derivative.inputs for x in flat(i.gradient)]
    return dumps(
        {
            "output": {"name": derivative.name},
            "entries": names(result, output_title(derivative)),
            "gradient": gradient,
            "h": result.h,
            "hs": result.hs,
            "schemes": schemes,
            "notes": [{"code": n.code, "message": n.message} for n in derivative.notes],
            "certified": derivative.certified,
        }
    )


def table(result: QuotientResult) -> str:
    """The worst error of each scheme over h."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    known = {way: curve for way, curve in result.curves.items() if curve is not None}
    writer.writerow(["h", *known])
    for k, h in enumerate(result.hs):
        errors = [curve[k] for curve in known.values()]
        writer.writerow([h, *("" if e is None else repr(e) for e in errors)])
    return out.getvalue()
