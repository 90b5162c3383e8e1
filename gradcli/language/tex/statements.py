"""Formulas become statements: definitions, claims, and the lines that continue them.

Must not know sections, comments or how a row is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from gradcli.errors import GradcliError, Source, Span, wrong
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom, NoFormula
from gradcli.language.tex.bodies import Body, bare, built, looped, side_place
from gradcli.language.tex.bound_maps import bound_maps
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.conditionals import is_conditional
from gradcli.language.tex.definitions import Definitions
from gradcli.language.tex.differentials import varied
from gradcli.language.tex.formula import TexItem
from gradcli.language.tex.hanging import restrict, restricts
from gradcli.language.tex.known import KnownName, KnownNames
from gradcli.language.tex.lefts import LeftName, LeftSides, recurs
from gradcli.language.tex.losses import abstract, used_in
from gradcli.language.tex.names import base_of, symbol
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tex.unclaimed import (
    is_number,
    is_zero,
    refuse_own,
    refuse_repeated,
    refuse_row,
    refuse_second,
)
from gradcli.language.tex.worked import at_point, is_fixed, worked
from gradcli.language.tree import syntax

TWO = 2
COMPARED = ("<", "<=", ">", ">=")
Read: TypeAlias = tuple[
    Literal["claim", "definition", "condition", "side-condition", "update", "note"], str
]


@dataclass(slots=True)
class StatementMaker:
    """Makes the statements of a section, one formula after another.

    `ahead` tells the formulas that are still to come; `done` are those of them that were read with
    one before, each with what a line behind it goes on with.
    """

    source: Source
    known: KnownNames
    bodies: list[Body] = field(default_factory=list)
    last: Body | None = None
    lost_line: int = 0
    conditioned: bool = False
    several: bool = False
    before: str = ""
    inherited: tuple[syntax.Statement, ...] = ()
    point: syntax.At | None = None
    done: dict[TexFormula, Body | None] = field(default_factory=dict)
    ahead: Callable[[], Sequence[TexFormula]] = tuple

    @property
    def lefts(self) -> LeftSides:
        """How left sides are read."""
        return LeftSides(self.source, self.known)

    # -- what a formula is

    def formula(self, formula: TexFormula, word: str = "") -> Read:
        """What a formula was read as. GradcliError for what is not read, NoFormula for no claim.

        `word` is what a comment says of it.
        """
        kind, why = self._told(formula, word)
        self.before = kind
        return kind, why

    def _told(self, formula: TexFormula, word: str) -> Read:
        signs = [r.text for r in formula.relations]
        if formula in self.done:
            self.last = self.done[formula]
            return "definition", ""
        if word == "ignore" or not signs:
            self._end()
            raise NoFormula("passed over, as a comment says" if word else "an expression")
        if word == "condition" or signs[0] == "=!":
            self._end()
            self.conditioned = True
            return "condition", "a condition, which is not judged"
        if "<-" in signs:
            self._end()
            return "update", "an update, which is not judged"
        if restricts(self.source, self.last, formula):
            return "side-condition", ""
        if signs[0] in ("~", "in"):
            self._end()
            raise NoFormula("another relation")
        for atom in formula.atoms:
            if isinstance(atom.why, NoFormula):
                raise atom.why
        if (signs[0] == ":=" and recurs(formula)) or self.lefts.steps(formula):
            self._end()
            return "update", "an update, which is not judged"
        equal = self._equal(formula, signs)
        if not equal.relations:
            self._end()
            self._bind_compared(formula, signs)
            raise NoFormula("another relation")
        named, numbers = worked(equal, self._is_plain(equal), self.point is not None)
        if not formula.sides[0]:
            return self._worked(equal, named, numbers, lambda: self._continue(named))
        self._end()
        return self._worked(equal, named, numbers, lambda: self._equation(named, word))

    def _is_plain(self, formula: TexFormula) -> bool:
        """Whether a left side is a name that is defined."""
        left = self.lefts.name(formula) if formula.sides[0] else None
        return left is not None and not self._is_new(left, formula)

    def _worked(
        self, equal: TexFormula, named: TexFormula, numbers: Sequence[list[Atom]],
        read: Callable[[], Read],
    ) -> Read:  # fmt: skip
        """What names say, and then the numbers that are put into it at a point."""
        kind: Read = ("claim", "")
        if named.relations:
            kind = read()
        elif named.sides[0]:
            self.last = self.built(named, lambda builder: self._alone(named, builder))
        if not numbers:
            return kind
        place = side_place(self.source, numbers[0])
        if self.last is None or (self.point is None and not is_fixed(self.last, numbers)):
            if not named.relations and any(r.text == "≈" for r in equal.relations):
                raise NoFormula("another relation")
            message = "numbers stand instead of names here, and no point is given"
            if named.relations:
                return kind[0], f"{message}, so they are not judged"
            raise wrong("G025", message, place, help="give it:  % gradcli: at x = 2, y = 3")
        made = at_point(self.source, self.last, self.point, numbers)
        self.bodies += [made] if made is not None else []
        return "claim", ""

    def _alone(self, formula: TexFormula, builder: TexBuilder) -> list[syntax.Statement]:
        """A left side for itself, whose value at a point is told."""
        place = side_place(self.source, formula.sides[0])
        return [syntax.Output(place, builder.side(formula.sides[0]))]

    def _equal(self, formula: TexFormula, signs: Sequence[str]) -> TexFormula:
        """The sides up to the first relation that is no equality."""
        count = next(
            (
                k for k, sign in enumerate(signs)
                if sign not in ("=", ":=") and not (sign == "≈" and is_number(formula.sides[k + 1]))
            ), len(signs),
        )  # fmt: skip
        self.conditioned = self.conditioned or "=!" in signs
        if count > 1 and self.lefts.derives(self.last, formula) and is_zero(formula.sides[count]):
            # The zero of several right sides is what is asked for, and not claimed.
            self.conditioned, count = True, count - 1
        if count == len(signs):
            return formula
        return replace(
            formula, sides=formula.sides[: count + 1], relations=formula.relations[:count]
        )

    def _end(self) -> None:
        self.last, self.lost_line = None, 0

    def lose(self, formula: TexFormula, line: int) -> None:
        """A formula that was not read: its name is not known, and nothing continues it."""
        self.last, self.lost_line, self.before = None, line, "unread"
        name = self.lefts.name(formula)
        if name is None:
            return
        lost = (name.key,) if is_conditional(name.key) else (name.key, symbol(name.item))
        for each in lost:
            known = self.known.names.get(each)
            given = known is not None and known.how == "input" and each == name.key
            if known is None or self._is_map(known) or (given and not recurs(formula)):
                self.known.names[each] = KnownName("unread", each, line=line)

    def claims(self, formula: TexFormula) -> bool:
        """Whether a formula would be a claim, were it read."""
        if not formula.sides[0]:
            return True
        name = self.lefts.name(formula)
        return name is None or not self._is_new(name, formula)

    def inline(self, formula: TexFormula) -> None:
        """A definition in the text; anything else there says nothing."""
        signs = [r.text for r in formula.relations]
        with suppress(NoFormula):
            self._bind_compared(formula, signs)
        if signs not in (["="], [":="]):
            return
        name = self.lefts.name(formula)
        known = self.known.names.get(name.key) if name is not None else None
        if name is None or (known is not None and not self._is_new_map(name, formula)):
            with suppress(NoFormula):
                self._bind_written(formula, {a.text for a in formula.sides[0]})
        elif any(a.kind == "SYMBOL" for a in formula.sides[1]) and (
            known or not self.known.scalars
        ):
            self._named(formula)
        self._end()

    def _named(self, formula: TexFormula) -> None:
        """A definition in the text; where it is not read, its name is not known."""
        try:
            self._equation(formula, "")
        except (GradcliError, NoFormula):
            self.lose(formula, self.source.position(formula.start)[0])

    # -- equations

    def _equation(self, formula: TexFormula, word: str) -> Read:
        name = self.lefts.name(formula)
        if name is not None and name.input and is_number(formula.sides[1]):
            return "note", "a value of an input: give the point,  % gradcli: at …"
        given = name is not None and name.input
        if name is not None and given and self.conditioned and self._is_used(name):
            return "note", "holds only under the condition above"
        if name is not None and word != "claim" and self._is_new(name, formula):
            if given or self._is_map(self.known.names.get(name.key)):
                self._undeclare(name, formula)
            Definitions(self).define(formula, name)
            return ("claim" if len(formula.sides) > TWO else "definition"), ""
        if word == "definition":
            place = Span(self.source, formula.start, formula.end)
            raise refusals.not_read(place, "this defines no new name")
        if not self.lefts.derives(self.last, formula) and (
            self.conditioned or (formula.behind and self.before not in ("claim", "definition"))
        ):
            return "note", "holds only under the condition above"
        body = self.built(formula, lambda builder: self._claim(formula, builder))
        restrict(self.source, body, formula.because)
        self.keep(body)
        return "claim", ""

    def _is_new(self, name: LeftName, formula: TexFormula) -> bool:
        """Whether a name is free; an input may be defined, and what is defined around a section.

        A function that may be any is defined by what does not have it, before it is used.
        """
        known = self.known.names.get(name.key)
        if known is None or name.input:
            return True
        if known.how == "map":
            return symbol(name.item) not in formula.right_texts and not self._is_used(name)
        return known.inherited and known.how in ("node", "family", "function", "bound", "unread")

    @staticmethod
    def _is_map(known: KnownName | None) -> bool:
        return known is not None and known.how == "map"

    def _is_new_map(self, name: LeftName, formula: TexFormula) -> bool:
        """Whether a function that may be any is defined here."""
        return self._is_map(self.known.names.get(name.key)) and self._is_new(name, formula)

    def _is_used(self, name: LeftName) -> bool:
        """Whether an input stands in what has been read, so that a condition may be on it."""
        return self.known.names[name.key].name in used_in([*self.inherited, *self.statements()])

    def _undeclare(self, name: LeftName, formula: TexFormula) -> None:
        """What was declared is defined here. GradcliError where it has been used as an input."""
        known = self.known.names[name.key]
        place = Span(self.source, name.item.start, name.item.end)
        right = {a.text for side in formula.sides[1:] for a in side}
        right |= {t.text for side in formula.sides[1:] for a in side for p in a.inside for t in p}
        if symbol(name.item) in right or known.name in used_in(self.statements()):
            message = f"{refusals.shown(place)} is declared as an input, and defined here"
            raise refusals.not_read(place, message, "define it above its first use")
        self.known.probe.forget(known.name)
        self.known.defined.add(known.name)
        del self.known.names[name.key]

    def _claim(self, formula: TexFormula, builder: TexBuilder) -> list[syntax.Statement]:
        builder.opens, builder.vanishes = True, is_zero(formula.sides[1])
        left = builder.side(formula.sides[0])
        builder.opens = False
        sides = self.sides(formula.sides[1:], builder)
        refuse_repeated(builder, formula, left)
        given = [side for side in sides if side.value not in builder.holes]
        refuse_second(builder, left, given)
        refuse_row(builder, left, given)
        refuse_own(self.known, left, given)
        self._bind(bound_maps(builder, left, [side.value for side in given]), formula)
        whole = Span(self.source, formula.start, formula.end)
        place = side_place(self.source, formula.sides[0])
        return [syntax.Claim(whole, left, place, (*sides,))]

    def sides(self, sides: Sequence[list[Atom]], builder: TexBuilder) -> list[syntax.Side]:
        return [
            syntax.Side("=", builder.side(side), side_place(self.source, side)) for side in sides
        ]

    # -- functions that may be any

    def _bind(self, names: Collection[str], formula: TexFormula) -> None:
        """Functions are no longer any, as an equation says. NoFormula where there are such."""
        for key, known in [*self.known.names.items()]:
            if known.how == "map" and known.name in names:
                line = self.source.position(formula.start)[0]
                self.known.names[key] = KnownName("bound", key, line=line)
        if names:
            raise NoFormula(f"a condition on {', '.join(sorted(names))}")

    def _bind_compared(self, formula: TexFormula, signs: Sequence[str]) -> None:
        """The same of all functions that are compared with a number, as in `f(x) > 0`."""
        if {*signs} & {*COMPARED} and any(is_number(side) for side in formula.sides):
            self._bind_written(formula, {a.text for a in formula.atoms})

    def _bind_written(self, formula: TexFormula, texts: Collection[str]) -> None:
        """The same of all functions whose letters are among some."""
        maps = {k: known for k, known in self.known.names.items() if known.how == "map"}
        self._bind({known.name for k, known in maps.items() if base_of(k) in texts}, formula)

    # -- lines that go on

    def _continue(self, formula: TexFormula) -> Read:
        several, self.several = self.several, False
        if several:
            place = Span(self.source, formula.start, formula.end)
            message = "which of the formulas above does this line go on with?"
            raise wrong("G022", message, place, help="write its left side as well")
        if self.last is None:
            place = Span(self.source, formula.start, formula.end)
            if self.lost_line:
                message = f"line {self.lost_line}, which this goes on with, was not read"
                raise wrong("G022", message, place)
            raise wrong("G022", "there is nothing above that this line continues", place)
        body = self.last
        whole = Span(self.source, formula.start, formula.end)

        if (
            len(formula.sides) == 2
            and is_zero(formula.sides[1])
            and self.lefts.derives(self.last, formula)
        ):
            self.conditioned, self.last = True, None
            return "condition", "a condition, which is not judged"

        def make(builder: TexBuilder) -> list[syntax.Statement]:
            builder.goes_on(body.builder)
            sides = self.sides(formula.sides[1:], builder)
            first = body.statements[0]
            if isinstance(first, syntax.Claim):
                given = [side for side in sides if side.value not in builder.holes]
                refuse_own(self.known, first.left, given)
                self._bind(bound_maps(builder, first.left, [s.value for s in given]), formula)
            return [syntax.Continuation(whole, (*sides,))]

        body.statements += self.built(formula, make).statements
        return "claim", ""

    def built(
        self, formula: TexFormula, make: Callable[[TexBuilder], Sequence[syntax.Statement]]
    ) -> Body:
        place = Span(self.source, formula.start, formula.end)

        def made(builder: TexBuilder) -> Sequence[syntax.Statement]:
            builder.abstract = self._loss
            builder.run_over(formula.ranges, formula.texts)
            builder.varied = varied(self.source, formula)
            builder.differentials.refuse_size(formula)
            return make(builder)

        return built(self.source, self.known, place, made)

    def _loss(self, name: str, item: TexItem) -> None:
        done = [*self.inherited, *self.statements()]
        self.bodies.append(abstract(self.source, self.known, name, item, done))

    def keep(self, body: Body) -> None:
        """The statements are part of the section from now on, and its names known."""
        first = body.statements[0]
        if isinstance(first, syntax.Definition):
            defined = [s for s in body.statements if isinstance(s, syntax.Definition)]
            self._read(looped(body, [bare(each) for each in defined]))
        elif isinstance(first, syntax.FunctionDefinition):
            self._read(first)
        self.bodies.append(body)
        self.last = body

    def _read(self, statement: syntax.Statement) -> None:
        if found := self.known.probe.read(statement):
            raise GradcliError(*found)

    def statements(self) -> list[syntax.Statement]:
        """All statements in their order."""
        return [
            each
            for body in self.bodies
            for each in ([looped(body, body.statements)] if body.ranges else body.statements)
        ]
