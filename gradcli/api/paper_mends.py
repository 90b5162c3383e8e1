"""The diagnosis of refuted claims of a paper: found on the same section as a sheet, told in LaTeX.

Must not know how mistakes are found. A mend is printed only where the reader takes its LaTeX for
the graph that was judged, or where what it takes it for was judged right itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from gradcli.api.derivations import Checked
from gradcli.api.listening import untold
from gradcli.claims import Claimed, Key
from gradcli.diagnosis.refuted_claim import passes
from gradcli.errors import GradcliError, Source, Span
from gradcli.judge.case import Case
from gradcli.judge.finding import CheckOptions, Diagnosis, Finding
from gradcli.language import syntax
from gradcli.language.parse import read
from gradcli.language.scope import Failed
from gradcli.language.sections import Document, Section, all_statements, right_sides
from gradcli.language.sheet_text import expression_text, sheet_text
from gradcli.language.syntax import Expr
from gradcli.language.tex.reread import side
from gradcli.language.tex.sheet import TexSection
from gradcli.language.tex.tokens import Macros
from gradcli.language.typeset.author import AuthorSpelling, in_habit
from gradcli.language.typeset.sides import Local, SideWriter
from gradcli.language.typeset.splicing import Splicer
from gradcli.language.walk import NeedsSize
from gradcli.language.written import WrittenDerivation
from gradcli.reading import Place

LINE = re.compile(r"\bline (\d+)")
LONGEST = 24
"""Words that a piece of the language within a sentence is made of, at most."""


class PaperTwin:
    """A section of a paper as a sheet of the language, side by side with what was written."""

    def __init__(self, section: TexSection, macros: Macros, options: CheckOptions) -> None:
        self.section, self.macros = section, macros
        everything = [*section.inherited, *section.statements]
        self.spelled = AuthorSpelling(everything, section.known, macros)
        self.text = "\n".join(s.span.text for s in everything)
        source = Source("<sheet>", sheet_text(everything))
        reading = read(source)
        made = [*reading.program.statements]
        count = len(section.inherited)
        self.written = [*_sides(section.statements)]
        self.sides = [*_sides(made[count:])]
        self.fits = not reading.complaints and len(self.sides) == len(self.written)
        if not self.fits:
            return
        own = Section(section.title, made[count].span.start, made[count:])
        self.checked = Checked(
            Document(source, source.text), reading, Section("", 0, made[:count]), own, [],
            replace(options, lines=(), name="", first=False), Place(), untold,
        )  # fmt: skip

    @cached_property
    def case(self) -> Case[WrittenDerivation]:
        """The sheet, ready to be judged."""
        return self.checked.case()

    @property
    def derivation(self) -> WrittenDerivation:
        """The sheet at the sizes at which it is shown."""
        return self.case.shown

    def diagnoses(self) -> Mapping[int, Diagnosis]:
        """What is said of each refuted claim, by where its side begins in the paper."""
        if not self.fits:
            return {}
        places = {s.span.start: w.span for s, w in zip(self.sides, self.written, strict=True)}
        found = {f.span.start: f for f in self.checked.run().findings if f.diagnosis}
        return {
            places[start].start: self._told(finding, places)
            for start, finding in found.items()
            if start in places
        }

    def _told(self, finding: Finding, places: Mapping[int, Span]) -> Diagnosis:
        told = finding.diagnosis
        assert told is not None
        place = told.span or finding.span
        text = LINE.sub(lambda match: self._line(int(match[1]), places), told.text)
        local = self._local(place)
        mended = self._mended(told, place, places, local) if told.mended else None
        return replace(
            told, text=self._sentence(text, local), mended=mended,
            verdict=told.verdict if mended else None,
            span=places.get(told.span.start) if told.span else None,
        )  # fmt: skip

    def _line(self, number: int, places: Mapping[int, Span]) -> str:
        """The line of the paper for one of the sheet."""
        position = self.checked.document.source.position
        there = (span for start, span in places.items() if position(start)[0] == number)
        found = next(there, None)
        return f"line {found.source.position(found.start)[0]}" if found else "a line above"

    def _local(self, place: Span) -> Local:
        """The variables of loops round a side, at their first turn."""
        for key, claimed in self.derivation.claims.items():
            if claimed.span.start == place.start:
                return self.derivation.contexts[key][0].local
        return {}

    # -- in the author's notation

    def _mended(
        self, told: Diagnosis, place: Span, places: Mapping[int, Span], local: Local
    ) -> str | None:
        """The mended side in LaTeX; None where it is not read as what was judged."""
        assert told.mended is not None
        wanted = self._expression(told.mended)
        plain = None if wanted is None else self._latex(wanted, local)
        left = self._left(places[place.start]) if place.start in places else None
        if wanted is None or plain is None or left is None:
            return None
        for text in dict.fromkeys(
            (self._spliced(place, wanted, local), in_habit(plain, self.text), plain)
        ):
            if text is None:
                continue
            again = side(self.section.known, self.macros, f"{left} = {text}")
            meant = None if again is None else self._expression(expression_text(again))
            if meant is None:
                continue
            if self._node(meant, local) is self._node(wanted, local) or self._judged(place, meant):
                return text
        return None

    def _spliced(self, place: Span, wanted: Expr, local: Local) -> str | None:
        """The mended side with all that stays as its author has it."""
        for side_, written in zip(self.sides, self.written, strict=True):
            if side_.span.start == place.start:
                write = partial(self._habitual, local=local)
                return Splicer(written.value, side_.value, write).text(wanted)
        return None

    def _habitual(self, expr: Expr, local: Local) -> str | None:
        latex = self._latex(expr, local)
        return None if latex is None else in_habit(latex, self.text)

    def _left(self, place: Span) -> str | None:
        """The left side that a side of the paper is claimed of, or defines."""
        left = None
        for statement in all_statements(self.section.statements):
            match statement:
                case syntax.Claim():
                    left = statement.left_span.text
                case syntax.Definition() | syntax.FunctionDefinition():
                    left = statement.claim.left_span.text
            if any(s.span.start == place.start for s in right_sides(statement)):
                return left
        return None

    def _judged(self, place: Span, meant: Expr) -> bool:
        """Whether a claim with this side passes."""
        for key, claimed in self.derivation.claims.items():
            if claimed.span.start == place.start:
                return passes(self.case, claimed, mended_with(key, meant)) is not None
        return False

    def _expression(self, text: str) -> Expr | None:
        try:
            return self.derivation.parsed(text)
        except GradcliError:
            return None

    def _node(self, expr: Expr, local: Local) -> object:
        assert self.derivation.elaborator is not None
        try:
            return self.derivation.elaborator.node(expr, dict(local))
        except (GradcliError, Failed, NeedsSize):
            return object()

    def _latex(self, expr: Expr, local: Local) -> str | None:
        assert self.derivation.elaborator is not None
        try:
            return SideWriter(self.derivation.elaborator, self.spelled).text(expr, local)
        except (GradcliError, Failed, NeedsSize):
            return None

    def _sentence(self, text: str, local: Local) -> str:
        """A sentence whose pieces of the language are written as the paper would write them."""
        words = text.split(" ")
        found: list[str] = []
        while words:
            for count in range(min(len(words), LONGEST), 0, -1):
                piece = " ".join(words[:count])
                bare = piece.rstrip(",:;")
                latex = self._piece(bare, local)
                if latex is not None:
                    found.append(latex + piece[len(bare) :])
                    break
            else:
                count = 1
                found.append(words[0])
            words = words[count:]
        return " ".join(found)

    def _piece(self, text: str, local: Local) -> str | None:
        """The LaTeX of a text that is an expression of names of this section."""
        if not text or text.isdecimal():
            return None
        expr = self._expression(text)
        if expr is None or not any(isinstance(p, syntax.Name) for p in syntax.parts(expr)):
            return None
        return self._habitual(expr, local)

    def at(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a point under the names that the paper has."""
        return {self.spelled(name).text: value for name, value in point.items()}


def mended_with(key: Key, meant: Expr) -> Callable[[WrittenDerivation], Claimed]:
    """A claim with another right side."""
    return lambda derivation: derivation.mended(derivation.claims[key], meant)


def _sides(statements: Sequence[syntax.Statement]) -> Iterator[syntax.Side]:
    for statement in all_statements(statements):
        yield from right_sides(statement)
