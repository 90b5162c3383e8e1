"""Complex doubles for the complex step: a real function continued off the axis, by NumPy.

Must not know what is differentiated; whatever chooses, chooses by real parts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.float64 import Float64


class NotContinued(Exception):
    """A function that NumPy has for real numbers alone."""


def _real(function: Any) -> Any:
    """A function of the real parts alone."""
    return lambda self, *xs: function(*(np.real(x) for x in xs))


def _missing(name: str) -> Any:
    def missing(self: Any, *xs: Any) -> Array:
        raise NotContinued(name)

    return missing


class Complexes(Float64):
    """Complex doubles: `abs(x)` is x or -x, as its real part says, and so is all that has kinks."""

    dtype: Any = np.complex128
    sign, floor, ceil = _real(np.sign), _real(np.floor), _real(np.ceil)
    eq, ne = _real(np.equal), _real(np.not_equal)
    lt, le = _real(np.less), _real(np.less_equal)
    erf, erfc = _missing("erf"), _missing("erfc")
    gamma, lgamma = _missing("gamma"), _missing("lgamma")
    polygamma, atan2 = _missing("polygamma"), _missing("atan2")

    def abs(self, x: Array) -> Array:
        return np.where(np.real(x) < 0, -x, x)

    def step(self, x: Array) -> Array:
        return np.asarray(np.heaviside(np.real(x), 0.0))

    def relu(self, x: Array) -> Array:
        return np.where(np.real(x) > 0, x, 0.0)

    def softplus(self, x: Array) -> Array:
        return self.logaddexp(np.zeros(1), x)

    def logaddexp(self, x: Array, y: Array) -> Array:
        first = np.real(x) > np.real(y)
        high, low = np.where(first, x, y), np.where(first, y, x)
        return np.asarray(high + np.log1p(np.exp(low - high)))

    def cbrt(self, x: Array) -> Array:
        negative = np.real(x) < 0
        root = np.where(negative, -x, x) ** (1 / 3)
        return np.asarray(np.where(negative, -root, root))

    def where(self, condition: Array, yes: Array, no: Array) -> Array:
        return np.where(np.real(condition) != 0, yes, no)


COMPLEXES = Complexes()
