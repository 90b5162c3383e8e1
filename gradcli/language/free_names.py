"""The names that a program uses and does not bind: its inputs, where it declares none.

Must not know their shapes, nor whether the program can be read otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.language.documents.sections import all_statements, expressions
from gradcli.language.elaboration.scope import CONSTANTS
from gradcli.language.parsing.parse import Reading
from gradcli.language.tree import syntax
from gradcli.ops import FUNCTIONS


def free_names(readings: Iterable[Reading]) -> tuple[str, ...]:
    """Each name once, in the order of the text."""
    used: dict[str, None] = {}
    bound: set[str] = set()
    for reading in readings:
        for statement in all_statements(reading.program.statements):
            bound |= _bound(statement)
            for expr in expressions(statement):
                for part in syntax.parts(expr):
                    if isinstance(part, syntax.Name):
                        used[part.name] = None
                    elif isinstance(part, syntax.Fold):
                        bound |= {each.variable.name for each in part.ranges}
    return tuple(x for x in used if x not in bound and x not in CONSTANTS and x not in FUNCTIONS)


def _bound(statement: syntax.Statement) -> set[str]:
    match statement:
        case syntax.Definition():
            return {statement.name.name}
        case syntax.FunctionDefinition():
            return {statement.name.name, *(name.name for name in statement.parameters)}
        case syntax.Loop():
            return {statement.variable.name}
    return set()
