"""What stands on an op's line beside its derivative: measured, and held to by ops of strangers.

Must not know any op of the tables by name, but for those that state no switches on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest

from gradcli.arithmetic.ball import BALL, finite, precision, rational
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.interval import INTERVAL, hull
from gradcli.arithmetic.measure import power_of_two, upper
from gradcli.arithmetic.ranges import RANGES
from gradcli.arithmetic.series import SERIES
from gradcli.arithmetic.truth import is_truth
from gradcli.calculus.core import number, symbol
from gradcli.calculus.differentiate import pull
from gradcli.calculus.families import ARRAY_RULES, RULES, Differentiable, Linear, Pointwise
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import sizes_of
from gradcli.ops import FUNCTIONS
from gradcli.ops.composition import composition
from gradcli.proof.fields import COMPLEX
from gradcli.proof.modular import MODULAR
from gradcli.proof.residue_run import Run, Undecidable, running
from tests.sampling import all_cases, cases_of, seed_of

NEAR, STEP = power_of_two(-25), power_of_two(-120)
SMALL = power_of_two(-60)
BITS = 512
UNSTATED = {"pole"}
"""It stands in requirements alone, and is nowhere a value of its own."""


@cache
def examples() -> dict[Differentiable, list[Node]]:
    """Every op on inputs of its own, with all parameters that it has in the cases."""
    found: dict[Any, Node] = {}
    for case in all_cases():
        adjoints = [a for a in pull({case.output: seed(case.output)}, case.inputs) if a]
        again = [b for a in adjoints for b in pull({a: seed(a)}, case.inputs) if b]
        for node in topological([case.output, *adjoints, *again]):
            key = node.op, node.params if not isinstance(node.op, Linear) else ()
            if key in found or not node.args or any(arg.op.boolean for arg in node.args):
                continue
            symbols = [symbol(f"s{k}", sizes_of(arg.shape)) for k, arg in enumerate(node.args)]
            found[key] = make(node.op, *symbols, params=node.params)
    by_op: dict[Differentiable, list[Node]] = {}
    for node in found.values():
        assert isinstance(node.op, Differentiable)
        by_op.setdefault(node.op, []).append(node)
    return {op: nodes[:6] for op, nodes in by_op.items()}


def seed(node: Node) -> Node:
    return symbol("(seed)", node.shape) if node.shape else number(1)


VALUES = [rational(Fraction(n, 2)) for n in (-4, -2, 0, 1, 2, 4)]


def moves(node: Node, count: int) -> Iterator[list[dict[Node, Any]]]:
    """Points of few different entries, so that ties and zeros are frequent, and steps off them."""
    random = Random(seed_of(node.op.name))
    shapes = {arg: sizes_of(arg.shape) for arg in dict.fromkeys(node.args)}
    for _ in range(count):
        point = {x: _drawn(random, VALUES, shape) for x, shape in shapes.items()}
        points = [point]
        for _ in range(4):
            step = {x: _drawn(random, [STEP, -STEP], shape) for x, shape in shapes.items()}
            points += [{x: point[x] + way * step[x] for x in point} for way in (1, -1)]
        yield points


def _drawn(random: Random, values: Iterable[Any], shape: tuple[int, ...]) -> Any:
    out = np.empty(int(np.prod(shape)), dtype=object)
    out[:] = [random.choice([*values]) for _ in range(out.size)]
    return out.reshape(1, *shape)


def told(x: Any) -> Any:
    return rational(Fraction(x)) if is_truth(x) else x


def near(x: Any, y: Any) -> bool:
    return bool(upper(x - y) < NEAR)


def measured(nodes: list[Node], switching: bool) -> str:
    """The strongest of what can be said of the value where a switch is zero, by points about it."""
    so = dict.fromkeys(("both", "above", "below", "middle"), True)
    seen: set[int] = set()
    for node in nodes:
        assert isinstance(node.op, Differentiable)
        switches = node.op.switches(node) if switching else [number(0)]
        for points in moves(node, 60):
            found = [evaluate([node, *switches], BALL, point) for point in points]
            for k in range(len(switches)):
                rows = [(value, switch) for value, *all_ in found for switch in [all_[k]]]
                for at in range(rows[0][0].size):
                    _entry([(told(v.flat[at]), s.flat[at % s.size]) for v, s in rows], so, seen)
    if so["both"]:
        return "both"
    for name, way in (("above", 1), ("below", -1)):
        if so[name] and way in seen:
            return name
    return "middle" if so["middle"] and {1, -1} <= seen else "apart"


def _entry(rows: list[tuple[Any, Any]], so: dict[str, bool], seen: set[int]) -> None:
    (rest, switch), *others = rows
    if switch != 0 or not finite(rest):
        return
    for one, other in zip(others[::2], others[1::2], strict=True):
        ways = []
        for value, moved in (one, other):
            small = abs(moved) < SMALL
            way = (bool(moved > 0) - bool(moved < 0)) if small else 0
            ways.append(way if finite(value) else 0)
            if finite(value):
                close = near(value, rest)
                so["both"] &= close
                so["above"] &= close or way <= 0
                so["below"] &= close or way >= 0
        seen |= {*ways}
        if {*ways} == {1, -1}:
            so["middle"] &= near((one[0] + other[0]) / 2, rest)


def switching(op: Differentiable) -> bool:
    return any(op.switches(node) for node in examples()[op])


OPS = sorted(examples(), key=lambda op: op.name)


@pytest.mark.parametrize("op", [op for op in OPS if switching(op)], ids=lambda op: op.name)
def test_at_rest(op: Differentiable) -> None:
    """What the line says of a switch at rest is what is found about it, and as much as that."""
    with precision(BITS):
        nodes = [node for node in examples()[op] if op.switches(node)]
        assert op.at_rest == measured(nodes, switching=True)


@pytest.mark.parametrize("op", [op for op in OPS if not switching(op)], ids=lambda op: op.name)
def test_what_has_no_switch_does_not_jump(op: Differentiable) -> None:
    with precision(BITS):
        jumps = measured(examples()[op], switching=False) != "both"
    assert jumps == (op.name in UNSTATED)
    assert op.at_rest is None


ONE_TO_ONE = [op for op in OPS if isinstance(op, Pointwise) and len(examples()[op][0].args) == 1]


@pytest.mark.parametrize(
    "op", [op for op in ONE_TO_ONE if op.name in FUNCTIONS], ids=lambda op: op.name
)
def test_keeps_sign(op: Pointwise) -> None:
    assert op.keeps_sign == keeps_sign(examples()[op])


def keeps_sign(nodes: list[Node]) -> bool:
    """Whether a value has the sign of its argument wherever there is one, on both sides of 0."""
    keeps, ways = True, set()
    for node in nodes:
        (arg,) = node.args
        for x in [rational(Fraction(n, 8)) for n in range(-40, 41)]:
            value = evaluate([node], BALL, {arg: np.full((1, *sizes_of(arg.shape)), x)})[0].flat[0]
            if finite(value):
                keeps &= bool(x > 0) == bool(value > 0) and bool(x < 0) == bool(value < 0)
                ways.add(bool(x > 0) - bool(x < 0))
    return keeps and len(ways) > 1


def test_nothing_else_keeps_a_sign() -> None:
    assert not [op.name for op in OPS if op.keeps_sign and op not in ONE_TO_ONE]


def test_linear() -> None:
    """What is linear in each argument by itself: it times a number is the value times that."""
    found: dict[str, bool] = {}
    scale = rational(Fraction(-3, 2))
    for function_ in dict.fromkeys(FUNCTIONS.values()):
        for case in cases_of(function_):
            random, scaled = Random(seed_of(case.name)), bool(case.inputs)
            with precision(BITS):
                point = {x: _drawn(random, VALUES, sizes_of(x.shape)) for x in case.inputs}
                value = evaluate([case.output], BALL, point)[0]
                for x in case.inputs:
                    other = evaluate([case.output], BALL, point | {x: scale * point[x]})[0]
                    scaled &= bool(np.all(np.vectorize(near)(other, scale * value)))
            name = function_.name
            found[name] = found.get(name, True) and scaled
    linear = {function_.name for function_ in FUNCTIONS.values() if function_.linear}
    assert {name for name, so in found.items() if so} == linear


def test_names_on_lines_are_names() -> None:
    for function_ in FUNCTIONS.values():
        assert {*function_.confused_with} <= {*FUNCTIONS} - {function_.name, *function_.aliases}


COMPOSED = [op for op in OPS if any(composition(node) for node in examples()[op])]


@pytest.mark.parametrize("op", COMPOSED, ids=lambda op: op.name)
def test_what_an_op_is_made_of_has_its_value(op: Differentiable) -> None:
    """A value rule that is run on graphs gives a graph of the same value."""
    with precision(BITS):
        for node in examples()[op]:
            made = composition(node)
            assert made is not None
            for point, *_ in moves(node, 20):
                one, other = (evaluate([each], BALL, point)[0] for each in (node, made))
                for x, y in zip(one.flat, np.broadcast_to(other, one.shape).flat, strict=True):
                    assert near(x, y) or not (finite(x) or finite(y))


def test_some_op_is_made_of_others() -> None:
    assert COMPOSED


# -- the contract of a value rule -----------------------------------------------------------------

SAMPLES = {
    "relu6, whole": lambda m, x, y: m.minimum(m.relu(x), 6),
    "relu6, number": lambda m, x, y: m.minimum(m.relu(x), m.number(6)),
    "sinc": lambda m, x, y: m.div(m.sin(x), x),
    "sinc with a value": lambda m, x, y: m.where(m.eq(x, 0), 1, m.div(m.sin(x), x)),
    "heaviside": lambda m, x, y: (m.sign(x) + 1) / 2,
    "gelu": lambda m, x, y: x * m.erfc(-x / m.sqrt(m.number(2))) / 2,
    "cauchy": lambda m, x, y: 1 / (m.constant("pi") * (1 + m.power_by(x, 2))),
    "hinge": lambda m, x, y: m.maximum(0, 1 - x * y, y - 3),
    "both": lambda m, x, y: m.where(m.both(m.lt(x, 1), m.le(0, y)), x + y, 2 * m.exp(x)),
    "one of two": lambda m, x, y: m.where(m.either(m.lt(x, y), m.opposite(m.ne(x, 1))), 7, y),
    "loss": lambda m, x, y: m.logaddexp(0, -x * y),
    "angle": lambda m, x, y: m.atan2(y, 1) + m.power(m.number(2), x),
}
X, Y = Fraction(3, 4), Fraction(5, 2)
SYSTEMS = (BALL, INTERVAL, RANGES, SERIES, MODULAR)


def _of_the_contract(name: str) -> Any:
    """A rule that calls one function as the contract says, at an argument where it has a value."""

    def rule(m: Any, x: Any, y: Any) -> Any:
        given = {"x": x, "y": y, "q": Fraction(3), "k": 1, "name": "pi"}
        letters = [letter for letter in RULES[name].split(", ") if letter != "…"]
        if {*letters} & {"c", "d"}:
            given |= {"c": m.lt(x, y), "d": m.le(y, 2)}
        found = getattr(m, name)(*(given[letter] for letter in letters))
        return m.where(found, 1, 0) if name in CONDITIONS else found

    here = rule(BALL.scalars, rational(X), rational(Y))
    return rule if finite(here) else lambda m, x, y: rule(m, y, x)


CONDITIONS = {"lt", "le", "eq", "ne", "both", "either", "opposite"}
SAMPLES |= {name: _of_the_contract(name) for name in RULES}


def _single(value: Any) -> Any:
    out = np.empty((1,), dtype=object)
    out[0] = value
    return out


@pytest.mark.parametrize("name", SAMPLES)
def test_a_rule_runs_in_every_system(name: str) -> None:
    """On arrays and on single numbers, whole numbers beside them: the same value everywhere."""
    rule = SAMPLES[name]
    with precision(128), running(Run(COMPLEX, 4, 0)):
        exact = [rational(X), rational(Y)]
        truth = rule(BALL.scalars, *exact)
        true = float(truth) if hasattr(truth, "mid") else int(truth.p) / int(truth.q)
        plain_ = rule(FLOAT64, np.array([0.75]), np.array([2.5]))
        assert abs(plain_[0] - true) < 1e-14
        values = {}
        for m in SYSTEMS:
            xs = [m.scalars.number(x) for x in (X, Y)]
            try:
                one = m.tame(rule(m.scalars, *xs))
            except Undecidable:
                # No field of this run has the root; nor has it on arrays.
                with pytest.raises(Undecidable):
                    rule(m, *map(_single, xs))
                continue
            many = m.tamed(rule(m, *map(_single, xs)))[0]
            values[m] = one
            assert type(many) is type(one)
            if m is MODULAR:
                assert one.at == many.at
        assert hull(values[INTERVAL]) == truth or hull(values[INTERVAL]).overlaps(truth)
        low, high = values[RANGES].low, values[RANGES].high
        assert float(low) <= true + 1e-12
        assert float(high) >= true - 1e-12
        assert near(values[SERIES].coefficient(0), truth)


@pytest.mark.parametrize("m", [*SYSTEMS, FLOAT64])
def test_every_system_has_all_of_the_contract(m: Any) -> None:
    assert not [name for name in (*RULES, *ARRAY_RULES) if not hasattr(m, name)]


@pytest.mark.parametrize("m", [*SYSTEMS, FLOAT64])
def test_entries_of_arrays_move_and_add(m: Any) -> None:
    """What an op on whole arrays may do by methods of NumPy."""
    with precision(128), running(Run(COMPLEX, 4, 0)):
        ones = np.concatenate([m.number(Fraction(n)) for n in (1, 2, 4)])[None]
        last = ones.cumsum(axis=1)[:, ::-1][:, 0]
        assert np.ravel(m.eq(last, m.number(Fraction(7))))[0] == m.eq(m.number(1), m.number(1))[0]
