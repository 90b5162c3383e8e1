"""A computational graph as a diagram: values, gradients and local derivatives as texts on boxes.

Must not know how a graph is found, laid out or written.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.api.graphs import GraphResult
from gradcli.arithmetic.ball import precision as working_precision
from gradcli.arithmetic.decimal import nearest
from gradcli.certify.result import TraceEdge
from gradcli.drawing.diagram import Arrow, Box, BoxLine, Diagram
from gradcli.explain.outline import UPSTREAM
from gradcli.explain.vertices import GraphVertex
from gradcli.graph.shape import show as shown_shape
from gradcli.notation.symbols import symbol
from gradcli.show.numbers import NONE, double, flat, rounded
from gradcli.show.page import shortened

DIGITS, ARRAY_DIGITS = 6, 4
SIDE = 4
"""Rows and columns of a matrix that is drawn in full."""
LENGTH = 5
"""Entries of a vector that is."""
LONG, LABEL, WIDE = 32, 22, 40
"""Characters of an expression in a box, and of a formula and an array on an edge."""


def diagram(result: GraphResult, precision: int | None = None, gates: bool = False) -> Diagram:
    """The boxes and arrows of a graph; an input of several turns of a loop is drawn in each.

    With `gates` a box says what its vertex does with gradients that come back.
    """
    found = result.vertices
    with working_precision(result.bits):
        return _Boxes(result.title, found, precision, gates).diagram(result)


def gate_words(found: Sequence[GraphVertex]) -> dict[int, list[str]]:
    """What lectures call vertices for what they do with gradients, and for having several uses."""
    uses = Counter(edge.to for user in found for edge in user.row.edges)
    words: dict[int, list[str]] = {}
    for vertex in found:
        id, gate = vertex.row.id, vertex.row.gate
        said = [gate.kind] if gate else []
        said += [f"adder of {uses[id]} parts"] if uses[id] > 1 else []
        words[id] = said if vertex.active else []
    return words


class _Boxes:
    """The boxes of the vertices, and which box an edge comes from."""

    def __init__(
        self, title: str, found: Sequence[GraphVertex], precision: int | None, gates: bool
    ) -> None:
        self.title, self.found, self.precision = title, found, precision
        self.gates = gate_words(found) if gates else {}
        self.tinted = len({v.layer for v in found if v.layer}) > 1
        self.boxes: list[Box] = []
        self.place: dict[tuple[int, int | None], int] = {}
        # Of a derivative there is one box, so what turns share is not drawn in each.
        self.alone = any(vertex.of is not None for vertex in found)
        self.copies = {} if self.alone else _copies(found)

    def diagram(self, result: GraphResult) -> Diagram:
        arrows: list[Arrow] = []
        known: dict[str, int] = {}
        for vertex in self.found:
            row = vertex.row
            for turn in self.copies.get(row.id, ()):
                self._copied(vertex, turn)
            if row.id in self.copies:
                continue
            self._boxed(vertex, vertex.turn, _gradient(vertex), "", f"n{row.id}")
            if vertex.of is None:
                arrows += [self._arrow(vertex, edge) for edge in row.edges]
            else:
                self.boxes[-1].beside = self.place[vertex.of, None]
                known = known or {arrow.id: k for k, arrow in enumerate(arrows)}
                arrows += [self._back(vertex, edge, known) for edge in row.edges]
            for other in vertex.uses:
                ends = self._tail(other, vertex.turn), self.place[row.id, None]
                arrows.append(Arrow(f"u{row.id}-{other}", *ends, kind="uses"))
        name = "" if result.text == result.title else f" = {shortened(result.text, 80)}"
        return Diagram(f"{result.title}{name}", self.boxes, arrows, self._caption(result))

    def _copied(self, vertex: GraphVertex, turn: int) -> None:
        """An input as one turn uses it, with what flows back from there."""
        parts = [
            edge.flow
            for user in self.found
            if user.turn == turn
            for edge in user.row.edges
            if edge.to == vertex.row.id and edge.flow is not None
        ]
        share = sum(parts[1:], parts[0]) if parts and _gradient(vertex) is not None else None
        self._boxed(vertex, turn, share, f" at {turn}", f"n{vertex.row.id}-{turn}")

    def _boxed(
        self, vertex: GraphVertex, turn: int | None, gradient: Any, copy: str, id: str
    ) -> None:
        row = vertex.row
        self.place[row.id, turn if copy else None] = len(self.boxes)
        lines = [BoxLine(head(vertex, LONG), "title", _math(vertex))]
        if row.value is not None:
            lines += self._array(row.value, row.shape, "value")
        elif row.shape:
            lines.append(BoxLine(shown_shape(row.shape), "value"))
        if gradient is not None:
            lines += self._array(gradient, row.shape, "gradient")
        if vertex.of is None and not copy:
            lines += [BoxLine(word, "dim") for word in self.gates.get(row.id, ())]
        said = [f"{row.name} = {row.expression}" if row.edges else row.name, row.words]
        if row.gate:
            said.append(f"{row.op} {row.gate.does}")
        if gradient is not None:
            said.append(f"d{self.title}/d{row.name}{copy and f', the share of turn {turn}'}")
        tint = vertex.layer if self.tinted else 0
        self.boxes.append(Box(id, lines, vertex.kind, tint, turn, "; ".join(said)))

    def _array(self, value: Any, shape: tuple[Any, ...], style: str) -> list[BoxLine]:
        return [BoxLine(text, style) for text in array_lines(value, shape, self.precision)]

    def _tail(self, to: int, turn: int | None) -> int:
        return self.place[to, turn] if (to, turn) in self.place else self.place[to, None]

    def _arrow(self, vertex: GraphVertex, edge: TraceEdge) -> Arrow:
        row, to = vertex.row, self.found[edge.to]
        tail, end = self._tail(edge.to, vertex.turn), self.place[row.id, None]
        id = f"e{row.id}-{edge.index}"
        if not to.active:
            return Arrow(id, tail, end)
        alone = entrywise(vertex, edge, self.found)
        words = (
            f"∂{row.name}/∂{edge.name} = {edge.symbol.text}"
            if alone
            else f"{UPSTREAM} of {row.name} goes to {edge.name} as {edge.rule.text}"
        )
        if edge.flow is not None and row.adjoint is not None and not (row.shape or to.row.shape):
            numbers = (row.adjoint, edge.local, edge.flow)
            up, local, down = (_written(flat(x)[0], self.precision or DIGITS) for x in numbers)
            words += f"; upstream {up} * local {local} = downstream {down}"
        math = (edge.symbol if alone else edge.rule).latex
        label = edge_label(vertex, edge, self.found, self.precision)
        symbol = not label or edge.local is None or not alone
        return Arrow(id, tail, end, label, words=words, math=math if symbol else "")

    def _back(self, vertex: GraphVertex, edge: TraceEdge, known: Mapping[str, int]) -> Arrow:
        """An arrow from a derivative back to the next, along that of the graph itself."""
        user = self.found[edge.to].of
        arrow = self._arrow(vertex, edge)
        arrow.id, arrow.kind = f"b{vertex.of}-{user}-{edge.index}", "back"
        arrow.against = known[f"e{user}-{edge.index}"]
        return arrow

    def _caption(self, result: GraphResult) -> list[list[BoxLine]]:
        """What the colours mean, and what the shares of the turns add up to."""
        rows: list[list[BoxLine]] = []
        for key in self.copies:
            row = self.found[key].row
            if _gradient(self.found[key]) is None:
                continue
            whole = "; ".join(array_lines(row.adjoint, row.shape, self.precision))
            rows.append([
                BoxLine(f"d{self.title}/d{row.name} = the sum over the turns = "),
                BoxLine(whole, "gradient"),
            ])  # fmt: skip
        said = [BoxLine("on arrows: local derivatives", "dim")]
        if result.derivative is not None or result.product is not None:
            said = [BoxLine("value", "value"), BoxLine("   ")]
            if any(_gradient(v) is not None for v in self.found):
                word = "tangent" if result.product else f"d{self.title}/d·"
                said += [BoxLine(word, "gradient"), BoxLine("   ")]
            said.append(BoxLine("on arrows: local derivatives", "dim"))
        if has_rules(self.found):
            said.append(BoxLine(f", or what they make of an upstream gradient {UPSTREAM}", "dim"))
        return [*rows, said]


def _gradient(vertex: GraphVertex) -> Any:
    """The derivative by a vertex, or its tangent."""
    if vertex.row.tangent is not None:
        return vertex.row.tangent
    return vertex.row.adjoint if vertex.active else None


def _copies(found: Sequence[GraphVertex]) -> Mapping[int, list[int]]:
    """The inputs that several turns of a loop use and nothing else, with these turns."""
    users: dict[int, list[int | None]] = {v.row.id: [] for v in found if v.kind == "input"}
    for vertex in found:
        for edge in vertex.row.edges:
            if edge.to in users:
                users[edge.to].append(vertex.turn)
    return {
        key: sorted({turn for turn in turns if turn is not None})
        for key, turns in users.items()
        if None not in turns and len({*turns}) > 1
    }


def entrywise(vertex: GraphVertex, edge: TraceEdge, found: Sequence[GraphVertex]) -> bool:
    """Whether an edge takes each entry to one entry, so that its local derivative says it all."""
    return edge.elementwise and found[edge.to].row.shape == vertex.row.shape


def has_rules(found: Sequence[GraphVertex], longest: int = LABEL) -> bool:
    """Whether a rule for the upstream gradient stands on an edge, of so many characters."""
    return any(
        found[edge.to].active
        and not entrywise(vertex, edge, found)
        and len(edge.rule.text) <= longest
        for vertex in found
        for edge in vertex.row.edges
    )


def edge_label(
    vertex: GraphVertex, edge: TraceEdge, found: Sequence[GraphVertex], precision: int | None,
    longest: int = LABEL,
) -> str:  # fmt: skip
    """The local derivative: a number, a short vector, else the rule for the upstream gradient.

    "" where that has more characters than `longest`.
    """
    if not entrywise(vertex, edge, found):
        return edge.rule.text if len(edge.rule.text) <= longest else ""
    if edge.local is not None:
        entries = flat(edge.local)
        if len({str(x) for x in entries}) == 1:
            return _written(entries[0], precision or DIGITS)
        text = "; ".join(array_lines(edge.local, vertex.row.shape, precision))
        if len(text) <= (WIDE if ";" not in text else LABEL) and text.startswith("["):
            return text
    return edge.symbol.text if len(edge.symbol.text) <= longest else ""


def head(vertex: GraphVertex, longest: int) -> str:
    """The name with the formula, save of an input."""
    row = vertex.row
    if row.expression == row.name:
        return row.name
    return f"{row.name} = {shortened(row.expression, longest)}"


def _math(vertex: GraphVertex) -> str:
    """The head in LaTeX, "" where that would be long."""
    row = vertex.row
    if row.expression == row.name:
        return symbol(row.name)
    short = row.latex and len(row.expression) <= LONG
    return f"{symbol(row.name)} = {row.latex}" if short else ""


def _written(x: Any, count: int) -> str:
    """A number as a decimal; in a drawing fractions beside decimals are hard to compare."""
    return NONE if x is None else rounded(x, count)


def array_lines(value: Any, shape: tuple[Any, ...], precision: int | None) -> list[str]:
    """A number, a small vector or matrix row by row, of a larger array the shape and the norm."""
    entries = flat(value)
    if not shape:
        return [_written(entries[0], precision or DIGITS)]
    count = precision or ARRAY_DIGITS
    dims = [int(dim) for dim in shape]
    if len(dims) <= 2 and max(dims) <= (SIDE if len(dims) > 1 else LENGTH):
        texts = [_written(x, count) for x in entries]
        if len(dims) == 1:
            return [f"[{', '.join(texts)}]"]
        wide = max(map(len, texts))
        padded = [text.rjust(wide) for text in texts]
        rows = [padded[k : k + dims[1]] for k in range(0, len(padded), dims[1])]
        return [f"[{'  '.join(row)}]" for row in rows]
    known = [float(x) if isinstance(x, float) else nearest(x) for x in entries if x is not None]
    sizes = [x for x in known if x is not None]
    norm = double(math.hypot(*sizes), 4) if len(sizes) == len(entries) else "?"
    return [f"{'x'.join(map(str, dims))}, norm {norm}"]
