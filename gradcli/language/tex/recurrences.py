r"""Recurrences: `h_t = f(h_{t-1})` from `h_0` on, and several that use one another.

Must not know which formula is a definition, nor what is claimed of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gradcli.errors import GradcliError, Source, Span
from gradcli.language.elaboration.scope import Family
from gradcli.language.tex import refusals
from gradcli.language.tex.bodies import Body, bare, looped
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.known import KnownName, KnownNames
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tex.subscripts import size_text
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

Firsts = list[tuple[int, Expr]]


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A family by its letter and its name in the language, and how its members are built."""

    formula: TexFormula
    base: str
    name: str
    members: Callable[[], Body]


class Recurrences:
    """Makes families known whose members are made of members before them."""

    def __init__(self, source: Source, known: KnownNames, keep: Callable[[Body], None]) -> None:
        self.source, self.known, self.keep = source, known, keep

    def define(self, together: Sequence[Recurrence], bodies: list[Body]) -> bool:
        """All of them; False where none of them has a first member."""
        begun = [key for each in together for key in self._begun(each.base)]
        if not begun:
            return False
        failure: GradcliError | None = None
        before = len(bodies)
        for firsts in self._firsts(begun):
            try:
                self._defined(together, dict(zip(begun, firsts, strict=True)))
            except GradcliError as error:
                failure = failure or error
                for each in together:
                    self.known.names.pop(each.base, None)
                    self.known.probe.scope.names.pop(each.name, None)
                del bodies[before:]
            else:
                for key in begun:
                    # From now on h_0 is a member, whose derivative is that of all it leads to.
                    if self.known.names[key].how == "node":
                        del self.known.names[key]
                return True
        assert failure is not None
        raise failure

    def _defined(self, together: Sequence[Recurrence], firsts: dict[str, tuple[int, Expr]]) -> None:
        begins = {
            each.name: [
                self._first(each.name, *first)
                for key, first in firsts.items()
                if key.partition("_")[0] == each.base
            ]
            for each in together
        }
        for each in together:
            if begins[each.name]:
                self.known.names[each.base] = KnownName(
                    "family", each.name, 1, ranges=((None, None),)
                )
            for definition in begins[each.name]:
                self.keep(Body((), [definition], TexBuilder(self.source, self.known)))
        made: list[Body] = []
        for each in together:
            made.append(each.members())
            if len(together) > 1:
                self._read(self._once(made[-1]))
        if len(together) > 1:
            self._forget(together, begins)
        ends = {(x, size_text(low), size_text(high)) for b in made for x, low, high in b.ranges}
        if len(ends) > 1:
            place = Span(self.source, together[0].formula.start, together[-1].formula.end)
            raise refusals.not_read(place, "these recurrences run over different ranges")
        statements = [statement for body in made for statement in body.statements]
        self.keep(Body(made[-1].ranges, statements, made[-1].builder))
        for each in together:
            self._require_one_shape(each)

    def _once(self, body: Body) -> syntax.Statement:
        """Its definition for the first turn alone, from which the next one knows its shape."""
        ranges = (*((letter, low, low) for letter, low, _ in body.ranges),)
        definition = body.statements[0]
        assert isinstance(definition, syntax.Definition)
        return looped(Body(ranges, [], body.builder), [bare(definition)])

    def _forget(
        self, together: Sequence[Recurrence], begins: dict[str, list[syntax.Definition]]
    ) -> None:
        """The families without what the first turn has made of them."""
        for each in together:
            self.known.probe.scope.names.pop(each.name, None)
            for definition in begins[each.name]:
                self._read(bare(definition))

    def _read(self, statement: syntax.Statement) -> None:
        if found := self.known.probe.read(statement):
            raise GradcliError(*found)

    def _begun(self, base: str) -> list[str]:
        """The names of members that stand before a recurrence, as `h_0`."""
        found = []
        for name, known in self.known.names.items():
            head, _, below = name.partition("_")
            if head == base and below.isdecimal() and known.how in ("input", "node"):
                found.append(name)
        return found if base not in self.known.names else []

    def _firsts(self, begun: Sequence[str]) -> Iterator[Firsts]:
        """What the first members are; a zero may be that of a vector of any size."""
        known = [self.known.names[name] for name in begun]
        numbers = [int(name.rpartition("_")[2]) for name in begun]
        places = [each.place or Span(self.source, 0, 0) for each in known]
        names = [syntax.Name(p, each.name) for each, p in zip(known, places, strict=True)]
        yield [*zip(numbers, names, strict=True)]
        zero = [isinstance(n.value, syntax.Number) and n.value.value == 0 for n in known]
        if any(zero):
            for size in self.known.probe.scope.letters:
                made: list[Expr] = []
                for name, place, is_zero in zip(names, places, zero, strict=True):
                    whole = (syntax.Name(place, size),)
                    zeros = syntax.Call(place, syntax.Name(place, "zeros"), whole, ())
                    made.append(zeros if is_zero else name)
                yield [*zip(numbers, made, strict=True)]

    def _first(self, name: str, number: int, value: Expr) -> syntax.Definition:
        """The first member of a family, that the others are made of."""
        place = value.span
        index = syntax.Number(place, Fraction(number))
        head = syntax.Name(place, name)
        left = syntax.Index(place, head, (index,))
        claim = syntax.Claim(place, left, place, (syntax.Side("=", value, place),))
        return syntax.Definition(place, head, (index,), value, claim)

    def _require_one_shape(self, each: Recurrence) -> None:
        """GradcliError where what a recurrence makes is of another shape than what it begins at."""
        family = self.known.probe.scope.names.get(each.name)
        members = family.members.values() if isinstance(family, Family) else ()
        shapes = [self.known.probe.described(shape) for shape in {m.shape for m in members}]
        if len(shapes) > 1:
            place = Span(self.source, each.formula.start, each.formula.end)
            message = f"what this begins at is of another shape: {' and '.join(sorted(shapes))}"
            raise refusals.not_read(place, message)
