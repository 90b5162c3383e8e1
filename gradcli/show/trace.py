"""The trace: every vertex with its value, what its edges do, its adjoint or its tangent.

Must not know formats, or how the rows were computed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from gradcli.calculus.core import INPUT
from gradcli.certify.result import TraceEdge, TraceNode
from gradcli.show.arrays import lines, one_line
from gradcli.show.page import INDENT, Cell, Column, Line, Lines, Table, across, line, shortened

LONGEST = 40
"""Characters of an expression in a table."""
SHORT = 24
"""Characters of a local derivative that is told with its numbers."""
TOLD = ("", "1", "-1")
"""Local derivatives that the rule shows as well."""
NAME = re.compile(r"[^\W\d]\w*(?:\[\d+(?:, \d+)*\])?")
"""A name in a formula, with the indices that it has as one of a family."""
STEP = 4
"""Columns that what belongs to something stands further in."""


@dataclass(frozen=True, slots=True)
class _Sweep:
    """What is shown of a trace besides values: adjoints from the output, or tangents to it."""

    title: str
    forwards: bool

    def of(self, node: TraceNode) -> Any:
        return node.tangent if self.forwards else node.adjoint

    def name(self, node: str) -> str:
        return f"d{node}" if self.forwards else f"d{self.title}/d{node}"

    @property
    def column(self) -> str:
        return "tangent" if self.forwards else f"d{self.title}/d·"

    @property
    def reading(self) -> str:
        if self.forwards:
            return "read down: dx is the tangent of x, and every vertex hands its own on"
        return "read down for values, up for gradients"


def trace(nodes: list[TraceNode], title: str, count: int, width: int) -> list[Lines | Table]:
    """A table where it fits into the width, else a block a vertex; then sums over several uses."""
    forwards = any(node.tangent is not None for node in nodes)
    sweep = _Sweep(title, forwards)
    inner = [node for node in nodes if node.op != INPUT.name]
    parts: list[Lines | Table] = []
    if inner:
        table = _table(inner, nodes, sweep, count)
        narrow = Table(table.columns[:-1], [row[:-1] for row in table.rows])
        along = [_along(inner, nodes, sweep, count, whole) for whole in (True, False)]
        fitting = [
            next((t for t in tables if t.width <= width), None)
            for tables in ((table, narrow), along)
        ]
        if all(fitting):
            parts += [each for each in fitting if each and each.rows]
        else:
            parts += _blocks(inner, nodes, sweep, count, width)
    sums = [text for node in nodes for text in _sum(node, sweep, count, width)]
    if sums:
        parts.append(Lines(sums))
    if inner:
        said = [sweep.reading]
        if any(not edge.elementwise for node in inner for edge in node.edges) and not forwards:
            said.append("δ is the derivative of the output by the vertex itself")
        if not forwards and (needed := kept(nodes)):
            said += wrap(f"kept for the way back: {', '.join(needed)}", width)
        parts.append(Lines([line(Cell(text, "dim")) for text in said], True))
    return parts


def kept(nodes: Sequence[TraceNode]) -> list[str]:
    """The vertices whose values local derivatives are made of, so that these outlast their step."""
    texts = (
        (edge.symbol if edge.elementwise else edge.rule).text
        for node in nodes
        for edge in node.edges
        if edge.flow is not None
    )
    said = {name for text in texts for name in NAME.findall(text)}
    # An entry keeps the whole.
    said |= {name.partition("[")[0] for name in said}
    return [node.name for node in nodes if node.name in said]


def _table(inner: list[TraceNode], nodes: list[TraceNode], sweep: _Sweep, count: int) -> Table:
    columns = [
        Column("node", style="title"),
        Column("is"),
        Column("value", "point", "value"),
        Column("local derivatives"),
        Column(sweep.column, "point", "gradient"),
        Column("gate", style="dim"),
    ]
    rows = []
    for node in inner:
        found = sweep.of(node)
        rows.append(
            [
                Cell(node.name),
                Cell(shortened(node.expression, LONGEST), math=node.latex),
                Cell(one_line(node.value, node.shape, count)),
                Cell("  ".join(_local(edge, node, nodes, count) for edge in node.edges)),
                Cell("" if found is None else one_line(found, node.shape, count)),
                Cell(node.gate.does if node.gate else ""),
            ]
        )
    if not any(row[4].text for row in rows):
        columns[4:5], rows = [], [[*row[:4], row[5]] for row in rows]
    return Table(columns, rows)


def _local(edge: TraceEdge, node: TraceNode, nodes: Sequence[TraceNode], count: int) -> str:
    """Numbers of a scalar or an elementwise derivative, the rule of any other."""
    if edge.local is not None and (edge.elementwise or not (node.shape or nodes[edge.to].shape)):
        return f"/{edge.name} = {one_line(edge.local, node.shape, count)}"
    return f"/{edge.name}: {edge.rule.text}"


# -- along the edges


def _along(
    inner: list[TraceNode], nodes: Sequence[TraceNode], sweep: _Sweep, count: int, whole: bool
) -> Table:
    """What is handed on along every edge, in the order in which that happens.

    Local derivatives stand as formulas, and if the `whole` is said in numbers, too.
    """
    start, end = ("tangent", "part") if sweep.forwards else ("upstream", "downstream")
    columns = [
        Column("edge", style="title"),
        Column(start, "point", "gradient"),
        Column("local"),
        Column(end, "point", "gradient"),
    ]
    rows = []
    for node in inner if sweep.forwards else reversed(inner):
        for edge in node.edges:
            to = nodes[edge.to]
            before, after = (to, node) if sweep.forwards else (node, to)
            handed = sweep.of(before)
            if edge.flow is None or handed is None:
                continue
            rows.append(
                [
                    Cell(f"{before.name} → {after.name}"),
                    Cell(one_line(handed, before.shape, count)),
                    Cell(_slope(edge, node, to, count, whole)),
                    Cell(one_line(edge.flow, after.shape, count)),
                ]
            )
    return Table(columns, rows)


def _slope(edge: TraceEdge, node: TraceNode, to: TraceNode, count: int, whole: bool) -> str:
    """The local derivative as a formula and in numbers, or the rule where it is a Jacobian."""
    if edge.local is None or not (edge.elementwise or not (node.shape or to.shape)):
        return edge.rule.text
    numbers = one_line(edge.local, node.shape, count)
    if edge.symbol.text in ("", numbers) or len(edge.symbol.text) > SHORT:
        return numbers
    return f"{edge.symbol.text} = {numbers}" if whole else edge.symbol.text


# -- a block a vertex


def _blocks(
    inner: list[TraceNode], nodes: list[TraceNode], sweep: _Sweep, count: int, width: int
) -> list[Lines | Table]:
    return [Lines(_block(node, nodes, sweep, count, width)) for node in inner]


def _block(
    node: TraceNode, nodes: Sequence[TraceNode], sweep: _Sweep, count: int, width: int
) -> list[Line]:
    """The vertex, its value and derivative, and of each edge the local derivative and the flow."""
    found = sweep.of(node)
    labels = ["value", sweep.name(node.name), *(f"/{edge.name}" for edge in node.edges)]
    margin = INDENT + max(map(across, labels)) + 2
    room = width - margin
    head = wrap(f"{node.name} = {node.expression}", width, subsequent_indent=" " * STEP,
                break_long_words=False, break_on_hyphens=False)  # fmt: skip
    rest = head[0].removeprefix(node.name)
    block: list[Line] = [line(Cell(node.name, "title"), rest), *(line(text) for text in head[1:])]

    def put(label: str, texts: Sequence[str], style: str = "") -> None:
        for k, text in enumerate(texts):
            start = f"{' ' * INDENT}{label if not k else ''}"
            block.append(line(start + " " * (margin - across(start)), Cell(text, style)))

    put("value", lines(node.value, node.shape, count, room), "value")
    if found is not None:
        put(labels[1], lines(found, node.shape, count, room), "gradient")
    for edge in node.edges:
        put(f"/{edge.name}", _edge(edge, node, nodes, sweep, count, room))
    if node.gate:
        put("", wrap(node.gate.does, room), "dim")
    return block


def _edge(
    edge: TraceEdge, node: TraceNode, nodes: Sequence[TraceNode], sweep: _Sweep, count: int,
    room: int,
) -> list[str]:  # fmt: skip
    """The local derivative, where it says more than the rule, and what flows by that."""
    to = nodes[edge.to]
    said: list[str] = []
    shape = node.shape if edge.elementwise else (*node.shape, *to.shape)
    if edge.local is not None and edge.symbol.text not in TOLD:
        said += _equal(f"local {edge.symbol.text}", edge.local, shape, count, room)
    if edge.flow is None:
        return said or [edge.rule.text]
    across_ = node if sweep.forwards else to
    return said + _equal(edge.rule.text, edge.flow, across_.shape, count, room)


def _equal(text: str, array: Any, shape: Sequence[Any], count: int, room: int) -> list[str]:
    """`text = numbers`, the numbers below where they do not fit beside it."""
    plain = one_line(array, shape, count)
    if text.removeprefix("local ") == plain:
        return [text]
    lead = " " * (across(text) + len(" = "))
    beside = lines(array, shape, count, max(room - len(lead), 1))
    below = lines(array, shape, count, room - STEP)
    if len(beside) <= len(below) and len(lead) + max(map(len, beside)) <= room:
        return [f"{text} = {beside[0]}", *(lead + each for each in beside[1:])]
    head = wrap(f"{text} =", room, break_long_words=False, break_on_hyphens=False)
    return [*head, *(" " * STEP + each for each in below)]


# -- sums over several uses


def _sum(node: TraceNode, sweep: _Sweep, count: int, width: int) -> list[Line]:
    """What a vertex with several uses gets from each; nothing for others."""
    if sweep.forwards or len(node.uses) < 2:
        return []
    name = f"{sweep.name(node.name)}: "
    whole = one_line(node.adjoint, node.shape, count)
    parts = [(one_line(use.part, node.shape, count), f" (from {use.name})") for use in node.uses]
    text = " + ".join(part + origin for part, origin in parts)
    if across(name) + len(whole) + 3 + across(text) <= width:
        return [line(name, Cell(whole, "gradient"), f" = {text}")]
    found: list[Line] = []
    signs = [name, *(f"{sign} " for sign in ("=", *"+" * (len(parts) - 1)))]
    arrays = [(node.adjoint, "", "gradient")]
    arrays += [(use.part, origin, "") for use, (_, origin) in zip(node.uses, parts, strict=True)]
    for sign, (array, origin, style) in zip(signs, arrays, strict=True):
        room = width - across(name) - across(origin)
        texts = lines(array, node.shape, count, room)
        for k, each in enumerate(texts):
            lead = sign.rjust(len(name)) if not k else " " * across(name)
            found.append(line(lead, Cell(each, style), origin if k == len(texts) - 1 else ""))
    return found
