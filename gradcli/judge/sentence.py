"""The last word on a pair: what points have shown, and proof where there is one.

Must not know how points are chosen, nor how a proof is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradcli.errors import Diagnostic, SelfCheckError
from gradcli.judge.finding import Evidence
from gradcli.judge.verdict import Court, Outcome
from gradcli.proof.proof import Proof, proof
from gradcli.trial.compare import DIFFERENT, OPEN, SAME
from gradcli.trial.ground import Ground
from gradcli.trial.pair import AWAY, Pair
from gradcli.trial.rounding import rounded


def judged(pair: Pair, ground: Ground) -> Outcome:
    """The verdict on two sides of one shape."""
    if pair.relation.literals or (pair.relation.sign == "≈" and pair.relation.tolerance is None):
        # What the sides are made of is given; other inputs have any size.
        trial = ground.trial(ground.choices()[0], (0,))
        row = rounded(pair, trial)
        evidence = Evidence(1, [dict(ground.bound)] if ground.bound else [], method="ball")
        verdict = {SAME: "holds", DIFFERENT: "refuted"}.get(row.state, "undecided")
        why = {AWAY: "nowhere", OPEN: "open"}.get(row.state, "")
        return Outcome(verdict, evidence, why, row)
    found = Court(pair, ground).verdict()
    if found.verdict == "holds" and pair.relation.tolerance is None:
        closed = ground.complete and not set(ground.letters) - set(ground.bound)
        closed = closed and found.evidence.method == "exact"
        if pair.left is pair.right:
            found.verdict, found.evidence.method = "proved", "identity"
            found.evidence.proved = found.evidence.sizes
        elif closed:
            found.verdict = "proved"
    if found.verdict in ("holds", "refuted") and pair.relation.tolerance is None:
        _prove(pair, ground, found)
    return found


def _prove(pair: Pair, ground: Ground, found: Outcome) -> None:
    """Turn `holds` into `proved` where residues agree; SelfCheckError for what is refuted."""
    shown = proof(pair, ground)
    if not isinstance(shown, Proof):
        return
    if found.verdict == "refuted":
        if shown.sizes and found.row and found.row.trial.sizes not in shown.sizes:
            # Right at some sizes and wrong at others.
            return
        message = "a point refutes what residues prove: this is a bug of gradcli"
        raise SelfCheckError(Diagnostic("G900", message, None, help="please report the derivation"))
    found.verdict = "proved"
    found.evidence.method, found.evidence.error = "residues", shown.bits
    found.evidence.proved = shown.sizes


def together(parts: Sequence[Evidence], worst: Outcome) -> Evidence:
    """What several rulings of one verdict rest on: all points and sizes, the least of the rest."""
    errors = [part.error for part in parts if part.error is not None]
    return Evidence(
        sum(part.points for part in parts),
        _merged(part.sizes for part in parts),
        max((part.branches for part in parts), key=lambda sides: sides[1]),
        min(part.digits for part in parts),
        worst.evidence.method,
        min(errors, default=None),
        _merged(part.proved for part in parts),
    )


def _merged(lists: Iterable[list[dict[str, int]]]) -> list[dict[str, int]]:
    sizes: list[dict[str, int]] = []
    for each in lists:
        sizes += [s for s in each if s not in sizes]
    return sizes
