"""A derivation whose loops run to a letter: its families, its inputs, its claims, read as text.

Must not know which claims follow from which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

from gradcli.graph.shape import Shape
from gradcli.graph.space import AXES
from gradcli.language.elaboration.letters import about_letters
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr, Name, parts
from gradcli.language.turns.claim_forms import sum_over
from gradcli.language.turns.recurrences import (
    BEFORE,
    TURN,
    Binding,
    FilledFamily,
    MemberPlace,
    MemberRange,
    NotUniform,
    members,
    names_in,
    place_of,
    recurrences,
)

MOST_MEMBERS = 64
"""Members of other families that one is made of."""


@dataclass(slots=True, eq=False, repr=False)
class Looped:
    """A claim in a loop, or alone: its sides, its variable and where it runs."""

    left: Expr
    right: Expr
    variable: str = ""
    stretch: MemberRange | None = None

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """Left and right."""
        return self.left, self.right

    @property
    def binding(self) -> Binding:
        """The variable at the turn."""
        return {self.variable: TURN}


@dataclass(eq=False, repr=False)
class LoopedProgram:
    """A derivation whose loops run to a letter, and the shapes of its vertices.

    A family has its members' under its name. NotUniform where turns are not alike.
    """

    statements: Sequence[syntax.Statement]
    letter: str
    shapes: Mapping[str, Shape]
    families: dict[str, FilledFamily] = field(init=False)
    declared: dict[str, syntax.Declaration] = field(init=False)
    definitions: dict[str, syntax.Definition | syntax.FunctionDefinition] = field(init=False)
    claims: dict[int, Looped] = field(init=False)

    def __post_init__(self) -> None:
        self.families, again = recurrences(self.statements, self.letter)
        self.declared, self.definitions, self.claims = {}, {}, {}
        for each in again:
            self._claim(each.claim, each.loop)
        for statement in self.statements:
            match statement:
                case syntax.Declaration(names=names):
                    self._new([each.name for each in names])
                    self.declared |= {each.name: statement for each in names}
                case syntax.Definition(indices=()) | syntax.FunctionDefinition():
                    self._new([statement.name.name])
                    self.definitions[statement.name.name] = statement
                case syntax.Condition():
                    if not about_letters(statement.value, frozenset({self.letter})):
                        raise NotUniform
                case syntax.Claim():
                    self._claim(statement)
                case syntax.Loop():
                    for inside in statement.body:
                        if isinstance(inside, syntax.Claim):
                            self._claim(inside, statement)

    def _new(self, names: Sequence[str]) -> None:
        """NotUniform for a name that has another meaning, as in what derivations share."""
        known = self.declared.keys() | self.definitions.keys() | self.families.keys()
        if not known.isdisjoint(names):
            raise NotUniform

    def _claim(self, claim: syntax.Claim, loop: syntax.Loop | None = None) -> None:
        variable, stretch = "", None
        if loop is not None:
            variable = loop.variable.name
            stretch = MemberRange(*(place_of(e, self.letter, {}) for e in (loop.low, loop.high)))
        if len(claim.sides) == 1 and claim.sides[0].relation == "=":
            side = claim.sides[0]
            self.claims[claim.span.start] = Looped(claim.left, side.value, variable, stretch)

    @property
    def rows(self) -> frozenset[str]:
        """The inputs that have an entry for every turn."""
        return frozenset(
            text
            for text, statement in self.declared.items()
            if statement.set.power
            and any(
                isinstance(part, Name) and part.name == self.letter
                for part in parts(statement.set.power[0])
            )
        )

    def apart(self) -> LoopedProgram:
        """The same, whose families may be told otherwise."""
        other = copy(self)
        other.families = dict(self.families)
        return other

    def is_array(self, text: str) -> bool:
        """Whether an input is one by the name of its set, however many of them there are."""
        kind = self.declared[text].set.name
        return kind is not None and kind.name in AXES

    # -- what is made of what

    @property
    def indexed(self) -> frozenset[str]:
        """What has a member, or an entry, for every turn."""
        return self.rows | self.families.keys()

    def made_of(self, text: str, but: str = "") -> set[str]:
        """All names that a definition, or a family, is made of; `but` is not looked into."""
        found: set[str] = set()
        left = [text]
        while left:
            each = left.pop()
            if each != but:
                inside = names_in(self.values(each))
                left += inside - found
                found |= inside
        return found

    def inside(self, texts: Collection[str]) -> list[FilledFamily]:
        """The families among some names and all that these are made of."""
        known = {*texts}.union(*map(self.made_of, texts)) & self.families.keys()
        return [self.families[each] for each in sorted(known)]

    def made_of_singles(self, texts: Collection[str], but: str = "") -> set[str]:
        """All that the single members inside are made of, with which loops begin.

        Those of one family may be left out.
        """
        found = (each for each in self.inside(texts) if each.family != but)
        return self.names_within(value for each in found for value in each.single.values())

    def names_within(self, values: Iterable[Expr], but: str = "") -> set[str]:
        """All names that expressions are made of; `but` is not looked into."""
        names = names_in(values)
        return names.union(*(self.made_of(text, but) for text in names))

    def enter(self, family: FilledFamily, shape: Shape) -> None:
        """Add a family that nobody wrote, and the shape of its members."""
        self.families[family.family] = family
        self.shapes = {**self.shapes, family.family: shape}

    def over_turns(self, expr: Expr) -> tuple[Expr, str, MemberRange, Expr | None]:
        """The body of a sum over turns, its variable, which turns, and what stands beside it."""
        fold, body, rest = sum_over(expr)
        (turns,) = fold.ranges
        ends = (place_of(each, self.letter, {}) for each in (turns.low, turns.high))
        return body, turns.variable.name, MemberRange(*ends), rest

    def values(self, text: str) -> Iterator[Expr]:
        match self.definitions.get(text):
            case syntax.Definition(value=value) | syntax.FunctionDefinition(body=value):
                yield value
        if (family := self.families.get(text)) is not None:
            yield from family.single.values()
            if family.body is not None:
                yield family.body

    def ends(
        self, family: FilledFamily, beside: MemberPlace = BEFORE
    ) -> tuple[MemberPlace, MemberPlace]:
        """Where a family begins and ends; NotUniform unless each is made of that beside it."""
        own: set[MemberPlace] = set()
        seen: set[tuple[str, MemberPlace]] = set()
        left = [(family.family, TURN)]
        while left:
            text, at = left.pop()
            known = self.families[text]
            if at.turn == 0 and self._within(text, family.family):
                raise NotUniform
            for other, place in known.used(self.indexed, self.letter) if at.turn else ():
                found = other, place.at(at)
                if other == family.family:
                    own.add(found[1])
                elif other in self.families and found not in seen and len(seen) < MOST_MEMBERS:
                    seen.add(found)
                    left.append(found)
        if own != {beside} or family.span is None or len(seen) == MOST_MEMBERS:
            raise NotUniform
        ends = (family.span.first, family.span.last)[:: -beside.more]
        start = ends[0] + MemberPlace(0, 0, beside.more)
        if not family.single:
            # What the first one is made of is told elsewhere.
            return ends[0], ends[1]
        if family.single.keys() != {start}:
            raise NotUniform
        return start, ends[1]

    def end_of(self, output: str) -> FilledFamily:
        """The family whose last member, and nothing else of the loop, an output is made of."""
        found: set[tuple[str, MemberPlace]] = set()
        left, done = [output], set[str]()
        while left:
            text = left.pop()
            if text in done or text not in self.definitions:
                continue
            done.add(text)
            for value in self.values(text):
                if any(isinstance(part, syntax.Derivative) for part in parts(value)):
                    raise NotUniform
                found |= {*members(value, self.indexed, self.letter, {})}
                left += names_in([value])
        if len(found) != 1:
            raise NotUniform
        ((text, place),) = found
        family = self.families.get(text)
        if family is None or self.ends(family)[1] != place:
            raise NotUniform
        return family

    def own(self, output: str) -> set[str]:
        """The names in the definitions that an output is made of, those of families apart."""
        found, left = {output}, [output]
        while left:
            text = left.pop()
            if text in self.families:
                continue
            inside = names_in(self.values(text))
            left += inside - found
            found |= inside
        return found

    def _within(self, text: str, other: str) -> bool:
        return text == other or other in self.made_of(text)
