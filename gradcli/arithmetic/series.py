"""Truncated Taylor series in t > 0: FLINT's own rules, none of ours, and one-sided by nature.

Must not know arrays or graphs. A comparison is decided by the first coefficient that is not zero,
so that a kink is seen from the side that t comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial
from typing import Any

from flint import arb, arb_series, ctx, fmpq, fmpq_series
from flint.utils.flint_exceptions import DomainError

from gradcli.arithmetic import ball
from gradcli.arithmetic.jet import UNKNOWN, Jet, div, jet, leading, promoted, shifted, sign_of
from gradcli.arithmetic.objects import Objects


def lt(x: Any, y: Any) -> bool | None:
    sign = sign_of(jet(x) - y)
    return None if sign is None else sign < 0


def le(x: Any, y: Any) -> bool | None:
    return ball.opposite(lt(y, x))


def eq(x: Any, y: Any) -> bool | None:
    sign = 0 if x is y else sign_of(jet(x) - y)
    return None if sign is None else sign == 0


def ne(x: Any, y: Any) -> bool | None:
    return ball.opposite(eq(x, y))


def where(condition: bool | None, yes: Any, no: Any) -> Any:
    if condition is None:
        return UNKNOWN
    return yes if condition else no


def larger(x: Any, y: Any) -> Any:
    return where(lt(x, y), y, x)


def smaller(x: Any, y: Any) -> Any:
    return where(lt(y, x), y, x)


def finite(x: Any) -> bool:
    return ball.finite(jet(x).coefficient(0))


def absolute(x: Any) -> Any:
    return where(lt(x, 0), -x, x)


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
    if not ball.is_exact(low) and not low.is_exact():
        return UNKNOWN
    if start == low:
        low = ball.where(lt(x, start), low - 1, low)
    return jet(low)


def ceil(x: Any) -> Any:
    return -floor(-x)


def pole(x: Any) -> Any:
    return jet(ball.pole(jet(x).coefficient(0)))


def root_by(x: Any, exponent: Fraction) -> Jet:
    """x to a power that is no whole number: t^k c(t) gives t^(k e) c(t)^e where k e is whole.

    Where it is not, t^(k e) with k e > 1 is zero to the orders that are kept; below 1 the slope
    is infinite.
    """
    x = jet(x)
    found = leading(x)
    if found is None or found[1] < 0:
        return UNKNOWN
    order, first = found
    if first == 0:
        # the whole known part is zero, and so is that of the power, as far as it is known
        length = int(order * exponent)
        return Jet.of([ball.ZERO] * length, length) if length > 0 else UNKNOWN
    shift = order * exponent
    base = shifted(x, -order).s if order else x.s
    if shift.denominator == 1:
        return shifted(Jet(_analytic_power(base, exponent)), int(shift)) if shift >= 0 else UNKNOWN
    if shift > 1:
        length = int(shift) + 1
        return Jet.of([ball.ZERO] * length, length)
    if shift > 0:
        return Jet.of([ball.ZERO, arb.pos_inf()], 2)
    return UNKNOWN


def _analytic_power(s: Any, exponent: Fraction) -> Any:
    if exponent == Fraction(1, 2) and isinstance(s, fmpq_series):
        try:
            return s.sqrt()
        except (ValueError, DomainError):
            pass
    s = s if isinstance(s, arb_series) else promoted(s)
    return (
        s.sqrt() if exponent == Fraction(1, 2) else (s.log() * arb(ball.rational(exponent))).exp()
    )


def power_by_scalar(x: Any, exponent: Fraction) -> Any:
    if exponent.denominator != 1:
        return root_by(x, exponent)
    n = exponent.numerator
    result, square = jet(ball.ONE), jet(x)
    left = abs(n)
    while left:
        if left & 1:
            result = result * square
        left >>= 1
        if left:
            square = square * square
    return result if n >= 0 else div(ball.ONE, result)


def sqrt(x: Any) -> Jet:
    return root_by(x, Fraction(1, 2))


def cbrt(x: Any) -> Any:
    third = Fraction(1, 3)
    return where(lt(x, 0), -root_by(-x, third), root_by(x, third))


def power(x: Any, y: Any) -> Any:
    x, y = jet(x), jet(y)
    found = leading(x)
    if found is None or found[1] < 0:
        return UNKNOWN
    exponents = y.coefficients
    if all(c == 0 for c in exponents[1:]) and not isinstance(exponents[0], arb):
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
    start = x.coefficient(0)
    if start == 1 and isinstance(x.s, fmpq_series):
        return Jet(x.s.log())
    return Jet(x.balls().log()) if start > 0 else UNKNOWN


def _lifted(method: str, exact: bool = False) -> Callable[[Any], Jet]:
    """FLINT's series of that name; with rational coefficients where it has one at 0."""

    def function(x: Any) -> Jet:
        x = jet(x)
        if exact and isinstance(x.s, fmpq_series) and x.coefficient(0) == 0:
            return Jet(getattr(x.s, method)())
        return Jet(getattr(x.balls(), method)())

    return function


exp = _lifted("exp", exact=True)
_cos, _gamma, _inner_asin = _lifted("cos"), _lifted("gamma"), _lifted("asin", exact=True)


def sinh(x: Any) -> Jet:
    return (exp(x) - exp(-x)) / 2


def cosh(x: Any) -> Jet:
    return (exp(x) + exp(-x)) / 2


def asin(x: Any) -> Jet:
    """At the ends by the half angle, where it has a root of t: asin(1 - 2 s²) = π/2 - 2 asin(s)."""
    x = jet(x)
    for end in (1, -1):
        if x.coefficient(0) == end:
            return (arb.pi() / 2 - 2 * asin(sqrt((1 - x * end) / 2))) * end
    return _inner_asin(x)


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
    "tanh": lambda x: 1 - div(2, exp(2 * jet(x)) + 1),
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
    **{f.__name__: f for f in (ball.both, ball.either, ball.opposite)},
}
SERIES = Objects(
    FUNCTIONS,
    lambda value: jet(ball.rational(value)),
    lambda name: jet(ball.constant(name)),
)
