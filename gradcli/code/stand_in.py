"""What the user's code imports: NumPy, math, random and SciPy's functions, standing in exactly.

Must not know how code is loaded or judged. What a library can only compute in floats stays its own,
and its results are data; SciPy is never imported.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial
from types import ModuleType
from typing import Any

import numpy as np

from gradcli.code import whole_arrays
from gradcli.code.arrays import (
    FUNCTIONS,
    TrackedArray,
    as_mask,
    bare,
    computed,
    filled,
    is_float,
    objects,
    wrap,
)
from gradcli.code.scalars import BOOLEAN, LIFTED, SCALARS, UFUNCS, meant
from gradcli.code.tracked import Tracked, apply, is_infinite, pi

NAN = float("nan")


class ExactUfunc:
    """A function of NumPy entry by entry: exact of numbers and lists, too."""

    def __init__(self, ufunc: np.ufunc, name: str) -> None:
        self._ufunc, self._name = ufunc, name
        self.__name__ = name

    def __call__(self, *args: Any, out: Any = None, **more: Any) -> Any:
        if out is not None or "where" in more:
            args = tuple(objects(x) if isinstance(x, np.ndarray | list) else x for x in args)
            out = out if out is None or isinstance(out, tuple) else (out,)
            return args[0].__array_ufunc__(self._ufunc, "__call__", *args, out=out, **more)
        if not any(isinstance(x, np.ndarray | list | tuple) for x in args):
            return SCALARS[self._name](*map(meant, args))
        given = (bare(objects(x)) if isinstance(x, list | tuple) else bare(x) for x in args)
        found = LIFTED[self._name](*given)
        return as_mask(found) if self._name in BOOLEAN else wrap(found)

    def reduce(self, x: Any, axis: Any = 0, **more: Any) -> Any:
        return self._ufunc.reduce(objects(x), axis=axis, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ufunc, name)


def exact_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy whose results are exact where they can be, and data where not."""
    ours = FUNCTIONS.get(function)
    if ours is not None:
        return ours
    name = getattr(function, "__name__", "")

    def call(*args: Any, **more: Any) -> Any:
        args = tuple(objects(x) if _holds_tracked(x) else x for x in args)
        more = {key: value for key, value in more.items() if not _is_dtype(key, value)}
        return computed(function(*args, **more), f"numpy.{name}")

    call.__name__ = name
    return call


def _is_dtype(key: str, value: Any) -> bool:
    return key == "dtype" and is_float(value)


def _holds_tracked(x: Any) -> bool:
    """Whether a list has a number in it that NumPy would not know."""
    return type(x) in (list, tuple) and any(
        type(y).__name__ in ("Tracked", "Fraction") or _holds_tracked(y) for y in x
    )


class StandIn(ModuleType):
    """A module as the user's code sees it: what is `put` in its place, else the module's own.

    `library` is None where the module itself is not needed, and never imported.
    """

    def __init__(self, name: str, library: Any, put: dict[str, Any]) -> None:
        super().__init__(name)
        self._library, self._put = library, put
        self.__all__ = getattr(library, "__all__", [*put])
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name in self._put:
            value = self._put[name]
            return value() if name in CONSTANTS else value
        if name.startswith("__") or self._library is None:
            raise AttributeError(f"{self.__name__} has no {name} in exact numbers")
        value = getattr(self._library, name)
        if isinstance(value, np.ufunc) and value in UFUNCS:
            return ExactUfunc(value, UFUNCS[value])
        if isinstance(value, np.ufunc | type | ModuleType) or not callable(value):
            return value
        return exact_function(value)


CONSTANTS = {"pi", "e", "tau"}


# -- making arrays


def _creation(value: Any) -> Callable[..., Any]:
    def create(shape: Any, dtype: Any = None, order: Any = "C", **_: Any) -> Any:
        if is_float(dtype):
            return filled(_whole_shape(shape), value)
        return np.full(_whole_shape(shape), 0 if is_infinite(value) else value, dtype)

    return create


