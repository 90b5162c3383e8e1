"""The sets that inputs are declared in: scalars with bounds, their powers, and sets of arrays.

Must not know how a point of a set is drawn, nor how a set is written.
"""

from __future__ import annotations

from dataclasses import dataclass

from gradcli.graph.node import Node
from gradcli.graph.shape import Shape


@dataclass(slots=True, eq=False, repr=False)
class Scalars:
    """An interval of real numbers, or of whole ones; bounds are closed graphs, None without end.

    Of whole ones each is `step` beyond the one before.
    """

    low: Node | None = None
    high: Node | None = None
    low_open: bool = True
    high_open: bool = True
    whole: bool = False
    step: int = 1


REALS = Scalars()
SYMMETRIC = ("symmetric", "spd")
"""The sets in which an entry and its mirror image are one number."""
AXES = {"onehot": 1, "simplex": 1, "symmetric": 2, "spd": 2}
"""Sets of arrays, and how many axes of their one size they have."""


@dataclass(slots=True, eq=False, repr=False)
class Space:
    """A set of arrays of one shape.

    `kind` is `power` (every entry one of `scalars`), `onehot`, `simplex` (positive entries that sum
    to one), `symmetric` or `spd`; `text` is the set as it was written. A power of one of the last
    four has a member of it at every index of the leading axes: `onehot(k)^n` is n unit vectors.
    """

    kind: str
    shape: Shape
    scalars: Scalars = REALS
    text: str = "R"

    @property
    def discrete(self) -> bool:
        """Whether it is single points, with nothing between two of them."""
        return self.kind == "onehot" or self.scalars.whole

    @property
    def lead(self) -> Shape:
        """The leading axes, along which the members of the set itself stand."""
        return self.shape[: len(self.shape) - AXES.get(self.kind, 0)]
