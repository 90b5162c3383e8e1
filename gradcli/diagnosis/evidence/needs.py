"""What a part must be for what it lies in to be what is needed: the inverse of what is around it.

Must not know mistakes, nor what is written instead; values are doubles, each (points, *shape).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.ranges import RANGES, Range, power_by
from gradcli.calculus.families import Pointwise
from gradcli.diagnosis.evidence.observed import NEAR, Observed
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim
from gradcli.language.tree import syntax
from gradcli.language.tree.build import POWERS, PRODUCTS, QUOTIENTS, constant
from gradcli.language.tree.syntax import Binary, Call, Expr, Unary
from gradcli.ops import FUNCTIONS, activations, elementary
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
    """What a part must be for the claim to be right: one of some values (ways, points, *shape).

    Where a value is NaN any number would do, where it is infinite none. `slack` is how far off a
    double may be. What is not `sure` is no more than a suggestion; for what is `closed` there is
    no such value.
    """

    ways: Array
    slack: Array
    sure: bool
    closed: bool = False


class Needs:
    """What each part of a claim must be; `outer` is what a part lies in, `values` what it is."""

    def __init__(
        self, refuted: RefutedClaim, evidence: Observed, outer: Mapping[Expr, Expr | None]
    ) -> None:
        self.outer, self.count = outer, evidence.count
        nodes = {x: refuted.parts[x] for x in outer if x in refuted.parts}
        evidence.see(nodes.values())
        self.values = {x: evidence.of(n) for x, n in nodes.items() if n in evidence.values}
        self.unknown = {x for x in outer if x not in self.values or nodes[x].op.boolean}
        slack = LOOSE * (largest(evidence.truth) + np.abs(evidence.truth))
        whole = Need(evidence.truth[None], slack[None], True)
        self._needs: dict[Expr, Need | None] = {refuted.expr: whole}

    def of(self, part: Expr) -> Need | None:
        """What a part must be; None where what is around it cannot be inverted."""
        chain: list[Expr] = []
        here: Expr | None = part
        while here is not None and here not in self._needs:
            chain.append(here)
            here = self.outer.get(here)
        with np.errstate(all="ignore"):
            for inner in reversed(chain):
                self._needs[inner] = self._needed(inner)
        return self._needs[part]

    def sure(self, part: Expr) -> Need | None:
        """The same where nothing else would do."""
        need = self.of(part)
        return need if need is not None and need.sure else None

    def _needed(self, part: Expr) -> Need | None:
        outer = self.outer.get(part)
        around = None if outer is None else self._needs[outer]
        if around is None or outer is None or not isinstance(outer, BY_VALUE):
            return None
        if part in self.unknown or outer in self.unknown:
            return None
        if around.closed:
            return around
        never = _never(outer, part, around) if around.sure else None
        if never is not None and never.all(axis=0).any():
            return Need(np.where(never, np.inf, np.nan), around.slack, True, True)
        count = len(around.ways)
        moved = np.concatenate([around.ways, around.ways + around.slack])
        found = needed(outer, part, moved, self.values)
        if found is None:
            found = needed(outer, part, around.ways, self.values)
        if found is None or found.shape[1:] != self.values[part].shape:
            return None
        new, off = found[:count], found[count:]
        room = LOOSE * (_sizes(new) + np.abs(new))
        if len(off):
            room = np.fmax(room, np.abs(off - new))
        closed, told = False, np.isfinite(new)
        if not told.all():
            new = np.where(told, new, np.nan)
        if never is not None:
            new = np.where(never | np.isinf(around.ways), np.inf, new)
            told = ~np.isnan(new)
            closed = bool(np.isinf(new).all(axis=0).any())
        if not single(outer, part):
            new, room = np.concatenate([new, -new]), np.concatenate([room, room])
        if around.sure and len(new) <= WAYS and told.any(axis=(*range(2, told.ndim),)).all():
            return Need(new, room, True, closed)
        return Need(new[:1], room[:1], False)


def near(values: Array, need: Need, more: Array | None = None) -> Array:
    """Which of many values (n, points, *shape) are what is needed, where both are known.

    With `more`, each may be off by so many times what a double may where that is 1, as well.
    """
    if values.shape[1:] != need.ways.shape[1:]:
        return np.zeros(len(values), dtype=bool)
    known = np.isfinite(values)
    right = ~known
    with np.errstate(all="ignore"):
        for value, slack in zip(need.ways, need.slack, strict=True):
            room = slack if more is None else slack + slack.max() * more
            right |= (np.abs(values - value) <= room) | np.isnan(value)
    axes = (*range(1, values.ndim),)
    return np.logical_and(right.all(axis=axes), known.any(axis=axes))


def largest(values: Array) -> Array:
    """The size of the largest entry at each point, (points, 1 …)."""
    size: Array = _sizes(values[None])[0]
    return np.where(np.isfinite(size), size, 0)


def _sizes(values: Array) -> Array:
    """The same of many (n, points, *shape)."""
    if values.ndim == 2:
        return np.abs(values)
    finite = np.where(np.isfinite(values), np.abs(values), 0)
    size: Array = finite.max(axis=(*range(2, values.ndim),), initial=0, keepdims=True)
    return size


# -- what is never reached


def _never(outer: Expr, part: Expr, around: Need) -> Array | None:
    """Where an expression is not what is needed whatever is put in the place of its one part."""
    match outer:
        case Call(function=function, arguments=(_,), keywords=()):
            ends = _reach(function.name)
        case Binary(operator=sign, left=left, right=right) if sign in POWERS and left is part:
            exponent = constant(right)
            ends = None if exponent is None else _powers_reach(exponent)
        case _:
            return None
    if ends is None:
        return None
    never: Array = (around.ways < ends[0] - around.slack) | (around.ways > ends[1] + around.slack)
    return never


Ends: TypeAlias = tuple[float, float]


@cache
def _reach(name: str) -> Ends | None:
    """Between which ends all values of a function of one number lie."""
    function = FUNCTIONS.get(name)
    if function is None or len(function.parameters) != 1 or not isinstance(function.op, Pointwise):
        return None
    return _ends(function.op.value(RANGES.scalars, Range()))


@cache
def _powers_reach(exponent: Fraction) -> Ends:
    # What has a power and its inverse has the same sign in both.
    return _ends(power_by(Range(), abs(exponent)))


def _ends(reach: Range) -> Ends:
    return float(reach.low), float(reach.high)


# -- back through what is around


def needed(outer: Expr, inner: Expr, need: Array, known: Mapping[Expr, Array]) -> Array | None:
    """What a part must be for what it lies in to be what is needed, (n, points, *shape).

    None where that is open; of several values that would do it is that on the side of what it is.
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
            return need[:, :, items.index(inner)] if len(items) == need.shape[2] else None
        case Call(function=function, arguments=(_,), keywords=()):
            inverse = INVERSES.get(function.name)
            if inverse is not None and need.shape[1:] == own.shape:
                back: Array = inverse(FLOAT64, need)
                return back
            if function.name == diag_of.name and own.ndim == 2:
                flat = np.einsum("nkaa->nka", need)
                rest = need - np.einsum("nka,ab->nkab", flat, np.eye(need.shape[2]))
                return flat if np.abs(rest).max(initial=0) <= NEAR * np.abs(need).max() else None
        case Binary(operator=sign, left=left, right=right):
            other = known.get(right if inner is left else left)
            return None if other is None else _operand(sign, inner is left, need, own, other)
    return None


