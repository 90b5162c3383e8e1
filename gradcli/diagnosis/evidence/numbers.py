"""The parts of a claim that are numbers, all in one matrix: what each is, and what it must be.

Must not know mistakes, nor how a part is made. What is found here to be right at some points is
only worth a closer look.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.diagnosis.evidence.needs import WAYS, Needs


class Numbers:
    """The numbers of a claim, each in its row: `own` is what it is, (numbers, points).

    What it must be is one of some `ways`, (numbers, ways, points), as `Need` has them; where that
    is `open`, it is seen in what the number makes of others. What is `closed` may be nothing.
    """

    def __init__(self, needs: Needs) -> None:
        exprs = [x for x, v in needs.values.items() if v.ndim == 1 and x not in needs.unknown]
        self.exprs, self.row = exprs, {x: k for k, x in enumerate(exprs)}
        self.own = np.array([needs.values[x] for x in exprs]).reshape(len(exprs), needs.count)
        self.ways = np.full((len(exprs), WAYS, needs.count), np.inf)
        self.slack = np.zeros_like(self.ways)
        self.open, self.closed = np.zeros((2, len(exprs)), dtype=bool)
        for k, expr in enumerate(exprs):
            if (need := needs.sure(expr)) is None or need.ways.ndim > 2:
                # Where an array is due, something else there may be one.
                self.open[k] = True
            elif need.closed:
                self.closed[k] = True
            else:
                self.ways[k, : len(need.ways)] = need.ways
                self.slack[k, : len(need.ways)] = need.slack

    def right(self, at: Sequence[int] | Array, values: Array) -> Array:
        """Which of many values (n, points) are what the numbers in these rows must be.

        Of one that is open any may be.
        """
        at = np.asarray(at)
        right = self.open[at]
        # Hardly anything is what it must be at the first point.
        some = (right | self._near(at, values, slice(1))).nonzero()[0]
        right[some] |= self._near(at[some], values[some], slice(None))
        return np.asarray(right & np.isfinite(values).any(axis=1))

    def _near(self, at: Array, values: Array, points: slice) -> Array:
        """Which of them are what is needed at some points."""
        values, ways = values[:, None, points], self.ways[at, :, points]
        with np.errstate(all="ignore"):
            near = (np.abs(values - ways) <= self.slack[at, :, points]) | np.isnan(ways)
        near_any: Array = (near.any(axis=1) | ~np.isfinite(values[:, 0])).all(axis=1)
        return near_any

    def multiple(self, at: Sequence[int] | Array) -> Array:
        """Which of the numbers in these rows must be zero or a multiple of themselves."""
        own, ways, slack = self.own[at, None], self.ways[at], self.slack[at]
        top = np.abs(own).argmax(axis=2, keepdims=True)
        with np.errstate(all="ignore"):
            share = own / np.take_along_axis(own, top, 2)
            room = slack + slack.max(axis=2, keepdims=True) * np.abs(share)
            apart = np.abs(share * np.take_along_axis(ways, top, 2) - ways)
        near = ((apart <= room) | np.isnan(ways)).all(axis=2).any(axis=1)
        return np.asarray(near | self.open[at])
