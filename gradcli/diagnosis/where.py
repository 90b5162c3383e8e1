"""A claim that is right on a part of the declared sets only, and which part that is.

Must not know how a mended claim is verified.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache, partial
from itertools import combinations, islice
from math import pi

import numpy as np

from gradcli.arithmetic.ball import Ball, finite, precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import numbers
from gradcli.arithmetic.evaluate import Sizes, evaluate, work_of
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import fraction
from gradcli.calculus.core import SUB, WHERE, inputs
from gradcli.calculus.core import number as constant
from gradcli.claims import Claimed
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.needs import LOOSE, largest
from gradcli.diagnosis.evidence.observed import observed
from gradcli.diagnosis.evidence.parts import told
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.evidence.samples import Samples, aligned
from gradcli.diagnosis.trees.composing import negated
from gradcli.explain.substitution import replaced
from gradcli.graph.node import Node
from gradcli.graph.shape import Letters, add_dims, fixed, letter
from gradcli.language.tree.build import call, number
from gradcli.language.tree.syntax import Expr
from gradcli.language.written import WrittenDerivation
from gradcli.ops.reductions import sum_
from gradcli.ops.shaping import transpose
from gradcli.trial.compare import DIFFERENT, OPEN, compared
from gradcli.trial.pair import AWAY, HOLE, KINK, tried
from gradcli.trial.sampling import contains
from gradcli.trial.trials import Trial, exists

ONLY = "this is right only"
Form = Callable[[Array], Array]
POINTS = 40
LEAST = 3
MOST_WORK, LARGEST = 20_000, 400_000
TURNS = {text: rational(Fraction(turn)) for text, turn in (("pi", pi), ("pi/2", pi / 2))}
LIMITS = {f"-{text}": -turn for text, turn in TURNS.items()} | {"-1": -1, "0": 0, "1": 1}
LIMITS |= dict(reversed(TURNS.items()))
"""Tried beside the switches of a claim, in their order."""
ONE = ("!=", "==")
SIGNS = {">": operator.gt, "<": operator.lt, "==": operator.eq, "!=": operator.ne}
MOST_REGIONS, MOST_STEPS = 4, 12
OTHERS = (-1, 0, 2, 3)
"""Numbers at which what is right only for 1 must be wrong."""


@dataclass(slots=True, eq=False)
class Predicate:
    """Something that may be so: its text, and at which points (and entries) it is."""

    text: str
    holds: Array


class CorrectnessMap:
    """Many points with, entry by entry, whether the claim is right there."""

    def __init__(self, refuted: RefutedClaim) -> None:
        pair = refuted.ruling.pair
        self.spaces = refuted.ruling.sample_space.spaces
        self.trial = crowd(refuted)
        rows = tried(pair, self.trial, settle=False)
        self.places = [k for k, r in enumerate(rows) if r.state not in (AWAY, KINK, HOLE, OPEN)]
        self.right, self.live = agreement(self.trial, self.places, pair.left, pair.right)

    def values(self, node: Node) -> Array:
        found: Array = self.trial.evaluate([node])[0][self.places, ...]
        return found

    def steps(self, node: Node) -> list[int]:
        """The whole numbers that a discrete input is at the points, where these are few."""
        if node not in self.spaces or not self.spaces[node].discrete:
            return []
        seen = {int(fraction(x)) for x in self.values(node).flat}
        return sorted(seen) if len(seen) <= MOST_STEPS else []

    def only(self, condition: Array) -> bool:
        """Whether the claim is right there and nowhere else, and says something there."""
        if condition.ndim > self.right.ndim:
            return False
        spread, _ = aligned(condition, self.right)
        if any(a not in (1, b) for a, b in zip(spread.shape, self.right.shape, strict=True)):
            return False
        spread = np.broadcast_to(spread, self.right.shape)
        idle = self.right & ~self.live
        inside = int(np.sum(spread & self.right & self.live))
        outside = int(np.sum(~spread & ~self.right))
        return inside >= LEAST and outside >= LEAST and bool(np.all((spread == self.right) | idle))


@lru_cache(maxsize=1)
def crowd(refuted: RefutedClaim) -> Trial:
    """As many points as the work allows."""
    pair, sizes = refuted.ruling.pair, refuted.trial.sizes
    work = max(work_of(pair.order, sizes), 1)
    count = max(LEAST, min(POINTS, MOST_WORK // work))
    return refuted.ruling.sample_space.trial(sizes, range(1, count + 1))


@lru_cache(maxsize=1)
def _anywhere(refuted: RefutedClaim) -> bool:
    """Whether the claim may be right at enough of many points, by doubles: a glance first."""
    trial = crowd(refuted)
    given = {node: numbers(value, FLOAT64)[0] for node, value in trial.inputs.items()}
    a, near = _near(refuted, given, trial.sizes)
    return int(np.sum(near & np.isfinite(a) & (a != 0))) >= LEAST


def _near(refuted: RefutedClaim, given: dict[Node, Array], sizes: Sizes) -> tuple[Array, Array]:
    """What is true, and at which points and entries the claim is that or neither can be told."""
    a, b = evaluate([refuted.truth, refuted.claim], FLOAT64, given, sizes)
    with np.errstate(all="ignore"):
        return a, np.asarray(~(np.abs(a - b) > LOOSE * (largest(a) + largest(b))))


def agreement(trial: Trial, places: Sequence[int], left: Node, right: Node) -> tuple[Array, Array]:
    """At which points and entries two sides agree, and where the first of them is not zero."""
    a, b = (value[list(places), ...] for value in trial.evaluate([left, right]))
    with precision(trial.bits):
        same = np.frompyfunc(lambda x, y: compared(x, y) != DIFFERENT, 2, 1)
        live = np.frompyfunc(lambda x: finite(x) and (x > 0 or x < 0), 1, 1)
        return same(a, b).astype(bool), live(a).astype(bool)


# -- a region


def candidates(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """The claim on the part where it is right, and something as simple elsewhere."""
    if refuted.ruling.pair.branching:
        yield from _mends(refuted)


def late(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """The same where nothing in the claim switches."""
    if not refuted.ruling.pair.branching:
        yield from _mends(refuted)


def _mends(refuted: RefutedClaim) -> Iterator[Slip]:
    text = next(_regions(refuted), None)
    condition = None if text is None else refuted.parsed(text)
    if condition is None:
        return
    for other in (number(0), number(1), negated(refuted.expr)):
        tree = call(WHERE.name, condition, refuted.expr, other)
        yield Slip("domain", f"{ONLY} where {text}", tree)


def _regions(refuted: RefutedClaim) -> Iterator[str]:
    """Where the claim may be right, in the writer's names, wide parts first."""
    if refuted.ruling.sample_space.complete:
        return
    if not _anywhere(refuted):
        return
    field = CorrectnessMap(refuted)
    if not field.places or field.right.all() or not field.right.any():
        return
    found = [*_conditions(refuted, field)]
    yield from (one.text for one in found if field.only(one.holds))
    for one, two in combinations(found, 2):
        if one.holds.shape == two.holds.shape and field.only(one.holds & two.holds):
            yield f"{one.text} and {two.text}"


