"""The page of a Jacobian, a Hessian or a product: the numbers, how they were made, what agrees.

Must not know formats; it says of each check only what the result says.
"""

from __future__ import annotations

from typing import Any

from gradcli.certify.result import Check, MatrixResult
from gradcli.show.diff import (
    DIGITS,
    FEW_DIGITS,
    LISTED,
    TRACE_DIGITS,
    headline,
    kink_text,
    output_title,
    remarks,
    zeros,
)
from gradcli.show.numbers import cell, entry_name, flat, indices, inline, shape_text, summary
from gradcli.show.page import Cell, Column, Line, Lines, Page, Table, line
from gradcli.show.trace import trace

MOST = 40
ZERO = "·"
"""What stands for an entry to which no path leads."""


def page(result: MatrixResult, precision: int | None = None, width: int = 100) -> Page:
    """The whole page; `width` is what a matrix has to fit into."""
    count = precision or DIGITS
    title = output_title(result)
    parts: list[Lines | Table] = [Lines(headline(result, title, count))]
    if result.kind in ("jacobian", "hessian"):
        table = _grid(result, title, count, width) or _listed(result, title, count)
    else:
        if seeds := _seeds(result, count):
            parts.append(Lines(seeds))
        table = _product(result, title, count)
    parts.append(table)
    if result.kinks:
        places = _places(result, title)
        sides = {places[k]: kink_text(kink, count) for k, kink in result.kinks.items()}
        parts.append(Lines([line(f"{k}: no derivative: {text}") for k, text in sides.items()]))
    said = []
    if result.digits is not None and result.digits < FEW_DIGITS:
        text = f"plain float64 gets {result.digits} of 16 digits of the worst entry"
        said.append(line(Cell(text, "bad")))
    said += [line(Cell(text, "dim")) for text in closing(result)]
    parts.append(Lines(said, commentary=True))
    if result.nodes is not None:
        parts += trace(result.nodes, title, precision or TRACE_DIGITS, width)
    return Page(parts, remarks(result))


def input_entries(result: MatrixResult) -> list[str]:
    """The names of the entries of all inputs, in the order of the matrix."""
    return [entry_name(i.name, index) for i in result.inputs for index in indices(i.shape)]


def output_entries(result: MatrixResult, title: str) -> list[str]:
    return [entry_name(title, index) for index in indices(result.shape)]


def _titles(result: MatrixResult, title: str) -> tuple[list[str], list[str]]:
    """What the rows and the columns are called, as they are shown."""
    across = [f"d/d{name}" for name in input_entries(result)]
    down = across if result.kind == "hessian" else output_entries(result, title)
    return (across, down) if result.turned else (down, across)


def _grid(result: MatrixResult, title: str, count: int, width: int) -> Table | None:
    """The matrix itself, or None where it does not fit."""
    down, across = result.size[::-1] if result.turned else result.size
    if across > MOST or down * across > LISTED:
        return None
    rows, columns = _titles(result, title)
    body = [[Cell(name, "title"), *[Cell(ZERO, "dim")] * across] for name in rows]
    for r, c, x in _cells(result):
        r, c = (c, r) if result.turned else (r, c)  # noqa: PLW2901
        body[r][c + 1] = _number(x, count)
    titles = [Column(""), *(Column(name, "point", "gradient") for name in columns)]
    table = Table(titles, body)
    return table if table.width <= width else None


def _cells(result: MatrixResult) -> list[tuple[int, int, Any]]:
    return list(
        zip(result.rows.tolist(), result.columns.tolist(), flat(result.entries), strict=True)
    )


def _listed(result: MatrixResult, title: str, count: int) -> Table:
    """One row an entry, or one row for all of them."""
    second = Column("derivative", "point", "gradient")
    if len(result.entries) > LISTED:
        whole = f"{len(result.entries)} of shape {shape_text(result.size)}"
        return Table(
            [Column("entries"), second], [[Cell(whole), Cell(summary(result.entries, count))]]
        )
    rows = [
        [Cell(place), _number(x, count)]
        for place, x in zip(_places(result, title), flat(result.entries), strict=True)
    ]
    return Table([Column("entry"), second], rows)


