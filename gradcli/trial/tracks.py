"""Lines through a point along which the inputs may move within their sets.

Must not know what is sought on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from random import Random

import numpy as np

from gradcli.arithmetic.ball import Ball
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.measure import double, integer
from gradcli.graph.node import Node
from gradcli.graph.sets import Space
from gradcli.trial.line import ZERO
from gradcli.trial.line import line as line_of
from gradcli.trial.sampling import Sizes, draw

Point = dict[Node, Array]
AXES, DIRECTIONS, CHORDS = 12, 6, 6
GRID = 2.0 ** np.arange(-20, 41)


@dataclass(slots=True, eq=False)
class Track:
    """A line through the point: a step of each moving input, and how far it may go either way.

    `origin` is the entry that moves where only one does: it is what must have few digits.
    """

    steps: Point
    back: float = inf
    ahead: float = inf
    origin: Ball = ZERO


def tracks(
    point: Mapping[Node, Array], spaces: Mapping[Node, Space], sizes: Sizes, random: Random
) -> Iterator[Track]:
    """Single entries, then all of them in random directions, then ways to other points of a set."""
    free = [node for node, space in spaces.items() if space.kind in ("power", "symmetric")]
    axes = [(node, at) for node in free for at in np.ndindex(point[node].shape[1:])]
    if len(axes) > AXES:
        axes = random.sample(axes, AXES)
    for node, at in axes:
        step = np.full(point[node].shape[1:], ZERO, dtype=object)
        step[at] = integer(1)
        yield _reaching({node: _fitting(step, spaces[node])}, point, spaces, point[node][(0, *at)])
    for _ in range(DIRECTIONS if len(axes) > 1 else 0):
        steps = {}
        for node in free:
            step = np.empty(point[node].shape[1:], dtype=object)
            for at in np.ndindex(step.shape):
                step[at] = integer(random.choice((-2, -1, 1, 2)))
            steps[node] = _fitting(step, spaces[node])
        yield _reaching(steps, point, spaces, ZERO)
    for node, space in spaces.items():
        if space.kind in ("simplex", "spd"):
            for k in range(CHORDS):
                yield Track({node: draw(space, sizes, k, random) - point[node][0]}, 0.0, 1.0)


def _fitting(step: Array, space: Space) -> Array:
    if space.kind != "symmetric":
        return step
    both: Array = np.where(np.tri(len(step), dtype=bool), step, step.T)
    return both if (both != 0).any() else step.T + step


def _reaching(
    steps: Point, point: Mapping[Node, Array], spaces: Mapping[Node, Space], origin: Ball
) -> Track:
    """The track along these steps, as far as bounds allow."""
    track = Track(steps, origin=origin)
    for node, step in steps.items():
        line = line_of(spaces[node].scalars)
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


def grid(track: Track) -> Array:
    """Parameters from one end to the other, closer and closer to the point."""
    ways = [GRID if end == inf else end * GRID / (1 + GRID) for end in (track.back, track.ahead)]
    return np.concatenate([-ways[0][::-1], [0.0], ways[1]])
