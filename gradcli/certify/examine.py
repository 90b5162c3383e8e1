"""A derivative held against the other mode, series, differences and float64, and what came of it.

Must not know how results are shown; a disagreement of our own ways is said aloud.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import product
from random import Random
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import BALL, NAN, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import correct_digits
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import holds_zero, integer
from gradcli.arithmetic.python_floats import PYTHON_FLOATS
from gradcli.arithmetic.small_array import Lifted, array_of, filled
from gradcli.calculus.families import Differentiable
from gradcli.certify.certify import Certified, Naming, Origin, certify, disagree
from gradcli.certify.definedness import live
from gradcli.certify.differences import contradicts, differences, worst
from gradcli.certify.large import in_doubles
from gradcli.certify.onesided import is_unknown, slopes
from gradcli.certify.problem import Problem, units
from gradcli.certify.remarks import cancellation, kink_note, open_note, unsettled_note
from gradcli.certify.result import Check, DiffResult, Examined, InputResult, Kink
from gradcli.certify.zeros import Vanishing, none_shown
from gradcli.errors import Diagnostic, SelfCheckError

BALL_WORK = 1_500_000
SERIES_WORK, DIFFERENCE_WORK = 12, 8
RANDOM_DIRECTIONS = 3


def _correct(truths: Iterable[Any], doubles: Iterable[Any]) -> list[int]:
    pairs = zip(truths, doubles, strict=True)
    return [correct_digits(truth, float(double)) for truth, double in pairs if truth is not None]


def examine(
    problem: Problem,
    count: int,
    seed: int,
    naming: Naming,
    shown: Vanishing = none_shown,
    first: Origin | None = None,
) -> tuple[Examined, Certified | None]:
    """The derivative to `count` digits with its evidence, and the certified values behind it.

    Work is decided by counting operations: what is too large for balls is done in float64, and
    says so. GradcliError where there is no value; SelfCheckError where our ways disagree. `first`
    is what was found of an output that is itself a derivative; `shown` tells zeros.
    """
    if problem.cost > BALL_WORK:
        return in_doubles(problem, seed), None
    found = certify(problem, count, naming, shown, first)
    notes: list[Diagnostic] = []
    if not found.settled and not found.open and not found.kinks:
        notes.append(unsettled_note(found))
    with precision(found.bits):
        value, plain = _machine(problem)
        digits = min(_correct(found.value.flat, value.flat), default=16)
    matrix = found.entries
    kinks = _kinks(problem, found, matrix, naming)
    if found.open:
        matrix = _told(problem, found, matrix, seed)
        notes.append(open_note(found, naming))
    if found.kinks:
        notes.append(kink_note(found, kinks, any(map(is_unknown, matrix.flat)), naming))
    crossed = _crossed(problem, found, seed)
    series = Check(skipped="at a kink") if found.kinks else _series(problem, found, matrix, seed)
    numeric = _differences(problem, found, matrix, seed, series)
    for check in (crossed, series, numeric):
        _zeroed(check, found)
    with precision(found.bits):
        correct = filled(None, matrix.shape)
        for place in product(range(problem.rows), range(matrix.shape[1])):
            if place not in kinks and matrix[place] is not None:
                correct[place] = correct_digits(matrix[place], float(plain[place]))
        known = [k for k in correct.flat if k is not None]
        worst = min([digits, *known])
        # Where float64 has no number at all, the first place that makes none says more.
        lost = _first_lost(problem, found, naming) if worst == 0 and not found.kinks else None
        if worst < 8 and (note := lost or cancellation(problem, found, naming)):
            notes.append(note)
    settled = found.settled and not found.open
    return Examined(
        found.value, digits, matrix, found.matrix, plain, correct, crossed, series, numeric,
        kinks, notes, True, settled, found.bits, found.zeros.bits,
    ), found  # fmt: skip


def _machine(problem: Problem) -> tuple[Array, Array]:
    """The value and the derivative in float64: of scalars by Python's functions, if these will do.

    What is not finite is NumPy's to say.
    """
    if not problem.shape and not any(problem.shapes):
        try:
            found = problem.solve(PYTHON_FLOATS, problem.point(PYTHON_FLOATS))
            if all(math.isfinite(x) for array in found for x in array.flat):
                return found
        except (ArithmeticError, AttributeError, NotImplementedError, ValueError):
            pass
    return problem.solve(FLOAT64, problem.point(FLOAT64))


def _first_lost(problem: Problem, found: Certified, naming: Naming) -> Diagnostic | None:
    from gradcli.certify.first_nan import first_lost  # noqa: PLC0415 seldom asked

    return first_lost(problem, found, naming)


def _zeroed(check: Check, found: Certified) -> None:
    """What another way leaves open at a place that is zero is zero as far as it can tell."""
    if found.zeros.matrix and check.values is not None:
        check.values = check.values.copy()
        for at in found.zeros.matrix:
            if check.values[at] is not None and holds_zero(check.values[at]):
                check.values[at] = integer(0)


def _kinks(
    problem: Problem, found: Certified, gradient: Array, naming: Naming
) -> dict[tuple[int, int], Kink]:
    """The entries without a derivative, by row and column."""
    if found.sides is None:
        return {}
    both = found.sides
    node, _ = found.kinks[0]
    assert isinstance(node.op, Differentiable)
    name, rule = naming.function(node), node.op.convention
    if node.op.boolean and not rule:
        rule = "the branch that is taken"
    return {
        place: Kink(
            naming.of(node),
            name,
            both.left[place],
            both.right[place],
            found.matrix[place],
            rule,
            both.why.get(place, ""),
        )
        for place in product(range(problem.rows), range(gradient.shape[1]))
        if gradient[place] is None
    }


def _told(problem: Problem, found: Certified, gradient: Array, seed: int) -> Array:
    """The gradient, NaN where the series cannot tell either what a switch that is open does."""
    directions, along = _directions(problem, problem.value_cost * SERIES_WORK, seed)
    if along:
        return filled(NAN, gradient.shape)
    with precision(found.bits, terms=4):
        pushed = slopes(problem, problem.point(BALL), found.value, directions).T
    told = Lifted(lambda x, slope: NAN if slope is None or is_unknown(slope) else x, 2)
    kept: Array = told(gradient, pushed)
    return kept


def _directions(problem: Problem, work: int, seed: int) -> tuple[Array, str]:
    """Every unit direction where the work allows it, else some random ones, and their name."""
    return _probes(problem.columns, work, seed, "directions")


def _probes(width: int, work: int, seed: int, noun: str) -> tuple[Array, str]:
    if width * work <= BALL_WORK:
        return units(width, BALL), ""
    random = Random(seed)
    chosen = [random.choice((-2, -1, 1, 2)) for _ in range(RANDOM_DIRECTIONS * width)]
    out = array_of(map(integer, chosen), (RANDOM_DIRECTIONS, width))
    return out, f"{RANDOM_DIRECTIONS} random {noun}"


def _expected(matrix: Array, probes: Array, along: str) -> Array:
    """What a derivative (probe width, rest) says along probes: (probes, rest)."""
    if not along:
        return matrix
    known = Lifted(lambda x: integer(0) if x is None else x, 1)(matrix)
    expected: Array = np.matmul(probes, known)
    return expected


def _crossed(problem: Problem, found: Certified, seed: int) -> Check:
    """The mode that did not solve the problem against the one that did, at the same precision."""
    noun = "directions" if problem.probe_width == problem.columns else "cotangents"
    probes, along = _probes(problem.probe_width, problem.value_cost * 3, seed, noun)
    with precision(found.bits):
        seen = problem.probe(BALL, problem.point(BALL), probes)
        if disagree(seen, _expected(problem.probed(found.matrix), probes, along)):
            raise _contradiction(problem.other, problem.way)
    return Check(None if along else problem.probed(seen), None, along)


def _series(problem: Problem, found: Certified, gradient: Array, seed: int) -> Check:
    """FLINT's own series, which use none of our rules, against the gradient."""
    directions, along = _directions(problem, problem.value_cost * SERIES_WORK, seed)
    with precision(found.bits, terms=4):
        point = problem.point(BALL)
        pushed = slopes(problem, point, found.value, directions)
        expected = _expected(gradient.T, directions, along)
        if disagree(pushed, expected):
            raise _contradiction("the series", problem.way)
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
    order = live(problem.output, found.values, problem.wrt) if problem.switching else []
    if found.kinks and along:
        return Check(along=along, skipped="at a kink")
    found_differences = differences(problem, directions, order, found.bits)
    with precision(found.bits):
        expected = _expected(gradient.T, directions, along)
        if contradicts(found_differences, expected):
            if not series.skipped:
                # Proof stands against luck: a wave far shorter than the step can look converged.
                return Check(along=along, skipped="not converged")
            raise _contradiction("finite differences", problem.way)
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


