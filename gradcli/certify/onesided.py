"""Derivatives from one side, by series in t > 0: what decides a kink, and checks the rest.

Must not know our derivative rules: nothing here uses them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gradcli.arithmetic.ball import NAN, finite, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.jet import jet, sign_of
from gradcli.arithmetic.measure import is_exact, narrow
from gradcli.arithmetic.series import SERIES
from gradcli.arithmetic.small_array import Lifted, array_of, broadcast_to, concatenate
from gradcli.calculus.families import Differentiable
from gradcli.certify.definedness import live
from gradcli.certify.problem import Bends, Setting
from gradcli.graph.node import Node

ROOT = 12


def slopes(
    problem: Setting, point: dict[Node, Array], value: Array, directions: Array, root: int = 1,
    bends: Bends | None = None,
) -> Array:  # fmt: skip
    """The derivative along each direction from its own side: (directions, rows).

    None where there certainly is none, for a jump; NaN where the series cannot tell; an infinite
    slope is a float. With a `root` the input moves by t^root, so that what has a series in roots of
    the way (V. Puiseux, 1850) has a power series.
    Paths that leave along the directions may bend: see `Setting.along`.
    """
    moved = problem.along(point, directions, root, bends)
    found = problem.curve.series(problem.run, moved, root, problem.alone)
    found = broadcast_to(found, (len(directions), *problem.shape))
    here = [*value.flat]
    slopes = [
        _slope(jet(series), x, root)
        for row in found.reshape(len(directions), problem.rows)
        for series, x in zip(row, here, strict=True)
    ]
    return array_of(slopes, (len(directions), problem.rows))


def _slope(series: Any, here: Any, root: int) -> Any:
    start = series.coefficient(0)
    if here is None or series.is_absent():
        return None
    if not (finite(start) and finite(here)):
        return NAN
    if start != here:
        return None
    for order in range(1, root + 1):
        slope = series.coefficient(order)
        if finite(slope):
            if order == root:
                return slope
            if slope == 0:
                continue
        if slope > 0 or slope < 0:
            return math.copysign(math.inf, 1 if slope > 0 else -1)
        break
    return NAN


def both_sides(
    problem: Setting, point: dict[Node, Array], value: Array, bits: int
) -> tuple[Array, Array]:
    """Left and right partial derivatives, each (rows, columns)."""
    units = problem.units()
    found = one_sided(problem, point, value, concatenate([units, -units]), bits)
    right, left = found[: problem.columns].T, found[problem.columns :].T
    return Lifted(lambda x: None if x is None else -x, 1)(left), right


def one_sided(
    problem: Setting, point: dict[Node, Array], value: Array, directions: Array, bits: int,
    bends: Bends | None = None, wanted: Sequence[int] | None = None,
) -> Array:  # fmt: skip
    """The slopes; with more terms, and then by roots of t, where a few terms cannot tell.

    None as well where what is required on the way is violated. Of some rows only if so `wanted`:
    what others lack is not worth more terms.
    """
    rows = range(problem.rows) if wanted is None else wanted
    curve, alone = problem.curve, problem.alone
    with precision(bits, terms=curve.terms(1, alone)):
        found = slopes(problem, point, value, directions, bends=bends)
    for root in (1, ROOT) if curve.depth(alone) < 2 else ():
        lost = [k for k, row in enumerate(found) if any(is_unknown(row[r]) for r in rows)]
        if not lost:
            break
        turns = None if bends is None else (bends[0], bends[1][lost])
        with precision(bits, terms=curve.terms(ROOT, alone)):
            again = slopes(problem, point, value, directions[lost], root, turns)
            moved = problem.along(point, directions[lost], bends=turns)
            for place, (row, k) in enumerate(zip(again, lost, strict=True)):
                nowhere = all(map(is_unknown, row)) and _without_value(problem, moved, place)
                for r, slope in enumerate(row):
                    if is_unknown(found[k, r]):
                        found[k, r] = None if nowhere else slope
    return found


def is_unknown(slope: Any) -> bool:
    """Whether nothing is known of a slope, not even that it does not exist."""
    return slope is not None and not isinstance(slope, float) and not finite(slope)


def _without_value(problem: Setting, moved: dict[Node, Array], place: int) -> bool:
    """Whether the output certainly has no value on a path: a requirement of it is violated."""
    values = {node: x if len(x) == 1 else x[place : place + 1] for node, x in moved.items()}
    evaluate([problem.output], SERIES, values, problem.sizes, keep=True)
    for node in live(problem.output, values, problem.wrt):
        if not isinstance(node.op, Differentiable):
            continue
        for need in node.op.domain(node):
            for x in problem.run([need.expr], SERIES, values)[0].flat:
                sign = sign_of(jet(x))
                allowed = {"> 0": (1,), ">= 0": (0, 1), "!= 0": (-1, 1)}[need.relation]
                if sign is not None and sign not in allowed:
                    return True
    return False


def one_derivative(left: Any, right: Any, bits: int) -> Any:
    """The derivative where both sides agree, None where there is none, NaN where none can tell.

    Rational sides are compared exactly; balls agree when they overlap and are narrow.
    """
    if any(side is None or isinstance(side, float) for side in (left, right)):
        return None
    if is_unknown(left) or is_unknown(right):
        return NAN
    if left != right:
        return None
    for side in (left, right):
        if is_exact(side):
            return side
    return right if narrow(left - right, max(1.0, abs(float(right))), bits // 2) else NAN
