"""Points of sets: inside, of few digits, of both signs and every size, and rounder ones.

Must not know how points are drawn: only what a set is.
"""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.arithmetic.ball import rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.measure import fraction
from gradcli.calculus.core import constant, number
from gradcli.graph.node import Node
from gradcli.graph.shape import letter
from gradcli.graph.space import REALS, Scalars, Space
from gradcli.trial.sampling import contains, draw, empty, rounder, weight
from gradcli.trial.scalar_range import is_generic, range_of, simplest_between

Bound = Fraction | int | Node | None
PI = constant("pi")
TENTH = Fraction(1, 10)
SIZES = {"n": 3, "m": 2}
N, M = letter("n"), letter("m")


def interval(low: Bound, high: Bound, ends: str = "()", whole: bool = False) -> Scalars:
    bounds = (number(x) if isinstance(x, int | Fraction) else x for x in (low, high))
    return Scalars(*bounds, ends[0] == "(", ends[1] == ")", whole)


INTERVALS = {
    "R": REALS,
    "(0, inf)": interval(0, None),
    "[0, inf)": interval(0, None, "[)"),
    "(5, inf)": interval(5, None),
    "(-inf, -2]": interval(None, -2, "(]"),
    "(0, 1)": interval(0, 1),
    "[-1, 1]": interval(-1, 1, "[]"),
    "(0.3, 0.31)": interval(3 * TENTH, 31 * TENTH / 10),
    "(-pi/2, pi/2)": interval(PI * number(Fraction(-1, 2)), PI * number(Fraction(1, 2)), "[]"),
    "(pi, inf)": interval(PI, constant("inf")),
    "[-1000, inf)": interval(-1000, None, "[)"),
    "[2, 2]": interval(2, 2, "[]"),
    "integers(-3, 4)": interval(-3, 4, "[]", True),
    "integers(0, 1)": interval(0, 1, "[]", True),
    "integers(0, 1000000)": interval(0, 10**6, "[]", True),
    "integers(pi, inf)": interval(PI, None, "[)", True),
}
SHAPES = {"": (), "^n": (N,), "^(m, n)": (M, N), "^(n, n)": (N, N)}
SPACES = {
    text + power: Space("power", shape, scalars, text + power)
    for text, scalars in INTERVALS.items()
    for power, shape in SHAPES.items()
} | {
    f"{kind}({n})": Space(kind, (n, n) if square else (n,), text=f"{kind}({n})")
    for kind, square in (("onehot", 0), ("simplex", 0), ("symmetric", 1), ("spd", 1))
    for n in (1, 2, 5)
}
every_space = pytest.mark.parametrize("text", SPACES)


def points(space: Space, count: int = 41, seed: int = 7) -> list[Array]:
    random = Random(seed)
    return [draw(space, SIZES, k, random) for k in range(count)]


def scalars(text: str, ks: range = range(41)) -> list[Fraction]:
    drawn = points(Space("power", (), INTERVALS[text]))
    return [fraction(drawn[k].item()) for k in ks]


def exact(*entries: Any) -> Array:
    out = np.empty(len(entries), dtype=object)
    out[:] = [rational(Fraction(x)) for x in entries]
    return out


@every_space
def test_every_point_is_in_its_set(text: str) -> None:
    space = SPACES[text]
    for x in points(space):
        assert x.dtype == object
        assert contains(space, x, SIZES) is True
    assert empty(space) == ""


@every_space
def test_few_digits(text: str) -> None:
    """A decimal of as few digits as the set allows: four behind what the set itself has."""
    for k, x in enumerate(points(SPACES[text])):
        for entry in x.flat:
            if k >= 4 and k % 2 == 0:
                continue
            digits = len(str(abs(fraction(entry) * 10**9).numerator).strip("0"))
            assert (fraction(entry) * 10**9).denominator == 1, (k, entry)
            assert digits <= (4 if k < 4 else 8), (k, entry)


@every_space
def test_every_other_random_point_is_generic(text: str) -> None:
    """No decimal in it, unless a set has ends or single points of its own."""
    space = SPACES[text]
    for k, x in enumerate(points(space)):
        if k >= 4 and k % 2 == 0 and space.kind != "onehot" and not space.scalars.whole:
            entries = [
                entry for entry in x.flat if entry not in range_of(space.scalars, {}).special
            ]
            assert all(map(is_generic, entries)) or space.text in ("simplex(1)",), (k, x)


@every_space
def test_the_same_seed_gives_the_same_points(text: str) -> None:
    for x, y in zip(points(SPACES[text]), points(SPACES[text]), strict=True):
        assert (x == y).all()


@every_space
def test_points_differ(text: str) -> None:
    """No drawer that returns one point over and over, unless that is all there is."""
    distinct = {tuple(x.flat) for x in points(SPACES[text])}
    few = {"onehot(1)": 1, "onehot(2)": 2, "onehot(5)": 5, "simplex(1)": 1, "integers(0, 1)": 2}
    assert len(distinct) >= (1 if text.startswith("[2, 2]") else few.get(text, 7))


