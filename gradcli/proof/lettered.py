"""A stronger claim in the place of one at written sizes: that it holds whatever these sizes are.

Must not know how a claim is proved. At the written sizes the graph over letters is the graph as it
was, vertex by vertex, so that what holds at every size holds at these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gradcli.calculus.core import EINSUM, INPUT, NUMBER, dimension, rational, symbol
from gradcli.calculus.families import Linear
from gradcli.calculus.rebuild import rebuilt
from gradcli.claims import Pair
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import Dim, fixed, letter, sized
from gradcli.graph.space import Space
from gradcli.ops.abstract import MAP
from gradcli.ops.selection import ARANGE, ONEHOT
from gradcli.ops.shaping import INDEX, RESHAPE, SCATTER, reshape
from gradcli.proof.axes import at_sizes
from gradcli.trial.sample_space import Known, SampleSpace
from gradcli.trial.trials import within

SMALL = 4
"""Up to here a size is better taken as it is, and the same number is more often no size."""
SIZED = {EINSUM, INDEX, SCATTER, ARANGE, ONEHOT, MAP}
"""Ops whose parameters say sizes."""


class _NoInstance(Exception):
    """With letters it would be another graph."""


def lettered(pair: Pair, sample_space: SampleSpace) -> Iterator[tuple[Pair, SampleSpace]]:
    """The pair with letters for all large sizes that are written, and where it is tried.

    First with the letters for the same numbers elsewhere as well, which may be these sizes or not.
    None where something is measured or given, nor round a point, which has sizes.
    """
    letters = large_sizes(pair)
    if not letters or sample_space.given or sample_space.bound or sample_space.near:
        return
    every = [*sample_space.letters, *map(str, letters)]
    space = replace(sample_space, letters=every)
    if not _reached(pair, letters, space):
        return
    counts = any(rational(node) in letters for node in pair.order)
    for counting in (True, False) if counts else (False,):
        try:
            yield _with(letters, pair, space, counting)
        except (_NoInstance, ShapeError):
            continue


def _reached(pair: Pair, letters: Mapping[int, Dim], space: SampleSpace) -> bool:
    """Whether every entry that is picked is there at the largest sizes that will be tried."""
    tried = [*space.choices(), *space.further()]
    most = {x: max(sizes[x] for sizes in tried) for x in space.letters}
    for node in pair.order:
        if isinstance(node.op, Linear) and node.op.within:
            whole, key = (_in_letters(each, letters) for each in node.op.within(node))
            if not within(key, [sized(dim, most) for dim in whole], most):
                return False
    return True


def large_sizes(pair: Pair) -> dict[int, Dim]:
    """The sizes that are written and not small, each with a letter that bears its number."""
    if all(side.scalar for side in (*pair.sides, *pair.of)):
        return {}
    dims = {dim for node in pair.order for dim in node.shape if isinstance(dim, int)}
    return {dim: letter(str(dim)) for dim in sorted(dims) if dim > SMALL}


def _with(
    letters: Mapping[int, Dim], pair: Pair, sample_space: SampleSpace, counting: bool
) -> tuple[Pair, SampleSpace]:
    sizes = {str(dim): dim for dim in letters}
    spaces: dict[Node, Space] = {}
    done: dict[Node, Node] = {}

    def change(node: Node, args: list[Node]) -> Node:
        if node.op is INPUT:
            name, shape = node.params
            new, space = symbol(name, _in_letters(shape, letters)), sample_space.spaces[node]
            spaces[new] = replace(space, shape=new.shape)
        elif node.op is NUMBER:
            value = node.params[0]
            return dimension(letters[value]) if counting and value in letters else node
        elif node.op is RESHAPE:
            # As many entries at the written sizes alone are no graph at others.
            new = reshape(args[0], _in_letters(node.params[0], letters))
        else:
            params = _in_letters(node.params, letters) if node.op in SIZED else node.params
            new = make(node.op, *args, params=params)
        if node.op is SCATTER and make(INDEX, new, params=new.params[1:]).shape != args[0].shape:
            raise _NoInstance
        if fixed(new.shape, sizes) != node.shape or at_sizes(new.params, sizes) != node.params:
            raise _NoInstance
        return new

    rebuilt(pair.whole, change, done)
    left, right = (done[side] for side in pair.sides)
    if pair.left.shape == pair.right.shape and left.shape != right.shape:
        raise _NoInstance
    space = replace(sample_space, spaces=spaces, _trials={}, known=Known())
    return pair.turned(done), space


def _in_letters(item: Any, letters: Mapping[int, Dim]) -> Any:
    """Parameters or a shape with letters in the place of sizes."""
    if type(item) is int:
        return letters.get(item, item)
    if isinstance(item, tuple):
        return tuple(_in_letters(each, letters) for each in item)
    return item
