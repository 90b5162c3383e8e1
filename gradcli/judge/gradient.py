"""`diff`: a gradient by reverse mode, held against forward mode, series, differences and float64.

Must not know how results are shown; a disagreement of our own ways is an error of ours, said aloud.
"""

from __future__ import annotations

from random import Random

import numpy as np

from gradcli.arithmetic.ball import BALL, NAN, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import correct_digits
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import integer
from gradcli.calculus.families import Differentiable
from gradcli.errors import Diagnostic, SelfCheckError
from gradcli.judge.certify import Certified, Naming, certify, disagree
from gradcli.judge.differences import contradicts, differences, worst
from gradcli.judge.large import large
from gradcli.judge.liveness import live
from gradcli.judge.onesided import is_unknown, slopes
from gradcli.judge.problem import Problem
from gradcli.judge.remarks import cancellation, kink_note, open_note, unsettled_note
from gradcli.judge.result import Check, DiffResult, InputResult, Kink

BALL_WORK = 1_500_000
SERIES_WORK, DIFFERENCE_WORK = 12, 8
RANDOM_DIRECTIONS = 3


def differentiate(
    problem: Problem, names: list[str], count: int, seed: int, naming: Naming
) -> tuple[DiffResult, Certified | None]:
    """The result of `diff` to `count` digits, and the certified values behind it.

    Work is decided by counting operations: what is too large for balls is done in float64, and
    says so. GradcliError where there is no value; SelfCheckError where our ways disagree.
    """
    if problem.reverse_cost > BALL_WORK:
        return large(problem, names, seed), None
    found = certify(problem, count, naming)
    notes: list[Diagnostic] = []
    if not found.settled and not found.open and not found.kinks:
        notes.append(unsettled_note(found))
    with precision(found.bits):
        plain_value, plain = problem.by_reverse(FLOAT64, problem.point(FLOAT64))
        value_digits = min(map(correct_digits, found.value.flat, plain_value.flat))
    result = DiffResult(
        problem.output.name, "", problem.output.shape, found.value, value_digits, [], notes,
        certified=True, settled=found.settled and not found.open, bits=found.bits,
    )  # fmt: skip
    if not problem.wrt:
        return result, found
    gradient = found.entries(problem)
    kinks = _kinks(problem, found, gradient, naming)
    if found.open:
        gradient = _told(problem, found, gradient, seed)
        notes.append(open_note(found, naming))
    if found.kinks:
        unknown = any(map(is_unknown, gradient.flat))
        notes.append(kink_note(found, kinks, unknown, naming))
    smooth = np.array(
        [[(r, c) not in kinks for c in range(problem.columns)] for r in range(problem.rows)]
    )
    forward = _forward(problem, found, gradient, seed)
    series = Check(skipped="at a kink") if found.kinks else _series(problem, found, gradient, seed)
    numeric = _differences(problem, found, gradient, seed, series)
    with precision(found.bits):
        plain_flat = problem.flat(plain)
        start = 0
        for k, (name, node) in enumerate(zip(names, problem.wrt, strict=True)):
            columns = slice(start, start + problem.widths[k])
            start += problem.widths[k]
            shape = (*problem.output.shape, *node.shape)
            part = gradient[:, columns]
            right = smooth[:, columns]
            correct = [
                correct_digits(t, float(p))
                for t, p, ok in zip(part.flat, plain_flat[:, columns].flat, right.flat, strict=True)
                if ok and t is not None
            ]
            result.inputs.append(
                InputResult(
                    name,
                    node.shape,
                    found.values[node][0, ...],
                    part.reshape(shape),
                    _part(forward, columns, shape),
                    Check(values=found.gradients[k]),
                    _part(series, columns, shape),
                    _part(numeric, columns, shape),
                    min(correct, default=None),
                    plain[k],
                    {
                        r * problem.widths[k] + c - columns.start: kink
                        for (r, c), kink in kinks.items()
                        if columns.start <= c < columns.stop
                    },
                )
            )
        known = [i.digits for i in result.inputs if i.digits is not None]
        if min([value_digits, *known]) < 8 and (note := cancellation(problem, found, naming)):
            notes.append(note)
    return result, found


def _part(check: Check, columns: slice, shape: tuple[object, ...]) -> Check:
    """The share of one input in a check of all of them."""
    if check.values is None:
        return Check(None, check.error, check.along, check.skipped)
    values = check.values[:, columns]
    return Check(values.reshape(shape), check.error, check.along, check.skipped)


def _kinks(
    problem: Problem, found: Certified, gradient: Array, naming: Naming
) -> dict[tuple[int, int], Kink]:
    """The entries without a derivative, by row and column."""
    if found.sides is None:
        return {}
    (left, right), convention = found.sides, problem.flat(found.gradients)
    node, _ = found.kinks[0]
    assert isinstance(node.op, Differentiable)
    name, rule = node.op.title, node.op.convention
    return {
        place: Kink(naming.of(node), name, left[place], right[place], convention[place], rule)
        for place in np.ndindex(gradient.shape)
        if gradient[place] is None
    }


