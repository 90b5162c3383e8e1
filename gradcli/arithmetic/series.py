"""Truncated Taylor series in t > 0: FLINT's own rules, none of ours, and one-sided by nature.

Must not know arrays or graphs. A comparison is decided by the first coefficient that is not zero,
so that a kink is seen from the side that t comes from. Coefficient k is derivative k over k!; FLINT
composes by Newton iteration (Brent and Kung, Fast algorithms for manipulating formal power series,
1978), and what each name means is said in `calculus.families`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial, inf
from typing import Any

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from gradcli.arithmetic import ball
from gradcli.arithmetic.elimination import Eliminating
from gradcli.arithmetic.jet import UNKNOWN, Jet, div, jet, leading, sign_of
from gradcli.arithmetic.measure import is_exact
from gradcli.arithmetic.roots import power_by_scalar, root_by, sqrt
from gradcli.arithmetic.truth import VOID, Truth, both, either, is_truth, opposite


def lt(x: Any, y: Any) -> Truth:
    return _told(x, y, lambda sign: sign < 0)


def le(x: Any, y: Any) -> Truth:
    return opposite(lt(y, x))


def eq(x: Any, y: Any) -> Truth:
    return _told(x, y, lambda sign: sign == 0)


def ne(x: Any, y: Any) -> Truth:
    return opposite(eq(x, y))


def _told(x: Any, y: Any, of_sign: Callable[[int], bool]) -> Truth:
    """What the sign of a difference says; nothing of what has no value at its very start."""
    difference = jet(x) - y
    if ball.is_nothing(difference.coefficient(0)):
        return VOID
    sign = 0 if x is y else sign_of(difference)
    return None if sign is None else of_sign(sign)


def where(condition: Truth, yes: Any, no: Any) -> Any:
    if condition is None or condition is VOID:
        return UNKNOWN
    return yes if condition else no


def larger(x: Any, y: Any) -> Any:
    """Where the two are equal as far as they are known, so is the larger one."""
    difference = jet(x) - y
    found = leading(difference)
    if found is None:
        return UNKNOWN
    if found[1] == 0 and not difference.degree < found[0]:
        return Jet.of(jet(x).coefficients[: found[0]], found[0])
    return y if found[1] < 0 else x


def smaller(x: Any, y: Any) -> Any:
    return -larger(-jet(x), -jet(y))


def finite(x: Any) -> bool:
    if is_truth(x):
        return x is not VOID
    return ball.finite(jet(x).coefficient(0))


def tame(x: Any) -> Any:
    """The series itself, in balls where its exact rationals have grown too long to go on with."""
    if x.__class__ is Jet and x.s.__class__ is arb_series:
        return x
    if is_truth(x):
        return x
    series = jet(x)
    long = isinstance(series.s, fmpq_series) and any(
        c.height_bits() > ball.EXACT_BITS for c in series.s.coeffs()
    )
    return Jet(series.balls(), series.degree) if long else series


def absolute(x: Any) -> Any:
    return larger(x, -jet(x))


def sign(x: Any) -> Any:
    found = sign_of(jet(x))
    return UNKNOWN if found is None else jet(fmpq(found))


def step(x: Any) -> Any:
    return where(lt(0, x), jet(ball.ONE), jet(ball.ZERO))


def relu(x: Any) -> Any:
    return larger(x, jet(ball.ZERO))


def floor(x: Any) -> Any:
    x = jet(x)
    start = x.coefficient(0)
    low = ball.floor(start)
    if not is_exact(low) and not low.is_exact():
        return UNKNOWN
    if start != low:
        return jet(low)
    return where(lt(x, start), jet(low - 1), jet(low))


def ceil(x: Any) -> Any:
    return -floor(-x)


def pole(x: Any) -> Any:
    return jet(ball.pole(jet(x).coefficient(0)))


def cbrt(x: Any) -> Any:
    third, found = Fraction(1, 3), leading(jet(x))
    return -root_by(-x, third) if found and found[1] < 0 else root_by(x, third)


def power(x: Any, y: Any) -> Any:
    x, y = jet(x), jet(y)
    found = leading(x)
    exponents = y.coefficients
    fixed = all(c == 0 for c in exponents[1:]) and not isinstance(exponents[0], arb)
    if found is None or (found[1] < 0 and not (fixed and exponents[0].q == 1)):
        return UNKNOWN
    if fixed:
        return root_or_whole(x, exponents[0])
    if found[1] == 0:
        return jet(ball.ZERO) if exponents[0] > 0 else UNKNOWN
    return exp(log(x) * y)


def root_or_whole(x: Jet, exponent: Any) -> Any:
    """A base that is zero or positive to a known rational exponent."""
    if leading(x) == (0, ball.ZERO) or (x.coefficient(0) == 0 and not exponent > 0):
        return UNKNOWN
    return power_by_scalar(x, Fraction(int(exponent.p), int(exponent.q)))


def log(x: Any) -> Jet:
    x = jet(x)
    start, degree = x.coefficient(0), 0 if x.degree == 0 else inf
    if start == 1 and isinstance(x.s, fmpq_series):
        return Jet(x.s.log(), degree)
    return Jet(x.balls().log(), degree) if start > 0 else UNKNOWN


def _lifted(method: str, exact: bool = False) -> Callable[[Any], Jet]:
    """FLINT's series of that name; with rational coefficients where it has one at 0."""

    def function(x: Any) -> Jet:
        x = jet(x)
        start = x.coefficient(0)
        if not ball.finite(start):
            return x if x.is_absent() else UNKNOWN
        degree = 0 if x.degree == 0 else inf
        if exact and isinstance(x.s, fmpq_series) and start == 0:
            return Jet(getattr(x.s, method)(), degree)
        return Jet(getattr(x.balls(), method)(), degree)

    return function


