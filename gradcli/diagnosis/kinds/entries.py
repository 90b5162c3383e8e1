"""A vector or matrix written entry by entry: two entries exchanged, or one of them wrong.

Must not know graphs of derivations, nor mistakes of whole sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip, shown
from gradcli.diagnosis.evidence.samples import Samples
from gradcli.diagnosis.trees.composing import Scale, scaled
from gradcli.language.tree import syntax
from gradcli.language.tree.build import exchanged, number
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Expr

MOST = 16
Place = tuple[int, ...]


def candidates(refuted: RefutedClaim) -> Iterator[Slip]:
    """Only where the entries are written out, and some of them are right."""
    found = dict(_entries(refuted.expr, ()))
    samples = Samples(refuted)
    if not samples.many or len(found) > MOST or samples.claim.shape[1:] != samples.truth.shape[1:]:
        return
    right = {place: _column(samples.truth, place) for place in found}
    own = {place: _column(samples.claim, place) for place in found}
    wrong = [p for p in found if not samples.same(right[p], own[p])]
    for one, two in combinations(wrong, 2) if len(wrong) == 2 else ():
        if samples.same(right[one], own[two]) and samples.same(right[two], own[one]):
            says = f"the entries {shown(found[one])} and {shown(found[two])} are exchanged"
            swapped = {found[one]: found[two], found[two]: found[one]}
            yield Slip("swapped", says, exchanged(refuted.expr, swapped))
    if len(wrong) == 1:
        yield from _single(refuted, samples, wrong[0], found, right[wrong[0]], own)


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
    refuted: RefutedClaim,
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
        says = f"{name} is that of [{', '.join(map(str, across))}]: {shown(found[across])}"
        yield Slip(kind, says, exchanged(refuted.expr, {expr: found[across]}))
    constant = samples.constant(right)
    if constant is not None:
        new = number(constant)
        says = f"{name} is {source_of(new)}, not {shown(expr)}"
        if constant == 0 or (ratio is None and samples.constant(own[place]) == 0):
            kind = "missing-term" if constant else "surplus-term"
        yield Slip(kind, says, exchanged(refuted.expr, {expr: new}))
        return
    if ratio is not None:
        says = f"a factor {ratio} is missing in {name}"
        says = f"the sign of {name} is wrong" if ratio == -1 else says
        yield Slip(kind, says, exchanged(refuted.expr, {expr: scaled(expr, Scale(ratio))}))
