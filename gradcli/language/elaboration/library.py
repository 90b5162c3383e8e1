"""Calls of functions of the language: their arguments, options and shapes; bars, which are calls.

Must not know the program's own functions, nor what any function does.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node, ShapeError, SizeNeeded
from gradcli.graph.order import topological
from gradcli.language.elaboration.calls import bound, check_option, composed_call, misfit
from gradcli.language.elaboration.lost_axes import refuse_column
from gradcli.language.elaboration.operators import as_number, condition, meaning_of_bars
from gradcli.language.elaboration.static import static
from gradcli.language.elaboration.walk import FunctionCall, Local, Step, Walker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr
from gradcli.ops import FUNCTIONS, Function
from gradcli.ops.losses import SECTION as LOSSES


def _called(expr: syntax.Call) -> Callable[[list[str]], str]:
    """The same call with the texts of its arguments."""
    return lambda texts: f"{expr.function.name}({', '.join(texts)})"


class LibraryCalls:
    """How calls of the registry's functions are read."""

    def __init__(self, walker: Walker) -> None:
        self.walker = walker

    def bars(self, expr: syntax.BarCall, local: Local) -> Step:
        """`|x|`, `||x||`, whose function its shape says."""
        value = as_number((yield expr.arguments[0], local))
        name = meaning_of_bars(expr, value)
        expr.function = syntax.Name(expr.function.span, name)
        return (yield from self.call(expr, FUNCTIONS[name], local, {expr.arguments[0]: value}))

    def call(
        self,
        expr: syntax.Call,
        function: Function,
        local: Local,
        read: Mapping[Expr, Node] | None = None,
    ) -> Step:
        """The node of a call; what has been `read` of its arguments is not read again."""
        arguments = bound(expr, function)
        values: list[Any] = []
        keywords: dict[str, Any] = {}
        written: list[Node | str] = []
        for parameter, given, by_name in arguments:
            if parameter in function.static:
                value = check_option(parameter, given, (yield from self._option(given, local)))
            else:
                value = read[given] if read and given in read else (yield given, local)
                if parameter == "cond":
                    condition(given, value, wanted=True)
                else:
                    value = as_number(value)
            if by_name and parameter in function.static:
                keywords[parameter] = value
            else:
                values.append(value)
            # A default stands nowhere in the text.
            if given.span.start < given.span.end:
                name = f"{parameter}=" * by_name
                written.append(value if isinstance(value, Node) else name + given.span.text)
        if isinstance(function.op, Pointwise) or function.section == LOSSES:
            beside = zip((e for _, e, _ in arguments), values, strict=False)
            sides = [(e, value) for e, value in beside if isinstance(value, Node)]
            if refused := refuse_column(expr.span, sides, _called(expr)):
                raise refused
        try:
            node = function(*values, **keywords)
            if node.op is not function.op:
                name = expr.function.name
                self._made_of_others(FunctionCall(name, expr.span), node, values)
                self.walker.composed.made(node, composed_call(name, written))
            return node
        except ShapeError as error:
            raise misfit(expr, arguments, values, str(error)) from None
        except SizeNeeded as needed:
            self.walker.unknown_size(needed.dim)

    def _made_of_others(self, call: FunctionCall, node: Node, values: Sequence[Any]) -> None:
        """Remember that it was this function that was called, whatever it is made of."""
        given = {value for value in values if isinstance(value, Node)}
        for inner in topological([node], lambda n: () if n in given else n.args):
            if inner.args and inner not in given and inner not in self.walker.spans:
                self.walker.calls.setdefault(inner, call)
                if self.walker.turn:
                    self.walker.in_turn.setdefault(inner, self.walker.turn)

    def _option(self, expr: Expr, local: Local) -> Generator[tuple[Expr, Local], Any, Any]:
        """An option that is read now: a text, a shape, a whole number, `inf`, `True`."""
        if isinstance(expr, syntax.Text):
            return expr.value
        if isinstance(expr, syntax.Tuple):
            dims = []
            for item in expr.items:
                dims.append(self.walker.dim(item, (yield item, local)))
            return tuple(dims)
        if isinstance(expr, syntax.Name) and expr.name == "inf":
            return "inf"
        if isinstance(expr, syntax.Name) and expr.name in ("True", "False"):
            return expr.name == "True"
        node = yield expr, local
        value = static(node)
        if isinstance(value, Fraction) and value.denominator != 1:
            return value
        return self.walker.dim(expr, node)
