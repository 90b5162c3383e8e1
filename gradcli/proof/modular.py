"""Numbers as residues: every function of the language over the fields of a chain of primes.

Must not know graphs or sets. The idea is Martin's (1971) and Gonnet's (1984, 1986): expressions
that are equal have equal residues, others do but with a small probability.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from gradcli.arithmetic.objects import Objects
from gradcli.arithmetic.truth import VOID, Truth, both, either, is_truth, opposite
from gradcli.proof.exponentials import (
    NONE,
    absolute,
    cbrt,
    constant,
    exp,
    log,
    number,
    power,
    power_by,
    sign,
    sqrt,
)
from gradcli.proof.residue import Residue, residue_like
from gradcli.proof.residue_run import RUNS, Turning

# -- signs: either way for every switch


def relu(x: Residue) -> Residue:
    """step(x)*x."""
    return step(x) * x if x.at else NONE


def step(x: Residue) -> Residue:
    """1 where the run takes x as positive, else 0."""
    return number(Fraction(int(RUNS[-1].sign(x) > 0))) if x.at else NONE


def larger(x: Residue, y: Residue) -> Residue:
    """The larger of two, as the run takes the sign of x - y."""
    gap = x - y
    return (x if RUNS[-1].sign(gap) >= 0 else y) if gap.at else NONE


def smaller(x: Residue, y: Residue) -> Residue:
    """The smaller of two."""
    return -larger(-x, -y)


def lt(x: Residue, y: Residue) -> Truth:
    """Whether the run takes y - x as positive; no truth where a side has no value."""
    gap = y - x
    return RUNS[-1].sign(gap) > 0 if gap.at else VOID


def le(x: Residue, y: Residue) -> Truth:
    """Not y < x."""
    return opposite(lt(y, x))


def eq(x: Residue, y: Residue) -> Truth:
    """Whether the run takes x - y as zero."""
    gap = x - y
    return RUNS[-1].at_rest(gap) if gap.at else VOID


# -- functions with an exponential inside, and others


def _turned(x: Residue) -> tuple[Residue, Residue]:
    """exp(i*x) and exp(-i*x), with a drawn number for i inside."""
    there = exp(x * RUNS[-1].turn)
    return there, residue_like(there, 1) / there


def cos(x: Residue) -> Residue:
    """(exp(ix) + exp(-ix))/2, with a drawn number for the i in the exponent."""
    if x.exact == 0:
        return number(Fraction(1))
    there, back = _turned(x)
    return (there + back) / 2


def sin(x: Residue) -> Residue:
    """(exp(ix) - exp(-ix))/2i; Turning where a field has no i."""
    if x.exact == 0:
        return number(Fraction(0))
    units = [f.imaginary for f in RUNS[-1].fields]
    if None in units:
        raise Turning
    there, back = _turned(x)
    return (there - back) / (2 * Residue(tuple(units[: len(there.at)]), 0))


def sinh(x: Residue) -> Residue:
    """(exp(x) - exp(-x))/2."""
    e = exp(x)
    return (e - 1 / e) / 2


def cosh(x: Residue) -> Residue:
    """(exp(x) + exp(-x))/2."""
    e = exp(x)
    return (e + 1 / e) / 2


def tanh(x: Residue) -> Residue:
    """(exp(2x) - 1)/(exp(2x) + 1)."""
    e = exp(x)
    square = e * e
    return (square - 1) / (square + 1)


def keyed(name: str, odd: bool = False) -> Callable[..., Residue]:
    """A function of which nothing is known but, maybe, that it is odd."""

    def function(x: Residue) -> Residue:
        run = RUNS[-1]
        if not x.at or (odd and not x):
            return x
        other = -x
        mirrored = odd and other.key < x.key
        out = run.draw(name, other.key if mirrored else x.key)
        out.degree = x.degree + 1
        return -out if mirrored else out

    return function


def _of_two(name: str) -> Callable[..., Residue]:
    def function(x: Residue, y: Residue) -> Residue:
        out = RUNS[-1].draw(name, x.key, y.key)
        out.degree = x.degree + y.degree + 1
        return out if x.at and y.at else NONE

    return function


def unknown(law: Any, *xs: Residue) -> Residue:
    """An abstract function: for each argument, order and name a number of its own.

    A smooth function may have any values and derivatives at points that are not the same.
    """
    out = RUNS[-1].draw("abstract", law.key, *(x.key for x in xs))
    out.degree = sum(x.degree for x in xs) + 1
    return out if all(x.at for x in xs) else NONE


def polygamma_scalar(x: Residue, order: int) -> Residue:
    """A function of its own for each order."""
    return keyed(f"polygamma {order}")(x)


def logaddexp(x: Residue, y: Residue) -> Residue:
    """log(exp(x) + exp(y))."""
    return log(exp(x) + exp(y))


ASIN, ERF = keyed("asin", odd=True), keyed("erf", odd=True)
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: keyed(name, odd=True) for name in ("atan", "asinh")},
    **{name: keyed(name) for name in ("gamma", "lgamma", "floor", "ceil", "pole", "acosh")},
    "asin": ASIN,
    "acos": lambda x: RUNS[-1].pi / 2 - ASIN(x),
    "erf": ERF,
    "erfc": lambda x: 1 - ERF(x),
    "atanh": lambda x: (log(1 + x) - log(1 - x)) / 2,
    "atan2": _of_two("atan2"),
    "log1p": lambda x: log(1 + x),
    "expm1": lambda x: exp(x) - 1,
    "log2": lambda x: log(x) / log(number(Fraction(2))),
    "log10": lambda x: log(x) / log(number(Fraction(10))),
    "softplus": lambda x: log(1 + exp(x)),
    "tan": lambda x: sin(x) / cos(x),
    "abs": absolute,
    "div": lambda x, y: x / y,
    "ne": lambda x, y: opposite(eq(x, y)),
    "where": lambda c, x, y: NONE if c is VOID else x if c else y,
    "finite": lambda x: x is not VOID and (is_truth(x) or bool(x.at)),
    "tame": lambda x: x,
    **{
        f.__name__: f
        for f in (
            exp, log, sqrt, cbrt, power, sign, relu, step, larger, smaller, lt, le, eq, cos, sin,
            sinh, cosh, tanh, polygamma_scalar, logaddexp, both, either, opposite, unknown,
        )
    },
    "power_by_scalar": power_by,
}  # fmt: skip
MODULAR = Objects(FUNCTIONS, number, constant)
