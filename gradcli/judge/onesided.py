"""Derivatives from one side, by series in t > 0: what decides a kink, and checks the rest.

Must not know our derivative rules: nothing here uses them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import finite, is_exact, narrow
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.jet import jet
from gradcli.arithmetic.series import SERIES
from gradcli.graph.node import Node
from gradcli.graph.shape import plain
from gradcli.judge.problem import Problem


def slopes(problem: Problem, point: dict[Node, Array], value: Array, directions: Array) -> Array:
    """The derivative along each direction from its own side: (directions, rows).

    None where there is none: no value on that side, a jump, or a series that cannot be told;
    an infinite slope is a float.
    """
    found = evaluate([problem.output], SERIES, problem.along(point, directions))[0]
    found = np.broadcast_to(found, (len(directions), *plain(problem.output.shape)))
    out = np.empty((len(directions), problem.rows), dtype=object)
    here = [*value.flat]
    for k, row in enumerate(found.reshape(len(directions), problem.rows)):
        for r, series in enumerate(row):
            out[k, r] = _slope(jet(series), here[r])
    return out


def _slope(series: Any, here: Any) -> Any:
    start, slope = series.coefficient(0), series.coefficient(1)
    if not finite(start) or start != here:
        return None
    if finite(slope):
        return slope
    if slope > 0 or slope < 0:
        return math.copysign(math.inf, 1 if slope > 0 else -1)
    return None


def both_sides(problem: Problem, point: dict[Node, Array], value: Array) -> tuple[Array, Array]:
    """Left and right partial derivatives, each (rows, columns)."""
    units = problem.units()
    found = slopes(problem, point, value, np.concatenate([units, -units]))
    right, left = found[: problem.columns].T, found[problem.columns :].T
    return np.frompyfunc(lambda x: None if x is None else -x, 1, 1)(left), right


def one_derivative(left: Any, right: Any, bits: int) -> Any:
    """The derivative where both sides agree, else None.

    Rational sides are compared exactly; balls agree when they overlap and are narrow.
    """
    if left is None or right is None or isinstance(left, float) or isinstance(right, float):
        return None
    if left != right:
        return None
    for side in (left, right):
        if is_exact(side):
            return side
    return right if narrow(left - right, max(1.0, abs(float(right))), bits // 2) else None
