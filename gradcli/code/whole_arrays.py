"""Functions of whole arrays that NumPy and SciPy compute in floats, in exact numbers.

Must not know the user's code. Inverses, determinants and factors are by elimination, pivots being
chosen as the entries of the largest size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.code.arrays import (
    FUNCTIONS,
    Values,
    as_mask,
    bare,
    filled,
    is_float,
    objects,
    square_root,
    wrap,
)
from gradcli.code.session import Leaves
from gradcli.code.tracked import Number, Tracked, apply, divide, is_infinite, power, sign


def exactly(*functions: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What these functions of NumPy are in exact numbers."""

    def put(ours: Callable[..., Any]) -> Callable[..., Any]:
        FUNCTIONS.update(dict.fromkeys(functions, ours))
        return ours

    return put


@exactly(np.mean)
def mean(x: Values, axis: Any = None, **more: Any) -> Any:
    return objects(x).mean(axis, **more)


@exactly(np.var)
def var(x: Values, axis: Any = None, **more: Any) -> Any:
    return objects(x).var(axis, **more)


@exactly(np.std)
def std(x: Values, axis: Any = None, **more: Any) -> Any:
    return objects(x).std(axis, **more)


@exactly(np.average)
def average(x: Values, axis: Any = None, weights: Any = None, **more: Any) -> Any:
    if weights is None:
        return objects(x).mean(axis, **more)
    weights = objects(weights)
    total = (objects(x) * weights).sum(axis=axis)
    return total / weights.sum(axis=axis if weights.ndim > 1 else None)


@exactly(np.clip)
def clip(x: Values, a_min: Any = None, a_max: Any = None, out: Any = None, **more: Any) -> Any:
    found = objects(x).clip(a_min, a_max, out, **more)
    return found if isinstance(x, np.ndarray | list) else found.item()


@exactly(np.where)
def where(condition: Any, *branches: Any) -> Any:
    mask = as_mask(condition) if isinstance(condition, np.ndarray) else np.asarray(condition)
    return wrap(np.where(mask, *(np.asarray(bare(x), dtype=object) for x in branches)))


@exactly(np.einsum)
def einsum(spec: Any, *operands: Any, out: Any = None, **_: Any) -> Any:
    arrays = [bare(objects(x)) for x in operands]
    return wrap(np.einsum(spec, *arrays, out=bare(out), optimize=False))


def _like(value: Number) -> Callable[..., Any]:
    def like(x: Values, dtype: Any = None, order: Any = None, subok: Any = None,
             shape: Any = None) -> Any:  # fmt: skip
        shape = np.shape(x) if shape is None else shape
        given = getattr(x, "dtype", None) if dtype is None else dtype
        if dtype is None and not isinstance(x, np.ndarray):
            given = np.asarray(bare(x)).dtype
        if isinstance(x, Tracked) or is_float(given):
            return filled(shape, value)
        return np.full(shape, 0 if is_infinite(value) else value, dtype=given)

    return like


zeros_like = exactly(np.zeros_like)(_like(0))
ones_like = exactly(np.ones_like)(_like(1))
empty_like = exactly(np.empty_like)(_like(float("nan")))


@exactly(np.full_like)
def full_like(x: Values, fill_value: Any, dtype: Any = None, **_: Any) -> Any:
    return _like(fill_value)(x, dtype)


@exactly(np.nan_to_num)
def nan_to_num(x: Values, **_: Any) -> Any:
    return x


@exactly(np.array_equal, np.allclose, np.isclose)
def same_arrays(x: Values, y: Values, *_: Any, **__: Any) -> Any:
    raise Leaves("arrays are compared up to a tolerance or as a whole")


@exactly(np.bincount)
def bincount(x: Values, weights: Any = None, minlength: int = 0) -> Any:
    out = filled(max(int(np.max(x)) + 1, minlength), 0)
    np.add.at(bare(out), x, 1 if weights is None else bare(objects(weights)))
    return out


@exactly(np.ascontiguousarray, np.asfortranarray, np.asarray, np.asanyarray)
def as_it_is(x: Values, *_: Any, **__: Any) -> Any:
    return x


@exactly(np.logaddexp.reduce)
def log_sum_exp(x: Values, axis: Any = 0, keepdims: bool = False, **_: Any) -> Any:
    return _log(np.exp(objects(x)).sum(axis=axis, keepdims=keepdims))


def _log(x: Any) -> Any:
    return np.log(x) if isinstance(x, np.ndarray) else apply("log", x)


# -- linear algebra