def _whole_shape(shape: Any) -> Any:
    return tuple(map(int, shape)) if isinstance(shape, list | tuple) else int(shape)


def _full(shape: Any, fill_value: Any, dtype: Any = None, **_: Any) -> Any:
    if dtype is None and isinstance(fill_value, bool | int):
        return np.full(_whole_shape(shape), fill_value)
    return _creation(fill_value)(shape, dtype)


def _array(x: Any, dtype: Any = None, **more: Any) -> Any:
    more = {key: value for key, value in more.items() if key == "ndmin"}
    if isinstance(x, TrackedArray):
        return np.array(x, **more) if is_float(dtype) else x.astype(dtype)
    if dtype is not None and not is_float(dtype):
        return np.array(bare(x), dtype=dtype, **more)
    if dtype is not None or isinstance(x, Tracked) or _holds_tracked(x) or _holds_arrays(x):
        return wrap(np.array(bare(objects(x)), **more))
    return computed(np.array(x, **more), "numpy.array")


def _holds_arrays(x: Any) -> bool:
    return type(x) in (list, tuple) and any(
        isinstance(y, TrackedArray) or _holds_arrays(y) for y in x
    )


def _as_array(x: Any, dtype: Any = None, **_: Any) -> Any:
    if isinstance(x, np.ndarray) and (dtype is None or is_float(dtype)):
        return objects(x) if dtype is not None else x
    return _array(x, dtype)


def _eye(n: Any, m: Any = None, k: int = 0, dtype: Any = None, **_: Any) -> Any:
    found = np.eye(int(n), None if m is None else int(m), k, dtype=int)
    return objects(found) if is_float(dtype) else found.astype(dtype)


def _arange(*bounds: Any, dtype: Any = None, **_: Any) -> Any:
    found = np.arange(*bounds) if all(isinstance(b, int | np.integer) for b in bounds) else None
    if found is None:
        found = objects(np.arange(*bounds, dtype=object))
    return objects(found) if dtype is not None and is_float(dtype) else found


class ExactColumns:
    """np.c_ and np.r_ of what is tracked."""

    def __init__(self, library: Any, along: int) -> None:
        self._library, self._along = library, along

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        if not any(isinstance(x, TrackedArray | Tracked) for x in parts):
            return computed(self._library[key], "numpy.c_ or numpy.r_")
        if any(isinstance(x, slice | str) for x in parts):
            raise TypeError("np.c_ and np.r_ take arrays and numbers here, no slices")
        whole = [bare(np.atleast_1d(objects(x))) for x in parts]
        if self._along:
            whole = [x[:, None] if x.ndim == 1 else x for x in whole]
        return wrap(np.concatenate(whole, axis=-1 if self._along else 0))


def _linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, **_: Any) -> Any:
    start, span = meant(start), meant(stop) - meant(start)
    steps = max(num - bool(endpoint), 1)
    return objects([start + span * Fraction(k, steps) for k in range(num)])


def _as_number(x: Any = 0, *_: Any) -> Any:
    """A call such as np.float32(x): the number itself."""
    return objects(x) if isinstance(x, np.ndarray | list) else meant(x)


class ExactFloat64(np.float64):
    """np.float64 as a type of arrays and as a call that keeps exact numbers."""

    def __new__(cls, x: Any = 0) -> Any:
        return _as_number(x)


class ExactFloat32(np.float32):
    """The same for single precision."""

    def __new__(cls, x: Any = 0) -> Any:
        return _as_number(x)


class SeededRandom:
    """Random numbers, the same in every run: data, as exact as they are printed."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._source, name)
        return (lambda *a, **k: _drawn(value(*a, **k))) if callable(value) else value


def _drawn(x: Any) -> Any:
    if x.__class__ is np.ndarray and x.dtype.kind == "f":
        return objects(np.round(x, 6))
    return meant(round(x, 6)) if isinstance(x, float) else x


# -- the modules


def _random(seed: int) -> StandIn:
    """NumPy's random numbers; the state is made when the first is drawn."""
    seeded = SeededState(seed)
    generators = {
        "default_rng": lambda *_, **__: SeededRandom(np.random.default_rng(seed)),
        "RandomState": lambda *_, **__: SeededRandom(np.random.RandomState(seed)),
        "seed": lambda *_, **__: seeded.begin(),
    }
    draws = {name: partial(seeded.draw, name) for name in DRAWS}
    return StandIn("numpy.random", np.random, draws | generators)


