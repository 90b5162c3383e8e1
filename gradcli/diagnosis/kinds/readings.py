"""What the evidence says, the likeliest first: each reading is a mend of one place of the claim.

Must not know how a mended claim is verified, nor how one part is held against the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

import numpy as np

from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.observed import NEAR, Observed, observed
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.evidence.unknowns import Unknown, unknowns
from gradcli.diagnosis.kinds.comparison import HeldAgainst
from gradcli.diagnosis.kinds.suspicion import Change, Suspicion
from gradcli.diagnosis.known.table import DEAREST, FactTable
from gradcli.diagnosis.trees.composing import put
from gradcli.language.tree import syntax
from gradcli.language.tree.build import exchanged
from gradcli.language.tree.syntax import Expr

MOST, FAR, NEARBY = 24, 4.0, 1.4
"""How many readings are written down, and what may not cost more to be one: a formula that has
little to do with the claim is no mend of it."""


@dataclass(slots=True, eq=False)
class ReadClaim:
    """What there is to read in a claim: its parts, whose needs are known, and the table.

    `freely` is false where only what is near to the claim says something: whatever is multiplied by
    its inverse is a constant, and every left side is itself.
    """

    reader: HeldAgainst
    unknowns: list[Unknown]
    freely: bool = field(init=False)
    suspicions: list[Suspicion] = field(init=False)

    def __post_init__(self) -> None:
        truth = self.reader.evidence.truth
        self.freely = bool(self.reader.refuted.derived) and bool((truth != truth[:1]).any())
        every = self.reader.among(self.unknowns)
        found = [r for r in every if r.cost < (DEAREST if self.freely or r.plain else NEARBY)]
        self.suspicions = sorted(found, key=lambda reading: reading.cost)


@lru_cache(maxsize=1)
def evidence(refuted: RefutedClaim, flow: Flow | None) -> ReadClaim | None:
    """What there is to read; None where there are too few points."""
    seen = observed(refuted) if refuted.claim.shape == refuted.truth.shape else None
    if seen is None:
        return None
    table = FactTable(refuted, flow, seen)
    return ReadClaim(HeldAgainst(refuted, table, seen), unknowns(refuted, seen))


def readings(refuted: RefutedClaim, flow: Flow | None) -> Iterator[Slip]:
    """The mends that the evidence suggests, as far as they are likelier than two mistakes."""
    if (found := evidence(refuted, flow)) is not None:
        near = [r for r in found.suspicions if r.cost < FAR]
        yield from _together(refuted, found.reader.evidence, near)
        yield from _written(near[:MOST])


def far(refuted: RefutedClaim, flow: Flow | None) -> Iterator[Slip]:
    """The others."""
    if (found := evidence(refuted, flow)) is not None:
        yield from _written([r for r in found.suspicions if r.cost >= FAR][:MOST])


def _written(readings: list[Suspicion]) -> Iterator[Slip]:
    for reading in readings:
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
