"""A descent from a point: text, values and a rule in, every step out as data.

Must not know options, terminals or formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from gradcli.api.at_point import ProgramAtPoint, read_scene
from gradcli.api.gradient import diff_at
from gradcli.api.points import NameList, Point, value_of
from gradcli.api.question import question
from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.ball import precision as working_precision
from gradcli.arithmetic.data import Value
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import fraction, is_exact
from gradcli.calculus.core import INPUT, add, einsum, mul, number
from gradcli.certify.certify import FIRST_BITS, JSON_DIGITS, LAST_BITS
from gradcli.certify.examine import BALL_WORK
from gradcli.certify.problem import Problem
from gradcli.errors import Source, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import describe
from gradcli.language.parsing.parse import parse_expression, parse_point, read
from gradcli.language.program import build_beside
from gradcli.motion.descent import Descent, StepRule, Stop
from gradcli.motion.results import DescentResult, DescentStep
from gradcli.notation.text import decimal
from gradcli.reading import Place

LETTERS = "abcdefgh"
LEFT = re.compile(r"^\s*[d∂]\s*\(?\w+\)?\s*/\s*[d∂]\s*\(?(\w+)\)?\s*=(?!=)")
"""`dL/dw =` in front of a claimed gradient."""
METHODS = ("sgd", "momentum", "newton")


@question
def descend(
    source: Source | str, at: Point = (), *, wrt: NameList = (), precision: int = 15,
    seed: int = 0, rate: str | None = None, steps: int = 5, method: str = METHODS[0],
    beta: str = "0.9", decay: Sequence[str] = (), gradient: Sequence[str] = (),
    folder: Path | None = None,
) -> DescentResult:  # fmt: skip
    """Steps of a scalar output downhill along its gradient, or along what is claimed to be that.

    Points, names and precision as for `diff`. `rate` and `beta` are numbers as the language writes
    them; `decay` a number for everything that moves, or `w=0.01` by name: it adds that times the
    sum of squares to the output. `gradient` are claims in the program's names, `dL/dw = …` or,
    where one input moves, the right side alone. GradcliError for wrong input.
    """
    scene = read_scene(source, at, wrt, folder)
    _refuse(scene, method)
    notes = diff_at(scene, precision, seed).notes
    output, penalty = _decayed(scene, decay)
    problem = Problem(output, [*scene.targets.values()], scene.values)
    claims = _claims(source, gradient, scene)
    default = "1" if method == "newton" else "0.1"
    rule = StepRule(method, _exact(rate or default, "--rate"), _exact(beta, "--beta"))
    descent = Descent(problem, rule, [claims[name] for name in scene.targets] if claims else ())
    found, certified, settled, bits = _run(descent, steps, precision)
    with working_precision(bits):
        reach = descent.reach(BALL if certified else FLOAT64)
        shown = [_step(stop, after, problem) for stop, after in _pairs(found)]
        rose = [
            (k, bool(stop.promised is not None and stop.promised > 0))
            for k, (stop, after) in enumerate(_pairs(found))
            if after is not None and after.loss > stop.loss
        ]
    stopped = "" if len(found) == steps + 1 else _why(found, len(found))
    return DescentResult(
        scene.model.output.name, scene.model.text, penalty, [*scene.targets],
        [node.shape for node in scene.targets.values()], method, rule.rate,
        rule.beta if method == "momentum" else None, shown, reach, rose, [*gradient], notes,
        certified, settled, stopped,
    )  # fmt: skip


def _refuse(scene: ProgramAtPoint, method: str) -> None:
    output = scene.model.output
    if method not in METHODS:
        raise wrong("G401", f'there is no method "{method}"', help=f"it is {', '.join(METHODS)}")
    if output.shape:
        raise wrong(
            "G201", "only a scalar can be made smaller", scene.model.source,
            label=describe(output.shape), help="take an entry of it, or a sum",
        )  # fmt: skip
    if not scene.targets:
        raise wrong(
            "G010", "there is nothing that could move: no input is named", scene.model.source,
            help="give a point, as in  --at x=3",
        )  # fmt: skip
    for name, node in scene.targets.items():
        if node.op is not INPUT:
            message = f"--wrt: {name} is made of other values: only inputs can move"
            raise wrong("G401", message, help=f"name some of {', '.join(scene.inputs)}")


def _run(descent: Descent, steps: int, count: int) -> tuple[list[Stop], bool, bool, int]:
    """The points, in balls whose precision is doubled until all digits are settled, or doubles."""
    if descent.problem.reverse_cost * (steps + 1) > BALL_WORK:
        return descent.run(FLOAT64, steps), False, True, FIRST_BITS
    wanted, bits = max(count, JSON_DIGITS), FIRST_BITS
    while True:
        with working_precision(bits):
            found = descent.run(BALL, steps)
            whole = len(found) == steps + 1
            sure = whole and all(stop.settled(wanted) for stop in found)
        if sure or bits >= LAST_BITS:
            return found, True, all(stop.settled(wanted) for stop in found), bits
        bits *= 2


def _pairs(stops: list[Stop]) -> list[tuple[Stop, Stop | None]]:
    return list(zip(stops, [*stops[1:], None], strict=True))


def _step(stop: Stop, after: Stop | None, problem: Problem) -> DescentStep:
    values = [part[0] for part in problem.split(stop.place[None])]
    slope = stop.slope[0] if len(stop.slope) == 1 else None
    if after is None:
        return DescentStep(stop.loss, stop.norm, values, slope)
    change = after.loss - stop.loss
    return DescentStep(stop.loss, stop.norm, values, slope, stop.promised, stop.claimed, change)


def _why(stops: list[Stop], reached: int) -> str:
    if stops and stops[-1].promised is None:
        return f"step {reached} cannot be taken: the Hessian is singular, or has no value"
    return f"after step {reached} there is no loss: a function has no value there, or one too large"


def _decayed(scene: ProgramAtPoint, texts: Sequence[str]) -> tuple[Node, str]:
    """The output with its weight decay, and what that adds in words."""
    amounts: dict[str, Fraction] = {}
    for text in texts:
        if "=" in text:
            for key, expr in parse_point(Source("--decay", text)):
                amounts[key.name] = _rational(value_of(expr, Place()), "--decay")
        else:
            amounts |= dict.fromkeys(scene.targets, _exact(text, "--decay"))
    output, said = scene.model.output, []
    for name, amount in amounts.items():
        node = scene.targets.get(name)
        if node is None:
            known = ", ".join(scene.targets)
            raise wrong("G005", f'--decay: "{name}" does not move', help=f"what moves: {known}")
        letters = LETTERS[: len(node.shape)]
        output = add(output, mul(number(amount), einsum((node, node), (letters, letters), "", {})))
        squares = f"sum({name}^2)" if node.shape else f"{name}^2"
        said.append(f"{decimal(amount)}*{squares}")
    return output, " + ".join(said)


def _claims(
    source: Source | str, texts: Sequence[str], scene: ProgramAtPoint
) -> Mapping[str, Node]:
    """The claimed gradients by the inputs that they are claimed for."""
    found: dict[str, Node] = {}
    program = read(source if isinstance(source, Source) else Source("<expression>", source))
    shapes = {name: node.shape for name, node in scene.inputs.items()}
    for text in texts:
        left = LEFT.match(text)
        name = left[1] if left else next(iter(scene.targets))
        if not left and len(scene.targets) > 1:
            known = f"d{scene.model.output.name or 'f'}/d{name}"
            message = "--gradient: several inputs move: it must be said whose gradient this is"
            raise wrong("G401", message, help=f'write  "{known} = …"  or choose one with --wrt')
        if name not in scene.targets:
            known = ", ".join(scene.targets)
            raise wrong("G005", f'--gradient: "{name}" does not move', help=f"what moves: {known}")
        blank = " " * left.end() + text[left.end() :] if left else text
        claim = build_beside([program, read(Source("--gradient", text), blank)], shapes)
        node = scene.targets[name]
        if claim.output.shape != node.shape:
            here, there = describe(claim.output.shape), describe(node.shape)
            message = f"--gradient: {name} is {there}, this is {here}"
            raise wrong("G201", message, claim.source, help="a gradient has its input's shape")
        found[name] = claim.output
    missing = [name for name in scene.targets if name not in found]
    if texts and missing:
        message = f"--gradient: none is claimed for {', '.join(missing)}"
        raise wrong("G401", message, help="claim one, or choose what moves with --wrt")
    return found


def _exact(text: str, option: str) -> Fraction:
    """A number as the language writes it."""
    return _rational(value_of(parse_expression(Source(option, text)), Place()), option)


def _rational(value: Value, option: str) -> Fraction:
    found: Any = evaluate([value], BALL, {})[0] if isinstance(value, Node) else value
    if found.size != 1 or not is_exact(found.reshape(-1)[0]):
        raise wrong("G401", f"{option} takes a rational number", help="as in 0.1 or 1/8")
    return fraction(found.reshape(-1)[0])
