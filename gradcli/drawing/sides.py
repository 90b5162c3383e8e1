"""Arrows from one column to another: straight across where that is free, else along the gaps.

Must not know what is drawn, nor how places are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradcli.drawing.places import BoxPlace, Point, Route

SAMPLES = 12
"""Points of a curve at which it is looked for boxes."""
ASIDE, NEAR = 14.0, 5.0
"""How far from its corner an arrow enters a box, and how far lines in a gap are apart."""


@dataclass(slots=True, eq=False)
class Crossing:
    """A way from a box of one column to one of another, further right.

    `between` is where the gap before the column of `head` is, `above` where that before the layer
    of `head`, `below` where that behind the layer of `tail`.
    """

    tail: BoxPlace
    head: BoxPlace
    between: float
    above: float
    below: float

    def route(self, others: Sequence[BoxPlace], number: int) -> Route:
        """The way, past all other boxes of the two columns; `number` tells ways in a gap apart."""
        direct = sideways(self.tail, self.head)
        blocked = [place for place in others if place not in (self.tail, self.head)]
        if not any(meets(direct, place) for place in blocked) or self.between < self.tail.x:
            return direct
        column, row = self.between + number * NEAR, self.above - number * NEAR / 2
        x, y = self.tail.x + self.tail.width, self.tail.middle[1]
        start: list[Point] = [(x, y), (column, y)]
        if any(_within((x, column), (y, y), place) for place in blocked):
            x, y = self.tail.middle[0], self.tail.y + self.tail.height
            start = [(x, y), (x, self.below), (column, self.below)]
        enter = self.head.x + min(ASIDE, self.head.width / 4)
        points = [*start, (column, row), (enter, row), (enter, self.head.y)]
        return Route(points, ((column + enter) / 2, row), down=False)


def sideways(tail: BoxPlace, head: BoxPlace) -> Route:
    """From the side of a box to that of one in another column."""
    forward = head.middle[0] >= tail.middle[0]
    start = tail.x + (tail.width if forward else 0), tail.middle[1]
    end = head.x + (0 if forward else head.width), head.middle[1]
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    return Route([start, end], middle, down=False)


def meets(route: Route, place: BoxPlace) -> bool:
    """Whether a curve that is level at its ends runs behind a box."""
    (x, y), (a, b) = route.points
    curve = []
    for k in range(SAMPLES + 1):
        t = k / SAMPLES
        along, across = 1.5 * t * (1 - t) + t**3, t * t * (3 - 2 * t)
        curve.append((x + (a - x) * along, y + (b - y) * across))
    return any(_within((p[0], q[0]), (p[1], q[1]), place) for p, q in pairwise(curve))


def _within(xs: tuple[float, float], ys: tuple[float, float], place: BoxPlace) -> bool:
    """Whether a box has something in common with a rectangle."""
    return (
        min(xs) < place.x + place.width and max(xs) > place.x
        and min(ys) < place.y + place.height and max(ys) > place.y
    )  # fmt: skip
