"""Which entries of a derivative may differ from zero, read off the graph, and how few sweeps do.

Must not know any value: an entry counts where some path leads from an input's entry to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.differentiate import NoRule, skips
from gradcli.calculus.families import Edged, Linear, Term
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import sizes_of

LIMIT = 4_000_000
"""Entries that are looked at one by one; a larger matrix is taken as dense."""


@dataclass(slots=True, eq=False)
class Pattern:
    """A matrix of this shape with its entries that may differ from zero, row by row."""

    shape: tuple[int, int]
    rows: Array
    columns: Array

    @property
    def zeros(self) -> int:
        """How many entries are zero because no path leads there."""
        return prod(self.shape) - len(self.rows)

    @property
    def name(self) -> str:
        """What such a matrix is called."""
        (height, width), below = self.shape, self.rows - self.columns
        if not len(self.rows):
            return "zero"
        if not self.zeros:
            return "dense"
        if height == width and not below.any():
            return "diagonal"
        if blocks := self._blocks():
            return f"block diagonal, {blocks} blocks"
        if height == width > 3 and np.abs(below).max() == 1:
            return "tridiagonal"
        if height == width and below.min() >= 0:
            return "lower triangular"
        if height == width and below.max() <= 0:
            return "upper triangular"
        return "sparse"

    def _blocks(self) -> int:
        """How many dense blocks of more than one entry stand along the diagonal, 0 if not so."""
        starts = np.flatnonzero(np.diff(self.rows, prepend=-1))
        if len(starts) != self.shape[0]:
            return 0
        first = self.columns[starts]
        last = np.append(self.columns[starts[1:] - 1], self.columns[-1])
        new = np.append(True, first[1:] > last[:-1])
        same = (first[1:] == first[:-1]) & (last[1:] == last[:-1])
        whole = len(self.rows) == int((last - first + 1).sum())
        joined = first[0] == 0 and last[-1] == self.shape[1] - 1
        adjacent = np.all(first[1:][new[1:]] == last[:-1][new[1:]] + 1)
        sound = whole and joined and adjacent and np.all(new[1:] | same)
        return int(new.sum()) if sound and new.sum() > 1 else 0

    def colours(self) -> Array:
        """A colour for every column, (columns,); columns of one colour never meet in a row.

        So one sweep gives all of a colour. Each column in turn takes the first colour that is free,
        as A. R. Curtis, M. J. D. Powell and J. K. Reid (1974, "On the estimation of sparse Jacobian
        matrices") group them.
        """
        if not self.zeros:
            return np.arange(self.shape[1])
        taken = [0] * self.shape[0]
        colours = np.zeros(self.shape[1], dtype=np.int64)
        order = np.argsort(self.columns, kind="stable")
        columns, rows = self.columns[order], self.rows[order]
        bounds = np.searchsorted(columns, np.arange(self.shape[1] + 1)).tolist()
        listed = rows.tolist()
        for column in range(self.shape[1]):
            met = listed[bounds[column] : bounds[column + 1]]
            used = 0
            for row in met:
                used |= taken[row]
            bit = ~used & (used + 1)
            colours[column] = bit.bit_length() - 1
            for row in met:
                taken[row] |= bit
        return colours


def dense(rows: int, columns: int) -> Pattern:
    """The pattern without zeros."""
    return Pattern(
        (rows, columns), np.repeat(np.arange(rows), columns), np.tile(np.arange(columns), rows)
    )


def pattern(output: Node, wrt: Sequence[Node]) -> Pattern | None:
    """The pattern of d output / d wrt, flattened; None where there is too much to look at.

    Every edge's own pattern is propagated from the inputs, with places as row * columns + column.
    """
    widths = [prod(sizes_of(node.shape)) for node in wrt]
    total, height = sum(widths), prod(sizes_of(output.shape))
    found: dict[Node, Array] = {}
    start = 0
    for node, width in zip(wrt, widths, strict=True):
        found[node] = np.arange(width) * total + np.arange(start, start + width)
        start += width
    for node in topological([output], lambda n: () if n in found else n.args):
        if node in found:
            continue
        parts = []
        for index, arg in enumerate(node.args):
            if arg in found and not skips(node, index):
                more = _along(node, index, found[arg], total)
                if more is None:
                    return None
                parts += more
        if parts:
            found[node] = parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))
    keys = np.sort(found.get(output, np.empty(0, dtype=np.int64)))
    return Pattern((height, total), keys // max(total, 1), keys % max(total, 1))


def _along(node: Node, index: int, keys: Array, total: int) -> list[Array] | None:
    """What one edge hands on, as row * total + column; None for too much."""
    if isinstance(node.op, Linear):
        height, columns = prod(sizes_of(node.shape)), np.unique(keys % total)
        if node.op.moves:
            return [_expanded(*_moves(node, index), keys, total)]
        if height * len(columns) > LIMIT:
            return None
        return [(np.arange(height)[:, None] * total + columns).reshape(-1)]
    if not isinstance(node.op, Edged):
        raise NoRule(f"{node.op.name} has no derivative rule for its argument {index + 1}")
    parts: list[Array] = []
    for term in node.op.edge(node, index):
        if not node.shape and not node.args[index].shape:
            return [keys]
        into, out, groups = _joined(node, index, term)
        rows = into[keys // total]
        kept = rows >= 0
        reduced = np.unique(rows[kept] * total + keys[kept] % total)
        counts = np.bincount(reduced // total, minlength=groups)
        if counts[out[1]].sum() > LIMIT:
            return None
        parts.append(_expanded(*out, reduced, total))
    return parts


def _expanded(places: Array, groups: Array, keys: Array, total: int) -> Array:
    """For each place the columns of its group: keys sorted by group."""
    keys = np.sort(keys)
    size = int(max(groups.max(initial=0), (keys // total).max(initial=0))) + 1
    counts = np.bincount(keys // total, minlength=size)
    starts = np.cumsum(counts) - counts
    each = counts[groups]
    first = np.cumsum(each) - each
    at = np.arange(int(each.sum())) + np.repeat(starts[groups] - first, each)
    return np.asarray(np.repeat(places, each) * total + keys[at] % total)


def _moves(node: Node, index: int) -> tuple[Array, Array]:
    """Where entries of one argument are moved to: places of the result, and their source."""
    shapes = [sizes_of(arg.shape) for arg in node.args]
    arrays = [
        (np.arange(1, prod(shape) + 1) if k == index else np.zeros(prod(shape)))
        .astype(np.float64)
        .reshape(1, *shape)
        for k, shape in enumerate(shapes)
    ]
    assert isinstance(node.op, Linear)
    moved = node.op.value(FLOAT64, *arrays, *node.params).reshape(-1).astype(np.int64)
    places = np.flatnonzero(moved)
    return places, moved[places] - 1


def _joined(node: Node, index: int, term: Term) -> tuple[Array, tuple[Array, Array], int]:
    """The group of each entry of the argument (-1 for none), the result's entries with theirs.

    Entries whose shared letters agree are in one group, and how many groups there are.
    """
    dims: dict[str, int] = dict(zip(term.into, sizes_of(node.args[index].shape), strict=True))
    dims |= dict(zip(term.out, sizes_of(node.shape), strict=True))
    shared = "".join(x for x in dict.fromkeys(term.out) if x in term.into)
    into = np.full(prod(sizes_of(node.args[index].shape)), -1)
    places, groups = _grid(term.into, shared, dims)
    into[places] = groups
    return into, _grid(term.out, shared, dims), prod(dims[x] for x in shared)


def _grid(letters: str, shared: str, dims: dict[str, int]) -> tuple[Array, Array]:
    """Flat index and group of every entry that the letters can name."""
    unique = "".join(dict.fromkeys(letters))
    shape = [dims[x] for x in unique]
    grid = np.indices(shape).reshape(len(unique), -1) if unique else np.zeros((0, 1), np.int64)
    axis = dict(zip(unique, grid, strict=True))

    def flat(names: str) -> Array:
        index = np.zeros(grid.shape[1], dtype=np.int64)
        for x in names:
            index = index * dims[x] + axis[x]
        return index

    return flat(letters), flat(shared)
