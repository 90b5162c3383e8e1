"""Numbers at the points of a refuted claim: what vertices are there, and which are the same.

Must not know any mistake, nor how anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np

from gradcli.arithmetic.ball import Ball, div, finite, precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.measure import fraction, holds_zero, is_exact, upper
from gradcli.diagnosis.evidence.needs import largest
from gradcli.diagnosis.evidence.observed import NEAR, Observed
from gradcli.diagnosis.evidence.refuted_claim import GLANCE, RefutedClaim
from gradcli.graph.node import Node
from gradcli.graph.shape import fixed
from gradcli.trial.trials import exists

ENOUGH = 3
LARGEST = 100
_quotient = np.frompyfunc(div, 2, 1)


class Samples:
    """What is seen at the points of a refuted claim, in balls; `gap` is what the claim lacks."""

    def __init__(self, refuted: RefutedClaim) -> None:
        self.refuted, self.trial = refuted, refuted.trial

    @cached_property
    def truth(self) -> Array:
        return self._values(self.refuted.truth)

    @cached_property
    def claim(self) -> Array:
        return self._values(self.refuted.claim)

    @cached_property
    def gap(self) -> Array:
        return self.difference(self.truth, self.claim)

    @property
    def many(self) -> bool:
        """Whether there are points enough that a common ratio is no luck."""
        return len(self.refuted.places) >= ENOUGH

    def of(self, node: Node) -> Array | None:
        """The values of a vertex, None where one of them is missing."""
        if not exists([node], self.trial.sizes):
            return None
        try:
            values = self._values(node)
        except KeyError:
            return None
        return values if all(map(finite, values.flat)) else None

    def _values(self, node: Node) -> Array:
        self.refuted.charge()
        values: Array = self.trial.evaluate([node])[0][self.refuted.places, ...]
        return values

    def fits(self, node: Node) -> bool:
        """Whether this is what is right."""
        return self._whole(node) and (values := self.of(node)) is not None and self.right(values)

    def _whole(self, node: Node) -> bool:
        sizes = self.trial.sizes
        return fixed(node.shape, sizes) == fixed(self.refuted.truth.shape, sizes)

    def right(self, values: Array) -> bool:
        return self.same(values, self.truth)

    def claimed(self, values: Array) -> bool:
        """Whether this is what was claimed."""
        return self.same(values, self.claim)

    def lacking(self, values: Array) -> bool:
        """Whether this is just what the claim lacks."""
        return self.same(values, self.gap)

    def same(self, a: Array, b: Array) -> bool:
        """Whether two arrays are the same everywhere, as far as can be told."""
        if a.shape != b.shape:
            return False
        with precision(self.trial.bits):
            return all(_meet(x, y) for x, y in zip(a.flat, b.flat, strict=True))

    # -- arrays of numbers

    def difference(self, a: Array, b: Array) -> Array:
        with precision(self.trial.bits):
            return aligned(a, b)[0] - aligned(a, b)[1]

    def total(self, arrays: Sequence[Array]) -> Array:
        with precision(self.trial.bits):
            found: Array = np.sum(np.stack(arrays), axis=0)
            return found

    def product(self, a: Array, b: Array) -> Array:
        with precision(self.trial.bits):
            x, y = aligned(a, b)
            return x * y

    def spread(self, values: Array) -> Array | None:
        """A number at every point as an array like the truth."""
        values, _ = aligned(values, self.truth)
        try:
            return np.broadcast_to(values, self.truth.shape)
        except ValueError:
            return None

    def constant(self, values: Array) -> Fraction | None:
        """The simple number that these values all are, if they are."""
        if not self.many:
            return None
        with precision(self.trial.bits):
            found = simple(values.flat[0])
            same = found is not None and all(_meet(rational(found), x) for x in values.flat)
        return found if same else None

    def ratio(self, a: Array, b: Array) -> Fraction | None:
        """The simple number that the one is of the other everywhere, if there is one."""
        a, b = aligned(a, b)
        if not self.many or np.broadcast_shapes(a.shape, b.shape) != a.shape:
            return None
        b = np.broadcast_to(b, a.shape)
        with precision(self.trial.bits):
            known = [(x, y) for x, y in zip(a.flat, b.flat, strict=True) if not holds_zero(y)]
            if len(known) < ENOUGH:
                return None
            found = simple(_quotient(*known[0]))
            if found is None or not found:
                return None
            number = rational(found)
            same = all(_meet(x, number * y) for x, y in zip(a.flat, b.flat, strict=True))
        return found if same else None


class Glimpses(Samples):
    """The same in doubles, for what is judged anyway before it is said."""

    def __init__(self, refuted: RefutedClaim, evidence: Observed) -> None:
        super().__init__(refuted)
        self.evidence = evidence
        self.room = NEAR * (largest(evidence.truth) + largest(evidence.claim))

    def of(self, node: Node) -> Array | None:
        self.evidence.see([node])
        values = self._values(node) if node in self.evidence.values else None
        return values if values is not None and np.isfinite(values).all() else None

    def _values(self, node: Node) -> Array:
        self.refuted.charge(GLANCE)
        return self.evidence.of(node)

    def lacking(self, values: Array) -> bool:
        near = values.shape == self.gap.shape and np.abs(values - self.gap) <= self.room
        return bool(np.all(near))

    def same(self, a: Array, b: Array) -> bool:
        near = a.shape == b.shape and np.abs(a - b) <= NEAR * (largest(a) + largest(b))
        return bool(np.all(near))

    def constant(self, values: Array) -> Fraction | None:
        found = Fraction(float(values.flat[0])).limit_denominator(LARGEST)
        same = np.abs(values - float(found)) <= NEAR * abs(found)
        return found if abs(found) <= LARGEST and same.all() else None


def aligned(a: Array, b: Array) -> tuple[Array, Array]:
    """Scalars at every point beside arrays: axes of length 1 behind the points."""
    rank = max(a.ndim, b.ndim)
    return tuple(  # type: ignore[return-value]
        x.reshape(x.shape[0], *[1] * (rank - x.ndim), *x.shape[1:]) for x in (a, b)
    )


def _meet(x: Ball, y: Ball) -> bool:
    # Balls that overlap are neither equal nor different.
    return finite(x) and finite(y) and not x != y  # noqa: SIM202


def simple(x: Ball) -> Fraction | None:
    """The simple fraction that a number is, if it is one."""
    if is_exact(x):
        value = fraction(x)
        return value if max(abs(value.numerator), value.denominator) <= LARGEST else None
    if not finite(x) or upper(x) > LARGEST:
        return None
    near = Fraction(float(x.mid())).limit_denominator(LARGEST)
    return near if _meet(rational(near), x) else None
