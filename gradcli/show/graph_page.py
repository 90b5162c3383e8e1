"""A computational graph in a terminal: rails, one vertex a line, as much as there is room for.

Must not know how a graph is found; nothing is cut within a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradcli.api.graphs import GraphResult
from gradcli.certify.result import TraceEdge
from gradcli.drawing.rails import rails
from gradcli.explain.outline import UPSTREAM
from gradcli.explain.vertices import GraphVertex
from gradcli.graph.shape import show as shown_shape
from gradcli.show.diff import remarks
from gradcli.show.graph import LABEL, edge_label, gate_words, has_rules, head
from gradcli.show.numbers import inline, summary
from gradcli.show.page import Cell, Line, Lines, Page, across, line, pointed, shortened

GAP = "  "


class _Room(NamedTuple):
    """How much a row says: digits, characters of a formula, an array, a formula of a derivative.

    Of derivatives none stand there where these have no characters.
    """

    digits: int
    formula: int
    array: int
    local: int


ROOMS = (
    _Room(6, 60, 34, 60), _Room(6, 40, 34, 40), _Room(6, 40, 34, LABEL), _Room(4, 24, 28, LABEL),
    _Room(4, 14, 20, LABEL), _Room(6, 32, 34, 0), _Room(4, 24, 28, 0), _Room(4, 14, 20, 0),
    _Room(4, 10, 12, 0),
)  # fmt: skip
"""From the most that a row can say to the least."""


def page(
    result: GraphResult, precision: int | None, width: int, ascii: bool, gates: bool = False
) -> Page:
    """The rows, fitted to the width: fewer digits, then shorter formulas, then no derivatives."""
    args = [[*dict.fromkeys(e.to for e in v.row.edges), *v.uses] for v in result.vertices]
    root = next(v.row.id for v in result.vertices if v.kind == "output")
    drawn = rails(args, root, ascii)
    vertices = [result.vertices[k] for k, _ in drawn]
    words = gate_words(result.vertices) if gates else {}
    for least in ROOMS:
        room = least._replace(digits=precision or least.digits)
        texts = [_cells(vertex, result, room) for vertex in vertices]
        if gates:
            for row, vertex in zip(texts, vertices, strict=True):
                row.append(Cell(", ".join(words[vertex.row.id]), "dim"))
        lines = _aligned([row for _, row in drawn], [_titles(result, room, gates), *texts])
        if all(sum(across(cell.text) for cell in row) <= width for row in lines):
            break
    said = Lines([line(Cell(text, "dim")) for text in _legend(result, room)], commentary=True)
    notes = [] if result.derivative is None else remarks(result.derivative)
    return Page([Lines([_title(result)]), Lines(lines), said], notes)


def _title(result: GraphResult) -> Line:
    text = "" if result.text == result.title else f" = {shortened(result.text, 60)}"
    return line(Cell(result.title, "title"), text)


def _titles(result: GraphResult, room: _Room, gates: bool) -> list[Cell]:
    """The heads of the columns."""
    shape = "shape" if any(vertex.row.shape for vertex in result.vertices) else ""
    words = ["", shape, ""] if result.derivative is None else ["", "value", f"d{result.title}/d·"]
    words += ["local derivatives" if room.local else "", *["gate"] * gates]
    return [Cell(word, "dim") for word in words]


def _legend(result: GraphResult, room: _Room) -> list[str]:
    if not room.local:
        return ["each below what it is made of; local derivatives need a wider terminal, or svg"]
    said = ["each below what it is made of"]
    if has_rules(result.vertices, room.local):
        said.append(f"{UPSTREAM} is the upstream gradient, its product what goes on")
    return ["; ".join(said)]


def _cells(vertex: GraphVertex, result: GraphResult, room: _Room) -> list[Cell]:
    """Name and formula, value or shape, gradient, local derivatives."""
    row = vertex.row
    value, gradient = shown_shape(row.shape) if row.shape else "", ""
    if row.value is not None:
        value = _number(row.value, vertex, room)
    if row.adjoint is not None and vertex.active:
        gradient = _number(row.adjoint, vertex, room)
    found = result.vertices
    edges = (_edge(edge, vertex, result, room) for edge in row.edges if found[edge.to].active)
    return [
        Cell(head(vertex, room.formula), "title" if row.given else ""),
        Cell(value, "value"),
        Cell(gradient, "gradient"),
        Cell("  ".join(filter(None, edges)) if room.local else ""),
    ]


def _number(value: object, vertex: GraphVertex, room: _Room) -> str:
    text = inline(value, vertex.row.shape, room.digits, room.array)
    if not text.startswith("shape"):
        return text
    norm = summary(value, min(room.digits, 4)).rpartition("2-norm ")[2]
    return f"{'x'.join(map(str, vertex.row.shape))}, norm {norm}"


def _edge(edge: TraceEdge, vertex: GraphVertex, result: GraphResult, room: _Room) -> str:
    label = edge_label(vertex, edge, result.vertices, room.digits, room.local)
    return f"/{edge.name} {label}" if label else ""


def _aligned(marks: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Line]:
    """Columns below each other, their heads first, numbers by their points."""
    count = len(rows[0])
    columns = [[row[k].text for row in rows] for k in range(count)]
    columns[1], columns[2] = pointed(columns[1]), pointed(columns[2])
    wide = [max(map(across, column)) for column in columns]
    lead = max(map(len, marks))
    found = []
    for k, (mark, row) in enumerate(zip(("", *marks), rows, strict=True)):
        cells = [Cell(mark.ljust(lead) + GAP)]
        last = max((i for i in range(count) if row[i].text), default=0)
        for i in range(last + 1):
            if wide[i]:
                pad = " " * (wide[i] - across(columns[i][k])) + GAP if i < last else ""
                cells.append(Cell(columns[i][k] + pad, row[i].style))
        found.append(tuple(cells))
    return found
