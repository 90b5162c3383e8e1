"""The diagnosis of refuted claims of a paper: found on the same section as a sheet, told in LaTeX.

Must not know how mistakes are found. A mend is printed only where the reader takes its LaTeX for
the graph that was judged, or where what it takes it for was judged right itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from typing import Any

from gradcli.api.derivations import Checked
from gradcli.calculus.core import number
from gradcli.claims import Claimed, Key
from gradcli.diagnosis.evidence.refuted_claim import passes
from gradcli.errors import GradcliError, Source, Span
from gradcli.judge.case import Case
from gradcli.judge.finding import CheckOptions, Diagnosis, Finding
from gradcli.language.documents.sections import Document, Section, all_statements, right_sides
from gradcli.language.elaboration.scope import Failed
from gradcli.language.elaboration.walk import NeedsSize
from gradcli.language.parsing.parse import read
from gradcli.language.tex.bodies import side_place
from gradcli.language.tex.rearranged import rearranged
from gradcli.language.tex.reread import claims, side, written
from gradcli.language.tex.sheet import TexRow, TexSection
from gradcli.language.tex.tokens import Macros
from gradcli.language.tree import syntax
from gradcli.language.tree.sheet_text import expression_text, sheet_text
from gradcli.language.tree.syntax import Expr
from gradcli.language.typeset.author import AuthorSpelling, in_habit
from gradcli.language.typeset.sides import Local, SideWriter
from gradcli.language.typeset.splicing import Splicer
from gradcli.language.written import WrittenDerivation
from gradcli.reading import Place

LINE = re.compile(r"\bline (\d+)")
LONGEST = 24
"""Words that a piece of the language within a sentence is made of, at most."""
MOST_READ, MOST_JUDGED = 200, 12
"""Ways to write a side that does not fit: so many are read, of those that fit so many judged."""
ARTICLE = re.compile(r"[aA] (?!is |and |or |must |at |in |by |times |here|not )[a-z-]{2,}")
"""An `a` before a noun, which is no name."""
NAME = re.compile(r"[^\W\d]\w*")


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
            replace(options, lines=(), name="", first=False), Place(),
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
        """The variables of loops round a side, at their first turn, and of those within it."""
        for key, claimed in self.derivation.claims.items():
            if claimed.span.start == place.start:
                context = self.derivation.contexts[key][0]
                folds = [x for x in syntax.parts(context.side.value) if isinstance(x, syntax.Fold)]
                inner = {each.variable.name for fold in folds for each in fold.ranges}
                return dict.fromkeys(inner, number(1)) | dict(context.local)
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
        for side_, own in zip(self.sides, self.written, strict=True):
            if side_.span.start == place.start:
                write = partial(self._habitual, local=local)
                return Splicer(own.value, side_.value, write).text(wanted)
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

    def spell(self, made: Finding) -> None:
        """What is remarked on a finding, in the author's notation."""
        if not self.fits:
            return
        made.notes = [self._sentence(note, {}) for note in made.notes]
        made.evidence.unvisited = [
            replace(side, switch=self._sentence(side.switch, {}))
            for side in made.evidence.unvisited
        ]

    def _sentence(self, text: str, local: Local) -> str:
        """A sentence whose pieces of the language are written as the paper would write them."""
        words = text.split(" ")
        found: list[str] = []
        while words:
            for count in range(min(len(words), LONGEST), 0, -1):
                piece = " ".join(words[:count])
                bare = piece.rstrip(",:;")
                latex = None if ARTICLE.match(" ".join(words)) else self._piece(bare, local)
                if latex is not None:
                    found.append(latex + piece[len(bare) :])
                    break
            else:
                count = 1
                found.append(self._word(words[0]))
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

    def _word(self, word: str) -> str:
        """A word that is no expression with the names in it, as `φ(u)` or `ŷ's`."""
        if word.isascii() and word.isalpha():
            return word
        texts = self.spelled.texts
        return NAME.sub(lambda match: texts[match[0]].text if match[0] in texts else match[0], word)

    # -- sides whose sizes do not fit

    def judged_last(self, meant: Expr) -> str | None:
        """The verdict on a side in the place of that of the last claim."""
        wanted = self._expression(expression_text(meant))
        claimed = [*self.derivation.claims.items()]
        if wanted is None or not claimed:
            return None
        key, last = claimed[-1]
        return passes(self.case, last, mended_with(key, wanted))

    def at(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a point under the names that the paper has."""
        return {self.spelled(name).text: value for name, value in point.items()}


def refitted(
    source: Source, section: TexSection, row: TexRow, macros: Macros, options: CheckOptions
) -> tuple[Span, Diagnosis] | None:
    """The side of a row whose sizes do not fit, and what makes it right; None where nothing does.

    In its place stands what is true, so that it is a claim.
    """
    text, known = Source("row", source.text[row.start : row.end]), section.known
    formula, *more = written(known, macros, text)
    left = _left_of(source, section, row, macros)
    if more or len(formula.sides) != 2 or left is None:
        return None
    place = side_place(text, formula.sides[1])
    true = claims(known, macros, f"{left} = {left}")
    twin = PaperTwin(replace(section, statements=[*section.statements, *true]), macros, options)
    if not true or not twin.fits:
        return None
    letters = [x for x in sorted(formula.texts) if len(x) == 1 and x.isalpha()]
    free = [x for x in letters if x not in known.names and x not in known.labels]
    fitting = (
        (way.says, latex, meant)
        for way in islice(rearranged(text, formula.sides[1], free), MOST_READ)
        for latex in (in_habit(way.text, twin.text),)
        if (meant := side(known, macros, f"{left} = {latex}")) is not None
    )
    for says, latex, meant in islice(fitting, MOST_JUDGED):
        if verdict := twin.judged_last(meant):
            span = Span(source, row.start + place.start, row.start + place.end)
            return span, Diagnosis(row.misfit, says, latex, verdict)
    return None


def _left_of(source: Source, section: TexSection, row: TexRow, macros: Macros) -> str | None:
    """The left side of a row, or of the one that it goes on with; None where there are several."""
    for each in reversed(section.rows[: section.rows.index(row) + 1]):
        text = Source("row", source.text[each.start : each.end])
        formula, *more = written(section.known, macros, text)
        if more or formula.sides[0]:
            return None if more else side_place(text, formula.sides[0]).text
    return None


def mended_with(key: Key, meant: Expr) -> Callable[[WrittenDerivation], Claimed]:
    """A claim with another right side."""
    return lambda derivation: derivation.mended(derivation.claims[key], meant)


def _sides(statements: Sequence[syntax.Statement]) -> Iterator[syntax.Side]:
    for statement in all_statements(statements):
        yield from right_sides(statement)
