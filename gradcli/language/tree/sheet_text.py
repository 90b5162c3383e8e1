"""Statements as text of the language, whatever they were written in: a sheet that reads back.

Must not know what a statement means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.language.tree import syntax
from gradcli.language.tree.build import unwritten
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Expr

DEEPER = "    "


def sheet_text(statements: Sequence[syntax.Statement]) -> str:
    """The statements, each on lines of its own; read again, they are the same trees."""
    return "".join(f"{line}\n" for line in _block(statements))


def _block(statements: Sequence[syntax.Statement]) -> Iterator[str]:
    """The lines of statements; a line that goes on stands below what it goes on with."""
    margin = 0
    for statement in statements:
        yield from _lines(statement, margin)
        match statement:
            case syntax.Claim():
                margin = len(expression_text(statement.left))
            case syntax.Definition() | syntax.FunctionDefinition():
                margin = len(expression_text(statement.claim.left))


def _lines(statement: syntax.Statement, margin: int) -> Iterator[str]:
    match statement:
        case syntax.Heading():
            yield f'derivation "{statement.title}"'
        case syntax.Declaration():
            names = ", ".join(name.name for name in statement.names)
            yield f"{names} in {set_text(statement.set)}"
        case syntax.Layout():
            yield f"layout {statement.name.name}"
        case syntax.Convention():
            yield f"convention {statement.name.name}"
        case syntax.Condition() | syntax.Output():
            yield expression_text(statement.value)
        case syntax.At():
            values = (f"{name.name} = {expression_text(value)}" for name, value in statement.values)
            yield f"at {', '.join(values)}" if statement.values else "at random"
        case syntax.Loop():
            low, high = (expression_text(end) for end in (statement.low, statement.high))
            condition = f" if {expression_text(statement.condition)}" if statement.condition else ""
            yield f"for {statement.variable.name} in {low}..{high}{condition} {{"
            yield from (f"{DEEPER}{line}" for line in _block(statement.body))
            yield "}"
        case syntax.Claim():
            yield from _chain(expression_text(statement.left), statement.sides)
        case syntax.Definition() | syntax.FunctionDefinition():
            yield from _chain(expression_text(statement.claim.left), statement.claim.sides)
        case syntax.Continuation():
            yield from _chain(" " * margin, statement.sides)


def _chain(left: str, sides: Sequence[syntax.Side]) -> Iterator[str]:
    """A line a side, the relations below each other."""
    margin = " " * len(left)
    for side in sides:
        tolerance = ""
        if side.tolerance is not None:
            percent = expression_text(side.tolerance.value)
            tolerance = f" ± {percent}"
        yield f"{left} {side.relation} {expression_text(side.value)}{tolerance}"
        left = margin


def expression_text(expr: Expr) -> str:
    """The text of an expression in the language's own habits."""
    return source_of(unwritten(expr))


def set_text(written: syntax.Set) -> str:
    """The text of a set."""
    arguments = ", ".join(map(expression_text, written.arguments))
    if written.name is not None:
        text = f"{written.name.name}({arguments})" if arguments else written.name.name
    elif written.open is None:
        text = f"{{{arguments}}}"
    else:
        left, right = ("(" if written.open[0] else "["), (")" if written.open[1] else "]")
        text = f"{left}{arguments}{right}"
    sizes = [expression_text(size) for size in written.power or ()]
    if not sizes:
        return text
    alone = len(sizes) == 1 and sizes[0].isalnum()
    return f"{text}^{sizes[0]}" if alone else f"{text}^({', '.join(sizes)})"
