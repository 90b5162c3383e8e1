"""Two sides at some points: where they are the same, differ or round alike, where one has no value.

Must not know what was written, nor how points are chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import and_
from random import Random
from typing import Any

from gradcli import work
from gradcli.arithmetic.ball import BALL, Ball, precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate, level
from gradcli.arithmetic.interval import INTERVAL, Interval, inside
from gradcli.arithmetic.measure import is_exact, upper
from gradcli.arithmetic.small_array import Lifted, as_objects, broadcast_arrays
from gradcli.calculus.core import inputs
from gradcli.certify.definedness import Missing, first_missing, live
from gradcli.claims import ORDERS, Pair, Relation
from gradcli.graph.node import Node
from gradcli.graph.space import Space
from gradcli.trial.compare import (
    DIFFERENT,
    EXACT,
    OPEN,
    SAME,
    agrees_at_scale,
    compared,
    ordered,
    scales,
)
from gradcli.trial.sampling import ROUND, draw
from gradcli.trial.trials import Trial, as_trial, exists, finite_rows

LAST_BITS = 4096
AWAY, KINK, HOLE, EDGE = "away", "kink", "hole", "edge"
"""No value to compare: outside all domains; a switch at rest; one side lacks a value on a whole
neighbourhood; one side lacks it here only."""
NEIGHBOURS = 5
NEAR = rational(Fraction(1, 2**40))
WORST = (DIFFERENT, OPEN, SAME, EXACT)


@dataclass(slots=True, eq=False, repr=False)
class PointResult:
    """What was found at one point: its state, the trial that settled it and its place there.

    `missing` is the vertex without a value where one side has none.
    """

    state: str
    trial: Trial
    place: int
    missing: Missing | None = None
    side: int = 0

    @property
    def agrees(self) -> bool:
        """Whether both sides are the same here, exactly or to fifty digits."""
        return self.state in (SAME, EXACT)


def tried(
    pair: Pair, trial: Trial, at_kinks: bool = False, settle: bool = True
) -> list[PointResult]:
    """The state of every point of a trial, at a precision that settles it or the highest.

    Derivatives are not looked at where a switch rests, unless `at_kinks`, where they are settled.
    """
    work.current.spend(work.POINT * trial.count, "points")
    rows = [PointResult(AWAY, trial, k) for k in range(trial.count)]
    values = trial.evaluate([*pair.sides, *pair.of])
    entries = max(value.size for value in values)
    work.current.spend(work.COMPARED * entries, "entries compared")
    has = [finite_rows(value) for value in values]
    smooth = [True] * trial.count
    for value in trial.evaluate(pair.kinks) if pair.kinks else ():
        smooth = [*map(and_, smooth, _off_zero(value, at_kinks))]
    open_ = []
    for k, row in enumerate(rows):
        if not all(h[k] for h in has[2:]):
            continue
        if smooth[k]:
            _look(pair, row, values, has)
        else:
            row.state = KINK
        if row.state == OPEN:
            open_.append(k)
    if open_ and settle:
        _settle(pair, trial, rows, open_, values)
    return rows


def _look(pair: Pair, row: PointResult, values: list[Array], has: list[list[bool]]) -> None:
    """The state of a point at this precision; where neither side has a value it stays as it is."""
    left, right = (h[row.place] for h in has[:2])
    if left and right:
        row.state = _compared(pair, row.trial, values, row.place)
    elif left or right:
        row.side = 1 if left else 0
        _explain_hole(pair, row)


def _off_zero(value: Array, allowed: bool) -> list[bool]:
    flat = value.reshape(len(value), -1)
    return [all(x > 0 or x < 0 or (allowed and x == 0) for x in row) for row in flat]


def _compared(pair: Pair, trial: Trial, values: list[Array], k: int) -> str:
    """The worst of all entries, at the trial's precision: at less, different numbers are one."""
    left, right = (value[k, ...] for value in values[:2])
    with precision(trial.bits):
        if pair.relation.tolerance is not None:
            return _within(pair, left, right)
        worst, relation = len(WORST) - 1, pair.relation
        for x, y in _paired(left, right):
            state = ordered(x, y, relation.sign) if relation.orders else compared(x, y)
            worst = min(worst, WORST.index(state))
            if not worst:
                break
        return WORST[worst]


def _paired(left: Array, right: Array) -> Iterator[tuple[Ball, Ball]]:
    """Entry by entry; the number 0 stands beside every entry."""
    if left.shape != right.shape:
        left, right = broadcast_arrays(left, right)
    return zip(left.flat, right.flat, strict=True)


def _within(pair: Pair, left: Array, right: Array) -> str:
    """Whether every entry is within the user's tolerance."""
    bound = allowed(pair.relation, left)
    gaps = [abs(x - y) for x, y in _paired(left, right)]
    if any(gap > bound for gap in gaps):
        return DIFFERENT
    return SAME if all(gap <= bound for gap in gaps) else OPEN


def allowed(relation: Relation, left: Array) -> Any:
    """The largest difference that the user's tolerance permits."""
    assert relation.tolerance is not None
    bound = evaluate([relation.tolerance], BALL, {})[0][0]
    return bound * max(map(upper, left.flat), default=0) if relation.relative else bound


def _explain_hole(pair: Pair, row: PointResult) -> None:
    """Which side lacks a value here, where, and whether round about as well."""
    node = pair.sides[row.side]
    values = row.trial.row(row.place)
    with precision(row.trial.bits):
        found = first_missing(live(node, values, row.trial.inputs), values, row.trial.sizes)
    if found is None or found.requirement is None:
        # Nothing is violated: a number too large to be computed.
        row.state = AWAY
        return
    row.missing = found
    if not found.certain:
        row.state = OPEN
    else:
        row.state = EDGE if found.argument == 0 else HOLE


