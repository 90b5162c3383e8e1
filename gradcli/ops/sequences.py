"""Functions of entries in their order: running sums and products, triangles, shifts, sorting.

Must not know how a number system compares numbers; an axis is an axis.
"""

from __future__ import annotations

from string import ascii_letters
from typing import Any

from gradcli.calculus.core import ROUTER, einsum, full
from gradcli.calculus.families import Linear, Tensor, Term
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import Shape, add_dims, describe
from gradcli.ops.piecewise import TIES
from gradcli.ops.reductions import PROD, SHARE, axis_of
from gradcli.ops.registry import Function, function
from gradcli.ops.shaping import concat, index

SECTION = "sequences"
Axis = int | None


def _along(x: Node, axis: Axis) -> int:
    """The axis, which a vector need not name; ShapeError for anything else without one."""
    if axis is None and len(x.shape) != 1:
        need = "needs axis=, for it can be read along each axis" if x.shape else "has no order"
        raise ShapeError(f"{describe(x.shape)} {need}")
    return axis_of(x, 0 if axis is None else axis)


def _call(name: str) -> Any:
    """How a call along an axis is written, which a vector need not name."""
    return lambda z: f"{name}(#1)" if len(z.shape) == 1 else f"{name}(#1, axis={z.params[0]})"


def _sums_behind(z: Node, u: Node) -> Node:
    """The sums from each entry to the last: all that there is, without what lies before."""
    axis: int = z.params[0]
    letters = ascii_letters[: len(u.shape)]
    rest = letters[:axis] + letters[axis + 1 :]
    total = einsum((u,), (letters,), rest, {})
    spread = einsum((total,), (rest,), letters, {letters[axis]: u.shape[axis]})
    return spread - make(CUMSUM, u, params=z.params) + u


CUMSUM: Linear = Linear(
    "cumsum",
    lambda m, x, axis: x.cumsum(axis=axis + 1),
    lambda x, axis: x,
    lambda z, i, t, extra: make(CUMSUM, t, params=z.params),
    lambda z, i, u, extra: _sums_behind(z, u),
    notation=_call("cumsum"),
)


def cumsum(x: Node, axis: Axis = None) -> Node:
    """The sums up to each entry along an axis, shaped like x."""
    return make(CUMSUM, x, params=(_along(x, axis),))


# -- triangles


def _matrices(x: Shape, *_: int) -> Shape:
    if len(x) < 2:
        raise ShapeError(f"{describe(x)} has no triangles: tril and triu take matrices")
    return x


def _masked(z: Node, t: Node, extra: Shape) -> Node:
    """The same triangle of every column of a tangent."""
    if not extra:
        return make(TRIL, t, params=z.params)
    letters = ascii_letters[: len(t.shape)]
    last = len(z.shape)
    mask = make(TRIL, full(1, z.shape[-2:]), params=z.params)
    return einsum((mask, t), (letters[last - 2 : last], letters), letters, {})


TRIL: Linear = Linear(
    "tril",
    lambda m, x, k: m.tril(x, k),
    _matrices,
    lambda z, i, t, extra: _masked(z, t, extra),
    lambda z, i, u, extra: _masked(z, u, extra),
    notation=lambda z: f"tril(#1, {z.params[0]})" if z.params[0] else "tril(#1)",
)


def tril(A: Node, k: int = 0) -> Node:
    """A with zeros above its k-th diagonal, of matrices along the last two axes."""
    return make(TRIL, A, params=(k,))


def triu(A: Node, k: int = 0) -> Node:
    """A with zeros below its k-th diagonal."""
    return A - tril(A, k - 1)


def cumprod(x: Node, axis: Axis = None) -> Node:
    """The products up to each entry along an axis: right at zeros, too, to any order."""
    at = _along(x, axis)
    letters = ascii_letters[: len(x.shape)]
    ends, others = "Z", letters[:at] + letters[at + 1 :]
    mask = tril(full(1, (x.shape[at], x.shape[at])))
    out = others + ends + letters[at]
    shown = einsum((x, mask), (letters, ends + letters[at]), out, {})
    products = make(PROD, shown - mask + 1, params=(0,))
    found = letters[:at] + ends + letters[at + 1 :]
    return products if found == out[:-1] else einsum((products,), (out[:-1],), found, {})


def roll(x: Node, shift: int, axis: Axis = None) -> Node:
    """The entries moved on by so many places along an axis, the last ones to the front."""
    at = _along(x, axis)
    n = x.shape[at]
    shift = shift % n if isinstance(n, int) else shift
    if not shift:
        return x
    cut = add_dims(n, -shift) if shift > 0 else -shift
    before = tuple((0, dim) for dim in x.shape[:at])
    return concat(index(x, (*before, (cut, n))), index(x, (*before, (0, cut))), axis=at)


# -- sorting: the entries of the last axis


def _sort_terms(z: Node, x: Node) -> list[list[Term]]:
    """Each entry of the result is one of x: where there are ties they share it."""
    lead = ascii_letters[: len(x.shape) - 1]
    spread = einsum((x,), (lead + "Z",), lead + "YZ", {"Y": x.shape[-1]})
    return [[Term(((make(SHARE, spread, z), lead + "YZ"),), lead + "Y", lead + "Z")]]


GAPS = Tensor("gaps", lambda m, x: m.gaps(x), lambda x: x, lambda *_: [[]])
"""How far each entry of a sorted axis is from the next; 1 for the last."""
SORT: Tensor = Tensor(
    "sort",
    lambda m, x: m.sort(x),
    lambda x: x,
    _sort_terms,
    switches=lambda x: [make(GAPS, make(SORT, x))],
    at_rest="both",
    paired=True,
    gate=ROUTER,
    convention=TIES,
    says="sort hands on to where each entry came from",
    notation=lambda z: "sort(#1)" if len(z.shape) == 1 else f"sort(#1, axis={len(z.shape) - 1})",
)


def sort(x: Node, axis: Axis = None) -> Node:
    """The entries from the smallest to the largest along an axis."""
    at = _along(x, axis)
    letters = ascii_letters[: len(x.shape)]
    moved = letters[:at] + letters[at + 1 :] + letters[at]
    if moved == letters:
        return make(SORT, x)
    found = make(SORT, einsum((x,), (letters,), moved, {}))
    return einsum((found,), (moved,), letters, {})


cumsum_of: Function = function(
    "cumsum(x, axis=None)",
    cumsum,
    SECTION,
    CUMSUM,
    linear=True,
    confused_with="cumprod",
    example="sum(cumsum(x)^2) at x=[1, 2, 3]",
)
cumprod_of = function(
    "cumprod(x, axis=None)", cumprod, SECTION, example="sum(cumprod(x)) at x=[1, 2, 3]"
)
tril_of = function(
    "tril(A, k=0)", tril, SECTION, TRIL, static=["k"], linear=True, confused_with="triu"
)
triu_of = function("triu(A, k=0)", triu, SECTION, static=["k"], linear=True)
roll_of = function(
    "roll(x, shift, axis=None)",
    roll,
    SECTION,
    static=["shift"],
    linear=True,
    backward={"x": "roll(δ, -shift, axis): rolled back"},
    example="sum(x*roll(x, 1)) at x=[1, 2, 3]",
)
sort_of = function(
    "sort(x, axis=None)", sort, SECTION, SORT, example="sum(sort(x)*[1, 2, 3]) at x=[3, 1, 2]"
)
