"""Derivatives at a point that was written down: where a switch rests both sides decide.

Must not know what is claimed of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gradcli.arithmetic.ball import NAN, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import size_of
from gradcli.calculus.core import INPUT
from gradcli.calculus.derivative import Derived
from gradcli.certify.certify import Naming, outside
from gradcli.certify.curves import Curve
from gradcli.certify.definedness import at_rest, first_missing, live
from gradcli.certify.onesided import is_unknown
from gradcli.certify.two_sided import OneSidedDerivatives, one_sided_derivatives, work
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.trial.crosscheck import AtRow
from gradcli.trial.trials import Sizes, Trial, finite_rows


@dataclass(slots=True, eq=False, repr=False)
class Settled:
    """The values of derivatives in which a switch rests; `shown` as in `Sides`."""

    values: dict[Node, Array] = field(default_factory=dict)
    shown: bool = True


@dataclass(slots=True, eq=False, repr=False)
class NoDerivative:
    """A derivative that does not exist at the point, or cannot be told to: both sides, by entry.

    `order` is 2 for the derivative of a derivative, `function` what switches there; `missing` are
    the entries without one, `why` says of them what the sides do not. It is `unknown` where the
    series cannot tell.
    """

    derived: Derived
    order: int
    function: str
    left: Array
    right: Array
    missing: list[tuple[int, ...]]
    why: dict[tuple[int, ...], str]
    unknown: bool


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


def settling(pair: Pair, sizes: Sizes) -> int:
    """How many operations on series it takes to settle the derivatives at a point."""
    return sum(
        work(Curve(derived.of, pair.derived[:k]), derived.beside or [derived.by], sizes)
        for k, derived in enumerate(pair.derived)
    )


def settle_derivatives(pair: Pair, trial: Trial, naming: Naming) -> Settled | NoDerivative:
    """The value that both of its sides have for every derivative at the trial's one point.

    Only what a switch rests in is there; all else has the value of its graph. GradcliError where
    what is differentiated has no value there.
    """
    found = Settled()
    resting: list[Derived] = []
    for derived in pair.derived:
        of = derived.of
        trial.evaluate([of, derived.by, derived.node])
        # What is settled so far stands in place of its graph.
        value = Trial(trial.inputs | found.values, 1, trial.sizes, trial.bits).evaluate([of])[0]
        known = trial.row(0)
        with precision(trial.bits):
            order = live(of, known)
            if not finite_rows(value)[0]:
                missing = first_missing(order, known, trial.sizes)
                if missing is not None and missing.certain:
                    raise outside(missing, naming)
                continue
            kinks, _ = at_rest(order, known, trial.sizes, derived.beside or [derived.by])
        inner = Curve(of, resting)
        deep = inner.depth(None)
        if not kinks and not deep:
            continue
        setting = AtRow(of, derived.beside or [derived.by], trial, 0)
        setting.curve = inner
        both = _sides(setting, value[0, ...], trial.bits)
        start = sum(setting.widths[: setting.wrt.index(derived.by)])
        both = both.of(slice(start, start + size_of(derived.by, trial.sizes)))
        shape = (*setting.shape, *setting.plain(derived.by.shape))
        lost = [at for at in np.ndindex(both.one.shape) if _lost(both.one[at])]
        if lost:
            places = {at: _place(at, both.one.shape[1], shape) for at in lost}
            node = kinks[0][0] if kinks else of
            return NoDerivative(
                derived, 1 + deep, node.op.title, both.left.reshape(shape),
                both.right.reshape(shape), [*places.values()],
                {places[at]: words for at, words in both.why.items() if at in places},
                any(is_unknown(both.one[at]) for at in lost),
            )  # fmt: skip
        found.values[derived.node] = both.one.reshape(1, *shape)
        found.shown &= both.shown
        resting.append(derived)
    return found


def _sides(setting: AtRow, value: Array, bits: int) -> OneSidedDerivatives:
    """Both sides; unknown where that takes too much work.

    As well where vertices are taken as independent that a derivative within is taken through.
    """
    others = any(d.by not in setting.wrt for d in setting.curve.inner)
    cut = others and any(node.op is not INPUT for node in setting.wrt)
    with precision(bits):
        both = None if cut else one_sided_derivatives(setting, setting.point_here, value, bits)
    if both is None:
        unknown = np.full((setting.rows, setting.columns), NAN, dtype=object)
        return OneSidedDerivatives(unknown, unknown, unknown)
    return both


def _place(at: tuple[int, ...], width: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    row, column = at
    place = np.unravel_index(row * width + column, shape) if shape else ()
    return tuple(int(x) for x in place)


def _lost(x: object) -> bool:
    return x is None or is_unknown(x)
