"""A claim about the derivative of a loop's member, as claims about one turn, by its tangent.

Must not know graphs, nor how a claim is proved. The tangent of a member is that of the one before,
times the slope of one turn, and what the turn adds; a closed form that begins and goes on like
this is the tangent after every number of turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from gradcli.language.documents.sections import Section
from gradcli.language.tree import syntax
from gradcli.language.tree.build import binary, call, exchanged, name, number
from gradcli.language.tree.syntax import Expr, Name, parts
from gradcli.language.turns.claim_forms import ClaimedDerivative
from gradcli.language.turns.closed_forms import (
    HERE,
    ClosedForms,
    at,
    at_any_turn,
    entry,
    is_number,
    put,
)
from gradcli.language.turns.looped_program import Looped, LoopedProgram
from gradcli.language.turns.one_turn import OneTurn, Reduction
from gradcli.language.turns.recurrences import (
    BEFORE,
    BEHIND,
    TURN,
    FilledFamily,
    MemberPlace,
    MemberRange,
    NotUniform,
    place_of,
)

SOMEWHERE = MemberPlace(0, 0, 10**9)
"""Another turn, further on than any program writes of: its members may be anything."""
TANGENT = "the tangent"
"""The family of the derivatives that a claim is made of: no name that can be written is one."""


def along(
    whole: LoopedProgram, claim: Looped, derivative: ClaimedDerivative
) -> Iterator[Reduction]:
    """The ways in which a claim about a member's derivative follows."""
    for shifted in (False, True):
        with suppress(NotUniform):
            yield Tangent(whole.apart(), claim, derivative, shifted).reduction()


def solved(whole: LoopedProgram, claim: Looped) -> Iterator[Reduction]:
    """The ways in which a claim about a member's value follows: it begins and goes on so."""
    match claim.left:
        case syntax.Index(operand=Name(name=text), items=(index,)) if text in whole.families:
            place = place_of(index, whole.letter, claim.binding)
            for beside, shifted in ((BEFORE, False), (BEFORE, True), (BEHIND, False)):
                with suppress(NotUniform):
                    yield _goes_on(whole.apart(), claim, text, place, beside, shifted)


def _goes_on(
    whole: LoopedProgram,
    claim: Looped,
    text: str,
    place: MemberPlace,
    beside: MemberPlace,
    shifted: bool,
) -> Reduction:
    family = whole.families[text]
    start, end = whole.ends(family, beside)
    assert family.span is not None
    if beside == BEFORE:
        written = at_any_turn(whole, claim, place, MemberRange(start, end))
    elif place == TURN and claim.stretch and MemberRange(end, start).holds(claim.stretch):
        # Towards the first turn all is counted from the last one, which stays where it is.
        written = put(claim.right, claim.variable, name(HERE))
    else:
        raise NotUniform
    forms = ClosedForms(whole, family.span, -beside.more, shifted)
    if beside == BEFORE:
        forms.in_program()
    right = forms.growing(written)
    first, turn = OneTurn(whole), OneTurn(whole, family.span, near=(TURN, beside))
    begun = first.placed(at(written, HERE, start.written(whole.letter)), {})
    turn.tell(text, beside, turn.placed(right, {HERE: beside}))
    claims = [
        (first, first.name(text, start), begun),
        (turn, turn.name(text, TURN), turn.placed(right, {HERE: TURN})),
    ]
    sections = [
        each.at_any(*sides) if beside == BEFORE else each.section(*sides) for each, *sides in claims
    ]
    return Reduction([*sections, *forms.begins(start, claim.variable)], total=True)


