"""A graph as cells: vertices with a name, each made of others by an expression without names.

Must not know rules, nor how a line is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gradcli.calculus.core import INPUT, symbol
from gradcli.calculus.differentiate import sweep
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import Shape


class Cells:
    """The cells between an output and what it is to be differentiated by.

    `names` has the output and every vertex with a name, `atoms` those that formulas use, `ours`
    are those that only we have named; `order` the cells that depend on what is asked for, each
    after those it is made of.
    """

    def __init__(
        self,
        output: Node,
        asked: Collection[Node],
        names: Mapping[Node, str],
        ours: Collection[Node],
    ) -> None:
        self.output, self.asked = output, asked
        self.ours = [*ours]
        nodes = topological([output])
        self.active = dependents(nodes, asked) & {*nodes}
        self.names = {node: str(node.params[0]) for node in [*nodes, *asked] if node.op is INPUT}
        self.names |= names
        # Without its label, what is differentiated is not used to say what its derivative is.
        self.atoms = {
            node: name
            for node, name in self.names.items()
            if node is not output or node.label is not None
        }
        cells = {*names, *asked, output}
        self.order = [node for node in nodes if node in cells and node in self.active]
        self._parents: dict[Node, list[Node]] = {cell: [] for cell in self.order}
        for cell in self.order:
            # What hands nothing back, as `step` does, does not lead there.
            handed = self.handed(cell, symbol("", cell.shape))
            self._parents[cell] = [n for n in self.inside(cell) if n in handed]

    def inside(self, cell: Node) -> list[Node]:
        """The vertices of a cell, those that it is made of first."""
        return topological([cell], lambda n: () if n is not cell and n in self._parents else n.args)

    def _own(self, cell: Node) -> list[Node]:
        return [n for n in self.inside(cell) if n is cell or n not in self._parents]

    def made_of(self, vertex: Node) -> list[Node]:
        """The vertices with a name that stand in the definition of one, however deep."""
        ends = {*self.names} - {vertex}
        return topological([vertex], lambda n: () if n in ends else n.args)

    def parents(self, cell: Node) -> list[Node]:
        """The cells that a cell is made of."""
        return self._parents[cell]

    def users(self, vertex: Node) -> list[Node]:
        """The cells that are made of a cell."""
        return [cell for cell in self.order if vertex in self.parents(cell)]

    def handed(self, cell: Node, seed: Node, extra: Shape = ()) -> dict[Node, Node]:
        """What a cell hands back to each cell that it is made of, given what arrives at it."""
        flowing = {cell: seed}
        for _ in sweep(flowing, self._own(cell), self.active, extra):
            pass
        return {n: flowing[n] for n in flowing if n in self._parents and n is not cell}

    def between(self, cell: Node, vertex: Node) -> list[Node]:
        """The vertices from a cell down to one that it is made of."""
        own = self._own(cell)
        leads = dependents(own, [vertex])
        return [node for node in own if node in leads]
