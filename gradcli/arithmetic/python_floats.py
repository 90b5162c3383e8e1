"""Doubles one by one, with the functions of Python: what float64 gives for scalars, without NumPy.

Must not know graphs. What Python's functions have no value for they raise an error at, and NumPy
is to be asked: ValueError, OverflowError, ZeroDivisionError, AttributeError or NotImplementedError
for what is not here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from gradcli.arithmetic.ball import float_polygamma
from gradcli.arithmetic.objects import Objects

SAME_NAMES = (
    "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "asin", "acos",
    "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "gamma", "lgamma",
)  # fmt: skip


def _of_one(function: Callable[[float], float]) -> Callable[[Any], Any]:
    def value(x: float) -> float:
        return function(x)

    return value


def _div(x: float, y: float) -> float:
    return x / y


def _told(x: Any) -> Any:
    """What is compared; without a number there is no truth."""
    if math.isnan(x):
        raise ValueError("no number")
    return x


def _larger(x: float, y: float) -> float:
    return -_smaller(-x, -y)


def _smaller(x: float, y: float) -> float:
    least: float = min(_told(x), _told(y))
    return least


def _atan2(y: float, x: float) -> float:
    return math.atan2(y, x)


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _power(x: float, y: float) -> float:
    if x <= 0:
        raise ValueError("a base that is not positive")
    return math.pow(x, y)


def _power_by(x: float, exponent: Fraction) -> float:
    return x * x if exponent == 2 else math.pow(x, exponent)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _of_one(getattr(math, name)) for name in SAME_NAMES},
    "tame": _of_one(float), "abs": _of_one(abs), "relu": lambda x: max(x, 0.0), "div": _div,
    "larger": _larger, "smaller": _smaller, "atan2": _atan2, "power": _power,
    "eq": lambda x, y: _told(x) == _told(y), "ne": lambda x, y: _told(x) != _told(y),
    "lt": lambda x, y: _told(x) < _told(y), "le": lambda x, y: _told(x) <= _told(y),
    "both": lambda p, q: p and q, "either": lambda p, q: p or q, "opposite": lambda p: not p,
    "where": lambda p, x, y: x if p else y, "step": lambda x: 1.0 if _told(x) > 0 else 0.0,
    "sign": lambda x: float((x > 0) - (_told(x) < 0)), "softplus": _softplus,
    "power_by_scalar": _power_by, "polygamma_scalar": float_polygamma,
}  # fmt: skip
PYTHON_FLOATS = Objects(FUNCTIONS, float, lambda name: getattr(math, name))
