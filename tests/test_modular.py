"""Residues: the laws of every function that has some, and none that it has not.

Must not know proofs: two numbers are the same where their residues are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.proof.exponentials import number as exact
from gradcli.proof.fields import COMPLEX, REAL
from gradcli.proof.modular import FUNCTIONS
from gradcli.proof.residue import Inside, Residue, Unlucky
from gradcli.proof.residue_run import Run, Shallow, Undecidable, running

F: Any = FUNCTIONS
POWER = F["power_by_scalar"]
LEVELS = 3
seeds = st.integers(min_value=0, max_value=50)
ratios = st.fractions(min_value=Fraction(1, 9), max_value=9, max_denominator=9)


@contextmanager
def fresh(seed: int = 0, complex_: bool = False, rests: bool = False) -> Iterator[Run]:
    run = Run(COMPLEX if complex_ else REAL, LEVELS, seed, rests)
    with running(run):
        yield run


def positive(run: Run, name: str) -> Residue:
    return run.power_of(run.draw(name))


def number(value: Fraction | int) -> Residue:
    return exact(Fraction(value))


def same(x: Residue, y: Residue) -> bool:
    return bool(x.at) and bool(y.at) and x.at[0] == y.at[0]


# -- laws of what may be anything

ANYWHERE: dict[str, Callable[[Residue, Residue], tuple[Residue, Residue]]] = {
    "exp of a sum": lambda a, b: (F["exp"](a + b), F["exp"](a) * F["exp"](b)),
    "exp of a difference": lambda a, b: (F["exp"](a - b), F["exp"](a) / F["exp"](b)),
    "log of exp": lambda a, b: (F["log"](F["exp"](a)), a),
    "exp of log": lambda a, b: (F["exp"](F["log"](a * b)), a * b),
    "exp of log and more": lambda a, b: (F["exp"](F["log"](a) + b), a * F["exp"](b)),
    "sinh and cosh": lambda a, b: (F["cosh"](2 * a), 1 + 2 * F["sinh"](a) * F["sinh"](a)),
    "tanh": lambda a, b: (F["tanh"](a) * F["cosh"](a), F["sinh"](a)),
    "expm1": lambda a, b: (F["expm1"](a) + 1, F["exp"](a)),
    "log1p": lambda a, b: (F["log1p"](a), F["log"](1 + a)),
    "softplus": lambda a, b: (F["softplus"](a) - F["softplus"](-a), a),
    "logaddexp": lambda a, b: (F["exp"](F["logaddexp"](a, b)), F["exp"](a) + F["exp"](b)),
    "atan is odd": lambda a, b: (F["atan"](-a), -F["atan"](a)),
    "asin is odd": lambda a, b: (F["asin"](-a), -F["asin"](a)),
    "asinh is odd": lambda a, b: (F["asinh"](-a), -F["asinh"](a)),
    "erf is odd": lambda a, b: (F["erf"](-a), -F["erf"](a)),
    "erf and erfc": lambda a, b: (F["erf"](a) + F["erfc"](a), a / a),
    "asin and acos": lambda a, b: (F["acos"](a) + F["acos"](-a), 2 * (F["acos"](a) + F["asin"](a))),
    "atanh": lambda a, b: (F["exp"](2 * F["atanh"](a)) * (1 - a), 1 + a),
    "cube of a cube root": lambda a, b: (POWER(F["cbrt"](a), 3), a),
    "cube root of a product": lambda a, b: (F["cbrt"](a * b), F["cbrt"](a) * F["cbrt"](b)),
    "cube root is odd": lambda a, b: (F["cbrt"](-a), -F["cbrt"](a)),
    "root of a square": lambda a, b: (F["sqrt"](a * a), F["abs"](a)),
    "size and sign": lambda a, b: (F["abs"](a), a * F["sign"](a)),
    "relu of both": lambda a, b: (F["relu"](a) - F["relu"](-a), a),
    "larger and smaller": lambda a, b: (F["larger"](a, b) + F["smaller"](a, b), a + b),
    "whole powers": lambda a, b: (POWER(a, -2) * a * a, a / a),
}  # fmt: skip


@pytest.mark.parametrize("law", ANYWHERE)
@settings(max_examples=5)
@given(seeds)
def test_law(law: str, seed: int) -> None:
    with fresh(seed) as run:
        assert same(*ANYWHERE[law](run.draw("a"), run.draw("b")))


# -- laws of what is positive

POSITIVE: dict[str, Callable[[Residue, Residue], tuple[Residue, Residue]]] = {
    "root of a product": lambda a, b: (F["sqrt"](a * b), F["sqrt"](a) * F["sqrt"](b)),
    "root of a quotient": lambda a, b: (F["sqrt"](a / b), F["sqrt"](a) / F["sqrt"](b)),
    "square of a root": lambda a, b: (F["sqrt"](a) * F["sqrt"](a), a),
    "root of a root": lambda a, b: (POWER(a, Fraction(1, 4)), F["sqrt"](F["sqrt"](a))),
    "log of a product": lambda a, b: (F["log"](a * b), F["log"](a) + F["log"](b)),
    "log of a quotient": lambda a, b: (F["log"](a / b), F["log"](a) - F["log"](b)),
    "log of a power": lambda a, b: (2 * F["log"](POWER(a, Fraction(3, 2))), 3 * F["log"](a)),
    "log of a root": lambda a, b: (2 * F["log"](F["sqrt"](a)), F["log"](a)),
    "power": lambda a, b: (F["power"](a, b), F["exp"](b * F["log"](a))),
    "powers of one base": lambda a, b: (F["power"](a, b) * a, F["power"](a, b + 1)),
    "log of power": lambda a, b: (F["log"](F["power"](a, b)), b * F["log"](a)),
    "other logs": lambda a, b: (F["log2"](a) * F["log"](b), F["log2"](b) * F["log"](a)),
    "sign": lambda a, b: (F["sign"](a * b), a / a),
}  # fmt: skip


@pytest.mark.parametrize("law", POSITIVE)
@settings(max_examples=5)
@given(seeds)
def test_law_of_positives(law: str, seed: int) -> None:
    with fresh(seed) as run:
        assert same(*POSITIVE[law](positive(run, "a"), positive(run, "b")))


TURNS: dict[str, Callable[[Residue, Residue], tuple[Residue, Residue]]] = {
    "Pythagoras": lambda a, b: (F["sin"](a) * F["sin"](a) + F["cos"](a) * F["cos"](a), a / a),
    "sine of a sum": lambda a, b: (
        F["sin"](a + b), F["sin"](a) * F["cos"](b) + F["cos"](a) * F["sin"](b)
    ),
    "cosine of a double": lambda a, b: (F["cos"](2 * a), 2 * F["cos"](a) * F["cos"](a) - 1),
    "tangent": lambda a, b: (F["tan"](a) * F["cos"](a), F["sin"](a)),
    "sine is odd": lambda a, b: (F["sin"](-a), -F["sin"](a)),
    "cosine is even": lambda a, b: (F["cos"](-a), F["cos"](a)),
}  # fmt: skip


@pytest.mark.parametrize("law", TURNS)
@settings(max_examples=5)
@given(seeds)
def test_law_of_turns(law: str, seed: int) -> None:
    with fresh(seed, complex_=True) as run:
        assert same(*TURNS[law](run.draw("a"), run.draw("b")))


# -- what is no law

DIFFERENT: dict[str, Callable[[Residue, Residue], tuple[Residue, Residue]]] = {
    "exp of a product": lambda a, b: (F["exp"](a * b), F["exp"](a) * F["exp"](b)),
    "log of a sum": lambda a, b: (F["log"](a + b), F["log"](a) + F["log"](b)),
    "log of a negative": lambda a, b: (F["log"](-a), F["log"](a)),
    "atan is not even": lambda a, b: (F["atan"](-a), F["atan"](a)),
    "gamma is not odd": lambda a, b: (F["gamma"](-a), -F["gamma"](a)),
    "floor": lambda a, b: (F["floor"](a), a),
    "erf": lambda a, b: (F["erf"](a), F["erfc"](a)),
    "tanh": lambda a, b: (F["tanh"](2 * a), 2 * F["tanh"](a)),
}


@pytest.mark.parametrize("law", DIFFERENT)
@pytest.mark.parametrize("seed", range(3))
def test_no_law(law: str, seed: int) -> None:
    with fresh(seed) as run:
        assert not same(*DIFFERENT[law](run.draw("a"), run.draw("b")))


# -- numbers


@given(ratios, ratios)
def test_numbers_keep_their_laws(p: Fraction, q: Fraction) -> None:
    with fresh():
        a, b = number(p), number(q)
        assert same(a * b, number(p * q))
        assert same(a / b, number(p / q))
        assert same(F["log"](a) + F["log"](b), F["log"](number(p * q)))
        assert same(POWER(a, -3), number(p**-3))
        assert (F["lt"](a, b), F["le"](a, b), F["eq"](a, b)) == (p < q, p <= q, p == q)


@given(st.integers(min_value=2, max_value=200))
def test_the_square_of_a_root_is_its_argument_and_not_its_negative(n: int) -> None:
    """Large primes may lack a root of odd order, multiples of them as well."""
    with fresh() as run:
        x = number(n) * positive(run, "a")
        try:
            root = F["sqrt"](x)
            assert same(POWER(root, 2), x)
            assert not same(POWER(root, 2), -x)
        except Unlucky:
            pass


def test_the_power_zero_is_one() -> None:
    with fresh() as run:
        one = POWER(run.draw("a"), 0)
        assert one.exact == 1
        assert same(F["sqrt"](one), number(1))


def test_the_log_of_a_product_of_negative_numbers() -> None:
    with fresh():
        assert same(F["log"](number(-2) * number(-2)), 2 * F["log"](number(2)))


@pytest.mark.parametrize("zero", [0, 1])
def test_nothing_is_divided_by_zero(zero: int) -> None:
    with fresh() as run:
        x = run.draw("a")
        nothing = number(0) if zero else x - x
        for y in (number(0), x, x - x):
            assert not (y / nothing).at
        assert not POWER(nothing, -1).at
        assert not F["log"](nothing).at


# -- levels


def test_an_exponential_has_a_level_less() -> None:
    with fresh() as run:
        x = run.draw("a")
        for k in range(LEVELS - 1, 0, -1):
            x = F["exp"](x)
            assert len(x.at) == k
        with pytest.raises(Shallow):
            F["exp"](x)


def test_exponentials_of_exponentials_keep_the_law() -> None:
    with fresh() as run:
        a, b = F["exp"](run.draw("a")), F["exp"](run.draw("b"))
        assert same(F["exp"](a + b), F["exp"](a) * F["exp"](b))


# -- signs


def patterns(run: Run, once: Callable[[], object]) -> list[object]:
    """What comes of every way to decide."""
    found = []
    forced: tuple[int, ...] | None = ()
    while forced is not None:
        run.forget(forced)
        found.append(once())
        forced = run.following()
    return found


def test_every_pattern_of_signs_is_taken_once() -> None:
    with fresh() as run:
        a, b = run.draw("a"), run.draw("b")
        found = patterns(run, lambda: (run.sign(a), run.sign(b), run.sign(-3 * a)))
        assert sorted(found) == [(-1, -1, 1), (-1, 1, 1), (1, -1, -1), (1, 1, -1)]  # type: ignore[type-var]


def test_rest_is_a_sign_of_its_own() -> None:
    with fresh(rests=True) as run:
        a = run.draw("a")
        assert patterns(run, lambda: run.sign(a)) == [1, -1, 0]
        assert sorted(set(patterns(run, lambda: run.sign(a * a)))) == [0, 1]  # type: ignore[type-var]
        assert patterns(run, lambda: run.sign(positive(run, "b"))) == [1, 0]


def test_a_root_that_is_not_known_to_be_positive_is_taken_both_ways_if_that_is_due() -> None:
    with fresh() as run:
        a, b = run.draw("a"), run.draw("b")

        def once() -> int:
            root = F["sqrt"]((a + b) * (a + b) + (a - a))
            run.met[0].due = due
            return int(root.key)

        for due in (True, False):
            found = patterns(run, once)
            assert {*found} <= {(a + b).key, (-(a + b)).key}
            assert len({*found}) == len(found) == 1 + due


def test_a_root_has_a_sign_of_its_own_on_every_level() -> None:
    run = Run(REAL, LEVELS, 0, rooted=2)
    with running(run):
        a = run.draw("a")

        def once() -> tuple[int, int]:
            root = F["sqrt"](a * a + 1)
            for decision in run.met:
                decision.due = True
            return root.key, F["exp"](root).key

        found = patterns(run, once)
        assert len({*found}) == len(found) == 4


def test_a_root_within_an_exponential_is_asked_for() -> None:
    with fresh() as run, pytest.raises(Inside):
        F["exp"](F["sqrt"](run.draw("a") + 1))


@pytest.mark.parametrize("seed", range(8))
def test_exponentials_of_roots_that_are_no_integers_keep_their_laws(seed: int) -> None:
    run = Run(REAL, LEVELS, seed, rooted=2)
    with running(run):
        a, b = (F["sqrt"](run.draw(name) + 1) for name in "ab")
        assert same(F["exp"](a + b), F["exp"](a) * F["exp"](b))
        assert same(F["exp"](3 * a - b / 2), POWER(F["exp"](a), 3) / F["sqrt"](F["exp"](b)))
        assert not same(F["exp"](a), F["exp"](-a))
        assert same(F["log"](F["exp"](a * b)), a * b)


def test_a_program_computes_the_same_from_other_draws() -> None:
    """Whatever the signs are there, a switch is taken as it was."""
    with fresh() as run:
        a = run.draw("a")
        F["sqrt"](F["relu"](a) * a + 1), F["eq"](a, 2 * a)
        assert run.told == [1, 1, 0]
    for seed in range(4):
        other = Run(REAL, LEVELS, seed, program=run.told)
        with running(other):
            b = other.draw("a")
            root = F["sqrt"](F["relu"](b) * b + 1)
            assert same(POWER(root, 2), b * b + 1)
            assert not F["eq"](b, 2 * b)
            assert not other.met


def test_too_many_switches_are_undecidable() -> None:
    with fresh() as run, pytest.raises(Undecidable):
        for k in range(11):
            run.sign(run.draw(k))