def _told(problem: Problem, found: Certified, gradient: Array, seed: int) -> Array:
    """The gradient, NaN where the series cannot tell either what a switch that is open does."""
    directions, along = _directions(problem, problem.value_cost * SERIES_WORK, seed)
    if along:
        return np.full(gradient.shape, NAN)
    with precision(found.bits, terms=4):
        pushed = slopes(problem, problem.point(BALL), found.value, directions).T
    told = np.frompyfunc(lambda x, slope: NAN if slope is None or is_unknown(slope) else x, 2, 1)
    kept: Array = told(gradient, pushed)
    return kept


def _directions(problem: Problem, work: int, seed: int) -> tuple[Array, str]:
    """Every unit direction where the work allows it, else some random ones, and their name."""
    if problem.columns * work <= BALL_WORK:
        return problem.units(), ""
    random = Random(seed)
    out = np.empty((RANDOM_DIRECTIONS, problem.columns), dtype=object)
    out[...] = [
        [integer(random.choice((-2, -1, 1, 2))) for _ in range(problem.columns)]
        for _ in range(RANDOM_DIRECTIONS)
    ]
    return out, f"{RANDOM_DIRECTIONS} random directions"


def _expected(problem: Problem, gradient: Array, directions: Array, along: str) -> Array:
    """The directional derivatives that the gradient says: (directions, rows)."""
    if not along:
        return gradient.T
    known = np.frompyfunc(lambda x: integer(0) if x is None else x, 1, 1)(gradient)
    expected: Array = np.matmul(directions, known.T)
    return expected


def _forward(problem: Problem, found: Certified, gradient: Array, seed: int) -> Check:
    """Forward mode against reverse mode, at the same precision."""
    directions, along = _directions(problem, problem.value_cost * 3, seed)
    with precision(found.bits):
        pushed = problem.by_forward(BALL, problem.point(BALL), directions)
        pushed = pushed.reshape(len(directions), problem.rows)
        reverse = problem.flat(found.gradients)
        expected = _expected(problem, reverse, directions, along)
        if disagree(pushed, expected):
            raise _contradiction("forward mode", "reverse mode")
    return Check(None if along else pushed.T, None, along)


def _series(problem: Problem, found: Certified, gradient: Array, seed: int) -> Check:
    """FLINT's own series, which use none of our rules, against the gradient."""
    directions, along = _directions(problem, problem.value_cost * SERIES_WORK, seed)
    with precision(found.bits, terms=4):
        point = problem.point(BALL)
        pushed = slopes(problem, point, found.value, directions)
        expected = _expected(problem, gradient, directions, along)
        if disagree(pushed, expected):
            raise _contradiction("the series", "reverse mode")
        if not found.open and any(x is None for x in pushed.flat):
            raise _contradiction("the series", "the value")
    if any(x is None or is_unknown(x) for x in pushed.flat):
        return Check(along=along, skipped="no series here")
    return Check(None if along else pushed.T, None, along)


def _differences(
    problem: Problem, found: Certified, gradient: Array, seed: int, series: Check
) -> Check:
    """High-precision finite differences against the gradient, which the series may have proved."""
    directions, along = _directions(problem, problem.value_cost * DIFFERENCE_WORK, seed)
    order = live(problem.output, found.values, problem.wrt)
    if found.kinks and along:
        return Check(along=along, skipped="at a kink")
    found_differences = differences(problem, directions, order, found.bits)
    with precision(found.bits):
        expected = _expected(problem, gradient, directions, along)
        if contradicts(found_differences, expected):
            if not series.skipped:
                # Proof stands against luck: a wave far shorter than the step can look converged.
                return Check(along=along, skipped="not converged")
            raise _contradiction("finite differences", "reverse mode")
        sure = found_differences.converged
        if not any(sure):
            return Check(along=along, skipped="at a kink" if found.kinks else "not converged")
        rows = [k for k, ok in enumerate(sure) if ok]
        truth = expected[rows]
        if any(x is None for x in truth.flat):
            return Check(along=along, skipped="at a kink")
        error = worst(found_differences.estimates[rows], truth)
    values = found_differences.estimates.copy()
    values[[k for k, ok in enumerate(sure) if not ok]] = None
    return Check(None if along else values.T, error, along)


def _contradiction(one: str, other: str) -> SelfCheckError:
    return SelfCheckError(
        Diagnostic(
            "G900",
            f"{one} and {other} give different derivatives: this is a bug of gradcli",
            help="please report the expression and the point",
        )
    )
