"""The page of paths, and the same as JSON and CSV: products in symbols and numbers, and their sum.

Must not know how paths are found; a line that would be too wide says less, and nothing is cut.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any

from gradcli.arithmetic.decimal import nearest
from gradcli.motion.results import InputPaths, PathsResult, ShownPath
from gradcli.show import formats
from gradcli.show.diff import headline, output_title, remarks
from gradcli.show.json import dumps, exact_zeros, shape_list, unsettled
from gradcli.show.numbers import cell, flat, indices, inline, machine, nested, rounded, summary
from gradcli.show.page import Cell, Column, Lines, Page, Table, line, shortened

DIGITS = 6
MUCH = 10
CANCELS = ", much more than the whole: the paths cancel"
NAMED = 20
"""Vertices without a name of the user's that are explained below."""
FEW = 0.9
"""What a factor between successive terms is below where they vanish; above its inverse, explode."""


def content(result: PathsResult, form: str, precision: int | None, width: int) -> Page | str:
    """The result in a format."""
    if form == "json":
        return json(result)
    if form == "csv":
        return table(result, precision or formats.DIGITS)
    return formats.page(page(result, precision, width), form)


def page(result: PathsResult, precision: int | None = None, width: int = 100) -> Page:
    """The whole page: an input after the other, each with its paths, its uses and their sum."""
    count = precision or DIGITS
    title = output_title(result.derivative)
    parts: list[Lines | Table] = [Lines(headline(result.derivative, title, count))]
    for found in result.inputs:
        parts += _input(found, title, count, width)
    if 0 < len(result.ours) <= NAMED:
        words = [f"{name} = {shortened(text, 60)}" for name, text in result.ours]
        parts.append(Lines([line(text) for text in packed("with ", words, width)]))
    said = [line(Cell(text, "dim")) for text in _multiplied(result)]
    said.append(line(Cell(_certified(result), "dim")))
    return Page([*parts, Lines(said, commentary=True)], remarks(result.derivative))


def packed(start: str, words: Sequence[str], width: int) -> list[str]:
    """Words with commas between them in as few lines as there is room for."""
    lines = [start]
    for k, word in enumerate(words):
        text = word + ("," if k + 1 < len(words) else "")
        if k and len(lines[-1]) + len(text) + 1 > width:
            lines.append(" " * len(start))
        lines[-1] += text if lines[-1].endswith(" ") else f" {text}"
    return lines


def _input(found: InputPaths, title: str, count: int, width: int) -> list[Lines | Table]:
    name = f"d{title}/d{found.name}"
    total = _number(found, found.total, count)
    if not found.count:
        return [Lines([line(Cell(name, "title"), f" = {total}: no path leads to {found.name}")])]
    head = [line(Cell(name, "title"), " = ", Cell(total, "gradient"), f": {_counted(found)}")]
    if found.factored and len(found.paths) > 1:
        text = f"  factored: {found.factored}"
        head.append(line(text if len(text) <= width else shortened(text, width - 4)))
    parts: list[Lines | Table] = [Lines(head)]
    if found.paths:
        parts.append(_listed(found, count, width))
    if found.rest is not None:
        parts.append(Lines([line(_rest(found, count))]))
    if len(found.uses) > 1 and (found.rest is not None or found.count > len(found.uses)):
        parts += _uses(found, title, count)
    return parts


def _counted(found: InputPaths) -> str:
    lengths = f"of {found.shortest}"
    if found.longest > found.shortest:
        lengths += f" to {found.longest}"
    many = f"{found.count:,} paths" if found.count < 10**15 else f"{float(found.count):.3g} paths"
    many = "1 path" if found.count == 1 else many
    return f"{many} {lengths} {'edge' if found.longest == 1 else 'edges'}"


def _listed(found: InputPaths, count: int, width: int) -> Table:
    """The paths; the products in symbols and in numbers as far as there is room."""
    rows = [_row(path, found, count) for path in found.paths]
    titles = [
        Column("path"),
        Column("product"),
        Column("in numbers"),
        Column("value", "point", "gradient"),
    ]
    if not any(row[2].text for row in rows):
        titles, rows = _without(2, titles, rows)
    for column in (2, 1):
        found_table = Table(titles, rows)
        if found_table.width > width and len(titles) > column + 1:
            titles, rows = _without(column, titles, rows)
    return Table(titles, rows)


