"""Derivatives at a point that was written down: where a switch rests both sides decide.

Must not know what is claimed of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcli.arithmetic.ball import precision
from gradcli.arithmetic.base import Array
from gradcli.certify.certify import Naming, outside
from gradcli.certify.liveness import at_rest, first_missing, live
from gradcli.certify.onesided import both_sides, is_unknown, one_derivative
from gradcli.graph.claims import Derived
from gradcli.graph.order import topological
from gradcli.trial.crosscheck import AtRow
from gradcli.trial.pair import Pair
from gradcli.trial.trials import Trial, finite_rows


@dataclass(slots=True, eq=False)
class NoDerivative:
    """A derivative that does not exist at the point: what switches, both sides of it, by entry."""

    derived: Derived
    function: str
    left: Array
    right: Array
    missing: list[tuple[int, ...]]


def require_values(pair: Pair, trial: Trial, naming: Naming) -> None:
    """GradcliError where a side has no value at the trial's one point, derivatives apart."""
    taken = {derived.node for derived in pair.derived}
    for side in pair.sides:
        order = topological([side])
        if taken.intersection(order) or pair.relation.literals.keys() & {*order}:
            continue
        if not finite_rows(trial.evaluate([side])[0])[0]:
            known = trial.row(0)
            with precision(trial.bits):
                missing = first_missing(live(side, known), known, trial.sizes)
            if missing is not None and missing.certain:
                raise outside(missing, naming)


def settle_derivatives(pair: Pair, trial: Trial, naming: Naming) -> NoDerivative | None:
    """Give every derivative at the trial's one point the value that both of its sides have.

    GradcliError where what is differentiated has no value there.
    """
    for derived in pair.derived:
        # What is overridden stands still: the series moves what was written.
        free = Trial(
            {node: x for node, x in trial.inputs.items() if node.op.name == "input"},
            trial.count, trial.sizes, trial.bits,
        )  # fmt: skip
        free.evaluate([derived.of, derived.by, derived.node])
        value = trial.evaluate([derived.of, derived.by, derived.node])[0]
        known = trial.row(0)
        with precision(trial.bits, terms=8):
            order = live(derived.of, known)
            if not finite_rows(value)[0]:
                missing = first_missing(order, known, trial.sizes)
                if missing is not None and missing.certain:
                    raise outside(missing, naming)
                continue
            kinks, _ = at_rest(order, known, trial.sizes)
            if not kinks:
                continue
            setting = AtRow(derived.of, [derived.by], free, 0)
            left, right = both_sides(setting, setting.point_here, value[0, ...], trial.bits)
            one = np.frompyfunc(lambda a, b: one_derivative(a, b, trial.bits), 2, 1)
            merged = one(left, right)
        shape = (*setting.shape, *setting.shapes[0])
        lost = [at for at in np.ndindex(merged.shape) if _lost(merged[at])]
        if lost:
            node = kinks[0][0]
            places = [
                np.unravel_index(r * setting.columns + c, shape) if shape else () for r, c in lost
            ]
            return NoDerivative(
                derived, node.op.title, left.reshape(shape), right.reshape(shape),
                [tuple(int(x) for x in place) for place in places],
            )  # fmt: skip
        _override(trial, derived, merged.reshape(1, *shape))
    return None


def _lost(x: object) -> bool:
    return x is None or is_unknown(x)


def _override(trial: Trial, derived: Derived, value: Array) -> None:
    """What rests on a derivative is computed anew with the value that it has."""
    inputs = trial.inputs | {derived.node: value}
    trial.inputs = inputs
    trial.values = dict(inputs)