exp = _lifted("exp", exact=True)
_cos, _gamma, _exact_asin = _lifted("cos"), _lifted("gamma"), _lifted("asin", exact=True)


def sinh(x: Any) -> Jet:
    return (exp(x) - exp(-x)) / 2


def cosh(x: Any) -> Jet:
    return (exp(x) + exp(-x)) / 2


def tanh(x: Any) -> Jet:
    """By the exponential of what is not positive, which never is too large."""
    x = jet(x)
    return -tanh(-x) if x.coefficient(0) > 0 else 1 - div(2, exp(2 * x) + 1)


def asin(x: Any) -> Jet:
    """At the ends by the half angle, where it has a root of t: asin(1 - 2 s²) = π/2 - 2 asin(s)."""
    x = jet(x)
    for end in (1, -1):
        if x.coefficient(0) == end:
            return (arb.pi() / 2 - 2 * asin(sqrt((1 - x * end) / 2))) * end
    if isinstance(x.s, fmpq_series) and x.coefficient(0) == 0:
        return _exact_asin(x)
    # FLINT's own (3.6) ends the process at a series of balls that starts late.
    return _atan(div(x, sqrt(1 - x * x)))


def acos(x: Any) -> Jet:
    x = jet(x)
    at_end = x.coefficient(0) == 1
    return 2 * asin(sqrt((1 - x) / 2)) if at_end else arb.pi() / 2 - asin(x)


def acosh(x: Any) -> Jet:
    """By the half argument, for the same reason: acosh(1 + 2 s²) is 2 asinh(s)."""
    half = sqrt((jet(x) - 1) / 2)
    return 2 * log(half + sqrt(half * half + 1))


def polygamma_scalar(x: Any, order: int) -> Any:
    """By the derivatives of FLINT's log-gamma series at the constant term, composed with the rest.

    Below zero the recurrence leads up to where the logarithm of gamma is real (DLMF 5.15.5).
    """
    x = jet(x)
    start = x.coefficient(0)
    if not start > 0:
        if not start > -1000 or ball.pole(start) == 0:
            return UNKNOWN
        factor = arb(factorial(order)) * (-1) ** (order + 1)
        above = polygamma_scalar(x + 1, order)
        return above + power_by_scalar(x, Fraction(-order - 1)) * factor
    length = ctx.cap
    ctx.cap = length + order + 1
    try:
        local = arb_series([arb(start), 1]).lgamma()
        for _ in range(order + 1):
            local = local.derivative()
    finally:
        ctx.cap = length
    steps = x.coefficients[1:]
    if all(c == 0 for c in steps):
        return Jet.of([local[0]])
    # The constant term is dropped, not subtracted: a ball less itself is a ball round zero.
    rest = arb_series([arb(c) for c in (ball.ZERO, *steps)], prec=len(steps) + 1)
    return Jet(arb_series(local.coeffs(), prec=length)(rest))


def lgamma(x: Any) -> Jet:
    return _positive_lgamma(x) if jet(x).coefficient(0) > 0 else log(absolute(_gamma(x)))


_positive_lgamma = _lifted("lgamma")


def atan2(y: Any, x: Any) -> Any:
    x, y = jet(x), jet(y)
    across, up = x.coefficient(0), sign_of(y)
    if across > 0:
        return _atan(div(y, x))
    if up is None or (up == 0 and not across < 0):
        return UNKNOWN
    if y.coefficient(0) != 0:
        return arb.pi() / 2 * up - _atan(div(x, y))
    return arb.pi() * (up or 1) + _atan(div(y, x)) if across < 0 else UNKNOWN


_atan = _lifted("atan", exact=True)

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _lifted(name, exact=True) for name in ("sin", "tan")},
    **{name: _lifted(name) for name in ("cos", "erf", "erfc", "gamma")},
    "exp": exp,
    "atan": _atan,
    "asin": asin,
    "acos": acos,
    "sinh": sinh,
    "cosh": cosh,
    "tanh": tanh,
    "asinh": lambda x: log(x + sqrt(jet(x) * x + 1)),
    "acosh": acosh,
    "atanh": lambda x: (log(1 + jet(x)) - log(1 - jet(x))) / 2,
    "log2": lambda x: log(x) / arb(2).log(),
    "log10": lambda x: log(x) / arb(10).log(),
    "log1p": lambda x: log(1 + jet(x)),
    "expm1": lambda x: exp(x) - 1,
    "softplus": lambda x: log(1 + exp(x)),
    "logaddexp": lambda x, y: log(exp(x) + exp(y)),
    "abs": absolute,
    **{
        f.__name__: f
        for f in (lt, le, eq, ne, where, larger, smaller, finite, div, sign, step, relu, floor)
    },
    **{
        f.__name__: f
        for f in (ceil, pole, power, power_by_scalar, polygamma_scalar, sqrt, cbrt, log, lgamma)
    },
    "atan2": atan2,
    **{f.__name__: f for f in (both, either, opposite)},
}
SERIES = Eliminating(
    {**FUNCTIONS, "tame": tame},
    lambda value: jet(ball.rational(value)),
    lambda name: jet(ball.constant(name)),
)
