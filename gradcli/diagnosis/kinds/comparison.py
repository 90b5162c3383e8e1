"""One part of a claim held against all that is known: a factor or a term that it lacks, or has.

Must not know where else the claim may be wrong, nor how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import inputs
from gradcli.diagnosis.evidence.indexed import IndexedEntry, entries
from gradcli.diagnosis.evidence.observed import NEAR, Observed, alike
from gradcli.diagnosis.evidence.parts import Subexpression, dropped, factored
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, shown
from gradcli.diagnosis.evidence.unknowns import Unknown
from gradcli.diagnosis.kinds import instead
from gradcli.diagnosis.kinds.chain import absorbed
from gradcli.diagnosis.kinds.matrices import beside
from gradcli.diagnosis.kinds.spreads import SPREADS, Spread
from gradcli.diagnosis.kinds.suspicion import Edit, Suspicion
from gradcli.diagnosis.known.table import (
    FORMS,
    INVERSE,
    INVERSE_SQUARE,
    ITSELF,
    SCALES,
    SQUARE,
    Fact,
    FactForm,
    FactTable,
    Hit,
    Made,
)
from gradcli.diagnosis.trees.composing import Scale, negated, plus, scaled
from gradcli.graph.shape import Shape
from gradcli.language.tree.build import is_sum, number
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Number
from gradcli.language.tree.syntax import parts as expressions

POWERS = {ITSELF: 1, INVERSE: -1, SQUARE: 2, INVERSE_SQUARE: -2}
PLAIN = Fraction(-1), Fraction(2), Fraction(1, 2)
DEEPER, DEEP_SIGN, TERM, ALONE = 0.05, 0.6, 0.6, 1.2
LONGEST = 16
"""What a step into the claim costs, a sign within a term, a term of a sum, one beside a factor."""


class Stack(NamedTuple):
    """Candidates (n, points, *shape), and what each of them is made of."""

    values: Array
    made: list[Made]


class Plausible(NamedTuple):
    """Whether the table may hold the factor or the term that a part lacks, or another part."""

    factor: bool
    term: bool
    value: bool


EVERYTHING = Plausible(True, True, True)


@dataclass(slots=True, eq=False)
class HeldAgainst:
    """Holds parts of a claim against a table."""

    refuted: RefutedClaim
    table: FactTable
    evidence: Observed
    _entries: dict[object, list[IndexedEntry]] = field(default_factory=dict)

    def among(self, unknowns: Sequence[Unknown]) -> Iterator[Suspicion]:
        """All that may be wrong with some parts."""
        plain = [u for u in unknowns if _is_number(u)]
        told = dict(zip(plain, self._plausible(plain), strict=True))
        for u in unknowns:
            yield from self._of(u, told.get(u, EVERYTHING))

    def _plausible(self, unknowns: Sequence[Unknown]) -> Iterator[Plausible]:
        """Of which numbers the factor, the term or the value that they lack may be in the table.

        What is a multiple of another is at one point for another what that is, so that all are
        looked up at once.
        """
        if not unknowns:
            return iter(())
        with np.errstate(all="ignore"):
            one = np.stack([u.image(np.ones((1, *u.own.shape)))[0, :, 0] for u in unknowns])
            need = np.stack([u.wanted[:, 0] for u in unknowns]) / one
            own = np.stack([u.own for u in unknowns])
            lacking = np.stack([need / own, need - own, need])
            known = _ratios(self._known(unknowns[0], FORMS, ()).values)
            known = np.sort(np.append(known[np.isfinite(known)], 1.0))
            found = _ratios(lacking)
            may = _among(found, known) | ~np.isfinite(lacking).all(axis=2)
            for k, twice in enumerate((_in_two_factors, _in_two_terms)):
                at = [j for j, u in enumerate(unknowns) if twice(u) and not may[k, j]]
                left = found[k, at, None] / known[::-1]
                may[k, at] = _among(left, known).any(axis=1)
        return map(Plausible._make, may.T)

    def _of(self, u: Unknown, may: Plausible) -> Iterator[Suspicion]:
        """All that may be wrong with one part."""
        if not np.isfinite(u.own).all():
            return
        with np.errstate(all="ignore"):
            if u.shape is not None:
                yield from self._wider(u, u.shape)
                return
            yield from self._surplus(u)
            if u.own.any() and may.factor:
                yield from self._factors(u)
                for cost, edit in beside(self.table, u):
                    yield self._reading(u, cost, edit)
            if may.term:
                yield from self._terms(u)
            if may.value:
                yield from self._others(u)

    def _reading(self, u: Unknown, cost: float, edit: Callable[[], Edit | None]) -> Suspicion:
        return Suspicion(cost + DEEPER * len(u.part.around), u.part, edit)

    # -- what is known, as values of a part

    def _known(self, u: Unknown, forms: tuple[FactForm, ...], shape: Shape) -> Stack:
        """The facts of a shape in these forms, and entries of arrays, spread over a part."""
        found, made = self.table.stack(shape, forms)
        turns = [1] * (len(u.turns) if shape else 0)
        values = [_spread(found.reshape(*found.shape[:2], *turns, *found.shape[2:]), u.own)]
        made = [*made]
        for entry in self._entries_of(u, u.own.shape[u.own.ndim - len(shape) :]):
            fact = Fact(None, entry.values, entry.cost, entry.tree)
            for form in (ITSELF, INVERSE):
                values.append(_spread(form.values(entry.values)[None], u.own))
                made.append(((fact, form),))
        return Stack(np.concatenate(values), made)

    def _entries_of(self, u: Unknown, rest: tuple[int, ...]) -> list[IndexedEntry]:
        key = tuple(u.turns.items()), rest
        if key not in self._entries:
            self._entries[key] = [*entries(self.refuted, self.evidence, u.turns, rest)]
        return self._entries[key]

    # -- factors

    def _factors(self, u: Unknown) -> Iterator[Suspicion]:
        own, shape = u.own[None], u.part.node.shape
        stacks = [Stack(np.ones_like(own), [()])]
        if _in_two_factors(u):
            stacks.append(self._known(u, FORMS, ()))
        if shape:
            stacks.append(self._known(u, FORMS, shape))
        found = u.image(np.concatenate([s.values for s in stacks]) * own)
        made = [m for s in stacks for m in s.made]
        scales: tuple[FactForm, ...] | None = SCALES if u.sole else ()
        if u.direct and u.sole and not shape:
            scales = FORMS
        if not (u.direct or u.affine):
            scales = None
            yield from self._plain_factors(u)
        for hit in self.table.hits(found, made, u.wanted, scales):
            if u.part.node in (fact.node for fact, form in hit.made if form is not ITSELF):
                # A part over itself is another one in its place.
                continue
            if hit.made or (hit.number != 1 and u.sole):
                # A sign is wrong before a term, and seldom within one.
                deep = DEEP_SIGN if hit.number < 0 and not u.part.summand else 0.0
                odd = ODD if u.part.outer and instead.is_far_from(u.part, hit) else 0.0
                yield self._reading(u, hit.cost + deep + odd, partial(self.factor, u.part, hit))

    def _plain_factors(self, u: Unknown) -> Iterator[Suspicion]:
        """Numbers before a part that the claim is not linear in."""
        found = u.image(np.stack([float(value) * u.own for value in PLAIN]))
        for k in alike(found, u.wanted).nonzero()[0] if u.sole else ():
            hit = Hit(0.3 + 0.1 * k, PLAIN[k], ())
            yield self._reading(u, hit.cost, partial(self.factor, u.part, hit))

    def factor(self, part: Subexpression, hit: Hit) -> Edit | None:
        """A part times what was found, in words."""
        where = "" if part.outer is None else f" in {shown(part.expr)}"
        if not hit.made:
            return None if isinstance(part.expr, Number) else self._scale(part, hit.number)
        fact, form = hit.made[0]
        wrong = "the sign is wrong, and " if hit.number < 0 else ""
        if hit.plain and form in POWERS and fact.node is not None:
            made = absorbed(part.expr, part.nodes, fact.node, POWERS[form])
            if made is not None:
                plain = made.kind == "missing-local" and not self.table.is_local(fact)
                tree = negated(made.tree) if wrong else made.tree
                return "factor" if plain else made.kind, f"{wrong}{made.says}", tree
        if (factor := self.table.tree(hit)) is None:
            return None
        if hit.plain and not hit.scalar and self._absorbs(part, form.values(fact.values)):
            return instead.other_for(part, negated(factor) if hit.number < 0 else factor, "node")
        # A factor that is longer than what it is missing in is no slip but another formula.
        if len(source_of(factor)) > max(LONGEST, len(part.expr.span.text)):
            return None
        size = negated(factor) if hit.number < 0 else factor
        tree = factored(self.refuted, part, size, hit.scalar)
        local = any(self.table.is_local(fact) for fact, _ in hit.made)
        says = f"{wrong}{instead.called(factor)} is missing{where}"
        return "missing-local" if local else "factor", says, tree

    def _absorbs(self, part: Subexpression, factor: Array) -> bool:
        """Whether a part times a factor is that factor: an array of ones, or an identity matrix."""
        if part.expr not in self.refuted.parts or inputs(part.node):
            return False
        own = self.evidence.of(part.node)
        return own.shape == factor.shape and bool((own * factor == factor).all())

    @staticmethod
    def _scale(part: Subexpression, value: Fraction) -> Edit:
        scale, whole = Scale(value), part.outer is None
        tree = scaled(part.expr, scale)
        term = f"{'the term ' if part.summand else ''}{shown(part.expr)}"
        if value == -1:
            return "sign", "the sign is wrong" if whole else f"the sign of {term} is wrong", tree
        if whole and value == Fraction(1, 2):
            return "factor", "the claim is twice what is right", tree
        where = "" if whole else f" in {term}"
        return "factor", f"a factor {scale.words} is missing{where}", tree

    # -- terms

    def _surplus(self, u: Unknown) -> Iterator[Suspicion]:
        """A term that should be zero."""
        size = np.abs(u.own).max(initial=0)
        if u.part.outer is None or not (u.part.summand and u.direct):
            return
        if (np.abs(u.wanted) <= NEAR * size).all() and (tree := dropped(u.part)) is not None:
            whole = Subexpression(self.refuted.expr, None, self.refuted.parts)
            says = f"the term {shown(u.part.expr)} is surplus"
            yield Suspicion(0.4, whole, lambda: ("surplus-term", says, tree))

    def _terms(self, u: Unknown) -> Iterator[Suspicion]:
        whole, shape = _in_two_terms(u), u.part.node.shape
        if (u.part.summand and not whole) or not (u.direct or u.affine):
            return
        if isinstance(u.part.expr, Number):
            return
        gap = u.wanted - u.image(u.own[None])[0]
        stacks = [Stack(np.ones((1, *u.own.shape)), [()]), self._known(u, FORMS, ())]
        if shape:
            stacks.append(self._known(u, FORMS, shape))
        found = u.image(np.concatenate([s.values for s in stacks]))
        made = [m for s in stacks for m in s.made]
        for hit in self.table.hits(found, made, gap, SCALES if whole else ()):
            if all(fact.node is not u.part.node for fact, _ in hit.made):
                beside = TERM if whole or is_sum(u.part.expr) else ALONE
                suspicion = self._reading(u, beside + hit.cost, partial(self.term, u.part, hit))
                suspicion.plain = all(fact.constant for fact, _ in hit.made)
                yield suspicion
        for spread in SPREADS[1:] if len(shape) == 2 and u.direct else ():
            found, made = self._wide(u, spread, shape, FORMS)
            for hit in self.table.hits(u.image(found), made, gap, SCALES):
                cost = TERM + hit.cost + spread.cost
                yield self._reading(u, cost, partial(self.term, u.part, hit, spread))

    def term(self, part: Subexpression, hit: Hit, spread: Spread = SPREADS[0]) -> Edit | None:
        """A part and what was found as a term beside it, in words."""
        piece = self.table.tree(hit) if hit.made else number(abs(hit.number))
        piece = piece and spread.tree(piece, part.node.shape, self.refuted)
        if piece is None:
            return None
        own = max(LONGEST, len(part.expr.span.text))
        bracketed = any(is_sum(each) for each in expressions(piece))
        odd = hit.made and abs(hit.number) not in ((1,) if bracketed else (1, 2))
        if abs(hit.number) != 1 and len(hit.made) > 1:
            return None
        if part.outer is not None and (odd or len(source_of(piece)) > own):
            return None
        if (rest := instead.cancels(part, piece, hit.number < 0)) is not None:
            return "surplus-term", f"the term {source_of(piece)} is surplus", rest
        piece = negated(piece) if hit.number < 0 else piece
        where = "" if part.outer is None else f" in {shown(part.expr)}"
        says = f"the term {source_of(piece)} is missing{where}"
        return "missing-term", says, plus(part.expr, piece)

    # -- something else in the place of a part

    def _wide(self, u: Unknown, spread: Spread, shape: Shape, forms: tuple[FactForm, ...]) -> Stack:
        values, made = self.table.stack(spread.of(shape), forms)
        return Stack(np.broadcast_to(spread.values(values), (len(values), *u.own.shape)), made)

    def _wider(self, u: Unknown, shape: Shape) -> Iterator[Suspicion]:
        """Something with more entries: a matrix, a row or a column for a number."""
        for spread in SPREADS if len(shape) == 2 else SPREADS[:1]:
            found, made = self._wide(u, spread, shape, SCALES)
            for hit in self.table.hits(u.image(found), made, u.wanted, None):
                cost = hit.cost + instead.cost(u.part) + spread.cost
                yield self._reading(u, cost, partial(self._wider_one, u, shape, hit, spread))
            if spread is not SPREADS[0] or isinstance(u.part.expr, Number) or (u.own == 1).all():
                continue
            for hit in self.table.hits(u.image(found * u.own), made, u.wanted, None):
                yield self._reading(u, hit.cost, partial(self.factor, u.part, hit))

    def _wider_one(self, u: Unknown, shape: Shape, hit: Hit, spread: Spread) -> Edit | None:
        found = self.table.tree(hit)
        new = None if found is None else spread.tree(found, shape, self.refuted)
        return None if new is None else instead.other_for(u.part, new, "axis")

    def _others(self, u: Unknown) -> Iterator[Suspicion]:
        cost = instead.cost(u.part)
        if u.direct and (value := instead.number_for(u)) is not None:
            odd = ODD if instead.is_odd(u.part, value[2]) else 0.0
            yield self._reading(u, cost + odd, lambda: value)
        if u.part.outer is None or cost > TOO_LONG:
            return
        found = [self._known(u, SCALES, u.part.node.shape)]
        if u.part.node.shape and isinstance(u.part.outer.expr, Binary) and u.direct:
            # In a sum or a product a number stands for an array of it.
            found += [self._known(u, SCALES, ())] * (u.part.outer.expr.operator != "@")
        values, made = np.concatenate([s.values for s in found]), [m for s in found for m in s.made]
        for hit in self.table.hits(u.image(values), made, u.wanted, None):
            yield self._reading(u, hit.cost + cost, partial(self._other, u, hit))

    def _other(self, u: Unknown, hit: Hit) -> Edit | None:
        new = self.table.tree(hit)
        return None if new is None else instead.other_for(u.part, new, "node")


ODD = 3.0
"""What is no single slip costs more than two."""
TOO_LONG = 4.2
"""What may not be replaced as a whole, for then little of the claim is left."""


def _is_number(u: Unknown) -> bool:
    """Whether a part is a number that the claim, a number itself, is linear in."""
    scalar = u.own.ndim == 1 and u.wanted.shape[1] == 1 and u.shape is None and not u.turns
    return scalar and (u.direct or u.affine)


def _in_two_factors(u: Unknown) -> bool:
    """Whether two facts may be missing as factors of a part."""
    return u.sole and bool(u.part.summand or not u.affine or u.turns or u.part.node.shape)


def _in_two_terms(u: Unknown) -> bool:
    """Whether the term that a part lacks may be a product of two facts."""
    return u.part.outer is None


def _ratios(values: Array) -> Array:
    """What numbers (…, points) are at one point for what they are at another."""
    return np.asarray(values[..., 1] / values[..., 0])


def _among(ratios: Array, known: Array) -> Array:
    """Which ratios are 1, or among those that are known, in ascending order."""
    slack = 2 * NEAR * np.abs(ratios)
    above = known.searchsorted(ratios - slack)
    return np.asarray(known[np.minimum(above, len(known) - 1)] <= ratios + slack) & (
        above < len(known)
    )


def _spread(values: Array, own: Array) -> Array:
    """(n, points, …) over a part (points, …)."""
    missing = own.ndim + 1 - values.ndim
    spread = values.reshape(*values.shape, *[1] * missing)
    return np.broadcast_to(spread, (len(values), *own.shape))
