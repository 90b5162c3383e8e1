"""Arrays of tracked numbers: an ndarray of objects whose every function stays exact.

Must not know the modules that the user's code imports, nor what is judged. Views, in-place updates,
fancy indexing and everything that only moves numbers are NumPy's own.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, prod
from typing import Any, TypeAlias

import numpy as np

from gradcli.code.scalars import BOOLEAN, LIFTED, UFUNCS, meant
from gradcli.code.session import SESSIONS, Leaves
from gradcli.code.tracked import Number, Tracked, apply, divide, is_infinite

Values: TypeAlias = Any
"""Whatever the user's code takes for an array: an array, a number, a list of such."""
FLOAT = np.dtype(np.float64)
ADDITIVE = {np.add, np.multiply, np.logical_and, np.logical_or, np.bitwise_or, np.bitwise_and}
"""Reductions that NumPy itself takes over several axes of objects."""
ANY_ARRAY: Any = np.ndarray
"""Its methods have signatures that ours leave out most of."""
FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}
"""NumPy's functions of whole arrays that are not NumPy's own code here, and what they are."""


class TrackedArray(ANY_ARRAY):  # type: ignore[misc]
    """What the user's code takes for an array of float64."""

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **more: Any
    ) -> Any:
        name = UFUNCS.get(ufunc)
        function = ufunc if name is None else LIFTED[name]
        if out is not None:
            if any(isinstance(x, np.ndarray) and not isinstance(x, TrackedArray) for x in out):
                raise Leaves("exact numbers are put into an array of another kind")
            more["out"] = tuple(map(bare, out))
        more.pop("dtype", None)
        more.pop("casting", None)
        if isinstance(more.get("where"), np.ndarray):
            more["where"] = as_mask(more["where"])
        given = [bare(x) for x in inputs]
        axis = more.get("axis", 0)
        if axis is None and method == "reduce":
            axis = tuple(range(self.ndim))
        if method == "reduce" and isinstance(axis, tuple) and ufunc not in ADDITIVE:
            return wrap(_by_axes(function, given[0], axis, more))
        result = getattr(function, method)(*given, **more)
        if out is not None:
            return out[0] if len(out) == 1 else out
        if name in BOOLEAN or ufunc is np.logical_not:
            return as_mask(result) if isinstance(result, np.ndarray) else bool(result)
        return wrap(result)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, keywords: Any
    ) -> Any:
        if (ours := FUNCTIONS.get(function)) is not None:
            return ours(*args, **keywords)
        keywords = {name: bare(value) for name, value in keywords.items()}
        return wrap(function(*map(bare, args), **keywords))

    @property
    def dtype(self) -> Any:
        return FLOAT

    def astype(self, dtype: Any, *_: Any, **__: Any) -> Any:
        if is_float(dtype):
            return self.copy()
        if np.dtype(dtype) == bool:
            return as_mask(self)
        return whole(self).astype(dtype)

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, **more: Any) -> Any:
        total = self.sum(axis=axis, out=out, **more)
        n = np.sum(more["where"], axis=axis) if "where" in more else count(self, axis)
        if isinstance(total, np.ndarray):
            return np.divide(total, n, out=out)
        return divide(total, n)

    def var(
        self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0, **more: Any
    ) -> Any:
        off = self - self.mean(axis, keepdims=True)
        return _over((off * off).sum(axis=axis, **more), count(self, axis) - ddof)

    def std(self, *args: Any, **more: Any) -> Any:
        return square_root(self.var(*args, **more))

    def clip(self, low: Any = None, high: Any = None, out: Any = None, **more: Any) -> Any:
        low, high = more.get("min", low), more.get("max", high)
        found = bare(self)
        for bound, closer in ((low, LIFTED["maximum"]), (high, LIFTED["minimum"])):
            if bound is not None:
                found = closer(found, bare(bound))
        if out is None:
            return wrap(found)
        out[...] = found
        return out

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None, **more: Any) -> Any:
        return np.add.reduce(self, axis=axis, out=out, **more)

    def dot(self, other: Values, out: Any = None) -> Any:
        return wrap(np.dot(bare(self), bare(objects(other)), out=bare(out)))

    def round(self, *_: Any, **__: Any) -> Any:
        raise Leaves("an array that gradients flow through is rounded")

    def __getitem__(self, key: Any) -> Any:
        return np.ndarray.__getitem__(self, as_index(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        np.ndarray.__setitem__(self, as_index(key), value)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.ndim == 0 else str(self)


def _by_axes(function: Any, x: Any, axes: tuple[int, ...], more: dict[str, Any]) -> Any:
    """A reduction over several axes, one after the other: ours know no order of them."""
    rest = {name: value for name, value in more.items() if name != "axis"}
    for axis in sorted((axis % x.ndim for axis in axes), reverse=True):
        x = function.reduce(x, axis=axis, **rest)
    return x


def _over(total: Any, n: Any) -> Any:
    return np.divide(total, n) if isinstance(total, np.ndarray) else divide(total, n)


def square_root(x: Any) -> Any:
    return np.sqrt(x) if isinstance(x, np.ndarray) else apply("sqrt", x)


def count(x: Any, axis: Any) -> int:
    """How many entries a reduction takes into one."""
    if axis is None:
        return int(np.size(x))
    return prod(x.shape[k] for k in (axis if isinstance(axis, tuple) else (axis,)))


def bare(x: Any) -> Any:
    """The same memory as an ordinary array of objects, within lists and tuples too."""
    if isinstance(x, TrackedArray):
        return x.view(np.ndarray)
    return type(x)(map(bare, x)) if type(x) in (list, tuple) else x


def wrap(x: Any) -> Any:
    """What NumPy gave back as the user's code may have it."""
    if x.__class__ is np.ndarray:
        return x.view(TrackedArray) if x.dtype == object else x
    return type(x)(map(wrap, x)) if type(x) in (list, tuple) else x


def filled(shape: Any, value: Number) -> Any:
    out = np.empty(shape, dtype=object)
    out[...] = value
    return wrap(out)


def shaped(entries: Any, shape: Any) -> Any:
    """An array of tracked numbers of these entries, row by row."""
    out = np.empty(shape, dtype=object)
    out.reshape(-1)[:] = entries
    return wrap(out)


def objects(x: Values) -> Any:
    """Any numbers as an array of exact ones; floats are read as they were meant."""
    if isinstance(x, TrackedArray):
        return x
    source = x if isinstance(x, np.ndarray) else np.array(bare(x), dtype=object)
    return shaped([meant(y) for y in source.ravel().tolist()], source.shape)


def entries(x: Values) -> list[Any]:
    """The numbers of an array, row by row; of a number the number."""
    return bare(x).ravel().tolist() if isinstance(x, np.ndarray) else [x]


def computed(x: Any, by: str) -> Any:
    """What a library has computed in floats: data, and noted unless these are whole numbers."""
    if x.__class__ is np.ndarray and x.dtype.kind == "f":
        if any(y % 1 for y in x.ravel().tolist() if abs(y) < inf):
            SESSIONS[-1].note(by)
        return objects(x)
    if isinstance(x, float | np.floating) and not is_infinite(x):
        if x % 1:
            SESSIONS[-1].note(by)
        return meant(float(x))
    return type(x)(computed(y, by) for y in x) if type(x) in (list, tuple) else x


def is_float(dtype: Any) -> bool:
    if dtype is None or (isinstance(dtype, type) and issubclass(dtype, float)):
        return True
    return np.dtype(dtype).kind in "fcO"


def as_mask(x: Any) -> Any:
    return np.array([bool(y) for y in entries(x)], dtype=bool).reshape(np.shape(x))


def whole(x: TrackedArray) -> Any:
    """An array of whole numbers; Leaves where a gradient flows through one of them."""
    if any(isinstance(y, Tracked) and not y.is_constant for y in entries(x)):
        raise Leaves("an array that gradients flow through is made one of whole numbers")
    return np.array([int(y) for y in entries(x)], dtype=int).reshape(x.shape)


def as_index(key: Any) -> Any:
    """Indices and masks that went through arrays of objects are whole numbers and masks again."""
    if isinstance(key, tuple):
        return tuple(map(as_index, key))
    if not isinstance(key, TrackedArray):
        return key
    inside = entries(key)
    if inside and all(isinstance(x, bool | np.bool_) for x in inside):
        return as_mask(key)
    if all(isinstance(x, int | np.integer) for x in inside):
        return whole(key)
    raise Leaves("numbers that gradients flow through are used as an index")
