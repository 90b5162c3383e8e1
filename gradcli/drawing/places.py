"""Places of a drawing: rectangles, and the lines of arrows.

Must not know what stands in them, nor how they are found.
"""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(slots=True, eq=False)
class BoxPlace:
    """A rectangle: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(slots=True, eq=False)
class Route:
    """The bends of an arrow, `down` if it is upright at its ends, and the middle of its label."""

    points: list[Point]
    label: Point
    down: bool
