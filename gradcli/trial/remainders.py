"""The Taylor test of a claimed derivative: what it leaves of a change, and how fast that falls.

Must not know how claims are written, nor what a verdict is. As in P. E. Farrell, D. A. Ham,
S. W. Funke and M. E. Rognes (2013), but in balls: no rounding ends the fall, so h is as small as
it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np

from gradcli.arithmetic.ball import BALL, Ball, finite, log, precision, sqrt
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import nearest, plain_number
from gradcli.arithmetic.evaluate import evaluate, operations
from gradcli.arithmetic.measure import holds_zero, integer, power_of_two, upper
from gradcli.calculus.derivative import Derived
from gradcli.graph.node import Node
from gradcli.trial.crosscheck import LARGEST, SERIES_WORK, AtRow, direction
from gradcli.trial.trials import Trial

HALVINGS = 4
FIRST = (10, 20, 40)
"""The first h is 2 to the minus this; a smaller one where a function bends more sharply."""
SETTLED = 0.01
"""How near to each other the last two orders are where h is small enough to tell."""


@dataclass(slots=True)
class Remainders:
    """What is left of a change of f along v, for h = 2^-first, halved `HALVINGS` times.

    `without` are the sizes (2-norms) of f(x + h*v) - f(x), `left` of that less h times the claimed
    derivative along v; `orders` say for each halving by which power of h that fell, None where
    nothing can be told from zero, of which there is a bound.
    """

    first: int
    without: list[Fraction | float | str]
    left: list[Fraction | float | str]
    orders_without: list[float | None]
    orders: list[float | None]

    @property
    def settled(self) -> bool:
        """Whether the last two orders are alike, so that h is small enough."""
        last = self.orders[-2:]
        known = [order for order in last if order is not None]
        return not known or (len(known) == 2 and abs(known[1] - known[0]) < SETTLED)


def remainders(derived: Derived, claim: Node, trial: Trial, row: int) -> Remainders | None:
    """The test of a claim, of shape of.shape + by.shape, at one point of a trial.

    None where a function has no value near by, and where that would take too long.
    """
    if operations([derived.of, claim], trial.sizes) > SERIES_WORK:
        return None
    setting = AtRow(derived.of, [derived.by], trial, row)
    slope = trial.evaluate([claim])[0][row, ...]
    found = None
    with precision(trial.bits):
        along = direction(setting, derived.by, Random(f"taylor {row}")) / integer(LARGEST)
        for first in FIRST:
            made = _halved(setting, slope, along, first)
            found = made or found
            if made is not None and made.settled:
                break
    return found


def _halved(setting: AtRow, slope: Array, along: Array, first: int) -> Remainders | None:
    """The remainders from one h on."""
    hs = [power_of_two(-first - k) for k in range(HALVINGS + 1)]
    moved = setting.moved(setting.point_here, np.array([along * h for h in hs], dtype=object))
    ahead = evaluate([setting.output], BALL, moved, setting.sizes)[0].reshape(len(hs), -1)
    change = ahead - setting.value.reshape(1, -1)
    claimed = slope.reshape(setting.rows, setting.columns) @ along
    left = change - np.array([claimed * h for h in hs], dtype=object)
    if not all(map(finite, (*change.flat, *left.flat))):
        return None
    sides = [[(row * row).sum() for row in each] for each in (change, left)]
    orders = [[_order(a, b) for a, b in pairwise(squares)] for squares in sides]
    without, rest = ([_root(x) for x in squares] for squares in sides)
    return Remainders(first, without, rest, *orders)


def _root(square: Ball) -> Fraction | float | str:
    """A norm; where it cannot be told from zero, a bound of it."""
    return plain_number(sqrt(upper(square) if holds_zero(square) else square))


def _order(before: Ball, after: Ball) -> float | None:
    """By which power of h something fell as h was halved; its squares are given."""
    if holds_zero(before) or holds_zero(after):
        return None
    return nearest((log(before) - log(after)) / log(integer(4)))
