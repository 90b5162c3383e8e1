"""The public functions: text in, results as data out.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradcli.arithmetic.data import Value, load, load_point, shape_of
from gradcli.errors import GradcliError, Source, wrong
from gradcli.explain import trace as tracing
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape
from gradcli.judge.certify import Naming
from gradcli.judge.gradient import differentiate
from gradcli.judge.problem import Problem
from gradcli.judge.result import DiffResult
from gradcli.language import syntax
from gradcli.language.parse import parse as parse_program
from gradcli.language.parse import parse_point
from gradcli.language.program import Model, build, closed, points
from gradcli.language.scope import nearest


def parse(program: str, shapes: Mapping[str, Shape] | None = None, letters: str = "") -> Model:
    """The graph of a program. Names that `shapes` does not give are real scalars.

    `letters` are one-letter dimensions that shapes may use. GradcliError with every mistake.
    """
    return build(
        parse_program(Source("<program>", program)), shapes or {}, letters=letters, free=True
    )


@dataclass(slots=True, eq=False)
class _Given:
    """A value of the point and the file it is read from, if any."""

    value: Value
    note: str = ""


def diff(
    source: Source | str,
    at: Sequence[str] = (),
    *,
    wrt: Sequence[str] = (),
    precision: int = 15,
    seed: int = 0,
    trace: bool = False,
    folder: Path | None = None,
) -> DiffResult:
    """Value and gradient of a program's output at a point, with the evidence for every digit.

    `at` holds texts such as `x=3, W=@w.npy` or `@point.json`; they win over the program's own `at`
    lines, whose files are read relative to `folder`. `wrt` names inputs or defined vertices, all
    inputs by default. `precision` is how many digits are wanted. GradcliError for wrong input.
    """
    text = source if isinstance(source, Source) else Source("<expression>", source)
    program = parse_program(text)
    values = _point(program, at, folder or Path())
    model = build(program, {name: shape_of(value) for name, value in values.items()})
    output = model.output
    if output.op.boolean:
        raise wrong("G203", "a condition has no derivative", model.source)
    inputs = {name: model.inputs[name] for name in values if name in model.inputs}
    targets = _targets(model, inputs, [name for part in wrt for name in part.split(",")])
    problem = Problem(output, [*targets.values()], {n: values[k] for k, n in inputs.items()})
    names = tracing.vertex_names(output, [*inputs.values()])
    naming = Naming(names, model.spans)
    result, found = differentiate(problem, [*targets], precision, seed, naming)
    result.text = model.text
    if trace and found is not None:
        result.nodes = tracing.rows(output, [*inputs.values()], found.values, names, found.bits)
    return result


def _targets(model: Model, inputs: Mapping[str, Node], names: Sequence[str]) -> dict[str, Node]:
    known = {**inputs, **model.vertices}
    chosen: dict[str, Node] = {}
    for name in (part.strip() for part in names):
        if name not in known:
            suggestion = nearest(name, known)
            listed = ", ".join(known)
            help = f'did you mean "{suggestion}"?' if suggestion else f"the program has: {listed}"
            raise wrong("G005", f'--wrt: unknown name "{name}"', help=help)
        chosen[name] = known[name]
    return chosen or dict(inputs)


def _point(program: syntax.Program, at: Sequence[str], folder: Path) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, (_, expr) in points(program).items():
        values[name] = _value(expr, folder)
    given: dict[str, Value] = {}
    for text in at:
        if text.lstrip().startswith("@"):
            more: dict[str, Value] = dict(load_point(text.strip()[1:], Path()))
        else:
            more = {}
            for key, expr in parse_point(Source("--at", text)):
                if key.name in more:
                    raise wrong("G010", f"{key.name} is given twice", key.span)
                more[key.name] = _value(expr, Path())
        for name in more:
            if name in given:
                raise wrong("G010", f"--at: {name} is given twice")
        given |= more
    return given | {name: value for name, value in values.items() if name not in given}


def _value(expr: syntax.Expr, folder: Path) -> Value:
    if isinstance(expr, syntax.File):
        return load(expr.path, folder, expr.span)
    node = closed(expr)
    if node.op.boolean:
        raise GradcliError(*wrong("G203", "a point holds numbers", expr.span).diagnostics)
    return node
