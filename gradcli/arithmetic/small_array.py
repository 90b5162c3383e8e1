"""Small arrays of objects in plain Python: what is asked of a scalar takes no NumPy.

Must not know what the objects are. What such an array does not do itself it becomes NumPy's for.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import product, repeat
from math import prod
from typing import Any, cast

import numpy as np

from gradcli.arithmetic.base import Array

FEW, AXES = 512, 2  # entries and axes up to which an array is in plain Python


def array_of(entries: Iterable[Any], shape: Sequence[int]) -> Array:
    """An array of these objects, row by row: small ones where they are few, else NumPy's."""
    flat = [*entries]
    if len(flat) <= FEW and len(shape) <= AXES:
        return cast(Array, SmallArray(flat, tuple(shape)))
    out = np.empty(len(flat), dtype=object)
    out[:] = flat
    return out.reshape(shape)


def batch_of(numbers: list[Any]) -> Array:
    """An array of scalars at some points, which holds this very list where it is small."""
    count = len(numbers)
    if count <= FEW:
        return cast(Array, SmallArray(numbers, (count,)))
    return array_of(numbers, (count,))


def filled(value: Any, shape: Sequence[int]) -> Array:
    """An array that holds one object everywhere."""
    return array_of([value] * prod(shape), shape)


def places(shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every place of an array, row by row."""
    return product(*map(range, shape))


def broadcast_to(x: Array, shape: Sequence[int]) -> Array:
    """As NumPy's, for either kind of array."""
    return x.spread(tuple(shape)) if isinstance(x, SmallArray) else np.broadcast_to(x, shape)


def broadcast_arrays(*xs: Array) -> Sequence[Array]:
    """As NumPy's, for either kind of array."""
    if all(isinstance(x, SmallArray) for x in xs):
        shape = common_shape(*(x.shape for x in xs))
        return [broadcast_to(x, shape) for x in xs]
    return np.broadcast_arrays(*xs)


def concatenate(parts: Sequence[Array]) -> Array:
    """Along the first axis, as NumPy's: small ones where all parts are and the whole is small."""
    if all(isinstance(part, SmallArray) for part in parts):
        rows = sum(map(len, parts))
        return array_of((x for part in parts for x in part.flat), (rows, *parts[0].shape[1:]))
    return np.concatenate(parts)


def as_objects(x: Any) -> Array:
    """What came of an operation, an array or a single object, as an array of objects."""
    return cast(Array, x if hasattr(x, "shape") else SmallArray([x], ()))


class Lifted:
    """A function of single objects, entry by entry over arrays and single ones of either kind."""

    __slots__ = ("arity", "function", "ufunc")

    def __init__(self, function: Callable[..., Any], arity: int) -> None:
        self.function = function
        self.arity = arity
        self.ufunc: np.ufunc | None = None

    def __call__(self, *xs: Any) -> Any:
        shapes = [x.shape for x in xs if isinstance(x, SmallArray)]
        if shapes and len(shapes) == sum(hasattr(x, "shape") for x in xs):
            shape = shapes[0] if len(shapes) == 1 else common_shape(*shapes)
            cells = (x.spread(shape).cells if isinstance(x, SmallArray) else repeat(x) for x in xs)
            return _made([*map(self.function, *cells)], shape)
        if self.ufunc is None:
            self.ufunc = np.frompyfunc(self.function, self.arity, 1)
        return self.ufunc(*xs)


class SmallArray:
    """Objects in a list, row by row, and a shape; it acts as an object array of NumPy's does.

    A reshaped one shares the list; a part of one is a copy.
    """

    __slots__ = ("cells", "shape")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, cells: list[Any], shape: tuple[int, ...]) -> None:
        self.cells = cells
        self.shape = shape

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        out = np.empty(len(self.cells), dtype=object)
        out[:] = self.cells
        whole = out.reshape(self.shape)
        return whole if dtype is None else whole.astype(dtype)

    def __repr__(self) -> str:
        return repr(self.__array__())

    def __str__(self) -> str:
        return str(self.__array__())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__array__(), name)

    @property
    def size(self) -> int:
        return len(self.cells)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def flat(self) -> list[Any]:
        return self.cells

    @property
    def T(self) -> SmallArray:  # noqa: N802 NumPy's name
        if len(self.shape) < 2:
            return self
        rows, columns = self.shape
        turned = [x for k in range(columns) for x in self.cells[k::columns]]
        return SmallArray(turned, (columns, rows))

    @property
    def dtype(self) -> Any:
        return np.dtype(object)

    def tolist(self) -> Any:
        """Nested lists, or the one object of an array without axes."""
        if len(self.shape) == 1:
            return [*self.cells]
        if len(self.shape) == 2 and (width := self.shape[1]):
            return [self.cells[k : k + width] for k in range(0, len(self.cells), width)]
        return [row.tolist() for row in self] if self.shape else self.cells[0]

    def item(self, *place: int) -> Any:
        (found,) = self.cells if not place else [self.__array__().item(*place)]
        return found

    def copy(self) -> SmallArray:
        return SmallArray([*self.cells], self.shape)

    def reshape(self, *shape: Any) -> SmallArray:
        dims = [*shape[0]] if len(shape) == 1 and not isinstance(shape[0], int) else [*shape]
        if -1 in dims:
            dims[dims.index(-1)] = len(self.cells) // max(1, -prod(dims))
        if prod(dims) != len(self.cells):
            raise ValueError(f"{len(self.cells)} entries do not fill {tuple(dims)}")
        return SmallArray(self.cells, tuple(dims))

    def spread(self, shape: tuple[int, ...]) -> SmallArray:
        """The same entries over a shape that they broadcast to."""
        if shape == self.shape:
            return self
        return SmallArray([self.cells[p] for p in _spread(self.shape, shape)], shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __float__(self) -> float:
        return float(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __iter__(self) -> Iterator[Any]:
        if len(self.shape) == 1:
            return iter([*self.cells])
        return map(self._row, range(self.shape[0]))

    def _row(self, k: int) -> SmallArray:
        rest = self.shape[1:]
        width = prod(rest)
        k = range(self.shape[0])[k]
        return SmallArray(self.cells[k * width : (k + 1) * width], rest)

    def __getitem__(self, key: Any) -> Any:
        if len(self.shape) == 1:
            if key.__class__ is int:
                return self.cells[key]
            if key.__class__ is slice:
                cells = self.cells[key]
                return SmallArray(cells, (len(cells),))
            if key.__class__ is tuple and key[0].__class__ is int and key[1:] == (Ellipsis,):
                return SmallArray([self.cells[key[0]]], ())
        first = key[0] if key.__class__ is tuple and len(key) == 2 else None
        if first.__class__ is int and key[1] is Ellipsis:
            return self._row(first)
        if _by_array(key):
            return self.__array__()[key]
        places, shape = _places(self.shape, key)
        if shape is None:
            return self.cells[places[0]]
        return SmallArray([self.cells[p] for p in places], shape)

    def __setitem__(self, key: Any, value: Any) -> None:
        if _by_array(key):
            whole = self.__array__()
            whole[key] = value
            self.cells[:] = whole.ravel().tolist()
            return
        places, shape = _places(self.shape, key)
        if isinstance(value, list):
            value = SmallArray(value, (len(value),))
        elif not isinstance(value, SmallArray):
            flat = value.ravel().tolist() if hasattr(value, "ravel") else [value]
            value = SmallArray(flat, getattr(value, "shape", ()))
        for place, entry in zip(places, value.spread(shape or ()).cells, strict=True):
            self.cells[place] = entry

    def joined(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        """An operation of two, entry by entry, with an array of either kind or a single object."""
        if not isinstance(other, SmallArray):
            if getattr(other, "shape", None) is not None:
                return operation(self.__array__(), other)
            return _made([operation(x, other) for x in self.cells], self.shape)
        if other.shape == self.shape:
            return _made([*map(operation, self.cells, other.cells)], self.shape)
        shape = common_shape(self.shape, other.shape)
        pairs = self.spread(shape).cells, other.spread(shape).cells
        return _made([*map(operation, *pairs)], shape)

    def __matmul__(self, other: Any) -> Any:
        if not isinstance(other, SmallArray) or other.ndim != 1 or not self.ndim:
            return self.__array__() @ other
        n = len(other.cells)
        if self.shape[-1] != n:
            raise ValueError(f"{self.shape} and {other.shape} do not multiply")
        rows = (self.cells[k : k + n] for k in range(0, len(self.cells), n))
        sums = [reduce(operator.add, map(operator.mul, row, other.cells)) for row in rows]
        return _made(sums, self.shape[:-1])

    def __neg__(self) -> Any:
        return _made([-x for x in self.cells], self.shape)

    def __abs__(self) -> Any:
        return _made([abs(x) for x in self.cells], self.shape)


def _of_both(operation: Callable[[Any, Any], Any]) -> Callable[[SmallArray, Any], Any]:
    return lambda x, y: x.joined(y, operation)


def _turned(operation: Callable[[Any, Any], Any]) -> Callable[[SmallArray, Any], Any]:
    return lambda x, y: x.joined(y, lambda a, b: operation(b, a))


def _numpys(operation: Callable[[Any, Any], Any]) -> Callable[[SmallArray, Any], Any]:
    return lambda x, y: operation(x.__array__(), y)


for _name in ("add", "sub", "mul", "truediv", "pow"):
    setattr(SmallArray, f"__{_name}__", _of_both(getattr(operator, _name)))
    setattr(SmallArray, f"__r{_name}__", _turned(getattr(operator, _name)))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    # These make arrays of bits.
    setattr(SmallArray, f"__{_name}__", _numpys(getattr(operator, _name)))


def _made(cells: list[Any], shape: tuple[int, ...]) -> Any:
    """An array, or, as NumPy has it, the one object where there are no axes."""
    return SmallArray(cells, shape) if shape else cells[0]


def common_shape(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that all broadcast to. ValueError where there is none."""
    rank = max(map(len, shapes))
    dims = []
    for sizes in zip(*((1,) * (rank - len(s)) + s for s in shapes), strict=True):
        others = {*sizes} - {1}
        if len(others) > 1:
            raise ValueError(f"{' and '.join(map(str, shapes))} do not broadcast")
        dims.append(others.pop() if others else 1)
    return tuple(dims)


def _steps(shape: Sequence[int]) -> list[int]:
    """How far apart neighbours along each axis are."""
    return [prod(shape[k + 1 :]) for k in range(len(shape))]


def _spread(shape: tuple[int, ...], wide: tuple[int, ...]) -> list[int]:
    """Where each entry of the wide shape stands in an array of the other."""
    if common_shape(shape, wide) != wide:
        raise ValueError(f"{shape} does not broadcast to {wide}")
    own = zip(shape, _steps(shape), strict=True)
    steps = [0] * (len(wide) - len(shape)) + [0 if n == 1 else step for n, step in own]
    return _sums([[k * step for k in range(n)] for n, step in zip(wide, steps, strict=True)])


def _sums(axes: Sequence[Sequence[int]]) -> list[int]:
    return [*map(sum, product(*axes))]


def _by_array(key: Any) -> bool:
    """Whether places are given as an array, which NumPy knows how to take."""
    return any(getattr(part, "shape", ()) for part in _parts(key))


def _parts(key: Any) -> list[Any]:
    return [*key] if isinstance(key, tuple) else [key]


def _places(shape: tuple[int, ...], key: Any) -> tuple[list[int], tuple[int, ...] | None]:
    """The places of what a key picks, and its shape; None for one entry.

    A key has whole numbers, slices, `...`, None for a new axis, and lists of rows.
    """
    parts = _parts(key)
    used = sum(part is not None and part is not Ellipsis for part in parts)
    one = used == len(parts) == len(shape) and all(hasattr(part, "__index__") for part in parts)
    at = parts.index(Ellipsis) if Ellipsis in parts else len(parts)
    parts[at : at + 1] = [slice(None)] * (len(shape) - used)
    axes: list[list[int]] = []
    found: list[int] = []
    rest = iter(zip(shape, _steps(shape), strict=True))
    for part in parts:
        if part is None:
            found.append(1)
            continue
        n, step = next(rest)
        whole = range(n)
        if hasattr(part, "__index__"):
            taken: Sequence[int] = [whole[part]]
        else:
            taken = whole[part] if isinstance(part, slice) else [whole[k] for k in part]
            found.append(len(taken))
        axes.append([k * step for k in taken])
    return _sums(axes), None if one else tuple(found)
