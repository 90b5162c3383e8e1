"""The number systems: exactness, three-valued comparisons, series, einsum, and printed digits.

Must not know graphs of derivatives: numbers in, numbers out.
"""

from __future__ import annotations

import decimal as stdlib
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, arb_series, fmpq
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gradcli.arithmetic import ball, series
from gradcli.arithmetic.ball import BALL, precision, rational
from gradcli.arithmetic.decimal import (
    below,
    correct_digits,
    decimal,
    digits,
    exact,
    magnitude,
    nearest,
)
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.jet import Jet, jet, leading, sign_of
from gradcli.arithmetic.measure import is_exact
from gradcli.arithmetic.series import SERIES

Ball = Any
fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
wide = st.builds(
    lambda p, q, e: Fraction(p, q) * Fraction(10) ** e,
    st.integers(-(10**20), 10**20),
    st.integers(1, 10**20),
    st.integers(-60, 60),
)


def fraction(x: Any) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def meet(a: Ball, b: Ball) -> bool:
    """Whether two enclosures have a number in common."""
    return bool(arb(a).overlaps(arb(b)))


def round_ball(middle: Fraction, radius: Fraction) -> arb:
    """A ball that holds middle - radius and middle + radius, and little more."""
    with precision(400):
        return arb(rational(middle - radius)).union(arb(rational(middle + radius)))


# -- rationals stay rational -----------------------------------------------------------------------


@given(fractions, fractions)
def test_rational_arithmetic_is_exact(a: Fraction, b: Fraction) -> None:
    x, y = rational(a), rational(b)
    pairs = [(x + y, a + b), (x - y, a - b), (x * y, a * b), (ball.larger(x, y), max(a, b))]
    pairs += [(ball.floor(x), Fraction(math.floor(a))), (ball.absolute(x), abs(a))]
    pairs += [(ball.ceil(x), Fraction(math.ceil(a))), (ball.sign(x), Fraction((a > 0) - (a < 0)))]
    if b:
        pairs.append((ball.div(x, y), a / b))
    for found, expected in pairs:
        assert is_exact(found)
        assert fraction(found) == expected


def test_a_third_and_a_sixth() -> None:
    assert rational(Fraction(1, 3)) + rational(Fraction(1, 6)) == rational(Fraction(1, 2))


@pytest.mark.parametrize(
    ("function", "x", "value"),
    [
        ("exp", 0, 1), ("cos", 0, 1), ("sin", 0, 0), ("log", 1, 0),
        ("sqrt", Fraction(9, 4), Fraction(3, 2)),
        ("tanh", 0, 0), ("erf", 0, 0), ("acos", 1, 0), ("gamma", 4, 6), ("log2", 2, 1),
        ("log10", 10, 1), ("cbrt", 0, 0), ("atan", 0, 0), ("expm1", 0, 0), ("log1p", 0, 0),
    ],
)  # fmt: skip
def test_known_exact_values(function: str, x: int | Fraction, value: int | Fraction) -> None:
    found = ball.FUNCTIONS[function](rational(Fraction(x)))
    assert is_exact(found)
    assert fraction(found) == value


def test_softmax_of_equal_entries_is_exact() -> None:
    zeros = np.array([[fmpq(0)] * 3], dtype=object)
    assert [fraction(p) for p in BALL.softmax(zeros, 0).flat] == [Fraction(1, 3)] * 3


@given(fractions, st.integers(-5, 5))
def test_whole_powers_are_exact(a: Fraction, n: int) -> None:
    assume(a != 0 or n >= 0)
    found = ball.power_by_scalar(rational(a), Fraction(n))
    assert is_exact(found)
    assert fraction(found) == a**n


# -- comparisons have three answers ----------------------------------------------------------------


@given(fractions, st.fractions(0, 10), fractions, st.fractions(0, 10))
def test_comparisons_are_never_wrong(a: Fraction, r: Fraction, b: Fraction, s: Fraction) -> None:
    """Certain answers hold for every number of the balls; disjoint balls get a certain answer."""
    x, y = round_ball(a, r), round_ball(b, s)
    ends = [(p, q) for p in (a - r, a + r) for q in (b - s, b + s)]
    for found, holds in ((ball.lt(x, y), Fraction.__lt__), (ball.le(x, y), Fraction.__le__)):
        if found is not None:
            assert all(holds(p, q) == found for p, q in ends)
    if a + r + Fraction(1, 10**9) < b - s:
        assert ball.lt(x, y) is True
        assert ball.lt(y, x) is False
        assert ball.eq(x, y) is False
        assert ball.ne(x, y) is True
    if a - r < b < a + r:
        assert ball.eq(x, rational(b)) is None
        assert ball.lt(x, rational(b)) is None