@exactly(np.linalg.norm)
def norm(x: Values, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = objects(x)
    flat = (axis is None and x.ndim == 1) or isinstance(axis, int)
    if ord in (None, "fro") or (ord == 2 and flat):
        return square_root((x * x).sum(axis=axis, keepdims=keepdims))
    if flat and ord == 1:
        return np.absolute(x).sum(axis=axis, keepdims=keepdims)
    if flat and ord == np.inf:
        return np.absolute(x).max(axis=axis, keepdims=keepdims)
    if flat and isinstance(ord, int | float):
        total = (np.absolute(x) ** ord).sum(axis=axis, keepdims=keepdims)
        return (
            total ** divide(1, ord)
            if isinstance(total, np.ndarray)
            else power(total, divide(1, ord))
        )
    raise Leaves(f"the norm of order {ord!r} of a matrix")


def _size(x: Number) -> Any:
    return (
        abs(float(x.ball.mid() if hasattr(x.ball, "mid") else x.ball))
        if isinstance(x, Tracked)
        else abs(x)
    )


def _eliminated(a: Any, b: Any) -> tuple[Number, Any]:
    """The determinant of a, and the solution of a x = b."""
    a, b = bare(objects(a)).copy(), bare(objects(b)).copy()
    n, det = len(a), 1
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: _size(a[i, k]))
        if pivot != k:
            a[[k, pivot]], b[[k, pivot]], det = a[[pivot, k]], b[[pivot, k]], -det
        det = det * a[k, k]
        for i in range(k + 1, n):
            factor = divide(a[i, k], a[k, k])
            a[i, k:] = a[i, k:] - factor * a[k, k:]
            b[i] = b[i] - factor * b[k]
    for k in reversed(range(n)):
        b[k] = (b[k] - a[k, k + 1 :] @ b[k + 1 :]) / a[k, k] if k + 1 < n else b[k] / a[k, k]
    return det, b


def _each(x: Values, function: Callable[[Any], Any], shape: Callable[[Any], Any]) -> Any:
    """A function of matrices over all leading axes."""
    x = objects(x)
    if x.ndim == 2:
        return function(x)
    found = [function(m) for m in bare(x).reshape(-1, *x.shape[-2:])]
    out = np.empty((len(found), *shape(x)), dtype=object)
    for k, one in enumerate(found):
        out[k] = bare(one)
    return wrap(out.reshape(*x.shape[:-2], *shape(x)))


def _eye(n: int) -> Any:
    return np.eye(n, dtype=int).astype(object)


@exactly(np.linalg.inv)
def inv(a: Values) -> Any:
    return _each(a, lambda m: wrap(_eliminated(m, _eye(len(m)))[1]), lambda x: x.shape[-2:])


@exactly(np.linalg.det)
def det(a: Values) -> Any:
    return _each(a, lambda m: _eliminated(m, _eye(len(m)))[0], lambda x: ())


@exactly(np.linalg.slogdet)
def slogdet(a: Values) -> Any:
    found = det(a)
    if isinstance(found, np.ndarray):
        return np.sign(found), np.log(np.absolute(found))
    return sign(found), apply("log", abs(found))


@exactly(np.linalg.solve)
def solve(a: Values, b: Values, **_: Any) -> Any:
    a, b = objects(a), objects(b)
    if a.ndim == 2:
        return wrap(_eliminated(a, b)[1])
    return inv(a) @ b


@exactly(np.linalg.cholesky)
def cholesky(a: Values, **more: Any) -> Any:
    lower = _each(a, _cholesky, lambda x: x.shape[-2:])
    return lower if not more.get("upper") else np.swapaxes(lower, -1, -2)


def _cholesky(a: Any) -> Any:
    a, n = bare(a), len(a)
    out = bare(filled((n, n), 0))
    for i in range(n):
        for j in range(i + 1):
            rest = a[i, j] - (out[i, :j] @ out[j, :j] if j else 0)
            out[i, j] = apply("sqrt", rest) if i == j else divide(rest, out[j, j])
    return wrap(out)


def solve_triangular(a: Values, b: Values, trans: Any = 0, lower: bool = False, **_: Any) -> Any:
    a = objects(a)
    kept = np.tril(a) if lower else np.triu(a)
    return solve(kept.T if trans in (1, "T") else kept, b)


def cho_solve(factor: Any, b: Values, **_: Any) -> Any:
    c, lower = factor
    low = np.tril(objects(c)) if lower else np.triu(objects(c)).T
    return solve(low @ low.T, b)


def scipy_cholesky(a: Values, lower: bool = False, **_: Any) -> Any:
    found = cholesky(a)
    return found if lower else found.T


# -- of scipy.special


def softmax(x: Values, axis: Any = None) -> Any:
    e = np.exp(objects(x))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(x: Values, axis: Any = None) -> Any:
    x = objects(x)
    return x - _log(np.exp(x).sum(axis=axis, keepdims=True))


def logsumexp(x: Values, axis: Any = None, b: Any = None, keepdims: bool = False, **_: Any) -> Any:
    e = np.exp(objects(x))
    return _log((e if b is None else b * e).sum(axis=axis, keepdims=keepdims))
