"""A function of sums over rows and its gradient, staged: passes over the rows, and what is left.

Must not know data. A scalar sum is differentiated on its own, and what stands before it in the
chain rule is multiplied afterwards: so one pass is enough wherever no sum needs another's value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from gradcli.calculus.core import SIZE, add, einsum, full, mul, number, symbol
from gradcli.calculus.differentiate import NoRule, pull
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.errors import wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters
from gradcli.proof.axes import letters_in
from gradcli.rows.axis import RowAxes


@dataclass(slots=True, eq=False)
class RowSum:
    """A sum over rows: a graph of the rows of one part, and the vertex that stands for its total.

    The graph may use the totals of sums whose pass, its `stage`, comes earlier.
    """

    symbol: Node
    graph: Node
    stage: int


@dataclass(slots=True, eq=False)
class StagedGradient:
    """The value and the gradients as graphs of the totals, and the `sums` in order of their passes.

    `terms` are the sums that the value itself is made of; all others come of the derivative.
    """

    value: Node
    gradients: dict[str, Node] = field(default_factory=dict)
    sums: list[RowSum] = field(default_factory=list)
    terms: list[RowSum] = field(default_factory=list)

    @property
    def passes(self) -> int:
        """How often the rows are read."""
        return max((each.stage for each in self.sums), default=-1) + 1

    def graphs(self, stage: int) -> list[Node]:
        """What is summed in one pass."""
        return [each.graph for each in self.sums if each.stage == stage]


def staged(output: Node, wrt: Mapping[str, Node], axes: RowAxes) -> StagedGradient:
    """A scalar and its gradient by inputs that are no rows, as sums over rows and what follows.

    GradcliError for what is no function of sums over rows (G601), and for an op without a rule.
    """
    if axes.axis(output) is not None:
        message = "this has a value for each row, and only a sum over rows has one value"
        text = axes.whole.text
        help = f"write  mean({text})  or  sum({text})"
        raise wrong("G601", message, axes.whole, help=help)
    staging = _Staging(axes)
    made = StagedGradient(staging.outer(output), sums=staging.sums)
    made.terms = [each for each in staging.sums if each.graph is not staging.ones]
    try:
        made.gradients = staging.gradients(made.value, wrt)
        made.sums.sort(key=lambda each: each.stage)
    except NoRule as error:
        raise wrong("G307", str(error), axes.whole) from None
    return made


class _Staging:
    """The sums found so far; each graph is summed once, whoever asks for it."""

    def __init__(self, axes: RowAxes) -> None:
        self.axes = axes
        # How many rows there are is the sum of a one for each.
        self.ones = einsum((full(1, (axes.count,)),), ("a",), "", {})
        self.sums: list[RowSum] = []
        self.known: dict[Node, RowSum] = {}
        self.of: dict[Node, RowSum] = {}

    def total(self, graph: Node) -> Node:
        """The vertex that stands for the total of a graph over all rows."""
        if graph not in self.known:
            needs = [self.of[node].stage for node in topological([graph]) if node in self.of]
            made = symbol(f"sum {len(self.sums)}", graph.shape)
            row_sum = RowSum(made, graph, max(needs, default=-1) + 1)
            self.sums.append(row_sum)
            self.known[graph] = self.of[made] = row_sum
        return self.known[graph].symbol

    def outer(self, output: Node) -> Node:
        """What an expression is of the totals of its sums."""
        done: dict[Node, Node] = {}
        sums = {node: self.axes.sums(node) for node in topological([output])}

        def change(node: Node, args: list[Node]) -> Node:
            if node.op is SIZE and letters_in(node.params):
                return self._counted(node.params[0])
            return self.total(same(node, args)) if sums[node] else same(node, args)

        # A vertex is looked at as it was written, before totals take the place of its arguments.
        rebuilt([output], change, done)
        return done[output]

    def _counted(self, dim: Letters) -> Node:
        """A polynomial in the number of rows, of all of them and not of those of one part."""
        count = self.total(self.ones)
        whole: Node = number(0)
        for letters, factor in sorted(dim.terms, key=lambda term: len(term[0])):
            term: Node = number(Fraction(factor))
            for _ in letters:
                term = mul(term, count)
            whole = add(whole, term)
        return whole

    def gradients(self, value: Node, wrt: Mapping[str, Node]) -> dict[str, Node]:
        """The derivatives by inputs, each a graph of totals."""
        forward = [*self.sums]
        adjoints: dict[Node, Node] = {}
        self._pulled({value: number(1)}, [each.symbol for each in forward], wrt, adjoints, None)
        for each in reversed(forward):
            adjoint = adjoints.get(each.symbol)
            if adjoint is None or each.graph is self.ones:
                continue
            below = [other.symbol for other in forward if other.stage < each.stage]
            scalar = not each.graph.shape
            seed = number(1) if scalar else adjoint
            factor = adjoint if scalar else number(1)
            self._pulled({each.graph: seed}, below, wrt, adjoints, factor)
        return {name: adjoints.get(node, full(0, node.shape)) for name, node in wrt.items()}

    def _pulled(
        self, seeds: Mapping[Node, Node], sums: Sequence[Node], wrt: Mapping[str, Node],
        adjoints: dict[Node, Node], factor: Node | None,
    ) -> None:  # fmt: skip
        """Add what flows into totals and inputs; over rows, times a factor, where there is one."""
        targets = [*sums, *dict.fromkeys(wrt.values())]
        for target, part in zip(targets, pull(seeds, targets), strict=True):
            if part is not None:
                flow = part if factor is None else mul(factor, self.total(part))
                adjoints[target] = add(adjoints[target], flow) if target in adjoints else flow
