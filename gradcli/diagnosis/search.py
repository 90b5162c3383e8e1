"""The search for the mistake: candidates tried, cheapest first, and the first true mend returned.

Must not know any particular mistake; a mend counts only as a claim that was itself judged right.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from gradcli.calculus.core import is_zero
from gradcli.diagnosis import digits, table, where
from gradcli.diagnosis.scene import Enough, Scene, Slip, scene
from gradcli.errors import GradcliError
from gradcli.graph.claims import Board, Claimed
from gradcli.graph.shape import fixed
from gradcli.judge.check import Case, Judgement, Ruling
from gradcli.judge.finding import Diagnosis
from gradcli.language.written import Written
from gradcli.trial.pair import HOLE

TOLD = ("transpose", "layout")
PASSED = ("proved", "holds")
ENOUGH = 3
MOST_VERIFIED = 6


def diagnose(case: Case, judgement: Judgement, told: Diagnosis | None = None) -> Diagnosis | None:
    """The mistake in a refuted claim, with a mend that was verified; else what is `told` of it."""
    if judgement.truth.outcome.verdict != "refuted" or (told and told.kind == "domain"):
        return told
    found = _found(case, judgement)
    if told is None or found is None:
        return told or found
    if told.kind in TOLD and found.kind in TOLD:
        return replace(told, mended=found.mended, verdict=found.verdict)
    return found


def _found(case: Case, judgement: Judgement) -> Diagnosis | None:
    """The first mend that passes, of those that are right at the points of the scene."""
    ruling = judgement.truth
    tried = {_plain(judgement.claimed.span.text)}
    for kind, says, text in islice(_fitting(ruling, judgement.claimed), MOST_VERIFIED):
        if _plain(text) in tried:
            continue
        tried.add(_plain(text))
        if verdict := _verdict(case, judgement, text):
            return Diagnosis(kind, says, text, verdict)
    return _described(ruling, judgement.claimed)


def _described(ruling: Ruling, claimed: Claimed) -> Diagnosis | None:
    """Where the claim is right, for one that nothing mends."""
    row, pair = ruling.outcome.row, ruling.pair
    if pair.relation.sign == "!=" or pair.relation.literals or (row and row.state == HOLE):
        return None
    found = scene(claimed, ruling)
    return where.described(found) if found else None


def _fitting(ruling: Ruling, claimed: Claimed) -> Iterator[tuple[str, str, str]]:
    """Kind, words and text of what may be meant."""
    row, sign, board = ruling.outcome.row, ruling.pair.relation.sign, ruling.board
    if sign == "!=" or (row is not None and row.state == HOLE) or not isinstance(board, Written):
        return
    if ruling.pair.relation.literals:
        yield from digits.candidates(ruling, board.moments[claimed.key][0].side)
    elif (found := scene(claimed, ruling)) is not None and not is_zero(found.truth):
        # What is zero everywhere is whatever was written with a part of it gone.
        for slip in _slips(found):
            if found.fits(slip.node):
                yield slip.kind, slip.says, slip.text


def _slips(scene: Scene) -> Iterator[Slip]:
    sizes = scene.trial.sizes
    generators = table.GENERATORS if len(scene.places) >= ENOUGH else table.LONE
    if fixed(scene.truth.shape, sizes) != fixed(scene.claim.shape, sizes):
        generators = table.TURNING
    with suppress(Enough):
        for candidates in generators:
            yield from candidates(scene)


def _plain(text: str) -> str:
    return "".join(text.split())


def _verdict(case: Case, judgement: Judgement, text: str) -> str | None:
    """The verdict on the mended line; None unless it passes at all sizes and turns."""

    def otherwise(board: Board) -> Claimed:
        assert isinstance(board, Written)
        return board.mended(judgement.claimed, board.parsed(text))

    try:
        verdict = case.judge(judgement.claimed, otherwise).truth.outcome.verdict
    except GradcliError:
        return None
    return verdict if verdict in PASSED else None
