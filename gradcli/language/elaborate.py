"""An expression of the syntax tree becomes a node: names looked up, calls resolved.

Must not know statements or values.
"""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction
from functools import reduce
from typing import Any

from gradcli.calculus.core import NEG, NOT, full, number, symbol
from gradcli.calculus.families import Pointwise
from gradcli.errors import wrong
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import describe
from gradcli.language import syntax
from gradcli.language.calls import (
    DERIVATIVES,
    bound,
    check_call,
    check_option,
    misfit,
    no_function,
    unknown_function,
)
from gradcli.language.indexing import Indexing
from gradcli.language.literals import rounding
from gradcli.language.operators import (
    binary,
    check_depth,
    check_rows,
    condition,
    prime_of_a_scalar,
    transpose_or_power,
)
from gradcli.language.scope import Closed, Scope, UserFunction
from gradcli.language.static import static
from gradcli.language.syntax import Expr
from gradcli.language.walk import Local, Step
from gradcli.ops import FUNCTIONS
from gradcli.ops.algebra import flat
from gradcli.ops.shaping import stack, transpose


class Elaborator(Indexing):
    """The visitors of everything else."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.visitors |= {
            syntax.Number: self._number,
            syntax.Name: self._name,
            syntax.Text: self._text,
            syntax.FileValue: self._file,
            syntax.Tuple: self._tuple,
            syntax.Array: self._array,
            syntax.Unary: self._unary,
            syntax.Binary: self._binary,
            syntax.Transpose: self._transpose,
            syntax.Index: self._index,
            syntax.Derivative: self.derivative,
            syntax.Call: self._call,
            syntax.Fold: self._fold,
        }

    # -- one visitor a construct: it yields the expressions it needs and returns a node -----------

    def _number(self, expr: syntax.Number, local: Local) -> Step:
        if self.rounded is not None and (ends := rounding(expr.span.text, expr.value)):
            literal = symbol(f"(literal {expr.span.start})", ())
            self.rounded[literal] = ends
            return literal
        return number(expr.value)
        yield

    def _name(self, expr: syntax.Name, local: Local) -> Step:
        return self._value(expr, self.scope.lookup(expr, local))
        yield

    def _text(self, expr: syntax.Text, local: Local) -> Step:
        raise wrong("G009", "a quoted text is only an option of a function", expr.span)
        yield

    def _file(self, expr: syntax.FileValue, local: Local) -> Step:
        if expr.path in self.scope.files:
            return symbol(f"@{expr.path}", self.scope.files[expr.path])
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
        if not operand.shape and expr.span.text.endswith("'"):
            raise prime_of_a_scalar(expr)
        return transpose(operand)

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
        if name in DERIVATIVES:
            return (yield from self.derivative_call(expr, local))
        function = FUNCTIONS.get(name)
        if function is None:
            inner = name[1:]
            known = inner in FUNCTIONS or isinstance(self.scope.names.get(inner), UserFunction)
            raise unknown_function(expr, derived=name.startswith("d") and known)
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
        parts, name = [], expr.variable.name
        for t in range(low, high + 1):
            parts.append((yield expr.body, type(local)({**local, name: number(t)})))
            condition(expr.body, parts[-1], wanted=False)
        kind = expr.function.name
        if kind not in FUNCTIONS or (fold := FUNCTIONS[kind].fold) is None:
            *others, last = [f.name for f in dict.fromkeys(FUNCTIONS.values()) if f.fold]
            message = f"{kind} does not run over a range"
            raise wrong("G009", message, expr.span, help=f"{', '.join(others)} and {last} do")
        op, empty = fold
        if not parts:
            if empty is None:
                message = f"{kind} over the empty range {low}..{high}"
                raise wrong("G012", message, expr.span, label="of nothing")
            body = yield from self._hollow(expr, type(local)({**local, name: number(low)}))
            return full(empty, body.shape)
        if isinstance(op, Pointwise) and op.variadic and len(parts) > 1:
            return make(op, *parts)
        return reduce(lambda a, b: make(op, a, b), parts)

    def _hollow(self, expr: syntax.Fold, local: Local) -> Step:
        """The body of a fold over nothing, for the sake of its shape."""
        before, hollow, self.hollow = len(self.derived), self.hollow, True
        body = yield expr.body, local
        condition(expr.body, body, wanted=False)
        self.hollow = hollow
        del self.derived[before:]
        return body
