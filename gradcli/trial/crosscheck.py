"""Our own derivatives against FLINT's series and against differences, at points of a claim.

Must not know claims. A disagreement is a bug of gradcli, and is said so.
"""

from __future__ import annotations

from random import Random

import numpy as np

from gradcli.arithmetic.ball import precision
from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.evaluate import operations
from gradcli.arithmetic.measure import integer
from gradcli.certify.certify import disagree
from gradcli.certify.differences import contradicts, differences
from gradcli.certify.onesided import is_unknown, slopes
from gradcli.certify.problem import Setting
from gradcli.errors import Diagnostic, SelfCheckError, Span
from gradcli.graph.claims import Derived
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.trial.trials import Trial

SERIES_WORK, DIFFERENCE_WORK = 30_000, 3_000
TERMS = 2


class AtRow(Setting):
    """A derivative at one point of a trial: what is differentiated, moving by one vertex."""

    def __init__(self, derived: Derived, trial: Trial, row: int) -> None:
        super().__init__(derived.of, [derived.by], trial.sizes)
        self.point_here = trial.point(row)
        known = trial.row(row)
        self.point_here[derived.by] = known[derived.by]
        self.value = known[derived.of][0, ...]
        self.gradient = known[derived.node].reshape(self.rows, self.columns)

    def point(self, m: Arithmetic) -> dict[Node, Array]:
        return self.point_here


def cross_check(derived: Derived, trial: Trial, row: int, span: Span | None) -> None:
    """SelfCheckError where the series contradict a derivative at this point.

    Differences are asked where the series cannot tell. Both go along one random direction, in which
    every entry of the derivative takes part.
    """
    trial.evaluate([derived.of, derived.by, derived.node])
    work = operations([derived.of], trial.sizes)
    if work > SERIES_WORK:
        return
    setting = AtRow(derived, trial, row)
    random = Random(f"{setting.columns} {row}")
    direction = np.empty((1, setting.columns), dtype=object)
    direction[0] = [integer(random.choice((-3, -2, -1, 1, 2, 3))) for _ in range(setting.columns)]
    with precision(trial.bits, terms=TERMS):
        expected = np.matmul(direction, setting.gradient.T)
        pushed = slopes(setting, setting.point_here, setting.value, direction)
        if not any(x is None or is_unknown(x) for x in pushed.flat):
            if disagree(pushed, expected):
                raise _contradiction("the series", span)
            # None of our rules made these; a wave shorter than a step could now only mislead.
            return
    if work > DIFFERENCE_WORK:
        return
    found = differences(setting, direction, topological([derived.of]), trial.bits)
    with precision(trial.bits):
        if contradicts(found, expected):
            raise _contradiction("finite differences", span)


def _contradiction(one: str, span: Span | None) -> SelfCheckError:
    message = f"{one} and reverse mode give different derivatives: this is a bug of gradcli"
    help = "please report the derivation"
    return SelfCheckError(Diagnostic("G900", message, span, help=help))
