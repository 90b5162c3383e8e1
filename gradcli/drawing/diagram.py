"""A diagram: boxes of styled lines, arrows between them, and the columns that boxes stand in.

Must not know how it is laid out or written, nor what its texts mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

TINTS = ("#ddf4ff", "#fff8c5", "#fbefff", "#ffeff7", "#eaeef2")
"""The colours of tinted boxes, for formats whose colours go by their numbers."""


class BoxLine(NamedTuple):
    """A line of a box: a text, a style such as "value" or "gradient", and the same for LaTeX."""

    text: str
    style: str = ""
    math: str = ""


@dataclass(slots=True, eq=False)
class Box:
    """A box; `id` stays the same from drawing to drawing, `kind` and `tint` say how it looks.

    `column` is the turn of a loop that it belongs to, None for none; `words` says all of it. One
    that stands `beside` another has its place from that, in a copy of the drawing next to it.
    """

    id: str
    lines: list[BoxLine]
    kind: str = "inner"
    tint: int = 0
    column: int | None = None
    words: str = ""
    beside: int | None = None


@dataclass(slots=True, eq=False)
class Arrow:
    """An arrow from box `tail` to box `head`, by their places in the diagram.

    One in the copy of the drawing runs `against` another arrow, the other way.
    """

    id: str
    tail: int
    head: int
    label: str = ""
    kind: str = ""
    words: str = ""
    math: str = ""
    against: int | None = None


@dataclass(slots=True, eq=False)
class Diagram:
    """Boxes, each after the tails of its arrows, with the lines that stand below them."""

    title: str
    boxes: list[Box]
    arrows: list[Arrow]
    caption: list[list[BoxLine]] = field(default_factory=list)

    def columns(self) -> list[int]:
        """The turns that there are, in their order."""
        return sorted({box.column for box in self.boxes if box.column is not None})
