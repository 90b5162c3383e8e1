"""Exact rationals as long as nothing irrational touches them, then FLINT's balls.

Must not know arrays or graphs: one scalar function a line, over `fmpq` and `arb` alike. A ball
encloses the true value; NaN stands for "no value, or none known at this precision". The balls are
Arb's (Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, 2017); a
comparison has three answers, and what each name means is said in `calculus.families`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from math import factorial
from typing import Any, TypeAlias

from flint import arb, ctx, fmpq
from flint.utils.flint_exceptions import DomainError

from gradcli.arithmetic.matrices import Matrices
from gradcli.arithmetic.truth import VOID, Truth, both, either, opposite

Ball: TypeAlias = Any
EXACT_BITS = 20_000


@contextmanager
def precision(bits: int, terms: int = 8) -> Iterator[None]:
    """FLINT's working precision and series length, restored afterwards."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, terms
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


NAN = arb.nan()
ZERO, ONE = fmpq(0), fmpq(1)


def rational(value: Fraction) -> Ball:
    return fmpq(value.numerator, value.denominator)


def constant(name: str) -> Ball:
    return {"pi": arb.pi, "e": arb.const_e, "inf": arb.pos_inf}[name]()


def _ball(x: Ball) -> arb:
    return x if isinstance(x, arb) else arb(x)


def tame(x: Ball) -> Ball:
    """The number itself, or its ball where an exact rational has grown too long to go on with."""
    return arb(x) if isinstance(x, fmpq) and x.height_bits() >= EXACT_BITS else x


def is_nothing(x: Ball) -> bool:
    """Whether there is no value, or none known at this precision."""
    return isinstance(x, arb) and bool(x.is_nan())


def lt(x: Ball, y: Ball) -> Truth:
    if x < y:
        return True
    return False if x >= y else _same(x, y, False)


def le(x: Ball, y: Ball) -> Truth:
    if x <= y:
        return True
    return False if x > y else _same(x, y, True)


def eq(x: Ball, y: Ball) -> Truth:
    if x == y:
        return True
    return False if x != y else _same(x, y, True)


def ne(x: Ball, y: Ball) -> Truth:
    return opposite(eq(x, y))


def _same(x: Ball, y: Ball, told: bool) -> Truth:
    """One object is one number, so that a maximum is equal to the argument it chose."""
    if is_nothing(x) or is_nothing(y):
        return VOID
    return told if x is y else None


def where(condition: Truth, yes: Ball, no: Ball) -> Ball:
    if condition is VOID:
        return NAN
    if condition is None:
        return yes if yes is no else _ball(yes).union(_ball(no))
    return yes if condition else no


def larger(x: Ball, y: Ball) -> Ball:
    less = lt(x, y)
    return _ball(x).max(_ball(y)) if less is None else where(less, y, x)


def smaller(x: Ball, y: Ball) -> Ball:
    less = lt(x, y)
    return _ball(x).min(_ball(y)) if less is None else where(less, x, y)


def finite(x: Ball) -> bool:
    return x is not VOID and (not isinstance(x, arb) or bool(x.is_finite()))


def div(x: Ball, y: Ball) -> Ball:
    return NAN if y == 0 else x / y


def sign(x: Ball) -> Ball:
    return where(eq(x, 0), ZERO, where(lt(x, 0), -ONE, ONE))


def step(x: Ball) -> Ball:
    return where(lt(0, x), ONE, ZERO)


def absolute(x: Ball) -> Ball:
    return abs(x) if isinstance(x, arb) or x < 0 else x


def relu(x: Ball) -> Ball:
    return larger(x, ZERO)


def floor(x: Ball) -> Ball:
    return x.floor() if isinstance(x, arb) else fmpq(x.floor())


def ceil(x: Ball) -> Ball:
    return -floor(-x)


def pole(x: Ball) -> Ball:
    if not isinstance(x, arb):
        return ZERO if x <= 0 and x.q == 1 else ONE
    if is_nothing(x):
        return NAN
    return where(None, ZERO, ONE) if x.contains_integer() and not x > 0 else ONE


def sqrt(x: Ball) -> Ball:
    if isinstance(x, arb):
        return x.sqrt()
    try:
        return x.sqrt()
    except DomainError:
        return arb(x).sqrt()


def cbrt(x: Ball) -> Ball:
    if x == 0:
        return ZERO
    root = _ball(absolute(x)).root(3)
    return where(lt(x, 0), -root, root)


