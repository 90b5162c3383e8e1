"""Equations that may be asked for and not claimed, as `w^\\top x + b = 0` is of a plane.

Must not know what comes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.language.documents.sections import all_statements
from gradcli.language.tex.lasting import introduced
from gradcli.language.tex.losses import names
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr


def asked_for(statements: Sequence[syntax.Statement]) -> Iterator[int]:
    """Where the sides begin that say 0, and those of equations between inputs."""
    every = all_statements(statements)
    made = {
        name
        for each in every
        if isinstance(each, syntax.Definition | syntax.FunctionDefinition)
        for name in introduced(each)
    }
    for statement in every:
        if isinstance(statement, syntax.Claim) and len(statement.sides) == 1:
            [side] = statement.sides
            sides = statement.left, side.value
            given = not any(names(each) & made or _derives(each) for each in sides)
            if given or (isinstance(side.value, syntax.Number) and not side.value.value):
                yield side.span.start


def _derives(expr: Expr) -> bool:
    return any(isinstance(part, syntax.Derivative) for part in syntax.parts(expr))
