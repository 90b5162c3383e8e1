"""The search for the mistake: candidates tried, cheapest first, and the first true mend returned.

Must not know any particular mistake; a mend counts only as a claim that was itself judged right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from gradcli import work
from gradcli.calculus.core import EINSUM, WHERE, is_zero
from gradcli.claims import Claimed
from gradcli.diagnosis import (
    at_point,
    mistakes,
    patterns,
    where,
)
from gradcli.diagnosis.evidence.refuted_claim import (
    Enough,
    RefutedClaim,
    Slip,
    WrittenCase,
    at_one_point,
    passes,
    printed,
    refuted_claim,
)
from gradcli.diagnosis.kinds import rounded, shapes
from gradcli.diagnosis.restricting import restricted
from gradcli.errors import GradcliError
from gradcli.graph.shape import fixed
from gradcli.judge.finding import PASSED, Diagnosis
from gradcli.judge.pair_verdict import judged
from gradcli.judge.tester import Ruling
from gradcli.language.tree.build import call
from gradcli.language.tree.syntax import Expr
from gradcli.language.written import WrittenDerivation
from gradcli.trial.pair import HOLE
from gradcli.trial.sample_space import SampleSpace

TOLD = ("transpose", "layout")
NAMED = ("domain", "convention", "node")
"""What is said of these is all there is to say: no other side would mend them."""
MOVED = ("transpose", "layout", "swapped", "domain")
"""Of these every entry is what another should be: where that is the same says nothing."""
ENOUGH = 3
MOST_VERIFIED = 10


def diagnose(
    case: WrittenCase, claimed: Claimed, ruling: Ruling, told: Diagnosis | None = None
) -> Diagnosis | None:
    """The mistake in a refuted claim, with a mend that was verified; else what is `told` of it."""
    found = _diagnosed(case, claimed, ruling, told)
    return None if found is None else restricted(case, claimed, ruling, found)


def _diagnosed(
    case: WrittenCase, claimed: Claimed, ruling: Ruling, told: Diagnosis | None
) -> Diagnosis | None:
    if ruling.verdict != "refuted" or ruling.nowhere or (told and told.kind in NAMED):
        return told
    found = _found(case, claimed, ruling)
    if told is None or found is None:
        return told or found
    if told.kind in TOLD and found.kind in TOLD:
        return replace(told, mended=found.mended, verdict=found.verdict)
    return found


def _found(case: WrittenCase, claimed: Claimed, ruling: Ruling) -> Diagnosis | None:
    """The first mend that passes, else where the claim is right."""
    row, pair, derivation = ruling.row, ruling.pair, case.derivation(ruling.built)
    if (
        pair.relation.sign == "!="
        or pair.relation.orders
        or (row is not None and row.state == HOLE)
    ):
        return None
    if pair.relation.literals:
        side = derivation.contexts[claimed.key][0].side
        near = ((slip, printed(side, slip.tree)) for slip in rounded.digits(ruling, side))
        return _mended(case, claimed, near) or _numbers(
            case, claimed, at_one_point(claimed, ruling, derivation)
        )
    found = refuted_claim(claimed, ruling, derivation)
    if found is None:
        return None
    with suppress(Enough):
        # What is wrong because the line above is needs no far-fetched reason.
        before = ruling.follows is not None and ruling.follows.verdict in PASSED
        for finders in (single(found), () if before else mistakes.SEVERAL):
            mended = _mended(case, claimed, fitting(found, finders), found)
            if mended is not None:
                place = None if mended.kind in MOVED else patterns.found(case, found)
                # At a single one of them it is right by accident.
                told = place is not None and place.right.sum() > 1
                words = f"{place.words}: {mended.text}" if place and told else mended.text
                return replace(mended, text=words)
            found.again()
    if (told := _turned(case, claimed, found)) is not None:
        return told
    with suppress(Enough):
        if told := _numbers(case, claimed, found) or _described(case, found):
            return told
    place = patterns.found(case, found)
    return _elsewhere(case, claimed, found, place) if place else None


def _turned(case: WrittenCase, claimed: Claimed, found: RefutedClaim) -> Diagnosis | None:
    """One mistake more in a side that has the shape of the transpose of what is right."""
    sizes, derivation = found.trial.sizes, found.derivation
    truth, claim = (fixed(node.shape, sizes) for node in (found.truth, found.claim))
    if len(truth) != 2 or truth == claim or truth != claim[::-1]:
        return None
    with suppress(Enough, GradcliError):
        turned = derivation.parsed(found.printed(shapes.turned(found, found.expr)))
        ruling = case.judge(claimed, lambda made: made.mended(claimed, turned))
        if ruling.verdict != "refuted":
            return None
        side = replace(found.side, value=turned)
        if again := refuted_claim(claimed, ruling, derivation, side):
            told = _mended(case, claimed, fitting(again, single(again)), again)
            words = "two mistakes: this is the transpose of what is right"
            return told and replace(told, kind="several", text=f"{words}; {told.text}")
    return None


def _elsewhere(
    case: WrittenCase, claimed: Claimed, found: RefutedClaim, place: patterns.EntryPattern
) -> Diagnosis:
    """What is said of a claim that is right at some of its entries: with a mend at the others."""
    right = found.parsed(place.condition) if place.condition else None
    if right is not None:
        found.again()
        inside = (slip for slip, _ in fitting(found, single(found)))
        mended = (
            replace(slip, tree=call(WHERE.name, right, found.expr, slip.tree)) for slip in inside
        )
        told = _mended(case, claimed, ((slip, found.printed(slip.tree)) for slip in mended))
        if told is not None:
            return replace(told, text=f"{place.words}: there {told.text}")
    return Diagnosis("entries", f"this is {place.words}")


def _numbers(case: WrittenCase, claimed: Claimed, found: RefutedClaim | None) -> Diagnosis | None:
    """What was done to come to these numbers at a point, with the true ones."""
    seen = None if found is None else at_point.AtPoint(found)
    if found is None or seen is None or not seen.told:
        return None
    way = None
    with suppress(Enough):
        way = next(at_point.ways(found, seen), None)
    if way is None:
        return None
    tree = seen.mend()
    text = None if tree is None else found.printed(tree)
    verdict = None if text is None else verdict_on(case, claimed, text)
    return Diagnosis(*way, text if verdict else None, verdict)


def _mended(
    case: WrittenCase, claimed: Claimed, candidates: Iterable[tuple[Slip, str]],
    found: RefutedClaim | None = None,
) -> Diagnosis | None:  # fmt: skip
    """The first of these mistakes, with its mend in print, whose mend is right as it is read there.

    What was not proved must be right in what it changes, however little that is.
    """
    for slip, text in islice(candidates, MOST_VERIFIED):
        verdict = verdict_on(case, claimed, text)
        if verdict and (verdict == "proved" or found is None or found.changed_rightly(slip.tree)):
            return Diagnosis(slip.kind, slip.says, text, verdict)
    return None


def _described(case: WrittenCase, found: RefutedClaim) -> Diagnosis | None:
    """Where the claim is right, for one that nothing mends: judged there before it is said."""
    for region in where.regions(found):
        makes = region.claim
        if passes(case, found.claimed, makes) if makes else _at_size(found.ruling, region):
            return Diagnosis(region.kind, f"{where.ONLY} {region.text}")
    return None


def _at_size(ruling: Ruling, region: where.Region) -> bool:
    tried = ruling.sample_space
    meant = replace(tried.dimensions, conditions=(*tried.dimensions.conditions, *region.conditions))
    at_size = SampleSpace(
        tried.spaces, tried.letters, tried.given, region.sizes, tried.seed, tried.points,
        dimensions=meant,
    )  # fmt: skip
    return judged(ruling.pair, at_size).verdict in PASSED


def fitting(
    refuted: RefutedClaim, finders: Sequence[mistakes.Mistake]
) -> Iterator[tuple[Slip, str]]:
    """What may be meant, in print: right at the points of the trial."""
    tried = {_plain(refuted.claimed.span.text)}
    unusual = []
    # What is zero everywhere is whatever was written with a part of it gone.
    with suppress(Enough):
        for slip in _slips(refuted, finders) if not is_zero(refuted.truth) else ():
            work.pause()
            if refuted.fits(slip.tree):
                text = refuted.printed(slip.tree)
                if _plain(text) in tried or refuted.repeats(slip.tree, text):
                    continue
                tried.add(_plain(text))
                if f"{EINSUM.name}(" in text:
                    # Hardly anybody writes a product of arrays so.
                    unusual.append((slip, text))
                else:
                    yield slip, text
    yield from unusual


def single(refuted: RefutedClaim) -> Sequence[mistakes.Mistake]:
    """The mistakes that may explain a claim, each for itself."""
    sizes = refuted.trial.sizes
    if fixed(refuted.truth.shape, sizes) != fixed(refuted.claim.shape, sizes):
        return mistakes.RESHAPING
    return mistakes.ALL if len(refuted.places) >= ENOUGH else mistakes.LONE


def _slips(refuted: RefutedClaim, finders: Sequence[mistakes.Mistake]) -> Iterator[Slip]:
    for mistake in finders:
        for slip in mistake.slips(refuted):
            assert slip.kind in mistake.kinds, f"{slip.kind} is none of {mistake.kinds}"
            yield slip


def _plain(text: str) -> str:
    return "".join(text.split())


def verdict_on(case: WrittenCase, claimed: Claimed, text: str) -> str | None:
    """The verdict on the mended line; None unless it passes at all sizes and turns."""
    read: list[Expr] = []

    def mended(derivation: WrittenDerivation) -> Claimed:
        if not read:
            read.append(derivation.parsed(text))
        return derivation.mended(claimed, read[0])

    return passes(case, claimed, mended)
