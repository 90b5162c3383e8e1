"""The mistake in a claim at large written sizes, sought with letters in the place of these.

Must not know how a mistake is found. What is found counts only if it is right at the sizes that
were written; a letter is called by its number, so that what is said reads as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from gradcli.arithmetic.evaluate import work_of
from gradcli.claims import Claimed
from gradcli.diagnosis.evidence.refuted_claim import FEWEST, WORK, WrittenCase
from gradcli.diagnosis.search import diagnose, verdict_on
from gradcli.errors import GradcliError
from gradcli.judge.finding import Diagnosis
from gradcli.judge.tester import Ruling
from gradcli.language.documents.sections import all_statements
from gradcli.language.elaboration.letters import counted
from gradcli.language.tree.syntax import Loop, Statement
from gradcli.proof.lettered import large_sizes

Reread = Callable[[Mapping[Statement, Statement]], WrittenCase]
"""The derivation with other statements in the place of some."""


def diagnosed(
    case: WrittenCase, claimed: Claimed, ruling: Ruling, told: Diagnosis | None,
    statements: Sequence[Statement], reread: Reread,
) -> Diagnosis | None:  # fmt: skip
    """The mistake in a refuted claim: as it stands where that is little work, else with letters."""
    large = told is None and _is_large(ruling) and not case.points and not case.data
    if sizes := {*map(str, large_sizes(ruling.pair))} if large else set():
        every = (s for s in all_statements(statements) if not isinstance(s, Loop))
        with suppress(GradcliError):
            if found := _found(case, claimed, reread({s: counted(s, sizes) for s in every})):
                return found
    return diagnose(case, claimed, ruling, told)


def _is_large(ruling: Ruling) -> bool:
    pair, sizes = ruling.pair, ruling.sample_space.choices()[0]
    return not ruling.why and work_of(pair.order, sizes) > WORK // FEWEST


def _found(case: WrittenCase, claimed: Claimed, lettered: WrittenCase) -> Diagnosis | None:
    same = lettered.shown.claims.get(claimed.key)
    if same is None:
        return None
    found = diagnose(lettered, same, lettered.judge(same))
    if found is None or not found.mended:
        return None
    verdict = verdict_on(case, claimed, found.mended)
    return replace(found, verdict=verdict) if verdict else None