def test_one_object_is_one_number() -> None:
    x = arb.pi()
    assert ball.eq(x, x) is True
    assert ball.lt(x, x) is False
    assert ball.le(x, x) is True
    assert ball.eq(x, arb.pi()) is None


@pytest.mark.parametrize("p", [True, False, None])
@pytest.mark.parametrize("q", [True, False, None])
def test_kleene(p: bool | None, q: bool | None) -> None:
    """A truth table of three values: what holds whatever the unknown is."""
    values = [[v] if v is not None else [True, False] for v in (p, q)]
    for found, operation in (
        (ball.both(p, q), lambda a, b: a and b),
        (ball.either(p, q), lambda a, b: a or b),
    ):
        possible = {operation(a, b) for a in values[0] for b in values[1]}
        assert found is (possible.pop() if len(possible) == 1 else None)


def test_an_open_condition_encloses_both() -> None:
    found = ball.where(None, fmpq(1), fmpq(3))
    assert found.contains(1)
    assert found.contains(3)


# -- functions -------------------------------------------------------------------------------------

DOMAIN: dict[str, tuple[float, float]] = {
    "log": (0.01, 50), "log2": (0.01, 50), "log10": (0.01, 50), "log1p": (-0.9, 50),
    "sqrt": (0.01, 50), "asin": (-0.99, 0.99), "acos": (-0.99, 0.99), "acosh": (1.01, 50),
    "atanh": (-0.99, 0.99), "gamma": (0.1, 20), "lgamma": (0.1, 20), "tan": (-1.5, 1.5),
}  # fmt: skip
UNARY = [
    name
    for name, f in ball.FUNCTIONS.items()
    if f.__code__.co_argcount == 1 and name not in ("finite", "opposite", "pole")
]


@pytest.mark.parametrize("name", UNARY)
@given(st.floats(0, 1))
def test_ball_series_and_float_agree(name: str, part: float) -> None:
    low, high = DOMAIN.get(name, (-8.0, 8.0))
    x = low + (high - low) * part
    point = np.array([fmpq(*x.as_integer_ratio())], dtype=object)
    with precision(200):
        certified = getattr(BALL, name)(point)[0]
        lifted = jet(getattr(SERIES, name)(np.array([jet(point[0])], dtype=object))[0])
        start = lifted.coefficient(0)
        assert meet(start, certified)
        plain = getattr(FLOAT64, name)(np.array([x]))[0]
        assert float(plain) == pytest.approx(float(arb(certified)), rel=1e-12, abs=1e-13)


IDENTITIES: list[tuple[Callable[[Ball], Ball], Callable[[Ball], Ball]]] = [
    (ball.FUNCTIONS["tanh"], lambda x: 1 - 2 / ((2 * arb(x)).exp() + 1)),
    (ball.FUNCTIONS["softplus"], lambda x: (1 + arb(x).exp()).log()),
    (lambda x: ball.FUNCTIONS["logaddexp"](x, 1), lambda x: (arb(x).exp() + arb(1).exp()).log()),
    (ball.FUNCTIONS["cbrt"], lambda x: arb(x).root(3) if x >= 0 else -(-arb(x)).root(3)),
    (lambda x: ball.power(abs(arb(x)) + 1, x), lambda x: ((abs(arb(x)) + 1).log() * x).exp()),
    (lambda x: ball.lgamma(x + fmpq(1, 3)), lambda x: abs(arb(x + fmpq(1, 3)).gamma()).log()),
    (lambda x: ball.FUNCTIONS["atan2"](x, fmpq(2)), lambda x: (arb(x) / 2).atan()),
    (lambda x: ball.polygamma_scalar(x + fmpq(1, 3), 0), lambda x: arb(x + fmpq(1, 3)).digamma()),
]


@pytest.mark.parametrize("k", range(len(IDENTITIES)))
@given(st.fractions(-6, 6, max_denominator=8))
def test_independent_identities(k: int, a: Fraction) -> None:
    left, right = IDENTITIES[k]
    with precision(200):
        x = rational(a)
        assert meet(left(x), right(x))


@given(st.fractions(-5, 5, max_denominator=16), st.integers(0, 3))
def test_polygamma_recurrence(a: Fraction, order: int) -> None:
    """psi_n(x+1) = psi_n(x) + (-1)^n n! / x^(n+1) (DLMF 5.15.5), on both sides of zero."""
    assume(a.denominator != 1)
    with precision(200):
        x = rational(a)
        step = fmpq((-1) ** order * math.factorial(order)) / x ** (order + 1)
        above, here = ball.polygamma_scalar(x + 1, order), ball.polygamma_scalar(x, order)
        assert meet(above, here + step)


