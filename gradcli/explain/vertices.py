"""A computational graph as it is drawn: the rows of a trace, with or without numbers, in places.

Must not know numbers' formats or boxes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gradcli.calculus.core import INPUT, add, number, symbol
from gradcli.certify.result import TraceEdge, TraceNode
from gradcli.explain.drawn import SourceFacts
from gradcli.explain.outline import handed_down, shown
from gradcli.explain.turns import layers, turns
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.notation.latex import brief
from gradcli.notation.text import flat


@dataclass(slots=True, eq=False)
class GraphVertex:
    """A row of a trace with its place: `kind` is input, inner, output or derivative.

    `turn` is the turn of a loop that it belongs to, `layer` how many products with inputs lead to
    it. It is `active` if it depends on what is differentiated by; `uses` are the vertices that its
    formula names without being made of them. A derivative is `of` another vertex, and its edges,
    which say the local derivative, lead to those of the vertices that this one feeds.
    """

    row: TraceNode
    kind: str
    turn: int | None
    layer: int
    active: bool
    uses: list[int] = field(default_factory=list)
    of: int | None = None


def vertices(
    output: Node, inputs: Sequence[Node], rows: Sequence[TraceNode], text: SourceFacts,
    wrt: Collection[Node],
) -> list[GraphVertex]:  # fmt: skip
    """The vertices of a trace as they are drawn, each after its arguments."""
    by_name = {row.name: row for row in rows}
    nodes = _drawn(output, inputs, by_name, text)
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


def _drawn(
    output: Node, inputs: Sequence[Node], names: Collection[str], text: SourceFacts
) -> list[Node]:
    """The vertices of a trace; what no branch leads to that was taken has no row."""
    return [node for node in shown(output, inputs) if text.names[node] in names]


def backward(
    output: Node, found: Sequence[GraphVertex], inputs: Sequence[Node], text: SourceFacts
) -> list[GraphVertex]:
    """The vertices that back-propagation adds to a graph: a derivative of the output by each.

    Each is a formula of the derivatives after it and of vertices of the graph, symbol to symbol.
    """
    nodes = _drawn(output, inputs, {vertex.row.name for vertex in found}, text)
    known = {node: text.names[node] for node in nodes}
    ids = {node: k for k, node in enumerate(nodes)}
    title = known[output]
    users: dict[Node, list[tuple[Node, TraceEdge]]] = {node: [] for node in nodes}
    for vertex, user in zip(found, nodes, strict=True):
        for edge in vertex.row.edges:
            users[nodes[edge.to]].append((user, edge))
    made: dict[Node, GraphVertex] = {}
    signals: dict[Node, Node] = {}
    spelled = dict(known)
    for node in reversed(nodes):
        if not found[ids[node]].active:
            continue
        name = f"d{title}/d{known[node]}"
        whole: Node | None = number(1) if node is output else None
        own = []
        for user, edge in users[node]:
            signal = signals.get(user)
            part = signal and handed_down(user, edge.index, signal, known)
            if part is None:
                continue
            whole = part if whole is None else add(whole, part)
            own.append(replace(edge, to=made[user].row.id, name=made[user].row.name))
        if whole is None:
            # A condition alone is made of it: nothing comes back.
            continue
        signals[node] = symbol(f"({name})", node.shape)
        spelled[signals[node]] = name
        text_of = spelled.get(whole) or flat(whole, spelled)
        row = TraceNode(
            len(nodes) + len(made), name, True, text_of, "", "a derivative",
            node.shape, found[ids[node]].row.adjoint, None, None, own,
            latex=brief(whole, spelled),
        )  # fmt: skip
        uses = [ids[n] for n in _named(whole, spelled) if n in ids]
        made[node] = GraphVertex(
            row, "derivative", found[ids[node]].turn, found[ids[node]].layer, True, uses, ids[node]
        )
    return [*made.values()]


def _named(node: Node, names: Mapping[Node, str]) -> list[Node]:
    """The vertices that its formula names, and what that is made of."""
    return topological([node], lambda n: () if n in names else n.args)
