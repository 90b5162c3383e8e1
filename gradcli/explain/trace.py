"""The rows of a trace: every vertex, its value, and what flows along its edges either way.

Must not know how the derivative was certified or how rows are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.calculus.core import INPUT, add, number
from gradcli.calculus.differentiate import push_edge, sweep
from gradcli.certify.result import TraceEdge, TraceNode, VertexUse
from gradcli.explain.drawn import SourceFacts
from gradcli.explain.outline import Edge, edges, in_words, shown
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import sizes_of
from gradcli.notation.latex import brief
from gradcli.notation.text import formula


def symbolic(output: Node, inputs: Sequence[Node], text: SourceFacts) -> list[TraceNode]:
    """The rows of a trace without numbers."""
    rows = _Rows(shown(output, inputs), text)
    own: dict[Node, list[TraceEdge]] = {node: [] for node in rows.nodes}
    for edge in rows.edges:
        own[edge.node].append(rows.edge(edge))
    return [rows.row(node, own[node]) for node in rows.nodes]


def backward(
    output: Node,
    inputs: Sequence[Node],
    values: Mapping[Node, Array],
    text: SourceFacts,
    m: Arithmetic,
    gradients: Mapping[Node, Array],
) -> list[TraceNode]:
    """The trace of a scalar output, values forwards and adjoints back; of others values only.

    `gradients` are adjoints that are known better than they can be computed here.
    """
    trace = _NumberRows(output, inputs, values, text, m)
    adjoints: dict[Node, Node] = {} if output.shape else {output: number(1)}
    order = topological([output])
    parts = {
        (node, index): part
        for node, index, part in sweep(adjoints, order, dependents(order, trace.ids))
    }
    # A vertex that is a gradient, as b of a*b, stays the number that others are compared with.
    better = {adjoints[node]: x for node, x in gradients.items() if node in adjoints}
    trace.values = better | trace.values
    return trace.rows(adjoints, parts, not output.shape)


def forward(
    output: Node,
    inputs: Sequence[Node],
    tangents: Mapping[Node, Node],
    values: Mapping[Node, Array],
    text: SourceFacts,
    m: Arithmetic,
) -> list[TraceNode]:
    """The trace of a tangent of some vertices: how every vertex changes along it."""
    trace = _NumberRows(output, inputs, values, text, m, forwards=True)
    moved = dict(tangents)
    parts: dict[tuple[Node, int], Node | None] = {}
    for edge in trace.edges:
        if edge.node in tangents:
            continue
        tangent = moved.get(edge.arg)
        part = None if tangent is None else push_edge(edge.node, edge.index, tangent)
        parts[edge.node, edge.index] = part
        if part is not None:
            before = moved.get(edge.node)
            moved[edge.node] = part if before is None else add(before, part)
    return trace.rows(moved, parts, True)


class _Rows:
    """The vertices of a trace and their edges."""

    def __init__(self, nodes: Sequence[Node], text: SourceFacts, forwards: bool = False) -> None:
        self.nodes, self.text, self.forwards = nodes, text, forwards
        self.ids = {node: k for k, node in enumerate(nodes)}
        self.known = {node: text.names[node] for node in nodes}
        self.edges = edges(nodes, self.known, forwards)

    def row(self, node: Node, own: list[TraceEdge], value: Array | None = None) -> TraceNode:
        """A vertex with its edges."""
        inner = node.op is not INPUT
        return TraceNode(
            self.ids[node],
            self.known[node],
            bool(node.name) or not inner,
            formula(node, self.known) if inner else self.known[node],
            node.op.title,
            in_words(node),
            node.shape,
            value,
            None,
            node.op.gate,
            own,
            latex=brief(node, self.known) if inner else "",
            turn=dict(self.text.turns.get(node, {})),
            span=self.text.spans.get(node) if inner else None,
        )

    def edge(self, edge: Edge, local: Array | None = None, part: Array | None = None) -> TraceEdge:
        """An edge with its local derivative and what flows along it."""
        return TraceEdge(
            self.ids[edge.arg], self.known[edge.arg], edge.index, edge.elementwise, local,
            edge.symbol, edge.rule, part,
        )  # fmt: skip


class _NumberRows(_Rows):
    """The vertices that have values in an arithmetic, and their edges."""

    def __init__(
        self,
        output: Node,
        inputs: Sequence[Node],
        values: Mapping[Node, Array],
        text: SourceFacts,
        m: Arithmetic,
        forwards: bool = False,
    ) -> None:
        super().__init__([n for n in shown(output, inputs) if n in values], text, forwards)
        self.values, self.m = dict(values), m
        self.numbers: dict[Node, Array] = {}

    def rows(
        self,
        derivatives: Mapping[Node, Node],
        parts: Mapping[tuple[Node, int], Node | None],
        flows: bool,
    ) -> list[TraceNode]:
        """The rows; `derivatives` go with vertices, `parts` with edges, where anything `flows`."""
        wanted = [edge.local for edge in self.edges if edge.local is not None]
        wanted += [derivatives[node] for node in self.nodes if node in derivatives]
        wanted += [part for part in parts.values() if part is not None]
        self.numbers = dict(zip(wanted, evaluate(wanted, self.m, self.values), strict=True))
        own: dict[Node, list[TraceEdge]] = {node: [] for node in self.nodes}
        uses: dict[Node, list[VertexUse]] = {node: [] for node in self.nodes}
        for edge in self.edges:
            like = edge.node if self.forwards else edge.arg
            part = self._number(parts.get((edge.node, edge.index)), like) if flows else None
            own[edge.node].append(self.edge(edge, self._local(edge), part))
            uses[edge.arg].append(VertexUse(self.ids[edge.node], self.known[edge.node], part))
        found = []
        for node in self.nodes:
            derivative = self._number(derivatives.get(node), node) if flows else None
            row = self.row(node, own[node], self.values[node][0, ...])
            if self.forwards:
                row.tangent = derivative
            else:
                row.adjoint, row.uses = derivative, uses[node] if flows else []
            found.append(row)
        return found

    def _local(self, edge: Edge) -> Array | None:
        if edge.local is None:
            return None
        shape = edge.node.shape if edge.elementwise else edge.local.shape
        return np.broadcast_to(self.numbers[edge.local][0, ...], sizes_of(shape))

    def _number(self, graph: Node | None, like: Node) -> Array:
        """An evaluated graph, or zeros where nothing flows."""
        shape = sizes_of(like.shape)
        if graph is not None:
            return np.broadcast_to(self.numbers[graph][0, ...], shape)
        zeros = np.empty(shape, dtype=self.m.dtype)
        zeros[...] = self.m.number(Fraction(0))[0]
        return zeros
