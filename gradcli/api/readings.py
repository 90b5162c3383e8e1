"""What was read as what: every statement of a derivation as a declaration, definition or claim.

Must not know how claims are judged, nor how a list of statements is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from gradcli.errors import Span
from gradcli.judge.finding import ReadStatement
from gradcli.language.documents.sections import right_sides
from gradcli.language.elaboration.primes import declares_functions
from gradcli.language.tree import syntax
from gradcli.language.written import WrittenDerivation

KINDS: dict[type[syntax.Statement], str] = {
    syntax.At: "point",
    syntax.Layout: "convention",
    syntax.Convention: "convention",
    syntax.Output: "expression",
}


def readings(
    statements: Sequence[syntax.Statement],
    derivation: WrittenDerivation,
    depth: int = 0,
    around: int = -1,
) -> Iterator[ReadStatement]:
    """Every statement in order, a chain side by side; what stands in a loop is deeper."""
    for statement in statements:
        span = statement.span
        if isinstance(statement, syntax.Loop):
            # A loop over two indices is one in another, which is written once.
            if span.start != around:
                head = span.source.text[span.start : span.end].partition("{")[0]
                yield _read("loop", Span(span.source, span.start, span.start + len(head)), depth)
                depth += 1
            yield from readings(statement.body, derivation, depth, span.start)
            depth -= span.start != around
        elif isinstance(statement, syntax.Declaration):
            kind = "function" if declares_functions(statement) else "declaration"
            yield _read(kind, span, depth)
        elif isinstance(statement, syntax.Condition):
            claims = {key[0] for key in derivation.claims}
            yield _read("claim" if span.start in claims else "condition", span, depth)
        elif sides := right_sides(statement):
            yield from _sides(statement, sides, derivation, depth)
        else:
            yield _read(KINDS.get(type(statement), "statement"), span, depth)


def _sides(
    statement: syntax.Statement,
    sides: Sequence[syntax.Side],
    derivation: WrittenDerivation,
    depth: int,
) -> Iterator[ReadStatement]:
    """A definition or a claim, then each further side as a claim of its own."""
    span, source = statement.span, statement.span.source
    begins = [span.start]
    for side in sides[1:]:
        before = source.text.rfind(side.relation, begins[-1], side.span.start)
        begins.append(before if before >= 0 else side.span.start)
    first = sides[0].span.start
    kind = "claim"
    if first in derivation.refused:
        kind = "not read"
    elif first in derivation.defined and not isinstance(statement, syntax.Continuation):
        function = isinstance(statement, syntax.FunctionDefinition)
        kind = "function" if function else "definition"
    for begin, end in pairwise([*begins, span.end]):
        yield _read(kind, Span(source, begin, end), depth)
        kind = "claim"


def _read(kind: str, span: Span, depth: int) -> ReadStatement:
    line = span.source.position(span.start)[0]
    return ReadStatement(line, kind, " ".join(span.text.split()), depth)
