"""Axes of dimension letters: whether an op sees one entry by entry, and where its axes go.

Must not know sums with weights, nor what is to be shown. What is not said here of an op is that it
may do anything along its axes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gradcli.calculus.core import EINSUM, SIZE
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node, Op
from gradcli.graph.shape import Dim, Letters, Shape, fixed
from gradcli.ops.shaping import CONCAT, INDEX, NEW, RESHAPE, SCATTER, STACK

Flow = list[int | None]
"""For each axis of an argument the axis of the result that it is, None for one that is none."""


class NotSizeFree(Exception):
    """A position along a lettered axis may matter, or how many sums there are has no bound."""


def letter_of(dim: Dim) -> str | None:
    """The letter that a dimension is; None for a number, Outside for `n + 1` or `m*n`."""
    if not isinstance(dim, Letters):
        return None
    ((names, factor),) = dim.terms if len(dim.terms) == 1 else [((), 0)]
    if factor != 1 or len(names) != 1:
        raise NotSizeFree
    return names[0]


def letters_in(item: Any) -> set[str]:
    """Every dimension letter within parameters or a shape."""
    if isinstance(item, Letters):
        return {name for names, _ in item.terms for name in names}
    if isinstance(item, tuple):
        return set().union(*map(letters_in, item))
    return set()


def at_sizes(item: Any, sizes: Mapping[str, int]) -> Any:
    """Parameters or a shape with the letters that have a size as numbers."""
    if isinstance(item, Letters):
        return fixed((item,), sizes)[0]
    if isinstance(item, tuple):
        new = tuple(at_sizes(each, sizes) for each in item)
        return item if all(a is b for a, b in zip(new, item, strict=True)) else new
    return item


def flows(node: Node) -> list[Flow]:
    """Where the axes of each argument go: Outside unless lettered ones are only carried along."""
    if isinstance(node.op, Pointwise) and not letters_in(node.params):
        return [
            [len(node.shape) - len(arg.shape) + k for k in range(len(arg.shape))]
            for arg in node.args
        ]
    if (carried := CARRIED.get(node.op)) is not None:
        return carried(node)
    if letters_in((node.params, node.shape, *(arg.shape for arg in node.args))):
        raise NotSizeFree
    return [[None] * len(arg.shape) for arg in node.args]


def _indexed(node: Node) -> list[Flow]:
    return [_taken(node.args[0].shape, node.params[0])]


def _scattered(node: Node) -> list[Flow]:
    shape, key = node.params
    back = _taken(shape, key)
    return [[back.index(k) if k in back else None for k in range(len(node.args[0].shape))]]


def _taken(shape: Shape, key: tuple[Any, ...]) -> Flow:
    """Where an index takes the axes of an array."""
    flow: Flow = []
    place = 0
    for item in key:
        if item == NEW:
            place += 1
            continue
        dim = shape[len(flow)]
        kept = isinstance(item, tuple)
        if letters_in((dim, item)) and item != (0, dim):
            raise NotSizeFree
        flow.append(place if kept else None)
        place += kept
    return [*flow, *(place + k for k in range(len(shape) - len(flow)))]


def _reshaped(node: Node) -> list[Flow]:
    """Lettered axes stay in their order, and what lies between them keeps its size."""
    before, after = _parted(node.args[0].shape), _parted(node.shape)
    if [part[0] for part in before] != [part[0] for part in after]:
        raise NotSizeFree
    flow: Flow = [None] * len(node.args[0].shape)
    for (_, k), (_, j) in zip(before, after, strict=True):
        if k is not None:
            flow[k] = j
    return [flow]


def _parted(shape: Shape) -> list[tuple[Dim, int | None]]:
    """Lettered dimensions with their axes, and the numbers of entries between them."""
    parts: list[tuple[Dim, int | None]] = []
    entries = 1
    for axis, dim in enumerate(shape):
        if isinstance(dim, Letters):
            parts += [(entries, None), (dim, axis)]
            entries = 1
        else:
            entries *= dim
    return [*parts, (entries, None)]


def _joined(node: Node) -> list[Flow]:
    if any(letters_in((arg.shape[node.params[0]],)) for arg in node.args):
        raise NotSizeFree
    return [[*range(len(arg.shape))] for arg in node.args]


def _stacked(node: Node) -> list[Flow]:
    return [[k + 1 for k in range(len(arg.shape))] for arg in node.args]


CARRIED: Mapping[Op, Callable[[Node], list[Flow]]] = {
    SIZE: lambda node: [],
    INDEX: _indexed,
    SCATTER: _scattered,
    RESHAPE: _reshaped,
    CONCAT: _joined,
    STACK: _stacked,
}
"""Ops that are not entry by entry and still leave a lettered axis as it is."""


def knowing(node: Node, known: Mapping[Node, list[bool]]) -> list[bool]:
    """Which axes stand in an identity: whether two of their indices are the same matters."""
    if node.op is EINSUM:
        ins, out, _ = node.params
        dims = node.op.dims(node.args, node.params)
        marked = {x for x in out if out.count(x) > 1 and isinstance(dims[x], Letters)}
        for arg, names in zip(node.args, ins, strict=True):
            marked |= {x for x, told in zip(names, known[arg], strict=True) if told}
        return [x in marked for x in out]
    told = [False] * len(node.shape)
    if any(any(known[arg]) for arg in node.args):
        for arg, flow in zip(node.args, flows(node), strict=True):
            for axis, goes in enumerate(flow):
                if goes is not None and known[arg][axis]:
                    told[goes] = True
    return told
