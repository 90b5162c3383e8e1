"""The claim's inner expressions as unknowns: what each would have to be for the claim to be right.

Must not know mistakes, nor what is written instead. Where what is around an expression can be
inverted, the value that it needs is known; else only what each candidate makes of a larger part is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from itertools import pairwise
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import rational
from gradcli.diagnosis.evidence.fitting import closed
from gradcli.diagnosis.evidence.needs import as_many, needed
from gradcli.diagnosis.evidence.observed import BLANK, Observed, rows, unknown
from gradcli.diagnosis.evidence.parts import Subexpression, among_vertices, parts
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim
from gradcli.diagnosis.evidence.screen import Link, screen
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape
from gradcli.language.tree import syntax
from gradcli.language.tree.build import PRODUCTS, QUOTIENTS, SUMS, name, replaced
from gradcli.language.tree.syntax import Binary, Call, Expr, Unary
from gradcli.ops import FUNCTIONS
from gradcli.ops.reductions import sum_of

MOST, MOST_TURNS = 60, 40


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


@lru_cache(maxsize=1)
def unknowns(refuted: RefutedClaim, evidence: Observed) -> list[Unknown]:
    """Every part of the claimed side, the whole first, as far as its value can be tested."""
    found: list[Unknown] = []
    turned = {expr: turns[0][1] for expr, turns in refuted.turns.items()}
    every = among_vertices(refuted, {**turned, **refuted.parts}) if turned else parts(refuted)
    every = every[:MOST]
    evidence.see(part.node for part in every if part.expr in refuted.parts)
    known = {part.expr: evidence.of(part.node) for part in every if part.expr in refuted.parts}
    for part in every:
        outer = part.outer
        if part.expr not in known:
            if (seen := in_turns(refuted, evidence, part)) is not None:
                found.append(seen)
            continue
        if closed(refuted, part.expr):
            continue
        own, need = known[part.expr], _need(refuted, part)
        if need is not None and need.shape == own.shape:
            found.append(Unknown(part, own, rows(need[None])[0], rows, True, True))
        elif outer is not None and (seen := _seen(refuted, evidence, part)):
            found.append(seen)
            around = _need(refuted, outer)
            if around is not None and (wide := _wide(seen, around, known)):
                found.append(wide)
    return found


def _need(refuted: RefutedClaim, part: Subexpression) -> Array | None:
    """What a part must be, where that is known of some entry."""
    seen = screen(refuted)
    need = None if seen is None else seen.need(part.expr)
    value = None if need is None else need.ways[0]
    return value if value is not None and np.isfinite(value).any() else None


def _wide(seen: Unknown, around: Array, known: dict[Expr, Array]) -> Unknown | None:
    """The same part where it may need as many entries as what it is an operand of."""
    part, outer = seen.part, seen.part.outer
    if not isinstance(outer, Subexpression) or not isinstance(outer.expr, Binary):
        return None
    if seen.own.ndim >= around.ndim or outer.expr.operator == "@":
        return None
    own = np.broadcast_to(as_many(seen.own, around), around.shape)
    with np.errstate(all="ignore"):
        need = needed(outer.expr, part.expr, around[None], {**known, part.expr: own})
    if need is None or need.shape[1:] != around.shape:
        return None
    wanted = rows(need)[0]
    return Unknown(part, own, wanted, rows, True, True, shape=outer.node.shape)


def _seen(refuted: RefutedClaim, evidence: Observed, part: Subexpression) -> Unknown | None:
    """A part tested by what it makes of the smallest part around it whose need is known."""
    whole, linear = part, True
    while (need := _need(refuted, whole)) is None:
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
    wanted = rows(need[None])[0] - base
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
