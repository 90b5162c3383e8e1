"""The page of a gradient: headline, the table of inputs, and a sentence on what was shown.

Must not know formats; it says of each check only what the result says.
"""

from __future__ import annotations

import re
from typing import Any

from gradcli.arithmetic.decimal import correct_digits
from gradcli.certify.result import Check, DiffResult, InputResult, Kink, MatrixResult
from gradcli.errors import Diagnostic
from gradcli.show.jacobian import jacobian
from gradcli.show.numbers import (
    UNKNOWN,
    cell,
    entry_name,
    flat,
    indices,
    rounded,
    settled,
    shape_text,
    summary,
)
from gradcli.show.page import Cell, Column, Line, Lines, Page, Table, line, shortened
from gradcli.show.trace import trace

LISTED = 1000
FEW_DIGITS = 12
FEWEST, MOST_DIGITS = 6, 17
DIGITS, TRACE_DIGITS = 15, 6
WARNINGS = ("G301", "G304", "G305")
WAYS = ("forward", "reverse", "series", "numeric")
WORDS = {"numeric": "finite differences"}


def page(result: DiffResult, precision: int | None = None, width: int = 100) -> Page:
    """The whole page; `width` is what a matrix of derivatives has to fit into."""
    count = precision or DIGITS
    title = output_title(result)
    parts: list[Lines | Table] = [Lines(headline(result, title, count))]
    said: list[Line] = []
    if not result.inputs:
        said.append(line(Cell("no input is named: there is nothing to differentiate by", "dim")))
    elif result.shape and (matrix := jacobian(result, title, count, width)):
        parts.append(matrix)
        said.append(line(Cell(f"rows are entries of {title}, columns those of the inputs", "dim")))
        worst = min((i.digits for i in result.inputs if i.digits is not None), default=16)
        if worst < FEW_DIGITS:
            text = f"plain float64 gets {worst} of 16 digits of the worst entry"
            said.append(line(Cell(text, "bad")))
    else:
        table, below = _inputs(result, title, count)
        parts.append(table)
        if below:
            parts.append(Lines(below))
    if result.inputs:
        said += [line(Cell(text, "dim")) for text in closing(result)]
    parts.append(Lines(said, commentary=True))
    if result.nodes is not None:
        parts += trace(result.nodes, title, precision or TRACE_DIGITS, width)
    return Page(parts, remarks(result))


def remarks(result: DiffResult | MatrixResult) -> list[tuple[Diagnostic, str]]:
    """The notes of a result with their severity."""
    return [(n, "warning" if n.code in WARNINGS else "note") for n in result.notes]


def output_title(result: DiffResult | MatrixResult) -> str:
    """What to call the output: its own name, else `f` where nothing else is called so."""
    if result.name:
        return result.name
    taken = {*re.findall(r"\w+", result.text), *(i.name for i in result.inputs)}
    return "output" if "f" in taken else "f"


def headline(result: DiffResult | MatrixResult, title: str, count: int) -> list[Line]:
    text = shortened(result.text)
    start = [Cell(title, "title")]
    if text != title:
        start += [Cell(" = "), Cell(text, math=result.latex)]
    if not result.shape:
        value = cell(flat(result.value)[0], count)
        return [line(*start, " = ", Cell(value, "value"))]
    lines = [line(*start)]
    if large(result.value):
        whole = f"{shape_text(result.shape)}: {summary(result.value, count)}"
        return [*lines, line("  ", Cell(whole, "value"))]
    for index, x in zip(indices(result.shape), flat(result.value), strict=True):
        lines.append(line(f"  {entry_name(title, index)} = ", Cell(cell(x, count), "value")))
    return lines


def large(array: object) -> bool:
    """Whether an array is summed up rather than listed."""
    return len(flat(array)) > LISTED


# -- the table of inputs


