"""A derivation of one turn of a loop, which may be any: members beside one another, one claim.

Must not know why it is made. What it does not tell of a member may be anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from gradcli.graph.shape import Dim, Letters, Shape
from gradcli.language.documents.sections import Section
from gradcli.language.tree import syntax
from gradcli.language.tree.build import NOWHERE, call, name, number
from gradcli.language.tree.syntax import Expr, Name, parts
from gradcli.language.turns.looped_program import LoopedProgram
from gradcli.language.turns.recurrences import (
    BEFORE,
    TURN,
    Binding,
    FilledFamily,
    MemberPlace,
    MemberRange,
    NotUniform,
    member,
    members,
    names_in,
    placed,
)

KEPT = (syntax.Layout, syntax.Convention)


@dataclass(slots=True, eq=False, repr=False)
class Reduction:
    """Derivations of one claim each, all of which must hold.

    With `total` they say nothing where something has no value, so that everything must have one.
    """

    sections: list[Section]
    total: bool = False


class OneTurn:
    """A turn that is any of a stretch, or none, where members are told by others that are `near`.

    All others are inputs, as are those that are `held`: what they are is told elsewhere. `ending`
    says whether what is made of members apart from the loop is told by these, or an input as well.
    """

    def __init__(
        self,
        whole: LoopedProgram,
        stretch: MemberRange | None = None,
        ending: bool = False,
        held: Collection[tuple[str, MemberPlace]] = (),
        near: Collection[MemberPlace] = (TURN, BEFORE),
    ) -> None:
        self.whole, self.stretch, self.ending = whole, stretch, ending
        self.held, self.near = held, near
        self.places: dict[str, tuple[str, MemberPlace]] = {}
        self.told: dict[str, Expr] = {}
        self.statements: list[syntax.Statement] = []
        self.done: set[str] = set()

    def placed(self, expr: Expr, binding: Binding) -> Expr:
        """An expression at a turn; NotUniform where the turn or the size is left in it."""
        made, used = placed(expr, self.whole.indexed, self.whole.letter, binding)
        for family, place in used.values():
            self.name(family, place)
        return made

    def name(self, family: str, place: MemberPlace) -> Expr:
        """A member by its name."""
        title = member(family, place)
        if title not in self.places:
            self.places[title] = family, place
            if (found := self._value(family, place)) is not None:
                self.told[title] = self.placed(*found)
        return name(title)

    def _value(self, family: str, place: MemberPlace) -> tuple[Expr, Binding] | None:
        """What a member is, if that is to be told here."""
        known = self.whole.families.get(family)
        if known is None or (family, place) in self.held:
            return None
        if place in known.single:
            return known.single[place], {}
        if known.body is None or known.span is None or self.stretch is None:
            return None
        where = self.stretch.moved(place.more) if place.turn else MemberRange(place, place)
        if place not in self.near or not known.span.holds(where):
            return None
        for other, at in known.used(self.whole.indexed, self.whole.letter):
            if other in self.whole.families and at.at(place) not in self.near:
                return None
        return known.body, {known.variable: known.place.at(place)}

    def back(
        self, family: FilledFamily, at: MemberPlace, seed: Expr, by: str, where: MemberPlace | None
    ) -> Expr:
        """What a seed at a member becomes on the way back to `by`, to its member at `where`.

        NotUniform if there may be another way than by what is told here.
        """
        return call("vjp", *self._way(family, at, by, where), seed)

    def slope(
        self, family: FilledFamily, at: MemberPlace, by: str, where: MemberPlace | None
    ) -> Expr | None:
        """The derivative of a member by `by`, by its member at `where`; None where it is not in it.

        NotUniform if there may be another way than by what is told here.
        """
        root, target = self._way(family, at, by, where)
        if target.name not in self.inside(root.name, {target.name}):
            return None
        return syntax.Derivative(NOWHERE, root, ((target, 1),), 1)

    def _way(
        self, family: FilledFamily, at: MemberPlace, by: str, where: MemberPlace | None
    ) -> tuple[Name, Name]:
        """The names of a member and of what it is made of by what is told here alone."""
        text = family.family
        root = member(text, at)
        self.name(text, at)
        target = by if where is None else member(by, where)
        if where is not None:
            self.name(by, where)
        if root not in self.told or root == target:
            raise NotUniform
        for title in self.inside(root, {target}):
            if title in (root, target):
                continue
            other, place = self.places.get(title, (title, TURN))
            if (other, place) == (text, BEFORE) and (text, BEFORE) in self.held:
                continue
            if other in (text, by):
                raise NotUniform
            if title not in self.told and not self.whole.made_of(other).isdisjoint({text, by}):
                raise NotUniform
        return Name(NOWHERE, root), Name(NOWHERE, target)

    def inside(self, title: str, ends: Collection[str]) -> set[str]:
        """All names that a member is made of here, as far as the `ends`."""
        found: set[str] = set()
        left = [title]
        while left:
            text = left.pop()
            if text not in found:
                found.add(text)
                if text in self.told and text not in ends:
                    left += names_in([self.told[text]])
        return found

    # -- as statements

    def section(self, left: Expr, right: Expr) -> Section:
        """The derivation of the claim that two sides are equal."""
        self.statements = [s for s in self.whole.statements if isinstance(s, KEPT)]
        self.done = set()
        self._need(left)
        self._need(right)
        claim = _claim(left, right)
        return Section("", 0, [*self.statements, claim])

    def at_any(self, left: Expr, right: Expr) -> Section:
        """The same where the last turn may be any; NotUniform where one is counted from it."""
        section = self.section(left, right)
        if any(place.size for _, place in self.places.values()):
            raise NotUniform
        return section

    def tell(self, family: str, place: MemberPlace, value: Expr) -> None:
        """Say what a member is, before anything that is made of it is named."""
        title = member(family, place)
        self.places[title] = family, place
        self.told[title] = value

    def _need(self, expr: Expr) -> None:
        """Whatever an expression is made of, each before what is made of it."""
        for part in parts(expr):
            if isinstance(part, syntax.Derivative):
                for inside in (part.subject, *(by for by, _ in part.by)):
                    self._need(inside)
            elif isinstance(part, Name) and part.name not in self.done:
                self.done.add(part.name)
                self._name(part.name)
            elif isinstance(part, syntax.Call) and part.function.name not in self.done:
                self.done.add(part.function.name)
                self._name(part.function.name)

    def _name(self, title: str) -> None:
        whole = self.whole
        definition = whole.definitions.get(title)
        if title in self.told:
            self._define(title, self.told[title])
        elif title in self.places:
            self.statements.append(self._input(title, *self.places[title]))
        elif isinstance(definition, syntax.FunctionDefinition):
            if placed(definition.body, whole.indexed, whole.letter, {})[1]:
                raise NotUniform
            self._need(definition.body)
            self.statements.append(definition)
        elif definition is not None:
            if self.ending or not [*members(definition.value, whole.indexed, whole.letter, {})]:
                self._define(title, self.placed(definition.value, {}))
            elif title in whole.shapes:
                self.statements.append(_declared(title, whole.shapes[title]))
            else:
                raise NotUniform
        elif (statement := whole.declared.get(title)) is not None:
            if whole.letter in {p.name for e in _arguments(statement) for p in parts(e)
                                if isinstance(p, Name)}:  # fmt: skip
                raise NotUniform
            self.statements.append(replace(statement, names=(Name(NOWHERE, title),)))

    def _define(self, title: str, value: Expr) -> None:
        self._need(value)
        left = Name(NOWHERE, title)
        self.statements.append(syntax.Definition(NOWHERE, left, (), value, _claim(left, value)))

    def _input(self, title: str, family: str, place: MemberPlace) -> syntax.Declaration:
        if family not in self.whole.rows:
            if family not in self.whole.shapes:
                raise NotUniform
            return _declared(title, self.whole.shapes[family])
        statement = self.whole.declared[family]
        power = (statement.set.power or ())[1:]
        return replace(
            statement,
            names=(Name(NOWHERE, title),),
            set=replace(statement.set, power=power or None),
        )


def _arguments(statement: syntax.Declaration) -> Iterator[Expr]:
    yield from statement.set.arguments
    yield from statement.set.power or ()


def _claim(left: Expr, right: Expr) -> syntax.Claim:
    return syntax.Claim(NOWHERE, left, NOWHERE, (syntax.Side("=", right, NOWHERE),))


def _declared(title: str, shape: Shape) -> syntax.Declaration:
    """Any array of a shape."""
    power = tuple(map(_size, shape)) or None
    every = syntax.Set(NOWHERE, Name(NOWHERE, "R"), (), None, power)
    return syntax.Declaration(NOWHERE, (Name(NOWHERE, title),), every)


def _size(dim: Dim) -> Expr:
    """A letter or a number."""
    if not isinstance(dim, Letters):
        return number(dim)
    text = str(dim)
    if not text.isidentifier():
        raise NotUniform
    return name(text)
