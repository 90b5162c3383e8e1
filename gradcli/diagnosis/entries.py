"""A vector or matrix written entry by entry: two entries exchanged, or one of them wrong.

Must not know graphs of derivations, nor mistakes of whole sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import number
from gradcli.diagnosis import tree
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.samples import Samples
from gradcli.language import syntax
from gradcli.language.syntax import Expr
from gradcli.notation.text import formula

MOST = 16
Place = tuple[int, ...]


def candidates(scene: RefutedClaim) -> Iterator[Slip]:
    """Only where the entries are written out, and some of them are right."""
    found = dict(_entries(scene.expr, ()))
    samples = Samples(scene)
    if not samples.many or len(found) > MOST or samples.claim.shape[1:] != samples.truth.shape[1:]:
        return
    right = {place: _column(samples.truth, place) for place in found}
    own = {place: _column(samples.claim, place) for place in found}
    wrong = [p for p in found if not samples.same(right[p], own[p])]
    for one, two in combinations(wrong, 2) if len(wrong) == 2 else ():
        if samples.same(right[one], own[two]) and samples.same(right[two], own[one]):
            says = (
                f"the entries {tree.shown(found[one])} and {tree.shown(found[two])} are exchanged"
            )
            yield from _mended(scene, "swapped", says, {one: found[two], two: found[one]}, found)
    if len(wrong) == 1:
        yield from _single(scene, samples, wrong[0], found, right[wrong[0]], own)


def _column(values: Array, place: Place) -> Array:
    """One entry at every point."""
    for k in place:
        values = values[:, k, ...]
    return values


def _entries(expr: Expr, place: Place) -> Iterator[tuple[Place, Expr]]:
    if isinstance(expr, syntax.Array):
        for k, item in enumerate(expr.items):
            yield from _entries(item, (*place, k))
    elif place:
        yield place, expr


def _single(
    scene: RefutedClaim,
    samples: Samples,
    place: Place,
    found: dict[Place, Expr],
    right: Array,
    own: dict[Place, Array],
) -> Iterator[Slip]:
    """One wrong entry: its mirror image, a constant, or its own with another factor."""
    expr, across = found[place], place[::-1]
    ratio = samples.ratio(right, np.asarray(own[place]))
    kind = "sign" if ratio == -1 else "factor" if ratio is not None else "node"
    name = f"the entry [{', '.join(map(str, place))}]"
    if across != place and across in own and samples.same(own[across], right):
        says = f"{name} is that of [{', '.join(map(str, across))}]: {tree.shown(found[across])}"
        yield from _mended(scene, kind, says, {place: found[across]}, found)
    constant = samples.constant(right)
    if constant is not None:
        text = formula(number(constant), {})
        says = f"{name} is {text}, not {tree.shown(expr)}"
        if constant == 0 or (ratio is None and samples.constant(own[place]) == 0):
            kind = "missing-term" if constant else "surplus-term"
        yield from _mended(scene, kind, says, {place: text}, found)
        return
    if ratio is not None:
        says = f"a factor {ratio} is missing in {name}"
        says = f"the sign of {name} is wrong" if ratio == -1 else says
        yield from _mended(scene, kind, says, {place: _scaled(expr, ratio)}, found)


def _scaled(expr: Expr, ratio: Fraction) -> str:
    text, sum_ = expr.span.text, isinstance(expr, syntax.Binary) and expr.operator in "+-"
    own = f"({text})" if sum_ else text
    if ratio == -1:
        return text[1:].lstrip() if isinstance(expr, syntax.Unary) else f"-{own}"
    above = "" if ratio.numerator == 1 else f"{ratio.numerator}*"
    return f"{above}{own}" + (f"/{ratio.denominator}" if ratio.denominator != 1 else "")


def _mended(
    scene: RefutedClaim,
    kind: str,
    says: str,
    new: dict[Place, Expr | str],
    found: dict[Place, Expr],
) -> Iterator[Slip]:
    pairs: list[Expr | str] = []
    for place, other in new.items():
        pairs += [found[place], other if isinstance(other, str) else other.span.text]
    text = tree.exchanged(scene, pairs)
    node = scene.read(text)
    if node is not None:
        yield Slip(kind, says, node, text)