def test_signs_and_sizes_of_reals() -> None:
    found = scalars("R")
    assert found[3] == 0
    assert any(x < 0 for x in found[:4])
    assert any(0 < x < 1 for x in found[:4])
    assert sum(x < 0 for x in found) >= 10
    assert sum(x > 0 for x in found) >= 10
    sizes = [abs(x) for x in found if x]
    assert min(sizes) < TENTH**2 / 2
    assert max(sizes) > 200
    assert all(
        TENTH * 9 / 10 < x < 4 for k in range(4, 41, 3) if k % 7 != 3 if (x := abs(found[k]))
    )


@pytest.mark.parametrize("text", ["(0, 1)", "[-1, 1]", "(-pi/2, pi/2)"])
def test_near_both_ends(text: str) -> None:
    low, high = {
        "(0, 1)": (0, 1), "[-1, 1]": (-1, 1), "(-pi/2, pi/2)": (-math.pi / 2, math.pi / 2),
    }[text]  # fmt: skip
    found = [float(x) for x in scalars(text)]
    assert min(found) - low < 0.02 * (high - low)
    assert high - max(found) < 0.02 * (high - low)


def test_closed_ends_are_hit_and_open_ones_are_not() -> None:
    assert {-1, 1} <= set(scalars("[-1, 1]"))
    assert -1000 in scalars("[-1000, inf)")
    assert 0 in scalars("[0, inf)")
    assert not {0, 1} & set(scalars("(0, 1)"))


def test_both_signs_where_most_of_the_set_is_far_below() -> None:
    found = scalars("[-1000, inf)")
    assert any(x > 1 for x in found)
    assert any(x < -100 for x in found)


def test_integers_reach_all() -> None:
    assert set(scalars("integers(-3, 4)")) == set(range(-3, 5))
    wide = scalars("integers(0, 1000000)")
    assert any(x > 10_000 for x in wide)
    assert any(1 < x < 20 for x in wide)
    assert min(scalars("integers(pi, inf)")) == 4


def test_unit_vectors_cycle() -> None:
    drawn = points(Space("onehot", (3,)), 6)
    assert [list(x).index(1) for x in drawn] == [0, 1, 2, 0, 1, 2]


def test_round_points_are_in_general_position() -> None:
    for seed in range(20):
        for k, x in enumerate(points(SPACES["R^n"], 4, seed)):
            assert len(set(x)) == 3, k
        for x in points(SPACES["R^(n, n)"], 4, seed):
            assert (x != x.T).any()
            a, b, c = x
            assert np.dot(np.cross(a, b), c) != 0
        for x in points(SPACES["integers(0, 1)^n"], 4, seed):
            assert len(set(x)) == 2
        for x in points(Space("simplex", (2,)), 4, seed):
            assert x[0] != x[1]


def test_matrices_of_every_scale() -> None:
    drawn = points(Space("spd", (2, 2)))
    ratios = [float(fraction(max(x.ravel()[[0, 3]]) / min(x.ravel()[[0, 3]]))) for x in drawn]
    assert max(ratios) > 1000
    assert min(ratios) < 3
    assert all(x[0, 1] != 0 for x in drawn)


def test_no_rational_point_is_an_error() -> None:
    for k in (0, 4):
        with pytest.raises(ValueError, match="has no rational point"):
            draw(Space("power", (), interval(PI, PI, "[]")), {}, k, Random(0))


# -- membership ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("space", "value", "expected"),
    [
        (Space("power", (2,), INTERVALS["[-1, 1]"]), exact(-1, 1), True),
        (Space("power", (2,), INTERVALS["(0, 1)"]), exact(0, "1/2"), False),
        (Space("power", (3,), INTERVALS["R"]), exact(0, 1), False),
        (Space("power", (2,), INTERVALS["integers(-3, 4)"]), exact(1, "1/2"), False),
        (Space("power", (2,), INTERVALS["integers(-3, 4)"]), exact(1, 5), False),
        (Space("onehot", (2,)), exact(0, 1), True),
        (Space("onehot", (2,)), exact(1, 1), False),
        (Space("simplex", (2,)), exact("1/3", "2/3"), True),
        (Space("simplex", (2,)), exact(0, 1), False),
        (Space("simplex", (2,)), exact("1/3", "1/3"), False),
        (Space("symmetric", (2, 2)), exact(1, 2, 2, 1).reshape(2, 2), True),
        (Space("symmetric", (2, 2)), exact(1, 2, 3, 1).reshape(2, 2), False),
        (Space("spd", (2, 2)), exact(2, 1, 1, 2).reshape(2, 2), True),
        (Space("spd", (2, 2)), exact(1, 2, 2, 1).reshape(2, 2), False),
        (Space("spd", (2, 2)), exact(1, 1, 1, 1).reshape(2, 2), False),
        (Space("spd", (2, 2)), exact(2, 1, 0, 2).reshape(2, 2), False),
    ],
)
def test_membership(space: Space, value: Array, expected: bool) -> None:
    assert contains(space, value, {}) is expected


