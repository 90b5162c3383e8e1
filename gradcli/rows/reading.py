"""A program over rows as texts become graphs: what a row has, what it makes of that, and the rest.

Must not know sums, nor numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gradcli.errors import GradcliError, Source, Span, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape, letter
from gradcli.language import syntax
from gradcli.language.free_names import free_names
from gradcli.language.letters import letters
from gradcli.language.parse import Reading, read
from gradcli.language.program import Model, build
from gradcli.language.scope import CONSTANTS, nearest
from gradcli.language.sections import all_statements, expressions

ROWS = "n"
"""The letter of how many rows there are, where a program declares no other."""


@dataclass(slots=True, eq=False)
class RowReading:
    """A program whose inputs of a row have the rows along their first axis, as many as `letter`.

    `features` are graphs of columns that make the inputs of one row; `plain` are columns that are
    inputs themselves.
    """

    model: Model
    letter: str
    features: dict[str, Node]
    plain: list[str]


def read_rows(
    source: Source, let: Sequence[str], columns: Mapping[str, Shape], values: Mapping[str, Shape]
) -> RowReading:
    """The program with what `let` makes of columns; GradcliError with what is wrong in either."""
    lets = [read(Source("--let", listed(text)), names=columns) for text in let]
    defined = _defined(lets)
    reading = read(source, names=[*defined, *columns, *values])
    if complaints := [c for each in (*lets, reading) for c in each.complaints]:
        raise GradcliError(*complaints)
    _require_names(lets, columns, {})
    of_rows = {**columns, **defined}
    # A column or a value that is called like a constant takes its place.
    used = [*free_names([reading]), *(x for x in CONSTANTS if x in of_rows)]
    if twice := next((x for x in used if x in values and x in of_rows), None):
        message = f"{twice} is a column and has a value of its own"
        help = "rename the column in its file, or the value"
        raise wrong("G010", message, _place([reading], twice), help=help)
    named = {**of_rows, **values}
    rows = _declared_letter(reading, of_rows) or ROWS
    counted = (rows,) if rows not in named else ()
    sizes = {*letters(reading.program.statements), *counted}
    _require_names([reading], {**named, **dict.fromkeys(sizes)}, values)
    features = {x: build(defined[x], columns).vertices[x] for x in used if x in defined}
    shapes = {x: node.shape for x, node in features.items()}
    shapes |= {x: columns[x] for x in used if x in columns and x not in defined}
    whole = {x: (letter(rows), *shape) for x, shape in shapes.items()}
    model = build(reading, {**whole, **values}, letters=counted)
    _require_scalar(model, rows)
    features = {x: node for x, node in features.items() if x in model.inputs}
    return RowReading(
        model, rows, features, [x for x in shapes if x in model.inputs.keys() - features]
    )


def _require_scalar(model: Model, rows: str) -> None:
    if model.output.op.boolean:
        raise wrong("G203", "a condition has no derivative", model.source)
    # An output for each row is told so by its own name.
    if model.output.shape and letter(rows) not in model.output.shape:
        message = "the output is an array, and only one number is summed up over rows"
        raise wrong("G201", message, model.source, help="ask for one entry or their sum")


NUMBERED = re.compile(r"\b([^\W\d]\w*?)(\d+)\s*(?:\.\.|…)\s*\1(\d+)\b")
MOST_NUMBERED = 100_000


def listed(text: str) -> str:
    """A text in which `x0..x3` is `x0, x1, x2, x3`: columns with numbers are seldom few."""

    def names(found: re.Match[str]) -> str:
        first, last = int(found[2]), int(found[3])
        if not first <= last <= first + MOST_NUMBERED:
            return found[0]
        width = len(found[2]) if found[2].startswith("0") else 0
        return ", ".join(f"{found[1]}{k:0{width}d}" for k in range(first, last + 1))

    return NUMBERED.sub(names, text)


def _defined(lets: Iterable[Reading]) -> dict[str, Reading]:
    """The names that stand for something of a row, each with the text that defines it."""
    found: dict[str, Reading] = {}
    for reading in lets:
        for statement in reading.program.statements:
            if not isinstance(statement, syntax.Definition):
                help = 'write  --let "X = [age, income]; y = label"'
                raise wrong("G401", "--let defines names by columns", statement.span, help=help)
            if statement.name.name in found:
                raise wrong("G401", f"--let defines {statement.name.name} twice", statement.span)
            found[statement.name.name] = reading
    return found


def _declared_letter(reading: Reading, rows: Mapping[str, object]) -> str:
    """What a program calls the number of rows: the first dimension that it declares of them."""
    found: dict[str, None] = {}
    for statement in all_statements(reading.program.statements):
        if isinstance(statement, syntax.Declaration) and statement.set.power:
            first = statement.set.power[0]
            if isinstance(first, syntax.Name) and any(x.name in rows for x in statement.names):
                found[first.name] = None
    if len(found) > 1:
        message = f"the number of rows has several names: {', '.join(found)}"
        raise wrong("G201", message, help="all arrays of rows have as many: use one letter")
    return next(iter(found), "")


def _require_names(
    readings: Sequence[Reading], known: Mapping[str, object], values: Mapping[str, object]
) -> None:
    """GradcliError (G005) for a name that is neither a column nor given."""
    for name in free_names(readings):
        if name not in known:
            found = nearest(name, known)
            help = f'did you mean "{found}"?' if found else f"there are: {names_of(known)}"
            message = f"{name} is no column" + " and has no value in --at" * bool(values)
            raise wrong("G005", message, _place(readings, name), help=help)


def _place(readings: Iterable[Reading], name: str) -> Span | None:
    """Where a name stands first."""
    for reading in readings:
        for statement in all_statements(reading.program.statements):
            for expr in expressions(statement):
                for part in syntax.parts(expr):
                    if isinstance(part, syntax.Name) and part.name == name:
                        return part.span
    return None


MOST_LISTED = 20


def names_of(names: Iterable[str]) -> str:
    """Some names in one line, the first of them if there are many."""
    found = [*names]
    more = f" and {len(found) - MOST_LISTED} more" if len(found) > MOST_LISTED else ""
    return ", ".join(found[:MOST_LISTED]) + more if found else "none"
