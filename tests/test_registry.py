"""Every line of the tables: both modes, both orders, special values, domains and kinks.

Must not know any function by name, so that a new line is tested without a change here: what is
true of each function is that series, differences and both modes give one derivative.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest

from gradcli.arithmetic.ball import BALL, finite, precision, rational
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.jet import jet
from gradcli.arithmetic.measure import power_of_two, upper
from gradcli.arithmetic.series import SERIES
from gradcli.calculus import composed
from gradcli.calculus.core import full, number, symbol
from gradcli.calculus.differentiate import NoRule, pull, push
from gradcli.calculus.families import Differentiable
from gradcli.certify.certify import disagree
from gradcli.certify.definedness import _meets, at_rest, evaluated, live
from gradcli.certify.onesided import both_sides, is_unknown, slopes
from gradcli.certify.problem import Problem
from gradcli.graph.node import Node, Op
from gradcli.graph.order import topological, verify
from gradcli.graph.shape import sizes_of
from gradcli.ops import FUNCTIONS
from gradcli.ops.abstract import MAP, Abstract
from gradcli.ops.reductions import LEAD, sum_
from tests.sampling import Case, all_cases, array, problems, seed_of

BITS, STEP_BITS = 256, 80
CASES = [case for case in all_cases() if case.inputs]
NOWHERE_SMOOTH = {"std(())"}  # the root of a variance that is 0 at every point
SMOOTH = [case for case in CASES if case.name not in NOWHERE_SMOOTH]
SCALARS = [case for case in CASES if all(not node.shape for node in case.inputs)]
SPECIAL = [Fraction(x) for x in ("0", "1", "-1", "1/2", "2", "-3", "1000", "-1000", "1e-30")]


def names(case: Case) -> str:
    return case.name


def close(a: Any, b: Any, bits: int) -> bool:
    """Whether two balls lie within 2^-bits of each other, relative to their size."""
    return bool(upper(a - b) <= (1 + upper(b)) * power_of_two(-bits))


def gradients(problem: Problem) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Value and Jacobian (rows, columns) by reverse mode."""
    value, found = problem.by_reverse(BALL, problem.point(BALL))
    return value, problem.flat(found)


def differences(problem: Problem) -> np.ndarray[Any, Any]:
    """Central differences along every unit direction: (rows, columns)."""
    with precision(8 * STEP_BITS):
        point, units = problem.point(BALL), problem.units()
        step = rational(Fraction(1, 2**STEP_BITS))
        ends = []
        for sign in (1, -1):
            found = evaluate([problem.output], BALL, problem.moved(point, units * (step * sign)))[0]
            whole = np.broadcast_to(found, (problem.columns, *sizes_of(problem.output.shape)))
            ends.append(whole.reshape(problem.columns, problem.rows))
        slopes_: np.ndarray[Any, Any] = ((ends[0] - ends[1]) / (2 * step)).T
        return slopes_


@pytest.mark.parametrize("case", SMOOTH, ids=names)
def test_one_derivative(case: Case) -> None:
    """Reverse mode, forward mode, series and differences; float64 is near the certified value."""
    for problem in problems_of(case, 2):
        with precision(BITS):
            point = problem.point(BALL)
            value, reverse = gradients(problem)
            verify([problem.output, problem.forward, *problem.reverse])
            assert all(finite(x) for x in reverse.flat)
            forward = problem.by_forward(BALL, point, problem.units())
            forward = forward.reshape(problem.columns, problem.rows).T
            assert not disagree(forward, reverse)
            series = slopes(problem, point, value, problem.units()).T
            assert not any(map(is_unknown, series.flat))
            assert not any(x is None for x in series.flat)
            assert not disagree(series, reverse)
            central = differences(problem)
            pairs = [(forward, 150), (series, 150), (central, 100)]
            for other, bits in pairs:
                for a, b in zip(other.flat, reverse.flat, strict=True):
                    assert close(a, b, bits)
            check_float(problem, value, reverse)


def problems_of(case: Case, count: int) -> Iterator[Problem]:
    with precision(BITS):
        found = list(problems(case, count))
    yield from found


def check_float(problem: Problem, value: Any, reverse: Any) -> None:
    """Doubles see the same value and derivative, up to what cancels at an ordinary point."""
    plain_value, plain_gradient = problem.by_reverse(FLOAT64, problem.point(FLOAT64))
    for found, truth in ((plain_value, value), (problem.flat(plain_gradient), reverse)):
        exact = np.array([float(x) for x in truth.flat])
        scale = max(1e-3, float(np.abs(exact).max(initial=0)))
        assert np.abs(np.asarray(found).reshape(-1) - exact).max(initial=0) < 1e-10 * scale


