"""Definitions: a name, a function of numbers, or a family with indices becomes known.

Must not know which formula is one, nor what is claimed of what it defines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from gradcli.errors import Source, Span
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.bodies import Body, side_place
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.formula import TexBracket, TexItem
from gradcli.language.tex.known import KnownName, KnownNames
from gradcli.language.tex.lefts import LeftName, LeftSides
from gradcli.language.tex.losses import takes_loss
from gradcli.language.tex.names import indices, key, script, symbol
from gradcli.language.tex.recurrences import Recurrence, Recurrences
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tex.unclaimed import refuse_partial_derivative
from gradcli.language.tree import syntax

HOLE = "HOLE"
"""The kind of what asks for a side: a claim may, for a new name says nothing of what it is."""


class Maker(Protocol):
    """What definitions ask of who makes statements."""

    source: Source
    known: KnownNames
    last: Body | None
    bodies: list[Body]
    done: dict[TexFormula, Body | None]

    @property
    def ahead(self) -> Callable[[], Sequence[TexFormula]]: ...
    @property
    def lefts(self) -> LeftSides: ...
    def built(
        self, formula: TexFormula, make: Callable[[TexBuilder], Sequence[syntax.Statement]]
    ) -> Body: ...
    def keep(self, body: Body) -> None: ...
    def sides(self, sides: Sequence[list[Atom]], builder: TexBuilder) -> list[syntax.Side]: ...


class Definitions:
    """How left sides that are new names become known."""

    def __init__(self, maker: Maker) -> None:
        self.maker, self.source, self.known = maker, maker.source, maker.known

    def define(self, formula: TexFormula, left: LeftName) -> None:
        name, item, called = left.key, left.item, left.called
        for atom in formula.atoms:
            if atom.kind == HOLE:
                raise refusals.hole(Span(self.source, atom.start, atom.end))
        refuse_partial_derivative(self.source, self.known, item)
        at = self.maker.lefts.at(called) if called is not None else ""
        if called is not None and not at:
            parameters = [self.maker.lefts.parameter(each) for each in called.sums]
            if any(known is None for _, known in parameters):
                self._function(formula, name, parameters, item, called)
                return
            arguments = (*(known.name for _, known in parameters if known is not None),)
        else:
            arguments = ()
        if indexed := self._indices(formula, item):
            self._family(formula, item, indexed)
            return
        # The ranges beside a row are those of what has such indices on its left.
        formula = replace(formula, ranges=[])
        body = self.maker.built(formula, lambda builder: self._node(formula, builder, name, item))
        self.maker.keep(body)
        definition = body.statements[0]
        assert isinstance(definition, syntax.Definition)
        self._defined(name, definition, arguments, at)

    def _defined(
        self, name: str, definition: syntax.Definition, arguments: tuple[str, ...], at: str = ""
    ) -> None:
        spelled = definition.name.name
        node = self.known.probe.scope.names.get(spelled)
        rank = len(getattr(node, "shape", ()))
        line = self.source.position(definition.span.start)[0]
        if takes_loss(definition.value, self.known):
            self.known.of_losses.add(spelled)
        self.known.names[name] = KnownName(
            "node", spelled, rank, arguments, at=at, value=definition.value, line=line,
            place=definition.span,
        )  # fmt: skip

    def _function(
        self,
        formula: TexFormula,
        name: str,
        parameters: Sequence[tuple[TexItem, KnownName | None]],
        item: TexItem,
        called: TexBracket,
    ) -> None:
        """`f(x) = …` of x that nobody declared: a function, and x a real."""
        if len(formula.sides) > 2:
            place = Span(self.source, formula.start, formula.end)
            raise refusals.not_read(place, "a function is defined by one side")
        names = []
        for each, known in parameters:
            below = script(each.script("SUB"))
            spelled = key(symbol(each), "", below.text if below else "")
            place = Span(self.source, each.start, each.end)
            if known is None and self.known.arrays and not self.known.reals:
                builder = TexBuilder(self.source, self.known)
                raise builder.subscripts.without_shape(each, builder.subscripts.find(each))
            if known is None:
                self.known.declare_real(spelled, place)
            meant = self.known.names[spelled] if known is None else known
            names.append(syntax.Name(place, meant.name))
        left = Span(self.source, item.start, called.sums[-1].end + 1)
        head = syntax.Name(Span(self.source, item.start, item.end), self._free_name(name))
        whole = Span(self.source, formula.start, formula.end)

        def make(builder: TexBuilder) -> list[syntax.Statement]:
            value = builder.side(formula.sides[1])
            side = syntax.Side("=", value, side_place(self.source, formula.sides[1]))
            claim = syntax.Claim(whole, syntax.Call(left, head, (*names,), ()), left, (side,))
            return [syntax.FunctionDefinition(whole, head, (*names,), value, claim)]

        self.maker.keep(self.maker.built(formula, make))
        arguments = (*(n.name for n in names),)
        self.known.names[name] = KnownName("function", head.name, 0, arguments)
        self.maker.last = None

    def _free_name(self, name: str) -> str:
        """The name of the language, which is none of its functions."""
        from gradcli.ops import FUNCTIONS  # noqa: PLC0415 only a run needs it

        spelled = self.known.spelled(name)
        if spelled in FUNCTIONS:
            self.known.taken[name] = spelled = f"{spelled}_own"
        return spelled

    def _indices(self, formula: TexFormula, item: TexItem) -> list[str]:
        """The letters of a left side whose indices all run on the right side."""
        below = script(item.script("SUB"))
        if below is None or below.word or item.script("SUPER") is not None:
            return []
        parts = indices(below)
        letters = [p[0].text for p in parts if len(p) == 1 and p[0].text.isalpha()]
        taken = self.known.names.keys() | self.known.labels
        if len(letters) != len(parts) or any(x in taken for x in letters):
            return []
        said = {x for each in formula.ranges for x in each.letters}
        return letters if {*letters} <= formula.right_texts | said else []

    def _family(self, formula: TexFormula, item: TexItem, letters: list[str]) -> None:
        together = self._together(formula, item, letters)
        recurs = len(together) > 1 or symbol(item) in formula.right_texts
        if recurs and len(letters) == 1:
            found = [self._recurrence(each, its, letters) for each, its in together]
            families = Recurrences(self.source, self.known, self.maker.keep)
            if families.define(found, self.maker.bodies):
                self.maker.done |= {each: self.maker.last for each, _ in together[1:]}
                if len(together) > 1:
                    self.maker.last = None
                return
        self.maker.keep(self._recurrence(formula, item, letters).members())

    def _together(
        self, formula: TexFormula, item: TexItem, letters: Sequence[str]
    ) -> list[tuple[TexFormula, TexItem]]:
        """The formulas from here on up to the last that one before it is made of.

        `a_t = f(h_{t-1})` goes together with `h_t = g(a_t)`.
        """
        found, count = [(formula, item)], 1
        for each in self.maker.ahead():
            if each.says:
                continue
            left = self.maker.lefts.name(each) if each.sides[0] else None
            plain = left is not None and not left.called and len(each.sides) == len(formula.sides)
            if left is None or not plain or self._indices(each, left.item) != [*letters]:
                break
            base = symbol(left.item)
            if base not in self.known.names and any(base in f.right_texts for f, _ in found):
                count = len(found) + 1
            found.append((each, left.item))
        return found[:count]

    def _recurrence(self, formula: TexFormula, item: TexItem, letters: Sequence[str]) -> Recurrence:
        """A family with how its members are built."""
        base = symbol(item)
        name = self._free_name(base)
        if not formula.ranges:
            said = (self.known.runs[x] for x in letters if x in self.known.runs)
            formula = replace(formula, ranges=[*said])
        return Recurrence(formula, base, name, lambda: self._members(formula, item, name, letters))

    def _members(
        self, formula: TexFormula, item: TexItem, name: str, letters: Sequence[str]
    ) -> Body:
        base = symbol(item)

        def make(builder: TexBuilder) -> list[syntax.Statement]:
            assert isinstance(item.base, Atom)
            for letter in letters:
                if builder.index_letter(letter) is None:
                    builder.opened(letter)
            value = builder.side(formula.sides[1])
            place = Span(self.source, item.start, item.end)
            members = (*(syntax.Name(place, letter) for letter in letters),)
            head = syntax.Name(Span(self.source, item.base.start, item.base.end), name)
            left = syntax.Index(place, head, members)
            whole = Span(self.source, formula.start, formula.end)
            sides = [syntax.Side("=", value, side_place(self.source, formula.sides[1]))]
            sides += self.maker.sides(formula.sides[2:], builder)
            claim = syntax.Claim(whole, left, place, (*sides,))
            return [syntax.Definition(whole, head, members, value, claim)]

        body = self.maker.built(formula, make)
        ranges = {letter: (low, high) for letter, low, high in body.ranges}
        line = self.source.position(formula.start)[0]
        self.known.names[base] = KnownName(
            "family", name, len(letters), ranges=(*(ranges[x] for x in letters),), line=line
        )
        value = body.statements[0]
        if isinstance(value, syntax.Definition) and takes_loss(value.value, self.known):
            self.known.of_losses.add(name)
        return body

    def _node(
        self, formula: TexFormula, builder: TexBuilder, name: str, item: TexItem
    ) -> list[syntax.Statement]:
        value = builder.side(formula.sides[1])
        sides = [syntax.Side("=", value, side_place(self.source, formula.sides[1]))]
        sides += self.maker.sides(formula.sides[2:], builder)
        left = side_place(self.source, formula.sides[0])
        head = syntax.Name(Span(self.source, item.start, item.end), self._free_name(name))
        whole = Span(self.source, formula.start, formula.end)
        claim = syntax.Claim(whole, head, left, (*sides,))
        return [syntax.Definition(whole, head, (), value, claim)]
