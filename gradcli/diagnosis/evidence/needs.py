"""What a part must be for what it lies in to be what is needed: the inverse of what is around it.

Must not know mistakes, nor what is written instead; values are doubles, each (points, *shape).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.diagnosis.evidence.observed import NEAR, Observed
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim
from gradcli.language.tree import syntax
from gradcli.language.tree.build import POWERS, PRODUCTS, QUOTIENTS
from gradcli.language.tree.syntax import Binary, Call, Expr, Unary, children
from gradcli.ops import activations, elementary
from gradcli.ops.algebra import diag_of

INVERSES: dict[str, Callable[[Any, Any], Any]] = {
    each.name: inverse
    for each, inverse in (
        (elementary.exp, lambda m, y: m.log(y)), (elementary.log, lambda m, y: m.exp(y)),
        (elementary.log1p, lambda m, y: m.expm1(y)), (elementary.expm1, lambda m, y: m.log1p(y)),
        (elementary.sqrt, lambda m, y: y * y), (elementary.tanh, lambda m, y: m.atanh(y)),
        (elementary.sinh, lambda m, y: m.asinh(y)), (elementary.atan, lambda m, y: m.tan(y)),
        (elementary.asin, lambda m, y: m.sin(y)), (elementary.acos, lambda m, y: m.cos(y)),
        (activations.sigmoid, lambda m, y: m.log(y) - m.log1p(-y)),
    )
}  # fmt: skip
"""What goes back through a function of one number, by the functions of an arithmetic; of sines and
cosines that is not one number."""
LOOSE = 1e-6
"""How far apart two doubles may be that are still worth a closer look."""
BY_VALUE = (syntax.Binary, syntax.Unary, syntax.Transpose, syntax.Call, syntax.Array)
"""Expressions whose value is made of the values of their parts."""
WAYS = 4
"""Values of a part of which one would do."""


class Need(NamedTuple):
    """What a part must be for the claim to be right: one of some values (points, *shape).

    Each has how far off a double may be; of a square's base there are two. What is not `sure` is
    no more than a suggestion.
    """

    ways: list[tuple[Array, Array]]
    sure: bool


class Needs:
    """What each part of a claim must be; `outer` is what a part lies in."""

    def __init__(
        self, refuted: RefutedClaim, evidence: Observed, outer: Mapping[Expr, Expr | None]
    ) -> None:
        self.refuted, self.evidence, self.outer = refuted, evidence, outer
        slack = LOOSE * (largest(evidence.truth) + np.abs(evidence.truth))
        whole = Need([(evidence.truth, slack)], True)
        self._needs: dict[Expr, Need | None] = {refuted.expr: whole}

    def of(self, part: Expr) -> Need | None:
        """What a part must be; None where what is around it cannot be inverted."""
        if part in self._needs:
            return self._needs[part]
        chain: list[Expr] = []
        here: Expr | None = part
        while here is not None and here not in self._needs:
            chain.append(here)
            here = self.outer.get(here)
        for inner in reversed(chain):
            self._needs[inner] = self._needed(inner)
        return self._needs[part]

    def sure(self, part: Expr) -> Need | None:
        """The same where nothing else would do."""
        need = self.of(part)
        return need if need is not None and need.sure else None

    def _needed(self, part: Expr) -> Need | None:
        outer, parts = self.outer.get(part), self.refuted.parts
        around = None if outer is None else self._needs[outer]
        if around is None or outer is None or not {part, outer} <= parts.keys():
            return None
        if not isinstance(outer, BY_VALUE) or parts[part].op.boolean:
            return None
        known = self._values([x for x in children(outer) if x in parts])
        if known is None:
            return None
        ways: list[tuple[Array, Array]] = []
        for value, slack in around.ways:
            with np.errstate(all="ignore"):
                new = needed(outer, part, value, known)
                if new is None or new.shape != known[part].shape:
                    return None
                off = needed(outer, part, value + slack, known)
                room = LOOSE * (largest(new) + np.abs(new))
                if off is not None:
                    room = np.fmax(room, np.abs(off - new))
            ways.append((new, room))
            if not single(outer, part):
                ways.append((-new, room))
        seen = all(np.isfinite(new).reshape(len(new), -1).any(axis=1).all() for new, _ in ways)
        sure = around.sure and seen and len(ways) <= WAYS
        return Need(ways if sure else ways[:1], sure)

    def _values(self, exprs: Sequence[Expr]) -> dict[Expr, Array] | None:
        """The values of some parts; None where one does not exist."""
        nodes = [self.refuted.parts[x] for x in exprs]
        self.evidence.see(nodes)
        if any(node not in self.evidence.values for node in nodes):
            return None
        return {x: self.evidence.of(node) for x, node in zip(exprs, nodes, strict=True)}


def near(values: Array, need: Need, more: Array | None = None) -> Array:
    """Which of many values (n, points, *shape) are what is needed, where both are known.

    With `more`, each may be off by so many times what a double may where that is 1, as well.
    """
    shape = need.ways[0][0].shape
    if values.shape[1:] != shape:
        return np.zeros(len(values), dtype=bool)
    known = np.isfinite(values)
    right = ~known
    with np.errstate(all="ignore"):
        for value, slack in need.ways:
            room = slack if more is None else slack + slack.max() * more
            right |= (np.abs(values - value) <= room) | ~np.isfinite(value)
    axes = (*range(1, values.ndim),)
    return np.logical_and(right.all(axis=axes), known.any(axis=axes))


def largest(values: Array) -> Array:
    """The size of the largest entry at each point, (points, 1 …)."""
    finite = np.where(np.isfinite(values), np.abs(values), 0)
    size: Array = finite.max(axis=(*range(1, values.ndim),), initial=0, keepdims=True)
    return size


# -- back through what is around


def needed(outer: Expr, inner: Expr, need: Array, known: Mapping[Expr, Array]) -> Array | None:
    """What a part must be for what it lies in to be what is needed; None where that is open.

    Of several values that would do it is the one on the side of what it is.
    """
    own = known[inner]
    match outer:
        case Unary(operator="-"):
            return -need
        case Unary(operator="+"):
            return need
        case syntax.Transpose():
            return _turned(need, own)
        case syntax.Array(items=items):
            return need[:, items.index(inner)] if len(items) == need.shape[1] else None
        case Call(function=function, arguments=(_,), keywords=()):
            inverse = INVERSES.get(function.name)
            if inverse is not None and need.shape == own.shape:
                back: Array = inverse(FLOAT64, need)
                return back
            if function.name == diag_of.name and own.ndim == 2:
                flat = np.einsum("kaa->ka", need)
                rest = need - np.einsum("ka,ab->kab", flat, np.eye(need.shape[1]))
                return flat if np.abs(rest).max(initial=0) <= NEAR * np.abs(need).max() else None
        case Binary(operator=sign, left=left, right=right):
            other = known.get(right if inner is left else left)
            return None if other is None else _operand(sign, inner is left, need, own, other)
    return None


def _operand(sign: str, left: bool, need: Array, own: Array, other: Array) -> Array | None:
    if sign == "@":
        return _factor_of_product(left, need, own, other)
    if sign in POWERS:
        if need.shape != own.shape and own.ndim > 1:
            return None
        if left:
            root = np.sign(need) * np.abs(need) ** (1 / as_many(other, need))
            opposite = np.sign(as_many(own, need)) * np.sign(root) < 0
            return _folded(np.where(opposite, -root, root), own)
        return _folded(np.log(need) / np.log(as_many(other, need)), own)
    if need.ndim < other.ndim:
        return None
    found = undone(sign, left, need, as_many(other, need), _over)
    return None if found is None else _folded(found, own)


def undone(sign: str, left: bool, need: Any, other: Any, over: Callable[[Any, Any], Any]) -> Any:
    """What one operand must be beside the other, by the quotients of an arithmetic."""
    if sign == "+":
        return need - other
    if sign == "-":
        return need + other if left else other - need
    if sign in PRODUCTS:
        return over(need, other)
    if sign in QUOTIENTS:
        return need * other if left else over(other, need)
    return None


def _over(a: Array, b: Array) -> Array:
    """A quotient; what is multiplied by zero may be anything."""
    return np.where((b == 0) & (a == 0), np.nan, a / b)


def _factor_of_product(left: bool, need: Array, own: Array, other: Array) -> Array | None:
    if other.ndim != 3 or other.shape[1] != other.shape[2] or need.ndim != own.ndim:
        return None
    columns = need if need.ndim == 3 else need[..., None]
    try:
        if not left:
            return np.linalg.solve(other, columns).reshape(own.shape)
        rows_ = _flip(need) if need.ndim == 3 else columns
        turned = np.linalg.solve(_flip(other), rows_)
        return _flip(turned) if need.ndim == 3 else turned[..., 0]
    except (np.linalg.LinAlgError, ValueError):
        return None


def _flip(a: Array) -> Array:
    return np.swapaxes(a, 1, 2)


def _turned(need: Array, own: Array) -> Array | None:
    if need.ndim == 3 and own.ndim == 3:
        return _flip(need)
    return need.reshape(own.shape) if need.size == own.size else None


def as_many(other: Array, need: Array) -> Array:
    return other.reshape(other.shape[0], *[1] * (need.ndim - other.ndim), *other.shape[1:])


def _folded(need: Array, own: Array) -> Array | None:
    """The need of what is spread over more axes: one number for all of them, if it is one."""
    if need.shape == own.shape:
        return need
    if own.ndim > need.ndim:
        return None
    spread = as_many(own, need)
    axes = tuple(k for k in range(1, need.ndim) if spread.shape[k] == 1 < need.shape[k])
    if any(spread.shape[k] not in (1, need.shape[k]) for k in range(1, need.ndim)):
        return None
    known = np.isfinite(need)
    with np.errstate(all="ignore"):
        # NaN where none is known: anything may stand there.
        middle = np.where(known, need, 0).sum(axis=axes, keepdims=True)
        middle = middle / known.sum(axis=axes, keepdims=True)
    if not (np.abs(np.where(known, need - middle, 0)) <= NEAR * (1 + np.abs(middle))).all():
        return None
    folded: Array = middle.reshape(own.shape)
    return folded


def single(outer: Expr, inner: Expr) -> bool:
    """Whether nothing else would do than what is needed; of a square its opposite may as well."""
    return not (isinstance(outer, Binary) and outer.operator in POWERS and outer.left is inner)
