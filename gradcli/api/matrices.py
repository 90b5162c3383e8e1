"""Jacobians, Hessians and their products at a point: text and values in, results as data out.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradcli.api.at_point import ProgramAtPoint, made_of_another, read_scene, vanishing
from gradcli.api.points import NameList, Point, given_value, values_given
from gradcli.api.question import question
from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.ball import precision as working_precision
from gradcli.arithmetic.data import Value, shape_of
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import symbol
from gradcli.certify import derivative_matrices as matrix
from gradcli.certify.derivative_matrices import Question
from gradcli.certify.problem import Problem
from gradcli.certify.result import MatrixResult, TraceNode
from gradcli.choices import FOLDS, LAYOUTS
from gradcli.errors import Source, wrong
from gradcli.explain import trace as tracing
from gradcli.graph.node import Node
from gradcli.graph.shape import describe
from gradcli.language.elaboration.scope import nearest
from gradcli.notation.latex import brief, labels


@question
def jacobian(
    source: Source | str, at: Point = (), *, wrt: NameList = (), precision: int = 15,
    seed: int = 0, layout: str = LAYOUTS[0], folder: Path | None = None,
) -> MatrixResult:  # fmt: skip
    """The derivative of a program's output at a point, as one matrix over its flattened inputs.

    Points, names and precision as for `diff`; `layout` is "numerator" or "denominator", which turns
    the Jacobian of a vector by a vector round.
    """
    if layout not in LAYOUTS:
        raise wrong("G401", f'there is no layout "{layout}"', help=f"it is {' or '.join(LAYOUTS)}")
    scene = read_scene(source, at, wrt, folder)
    result = _told(matrix.jacobian(_question(scene, precision, seed)), scene)
    result.turned = layout == LAYOUTS[1] and len(result.shape) == 1
    return result


@question
def hessian(
    source: Source | str, at: Point = (), *, wrt: NameList = (), precision: int = 15,
    seed: int = 0, times: Point = (), folder: Path | None = None,
) -> MatrixResult:  # fmt: skip
    """The second derivatives of a scalar at a point, over its flattened inputs.

    With `times`, a tangent such as `x=[1, 0]`, only the product: what `hvp` gives.
    """
    scene = read_scene(source, at, wrt, folder)
    _scalar(scene)
    if times:
        asked = _question(scene, precision, seed, _tangents(scene, times, "--times"))
        return _told(matrix.hvp(asked), scene)
    return _told(matrix.hessian(_question(scene, precision, seed)), scene)


@question
def jvp(
    source: Source | str, at: Point = (), *, tangent: Point,
    wrt: NameList = (), precision: int = 15, seed: int = 0, trace: bool = False,
    fold: str = FOLDS[0], folder: Path | None = None,
) -> MatrixResult:  # fmt: skip
    """The derivative of a program's output along a tangent such as `x=[1, 0]`.

    Inputs that the tangent does not name rest. With `trace`, every vertex with its tangent, calls
    folded as `diff` does it.
    """
    return jvp_at(read_scene(source, at, wrt, folder, fold), tangent, precision, seed, trace)


def jvp_at(
    scene: ProgramAtPoint, tangent: Point, precision: int, seed: int, trace: bool = False
) -> MatrixResult:
    """The same of a program that has been read."""
    asked = _question(scene, precision, seed, _tangents(scene, tangent, "--tangent"))
    result = _told(matrix.jvp(asked), scene)
    if trace:
        result.nodes = _trace(scene, asked, result)
    return result


def _trace(scene: ProgramAtPoint, asked: Question, result: MatrixResult) -> list[TraceNode]:
    """Every vertex with its tangent, certified where the product is, else in doubles."""
    m = BALL if result.certified else FLOAT64
    drawn, inputs = scene.drawn, [*scene.inputs.values()]
    seeds = {node: symbol(f"(tangent {k})", node.shape) for k, node in enumerate(asked.nodes)}
    with working_precision(result.bits):
        values = Problem(asked.output, asked.nodes, asked.values).point(m)
        evaluate([asked.output], m, values, keep=True)
        for given, seed in zip(result.inputs, seeds.values(), strict=True):
            values[seed] = given.seed[None]
        tangents = {drawn.of(node): seed for node, seed in seeds.items()}
        known = drawn.forth(values)
        return tracing.forward(drawn.output, inputs, tangents, known, scene.written, m)


@question
def hvp(
    source: Source | str, at: Point = (), *, tangent: Point,
    wrt: NameList = (), precision: int = 15, seed: int = 0, folder: Path | None = None,
) -> MatrixResult:  # fmt: skip
    """The Hessian of a scalar times a tangent, without the Hessian."""
    scene = read_scene(source, at, wrt, folder)
    _scalar(scene)
    asked = _question(scene, precision, seed, _tangents(scene, tangent, "--tangent"))
    return _told(matrix.hvp(asked), scene)


@question
def vjp(
    source: Source | str, at: Point = (), *, cotangent: Any, wrt: NameList = (),
    precision: int = 15, seed: int = 0, folder: Path | None = None,
) -> MatrixResult:  # fmt: skip
    """A cotangent of the output, such as `[1, 0]` or `@u.npy`, times the Jacobian by the inputs."""
    scene = read_scene(source, at, wrt, folder)
    value = given_value("--cotangent", cotangent)
    _fits("--cotangent", "the output", value, scene.model.output)
    return _told(matrix.vjp(_question(scene, precision, seed), value), scene)


def _question(
    scene: ProgramAtPoint, precision: int, seed: int, tangents: dict[Node, Value] | None = None
) -> Question:
    if not scene.targets:
        raise wrong(
            "G010", "there is nothing to differentiate by: no input is named", scene.model.source,
            help="give a point, as in  --at x=3",
        )  # fmt: skip
    if made_of_another(scene.targets.values()):
        names = ", ".join(scene.targets)
        message = f"--wrt: of {names} one is made of another: these are two questions"
        raise wrong("G401", message, help="ask for them one at a time")
    return Question(
        scene.model.output,
        scene.targets,
        scene.values,
        scene.naming,
        precision,
        seed,
        tangents,
        vanishing,
    )


def _scalar(scene: ProgramAtPoint) -> None:
    output = scene.model.output
    if output.shape:
        raise wrong(
            "G201", "only a scalar has a Hessian", scene.model.source,
            label=describe(output.shape), help="take an entry of it, or a sum",
        )  # fmt: skip


def _tangents(scene: ProgramAtPoint, texts: Point, option: str) -> dict[Node, Value]:
    found: dict[Node, Value] = {}
    for name, value in values_given(texts, option).items():
        node = scene.targets.get(name)
        if node is None:
            known = ", ".join(scene.targets)
            suggestion = nearest(name, scene.targets)
            help = f'did you mean "{suggestion}"?' if suggestion else f"it can name: {known}"
            raise wrong("G005", f'{option}: unknown name "{name}"', help=help)
        _fits(option, name, value, node)
        found[node] = value
    return found


def _fits(option: str, what: str, value: Value, node: Node) -> None:
    if tuple(shape_of(value)) != tuple(node.shape):
        here, there = describe(shape_of(value)), describe(node.shape)
        raise wrong("G201", f"{option}: {what} is {there}, this is {here}", help="give that shape")


def _told(result: MatrixResult, scene: ProgramAtPoint) -> MatrixResult:
    result.text = scene.model.text
    result.latex = brief(scene.model.output, labels(scene.model.output))
    return result