def _inputs(result: DiffResult, title: str, count: int) -> tuple[Table, list[Line]]:
    kinks = [(i, k, kink) for i in result.inputs for k, kink in i.kinks.items()]
    everything = sum(len(flat(i.gradient)) for i in result.inputs)
    # With nothing but kinks their sides stand in the table, else below it, for they are long.
    only_kinks = len(kinks) == everything
    names = ["output"] * bool(result.shape) + ["input", "value", "gradient"]
    if not only_kinks:
        names += ["forward", "reverse", "differences"]
    lossy = any(i.digits is not None and i.digits < FEW_DIGITS for i in result.inputs)
    names += ["float64"] * lossy
    rows: list[dict[str, Cell]] = []
    below: list[Line] = []
    for found in result.inputs:
        if large(found.gradient):
            rows.append(_summed_up(found, title, count))
            continue
        values = flat(found.value)
        entries = _entries(found, count)
        for k, (outer, inner) in enumerate(positions(result, found)):
            row = entries[k]
            row["output"] = Cell(entry_name(title, outer))
            row["input"] = Cell(entry_name(found.name, inner))
            row["value"] = Cell(cell(values[k % len(values)], count))
            if (kink := found.kinks.get(k)) is not None:
                text = kink_text(kink, count)
                if only_kinks:
                    row["gradient"] = Cell(f"no derivative: {text}", "bad")
                else:
                    place = entry_name(title, outer) if outer else title
                    below.append(line(f"d{place}/d{row['input'].text}: no derivative: {text}"))
            rows.append(row)
    columns = [
        Column(n, "point" if n in ("value", "gradient") else "left", n if n in STYLED else "")
        for n in names
    ]
    return Table(columns, [[row.get(n, Cell("")) for n in names] for row in rows]), below


STYLED = ("value", "gradient")