def _operand(sign: str, left: bool, need: Array, own: Array, other: Array) -> Array | None:
    if sign == "@":
        return _factor_of_product(left, need, own, other)
    if sign in POWERS:
        if need.shape[1:] != own.shape and own.ndim > 1:
            return None
        if left:
            root = np.sign(need) * np.abs(need) ** (1 / as_many(other, need[0]))
            opposite = np.sign(as_many(own, need[0])) * np.sign(root) < 0
            return _folded(np.where(opposite, -root, root), own)
        # A whole exponent of a negative base is seen in the size of the power.
        return _folded(np.log(np.abs(need)) / np.log(np.abs(as_many(other, need[0]))), own)
    if need[0].ndim < other.ndim:
        return None
    other = as_many(other, need[0])
    if any(one not in (1, many) for one, many in zip(other.shape, need[0].shape, strict=True)):
        # What is needed has another shape altogether.
        return None
    found = undone(sign, left, need, other)
    return None if found is None else _folded(found, own)


def undone(sign: str, left: bool, need: Array, other: Array) -> Array | None:
    """What one operand must be beside the other."""
    if sign == "+":
        return need - other
    if sign == "-":
        return need + other if left else other - need
    if sign in PRODUCTS:
        return need / other
    if sign in QUOTIENTS:
        return need * other if left else other / need
    return None


def _factor_of_product(left: bool, need: Array, own: Array, other: Array) -> Array | None:
    if other.ndim != 3 or other.shape[1] != other.shape[2] or need[0].ndim != own.ndim:
        return None
    columns = need if own.ndim == 3 else need[..., None]
    try:
        if not left:
            return np.linalg.solve(other, columns).reshape(len(need), *own.shape)
        rows_ = _flip(need) if own.ndim == 3 else columns
        turned = np.linalg.solve(_flip(other), rows_)
        return _flip(turned) if own.ndim == 3 else turned[..., 0]
    except (np.linalg.LinAlgError, ValueError):
        return None


def _flip(a: Array) -> Array:
    return np.swapaxes(a, -1, -2)


def _turned(need: Array, own: Array) -> Array | None:
    if need.ndim == 4 and own.ndim == 3:
        return _flip(need)
    return need.reshape(len(need), *own.shape) if need[0].size == own.size else None


def as_many(other: Array, need: Array) -> Array:
    """Values with axes for those of others that they are spread over."""
    return (
        other
        if other.ndim == need.ndim
        else other.reshape(other.shape[0], *[1] * (need.ndim - other.ndim), *other.shape[1:])
    )


def _folded(need: Array, own: Array) -> Array | None:
    """The need of what is spread over more axes: one number for all of them, if it is one."""
    if need.shape[1:] == own.shape:
        return need
    if own.ndim > need.ndim - 1:
        return None
    spread = as_many(own, need[0])
    axes = tuple(k for k in range(2, need.ndim) if spread.shape[k - 1] == 1 < need.shape[k])
    if any(spread.shape[k - 1] not in (1, need.shape[k]) for k in range(2, need.ndim)):
        return None
    known = np.isfinite(need)
    with np.errstate(all="ignore"):
        # NaN where none is known: anything may stand there.
        middle = np.where(known, need, 0).sum(axis=axes, keepdims=True)
        middle = middle / known.sum(axis=axes, keepdims=True)
    if not (np.abs(np.where(known, need - middle, 0)) <= NEAR * (1 + np.abs(middle))).all():
        return None
    folded: Array = middle.reshape(len(need), *own.shape)
    return folded


def single(outer: Expr, inner: Expr) -> bool:
    """Whether nothing else would do than what is needed; of a square its opposite may as well."""
    return not (isinstance(outer, Binary) and outer.operator in POWERS and outer.left is inner)
