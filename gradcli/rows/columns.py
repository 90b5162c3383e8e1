"""What `--let` makes of the columns of a row: definitions, read and built row by row.

Must not know the program that uses them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gradcli.errors import Source, Span, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape
from gradcli.language.documents.sections import all_statements, expressions
from gradcli.language.elaboration.scope import nearest
from gradcli.language.free_names import free_names
from gradcli.language.parsing.parse import Reading, read
from gradcli.language.program import build
from gradcli.language.tree import syntax
from gradcli.ops import FUNCTIONS
from gradcli.ops.reductions import SECTION as REDUCTIONS

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


def lets_of(texts: Iterable[str], columns: Mapping[str, Shape]) -> list[Reading]:
    """The texts, read with the names of columns."""
    return [read(Source("--let", listed(text)), names=columns) for text in texts]


def defined_by(lets: Iterable[Reading], columns: Mapping[str, Shape]) -> dict[str, Reading]:
    """The names that stand for something of a row, each with the text that defines it."""
    found: dict[str, Reading] = {}
    for reading in lets:
        for statement in reading.program.statements:
            if not isinstance(statement, syntax.Definition):
                help = 'write  --let "X = [age, income]; y = label"'
                raise wrong("G401", "--let defines names by columns", statement.span, help=help)
            if statement.name.name in columns:
                message = f"{statement.name.name} is a column, which --let cannot define anew"
                raise wrong("G401", message, statement.span, help="give it another name")
            if statement.name.name in found:
                raise wrong("G401", f"--let defines {statement.name.name} twice", statement.span)
            found[statement.name.name] = reading
    return found


def vertices(reading: Reading, columns: Mapping[str, Shape]) -> Mapping[str, Node]:
    """The graphs of definitions, of the columns of one row; GradcliError with what is wrong."""
    for call in _reductions(reading.program):
        [argument] = call.arguments
        asked = (*reading.program.statements, syntax.Output(argument.span, argument))
        program = replace(reading.program, statements=asked)
        if not build(replace(reading, program=program), columns).output.shape:
            message = f"{call.span.text} is of one number, that of one row"
            help = "--let is read row by row: what goes over all rows stands in the program itself"
            raise wrong("G601", message, call.span, help=help)
    return build(reading, columns).vertices


def _reductions(program: syntax.Program) -> list[syntax.Call]:
    """The calls of what reduces one array."""
    return [
        part
        for statement in program.statements
        for expr in expressions(statement)
        for part in syntax.parts(expr)
        if isinstance(part, syntax.Call)
        and len(part.arguments) == 1
        and (found := FUNCTIONS.get(part.function.name)) is not None
        and found.section == REDUCTIONS
    ]


def require_names(
    readings: Sequence[Reading], known: Mapping[str, object], values: Mapping[str, object] | None
) -> None:
    """GradcliError (G005) for a name that is neither a column nor given, where it could be."""
    for name in free_names(readings):
        if name not in known:
            message = f"{name} is no column" + " and has no value in --at" * (values is not None)
            help = meant(name, known)
            if values is not None and not values:
                help = f'what is the same for all rows has a value:  --at "{name}=…"\n{help}'
            raise wrong("G005", message, place_of(readings, name), help=help)


def place_of(readings: Iterable[Reading], name: str) -> Span | None:
    """Where a name stands first."""
    for reading in readings:
        for statement in all_statements(reading.program.statements):
            for expr in expressions(statement):
                for part in syntax.parts(expr):
                    if isinstance(part, syntax.Name) and part.name == name:
                        return part.span
    return None


MOST_LISTED = 20


def meant(name: str, known: Iterable[str]) -> str:
    """The known name that this one is nearly, else what is known, the first of it if it is much."""
    names = [*known]
    if found := _alike(name, names):
        return f'did you mean "{found}"?'
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return f"there are: {', '.join(names[:MOST_LISTED]) + more if names else 'none'}"


def _alike(name: str, names: Sequence[str]) -> str | None:
    """The same in other letters, one slip away, or the only one that begins with it."""
    plain = name.casefold()
    same = [each for each in names if each.casefold() == plain]
    longer = [each for each in names if each.casefold().startswith(plain) and len(name) > 1]
    return same[0] if same else nearest(name, names) or (longer[0] if len(longer) == 1 else None)
