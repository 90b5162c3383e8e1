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
from gradcli.calculus.core import symbol
from gradcli.graph.claims import Derived
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import size
from gradcli.ops.shaping import concat, reshape

STEP = 8
"""A slope at p(t) is taken with a step of t^8, that of a slope within it with one of t^64, …"""
GROWTH = 2
"""How fast second derivatives may grow as t falls, like t^-2, for a slope to be told."""
SPARE = 8
"""Terms of a series beyond those that steps take: what quotients and roots lose."""


@dataclass(slots=True, eq=False)
class Curve:
    """What moves along a path: a vertex, and derivatives within it, none of them by its graph."""

    node: Node
    inner: Sequence[Derived] = ()

    def within(self) -> list[Curve]:
        """What is differentiated in the first place, each with the derivatives within that."""
        return [Curve(d.of, self._others(d)) for d in self._first()]

    def _first(self) -> list[Derived]:
        """The derivatives that the vertex is made of, not those of which they are derivatives."""
        known = {d.node: d for d in self.inner}
        if not known:
            return []
        order = topological([self.node], lambda n: () if n in known else n.args)
        return [known[n] for n in order if n in known]

    def _others(self, taken: Derived) -> list[Derived]:
        return [d for d in self.inner if d.node is not taken.node]

    @property
    def depth(self) -> int:
        """How many derivatives are taken of one another."""
        return 1 + max((c.depth for c in self.within()), default=-1)

    def terms(self, root: int) -> int:
        """How many terms the series need on the way."""
        steps = STEP**self.depth if self.depth else 0
        return root * (steps + (SPARE if root == 1 else SPARE // 2))

    def cost(self, sizes: Mapping[str, int]) -> int:
        """The operations on series that one path takes."""
        total = operations([self.node], sizes)
        for derived, inside in zip(self._first(), self.within(), strict=True):
            total += (1 + 2 * size_of(derived.by, sizes)) * inside.cost(sizes)
        return total

    def series(
        self, evaluate: Any, moved: Mapping[Node, Array], root: int, step: int = 1
    ) -> Array:
        """The vertex along every path of the batch `moved`, whose parameter is t^root."""
        values = dict(moved)
        for derived in self._first():
            inside = Curve(derived.of, self._others(derived))
            values[derived.node] = inside._slopes(derived.by, evaluate, moved, root, step * STEP)
        found: Array = evaluate([self.node], SERIES, values)[0]
        return found

    def _slopes(
        self, by: Node, evaluate: Any, moved: Mapping[Node, Array], root: int, step: int
    ) -> Array:
        """The derivative by every entry of `by`, all along the path: (paths, *shape, *by's)."""
        base = moved[by] if by in moved else Curve(by).series(evaluate, moved, root)
        start = self.series(evaluate, {**moved, by: base}, root, step)
        shape = base.shape[1:]
        width = prod(shape)
        count = max(len(start), len(base))
        out = np.empty((count, *start.shape[1:], width), dtype=object)
        length = step * root
        for column, place in enumerate(np.ndindex(*shape)):
            sides = []
            for side in (1, -1):
                end = base.copy()
                end[(slice(None), *place)] += monomial(side, length)
                ends = self.series(evaluate, {**moved, by: end}, root, step)
                quotient = np.frompyfunc(lambda a, b, s=side: _quotient(a, b, s, length, root), 2, 1)
                sides.append(quotient(ends, start))
            out[..., column] = np.frompyfunc(_agreed, 2, 1)(*sides)
        return out.reshape(*out.shape[:-1], *shape)


def gradient_curve(f: Node, wrt: Sequence[Node]) -> Curve:
    """The gradient of a scalar by several vertices, flattened and joined in their order."""
    parts = [symbol(f"(gradient {k})", node.shape) for k, node in enumerate(wrt)]
    return Curve(joined(parts), [Derived(f, *pair) for pair in zip(wrt, parts, strict=True)])


def joined(parts: Sequence[Node]) -> Node:
    """Arrays flattened, one after the other."""
    flat = [reshape(part, (size(part.shape),)) for part in parts]
    return flat[0] if len(flat) == 1 else concat(*flat)


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
