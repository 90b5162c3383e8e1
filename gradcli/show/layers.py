"""The page of error signals: layer by layer with a bar, then what makes each gradient.

Must not know how a signal is found.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any

from gradcli.motion.results import LayersResult, ShownEntryPath, ShownGradient, ShownLayer
from gradcli.show import formats
from gradcli.show.diff import headline, output_title, remarks
from gradcli.show.json import dumps, shape_list
from gradcli.show.numbers import (
    cell,
    entry_name,
    flat,
    indices,
    inline,
    machine,
    nested,
    rounded,
)
from gradcli.show.page import Cell, Column, Lines, Page, Table, across, line, shortened
from gradcli.show.paths import folded, packed, size

DIGITS = 6
BAR = 16
"""Characters of the longest bar; every power of ten less is a step shorter."""
SPANS = (2, 16)
"""Powers of ten between the longest bar and none: so many at least, and at most."""
LISTED = 6
"""Units that are named one by one."""


def content(result: LayersResult, form: str, digits: int | None, width: int) -> Page | str:
    """The result in a format."""
    match form:
        case "json":
            return json(result)
        case "csv":
            return table(result, digits or formats.DIGITS)
    return formats.page(page(result, digits or DIGITS, width), form)


def page(result: LayersResult, count: int, width: int) -> Page:
    """The whole page."""
    title = output_title(result.derivative)
    parts: list[Lines | Table] = [Lines(headline(result.derivative, title, count))]
    norms = [size(layer.delta) for layer in result.layers] + [
        None if g.value is None else size(g.value) for g in result.gradients
    ]
    bars = Bars([x for x in norms if x and math.isfinite(x)] or [1.0])
    if result.layers:
        parts.append(_layers(result.layers, title, bars, count))
    parts.append(_gradients(result.gradients, title, bars, count, width))
    rest = [text for layer in result.layers if (text := _resting(layer))]
    if rest:
        parts.append(Lines([line(Cell(text, "bad")) for text in rest]))
    if result.path is not None:
        parts += _path(result.path, title, count, width)
    if result.certified:
        last = f"every digit {'' if result.settled else 'printed is '}certified, norms to six"
    else:
        last = "float64, not certified"
    said = [f"delta_z is d{title}/dz; bars are logarithmic, {bars.span} powers of ten long", last]
    parts.append(Lines([line(Cell(text, "dim")) for text in said], commentary=True))
    return Page(parts, remarks(result.derivative))


class Bars:
    """Bars as long as the logarithm of a norm says, the largest the longest, the smallest short."""

    def __init__(self, norms: Sequence[float]) -> None:
        self.largest = max(norms)
        decades = math.ceil(math.log10(self.largest) - math.log10(min(norms))) + 1
        self.span = min(max(decades, SPANS[0]), SPANS[1])

    def of(self, norm: float | None) -> str:
        """The bar of a norm; none for zero and for what is not finite."""
        if not norm or not math.isfinite(norm):
            return ""
        less = math.log10(self.largest) - math.log10(norm)
        return "█" * max(1, round(BAR * (1 - less / self.span)))


def _layers(layers: list[ShownLayer], title: str, bars: Bars, count: int) -> Table:
    columns = [Column("layer"), Column("value", "point", "value")]
    columns += [Column(f"delta = d{title}/d layer", "point", "gradient"), Column("norm", "point")]
    columns.append(Column(""))
    rows = []
    for layer in layers:
        value, delta = (inline(x, layer.shape, count, 34) for x in (layer.value, layer.delta))
        norm = size(layer.delta)
        name = layer.name if layer.given else f"{layer.name} = {shortened(layer.expression, 24)}"
        rows.append([Cell(name), Cell(value), Cell(delta), Cell(_norm(norm)),
                     Cell(bars.of(norm), "gradient")])  # fmt: skip
    return Table(columns, rows)


def _norm(norm: float | None) -> str:
    return "" if norm is None else f"{norm:.6g}"


def _gradients(
    gradients: list[ShownGradient], title: str, bars: Bars, count: int, width: int
) -> Table:
    columns = [Column("gradient"), Column("made of"), Column("largest entry", "point", "gradient")]
    columns += [Column("norm", "point"), Column("")]
    rows = []
    for found in gradients:
        name = f"d{title}/d{found.name}"
        if found.value is None:
            rows.append([Cell(name), Cell("no path leads there"), Cell("0"), Cell("0"), Cell("")])
            continue
        rule = " + ".join(found.rules[:3]) + (" + …" if len(found.rules) > 3 else "")
        norm = size(found.value)
        rows.append([Cell(name), Cell(shortened(rule, max(30, width - 62))),
                     Cell(_largest(found, count)), Cell(_norm(norm)),
                     Cell(bars.of(norm), "gradient")])  # fmt: skip
    return Table(columns, rows)


def _largest(found: ShownGradient, count: int) -> str:
    """The entry of the largest size, with its place in an array."""
    entries = flat(found.value)
    if not found.shape:
        return cell(entries[0], count)
    sizes = [size(x) or 0.0 for x in entries]
    k = sizes.index(max(sizes))
    place = [*indices(found.shape)][k]
    return f"{cell(entries[k], count)} at {entry_name('', place)}"


def _resting(layer: ShownLayer) -> str:
    """What is said of units that pass nothing on."""
    said = []
    if layer.dead:
        said.append(f"{_units(layer, layer.dead)}at rest: slope 0")
    if layer.flat:
        said.append(f"{_units(layer, layer.flat)}saturated: slope below 0.01")
    return f"{layer.name} = {layer.expression}: {'; '.join(said)}" if said else ""


def _units(layer: ShownLayer, which: Sequence[int]) -> str:
    """How many of the units, and which; nothing of a single one."""
    if not layer.shape:
        return ""
    places = [*indices(layer.shape)]
    names = [entry_name("", places[k]) for k in which[:LISTED]]
    more = ", …" if len(which) > LISTED else ""
    return f"{len(which)} of {layer.units} ({', '.join(names)}{more}) "


# -- the path of one weight


def _path(found: ShownEntryPath, title: str, count: int, width: int) -> list[Lines | Table]:
    """What made the gradient of one weight, and the path that leads there, factor by factor."""
    name = Cell(f"d{title}/d{found.name}", "title")
    total = Cell(cell(found.total, count), "gradient")
    if not found.vertices:
        return [Lines([line(name, " = ", total, ": every way there has a factor of zero")])]
    said: list[Any] = [name, " = "]
    if found.made:
        numbers = " * ".join(cell(x, count) for x in found.factors)
        said += [f"{found.made} = "] + ([f"{numbers} = "] if len(found.factors) > 1 else [])
    head = [line(*said, total)]
    share = "the path from the output back"
    if found.count > 1:
        whole, part = size(found.total), size(found.products[-1])
        share = f"the largest of {found.count:,} paths from the output back"
        if whole and part is not None:
            share += f", {part / whole:.3g} times the whole in size"
    head.append(line(f"{share}: {' → '.join(folded(found.vertices))}"))
    if sum(across(each.text) for each in head[-1]) > width:
        head[-1] = line(share)
    columns = [Column("vertex"), Column("local derivative"), Column("", "point", "value")]
    columns.append(Column("product", "point", "gradient"))
    rows = [
        [Cell(vertex), Cell(symbol), Cell(cell(local, count) if k else ""), Cell(cell(x, count))]
        for k, (vertex, symbol, local, x) in enumerate(
            zip(found.vertices, found.symbols, found.locals, found.products, strict=True)
        )
    ]
    parts: list[Lines | Table] = [Lines(head), Table(columns, rows)]
    if found.ours:
        words = [f"{name} = {shortened(text, 60)}" for name, text in found.ours]
        parts.append(Lines([line(text) for text in packed("with ", words, width)]))
    return parts


# -- for machines


def json(result: LayersResult) -> str:
    """The result as JSON."""
    content: dict[str, Any] = {
        "output": {"name": result.derivative.name},
        "layers": [
            {
                "name": layer.name,
                "expression": layer.expression,
                "shape": shape_list(layer.shape),
                "value": nested(layer.value, layer.shape),
                "signal": nested(layer.delta, layer.shape),
                "dead": len(layer.dead),
                "saturated": len(layer.flat),
                "units": layer.units,
            }
            for layer in result.layers
        ],
        "inputs": [
            {
                "name": found.name,
                "shape": shape_list(found.shape),
                "gradient": None if found.value is None else nested(found.value, found.shape),
                "products": found.rules,
            }
            for found in result.gradients
        ],
        "notes": [{"code": n.code, "message": n.message} for n in result.derivative.notes],
        "certified": result.certified,
    }
    if (path := result.path) is not None:
        content["path"] = {
            "name": path.name,
            "gradient": machine(path.total),
            "count": path.count,
            "vertices": path.vertices,
            "symbols": path.symbols,
            "locals": [machine(x) for x in path.locals],
            "products": [machine(x) for x in path.products],
            "made": path.made or None,
            "factors": [machine(x) for x in path.factors],
        }
    return dumps(content)


def table(result: LayersResult, count: int) -> str:
    """A row an entry of every layer."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["layer", "entry", "value", "signal"])
    for layer in result.layers:
        pairs = zip(flat(layer.value), flat(layer.delta), strict=True)
        for index, (value, delta) in zip(indices(layer.shape), pairs, strict=True):
            place = " ".join(map(str, index))
            writer.writerow([layer.name, place, rounded(value, count), rounded(delta, count)])
    return out.getvalue()
