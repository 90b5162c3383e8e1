"""Arrays cut into blocks: an axis of `4*h` whose parts are sliced or joined is four axes of `h`.

Must not know what is shown of them. The blocks are inputs and entries under other names, so what
holds of all blocks of two sides holds of the sides, at every size of the letters. An axis of `2*h`
of which every second entry is taken is cut, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import pairwise, product
from typing import Any

from gradcli.calculus.core import (
    ADD,
    EINSUM,
    INPUT,
    MUL,
    add,
    einsum,
    full,
    is_zero,
    mul,
    symbol,
)
from gradcli.calculus.derivative import Derived
from gradcli.calculus.families import Einsum, Pointwise
from gradcli.calculus.rebuild import same
from gradcli.claims import Pair
from gradcli.graph.node import Node, Op, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Letters, Shape, add_dims, multiply_dims
from gradcli.graph.space import Space
from gradcli.ops.shaping import CONCAT, INDEX, NEW, RESHAPE, SCATTER, STACK, index, scatter, strided
from gradcli.proof.axes import NotSizeFree, flows
from gradcli.proof.needs import needless

MOST_BLOCKS = 64
Place = tuple[int, ...]
Part = tuple[Dim, Dim, Dim]
"""An axis, and where in it the entries of another one begin, and how many these are."""


def in_blocks(
    pair: Pair, spaces: Mapping[Node, Space]
) -> tuple[list[Pair], Mapping[Node, Space]] | None:
    """The pair block by block, and the sets of their inputs; None where nothing is cut."""
    cuts, steps = _cuts(pair.order), _steps(pair.order)
    if not cuts and not steps:
        return None
    if cuts.keys() & steps.keys():
        raise NotSizeFree
    blocks = Blocks(cuts, steps, spaces)
    for node in pair.whole:
        blocks.cut(node)
    derived = [
        Derived(of, by, node)
        for each in pair.derived
        for of, by, node in product(
            *(blocks.of[part].values() for part in (each.of, each.by, each.node))
        )
    ]
    left, right = (blocks.of[side] for side in pair.sides)
    if pair.left.shape and pair.right.shape and left.keys() != right.keys():
        raise NotSizeFree
    pairs = [
        Pair(_part(left, at), _part(right, at), pair.relation, derived)
        for at in max(left, right, key=len)
    ]
    lost = []
    for side, blocked in ((pair.left, "left"), (pair.right, "right")):
        there = {*topological([getattr(some, blocked) for some in pairs])}
        lost.append([n for n in topological([side]) if not there.issuperset(blocks.of[n].values())])
    if not needless(pair, *lost):
        raise NotSizeFree
    return pairs, blocks.spaces


def _part(blocks: Mapping[Place, Node], at: Place) -> Node:
    """The block at a place; a number beside an array is the same for all."""
    return blocks[at if at in blocks else ()]


# -- where axes are cut


def _cuts(order: Sequence[Node]) -> dict[Dim, list[Dim]]:
    """For every dimension that is cut where its blocks begin, and its end."""
    parts = [part for node in order for part in _parts(node)]
    cuts: dict[Dim, set[Dim]] = {whole: set() for whole, _, _ in parts if _is_lettered(whole)}
    grown = True
    while grown:
        grown = False
        for whole, start, count in parts:
            inner = {add_dims(start, cut) for cut in cuts.get(count, ())}
            outer = cuts.setdefault(whole, set())
            new = (inner | {start, add_dims(start, count)}) - {0, whole} - outer
            outer |= new
            back = {add_dims(cut, multiply_dims(-1, start)) for cut in outer}
            within = {cut for cut in back if _between(cut, count)} - cuts.get(count, set())
            if within:
                if not _is_lettered(count):
                    raise NotSizeFree
                cuts.setdefault(count, set()).update(within)
            grown |= bool(new or within)
            if len(outer) > MOST_BLOCKS:
                raise NotSizeFree
    return {dim: _ordered([0, *found, dim]) for dim, found in cuts.items() if found}


def _steps(order: Sequence[Node]) -> dict[Dim, int]:
    """For every dimension of which every so many entries are taken how many that is."""
    found: dict[Dim, int] = {}
    for node in order:
        for dim, item in _keyed(node):
            if _is_lettered(dim) and isinstance(item, tuple) and len(item) > 2:
                step = item[2]
                if found.setdefault(dim, step) != step or strided(0, dim, step) is None:
                    raise NotSizeFree
    return found


def _is_lettered(dim: Dim) -> bool:
    return isinstance(dim, Letters)


def _parts(node: Node) -> Iterator[Part]:
    """What a vertex takes out of an axis with letters, or puts into one."""
    if node.op is CONCAT:
        (axis,) = node.params
        start: Dim = 0
        for arg in node.args if _is_lettered(node.shape[axis]) else ():
            yield node.shape[axis], start, arg.shape[axis]
            start = add_dims(start, arg.shape[axis])
    for dim, item in _keyed(node):
        start, count = _taken(item)
        if _is_lettered(dim) and count != dim and not (isinstance(item, tuple) and len(item) > 2):
            yield dim, start, count


def _keyed(node: Node) -> Iterator[tuple[Dim, Any]]:
    """The axes that a key goes along, and what it takes of each."""
    if node.op in (INDEX, SCATTER):
        whole, key = (node.args[0].shape, *node.params) if node.op is INDEX else node.params
        yield from zip(whole, (item for item in key if item != NEW), strict=False)


def _taken(item: Any) -> tuple[Dim, Dim]:
    """Where the entries begin that a part of a key without a step takes, and how many they are."""
    if not isinstance(item, tuple):
        return item, 1
    return item[0], add_dims(item[1], multiply_dims(-1, item[0]))


def _between(cut: Dim, end: Dim) -> bool:
    """Whether it lies within an axis; NotSizeFree where that depends on the sizes."""
    if cut in (0, end):
        return False
    if _above(0, cut) or _above(cut, end):
        return False
    if _above(cut, 0) and _above(end, cut):
        return True
    raise NotSizeFree


def _above(dim: Dim, other: Dim) -> bool:
    """Whether one dimension is larger than another at all sizes."""
    more = add_dims(dim, multiply_dims(-1, other))
    factors = [factor for _, factor in more.terms] if isinstance(more, Letters) else [more]
    return all(factor > 0 for factor in factors)


def _ordered(cuts: Sequence[Dim]) -> list[Dim]:
    ranked = sorted(cuts, key=lambda cut: sum(_above(cut, other) for other in cuts))
    if not all(_above(b, a) for a, b in pairwise(ranked)):
        raise NotSizeFree
    return ranked


# -- what becomes of vertices


class Blocks:
    """The blocks of vertices by their place: how many there are before them along each axis."""

    def __init__(
        self,
        cuts: Mapping[Dim, Sequence[Dim]],
        steps: Mapping[Dim, int],
        spaces: Mapping[Node, Space],
    ) -> None:
        self.cuts, self.steps = cuts, steps
        self.spaces: dict[Node, Space] = dict(spaces)
        self.of: dict[Node, dict[Place, Node]] = {}

    def cut(self, node: Node) -> None:
        """Find the blocks of a vertex whose arguments have theirs."""
        if node in self.of:
            return
        cut = any(len(self._sizes(dim)) > 1 for n in (node, *node.args) for dim in n.shape)
        if isinstance(node.op, Einsum):
            cut |= any(
                len(self._sizes(d)) > 1 for d in node.op.dims(node.args, node.params).values()
            )
        if not cut:
            self.of[node] = {(0,) * len(node.shape): same(node, [*map(self._whole, node.args)])}
            return
        made = Blocks._entrywise if isinstance(node.op, Pointwise) else CUT.get(node.op)
        if made is None:
            raise NotSizeFree
        self.of[node] = {at: made(self, node, at) for at in self._places(node.shape)}

    def _whole(self, node: Node) -> Node:
        (block,) = self.of[node].values()
        return block

    def _sizes(self, dim: Dim) -> list[Dim]:
        """How long the blocks of an axis are."""
        if (step := self.steps.get(dim)) is not None:
            length = strided(0, dim, step)
            assert length is not None
            return [length] * step
        cuts = self.cuts.get(dim, (0, dim))
        return [add_dims(b, multiply_dims(-1, a)) for a, b in pairwise(cuts)]

    def _places(self, shape: Shape) -> Iterator[Place]:
        return product(*(range(len(self._sizes(dim))) for dim in shape))

    def _shape(self, shape: Shape, at: Place) -> Shape:
        return tuple(self._sizes(dim)[k] for dim, k in zip(shape, at, strict=True))

    def _begins(self, dim: Dim, start: Dim) -> int:
        """The number of the block that begins there."""
        cuts = self.cuts.get(dim, (0, dim))
        if start not in cuts:
            raise NotSizeFree
        return [*cuts].index(start)

    def _input(self, node: Node, at: Place) -> Node:
        name, shape = node.params
        space = self.spaces[node]
        if space.kind != "power":
            raise NotSizeFree
        new = symbol(f"{name} {at}", self._shape(shape, at))
        self.spaces[new] = Space(space.kind, new.shape, space.scalars)
        return new

    def _entrywise(self, node: Node, at: Place) -> Node:
        args = []
        for arg in node.args:
            blocks = self.of[arg]
            behind = at[len(at) - len(arg.shape) :]
            counts = map(len, map(self._sizes, arg.shape))
            args.append(
                blocks[tuple(k if n > 1 else 0 for k, n in zip(behind, counts, strict=True))]
            )
        made = SIMPLER.get(node.op)
        return made(*args) if made else make(node.op, *args, params=node.params)

    def _sum(self, node: Node, at: Place) -> Node:
        """The sum of the products of blocks, each over those of the letters that are summed."""
        assert isinstance(node.op, Einsum)
        ins, out, _ = node.params
        dims = node.op.dims(node.args, node.params)
        places: dict[str, int] = {}
        for x, k in zip(out, at, strict=True):
            if places.setdefault(x, k) != k:
                return full(0, self._shape(node.shape, at))
        summed = [x for x in dims if x not in out]
        terms = []
        for turn in product(*(range(len(self._sizes(dims[x]))) for x in summed)):
            here = {**places, **dict(zip(summed, turn, strict=True))}
            args = [
                self.of[arg][tuple(here[x] for x in names)]
                for arg, names in zip(node.args, ins, strict=True)
            ]
            if not any(map(is_zero, args)):
                sizes = {x: self._sizes(dim)[here[x]] for x, dim in dims.items()}
                terms.append(einsum(args, ins, out, sizes))
        return reduce(add, terms) if terms else full(0, self._shape(node.shape, at))

    def _joined(self, node: Node, at: Place) -> Node:
        (axis,) = node.params
        if len(self._sizes(node.shape[axis])) == 1:
            return make(CONCAT, *(self.of[arg][at] for arg in node.args), params=node.params)
        place = at[axis]
        for arg in node.args:
            count = len(self._sizes(arg.shape[axis]))
            if place < count:
                return self.of[arg][(*at[:axis], place, *at[axis + 1 :])]
            place -= count
        raise NotSizeFree

    def _stacked(self, node: Node, at: Place) -> Node:
        return make(STACK, *(self.of[arg][at[1:]] for arg in node.args))

    def _reshaped(self, node: Node, at: Place) -> Node:
        (arg,) = node.args
        place = [0] * len(arg.shape)
        for axis, goes in enumerate(flows(node)[0]):
            if goes is not None:
                place[axis] = at[goes]
        return make(RESHAPE, self.of[arg][tuple(place)], params=(self._shape(node.shape, at),))

    def _indexed(self, node: Node, at: Place) -> Node:
        (arg,) = node.args
        place: list[int] = []
        key: list[Any] = []
        axis = 0
        for item in node.params[0]:
            if item == NEW:
                key.append(NEW)
                axis += 1
                continue
            dim = arg.shape[len(place)]
            kept = isinstance(item, tuple)
            block, inner = self._within(dim, item, at[axis] if kept else 0)
            place.append(block)
            key.append(inner)
            axis += kept
        whole = self.of[arg][(*place, *at[axis:])]
        return whole if _keeps(key, whole.shape) else index(whole, tuple(key))

    def _scattered(self, node: Node, at: Place) -> Node:
        (arg,) = node.args
        shape, key = node.params
        place: list[int] = []
        keys: list[Any] = []
        axis = 0
        for item in key:
            if item == NEW:
                keys.append(NEW)
                place.append(0)
                continue
            dim, kept = shape[axis], isinstance(item, tuple)
            first, inner = self._within(dim, item, 0)
            count = len(self._sizes(arg.shape[len(place)])) if kept else 1
            if not first <= at[axis] < first + count:
                return full(0, self._shape(shape, at))
            if kept:
                place.append(at[axis] - first)
                _, inner = self._within(dim, item, at[axis] - first)
            keys.append(inner)
            axis += 1
        whole, own = self.of[arg][(*place, *at[axis:])], self._shape(shape, at)
        return whole if _keeps(keys, own) else scatter(whole, own, tuple(keys))

    def _within(self, dim: Dim, item: Any, turn: int) -> tuple[int, Any]:
        """Which block of an axis part of a key takes from, and what of it."""
        sizes = self._sizes(dim)
        if len(sizes) == 1:
            return 0, item
        if isinstance(item, tuple) and len(item) > 2:
            if not isinstance(item[0], int) or item != (item[0], dim, self.steps[dim]):
                raise NotSizeFree
            return item[0], (0, sizes[item[0]])
        start, count = _taken(item)
        if dim in self.steps and (start, count) != (0, dim):
            raise NotSizeFree
        block = self._begins(dim, start) + turn
        inner = self._sizes(count)
        if turn >= len(inner) or sizes[block] != inner[turn]:
            raise NotSizeFree
        return block, (0, sizes[block]) if isinstance(item, tuple) else 0


def _keeps(key: Sequence[Any], shape: Shape) -> bool:
    """Whether a key takes an array as it is."""
    return all(item == (0, dim) for item, dim in zip(key, shape, strict=False)) and len(key) <= len(
        shape
    )


SIMPLER: Mapping[Op, Callable[[Node, Node], Node]] = {ADD: add, MUL: mul}
"""What is simpler where a block is zero."""
CUT: Mapping[Op, Callable[[Blocks, Node, Place], Node]] = {
    INPUT: Blocks._input,
    EINSUM: Blocks._sum,
    CONCAT: Blocks._joined,
    STACK: Blocks._stacked,
    RESHAPE: Blocks._reshaped,
    INDEX: Blocks._indexed,
    SCATTER: Blocks._scattered,
}
