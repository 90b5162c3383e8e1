"""Moving entries about: indexing and its adjoint, reshaping, joining; all linear.

Must not know any values; keys are tuples of whole numbers, ranges and `NEW`.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters
from typing import Any

from gradcli.calculus.core import einsum
from gradcli.calculus.families import Linear
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import (
    ROW,
    Dim,
    Letters,
    Shape,
    add_dims,
    describe,
    is_row,
    multiply_dims,
    show,
    size,
)
from gradcli.ops.registry import function

SECTION = "shaping"
NEW = "new"
Key = tuple[Any, ...]


def _index_shape(x: Shape, key: Key) -> Shape:
    out: list[Dim] = []
    rest = list(x)
    for item in key:
        if item == NEW:
            out.append(ROW)
            continue
        if not rest:
            raise ShapeError(f"{describe(x)} has no {len(key)} axes to index")
        dim = rest.pop(0)
        if isinstance(item, tuple):
            length = strided(*item)
            if length is None:
                raise ShapeError(f"how many entries {item[0]}:{item[1]}:{item[2]} has is not known")
            out.append(length)
        elif isinstance(dim, int) and isinstance(item, int) and not 0 <= item < dim:
            raise ShapeError(
                f"there is no entry {item} along an axis of {dim}: it goes from 0 to {dim - 1}"
            )
    return (*out, *rest)


def strided(start: Dim, stop: Dim, step: int = 1) -> Dim | None:
    """How many entries `start:stop:step` has; None where the letters leave that open."""
    length = add_dims(stop, multiply_dims(-1, start))
    if not isinstance(length, Letters):
        return -(-length // step)
    for more in range(step):
        whole = add_dims(length, more)
        terms = dict(whole.terms) if isinstance(whole, Letters) else {}
        if all(factor % step == 0 for factor in terms.values()):
            return Letters({names: factor // step for names, factor in terms.items()})
    return None


def spelled(item: Any) -> str:
    """One part of a key as it is written: `2`, `1:3`, `0:n:2`."""
    return ":".join(map(str, item)) if isinstance(item, tuple) else str(item)


def place(key: Key, shape: Shape) -> str:
    """A key into an array of a shape as it is written: `[0]`, `[:, 1]`."""
    whole = [k == (0, dim) for k, dim in zip(key, shape, strict=False)]
    while len(whole) > 1 and whole[-1]:
        whole.pop()
    items = (":" if all_ else spelled(k) for k, all_ in zip(key, whole, strict=False))
    return f"[{', '.join(items)}]"


def _put(z: Node) -> str:
    """Words for what stands at a place of zeros, since the language has no such call.

    Where an axis was added that is its one entry. A factor may stand before the words: it says the
    same.
    """
    shape, key = z.params
    if NEW in key:
        return "#(1)" + place(tuple(0 if k == NEW else k for k in key), z.args[0].shape)
    return "#(1) at " + place(key, shape)


def index(x: Node, key: Key) -> Node:
    """Entries of x: a whole number takes an axis away, a range keeps it, NEW adds one.

    A range is `(start, stop)` or `(start, stop, step)`.
    """
    return make(INDEX, x, params=(key,))


def scatter(x: Node, shape: Shape, key: Key) -> Node:
    """Zeros of `shape` with x at `key`: the adjoint of `index`."""
    return make(SCATTER, x, params=(shape, key))


INDEX = Linear(
    "index",
    lambda m, x, key: m.index(x, key),
    _index_shape,
    lambda z, i, t, extra: index(t, z.params[0]),
    lambda z, i, u, extra: scatter(u, z.args[0].shape + extra, z.params[0]),
    moves=True,
    within=lambda z: (z.args[0].shape, z.params[0]),
)
SCATTER = Linear(
    "scatter",
    lambda m, x, shape, key: m.scatter(x, shape, key),
    lambda x, shape, key: shape,
    lambda z, i, t, extra: scatter(t, z.params[0] + extra, z.params[1]),
    lambda z, i, u, extra: index(u, z.params[1]),
    moves=True,
    within=lambda z: z.params,
    notation=_put,
)
RESHAPE = Linear(
    "reshape",
    lambda m, x, shape: m.reshape(x, shape),
    lambda x, shape: shape,
    lambda z, i, t, extra: reshape(t, z.shape + extra),
    lambda z, i, u, extra: reshape(u, z.args[0].shape + extra),
    moves=True,
    notation=lambda z: f"reshape(#1, {z.shape[0] if len(z.shape) == 1 else show(z.shape)})",
)


def reshape(x: Node, shape: Sequence[Dim]) -> Node:
    """The same entries, row by row, in another shape; ShapeError where their numbers differ."""
    target = tuple(shape)
    if size(target) != size(x.shape):
        raise ShapeError(f"{describe(x.shape)} cannot be reshaped to {describe(target)}")
    return x if target == x.shape else make(RESHAPE, x, params=(target,))


def _concat_shape(*shapes_and_axis: Any) -> Shape:
    *shapes, axis = shapes_and_axis
    first = shapes[0]
    total: Dim = 0
    for shape in shapes:
        if len(shape) != len(first) or any(
            a != b for k, (a, b) in enumerate(zip(shape, first, strict=True)) if k != axis
        ):
            raise ShapeError(f"{describe(first)} and {describe(shape)} cannot be joined")
        total = add_dims(total, shape[axis])
    return (*first[:axis], total, *first[axis + 1 :])


def _piece(z: Node, i: int) -> Key:
    """Where argument i of a concatenation lies."""
    axis: int = z.params[0]
    start: Dim = 0
    for arg in z.args[:i]:
        start = add_dims(start, arg.shape[axis])
    whole = tuple((0, dim) for dim in z.shape[:axis])
    return (*whole, (start, add_dims(start, z.args[i].shape[axis])))


CONCAT = Linear(
    "concat",
    lambda m, *args: m.concat(*args),
    _concat_shape,
    lambda z, i, t, extra: scatter(t, z.shape + extra, _piece(z, i)),
    lambda z, i, u, extra: index(u, _piece(z, i)),
    moves=True,
    joint=True,
    notation=lambda z: f"concat(#*, axis={z.params[0]})" if z.params[0] else "concat(#*)",
)


def _stack_shape(*shapes: Shape) -> Shape:
    if any(shape != shapes[0] for shape in shapes):
        other = next(shape for shape in shapes if shape != shapes[0])
        raise ShapeError(f"{describe(shapes[0])} and {describe(other)} cannot stand in one array")
    return (len(shapes), *shapes[0])


STACK = Linear(
    "stack",
    lambda m, *args: m.stack(*args),
    _stack_shape,
    lambda z, i, t, extra: scatter(t, z.shape + extra, (i,)),
    lambda z, i, u, extra: index(u, (i,)),
    moves=True,
    joint=True,
    notation="[#*]",
)


def stack(*args: Node) -> Node:
    """A new first axis, one entry an argument."""
    return make(STACK, *args)


def concat(*args: Node, axis: int = 0) -> Node:
    """Arrays one after the other along an axis; scalars are not arrays."""
    rank = len(args[0].shape)
    if not -rank <= axis < rank:
        raise ShapeError(
            f"axis {axis} does not exist in {describe(args[0].shape)}"
            + ("; scalars are put together by stack" if not rank else "")
        )
    return make(CONCAT, *args, params=(axis % rank,))


def transpose(x: Node, axes: Sequence[Any] | None = None) -> Node:
    """A matrix transposed; a vector becomes a row and a row a vector; a scalar stays.

    With `axes` the axes in this order, as NumPy has it; ShapeError for what is no order of them.
    """
    if axes is not None:
        if sorted(map(str, axes)) != [str(k) for k in range(len(x.shape))]:
            raise ShapeError(f"{describe(x.shape)} has not the axes {show(tuple(axes))}")
        letters = ascii_letters[: len(x.shape)]
        return einsum((x,), (letters,), "".join(letters[k] for k in axes), {})
    if not x.shape:
        return x
    if len(x.shape) == 1:
        return index(x, (NEW,))
    if is_row(x.shape):
        return index(x, (0,))
    if len(x.shape) == 2:
        return einsum((x,), ("ij",), "ji", {})
    raise ShapeError(f"{describe(x.shape)} has no transpose")


transpose_of = function(
    "transpose(A, axes=None)", transpose, "linear algebra", static=["axes"], linear=True
)
reshape_of = function(
    "reshape(x, shape)",
    reshape,
    SECTION,
    RESHAPE,
    linear=True,
    backward={"x": "reshape(δ, the shape of x): the same entries in the old shape"},
    example="reshape(x, (2, 2)) at x=[1, 2, 3, 4]",
)
concat_of = function(
    "concat(a, …, axis=0)", concat, SECTION, CONCAT, example="concat(a, b) at a=[1, 2], b=[3]"
)
stack_of = function("stack(a, …)", stack, SECTION, STACK, example="stack(a, b) at a=1, b=3")
