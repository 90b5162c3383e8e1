"""Text becomes a syntax tree, or all that is wrong in it: the way into the language.

Must not know what a name means, which functions exist or what shape anything has.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gradcli.errors import Diagnostic, GradcliError, Source
from gradcli.language import tables
from gradcli.language.automaton import run
from gradcli.language.lines import SPELLINGS, Lines
from gradcli.language.literals import canonical
from gradcli.language.statements import Builder
from gradcli.language.syntax import Expr, Name, Program
from gradcli.language.tokens import Token, tokenize

PARTING = frozenset({"_END", "LBRACE", "RBRACE"})


@dataclass(slots=True, eq=False, repr=False)
class Reading:
    """A text as far as it could be read: the statements without mistakes, and the complaints.

    `failed` are the names that a statement in error would have defined.
    """

    program: Program
    complaints: tuple[Diagnostic, ...] = ()
    failed: frozenset[str] = frozenset()


def read(source: Source) -> Reading:
    """A whole text, its mistakes included."""
    tree, complaints, tokens = _attempt("program", source)
    program = Program(source, ()) if tree is None else tree
    return Reading(
        program, tuple(complaints), _spoiled(tokens, complaints) if complaints else frozenset()
    )


def parse(source: Source) -> Program:
    """The statements of a whole text."""
    program: Program = _read("program", source)
    return program


def parse_point(source: Source) -> tuple[tuple[Name, Expr], ...]:
    """The inputs' values in a text such as `x=-2, y=[1,2], W=@w.npy`."""
    values: tuple[tuple[Name, Expr], ...] = _read("point", source)
    return values


def parse_expression(source: Source) -> Expr:
    """One expression."""
    value: Expr = _read("expression", source)
    return value


def _read(start: str, source: Source) -> Any:
    tree, complaints, _ = _attempt(start, source)
    if complaints:
        raise GradcliError(*complaints)
    return tree


def _attempt(start: str, source: Source) -> tuple[Any, list[Diagnostic], list[Token]]:
    known = tables.load()
    lines = Lines(source, tokenize(source.text, known))
    builder = Builder(source)
    found = [*lines.diagnostics]

    def complain(position: int, accepted: set[str]) -> None:
        first = position
        while first and lines.kept[first - 1].kind not in PARTING:
            first -= 1
        if first not in lines.broken:
            # Only here: a text without mistakes needs none of the words for them.
            from gradcli.language.complaints import explain  # noqa: PLC0415
            from gradcli.language.trouble import Trouble  # noqa: PLC0415

            found.append(explain(Trouble(source, lines.kept, position, accepted)))

    tree = run(known, start, lines.kept, builder, complain)
    found += builder.diagnostics
    found.sort(key=_place)
    for diagnostic in found:
        _keep_only_a_true_mend(diagnostic)
    return tree, found, lines.kept


def _spoiled(tokens: list[Token], complaints: list[Diagnostic]) -> frozenset[str]:
    """The names with which the statements that are complained of begin."""
    places = [_place(diagnostic) for diagnostic in complaints]
    names = set()
    first = tokens[0]
    for before, token in pairwise(tokens):
        if token.kind in PARTING or token is tokens[-1]:
            if first.kind == "NAME" and any(first.start <= p <= token.start for p in places):
                names.add(canonical(first.text))
        elif before.kind in PARTING:
            first = token
    return frozenset(names)


def _place(diagnostic: Diagnostic) -> int:
    return diagnostic.span.start if diagnostic.span else 0


def _keep_only_a_true_mend(diagnostic: Diagnostic) -> None:
    """A formula rewritten from LaTeX is shown only if it can be read."""
    mend = diagnostic.help.removeprefix("write  ")
    if diagnostic.code == "G006" and "LaTeX" in diagnostic.message and "\\" not in mend:
        try:
            parse(Source("mend", mend))
        except GradcliError:
            diagnostic.help = SPELLINGS
