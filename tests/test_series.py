"""One-sided derivatives of whole graphs: what decides a kink, and what it must not pretend.

Must not know reverse or forward mode: only the series of FLINT speak here.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.calculus.core import number, symbol, where
from gradcli.certify.definedness import at_rest, evaluated, live
from gradcli.certify.onesided import both_sides, is_unknown, one_derivative
from gradcli.certify.problem import Problem
from gradcli.graph.node import Node
from gradcli.ops import FUNCTIONS as F
from gradcli.ops.powers import power
from tests.sampling import array

BITS = 128
x = symbol("x", ())


def sides(output: Node, at: Fraction | int = 0) -> tuple[Any, Any]:
    """Left and right derivative by x; the value must be known."""
    problem = Problem(output, [x], {x: array([at], ())})
    with precision(BITS):
        point = problem.point(BALL)
        value = evaluated([output], point)[output][0, ...]
        assert all(finite(entry) for entry in value.flat)
        left, right = both_sides(problem, point, value, BITS)
    return left.flat[0], right.flat[0]


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=4))
def test_maxima_of_lines(lines: list[tuple[int, int]]) -> None:
    """The slope of a maximum of lines a + b x at 0, from either side, by plain arithmetic."""
    nodes = [number(a) + number(b) * x for a, b in lines]
    top = max(a for a, _ in lines)
    slopes = [b for a, b in lines if a == top]
    assert sides(F["max"](*nodes)) == (min(slopes), max(slopes))
    low = min(a for a, _ in lines)
    slopes = [b for a, b in lines if a == low]
    assert sides(F["min"](*nodes)) == (max(slopes), min(slopes))


@given(st.integers(1, 12), st.integers(1, 4))
def test_powers_of_roots(p: int, q: int) -> None:
    """|x|^(p/q) at 0: slope 0 above 1, none that is finite below, and -1 and 1 at 1."""
    left, right = sides(power(F["abs"](x), number(Fraction(p, q))))
    if p > q:
        assert (left, right) == (0, 0)
    elif p == q:
        assert (left, right) == (-1, 1)
    else:
        assert (left, right) == (-math.inf, math.inf)


@given(st.integers(1, 5), st.integers(1, 5))
def test_products_of_roots(p: int, q: int) -> None:
    """sqrt(|x|)^p cbrt(x)^q at 0, where only the whole product has a slope."""
    exponent = Fraction(p, 2) + Fraction(q, 3)
    left, right = sides(power(F["sqrt"](F["abs"](x)), number(p)) * power(F["cbrt"](x), number(q)))
    sign = 1 if q % 2 else -1
    if exponent > 1:
        assert (left, right) == (0, 0)
    else:
        assert (left, right) == (math.inf * sign, math.inf)


def test_a_ball_is_not_taken_for_a_zero() -> None:
    """Where the branch hangs on an irrational zero nothing is said."""
    near = F["sin"](x + 1) - F["sin"](number(1) + 0 * x)
    left, right = sides(F["abs"](near))
    assert is_unknown(left) or meets(left, -math.cos(1))
    assert is_unknown(right) or meets(right, math.cos(1))


def meets(side: Any, value: float) -> bool:
    return abs(float(side) - value) < 1e-12


def test_no_value_is_told_from_no_series() -> None:
    """Beyond the edge of a domain there certainly is none; at an essential zero nobody knows."""
    assert sides(F["sqrt"](x))[0] is None
    assert sides(F["acos"](x), 1)[1] is None
    assert sides(x * F["sqrt"](x)) == (None, 0)
    flat = where(x > 0, F["exp"](-1 / x), number(0) * x)
    left, right = sides(flat)
    assert left == 0
    assert is_unknown(right)


def test_a_jump_has_no_slope() -> None:
    assert sides(F["floor"](x)) == (None, 0)
    assert sides(F["sign"](x)) == (None, None)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(0, 0, 0), (1, 2, None), (None, 0, None), (0, None, None), (math.inf, math.inf, None)],
)
def test_one_derivative(left: Any, right: Any, expected: Any) -> None:
    lifted = [array([s], ()).flat[0] if isinstance(s, int) else s for s in (left, right)]
    assert one_derivative(*lifted, BITS) == expected


def test_zero_and_open_switches_are_both_found() -> None:
    """One entry on a kink does not hide another that cannot be told."""
    v = symbol("v", (2,))
    entry = F["sin"](F["atan"](v) * 4) - F["tanh"](v) * 0
    output = F["abs"](F["where"](v > 0, F["cos"](v) ** 2 + F["sin"](v) ** 2 - 1, v)) + 0 * entry
    problem = Problem(output, [v], {v: array([0, 1], (2,))})
    with precision(BITS):
        values = evaluated([output], problem.point(BALL))
        zero, unclear = at_rest(live(output, values), values)
    assert zero
    assert unclear
