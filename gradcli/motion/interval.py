"""A function over an interval: samples of value and slope, and the places where it is not smooth.

Must not know how it is drawn; a place is found by the signs of what the graph itself switches at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import BALL, finite, precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import nearest
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import enclosing
from gradcli.calculus.families import Differentiable
from gradcli.certify.problem import Problem
from gradcli.graph.node import Node
from gradcli.graph.order import topological

SAMPLES = 481
BITS, CLOSE = 640, 200
"""A place is found to 2^-200 of the interval; its two sides are looked at from there."""
SAME, HUGE, NEAR = 100, 60, 20
"""Sides that differ by less than 2^-100 of their size are equal; a slope above 2^60 is none."""
MOST = 24
SIMPLE = 1000
"""The largest denominator of a place that is tried as a rational."""

Bracket = tuple[tuple[Node, bool], tuple[Node, int], Fraction, Fraction]
"""A vertex and whether its domain ends, the entry that is zero there, and between what."""


@dataclass(slots=True, eq=False)
class SwitchPlace:
    """Where the function is not smooth: what it is called, and value and slope on either side.

    `at` is a rational where it is one, else a ball; `switching` are the vertices that switch there,
    each with whether it is its domain that ends; a side without a value is None, `here` the value
    at the place itself.
    """

    kind: str
    at: Any
    switching: list[tuple[Node, bool]]
    here: Any
    left: tuple[Any, Any]
    right: tuple[Any, Any]

    @property
    def nodes(self) -> list[Node]:
        """Those that make what happens there: of a jump what jumps itself, of a pole what ends."""
        if self.kind in ("kink", "jump"):
            own = [node for node, ends in self.switching if not ends]
            if self.kind == "jump":
                own = [n for n in own if not _continuous(n)] or own
        else:
            own = [node for node, ends in self.switching if ends]
        return [*dict.fromkeys(own or [node for node, _ in self.switching])]


@dataclass(slots=True, eq=False)
class CurveSamples:
    """Doubles over the interval, NaN where there is no value."""

    xs: list[float]
    values: list[float]
    slopes: list[float]


class Stretch:
    """A scalar output by one scalar input from one rational to another."""

    def __init__(self, problem: Problem, low: Fraction, high: Fraction) -> None:
        self.problem, self.low, self.high = problem, low, high
        self.input = problem.wrt[0]
        self.wanted = [problem.output, problem.reverse[0]]
        self.grid = [low + (high - low) * k / (SAMPLES - 1) for k in range(SAMPLES)]
        self.xs = np.array([float(x) for x in self.grid])

    def samples(self) -> CurveSamples:
        """Value and slope at evenly spaced points."""
        value, slope = (self._doubles(node) for node in self.wanted)
        value = np.where(np.isfinite(value), value, np.nan)
        slope = np.where(np.isfinite(value) & np.isfinite(slope), slope, np.nan)
        return CurveSamples(self.xs.tolist(), value.tolist(), slope.tolist())

    def _doubles(self, node: Node) -> Array:
        point = self.problem.point(FLOAT64) | {self.input: self.xs}
        found = evaluate([node], FLOAT64, point)[0]
        return np.broadcast_to(found, (SAMPLES, *found.shape[1:])).reshape(SAMPLES, -1)[:, 0]

    def places(self) -> tuple[list[SwitchPlace], int]:
        """Where the function is not smooth, from left to right, and how many more there may be."""
        with precision(BITS):
            found: dict[float, SwitchPlace] = {}
            left = 0
            brackets = sorted(self._brackets(), key=lambda each: each[2:])
            tiny = 1e-12 * abs(float(self.high - self.low))
            for switch, expr, low, high in brackets:
                known = [p for x, p in found.items() if abs(x - float(low)) <= tiny]
                if known:
                    known[0].switching += [switch] * (low == high)
                    continue
                if len(found) >= MOST:
                    left += 1
                    continue
                place = self._place(switch, expr, low, high)
                if place is not None:
                    there = found.setdefault(nearest(place.at) or 0.0, place)
                    there.switching += [switch] * (there is not place)
            return [found[x] for x in sorted(found)], left

    # -- where an expression has a zero

    def _brackets(self) -> Iterator[Bracket]:
        """Stretches between samples in which an expression has a zero, with its entry."""
        for node in topological([self.problem.output]):
            if not isinstance(node.op, Differentiable):
                continue
            exprs = [(expr, False) for expr in node.op.switches(node)]
            exprs += [(need.expr, True) for need in node.op.domain(node)]
            for expr, ends in exprs:
                point = self.problem.point(FLOAT64) | {self.input: self.xs}
                values = evaluate([expr], FLOAT64, point)[0]
                if len(values) == 1:
                    continue
                entries = values.reshape(len(values), -1)
                for entry in range(entries.shape[1]):
                    column = entries[:, entry]
                    for low, high in self._changes(expr, entry, column):
                        yield (node, ends), (expr, entry), low, high

    def _changes(
        self, expr: Node, entry: int, column: Array
    ) -> Iterator[tuple[Fraction, Fraction]]:
        signs = np.sign(column)
        for k in range(len(column) - 1):
            a, b = signs[k], signs[k + 1]
            if a == 0 and self._sign(expr, entry, self.grid[k]) == 0:
                if k == 0 or signs[k - 1] != 0 or b != 0:
                    yield self.grid[k], self.grid[k]
            elif a * b < 0:
                yield self.grid[k], self.grid[k + 1]
            elif k and abs(column[k]) < min(abs(column[k - 1]), abs(column[k + 1])):
                # It may touch zero between two samples and turn back.
                near = self._simple(self.xs[k - 1], self.xs[k + 1])
                if near is not None and self._sign(expr, entry, near) == 0:
                    yield near, near

    def _simple(self, low: float, high: float) -> Fraction | None:
        """The simplest rational between two numbers."""
        for bottom in range(1, 13):
            top = round((low + high) / 2 * bottom)
            if low <= top / bottom <= high:
                return Fraction(top, bottom)
        return None

    def _sign(self, expr: Node, entry: int, x: Fraction) -> int | None:
        """The sign of an expression at a rational; None where it cannot be told."""
        found = evaluate([expr], BALL, self._at(rational(x)))[0].reshape(-1)[entry]
        if not finite(found):
            return None
        return 1 if found > 0 else -1 if found < 0 else 0 if found == 0 else None

    def _at(self, x: Any) -> dict[Node, Array]:
        moved = np.empty(1, dtype=object)
        moved[0] = x
        return self.problem.point(BALL) | {self.input: moved}

    def _root(
        self, expr: Node, entry: int, low: Fraction, high: Fraction
    ) -> tuple[Fraction, Fraction] | None:
        """The zero between two points of other signs, as itself where it is a simple rational."""
        if low == high:
            return low, high
        first = self._sign(expr, entry, low)
        for count in range(CLOSE):
            middle = (low + high) / 2
            sign = self._sign(expr, entry, middle)
            if sign == 0:
                return middle, middle
            if sign is None or first is None:
                return None
            low, high = (middle, high) if sign == first else (low, middle)
            if count == CLOSE // 4:
                simple = middle.limit_denominator(SIMPLE)
                if low <= simple <= high and self._sign(expr, entry, simple) == 0:
                    return simple, simple
        return low, high

    # -- what happens there

    def _place(
        self, switch: tuple[Node, bool], expr: tuple[Node, int], low: Fraction, high: Fraction
    ) -> SwitchPlace | None:
        root = self._root(*expr, low, high)
        if root is None:
            return None
        step = (self.high - self.low) / (1 << CLOSE)
        sides = [self._beside(rational(x)) for x in (root[0] - step, root[1] + step)]
        exact = root[0] == root[1]
        here = self._beside(rational(root[0]))[0] if exact else None
        kind = _kind(sides[0], sides[1], here, exact)
        if kind is None:
            return None
        at = rational(root[0]) if exact else enclosing(*map(rational, root))
        return SwitchPlace(kind, at, [switch], here, sides[0], sides[1])

    def _beside(self, x: Any) -> tuple[Any, Any]:
        """Value and slope at one point, None for what is not there."""
        found = [y.reshape(-1)[0] for y in evaluate(self.wanted, BALL, self._at(x))]
        value, slope = (y if finite(y) else None for y in found)
        return value, slope if value is not None else None


def _continuous(node: Node) -> bool:
    """Whether a vertex goes on from one side of its switches to the other."""
    return isinstance(node.op, Differentiable) and node.op.at_rest == "both"


def _kind(left: tuple[Any, Any], right: tuple[Any, Any], here: Any, exact: bool) -> str | None:
    """What happens between two sides; None where nothing does."""
    if left[0] is None and right[0] is None:
        return None
    if left[0] is None or right[0] is None:
        return "domain ends"
    if any(_large(side[0]) for side in (left, right)):
        return "pole"
    if any(side[1] is None or _large(side[1]) for side in (left, right)):
        if exact and here is None:
            return "pole"
        # A root comes near its own value so slowly that its sides still differ a little.
        near = abs(left[0] - right[0]) < rational(Fraction(1, 1 << NEAR))
        return "vertical tangent" if near else "jump"
    if _apart(left[0], right[0]) or (exact and here is not None and _apart(here, left[0])):
        return "jump"
    if exact and here is None:
        return "hole"
    return "kink" if _apart(left[1], right[1]) else None


def _large(x: Any) -> bool:
    return bool(abs(x) > rational(Fraction(1 << HUGE)))


def _apart(a: Any, b: Any) -> bool:
    """Whether two numbers differ by more than two neighbours of one place do."""
    gap, size = abs(a - b), abs(a) + abs(b)
    close = rational(Fraction(1, 1 << SAME))
    return bool(gap > close * size) and bool(gap > close)
