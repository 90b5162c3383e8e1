"""The trace: every vertex with its value, local derivatives, adjoint, and what its gate does.

Must not know formats, or how the rows were computed.
"""

from __future__ import annotations

from gradcli.calculus.core import INPUT
from gradcli.certify.result import TraceEdge, TraceNode
from gradcli.show.numbers import inline
from gradcli.show.page import Cell, Column, Line, Lines, Table, line, shortened


def trace(nodes: list[TraceNode], title: str, count: int) -> list[Lines | Table]:
    """The table, and a line for every vertex with several users."""
    columns = [
        Column("node", style="title"),
        Column("is"),
        Column("value", "point", "value"),
        Column("local derivatives"),
        Column(f"d{title}/d·", "point", "gradient"),
        Column("gate", style="dim"),
    ]
    rows = []
    inner = [node for node in nodes if node.op != INPUT.name]
    for node in inner:
        adjoint = "" if node.adjoint is None else inline(node.adjoint, node.shape, count)
        rows.append(
            [
                Cell(node.name),
                Cell(shortened(node.expression, 40), math=node.latex),
                Cell(inline(node.value, node.shape, count)),
                Cell("  ".join(_local(edge, node, nodes[edge.to], count) for edge in node.edges)),
                Cell(adjoint),
                Cell(node.gate.does if node.gate else ""),
            ]
        )
    if not any(row[4].text for row in rows):
        columns[4:5], rows = [], [[*row[:4], row[5]] for row in rows]
    parts: list[Lines | Table] = [Table(columns, rows)] if rows else []
    sums = [_sum(node, title, count) for node in nodes if len(node.users) > 1]
    if sums:
        parts.append(Lines(sums))
    if rows:
        parts.append(Lines([line(Cell("read down for values, up for gradients", "dim"))], True))
    return parts


def _local(edge: TraceEdge, node: TraceNode, to: TraceNode, count: int) -> str:
    if edge.local is None:
        return f"/{edge.name} = (large)"
    shape = node.shape if edge.local.shape == node.shape else (*node.shape, *to.shape)
    return f"/{edge.name} = {inline(edge.local, shape, count)}"


def _sum(node: TraceNode, title: str, count: int) -> Line:
    parts = " + ".join(
        f"{inline(part, node.shape, count)} (from {user})" for user, part in node.users
    )
    whole = inline(node.adjoint, node.shape, count)
    return line(f"d{title}/d{node.name}: ", Cell(whole, "gradient"), f" = {parts}")
