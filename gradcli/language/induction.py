"""A claim about what a loop makes, turn by turn, as claims about one turn that may be any.

Must not know graphs, nor how a claim is proved. If the claims of one of the ways are right for all
that they are made of, the claim is, for every number of turns: by induction along the loop, where
the chain rule takes the derivative by a member from that by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gradcli.graph.shape import Shape
from gradcli.language import syntax
from gradcli.language.claim_forms import derivative_of, sum_over
from gradcli.language.derivation import derivation
from gradcli.language.letters import about_letters
from gradcli.language.one_turn import OneTurn
from gradcli.language.recurrences import (
    BEFORE,
    TURN,
    Binding,
    NotUniform,
    Place,
    Recurrence,
    Stretch,
    members,
    names_in,
    place_of,
    recurrences,
)
from gradcli.language.sections import Section
from gradcli.language.syntax import Expr, Name, parts
from gradcli.language.tree import binary, call, name, number
from gradcli.language.written import WrittenDerivation

MOST_MEMBERS = 64
"""Members of other families that one is made of."""


@dataclass(slots=True, eq=False, repr=False)
class Way:
    """Derivations of one claim each, all of which must hold.

    With `total` they say nothing where something has no value, so that everything must have one.
    """

    sections: list[Section]
    total: bool = False


def turns(
    shared: Section,
    own: Section,
    layout: str,
    start: int,
    letter: str,
    shapes: Mapping[str, Shape],
) -> Iterator[tuple[Iterator[WrittenDerivation], bool]]:
    """The ways in which a claim, by where it begins, follows for all sizes of a letter.

    Of each its derivations, and whether it needs that everything has a value. `shapes` are those of
    the vertices, of a family's members under its name.
    """

    def read(section: Section) -> WrittenDerivation:
        return derivation(
            section, section, sizes={}, given={}, files={}, layout=layout, lifting=True
        )

    statements = [*([] if own is shared else shared.statements), *own.statements]
    try:
        for way in Induction(statements, letter, shapes).ways(start):
            yield map(read, way.sections), way.total
    except NotUniform:
        return


@dataclass(slots=True, eq=False, repr=False)
class Looped:
    """A claim in a loop, or alone: its sides, its variable and where it runs."""

    left: Expr
    right: Expr
    variable: str = ""
    stretch: Stretch | None = None

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """Left and right."""
        return self.left, self.right

    @property
    def binding(self) -> Binding:
        """The variable at the turn."""
        return {self.variable: TURN}


@dataclass(slots=True, eq=False, repr=False)
class Adjoint:
    """What may be the derivative of `output` by the members of a family, at its variable."""

    output: str
    family: Recurrence
    value: Expr
    variable: str


@dataclass(eq=False, repr=False)
class Induction:
    """A derivation whose loops run to a letter, and the shapes of its vertices.

    A family has its members' under its name. NotUniform where turns are not alike.
    """

    statements: Sequence[syntax.Statement]
    letter: str
    shapes: Mapping[str, Shape]
    families: dict[str, Recurrence] = field(init=False)
    declared: dict[str, syntax.Declaration] = field(init=False)
    definitions: dict[str, syntax.Definition | syntax.FunctionDefinition] = field(init=False)
    claims: dict[int, Looped] = field(init=False)

    def __post_init__(self) -> None:
        self.families = recurrences(self.statements, self.letter)
        self.declared, self.definitions, self.claims = {}, {}, {}
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
                    self._claim(statement, "", None)
                case syntax.Loop(variable=variable):
                    ends = [place_of(e, self.letter, {}) for e in (statement.low, statement.high)]
                    for inside in statement.body:
                        if isinstance(inside, syntax.Claim):
                            self._claim(inside, variable.name, Stretch(*ends))

    def _new(self, names: Sequence[str]) -> None:
        """NotUniform for a name that has another meaning, as in what derivations share."""
        known = self.declared.keys() | self.definitions.keys() | self.families.keys()
        if not known.isdisjoint(names):
            raise NotUniform

    def _claim(self, claim: syntax.Claim, variable: str, stretch: Stretch | None) -> None:
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
                inside = names_in(self._values(each))
                left += inside - found
                found |= inside
        return found

    def _values(self, text: str) -> Iterator[Expr]:
        match self.definitions.get(text):
            case syntax.Definition(value=value) | syntax.FunctionDefinition(body=value):
                yield value
        if (family := self.families.get(text)) is not None:
            yield from family.single.values()
            if family.body is not None:
                yield family.body

    def _end_of(self, output: str) -> Recurrence:
        """The family whose last member, and nothing else of the loop, an output is made of."""
        found: set[tuple[str, Place]] = set()
        left, done = [output], set[str]()
        while left:
            text = left.pop()
            if text in done or text not in self.definitions:
                continue
            done.add(text)
            for value in self._values(text):
                if any(isinstance(part, syntax.Derivative) for part in parts(value)):
                    raise NotUniform
                found |= {*members(value, self.indexed, self.letter, {})}
                left += names_in([value])
        if len(found) != 1:
            raise NotUniform
        ((text, place),) = found
        family = self.families.get(text)
        if family is None or self._ends(family)[1] != place:
            raise NotUniform
        return family

    def _ends(self, family: Recurrence) -> tuple[Place, Place]:
        """The first and the last member; NotUniform unless each is made of the one before it."""
        own: set[Place] = set()
        seen: set[tuple[str, Place]] = set()
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
        if own != {BEFORE} or family.span is None or len(seen) == MOST_MEMBERS:
            raise NotUniform
        start = family.span.first + Place(0, 0, -1)
        if family.single.keys() != {start}:
            raise NotUniform
        return start, family.span.last

    def _within(self, text: str, other: str) -> bool:
        return text == other or other in self.made_of(text)

    def _own(self, output: str) -> set[str]:
        """The names in the definitions that an output is made of, those of families apart."""
        found, left = {output}, [output]
        while left:
            text = left.pop()
            if text in self.families:
                continue
            inside = names_in(self._values(text))
            left += inside - found
            found |= inside
        return found

    # -- the ways

    def ways(self, start: int) -> Iterator[Way]:
        """Of the claim that begins there."""
        claim = self.claims.get(start)
        if claim is None:
            return
        derivative, index = derivative_of(claim.left)
        if derivative is None:
            yield from self._telescope(claim)
            return
        subject, by = derivative
        for adjoint in self._adjoints(subject, claim):
            try:
                yield self._by_chain_rule(claim, adjoint, by, index)
            except NotUniform:
                continue

    def _adjoints(self, output: str, claim: Looped) -> Iterator[Adjoint]:
        """What is claimed of a derivative of the output, or of what that is made of."""
        family = self._end_of(output)
        for other in dict.fromkeys((claim, *self.claims.values())):
            try:
                derivative, index = derivative_of(other.left)
            except NotUniform:
                continue
            if derivative is None or index is None or other.stretch is None:
                continue
            subject, _ = derivative
            value = other.right
            if subject != output:
                if subject not in self._own(output) or subject not in self.definitions:
                    continue
                value = binary("*", call("grad", name(output), name(subject)), value)
            yield Adjoint(output, family, value, other.variable)

    def _by_chain_rule(self, claim: Looped, adjoint: Adjoint, by: str, index: Expr | None) -> Way:
        """From the derivative by every member that by what these are made of."""
        family = adjoint.family
        start, end = self._ends(family)
        assert family.span is not None
        at_start = by in self._made_of_start(family)
        if by in self._own(adjoint.output) - {family.family}:
            raise NotUniform
        if by in self.families or by in self.rows:
            whole = by == family.family or by in self.rows
            self._runs(claim, index, Stretch(start, end) if whole else family.span)
        elif index is not None or by not in self.declared:
            raise NotUniform
        if by == family.family:
            more = iter([self._same(claim, adjoint)])
        elif by in self.rows:
            more = self._by_row(claim, adjoint, by)
        elif by in self.families:
            if at_start:
                raise NotUniform
            more = self._by_row(claim, adjoint, by)
        elif at_start:
            more = self._by_start(claim, adjoint, by)
        else:
            more = self._by_parameter(claim, adjoint, by)
        return Way([*self._adjoint(adjoint), *more])

    def _by_start(self, claim: Looped, adjoint: Adjoint, by: str) -> Iterator[Section]:
        """By what the first member alone is made of."""
        family, (start, _) = adjoint.family, self._ends(adjoint.family)
        assert family.body is not None
        inside = names_in([family.body])
        if by in inside.union(*(self.made_of(text, family.family) for text in inside)):
            raise NotUniform
        turn = OneTurn(self)
        seed = turn.placed(adjoint.value, {adjoint.variable: start})
        yield turn.section(turn.back(family, start, seed, by, None), turn.placed(claim.right, {}))

    def _runs(self, claim: Looped, index: Expr | None, where: Stretch) -> None:
        """NotUniform unless a claim is about the member at its variable, in these turns."""
        if claim.stretch is None or index is None or not where.holds(claim.stretch):
            raise NotUniform
        if place_of(index, self.letter, claim.binding) != TURN:
            raise NotUniform

    def _adjoint(self, adjoint: Adjoint) -> Iterator[Section]:
        """It is the derivative by the last member, and by each one if by the next."""
        family, text = adjoint.family, adjoint.family.family
        end = self._ends(family)[1]
        last = OneTurn(self, ending=True)
        value = last.placed(adjoint.value, {adjoint.variable: end})
        yield last.section(call("grad", name(adjoint.output), last.name(text, end)), value)
        turn = OneTurn(self, family.span, held=[(text, BEFORE)])
        seed = turn.placed(adjoint.value, {adjoint.variable: TURN})
        value = turn.placed(adjoint.value, {adjoint.variable: BEFORE})
        yield turn.section(turn.back(family, TURN, seed, text, BEFORE), value)

    def _same(self, claim: Looped, adjoint: Adjoint) -> Section:
        """A claim about members says what was shown of them."""
        turn = OneTurn(self)
        left = turn.placed(adjoint.value, {adjoint.variable: TURN})
        return turn.section(left, turn.placed(claim.right, claim.binding))

    def _by_row(self, claim: Looped, adjoint: Adjoint, by: str) -> Iterator[Section]:
        """By what one turn alone is made of; so is, maybe, the member that it begins with."""
        family = adjoint.family
        assert family.span is not None
        assert claim.stretch is not None
        turn = OneTurn(self, family.span, held=[(family.family, BEFORE)])
        for each, at in ((turn, TURN), (OneTurn(self), self._ends(family)[0])):
            claimed = at == TURN or not family.span.holds(claim.stretch)
            if not claimed and by not in self._made_of_start(family):
                continue
            seed = each.placed(adjoint.value, {adjoint.variable: at})
            back = each.back(family, at, seed, by, at)
            if claimed:
                yield each.section(back, each.placed(claim.right, {claim.variable: at}))

    def _by_parameter(self, claim: Looped, adjoint: Adjoint, by: str) -> Iterator[Section]:
        """By what is the same in all turns: the sum over these."""
        family = adjoint.family
        span, end = family.span, self._ends(family)[1]
        fold, body, rest = sum_over(claim.right)
        (turns,) = fold.ranges
        low, high = (place_of(each, self.letter, {}) for each in (turns.low, turns.high))
        assert span is not None
        shift = span.first + low.times(-1)
        if (shift.turn, shift.size) != (0, 0) or high + shift != span.last:
            raise NotUniform
        turn = OneTurn(self, span, held=[(family.family, BEFORE)])
        seed = turn.placed(adjoint.value, {adjoint.variable: TURN})
        right = turn.placed(body, {turns.variable.name: TURN + shift.times(-1)})
        yield turn.section(turn.back(family, TURN, seed, by, None), right)
        if rest is not None:
            # What stands beside the sum must have a value where there is no turn, too.
            last = OneTurn(self, ending=True)
            nothing = binary(
                "*", number(0), call("grad", name(adjoint.output), last.name(family.family, end))
            )
            yield last.section(nothing, binary("+", nothing, last.placed(rest, {})))

    def _made_of_start(self, family: Recurrence) -> set[str]:
        """All that the member that a family begins with is made of."""
        inside = names_in(family.single.values())
        return inside.union(*map(self.made_of, inside))

    def _telescope(self, claim: Looped) -> Iterator[Way]:
        """Both sides are equal, or change by as much from turn to turn and are equal at the end."""
        if claim.stretch is None:
            raise NotUniform
        turn = OneTurn(self, claim.stretch)
        yield Way([turn.section(*(turn.placed(side, claim.binding) for side in claim.sides))])
        used = {
            text
            for side in claim.sides
            for text, _ in members(side, self.indexed, self.letter, claim.binding)
        }
        for text in used & self.families.keys():
            family = self.families[text]
            try:
                start, end = self._ends(family)
            except NotUniform:
                continue
            if not Stretch(start, end).holds(claim.stretch):
                continue
            turn, last = OneTurn(self, family.span), OneTurn(self, ending=True)
            steps = []
            for side in claim.sides:
                here, there = (turn.placed(side, {claim.variable: at}) for at in (TURN, BEFORE))
                steps.append(binary("-", there, here))
            ends = [last.placed(side, {claim.variable: end}) for side in claim.sides]
            yield Way([last.section(*ends), turn.section(*steps)], total=True)
