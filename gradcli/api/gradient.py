"""A gradient at a point: text and values in, the result of `diff` as data out.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gradcli.api.at_point import ProgramAtPoint, made_of_another, read_scene, vanishing
from gradcli.api.points import NameList, Point
from gradcli.api.question import question
from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.ball import precision as working_precision
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.certify.certify import Certified
from gradcli.certify.examine import differentiate
from gradcli.certify.problem import Problem
from gradcli.certify.result import DiffResult, TraceNode
from gradcli.certify.zeros import least_sure
from gradcli.choices import FOLDS
from gradcli.errors import Source
from gradcli.explain import trace as tracing
from gradcli.graph.shape import Shape
from gradcli.language.parsing.parse import read
from gradcli.language.program import Model, build
from gradcli.notation.latex import brief, labels


@question
def parse(program: str, shapes: Mapping[str, Shape] | None = None, letters: str = "") -> Model:
    """The graph of a program. Names that `shapes` does not give are real scalars.

    `letters` are one-letter dimensions that shapes may use. GradcliError with every mistake.
    """
    return build(read(Source("<program>", program)), shapes or {}, letters=letters, free=True)


@question
def diff(
    source: Source | str,
    at: Point = (),
    *,
    wrt: NameList = (),
    precision: int = 15,
    seed: int = 0,
    trace: bool = False,
    single: bool = False,
    fold: str = FOLDS[0],
    folder: Path | None = None,
) -> DiffResult:
    """Value and gradient of a program's output at a point, with the evidence for every digit.

    `at` holds texts such as `x=3, W=@w.npy` or `@point.json`; they win over the program's own `at`
    lines, whose files are read relative to `folder`. `wrt` names inputs or defined vertices, all
    inputs by default. `precision` is how many digits are wanted. With `single` a note says
    what float32 makes of it. In a trace calls of functions that are made of others are one vertex
    each, of the `library` alone, of the program's own too (`all`), or of none. GradcliError for
    wrong input.
    """
    return diff_at(read_scene(source, at, wrt, folder, fold), precision, seed, trace, single)


def diff_at(
    scene: ProgramAtPoint, precision: int, seed: int, trace: bool = False, single: bool = False
) -> DiffResult:
    """The same of a program that has been read."""
    output, targets, naming = scene.model.output, scene.targets, scene.naming
    # By a vertex and by what it is made of are two questions: each holds the other's answer fixed.
    groups = (
        [{k: v} for k, v in targets.items()] if made_of_another(targets.values()) else [targets]
    )
    problems = [Problem(output, [*group.values()], scene.values) for group in groups]
    (result, found), *others = (
        differentiate(problem, [*group], precision, seed, naming, vanishing)
        for problem, group in zip(problems, groups, strict=True)
    )
    for other, _ in others:
        _join(result, other)
    if single and found is not None:
        from gradcli.certify.first_nan import single as in_singles  # noqa: PLC0415 seldom asked

        result.notes.append(in_singles(problems[0], found, naming))
    result.text = scene.model.text
    result.latex = brief(scene.model.output, labels(scene.model.output))
    if trace:
        result.nodes = _trace(problems[0], scene, found)
    return result


def _join(result: DiffResult, other: DiffResult) -> None:
    """Add what was found by one more vertex; each remark is made once."""
    result.inputs += other.inputs
    known = [(note.code, note.message) for note in result.notes]
    result.notes += [note for note in other.notes if (note.code, note.message) not in known]
    result.certified &= other.certified
    result.settled &= other.settled
    result.bits = max(result.bits, other.bits)
    result.zeros = least_sure(result.zeros, other.zeros)


def _trace(problem: Problem, scene: ProgramAtPoint, found: Certified | None) -> list[TraceNode]:
    """The rows of the trace, certified where the result is, else in doubles."""
    drawn, inputs, text = scene.drawn, [*scene.inputs.values()], scene.written
    if found is None:
        values = problem.point(FLOAT64)
        evaluate([problem.output], FLOAT64, values, keep=True)
        known = drawn.forth(values)
        return tracing.backward(drawn.output, inputs, known, text, FLOAT64, {})
    # The gradient is not computed anew: of a zero more is known than that would show.
    gradients = {}
    start = 0
    for target, shape, width in zip(problem.wrt, problem.shapes, problem.widths, strict=True):
        if not problem.output.shape:
            own = found.matrix[:, start : start + width].reshape(1, *shape)
            gradients[drawn.of(target)] = own
        start += width
    with working_precision(found.bits):
        known = drawn.forth(found.values)
        return tracing.backward(drawn.output, inputs, known, text, BALL, gradients)