def _without(
    k: int, titles: list[Column], rows: list[list[Cell]]
) -> tuple[list[Column], list[list[Cell]]]:
    return titles[:k] + titles[k + 1 :], [row[:k] + row[k + 1 :] for row in rows]


def _row(path: ShownPath, found: InputPaths, count: int) -> list[Cell]:
    factors = path.factors or []
    symbols = product(path.symbols) if path.factors is not None else path.product
    numbers = product([cell(x, count) for x in factors])
    value = _number(found, path.value, count)
    way = " → ".join(folded(path.vertices))
    return [Cell(way), Cell(symbols or "1"), Cell(numbers, "value"), Cell(value)]


def folded(vertices: Sequence[str]) -> list[str]:
    """A long path with its middle counted."""
    if len(vertices) <= 9:
        return [*vertices]
    return [*vertices[:4], f"({len(vertices) - 8} more)", *vertices[-4:]]


def product(factors: Sequence[str]) -> str:
    """Factors with `*` between them, a sum or a number with a sign in brackets."""
    if len(factors) > 12:
        factors = [*factors[:5], "…", *factors[-5:]]
    held = [f"({f})" if len(factors) > 1 and _loose(f, k) else f for k, f in enumerate(factors)]
    return " * ".join(held)


def _loose(text: str, place: int) -> bool:
    """Whether a factor needs brackets: it is a sum, or has a sign or a quotient behind a `*`."""
    depth = 0
    for k, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if not depth and k and text[k - 1] == " " and char in "+-" and text[k + 1 : k + 2] == " ":
            return True
    return place > 0 and (text.startswith("-") or "/" in text)


def _number(found: InputPaths, value: Any, count: int) -> str:
    """A number, a small array as it is typed, of a larger one the range and the norm."""
    if not found.shape:
        return cell(flat(value)[0], count)
    text = inline(value, found.shape, count, 44)
    return summary(value, count) if text.startswith("shape") else text


def size(value: Any) -> float | None:
    """The 2-norm in doubles, None where an entry is not known."""
    known = [float(x) if isinstance(x, float) else nearest(x) for x in flat(value)]
    if any(x is None for x in known):
        return None
    return math.hypot(*(x for x in known if x is not None))


def _rest(found: InputPaths, count: int) -> str:
    """What the paths that are not listed add up to, beside the whole."""
    left = found.count - len(found.paths)
    many = f"{left:,}" if left < 10**15 else f"{float(left):.3g}"
    which = "largest" if found.sure else "largest found"
    text = f"the {len(found.paths)} {which}; the other {many} add up to "
    text += _number(found, found.rest, count)
    whole, part = size(found.total), size(found.rest)
    if whole and part is not None and math.isfinite(part / whole):
        share = part / whole
        if share < 1:
            text += f", about {100 * share:.2g} % of the whole"
        else:
            text += f", {share:.2g} times the whole" if share < MUCH else CANCELS
    return text


# -- the uses of an input


def _uses(found: InputPaths, title: str, count: int) -> list[Lines | Table]:
    """The sum grouped by where the input is used: of a recurrent net a term a time step."""
    head = line(
        f"d{title}/d{found.name} by its {len(found.uses)} uses, each with all paths through it:"
    )
    columns = [Column("used by"), Column("paths"), Column("edges")]
    columns.append(Column("term" if not found.shape else "size of the term", "point", "gradient"))
    rows = []
    for use in found.uses:
        value = cell(flat(use.value)[0], count) if not found.shape else _norm(use.value)
        edges = (
            f"{use.shortest}" if use.shortest == use.longest else f"{use.shortest} to {use.longest}"
        )
        within = use.vertex + (f" in {use.within}" if use.within else "")
        rows.append([Cell(within), Cell(f"{use.count:,}"), Cell(edges), Cell(value)])
    parts: list[Lines | Table] = [Lines([head]), Table(columns, rows)]
    if trend := _trend(found):
        parts.append(Lines([line(trend)]))
    return parts


