"""The chain rule for outputs that are vectors: Jacobians as matrices, multiplied in their order.

Must not know how lines are laid out or checked.
"""

from __future__ import annotations

from string import ascii_letters

from gradcli.calculus.core import einsum, full, identity, number
from gradcli.calculus.derivative import derivative, moved
from gradcli.calculus.families import Pointwise
from gradcli.explain.equations import EqualLines
from gradcli.explain.steps import ScalarSteps
from gradcli.explain.substitution import times
from gradcli.graph.node import Node

WHOLE = "in one step: the chain rule would need more than two axes"


class Jacobians(ScalarSteps):
    """The chains for the derivatives of an output that is no scalar."""

    def run(self) -> list[EqualLines]:
        """All chains; none between where matrices cannot say it."""
        leaves = {vertex for vertex in self.asked if not vertex.args}
        between = [self.output, *(cell for cell in self.cells.order if cell not in leaves)]
        if all(len(cell.shape) < 2 for cell in between):
            return super().run()
        for vertex in self.asked:
            self._at_once(vertex)
        return self.chains

    def _chain(self, vertex: Node) -> None:
        if len(vertex.shape) < 2:
            super()._chain(vertex)
        else:
            self._at_once(vertex)

    def _at_once(self, vertex: Node) -> None:
        """The derivative in a single line."""
        self.final[vertex], names = self.bare(self.whole(vertex), ())
        chain = EqualLines(self.spelled(self.output, vertex))
        self._add(chain, self.final[vertex], WHOLE, names)
        self.chains.append(chain)

    def whole(self, vertex: Node) -> Node:
        """The derivative with everything put in."""
        return self._simple(derivative(self.output, vertex, []))

    def _term(self, cell: Node, vertex: Node) -> Node:
        """The Jacobian of one user, with that of the output by the user before it."""
        own = self._simple(self._local(cell, vertex))
        if cell is self.output:
            return own
        letters = ascii_letters[: len(self.output.shape)]
        between = "y" * len(cell.shape)
        into = "z" * len(vertex.shape)
        seed = self.symbols[cell]
        if not (between or into):
            return times(own, seed) if own.shape else times(seed, own)
        product = einsum((seed, own), (letters + between, between + into), letters + into, {})
        return self._simple(product)

    def _local(self, cell: Node, vertex: Node) -> Node:
        """The Jacobian of a cell by one that it is made of: a diagonal where it is one."""
        between = self.cells.between(cell, vertex)
        if not cell.shape:
            return self.cells.handed(cell, number(1))[vertex]
        if all(isinstance(n.op, Pointwise) and n.shape == vertex.shape for n in between):
            entries = self.cells.handed(cell, full(1, cell.shape))[vertex]
            return einsum((entries,), ("a",), "aa", {})
        found = self.cells.handed(cell, identity(cell.shape), cell.shape)[vertex]
        return moved(found, "ab", "ba") if vertex.shape else found

    def _product(self, cell: Node, vertex: Node) -> str | None:
        """The chain rule by name."""
        turn = ".T" if vertex.shape and not cell.shape else ""
        sign = "@" if cell.shape or vertex.shape else "*"
        return f"{self.symbols[cell].params[0]} {sign} {self.spelled(cell, vertex)}{turn}"
