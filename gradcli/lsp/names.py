"""Names in a chunk: where each stands, what it is bound by, and how it is given another.

Must not know shapes or values; what binds a name is read off the syntax tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from gradcli.errors import Source, Span
from gradcli.language.documents.sections import all_statements, expressions
from gradcli.language.elaboration.calls import DERIVATIVES
from gradcli.language.elaboration.differentials import SIGN
from gradcli.language.parsing import tables
from gradcli.language.parsing.derivative_tokens import DerivativeScanner
from gradcli.language.parsing.parse import Reading, read
from gradcli.language.parsing.tokens import Token, tokenize
from gradcli.language.tree import syntax
from gradcli.language.tree.literals import canonical
from gradcli.lsp.chunks import Chunk
from gradcli.ops import FUNCTIONS


@dataclass(slots=True)
class BindingStretch:
    """A stretch in which names mean something of their own: parameters, variables of loops."""

    start: int
    end: int
    names: frozenset[str]


@dataclass(slots=True)
class ChunkNames:
    """The names of a chunk: every place of each, and where it is declared or defined first."""

    tokens: list[Token]
    bound: dict[str, Span]
    declared: set[str] = field(default_factory=set)
    scopes: list[BindingStretch] = field(default_factory=list)

    def at(self, offset: int) -> Token | None:
        """The name that stands there, or ends there."""
        found = [t for t in self.tokens if t.kind == "NAME" and t.start <= offset <= t.end]
        return found[-1] if found else None

    def scope(self, name: str, offset: int) -> BindingStretch | None:
        """The innermost stretch round a place that binds the name."""
        found = [s for s in self.scopes if s.start <= offset < s.end and name in s.names]
        return min(found, key=lambda s: s.end - s.start, default=None)

    def knows(self, function: syntax.Name, chunk: Chunk) -> bool:
        """Whether there is such a function already: of the language, or above."""
        name = function.name
        above = self.bound.get(name)
        return (
            name in FUNCTIONS
            or name in DERIVATIVES
            or (name == SIGN and bool(self._inputs()))
            or (above is not None and not above.start < chunk.own_start <= function.span.start)
        )

    def _inputs(self) -> set[str]:
        """What is declared, and a `dX` with it."""
        return {name for name in self.declared if SIGN + name in self.declared}

    def differentials(self) -> set[str]:
        """The names whose `dX` is their differential, as far as that can be told without shapes.

        Inputs, if anything has one: `d(…)`, or a `dL` that nobody declared, of a defined `L`.
        """
        inputs = self._inputs()
        others = self.bound.keys() - self.declared
        defined = {name for name in others if SIGN + name in others}
        taken = defined or any(token.text == SIGN for token in self.tokens)
        return inputs | defined if inputs and taken else set()

    def places(self, name: str, scope: BindingStretch | None) -> Iterator[Token]:
        """Every place of a name that is bound by this scope, or by none."""
        for token in self.tokens:
            if (
                token.kind == "NAME"
                and canonical(token.text) == name
                and self.scope(name, token.start) is scope
            ):
                yield token


@lru_cache(maxsize=64)
def reading(chunk: Chunk) -> Reading:
    """The syntax of a chunk; of what stands before the first derivation, of that alone."""
    return read(Source(chunk.path, _readable(chunk)))


@lru_cache(maxsize=64)
def names(chunk: Chunk) -> ChunkNames:
    """All names of a chunk, with their places in its text."""
    source = Source(chunk.path, _readable(chunk))
    kept = DerivativeScanner(source, tokenize(source.text, tables.load())).kept
    found = ChunkNames(kept, {})
    for statement in all_statements(reading(chunk).program.statements):
        if isinstance(statement, syntax.Declaration):
            found.declared |= {name.name for name in statement.names}
        if isinstance(statement, syntax.FunctionDefinition) and found.knows(statement.name, chunk):
            # `f(x) = x^2` of what is there is a claim, about the x of the derivation.
            found.scopes += _folds(statement)
            continue
        for name in _introduced(statement):
            first = found.bound.setdefault(name.name, name.span)
            if first.start < chunk.own_start <= name.span.start:
                # What a derivation declares itself hides what it shares.
                found.bound[name.name] = name.span
        found.scopes += _scopes(statement)
    return found


def _readable(chunk: Chunk) -> str:
    text = chunk.text[: chunk.read_to] if chunk.opening else chunk.text
    for hole in chunk.holes:
        # As a zero it is a claim like any other, and stands in nobody's way.
        text = text[: hole.start] + "0" * (hole.end - hole.start) + text[hole.end :]
    return text


def _introduced(statement: syntax.Statement) -> Iterator[syntax.Name]:
    match statement:
        case syntax.Declaration():
            yield from statement.names
        case syntax.Definition() | syntax.FunctionDefinition():
            yield statement.name


def _scopes(statement: syntax.Statement) -> Iterator[BindingStretch]:
    span = statement.span
    if isinstance(statement, syntax.FunctionDefinition):
        bound = frozenset(name.name for name in statement.parameters)
        yield BindingStretch(span.start, span.end, bound)
    if isinstance(statement, syntax.Loop):
        yield BindingStretch(span.start, span.end, frozenset([statement.variable.name]))
    yield from _folds(statement)


def _folds(statement: syntax.Statement) -> Iterator[BindingStretch]:
    for expr in expressions(statement):
        for part in syntax.parts(expr):
            if isinstance(part, syntax.Fold):
                bound = frozenset(each.variable.name for each in part.ranges)
                yield BindingStretch(part.span.start, part.span.end, bound)


def is_name(text: str) -> bool:
    """Whether a text is one free name of the language."""
    found = tokenize(text, tables.load())
    return (
        len(found) == 1
        and found[0].kind == "NAME"
        and found[0].text == text
        and canonical(text) not in FUNCTIONS
    )
