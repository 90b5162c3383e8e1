"""A program over rows as texts become graphs: what a row has, what it makes of that, and the rest.

Must not know sums, nor numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradcli.errors import GradcliError, Source, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape, letter
from gradcli.language.documents.sections import all_statements
from gradcli.language.elaboration.letters import letters
from gradcli.language.elaboration.scope import CONSTANTS
from gradcli.language.free_names import free_names
from gradcli.language.parsing.parse import Reading, read
from gradcli.language.program import Model, build
from gradcli.language.tree import syntax
from gradcli.rows.columns import defined_by, lets_of, place_of, require_names, vertices

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
    lets = lets_of(let, columns)
    defined = defined_by(lets, columns)
    reading = read(source, names=[*defined, *columns, *values])
    if complaints := [c for each in (*lets, reading) for c in each.complaints]:
        raise GradcliError(*complaints)
    require_names(lets, columns, None)
    of_rows = {**columns, **defined}
    # A column or a value that is called like a constant takes its place.
    used = [*free_names([reading]), *(x for x in CONSTANTS if x in of_rows)]
    if twice := next((x for x in used if x in values and x in of_rows), None):
        message = f"{twice} is a column and has a value of its own"
        help = "rename the column in its file, or the value"
        raise wrong("G010", message, place_of([reading], twice), help=help)
    named = {**of_rows, **values}
    rows = _declared_letter(reading, of_rows) or ROWS
    counted = (rows,) if rows not in named else ()
    sizes = {*letters(reading.program.statements), *counted}
    require_names([reading], {**named, **dict.fromkeys(sizes)}, values)
    asked = {x: defined[x] for x in used if x in defined}
    made = {each: vertices(each, columns) for each in dict.fromkeys(asked.values())}
    features = {x: made[each][x] for x, each in asked.items()}
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
