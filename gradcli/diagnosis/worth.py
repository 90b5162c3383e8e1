"""What an expression of scalars is worth by what its parts are: no vertex is made of it.

Must not know mistakes, nor what a value is held against; values are doubles at some points.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.families import Pointwise
from gradcli.language.syntax import Beside, Binary, Call, Expr, Name, Number, Unary
from gradcli.language.tree import constant
from gradcli.ops import FUNCTIONS
from gradcli.ops.reductions import sum_of

SIGNS: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, ".*": np.multiply,
    "/": np.true_divide, "./": np.true_divide,
}  # fmt: skip
POWERS = ("^", ".^")


class Worth:
    """Reads expressions by values: `known` of those that were read, `named` of names.

    What has a meaning of its own in a derivation is in `defined`, and no function of the library.
    """

    def __init__(
        self,
        known: Callable[[Expr], Array | None],
        named: Mapping[str, Array],
        defined: Collection[str],
    ) -> None:
        self.known, self.named, self.defined = known, named, defined

    def of(self, expr: Expr) -> Array | None:
        """Its values (points), or (1) for a number; None for what takes a closer reading."""
        found = self.known(expr)
        if found is not None:
            return found if found.ndim == 1 else None
        match expr:
            case Number():
                return FLOAT64.number(expr.value)
            case Name():
                return self.named.get(expr.name)
            case Unary(operator="-"):
                operand = self.of(expr.operand)
                return None if operand is None else -operand
            case Binary() if not isinstance(expr, Beside):
                return self._binary(expr)
            case Call():
                return self._call(expr)
        return None

    def _binary(self, expr: Binary) -> Array | None:
        operation = SIGNS.get(expr.operator)
        if operation is None and expr.operator not in POWERS:
            return None
        left = self.of(expr.left)
        if left is None:
            return None
        if operation is None:
            exponent = constant(expr.right)
            whole = exponent is not None and exponent.denominator == 1
            return left ** float(exponent) if exponent is not None and whole else None
        right = self.of(expr.right)
        return None if right is None else operation(left, right)

    def _call(self, expr: Call) -> Array | None:
        name = expr.function.name
        if name in self.defined or len(expr.arguments) != 1:
            return None
        function, argument = FUNCTIONS.get(name), self.of(expr.arguments[0])
        if function is None or argument is None:
            return None
        if function is sum_of:
            # One number has one entry, whatever it is summed over.
            return argument
        op = function.op
        if expr.keywords or not isinstance(op, Pointwise) or len(function.parameters) != 1:
            return None
        value: Array = op.value(FLOAT64, argument)
        return value
