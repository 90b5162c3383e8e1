"""Random tensor expressions: both modes, every layout and the formulas, against NumPy alone.

Must not know the rules of derivatives: the oracle is complex steps in code that shares nothing.
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from gradcli.api import derive, parse
from gradcli.api.formulas import DerivedFormula
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import full, identity
from gradcli.calculus.differentiate import pull, push
from gradcli.errors import GradcliError, UnsettledError
from gradcli.graph.node import Node
from gradcli.graph.shape import letter
from tests.attack.expressions import Expression, Program, drawn, hessian, jacobian

SIZES = ({"m": 2, "n": 3, "k": 4}, {"m": 3, "n": 1, "k": 2})
Array = Any


def evaluated(node: Node, point: dict[Node, Array], sizes: dict[str, int]) -> Array:
    return evaluate([node], FLOAT64, point, sizes)[0][0, ...]


def close(found: Array, true: Array, said: str, digits: float = 1e-8) -> None:
    found = np.broadcast_to(found, true.shape)
    scale = 1 + np.max(np.abs(true), initial=0)
    assert np.max(np.abs(found - true), initial=0) < digits * scale, said


def checked_modes(program: Program, expression: Expression, seed: int) -> None:
    """The whole Jacobian by a tangent for each entry, and by a cotangent for each."""
    shapes = {name: tuple(letter(x) for x in of) for name, of in program.inputs.items()}
    model = parse(expression.text, shapes, letters="mnk")
    y = model.output
    for sizes in SIZES:
        point = program.point(sizes, seed)
        at = {node: point[name][None] for name, node in model.inputs.items()}
        close(evaluated(y, at, sizes), expression.of(point), expression.text)
        for name, x in model.inputs.items():
            true = jacobian(expression, name, point)
            pushed = push([y], {x: identity(x.shape)}, x.shape)[0]
            pulled = pull({y: identity(y.shape)}, [x], y.shape)[0]
            forward = full(0, y.shape + x.shape) if pushed is None else pushed
            reverse = full(0, x.shape + y.shape) if pulled is None else pulled
            close(evaluated(forward, at, sizes), true, f"forward: {expression.text} by {name}")
            turned = np.moveaxis(true, range(len(y.shape)), range(-len(y.shape), 0))
            turned = turned if y.shape else true
            close(evaluated(reverse, at, sizes), turned, f"reverse: {expression.text} by {name}")


def written(found: DerivedFormula) -> Any:
    """The formula as a function; None where an input has to be named for the size of a letter."""
    names: dict[str, Any] = {}
    try:
        exec(found.python(), names)
    except GradcliError as error:
        assert error.diagnostics[0].code == "G012"
        return None
    return next(f for key, f in names.items() if key.startswith("d"))


def checked_formula(program: Program, expression: Expression, seed: int, order: int) -> bool:
    """The formula as text and as NumPy; False where there is none."""
    name = Random(seed).choice([*program.inputs])
    let = [f"{n} in R^({', '.join(of)})" if of else f"{n} in R" for n, of in program.inputs.items()]
    try:
        (found,) = derive(expression.text, [name], ["; ".join(let)], order=order)
    except UnsettledError:
        return False
    said = f"d{order} of {expression.text} by {name}: {found.formula}"
    function = written(found)
    shapes = {n: tuple(letter(x) for x in of) for n, of in program.inputs.items()}
    read = parse(found.formula, shapes, letters="mnk")
    for sizes in SIZES:
        point = program.point(sizes, seed)
        true = (jacobian if order == 1 else hessian)(expression, name, point)
        digits = 1e-8 if order == 1 else 1e-5
        at = {node: point[n][None] for n, node in read.inputs.items()}
        close(evaluated(read.output, at, sizes), true, said, digits)
        if function:
            given = function.__code__.co_varnames[: function.__code__.co_argcount]
            close(np.asarray(function(*(point[n] for n in given))), true, said, digits)
    return True


def checked_many(seed: int, count: int, formulas: int) -> None:
    random = Random(f"expressions {seed}")
    shown = 0
    for k in range(count):
        program, expression = drawn(random)
        checked_modes(program, expression, seed + k)
    for k in range(formulas):
        program, expression = drawn(random, depth=2)
        shown += checked_formula(program, expression, seed + k, 1)
        if not expression.shape:
            checked_formula(program, expression, seed + k, 2)
    assert shown >= formulas * 3 // 4


def test_some() -> None:
    checked_many(0, 12, 3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
def test_many(seed: int) -> None:
    checked_many(seed, 50, 12)
