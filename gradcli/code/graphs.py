"""Graphs of the language on tracked numbers: what a derivation says, beside what its code does.

Must not know texts: it is the number system that the one evaluator runs, and arrays in and out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Arithmetic
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.objects import Objects
from gradcli.code.arrays import bare, shaped
from gradcli.code.session import Leaves
from gradcli.code.tracked import (
    BALLS,
    Tracked,
    apply,
    compare,
    divide,
    larger,
    lift,
    pi,
    power,
    sign,
    smaller,
)
from gradcli.graph.node import Node
from gradcli.proof.modular import FUNCTIONS as RESIDUES


def _named(name: str) -> Callable[[Any], Any]:
    return lambda x: apply(name, x)


def _jumps(x: Any) -> Any:
    raise Leaves("floor, ceil and the gamma function's poles")


def _absolute(x: Any) -> Any:
    return abs(x)


def _softplus(x: Any) -> Any:
    return apply("log", 1 + apply("exp", x))


def _polygamma(x: Any, order: int) -> Any:
    if order > 1:
        raise Leaves("a polygamma function of an order above 1")
    return apply(("digamma", "trigamma")[order], x)


def _arctan2(y: Any, x: Any) -> Any:
    if sign(x) > 0:
        return apply("atan", divide(y, x))
    raise Leaves("atan2 is known to the right of the vertical axis only")


def _constant(name: str) -> Any:
    if name == "inf":
        return np.inf
    return pi() if name == "pi" else apply("exp", 1)


ELEMENTARY = {
    name: _named(name)
    for name, function in BALLS.items()
    if name in RESIDUES and getattr(function, "__code__", None) and name != "where"
    and function.__code__.co_argcount == 1
}  # fmt: skip
TRACKED = Objects(
    {
        **ELEMENTARY,
        "sqrt": _named("sqrt"),
        "lt": lambda x, y: compare(x, y) == -1,
        "le": lambda x, y: compare(x, y) in (-1, 0),
        "eq": lambda x, y: compare(x, y) == 0,
        "ne": lambda x, y: compare(x, y) != 0,
        "both": lambda x, y: x and y,
        "either": lambda x, y: x or y,
        "opposite": lambda x: not x,
        "where": lambda condition, x, y: x if condition else y,
        "larger": larger,
        "smaller": smaller,
        "finite": lambda x: not isinstance(x, float),
        "div": divide,
        "sign": lambda x: lift(sign(x)),
        "step": lambda x: lift(int(sign(x) > 0)),
        "relu": lambda x: larger(x, 0),
        "abs": _absolute,
        "floor": _jumps,
        "ceil": _jumps,
        "pole": lambda x: lift(1),
        "power": power,
        "power_by_scalar": power,
        "polygamma_scalar": _polygamma,
        "softplus": _softplus,
        "logaddexp": lambda x, y: apply("log", apply("exp", x) + apply("exp", y)),
        "atan2": _arctan2,
        "tame": lambda x: x,
    },
    lift,
    _constant,
)
"""The one evaluator's number system of tracked numbers."""


def values(
    nodes: Sequence[Node], inputs: Mapping[Node, Any], sizes: Mapping[str, int]
) -> list[Any]:
    """The values of vertices: arrays of tracked numbers, or of floats where the inputs are."""
    floats = not any(_tracked(x) for x in inputs.values())
    system: Arithmetic = FLOAT64 if floats else TRACKED
    given = {node: _batch(x, floats) for node, x in inputs.items()}
    found = evaluate(nodes, system, given, sizes)
    return [_single(array, floats) for array in found]


def _tracked(x: Any) -> bool:
    return isinstance(x, Tracked) or (isinstance(x, np.ndarray) and x.dtype == np.float64
                                      and bare(x).dtype == object)  # fmt: skip


def _batch(x: Any, floats: bool) -> Any:
    """An input with the evaluator's first axis."""
    if floats:
        return np.asarray(x, dtype=float)[None]
    array = np.empty(np.shape(x) if isinstance(x, np.ndarray) else (), dtype=object)
    numbers = bare(x).ravel().tolist() if isinstance(x, np.ndarray) else [x]
    array.reshape(-1)[:] = [lift(y) for y in numbers]
    return array[None]


def _single(array: Any, floats: bool) -> Any:
    value = array[0]
    if floats:
        return value if np.ndim(value) else float(value)
    if not isinstance(value, np.ndarray):
        return value if isinstance(value, Tracked) else lift(Fraction(value))
    return shaped(value.ravel().tolist(), value.shape)