def _conditions(refuted: RefutedClaim, field: CorrectnessMap) -> Iterator[Predicate]:
    """The switches of the sides and simple bounds of their scalar inputs, both ways."""
    pair = refuted.ruling.pair
    roots = dict.fromkeys(n for side in (*pair.sides, *pair.of) for n in inputs(side))
    for node in roots:
        if not node.shape:
            name, limits = str(node.params[0]), [*LIMITS.items()]
            yield from (_compared(field, node, name, ">", *limit) for limit in limits)
            yield from (_compared(field, node, name, "<", *limit) for limit in limits[::-1])
            steps = [(str(x), x) for x in field.steps(node)]
            yield from (_compared(field, node, name, sign, *x) for sign in ONE for x in steps)
    for switch in pair.branching:
        pieces = switch.args if switch.op is SUB and switch.label is None else ()
        texts = [told(refuted, n, refuted.names) for n in pieces or (switch,)]
        left, right = texts[0], texts[1] if pieces else "0"
        for sign in "><":
            yield _compared(field, switch, left, sign, right, 0)


def _compared(
    field: CorrectnessMap, node: Node, left: str, sign: str, right: str, limit: int | Ball
) -> Predicate:
    with precision(field.trial.bits):
        holds = np.frompyfunc(lambda x: bool(SIGNS[sign](x, limit)), 1, 1)
        return Predicate(f"{left} {sign} {right}", holds(field.values(node)).astype(bool))