# -- series ----------------------------------------------------------------------------------------


def t(*coefficients: int) -> Jet:
    return Jet.of([fmpq(c) for c in coefficients])


def test_a_series_sees_its_own_side() -> None:
    """For t > 0: t is positive, -t negative, t² smaller than t, a root of t² is t."""
    with precision(100):
        assert sign_of(t(0, 1)) == 1
        assert sign_of(t(0, -1)) == -1
        assert series.lt(t(0, 0, 1), t(0, 1)) is True
        assert series.eq(t(1, 1), t(1)) is False
        assert series.sqrt(t(0, 0, 1)).coefficients[:2] == [0, 1]
        assert series.sqrt(t(0, 0, 4, 4)).coefficient(1) == 2
        assert series.absolute(t(0, -3)).coefficient(1) == 3
        assert meet(series.cbrt(t(0, 0, 0, -8)).coefficient(1), fmpq(-2))
        assert series.floor(t(1, -1)).coefficient(0) == 0
        assert series.floor(t(1, 1)).coefficient(0) == 1
        assert series.div(t(0, 2, 4), t(0, 1)).coefficients[:2] == [2, 4]


def test_an_infinite_slope_and_no_value() -> None:
    with precision(100):
        root = series.sqrt(t(0, 1))
        assert root.coefficient(0) == 0
        assert root.coefficient(1) == arb.pos_inf()
        for lost in (series.sqrt(t(0, -1)), series.log(t(0, 1)), series.div(t(1), t(0, 1))):
            assert not ball.finite(lost.coefficient(0))
        assert leading(t(0, 0, 3)) == (2, 3)


def test_half_angles_at_the_ends() -> None:
    """With t² in it the arcsine at 1 is a series in t: pi/2 - sqrt(2) t."""
    with precision(100):
        found = series.asin(t(1, 0, -1))
        assert meet(found.coefficient(0), arb.pi() / 2)
        assert meet(found.coefficient(1), -arb(2).sqrt())
        opened = series.acosh(t(1, 0, 1))
        assert opened.coefficient(0) == 0
        assert meet(opened.coefficient(1), arb(2).sqrt())


def test_an_arcsine_that_starts_late() -> None:
    """FLINT's own ends the process here, for want of memory."""
    with precision(256, 64):
        root = arb(2).sqrt() / 2
        found = series.asin(Jet(arb_series([0] * 48 + [root], prec=64)))
        assert meet(found.coefficient(48), root) and found.coefficient(60) == 0


def test_special_functions_of_irrational_series() -> None:
    """A constant term that is a ball, and one that does not move."""
    with precision(100):
        moving = series.exp(t(0, 1))
        shifted = series.polygamma_scalar(moving + series.exp(t(1)), 0)
        assert ball.finite(shifted.coefficient(1))
        assert ball.finite(series.polygamma_scalar(series.exp(t(1)), 0).coefficient(0))


# -- einsum ----------------------------------------------------------------------------------------


@st.composite
def specs(draw: st.DrawFn) -> tuple[list[str], str, dict[str, int]]:
    """Letters of up to three arguments, repeated ones too; of the result, repeated and new ones."""
    letters = "abcd"
    dims = {x: draw(st.integers(1, 3)) for x in letters}
    ins = draw(st.lists(st.text(st.sampled_from(letters), max_size=3), min_size=1, max_size=3))
    out = draw(st.text(st.sampled_from(letters), max_size=3))
    return ins, out, dims


def reference(arrays: list[Any], ins: list[str], out: str, dims: dict[str, int]) -> Any:
    """Entry by entry, as the definition says."""
    shape = [dims[x] for x in out]
    result = np.zeros(shape)
    names = sorted(set("".join(ins)))
    for key in np.ndindex(*(dims[x] for x in names)):
        place = dict(zip(names, key, strict=True))
        product = 1.0
        for array, letters in zip(arrays, ins, strict=True):
            product *= array[tuple(place[x] for x in letters)]
        for target in np.ndindex(*shape):
            at: dict[str, int] = {}
            fits = all(at.setdefault(x, k) == k for x, k in zip(out, target, strict=True))
            if fits and all(place.get(x, k) == k for x, k in at.items()):
                result[target] += product
    return result


