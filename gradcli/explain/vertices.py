"""A computational graph as it is drawn: the rows of a trace, with or without numbers, in places.

Must not know numbers' formats or boxes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from gradcli.calculus.core import INPUT
from gradcli.certify.result import TraceEdge, TraceNode
from gradcli.explain.outline import edges, in_words, shown
from gradcli.explain.trace import SourceFacts
from gradcli.explain.turns import layers, turns
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.notation.latex import brief
from gradcli.notation.text import formula


@dataclass(slots=True, eq=False)
class GraphVertex:
    """A row of a trace with its place: `kind` is input, inner, output or derivative.

    `turn` is the turn of a loop that it belongs to, `layer` how many products with inputs lead to
    it. It is `active` if it depends on what is differentiated by; `uses` are the vertices that its
    formula names without being made of them.
    """

    row: TraceNode
    kind: str
    turn: int | None
    layer: int
    active: bool
    uses: list[int] = field(default_factory=list)


def vertices(
    output: Node, inputs: Sequence[Node], rows: Sequence[TraceNode], text: SourceFacts,
    wrt: Collection[Node],
) -> list[GraphVertex]:  # fmt: skip
    """The vertices of a trace as they are drawn, each after its arguments."""
    by_name = {row.name: row for row in rows}
    nodes = [node for node in shown(output, inputs) if text.names[node] in by_name]
    active = dependents(topological([output]), {*wrt})
    turn = turns(nodes, text.names)
    layer = layers(nodes, turn)
    return [
        GraphVertex(
            by_name[text.names[node]],
            "output" if node is output else "input" if node.op is INPUT else "inner",
            turn.get(node),
            layer[node],
            node in active,
        )
        for node in nodes
    ]


def symbolic(output: Node, inputs: Sequence[Node], text: SourceFacts) -> list[TraceNode]:
    """The rows of a trace without numbers."""
    nodes = shown(output, inputs)
    ids = {node: k for k, node in enumerate(nodes)}
    known = {node: text.names[node] for node in nodes}
    own: dict[Node, list[TraceEdge]] = {node: [] for node in nodes}
    for edge in edges(nodes, known):
        own[edge.node].append(
            TraceEdge(
                ids[edge.arg], known[edge.arg], edge.index, edge.elementwise, None, edge.symbol,
                edge.back, None,
            )
        )  # fmt: skip
    return [
        TraceNode(
            ids[node], known[node], bool(node.name or node.op is INPUT),
            known[node] if node.op is INPUT else formula(node, known), node.op.title,
            in_words(node), node.shape, None, None, node.op.gate, own[node],
            latex="" if node.op is INPUT else brief(node, known), span=text.spans.get(node),
        )
        for node in nodes
    ]  # fmt: skip
