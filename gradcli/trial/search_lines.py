"""Lines through a point along which the inputs may move within their sets.

Must not know what is sought on them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from random import Random

import numpy as np

from gradcli.arithmetic.ball import Ball, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.measure import double, integer
from gradcli.graph.node import Node
from gradcli.graph.space import Space
from gradcli.trial.sampling import Sizes, draw
from gradcli.trial.scalar_range import ZERO
from gradcli.trial.scalar_range import range_of as line_of

Point = dict[Node, Array]
AXES, DIRECTIONS, CHORDS = 12, 6, 6
CORNERS = 4
POWERS = (3, 6, -3, -6)
GRID = [2.0**k for k in range(-20, 41)]


@dataclass(slots=True, eq=False, repr=False)
class SearchLine:
    """A line through the point: a step of each moving input, and how far it may go either way.

    `origin` is the entry that moves where only one does: it is what must have few digits.
    """

    steps: Point
    back: float = inf
    ahead: float = inf
    origin: Ball = ZERO


def lines_through(
    point: Mapping[Node, Array],
    spaces: Mapping[Node, Space],
    sizes: Sizes,
    random: Random,
    most: int = AXES,
) -> Iterator[SearchLine]:
    """Single entries, then all of them in random directions, then ways to other points of a set.

    No more than `most` entries one by one.
    """
    free = [node for node, space in spaces.items() if space.kind in ("power", "symmetric")]
    axes = [(node, at) for node in free for at in np.ndindex(point[node].shape[1:])]
    if len(axes) > most:
        axes = random.sample(axes, most)
    for node, at in axes:
        step = np.full(point[node].shape[1:], ZERO, dtype=object)
        step[at] = integer(1)
        moved = {node: _fitting(step, spaces[node])}
        yield _reaching(moved, point, spaces, sizes, point[node][(0, *at)])
    for _ in range(DIRECTIONS if len(axes) > 1 else 0):
        steps = {}
        for node in free:
            step = np.empty(point[node].shape[1:], dtype=object)
            for at in np.ndindex(step.shape):
                step[at] = integer(random.choice((-2, -1, 1, 2)))
            steps[node] = _fitting(step, spaces[node])
        yield _reaching(steps, point, spaces, sizes, ZERO)
    for node, space in spaces.items():
        if space.kind in ("simplex", "spd"):
            for k in range(CHORDS):
                yield SearchLine({node: draw(space, sizes, k, random) - point[node][0]}, 0.0, 1.0)


def is_axis(track: SearchLine) -> bool:
    """Whether one entry moves alone."""
    return sum(np.count_nonzero(step != ZERO) for step in track.steps.values()) == 1


def landmarks(
    point: Mapping[Node, Array], spaces: Mapping[Node, Space], sizes: Sizes, random: Random
) -> Iterator[SearchLine]:
    """Ways to 0 and beyond, along the diagonal, to corners, vertices and singular matrices."""
    free = {node: space for node, space in spaces.items() if space.kind in ("power", "symmetric")}
    ways: list[Point] = []
    for group in _groups(free):
        ways.append({node: (-point[node])[0, ...] for node in group})
        ways.append({node: np.full(point[node].shape[1:], integer(1)) for node in group})
    for k in range(2 + CORNERS):
        corner = _corner(point, free, sizes, k, random)
        ways.append({node: (x - point[node])[0, ...] for node, x in corner.items()})
    for steps in ways:
        if any((step != 0).any() for step in steps.values()):
            yield _reaching(steps, point, spaces, sizes, ZERO)
    for node, space in spaces.items():
        here = point[node][0, ...]
        if space.kind == "simplex":
            for at in range(min(here.shape[-1], AXES)):
                vertex = np.full(here.shape, ZERO, dtype=object)
                vertex[..., at] = integer(1)
                yield SearchLine({node: vertex - here}, 0.0, 1.0)
        if space.kind == "spd":
            yield SearchLine({node: here}, 1.0, inf)
            for _ in range(CORNERS):
                n = here.shape[-1]
                v = np.array([integer(random.choice((-2, -1, 1, 2))) for _ in range(n)])
                yield SearchLine({node: np.multiply.outer(v, v) - here}, 0.0, 1.0)


def extremes(
    point: Mapping[Node, Array], spaces: Mapping[Node, Space], sizes: Sizes, random: Random
) -> Iterator[Point]:
    """Far and near multiples of the point, all signs alike, corners and faces of the set."""
    movable = [node for node, space in spaces.items() if space.kind not in ("onehot", "simplex")]
    for power in POWERS:
        for group in _groups(movable):
            yield {node: point[node] * rational(Fraction(10) ** power) for node in group}
    for way in (1, -1):
        for group in _groups(movable):
            yield {node: way * abs(point[node]) for node in group}
    free = {node: space for node, space in spaces.items() if space.kind == "power"}
    for k in range(2 + CORNERS):
        yield _corner(point, free, sizes, k, random)
    for node in free:
        for line in _in_order(point[node].ravel()):
            yield {node: line.reshape(point[node].shape)}
    for node, space in free.items():
        places = [(0, *at) for at in np.ndindex(point[node].shape[1:])]
        for at in places if len(places) <= AXES else random.sample(places, AXES):
            for end in line_of(space.scalars, sizes).special:
                moved = point[node].copy()
                moved[at] = end
                yield {node: moved}


def _in_order(entries: Array) -> Iterator[Array]:
    """Entries that rise from the least to the largest, then such that fall."""
    low, count = min(entries), len(entries) - 1
    gap = max(entries) - low
    rising = np.array([low + gap * k / max(count, 1) for k in range(count + 1)], dtype=object)
    if gap > 0:
        yield from (rising, rising[::-1])


def each_extreme(
    point: Mapping[Node, Array], spaces: Mapping[Node, Space], sizes: Sizes
) -> Iterator[Point]:
    """Each entry of an array the largest in turn, then the smallest.

    So every argument of a maximum over entries leads somewhere, as far as the set has room.
    """
    for node in [node for node, space in spaces.items() if space.kind == "power"]:
        line = line_of(spaces[node].scalars, sizes)
        entries = point[node].ravel()
        # Beyond their mean as well.
        far = 1 + entries.size * (max(entries) - min(entries))
        for most, end, way in ((max, line.high, far), (min, line.low, -far)):
            last = most(entries)
            beyond = last + way if end is None else (last + end) / 2
            for k in range(entries.size):
                moved = entries.copy()
                moved[k] = beyond
                yield {node: moved.reshape(point[node].shape)}


def _groups(nodes: Collection[Node]) -> list[list[Node]]:
    """All together, then one by one."""
    return [[*nodes], *([node] for node in nodes if len(nodes) > 1)] if nodes else []


def _corner(
    point: Mapping[Node, Array],
    spaces: Mapping[Node, Space],
    sizes: Sizes,
    k: int,
    random: Random,
) -> Point:
    """Every entry at an end of its interval: all at the low one, at the high one, at either."""
    moved = {node: point[node].copy() for node in spaces}
    for node, x in moved.items():
        line = line_of(spaces[node].scalars, sizes)
        for at in np.ndindex(x.shape):
            end = (line.low, line.high)[k if k < 2 else random.randrange(2)]
            x[at] = x[at] if end is None else end
    return moved


def _fitting(step: Array, space: Space) -> Array:
    if space.kind != "symmetric":
        return step
    both: Array = np.where(np.tri(step.shape[-1], dtype=bool), step, step.swapaxes(-1, -2))
    return both if (both != 0).any() else step.swapaxes(-1, -2) + step


def _reaching(
    steps: Point,
    point: Mapping[Node, Array],
    spaces: Mapping[Node, Space],
    sizes: Sizes,
    origin: Ball,
) -> SearchLine:
    """The track along these steps, as far as bounds allow."""
    track = SearchLine(steps, origin=origin)
    for node, step in steps.items():
        line = line_of(spaces[node].scalars, sizes)
        for bound in (line.low, line.high):
            if bound is None:
                continue
            for x, d in zip(point[node][0, ...].flat, step.flat, strict=True):
                if d != 0:
                    way = double((bound - x) / d)
                    downward = (bound is line.low) == (d > 0)
                    if downward:
                        track.back = min(track.back, -way)
                    else:
                        track.ahead = min(track.ahead, way)
    return track


def grid(track: SearchLine) -> Array:
    """Parameters from one end to the other, closer and closer to the point."""
    grid = np.array(GRID)
    ways = [grid if end == inf else end * grid / (1 + grid) for end in (track.back, track.ahead)]
    return np.concatenate([-ways[0][::-1], [0.0], ways[1]])
