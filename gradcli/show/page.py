"""A page: what is to be shown, as lines, tables and remarks, before any format is chosen.

Must not know results or number systems; each format is a function of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from gradcli.errors import Diagnostic
from gradcli.show.diagnostics import visible

GAP = 3
INDENT = 2

ASCII = str.maketrans(
    {
        "·": ".",
        "…": "...",
        "∂": "d",
        "→": "->",
        "█": "#",
        "η": "eta",
        "‖": "||",
        "²": "^2",
        "δ": "delta",
    }
)


class Cell(NamedTuple):
    """A text with a style: one of "", "value", "gradient", "good", "bad", "title", "dim".

    `math` is what LaTeX shows in its place, for math mode.
    """

    text: str
    style: str = ""
    math: str = ""


Line = tuple[Cell, ...]


@dataclass(eq=False, repr=False)
class Column:
    """A column: `align` is "left" or "point", which sets decimal points under each other."""

    title: str
    align: str = "left"
    style: str = ""


@dataclass(eq=False, repr=False)
class Table:
    """Columns and rows of one cell a column; `wide` is the natural width in a terminal."""

    columns: list[Column]
    rows: list[list[Cell]]

    @property
    def width(self) -> int:
        found = widths(self)
        return INDENT + sum(found) + GAP * (len(found) - 1)


@dataclass(eq=False, repr=False)
class Lines:
    """Lines of text; those of commentary are not shown when quiet is asked for."""

    lines: list[Line]
    commentary: bool = False


@dataclass(eq=False, repr=False)
class Page:
    """Parts from top to bottom, then the remarks, each with its severity."""

    parts: list[Lines | Table]
    remarks: list[tuple[Diagnostic, str]] = field(default_factory=list)

    def without_commentary(self) -> Page:
        """What is left when quiet is asked for."""
        kept = [part for part in self.parts if not (isinstance(part, Lines) and part.commentary)]
        return Page(kept)

    def mapped(self, change: Callable[[str], str]) -> Page:
        """The same page with every text changed."""

        def cells(row: Sequence[Cell]) -> list[Cell]:
            return [cell._replace(text=change(cell.text)) for cell in row]

        parts: list[Lines | Table] = []
        for part in self.parts:
            if isinstance(part, Lines):
                parts.append(Lines([tuple(cells(line)) for line in part.lines], part.commentary))
            else:
                columns = [Column(change(c.title), c.align, c.style) for c in part.columns]
                parts.append(Table(columns, [cells(row) for row in part.rows]))
        return Page(parts, self.remarks)

    def safe(self, ascii: bool) -> Page:
        """The same page with nothing that could harm a terminal, or that it could not show."""
        if ascii:
            return self.mapped(lambda text: visible(text.translate(ASCII), ascii=True))
        return self.mapped(visible)


def line(*cells: str | Cell) -> Line:
    """A line of plain and of styled text."""
    return tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells)


def across(text: str) -> int:
    """How many terminal columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def shortened(text: str, widest: int = 100) -> str:
    """A long text with its middle left out."""
    half = widest // 2
    return text if len(text) <= widest else f"{text[:half]} … {text[-half:]}"


def pointed(texts: Sequence[str]) -> list[str]:
    """Numbers padded so that their decimal points stand under each other; words stay left."""
    before = [_whole(text) for text in texts]
    most = max((b for b in before if b is not None), default=0)
    return [
        text if b is None else " " * (most - b) + text
        for text, b in zip(texts, before, strict=True)
    ]


def _whole(text: str) -> int | None:
    """How much of a number stands before its point; None for words."""
    if not text or not (text.lstrip("-")[:1].isdigit() or text.lstrip("-") in ("inf", "nan")):
        return None
    ends = [text.find(mark) for mark in ".e (" if mark in text]
    return min(ends, default=len(text))


def laid_out(table: Table) -> list[list[Cell]]:
    """The rows with the cells of point-aligned columns padded on the left."""
    rows = [list(row) for row in table.rows]
    for k, column in enumerate(table.columns):
        if column.align == "point":
            for row, text in zip(rows, pointed([row[k].text for row in rows]), strict=True):
                row[k] = Cell(text, row[k].style or column.style)
        else:
            for row in rows:
                row[k] = Cell(row[k].text, row[k].style or column.style)
    return rows


def widths(table: Table) -> list[int]:
    """The width of every column, its title included."""
    rows = laid_out(table)
    return [
        max(across(column.title), *(across(row[k].text) for row in rows), 0)
        for k, column in enumerate(table.columns)
    ]


def stacked(table: Table, width: int) -> list[Line]:
    """A table as a block a row, for a width that it does not fit into.

    What the first column says, then every cell behind the title of its column, as many in a line as
    fit; nothing is broken within a word.
    """
    lines: list[Line] = []
    for head, *cells in table.rows:
        lines.append((Cell(" " * INDENT + head.text, head.style or table.columns[0].style),))
        start = " " * 2 * INDENT
        own: list[Cell] = [Cell(start)]
        used = len(start)
        for column, cell in zip(table.columns[1:], cells, strict=True):
            if not cell.text:
                continue
            title = f"{column.title} " if column.title else ""
            size = across(title) + across(cell.text)
            gap = GAP * (len(own) > 1)
            if used + gap + size > width and len(own) > 1:
                lines.append(tuple(own))
                own, used, gap = [Cell(start)], len(start), 0
            own += [Cell(" " * gap + title, "dim"), Cell(cell.text, cell.style or column.style)]
            used += gap + size
        if len(own) > 1:
            lines.append(tuple(own))
    return lines