class Tangent:
    """The derivative of a family's members by an input, or by one member of another."""

    def __init__(
        self, whole: LoopedProgram, claim: Looped, derivative: ClaimedDerivative, shifted: bool
    ) -> None:
        family = whole.families.get(derivative.subject)
        if family is None or family.span is None or derivative.of is None:
            raise NotUniform
        self.whole, self.claim, self.by = whole, claim, derivative.by
        self.family, self.span = family, family.span
        self.ends = MemberRange(*whole.ends(family))
        self.place = place_of(derivative.of, whole.letter, claim.binding)
        self.index: MemberPlace | None = None
        if derivative.member is not None:
            self.index = place_of(derivative.member, whole.letter, claim.binding)
        self.forms = ClosedForms(whole, self.span, shifted=shifted)
        self.shape = whole.shapes.get(family.family)
        if derivative.postfix and self.by in whole.rows and self.shape != ():
            # This is a row of the derivative.
            raise NotUniform

    def reduction(self) -> Reduction:
        """To claims about one turn, and about the first one."""
        self.forms.in_program()
        own = self.by == self.family.family
        starts = self.whole.made_of_singles([self.family.family])
        if self.index is not None and not own and self.by in starts:
            raise NotUniform
        if self.index is None:
            found = self._by_input()
        elif self.place == TURN and self.index == (BEFORE if own else TURN):
            found = self._within_a_turn(self.index)
        else:
            found = self._by_member()
        total = found.total or bool(self.forms.found)
        begins = self.forms.begins(self.ends.first, self.claim.variable)
        return Reduction([*found.sections, *begins], total)

    def _within_a_turn(self, index: MemberPlace) -> Reduction:
        """By the member before, or by what this turn alone is made of."""
        if self.claim.stretch is None or not self.span.holds(self.claim.stretch):
            raise NotUniform
        turn = self._turn()
        slope = turn.slope(self.family, TURN, self.by, index)
        right = turn.placed(self.claim.right, self.claim.binding)
        return Reduction([turn.section(slope or number(0), right)])

    def _by_input(self) -> Reduction:
        """By what is the same in all turns, or what the first one begins with."""
        whole = self.whole
        if self.by not in whole.declared or self.by in whole.rows:
            raise NotUniform
        if (recursive := self._with_tangents()) is not None:
            stretch = self.claim.stretch
            if self.place != TURN or stretch is None or not self.span.holds(stretch):
                raise NotUniform
            return Reduction([self._step(entry(TANGENT, name(HERE)), recursive)])
        written = at_any_turn(whole, self.claim, self.place, self.ends)
        first = OneTurn(whole)
        slope = first.slope(self.family, self.ends.first, self.by, None)
        begun = first.placed(at(written, HERE, self.ends.first.written(whole.letter)), {})
        return self._from(first, slope, begun, written)

    def _by_member(self) -> Reduction:
        """Of the last member, by that of the turn where a claim stands: so of all those behind."""
        claim, own = self.claim, self.by == self.family.family
        where = self.ends if own else self.span
        stands = (self.place, self.index) == (self.ends.last, TURN)
        if not stands or claim.stretch is None or not where.holds(claim.stretch):
            raise NotUniform
        if not (own or self.by in self.whole.rows) or self.shape != ():
            raise NotUniform
        put(claim.right, claim.variable, name(claim.variable))
        whole = Looped(claim.left, claim.right)
        written = at_any_turn(self.whole, whole, self.ends.last, self.ends)
        written = self.forms.of_another(written, claim.variable)
        first = OneTurn(self.whole) if own else self._turn()
        slope = number(1) if own else first.slope(self.family, TURN, self.by, TURN)
        begun = first.placed(at(written, HERE, name(claim.variable)), claim.binding)
        return self._from(first, slope, begun, written)

    def _from(self, first: OneTurn, slope: Expr | None, begun: Expr, written: Expr) -> Reduction:
        """From what is so at first and goes on."""
        right = self.forms.growing(written)
        base = first.at_any(slope or number(0), begun)
        return Reduction([base, self._step(right, right)], total=True)

    def _turn(self) -> OneTurn:
        return OneTurn(self.whole, self.span, held=[(self.family.family, BEFORE)])

    def _step(self, before: Expr, right: Expr) -> Section:
        """What a turn makes of the tangent before it is the right side at this turn."""
        turn = self._turn()
        beside = {} if self.index is None else {self.claim.variable: SOMEWHERE}
        told = turn.placed(before, {**beside, HERE: BEFORE})
        text = self.family.family
        slope = turn.slope(self.family, TURN, text, BEFORE)
        if slope is None:
            raise NotUniform
        if self.shape == ():
            left: Expr = binary("*", slope, told)
        elif is_number(name(self.by), self.whole):
            root, target = (turn.name(text, place) for place in (TURN, BEFORE))
            left = call("jvp", root, target, told)
        else:
            raise NotUniform
        if self.index is None and (more := turn.slope(self.family, TURN, self.by, None)):
            left = binary("+", left, more)
        return turn.at_any(left, turn.placed(right, {**beside, HERE: TURN}))

    def _with_tangents(self) -> Expr | None:
        """The right side, where it is made of the tangent before, in terms of that."""
        found = {}
        for part in parts(self.claim.right):
            match part:
                case syntax.Derivative(
                    subject=syntax.Index(operand=Name(name=text), items=(place,)),
                    by=((Name(name=by), 1),),
                    order=1,
                ) if (text, by) == (self.family.family, self.by):
                    if place_of(place, self.whole.letter, self.claim.binding) != BEFORE:
                        raise NotUniform
                    found[part] = entry(TANGENT, binary("-", name(HERE), number(1)))
        if not found:
            return None
        if self.shape is None or not is_number(name(self.by), self.whole):
            raise NotUniform
        self.whole.enter(FilledFamily(TANGENT), self.shape)
        return put(exchanged(self.claim.right, found), self.claim.variable, name(HERE))
