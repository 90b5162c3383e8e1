"""What is seen of a refuted claim in doubles: values of vertices at a few points, all at once.

Must not know any mistake. What doubles show is where to look; balls and proofs say what is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import prod
from random import Random

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import numbers
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import symbol
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import Shape
from gradcli.graph.space import Space
from gradcli.language.tree.build import NOWHERE
from gradcli.language.tree.syntax import Name
from gradcli.trial.trials import Trial, exists

BLANK = Name(NOWHERE, "?")
"""What stands for something else in a formula."""
DRAWN, MILD, POINTS, ENOUGH = 12, 3, 4, 3
NEAR = 1e-9
"""How far apart two doubles of one number may be, against the largest of their array."""


class Observed:
    """Doubles at generic points of the declared sets, each value (points, *shape)."""

    def __init__(self, refuted: RefutedClaim) -> None:
        self.sizes = refuted.trial.sizes
        spaces = refuted.ruling.sample_space.spaces
        self._choose(refuted, generic(refuted.trial, spaces))
        if self.count < ENOUGH:
            # What has values only where inputs are in some order seldom has any at a point of which
            # each was drawn by itself.
            has_values = refuted.trial.only(refuted.places)
            self._choose(refuted, generic(has_values, spaces, together=True))
        self.truth, self.claim = self.of(refuted.truth), self.of(refuted.claim)

    def _choose(self, refuted: RefutedClaim, values: dict[Node, Array]) -> None:
        """Keep some of the points: with values, on many sides of switches, and telling."""
        self.values, self.count = values, DRAWN
        both = [self._whole(node) for node in (refuted.truth, refuted.claim)]
        finite = np.isfinite(np.concatenate(both, axis=1)).all(axis=1).nonzero()[0]
        # Where both are zero nothing is seen of their ratio, and once more on a side that is known
        # nothing of what is on the other.
        idle = [not (both[0][k].any() and both[1][k].any()) for k in finite]
        again = self._again(refuted.ruling.pair.branching)[finite]
        kept = finite[np.lexsort((again, idle))][:POINTS]
        self.values = {n: v[kept] if len(v) > 1 else v for n, v in self.values.items()}
        self.count = len(kept)

    def _again(self, switches: Sequence[Node]) -> Array:
        """Which points lie on the same side of every switch as one before."""
        seen = [n for n in switches if exists([n], self.sizes)]
        sides = np.concatenate([np.ones((DRAWN, 1)), *(self._whole(n) for n in seen)], axis=1) > 0
        _, first = np.unique(sides, axis=0, return_index=True)
        again = np.ones(DRAWN, dtype=bool)
        again[first] = False
        return again

    def _whole(self, node: Node) -> Array:
        values = self.of(node)
        return values.reshape(len(values), -1)

    def see(self, nodes: Iterable[Node]) -> None:
        """Evaluate vertices that are new, in one run; those that do not exist here are left out."""
        new = [n for n in dict.fromkeys(nodes) if n not in self.values]
        if not exists(new, self.sizes):
            new = [n for n in new if exists([n], self.sizes)]
        if new:
            evaluate(new, FLOAT64, self.values, self.sizes, keep=True)

    def of(self, node: Node) -> Array:
        """The values of one vertex; KeyError where it does not exist."""
        if node not in self.values:
            self.see([node])
        value = self.values[node].astype(np.float64, copy=False)
        if len(value) == self.count:
            return value
        return np.broadcast_to(value, (self.count, *value.shape[1:]))

    def image(self, root: Node, unknown: Node, candidates: Array) -> Array:
        """A vertex with each of many candidates (n, points, *shape) in the place of an unknown."""
        batch = len(candidates) * self.count
        order = topological([root])
        moving = dependents(order, {unknown})
        if root not in moving:
            return np.broadcast_to(self.of(root), (len(candidates), *self.of(root).shape))
        around = {arg for node in order if node in moving for arg in node.args} - moving
        self.see(around)
        given = {node: self.repeated(self.values[node], len(candidates)) for node in around}
        given[unknown] = candidates.reshape(batch, *candidates.shape[2:])
        found = evaluate([root], FLOAT64, given, self.sizes)[0]
        return found.reshape(len(candidates), self.count, *found.shape[1:])

    def repeated(self, value: Array, times: int) -> Array:
        """Values at all points, so many times one after another."""
        if len(value) == 1:
            return value
        return np.tile(value, (times, *[1] * (value.ndim - 1)))


@lru_cache(maxsize=1)
def observed(refuted: RefutedClaim) -> Observed | None:
    """What is seen of a claim; None where it has values at too few points."""
    found = Observed(refuted) if len(refuted.places) >= ENOUGH else None
    return found if found is not None and found.count >= ENOUGH else None


def generic(
    trial: Trial, spaces: Mapping[Node, Space], together: bool = False
) -> dict[Node, Array]:
    """Points without accidents: somewhere between those that were drawn, for sets without gaps.

    Each input by itself, or all of a point `together`, as far as they have no gaps.
    """
    random = Random(0)
    found = {}
    for node, value in trial.inputs.items():
        drawn = numbers(value, FLOAT64)[0]
        space = spaces.get(node)
        if space is None or space.discrete:
            picked = np.arange(DRAWN) % len(drawn)
            found[node] = drawn[picked] if len(drawn) > 1 else drawn
            continue
        if together:
            random = Random(0)
        else:
            # The mildest: an exponential of a large number leaves no digits to others.
            size = np.abs(drawn.reshape(len(drawn), prod(drawn.shape[1:]))).max(axis=1, initial=0)
            drawn = drawn[np.argsort(size, kind="stable")[:MILD]]
        weights = np.array([[random.expovariate(1) for _ in drawn] for _ in range(DRAWN)])
        weights /= weights.sum(axis=1, keepdims=True)
        found[node] = np.einsum("pk,k...->p...", weights, drawn)
    return found


def unknown(shape: Shape) -> Node:
    """A vertex for what may stand somewhere."""
    return symbol("?", shape)


def rows(values: Array) -> Array:
    """Entries in one row: (n, points, entries) of (n, points, *shape)."""
    return values.reshape(*values.shape[:2], prod(values.shape[2:]))


def alike(found: Array, wanted: Array) -> Array:
    """Which of many (n, points, entries) are what is wanted (points, entries), NaN for any."""
    open_ = np.isnan(wanted)
    size = np.nanmax(np.abs(wanted), axis=1, initial=1e-300)[:, None]
    with np.errstate(all="ignore"):
        near = np.abs(found - wanted) <= NEAR * (size + np.abs(wanted))
    return np.asarray((near | open_).all(axis=(1, 2)))


def multiples(found: Array, wanted: Array) -> tuple[Array, Array]:
    """Which are a number at each point times what is wanted, (n), and that number, (n, points)."""
    with np.errstate(all="ignore"):
        if found.shape[2] == 1 and not np.isnan(wanted).any():
            scale = wanted[:, 0] / found[:, :, 0]
            return (np.isfinite(scale) & (scale != 0)).all(axis=1), scale
        known = ~np.isnan(wanted)
        a, b = np.where(known, found, 0), np.where(known, wanted, 0)
        scale = (a * b).sum(axis=2) / (a * a).sum(axis=2)
        size = np.abs(b).max(axis=1, initial=1e-300)[:, None]
        near = np.abs(a * scale[:, :, None] - b) <= NEAR * (size + np.abs(b))
        good = np.isfinite(scale) & (scale != 0)
    return near.all(axis=(1, 2)) & good.all(axis=1), scale
