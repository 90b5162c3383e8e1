"""An entry of an array, its index put to what it is made of: `(a - b)[i]` is `a[i] - b[i]`.

Must not know why one is asked for, nor what is derived by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradcli.graph.shape import Shape
from gradcli.language.tree.build import NOWHERE, changed
from gradcli.language.tree.syntax import Binary, Expr, Index, Unary

ENTRYWISE = ("+", "-", "*", "/", ".*", "./")
"""Operators between arrays of one shape, and arrays and numbers, that go entry by entry."""


def entry(expr: Expr, items: Sequence[Expr], shape: Callable[[Expr], Shape]) -> Expr:
    """The entry of an array at these indices; a number is itself."""
    own = shape(expr)
    if not own:
        return expr
    match expr:
        case Unary():
            return changed(expr, operand=entry(expr.operand, items, shape))
        case Binary() if expr.operator in ENTRYWISE:
            sides = {"left": expr.left, "right": expr.right}
            if all(shape(side) in ((), own) for side in sides.values()):
                return changed(expr, **{k: entry(x, items, shape) for k, x in sides.items()})
    return Index(NOWHERE, expr, (*items,))