def without_value(pair: Pair, trial: Trial) -> list[tuple[int, Missing]]:
    """Which sides have no value at the first point of a trial, and the vertices that are why."""
    values = trial.row(0)
    found: list[tuple[int, Missing]] = []
    with precision(trial.bits):
        for side, node in enumerate(pair.sides):
            # A rounded number has no one value, and not every entry exists at every size.
            if not values.keys() >= {*inputs(node)} or not exists([node], trial.sizes):
                continue
            evaluate([node], BALL, values, trial.sizes, keep=True)
            order = live(node, values, trial.inputs)
            missing = first_missing(order, values, trial.sizes)
            if missing is not None and missing.requirement is not None:
                found.append((side, missing))
    return found


def _settle(
    pair: Pair, trial: Trial, rows: list[PointResult], open_: Sequence[int], values: list[Array]
) -> None:
    """Look again at higher precision at what is open: a true zero is told, a difference shown."""
    left = _told_zeros(pair, trial, rows, open_, values)
    bits = trial.bits
    while left and bits < LAST_BITS:
        bits *= 2
        again = trial.sharper(left, bits)
        found = _once(pair, again)
        for place, k in enumerate(left):
            row = found[place]
            rows[k].state, rows[k].missing = row.state, row.missing
            if row.state != OPEN:
                rows[k].trial, rows[k].place = again, place
        left = [k for k in left if rows[k].state == OPEN]


def _once(pair: Pair, trial: Trial) -> list[PointResult]:
    values = trial.evaluate(pair.sides)
    has = [finite_rows(value) for value in values]
    rows = [PointResult(OPEN, trial, k) for k in range(trial.count)]
    for row in rows:
        _look(pair, row, values, has)
    _told_zeros(pair, trial, rows, [k for k, row in enumerate(rows) if row.state == OPEN], values)
    return rows


def _told_zeros(
    pair: Pair, trial: Trial, rows: list[PointResult], open_: Sequence[int], values: list[Array]
) -> list[int]:
    """Mark as the same what is a true zero to 50 digits of what cancelled; what is left open."""
    relation = pair.relation
    zeros = [k for k in open_ if rows[k].missing is None and relation.tolerance is None]
    # What is the same to fifty digits is not below, and may be above.
    if zeros and relation.sign not in ("<", ">"):
        with precision(trial.bits):
            sizes = scales(pair.sides, trial)
            pieces = broadcast_arrays(*level([*values[:2], *sizes]))
            for k in zeros:
                told = zip(*(piece[k, ...].flat for piece in pieces), strict=True)
                if all(_same(a, b, p, q, relation.sign) for a, b, p, q in told):
                    rows[k].state = SAME
    return [k for k in open_ if rows[k].state == OPEN]


def _same(a: Ball, b: Ball, p: Ball, q: Ball, sign: str) -> bool:
    told = ordered(a, b, sign) if sign in ORDERS else compared(a, b)
    return told != DIFFERENT and (told != OPEN or agrees_at_scale(a, b, p if p > q else q))


def is_rational(pair: Pair, row: PointResult) -> bool:
    """Whether both sides stayed rational at a point."""
    values = row.trial.evaluate(pair.sides)
    return all(is_exact(x) for value in values for x in value[row.place, ...].flat)


def lacking_round_about(pair: Pair, spaces: Mapping[Node, Space], row: PointResult) -> bool:
    """Whether the same side lacks a value, and the other has one, at generic points beside a point.

    Sets without gaps are convex, so that a step towards another point of a set stays in it.
    """
    dense = {n: s for n, s in spaces.items() if s.kind != "onehot" and not s.scalars.whole}
    if not dense:
        return False
    point, sizes = row.trial.point(row.place), row.trial.sizes
    random = Random(0)
    beside = []
    for k in range(NEIGHBOURS):
        moved = dict(point)
        for node, space in dense.items():
            other = draw(space, sizes, ROUND + 2 * k, random)
            moved[node] = point[node] + NEAR * (other - point[node])
        beside.append(moved)
    return all(
        found.state in (EDGE, HOLE) and found.side == row.side
        for found in tried(pair, as_trial(beside, sizes))
    )


def rounded(pair: Pair, trial: Trial) -> PointResult:
    """The state of a claim with rounded literals at the one point of a trial."""
    row = PointResult(AWAY, trial, 0)
    while True:
        with precision(trial.bits):
            left = trial.evaluate([pair.left])[0]
            found = [*rounds(pair, trial).flat]
        row.trial = trial
        if not finite_rows(left)[0]:
            row.state = AWAY
            return row
        if False in found or None not in found:
            row.state = DIFFERENT if False in found else SAME
            return row
        row.state = OPEN
        if trial.bits >= LAST_BITS:
            return row
        trial = trial.only([0], trial.bits * 2)


def rounds(pair: Pair, trial: Trial) -> Array:
    """For each entry, whether the true value rounds to what is written; None where it is open."""
    given = {
        node: INTERVAL.single(Interval(rational(low), rational(high)))
        for node, (low, high) in pair.relation.literals.items()
    }
    exact = Lifted(lambda x: Interval(x, x), 1)
    known = {node: exact(value) for node, value in trial.inputs.items()}
    right = evaluate([pair.right], INTERVAL, known | given, trial.sizes)[0]
    left = trial.evaluate([pair.left])[0]
    return as_objects(Lifted(inside, 2)(left[0, ...], right[0, ...]))
