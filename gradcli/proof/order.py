"""Proof of an inequality: the range of one side less the other lies on one side of zero.

Must not know residues, nor at which points the sides were compared.
"""

from __future__ import annotations

from gradcli.arithmetic.evaluate import evaluate, operations
from gradcli.arithmetic.ranges import RANGES
from gradcli.claims import Pair
from gradcli.proof.convexity import is_above
from gradcli.proof.generic import known_ranges
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.trials import Sizes, exists

MOST_WORK = 20_000


def order_proof(pair: Pair, sample_space: SampleSpace) -> list[Sizes] | None:
    """The sizes at which all values of the sets meet the inequality; None where that is open.

    By intervals with ends that are reached or not: R. E. Moore (1966, "Interval Analysis"), or
    by convexity.
    """
    relation = ">= 0" if pair.relation.sign.endswith("=") else "> 0"
    shown: list[Sizes] = []
    for sizes in [*sample_space.choices(), *sample_space.further()]:
        if sizes and (not exists([pair.gap, *pair.of], sizes) or sizes in shown):
            continue
        if operations([pair.gap], sizes) > MOST_WORK:
            continue
        known = {**known_ranges(sample_space, sizes)}
        gap = evaluate([pair.gap], RANGES, {**known}, sizes)[0]
        met = all(entry.meets(relation) for entry in gap.flat)
        if not met and (sizes or not is_above(pair.gap, relation, sample_space, known)):
            return None
        shown.append(sizes)
        if sample_space.enough(shown):
            return shown
    return None
