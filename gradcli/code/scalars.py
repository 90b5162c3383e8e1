"""Functions of single numbers by the names that NumPy, math and scipy.special have for them.

Must not know arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isnan
from typing import Any

import numpy as np

from gradcli.code.session import Leaves
from gradcli.code.tracked import (
    Number,
    Tracked,
    apply,
    divide,
    is_infinite,
    larger,
    pi,
    plain,
    power,
    rational,
    sign,
    smaller,
)


def meant(x: Any) -> Number:
    """A number of any kind as an exact one; what is infinite stays so, what is none too."""
    if isinstance(x, Tracked) or is_infinite(x) or not np.isscalar(x) or isinstance(x, str):
        return x
    return plain(rational(x))


def _named(name: str) -> Callable[[Number], Number]:
    return lambda x: apply(name, x)


def _logistic(x: Number) -> Number:
    return divide(1, 1 + apply("exp", -x))


def _softplus(x: Number) -> Number:
    return apply("log", 1 + apply("exp", x))


def _xlogy(x: Number, y: Number) -> Number:
    return 0 if not isinstance(x, Tracked) and x == 0 else x * apply("log", y)


def _arctan2(y: Number, x: Number) -> Number:
    if sign(x) > 0:
        return apply("atan", divide(y, x))
    raise Leaves("arctan2 is known to the right of the vertical axis only")


def _step(x: Number, at_zero: Number) -> Number:
    return (at_zero, 1, 0)[sign(x)]


def _logit(x: Number) -> Number:
    return apply("log", divide(x, 1 - x))


HALF = Fraction(1, 2)
INVERSES = {f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
OWN = [
    "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "cbrt", "sin", "cos", "tan", "sinh",
    "cosh", "tanh", "erf", "erfc", "lgamma", "digamma",
]  # fmt: skip
ONE: dict[str, Callable[[Number], Number]] = {
    **{name: _named(name) for name in OWN},
    **{name: _named(ours) for ours, theirs in INVERSES.items() for name in (ours, theirs)},
    "gammaln": _named("lgamma"),
    "psi": _named("digamma"),
    "absolute": abs,
    "fabs": abs,
    "square": lambda x: x * x,
    "reciprocal": lambda x: divide(1, x),
    "exp2": lambda x: power(2, x),
    "expit": _logistic,
    "logit": _logit,
    "log_expit": lambda x: -_softplus(-x),
    "log_ndtr": lambda x: apply("log", apply("erfc", -x * power(2, -HALF)) / 2),
    "ndtr": lambda x: apply("erfc", -x * power(2, -HALF)) / 2,
    "sign": sign,
    "entr": lambda x: -_xlogy(x, x),
    "deg2rad": lambda x: x * pi() / 180,
    "isnan": lambda x: is_infinite(x) and isnan(x),
    "isinf": lambda x: is_infinite(x) and not isnan(x),
    "isfinite": lambda x: not is_infinite(x),
}
TWO: dict[str, Callable[[Number, Number], Number]] = {
    "divide": divide,
    **dict.fromkeys(("power", "float_power", "pow"), power),
    **dict.fromkeys(("maximum", "fmax"), larger),
    **dict.fromkeys(("minimum", "fmin"), smaller),
    "logaddexp": lambda x, y: apply("log", apply("exp", x) + apply("exp", y)),
    "heaviside": _step,
    "arctan2": _arctan2,
    "atan2": _arctan2,
    "hypot": lambda x, y: power(x * x + y * y, HALF),
    "xlogy": _xlogy,
    "xlog1py": lambda x, y: _xlogy(x, 1 + y),
    "rel_entr": lambda x, y: _xlogy(x, divide(x, y)),
    "kl_div": lambda x, y: _xlogy(x, divide(x, y)) - x + y,
}
SCALARS: dict[str, Callable[..., Number]] = {**ONE, **TWO}
BOOLEAN = frozenset({"isnan", "isinf", "isfinite"})
"""Those whose arrays are masks."""


def _lifted(name: str) -> Any:
    function = SCALARS[name]
    if name in TWO:
        return np.frompyfunc(lambda x, y: function(meant(x), meant(y)), 2, 1)
    return np.frompyfunc(lambda x: function(meant(x)), 1, 1)


LIFTED: dict[str, Any] = {name: _lifted(name) for name in SCALARS}
"""The same, entry by entry over arrays of objects."""
UFUNCS: dict[Any, str] = {
    ufunc: name for name in SCALARS if isinstance(ufunc := getattr(np, name, None), np.ufunc)
}
"""NumPy's own functions that are taken exactly."""
