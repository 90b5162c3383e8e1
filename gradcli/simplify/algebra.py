"""What factoring and rewriting ask of the simplifier whose sums and products they make shorter.

Must not know how anything is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Protocol

from gradcli.graph.node import Node
from gradcli.graph.shape import Shape
from gradcli.graph.space import Space
from gradcli.simplify.products import Form, Product
from gradcli.simplify.rules import Rule


class Algebra(Protocol):
    """Normal forms and the graphs that they become.

    `sums` are the forms of vertices that stand for a sum in brackets, `spaces` the sets of inputs;
    unless `ruled`, no identity is used.
    """

    sums: dict[Node, Form]
    spaces: Mapping[Node, Space]
    ruled: bool

    def form(self, root: Node) -> Form:
        """The normal form of a vertex."""

    def left_side(self, rule: Rule, anchor: Node, bound: list[Node]) -> Form:
        """The left side of an identity as it stands."""

    def symmetric(self, node: Node) -> bool:
        """Whether a matrix is its own transpose."""

    def atom(self, form: Form) -> tuple[Fraction, Node]:
        """A number and the one vertex that stands for the rest of a form."""

    def network(self, product: Product, shape: Shape) -> Node:
        """The graph of a product."""

    def total(self, form: Form) -> Node:
        """The graph of a sum."""

    def cost(self, node: Node) -> int:
        """How long the formula of a graph is."""

    def added(self, shape: Shape, terms: list[Product]) -> Form:
        """A sum with like terms put together."""

    def tidied(self, product: Product) -> Product:
        """A product with nothing left in it that goes without saying."""

    def include(
        self,
        made: Product,
        form: Form,
        letters: Mapping[int, int],
        exponent: Fraction = Fraction(1),
    ) -> None:
        """Multiply by a power of a form: as a product, else as one factor."""
