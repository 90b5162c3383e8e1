"""A figure as lines of characters: curves of braille dots, or of letters where there is only ASCII.

Must not know terminals; what is coloured is said by the style of a piece.
"""

from __future__ import annotations

import math

from gradcli.plotting.figure import Axis, Figure, Plotted, label

Piece = tuple[str, str]
BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a character, by row and column."""


class _Canvas:
    """Cells of characters with styles, and dots within them."""

    def __init__(self, columns: int, rows: int, ascii: bool) -> None:
        self.columns, self.rows, self.ascii = columns, rows, ascii
        self.wide, self.high = (1, 1) if ascii else (2, 4)
        self.dots = [[0] * columns for _ in range(rows)]
        self.letters = [[""] * columns for _ in range(rows)]
        self.styles = [[""] * columns for _ in range(rows)]

    def dot(self, x: int, y: int, curve: Plotted) -> None:
        """One dot, from the left and from the top."""
        column, row = x // self.wide, y // self.high
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return
        if self.ascii or curve.dots:
            self.letters[row][column] = curve.letter
        else:
            self.dots[row][column] |= DOTS[y % self.high][x % self.wide]
        self.styles[row][column] = curve.style

    def letter(self, column: int, row: int, text: str, style: str) -> None:
        if 0 <= column < self.columns and 0 <= row < self.rows:
            self.letters[row][column], self.styles[row][column] = text, style

    def line(self, row: int) -> list[Piece]:
        """A row of cells, cells of one style together."""
        pieces: list[Piece] = []
        for column in range(self.columns):
            dots = self.dots[row][column]
            text = self.letters[row][column] or (chr(BRAILLE + dots) if dots else " ")
            style = self.styles[row][column]
            if pieces and pieces[-1][1] == style:
                pieces[-1] = (pieces[-1][0] + text, style)
            else:
                pieces.append((text, style))
        return pieces


def drawn(figure: Figure, width: int, rows: int, ascii: bool) -> list[list[Piece]]:
    """The lines of a figure, each at most `width` columns wide."""
    x_axis, y_axis = figure.axes()
    ticks = y_axis.ticks(max(2, rows // 3))
    names = {_row(y_axis, tick, rows): label(tick) for tick in ticks}
    gutter = max((len(name) for name in names.values()), default=1)
    columns = max(10, width - gutter - 3)
    canvas = _Canvas(columns, rows, ascii)
    _zero(canvas, y_axis, ascii)
    for mark in figure.marks:
        if mark.y is None:
            column = round(x_axis.place(mark.x) * (columns - 1))
            for row in range(rows):
                canvas.letter(column, row, ":" if ascii else "┊", "dim")
            canvas.letter(column, 0, mark.letter, "title")
    for curve in figure.curves:
        _curve(canvas, curve, x_axis, y_axis)
    for mark in figure.marks:
        if mark.y is not None and not math.isnan(y_axis.place(mark.y)):
            column = round(x_axis.place(mark.x) * (columns - 1))
            canvas.letter(column, _row(y_axis, mark.y, rows), mark.letter, "title")
    bar, corner, flat = ("|", "+", "-") if ascii else ("│", "└", "─")
    lines: list[list[Piece]] = [[(" " * (gutter + 3), ""), (figure.title, "title")]]
    for row in range(rows):
        name = names.get(row, "")
        lines.append([(f"{name:>{gutter}} ", ""), (f"{bar} ", "dim"), *canvas.line(row)])
        while len(lines[-1]) > 2 and not lines[-1][-1][0].strip():
            lines[-1].pop()
        lines[-1][-1] = (lines[-1][-1][0].rstrip(), lines[-1][-1][1])
    lines.append([(" " * (gutter + 1), ""), (corner + flat * (columns + 1), "dim")])
    lines.append([(" " * (gutter + 3) + _below(figure, x_axis, columns), "")])
    return lines


def _row(axis: Axis, y: float, rows: int) -> int:
    place = axis.place(y)
    return -1 if math.isnan(place) else round((1 - place) * (rows - 1))


def _zero(canvas: _Canvas, axis: Axis, ascii: bool) -> None:
    """A line at zero where it is within."""
    if not axis.log and axis.low < 0 < axis.high:
        row = _row(axis, 0.0, canvas.rows)
        for column in range(canvas.columns):
            canvas.letter(column, row, "." if ascii else "┄", "dim")


def _curve(canvas: _Canvas, curve: Plotted, x_axis: Axis, y_axis: Axis) -> None:
    across, down = canvas.columns * canvas.wide - 1, canvas.rows * canvas.high - 1
    before: tuple[float, float] | None = None
    for x, y in curve.points:
        place = (x_axis.place(x) * across, (1 - y_axis.place(y)) * down)
        if any(math.isnan(p) for p in place):
            before = None
            continue
        if curve.dots:
            canvas.dot(round(place[0]), round(place[1]), curve)
            continue
        start = before or place
        steps = int(max(abs(place[0] - start[0]), abs(place[1] - start[1])))
        steps = min(max(1, steps), 4 * (across + down))
        for k in range(steps + 1):
            at = [a + (b - a) * k / steps for a, b in zip(start, place, strict=True)]
            _clear(canvas, round(at[0]), round(at[1]))
            canvas.dot(round(at[0]), round(at[1]), curve)
        before = place


def _clear(canvas: _Canvas, x: int, y: int) -> None:
    """Take the line at zero away where a curve crosses it."""
    column, row = x // canvas.wide, y // canvas.high
    inside = 0 <= column < canvas.columns and 0 <= row < canvas.rows
    if inside and canvas.styles[row][column] == "dim":
        canvas.letters[row][column] = ""


def _below(figure: Figure, axis: Axis, columns: int) -> str:
    """The numbers below the horizontal axis, and its name at the right."""
    text = [" "] * columns
    name = figure.across
    end = columns - len(name) - 1
    for tick in axis.ticks(max(2, columns // 12)):
        shown = label(tick)
        start = min(max(0, round(axis.place(tick) * (columns - 1)) - len(shown) // 2), end)
        room = text[max(0, start - 1) : start + len(shown) + 1]
        if start + len(shown) <= end and not "".join(room).strip():
            text[start : start + len(shown)] = shown
    text[columns - len(name) :] = name
    return "".join(text)
