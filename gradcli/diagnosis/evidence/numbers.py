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

        any_ = np.isnan(self.ways)
        any_[self.open] = True
        # By points, as they are asked for.
        self._low = np.where(any_, -np.inf, self.ways - self.slack).T.copy()
        self._high = np.where(any_, np.inf, self.ways + self.slack).T.copy()

    def right(self, at: Sequence[int] | Array, values: Array) -> Array:
        """Which of many values (n, points) are what the numbers in these rows must be.

        Of one that is open any may be. Hardly anything is right at the first point.
        """
        right, at = np.zeros(len(values), dtype=bool), np.asarray(at)
        left = np.arange(len(values))
        for low, high, here in zip(self._low, self._high, values.T, strict=True):
            value, rows = here.take(left), at.take(left)
            near = (value >= low.take(rows, 1)) & (value <= high.take(rows, 1))
            left = left[near.any(axis=0) | ~np.isfinite(value)]
        right[left] = np.isfinite(values[left]).any(axis=1)
        return right

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