class SeededState:
    """A state of NumPy's random numbers that is seeded alike in every run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.state: Any = None

    def begin(self) -> None:
        self.state = np.random.RandomState(self.seed)

    def draw(self, name: str, *args: Any, **more: Any) -> Any:
        if self.state is None:
            self.begin()
        return _drawn(getattr(self.state, name)(*args, **more))


DRAWS = [
    name for name in dir(np.random.RandomState)
    if not name.startswith("_") and callable(getattr(np.random.RandomState, name))
]  # fmt: skip


@cache
def _numpy() -> dict[str, Any]:
    """What stands for NumPy's own in every run."""
    linalg = {
        "norm": whole_arrays.norm,
        "vector_norm": whole_arrays.norm,
        "cholesky": whole_arrays.cholesky,
    }
    return {
        "zeros": _creation(0), "ones": _creation(1), "empty": _creation(NAN), "full": _full,
        "array": _array, "asarray": _as_array, "asanyarray": _as_array,
        "ascontiguousarray": _as_array, "eye": _eye, "identity": _eye, "arange": _arange,
        "linspace": _linspace, "c_": ExactColumns(np.c_, 1), "r_": ExactColumns(np.r_, 0),
        "float64": ExactFloat64, "double": ExactFloat64, "float_": ExactFloat64,
        "float32": ExactFloat32, "float16": ExactFloat32, "pi": pi, "e": lambda: apply("exp", 1),
        "linalg": StandIn("numpy.linalg", np.linalg, linalg),
    }  # fmt: skip


@cache
def _math() -> StandIn:
    put: dict[str, Any] = {
        **{name: (lambda *x, f=f: f(*map(meant, x))) for name, f in SCALARS.items()},
        "pi": pi, "tau": lambda: 2 * pi(), "e": lambda: apply("exp", 1), "fsum": sum,
        "prod": lambda xs, start=1: math.prod(xs, start=start),
    }  # fmt: skip
    return StandIn("math", math, put)


@cache
def _special() -> StandIn:
    put: dict[str, Any] = {name: ExactUfunc(getattr(np, name, np.exp), name) for name in SCALARS}
    put |= {
        "softmax": whole_arrays.softmax,
        "log_softmax": whole_arrays.log_softmax,
        "logsumexp": whole_arrays.logsumexp,
    }
    return StandIn("scipy.special", None, put)


@cache
def _linear() -> StandIn:
    put = {
        "inv": whole_arrays.inv, "det": whole_arrays.det, "solve": whole_arrays.solve,
        "norm": whole_arrays.norm, "cholesky": whole_arrays.scipy_cholesky,
        "solve_triangular": whole_arrays.solve_triangular, "cho_solve": whole_arrays.cho_solve,
        "cho_factor": lambda a, lower=False, **_: (
            whole_arrays.scipy_cholesky(a, lower), lower),
    }  # fmt: skip
    return StandIn("scipy.linalg", None, put)


def modules(seed: int) -> dict[str, Any]:
    """The stand-ins by the names that are imported; the seed is that of all random numbers."""
    special, linear = _special(), _linear()
    numpy = StandIn("numpy", np, {**_numpy(), "random": _random(seed)})
    return {
        "numpy": numpy,
        "numpy.linalg": numpy.linalg,
        "numpy.random": numpy.random,
        "math": _math(),
        "random": SeededRandom(random.Random(seed)),
        "scipy": StandIn("scipy", None, {"special": special, "linalg": linear}),
        "scipy.special": special,
        "scipy.linalg": linear,
    }
