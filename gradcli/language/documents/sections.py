"""A document and the derivations in it, each with its statements, and what stands before them.

Must not know what any statement means.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from gradcli.errors import Source
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr


@dataclass(slots=True, eq=False, repr=False)
class ExpectedPart:
    """A stretch of a document (offsets, end exclusive) with an expectation of its own.

    `fails` says that a claim in it must be refuted; `start` is where that is to be complained of.
    """

    start: int
    end: int
    fails: bool = False


Around: TypeAlias = Callable[[int, Sequence[syntax.Statement]], Sequence[syntax.Statement]]
"""What is declared and defined around a place of a text for statements that begin there."""


def nothing_around(at: int, own: Sequence[syntax.Statement]) -> Sequence[syntax.Statement]:
    """Where a text is all there is."""
    return ()


@dataclass(slots=True, eq=False, repr=False)
class Document:
    """A text with a scope of its own.

    `text` has the length of `source.text`, with everything blank that does not belong to it, line
    ends too, so that places are places of the source. `name` is what a derivation without a
    title of its own is called (empty for none); `line` and `start` are where it begins. With
    `opening` only what stands before the first heading is wanted, or, where False, all but that.
    `around` has what holds for it besides.
    """

    source: Source
    text: str
    name: str = ""
    line: int = 1
    parts: list[ExpectedPart] = field(default_factory=list)
    start: int = 0
    opening: bool | None = None
    around: Around = nothing_around


@dataclass(slots=True, eq=False, repr=False)
class Section:
    """A derivation's title, where it begins, and its statements."""

    title: str
    start: int
    statements: list[syntax.Statement] = field(default_factory=list)

    @property
    def points(self) -> list[syntax.At]:
        """Its `at` lines in order, those in loops too."""
        return [s for s in all_statements(self.statements) if isinstance(s, syntax.At)]


def all_statements(statements: Sequence[syntax.Statement]) -> list[syntax.Statement]:
    """All statements, those in loops too."""
    found: list[syntax.Statement] = []
    for statement in statements:
        found.append(statement)
        if isinstance(statement, syntax.Loop):
            found += all_statements(statement.body)
    return found


def exchanged_in(section: Section, changed: Mapping[syntax.Statement, syntax.Statement]) -> Section:
    """A section with other statements in the place of some, those in loops too."""

    def other(statement: syntax.Statement) -> syntax.Statement:
        if isinstance(statement, syntax.Loop):
            return replace(statement, body=tuple(map(other, statement.body)))
        return changed.get(statement, statement)

    return replace(section, statements=[*map(other, section.statements)])


def right_sides(statement: syntax.Statement) -> tuple[syntax.Side, ...]:
    """The right sides of a claim, of a chain's line, or of a definition."""
    match statement:
        case syntax.Claim() | syntax.Continuation():
            return statement.sides
        case syntax.Definition() | syntax.FunctionDefinition():
            return statement.claim.sides
        case syntax.Condition():
            return tuple(side for claim in statement.claims for side in claim.sides)
    return ()


def restricting(statements: Sequence[syntax.Statement]) -> frozenset[syntax.Statement]:
    """The inequalities among the declarations, if anything is derived or claimed below them."""
    opening = (
        syntax.Declaration, syntax.Condition, syntax.Layout, syntax.Convention, syntax.Heading
    )  # fmt: skip
    found: list[syntax.Statement] = []
    for statement in statements:
        if not isinstance(statement, opening):
            return frozenset(found)
        if isinstance(statement, syntax.Condition):
            found.append(statement)
    return frozenset()


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
            yield from () if statement.condition is None else (statement.condition,)


def sections(program: syntax.Program) -> list[Section]:
    """The text before the first `derivation`, which all of them share, then each derivation."""
    found = [Section("", 0)]
    for statement in program.statements:
        if isinstance(statement, syntax.Heading):
            found.append(Section(statement.title, statement.span.start))
        else:
            found[-1].statements.append(statement)
    return found


def start_behind(section: Section, ordered: Sequence[Section], end: int) -> int:
    """Where the first section behind one begins, of those in the order of the text; else `end`."""
    behind = bisect_right(ordered, section.start, key=lambda each: each.start)
    return ordered[behind].start if behind < len(ordered) else end


def starts(statement: syntax.Statement) -> set[int]:
    """Where the sides of a statement begin, those in a loop too."""
    return {side.span.start for each in all_statements([statement]) for side in right_sides(each)}
