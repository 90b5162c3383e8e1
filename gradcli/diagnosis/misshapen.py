"""A side whose shapes do not fit: what fits in its place, and is right.

Must not know how the side came to be read; in its place stands what is true, so that it is a claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from gradcli.diagnosis.evidence.refuted_claim import WrittenCase, printed
from gradcli.diagnosis.kinds.arrangements import arrangements, refitted
from gradcli.diagnosis.kinds.rewriting import NO_VALUES
from gradcli.diagnosis.search import verdict_on
from gradcli.errors import Diagnostic, GradcliError
from gradcli.graph.shape import Shape
from gradcli.judge.finding import Diagnosis
from gradcli.language.documents.sections import all_statements
from gradcli.language.tree.syntax import Claim, Continuation, Expr, Side, Statement

MOST_READ, MOST_JUDGED = 400, 12


def with_true_sides(
    statements: Sequence[Statement], errors: Sequence[Diagnostic]
) -> Iterator[tuple[Diagnostic, Side, dict[Statement, Statement]]]:
    """Each error within a side of a claim, the side, and the statement with the left side there."""
    left: Expr | None = None
    for statement in all_statements(statements):
        if isinstance(statement, Claim):
            left = statement.left
        elif not isinstance(statement, Continuation):
            left = None
        if left is None:
            continue
        assert isinstance(statement, Claim | Continuation)
        for k, side in enumerate(statement.sides):
            for error in errors:
                if error.span and side.span.start <= error.span.start < side.span.end:
                    sides = [*statement.sides[:k], replace(side, value=left)]
                    yield error, side, {statement: replace(statement, sides=tuple(sides))}
                    break


def reshaped(case: WrittenCase, side: Side) -> Diagnosis | None:
    """What makes of a side one that fits and passes; None where nothing does.

    `case` has a claim in the place of the side that is true and means the same shape.
    """
    derivation = case.shown
    claimed = next((c for c in derivation.claims.values() if c.span is side.span), None)
    # At a point that cannot be read nothing can be tried.
    if claimed is None or not case.wanted(claimed):
        return None
    wanted = claimed.pairs[0].left.shape
    shapes: dict[Expr, Shape | None] = {}

    def shape_of(part: Expr) -> Shape | None:
        if isinstance(part, NO_VALUES):
            return None
        if part not in shapes:
            try:
                shapes[part] = derivation.node(part, claimed.key).shape
            except GradcliError:
                shapes[part] = None
        return shapes[part]

    def fitting() -> Iterator[tuple[str, str]]:
        tried = set()
        ways = chain(arrangements(side.value, shape_of), refitted(side.value, shape_of))
        for says, tree in islice(ways, MOST_READ):
            if shape_of(tree) == wanted and (text := printed(side, tree)) not in tried:
                tried.add(text)
                yield says, text

    for says, text in islice(fitting(), MOST_JUDGED):
        if verdict := verdict_on(case, claimed, text):
            return Diagnosis("shape", says, text, verdict)
    return None