def positions(
    result: DiffResult, found: InputResult
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The index in the output and in the input of every entry of a gradient."""
    return [(o, i) for o in indices(result.shape) for i in indices(found.shape)]


def _entries(found: InputResult, count: int) -> list[dict[str, Cell]]:
    """The cells that judge each entry of a gradient."""
    gradient = flat(found.gradient)
    checks = [_values(check, gradient) for check in (found.forward, found.reverse, found.numeric)]
    plain = [None] * len(gradient) if found.float64 is None else flat(found.float64)
    rows = []
    for truth, forward, reverse, numeric, double in zip(gradient, *checks, plain, strict=True):
        if truth is None:
            rows.append({"gradient": Cell(cell(None, count), "bad")})
            continue
        row = {
            "gradient": Cell(cell(truth, count)),
            "forward": _agrees(found.forward, forward, truth, count),
            "reverse": _agrees(found.reverse, reverse, truth, count),
            "differences": _differences(found.numeric, numeric),
        }
        if double is not None and found.digits is not None:
            right = correct_digits(truth, float(double))
            gives = f" (it gives {_apart_from(truth, double, count)})" if right < FEW_DIGITS else ""
            row["float64"] = Cell(f"{right} of 16 digits{gives}", "bad" if gives else "good")
        rows.append(row)
    return rows


def _apart_from(truth: Any, double: Any, count: int) -> str:
    """What float64 gives, with as many digits as it takes to see where it goes wrong."""
    for digits in range(min(count, FEWEST), MOST_DIGITS):
        text = cell(double, digits)
        if text != rounded(truth, digits):
            return text
    return cell(double, MOST_DIGITS)


def _values(check: Check, gradient: list[Any]) -> list[Any]:
    """A check's values entry by entry; the gradient's own where it was not made so."""
    return gradient if check.values is None else flat(check.values)


def _agrees(check: Check, value: Any, truth: Any, count: int) -> Cell:
    """`ok`, or the value that certainly differs."""
    if check.skipped:
        return Cell("not tried", "dim")
    if truth is not None and cell(truth, count) == UNKNOWN:
        return Cell("nothing to compare", "dim")
    if _differs(value, truth):
        return Cell(cell(value, count), "bad")
    if _apart(check):
        return Cell("no digit agrees", "bad")
    return Cell("ok" if check.error is None else f"ok {_power(check.error)}", "good")


def _differs(value: Any, truth: Any) -> bool:
    return value is not None and truth is not None and bool(value != truth)


def _apart(check: Check) -> bool:
    """Whether the worst disagreement is as large as the number itself."""
    return check.error is not None and check.error >= 0


def _differences(check: Check, value: Any) -> Cell:
    if check.skipped or value is None:
        return Cell("not tried" if check.skipped else "not converged", "dim")
    if _apart(check):
        return Cell("no digit agrees", "bad")
    return Cell(f"ok {'exact' if check.error is None else _power(check.error)}", "good")


def _power(exponent: int) -> str:
    return f"1e{exponent}"


def _summed_up(found: InputResult, title: str, count: int) -> dict[str, Cell]:
    few = min(count, 6)
    whole = {
        "output": Cell(title),
        "input": Cell(found.name),
        "value": Cell(f"{shape_text(found.shape)}: {summary(found.value, few)}"),
        "gradient": Cell(summary(found.gradient, few)),
        "forward": _agreement(found.forward, found.gradient),
        "reverse": _agreement(found.reverse, found.gradient),
        "differences": _differences(found.numeric, 0),
    }
    if found.digits is not None:
        style = "bad" if found.digits < FEW_DIGITS else "good"
        whole["float64"] = Cell(f"{found.digits} of 16 digits at worst", style)
    return whole


def _agreement(check: Check, gradient: Any) -> Cell:
    differing = _differing(check, gradient)
    if differing:
        return Cell(f"{differing} entries differ", "bad")
    return _agrees(check, None, None, 6)


def _differing(check: Check, gradient: Any) -> int:
    """How many entries certainly differ from the gradient."""
    if check.skipped or check.values is None:
        return 0
    return sum(map(_differs, flat(check.values), flat(gradient)))


def kink_text(kink: Kink, count: int) -> str:
    """Why there is no derivative, or what it is from each side and by plain evaluation."""
    if kink.why:
        return kink.why
    sides = ", ".join(
        f"{'none' if side is None else cell(side, count)} from the {where}"
        for side, where in ((kink.left, "left"), (kink.right, "right"))
    )
    if kink.convention is None or not settled(kink.convention):
        return sides
    rule = kink.rule or f"{kink.function}'s derivative there"
    return f"{sides}; by convention {rule} gives {cell(kink.convention, count)}"


# -- the closing sentence


def closing(result: DiffResult) -> list[str]:
    """What the checks show, and no more; a second line where something was not listed."""
    if not result.certified:
        said = ["float64, not certified"]
    else:
        said = [f"every digit {'' if result.settled else 'printed is '}certified"]
    said += zeros(result.zeros)
    smooth = [i for i in result.inputs if any(x is not None for x in flat(i.gradient))]
    agreeing: dict[str, list[str]] = {}
    untried = ""
    for way in WAYS:
        checks = [getattr(i, way) for i in smooth]
        tried = [c for c in checks if not c.skipped]
        if tried and not any(map(_contradicted, checks, smooth)):
            # Reverse mode agrees with itself everywhere: what it shares with the others is said.
            along = tried[0].along or (way == "reverse" and smooth[0].forward.along)
            where = f" along {along}" if along else ""
            where += "" if len(tried) == len(checks) else " where tried"
            agreeing.setdefault(where, []).append(WORDS.get(way, way))
        elif way == "numeric" and checks and not tried:
            untried = f"{WORDS[way]} not tried ({checks[0].skipped})"
    for where, ways in agreeing.items():
        listed = " and ".join(filter(None, [", ".join(ways[:-1]), ways[-1]]))
        verb = "agrees" if len(ways) == 1 and not ways[0].endswith("s") else "agree"
        said.append(f"{listed} {verb}{where}")
    said += [untried] if untried else []
    if result.shape:
        said.append(
            "a derivative has the shape of the output, then of the input (numerator layout)"
        )
    else:
        said.append("a gradient has the shape of its input")
    lines = ["; ".join(said)]
    if large(result.value) or any(large(i.gradient) for i in result.inputs):
        lines.append(f"arrays of more than {LISTED} entries are summed up; --format json has all")
    return lines


def zeros(bits: int | None) -> list[str]:
    """By what a zero is one that no precision tells."""
    if bits is None:
        return []
    return [f"zeros that come of cancelling by residues (wrong with a chance below 2^-{bits})"]


def _contradicted(check: Check, found: InputResult) -> bool:
    differing = check is not found.numeric and _differing(check, found.gradient) > 0
    return differing or _apart(check)