@given(specs(), st.integers(1, 2), st.integers(0, 2**31))
@example((["aa"], "aa", {"a": 3, "b": 1, "c": 1, "d": 1}), 2, 0)
@example((["ab", "bc"], "ac", {"a": 2, "b": 3, "c": 2, "d": 1}), 1, 0)
def test_einsum(spec: tuple[list[str], str, dict[str, int]], batch: int, seed: int) -> None:
    """Against the definition and, where NumPy can say it, NumPy; batches beside a lone one."""
    ins, out, dims = spec
    random = np.random.default_rng(seed)
    arrays = [
        random.integers(-4, 5, (batch if k == 0 else 1, *(dims[x] for x in letters))).astype(float)
        for k, letters in enumerate(ins)
    ]
    new = tuple((x, dims[x]) for x in dict.fromkeys(out) if x not in "".join(ins))
    found = FLOAT64.einsum(*arrays, tuple(ins), out, new)
    found = np.broadcast_to(found, (batch, *(dims[x] for x in out)))
    for k in range(batch):
        rows = [a[k % len(a)] for a in arrays]
        expected = reference(rows, ins, out, dims)
        np.testing.assert_array_equal(found[k], expected)
        if not new and len(set(out)) == len(out):
            np.testing.assert_array_equal(np.einsum(",".join(ins) + "->" + out, *rows), expected)
    exact_arrays = [np.frompyfunc(lambda x: fmpq(int(x)), 1, 1)(a).astype(object) for a in arrays]
    certified = BALL.einsum(*exact_arrays, tuple(ins), out, new)
    certified = np.broadcast_to(certified, found.shape)
    assert all(x == int(y) for x, y in zip(certified.flat, found.flat, strict=True))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("singular", [False, True])
def test_matrices(n: int, singular: bool) -> None:
    """Exact determinants, minors and inverses against doubles; singular ones too."""
    random = np.random.default_rng(n)
    A = random.integers(-4, 5, (1, n, n))
    if singular:
        A[0, -1] = A[0, 0] if n > 1 else 0
    exact_A = np.frompyfunc(lambda x: fmpq(int(x)), 1, 1)(A).astype(object)
    for order in range(min(n, 2) + 1):
        certified = BALL.det(exact_A, order)
        plain = FLOAT64.det(A.astype(float), order)
        assert certified.shape == plain.shape == (1, *[n] * (2 * order))
        truth = np.array([float(arb(x)) for x in certified.flat])
        np.testing.assert_allclose(
            plain.reshape(-1), truth, atol=1e-9 * max(1, np.abs(truth).max())
        )
    inverse = BALL.inv(exact_A)
    if BALL.det(exact_A, 0)[0] == 0:
        assert not any(ball.finite(x) for x in inverse.flat)
    else:
        product = np.matmul(exact_A, inverse)[0]
        assert all(product[i, j] == (i == j) for i in range(n) for j in range(n))


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=5))
def test_products_without_some_factors(values: list[int]) -> None:
    x = np.array([[fmpq(v) for v in values]], dtype=object)
    without = BALL.prod(x, 1)[0]
    floats = FLOAT64.prod(np.array([values], dtype=float), 1)[0]
    for k in range(len(values)):
        rest = math.prod(values[:k] + values[k + 1 :])
        assert without[k] == rest
        assert floats[k] == rest


# -- digits ----------------------------------------------------------------------------------------


def rounded(value: Fraction, count: int) -> stdlib.Decimal:
    """To so many significant digits, halves away from zero, by the standard library."""
    with stdlib.localcontext() as context:
        context.prec = 400
        plain = stdlib.Decimal(value.numerator) / stdlib.Decimal(value.denominator)
        context.prec = count
        context.rounding = stdlib.ROUND_HALF_UP
        return +plain


@given(wide, st.integers(1, 25))
@example(Fraction(999999, 1000), 3)
@example(Fraction(4, 5), 1)
@example(Fraction(24, 25), 2)
@example(1 - Fraction(4, 10**15), 15)
@example(Fraction(5, 10**7), 4)
@example(Fraction(-25, 10), 1)
@example(Fraction(10**23), 5)
def test_decimals_of_rationals(value: Fraction, count: int) -> None:
    assume(value)
    text = decimal(rational(value), count)
    assert text is not None
    assert stdlib.Decimal(text) == rounded(value, count)
    assert float(text) == pytest.approx(float(value), rel=10.0 ** (1 - count))


