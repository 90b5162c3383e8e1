"""Steps downhill: gradient descent, momentum and Newton's method, in the arithmetic of the caller.

Must not know how a loss is written or shown; whether a number is larger is told only where it is
certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import BALL, rational
from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.calculus.derivative import derivative
from gradcli.certify.certify import digits_settled
from gradcli.certify.problem import Problem
from gradcli.graph.node import Node
from gradcli.ops.shaping import reshape

DOUBLINGS, HALVINGS, DIGITS = 60, 60, 3
"""How far a rate is looked for, and to how many digits."""


@dataclass(frozen=True)
class StepRule:
    """How one steps: by which method, at which rate, with which momentum."""

    method: str = "sgd"
    rate: Fraction = Fraction(1, 10)
    beta: Fraction = Fraction(9, 10)


@dataclass(slots=True, eq=False)
class Stop:
    """A point on the way, flat arrays throughout.

    `slope` is the gradient there. `promised` is the change of the loss that it promises for the
    step from here, `claimed` what a claimed gradient promises; both are None where no step follows.
    """

    loss: Any
    norm: Any
    place: Array
    slope: Array
    promised: Any = None
    claimed: Any = None

    def settled(self, count: int) -> bool:
        """Whether the loss, the norm and the place have so many settled digits."""
        numbers = [self.loss, self.norm, *self.place]
        return digits_settled(np.array(numbers, dtype=object), count)


class Descent:
    """A scalar loss whose `wrt` move; `claims` are graphs that are taken for its gradient."""

    def __init__(self, problem: Problem, rule: StepRule, claims: Sequence[Node] = ()) -> None:
        self.problem, self.rule = problem, rule
        self.claims = list(claims)
        self.wanted = [problem.output, *problem.reverse, *self.claims]
        self.blocks: list[Node] = []
        if rule.method == "newton":
            self.blocks = [
                reshape(derivative(g, w, []), (height, width))
                for g, height in zip(problem.reverse, problem.widths, strict=True)
                for w, width in zip(problem.wrt, problem.widths, strict=True)
            ]

    def run(self, m: Arithmetic, steps: int) -> list[Stop]:
        """The points of so many steps; fewer where a loss or a step has no value."""
        point = self.problem.point(m)
        place = self._flat([point[node] for node in self.problem.wrt])
        rate, beta = _number(self.rule.rate, m), _number(self.rule.beta, m)
        speed: Array | None = None
        stops: list[Stop] = []
        for count in range(steps + 1):
            loss, gradient, claim, hessian = self._look(m, point, place)
            squares = np.array([np.sum(gradient * gradient)], dtype=m.dtype)
            stop = Stop(loss, m.sqrt(squares)[0], place, gradient)
            if not _known(m, np.array([loss], dtype=m.dtype)):
                break
            stops.append(stop)
            if count == steps:
                break
            way = gradient if claim is None else claim
            if self.rule.method == "momentum":
                speed = way if speed is None else beta * speed + way
                way = speed
            elif hessian is not None:
                way = m.solve(hessian[None], way[None])[0]
            if not _known(m, way):
                break
            stop.promised = -rate * np.sum(gradient * way)
            if claim is not None:
                stop.claimed = -rate * np.sum(claim * way)
            place = m.tamed(place - rate * way)
        return stops

    def _look(
        self, m: Arithmetic, point: dict[Node, Array], place: Array
    ) -> tuple[Any, Array, Array | None, Array | None]:
        """Loss, gradient, claimed gradient and Hessian at a place."""
        found = evaluate([*self.wanted, *self.blocks], m, self._moved(point, place))
        count = len(self.problem.wrt)
        loss, rest = found[0].reshape(-1)[0], found[1:]
        gradient = self._flat(rest[:count])
        claim = self._flat(rest[count : 2 * count]) if self.claims else None
        if not self.blocks:
            return loss, gradient, claim, None
        blocks = [x[0] for x in rest[-len(self.blocks) :]]
        rows = [np.concatenate(blocks[k : k + count], axis=1) for k in range(0, len(blocks), count)]
        return loss, gradient, claim, np.concatenate(rows)

    def _moved(self, point: dict[Node, Array], place: Array) -> dict[Node, Array]:
        parts = self.problem.split(place[None])
        return point | dict(zip(self.problem.wrt, parts, strict=True))

    def _flat(self, arrays: Sequence[Array]) -> Array:
        shapes = self.problem.shapes
        wide = [
            np.broadcast_to(x[0], shape).reshape(-1)
            for x, shape in zip(arrays, shapes, strict=True)
        ]
        return np.concatenate(wide)

    def reach(self, m: Arithmetic) -> tuple[Fraction | None, Fraction | None]:
        """The largest rate tried for which the first step lowers the loss, and the next that fails.

        By doubling and halving, then between the two, on rates of three digits. The loss may fall
        again for rates beyond: those between two that were tried are not known.
        """
        point = self.problem.point(m)
        base = [point[node] for node in self.problem.wrt]
        loss, gradient, claim, hessian = self._look(m, point, self._flat(base))
        way = gradient if claim is None else claim
        if hessian is not None:
            way = m.solve(hessian[None], way[None])[0]

        def falls(rate: Fraction) -> bool:
            place = self._flat(base) - _number(rate, m) * way
            found = evaluate([self.problem.output], m, self._moved(point, place))[0].reshape(-1)[0]
            return bool(found < loss)

        low = rounded(abs(self.rule.rate))
        high: Fraction | None = None
        for _ in range(HALVINGS):
            if falls(low):
                break
            high, low = low, rounded(low / 2)
        else:
            return None, high
        for _ in range(0 if high else DOUBLINGS):
            more = rounded(low * 2)
            if not falls(more):
                high = more
                break
            low = more
        while high is not None:
            middle = rounded((low + high) / 2)
            if middle in (low, high):
                break
            low, high = (middle, high) if falls(middle) else (low, middle)
        return low, high


def rounded(rate: Fraction) -> Fraction:
    """A rate of three digits."""
    return Fraction(f"{float(rate):.{DIGITS}g}")


def _number(x: Fraction, m: Arithmetic) -> Any:
    return rational(x) if m is BALL else float(x)


def _known(m: Arithmetic, x: Array) -> bool:
    return bool(np.all(m.finite(x)))