# -- what needs no mend


@dataclass(slots=True, eq=False)
class Region:
    """Where a claim may be right: kind and words, and what is to be judged before that is said.

    `claim` makes what is claimed of that part; without it the claim itself is judged at `sizes`
    and where none of the `conditions` on letters is negative.
    """

    kind: str
    text: str
    claim: Callable[[WrittenDerivation], Claimed] | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    conditions: tuple[Letters, ...] = ()


def regions(refuted: RefutedClaim) -> Iterator[Region]:
    """The parts of the sets at whose points the claim is right, if they can be named."""
    sizes = refuted.trial.sizes
    if fixed(refuted.claim.shape, sizes) != fixed(refuted.truth.shape, sizes):
        return
    if refuted.ruling.sample_space.complete:
        return
    claimed = refuted.claimed
    for text in islice(_regions(refuted), MOST_REGIONS):
        condition, left = refuted.parsed(text), refuted.parsed(claimed.name)
        if condition is not None and left is not None:
            there = call(WHERE.name, condition, refuted.expr, left)
            yield Region("domain", f"where {text}", partial(_mended, claimed, there))
    if found := _sized(refuted):
        text = ", ".join(f"{name} = {size}" for name, size in found.items())
        yield Region("domain", f"for {text}", sizes=found)
    yield from _larger(refuted)
    trial = crowd(refuted)
    for special in _special(refuted, trial):
        elsewhere = (_right_at(refuted, trial, special.node, form) for form in special.others)
        if _right_at(refuted, trial, special.node, special.form) and not any(elsewhere):
            yield Region(special.kind, f"for {special.text}", _put(claimed, special))


def _mended(claimed: Claimed, side: Expr, derivation: WrittenDerivation) -> Claimed:
    return derivation.mended(claimed, side)


@dataclass(slots=True, eq=False)
class Special:
    """An input of special form: kind, words, that form as made of its values, and of any input.

    What is right at the `others` as well is right not only there.
    """

    kind: str
    text: str
    node: Node
    form: Form
    made: Callable[[Node], Node]
    others: Sequence[Form] = ()


def _put(claimed: Claimed, special: Special) -> Callable[[WrittenDerivation], Claimed]:
    """The claim with that form in the place of the input."""
    name = special.node.params[0]

    def claim(derivation: WrittenDerivation) -> Claimed:
        put = {n: special.made(n) for n in derivation.spaces if n.params[0] == name}
        pairs = [
            replace(i, left=replaced(i.left, put), right=replaced(i.right, put), derived=[])
            for i in derivation.claims[claimed.key].pairs
        ]
        return replace(claimed, pairs=pairs)

    return claim


def _sized(refuted: RefutedClaim) -> dict[str, int]:
    """The one size of one letter for which the claim is right."""
    pair, sample_space = refuted.ruling.pair, refuted.ruling.sample_space
    if len(sample_space.letters) != 1 or sample_space.letters[0] in sample_space.bound:
        return {}
    name, right, seen = sample_space.letters[0], [], set[int]()
    for sizes in sample_space.choices():
        if len(seen) < 4 and exists([*pair.sides, *pair.of], sizes):
            seen.add(sizes[name])
            if _right(refuted, sizes):
                right.append(sizes[name])
    one = len(right) == 1 and right[0] > 1 and len(seen) > 2
    return {name: right[0]} if one else {}


