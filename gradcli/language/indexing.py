"""Indices: members of families, entries of arrays and of derivatives.

Must not know the other constructs of the language.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from gradcli.errors import wrong
from gradcli.graph.shape import Dim, add_dims, describe
from gradcli.language import syntax
from gradcli.language.deriving import Deriving
from gradcli.language.indices import check_place, check_range, no_member, too_many
from gradcli.language.scope import Family
from gradcli.language.syntax import Expr
from gradcli.language.walk import Local, Step
from gradcli.ops.shaping import index


class Indexing(Deriving):
    """The visitor of `x[…]`."""

    def _index(self, expr: syntax.Index, local: Local) -> Step:
        operand = expr.operand
        meaning: Any = None
        if isinstance(operand, syntax.Name):
            meaning = self.scope.lookup(operand, local)
        elif isinstance(operand, syntax.Derivative):
            # The h[2] of dC/dh[2] is a member where h is a family.
            meaning = self.last_target(operand, local)
        if isinstance(meaning, Family):
            node, items = (yield from self._member(expr, meaning, local)), expr.items[1:]
            if isinstance(operand, syntax.Derivative):
                node = yield from self.derivative(operand, local, node)
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
                if not self.hollow:
                    check_range(item, start, stop, dim)
                key.append((start, stop))
            else:
                place = yield from self._place(item, dim, local)
                if not self.hollow:
                    check_place(item, place, dim)
                key.append(0 if self.hollow else place)
        return index(node, tuple(key)) if key else node

    def _place(self, expr: Expr, dim: Dim, local: Local) -> Generator[tuple[Expr, Local], Any, Dim]:
        """An index or a bound: only a written negative one counts from the end."""
        place = self._dim(expr, (yield expr, local))
        written = isinstance(expr, syntax.Unary) and isinstance(expr.operand, syntax.Number)
        return add_dims(dim, place) if written and isinstance(place, int) and place < 0 else place

    def _member(self, expr: syntax.Index, family: Family, local: Local) -> Step:
        first = expr.items[0]
        if isinstance(first, syntax.Slice):
            raise wrong("G012", "a family has no ranges", first.span, help="name one member")
        at = self._whole(first, (yield first, local))
        if at not in family.members and self.hollow:
            return next(iter(family.members.values()))
        if at not in family.members:
            operand = expr.operand
            if isinstance(operand, syntax.Derivative):
                operand = operand.by[-1][0]
            raise no_member(expr, operand.span.text, family, at)
        return family.members[at]
