"""Graphs of every function of the registry, and points at which they have a value.

Must not know any derivative rule: arguments come from signatures, points from the ops' own domains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod
from random import Random
from typing import Any
from zlib import crc32

import numpy as np

from gradcli.arithmetic.ball import BALL, finite, rational
from gradcli.calculus.core import COPY, number, symbol
from gradcli.calculus.core import where as where_
from gradcli.certify.definedness import at_rest, evaluated, live
from gradcli.certify.problem import Problem
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import show, sizes_of
from gradcli.ops import FUNCTIONS, Function
from gradcli.ops import elementary as e
from gradcli.ops.powers import POWER, power_by
from gradcli.ops.registry import STATIC
from gradcli.ops.shaping import NEW, index, scatter

SHAPES: tuple[tuple[int, ...], ...] = ((), (3,), (2, 3), (2, 2), (3, 3), (2, 2, 2))
OPTIONS: dict[str, Sequence[Any]] = {
    "axis": (None, 0, 1, -1),
    "p": (2, 1, 3, Fraction(3, 2), "inf", "fro"),
    "order": (0, 1, 2),
    "shape": ((6,), (3, 2), (9,)),
    "spec": ("ij,jk->ik", "i,i->", "ii->i", "ij->j", "ij,ij->ij", "i,j->ji"),
    "n": (3,),
    "k": (0, 1, -1),
    "shift": (1, -1),
    "window": (2, (2, 2)),
    "stride": (1, 2),
    "padding": (0, 1),
    "axes": (None, (0, 2, 1), (1, 0)),
    "dims": ((2, 3),),
    "classes": (3,),
    "keepdims": (None, True),
}
PER_FUNCTION = 7
ELEMENTWISE = ("elementwise", "activations")


@dataclass(slots=True, eq=False)
class Case:
    """A call as a graph: its name, the result and its inputs."""

    name: str
    output: Node
    inputs: list[Node] = field(default_factory=list)


def _arguments(function: Function) -> Iterator[list[str]]:
    names = [name for name in function.parameters if name not in function.static]
    if not function.variadic or not names:
        yield names
        return
    for more in (1, 2, 3):
        yield [*names[:-1], *[names[-1]] * more]


def _options(function: Function) -> Iterator[dict[str, Any]]:
    static = [name for name in function.parameters if name in function.static]
    for values in product(*(OPTIONS[name] for name in static)):
        yield {name: value for name, value in zip(static, values, strict=True) if value is not None}


def call(function: Function, nodes: Sequence[Node], names: Sequence[str], options: Any) -> Node:
    """The call with its conditions made of numbers and its options in the signature's order."""
    given = [node > 0 if name == "cond" else node for node, name in zip(nodes, names, strict=True)]
    first = [options[name] for name in ("spec", "order", "n", "dims") if name in options]
    named = ("axis", "keepdims", "p", "k", "shift", "axes", "window", "stride", "padding")
    keywords = {k: v for k, v in options.items() if k in named}
    last = [options[name] for name in ("shape", "classes") if name in options]
    return function(*first, *given, *last, **keywords)


def cases_of(function: Function) -> list[Case]:
    """Calls whose shapes fit: scalars, vectors and matrices, with every option."""
    found: dict[Any, Case] = {}
    for names in _arguments(function):
        for shapes in product(SHAPES, repeat=len(names)):
            if function.section in ELEMENTWISE and not {len(s) for s in shapes} <= {0, 1}:
                continue
            nodes = [symbol(f"x{k}", shape) for k, shape in enumerate(shapes)]
            for options in _options(function):
                try:
                    output = call(function, nodes, names, options)
                except ShapeError:
                    continue
                text = ", ".join([*map(show, shapes), *(f"{k}={v}" for k, v in options.items())])
                ranks = shapes if len(shapes) == 1 else tuple(map(len, shapes))
                key = ranks, tuple(options.items())
                found.setdefault(key, Case(f"{function.name}({text})", output, nodes))
    return spread([*found.values()], PER_FUNCTION)


