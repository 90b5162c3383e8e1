"""Families that a loop fills member by member, each from the one beside it: `h[t] = f(h[t-1])`.

Must not know what is claimed of them, nor any graph: it reads the text. A member's place is counted
in the turn that is looked at and in the letter that the loop runs to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gradcli.language.tree import syntax
from gradcli.language.tree.build import binary, exchanged, name, number
from gradcli.language.tree.syntax import Binary, Expr, Name, Number, Unary, parts


class NotUniform(Exception):
    """A turn is not like any other, or not in a way that is understood here."""


class MemberPlace(NamedTuple):
    """`turn*s + size*T + more`, where s is the turn that is looked at and T the letter."""

    turn: int
    size: int
    more: int

    def __add__(self, other: object) -> MemberPlace:
        a, b = self, other
        assert isinstance(b, MemberPlace)
        return MemberPlace(a.turn + b.turn, a.size + b.size, a.more + b.more)

    def times(self, factor: int) -> MemberPlace:
        """A multiple."""
        return MemberPlace(factor * self.turn, factor * self.size, factor * self.more)

    def at(self, turn: MemberPlace) -> MemberPlace:
        """The same where the turn is this one."""
        return turn.times(self.turn) + MemberPlace(0, self.size, self.more)

    def written(self, letter: str) -> Expr:
        """The same as one writes it; NotUniform for a place in a turn, or of two letters."""
        if self.turn or self.size not in (0, 1):
            raise NotUniform
        more = number(self.more)
        return binary("+", name(letter), more) if self.size else more

    def reaches(self, other: MemberPlace) -> bool:
        """Whether it is not before another one, whatever the size, which is 1 or more."""
        turn, size, more = self + other.times(-1)
        return turn == 0 and size >= 0 and size + more >= 0


TURN, BEFORE, BEHIND = (MemberPlace(1, 0, step) for step in (0, -1, 1))
Binding = Mapping[str, MemberPlace]


@dataclass(slots=True, eq=False, repr=False)
class MemberRange:
    """The places from `first` to `last`, of which there may be none."""

    first: MemberPlace
    last: MemberPlace

    def holds(self, other: MemberRange) -> bool:
        """Whether all places of another are among these."""
        return other.first.reaches(self.first) and self.last.reaches(other.last)

    def moved(self, more: int) -> MemberRange:
        """All places so many further."""
        step = MemberPlace(0, 0, more)
        return MemberRange(self.first + step, self.last + step)


@dataclass(slots=True, eq=False, repr=False)
class FilledFamily:
    """A family: what its member at the turn is, for the turns of `span`, and single members.

    `body` is written in `variable`, which is at `place` when the member is at the turn.
    """

    family: str
    variable: str = ""
    place: MemberPlace = TURN
    body: Expr | None = None
    span: MemberRange | None = None
    single: dict[MemberPlace, Expr] = field(default_factory=dict)

    def filled(self, where: MemberRange) -> bool:
        """Whether there is a member at each of these places, by the loop or what is beside it."""
        if self.span is None:
            return False
        first, last = self.span.first, self.span.last
        before, behind = first + MemberPlace(0, 0, -1), last + MemberPlace(0, 0, 1)
        ends = (
            before if before in self.single else first,
            behind if behind in self.single else last,
        )
        return MemberRange(*ends).holds(where)

    def used(self, indexed: Collection[str], letter: str) -> set[tuple[str, MemberPlace]]:
        """The members that the member at the turn is made of."""
        if self.body is None:
            return set()
        return {*members(self.body, indexed, letter, {self.variable: self.place})}


def place_of(expr: Expr, letter: str, binding: Binding) -> MemberPlace:
    """Where an index points to; NotUniform for what is no sum of turns, sizes and numbers."""
    match expr:
        case Number(value=value) if value.denominator == 1:
            return MemberPlace(0, 0, int(value))
        case Name(name=text) if text in binding:
            return binding[text]
        case Name(name=text) if text == letter:
            return MemberPlace(0, 1, 0)
        case Unary(operator="-", operand=inner):
            return place_of(inner, letter, binding).times(-1)
        case Binary(operator="+" | "-" as sign, left=left, right=right):
            more = place_of(right, letter, binding)
            return place_of(left, letter, binding) + more.times(1 if sign == "+" else -1)
    raise NotUniform


@dataclass(slots=True, eq=False, repr=False)
class Restated:
    """What a text says of members that are there already: so it is a claim."""

    claim: syntax.Claim
    loop: syntax.Loop | None = None


def recurrences(
    statements: Sequence[syntax.Statement], letter: str
) -> tuple[dict[str, FilledFamily], list[Restated]]:
    """Every family by its name; NotUniform where one is filled in another way."""
    found: dict[str, FilledFamily] = {}
    again: list[Restated] = []
    for statement in statements:
        match statement:
            case syntax.Definition(indices=(index,)):
                place = place_of(index, letter, {})
                family = found.setdefault(statement.name.name, FilledFamily(statement.name.name))
                if family.filled(MemberRange(place, place)):
                    again.append(Restated(statement.claim))
                elif place in family.single:
                    raise NotUniform
                else:
                    family.single[place] = statement.value
            case syntax.Definition(indices=(_, _, *_)):
                raise NotUniform
            case syntax.Loop():
                for inside in statement.body:
                    if isinstance(inside, syntax.Definition) and inside.indices:
                        if _fill(found, statement, inside, letter):
                            again.append(Restated(inside.claim, statement))
                    elif not isinstance(inside, syntax.Claim):
                        raise NotUniform
    return found, again


def _fill(
    found: dict[str, FilledFamily], loop: syntax.Loop, inside: syntax.Definition, letter: str
) -> bool:
    """Enter what a loop defines, with the turn as the place of the member; whether it is there."""
    family = found.setdefault(inside.name.name, FilledFamily(inside.name.name))
    if loop.condition is not None or len(inside.indices) != 1:
        raise NotUniform
    variable = loop.variable.name
    member = place_of(inside.indices[0], letter, {variable: TURN})
    if abs(member.turn) != 1:
        raise NotUniform
    low, high = (member.at(place_of(end, letter, {})) for end in (loop.low, loop.high))
    span = MemberRange(low, high) if member.turn > 0 else MemberRange(high, low)
    if family.filled(span):
        return True
    if family.body is not None:
        raise NotUniform
    # From  s = ±t + more  the variable is  t = ±(s - more).
    rest = MemberPlace(0, member.size, member.more)
    family.variable, family.body, family.span = variable, inside.value, span
    family.place = (TURN + rest.times(-1)).times(member.turn)
    return False


def members(
    expr: Expr, indexed: Collection[str], letter: str, binding: Binding
) -> Iterator[tuple[str, MemberPlace]]:
    """The members of families and the entries of rows that stand in an expression."""
    for part in parts(expr):
        match part:
            case syntax.Index(operand=Name(name=text), items=(first, *_)) if text in indexed:
                yield text, place_of(first, letter, binding)


def member(family: str, place: MemberPlace) -> str:
    """The name of a member: no name that can be written is one."""
    return f"{family}[{place.turn}*s + {place.size}*T + {place.more}]"


def placed(
    expr: Expr, indexed: Collection[str], letter: str, binding: Binding
) -> tuple[Expr, dict[str, tuple[str, MemberPlace]]]:
    """The expression with members as names, and which these are.

    NotUniform where the turn or the size is left in it, or an array that has an entry a turn.
    """
    new: dict[Expr, Expr] = {}
    used: dict[str, tuple[str, MemberPlace]] = {}
    inside: set[Expr] = set()
    for part in parts(expr):
        match part:
            case syntax.Derivative():
                raise NotUniform
            case syntax.Index(operand=Name(name=text), items=(first, *rest)) if text in indexed:
                place = place_of(first, letter, binding)
                used[member(text, place)] = text, place
                title = name(member(text, place))
                new[part] = syntax.Index(part.span, title, tuple(rest)) if rest else title
                inside |= {part.operand, *parts(first)}
    for part in parts(expr):
        text = part.name if isinstance(part, Name) else ""
        if isinstance(part, syntax.IndexRange):
            text = part.variable.name
        if part not in inside and (text == letter or text in binding or text in indexed):
            raise NotUniform
    if any(other in {*parts(part)} for part in new for other in new if other is not part):
        raise NotUniform
    return exchanged(expr, new), used


def names_in(values: Iterable[Expr]) -> set[str]:
    """The names that stand in expressions, functions among them."""
    inside = [part for value in values for part in parts(value)]
    called = {part.function.name for part in inside if isinstance(part, syntax.Call)}
    return called | {part.name for part in inside if isinstance(part, Name)}