@given(wide, st.integers(1, 60), st.integers(1, 20))
def test_a_digit_is_printed_only_if_it_is_right(value: Fraction, spread: int, count: int) -> None:
    """For every number in the ball the printed decimal is the rounded one."""
    assume(value)
    radius = abs(value) / 10**spread
    found = digits(round_ball(value, radius), count)
    text = decimal(round_ball(value, radius), count)
    assert (found is None) == (text is None)
    if text is not None:
        ends = {
            rounded(value - radius, count),
            rounded(value + radius, count),
            rounded(value, count),
        }
        assert ends == {stdlib.Decimal(text)}
    elif spread > count + 15:
        # not settled: then a border between two roundings lies very near
        near = {rounded(value * (1 + k * Fraction(1, 10 ** (count + 10))), count) for k in (-1, 1)}
        assert len(near) == 2


def test_no_digits_of_what_may_be_zero() -> None:
    around = round_ball(Fraction(0), Fraction(1, 10**50))
    assert digits(around, 5) is None
    assert decimal(ball.NAN, 5) is None
    assert decimal(arb(0), 5) == decimal(fmpq(0), 5) == "0"


@pytest.mark.parametrize(
    ("value", "count", "text"),
    [
        ("1/3", 15, "1/3"), ("1/3", 2, None), ("1/4", 15, "0.25"), ("-7", 15, "-7"),
        ("1e-15", 15, "1e-15"), ("123456789012345678", 5, None), ("22/7", 15, "22/7"),
        ("1e20", 15, "1e+20"), ("0", 15, "0"), ("1/1024", 15, "0.0009765625"),
        ("1/1234567891234567", 15, None),
    ],
)  # fmt: skip
def test_exact(value: str, count: int, text: str | None) -> None:
    assert exact(rational(Fraction(value)), count) == text


@given(wide, st.integers(1, 20))
def test_exact_is_exact(value: Fraction, count: int) -> None:
    text = exact(rational(value), count)
    if text is not None:
        assert Fraction(text) == value
    assert exact(round_ball(value, Fraction(1)), count) is None


@given(wide)
@example(Fraction(10) ** 400)
@example(Fraction(1, 10**400))
def test_nearest(value: Fraction) -> None:
    """The double that Python's own division rounds to."""
    try:
        expected = value.numerator / value.denominator
    except OverflowError:
        expected = math.inf
    assert nearest(rational(value)) == expected
    with precision(300):
        found = nearest(arb(rational(value)))
    assert found is None or found == expected
    if value:
        wide_ball = round_ball(value, abs(value) / 10**10)
        assert (
            nearest(wide_ball) is None or abs(expected) in (0, math.inf) or abs(expected) < 1e-300
        )
    assert nearest(ball.NAN) is None


@given(st.integers(100, 2000))
def test_below(k: int) -> None:
    """The bound that is said is a multiple of 100, and it holds."""
    around = round_ball(Fraction(0), Fraction(1, 10**k))
    found = below(around)
    assert found is not None
    assert found % 100 == 0
    assert k - 101 <= found <= k
    assert below(arb(1)) is None
    assert below(ball.NAN) is None


@given(st.floats(1e-200, 1e200), st.integers(1, 14))
def test_correct_digits(value: float, count: int) -> None:
    """An error in digit k leaves about k right ones; the nearest double has them all."""
    truth = rational(Fraction(value))
    assert correct_digits(truth, value) == 16
    off = value * (1 + 10.0**-count)
    assert count - 1 <= correct_digits(truth, off) <= count
    assert correct_digits(truth, -value) == 0
    assert correct_digits(truth, math.nan) == 0
    assert correct_digits(truth, math.inf) == 0


@given(wide)
def test_magnitude(value: Fraction) -> None:
    found = magnitude(rational(value))
    if not value:
        assert found is None
    else:
        assert found is not None
        # a logarithm in doubles: on the border it may name the next power
        assert abs(value) <= Fraction(10) ** found * (1 + Fraction(1, 10**12))
        assert abs(value) > Fraction(10) ** (found - 1) * (1 - Fraction(1, 10**12))


def test_a_ball_that_may_be_special_is_not_taken_for_it() -> None:
    """A logarithm near 10 is not 1, and a cube root near 0 keeps both signs."""
    with ball.precision(64):
        about_ten = arb(10) + arb(0, 1e-6)
        assert ball.FUNCTIONS["log10"](about_ten).rad() > 0
        assert ball.FUNCTIONS["log2"](arb(2) + arb(0, 1e-6)).rad() > 0
        both = ball.cbrt(arb(0, 1e-6))
        assert both.contains(arb(1e-7).root(3)) and both.contains(-arb(1e-7).root(3))
