"""The last word on a pair: what points have shown, and proof where there is one.

Must not know how points are chosen, nor how a proof is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gradcli import work
from gradcli.claims import Pair
from gradcli.errors import Diagnostic, SelfCheckError
from gradcli.judge.finding import Evidence
from gradcli.judge.tester import Ruling, Tester
from gradcli.ops.abstract import is_abstract
from gradcli.proof.order import order_proof
from gradcli.proof.proof import Differs, Proof, proof
from gradcli.trial.compare import DIFFERENT, OPEN, SAME
from gradcli.trial.pair import AWAY, rounded
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.trials import Sizes

if TYPE_CHECKING:
    from gradcli.proof.every_size_case import EverySize


PROVING = 3 / 4
"""The share of all operations that a proof may bring the work to; what takes more is left out."""


def judged(pair: Pair, sample_space: SampleSpace, *, one_size: bool = False) -> Ruling:
    """The verdict on two sides of one shape, in graphs that may stand for `one_size` among others.

    Proof comes first: beside one of all that is claimed a few points are enough.
    """
    work.current.spend(work.PAIR, "turns of loops")
    if pair.relation.literals or (pair.relation.sign == "≈" and pair.relation.tolerance is None):
        # What the sides are made of is given; other inputs have any size.
        trial = sample_space.trial(sample_space.choices()[0], (0,))
        row = rounded(pair, trial)
        evidence = Evidence(
            1, [dict(sample_space.bound)] if sample_space.bound else [], method="ball"
        )
        verdict = {SAME: "holds", DIFFERENT: "refuted"}.get(row.state, "undecided")
        why = {AWAY: "nowhere", OPEN: "open"}.get(row.state, "")
        return Ruling(pair, sample_space, verdict, evidence, why, row)
    tester = Tester(pair, sample_space)
    equates = not pair.relation.orders and pair.relation.tolerance is None
    same = equates and pair.left is pair.right
    # Of given values the one point may be exact; but it may be too much work, and a proof little.
    early = not sample_space.complete or tester.costly
    shown = _shown(pair, sample_space) if equates and not same and early else None
    whole = (same or _whole(shown, sample_space)) and not (one_size or sample_space.points)
    found = tester.beside_proof() if whole else None
    if found is None:
        tester = Tester(pair, sample_space)
        found = tester.verdict()
    if equates and found.verdict == "holds":
        _exact(found, same)
    if pair.relation.orders:
        if found.verdict == "holds":
            _order(found, order_proof(pair, sample_space))
        if found.verdict == "holds" and any(map(is_abstract, pair.order)):
            found.verdict, found.why = "undecided", "example"
    elif found.verdict in ("holds", "refuted") and equates:
        shown = shown if early else _shown(pair, sample_space)
        if isinstance(shown, Proof):
            sizes = shown.sizes if whole else [*filter(tester.valued, shown.sizes)]
            _prove(found, shown, sizes)
        elif isinstance(shown, Differs) and found.verdict == "holds":
            from gradcli.judge.closer import shown_to_differ  # noqa: PLC0415 seldom asked

            found = shown_to_differ(tester, shown.sizes)
    if found.verdict == "holds":
        found = _further(tester, found)
        found.lacking = tester.lacking()
    if sample_space.free and found.evidence.every_size is None:
        found.evidence.every_size = False
    return found


def _shown(pair: Pair, sample_space: SampleSpace) -> Proof | Differs | None:
    with work.at_most(PROVING):
        return proof(pair, sample_space)
    return None


def _whole(shown: Proof | Differs | None, sample_space: SampleSpace) -> bool:
    """Whether all that is claimed is proved."""
    return isinstance(shown, Proof) and (shown.every is not None or not sample_space.free)


def _exact(found: Ruling, same: bool) -> None:
    """Turn `holds` into `proved` for one and the same graph, or rationals at the only point."""
    sample_space, evidence = found.sample_space, found.evidence
    if same:
        found.verdict, evidence.method = "proved", "identity"
        evidence.proved = evidence.sizes
        if sample_space.free:
            evidence.every_size, evidence.route = True, "identity"
    elif (
        sample_space.complete
        and not sample_space.free
        and evidence.method == "exact"
        # One example of an abstract function says nothing of the others.
        and not any(map(is_abstract, found.pair.order))
    ):
        found.verdict = "proved"


def _further(tester: Tester, found: Ruling) -> Ruling:
    """The ruling on what holds, after a look at more sizes and a closer one."""
    from gradcli.judge.closer import affordable, closer  # noqa: PLC0415

    shown = found.evidence
    swept = bool(tester.sample_space.free) and tester.sweep()
    # What is proved at the sizes that were tried is seen closely enough.
    if not shown.proved or (swept and affordable(tester)):
        found = closer(tester)
    elif swept:
        found = tester.ruling()
    if found.verdict == "holds":
        found.evidence.error, found.evidence.proved = shown.error, shown.proved
    return found


def _order(found: Ruling, shown: list[Sizes] | None) -> None:
    """Turn `holds` into `proved` where ranges show an inequality, and say at which sizes."""
    if shown is None:
        return
    found.evidence.proved = [dict(sizes) for sizes in shown if sizes]
    if not found.sample_space.free:
        found.verdict, found.evidence.method = "proved", "ranges"


def _prove(found: Ruling, shown: Proof, sizes: list[dict[str, int]]) -> None:
    """Turn `holds` into `proved` where residues agree at every size, and say at which they do.

    SelfCheckError for what is refuted.
    """
    if found.verdict == "refuted":
        elsewhere = found.row is not None and found.row.trial.sizes not in shown.sizes
        if shown.sizes and elsewhere and shown.every is None:
            # Right at some sizes and wrong at others.
            return
        message = "a point refutes what residues prove: this is a bug of gradcli"
        raise SelfCheckError(Diagnostic("G900", message, None, help="please report the derivation"))
    evidence = found.evidence
    evidence.error, evidence.proved = shown.bits, sizes
    if shown.every is not None:
        evidence.every_size, evidence.route = True, shown.every.route
        evidence.read_at = shown.every.sizes
    if shown.every is not None or not found.sample_space.free:
        found.verdict, evidence.method = "proved", "residues"


def prove(found: Ruling, shown: EverySize | None) -> None:
    """Turn what holds at some sizes into `proved` where it was shown at every size."""
    if shown is not None and found.evidence.proved:
        evidence = found.evidence
        found.verdict, evidence.method = "proved", "residues"
        evidence.error = min(shown.bits, evidence.error or shown.bits)
        evidence.every_size, evidence.route = True, shown.route
        evidence.read_at = shown.sizes


def prove_by(found: Ruling, turns: Iterable[tuple[Pair, SampleSpace] | None]) -> bool:
    """Turn what holds at some sizes into `proved` where claims that say as much are; whether so."""
    from gradcli.proof.every_size import INDUCTION, joined  # noqa: PLC0415 seldom asked
    from gradcli.proof.every_size_case import EverySize  # noqa: PLC0415 seldom asked

    parts: list[EverySize] = []
    for turn in turns:
        shown = None if turn is None else _shown(*turn)
        if turn is None or not isinstance(shown, Proof):
            return False
        if turn[1].free and shown.every is None:
            return False
        parts.append(EverySize(shown.bits, INDUCTION, shown.every.sizes if shown.every else {}))
    if parts:
        prove(found, joined(parts))
    return found.verdict == "proved"