def _norm(value: Any) -> str:
    found = size(value)
    return "cannot tell" if found is None else f"{found:.6g}"


def _trend(found: InputPaths) -> str:
    """Whether terms shrink or grow with the length of their paths, from the nearest to the last."""
    sizes = [(use.longest, size(use.value)) for use in found.uses]
    known = sorted((length, x) for length, x in sizes if x)
    if len(known) < 3 or known[0][0] == known[-1][0]:
        return ""
    (near, first), (far, last) = known[0], known[-1]
    factor = (last / first) ** (1 / (len(known) - 1))
    if FEW < factor < 1 / FEW:
        return ""
    word = "vanish" if factor < 1 else "explode"
    return (
        f"the terms {word}: from {first:.3g} at {near} edges to {last:.3g} at {far}, "
        f"about {factor:.3g} times as large from one to the next"
    )


# -- the closing sentences


def _multiplied(result: PathsResult) -> list[str]:
    said = []
    for found in result.inputs:
        if found.count:
            m = found.multiplications
            by_path = f"{m.by_path:,}" if m.by_path < 10**15 else f"{float(m.by_path):.3g}"
            said.append(
                f"multiplications for {found.name}: forward {m.forward:,}, reverse {m.reverse:,}, "
                f"path by path {by_path}"
            )
    if len(said) > 1:
        forward = sum(found.multiplications.forward for found in result.inputs)
        said.append(
            f"for all of them: forward {forward:,}, reverse {result.reverse:,} in one sweep"
        )
    return said


def _certified(result: PathsResult) -> str:
    if not result.certified:
        return "float64, not certified"
    whole = all(found.rest is None for found in result.inputs)
    agreed = "; the paths add up to what diff says" if whole else "; the sum is what diff says"
    return f"every digit {'' if result.settled else 'printed is '}certified{agreed}"


# -- for machines


def json(result: PathsResult) -> str:
    """The result as JSON."""
    derivative = result.derivative
    content: dict[str, Any] = {
        "output": {
            "name": derivative.name,
            "value": nested(derivative.value, derivative.shape),
            **unsettled(derivative.value),
            "shape": shape_list(derivative.shape),
        },
        "inputs": [_entry(found) for found in result.inputs],
        "reverse": result.reverse,
        "notes": [{"code": note.code, "message": note.message} for note in derivative.notes],
        "certified": result.certified,
        **exact_zeros(derivative.zeros),
    }
    return dumps(content)


def _entry(found: InputPaths) -> dict[str, Any]:
    m = found.multiplications
    return {
        "name": found.name,
        "value": nested(found.given, found.shape),
        "shape": shape_list(found.shape),
        "gradient": nested(found.total, found.shape),
        **unsettled(found.total),
        "count": found.count,
        "edges": [found.shortest, found.longest],
        "factored": found.factored,
        "multiplications": {"forward": m.forward, "reverse": m.reverse, "by_path": m.by_path},
        "paths": [
            {
                "vertices": path.vertices,
                "symbols": path.symbols or [path.product],
                "factors": None if path.factors is None else [machine(x) for x in path.factors],
                "value": nested(path.value, found.shape),
            }
            for path in found.paths
        ],
        "rest": None if found.rest is None else nested(found.rest, found.shape),
        "largest": found.sure,
        "uses": [
            {
                "vertex": use.vertex,
                "within": use.within or None,
                "count": use.count,
                "edges": [use.shortest, use.longest],
                "value": nested(use.value, found.shape),
            }
            for use in found.uses
        ],
    }


def table(result: PathsResult, count: int) -> str:
    """A row a path and entry; the rest and the sum are rows without a path."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["input", "entry", "path", "product", "value"])
    for found in result.inputs:
        rows = [(p.vertices, product(p.symbols) or p.product, p.value) for p in found.paths]
        rows += [([], "rest", found.rest)] * (found.rest is not None)
        rows.append(([], "total", found.total))
        for way, symbols, value in rows:
            for index, x in zip(indices(found.shape), flat(value), strict=True):
                place = " ".join(map(str, index))
                writer.writerow([found.name, place, " > ".join(way), symbols, rounded(x, count)])
    return out.getvalue()