def differentiate(
    problem: Problem,
    names: list[str],
    count: int,
    seed: int,
    naming: Naming,
    shown: Vanishing = none_shown,
) -> tuple[DiffResult, Certified | None]:
    """The result of `diff` to `count` digits, and the certified values behind it."""
    seen, found = examine(problem, count, seed, naming, shown)
    values = base_values(problem, found)
    result = DiffResult(
        problem.output.name, "", problem.output.shape, seen.value, seen.digits, [], seen.notes,
        certified=seen.certified, settled=seen.settled, bits=seen.bits, zeros=seen.zeros,
    )  # fmt: skip
    start = 0
    for name, node, value, width in zip(names, problem.wrt, values, problem.widths, strict=True):
        columns = slice(start, start + width)
        start += width
        shape = (*problem.output.shape, *node.shape)
        result.inputs.append(
            InputResult(
                name,
                node.shape,
                value,
                seen.matrix[:, columns].reshape(shape),
                _part(seen.crossed, columns, shape),
                Check(values=seen.solved[:, columns].reshape(shape)),
                _part(seen.series, columns, shape),
                _part(seen.numeric, columns, shape),
                seen.right(columns),
                seen.plain[:, columns].reshape(shape),
                {
                    r * width + c - columns.start: kink
                    for (r, c), kink in seen.kinks.items()
                    if columns.start <= c < columns.stop
                },
            )
        )
    return result, found


def base_values(problem: Problem, found: Certified | None) -> list[Array]:
    """The values of what is differentiated by: certified ones where there are any."""
    if found is not None:
        with precision(found.bits):
            known = problem.point(BALL)
            if any(node not in known for node in problem.wrt):
                known = found.values
            # What the output does not use has not been evaluated yet.
            values = evaluate(problem.wrt, BALL, known, problem.sizes)
        return [value[0, ...] for value in values]
    return [value[0, ...] for value in evaluate(problem.wrt, FLOAT64, problem.point(FLOAT64))]


def _part(check: Check, columns: slice, shape: tuple[object, ...]) -> Check:
    """The share of one input in a check of all of them."""
    if check.values is None:
        return Check(None, check.error, check.along, check.skipped)
    values = check.values[:, columns]
    return Check(values.reshape(shape), check.error, check.along, check.skipped)