def _places(result: MatrixResult, title: str) -> list[str]:
    """What every entry is called."""
    inputs, outputs = input_entries(result), output_entries(result, title)
    pairs = zip(result.rows.tolist(), result.columns.tolist(), strict=True)
    match result.kind:
        case "jacobian":
            return [f"d{outputs[row]}/d{inputs[column]}" for row, column in pairs]
        case "hessian":
            return [f"d2{title}/d{inputs[row]}d{inputs[column]}" for row, column in pairs]
    return outputs if result.kind == "jvp" else inputs


def _seeds(result: MatrixResult, count: int) -> list[Line]:
    """The cotangent, or the tangents where they have no column of their own."""
    if result.kind == "vjp":
        return [line("cotangent = ", Cell(inline(result.seed, result.seed.shape, count), "value"))]
    if result.kind == "jvp":
        return [
            line(f"tangent of {i.name} = ", Cell(inline(i.seed, i.shape, count), "value"))
            for i in result.inputs
        ]
    return []


def _product(result: MatrixResult, title: str, count: int) -> Table:
    """One row an entry of the output or of the inputs; one for an array too large to list."""
    arrays = [(title, result.shape, [result.value])]
    if result.kind != "jvp":
        seeded = result.kind == "hvp"
        arrays = [(i.name, i.shape, [i.value, i.seed][: 1 + seeded]) for i in result.inputs]
    titles = [*("value", "tangent")[: len(arrays[0][2])], "product"]
    styles = {"value": "value", "product": "gradient"}
    columns = [Column("output" if result.kind == "jvp" else "input")]
    columns += [Column(name, "point", styles.get(name, "")) for name in titles]
    rows: list[list[Cell]] = []
    start = 0
    for name, shape, given in arrays:
        size = len(flat(given[0]))
        numbers = [*map(flat, given), flat(result.entries[start : start + size])]
        start += size
        if size > LISTED:
            whole = Cell(f"{name}: {shape_text(shape)}")
            rows.append([whole, *(Cell(summary(x, 6)) for x in numbers)])
            continue
        for index, row in zip(indices(shape), zip(*numbers, strict=True), strict=True):
            rows.append([Cell(entry_name(name, index)), *(_number(x, count) for x in row)])
    return Table(columns, rows)


def _number(x: Any, count: int) -> Cell:
    return Cell(cell(x, count), "bad" if x is None else "")


# -- the closing sentences


def closing(result: MatrixResult) -> list[str]:
    """How it was made, and what the checks show."""
    return [_made(result), _agreed(result, output_title(result))]


def _made(result: MatrixResult) -> str:
    """Which way, and what the matrix is like."""
    said = [result.mode]
    if result.kind in ("jacobian", "hessian"):
        total = result.size[0] * result.size[1]
        zeros = total - len(result.entries)
        said.append(result.pattern if not zeros else
                    f"{result.pattern}: no path leads to {zeros} of {total} entries")  # fmt: skip
    if result.size != (1, 1):
        said.append(result.symmetric)
    return "; ".join(filter(None, said))


def _agreed(result: MatrixResult, title: str) -> str:
    """What the checks show, and no more."""
    if not result.certified:
        said = ["float64, not certified"]
    else:
        said = [f"every digit {'' if result.settled else 'printed is '}certified"]
    said += zeros(result.zeros)
    agreeing: dict[str, list[str]] = {}
    for way, check in result.checks.items():
        if not check.skipped and not _apart(check):
            where = f" along {check.along}" if check.along else ""
            agreeing.setdefault(where, []).append(way)
        elif check.skipped and way == "finite differences":
            said.append(f"{way} not tried ({check.skipped})")
    own, *rest = agreeing.get("", [""])
    if not rest:
        agreeing.pop("", None)
    for where, ways in agreeing.items():
        listed = " and ".join(filter(None, [", ".join(ways[:-1]), ways[-1]]))
        verb = "agrees" if len(ways) == 1 and not ways[0].endswith("s") else "agree"
        said.append(f"{listed} {verb}{where}" + (f" with {own}" if where else ""))
    said.append(_shape(result, title))
    return "; ".join(said)


def _apart(check: Check) -> bool:
    return check.error is not None and check.error >= 0


def _shape(result: MatrixResult, title: str) -> str:
    match result.kind:
        case "jacobian" if result.turned:
            return f"rows are entries of the inputs, columns those of {title} (denominator layout)"
        case "jacobian":
            return f"rows are entries of {title}, columns those of the inputs (numerator layout)"
        case "hessian":
            return "rows and columns are entries of the inputs in their order"
        case "jvp":
            return "a product has the shape of the output"
    return "a product has the shape of its input"
