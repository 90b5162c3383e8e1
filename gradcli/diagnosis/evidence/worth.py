"""What an expression of scalars is worth by what its parts are: no vertex is made of it.

Must not know mistakes, nor what a value is held against; values are floats, or doubles at points.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from typing import Any, Generic, TypeVar

from gradcli.calculus.families import Pointwise
from gradcli.language.tree.build import POWERS, constant
from gradcli.language.tree.syntax import Beside, Binary, Call, Expr, Name, Number, Unary
from gradcli.ops import FUNCTIONS
from gradcli.ops.reductions import sum_of

V = TypeVar("V")
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, ".*": operator.mul,
    "/": operator.truediv, "./": operator.truediv,
}  # fmt: skip


class Worth(Generic[V]):
    """Reads expressions by values: `known` of those that were read, `named` of names.

    What has a meaning of its own in a derivation is in `defined`, and no function of the library.
    """

    def __init__(
        self, known: Callable[[Expr], V | None], named: Mapping[str, V],
        defined: Collection[str], functions: Any,
    ) -> None:  # fmt: skip
        self.known, self.named, self.defined = known, named, defined
        self.functions = functions

    def of(self, expr: Expr) -> V | None:
        """Its value; None for what takes a closer reading."""
        found = self.known(expr)
        if found is not None:
            return found
        match expr:
            case Number():
                number: V = self.functions.number(expr.value)
                return number
            case Name():
                return self.named.get(expr.name)
            case Unary(operator="-"):
                operand: Any = self.of(expr.operand)
                return None if operand is None else -operand
            case Binary() if not isinstance(expr, Beside):
                return self._binary(expr)
            case Call() if len(expr.arguments) == 1 and not expr.keywords:
                argument = self.of(expr.arguments[0])
                return None if argument is None else self.called(expr, argument)
        return None

    def _binary(self, expr: Binary) -> V | None:
        operation = SIGNS.get(expr.operator)
        if operation is None and expr.operator not in POWERS:
            return None
        left: Any = self.of(expr.left)
        if left is None:
            return None
        if operation is None:
            exponent = constant(expr.right)
            whole = exponent is not None and exponent.denominator == 1
            return left ** float(exponent) if exponent is not None and whole else None
        right = self.of(expr.right)
        return None if right is None else operation(left, right)

    def called(self, expr: Call, argument: V) -> V | None:
        """A function's value at its one argument."""
        name = expr.function.name
        function = None if name in self.defined else FUNCTIONS.get(name)
        if function is None or len(expr.arguments) != 1:
            return None
        if function is sum_of:
            # One number has one entry, whatever it is summed over.
            return argument
        op = function.op
        if expr.keywords or not isinstance(op, Pointwise) or len(function.parameters) != 1:
            return None
        value: V = op.value(self.functions, argument)
        return value
