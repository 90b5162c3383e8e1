"""A closer look at a pair that agrees so far: extremes, ends of domains, sides not visited.

Must not know proofs, texts or reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from random import Random
from typing import Any

from gradcli import work
from gradcli.calculus.core import inputs
from gradcli.judge.switch_sides import SwitchSides
from gradcli.judge.tester import WORK, Ruling, Tester
from gradcli.trial.compare import DIFFERENT, SAME
from gradcli.trial.kink_crossings import cells
from gradcli.trial.pair import EDGE, HOLE, LAST_BITS, PointResult, lacking_round_about, tried
from gradcli.trial.pursuit import Goal, pursued
from gradcli.trial.sampling import in_sets
from gradcli.trial.search_lines import Point, each_extreme, extremes
from gradcli.trial.trials import as_trial

SHARE = 1 / 4  # of all operations, after which nothing is looked at more closely
MOST_WORK = 2000  # operations of a pair that lines are laid through
MOST_TRIED = 100_000  # operations at points that are tried together
POINTS, EDGES, VISITED, GOALS, SHARP = 120, 8, 64, 12, 2
GENERIC = (4, 6, 8, 10, 12, 14)
ROUNDS, BASES, MOST_CELLS, DISCRETE = 4, 3, 24, 8
MOST_KNOWN = 16  # searches whose points are kept for other claims


def closer(tester: Tester) -> Ruling:
    """The ruling after a closer look, at the first sizes and at those with most entries."""
    _sharper(tester)
    if tester.decisive or tester.sample_space.complete:
        return tester.ruling()
    domains = SwitchSides.of_domains(tester.pair, tester.sample_space)
    for sizes in [tester.sizes[0], tester.widest] if tester.sizes else [{}]:
        if not tester.decisive:
            with work.at_most(SHARE):
                _Look(tester, sizes, domains).take()
    found = tester.ruling()
    if found.verdict == "holds":
        conditions = SwitchSides.of_conditions(tester.pair, tester.sample_space)
        for row in tester.rows:
            if row.agrees:
                conditions.look(row.trial, [row.place])
        for sides in (tester.sides, domains, conditions):
            found.unvisited += sides.unvisited(tester.widest)
    return found


def shown_to_differ(tester: Tester, sizes: dict[str, int]) -> Ruling:
    """The ruling for two functions that residues show to differ at these sizes.

    They differ at nearly every point, so that it takes no more than precision: `differ` where even
    the highest shows no difference. Where the sets have no point with values, nothing differs.
    """
    if sizes and not tester.valued(sizes):
        return tester.ruling()
    drawn = tester.sample_space.trial(sizes, (0,) if tester.sample_space.complete else GENERIC)
    tester.attempt(drawn.only(range(drawn.count), LAST_BITS))
    found = tester.ruling()
    if found.verdict == "holds":
        found.verdict, found.why = "undecided", "differ"
    return found


def _sharper(tester: Tester) -> None:
    """Look with the most digits at some points where the sides agree to fifty."""
    for row in [row for row in tester.rows if row.state == SAME][-SHARP:]:
        if (needed := tester.work(row.trial.sizes)) <= MOST_WORK:
            only = partial(row.trial.only, [row.place], LAST_BITS)
            sharp = tester.sample_space.shared((row.trial, row.place), only, needed)
            (again,) = tried(tester.pair, sharp, at_kinks=tester.sample_space.complete)
            if again.state == DIFFERENT:
                tester.rows[tester.rows.index(row)] = again


def affordable(tester: Tester) -> bool:
    """Whether lines are laid through points of the largest sizes."""
    return tester.work(tester.widest) <= MOST_WORK


class _Look:
    """The look at one choice of sizes."""

    def __init__(self, tester: Tester, sizes: dict[str, int], domains: SwitchSides) -> None:
        self.tester, self.sizes = tester, sizes
        self.pair = tester.pair
        # What neither side has stays where it is.
        read = inputs(*self.pair.sides, *self.pair.of)
        self.spaces = {n: s for n, s in tester.sample_space.moving.items() if n in read}
        self.random = Random(tester.sample_space.seed)
        self.work = max(tester.work(sizes), 1)
        self.domains = domains
        self.marks = SwitchSides.of_switches(self.pair, tester.sample_space)
        expressions = [*self.pair.crossed, *self.pair.tops, *self.pair.needs]
        # Whatever has other signs with another unit vector is another cell.
        units = [node for node, space in self.spaces.items() if space.kind == "onehot"]
        self.expressions = [*dict.fromkeys([*expressions, *units])]

    def take(self) -> None:
        """Try what there is to try."""
        here = [row for row in self.tester.rows if row.trial.sizes == self.sizes]
        for row in [row for row in here if row.state == EDGE][:EDGES]:
            if lacking_round_about(self.pair, self.spaces, row):
                row.state = HOLE
        good = [row for row in here if row.agrees]
        if not good:
            return
        self._fresh(here)
        bases = [good[0], good[-1], *self._discrete(good)]
        point = self._at(good[-1])
        far = extremes(point, self.spaces, self.sizes, self.random)
        bases += self._moved(point, far, MOST_TRIED)
        if self.pair.tops or (self.pair.switches and self.work <= MOST_WORK):
            bases += self._moved(point, each_extreme(point, self.spaces, self.sizes), WORK)
        if self.work > MOST_WORK:
            return
        for _ in range(ROUNDS):
            if self.tester.decisive or not bases:
                return
            fresh = self._cells(bases)
            if not self._absent():
                return
            bases = fresh[:BASES] or self._pursued(good[-1])[:BASES]

    def _discrete(self, rows: Sequence[PointResult]) -> list[PointResult]:
        """Some with other unit vectors or whole numbers, between which no line leads."""
        nodes = [n for n, s in self.spaces.items() if s.kind == "onehot" or s.scalars.whole]
        found: dict[Any, PointResult] = {}
        for row in rows:
            values = self._at(row)
            found.setdefault(tuple(x for node in nodes for x in values[node].flat), row)
        return [*found.values()][1 : 1 + DISCRETE] if nodes else []

    def _at(self, row: PointResult) -> Point:
        point, sample_space = row.trial.point(row.place), self.tester.sample_space
        return {node: point[node] for node in (*sample_space.spaces, *sample_space.given)}

    def _moved(self, point: Point, moves: Iterable[Point], most: int) -> list[PointResult]:
        """Try the point with what moves, as far as that stays in the sets."""
        inside = (point | move for move in moves if in_sets(move, self.spaces, self.sizes))
        return self._tried(inside, most)

    def _tried(self, points: Iterable[Point], most: int = MOST_TRIED) -> list[PointResult]:
        """Try some points; those that lie on a side on which none did before."""
        wanted = min(POINTS, max(most // self.work, 1))
        known: dict[Any, Point] = {}
        for point in points:
            known.setdefault(self._moving(point), point)
            if len(known) == wanted:
                break
        if not known:
            return []
        before = len(self.tester.rows)
        there = partial(as_trial, [*known.values()], self.sizes)
        key, needed = (*sorted(self.sizes.items()), *known), self.work * len(known)
        self.tester.attempt(self.tester.sample_space.shared(key, there, needed))
        return self._fresh(self.tester.rows[before:])

    def _fresh(self, rows: Sequence[PointResult]) -> list[PointResult]:
        found = []
        for row in rows:
            outside = self.domains.look(row.trial, [row.place])
            if row.agrees and (self.marks.look(row.trial, [row.place]) or outside):
                found.append(row)
        return found

    def _cells(self, bases: Sequence[PointResult]) -> list[PointResult]:
        """Beyond the zeros of all expressions along lines through these points."""
        found = []
        for base in bases if self.expressions else ():
            rows = [row for row in self.tester.rows if row.trial.sizes == self.sizes]
            visited = [self._at(row) for row in rows[:VISITED]]
            found += self._tried(self._beyond(self._at(base), visited))
            if self.tester.decisive:
                break
        return found

    def _beyond(self, point: Point, visited: Sequence[Point]) -> list[Point]:
        """What lies beyond the zeros; claims that look for the same with the same luck share it."""
        known, luck = self.tester.sample_space.known.beyond_zeros, self.random.getstate()
        key = (*sorted(self.sizes.items()), luck, *self.expressions, *self._moving(point, *visited))
        if key not in known:
            made = cells(
                self.expressions, point, self.spaces, self.sizes, self.random, MOST_CELLS, True,
                visited,
            )  # fmt: skip
            if len(known) == MOST_KNOWN:
                del known[next(iter(known))]
            known[key] = made, self.random.getstate()
        found, luck = known[key]
        self.random.setstate(luck)
        return found

    def _moving(self, *points: Point) -> tuple[Any, ...]:
        """What moves, and its numbers at some points."""
        return (*self.spaces, *(x for p in points for node in self.spaces for x in p[node].flat))

    def _absent(self) -> list[Goal]:
        """The sides on which no point lies."""
        return [
            (node, int(entry), side)
            for sides in (self.marks, self.domains)
            for node, side, absent in sides.missing(self.sizes)
            for entry in absent.ravel().nonzero()[0]
        ]

    def _pursued(self, base: PointResult) -> list[PointResult]:
        """Points on sides that none has visited."""
        points = (
            pursued(goal, self._at(base), self.spaces, self.sizes, self.random)
            for goal in self._absent()[:GOALS]
        )
        return self._tried([point for point in points if point is not None])