@pytest.mark.slow
@pytest.mark.parametrize("case", SMOOTH, ids=names)
def test_second_order(case: Case) -> None:
    """The four compositions of the modes give one Hessian, and so do series and differences."""
    for problem in problems_of(case, 1):
        check_second_order(problem, seed_of(case.name))


def check_second_order(problem: Problem, seed: int) -> None:
    random, xs = Random(seed), problem.wrt
    output = problem.output
    weights = symbol("(weights)", output.shape)
    loss = sum_(weights * output) if output.shape else weights * output
    v = [symbol(f"(v{k})", x.shape) for k, x in enumerate(xs)]
    u = [symbol(f"(u{k})", x.shape) for k, x in enumerate(xs)]
    tangent = push([loss], dict(zip(xs, v, strict=True)))[0]
    adjoints = pull({loss: number(1)}, xs)
    sure = [full(0, x.shape) if a is None else a for x, a in zip(xs, adjoints, strict=True)]
    zero = number(0)
    if tangent is None:
        tangent = zero
    along = zero
    for adjoint, direction in zip(sure, v, strict=True):
        along = along + dot(adjoint, direction)
    reverse_over_reverse = filled(pull({along: number(1)}, xs), xs)
    reverse_over_forward = filled(pull({tangent: number(1)}, xs), xs)
    forward_over_reverse = filled(push(sure, dict(zip(xs, v, strict=True))), xs)
    forward_over_forward = push([tangent], dict(zip(xs, u, strict=True)))[0] or zero
    verify([*reverse_over_reverse, *reverse_over_forward, *forward_over_reverse])
    verify([forward_over_forward])
    values: dict[Node, Any] = {}
    for node in (weights, *v, *u):
        shape = sizes_of(node.shape)
        count = int(np.prod(shape))
        values[node] = array([random.choice((-2, -1, 1, 2)) for _ in range(count)], shape)[None]
    with precision(BITS):
        point = problem.point(BALL) | values
        ways = [
            flattened(evaluate(way, BALL, point), xs)
            for way in (reverse_over_reverse, reverse_over_forward, forward_over_reverse)
        ]
        pushed = evaluate([forward_over_forward], BALL, point)[0].flat[0]
        by_u, by_v = (flattened([values[node] for node in vs], vs) for vs in (u, v))
        assert all(finite(x) for x in ways[0])
        for way in ways[1:]:
            assert all(close(a, b, 120) for a, b in zip(way, ways[0], strict=True))
        assert close(pushed, sum(a * b for a, b in zip(ways[0], by_u, strict=True)), 120)
        direction = np.array(by_v, dtype=object)[None]
        moving = problem.along(problem.point(BALL), direction) | {
            weights: np.frompyfunc(jet, 1, 1)(values[weights])
        }
        series = jet(evaluate([loss], SERIES, moving)[0].flat[0])
        twice = sum(a * b for a, b in zip(ways[0], by_v, strict=True))
        assert close(2 * series.coefficient(2), twice, 120)
    with precision(8 * STEP_BITS):
        step = rational(Fraction(1, 2**STEP_BITS))
        ends = []
        for sign in (1, -1):
            moved = problem.moved(problem.point(BALL), direction * (step * sign))
            ends.append(flattened(evaluate(sure, BALL, moved | {weights: values[weights]}), xs))
        central = [(a - b) / (2 * step) for a, b in zip(*ends, strict=True)]
    with precision(BITS):
        assert all(close(a, b, 100) for a, b in zip(central, ways[0], strict=True))


def dot(a: Node, b: Node) -> Node:
    return sum_(a * b) if a.shape else a * b


def filled(found: list[Node | None], xs: list[Node]) -> list[Node]:
    """Zeros where nothing leads."""
    return [full(0, x.shape) if a is None else a for x, a in zip(xs, found, strict=True)]


def flattened(found: list[Any], xs: list[Node]) -> list[Any]:
    parts = zip(found, xs, strict=True)
    return [y for a, x in parts for y in np.broadcast_to(a, (1, *sizes_of(x.shape))).flat]


# -- special values --------------------------------------------------------------------------------


