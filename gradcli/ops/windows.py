"""Functions of windows that slide over the last axes: convolutions and pooling.

Must not know how a window's entries are multiplied or compared: these are other functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from string import ascii_letters

from gradcli.calculus.core import einsum
from gradcli.graph.node import Node, ShapeError, SizeNeeded, make
from gradcli.graph.shape import Dim, Letters, add_dims, describe
from gradcli.ops.reductions import MAX_OF
from gradcli.ops.registry import function
from gradcli.ops.shaping import index, scatter, stack

SECTION = "windows"
Each = int | tuple[int, ...]


def _known(dim: Dim) -> int:
    """A size that must be a number, for a window has as many entries."""
    if isinstance(dim, Letters):
        raise SizeNeeded(dim)
    return dim


def _each(value: Each, count: int, name: str, least: int) -> tuple[int, ...]:
    """A whole number for each axis that a window slides along."""
    found = value if isinstance(value, tuple) else (value,) * count
    if len(found) != count or not all(isinstance(v, int) and v >= least for v in found):
        many = "" if count == 1 else f", or {count} of them"
        raise ShapeError(f"{name} is a whole number, {least} or more{many}")
    return found


def _padded(x: Node, count: int, padding: Sequence[int]) -> Node:
    """With so many zeros before and behind along the last axes."""
    if not any(padding):
        return x
    lead = len(x.shape) - count
    ends = [*[0] * lead, *padding]
    shape = [add_dims(dim, 2 * p) for dim, p in zip(x.shape, ends, strict=True)]
    key = tuple((p, add_dims(p, dim)) for dim, p in zip(x.shape, ends, strict=True))
    return scatter(x, tuple(shape), key)


def _every(x: Node, axis: int, start: int, step: int, count: int) -> Node:
    """Every `step`-th slice along an axis, so many from `start` on."""
    before = tuple((0, dim) for dim in x.shape[:axis])
    parts = [index(x, (*before, start + step * k)) for k in range(count)]
    letters = ascii_letters[: len(x.shape)]
    moved = letters[axis] + letters[:axis] + letters[axis + 1 :]
    return einsum((stack(*parts),), (moved,), letters, {})


def _windows(
    x: Node, sizes: Sequence[int], strides: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], Node]]:
    """Each place in a window, and what of x meets it as the window slides along the last axes."""
    lead = len(x.shape) - len(sizes)
    counts: list[Dim] = []
    for dim, k, step in zip(x.shape[lead:], sizes, strides, strict=True):
        room = add_dims(dim if step == 1 else _known(dim), -k)
        if isinstance(room, int) and room < 0:
            raise ShapeError(f"a window of {k} does not fit into an axis of {dim}")
        counts.append(add_dims(room if step == 1 else _known(room) // step, 1))
    for place in product(*map(range, sizes)):
        piece = x
        for axis, (at, count, step) in enumerate(zip(place, counts, strides, strict=True), lead):
            if step == 1:
                before = tuple((0, dim) for dim in piece.shape[:axis])
                piece = index(piece, (*before, (at, add_dims(at, count))))
            else:
                piece = _every(piece, axis, at, step, _known(count))
        yield place, piece


def _convolution(x: Node, w: Node, axes: int, stride: Each, padding: Each) -> Node:
    name = f"conv{axes}d"
    plain, channels = (axes, axes), {(axes + 1, axes + 2), (axes + 2, axes + 2)}
    ranks = len(x.shape), len(w.shape)
    if ranks != plain and ranks not in channels:
        image = "n, d, …"[: 3 * axes - 2]
        raise ShapeError(
            f"{name} takes x ({image}) and w of as many axes, or x (channels, {image}) or "
            f"(batch, channels, {image}) and w (channels out, channels in, …), "
            f"not {describe(x.shape)} and {describe(w.shape)}"
        )
    if ranks != plain and x.shape[-axes - 1] != w.shape[1]:
        raise ShapeError(
            f"x has {x.shape[-axes - 1]} channels, and each filter of w has {w.shape[1]}"
        )
    strides, ends = _each(stride, axes, "stride", 1), _each(padding, axes, "padding", 0)
    kernel = [_known(dim) for dim in w.shape[-axes:]]
    front = tuple((0, dim) for dim in w.shape[: len(w.shape) - axes])
    last = "XYZ"[:axes]
    batch = "n" * (len(x.shape) - axes - 1)
    total: Node | None = None
    for place, piece in _windows(_padded(x, axes, ends), kernel, strides):
        weight = index(w, (*front, *place))
        if ranks == plain:
            term = weight * piece
        else:
            ins = (batch + "c" + last, "oc")
            term = einsum((piece, weight), ins, batch + "o" + last, {})
        total = term if total is None else total + term
    assert total is not None
    return total


def maxpool(x: Node, window: Each, stride: Each | None = None) -> Node:
    """The largest entry of every window: over a vector's axis, over the last two of anything else.

    Windows lie side by side unless there is a `stride`; what is left over at an end is left out.
    """
    if not x.shape:
        raise ShapeError("maxpool takes an array, not a number")
    axes = len(window) if isinstance(window, tuple) else min(len(x.shape), 2)
    if axes > len(x.shape):
        raise ShapeError(f"{describe(x.shape)} has no {axes} axes to pool")
    sizes = _each(window, axes, "window", 1)
    strides = sizes if stride is None else _each(stride, axes, "stride", 1)
    pieces = [piece for _, piece in _windows(x, sizes, strides)]
    letters = ascii_letters[: len(x.shape)]
    windows = einsum((stack(*pieces),), ("Z" + letters,), letters + "Z", {})
    return make(MAX_OF, windows)


CONVOLVED = {
    "x": "the transposed convolution: each entry of δ times w, added up where its window was",
    "w": "x convolved with δ: each window of x times its entry of δ, added up",
}
conv1d = function(
    "conv1d(x, w, stride=1, padding=0)",
    lambda x, w, stride=1, padding=0: _convolution(x, w, 1, stride, padding),
    SECTION,
    static=["stride", "padding"],
    linear=True,
    backward=CONVOLVED,
    example="sum(conv1d(x, w)^2) at x=[1, 2, 3, 4], w=[1, -1]",
)
conv2d = function(
    "conv2d(x, w, stride=1, padding=0)",
    lambda x, w, stride=1, padding=0: _convolution(x, w, 2, stride, padding),
    SECTION,
    static=["stride", "padding"],
    linear=True,
    backward=CONVOLVED,
    example="sum(conv2d(x, w)) at x=[[1, 2], [3, 4]], w=[[1, -1]]",
)
maxpool_of = function(
    "maxpool(x, window, stride=None)",
    maxpool,
    SECTION,
    static=["window", "stride"],
    backward={"x": "each entry of δ to the largest entry of its window, 0 to the others"},
    example="sum(maxpool(x, 2)) at x=[1, 2, 4, 3]",
)
