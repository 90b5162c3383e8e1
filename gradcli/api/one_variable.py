"""A function of one number: its curve over an interval, its Taylor polynomial, out as data.

Must not know options, terminals or formats.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import isinf
from pathlib import Path
from typing import Any

from gradcli.api.at_point import ProgramAtPoint, read_scene
from gradcli.api.gradient import diff
from gradcli.api.points import NameList, Point, parts_of, value_of, values_given
from gradcli.api.question import question
from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.ball import precision as working_precision
from gradcli.arithmetic.data import Value
from gradcli.arithmetic.decimal import nearest
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.measure import fraction, is_exact
from gradcli.calculus.core import INPUT
from gradcli.certify.certify import FIRST_BITS
from gradcli.certify.problem import Problem
from gradcli.errors import GradcliError, Source, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import describe
from gradcli.language.parsing.parse import parse_expression
from gradcli.motion.interval import Stretch
from gradcli.motion.results import PlotResult, SeriesResult
from gradcli.motion.taylor import taylor
from gradcli.reading import Place

OVER = re.compile(r"\s*(\w+)\s*=\s*(.+?)\s*\.\.\s*(.+)\s*")
FARTHEST = 10**300
"""Of the ends of an interval; what lies between them and is squared may be larger."""
ASIDE = 2
"""How far to both sides of a point an interval reaches if nobody says so."""


@question
def plot(
    source: Source | str, at: Point = (), *, over: str = "", precision: int = 15,
    seed: int = 0, folder: Path | None = None,
) -> PlotResult:  # fmt: skip
    """A scalar output and its derivative over an interval of one of its inputs.

    `over` is such as `x=-2..2`; without it, two to both sides of the one input that has a value.
    All other inputs need one in `at`; where the variable has one too, the tangent there belongs to
    the answer. GradcliError for wrong input.
    """
    given = values_given(at, "--at")
    low, high, name = _interval(over) if over else (None, None, "")
    texts = parts_of(at)
    if low is not None and high is not None and name not in given:
        texts.append(f"{name} = {low.numerator}/{low.denominator}")
    scene = read_scene(source, texts, [name] if name else (), folder)
    name = _only(scene, "--over x=-2..2")
    if low is None or high is None:
        here = _value(scene.values[scene.targets[name]])
        low, high = _drawable(here - ASIDE, here + ASIDE)
    problem = Problem(scene.model.output, [scene.targets[name]], scene.values)
    stretch = Stretch(problem, low, high)
    places, unlisted = stretch.places()
    derivative = None
    if name in given or not over:
        derivative = diff(source, at, wrt=[name], precision=precision, seed=seed, folder=folder)
    naming = scene.naming
    named = [
        ([*dict.fromkeys(naming.switch(node) for node in place.nodes)], place) for place in places
    ]
    return PlotResult(
        scene.model.output.name, scene.model.text, name, low, high, stretch.samples(), named,
        unlisted, derivative,
    )  # fmt: skip


@question
def series(
    source: Source | str, at: Point = (), *, wrt: NameList = (), order: int = 6,
    radius: str = "", precision: int = 15, folder: Path | None = None,
) -> SeriesResult:  # fmt: skip
    """The Taylor polynomial of a scalar output by one scalar input at a point.

    With a `radius`, a bound of what the polynomial leaves out that far. GradcliError for wrong
    input.
    """
    scene = read_scene(source, at, wrt, folder)
    name = _only(scene, "--wrt x")
    problem = Problem(scene.model.output, [scene.targets[name]], scene.values)
    far = abs(_number(radius, "--radius")) if radius else None
    found = taylor(problem, order, far, precision)
    with working_precision(FIRST_BITS):
        here = problem.base(problem.point(BALL))[0].reshape(-1)[0]
    return SeriesResult(scene.model.output.name, scene.model.text, name, here, order, far, found)


def _only(scene: ProgramAtPoint, option: str) -> str:
    """The one input that moves; GradcliError unless it and the output are numbers."""
    output = scene.model.output
    if output.shape:
        raise wrong(
            "G201", "this needs a scalar", scene.model.source, label=describe(output.shape),
            help="take an entry of it, or a sum",
        )  # fmt: skip
    if len(scene.targets) != 1:
        known = ", ".join(scene.targets) or "none"
        raise wrong(
            "G401", f"one input has to be chosen; there are: {known}", help=f"as in  {option}"
        )
    ((name, node),) = scene.targets.items()
    if node.shape or node.op is not INPUT:
        what = describe(node.shape) if node.shape else "made of other values"
        raise wrong("G201", f"{name} is {what}", help="choose an input that is a number")
    return name


def _interval(text: str) -> tuple[Fraction, Fraction, str]:
    found = OVER.fullmatch(text)
    if not found:
        raise wrong("G401", f'--over: "{text}" is no interval', help="write  x=-2..2")
    low, high = (_number(part, "--over") for part in found.groups()[1:])
    if low >= high:
        raise wrong("G401", "--over: the interval is empty", help="the smaller end comes first")
    return *_drawable(low, high), found[1]


def _drawable(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """The ends, if doubles tell them apart."""
    if max(abs(low), abs(high)) > FARTHEST:
        raise _undrawable("ends beyond all doubles")
    if float(low) == float(high):
        raise _undrawable("is too narrow for doubles")
    return low, high


def _undrawable(how: str) -> GradcliError:
    help = "a drawing is made of doubles: choose another"
    return wrong("G401", f"the interval {how}", help=help)


def _number(text: str, option: str) -> Fraction:
    return _value(value_of(parse_expression(Source(option, text)), Place()))


def _value(value: Value) -> Fraction:
    """A scalar as a rational, the nearest double of one that is none."""
    with working_precision(FIRST_BITS):
        found: Any = evaluate([value], BALL, {})[0] if isinstance(value, Node) else value
        x = found.reshape(-1)[0]
        if found.size != 1:
            raise wrong("G401", "the ends of an interval are numbers", help="write  x=-2..2")
        if not isinstance(x, int | float):
            if is_exact(x):
                return fraction(x)
            x = nearest(x) or 0.0
        if isinf(x):
            raise _undrawable("ends beyond all doubles")
        return Fraction(x)
