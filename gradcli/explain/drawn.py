"""A graph as it is shown: calls of composed functions are one vertex each, every vertex has a name.

Must not know values; what is shown of a vertex is looked up by what it stands for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gradcli.calculus.composed import ComposedCall, folded, inside
from gradcli.errors import Span
from gradcli.explain.outline import vertex_names
from gradcli.graph.node import Node

V = TypeVar("V")


@dataclass(slots=True, eq=False)
class SourceFacts:
    """What is known of vertices from the text: their names, places, and turns of loops."""

    names: Mapping[Node, str]
    spans: Mapping[Node, Span] = field(default_factory=dict)
    turns: Mapping[Node, Mapping[str, int]] = field(default_factory=dict)


class DrawnGraph:
    """A graph with its calls folded: what each vertex became, and what is known of it.

    `names` has the names of vertices and of what they stand for, `owners` those of the calls that
    other vertices are part of.
    """

    def __init__(
        self,
        output: Node,
        inputs: Sequence[Node],
        also: Collection[Node],
        calls: Mapping[Node, ComposedCall],
    ) -> None:
        self.vertices = folded([output, *also], calls)
        self.output = self.vertices[output]
        own = vertex_names(self.output, inputs)
        self.names = own | self.back(own)
        self.owners: dict[Node, str] = {}
        for node, name in own.items():
            if call := inside(node):
                self.owners |= dict.fromkeys(call.order(), name) | self.owners

    def of(self, node: Node) -> Node:
        """What a vertex is shown as."""
        return self.vertices.get(node, node)

    def forth(self, known: Mapping[Node, V]) -> dict[Node, V]:
        """What is known of vertices, as known of what they are shown as as well."""
        shown = {self.vertices[node]: x for node, x in known.items() if node in self.vertices}
        return {**known, **shown}

    def back(self, known: Mapping[Node, V]) -> dict[Node, V]:
        """What is known of what is shown, as known of what that stands for."""
        return {node: known[new] for node, new in self.vertices.items() if new in known}

    def facts(
        self, spans: Mapping[Node, Span], turns: Mapping[Node, Mapping[str, int]]
    ) -> SourceFacts:
        """What is known of the shown vertices from the text."""
        return SourceFacts(self.names, self.forth(spans), self.forth(turns))
