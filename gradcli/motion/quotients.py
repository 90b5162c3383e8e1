"""Difference quotients as one's own program would take them: in doubles, for one h or for many.

Must not know the derivative: how far a quotient is from it is for others to say.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.complexes import COMPLEXES, NotContinued
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.certify.problem import Problem
from gradcli.graph.node import Node

SCHEMES = ("forward", "central", "complex")
ORDERS = {"forward": 1, "central": 2, "complex": 2}
"""By which power of h the truncation of each falls."""


def quotients(problem: Problem, hs: Sequence[float], scheme: str) -> Array | None:
    """The quotient for every h by every entry of the inputs: (len(hs), columns).

    None where a function has no value off the real axis, which the complex step (W. Squire and
    G. Trapp, 1998) would need.
    """
    point = problem.point(FLOAT64)
    base = np.concatenate([np.ravel(x) for x in problem.float_base(point)])
    columns = problem.columns
    steps = np.repeat(np.asarray(hs, dtype=float), columns)
    units = np.tile(np.eye(columns), (len(hs), 1))
    shape = (len(hs), columns)
    with np.errstate(all="ignore"):
        if scheme == "complex":
            moved = base + 1j * steps[:, None] * units
            try:
                found = _run(problem, point, moved, complex_=True)
            except (NotContinued, TypeError):
                return None
            return np.asarray((np.imag(found) / steps).reshape(shape))
        ahead = _run(problem, point, base + steps[:, None] * units)
        if scheme == "central":
            behind, width = _run(problem, point, base - steps[:, None] * units), 2 * steps
        else:
            behind, width = _run(problem, point, base[None]), steps
        return np.asarray(((ahead - behind) / width).reshape(shape))


def _run(problem: Problem, point: dict[Node, Array], moved: Array, complex_: bool = False) -> Array:
    """The output at every row of `moved`."""
    parts, start = {}, 0
    for node, shape, width in zip(problem.wrt, problem.shapes, problem.widths, strict=True):
        parts[node] = moved[:, start : start + width].reshape(len(moved), *shape)
        start += width
    m = COMPLEXES if complex_ else FLOAT64
    found = evaluate([problem.output], m, point | parts)[0]
    return np.broadcast_to(found, (len(moved),)).reshape(-1)
