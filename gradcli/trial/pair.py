"""Two sides at some points: where they are the same, where they differ, where there is no value.

Must not know what was written, nor how points are chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import BALL, Ball, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate, level
from gradcli.arithmetic.measure import is_exact, upper
from gradcli.calculus.core import INPUT
from gradcli.calculus.families import Differentiable, Requirement
from gradcli.certify.definedness import Missing, first_missing, live
from gradcli.graph.claims import Derived, Relation
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.ops.reductions import GAP, LEAD
from gradcli.trial.compare import (
    DIFFERENT,
    EXACT,
    OPEN,
    SAME,
    agrees_at_scale,
    compared,
    scales,
)
from gradcli.trial.trials import Trial, finite_rows

LAST_BITS = 4096
AWAY, KINK, HOLE, EDGE = "away", "kink", "hole", "edge"
"""No value to compare: outside all domains; a switch at rest; one side lacks a value on a whole
neighbourhood; one side lacks it here only."""
WORST = (DIFFERENT, OPEN, SAME, EXACT)


@dataclass(slots=True, eq=False)
class Pair:
    """Left and right side and how they are to relate; `derived` are the derivatives in them.

    `of` is what is differentiated, `order` all that has to be known of, `requirements` what a
    vertex of it requires of its arguments and `needs` what that is about; at the zeros of
    `switches` a side is not smooth, `branching` are those that may have either sign, `tops` tell
    of a maximum by how much each entry is above all others, `kinks` are the switches that a
    derivative is taken across.
    """

    left: Node
    right: Node
    relation: Relation
    derived: list[Derived]
    switches: list[Node] = field(default_factory=list)
    needs: list[Node] = field(default_factory=list)
    of: list[Node] = field(default_factory=list)
    order: list[Node] = field(default_factory=list)
    requirements: dict[Node, list[Requirement]] = field(default_factory=dict)
    branching: list[Node] = field(default_factory=list)
    tops: list[Node] = field(default_factory=list)
    kinks: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        switches: dict[Node, list[Node]] = {}
        self.order = topological([*self.sides, *(d.of for d in self.derived)])
        for node in self.order:
            if isinstance(node.op, Differentiable):
                switches[node] = node.op.switches(node)
                self.switches += switches[node]
                if found := node.op.domain(node):
                    self.requirements[node] = found
                    self.needs += [need.expr for need in found]
        # A condition on loop variables alone, as in a Kronecker delta, is no kink.
        self.switches = [s for s in dict.fromkeys(self.switches) if self._moves(s)]
        self.needs = [*dict.fromkeys(self.needs)]
        # What must not be negative has one side only, as the square root's argument; so has what
        # tells how far a function is from its own value, as floor does.
        single = {s for node, own in switches.items() for s in own if node in s.args}
        single |= {*self.needs}
        self.branching = [s for s in self.switches if s not in single and s.op is not GAP]
        gaps = [s for s in self.switches if s.op is GAP]
        self.tops = [make(LEAD, *gap.args) for gap in gaps]
        self.of = [*dict.fromkeys(d.of for d in self.derived)]
        self.kinks = self._crossed(switches)

    def _moves(self, switch: Node) -> bool:
        by = {d.by for d in self.derived}
        return any(node.op is INPUT or node in by for node in topological([switch]))

    def _crossed(self, switches: Mapping[Node, list[Node]]) -> list[Node]:
        """Switches that a derivative is taken across: in what is differentiated, and moving."""
        found: set[Node] = set()
        for each in self.derived:
            inside = [s for n in topological([each.of]) for s in switches.get(n, ())]
            moving = {each.by}
            for node in topological(inside):
                if not moving.isdisjoint(node.args):
                    moving.add(node)
            found |= moving & set(inside)
        return [s for s in self.switches if s in found]

    @property
    def sides(self) -> list[Node]:
        return [self.left, self.right]


@dataclass(slots=True, eq=False)
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
        return self.state in (SAME, EXACT)


def tried(
    pair: Pair, trial: Trial, at_kinks: bool = False, settle: bool = True
) -> list[PointResult]:
    """The state of every point of a trial, at a precision that settles it or the highest.

    Derivatives are not looked at where a switch rests, unless `at_kinks`, where they are settled.
    """
    rows = [PointResult(AWAY, trial, k) for k in range(trial.count)]
    values = trial.evaluate([*pair.sides, *pair.of])
    has = [finite_rows(value) for value in values]
    smooth = np.ones(trial.count, dtype=bool)
    if pair.kinks:
        for value in trial.evaluate(pair.kinks):
            smooth &= _off_zero(value, at_kinks)
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


def _look(pair: Pair, row: PointResult, values: list[Array], has: list[Array]) -> None:
    """The state of a point at this precision; where neither side has a value it stays as it is."""
    left, right = (h[row.place] for h in has[:2])
    if left and right:
        row.state = _compared(pair, row.trial, values, row.place)
    elif left or right:
        row.side = 1 if left else 0
        _explain_hole(pair, row)


def _off_zero(value: Array, allowed: bool) -> Array:
    flat = value.reshape(len(value), -1)
    told = [all(x > 0 or x < 0 or (allowed and x == 0) for x in row) for row in flat]
    return np.array(told, dtype=bool)


def _compared(pair: Pair, trial: Trial, values: list[Array], k: int) -> str:
    """The worst of all entries, at the trial's precision: at less, different numbers are one."""
    left, right = (value[k, ...] for value in values[:2])
    with precision(trial.bits):
        if pair.relation.tolerance is not None:
            return _within(pair, left, right)
        worst = len(WORST) - 1
        for x, y in _paired(left, right):
            worst = min(worst, WORST.index(compared(x, y)))
            if not worst:
                break
        return WORST[worst]


def _paired(left: Array, right: Array) -> Iterator[tuple[Ball, Ball]]:
    """Entry by entry; the number 0 stands beside every entry."""
    if left.shape != right.shape:
        left, right = np.broadcast_arrays(left, right)
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


def _settle(
    pair: Pair, trial: Trial, rows: list[PointResult], open_: Sequence[int], values: list[Array]
) -> None:
    """Look again at higher precision at what is open: a true zero is told, a difference shown."""
    left = _told_zeros(pair, trial, rows, open_, values)
    bits = trial.bits
    while left and bits < LAST_BITS:
        bits *= 2
        again = trial.only(left, bits)
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
    zeros = [k for k in open_ if rows[k].missing is None and pair.relation.tolerance is None]
    if zeros:
        with precision(trial.bits):
            sizes = scales(pair.sides, trial)
            pieces = np.broadcast_arrays(*level([*values[:2], *sizes]))
            for k in zeros:
                if all(map(_same, *(piece[k, ...].flat for piece in pieces))):
                    rows[k].state = SAME
    return [k for k in open_ if rows[k].state == OPEN]


def _same(a: Ball, b: Ball, p: Ball, q: Ball) -> bool:
    told = compared(a, b)
    return told != DIFFERENT and (told != OPEN or agrees_at_scale(a, b, p if p > q else q))


def is_rational(pair: Pair, row: PointResult) -> bool:
    """Whether both sides stayed rational at a point."""
    values = row.trial.evaluate(pair.sides)
    return all(is_exact(x) for value in values for x in value[row.place, ...].flat)
