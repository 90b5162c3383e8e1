"""Points on both sides of every kink: zeros of switching expressions along lines through a point.

Must not know which functions the expressions belong to, nor what is claimed of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from math import inf, isfinite
from random import Random
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import Ball, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import numbers
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import double, fraction
from gradcli.graph.node import Node
from gradcli.graph.sets import Space
from gradcli.trial.line import simplest_between
from gradcli.trial.sampling import Sizes, contains
from gradcli.trial.tracks import Point, Track, grid
from gradcli.trial.tracks import tracks as tracks_of

BRACKETS = 2000  # zeros that are looked for more closely, the nearest ones
HALVINGS = 40
PASSES = 2  # a kink found may hide a narrow cell round itself
MIXTURES = 8  # several entries moved across at once
RESTS = 8  # zeros themselves
MARGIN = 1e-6  # doubles cannot tell a zero from what is this close to it
REST = 1e-11  # as near as a bracket in doubles comes to a zero
TIGHT = (2.0**-58, 1e-11)  # a bracket that is as narrow as it can be
NONE = 2.0  # the sign of an expression without a value: the end of its domain parts cells too


def cells(
    expressions: Sequence[Node],
    point: Mapping[Node, Array],
    spaces: Mapping[Node, Space],
    sizes: Sizes,
    random: Random,
    most: int = 24,
    resting: bool = False,
) -> list[Point]:
    """Exact points like `point` where the expressions have other signs than there, nearest first.

    No two of them have the same signs. `point` has a batch axis of 1; `spaces` are the sets of the
    inputs that may move. With `resting` some points at which an expression is zero come last.
    """
    tracks = list(tracks_of(point, spaces, sizes, random))
    found = _units(point, spaces)
    rests: list[Point] = []
    mixtures: list[Point] = []
    if tracks and expressions:
        crossed, rests = _crossed(tracks, _Signs(expressions, point, tracks, sizes), point)
        found += crossed
        mixtures = _mixed(crossed, point, random)
    base = _pattern(expressions, point, sizes)
    seen = {base.tobytes()}
    out: list[Point] = []
    nearest = [moved for _, moved in sorted(found, key=lambda each: each[0])]
    for k, moved in enumerate([*nearest, *mixtures]):
        if len(out) >= most and k < len(nearest):
            continue
        inside = all(contains(spaces[node], x[0, ...], sizes) for node, x in moved.items())
        if not inside:
            continue
        pattern = _pattern(expressions, {**point, **moved}, sizes)
        if pattern.tobytes() not in seen and not ((pattern == 0) & (base != 0)).any():
            seen.add(pattern.tobytes())
            out.append({**point, **moved})
    if resting:
        out += _at_rest(rests, point, spaces, sizes)
    return out


def _at_rest(
    rests: list[Point],
    point: Mapping[Node, Array],
    spaces: Mapping[Node, Space],
    sizes: Sizes,
) -> list[Point]:
    """The first few different ones that lie in the sets."""
    out: dict[Any, Point] = {}
    for moved in rests:
        if len(out) == RESTS:
            break
        key = tuple((node, tuple(x.flat)) for node, x in moved.items())
        if key in out:
            continue
        if all(contains(spaces[node], x[0, ...], sizes) for node, x in moved.items()):
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


class _Signs:
    """The signs of every entry of the expressions along the tracks, in doubles."""

    def __init__(
        self,
        expressions: Sequence[Node],
        point: Mapping[Node, Array],
        tracks: Sequence[Track],
        sizes: Sizes,
    ) -> None:
        self.expressions, self.sizes = expressions, sizes
        self.base = _floats(point)
        self.steps = {
            node: np.concatenate(
                [
                    numbers(t.steps[node], FLOAT64)
                    if node in t.steps
                    else np.zeros_like(self.base[node])
                    for t in tracks
                ]
            )
            for node in dict.fromkeys(node for t in tracks for node in t.steps)
        }

    def at(self, track: Array, t: Array) -> Array:
        """The signs at parameters t of tracks, for all of a batch: (batch, entries)."""
        moved = {
            node: self.base[node] + t.reshape(-1, *[1] * (step.ndim - 1)) * step[track]
            for node, step in self.steps.items()
        }
        return _signs(self.expressions, self.base | moved, self.sizes, len(t))


def _floats(point: Mapping[Node, Array]) -> Point:
    return {node: numbers(value[0, ...], FLOAT64) for node, value in point.items()}


def _signs(expressions: Sequence[Node], values: Point, sizes: Sizes, batch: int) -> Array:
    found = evaluate(expressions, FLOAT64, values, sizes)
    flat = [np.broadcast_to(x.reshape(len(x), -1), (batch, x[0].size)) for x in found]
    signs = np.sign(np.concatenate([np.empty((batch, 0)), *flat], axis=1))
    told: Array = np.nan_to_num(signs, nan=NONE)
    return told


def _pattern(expressions: Sequence[Node], point: Mapping[Node, Array], sizes: Sizes) -> Array:
    return _signs(expressions, _floats(point), sizes, 1)


def _units(point: Mapping[Node, Array], spaces: Mapping[Node, Space]) -> list[tuple[float, Point]]:
    """The other unit vectors, which no line leads to."""
    return [
        (1.0, {node: np.roll(point[node], k, axis=1)})
        for node, space in spaces.items()
        if space.kind == "onehot"
        for k in range(1, point[node].shape[1])
    ]


def _crossed(
    tracks: Sequence[Track], signs: _Signs, point: Mapping[Node, Array]
) -> tuple[list[tuple[float, Point]], list[Point]]:
    """A point between any two neighbouring zeros of a track with its distance; the zeros."""
    grids = [grid(track) for track in tracks]
    ends = [(float(t[0]), float(t[-1])) for t in grids]
    track = np.repeat(np.arange(len(grids)), [len(t) for t in grids])
    t = np.concatenate(grids)
    zeros: set[tuple[int, float, float]] = set()
    for _ in range(PASSES):
        brackets = _brackets(signs, track, t)
        if not len(brackets[0]):
            break
        zeros.update(zip(*(x.tolist() for x in brackets), strict=True))
        track = np.concatenate([track, brackets[0], brackets[0]])
        t = np.concatenate([t, brackets[1], brackets[2]])
    found, rests = [], []
    for k, group in groupby(sorted(zeros), key=lambda each: each[0]):
        steps = tracks[k].steps.items()
        behind, last = ends[k]
        for _, a, b in [*group, (k, last, inf)]:
            if _wide(behind, a) and not behind <= 0 <= a:
                t_ = _parameter(tracks[k].origin, behind, a)
                moved = {node: point[node] + t_ * step for node, step in steps}
                found.append((abs(double(t_)), moved))
            if b < inf:
                for x in _roundest(tracks[k].origin, a, b):
                    rests.append({node: point[node] + x * step for node, step in steps})
            behind = max(behind, b)
    return found, rests


def _wide(low: Any, high: Any) -> Any:
    """Whether there is more between than one zero, as far as doubles tell."""
    return high - low > np.maximum(TIGHT[0], TIGHT[1] * np.maximum(abs(low), abs(high)))


def _brackets(signs: _Signs, track: Array, t: Array) -> tuple[Array, Array, Array]:
    """Where signs change along the tracks: track, low and high, the nearest ones."""
    order = np.lexsort((t, track))
    track, t = track[order], t[order]
    s = signs.at(track, t)
    apart = _wide(t[:-1], t[1:]) & (track[:-1] == track[1:])
    start, entry = np.nonzero((s[:-1] != s[1:]) & apart[:, None])
    nearest = np.argsort(np.abs(t[start]), kind="stable")[:BRACKETS]
    start, entry = start[nearest], entry[nearest]
    track, low, high, side = track[start], t[start], t[start + 1], s[start, entry]
    for _ in range(HALVINGS if len(track) else 0):
        middle = (low + high) / 2
        same = signs.at(track, middle)[np.arange(len(track)), entry] == side
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
