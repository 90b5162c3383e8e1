"""Plain double precision: NumPy's own functions.

Must not know graphs; it is what a user's own program would compute, stable forms included.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Arithmetic, Array


def _each(function: Callable[..., float]) -> Callable[[Any, Array], Array]:
    """A scalar function of the standard library over an array; NaN outside its domain."""

    def guarded(x: float) -> float:
        try:
            return function(x)
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan

    return lambda self, x: np.vectorize(guarded, otypes=[np.float64])(x)


def _named(name: str) -> Callable[..., Array]:
    """A function of NumPy's, which is looked up where it is called."""

    def function(self: Any, *xs: Array) -> Array:
        value: Array = getattr(np, name)(*xs)
        return value

    return function


def _told(name: str) -> Callable[..., Array]:
    """A condition: truth values, or, where some of them have none, doubles with NaN for those."""

    def condition(self: Any, *xs: Array) -> Array:
        return _without(getattr(np, name)(*xs), *xs)

    return condition


def _without(value: Array, *xs: Array) -> Array:
    """NaN where one of these has no value; without any, the value as it is."""
    for x in xs:
        if (lost := np.isnan(x)).any():
            value = np.where(lost, np.nan, value)
    return value


class Float64(Arithmetic):
    """IEEE doubles. Undefined results are NaN, overflow is infinite; nothing warns.

    Conditions are truth values, or doubles where some have no value and are NaN.
    """

    dtype = float
    exp = _named("exp")
    log = _named("log")
    log2 = _named("log2")
    log10 = _named("log10")
    log1p = _named("log1p")
    expm1 = _named("expm1")
    sqrt = _named("sqrt")
    cbrt = _named("cbrt")
    sin = _named("sin")
    cos = _named("cos")
    tan = _named("tan")
    asin = _named("arcsin")
    acos = _named("arccos")
    atan = _named("arctan")
    sinh = _named("sinh")
    cosh = _named("cosh")
    tanh = _named("tanh")
    asinh = _named("arcsinh")
    acosh = _named("arccosh")
    atanh = _named("arctanh")
    atan2 = _named("arctan2")
    logaddexp = _named("logaddexp")
    abs = _named("abs")
    sign = _named("sign")
    floor = _named("floor")
    ceil = _named("ceil")
    eq = _told("equal")
    ne = _told("not_equal")
    lt = _told("less")
    le = _told("less_equal")
    both = _told("logical_and")
    either = _told("logical_or")
    opposite = _told("logical_not")
    finite = _named("isfinite")
    div = _named("true_divide")
    erf = _each(math.erf)
    erfc = _each(math.erfc)
    gamma = _each(math.gamma)
    lgamma = _each(math.lgamma)

    def number(self, value: Fraction | int) -> Array:
        try:
            return np.array([float(value)])
        except OverflowError:
            return np.array([math.inf if value > 0 else -math.inf])

    def constant(self, name: str) -> Array:
        return np.array([getattr(math, name)])

    def where(self, condition: Array, yes: Array, no: Array) -> Array:
        chosen = np.where(condition, yes, no)
        return _without(
            chosen.astype(np.float64) if chosen.dtype.kind == "i" else chosen, condition
        )

    def step(self, x: Array) -> Array:
        return np.heaviside(x, 0.0)

    def relu(self, x: Array) -> Array:
        return np.maximum(x, 0.0)

    def softplus(self, x: Array) -> Array:
        return np.logaddexp(0.0, x)

    def maximum(self, *xs: Array) -> Array:
        return _folded(np.maximum, xs)

    def minimum(self, *xs: Array) -> Array:
        return _folded(np.minimum, xs)

    def power(self, x: Array, y: Array) -> Array:
        missing = ((x < 0) & (y != np.round(y))) | ((x == 0) & (y <= 0))
        return np.where(missing, np.nan, np.power(x, y))

    def power_by(self, x: Array, exponent: Fraction | int) -> Array:
        if exponent == 2:
            return x * x
        if exponent == 0:
            return np.where(np.isnan(x), x, 1.0)
        try:
            return np.power(x, float(exponent))
        except OverflowError:
            return np.power(x, math.inf if exponent > 0 else -math.inf)

    def pole(self, x: Array) -> Array:
        return np.where((x <= 0) & (x == np.floor(x)), 0.0, 1.0)

    def polygamma(self, x: Array, order: int) -> Array:
        from gradcli.arithmetic.ball import float_polygamma  # noqa: PLC0415 seldom asked

        each = np.vectorize(lambda v: float_polygamma(v, order), otypes=[np.float64])
        return np.asarray(each(x))

    def _top(self, x: Array, axis: int) -> Array:
        return np.asarray(np.max(x, axis=axis + 1, keepdims=True))

    def max(self, x: Array) -> Array:
        return np.asarray(np.max(x, axis=-1))

    def min(self, x: Array) -> Array:
        return np.asarray(np.min(x, axis=-1))

    def share(self, x: Array, z: Array) -> Array:
        reached = x == z[..., None]
        return np.asarray(reached / reached.sum(axis=-1, keepdims=True))

    def gap(self, x: Array) -> Array:
        if x.shape[-1] == 1:
            return np.ones(x.shape[:-1])
        top = np.partition(x, -2, axis=-1)
        gap: Array = top[..., -1] - top[..., -2]
        return gap

    def lead(self, x: Array) -> Array:
        if x.shape[-1] == 1:
            return np.ones(x.shape)
        top = np.partition(x, -2, axis=-1)[..., -2:]
        lead: Array = x - np.where(x == top[..., 1:], top[..., :1], top[..., 1:])
        return lead

    def sort(self, x: Array) -> Array:
        return np.sort(x, axis=-1)

    def gaps(self, x: Array) -> Array:
        return np.diff(x, axis=-1, append=x[..., -1:] + 1.0)

    def prod(self, x: Array, order: int) -> Array:
        if order == 0:
            return np.asarray(np.prod(x, axis=-1))
        if order == 1:
            whole = np.prod(x, axis=-1, keepdims=True)
            if np.all(np.isfinite(whole) & (whole != 0)):
                return np.asarray(whole / x)
            before, behind = np.ones_like(x), np.ones_like(x)
            np.cumprod(x[..., :-1], axis=-1, out=before[..., 1:])
            np.cumprod(x[..., :0:-1], axis=-1, out=behind[..., -2::-1])
            return np.multiply(before, behind, out=before)
        return super().prod(x, order)

    def det(self, A: Array, order: int) -> Array:
        if order == 0:
            return np.asarray(np.linalg.det(A))
        if order == 1:
            u, s, vt = np.linalg.svd(A)
            others = self.prod(s, 1)
            signs = np.linalg.det(u) * np.linalg.det(vt)
            cofactors: Array = signs[..., None, None] * np.matmul(u * others[..., None, :], vt)
            return cofactors
        return super().det(A, order)

    def inv(self, A: Array) -> Array:
        return self.solve(A, np.broadcast_to(np.eye(A.shape[-1]), A.shape))

    def solve(self, A: Array, b: Array) -> Array:
        column = b if b.ndim == A.ndim else b[..., None]
        try:
            solved = np.linalg.solve(A, column)
        except np.linalg.LinAlgError:
            batch = max(A.shape[0], b.shape[0])
            solved = np.full((batch, *column.shape[1:]), np.nan)
        return solved if b.ndim == A.ndim else solved[..., 0]

    def _pair(self, a: Array, left: str, b: Array, right: str, keep: str) -> Array:
        # The factor whose letters come first comes first: what comes out then lies row by row.
        if next((x not in left for x in keep if x not in left or x not in right), False):
            a, left, b, right = b, right, a, left
        return super()._pair(a, left, b, right, keep)

    def logdet(self, A: Array) -> Array:
        sign, size = np.linalg.slogdet(A)
        return np.where(sign > 0, size, np.nan)


def _folded(function: Callable[..., Array], xs: tuple[Array, ...]) -> Array:
    total = xs[0]
    for x in xs[1:]:
        total = function(total, x)
    return total


FLOAT64 = Float64()