def log(x: Ball) -> Ball:
    return ZERO if x == 1 else _ball(x).log()


def softplus(x: Ball) -> Ball:
    x = _ball(x)
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


def power_by_scalar(x: Ball, exponent: Fraction) -> Ball:
    n = exponent.numerator
    if n == 0:
        return ONE if finite(x) else NAN
    if x == 0:
        return ZERO if n > 0 else NAN
    if exponent.denominator != 1:
        if not x > 0:
            return NAN
        return sqrt(x) ** n if exponent.denominator == 2 else _ball(x) ** rational(exponent)
    if isinstance(x, arb) and n > 0 and x.mid() == 0:
        top = x.abs_upper() ** n  # FLINT takes a logarithm where the middle is zero
        return top.union(-top if n % 2 else arb(0))
    if isinstance(x, arb) or x.height_bits() * abs(n) < EXACT_BITS:
        return x**n
    return arb(x) ** n


def power(x: Ball, y: Ball) -> Ball:
    if x == 0:
        return ZERO if y > 0 else NAN
    # A number that happens to be whole is an exponent of any base.
    whole = not isinstance(y, arb) and y.q == 1
    if not x > 0 and not (whole and x < 0):
        return NAN
    if not isinstance(y, arb) and y.q.bit_length() < 3:
        return power_by_scalar(x, Fraction(int(y.p), int(y.q)))
    return _ball(x) ** _ball(y)


def lgamma(x: Ball) -> Ball:
    x = _ball(x)
    return x.lgamma() if x > 0 else abs(x.gamma()).log()


def polygamma_scalar(x: Ball, order: int) -> Ball:
    """By Hurwitz's zeta function; upwards by the recurrence where x is not positive (DLMF 5.15)."""
    x = _ball(x)
    if order == 0:
        return x.digamma()
    factor = arb(factorial(order)) * (-1) ** (order + 1)
    total = arb(0)
    while not x > 0:
        if not x.is_finite() or x < -10_000:
            return NAN
        total += x ** (-order - 1)
        x += 1
    return factor * (total + arb(order + 1).zeta(x))


def _known(method: str, values: dict[int, int]) -> Callable[[Ball], Ball]:
    """A method of `arb` that stays exact at the rational points where its value is rational."""
    exact = {x: fmpq(y) for x, y in values.items()}
    of_ball = getattr(arb, method)

    def function(x: Ball) -> Ball:
        if not isinstance(x, arb):
            if x.q == 1 and (hit := exact.get(int(x.p))) is not None:
                return hit
            x = arb(x)
        return of_ball(x)

    return function


ODD = {0: 0}
ODD_FUNCTIONS = "sin tan asin atan sinh tanh asinh atanh erf expm1 log1p".split()  # noqa: SIM905
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _known(name, ODD) for name in ODD_FUNCTIONS},
    **{name: _known(name, {0: 1}) for name in ("exp", "cos", "cosh", "erfc")},
    "acos": _known("acos", {1: 0}),
    "acosh": _known("acosh", {1: 0}),
    "gamma": _known("gamma", {1: 1, 2: 1, 3: 2, 4: 6}),
    "log": log,
    "log2": lambda x: ONE if x == 2 else log(x) / arb(2).log(),
    "log10": lambda x: ONE if x == 10 else log(x) / arb(10).log(),
    "sqrt": sqrt,
    "cbrt": cbrt,
    "lgamma": lgamma,
    "softplus": softplus,
    "logaddexp": lambda x, y: x + softplus(y - x),
    "atan2": lambda y, x: arb.atan2(_ball(y), _ball(x)) if y != 0 or x != 0 else NAN,
    "abs": absolute,
    "power_by_scalar": power_by_scalar,
    "polygamma_scalar": polygamma_scalar,
    **{
        f.__name__: f
        for f in (lt, le, eq, ne, both, either, opposite, where, larger, smaller, finite, div)
    },
    **{f.__name__: f for f in (sign, step, relu, floor, ceil, pole, power)},
}
BALL = Matrices({**FUNCTIONS, "tame": tame}, rational, constant)


def float_polygamma(x: float, order: int) -> float:
    """The polygamma function rounded to a double; NaN at its poles."""
    with precision(120):
        return float(polygamma_scalar(arb(x), order))
