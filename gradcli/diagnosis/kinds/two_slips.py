"""Two mistakes in one line: what one operand's change does, and another's, make up what is wrong.

Must not know which edits there are, nor how a mended claim is verified. What each change does is
worked out once, for itself; two that belong together are found by their values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from itertools import islice, product
from typing import NamedTuple

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.observed import NEAR
from gradcli.diagnosis.evidence.parts import Subexpression, dropped
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip, shown
from gradcli.diagnosis.evidence.screen import PlaceEdit, Screen, screen, values_of
from gradcli.diagnosis.evidence.unknowns import Unknown
from gradcli.diagnosis.kinds import names
from gradcli.diagnosis.kinds.comparison import HeldAgainst
from gradcli.diagnosis.kinds.guesses import Guesses
from gradcli.diagnosis.kinds.readings import evidence
from gradcli.diagnosis.kinds.rewriting import NO_VALUES, ArrayEdits, Rewriting, Row
from gradcli.diagnosis.kinds.suspicion import Edit
from gradcli.diagnosis.known.table import FORMS, PLAIN, Hit
from gradcli.diagnosis.trees.composing import put
from gradcli.graph.shape import Shape
from gradcli.language.tree.build import PRODUCTS, QUOTIENTS, SUMS, is_number, is_sum, places
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Expr, Name, Unary

MOST, MOST_PAIRS, LARGEST, MOST_EDITS, MOST_FACTS = 6, 60, 40, 160, 400
NUMBERS = tuple(map(Fraction, ("1", "-1", "2", "1/2", "-2", "-1/2")))
SURPLUS, EDIT, ROW = 0.4, 1.0, 0.02
NUMBER, TERM, INSIDE, TOO_FAR = 0.3, 0.3, 0.05, 4.0
"""What a surplus term costs, an edit, and each row of edits further down; a number that is not 1, a
term beside a factor, a factor of one factor; and what makes two changes another formula."""
LETTER = 0.6
"""What a number costs more where a letter has its size."""


class Operation(NamedTuple):
    """How operands make a whole; `rest` is what is left of a whole beside a part of it."""

    signs: tuple[str, ...]
    turning: tuple[str, ...]
    rest: Callable[[Array, Array], Array]


ADDED = Operation(SUMS, ("-",), np.subtract)
MULTIPLIED = Operation((*PRODUCTS, *QUOTIENTS), QUOTIENTS, np.divide)


@dataclass(slots=True, eq=False)
class OperandChanges:
    """Changes of a part: what each costs (n), and its values (n, points, *shape).

    They are what the part becomes, or what it is multiplied by, or what is added to it. `made`
    tells one of them, and writes the part so; None where the language cannot say it.
    """

    costs: Array
    values: Array
    made: Callable[[int, Subexpression], Edit | None]


class EffectsOnWhole(NamedTuple):
    """What changes of an operand do to the whole: (n, points times entries)."""

    part: Subexpression
    options: OperandChanges
    values: Array


class OperandChange(NamedTuple):
    """One of them."""

    part: Subexpression
    cost: float
    made: Callable[[Subexpression], Edit | None]


def candidates(refuted: RefutedClaim, flow: Flow | None, rows: Sequence[Row]) -> Iterator[Slip]:
    """Mends of two operands of one sum, or one product, of which it is known what it has to be."""
    found = evidence(refuted, flow) if len(refuted.everywhere()) <= LARGEST else None
    seen = screen(refuted)
    if found is None or seen is None or not found.freely:
        return
    search = SearchForTwo(refuted, found.reader, seen, rows)
    for unknown in found.unknowns:
        if unknown.direct and unknown.shape is None and not unknown.turns:
            yield from search.within(unknown)


@dataclass(slots=True, eq=False)
class SearchForTwo:
    """Pairs of changes that together make a part of the claim what it has to be."""

    refuted: RefutedClaim
    reader: HeldAgainst
    seen: Screen
    rows: Sequence[Row]
    edited: dict[Expr, list[OperandChanges]] = field(default_factory=dict)
    hits: dict[tuple[Shape, bool], OperandChanges] = field(default_factory=dict)
    costs: Array = field(init=False)
    numbers: Guesses = field(init=False)

    def __post_init__(self) -> None:
        own = len(self.rows)
        self.rows = [*self.rows, ("node", Name, names.instead(self.refuted))]
        self.costs = EDIT + ROW * np.array([*range(own), 0])
        self.numbers = Guesses(self.seen, self.rows)

    def within(self, whole: Unknown) -> Iterator[Slip]:
        """Both changes among the terms, or among the factors, of one part of the claim."""
        for operation in (ADDED, MULTIPLIED):
            inside = operation is ADDED and whole.part.outer is not None
            operands = [*_operands(whole.part, operation)]
            if not whole.part.summand and (inside or len(operands) == 1):
                continue
            with np.errstate(all="ignore"):
                gap = operation.rest(whole.wanted.reshape(-1), whole.own.reshape(-1))
                effects = [e for each in operands for e in self._of(*each, whole, operation)]
                pairs = _meeting([*effects, *self._beside(whole, operation)], gap, operation)
            yield from islice(self._slips(whole.part, pairs), MOST)

    def _slips(
        self, whole: Subexpression, pairs: Sequence[tuple[OperandChange, OperandChange]]
    ) -> Iterator[Slip]:
        """What they come to, once each."""
        texts: set[str] = set()
        for pair in pairs:
            slip = self._slip(whole, *pair)
            if slip is not None and (text := source_of(slip.tree)) not in texts:
                texts.add(text)
                yield slip

    def _of(
        self, part: Subexpression, turned: bool, whole: Unknown, operation: Operation
    ) -> Iterator[EffectsOnWhole]:
        """Changes of one operand."""
        own = self._value(part)
        found = self._edits(part)
        if part is not whole.part:
            found = [*found, *self._factors(part), *self._terms(part, operation)]
        before = _spread(own[None], whole.own)
        for options in found:
            after = _spread(options.values, whole.own)
            values = operation.rest(before, after) if turned else operation.rest(after, before)
            yield EffectsOnWhole(part, options, _flat(values))

    def _value(self, part: Subexpression) -> Array:
        return self.reader.evidence.of(part.node)

    def _edits(self, part: Subexpression) -> list[OperandChanges]:
        """An operand with one place of it written otherwise."""
        if part.expr not in self.edited:
            nothing: Array = np.empty(0, dtype=int)
            which, values = self.numbers.carried.get(part.expr, (nothing, nothing))
            guessed = {self.numbers.seen.numbers.exprs[k] for k in set(self.numbers.at[which])}
            found = [self._guessed(part, which, values), self._written(part, guessed)]
            self.edited[part.expr] = [each for each in found if len(each.costs)]
        return self.edited[part.expr]

    def _guessed(self, part: Subexpression, which: Array, values: Array) -> OperandChanges:
        """Rewritings in places that are numbers."""
        depth = len(part.around)

        def change(k: int, within: Subexpression) -> Edit | None:
            told = self.numbers.told(which[k])
            if told is None or is_number(told[1].new, 1):
                return None
            (_, kind, says), (place, around, new) = told
            return kind, says, put(around[depth:], place, new)

        return OperandChanges(self.costs[self.numbers.row[which]], values, change)

    def _written(self, part: Subexpression, guessed: Collection[Expr]) -> OperandChanges:
        """All other edits."""
        told = [*islice(self._rewritten(part, guessed), MOST_EDITS)]
        values = values_of(self.refuted, part.expr, [edit for *_, edit in told])
        made = [(*each, v) for each, v in zip(told, values, strict=True) if v is not None]
        depth = len(part.around)

        def change(k: int, within: Subexpression) -> Edit:
            kind, says, (place, around, new) = made[k][1:4]
            return kind, says, put(around[depth:], place, new)

        costs = np.array([cost for cost, *_ in made])
        return OperandChanges(costs, np.array([value for *_, value in made]), change)

    def _rewritten(
        self, part: Subexpression, guessed: Collection[Expr]
    ) -> Iterator[tuple[float, str, str, PlaceEdit]]:
        for expr, inside in places(part.expr):
            around = (*part.around, *inside)
            if isinstance(expr, NO_VALUES):
                continue
            for k, (kind, at, makes) in enumerate(self.rows):
                if not isinstance(expr, at) or (expr in guessed and isinstance(makes, Rewriting)):
                    continue
                if isinstance(makes, ArrayEdits) and not self.refuted.is_array(expr):
                    continue
                for says, new in makes(expr, around):
                    if not is_number(new, 1):
                        yield float(self.costs[k]), kind, says, PlaceEdit(expr, around, new)

    def _factors(self, part: Subexpression) -> Iterator[OperandChanges]:
        """An operand times a number, or times a fact."""
        own = self._value(part)
        for shape in dict.fromkeys(((), part.node.shape)):
            hits = self._hits(shape, self.reader.factor)
            yield replace(hits, values=_spread(hits.values, own) * own)

    def _terms(self, part: Subexpression, operation: Operation) -> Iterator[OperandChanges]:
        """A term that is surplus, and one that is missing in a factor."""
        own = self._value(part)
        if operation is ADDED and (rest := dropped(part)) is not None:
            edit = "surplus-term", f"the term {shown(part.expr)} is surplus", rest
            yield OperandChanges(np.array([SURPLUS]), np.zeros_like(own)[None], lambda *_: edit)
        elif operation is MULTIPLIED and is_sum(part.expr):
            hits = self._hits(part.node.shape, self.reader.term)
            yield replace(hits, costs=hits.costs + TERM, values=own + hits.values)

    def _beside(self, whole: Unknown, operation: Operation) -> Iterator[EffectsOnWhole]:
        """A factor or a term that is missing beside all operands."""
        part, shape = whole.part, whole.part.node.shape
        tell = self.reader.term if operation is ADDED else self.reader.factor
        for kind in (shape,) if operation is ADDED else dict.fromkeys(((), shape)):
            hits = self._hits(kind, tell)
            # One factor of all operands is said rather than one of one of them.
            dearer = TERM if operation is ADDED else -INSIDE
            options = replace(hits, costs=hits.costs + dearer)
            yield EffectsOnWhole(part, options, _flat(_spread(hits.values, whole.own)))

    def _hits(
        self, shape: Shape, tell: Callable[[Subexpression, Hit], Edit | None]
    ) -> OperandChanges:
        """Numbers times facts of a shape that may stand beside a part, or be a term of it."""
        key = shape, tell == self.reader.term
        if key not in self.hits:
            found, facts = self.reader.table.stack(shape, PLAIN if key[1] else FORMS)
            costs = [sum(fact.cost + form.cost for fact, form in made) for made in facts]
            near = [k for k in np.argsort(costs, kind="stable") if costs[k] < TOO_FAR - EDIT]
            near = near[:MOST_FACTS]
            one = np.ones((1, self.reader.evidence.count, *found.shape[2:]))
            plain = [(0.0, ()), *((costs[k], facts[k]) for k in near)]
            # At these sizes a letter may be worth the number.
            lengths = {*self.refuted.trial.sizes.values()}
            number_costs = {
                x: NUMBER * (x != 1) + LETTER * bool({abs(x), abs(1 / x)} & (lengths - {1}))
                for x in NUMBERS
            }
            hits = [
                Hit(cost + number_costs[number], number, made)
                for number, (cost, made) in product(NUMBERS, plain)
            ]
            values = np.multiply.outer(
                np.array(NUMBERS, float), np.concatenate([one, found[near]])
            ).reshape(len(hits), *one.shape[1:])
            known = np.array([hit.cost for hit in hits])
            self.hits[key] = OperandChanges(known, values, lambda k, part: tell(part, hits[k]))
        return self.hits[key]

    # -- both of them

    def _slip(self, whole: Subexpression, one: OperandChange, other: OperandChange) -> Slip | None:
        """Both changes made: what is left out first, what the whole lacks last."""
        first, last = sorted((one, other), key=lambda change: (change.part is whole, change.cost))
        made, depth = first.made(first.part), len(whole.around)
        if made is None:
            return None
        kind, says, new = made
        tree: Expr | None = put(first.part.around[depth:], first.part.expr, new)
        if kind == "surplus-term" and first.cost == SURPLUS:
            tree = dropped(first.part, depth)
        if tree is None:
            return None
        part, within = last.part, dict(places(tree)).get(last.part.expr)
        if part is whole:
            part, within = replace(whole, expr=tree, nodes={**whole.nodes, tree: whole.node}), ()
        more = last.made(part)
        if more is None or within is None:
            return None
        says = f"two mistakes: {says}; {more[1]}"
        return Slip("several", says, put(whole.around, whole.expr, put(within, part.expr, more[2])))


def _operands(
    part: Subexpression, operation: Operation, turned: bool = False
) -> Iterator[tuple[Subexpression, bool]]:
    """The terms or the factors of a part, and whether each is taken away, or divides."""
    match part.expr:
        case Binary(operator=sign) if sign in operation.signs:
            left, right = part.inside()
            yield from _operands(left, operation, turned)
            yield from _operands(right, operation, turned != (sign in operation.turning))
        case Unary(operator=sign) if sign in SUMS:
            (inner,) = part.inside()
            minus = operation is ADDED and sign == "-"
            yield from _operands(inner, operation, turned != minus)
        case _ if part.expr in part.nodes and not part.node.op.boolean:
            yield part, turned


def _spread(values: Array, own: Array) -> Array:
    """(n, points, …) over a part (points, …)."""
    missing = own.ndim + 1 - values.ndim
    spread = values.reshape(*values.shape[:2], *[1] * missing, *values.shape[2:])
    return np.broadcast_to(spread, (len(values), *own.shape))


def _flat(values: Array) -> Array:
    return values.reshape(len(values), -1)


def _meeting(
    effects: Sequence[EffectsOnWhole], gap: Array, operation: Operation
) -> list[tuple[OperandChange, OperandChange]]:
    """Two changes of different parts that together are all that is wrong, the likeliest first."""
    if not effects or not np.isfinite(gap).all():
        return []
    done = np.concatenate([each.values for each in effects])
    costs = np.concatenate([each.options.costs for each in effects])
    owner = np.repeat(np.arange(len(effects)), [len(each.values) for each in effects])
    place = np.concatenate([np.arange(len(each.values)) for each in effects])
    rest = operation.rest(gap, done)
    kept = np.isfinite(done).all(axis=1) & np.isfinite(rest).all(axis=1) & done.any(axis=1)
    done, rest, costs, owner, place = (x[kept] for x in (done, rest, costs, owner, place))
    at = int(np.abs(gap).argmax())
    order = done[:, at].argsort(kind="stable")
    # What is left of more is less: so asked, one answer lies beside another.
    asked = order[::-1]
    keys, wanted = done[order, at], rest[asked, at]
    slack = NEAR * (np.abs(wanted) + np.abs(gap[at]))
    begin, end = keys.searchsorted(wanted - slack), keys.searchsorted(wanted + slack, "right")
    found = []
    for place_ in (end > begin).nonzero()[0]:
        k = asked[place_]
        for j in order[begin[place_] : end[place_]]:
            apart = effects[owner[k]].part is not effects[owner[j]].part
            if k < j and apart and costs[k] + costs[j] < TOO_FAR:
                size = NEAR * (np.abs(gap).max() + np.abs(rest[k]))
                if (np.abs(done[j] - rest[k]) <= size).all():
                    found.append((costs[k] + costs[j], k, j))

    def change(k: int) -> OperandChange:
        part, options, _ = effects[owner[k]]
        return OperandChange(part, float(costs[k]), partial(options.made, int(place[k])))

    return [(change(k), change(j)) for _, k, j in sorted(found)[:MOST_PAIRS]]
