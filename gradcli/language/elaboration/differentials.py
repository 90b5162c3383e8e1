"""Differentials: `d(inv(X))`, and `dL` of a defined name, along the `dX` of inputs that have one.

Must not know how a derivative is computed, nor which claims are made with one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradcli.calculus import derivative as calculus
from gradcli.errors import GradcliError, Span, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import show
from gradcli.language.elaboration.operators import as_number
from gradcli.language.elaboration.scope import Meaning
from gradcli.language.elaboration.walk import Local, Step, Walker
from gradcli.language.tree import syntax
from gradcli.language.tree.build import NOWHERE

SIGN = "d"
GRADIENT = re.compile(rf"(?:grad_|delta_?|δ_?|{SIGN})(\w+)")
"""How people call the derivative of the one output by a name: `da`, `grad_a`, `delta_a`, `δ2`."""


def called_after(name: str) -> str | None:
    """By what something is the derivative, going by its name."""
    match = GRADIENT.fullmatch(name)
    return match and match[1]


class Differentials:
    """What `d` means of expressions and of names, as in J. R. Magnus and H. Neudecker (1988,
    "Matrix Differential Calculus"): an input without a differential is constant."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.scope = walker, walker.scope

    def pairs(self) -> list[tuple[Node, Node]]:
        """Every input of which a declared one of its shape is the differential, and that one."""
        shapes = self.scope.shapes
        return [
            (self._input(name), self._input(SIGN + name))
            for name, shape in shapes.items()
            if shapes.get(SIGN + name) == shape
        ]

    def _input(self, name: str) -> Node:
        node = self.scope.lookup(syntax.Name(NOWHERE, name), {})
        assert isinstance(node, Node)
        return node

    def of_name(self, name: str, local: Local) -> Node | None:
        """The vertex that `dL` is the differential of; None where the name is anything else."""
        vertex = self.scope.names.get(name[1:]) if name.startswith(SIGN) else None
        known = name in local or self.scope.known(name) or name in self.scope.inputs
        return vertex if isinstance(vertex, Node) and not known and self.pairs() else None

    def claimed(
        self, statement: syntax.Definition | syntax.FunctionDefinition, local: Mapping[str, Meaning]
    ) -> bool:
        """Whether `d(X) = …` or `dL = …` is said of a differential."""
        name = statement.name.name
        if isinstance(statement, syntax.FunctionDefinition):
            return name == SIGN and bool(self.pairs())
        return not statement.indices and self.of_name(name, dict(local)) is not None

    def taken(self, node: Node, span: Span) -> Node:
        """The differential of a vertex; GradcliError where no input has one."""
        pairs = self.pairs()
        if not pairs:
            raise self._none(span)
        parts = [calculus.jvp(node, x, dx, self.walker.derived) for x, dx in pairs]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def call(self, expr: syntax.Call, local: Local) -> Step:
        """`d(expression)`."""
        if len(expr.arguments) != 1 or expr.keywords:
            raise wrong("G009", "d takes one expression", expr.span, help="write  d(X @ Y)")
        node = as_number((yield expr.arguments[0], local))
        return self.taken(node, expr.span)

    def _none(self, span: Span) -> GradcliError:
        name, shape = next(iter(self.scope.shapes.items()), ("x", ()))
        power = f"^{show(shape)}" if len(shape) > 1 else f"^{shape[0]}" if shape else ""
        help = (
            f"declare it above:  d{name} in R{power}  for a differential,  or write  d(…)/d{name}"
        )
        return wrong("G009", "no input has a differential here", span, help=help)
