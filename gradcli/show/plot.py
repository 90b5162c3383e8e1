"""Pages of a function of one number: its curves with their marks, and its Taylor polynomial.

Must not know how places and coefficients are found.
"""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from gradcli.arithmetic.ball import precision
from gradcli.arithmetic.decimal import nearest
from gradcli.motion.interval import SwitchPlace
from gradcli.motion.results import PlotResult, SeriesResult
from gradcli.plotting.figure import Figure, PlotMark, Plotted
from gradcli.plotting.svg import svg
from gradcli.plotting.text import drawn
from gradcli.show import formats
from gradcli.show.json import dumps
from gradcli.show.numbers import cell, flat, machine, rounded
from gradcli.show.page import Cell, Column, Line, Lines, Page, Table, line, shortened

DIGITS = 6
COLUMNS, ROWS = 76, 13
LETTERS = "abcdefghijklmnopqrstuvwxyz"
NONE = "none"
LONG = 10
"""Characters of a coefficient that stands exactly in a polynomial."""


def content(
    result: PlotResult, form: str, digits: int | None, width: int, ascii: bool
) -> Page | str:
    """The result in a format."""
    match form:
        case "json":
            return json(result)
        case "csv":
            return table(result)
        case "svg":
            return svg(figures(result))
    return page(result, digits or DIGITS, width, ascii)


def name(result: PlotResult | SeriesResult) -> str:
    return result.name or ("f" if result.variable != "f" else "output")


def page(result: PlotResult, count: int, width: int, ascii: bool) -> Page:
    """The curves below each other, then what the marks are."""
    title, text = name(result), shortened(result.text)
    head = line(Cell(title, "title"), *([] if text == title else [f" = {text}"]))
    parts: list[Lines | Table] = [Lines([head])]
    for figure in figures(result):
        rows = drawn(figure, min(width, COLUMNS), ROWS, ascii)
        parts.append(Lines([tuple(Cell(*piece) for piece in row) for row in rows]))
    if result.places:
        parts.append(_marks(result, count))
    said = _tangent(result, count)
    if result.unlisted:
        said.append(line(f"{result.unlisted} more places where something switches are not listed"))
    if said:
        parts.append(Lines(said))
    last = "curves in float64"
    if result.places:
        last += (
            "; values at the marks certified, those of the sides at 2^-200 of the interval beside"
        )
    parts.append(Lines([line(Cell(last, "dim"))], commentary=True))
    notes = [] if result.derivative is None else formats.remarks(result.derivative)
    return Page(parts, notes)


