"""An expression of the syntax tree becomes a node: names looked up, calls and indices resolved.

Must not know statements or values; nothing recurses, so that 10,000 brackets are fine.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from fractions import Fraction
from functools import reduce
from typing import Any

from gradcli.calculus.core import ADD, MUL, NEG, NOT, number
from gradcli.errors import Span, wrong
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import Dim, Letters, add_dims, describe
from gradcli.language import syntax
from gradcli.language.calls import (
    bound,
    check_call,
    check_option,
    misfit,
    no_function,
    unfinished,
    unknown_function,
)
from gradcli.language.indices import check_place, check_range, no_member, not_whole, too_many
from gradcli.language.operators import (
    binary,
    check_depth,
    check_rows,
    condition,
    transpose_or_power,
)
from gradcli.language.scope import Closed, Family, Meaning, Scope, UserFunction
from gradcli.language.static import as_dim, static
from gradcli.language.syntax import Expr
from gradcli.ops import FUNCTIONS
from gradcli.ops.algebra import flat
from gradcli.ops.piecewise import MAX
from gradcli.ops.shaping import index, stack, transpose

Local = dict[str, Meaning]
Step = Generator[tuple[Expr, Local], Any, Any]
LONGEST_RANGE = 100_000


class Elaborator:
    """Builds nodes from expressions in a scope, and remembers where each node was first written."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.spans: dict[Node, Span] = {}
        self.steps = 0
        self.visitors: dict[type, Callable[[Any, Local], Step]] = {
            syntax.Number: self._number,
            syntax.Name: self._name,
            syntax.Text: self._text,
            syntax.File: self._file,
            syntax.Tuple: self._tuple,
            syntax.Array: self._array,
            syntax.Unary: self._unary,
            syntax.Binary: self._binary,
            syntax.Transpose: self._transpose,
            syntax.Index: self._index,
            syntax.Call: self._call,
            syntax.Fold: self._fold,
        }

    def node(self, expr: Expr, local: Local | None = None) -> Node:
        """The node of an expression; GradcliError for what it cannot mean."""
        stack_: list[tuple[Expr, Step]] = [(expr, self.visitors[type(expr)](expr, local or {}))]
        value: Any = None
        while True:
            current, step = stack_[-1]
            try:
                child, names = step.send(value)
            except StopIteration as done:
                stack_.pop()
                value = done.value
                if isinstance(value, Node):
                    self.spans.setdefault(value, current.span)
                if not stack_:
                    return self._value(expr, value)
            except ShapeError as error:
                message, _, mend = str(error).partition("; ")
                raise wrong("G201", message, current.span, help=mend) from None
            else:
                stack_.append((child, self.visitors[type(child)](child, names)))
                value = None

    def whole(self, expr: Expr, local: Local | None = None) -> int:
        """A whole number that is known now; GradcliError otherwise."""
        return self._whole(expr, self.node(expr, local))

    def _whole(self, expr: Expr, node: Node) -> int:
        dim = self._dim(expr, node)
        if isinstance(dim, Letters):
            raise wrong("G012", f"{dim} has no size yet", expr.span, label="a number is needed")
        return dim

    def _dim(self, expr: Expr, node: Node) -> Dim:
        dim = as_dim(static(node))
        if dim is None:
            raise not_whole(expr)
        return dim

    @staticmethod
    def _value(expr: Expr, value: Any) -> Node:
        if isinstance(value, Node):
            return value
        raise unfinished(expr, value)

    def unroll(self, span: Span, low: int, high: int) -> None:
        """Count the steps of a range or a call; GradcliError where all together are too many."""
        self.steps += max(high - low + 1, 0)
        if self.steps > LONGEST_RANGE:
            raise wrong(
                "G012", "the loops, ranges and calls of this program are too many", span,
                label=f"{LONGEST_RANGE:,} steps at most, all together",
            )  # fmt: skip

    # -- one visitor a construct: it yields the expressions it needs and returns a node -----------

    def _number(self, expr: syntax.Number, local: Local) -> Step:
        return number(expr.value)
        yield

    def _name(self, expr: syntax.Name, local: Local) -> Step:
        return self._value(expr, self.scope.lookup(expr, local))
        yield

    def _text(self, expr: syntax.Text, local: Local) -> Step:
        raise wrong("G009", "a quoted text is only an option of a function", expr.span)
        yield

    def _file(self, expr: syntax.File, local: Local) -> Step:
        raise wrong(
            "G010", "a file gives the value of an input; it stands in  at W = @w.npy", expr.span
        )
        yield

    def _tuple(self, expr: syntax.Tuple, local: Local) -> Step:
        raise wrong(
            "G001", "a list in round brackets is only a shape, as in reshape(x, (2, 3))", expr.span,
            help="for a vector write  [a, b]",
        )  # fmt: skip
        yield

    def _array(self, expr: syntax.Array, local: Local) -> Step:
        items = []
        for item in expr.items:
            node = yield item, local
            condition(item, node, wanted=False)
            check_depth(item, node)
            items.append(flat(node))
        check_rows(expr, items)
        return stack(*items)

    def _unary(self, expr: syntax.Unary, local: Local) -> Step:
        operand = yield expr.operand, local
        condition(expr.operand, operand, wanted=expr.operator == "not")
        if expr.operator == "+":
            return operand
        return make(NOT if expr.operator == "not" else NEG, operand)

    def _binary(self, expr: syntax.Binary, local: Local) -> Step:
        left = yield expr.left, local
        if expr.operator == "^" and isinstance(expr.right, syntax.Name) and expr.right.name == "T":
            if self.scope.known("T") or "T" in local:
                raise transpose_or_power(expr)
            return transpose(left)
        right = yield expr.right, local
        return binary(expr, left, right)

    def _transpose(self, expr: syntax.Transpose, local: Local) -> Step:
        operand = yield expr.operand, local
        return transpose(operand)

    def _index(self, expr: syntax.Index, local: Local) -> Step:
        operand = expr.operand
        meaning: Any = None
        if isinstance(operand, syntax.Name):
            meaning = self.scope.lookup(operand, local)
        if isinstance(meaning, Family):
            member_expr, *rest = expr.items
            if isinstance(member_expr, syntax.Slice):
                raise wrong(
                    "G012", "a family has no ranges", member_expr.span, help="name one member"
                )
            at = self._whole(member_expr, (yield member_expr, local))
            if at not in meaning.members:
                raise no_member(expr, operand.span.text, meaning, at)
            node, items = meaning.members[at], tuple(rest)
        else:
            node, items = (yield operand, local), expr.items
        if len(items) > len(node.shape):
            raise too_many(expr, describe(node.shape), len(node.shape), len(items))
        key: list[Any] = []
        for item, dim in zip(items, node.shape, strict=False):
            if isinstance(item, syntax.Slice):
                start = (
                    0 if item.start is None else (yield from self._place(item.start, dim, local))
                )
                stop = dim if item.stop is None else (yield from self._place(item.stop, dim, local))
                check_range(item, start, stop, dim)
                key.append((start, stop))
            else:
                place = yield from self._place(item, dim, local)
                check_place(item, place, dim)
                key.append(place)
        return index(node, tuple(key)) if key else node

    def _place(self, expr: Expr, dim: Dim, local: Local) -> Generator[tuple[Expr, Local], Any, Dim]:
        """An index or a bound: only a written negative one counts from the end."""
        place = self._dim(expr, (yield expr, local))
        written = isinstance(expr, syntax.Unary) and isinstance(expr.operand, syntax.Number)
        return add_dims(dim, place) if written and isinstance(place, int) and place < 0 else place

    def _call(self, expr: syntax.Call, local: Local) -> Step:
        name = expr.function.name
        meaning: Any = local.get(name)
        if meaning is None and self.scope.known(name):
            meaning = self.scope.lookup(expr.function, local)
        if isinstance(meaning, UserFunction):
            return (yield from self._user_call(expr, meaning, local))
        if meaning is not None:
            kind = describe(meaning.shape) if isinstance(meaning, Node) else "a family"
            raise no_function(expr, kind)
        function = FUNCTIONS.get(name)
        if function is None:
            raise unknown_function(expr)
        arguments = bound(expr, function)
        values: list[Any] = []
        keywords: dict[str, Any] = {}
        for parameter, given, by_name in arguments:
            if parameter in function.static:
                value = check_option(parameter, given, (yield from self._option(given, local)))
            else:
                value = yield given, local
                condition(given, value, wanted=parameter == "cond")
            if by_name and parameter in function.static:
                keywords[parameter] = value
            else:
                values.append(value)
        try:
            return function(*values, **keywords)
        except ShapeError as error:
            raise misfit(expr, arguments, values, str(error)) from None

    def _option(self, expr: Expr, local: Local) -> Generator[tuple[Expr, Local], Any, Any]:
        """An option that is read now: a text, a shape, a whole number, `inf`."""
        if isinstance(expr, syntax.Text):
            return expr.value
        if isinstance(expr, syntax.Tuple):
            dims = []
            for item in expr.items:
                dims.append(self._dim(item, (yield item, local)))
            return tuple(dims)
        if isinstance(expr, syntax.Name) and expr.name == "inf":
            return "inf"
        node = yield expr, local
        value = static(node)
        if isinstance(value, Fraction) and value.denominator != 1:
            return value
        return self._dim(expr, node)

    def _user_call(self, expr: syntax.Call, function: UserFunction, local: Local) -> Step:
        definition = function.definition
        check_call(expr, definition)
        self.unroll(expr.span, 1, 1)
        names = Closed(function.names)
        for parameter, argument in zip(definition.parameters, expr.arguments, strict=True):
            names[parameter.name] = yield argument, local
        return (yield definition.body, names)

    def _fold(self, expr: syntax.Fold, local: Local) -> Step:
        low = self._whole(expr.low, (yield expr.low, local))
        high = self._whole(expr.high, (yield expr.high, local))
        self.unroll(expr.span, low, high)
        parts = []
        for t in range(low, high + 1):
            parts.append((yield expr.body, type(local)({**local, expr.variable.name: number(t)})))
            condition(expr.body, parts[-1], wanted=False)
        kind = expr.function.name
        if kind == "max":
            if not parts:
                message = f"max over the empty range {low}..{high}"
                raise wrong("G012", message, expr.span, label="of nothing")
            return make(MAX, *parts) if len(parts) > 1 else parts[0]
        if kind not in ("sum", "prod"):
            message = f"{kind} does not run over a range"
            raise wrong("G009", message, expr.span, help="sum, prod and max do")
        if not parts:
            return number(int(kind == "prod"))
        return reduce(lambda a, b: make(ADD if kind == "sum" else MUL, a, b), parts)
