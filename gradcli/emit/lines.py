"""The lines of a function: every vertex that needs one, after what it needs, in a writer's words.

Must not know any target; a writer makes expressions and assignments, this decides when.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from gradcli.emit.names import Names
from gradcli.emit.plan import Plan
from gradcli.graph.node import Node
from gradcli.graph.order import topological

PREFIX = {"reverse": "grad", "forward": "dot"}
WIDTH = 76
"""Characters of an expression, beyond which a part of it gets a line of its own."""


class Writer(Protocol):
    """What a target says: expressions of vertices, and the lines that assign them."""

    def named(self, node: Node, name: str) -> Any:
        """A vertex that has a line, where it is used."""

    def piece(self, node: Node, args: list[Any]) -> Any:
        """The expression of a vertex from those of its arguments."""

    def line(self, name: str, node: Node, piece: Any) -> list[str]:
        """The assignment of an expression."""

    def block(self, node: Node) -> bool:
        """Whether a vertex cannot be a part of an expression."""

    def whole(self, node: Node) -> Sequence[int]:
        """Which arguments must have a line."""


class Emitter:
    """The lines of a function as they come.

    `names` are the vertices that have one by now, `chosen` what some will be called,
    `derived` what the derivatives of some will be.
    """

    def __init__(self, writer: Writer, names: Names, shared: Collection[Node]) -> None:
        self.writer = writer
        self.free = names
        self.shared = shared
        self.names: dict[Node, str] = {}
        self.chosen: dict[Node, str] = {}
        self.derived: dict[Node, str] = {}
        self.code: list[str] = []

    def define(self, root: Node, name: str) -> None:
        """Everything that a vertex needs and has not yet, then the vertex under that name."""
        pieces: dict[Node, Any] = {}
        if root in self.names:
            piece = self.writer.named(root, self.names[root])
            self.code += self.writer.line(name, root, piece)
            return
        for node in topological([root], lambda n: () if n in self.names else n.args):
            if node in self.names:
                pieces[node] = self.writer.named(node, self.names[node])
                continue
            for index in self.writer.whole(node):
                self._line(node.args[index], pieces)
            pieces[node] = self._short(node, pieces)
            if node is not root and (node in self.shared or self.writer.block(node)):
                self._line(node, pieces)
        self.code += self.writer.line(name, root, pieces[root])
        if root.args:
            self.names[root] = name

    def run(self, made: Plan, output: str) -> dict[Node, str]:
        """All lines of a plan; what the derivative of each vertex is called."""
        forward = made.mode == "forward"
        if not forward:
            self.define(made.output, output)
            self.code.append("")
        elif not made.output.args:
            self.define(made.output, output)
        called: dict[Node, str] = {}
        for found in made.derivatives:
            if found.node not in self.names:
                name = output if found.node is made.output else self.chosen.get(found.node)
                self.define(found.node, name or self.free.numbered("v"))
            stem = output if found.node is made.output else self.names[found.node]
            name = self.derived.get(found.node) or self.free.fresh(f"{PREFIX[made.mode]}_{stem}")
            self.define(found.graph, name)
            self.names[found.symbol] = called[found.node] = name
        return called

    def _short(self, node: Node, pieces: dict[Node, Any]) -> Any:
        """The expression of a vertex, its longest parts in lines of their own if it is long."""
        while True:
            found = self.writer.piece(node, [pieces[arg] for arg in node.args])
            parts = [a for a in dict.fromkeys(node.args) if a not in self.names and a.args]
            if found.width <= WIDTH or not parts:
                return found
            longest = max(parts, key=lambda arg: pieces[arg].width)
            if pieces[longest].width <= len("v10"):
                return found
            self._line(longest, pieces)

    def _line(self, node: Node, pieces: dict[Node, Any]) -> None:
        if node in self.names or not node.args:
            return
        name = self.chosen.get(node) or self.free.numbered("v")
        self.code += self.writer.line(name, node, pieces[node])
        self.names[node] = name
        pieces[node] = self.writer.named(node, name)