def figures(result: PlotResult) -> list[Figure]:
    """The function with its tangent, and the derivative."""
    samples, title = result.samples, name(result)
    places = list(zip(LETTERS, result.places, strict=False))
    edges = sorted(nearest(place.at) or 0.0 for _, place in result.places)
    breaks = [x for x, (_, p) in zip(edges, result.places, strict=True) if p.kind != "kink"]
    values = _broken(samples.xs, samples.values, breaks)
    slopes = _broken(samples.xs, samples.slopes, edges)
    marks = [_mark(letter, place) for letter, (_, place) in places]
    top = Figure(title, result.variable, [Plotted(title, values, "value")], marks)
    prime = f"d{title}/d{result.variable}"
    verticals = [PlotMark(mark.letter, mark.x) for mark in marks]
    below = Figure(prime, result.variable, [Plotted(prime, slopes, "gradient")], verticals)
    if point := _point(result):
        x, y, slope = point
        ends = samples.xs[:: max(1, len(samples.xs) // 60)]
        low, high = _extent(samples.values)
        along = [(at, y + slope * (at - x)) for at in ends]
        kept = [(at, v if low <= v <= high else math.nan) for at, v in along]
        top.curves.insert(0, Plotted("tangent", kept, "dim", "-"))
        top.marks.append(PlotMark("o", x, y))
        below.marks.append(PlotMark("o", x, slope))
    return [top, below]


def _extent(values: list[float]) -> tuple[float, float]:
    known = [v for v in values if math.isfinite(v)]
    return min(known, default=0.0), max(known, default=0.0)


def _broken(xs: list[float], ys: list[float], breaks: list[float]) -> list[tuple[float, float]]:
    """Points with a gap wherever something breaks between two of them, or at one."""
    points: list[tuple[float, float]] = []
    left = list(breaks)
    for x, y in zip(xs, ys, strict=True):
        while left and left[0] < x:
            points.append((left.pop(0), math.nan))
        if left and left[0] == x:
            points.append((left.pop(0), math.nan))
        else:
            points.append((x, y))
    return points


def _mark(letter: str, place: SwitchPlace) -> PlotMark:
    """On the curve where it has one value there, else a vertical line."""
    x = nearest(place.at) or 0.0
    one = place.kind in ("kink", "vertical tangent", "hole", "domain ends")
    side = place.left[0] if place.left[0] is not None else place.right[0]
    y = nearest(side) if one and side is not None else None
    known = y is not None and abs(y) < 1e6
    return PlotMark(letter, x, y if known else None)


def _point(result: PlotResult) -> tuple[float, float, float] | None:
    """The point of the tangent, its value and its slope."""
    if result.derivative is None:
        return None
    (found,) = result.derivative.inputs
    numbers = [flat(y)[0] for y in (found.value, result.derivative.value, found.gradient)]
    known = [
        None if y is None else float(y) if isinstance(y, float) else nearest(y) for y in numbers
    ]
    if any(y is None for y in known):
        return None
    x, y, slope = (y for y in known if y is not None)
    return x, y, slope


def _marks(result: PlotResult, count: int) -> Table:
    columns = [Column(""), Column("what"), Column(f"at {result.variable}", "point")]
    columns += [Column("by"), Column("value", "point", "value"), Column("from the left", "point")]
    columns += [Column("from the right", "point"), Column("slope left", "point", "gradient")]
    columns.append(Column("right", "point", "gradient"))
    rows = []
    for letter, (switching, place) in zip(LETTERS, result.places, strict=False):
        here = "" if nearest(place.at) is None else cell(place.at, count)
        jumps = place.kind == "jump"
        sides = [_side(place.left[0], count), _side(place.right[0], count)] if jumps else ["", ""]
        value = _side(place.here, count)
        if place.here is None and place.kind in ("kink", "vertical tangent"):
            value = _side(place.left[0], count)
        slopes = [_side(side[1], count) for side in (place.left, place.right)]
        texts = [
            letter,
            place.kind,
            here,
            ", ".join(what if what == name else f"{what} ({name})" for what, name in switching),
            value,
            *sides,
            *slopes,
        ]
        rows.append([Cell(text) for text in texts])
    kept = [k for k in range(len(columns)) if k < 4 or any(row[k].text for row in rows)]
    return Table([columns[k] for k in kept], [[row[k] for k in kept] for row in rows])


def _side(x: Any, count: int) -> str:
    """A number beside a place: beyond 2^60 it runs away, below 2^-60 it goes to zero."""
    if x is None:
        return NONE
    known = nearest(x)
    if known is not None and abs(known) > 2.0**60:
        return "inf" if known > 0 else "-inf"
    if known is not None and abs(known) < 2.0**-60:
        return "0"
    return rounded(x, count)


def _tangent(result: PlotResult, count: int) -> list[Line]:
    if result.derivative is None:
        return []
    (found,) = result.derivative.inputs
    x, y = (cell(flat(z)[0], count) for z in (found.value, result.derivative.value))
    slope = flat(found.gradient)[0]
    where = f"o  at {result.variable} = {x}: {name(result)} = {y}, "
    if slope is None:
        return [line(where + "no derivative")]
    shift = (
        f"({result.variable} - {x})" if not x.startswith("-") else f"({result.variable} + {x[1:]})"
    )
    return [line(where + f"tangent {y} + {cell(slope, count)}*{shift}".replace("+ -", "- "))]


def json(result: PlotResult) -> str:
    """The result as JSON, samples included."""
    tangent = None
    if result.derivative is not None:
        (found,) = result.derivative.inputs
        numbers = (found.value, result.derivative.value, found.gradient)
        x, y, slope = (machine(flat(z)[0]) for z in numbers)
        tangent = {"at": x, "value": y, "slope": slope}
    samples = result.samples
    rows = zip(samples.xs, samples.values, samples.slopes, strict=True)
    places = [
        {
            "kind": place.kind,
            "at": machine(place.at),
            "by": [{"function": function, "node": name} for function, name in switching],
            "value": machine(place.here),
            "left": {"value": machine(place.left[0]), "slope": machine(place.left[1])},
            "right": {"value": machine(place.right[0]), "slope": machine(place.right[1])},
        }
        for switching, place in result.places
    ]
    return dumps(
        {
            "output": {"name": result.name},
            "variable": result.variable,
            "over": [machine(result.low), machine(result.high)],
            "places": places,
            "unlisted": result.unlisted,
            "tangent": tangent,
            "samples": [[None if math.isnan(x) else x for x in row] for row in rows],
        }
    )


def table(result: PlotResult) -> str:
    """The samples."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    title = name(result)
    writer.writerow([result.variable, title, f"d{title}/d{result.variable}"])
    samples = result.samples
    for row in zip(samples.xs, samples.values, samples.slopes, strict=True):
        writer.writerow(["" if math.isnan(x) else repr(x) for x in row])
    return out.getvalue()


# -- series


def series(result: SeriesResult, form: str, digits: int | None) -> Page | str:
    """The Taylor polynomial in a format."""
    count = digits or formats.DIGITS
    found = result.taylor
    if form == "json":
        content = {
            "output": {"name": result.name},
            "variable": result.variable,
            "at": machine(result.at),
            "order": result.order,
            "right": _machines(found.right),
            "left": _machines(found.left),
            "same": found.same,
            "radius": machine(result.radius),
            "bound": machine(found.bound),
        }
        return dumps(content | ({} if found.settled else {"settled": False}))
    if form == "csv":
        rows = ["power,right,left"]
        for k in range(result.order + 1):
            sides = [side[k] if side else None for side in (found.right, found.left)]
            rows.append(
                ",".join([str(k), *("" if c is None else rounded(c, count) for c in sides)])
            )
        return "\n".join(rows) + "\n"
    return formats.page(_series_page(result, count), form)


def _machines(side: list[Any] | None) -> Any:
    return None if side is None else [machine(c) for c in side]


def _series_page(result: SeriesResult, count: int) -> Page:
    found, title, text = result.taylor, name(result), shortened(result.text)
    head = line(Cell(title, "title"), *([] if text == title else [f" = {text}"]),
                f" about {result.variable} = {cell(result.at, count)}")  # fmt: skip
    parts: list[Lines | Table] = [Lines([head])]
    if found.right is None and found.left is None:
        text = "there is no Taylor series here: no side has derivatives of every order"
        return Page([*parts, Lines([line(Cell(text, "bad"))])])
    sides = (
        {"": found.right}
        if found.same
        else {" on the right": found.right, " on the left": found.left}
    )
    said = []
    for where, side in sides.items():
        if side is None:
            said.append(line(Cell(f"{title}{where}: none", "bad")))
        else:
            said.append(line(f"{title}{where} = ", Cell(_polynomial(result, side, count), "value")))
    parts.append(Lines(said))
    columns = [Column("power", "point")]
    columns += [Column(f"coefficient{w}", "point", "value") for w in sides]
    columns += [Column(f"derivative{w}", "point", "gradient") for w in sides]
    rows = []
    for k in range(result.order + 1):
        row = [Cell(str(k))]
        row += [Cell(NONE if s is None else cell(s[k], count)) for s in sides.values()]
        with precision(4 * count + 64):
            derivatives = [s and s[k] * math.factorial(k) for s in sides.values()]
        row += [Cell(NONE if d is None else cell(d, count)) for d in derivatives]
        rows.append(row)
    parts.append(Table(columns, rows))
    parts.append(Lines([line(_remainder(result))]))
    every = "every digit certified; exact where a rational stands"
    parts.append(Lines([line(Cell(every, "dim"))], commentary=True))
    return Page(parts)


def _shifted(variable: str, x: str) -> str:
    """The variable from a point on."""
    if x == "0":
        return variable
    return f"({variable} + {x[1:]})" if x.startswith("-") else f"({variable} - {x})"


def _polynomial(result: SeriesResult, side: list[Any], count: int) -> str:
    x = cell(result.at, min(count, DIGITS))
    base = _shifted(result.variable, x)
    terms = []
    for k, c in enumerate(side):
        number = cell(c, count)
        if len(number) > LONG:
            number = cell(c, min(count, DIGITS))
        if number == "0":
            continue
        power = "" if not k else base if k == 1 else f"{base}^{k}"
        held = f"({number})" if "/" in number and k else number
        if k and number in ("1", "-1"):
            held = number[:-1]
            terms.append(f"{held}{power}")
        else:
            terms.append("*".join(filter(None, [held, power])))
    text = " + ".join(terms) or "0"
    return text.replace("(-", "-(").replace("+ -", "- ") + f" + R{result.order}"


def _remainder(result: SeriesResult) -> str:
    n, found = result.order, result.taylor
    shift = _shifted(result.variable, cell(result.at, DIGITS))
    text = f"R{n} = {name(result)}^({n + 1})(t)/{n + 1}! * {shift}^{n + 1} for some t between"
    if result.radius is None:
        return text + "; --radius r  bounds it"
    far = f"{float(result.radius):.6g}"
    if found.bound is None or not found.same:
        return text + f"; no bound within {far}: something switches there, or has no value"
    return text + f"; at most {_above(found.bound)} as far as {far} from there"


def _above(x: Any) -> str:
    """An upper bound with three digits."""
    known = nearest(x)
    if known is None:
        return "what cannot be told"
    if known == 0:
        return "0"
    power = math.floor(math.log10(abs(known))) - 2
    return f"{math.ceil(abs(known) / 10.0**power * (1 + 1e-9)) * 10.0**power:.3g}"
