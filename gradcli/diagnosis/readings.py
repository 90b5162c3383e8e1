"""What the evidence says, the likeliest first: each reading is a mend of one place of the claim.

Must not know how a mended claim is verified, nor how one part is held against the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from gradcli.diagnosis.comparison import Change, HeldAgainst, Suspicion
from gradcli.diagnosis.composing import put
from gradcli.diagnosis.evidence import ENOUGH, NEAR, Observed
from gradcli.diagnosis.flow import Flow
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.table import FactTable
from gradcli.diagnosis.unknowns import unknowns
from gradcli.language import syntax
from gradcli.language.syntax import Expr
from gradcli.language.tree import exchanged

MOST, TOO_FAR, NEARBY = 24, 6.5, 1.4
"""How many readings are written down, and what may not cost more to be one: a formula that has
little to do with the claim is no mend of it."""


def readings(refuted: RefutedClaim, flow: Flow | None) -> Iterator[Slip]:
    """The mends that the evidence suggests."""
    if refuted.claim.shape != refuted.truth.shape or len(refuted.places) < ENOUGH:
        return
    evidence = Observed(refuted)
    if evidence.count < ENOUGH:
        return
    reader = HeldAgainst(refuted, FactTable(refuted, flow, evidence), evidence)
    # Whatever is multiplied by its inverse is a constant, and every left side is itself.
    moving = bool((evidence.truth != evidence.truth[:1]).any())
    limit = TOO_FAR if refuted.derived and moving else NEARBY
    every = [r for u in unknowns(refuted, evidence) for r in reader.of(u) if r.cost < limit]
    every.sort(key=lambda reading: reading.cost)
    yield from _together(refuted, evidence, every)
    for reading in every[:MOST]:
        if (change := reading.change()) is not None:
            tree = put(change.part.around, change.part.expr, change.new)
            yield Slip(change.kind, change.says, tree)


# -- several entries wrong at once


def _together(refuted: RefutedClaim, evidence: Observed, every: list[Suspicion]) -> Iterator[Slip]:
    """An array written out, several of whose entries are wrong: each with its likeliest mend."""
    places = dict(_entries(refuted.expr, ()))
    wrong = [entry for entry, place in places.items() if _differs(evidence, place)]
    if len(wrong) < 2:
        return
    changes: dict[Expr, Change] = {}
    for entry in wrong:
        inside = (r for r in every if entry in (*r.part.around, r.part.expr))
        change = next(filter(None, (r.change() for r in islice(inside, 3))), None)
        if change is None:
            return
        changes[entry] = change
    new = {entry: _within(change, entry) for entry, change in changes.items()}
    words = dict.fromkeys(change.says for change in changes.values())
    yield Slip(changes[wrong[0]].kind, "; ".join(words), exchanged(refuted.expr, new))


def _within(change: Change, entry: Expr) -> Expr:
    """An entry with a part of it changed."""
    around = (*change.part.around, change.part.expr)
    return put(around[around.index(entry) : -1], change.part.expr, change.new)


def _entries(expr: Expr, place: tuple[int, ...]) -> Iterator[tuple[Expr, tuple[int, ...]]]:
    if isinstance(expr, syntax.Array):
        for k, item in enumerate(expr.items):
            yield from _entries(item, (*place, k))
    elif place:
        yield expr, place


def _differs(evidence: Observed, place: tuple[int, ...]) -> bool:
    truth, claim = evidence.truth, evidence.claim
    for k in place:
        truth, claim = truth[:, k], claim[:, k]
    return bool((np.abs(truth - claim) > NEAR * (np.abs(truth) + np.abs(claim))).any())
