"""Entries chosen by whole numbers: unit vectors, and arrays indexed by arrays of indices.

Must not know which values the indices may take; that they lie within an axis is seen to elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters
from typing import Any

from gradcli.calculus.core import einsum, identity
from gradcli.calculus.families import Tensor
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import Dim, Shape, broadcast, describe
from gradcli.ops.registry import function
from gradcli.ops.shaping import INDEX, index, reshape


def _units(m: Any, y: Any, n: int) -> Any:
    one, zero = m.number(1), m.number(0)
    rows = m.stack(*(m.where(m.eq(y, k), one, zero) for k in range(n)))
    letters = ascii_letters[: y.ndim - 1]
    return m.einsum(rows, (f"Z{letters}",), f"{letters}Z", ())


def _gaps(y: Node, n: Dim) -> list[Node]:
    return [(reshape(y, (*y.shape, 1)) if y.shape else y) - make(ARANGE, params=(n,))]


ARANGE = Tensor(
    "arange",
    lambda m, n: m.stack(*map(m.number, range(n))),
    lambda n: (n,),
    lambda z, n: [],
    notation=lambda node: f"arange({node.params[0]})",
)
ONEHOT = Tensor(
    "unit",
    _units,
    lambda y, n: (*y, n),
    lambda z, y, n: [[]],
    switches=_gaps,
    at_rest="apart",
    title="onehot",
    notation=lambda node: f"onehot(#1, {node.params[0]})",
)
"""For every number y the n entries [y = k]: a unit vector where it is an index, else zeros."""


def onehot(y: Node, n: Dim) -> Node:
    """The unit vectors of indices. Of some of `y` they are rows of all: one vertex an array."""
    if y.op is INDEX and y.label is None:
        return index(onehot(y.args[0], n), y.params[0])
    if y.op is ARANGE and y.params[0] == n and y.label is None:
        return identity((n,))
    return make(ONEHOT, y, params=(n,))


def taken(x: Node, places: Sequence[Node | None]) -> Node:
    """`x[i, :, j]`: the entries at indices, None for an axis that stays; as NumPy orders them.

    Arrays of indices are broadcast against each other. Their axes stand where the first index does
    if all are neighbours, else in front. ShapeError where they do not fit.
    """
    arrays = [place for place in places if place is not None]
    shape = broadcast(*(place.shape for place in arrays))
    if shape is None:
        words = " and ".join(describe(place.shape) for place in arrays)
        raise ShapeError(f"indices of different shapes: {words}")
    letters = iter(ascii_letters)
    axes = [next(letters) for _ in x.shape]
    common = [next(letters) for _ in shape]
    factors, ins = [x], ["".join(axes)]
    for axis, place in enumerate(places):
        if place is not None:
            own = _aligned(common, shape, place.shape, letters)
            factors.append(onehot(place, x.shape[axis]))
            ins.append("".join(own) + axes[axis])
    at = [axis for axis, place in enumerate(places) if place is not None]
    together = at == [*range(at[0], at[-1] + 1)]
    first = at[0] if together else 0
    kept = [x for axis, x in enumerate(axes) if axis not in at]
    before = sum(axis not in at for axis in range(first))
    out = [*kept[:before], *common, *kept[before:]]
    return einsum(factors, ins, "".join(out), {})


def _aligned(common: Sequence[str], whole: Shape, part: Shape, letters: Any) -> list[str]:
    """The letters of an array that is broadcast against others; a stretched axis has its own."""
    own = common[len(common) - len(part) :]
    dims = whole[len(whole) - len(part) :]
    stretched = [dim != here for dim, here in zip(dims, part, strict=True)]
    return [next(letters) if alone else x for x, alone in zip(own, stretched, strict=True)]


arange = function(
    "arange(n)",
    lambda n: make(ARANGE, params=(n,)),
    "shaping",
    ARANGE,
    example="x*arange(3) at x=2",
)
onehot_of = function(
    "onehot(y, classes)",
    onehot,
    "shaping",
    ONEHOT,
    aliases=["one_hot"],
    backward={"y": "nothing: whole numbers only choose"},
    example="onehot(y, 3) at y=[0, 2]",
)
