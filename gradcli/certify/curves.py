"""A function along paths, as series in t > 0; the derivatives within it are taken by shorter steps.

Must not know our derivative rules, nor which paths are asked for or what is made of the series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import finite
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import operations, size_of
from gradcli.arithmetic.jet import ABSENT, UNKNOWN, Jet, jet, monomial
from gradcli.arithmetic.measure import holds_zero
from gradcli.arithmetic.series import SERIES
from gradcli.calculus.core import ADD, NEG, SUB, add, full, neg, symbol
from gradcli.calculus.derivative import Derived
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import size
from gradcli.ops.shaping import concat, reshape

STEP = 8
"""A slope at p(t) is taken with a step of t^8, that of a slope within it with one of t^64, …"""
GROWTH = 2
"""How fast second derivatives may grow as t falls, like t^-2, for a slope to be told."""
SUMS = (ADD, SUB, NEG)
QUOTIENTS = 3
"""How often the terms of a step are there: each quotient by what moves with it loses as many."""
SPARE = 8
"""Terms of a series beyond those."""


@dataclass(slots=True, eq=False, repr=False)
class Curve:
    """What moves along a path: a vertex, and derivatives within it, none of them by its graph."""

    node: Node
    inner: Sequence[Derived] = ()

    def _first(self) -> list[Derived]:
        """The derivatives that the vertex is made of, not those of which they are derivatives."""
        known = {d.node: d for d in self.inner}
        if not known:
            return []
        order = topological([self.node], lambda n: () if n in known else n.args)
        return [known[n] for n in order if n in known]

    def _inside(self, taken: Derived) -> Curve:
        """What is differentiated, with the derivatives within that."""
        return Curve(taken.of, [d for d in self.inner if d.node is not taken.node])

    def depth(self, along: Node | None) -> int:
        """How many steps are taken within one another."""
        return max((self._depth(d, along) for d in self._first()), default=0)

    def _depth(self, taken: Derived, along: Node | None) -> int:
        inside = self._inside(taken)
        return inside.depth(along) if taken.by is along else 1 + inside.depth(None)

    def terms(self, root: int, along: Node | None) -> int:
        """How many terms the series need on the way."""
        depth = self.depth(along)
        steps = QUOTIENTS * STEP**depth if depth else 0
        return root * (steps + (SPARE if root == 1 else SPARE // 2))

    def cost(self, sizes: Mapping[str, int]) -> int:
        """The operations on series that one path takes."""
        total = operations([self.node], sizes)
        for derived in self._first():
            total += (1 + 2 * size_of(derived.by, sizes)) * self._inside(derived).cost(sizes)
        return total

    def series(
        self, evaluate: Any, moved: Mapping[Node, Array], root: int, along: Node | None = None,
        step: int = 1,
    ) -> Array:  # fmt: skip
        """The vertex along every path of the batch `moved`, whose parameter is t^root.

        `along` is the one number that moves, and straight on: derivatives by it are those of the
        series.
        """
        values = dict(moved)
        for derived in self._first():
            inside, by = self._inside(derived), derived.by
            if by is along:
                found = inside.series(evaluate, moved, root, along)
                slope = np.frompyfunc(lambda s, x: _derivative(s, x, root), 2, 1)
                base = moved[by].reshape(-1, *[1] * (found.ndim - 1))
                values[derived.node] = slope(found, base)
            else:
                inside = inside._with(by)
                values[derived.node] = inside._slopes(by, evaluate, moved, root, step * STEP)
        whole: Array = evaluate([self.node], SERIES, values)[0]
        return whole

    def _with(self, by: Node) -> Curve:
        """The terms of a sum that `by` moves: those at rest are not worth a difference of balls."""
        known = {d.node for d in self.inner}
        active = dependents(topological([self.node]), {by, *known})
        total: Node | None = None
        stack = [(self.node, False)]
        while stack:
            node, negative = stack.pop()
            if node not in active:
                continue
            sums = node.op in SUMS and node is not by and node not in known
            if sums and all(arg.shape == node.shape for arg in node.args):
                turned = (node.op is NEG, node.op is not ADD)
                stack += [(arg, negative ^ turned[k]) for k, arg in enumerate(node.args)]
                continue
            part = neg(node) if negative else node
            total = part if total is None else add(total, part)
        return Curve(full(0, self.node.shape) if total is None else total, self.inner)

    def _slopes(
        self, by: Node, evaluate: Any, moved: Mapping[Node, Array], root: int, step: int
    ) -> Array:
        """The derivative by every entry of `by`, all along the path: (paths, *shape, *by's)."""
        base = moved[by] if by in moved else Curve(by).series(evaluate, moved, root)
        start = self.series(evaluate, {**moved, by: base}, root, step=step)
        shape = base.shape[1:]
        width = prod(shape)
        count = max(len(start), len(base))
        out = np.empty((count, *start.shape[1:], width), dtype=object)
        length = step * root
        quotient = np.frompyfunc(lambda a, b, side: _quotient(a, b, side, length, root), 3, 1)
        for column, place in enumerate(np.ndindex(*shape)):
            sides = []
            for side in (1, -1):
                end = base.copy()
                end[(slice(None), *place)] += monomial(side, length)
                ends = self.series(evaluate, {**moved, by: end}, root, step=step)
                sides.append(quotient(ends, start, side))
            out[..., column] = np.frompyfunc(_agreed, 2, 1)(*sides)
        return out.reshape(*out.shape[:-1], *shape)


def gradient_curve(f: Node, wrt: Sequence[Node]) -> Curve:
    """The gradient of a scalar by several vertices, flattened and joined in their order."""
    parts = [symbol(f"(gradient {k})", node.shape) for k, node in enumerate(wrt)]
    return Curve(flattened(parts), [Derived(f, *pair) for pair in zip(wrt, parts, strict=True)])


def flattened(parts: Sequence[Node]) -> Node:
    """Arrays flattened, one after the other."""
    flat = [reshape(part, (size(part.shape),)) for part in parts]
    return flat[0] if len(flat) == 1 else concat(*flat)


def _derivative(series: Any, x: Any, root: int) -> Jet:
    """The derivative of a series by x = a + b t^root."""
    known = jet(series).coefficients
    if any(c != 0 for c in known[1:root]):
        return ABSENT
    if len(known) <= root or not all(finite(c) and holds_zero(c) for c in known[1:root]):
        return UNKNOWN
    b = x.coefficient(root)
    slope = [known[k] * k / (b * root) for k in range(root, len(known))]
    return Jet.of(slope, None if jet(series).degree < len(known) else len(slope))


def _quotient(moved: Any, start: Any, side: int, length: int, root: int) -> Jet:
    """(moved - start) / (side t^length), as far as it is the slope."""
    difference = jet(moved) - start
    known = difference.coefficients
    if any(c != 0 for c in known[:length]):
        # A jump, or slopes that grow without bound: there is no derivative all along the path.
        return ABSENT
    if len(known) <= length or not all(finite(c) and holds_zero(c) for c in known[:length]):
        return UNKNOWN
    end = min(len(known), 2 * length - GROWTH * root)
    slope = [c * side for c in known[length:end]]
    return Jet.of(slope, None if difference.degree < end else len(slope))


def _agreed(right: Jet, left: Jet) -> Jet:
    """What both sides say of a slope along the path, certainly nothing where they differ."""
    if any(x.is_absent() for x in (right, left)):
        return ABSENT
    pairs = zip(right.coefficients, left.coefficients, strict=False)
    return ABSENT if any(a != b for a, b in pairs) else right