def test_what_an_irrational_bound_leaves_open() -> None:
    space = Space("power", (1,), interval(PI, None))
    near = rational(Fraction(314159265358979, 10**14))
    assert contains(space, exact(fraction(near)), {}) is False
    digits = "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899"
    assert contains(space, exact(digits), {}) is None


@pytest.mark.parametrize(
    ("space", "word"),
    [
        (Space("power", (), interval(1, 0), "(1, 0)"), "(1, 0) is empty: it ends below"),
        (Space("power", (), interval(2, 2), "(2, 2)"), "leaves that number out"),
        (Space("power", (), interval(2, 2, "[)"), "[2, 2)"), "leaves that number out"),
        (Space("power", (), interval(3, 1, "[]", True), "integers(3, 1)"), "below where it begins"),
        (Space("power", (), interval(TENTH, 9 * TENTH, "[]", True), "Z"), "no whole number"),
        (Space("power", (0,), text="R^0"), "a dimension is 0"),
        (Space("power", (2, -1), text="R^(2, -1)"), "a dimension is -1"),
        (Space("spd", (0, 0), text="spd(0)"), "a dimension is 0"),
    ],
)
def test_empty_sets(space: Space, word: str) -> None:
    assert word in empty(space)


# -- rounder ---------------------------------------------------------------------------------------


@pytest.mark.slow
@every_space
def test_rounder_ones_are_in_the_set_and_rounder(text: str) -> None:
    space = SPACES[text]
    for x in points(space, 16)[::3]:
        for y in rounder(space, x, SIZES):
            assert contains(space, y, SIZES) is True
            assert weight(y) < weight(x)


def shrunk(space: Space, value: Array, fails: Any) -> list[str]:
    """A greedy shrinker: the first rounder point that still fails, until there is none."""
    while True:
        found = next((y for y in rounder(space, value, {}) if fails(y)), None)
        if found is None:
            return [str(fraction(x)) for x in value.flat]
        value = found


@pytest.mark.parametrize(
    ("space", "start", "fails", "expected"),
    [
        (Space("power", (3,)), ("17.3", "-0.12", "441"), lambda x: True, "0 0 0"),
        (Space("power", (3,)), ("17.3", "-0.12", "441"), lambda x: x[2] > 10, "0 0 20"),
        (Space("power", (2,)), ("-17.3", "0.12"), lambda x: x[0] < 0 < x[1], "-1 1"),
        (
            Space("power", (2,), INTERVALS["(0, 1)"]),
            ("0.173", "0.12"),
            lambda x: x[0] != x[1],
            None,
        ),
        (Space("onehot", (3,)), (0, 0, 1), lambda x: x[0] == 0, "0 1 0"),
        (Space("simplex", (2,)), ("0.173", "0.827"), lambda x: True, "1/2 1/2"),
        (Space("simplex", (3,)), ("0.173", "0.327", "0.5"), lambda x: True, "1/5 3/10 1/2"),
        (Space("spd", (2, 2)), (1250, -100, -100, 60), lambda x: True, "1 0 0 1"),
        (Space("spd", (2, 2)), (1250, -100, -100, 60), lambda x: x[0, 1] != 0, None),
        (Space("symmetric", (2, 2)), (7, "-0.3", "-0.3", 6), lambda x: x[0, 1] != 0, "0 1 1 0"),
    ],
)
def test_shrinking(space: Space, start: Any, fails: Any, expected: str | None) -> None:
    value = exact(*start).reshape(points(space, 1)[0].shape)
    found = shrunk(space, value, fails)
    if expected is not None:
        assert " ".join(found) == expected
    assert sum(len(x) for x in found) <= 12


# -- simplest --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-3, 7, 0), (0, 1, "1/2"), (0, 1000, 1), (-7, -3, -4), (1, 3, 2), (5000, 10**12, 6000),
        (1234, 1240, 1235), ("2/3", 1, "0.8"), ("0.3", "0.31", "0.305"), (9, 100, 10),
        (5, 6, "5.5"), (0, "1e-20", "5e-21"), ("1.234567", "1.234569", "1.234568"),
    ],
)  # fmt: skip
def test_simplest_between(low: Any, high: Any, expected: Any) -> None:
    found = simplest_between(rational(Fraction(low)), rational(Fraction(high)))
    assert fraction(found) == Fraction(expected)


@given(st.fractions(), st.fractions())
def test_simplest_is_strictly_between(a: Fraction, b: Fraction) -> None:
    low, high = rational(min(a, b)), rational(max(a, b))
    if a == b:
        with pytest.raises(ValueError, match="nothing lies between"):
            simplest_between(low, high)
        return
    found = simplest_between(low, high)
    assert low < found < high
    if any(low < rational(Fraction(k)) < high for k in (-1, 0, 1)):
        assert found in (-1, 0, 1)
