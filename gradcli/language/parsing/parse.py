"""Text becomes a syntax tree, or all that is wrong in it: the way into the language.

Must not know what a name means, which functions exist or what shape anything has.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from gradcli.errors import Diagnostic, GradcliError, Source
from gradcli.language.parsing import tables
from gradcli.language.parsing.automaton import run
from gradcli.language.parsing.derivative_tokens import DerivativeScanner
from gradcli.language.parsing.statement_lines import SPELLINGS, StatementLines
from gradcli.language.parsing.statements import Builder
from gradcli.language.parsing.tables import END
from gradcli.language.parsing.tokens import Token, tokenize
from gradcli.language.parsing.unsigned import Unsigned
from gradcli.language.tree.literals import canonical
from gradcli.language.tree.syntax import Expr, Name, Program

PARTING = frozenset({"_END", "LBRACE", "RBRACE"})
OPERATORS = frozenset(
    {"SIGN", "TIMES", "BESIDE", "OVER", "POWER", "APPROX", "TRANSPOSE", "SUPERSCRIPT"}
)


@dataclass(slots=True, eq=False, repr=False)
class Reading:
    """A text as far as it could be read: the statements without mistakes, and the complaints.

    `failed` are the names that a statement in error would have introduced, and where; `unread`
    says where points in error begin.
    """

    program: Program
    complaints: tuple[Diagnostic, ...] = ()
    failed: tuple[tuple[int, str], ...] = ()
    unread: tuple[int, ...] = ()

    @property
    def complained(self) -> tuple[int, ...]:
        """Where the complaints stand."""
        return tuple(c.span.start for c in self.complaints if c.span)


def read(source: Source, text: str | None = None, names: Iterable[str] = ()) -> Reading:
    """A whole text, its mistakes included.

    `text` is what to read of the source, all else blanked out; `names` are known from elsewhere.
    """
    tree, complaints, lines = _attempt("program", source, text, names)
    program = Program(source, ()) if tree is None else tree
    if not complaints:
        return Reading(program)
    failed, unread = _spoiled(lines, complaints)
    return Reading(program, tuple(complaints), failed, unread)


def parse(source: Source) -> Program:
    """The statements of a whole text."""
    program: Program = _read("program", source)
    return program


def parse_point(source: Source) -> tuple[tuple[Name, Expr], ...]:
    """The inputs' values in a text such as `x=-2, y=[1,2], W=@w.npy`."""
    values: tuple[tuple[Name, Expr], ...] = _read("point", source)
    return values


def parse_expression(
    source: Source, names: Iterable[str] = (), functions: Iterable[str] = ()
) -> Expr:
    """One expression; `names` are known from elsewhere, some of them as `functions`."""
    value: Expr = _read("expression", source, names, functions)
    return value


def _read(
    start: str, source: Source, names: Iterable[str] = (), functions: Iterable[str] = ()
) -> Any:
    tree, complaints, _ = _attempt(start, source, names=names, functions=functions)
    if complaints:
        raise GradcliError(*complaints)
    return tree


def _attempt(
    start: str,
    source: Source,
    text: str | None = None,
    names: Iterable[str] = (),
    functions: Iterable[str] = (),
) -> tuple[Any, list[Diagnostic], StatementLines]:
    known = tables.load()
    derivatives = DerivativeScanner(
        source, tokenize(source.text if text is None else text, known), names
    )
    lines = StatementLines(source, Unsigned(derivatives.kept, names, functions).kept)
    builder = Builder(source)
    found = [*derivatives.diagnostics, *lines.diagnostics]

    def complain(position: int, accepted: set[str]) -> None:
        first = position
        while first and lines.kept[first - 1].kind not in PARTING:
            first -= 1
        if first not in lines.broken:
            # Only here: a text without mistakes needs none of the words for them.
            from gradcli.language.parsing.complaints import explain  # noqa: PLC0415 only a mistake needs it
            from gradcli.language.parsing.trouble import Trouble  # noqa: PLC0415

            found.append(explain(Trouble(source, lines.kept, position, accepted)))

    tree = run(known, start, lines.kept, builder, complain)
    found += builder.diagnostics
    found.sort(key=_place)
    for diagnostic in found:
        _keep_only_a_true_mend(diagnostic)
    return tree, found, lines


def _spoiled(
    lines: StatementLines, complaints: list[Diagnostic]
) -> tuple[tuple[tuple[int, str], ...], tuple[int, ...]]:
    """The names that statements in error would have introduced, and where points in error begin."""
    places = sorted(map(_place, complaints))
    names = [*lines.left_out]
    points = []
    statement: list[Token] = []
    for token in lines.kept:
        if token.kind not in (*PARTING, END):
            statement.append(token)
            continue
        first = bisect_left(places, statement[0].start) if statement else len(places)
        if first < len(places) and places[first] <= token.start:
            names += _introduced(statement)
            if statement[0].kind == "AT":
                points.append(statement[0].start)
        statement = []
    return tuple((name.start, canonical(name.text)) for name in names), tuple(points)


def _introduced(statement: list[Token]) -> list[Token]:
    """The name that a definition begins with, or all those of a declaration."""
    head = [*takewhile(lambda token: token.kind in ("NAME", "COMMA"), statement)]
    behind = statement[len(head)].kind if len(head) < len(statement) else ""
    names = [token for token in head if token.kind == "NAME"]
    if behind in ("IN", "ELEMENT", "COLON"):
        return names
    return [] if behind in OPERATORS else names[:1]


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
