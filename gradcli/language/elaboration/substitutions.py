"""Values at a point: `subs(dL/dx, x=0)`, in which derivatives are taken before `x` has its value.

Must not know how a derivative is computed, nor which claims are made with one.
"""

from __future__ import annotations

from gradcli.calculus.core import CONSTANT, COPY, INPUT, NUMBER, SIZE
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.errors import GradcliError, Span, wrong
from gradcli.graph.node import Label, Node, make
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import describe
from gradcli.language.elaboration.operators import as_number
from gradcli.language.elaboration.walk import Local, Step, Walker
from gradcli.language.tree import syntax

SUBS = "subs"
NUMBERS = (CONSTANT, NUMBER, SIZE)


class Substitutions:
    """How `subs` is read: whatever is made of a name is made of its value instead."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.scope = walker, walker.scope

    def call(self, expr: syntax.Call, local: Local) -> Step:
        """`subs(expression, name=value, …)`; all names get their values at once."""
        if len(expr.arguments) != 1 or not expr.keywords:
            message = "subs takes one expression and values of names"
            raise wrong("G009", message, expr.span, help="write  subs(df/dx, x=0)")
        derived = self.walker.derived
        before = len(derived)
        node = as_number((yield expr.arguments[0], local))
        taken = derived[before:]
        del derived[before:]
        points: dict[Node, Node] = {}
        for name, written in expr.keywords:
            vertex = self._vertex(name, local, points)
            value = as_number((yield written, local))
            if value.shape != vertex.shape:
                message = f"{name.name} is {describe(vertex.shape)}, not {describe(value.shape)}"
                raise wrong("G201", message, written.span)
            # A vertex of its own: what is made of it may have a kink there, or no value.
            points[vertex] = make(COPY, value, label=Label(name.name))
        # What a derivative is taken by moves without the values that are made of it.
        order = topological(points.values())
        stay = {*order} - dependents(order, points)
        made = points | {d.by: make(COPY, d.by, label=d.by.label) for d in taken if d.by in stay}
        whole = [node, *(n for d in taken for n in (d.of, d.by, d.node, *d.beside))]
        rebuilt(whole, same, made)
        derived += [d.turned(made.__getitem__) for d in taken]
        self._require_free(expr, points, [made[node], *(made[d.of] for d in taken)])
        return made[node]

    def _vertex(self, name: syntax.Name, local: Local, taken: dict[Node, Node]) -> Node:
        """What a name stands for, which has no value so far."""
        text = name.name
        known = text in local or self.scope.known(text) or text in self.scope.inputs
        vertex = self.scope.lookup(name, local) if known else None
        if vertex is None:
            raise self.scope.unknown(name, local)
        if not isinstance(vertex, Node) or (vertex.label is None and vertex.op in NUMBERS):
            raise wrong("G009", f"{text} is no variable here", name.span)
        if vertex in taken:
            raise wrong("G009", f"{text} has two values here", name.span)
        return vertex

    def _require_free(self, expr: syntax.Call, points: dict[Node, Node], made: list[Node]) -> None:
        """GradcliError where what a vertex is made of stands beside its value.

        `z = x + 1; subs(x*z, z=0)` would be 0 if x were on its own, and is -1*0 with x = -1.
        """
        fixed = {*points.values()}
        left = set(topological(made, lambda n: () if n in fixed else n.args))
        for (name, _), vertex in zip(expr.keywords, points, strict=True):
            inside = [n for n in topological([vertex]) if n.op is INPUT and n is not vertex]
            if beside := next((n for n in inside if n in left), None):
                raise _made_of(name.span, name.name, str(beside.params[0]))


def _made_of(place: Span, name: str, beside: str) -> GradcliError:
    message = f"{name} is made of {beside}, which stands beside it here"
    return wrong("G009", message, place, help=f"give {beside} its value instead")
