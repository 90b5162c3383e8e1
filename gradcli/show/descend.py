"""The page of a descent: before and after, a row a step, what was forecast, how far a step may go.

Must not know how steps are taken.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from gradcli.arithmetic.decimal import nearest
from gradcli.graph.shape import Shape
from gradcli.motion.results import DescentResult, DescentStep
from gradcli.plotting.figure import Figure, Plotted
from gradcli.plotting.svg import svg as drawn_svg
from gradcli.plotting.text import drawn
from gradcli.show import arrays, formats
from gradcli.show.arrays import one_line
from gradcli.show.json import dumps, shape_list, unsettled
from gradcli.show.numbers import (
    cell,
    entry_name,
    flat,
    indices,
    machine,
    nested,
    rounded,
)
from gradcli.show.page import (
    INDENT,
    Cell,
    Column,
    Line,
    Lines,
    Page,
    Table,
    across,
    line,
    shortened,
)

DIGITS = 6
COLUMNS, ROWS, TABLE = 72, 12, 20
"""How wide and high a curve is at most, and after how many steps a table leaves some out."""
ENTRIES = 4


def content(
    result: DescentResult, form: str, precision: int | None, width: int, ascii: bool
) -> Page | str:
    """The result in a format; the curve is drawn where there are characters for it."""
    if form == "json":
        return json(result)
    if form == "csv":
        return table(result, precision or formats.DIGITS)
    curve = form in ("table", "plain")
    return formats.page(page(result, precision, width, ascii, curve), form)


def name(result: DescentResult) -> str:
    """What the loss is called."""
    return result.name or ("f" if "f" not in result.names else "output")


def page(
    result: DescentResult,
    precision: int | None = None,
    width: int = 100,
    ascii: bool = False,
    curve: bool = False,
) -> Page:
    """The whole page."""
    count = precision or DIGITS
    parts: list[Lines | Table] = [Lines(_head(result, count, width))]
    parts.append(_steps(result, count, width))
    if curve and len(result.steps) > 2:
        columns = min(width, COLUMNS)
        pieces = drawn(figure(result), columns, ROWS, ascii)
        parts.append(Lines([tuple(Cell(*piece) for piece in row) for row in pieces]))
    parts.append(Lines([*_warnings(result, count), line(_reach(result))]))
    parts.append(Lines([line(Cell(_certified(result), "dim"))], commentary=True))
    return Page(parts, [(note, "note") for note in result.notes])


def _head(result: DescentResult, count: int, width: int) -> list[Line]:
    title, text = name(result), shortened(result.text)
    start = [Cell(title, "title")]
    if text != title:
        start += [" = ", text]  # type: ignore[list-item]
    if result.penalty:
        start.append(Cell(f" + {result.penalty}"))
    lines = [line(*start), line(_how(result, width))]
    lines += [line(f"along the claimed gradient {claim}") for claim in result.claims]
    first, last = result.steps[0], result.steps[-1]
    for word, step in (("before", first), (f"after {_many(len(result.steps) - 1)}", last)):
        lead, loss = f"{word}: {title} = ", cell(step.loss, count)
        known = [*zip(result.names, step.values, result.shapes, strict=True)]
        where = " at " + ", ".join(f"{n} = {one_line(v, s, count)}" for n, v, s in known)
        fits = across(lead + loss + where) <= width
        lines.append(line(lead, Cell(loss, "value"), where if fits else " at"))
        if not fits:
            lines += [row for each in known for row in _placed(*each, count, width)]
    return lines


def _how(result: DescentResult, width: int) -> str:
    """The method, and where there is room the rule by which each of what moves goes on."""
    rate = _rate(result.rate)
    how = f"{result.method}, rate {rate}"
    if result.beta is not None:
        how += f", beta {_rate(result.beta)}"
    rules = []
    for moved in result.names:
        slope = f"d{name(result)}/d{moved}"
        if result.beta is not None:
            rules.append(f"m_{moved} := {_rate(result.beta)}*m_{moved} + {slope}")
            slope = f"m_{moved}"
        elif result.method == "newton":
            slope = f"H^-1 {slope}"
        rules.append(f"{moved} := {moved} - {'' if result.rate == 1 else rate + '*'}{slope}")
    whole = f"{how}: {', '.join(rules)}"
    joint = result.method == "newton" and len(result.names) > 1
    return how if result.claims or joint or across(whole) > width else whole


def _placed(name: str, value: Any, shape: Shape, count: int, width: int) -> list[Line]:
    """A parameter in lines of its own, row by row."""
    lead = f"{' ' * INDENT}{name} = "
    rows = arrays.lines(value, shape, count, width - across(lead))
    return [line(lead if not k else " " * across(lead), row) for k, row in enumerate(rows)]


def _many(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _rate(x: Fraction) -> str:
    return f"{float(x):.6g}"


def _kept(steps: Sequence[DescentStep]) -> list[int]:
    """The steps that a table shows: of many the first, then ever fewer, and the last."""
    if len(steps) <= TABLE:
        return [*range(len(steps))]
    last = len(steps) - 1
    spread = {round(last * (k / (TABLE - 6)) ** 2) for k in range(TABLE - 5)}
    return sorted({0, 1, 2, 3, last, *spread})


def _steps(result: DescentResult, count: int, width: int) -> Table:
    """A row a step; where it is too wide, parameters by their norms, then none of them."""
    for way in (_written, _norms, None):
        built = _built(result, count, way)
        if built.width <= width:
            break
    return built


def _built(result: DescentResult, count: int, way: Any) -> Table:
    title = name(result)
    claimed = bool(result.claims)
    columns = [Column("step", "point"), Column(title, "point", "value"), Column("change", "point")]
    columns.append(Column("by the slope" if claimed else "forecast", "point"))
    if claimed:
        columns.append(Column("by the claim", "point"))
    single = result.steps[0].slope is not None
    head = f"d{title}/d{result.names[0]}" if single else "norm"
    columns.append(Column(head, "point", "gradient"))
    heads: list[str] = [] if way is None else way(result, result.steps[0], count)[0]
    columns += [Column(head, "point") for head in heads]
    rose = {k for k, _ in result.rose}
    rows = []
    for k in _kept(result.steps):
        step = result.steps[k]
        row = [Cell(str(k)), Cell(cell(step.loss, count))]
        row.append(Cell(_change(step.change, count), "bad" if k in rose else ""))
        row.append(Cell(_change(step.forecast, count)))
        if claimed:
            row.append(Cell(_change(step.claimed, count)))
        row.append(Cell(cell(step.slope if single else step.norm, count)))
        row += [Cell(text) for text in ([] if way is None else way(result, step, count)[1])]
        rows.append(row)
    return Table(columns, rows)


def _change(x: Any, count: int) -> str:
    return "" if x is None else rounded(x, count)


def _written(result: DescentResult, step: DescentStep, count: int) -> tuple[list[str], list[str]]:
    """A column an entry where there are few."""
    heads, texts = [], []
    for n, value, shape in zip(result.names, step.values, result.shapes, strict=True):
        entries = flat(value)
        if len(entries) > ENTRIES:
            heads.append(f"norm of {n}")
            texts.append(_norm(entries))
            continue
        for index, x in zip(indices(shape), entries, strict=True):
            heads.append(entry_name(n, index))
            texts.append(cell(x, count))
    return heads, texts


def _norms(result: DescentResult, step: DescentStep, count: int) -> tuple[list[str], list[str]]:
    return (
        [f"norm of {n}" for n in result.names],
        [_norm(flat(value)) for value in step.values],
    )


def _norm(entries: Sequence[Any]) -> str:
    known = [float(x) if isinstance(x, float) else nearest(x) for x in entries]
    if any(x is None for x in known):
        return "cannot tell"
    return f"{math.hypot(*(x for x in known if x is not None)):.6g}"


def _warnings(result: DescentResult, count: int) -> list[Line]:
    """Every reason for which the loss rose, with the first step that had it."""
    said: list[Line] = []
    climbs = [k for k, against in result.rose if against]
    far = [k for k, against in result.rose if not against]
    title = name(result)
    if climbs:
        why = "the slope there says so: "
        if result.claims:
            why += "the claimed gradient points the wrong way"
        elif result.rate < 0:
            why += "the rate is negative"
        elif result.method == "newton":
            why += "the Hessian is not positive definite there"
        else:
            why += "the velocity of earlier steps is larger than the gradient"
        said.append(line(Cell(f"{title} rises in step {_list(climbs)}; {why}", "bad")))
    if far:
        text = f"{title} rises in step {_list(far)} though the slope promises a fall: "
        said.append(line(Cell(text + "the rate is too large there", "bad")))
    if result.claims and (wrong := _disagreement(result, count)):
        said.append(line(Cell(wrong, "bad")))
    if result.stopped:
        said.append(line(Cell(result.stopped, "bad")))
    return said


def _list(steps: Sequence[int]) -> str:
    shown = [str(k + 1) for k in steps[:6]]
    return ", ".join(shown) + (f" and {len(steps) - 6} more" if len(steps) > 6 else "")


def _disagreement(result: DescentResult, count: int) -> str:
    """Where the claim promises something else than the true slope."""
    for k, step in enumerate(result.steps):
        if step.forecast is not None and bool(step.forecast != step.claimed):
            promised, true = rounded(step.claimed, count), rounded(step.forecast, count)
            return (
                f"step {k + 1}: the claim promises {promised}, the slope along it gives {true}: "
                "it is not the gradient"
            )
    return ""


def _reach(result: DescentResult) -> str:
    low, high = result.reach
    if low is None:
        return "no rate that was tried lowers it along the first step: that is no way down"
    if high is None:
        return f"the first step lowers it at every rate that was tried, up to {_rate(low)}"
    return (
        f"largest rate for which the first step lowers it: {_rate(low)} "
        f"(it no longer does at {_rate(high)})"
    )


def _certified(result: DescentResult) -> str:
    if not result.certified:
        return "float64, not certified"
    return f"every digit {'' if result.settled else 'printed is '}certified, of exact steps"


def figure(result: DescentResult) -> Figure:
    """The loss over the steps, with a logarithmic axis where it falls by powers of ten."""
    losses = [_double(step.loss) for step in result.steps]
    points = [(float(k), y) for k, y in enumerate(losses)]
    known = [y for y in losses if math.isfinite(y)]
    log = bool(known) and min(known) > 0 and max(known) > 50 * min(known)
    title = f"{name(result)} after each step" + (", logarithmic" if log else "")
    return Figure(title, "step", [Plotted(name(result), points)], y_log=log)


def svg(result: DescentResult) -> str:
    """The curve as a document."""
    return drawn_svg([figure(result)])


def _double(x: Any) -> float:
    found = float(x) if isinstance(x, float) else nearest(x)
    return math.nan if found is None else found


# -- for machines


def json(result: DescentResult) -> str:
    """The result as JSON."""
    low, high = (None if x is None else machine(x) for x in result.reach)
    content: dict[str, Any] = {
        "output": {"name": result.name, "penalty": result.penalty or None},
        "method": result.method,
        "rate": machine(result.rate),
        "beta": None if result.beta is None else machine(result.beta),
        "claims": result.claims,
        "inputs": [
            {"name": n, "shape": shape_list(s)}
            for n, s in zip(result.names, result.shapes, strict=True)
        ],
        "steps": [_entry(step, result) for step in result.steps],
        "reach": {"falls": low, "rises": high},
        "rose": [{"step": k + 1, "slope_says_so": against} for k, against in result.rose],
        "stopped": result.stopped or None,
        "notes": [{"code": note.code, "message": note.message} for note in result.notes],
        "certified": result.certified,
    }
    return dumps(content)


def _entry(step: DescentStep, result: DescentResult) -> dict[str, Any]:
    pairs = zip(step.values, result.shapes, strict=True)
    return {
        "loss": machine(step.loss),
        **unsettled(step.loss),
        "norm": machine(step.norm),
        "values": [nested(value, shape) for value, shape in pairs],
        "forecast": machine(step.forecast),
        "claimed": machine(step.claimed),
        "change": machine(step.change),
    }


def table(result: DescentResult, count: int) -> str:
    """A row a step, a column an entry."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    places = [
        entry_name(n, index)
        for n, shape in zip(result.names, result.shapes, strict=True)
        for index in indices(shape)
    ]
    writer.writerow(["step", "loss", "change", "forecast", "claimed", "norm", *places])
    for k, step in enumerate(result.steps):
        row = [step.loss, step.change, step.forecast, step.claimed, step.norm]
        row += [x for value in step.values for x in flat(value)]
        writer.writerow([k, *("" if x is None else rounded(x, count) for x in row)])
    return out.getvalue()
