"""Points on both sides of every kink: zeros of switching expressions along lines through a point.

Must not know which functions the expressions belong to, nor what is claimed of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, groupby, islice
from math import inf, isfinite
from random import Random
from typing import Any

import numpy as np

from gradcli import work
from gradcli.arithmetic.ball import Ball, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.measure import double, fraction
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.space import Space
from gradcli.trial.line_values import LineValues, floats, places, signs_of, values_of
from gradcli.trial.sampling import Sizes, in_sets
from gradcli.trial.scalar_range import simplest_between
from gradcli.trial.search_lines import (
    AXES,
    GRID,
    Point,
    SearchLine,
    grid,
    landmarks,
    lines_through,
)

BRACKETS = 2000  # zeros that are looked for more closely, the nearest ones
HALVINGS = 40
PASSES = 2  # a kink found may hide a narrow cell round itself
MIXTURES = 8  # several entries moved across at once
RESTS = 8  # zeros themselves
MARGIN = 1e-6  # doubles cannot tell a zero from what is this close to it
REST = 1e-11  # as near as a bracket in doubles comes to a zero
TIGHT = (2.0**-58, 1e-11)  # a bracket that is as narrow as it can be
TOUCHED = 1e-7  # as near as the least of a square comes to its zero
TOUCH = 1e-8  # what is left of an expression at a zero that it touches
AXES_CLOSER, FRESH, LOOKED, BEYOND = 64, 96, 600, 16
CHUNK = 32


def cells(
    expressions: Sequence[Node],
    point: Mapping[Node, Array],
    spaces: Mapping[Node, Space],
    sizes: Sizes,
    random: Random,
    most: int = 24,
    resting: bool = False,
    visited: Sequence[Point] | None = None,
) -> list[Point]:
    """Exact points like `point` where the expressions have other signs than there, nearest first.

    No two of them have the same signs. `point` has a batch axis of 1; `spaces` are the sets of the
    inputs that may move. With `resting` some points at which an expression is zero come last. With
    points that were `visited` the search is closer: along more lines, across zeros that are only
    touched, and for every sign of an entry that no visited point shows.
    """
    closer = visited is not None
    room = places(expressions, spaces, sizes)
    ways = lines_through(point, spaces, sizes, random, AXES_CLOSER if closer else AXES)
    if closer:
        ways = chain(ways, landmarks(point, spaces, sizes, random))
    tracks = [*islice(ways, room // (2 * len(GRID)))]
    found = _units(point, spaces, room)
    crossed: list[tuple[float, Point]] = []
    beyond: list[tuple[float, Point]] = []
    rests: list[tuple[SearchLine, float, float]] = []
    if tracks and expressions:
        lines = LineValues(expressions, point, tracks, sizes)
        crossed, beyond, rests = _crossed(tracks, lines, point, closer, room // 4)
    found += crossed
    mixtures = _mixed(crossed, point, random)
    seen = _Seen(expressions, sizes, [dict(point), *(visited or ())])
    out: list[Point] = []
    wanted = FRESH if closer else most
    nearest = [moved for _, moved in sorted(found, key=lambda each: each[0])]
    # What mixes crossings is always tried, of the others enough.
    candidates = [(moved, False) for moved in nearest[:LOOKED]] + [(m, True) for m in mixtures]
    for moved, pattern, mixed in seen.patterns_of(candidates, point):
        if (len(out) >= wanted and not mixed) or seen.known(pattern):
            continue
        if not closer and ((pattern == 0) & (seen.first != 0)).any():
            continue
        telling = mixed or len(out) < most or seen.shows_more(pattern)
        if telling and in_sets(moved, spaces, sizes):
            seen.add(pattern)
            out.append({**point, **moved})
    for _, moved in sorted(beyond, key=lambda each: each[0])[:BEYOND]:
        if in_sets(moved, spaces, sizes):
            out.append({**point, **moved})
    if resting:
        out += _at_rest(rests, point, spaces, sizes)
    return out


class _Seen:
    """Which signs points have shown, together and one by one."""

    def __init__(self, expressions: Sequence[Node], sizes: Sizes, points: Sequence[Point]) -> None:
        self.expressions, self.sizes = expressions, sizes
        self.read = {*topological(expressions)}
        self.patterns: set[bytes] = set()
        self.sides: set[tuple[int, float]] = set()
        patterns = self._patterns(points)
        self.first = patterns[0]
        for pattern in patterns:
            self.add(pattern)

    def _patterns(self, points: Sequence[Point]) -> Array:
        plain = [floats({n: x for n, x in point.items() if n in self.read}) for point in points]
        values = {node: np.concatenate([each[node] for each in plain]) for node in plain[0]}
        return signs_of(values_of(self.expressions, values, self.sizes, len(points)))

    def patterns_of(
        self, candidates: Sequence[tuple[Point, bool]], point: Mapping[Node, Array]
    ) -> Iterator[tuple[Point, Array, bool]]:
        """The signs at moved points, found for some at a time."""
        for k in range(0, len(candidates), CHUNK):
            some = candidates[k : k + CHUNK]
            patterns = self._patterns([{**point, **moved} for moved, _ in some])
            for (moved, mixed), pattern in zip(some, patterns, strict=True):
                yield moved, pattern, mixed

    def add(self, pattern: Array) -> None:
        self.patterns.add(pattern.tobytes())
        self.sides.update(enumerate(pattern))

    def known(self, pattern: Array) -> bool:
        return pattern.tobytes() in self.patterns

    def shows_more(self, pattern: Array) -> bool:
        """Whether an entry has a sign that it had at no point."""
        return not self.sides.issuperset(enumerate(pattern))


def _at_rest(
    rests: Sequence[tuple[SearchLine, float, float]],
    point: Mapping[Node, Array],
    spaces: Mapping[Node, Space],
    sizes: Sizes,
) -> list[Point]:
    """The first few different zeros that lie in the sets, each where it is roundest."""
    out: dict[Any, Point] = {}
    round_ = (
        {node: point[node] + x * step for node, step in track.steps.items()}
        for track, low, high in rests
        for x in _roundest(track.origin, low, high)
    )
    for moved in round_:
        if len(out) == RESTS:
            break
        key = tuple((node, tuple(x.flat)) for node, x in moved.items())
        if key in out:
            continue
        if in_sets(moved, spaces, sizes):
            out[key] = {**point, **moved}
    return [*out.values()]


def _mixed(
    crossed: list[tuple[float, Point]], point: Mapping[Node, Array], random: Random
) -> list[Point]:
    """Crossings of different entries put together: all of them, then some."""
    single: dict[Any, list[Ball]] = {}
    for _, moved in crossed:
        node, value = next(iter(moved.items()))
        places = np.argwhere(value != point[node])
        if len(moved) == 1 and len(places) == 1:
            at = tuple(map(int, places[0]))
            single.setdefault((node, at), []).append(value[at])
    out = []
    for k in range(MIXTURES if len(single) > 1 else 0):
        mixture: Point = {}
        for (node, at), ways in single.items():
            if k < 2 or random.random() < 0.5:  # all of them first
                mixture.setdefault(node, point[node].copy())[at] = random.choice(ways)
        out.append(mixture)
    return out


def _units(
    point: Mapping[Node, Array], spaces: Mapping[Node, Space], most: int
) -> list[tuple[float, Point]]:
    """The other unit vectors, which no line leads to."""
    return [
        (1.0, {node: np.roll(point[node], k, axis=-1)})
        for node, space in spaces.items()
        if space.kind == "onehot"
        for k in range(1, min(point[node].shape[-1], most))
    ]


def _crossed(
    tracks: Sequence[SearchLine],
    lines: LineValues,
    point: Mapping[Node, Array],
    closer: bool,
    most: int,
) -> tuple[
    list[tuple[float, Point]], list[tuple[float, Point]], list[tuple[SearchLine, float, float]]
]:
    """A point between any two neighbouring zeros of a track with its distance; where zeros lie.

    What lies beside a zero that is only touched comes apart from what lies between crossings.
    """
    grids = [grid(track) for track in tracks]
    ends = [(float(t[0]), float(t[-1])) for t in grids]
    track = np.repeat(np.arange(len(grids)), [len(t) for t in grids])
    t = np.concatenate(grids)
    zeros: set[tuple[int, float, float, bool]] = set()
    if closer:
        line, at, least = lines.dips(track, t)
        none = abs(least) < TOUCH
        for k, x in zip(line[none], at[none], strict=True):
            a, b = sorted((float(x * (1 - REST)), float(x * (1 + REST))))
            zeros.add((int(k), a, b, True))
        track, t = np.concatenate([track, line[least < 0]]), np.concatenate([t, at[least < 0]])
    for _ in range(PASSES):
        brackets = _brackets(lines, track, t, most)
        if not len(brackets[0]):
            break
        zeros.update((*each, False) for each in zip(*(x.tolist() for x in brackets), strict=True))
        track = np.concatenate([track, brackets[0], brackets[0]])
        t = np.concatenate([t, brackets[1], brackets[2]])
    found: list[tuple[float, Point]] = []
    beyond: list[tuple[float, Point]] = []
    rests: list[tuple[SearchLine, float, float]] = []
    work.current.spend(work.CROSSING * len(zeros), "crossings of switches")
    for k, group in groupby(sorted(zeros), key=lambda each: each[0]):
        steps = tracks[k].steps.items()
        behind, last = ends[k]
        touched = False
        for _, a, b, touch in [*group, (k, last, inf, False)]:
            if _wide(behind, a) and not behind <= 0 <= a:
                t_ = _parameter(tracks[k].origin, behind, a)
                moved = {node: point[node] + t_ * step for node, step in steps}
                (beyond if touched or touch else found).append((abs(double(t_)), moved))
            if b < inf:
                near = TOUCHED * abs(a) if touch else 0.0
                rests.append((tracks[k], a - near, b + near))
            behind, touched = max(behind, b), touch
    return found, beyond, rests


def _wide(low: Any, high: Any) -> Any:
    """Whether there is more between than one zero, as far as doubles tell."""
    return high - low > np.maximum(TIGHT[0], TIGHT[1] * np.maximum(abs(low), abs(high)))


def _brackets(lines: LineValues, track: Array, t: Array, most: int) -> tuple[Array, Array, Array]:
    """Where signs change along the tracks: track, low and high, the nearest ones."""
    order = np.lexsort((t, track))
    track, t = track[order], t[order]
    s = lines.signs(track, t)
    apart = _wide(t[:-1], t[1:]) & (track[:-1] == track[1:])
    start, entry = np.nonzero((s[:-1] != s[1:]) & apart[:, None])
    nearest = np.argsort(np.abs(t[start]), kind="stable")[: min(BRACKETS, most)]
    start, entry = start[nearest], entry[nearest]
    track, low, high, side = track[start], t[start], t[start + 1], s[start, entry]
    for _ in range(HALVINGS if len(track) else 0):
        middle = (low + high) / 2
        same = lines.signs(track, middle)[np.arange(len(track)), entry] == side
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return track, low, high


def _roundest(origin: Ball, low: float, high: float) -> list[Ball]:
    """Parameters that move the origin to a short decimal or fraction within a bracket."""
    middle = fraction(origin) + Fraction(low)
    if not isfinite(double(origin)):
        return []
    near = rational(Fraction(REST * max(abs(low), abs(double(origin)), REST)))
    short = rational(middle.limit_denominator(1000))
    ends = (rational(middle) - near, rational(fraction(origin) + Fraction(high)) + near)
    found = [simplest_between(*ends)]
    if ends[0] <= short <= ends[1]:
        found.append(short)
    return [x - origin for x in dict.fromkeys(found)]


def _parameter(origin: Ball, low: float, high: float) -> Ball:
    """What lies between, off the ends, and moves the origin to a number of few digits."""
    size = abs(double(origin))
    margins = (min((high - low) / 8, MARGIN * (abs(end) + size)) for end in (low, high))
    ends = (low + next(margins), high - next(margins))
    return simplest_between(*(origin + rational(Fraction(end)) for end in ends)) - origin