def special_points(case: Case) -> Iterator[dict[Node, Any]]:
    """Every combination of special values for scalars; ties, zeros and huge values for arrays."""
    if all(not node.shape for node in case.inputs):
        few = SPECIAL if len(case.inputs) < 3 else SPECIAL[:4]
        for values in product(few, repeat=len(case.inputs)):
            yield {n: array([x], ()) for n, x in zip(case.inputs, values, strict=True)}
        return
    random = Random(seed_of(case.name))
    for values in ([0], [1], [0, 1], [2, -2], [1000, -1000], [3, 1000]):
        yield {
            n: array(
                [random.choice(values) for _ in range(int(np.prod(sizes_of(n.shape))))],
                sizes_of(n.shape),
            )
            for n in case.inputs
        }


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=names)
def test_special_values(case: Case) -> None:
    """Where the point is smooth the ways agree; where the sides differ a switch is at rest."""
    for point in special_points(case):
        problem = Problem(case.output, case.inputs, point)
        with precision(BITS):
            at = problem.point(BALL)
            values = evaluated([problem.output], at)
            value = values[problem.output][0, ...]
            if not all(finite(x) for x in value.flat):
                continue
            zero, unclear = at_rest(live(problem.output, values), values)
            assert not unclear
            _, reverse = gradients(problem)
            forward = problem.by_forward(BALL, at, problem.units())
            forward = forward.reshape(problem.columns, problem.rows).T
            assert not disagree(forward, reverse)
            if zero:
                continue
            assert all(finite(x) for x in reverse.flat), point
            left, right = both_sides(problem, at, value, BITS)
            for side in (left, right):
                assert not any(a is None or isinstance(a, float) for a in side.flat), point
                assert not disagree(side, reverse), point


# -- domains ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", SCALARS, ids=names)
def test_domain(case: Case) -> None:
    """A vertex whose arguments have values has one exactly where its requirements are met."""
    for point in special_points(case):
        with precision(BITS):
            problem = Problem(case.output, case.inputs, point)
            values = evaluated([problem.output], problem.point(BALL))
            for node in live(problem.output, values):
                if node.op.boolean or not isinstance(node.op, Differentiable):
                    continue
                if not all(arg.op.boolean or finite(values[arg].flat[0]) for arg in node.args):
                    continue
                needs = node.op.domain(node)
                found = evaluate([need.expr for need in needs], BALL, values) if needs else []
                met = [
                    _meets(x.flat[0], need.relation) for x, need in zip(found, needs, strict=True)
                ]
                assert None not in met
                assert finite(values[node].flat[0]) == all(met), (node, point)


# -- the registry itself ---------------------------------------------------------------------------


def test_every_op_is_tested() -> None:
    """Each op of the package stands in a graph that is tested here, or in a derivative of one."""
    found: set[Op] = set()
    for case in CASES:
        adjoints = [a for a in pull({case.output: seed_for(case.output)}, case.inputs) if a]
        again = [b for a in adjoints for b in pull({a: seed_for(a)}, case.inputs) if b]
        domains = [
            need.expr
            for node in topological([case.output])
            if isinstance(node.op, Differentiable)
            for need in node.op.domain(node)
        ]
        switches = [
            switch
            for node in topological([case.output])
            if isinstance(node.op, Differentiable)
            for switch in node.op.switches(node)
        ]
        found |= {n.op for n in topological([case.output, *adjoints, *again, *domains, *switches])}
    ops = [o for o in gc.get_objects() if isinstance(o, Differentiable) and not o.boolean]
    ours = {op for op in ops if op.value.__module__.startswith("gradcli.")}
    # Calls as they are shown stand for graphs of the others.
    ours -= {op for op in ours if op.value.__module__ == composed.__name__}
    # By how much an entry leads is looked at, never differentiated: no graph holds it.
    # A function that somebody declares is none of the package.
    assert {op for op in ours - found if not isinstance(op, Abstract)} == {LEAD, MAP}


def seed_for(node: Node) -> Node:
    return symbol("(seed)", node.shape) if node.shape else number(1)


def test_signatures() -> None:
    """Names are unique, defaults stand last, and a signature names every parameter of its build."""
    for name, function in FUNCTIONS.items():
        assert name == function.name or name in function.aliases
        defaults = [default is not None for default in function.parameters.values()]
        assert defaults == sorted(defaults)
        assert function.static <= set(function.parameters)


def test_no_rule_is_an_error() -> None:
    """An op that states no derivative is refused by name: never taken for zero."""

    class Bare(Op):
        def shape(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> Any:
            return args[0].shape

    from gradcli.graph.node import make  # noqa: PLC0415 beside its only use

    x = symbol("x", (2,))
    node = make(Bare("bare"), x)
    with pytest.raises(NoRule, match="bare"):
        pull({sum_(node): number(1)}, [x])
    with pytest.raises(NoRule, match="bare"):
        push([node], {x: x})
