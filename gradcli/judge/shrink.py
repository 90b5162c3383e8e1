"""A counterexample made as round and as small as it goes, and written down as plain numbers.

Must not know claims beyond their two sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from math import inf
from typing import Any

from gradcli import work
from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import plain_number
from gradcli.arithmetic.evaluate import operations
from gradcli.arithmetic.measure import double, is_exact
from gradcli.arithmetic.small_array import broadcast_arrays, places
from gradcli.calculus.core import inputs
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.judge.finding import Counterexample, Entry, Numbers
from gradcli.trial.compare import DIFFERENT, OPEN, compared, ordered
from gradcli.trial.pair import HOLE, PointResult, allowed, rounds, tried
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.sampling import rounder, rounder_numbers, weight
from gradcli.trial.scalar_range import is_generic
from gradcli.trial.trials import Trial, as_trial, exists

SHOWN_ENTRIES = 5
WORK = 150_000
SHARE = 1 / 2  # of all operations, after which a point stays as it is
BATCH = 8
FEW, MOST_COMBINATIONS, TOGETHER = 5, 256, 12
REFUTING = (DIFFERENT, HOLE)


def roundest(pair: Pair, sample_space: SampleSpace, row: PointResult) -> PointResult:
    """The point of a refutation, or a rounder one that refutes as well."""
    if sample_space.complete:
        return row
    with work.at_most(SHARE):
        for lighter in _in_turn(pair, sample_space, row):
            row = lighter
    return row


def _in_turn(pair: Pair, sample_space: SampleSpace, row: PointResult) -> Iterator[PointResult]:
    """Smaller and rounder points that refute as well, each lighter than those before."""
    yield (row := _smaller(pair, sample_space, row))
    scalars = all(not space.shape for space in sample_space.moving.values())
    if scalars and (found := _together(pair, sample_space, row)):
        yield (row := found)
        if not any(
            is_generic(x) for value in row.trial.point(row.place).values() for x in value.flat
        ):
            return
    yield from _lighter(pair, sample_space, row)


def _lighter(pair: Pair, sample_space: SampleSpace, row: PointResult) -> Iterator[PointResult]:
    """Rounder and rounder points that refute as well."""
    sizes = row.trial.sizes
    tries = WORK // max(operations(pair.sides, sizes), 500)
    # What neither side depends on is not shown.
    used = {*inputs(*pair.sides, *pair.of)}
    moving = {node: space for node, space in sample_space.moving.items() if node in used}
    changed = True
    while changed and tries > 0:
        changed = False
        for node, space in moving.items():
            point = row.trial.point(row.place)
            candidates = rounder(space, point[node][0, ...], sizes)
            while tries > 0 and (batch := [*islice(candidates, min(BATCH, tries))]):
                tries -= len(batch)
                found = _first(pair, as_trial([point | {node: x[None]} for x in batch], sizes))
                if found is not None:
                    row, changed = found, True
                    yield row
                    break


def _together(pair: Pair, sample_space: SampleSpace, row: PointResult) -> PointResult | None:
    """The roundest refuting combination of simple values for scalars, all tried as one batch."""
    point, sizes = row.trial.point(row.place), row.trial.sizes
    few = 2 if len(sample_space.moving) < FEW else 1
    choices = []
    for node, space in sample_space.moving.items():
        here = point[node]
        others = [BALL.single(x) for x in rounder_numbers(space, here.item(), sizes)[:few]]
        choices.append([(weight(x)[:3], node, x) for x in (here, *others)])
    combinations = islice(product(*choices), MOST_COMBINATIONS)
    found = sorted(combinations, key=_weight)
    lighter = [point | {node: x for _, node, x in way} for way in found[:TOGETHER]]
    return _first(pair, as_trial(lighter, sizes)) if lighter else None


def _weight(way: Sequence[tuple[tuple[Any, ...], Node, Array]]) -> list[Any]:
    return [sum(parts) for parts in zip(*(weights for weights, *_ in way), strict=True)]


def _first(pair: Pair, trial: Trial) -> PointResult | None:
    return next((r for r in tried(pair, trial, settle=False) if r.state in REFUTING), None)


def _smaller(pair: Pair, sample_space: SampleSpace, row: PointResult) -> PointResult:
    """The same at smaller sizes, where a round point refutes there."""

    def entries(sizes: dict[str, int]) -> tuple[int, int]:
        return sum(sizes.values()), max(sizes.values(), default=0)

    here = row.trial.sizes
    smaller = [s for s in sample_space.choices() if entries(s) < entries(here)]
    tiny = [
        dict(sample_space.bound) | {x: n for x in here if x not in sample_space.bound}
        for n in (1, 2)
    ]
    smaller += [t for t in tiny if entries(t) < entries(here) and sample_space.dimensions.allow(t)]
    for sizes in sorted(smaller, key=entries):
        if exists([*pair.sides, *pair.of], sizes):
            found = _first(pair, sample_space.trial(sizes, (0, 1, 2, 3)))
            if found is not None:
                return found
    return row


def counterexample(
    pair: Pair, sample_space: SampleSpace, row: PointResult, fits: Array | None = None
) -> Counterexample:
    """The point and both sides there, with the entries that differ, worst first.

    Those that differ as far as they may (`fits` for rounded literals) are passed over.
    """
    with precision(row.trial.bits):
        return _written(pair, sample_space, row, row.trial.evaluate(pair.sides), fits)


def of_literals(pair: Pair, sample_space: SampleSpace, row: PointResult) -> Counterexample:
    """The true value beside the middle of what was written."""
    trial = row.trial.only([row.place])
    with precision(trial.bits):
        fits = rounds(pair, trial)
    for node, (low, high) in pair.relation.literals.items():
        trial.override(node, BALL.number((low + high) / 2))
    row.trial, row.place = trial, 0
    return counterexample(pair, sample_space, row, fits)


def _written(
    pair: Pair, sample_space: SampleSpace, row: PointResult, values: list[Array], fits: Array | None
) -> Counterexample:
    trial, place = row.trial, row.place
    left, right = (value[place, ...] for value in values)
    a, b = broadcast_arrays(left, right)
    entries = [(index, a[index], b[index]) for index in places(a.shape)]
    if row.state != HOLE:
        sign, orders = pair.relation.sign, pair.relation.orders
        states = [ordered(x, y, sign) if orders else compared(x, y) for _, x, y in entries]
        worst = DIFFERENT if DIFFERENT in states else OPEN
        entries = [e for e, state in zip(entries, states, strict=True) if state == worst]
    if pair.relation.tolerance is not None:
        bound = allowed(pair.relation, left)
        entries = [e for e in entries if not abs(e[1] - e[2]) <= bound] or entries
    elif fits is not None:
        entries = [e for e in entries if not fits[e[0]]] or entries
    entries.sort(key=lambda e: -_size(e[1], e[2]))
    shown = [
        Entry(index, plain_number(x), plain_number(y), plain_number(y - x))
        for index, x, y in entries[:SHOWN_ENTRIES]
    ]
    point = trial.point(place)
    # What neither side depends on may be anything.
    used = {*topological([*pair.sides, *pair.of])}
    at = {
        node.params[0]: as_lists(point[node][0, ...])
        for node in sample_space.spaces
        if node in point and node in used
    }
    return Counterexample(
        at, dict(trial.sizes), as_lists(left), as_lists(right), shown, len(entries)
    )


def _size(x: Any, y: Any) -> float:
    gap = abs(y - x)
    if not finite(gap):
        return inf
    return double(gap) if is_exact(gap) else float(gap)


def as_lists(value: Array) -> Numbers:
    """An array of exact numbers or balls as nested lists of plain numbers."""
    if value.ndim < 2:
        work.current.spend(work.SHOWN * value.size, "numbers of the report")
    if value.ndim == 0:
        return plain_number(value.item())
    if value.ndim == 1:
        return [*map(plain_number, value)]
    return [as_lists(row) for row in value]
