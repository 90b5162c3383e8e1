"""A claim about the derivative by a loop's members in terms of that by later ones, as one turn's.

Must not know graphs, nor how a claim is proved. What is claimed is what a turn hands back: whatever
the derivative by the members that it makes may be, so it is for the one that it really is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce

from gradcli.language.documents.sections import Section
from gradcli.language.tree import syntax
from gradcli.language.tree.build import binary, call, exchanged, name
from gradcli.language.tree.syntax import Expr, Fold, Name, parts
from gradcli.language.turns.claim_forms import ClaimedDerivative, derivative_of
from gradcli.language.turns.closed_forms import entry
from gradcli.language.turns.looped_program import Looped, LoopedProgram
from gradcli.language.turns.one_turn import OneTurn, Reduction
from gradcli.language.turns.recurrences import (
    BEFORE,
    BEHIND,
    TURN,
    Binding,
    FilledFamily,
    MemberPlace,
    MemberRange,
    NotUniform,
    member,
    members,
    place_of,
)

TERM = "the term"
"""What an output has of one turn: no name that can be written is one."""


def handed_back(
    whole: LoopedProgram, claim: Looped, derivative: ClaimedDerivative
) -> Iterator[Reduction]:
    """The ways in which a claim about the derivative of an output follows, by what it names."""
    output = derivative.subject
    names = [*_names(whole, output)]
    for text in whole.families:
        with suppress(NotUniform):
            yield Reduction([HandedBack(whole.apart(), claim, derivative, text).section()])
        for other, found in names:
            with suppress(NotUniform):
                sections = [*found.shown()]
                if other is not claim:
                    handed = HandedBack(whole.apart(), claim, derivative, text, found)
                    sections.append(handed.section())
                yield Reduction(sections)


@dataclass(slots=True, eq=False, repr=False)
class ClaimedAdjoint:
    """A family that is claimed to be the derivative of an output by another one, up to the end."""

    whole: LoopedProgram
    claim: Looped
    output: str
    family: str
    by: str

    @property
    def where(self) -> MemberRange:
        assert self.claim.stretch is not None
        return self.claim.stretch

    def shown(self) -> Iterator[Section]:
        """That it is so at the end, and at a turn if it is so behind that."""
        end = self.where.last
        at_end = end.written(self.whole.letter)
        derivative = ClaimedDerivative(self.output, None, self.by, at_end)
        last = Looped(self.claim.left, entry(self.family, at_end))
        yield HandedBack(self.whole.apart(), last, derivative, self.by).section()
        before = MemberRange(self.where.first, end + MemberPlace(0, 0, -1))
        turn = name(self.claim.variable)
        derivative = ClaimedDerivative(self.output, None, self.by, turn)
        step = replace(self.claim, right=entry(self.family, turn), stretch=before)
        handed = HandedBack(self.whole.apart(), step, derivative, self.by)
        yield handed.section(follows=self.family)


def _names(whole: LoopedProgram, output: str) -> Iterator[tuple[Looped, ClaimedAdjoint]]:
    for claim in whole.claims.values():
        with suppress(NotUniform):
            found = derivative_of(claim.left)
            if found is None or found.subject != output or found.of is not None:
                continue
            match found.member, claim.right, claim.stretch:
                case Expr() as member, syntax.Index(operand=Name(name=text), items=(at,)), stretch:
                    places = {place_of(x, whole.letter, claim.binding) for x in (member, at)}
                    if stretch and places == {TURN} and {text, found.by} <= {*whole.families}:
                        yield claim, ClaimedAdjoint(whole, claim, output, text, found.by)


class HandedBack:
    """What the turns of a family hand back of the derivatives of an output.

    That is made of the last members alone, or is a sum over turns of what is made of theirs. What
    has been `named` stands for the derivatives that it is.
    """

    def __init__(
        self,
        whole: LoopedProgram,
        claim: Looped,
        derivative: ClaimedDerivative,
        text: str,
        named: ClaimedAdjoint | None = None,
    ) -> None:
        self.whole, self.claim, self.text, self.named = whole, claim, text, named
        self.output, self.by = derivative.subject, derivative.by
        if whole.shapes.get(self.output) != ():
            raise NotUniform
        self.start, self.end = whole.ends(whole.families[text])
        span = whole.families[text].span
        assert span is not None
        self.span = span
        self.index = derivative.member
        self.adjoints: dict[str, str] = {}
        if text in whole.made_of_singles((self.output, text), but=text):
            # A loop that begins with a member of another one has ways of its own.
            raise NotUniform
        self.starts = whole.made_of_singles((self.output, text))
        self.outlet = self._outlet()
        self.term = None if self.outlet else self._of_each_turn()

    def section(self, follows: str = "") -> Section:
        """The claim about one turn; NotUniform where it is none about what is handed back.

        A family that `follows` is at the turn behind what it is claimed to be at this one.
        """
        if self.index is None:
            start = self.by in self.starts
            return self._by_the_start() if start else self._by_parameter()
        place = place_of(self.index, self.whole.letter, self.claim.binding)
        if self.claim.stretch is None:
            return self._by_the_last(place)
        if self.by == self.text:
            return self._by_own(place, follows)
        return self._by_turn(place)

    # -- what is claimed

    def _by_own(self, place: MemberPlace, follows: str) -> Section:
        """By a member: what the turn behind hands back, and what the output has of it itself."""
        stretch = self._stretch(place)
        if not self.span.holds(stretch.moved(1)):
            raise NotUniform
        turn = OneTurn(self.whole, stretch, held=[(self.text, TURN)], near=(TURN, BEHIND))
        if follows:
            turn.tell(follows, BEHIND, turn.name(self._adjoint(self.text), BEHIND))
        placed = turn.placed(self._with_adjoints(self.claim.right), self._binding(place))
        return self._handed(turn, member(self.text, TURN), placed, BEHIND, stretch)

    def _by_turn(self, place: MemberPlace) -> Section:
        """By what one turn is made of."""
        stretch = self._stretch(place)
        if self.by not in self.whole.indexed or self.by in self.starts:
            raise NotUniform
        if not self.span.holds(stretch):
            raise NotUniform
        turn = OneTurn(self.whole, stretch, held=[(self.text, BEFORE)])
        placed = turn.placed(self._with_adjoints(self.claim.right), self._binding(place))
        turn.name(self.by, TURN)
        return self._handed(turn, member(self.by, TURN), placed, TURN, stretch)

    def _by_parameter(self) -> Section:
        """By what is the same in all turns: the sum over these."""
        if self.by not in self.whole.declared or self.by in self.whole.rows:
            raise NotUniform
        body, variable, where, rest = self.whole.over_turns(self.claim.right)
        shift = where.first + self.span.first.times(-1)
        whole = (shift.turn, shift.size) == (0, 0) and where.last == self.span.last + shift
        for family in self.whole.inside((self.output, self.text)):
            if family.span and self.by in self.whole.made_of(family.family, self.text):
                whole = whole and self.span.holds(family.span)
        if not (whole and _is_nothing(rest)):
            raise NotUniform
        turn = OneTurn(self.whole, self.span, held=[(self.text, BEFORE)])
        placed = turn.placed(self._with_adjoints(body), {variable: TURN + shift})
        return self._handed(turn, self.by, placed, TURN, self.span)

    def _by_the_last(self, place: MemberPlace) -> Section:
        """By the last member, of which nothing but the output is made."""
        if self.by != self.text or place != self.end:
            raise NotUniform
        stretch = MemberRange(place, place)
        turn = OneTurn(self.whole, stretch, True, held=[(self.text, place)], near=(place,))
        placed = turn.placed(self._with_adjoints(self.claim.right), {})
        turn.name(self.text, place)
        return self._handed(turn, member(self.text, place), placed, None, stretch)

    def _by_the_start(self) -> Section:
        """By what the first member alone is made of: what comes back by the one behind it."""
        body = self.whole.families[self.text].body
        assert body is not None
        bodies = [body, *([] if self.term is None else [self.term[0]])]
        others = self.whole.names_within(bodies, self.text)
        if self.by not in self.whole.declared or self.by in others:
            raise NotUniform
        place = self.span.first
        stretch = MemberRange(place, place)
        turn = OneTurn(self.whole, stretch, near=(place, self.start))
        placed = turn.placed(self._with_adjoints(self.claim.right), {})
        return self._handed(turn, self.by, placed, place, stretch)

    def _binding(self, place: MemberPlace) -> Binding:
        """The variable, where the member by which a claim is stands at the turn."""
        return {self.claim.variable: TURN + MemberPlace(0, 0, -place.more)}

    def _stretch(self, place: MemberPlace) -> MemberRange:
        """Where the member stands by which a claim is; NotUniform for one that runs down."""
        if place.turn != 1 or place.size or self.claim.stretch is None:
            raise NotUniform
        return self.claim.stretch.moved(place.more)

    # -- what an output is made of

    def _outlet(self) -> str:
        """The family whose last member, and nothing else of the loop, the output is made of."""
        with suppress(NotUniform):
            found = self.whole.end_of(self.output)
            if found.span is not None and found.span.last == self.end:
                return found.family
        return ""

    def _of_each_turn(self) -> tuple[Expr, str, MemberRange]:
        """The term that an output has of a turn, its variable, and of which turns."""
        definition = self.whole.definitions.get(self.output)
        if not isinstance(definition, syntax.Definition):
            raise NotUniform
        body, variable, where, rest = self.whole.over_turns(definition.value)
        used = {*members(body, self.whole.indexed, self.whole.letter, {variable: TURN})}
        if not _is_nothing(rest) or any(place != TURN for _, place in used):
            raise NotUniform
        return body, variable, where

    # -- what is handed back

    def _with_adjoints(self, expr: Expr) -> Expr:
        """The expression with members that may be anything for the derivatives in it."""
        new: dict[Expr, Expr] = {}
        for part in parts(expr):
            found = None
            if isinstance(part, syntax.Index | syntax.Derivative):
                with suppress(NotUniform):
                    found = derivative_of(part)
            if found is not None and found.member is not None:
                if found.subject != self.output or found.of is not None:
                    raise NotUniform
                new[part] = entry(self._adjoint(found.by), found.member)
            elif (named := self.named) is not None:
                match part:
                    case syntax.Index(operand=Name(name=text), items=(index,)):
                        if text == named.family:
                            new[part] = entry(self._adjoint(named.by), index)
        return exchanged(expr, new)

    def _adjoint(self, text: str) -> str:
        """The family of the derivatives of the output by the members of a family."""
        title = f"the derivative by {text}"
        if text not in self.whole.families or text not in self.whole.shapes:
            raise NotUniform
        self.adjoints[title] = text
        self.whole.enter(FilledFamily(title), self.whole.shapes[text])
        return title

    def _handed(
        self,
        turn: OneTurn,
        target: str,
        right: Expr,
        next_member: MemberPlace | None,
        stretch: MemberRange,
    ) -> Section:
        """The claim that the right side is what comes back to the target.

        It comes by the members whose derivatives stand in it; NotUniform where anything of the
        output, or of the family's next member, goes past these.
        """
        seeds = {
            member(self.adjoints[text], at): (text, at)
            for text, at in [*turn.places.values()]
            if text in self.adjoints
        }
        left: list[Expr] = []
        for root, (text, at) in seeds.items():
            where = stretch.moved(at.more) if at.turn else MemberRange(at, at)
            if self.named is not None and not self.named.where.holds(where):
                raise NotUniform
            turn.name(self.adjoints[text], at)
            inside = self._between(turn, root, [], target)
            if root == target or root not in turn.told or inside & {*seeds} - {root}:
                raise NotUniform
            left.append(call("vjp", name(root), name(target), turn.name(text, at)))
        ends = [*seeds]
        if next_member is not None:
            turn.name(self.text, next_member)
            ends.append(member(self.text, next_member))
            if ends[-1] not in seeds and target in self._between(turn, ends[-1], ends[:-1], target):
                raise NotUniform
            if self.outlet:
                turn.name(self.outlet, next_member)
                outlet = member(self.outlet, next_member)
                if outlet not in ends and target in self._between(turn, outlet, ends, target):
                    raise NotUniform
        left += self._of_output(turn, target, ends, stretch)
        if not left:
            raise NotUniform
        return turn.section(reduce(lambda a, b: binary("+", a, b), left), right)

    def _of_output(
        self, turn: OneTurn, target: str, ends: list[str], stretch: MemberRange
    ) -> Iterator[Expr]:
        """What comes back of the output itself; NotUniform for more than its term of the turn."""
        if self.term is None:
            if self.by in self.whole.own(self.output) - {self.text}:
                raise NotUniform
            if (self.by, stretch.first) == (self.text, self.end):
                turn.name(self.outlet, self.end)
                yield call("grad", name(self.output), name(target))
            return
        body, variable, where = self.term
        here, *behind = (place for place in turn.near if place != BEFORE)
        for place in (*behind, here):
            turn.told[TERM] = turn.placed(body, {variable: place})
            if target not in self._between(turn, TERM, ends, target):
                continue
            past = self._between(turn, TERM, [], target)
            if place in behind or not past.isdisjoint(ends) or not where.holds(stretch):
                raise NotUniform
            yield call("grad", name(TERM), name(target))

    def _between(self, turn: OneTurn, root: str, ends: list[str], target: str) -> set[str]:
        """The names that a member is made of, as far as some ends and the target.

        NotUniform for one that may be made of it in a way that is not told here.
        """
        inside = turn.inside(root, {*ends, target} - {root})
        for title in inside - {root, target, *ends}:
            text, place = turn.places.get(title, (title, TURN))
            if (text, place) in turn.held or (text == self.text and title in turn.told):
                continue
            hidden = title not in turn.told and not self.whole.made_of(text).isdisjoint(
                {self.text, self.by}
            )
            if text in (self.text, self.by) or hidden:
                raise NotUniform
        return inside


def _is_nothing(rest: Expr | None) -> bool:
    """Whether what stands beside a sum is a number, whose derivative is zero."""
    return rest is None or not any(
        isinstance(part, Name | syntax.Index | syntax.Call | Fold) for part in parts(rest)
    )
