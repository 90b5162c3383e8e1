"""`diff`: the gradient that was examined, input by input.

Must not know how a derivative is computed or checked, nor how results are shown.
"""

from __future__ import annotations

from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.certify.certify import Certified, Naming
from gradcli.certify.examine import examine
from gradcli.certify.problem import Problem
from gradcli.certify.result import Check, DiffResult, InputResult
from gradcli.certify.zeros import Vanishing, nothing


def differentiate(
    problem: Problem,
    names: list[str],
    count: int,
    seed: int,
    naming: Naming,
    shown: Vanishing = nothing,
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
        # What the output does not use has not been evaluated yet.
        with precision(found.bits):
            values = evaluate(problem.wrt, BALL, found.values, problem.sizes)
        return [value[0, ...] for value in values]
    return [value[0, ...] for value in evaluate(problem.wrt, FLOAT64, problem.point(FLOAT64))]


def _part(check: Check, columns: slice, shape: tuple[object, ...]) -> Check:
    """The share of one input in a check of all of them."""
    if check.values is None:
        return Check(None, check.error, check.along, check.skipped)
    values = check.values[:, columns]
    return Check(values.reshape(shape), check.error, check.along, check.skipped)
