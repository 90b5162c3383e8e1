"""Statements under the same indices, built at the one choice of sizes that fits.

Must not know which statements there are, nor what a section is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gradcli.errors import GradcliError, Source, Span, wrong
from gradcli.language.documents.sections import right_sides
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.choices import Choices, ways
from gradcli.language.tex.folds import extent
from gradcli.language.tex.known import KnownNames
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

Make = Callable[[TexBuilder], Sequence[syntax.Statement]]


@dataclass(slots=True, eq=False)
class Body:
    """Statements under the same indices: the first, and those that continue it."""

    ranges: tuple[tuple[str, Expr, Expr], ...]
    statements: list[syntax.Statement]
    builder: TexBuilder
    condition: Expr | None = None


def built(source: Source, known: KnownNames, place: Span, make: Make) -> Body:
    """What `make` gives, at the one choice of sizes that fits. GradcliError if none does."""
    builder = TexBuilder(source, known)
    try:
        body = _body(builder, make, place)
        if not builder.sizes.asked:
            return body
    except GradcliError:
        if not builder.sizes.asked:
            raise
    found: list[Body] = []
    failure: GradcliError | None = None
    count, asked = 0, builder.sizes.asked
    while count < asked:
        # What was met before the first that did not fit need not be all.
        count, found = asked, []
        for way in ways(count, known.probe.sizes):
            builder = TexBuilder(source, known)
            builder.sizes = Choices(way)
            try:
                found.append(_body(builder, make, place))
            except GradcliError as error:
                failure = error
            asked = max(asked, builder.sizes.asked)
    if len(found) == 1:
        return found[0]
    if not found:
        assert failure is not None
        raise failure
    raise refusals.not_read(place, "more than one size fits here", "write the size, as in  I_n")


def _body(builder: TexBuilder, make: Make, place: Span) -> Body:
    statements = make(builder)
    for statement in statements:
        _check(builder, statement)
    ranges = ((letter, *extent(running, place, letter)) for letter, running in builder.free.items())
    return Body((*ranges,), [*statements], builder)


def _check(builder: TexBuilder, statement: syntax.Statement) -> None:
    """Every side has a shape; where sizes were chosen, all sides have the same."""
    if isinstance(statement, syntax.FunctionDefinition):
        return
    values = [side.value for side in right_sides(statement)]
    if isinstance(statement, syntax.Claim):
        values.insert(0, statement.left)
    shapes = [builder.shape(value) for value in values]
    if builder.before is not None:
        shapes.append(builder.before)
    if builder.sizes.asked and len({*shapes}) > 1:
        raise wrong("G201", "the sides have different shapes", statement.span)
    builder.before = shapes[-1] if shapes else builder.before


def side_place(source: Source, side: Sequence[Atom]) -> Span:
    """Where a side stands."""
    return Span(source, side[0].start, side[-1].end)


def looped(body: Body, statements: Sequence[syntax.Statement]) -> syntax.Statement:
    """The statements in the loops over the indices of their body."""
    made: tuple[syntax.Statement, ...] = (*statements,)
    condition = body.condition
    for letter, low, high in reversed(body.ranges):
        place = statements[0].span
        made = (syntax.Loop(place, syntax.Name(place, letter), low, high, made, condition),)
        condition = None
    return made[0]


def bare(definition: syntax.Definition) -> syntax.Definition:
    """A definition without what is claimed behind it."""
    claim = replace(definition.claim, sides=definition.claim.sides[:1])
    return replace(definition, claim=claim)
