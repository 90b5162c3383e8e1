"""Difference quotients beside the certified derivative: text, values and h in, errors out as data.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradcli.api.at_point import made_of_another, read_scene
from gradcli.api.gradient import diff_at
from gradcli.api.points import NameList, Point, value_of
from gradcli.api.question import question
from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.ball import precision as working_precision
from gradcli.arithmetic.decimal import nearest
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.measure import off
from gradcli.certify.certify import FIRST_BITS
from gradcli.certify.problem import Problem
from gradcli.errors import Source, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import describe
from gradcli.language.parsing.parse import parse_expression
from gradcli.motion.quotients import SCHEMES
from gradcli.motion.quotients import quotients as taken
from gradcli.motion.results import QuotientResult
from gradcli.reading import Place

HS = [10.0**-k for k in range(1, 17)]
MOST = 64
"""Entries by which quotients are taken."""


@question
def quotients(
    source: Source | str, at: Point = (), *, h: str, scheme: str | None = None,
    wrt: NameList = (), precision: int = 15, seed: int = 0, folder: Path | None = None,
) -> QuotientResult:  # fmt: skip
    """The quotients of a scalar output in doubles for one `h`, and their errors over many.

    `scheme` is "forward", "central" or "complex", all of them by default. GradcliError for wrong
    input, and where there are more than 64 entries.
    """
    scene = read_scene(source, at, wrt, folder)
    output = scene.model.output
    if output.shape:
        raise wrong(
            "G201", "quotients are shown of a scalar", scene.model.source,
            label=describe(output.shape), help="take an entry of it, or a sum",
        )  # fmt: skip
    if not scene.targets or made_of_another(scene.targets.values()):
        message = "--h needs inputs of which none is made of another"
        raise wrong("G401", message, help="choose them with --wrt")
    problem = Problem(output, [*scene.targets.values()], scene.values)
    if problem.columns > MOST:
        message = f"--h: quotients by {problem.columns} entries; at most {MOST} are shown"
        raise wrong("G401", message, help="choose fewer with --wrt")
    derivative = diff_at(scene, precision, seed)
    step = _step(h)
    wanted = SCHEMES if scheme is None else (scheme,)
    found = {way: taken(problem, [step, *HS], way) for way in wanted}
    truths = [x for i in derivative.inputs for x in _flat(i.gradient)]
    with working_precision(FIRST_BITS):
        rows = {
            way: None if table is None else [
                [None if truth is None else off(float(q), truth)
                 for q, truth in zip(row, truths, strict=True)]
                for row in table.tolist()
            ]
            for way, table in found.items()
        }  # fmt: skip
    values = {w: None if t is None else t[0].tolist() for w, t in found.items()}
    errors = {w: None if r is None else r[0] for w, r in rows.items()}
    curves = {w: None if r is None else [_worst(row) for row in r[1:]] for w, r in rows.items()}
    return QuotientResult(derivative, step, values, errors, HS, curves)


def _worst(errors: list[float | None]) -> float | None:
    return max((e for e in errors if e is not None), default=None)


def _flat(array: Any) -> list[Any]:
    return list(array.flat) if hasattr(array, "flat") else [array]


def _step(text: str) -> float:
    """A positive double."""
    value = value_of(parse_expression(Source("--h", text)), Place())
    with working_precision(FIRST_BITS):
        found: Any = evaluate([value], BALL, {})[0] if isinstance(value, Node) else value
        x = nearest(found.reshape(-1)[0]) if found.size == 1 else None
    if x is None or x <= 0:
        raise wrong("G401", "--h is a positive number", help="as in  --h 1e-4")
    return x