def spread(items: list[Case], count: int) -> list[Case]:
    """At most so many, taken evenly, the first included."""
    if len(items) <= count:
        return items
    return [items[k * len(items) // count] for k in range(count)]


def core_cases() -> list[Case]:
    """What operators, indexing and powers build, which are no functions."""
    x, y = symbol("x", ()), symbol("y", ())
    v, w, A, row = (
        symbol("v", (3,)), symbol("w", (3,)), symbol("A", (2, 3)), symbol("r", (1, 3))
    )  # fmt: skip
    found = [
        Case("add", x + y, [x, y]),
        Case("add broadcast", A + v, [A, v]),
        Case("sub", A - x, [A, x]),
        Case("sub of a row", v - row, [v, row]),
        Case("mul", v * w, [v, w]),
        Case("mul broadcast", v * A, [v, A]),
        Case("div", A / v, [A, v]),
        Case("div of a row", row / A, [row, A]),
        Case("neg", -v, [v]),
        Case("copy", make(COPY, v), [v]),
        Case("twice", v * v, [v]),
        Case("where", where_(v > w, v * w, A), [v, w, A]),
        Case("where of a scalar condition", where_(x > 0, v, e.sin(v)), [x, v]),
        Case("index", index(A, (1,)), [A]),
        Case("slice", index(A, ((0, 2), (1, 3))), [A]),
        Case("new axis", index(v, (NEW,)), [v]),
        Case("scatter", scatter(v, (2, 3), (1,)), [v]),
        Case("power", make(POWER, v, w), [v, w]),
        Case("power of a number", make(POWER, number(2), v), [v]),
    ]
    exponents = [0, 1, 2, 3, -1, -2, Fraction(1, 2), Fraction(3, 2), Fraction(-1, 3)]
    found += [Case(f"power_by {p}", power_by(v, Fraction(p)), [v]) for p in exponents]
    return found


def all_cases() -> list[Case]:
    """Every function once under its own name, then the core."""
    unique = dict.fromkeys(FUNCTIONS.values())
    return [case for function in unique for case in cases_of(function)] + core_cases()


def seed_of(text: str) -> int:
    return crc32(text.encode())


Draw = Callable[[Random], Fraction]
DRAWS: tuple[Draw, ...] = (
    lambda r: Fraction(r.randint(-48, 48), 16),
    lambda r: Fraction(r.randint(1, 48), 16),
    lambda r: Fraction(r.randint(1, 31), 32),
    lambda r: 1 + Fraction(r.randint(1, 32), 16),
)


def array(values: Sequence[Fraction | int], shape: Sequence[int]) -> np.ndarray[Any, Any]:
    """Exact numbers as an array of rationals."""
    out = np.empty(len(values), dtype=object)
    out[:] = [rational(Fraction(value)) for value in values]
    return out.reshape(tuple(shape))


def drawn(case: Case, draw: Draw, random: Random) -> dict[Node, Any]:
    """A value for every input."""
    point = {}
    for node in case.inputs:
        shape = sizes_of(node.shape)
        point[node] = array([draw(random) for _ in range(prod(shape))], shape)
    return point


def smooth(problem: Problem) -> bool | None:
    """Whether the output has a value and no switch is at rest; None where it has no value."""
    values = evaluated([problem.output], problem.point(BALL))
    if not all(finite(x) for x in values[problem.output].flat):
        return None
    zero, unclear = at_rest(live(problem.output, values), values)
    return not zero and not unclear


def problems(case: Case, count: int) -> Iterator[Problem]:
    """The case at random smooth points of its domain."""
    random = Random(seed_of(case.name))
    left = count
    for attempt in range(400):
        point = drawn(case, DRAWS[attempt % len(DRAWS)], random)
        problem = Problem(case.output, case.inputs, point)
        if smooth(problem):
            yield problem
            left -= 1
            if not left:
                return
    raise AssertionError(f"no point for {case.name}: is its domain empty?")


assert set(OPTIONS) >= STATIC, "sampling has no values for a static parameter"
