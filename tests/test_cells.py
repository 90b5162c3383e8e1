"""Both sides of every kink: cells far away, narrow ones, in bounded sets and among matrices.

Must not know how zeros are found.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

from gradcli.arithmetic.ball import BALL, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.measure import fraction
from gradcli.calculus.core import einsum, number, symbol
from gradcli.graph.node import Node
from gradcli.graph.shape import letter
from gradcli.graph.space import Scalars, Space
from gradcli.ops import FUNCTIONS
from gradcli.trial.kink_crossings import cells
from gradcli.trial.sampling import contains, draw, weight

X, Y = symbol("x", ()), symbol("y", ())
V = symbol("v", (3,))
A = symbol("A", (2, 2))
REALS = Space("power", ())


def interval(low: int | None, high: int | None, whole: bool = False) -> Space:
    bounds = [None if x is None else number(x) for x in (low, high)]
    return Space("power", (), Scalars(*bounds, not whole, not whole, whole))


def value(*entries: Any) -> Array:
    out = np.empty((1, len(entries)), dtype=object)
    out[0, :] = [rational(Fraction(x)) for x in entries]
    return out


def scalar(x: Any) -> Array:
    return value(x)[:, 0]


def visited(
    expressions: list[Node], point: dict[Node, Array], spaces: dict[Node, Space], **more: Any
) -> list[dict[Node, Array]]:
    found = cells(expressions, point, spaces, {}, Random(1), **more)
    for each in found:
        assert each.keys() == point.keys()
        for node, space in spaces.items():
            assert each[node].shape == point[node].shape
            assert contains(space, each[node][0, ...], {})
    patterns = [signs(expressions, each) for each in [point, *found]]
    assert len(set(patterns)) == len(patterns)
    return found


def signs(expressions: list[Node], point: dict[Node, Array]) -> tuple[int, ...]:
    found = evaluate(expressions, BALL, point)
    return tuple(int(x > 0) - int(x < 0) for each in found for x in each.flat)


def numbers(found: list[dict[Node, Array]], node: Node = X) -> list[Fraction]:
    return [fraction(each[node].item()) for each in found]


def test_beyond_a_kink_far_away() -> None:
    assert numbers(visited([X - number(5000)], {X: scalar(1)}, {X: REALS})) == [6000]


@pytest.mark.parametrize("kink", ["5000", "-5000", "0.00123", "1e9", "1.00001", "-123456.789"])
def test_both_sides_of_any_kink(kink: str) -> None:
    at = Fraction(kink)
    for start in (1, -2, at):
        found = numbers(visited([X - number(at)], {X: scalar(start)}, {X: REALS}))
        sides = {x > at for x in [Fraction(start), *found] if x != at}
        assert sides == {True, False}
        assert weight(scalar(found[0]))[0] <= 11


def test_a_narrow_cell_between() -> None:
    found = numbers(visited([X - number(5000), X - number(5001)], {X: scalar(1)}, {X: REALS}))
    assert len(found) == 2
    assert any(5000 < x < 5001 for x in found)
    assert any(x > 5001 for x in found)


def test_from_the_kink_itself_both_sides() -> None:
    found = numbers(visited([X], {X: scalar(0)}, {X: REALS}))
    assert sorted(found) == [-1, 1]


def test_many_zeros_of_one_expression() -> None:
    sine = FUNCTIONS["sin"].build(X)
    expressions = [sine, X - number(4), X - number(2)]
    found = numbers(visited(expressions, {X: scalar(1)}, {X: REALS}))
    assert any(2 < x <= 3 for x in found)
    assert any(Fraction("3.15") < x < 4 for x in found)


def test_inside_bounds_only() -> None:
    wall = number(Fraction(1, 2))
    (found,) = numbers(visited([X - wall], {X: scalar("0.3")}, {X: interval(0, 1)}))
    assert found == Fraction("0.7")
    assert not visited([X - number(2)], {X: scalar("0.3")}, {X: interval(0, 1)})
    near = number(Fraction("0.9999"))
    assert numbers(visited([X - near], {X: scalar("0.3")}, {X: interval(0, 1)})) == [
        Fraction("0.99995")
    ]
    assert numbers(visited([X - number(7)], {X: scalar(6)}, {X: interval(5, None)})) == [8]


def test_whole_numbers() -> None:
    expressions = [X - number(Fraction(7, 2)), X - number(Fraction(19, 5))]
    found = numbers(visited(expressions, {X: scalar(2)}, {X: interval(0, 9, True)}))
    assert found == [4]


def test_every_order_of_three_entries() -> None:
    """Ties between the entries of a maximum: six orders, and the one at hand is not repeated."""
    u, v, w = (symbol(name, ()) for name in "uvw")
    point = {u: scalar(1), v: scalar(2), w: scalar("3.5")}
    found = visited([u - v, v - w, u - w], point, dict.fromkeys(point, REALS))
    assert len(found) == 5


def test_two_inputs_at_once() -> None:
    point = {X: scalar(1), Y: scalar(2)}
    found = visited([X - number(50), Y - number(60)], point, dict.fromkeys(point, REALS))
    assert {signs([X - number(50), Y - number(60)], each) for each in found} == {
        (1, -1),
        (-1, 1),
        (1, 1),
    }


def test_what_is_not_in_spaces_stays() -> None:
    point = {X: scalar(1), Y: scalar(2)}
    found = visited([X - Y], point, {X: REALS})
    assert numbers(found, Y) == [2]
    assert numbers(found)[0] > 2


def test_every_entry_of_a_vector_and_of_an_expression() -> None:
    found = visited([V], {V: value(1, "-0.3", 700)}, {V: Space("power", (3,))}, most=50)
    patterns = {signs([V], each) for each in found}
    assert {(-1, -1, 1), (1, 1, 1), (1, -1, -1)} <= patterns


def test_the_nearest_first_and_no_more_than_asked_for() -> None:
    walls = [X - number(k) for k in range(2, 40)]
    found = numbers(visited(walls, {X: scalar("1.5")}, {X: REALS}, most=5))
    assert found == [Fraction(2 * k + 1, 2) for k in range(2, 7)]
    assert len(visited(walls, {X: scalar("1.5")}, {X: REALS})) == 24


@pytest.mark.parametrize("kind", ["simplex", "onehot"])
def test_parts_of_a_whole(kind: str) -> None:
    space = Space(kind, (3,))
    start = draw(space, {}, 0, Random(0))[None]
    weights = value(1, -1, 0)
    gap = einsum((V, symbol("c", (3,))), ("i", "i"), "", {})
    point = {V: start, symbol("c", (3,)): weights}
    assert visited([gap], point, {V: space})


@pytest.mark.parametrize("kind", ["symmetric", "spd"])
def test_matrices(kind: str) -> None:
    space = Space(kind, (2, 2))
    start = draw(space, {}, 0, Random(0))[None]
    corner = einsum((A, symbol("e", (2,)), symbol("f", (2,))), ("ij", "i", "j"), "", {})
    point = {A: start, symbol("e", (2,)): value(1, 0), symbol("f", (2,)): value(0, 1)}
    assert visited([corner], point, {A: space})


def test_letters_have_sizes() -> None:
    n = letter("n")
    u = symbol("u", (n,))
    total = FUNCTIONS["sum"].build(u)
    found = cells([total], {u: value(1, 2)}, {u: Space("power", (n,))}, {"n": 2}, Random(0))
    assert found
    assert signs([total], found[0]) == (-1,)


def test_the_end_of_a_domain_is_no_zero() -> None:
    """log(x) is negative only between 0 and 1, and has no value left of that."""
    found = numbers(visited([FUNCTIONS["log"].build(X)], {X: scalar(3)}, {X: REALS}))
    assert sorted((x > 0, x < 1) for x in found) == [(False, True), (True, True)]


def test_nothing_to_find() -> None:
    assert visited([], {X: scalar(1)}, {X: REALS}) == []
    assert visited([X - Y], {X: scalar(1), Y: scalar(0)}, {}) == []
    assert visited([X * X + number(1)], {X: scalar(1)}, {X: REALS}) == []


def test_the_same_seed_gives_the_same_points() -> None:
    space = {V: Space("power", (3,))}
    one, two = (
        cells([V], {V: value(1, 2, 3)}, space, {}, Random(3)) for _ in range(2)
    )  # fmt: skip
    assert [list(x[V].flat) for x in one] == [list(x[V].flat) for x in two]
