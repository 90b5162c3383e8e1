"""Claims with rounded numbers: whether the true value at a point rounds to what was written.

Must not know how points are chosen, nor how a literal says how far it may be off.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.arithmetic.ball import precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.interval import INTERVAL, Interval, inside
from gradcli.claims import Pair
from gradcli.trial.compare import DIFFERENT, OPEN, SAME
from gradcli.trial.pair import AWAY, LAST_BITS, PointResult
from gradcli.trial.trials import Trial, finite_rows


def rounded(pair: Pair, trial: Trial) -> PointResult:
    """The state of a claim with rounded literals at the one point of a trial."""
    row = PointResult(AWAY, trial, 0)
    while True:
        with precision(trial.bits):
            left = trial.evaluate([pair.left])[0]
            found = [*rounds(pair, trial).flat]
        row.trial = trial
        if not finite_rows(left)[0]:
            row.state = AWAY
            return row
        if False in found or None not in found:
            row.state = DIFFERENT if False in found else SAME
            return row
        row.state = OPEN
        if trial.bits >= LAST_BITS:
            return row
        trial = trial.only([0], trial.bits * 2)


def rounds(pair: Pair, trial: Trial) -> Array:
    """For each entry, whether the true value rounds to what is written; None where it is open."""
    given = {
        node: INTERVAL.single(Interval(rational(low), rational(high)))
        for node, (low, high) in pair.relation.literals.items()
    }
    exact = np.frompyfunc(lambda x: Interval(x, x), 1, 1)
    known = {node: exact(value) for node, value in trial.inputs.items()}
    right = evaluate([pair.right], INTERVAL, known | given, trial.sizes)[0]
    left = trial.evaluate([pair.left])[0]
    found: Any = np.frompyfunc(inside, 2, 1)(left[0, ...], right[0, ...])
    return np.asarray(found, dtype=object)
