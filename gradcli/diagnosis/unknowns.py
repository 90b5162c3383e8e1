"""The claim's inner expressions as unknowns: what each would have to be for the claim to be right.

Must not know mistakes, nor what is written instead. Where what is around an expression can be
inverted, the value that it needs is known; else only what each candidate makes of a larger part is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import rational
from gradcli.diagnosis.evidence import BLANK, NEAR, Observed, rows, unknown
from gradcli.diagnosis.parts import Subexpression, parts
from gradcli.diagnosis.refuted_claim import RefutedClaim
from gradcli.diagnosis.screen import Link, screen
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape
from gradcli.language import syntax
from gradcli.language.syntax import Binary, Call, Expr, Unary
from gradcli.language.tree import PRODUCTS, QUOTIENTS, SUMS, name, replaced
from gradcli.ops import FUNCTIONS, activations, elementary
from gradcli.ops.algebra import diag_of
from gradcli.ops.reductions import sum_of

POWERS = ("^", ".^")
MOST, MOST_TURNS = 60, 40


INVERSES: dict[str, Callable[[Array], Array]] = {
    each.name: inverse
    for each, inverse in (
        (elementary.exp, np.log), (elementary.log, np.exp), (elementary.sqrt, np.square),
        (elementary.log1p, np.expm1), (elementary.expm1, np.log1p), (elementary.tanh, np.arctanh),
        (elementary.sinh, np.arcsinh), (elementary.atan, np.tan), (elementary.asin, np.sin),
        (elementary.acos, np.cos), (activations.sigmoid, lambda y: np.log(y) - np.log1p(-y)),
    )
}  # fmt: skip
"""What goes back through a function of one number; of sines and cosines that is not one number."""


@dataclass(slots=True, eq=False)
class Unknown:
    """An expression of the claim and the test of what may stand there.

    `own` is its value (points, *shape). A candidate is right where its `image` is `wanted`, both
    (points, entries); where `affine`, the image of a multiple is that multiple. In the body of a
    fold it has an axis for each variable in `turns`, as long as the variable goes. What is spread
    over more entries than it has is wanted in the `shape` of these.
    """

    part: Subexpression
    own: Array
    wanted: Array
    image: Callable[[Array], Array]
    affine: bool
    direct: bool
    turns: dict[str, int] = field(default_factory=dict)
    shape: Shape | None = None

    @property
    def sole(self) -> bool:
        """Whether no factor of it could as well be one of what it lies in."""
        outer = self.part.outer
        return outer is None or not _passes_factors(outer.expr)


def _passes_factors(outer: Expr) -> bool:
    match outer:
        case Binary(operator=sign):
            return sign in (*PRODUCTS, *QUOTIENTS, "@")
        case Unary(operator="-") | syntax.Transpose():
            return True
        case Call(function=function):
            known = FUNCTIONS.get(function.name)
            return known is not None and known.linear
    return False


def unknowns(refuted: RefutedClaim, evidence: Observed) -> list[Unknown]:
    """Every part of the claimed side, the whole first, as far as its value can be tested."""
    found: list[Unknown] = []
    turned = {expr: turns[0][1] for expr, turns in refuted.turns.items()}
    every = parts(refuted, {**turned, **refuted.parts})[:MOST]
    evidence.see(part.node for part in every if part.expr in refuted.parts)
    needs: dict[Expr, Array] = {}
    known = {part.expr: evidence.of(part.node) for part in every if part.expr in refuted.parts}
    for part in every:
        outer = part.outer
        if part.expr not in known:
            if (seen := in_turns(refuted, evidence, part)) is not None:
                found.append(seen)
            continue
        own = known[part.expr]
        need: Array | None = evidence.truth if outer is None else None
        if outer is not None and outer.expr in needs:
            with np.errstate(all="ignore"):
                need = _needed(outer.expr, part.expr, needs[outer.expr], known)
        if need is not None and need.shape == own.shape and np.isfinite(need).any():
            needs[part.expr] = need
            found.append(Unknown(part, own, rows(need[None])[0], rows, True, True))
        elif outer is not None and (seen := _seen(refuted, evidence, part, needs)):
            found.append(seen)
            if outer.expr in needs and (wide := _wide(seen, needs[outer.expr], known)):
                found.append(wide)
    return found


def _wide(seen: Unknown, around: Array, known: dict[Expr, Array]) -> Unknown | None:
    """The same part where it may need as many entries as what it is an operand of."""
    part, outer = seen.part, seen.part.outer
    if not isinstance(outer, Subexpression) or not isinstance(outer.expr, Binary):
        return None
    if seen.own.ndim >= around.ndim or outer.expr.operator == "@":
        return None
    own = np.broadcast_to(_as(seen.own, around), around.shape)
    with np.errstate(all="ignore"):
        need = _needed(outer.expr, part.expr, around, {**known, part.expr: own})
    if need is None or need.shape != around.shape:
        return None
    wanted = rows(need[None])[0]
    return Unknown(part, own, wanted, rows, True, True, shape=outer.node.shape)


def _seen(
    refuted: RefutedClaim, evidence: Observed, part: Subexpression, needs: dict[Expr, Array]
) -> Unknown | None:
    """A part tested by what it makes of the smallest part around it whose need is known."""
    whole, linear = part, True
    while whole.expr not in needs:
        inner, outer = whole, whole.outer
        if outer is None:
            return None
        linear = linear and _into(outer.expr, inner.expr)
        whole = outer
    through = _through(refuted, evidence, part, whole)
    if through is None:
        return None
    own = evidence.of(part.node)
    zero = np.zeros((1, *own.shape))
    base = rows(through(zero))[0] if linear else 0.0
    wanted = rows(needs[whole.expr][None])[0] - base
    if linear and own.ndim == 1:
        one = rows(through(zero + 1)) - base
        return Unknown(part, own, wanted, lambda c: c[:, :, None] * one, linear, False)
    return Unknown(part, own, wanted, lambda c: rows(through(c)) - base, linear, False)


def _through(
    refuted: RefutedClaim, evidence: Observed, part: Subexpression, whole: Subexpression
) -> Link | None:
    """What a larger part becomes with each of many values of a part."""
    around = part.around[len(whole.around) :]
    found = screen(refuted)
    steps = [found.link(x) for x in (part.expr, *reversed(around[1:]))] if found else [None]
    links = [link for link in steps if link is not None]
    if len(links) == len(steps):
        return lambda values: reduce(lambda here, link: link(here), links, values)
    stand_in = unknown(part.node.shape)
    root = refuted.node(replaced(around, part.expr, BLANK), {BLANK.name: stand_in})
    if root is None or root.shape != whole.node.shape:
        return None
    return lambda values: evidence.image(root, stand_in, values)


def in_turns(refuted: RefutedClaim, evidence: Observed, part: Subexpression) -> Unknown | None:
    """A part of the body of a fold, all its turns at once; tested by what the whole becomes."""
    folds = [x for x in part.around if isinstance(x, syntax.Fold)]
    variables = [each.variable.name for fold in folds for each in fold.ranges]
    turns = refuted.turns[part.expr]
    if len(turns) > MOST_TURNS or any(v not in turns[0][0] for v in variables):
        return None
    places = [tuple(_index(names[v]) for v in variables) for names, _ in turns]
    if min(map(min, places)) < 0 or len({node.shape for _, node in turns}) > 1:
        return None
    evidence.see(node for _, node in turns)
    dims = tuple(max(place[k] for place in places) + 1 for k in range(len(variables)))
    first = evidence.of(turns[0][1])
    own = np.zeros((evidence.count, *dims, *first.shape[1:]))
    for place, (_, node) in zip(places, turns, strict=True):
        index: tuple[Any, ...] = (slice(None), *place)
        own[index] = evidence.of(node)
    stand_in = unknown((*dims, *turns[0][1].shape))
    blank = syntax.Index(BLANK.span, BLANK, tuple(name(v) for v in variables))
    root = refuted.node(replaced(part.around, part.expr, blank), {BLANK.name: stand_in})
    if root is None or root.shape != refuted.truth.shape:
        return None
    linear = all(_into(a, b) for a, b in pairwise([*part.around, part.expr]))
    zero = np.zeros((1, *own.shape))
    base = rows(evidence.image(root, stand_in, zero))[0] if linear else 0.0

    def image(candidates: Array) -> Array:
        return rows(evidence.image(root, stand_in, candidates)) - base

    wanted = rows(evidence.truth[None])[0] - base
    return Unknown(part, own, wanted, image, linear, False, dict(zip(variables, dims, strict=True)))


def _index(meaning: object) -> int:
    value = rational(meaning) if isinstance(meaning, Node) else None
    return -1 if value is None else int(value)


def _into(outer: Expr, inner: Expr) -> bool:
    """Whether what is around is linear in it."""
    match outer:
        case Binary(operator=sign, left=left):
            return sign in (*SUMS, *PRODUCTS, "@") or (sign in QUOTIENTS and left is inner)
        case Unary(operator=sign):
            return sign in SUMS
        case syntax.Transpose() | syntax.Array() | syntax.Index():
            return True
        case syntax.Fold(function=function):
            return function.name == sum_of.name
        case Call(function=function):
            known = FUNCTIONS.get(function.name)
            return known is not None and known.linear
    return False


def _needed(outer: Expr, inner: Expr, need: Array, known: dict[Expr, Array]) -> Array | None:
    """What a part must be for what it lies in to be what is needed; None where that is open."""
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
                return inverse(need)
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
            root = np.sign(need) * np.abs(need) ** (1 / _as(other, need))
            opposite = np.sign(_as(own, need)) * np.sign(root) < 0
            return _folded(np.where(opposite, -root, root), own)
        return _folded(np.log(need) / np.log(_as(other, need)), own)
    if need.ndim < other.ndim:
        return None
    b = _as(other, need)
    if sign == "+":
        return _folded(need - b, own)
    if sign == "-":
        return _folded(need + b if left else b - need, own)
    if sign in PRODUCTS:
        return _folded(_over(need, b), own)
    if sign in QUOTIENTS:
        return _folded(need * b if left else _over(b, need), own)
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


def _as(other: Array, need: Array) -> Array:
    return other.reshape(other.shape[0], *[1] * (need.ndim - other.ndim), *other.shape[1:])


def _folded(need: Array, own: Array) -> Array | None:
    """The need of what is spread over more axes: one number for all of them, if it is one."""
    if need.shape == own.shape:
        return need
    if own.ndim > need.ndim:
        return None
    spread = _as(own, need)
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
