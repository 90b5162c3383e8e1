"""The formats of a computational graph by their names; and the graph as JSON.

Must not know how a graph is found or how a drawing is laid out.
"""

from __future__ import annotations

from typing import Any

from gradcli.api.graphs import GraphResult
from gradcli.certify.result import TraceEdge
from gradcli.drawing.diagram import Diagram
from gradcli.drawing.dot import dot
from gradcli.drawing.mermaid import mermaid
from gradcli.drawing.mirrored import placed
from gradcli.drawing.svg import svg
from gradcli.drawing.tikz import tikz
from gradcli.explain.vertices import GraphVertex
from gradcli.show import diff, graph_page, walkthrough
from gradcli.show.formats import Remark
from gradcli.show.graph import diagram
from gradcli.show.json import dumps, exact_zeros, unsettled
from gradcli.show.numbers import nested
from gradcli.show.page import Page


def content(
    result: GraphResult, form: str, precision: int | None, down: bool | None, width: int,
    ascii: bool, gates: bool = False,
) -> Page | str:  # fmt: skip
    """The result in a format, one of `choices.DRAWINGS`; with `gates` these are named."""
    match form:
        case "text":
            return graph_page.page(result, precision, width, ascii, gates)
        case "json":
            return json(result)
        case "html" if result.derivative is not None:
            return walkthrough.content(result, precision, gates)[0]
    return drawing(diagram(result, precision, gates), form, down)


def drawing(drawn: Diagram, form: str, down: bool | None) -> str:
    """A diagram in one of the formats that draw."""
    match form:
        case "svg":
            return svg(placed(drawn, down))
        case "html":
            return walkthrough.still(drawn, down)
        case "tikz":
            return tikz(placed(drawn, down))
        case "dot":
            return dot(drawn, bool(down))
    # Columns are drawn beside each other only where arrows run down.
    return mermaid(drawn, bool(down or drawn.columns()))


def remarks(result: GraphResult) -> list[Remark]:
    """What `diff` remarks at the point."""
    return [] if result.derivative is None else diff.remarks(result.derivative)


def json(result: GraphResult) -> str:
    """By the schema of `graph`."""
    found = result.derivative
    whole: dict[str, Any] = {
        "output": result.title,
        "text": result.text,
        "symbolic": found is None,
        "nodes": [_vertex(vertex, result) for vertex in result.vertices],
        "notes": [] if found is None else
        [{"code": note.code, "message": note.message} for note in found.notes],
    }  # fmt: skip
    if found is not None:
        whole |= {"certified": found.certified, **exact_zeros(found.zeros)}
    return dumps(whole)


def _vertex(vertex: GraphVertex, result: GraphResult) -> dict[str, Any]:
    row = vertex.row
    gradient = row.adjoint if vertex.active else None
    return {
        "id": row.id,
        "name": row.name,
        "given": row.given,
        "kind": vertex.kind,
        "expression": row.expression,
        "latex": row.latex,
        "op": row.op,
        "words": row.words,
        "gate": row.gate.kind if row.gate else None,
        "shape": [dim if isinstance(dim, int) else str(dim) for dim in row.shape],
        "turn": vertex.turn,
        "layer": vertex.layer,
        "value": None if row.value is None else nested(row.value, row.shape),
        "gradient": None if gradient is None else nested(gradient, row.shape),
        **({} if gradient is None else unsettled(gradient)),
        "edges": [_edge(edge, vertex, result) for edge in row.edges],
        "uses": vertex.uses,
    }


def _edge(edge: TraceEdge, vertex: GraphVertex, result: GraphResult) -> dict[str, Any]:
    to = result.vertices[edge.to]
    shape = vertex.row.shape if edge.elementwise else (*vertex.row.shape, *to.row.shape)
    return {
        "to": edge.to,
        "argument": edge.index,
        "elementwise": edge.elementwise,
        "active": to.active,
        "symbol": {"text": edge.symbol.text, "latex": edge.symbol.latex},
        "rule": {"text": edge.rule.text, "latex": edge.rule.latex},
        "local": None if edge.local is None else nested(edge.local, shape),
        "downstream": None if edge.flow is None else nested(edge.flow, to.row.shape),
    }
