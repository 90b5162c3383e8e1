"""Indices in expressions: entries, ranges with steps, lists and arrays of indices become graphs.

Must not know what stands before the bracket but its shape, nor the values of indices.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcli.calculus.core import ADD, COPY, EINSUM, INPUT, NUMBER, SIZE, SUB, dimension
from gradcli.errors import Span, wrong
from gradcli.graph.node import Node, make
from gradcli.graph.shape import Dim, Letters, add_dims, describe, multiply_dims
from gradcli.graph.space import Space
from gradcli.language.elaboration.indices import (
    check_place,
    check_range,
    check_step,
    not_neighbours,
    not_whole,
    outside,
    too_many,
)
from gradcli.language.elaboration.scope import nearest
from gradcli.language.elaboration.static import as_dim, static
from gradcli.language.elaboration.walk import Local, NeedsSize, Step, Walker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr
from gradcli.ops.selection import ARANGE, ONEHOT, taken
from gradcli.ops.shaping import CONCAT, INDEX, NEW, RESHAPE, STACK, concat, index, reshape, strided

Ends = tuple[Dim, Dim]
"""The smallest and the largest value of whole numbers."""


@dataclass(slots=True, eq=False, repr=False)
class Key:
    """What an index takes of each axis: a place or a range, a list of places, or an array of them.

    `new` is where new axes of 1 stand among the axes that stay, `positions` which items are places
    or arrays, `turned` are the axes that are taken from their end.
    """

    taken: list[Any] = field(default_factory=list)
    lists: dict[int, list[Dim]] = field(default_factory=dict)
    arrays: dict[int, Node] = field(default_factory=dict)
    new: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    turned: list[int] = field(default_factory=list)


class IndexVisitors:
    """How what stands in square brackets is read.

    `chosen` are arrays of indices about whose values nothing is declared, each with its place in
    the text and the axis that it chooses along: whoever knows the values has to look.
    """

    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.chosen: list[tuple[Span, Node, Dim]] = []

    def entries(self, expr: syntax.Index, node: Node, items: Sequence[Expr], local: Local) -> Step:
        """The entries of an array that the items name."""
        axes = len(items) - sum(map(is_new, items))
        if axes > len(node.shape):
            raise too_many(expr, describe(node.shape), len(node.shape), axes)
        key, dims = Key(), iter(node.shape)
        for position, item in enumerate(items):
            if is_new(item):
                key.new.append(position)
            else:
                yield from self._item(item, position, next(dims), key, local)
        # New axes stand where they would if every axis were taken whole.
        if key.new and (key.arrays or key.lists):
            text = expr.operand.span.text
            inner = ", ".join(item.span.text for item in items if not is_new(item))
            help = f"write  {text}[{inner}][:, None]"
            message = "a new axis comes after the entries are taken"
            raise wrong("G012", message, expr.span, help=help)
        return self._built(expr, node, items, key)

    def _item(
        self, item: Expr, position: int, dim: Dim, key: Key, local: Local
    ) -> Generator[tuple[Expr, Local], Any, None]:
        axis = len(key.taken)
        if isinstance(item, syntax.Slice):
            if (yield from self._turns_round(item, local)):
                key.turned.append(axis)
                key.taken.append((0, dim))
            else:
                key.taken.append((yield from self._range(item, dim, local)))
            return
        if isinstance(item, syntax.Array) and syntax.Array not in map(type, item.items):
            places: list[Dim | Node] = []
            for each in item.items:
                places.append((yield from self._place(each, dim, local)))
            known = [place for place in places if not isinstance(place, Node)]
            if len(known) == len(places):
                key.taken.append((0, dim))
                key.lists[axis] = known
                return
        place = yield from self._place(item, dim, local)
        key.positions.append(position)
        if isinstance(place, Node):
            key.taken.append((0, dim))
            key.arrays[axis] = place
        else:
            key.taken.append(place)

    def _turns_round(self, item: syntax.Slice, local: Local) -> Generator[Any, Any, bool]:
        """Whether it is `::-1`, all of an axis from its end."""
        if item.step is None or item.start is not None or item.stop is not None:
            return False
        return self.walker.dim(item.step, (yield item.step, local)) == -1

    def _range(self, item: syntax.Slice, dim: Dim, local: Local) -> Generator[Any, Any, Any]:
        start: Dim = 0
        stop, step = dim, 1
        if item.start is not None:
            start = yield from self._end(item.start, dim, local)
        if item.stop is not None:
            stop = yield from self._end(item.stop, dim, local)
        if item.step is not None:
            told = self.walker.dim(item.step, (yield item.step, local))
            step = check_step(item, told)
        if not self.walker.hollow:
            check_range(item, start, stop, dim)
        if step == 1:
            return (start, stop)
        if strided(start, stop, step) is None:
            length = add_dims(stop, multiply_dims(-1, start))
            assert isinstance(length, Letters)
            self.walker.needs |= {name for names, _ in length.terms for name in names}
            raise NeedsSize
        return (start, stop, step)

    def _end(self, expr: Expr, dim: Dim, local: Local) -> Generator[Any, Any, Dim]:
        """The bound of a range: only a written negative one counts from the end."""
        return _counted(expr, self.walker.dim(expr, (yield expr, local)), dim)

    def _place(self, expr: Expr, dim: Dim, local: Local) -> Generator[Any, Any, Dim | Node]:
        """An index that is known now, or a vertex of indices that lie within the axis."""
        self._require_a_meaning(expr, dim, local)
        node: Node = yield expr, local
        place = None if node.shape else as_dim(static(node))
        if place is not None:
            place = _counted(expr, place, dim)
            if not self.walker.hollow:
                check_place(expr, place, dim)
            return 0 if self.walker.hollow else place
        ends = self._ends(node)
        if ends is None:
            raise not_whole(expr, node, dim)
        if ends == (None, None):
            self.chosen.append((expr.span, node, dim))
        elif not _within(ends, dim):
            raise outside(expr, ends, dim)
        return node

    def _require_a_meaning(self, expr: Expr, dim: Dim, local: Local) -> None:
        """GradcliError for the free `i` of `dL/dx[i] = …`, which says "for every i" on paper."""
        scope = self.walker.scope
        if not isinstance(expr, syntax.Name) or scope.free or expr.name in scope.sizes_named:
            return
        if scope.introduced(expr, local) or nearest(expr.name, scope.candidates(local)):
            return
        help = f"for every {expr.name} write  for {expr.name} in 0..{add_dims(dim, -1)} {{ … }}"
        raise wrong("G005", f'unknown name "{expr.name}"', expr.span, help=help)

    def _ends(self, node: Node) -> Any:
        """Between which whole numbers the entries lie; None twice if nothing is known of them."""
        op = node.op
        if op in (NUMBER, SIZE):
            dim = as_dim(static(node))
            return None if dim is None else (dim, dim)
        if op is INPUT:
            sets: Mapping[str, Space] | None = self.walker.scope.sets
            return (None, None) if sets is None else _of_set(sets.get(node.params[0]))
        if op is ARANGE:
            return 0, add_dims(node.params[0], -1)
        if op in (INDEX, RESHAPE, COPY):
            return self._ends(node.args[0])
        if op is EINSUM and all(arg.op is ONEHOT for arg in node.args[1:]):
            # An entry that an index picks.
            return self._ends(node.args[0])
        if op in (STACK, CONCAT, ADD, SUB):
            return self._joined(node, [self._ends(arg) for arg in node.args])
        return None

    def _joined(self, node: Node, ends: Sequence[Any]) -> Any:
        if None in ends:
            return None
        if (None, None) in ends:
            return None, None
        if node.op in (ADD, SUB):
            (a, b), (c, d) = ends
            return (
                (add_dims(a, c), add_dims(b, d))
                if node.op is ADD
                else (add_dims(a, multiply_dims(-1, d)), add_dims(b, multiply_dims(-1, c)))
            )
        lows, highs = ({end[k] for end in ends} for k in (0, 1))
        if all(isinstance(x, int) for x in lows | highs):
            return min(lows), max(highs)
        return (*lows, *highs) if len(lows) == len(highs) == 1 else None

    def _built(self, expr: syntax.Index, node: Node, items: Sequence[Expr], key: Key) -> Node:
        spread = key.positions and key.positions[-1] - key.positions[0] >= len(key.positions)
        if key.arrays and spread and len(key.arrays) < len(key.positions):
            raise not_neighbours(expr)
        whole = all(part == (0, dim) for part, dim in zip(key.taken, node.shape, strict=False))
        found = node if whole else index(node, tuple(key.taken))
        kept = [axis for axis, part in enumerate(key.taken) if isinstance(part, tuple)]
        for axis, places in key.lists.items():
            at = kept.index(axis)
            before = tuple((0, dim) for dim in found.shape[:at])
            pieces = [index(found, (*before, (p, add_dims(p, 1)))) for p in places]
            found = concat(*pieces, axis=at)
        for axis in key.turned:
            dim, at = node.shape[axis], kept.index(axis)
            backwards = dimension(add_dims(dim, -1)) - make(ARANGE, params=(dim,))
            found = taken(found, [backwards if k == at else None for k in range(len(found.shape))])
        if key.arrays:
            rows: list[Node | None] = [key.arrays.get(axis) for axis in kept]
            found = taken(found, rows)
        return _stretched(found, items, key) if key.new else found


def _stretched(node: Node, items: Sequence[Expr], key: Key) -> Node:
    """With axes of 1 where the text has `None`."""
    if len(node.shape) == 1 and [*map(is_new, items)][:1] == [True] and len(key.new) == 1:
        return index(node, (NEW,))
    shape: list[Dim] = []
    dims, parts = iter(node.shape), iter(key.taken)
    for position in range(len(items)):
        if position in key.new:
            shape.append(1)
        elif isinstance(next(parts), tuple):
            shape.append(next(dims))
    return reshape(node, (*shape, *dims))


def is_new(item: Expr) -> bool:
    return isinstance(item, syntax.Name) and item.name == "None"


def _counted(expr: Expr, place: Dim, dim: Dim) -> Dim:
    written = isinstance(expr, syntax.Unary) and isinstance(expr.operand, syntax.Number)
    return add_dims(dim, place) if written and isinstance(place, int) and place < 0 else place


def _of_set(space: Space | None) -> Ends | None:
    """Between which whole numbers those of a set lie."""
    if space is None or space.kind != "power" or not space.scalars.whole:
        return None
    low, high = (
        None if end is None else as_dim(static(end))
        for end in (space.scalars.low, space.scalars.high)
    )
    return None if low is None or high is None else (low, high)


def _within(ends: Ends, dim: Dim) -> bool:
    """Whether they lie in an axis at all sizes."""
    low, high = ends
    above = add_dims(add_dims(dim, -1), multiply_dims(-1, high))
    return _never_negative(low) and _never_negative(above)


def _never_negative(dim: Dim) -> bool:
    if not isinstance(dim, Letters):
        return dim >= 0
    factors = dict(dim.terms)
    return all(f > 0 for names, f in factors.items() if names) and sum(factors.values()) >= 0
