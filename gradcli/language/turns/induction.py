"""A claim about what a loop makes, turn by turn, as claims about one turn that may be any.

Must not know graphs, nor how a claim is proved. If the claims of one of the ways are right for all
that they are made of, the claim is, for every number of turns: by induction along the loop, where
the chain rule takes the derivative by a member from that by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gradcli.graph.shape import Shape
from gradcli.language.derivation import derivation
from gradcli.language.documents.sections import Section
from gradcli.language.tree import syntax
from gradcli.language.tree.build import binary, call, name, number
from gradcli.language.tree.syntax import Expr, parts
from gradcli.language.turns.claim_forms import derivative_of, sum_over
from gradcli.language.turns.looped_program import Looped, LoopedProgram
from gradcli.language.turns.one_turn import OneTurn
from gradcli.language.turns.recurrences import (
    BEFORE,
    TURN,
    FilledFamily,
    MemberPlace,
    MemberRange,
    NotUniform,
    members,
    names_in,
    place_of,
)
from gradcli.language.written import WrittenDerivation

MOST_MEMBERS = 64
"""Members of other families that one is made of."""


@dataclass(slots=True, eq=False, repr=False)
class Reduction:
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
        for way in Induction(LoopedProgram(statements, letter, shapes)).ways(start):
            yield map(read, way.sections), way.total
    except NotUniform:
        return


@dataclass(slots=True, eq=False, repr=False)
class Adjoint:
    """What may be the derivative of `output` by the members of a family, at its variable."""

    output: str
    family: FilledFamily
    value: Expr
    variable: str


class Induction:
    """The ways in which claims of a program with loops follow from claims about one turn."""

    def __init__(self, whole: LoopedProgram) -> None:
        self.whole = whole

    def _end_of(self, output: str) -> FilledFamily:
        """The family whose last member, and nothing else of the loop, an output is made of."""
        found: set[tuple[str, MemberPlace]] = set()
        left, done = [output], set[str]()
        while left:
            text = left.pop()
            if text in done or text not in self.whole.definitions:
                continue
            done.add(text)
            for value in self.whole.values(text):
                if any(isinstance(part, syntax.Derivative) for part in parts(value)):
                    raise NotUniform
                found |= {*members(value, self.whole.indexed, self.whole.letter, {})}
                left += names_in([value])
        if len(found) != 1:
            raise NotUniform
        ((text, place),) = found
        family = self.whole.families.get(text)
        if family is None or self._ends(family)[1] != place:
            raise NotUniform
        return family

    def _ends(self, family: FilledFamily) -> tuple[MemberPlace, MemberPlace]:
        """The first and the last member; NotUniform unless each is made of the one before it."""
        own: set[MemberPlace] = set()
        seen: set[tuple[str, MemberPlace]] = set()
        left = [(family.family, TURN)]
        while left:
            text, at = left.pop()
            known = self.whole.families[text]
            if at.turn == 0 and self._within(text, family.family):
                raise NotUniform
            for other, place in (
                known.used(self.whole.indexed, self.whole.letter) if at.turn else ()
            ):
                found = other, place.at(at)
                if other == family.family:
                    own.add(found[1])
                elif (
                    other in self.whole.families and found not in seen and len(seen) < MOST_MEMBERS
                ):
                    seen.add(found)
                    left.append(found)
        if own != {BEFORE} or family.span is None or len(seen) == MOST_MEMBERS:
            raise NotUniform
        start = family.span.first + MemberPlace(0, 0, -1)
        if family.single.keys() != {start}:
            raise NotUniform
        return start, family.span.last

    def _within(self, text: str, other: str) -> bool:
        return text == other or other in self.whole.made_of(text)

    def _own(self, output: str) -> set[str]:
        """The names in the definitions that an output is made of, those of families apart."""
        found, left = {output}, [output]
        while left:
            text = left.pop()
            if text in self.whole.families:
                continue
            inside = names_in(self.whole.values(text))
            left += inside - found
            found |= inside
        return found

    # -- the ways

    def ways(self, start: int) -> Iterator[Reduction]:
        """Of the claim that begins there."""
        claim = self.whole.claims.get(start)
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
        for other in dict.fromkeys((claim, *self.whole.claims.values())):
            try:
                derivative, index = derivative_of(other.left)
            except NotUniform:
                continue
            if derivative is None or index is None or other.stretch is None:
                continue
            subject, _ = derivative
            value = other.right
            if subject != output:
                if subject not in self._own(output) or subject not in self.whole.definitions:
                    continue
                value = binary("*", call("grad", name(output), name(subject)), value)
            yield Adjoint(output, family, value, other.variable)

    def _by_chain_rule(
        self, claim: Looped, adjoint: Adjoint, by: str, index: Expr | None
    ) -> Reduction:
        """From the derivative by every member that by what these are made of."""
        family = adjoint.family
        start, end = self._ends(family)
        assert family.span is not None
        at_start = by in self._made_of_start(family)
        if by in self._own(adjoint.output) - {family.family}:
            raise NotUniform
        if by in self.whole.families or by in self.whole.rows:
            whole = by == family.family or by in self.whole.rows
            self._runs(claim, index, MemberRange(start, end) if whole else family.span)
        elif index is not None or by not in self.whole.declared:
            raise NotUniform
        if by == family.family:
            more = iter([self._same(claim, adjoint)])
        elif by in self.whole.rows:
            more = self._by_row(claim, adjoint, by)
        elif by in self.whole.families:
            if at_start:
                raise NotUniform
            more = self._by_row(claim, adjoint, by)
        elif at_start:
            more = self._by_start(claim, adjoint, by)
        else:
            more = self._by_parameter(claim, adjoint, by)
        return Reduction([*self._adjoint(adjoint), *more])

    def _by_start(self, claim: Looped, adjoint: Adjoint, by: str) -> Iterator[Section]:
        """By what the first member alone is made of."""
        family, (start, _) = adjoint.family, self._ends(adjoint.family)
        assert family.body is not None
        inside = names_in([family.body])
        if by in inside.union(*(self.whole.made_of(text, family.family) for text in inside)):
            raise NotUniform
        turn = OneTurn(self.whole)
        seed = turn.placed(adjoint.value, {adjoint.variable: start})
        yield turn.section(turn.back(family, start, seed, by, None), turn.placed(claim.right, {}))

    def _runs(self, claim: Looped, index: Expr | None, where: MemberRange) -> None:
        """NotUniform unless a claim is about the member at its variable, in these turns."""
        if claim.stretch is None or index is None or not where.holds(claim.stretch):
            raise NotUniform
        if place_of(index, self.whole.letter, claim.binding) != TURN:
            raise NotUniform

    def _adjoint(self, adjoint: Adjoint) -> Iterator[Section]:
        """It is the derivative by the last member, and by each one if by the next."""
        family, text = adjoint.family, adjoint.family.family
        end = self._ends(family)[1]
        last = OneTurn(self.whole, ending=True)
        value = last.placed(adjoint.value, {adjoint.variable: end})
        yield last.section(call("grad", name(adjoint.output), last.name(text, end)), value)
        turn = OneTurn(self.whole, family.span, held=[(text, BEFORE)])
        seed = turn.placed(adjoint.value, {adjoint.variable: TURN})
        value = turn.placed(adjoint.value, {adjoint.variable: BEFORE})
        yield turn.section(turn.back(family, TURN, seed, text, BEFORE), value)

    def _same(self, claim: Looped, adjoint: Adjoint) -> Section:
        """A claim about members says what was shown of them."""
        turn = OneTurn(self.whole)
        left = turn.placed(adjoint.value, {adjoint.variable: TURN})
        return turn.section(left, turn.placed(claim.right, claim.binding))

    def _by_row(self, claim: Looped, adjoint: Adjoint, by: str) -> Iterator[Section]:
        """By what one turn alone is made of; so is, maybe, the member that it begins with."""
        family = adjoint.family
        assert family.span is not None
        assert claim.stretch is not None
        turn = OneTurn(self.whole, family.span, held=[(family.family, BEFORE)])
        for each, at in ((turn, TURN), (OneTurn(self.whole), self._ends(family)[0])):
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
        low, high = (place_of(each, self.whole.letter, {}) for each in (turns.low, turns.high))
        assert span is not None
        shift = span.first + low.times(-1)
        if (shift.turn, shift.size) != (0, 0) or high + shift != span.last:
            raise NotUniform
        turn = OneTurn(self.whole, span, held=[(family.family, BEFORE)])
        seed = turn.placed(adjoint.value, {adjoint.variable: TURN})
        right = turn.placed(body, {turns.variable.name: TURN + shift.times(-1)})
        yield turn.section(turn.back(family, TURN, seed, by, None), right)
        if rest is not None:
            # What stands beside the sum must have a value where there is no turn, too.
            last = OneTurn(self.whole, ending=True)
            nothing = binary(
                "*", number(0), call("grad", name(adjoint.output), last.name(family.family, end))
            )
            yield last.section(nothing, binary("+", nothing, last.placed(rest, {})))

    def _made_of_start(self, family: FilledFamily) -> set[str]:
        """All that the member that a family begins with is made of."""
        inside = names_in(family.single.values())
        return inside.union(*map(self.whole.made_of, inside))

    def _telescope(self, claim: Looped) -> Iterator[Reduction]:
        """Both sides are equal, or change by as much from turn to turn and are equal at the end."""
        if claim.stretch is None:
            raise NotUniform
        turn = OneTurn(self.whole, claim.stretch)
        yield Reduction([turn.section(*(turn.placed(side, claim.binding) for side in claim.sides))])
        used = {
            text
            for side in claim.sides
            for text, _ in members(side, self.whole.indexed, self.whole.letter, claim.binding)
        }
        for text in used & self.whole.families.keys():
            family = self.whole.families[text]
            try:
                start, end = self._ends(family)
            except NotUniform:
                continue
            if not MemberRange(start, end).holds(claim.stretch):
                continue
            turn, last = OneTurn(self.whole, family.span), OneTurn(self.whole, ending=True)
            steps = []
            for side in claim.sides:
                here, there = (turn.placed(side, {claim.variable: at}) for at in (TURN, BEFORE))
                steps.append(binary("-", there, here))
            ends = [last.placed(side, {claim.variable: end}) for side in claim.sides]
            yield Reduction([last.section(*ends), turn.section(*steps)], total=True)
