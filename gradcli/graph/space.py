"""The sets that inputs are declared in: scalars with bounds, their powers, and sets of arrays.

Must not know how a point of a set is drawn, nor how a set is written.
"""

from __future__ import annotations

from dataclasses import dataclass

from gradcli.graph.node import Node
from gradcli.graph.shape import Shape


@dataclass(frozen=True, slots=True, eq=False)
class Scalars:
    """An interval of real numbers, or of whole ones; bounds are closed graphs, None without end."""

    low: Node | None = None
    high: Node | None = None
    low_open: bool = True
    high_open: bool = True
    whole: bool = False


REALS = Scalars()


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """A set of arrays of one shape.

    `kind` is `power` (every entry one of `scalars`), `onehot`, `simplex` (positive entries that sum
    to one), `symmetric` or `spd`; `text` is the set as it was written.
    """

    kind: str
    shape: Shape
    scalars: Scalars = REALS
    text: str = "R"
