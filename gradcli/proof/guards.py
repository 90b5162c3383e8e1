"""What the vertices of a pair require of their arguments, with regard to the branches taken.

Must not know whether any of it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import EINSUM, WHERE, masked
from gradcli.calculus.families import Requirement
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.proof.domain import known
from gradcli.proof.modular import MODULAR
from gradcli.trial.trials import Sizes

Values = dict[Node, Array]


class Guards:
    """The requirements within a pair; without a `where` they are the same for all patterns."""

    def __init__(self, pair: Pair, sizes: Sizes) -> None:
        self.needs, self.sizes = pair.requirements, sizes
        self.chosen = any(node.op is WHERE for node in pair.order)
        self.always: dict[tuple[Node, ...], list[Requirement]] = {}

    def unguarded(self, nodes: Sequence[Node]) -> set[Node]:
        """What must be positive, or not negative, whichever branch is taken."""
        order = topological(nodes, lambda n: n.args[:1] if n.op is WHERE else n.args)
        return {r.expr for n in order for r in self.needs.get(n, ()) if r.relation != "!= 0"}

    def required(self, nodes: Sequence[Node], values: Values) -> list[Requirement]:
        """What vertices require, with the branches that were taken."""

        def follow(node: Node) -> Sequence[Node]:
            if node.op is not WHERE:
                return node.args
            yes = self._truths(node, values)
            return node.args[: 1 + any(yes)] + node.args[2:] * (not all(yes))

        return self._reached(nodes, follow)

    def assured(self, nodes: Sequence[Node], values: Values) -> list[Requirement]:
        """What holds wherever these have a value: no entry of it can have been passed over."""

        def follow(node: Node) -> Sequence[Node]:
            if node.op is WHERE:
                yes = self._truths(node, values)
                return node.args[: 1 + all(yes)] + node.args[2:] * (not any(yes))
            if node.op is EINSUM and any(masked(arg) for arg in node.args):
                return [arg for arg in node.args if masked(arg)]
            return node.args

        return self._reached(nodes, follow)

    def _truths(self, node: Node, values: Values) -> list[bool]:
        return [x is True for x in known(node.args[0], MODULAR, values, self.sizes).flat]

    def _reached(
        self, nodes: Sequence[Node], follow: Callable[[Node], Sequence[Node]]
    ) -> list[Requirement]:
        if not self.needs:
            return []
        if self.chosen:
            return self._along(topological(nodes, follow))
        key = tuple(nodes)
        if key not in self.always:
            self.always[key] = self._along(topological(nodes))
        return self.always[key]

    def _along(self, order: Sequence[Node]) -> list[Requirement]:
        return [each for node in order for each in self.needs.get(node, ())]