def _larger(refuted: RefutedClaim) -> Iterator[Region]:
    """All sizes of one letter but the small one at which the claim is wrong."""
    sample_space = refuted.ruling.sample_space
    for name in sample_space.free:
        least = refuted.trial.sizes[name] + 1
        larger = (x for x in sample_space.choices() if x[name] >= least)
        if least <= LEAST and all(_right(refuted, sizes) for sizes in islice(larger, 2)):
            words = f"for {name} >= {least}; where that is meant, write  {name} >= {least}"
            condition = add_dims(letter(name), -least)
            assert isinstance(condition, Letters)
            yield Region("domain", words, conditions=(condition,))


def _right(refuted: RefutedClaim, sizes: dict[str, int]) -> bool:
    """Whether the claim is right, and says something, at a few points of these sizes."""
    pair = refuted.ruling.pair
    if not exists([*pair.sides, *pair.of], sizes):
        return False
    large = work_of(pair.order, sizes) > LARGEST
    if large or fixed(pair.left.shape, sizes) != fixed(pair.right.shape, sizes):
        return False
    trial = refuted.ruling.sample_space.trial(sizes, (1, 4, 5))
    same, live = agreement(trial, range(trial.count), pair.left, pair.right)
    return bool(same.all() and live.any())


def _special(refuted: RefutedClaim, trial: Trial) -> Iterator[Special]:
    """Inputs of special form: symmetric matrices, vectors that sum to one, scalars that are one."""
    pair = refuted.ruling.pair
    by = {derived.by for derived in pair.derived}
    nodes = dict.fromkeys(n for node in (*pair.sides, *pair.of) for n in inputs(node))
    for node in nodes:
        if node not in trial.inputs:
            continue
        name, value = str(node.params[0]), trial.inputs[node]
        shape = fixed(node.shape, trial.sizes)
        if len(shape) == 2 and node.shape[0] == node.shape[1] and shape[0] != 1:
            yield Special("transpose", f"symmetric {name}", node, _turned_and_added, _symmetric)
        elif len(shape) == 1 and node not in by:
            if all(bool(x != 0) for x in np.sum(value, axis=1).flat):
                yield Special("domain", f"sum({name}) = 1", node, _parts_of_one, _shares)
        elif not shape and by and node not in by:
            one, *others = (partial(_being, number=x) for x in (1, *OTHERS))
            yield Special("domain", f"{name} = 1", node, one, lambda _: constant(1), others)


def _symmetric(A: Node) -> Node:
    return A + transpose(A)


def _shares(p: Node) -> Node:
    return p / sum_(p)


def _turned_and_added(values: Array) -> Array:
    added: Array = values + np.swapaxes(values, 1, 2)
    return added


def _parts_of_one(values: Array) -> Array:
    parts: Array = values / np.sum(values, axis=1, keepdims=True)
    return parts


def _being(values: Array, number: int) -> Array:
    return values * 0 + number


def _right_at(refuted: RefutedClaim, old: Trial, node: Node, form: Form) -> bool:
    """Whether the claim is right, and says something, at points changed so."""
    if (seen := observed(refuted)) is not None:
        given = {n: seen.of(n) for n in old.inputs}
        with np.errstate(all="ignore"):
            given[node] = form(given[node])
        if not _near(refuted, given, old.sizes)[1].all():
            return False
    value, space = form(old.inputs[node]), refuted.ruling.sample_space.spaces.get(node)
    if space and not all(contains(space, value[k, ...], old.sizes) for k in range(len(value))):
        return False
    trial = Trial(old.inputs | {node: value}, old.count, old.sizes, old.bits)
    rows = tried(refuted.ruling.pair, trial, settle=False)
    places = [k for k, row in enumerate(rows) if row.state not in (AWAY, KINK, HOLE, OPEN)]
    if len(places) < LEAST:
        return False
    same, live = agreement(trial, places, refuted.truth, refuted.claim)
    return bool(same.all()) and bool(live.any())
