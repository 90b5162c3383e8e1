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
from gradcli.language.tree.build import binary, call, exchanged, name, number
from gradcli.language.tree.syntax import Expr
from gradcli.language.turns.backward import handed_back
from gradcli.language.turns.claim_forms import ClaimedDerivative, derivative_of
from gradcli.language.turns.closed_forms import HERE, ClosedForms, at, entry, growing_parts, put
from gradcli.language.turns.forward import TANGENT, along, solved
from gradcli.language.turns.looped_program import Looped, LoopedProgram
from gradcli.language.turns.one_turn import OneTurn, Reduction
from gradcli.language.turns.recurrences import (
    BEFORE,
    TURN,
    FilledFamily,
    MemberRange,
    NotUniform,
    members,
    place_of,
)
from gradcli.language.written import WrittenDerivation


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
    """What may be the derivative of `output` by the members of a family.

    `written` and `value` are in `HERE`; in the latter what grows towards the first turn is told by
    `forms`.
    """

    output: str
    family: FilledFamily
    written: Expr
    value: Expr
    forms: ClosedForms

    def here(self, expr: Expr, variable: str) -> Expr:
        """Another expression like `value`."""
        return self.forms.growing(put(expr, variable, name(HERE)))


class Induction:
    """The ways in which claims of a program with loops follow from claims about one turn."""

    def __init__(self, whole: LoopedProgram) -> None:
        self.whole = whole

    # -- the ways

    def ways(self, start: int) -> Iterator[Reduction]:
        """Of the claim that begins there."""
        claim = self.whole.claims.get(start)
        if claim is None:
            return
        found = derivative_of(claim.left)
        if found is None:
            yield from solved(self.whole, claim)
            yield from self._telescope(claim)
        elif found.of is not None:
            yield from along(self.whole, claim, found)
        else:
            yield from handed_back(self.whole, claim, found)
            for adjoint in self._adjoints(found.subject, claim):
                try:
                    yield self._by_chain_rule(claim, adjoint, found.by, found.member)
                except NotUniform:
                    continue
            yield from self._by_tangent(claim, found)

    def _by_tangent(self, claim: Looped, found: ClaimedDerivative) -> Iterator[Reduction]:
        """From what a part of the claim says to be the derivative of the last member."""
        if found.member is not None or claim.stretch is not None:
            return
        family = self.whole.end_of(found.subject)
        end = self.whole.ends(family)[1].written(self.whole.letter)
        if found.by in self.whole.own(found.subject) - {family.family}:
            return
        self.whole.enter(FilledFamily(TANGENT), ())
        tangent, last_member = (entry(text, end) for text in (TANGENT, family.family))
        derivative = ClaimedDerivative(family.family, end, found.by, None)
        for part in growing_parts(claim.right, self.whole.letter):
            last = OneTurn(self.whole, ending=True)
            left, right = (
                last.placed(side, {})
                for side in (
                    call("jvp", name(found.subject), last_member, tangent),
                    exchanged(claim.right, {part: tangent}),
                )
            )
            ending = last.section(left, right)
            for way in along(self.whole, Looped(claim.left, part), derivative):
                yield Reduction([ending, *way.sections], total=True)

    def _adjoints(self, output: str, claim: Looped) -> Iterator[Adjoint]:
        """What is claimed of a derivative of the output, or of what that is made of."""
        family = self.whole.end_of(output)
        for other in dict.fromkeys((claim, *self.whole.claims.values())):
            try:
                found = derivative_of(other.left)
            except NotUniform:
                continue
            if found is None or found.of is not None:
                continue
            if found.member is None or other.stretch is None:
                continue
            value = other.right
            if found.subject != output:
                known = self.whole.definitions
                if found.subject not in self.whole.own(output) or found.subject not in known:
                    continue
                value = binary("*", call("grad", name(output), name(found.subject)), value)
            assert family.span is not None
            forms = ClosedForms(self.whole, family.span.moved(-1), step=-1)
            written = put(value, other.variable, name(HERE))
            yield Adjoint(output, family, written, forms.growing(written), forms)

    def _by_chain_rule(
        self, claim: Looped, adjoint: Adjoint, by: str, index: Expr | None
    ) -> Reduction:
        """From the derivative by every member that by what these are made of."""
        family = adjoint.family
        start, end = self.whole.ends(family)
        assert family.span is not None
        at_start = by in self.whole.names_within(family.single.values())
        if by in self.whole.own(adjoint.output) - {family.family}:
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
        sections = [*self._adjoint(adjoint), *more]
        return Reduction(sections, total=bool(adjoint.forms.found))

    def _by_start(self, claim: Looped, adjoint: Adjoint, by: str) -> Iterator[Section]:
        """By what the first member alone is made of."""
        family, (start, _) = adjoint.family, self.whole.ends(adjoint.family)
        assert family.body is not None
        if by in self.whole.names_within([family.body], family.family):
            raise NotUniform
        turn = OneTurn(self.whole)
        seed = turn.placed(adjoint.value, {HERE: start})
        right = turn.placed(adjoint.forms.known_at(claim.right, start), {})
        yield turn.section(turn.back(family, start, seed, by, None), right)

    def _runs(self, claim: Looped, index: Expr | None, where: MemberRange) -> None:
        """NotUniform unless a claim is about the member at its variable, in these turns."""
        if claim.stretch is None or index is None or not where.holds(claim.stretch):
            raise NotUniform
        if place_of(index, self.whole.letter, claim.binding) != TURN:
            raise NotUniform

    def _adjoint(self, adjoint: Adjoint) -> Iterator[Section]:
        """It is the derivative by the last member, and by each one if by the next."""
        family, text = adjoint.family, adjoint.family.family
        end = self.whole.ends(family)[1]
        last = OneTurn(self.whole, ending=True)
        value = last.placed(at(adjoint.written, HERE, end.written(self.whole.letter)), {})
        yield last.section(call("grad", name(adjoint.output), last.name(text, end)), value)
        turn = OneTurn(self.whole, family.span, held=[(text, BEFORE)])
        seed = turn.placed(adjoint.value, {HERE: TURN})
        value = turn.placed(adjoint.value, {HERE: BEFORE})
        yield turn.section(turn.back(family, TURN, seed, text, BEFORE), value)

    def _same(self, claim: Looped, adjoint: Adjoint) -> Section:
        """A claim about members says what was shown of them."""
        turn = OneTurn(self.whole)
        left = turn.placed(adjoint.value, {HERE: TURN})
        return turn.section(
            left, turn.placed(adjoint.here(claim.right, claim.variable), {HERE: TURN})
        )

    def _by_row(self, claim: Looped, adjoint: Adjoint, by: str) -> Iterator[Section]:
        """By what one turn alone is made of; so is, maybe, the member that it begins with."""
        family = adjoint.family
        assert family.span is not None
        assert claim.stretch is not None
        turn = OneTurn(self.whole, family.span, held=[(family.family, BEFORE)])
        right = adjoint.here(claim.right, claim.variable)
        for each, place in ((turn, TURN), (OneTurn(self.whole), self.whole.ends(family)[0])):
            claimed = place == TURN or not family.span.holds(claim.stretch)
            if not claimed and by not in self.whole.names_within(family.single.values()):
                continue
            seed = each.placed(adjoint.value, {HERE: place})
            back = each.back(family, place, seed, by, place)
            if claimed:
                yield each.section(back, each.placed(right, {HERE: place}))

    def _by_parameter(self, claim: Looped, adjoint: Adjoint, by: str) -> Iterator[Section]:
        """By what is the same in all turns: the sum over these."""
        family = adjoint.family
        span, end = family.span, self.whole.ends(family)[1]
        body, variable, where, rest = self.whole.over_turns(claim.right)
        assert span is not None
        shift = span.first + where.first.times(-1)
        if (shift.turn, shift.size) != (0, 0) or where.last + shift != span.last:
            raise NotUniform
        turn = OneTurn(self.whole, span, held=[(family.family, BEFORE)])
        seed = turn.placed(adjoint.value, {HERE: TURN})
        term = put(body, variable, binary("-", name(HERE), number(shift.more)))
        right = turn.placed(adjoint.forms.growing(term), {HERE: TURN})
        yield turn.section(turn.back(family, TURN, seed, by, None), right)
        if rest is not None:
            # What stands beside the sum must have a value where there is no turn, too.
            last = OneTurn(self.whole, ending=True)
            nothing = binary(
                "*", number(0), call("grad", name(adjoint.output), last.name(family.family, end))
            )
            yield last.section(nothing, binary("+", nothing, last.placed(rest, {})))

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
                start, end = self.whole.ends(family)
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
