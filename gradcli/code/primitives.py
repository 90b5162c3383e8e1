"""Primitives that JAX and PyTorch name alike, on arrays of tracked numbers.

Must not know either of them: it is given arrays, and what is taken from a graph's constants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isfinite
from types import NoneType
from typing import Any

import numpy as np

from gradcli.code.arrays import TrackedArray, as_mask, bare, objects, shaped, wrap
from gradcli.code.loader import literal
from gradcli.code.scalars import LIFTED
from gradcli.code.session import Leaves
from gradcli.code.tracked import SIMPLE, Tracked, rational

ONE = {
    **{name: name for name in (
        "exp", "log", "tanh", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "log1p", "expm1", "erf",
        "erfc", "lgamma", "digamma", "cbrt", "exp2", "sign", "square", "reciprocal", "asin",
        "acos", "atan", "asinh", "acosh", "atanh", "log2", "log10",
    )},
    "abs": "absolute", "logistic": "expit", "sigmoid": "expit",
}  # fmt: skip
TWO = {
    "div": "divide", "pow": "power", "max": "maximum", "min": "minimum", "maximum": "maximum",
    "minimum": "minimum", "atan2": "arctan2",
}  # fmt: skip
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "add_any": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
}
ORDERS = {
    "gt": np.greater, "ge": np.greater_equal, "lt": np.less, "le": np.less_equal, "eq": np.equal,
    "ne": np.not_equal, "logical_and": np.logical_and, "logical_or": np.logical_or,
    "logical_not": np.logical_not, "and": np.logical_and, "or": np.logical_or,
    "not": np.logical_not, "xor": np.logical_xor, "bitwise_and": np.logical_and,
    "bitwise_or": np.logical_or, "bitwise_not": np.logical_not,
}  # fmt: skip


def constant(x: Any, line: int) -> Any:
    """A constant of a graph as it was meant: masks and whole numbers as they are."""
    found = np.asarray(x)
    if found.dtype.kind != "f":
        return found
    single = found.dtype.itemsize < np.dtype(float).itemsize
    numbers = [_meant(float(str(y)) if single else float(y), line) for y in found.ravel()]
    return shaped(numbers, found.shape)


def _meant(x: float, line: int) -> Any:
    if not isfinite(x):
        return x
    simple = rational(x)
    return simple if simple.denominator <= SIMPLE else literal(repr(x), line)


def pointwise(name: str) -> Callable[..., Any] | None:
    """A function entry by entry under the name of a primitive; None where it is none."""
    if name in SIGNS:
        return lambda x, y: wrap(np.asarray(SIGNS[name](bare(x), bare(y))))
    if name in ORDERS:
        return lambda *xs: _mask(ORDERS[name](*map(_comparable, xs)))
    known = ONE.get(name) or TWO.get(name)
    if known is None:
        return None
    function = LIFTED[known]
    return lambda *xs: _kept(function(*map(bare, xs)), xs)


def _kept(found: Any, given: Sequence[Any]) -> Any:
    """Whole numbers stay such where nothing tracked was given."""
    found = np.asarray(found, dtype=object)
    if not any(isinstance(x, TrackedArray) for x in given):
        numbers = found.ravel().tolist()
        if all(isinstance(x, int) for x in numbers):
            return np.array(numbers, dtype=int).reshape(found.shape)
    return wrap(found)


def _comparable(x: Any) -> Any:
    return bare(x) if isinstance(x, TrackedArray) else np.asarray(x)


def _mask(x: Any) -> Any:
    return as_mask(np.asarray(x))


def choose(mask: Any, x: Any, y: Any) -> Any:
    """x where the mask is true, y elsewhere, without looking at what is not chosen."""
    mask, a, b = np.broadcast_arrays(np.asarray(mask), bare(x), bare(y))
    if object not in (a.dtype, b.dtype):
        return np.where(mask, a, b)
    picked = zip(mask.ravel().tolist(), a.ravel().tolist(), b.ravel().tolist(), strict=True)
    return shaped([p if m else q for m, p, q in picked], mask.shape)


def total(x: Any, axes: tuple[int, ...], keep: bool = False) -> Any:
    add: Any = np.add
    return _array(add.reduce(x, axis=axes, keepdims=keep) if axes else x)


def extreme(name: str, x: Any, axes: tuple[int, ...], keep: bool = False) -> Any:
    """The largest or the smallest entries along axes."""
    function = LIFTED[TWO[name]]
    found: Any = bare(x)
    for axis in sorted(axes, reverse=True):
        found = function.reduce(found, axis=axis, keepdims=keep)
    return _array(found)


def mean(x: Any, axes: tuple[int, ...], keep: bool = False) -> Any:
    count = int(np.prod([x.shape[axis] for axis in axes]))
    return _array(wrap(LIFTED["divide"](bare(total(x, axes, keep)), count)))


def whole_power(x: Any, exponent: Any) -> Any:
    return wrap(np.asarray(LIFTED["power"](bare(x), exponent), dtype=object))


def softmax(x: Any, axis: int, log: bool = False) -> Any:
    powers = LIFTED["exp"](bare(x))
    sums = np.add.reduce(powers, axis=axis, keepdims=True)
    if log:
        return wrap(bare(x) - LIFTED["log"](sums))
    return wrap(LIFTED["divide"](powers, sums))


def largest_place(x: Any, axis: int | None, keep: bool = False) -> Any:
    """Where the largest entry is, as whole numbers."""
    rows = bare(x).ravel()[None] if axis is None else np.moveaxis(bare(x), axis, -1)
    places = [_place(row) for row in rows.reshape(-1, rows.shape[-1]).tolist()]
    found = np.array(places).reshape(() if axis is None else rows.shape[:-1])
    return np.expand_dims(found, axis) if keep and axis is not None else found


def _place(row: Sequence[Any]) -> int:
    return max(range(len(row)), key=row.__getitem__)


def converted(x: Any, kind: str) -> Any:
    """An array as one of floats (`f`), whole numbers (`i`, `u`) or truth values (`b`)."""
    if kind == "f":
        return x if isinstance(x, TrackedArray) else objects(np.asarray(x, dtype=object))
    if not isinstance(x, TrackedArray):
        return x.astype(bool if kind == "b" else int)
    if kind == "b":
        return as_mask(x)
    raise Leaves("an array that gradients flow through is made one of whole numbers")


def _array(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else shaped([x], ())


def likeness(args: Sequence[Any]) -> tuple[Any, ...] | None:
    """What a trace rests on: the shapes of what flows, and the other arguments themselves; None
    where these cannot be compared, so that every run must be traced."""
    found: list[Any] = []
    for x in args:
        if isinstance(x, TrackedArray):
            found.append(("flows", x.shape))
        elif isinstance(x, Tracked):
            found.append(("flows", ()))
        elif isinstance(x, np.ndarray) and x.dtype != object:
            found.append((x.shape, x.dtype.str, x.tobytes()))
        elif isinstance(x, int | float | str | bool | Fraction | NoneType):
            found.append((type(x), x))
        else:
            return None
    return tuple(found)
