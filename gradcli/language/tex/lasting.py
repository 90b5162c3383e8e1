"""What a section leaves to those within it: its declarations and definitions, as far as they hold.

Must not know how a section is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gradcli.language.tex.bodies import bare
from gradcli.language.tex.losses import used_names
from gradcli.language.tree import syntax


def without(
    statements: Iterable[syntax.Statement], names: Iterable[str]
) -> tuple[list[syntax.Statement], set[str]]:
    """The statements that hold where these names mean something else, and all that is lost."""
    kept: list[syntax.Statement] = []
    lost = set(names)
    for statement in statements:
        if lost & (introduced(statement) | used_names(statement)):
            lost |= introduced(statement)
        else:
            kept.append(statement)
    return kept, lost


def lasting(statements: Sequence[syntax.Statement]) -> Iterator[syntax.Statement]:
    """Declarations and definitions, without what is claimed of them."""
    for statement in statements:
        match statement:
            case (
                syntax.Declaration() | syntax.FunctionDefinition()
                | syntax.Layout() | syntax.Convention()
            ):  # fmt: skip
                yield statement
            case syntax.Definition():
                yield bare(statement)
            case syntax.Loop(body=body):
                inner = (*lasting(body),)
                if inner:
                    yield replace(statement, body=inner)


def introduced(statement: syntax.Statement) -> set[str]:
    match statement:
        case syntax.Declaration(names=names):
            return {name.name for name in names}
        case syntax.Definition(name=name) | syntax.FunctionDefinition(name=name):
            return {name.name}
        case syntax.Loop(body=body):
            return {name for each in body for name in introduced(each)}
    return set()
