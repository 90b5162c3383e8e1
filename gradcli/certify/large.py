"""Arrays too large for balls: float64, with differences along a few random directions, and said so.

Must not know balls; nothing here is certified, and the result says that.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from gradcli import work
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.certify.problem import Problem
from gradcli.certify.result import Check, Examined
from gradcli.errors import Diagnostic, wrong
from gradcli.graph.node import Node

DIRECTIONS = 3
STEPS = (12, 15, 18, 21, 24)
LARGEST_WORK = 4_000_000_000


def in_doubles(problem: Problem, seed: int) -> Examined:
    """Value and derivative in doubles; the other mode and differences along random directions.

    GradcliError where doubles give no finite value.
    """
    if problem.cost > LARGEST_WORK:
        raise wrong(
            "G305",
            f"this takes about {problem.cost:.0e} operations, "
            f"more than the {LARGEST_WORK:.0e} that gradcli tries",
            help="ask for fewer outputs or inputs",
        )
    work.current.spend(problem.rows * problem.columns, "entries of the result")
    point = problem.point(FLOAT64)
    value, matrix = problem.solve(FLOAT64, point)
    if not np.isfinite(value).all():
        raise wrong(
            "G306", "the value is not finite in float64, and too large for certified digits"
        )
    random = np.random.default_rng(seed)
    directions = random.choice([-1.0, 1.0], size=(DIRECTIONS, problem.columns))
    probes = random.choice([-1.0, 1.0], size=(DIRECTIONS, problem.probe_width))
    along = f"{DIRECTIONS} random directions"
    with np.errstate(all="ignore"):
        seen = problem.probe(FLOAT64, point, probes)
        crossed = _check(seen, probes @ problem.probed(matrix), along)
        numeric = _check(_central(problem, point, directions), directions @ matrix.T, along)
    note = Diagnostic(
        "G305",
        f"too large for certified digits ({problem.cost:.1e} operations): float64, "
        f"checked by {problem.other} and differences along {along}",
    )
    return Examined(
        value, None, matrix, matrix, matrix, None, crossed, Check(skipped="too large"), numeric,
        {}, [note], certified=False, settled=True, bits=53,
    )  # fmt: skip


def _central(problem: Problem, point: dict[Node, Array], directions: Array) -> Array:
    """Central differences (directions, rows), one end at a time.

    Of several steps that one is taken at which two successive estimates agree best, so that
    neither roundoff nor a kink close by decides.
    """
    base = problem.float_base(point)
    scale = max((float(np.abs(b).max()) for b in base if b.size), default=1.0) or 1.0
    length = scale / math.sqrt(problem.columns)
    rows = []
    for direction in directions:
        estimates = [_estimate(problem, point, base, direction, length * 2.0**-k) for k in STEPS]
        changes = [np.abs(a - b).max() for a, b in pairwise(estimates)]
        rows.append(estimates[int(np.argmin(changes)) + 1])
    return np.array(rows)


def _estimate(
    problem: Problem, point: dict[Node, Array], base: list[Array], direction: Array, step: float
) -> Array:
    ends = []
    for sign in (1, -1):
        parts = problem.split((sign * step * direction)[None])
        moved = point | {n: b + p for n, b, p in zip(problem.wrt, base, parts, strict=True)}
        ends.append(evaluate([problem.output], FLOAT64, moved)[0].reshape(-1))
    slope: Array = (ends[0] - ends[1]) / (2 * step)
    return slope


def _check(found: Array, expected: Array, along: str) -> Check:
    if not (np.isfinite(found).all() and np.isfinite(expected).all()):
        return Check(along=along, skipped="not finite here")
    return Check(None, _worst(found, expected), along)


def _worst(found: Array, expected: Array) -> int | None:
    scale = float(np.abs(expected).max()) or 1.0
    error = float(np.abs(found - expected).max()) / scale
    return math.ceil(math.log10(error)) if error else None
