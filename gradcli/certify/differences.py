"""Finite differences at high precision: central, with ever shorter steps until the error falls as
h squared.

Must not know derivatives; it is a cross-check, and with no tolerance of its own: successive steps
say how far they still are from the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gradcli.arithmetic.ball import BALL, finite, precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import magnitude
from gradcli.arithmetic.measure import (
    LONGEST,
    exponent,
    holds_zero,
    lower,
    power_of_two,
    upper,
)
from gradcli.arithmetic.small_array import array_of, broadcast_to, concatenate, filled
from gradcli.calculus.families import Differentiable
from gradcli.certify.problem import Setting
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological

START_BITS, STRIDE, ROUNDS, LENGTHS = 64, 32, 6, 4
SHORTER = Fraction(3, 5)  # no power of two, with which sin(2^k pi x) would conspire
SAME = 64  # two factors are one factor if they differ by less than one part in this


@dataclass(slots=True, eq=False, repr=False)
class Differences:
    """Estimates (directions, rows); which directions converged, and how far each limit may be."""

    estimates: Array
    converged: list[bool]
    bounds: Array


def differences(problem: Setting, directions: Array, order: list[Node], bits: int) -> Differences:
    """Central differences along each direction, with four steps, each 3/5 of the one before.

    A direction has converged when no switch changes its sign between the two ends and the estimate
    changes by the same factor from the first step to the third as from the second to the fourth:
    by (5/3)^2, as h squared falls (L. F. Richardson, 1911), or by a power of it. `directions` are
    (directions, columns), the estimates (directions, rows).
    """
    count = len(directions)
    estimates, bounds = (filled(None, (count, problem.rows)) for _ in range(2))
    converged = [False] * count
    written = [
        switch
        for node in order
        if isinstance(node.op, Differentiable)
        for switch in node.op.switches(node)
    ]
    moved = dependents(topological(written), problem.wrt)
    switches = [switch for switch in written if switch in moved]
    for round_ in range(ROUNDS):
        left = [k for k in range(count) if not converged[k]]
        if not left:
            break
        shrink = START_BITS + STRIDE * round_
        with precision(2 * bits + 4 * shrink):
            point = problem.point(BALL)
            steps = _steps(problem, point, directions[left], shrink)
            lengths = concatenate([steps * rational(SHORTER**k) for k in range(LENGTHS)])
            repeated = concatenate([directions[left]] * LENGTHS)
            central = _central(problem, point, repeated, lengths)
            central = central.reshape(LENGTHS, len(left), problem.rows)
            changes = central[:-1] - central[1:]
            quiet = _same_side(problem, point, directions[left], steps, switches)
            for row, k in enumerate(left):
                falls = all(_falls(*changes[:, row, r]) for r in range(problem.rows))
                converged[k] = quiet[row] and falls
                estimates[k] = central[-1, row]
                bounds[k] = [upper(x) for x in changes[-1, row]]
    return Differences(estimates, converged, bounds)


def _falls(first: Any, second: Any, third: Any) -> bool:
    """Whether three successive changes fall by one factor, (5/3)^2 or more, or are zero."""
    if not all(map(finite, (first, second, third))):
        return False
    if holds_zero(third):
        return holds_zero(second) or bool(2 * upper(second) <= lower(first))
    if holds_zero(second):
        return False
    before, after = first / second, second / third
    return bool(lower(after) > 2 and SAME * upper(before - after) < lower(after))


def _steps(problem: Setting, point: dict[Node, Array], directions: Array, shrink: int) -> Array:
    """A power of two a direction: 2^-shrink of the size of what moves along it."""
    sizes = [exponent(x) for value in problem.base(point) for x in value.flat]
    moving = [
        [s for s, d in zip(sizes, direction, strict=True) if d != 0 and s is not None]
        for direction in problem.spread(directions)
    ]
    # Beside a number that is longer than any that is written out no step makes a difference.
    near = [max(-LONGEST, min(min(each, default=0), LONGEST)) for each in moving]
    return array_of((power_of_two(size - shrink) for size in near), (len(near),))


def _ends(
    problem: Setting, point: dict[Node, Array], directions: Array, steps: Array
) -> dict[Node, Array]:
    moves = directions * steps[:, None]
    return problem.moved(point, concatenate([moves, -moves]))


def _central(problem: Setting, point: dict[Node, Array], directions: Array, steps: Array) -> Array:
    count = len(directions)
    ends = problem.run([problem.output], BALL, _ends(problem, point, directions, steps))[0]
    ends = broadcast_to(ends, (2 * count, *problem.shape)).reshape(2 * count, -1)
    estimates: Array = (ends[:count] - ends[count:]) / (2 * steps[:, None])
    return estimates


def _same_side(
    problem: Setting,
    point: dict[Node, Array],
    directions: Array,
    steps: Array,
    switches: list[Node],
) -> list[bool]:
    """For each direction, whether every switch has one sign at both ends."""
    count = len(directions)
    if not switches:
        return [True] * count
    found = problem.run(switches, BALL, _ends(problem, point, directions, steps))
    quiet = [True] * count
    for value in found:
        both = broadcast_to(value, (2 * count, *value.shape[1:])).reshape(2 * count, -1)
        for k in range(count):
            ends = zip(both[k], both[count + k], strict=True)
            quiet[k] &= all((a > 0 and b > 0) or (a < 0 and b < 0) for a, b in ends)
    return quiet


def worst(estimates: Array, truth: Array) -> int | None:
    """The power of ten that the worst relative error stays below.

    It is absolute where the truth is 0, or so small that the estimate cannot be told from 0.
    """
    found: list[int] = []
    for a, b in zip(estimates.flat, truth.flat, strict=True):
        error = a - b
        power = magnitude(error if holds_zero(a) or holds_zero(b) else error / b)
        if power is not None:
            found.append(power)
    return max(found, default=None)


def contradicts(found: Differences, truth: Array) -> list[tuple[int, int]]:
    """Converged directions whose limit is certainly not the truth: (direction, row)."""
    wrong = []
    for k, sure in enumerate(found.converged):
        for r in range(truth.shape[1]):
            if sure and truth[k, r] is not None:
                gap = abs(found.estimates[k, r] - truth[k, r])
                if gap > found.bounds[k, r]:
                    wrong.append((k, r))
    return wrong
