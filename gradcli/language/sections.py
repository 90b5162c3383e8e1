"""The derivations of a text, each with its statements, and what stands before the first of them.

Must not know what any statement means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gradcli.language import syntax
from gradcli.language.syntax import Expr


@dataclass(slots=True)
class Section:
    """A derivation's title, where it begins, and its statements."""

    title: str
    start: int
    statements: list[syntax.Statement] = field(default_factory=list)

    @property
    def points(self) -> list[syntax.At]:
        """Its `at` lines in order, those in loops too."""
        return [s for s in every(self.statements) if isinstance(s, syntax.At)]


def every(statements: Sequence[syntax.Statement]) -> list[syntax.Statement]:
    """All statements, those in loops too."""
    found: list[syntax.Statement] = []
    for statement in statements:
        found.append(statement)
        if isinstance(statement, syntax.Loop):
            found += every(statement.body)
    return found


def sides(statement: syntax.Statement) -> tuple[syntax.Side, ...]:
    """The right sides of a claim, of a chain's line, or of a definition."""
    match statement:
        case syntax.Claim() | syntax.Continuation():
            return statement.sides
        case syntax.Definition() | syntax.FunctionDefinition():
            return statement.claim.sides
    return ()


def expressions(statement: syntax.Statement) -> Iterator[Expr]:
    """Every expression of a statement, those of the loop's body not among them."""
    match statement:
        case syntax.Claim():
            yield statement.left
            yield from (side.value for side in statement.sides)
        case syntax.Continuation():
            yield from (side.value for side in statement.sides)
        case syntax.Definition() | syntax.FunctionDefinition():
            yield from expressions(statement.claim)
        case syntax.Output() | syntax.Condition():
            yield statement.value
        case syntax.Loop():
            yield from (statement.low, statement.high)


def sections(program: syntax.Program) -> list[Section]:
    """The text before the first `derivation`, which all of them share, then each derivation."""
    found = [Section("", 0)]
    for statement in program.statements:
        if isinstance(statement, syntax.Heading):
            found.append(Section(statement.title, statement.span.start))
        else:
            found[-1].statements.append(statement)
    return found
