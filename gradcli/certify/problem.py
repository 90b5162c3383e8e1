"""One question: an output, the vertices to differentiate by, and a point; and its three graphs.

Must not know how results are certified or compared: it builds derivative graphs and evaluates them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from math import prod
from typing import TypeAlias

import numpy as np

from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.data import Value, numbers
from gradcli.arithmetic.evaluate import Computation, evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.jet import Jet
from gradcli.arithmetic.measure import integer
from gradcli.arithmetic.small_array import array_of, broadcast_to, concatenate, filled
from gradcli.calculus.core import WHERE, full, number, symbol
from gradcli.calculus.derivative import derivative
from gradcli.calculus.differentiate import present, pull, push
from gradcli.calculus.families import Differentiable
from gradcli.certify.curves import Curve
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape, sized, sizes_of
from gradcli.ops.shaping import concat, reshape

Bends: TypeAlias = tuple[int, Array]


class Setting:
    """An output, the vertices it may move with, and a point; `sizes` for dimension letters.

    `curve` is the output as it is followed along paths.
    """

    def __init__(
        self, output: Node, wrt: Sequence[Node], sizes: Mapping[str, int] | None = None
    ) -> None:
        self.output = output
        self.wrt = list(wrt)
        self.sizes = dict(sizes or {})
        self.shape = self.plain(output.shape)
        self.shapes = [self.plain(node.shape) for node in self.wrt]
        self.rows = prod(self.shape)
        self.widths = [prod(shape) for shape in self.shapes]
        self.columns = sum(self.widths)
        self.curve = Curve(output)
        self.computations: dict[tuple[Node, ...], Computation] = {}

    def plain(self, shape: Shape) -> tuple[int, ...]:
        """A shape at the sizes of this setting."""
        return tuple(sized(dim, self.sizes) for dim in shape)

    def point(self, m: Arithmetic) -> dict[Node, Array]:
        """The inputs' values in an arithmetic, a batch of one."""
        raise NotImplementedError

    def run(
        self,
        nodes: Sequence[Node],
        m: Arithmetic,
        values: Mapping[Node, Array],
        keep: bool = False,
    ) -> list[Array]:
        """The values of some vertices."""
        return self.computation(nodes, values.keys()).run(m, values, self.sizes, keep)

    def computation(self, nodes: Sequence[Node], given: AbstractSet[Node]) -> Computation:
        """How some vertices are computed from others, kept for the next time."""
        known = self.computations.get(key := tuple(nodes))
        if known is None or known.given != given:
            known = self.computations[key] = Computation(nodes, frozenset(given))
        return known

    def spread(self, flat: Array) -> Array:
        """Steps (batch, columns) as moves of every entry of `wrt`: (batch, entries)."""
        return flat

    def split(self, flat: Array) -> list[Array]:
        """Steps (batch, columns) as one array (batch, *shape) for every `wrt`."""
        parts, start, flat = [], 0, self.spread(flat)
        for shape, width in zip(self.shapes, self.widths, strict=True):
            part = flat if width == flat.shape[1] else flat[:, start : start + width]
            parts.append(part.reshape(flat.shape[0], *shape))
            start += width
        return parts

    def moved(self, point: dict[Node, Array], steps: Array) -> dict[Node, Array]:
        """The point with `wrt` moved by each of the steps (batch, columns)."""
        base = self.base(point)
        return point | {
            node: value + step
            for node, value, step in zip(self.wrt, base, self.split(steps), strict=True)
        }

    def base(self, point: dict[Node, Array]) -> list[Array]:
        """The values of `wrt` at the point."""
        inner = [node for node in self.wrt if node not in point]
        found = dict(zip(inner, self.run(inner, BALL, point), strict=True)) if inner else {}
        return [point[node] if node in point else found[node] for node in self.wrt]

    def along(
        self, point: dict[Node, Array], directions: Array, root: int = 1, bends: Bends | None = None
    ) -> dict[Node, Array]:
        """The point as series: `wrt` moving along each of the directions by t^root, t > 0.

        What `bends` says is added: a power of t^root, and by how much of it each path moves.
        """
        lifted: dict[Node, Array] = {node: _jets(value) for node, value in point.items()}
        power, turns = (1, directions) if bends is None else bends
        for node, value, step, turn in zip(
            self.wrt, self.base(point), self.split(directions), self.split(turns), strict=True
        ):
            start = broadcast_to(value, step.shape)
            gap, rest = [integer(0)] * (root - 1), [integer(0)] * ((power - 1) * root - 1)
            jets = [
                Jet.of([a, *gap, d] if bends is None else [a, *gap, d, *rest, b])
                for a, d, b in zip(start.flat, step.flat, turn.flat, strict=True)
            ]
            lifted[node] = array_of(jets, step.shape)
        return lifted

    def entry(self, column: int) -> str:
        """What an entry of `wrt` is called."""
        for node, shape, width in zip(self.wrt, self.shapes, self.widths, strict=True):
            if column < width:
                name = node.name or (str(node.params[0]) if node.params else node.op.title)
                place = np.unravel_index(column, shape) if shape else ()
                return f"{name}[{', '.join(map(str, place))}]" if place else name
            column -= width
        raise IndexError(column)

    @property
    def alone(self) -> Node | None:
        """The number that moves, if it is the only one."""
        return self.wrt[0] if self.shapes == [()] else None

    def moving(self) -> PartialSetting | None:
        """The entries that take part, where the columns are directions and not entries."""
        return None

    def units(self) -> Array:
        """Every unit direction, exact: (columns, columns)."""
        return units(self.columns, BALL)


class PartialSetting(Setting):
    """A setting of which some entries alone move."""

    def __init__(self, whole: Setting, kept: Sequence[int]) -> None:
        super().__init__(whole.output, whole.wrt, whole.sizes)
        self.curve, self.computations, self.entries = whole.curve, whole.computations, self.columns
        self.kept: list[int] = (
            [whole.kept[k] for k in kept] if isinstance(whole, PartialSetting) else list(kept)
        )
        self.columns = len(self.kept)

    def spread(self, flat: Array) -> Array:
        """Steps of the kept entries as steps of all, zero elsewhere."""
        out = filled(integer(0), (len(flat), self.entries))
        out[:, self.kept] = flat
        return out

    def entry(self, column: int) -> str:
        """The name of a kept entry."""
        return super().entry(self.kept[column])


class Problem(Setting):
    """d output / d wrt at a point, by reverse mode; every size is a number here.

    `reverse` are the adjoint graphs, seeded by `cotangent` where the output is not a scalar;
    `forward` is the tangent graph of the output, seeded by `tangents`. `way` is the mode that
    solves it, `other` the one that is held against it along probes, each of `probe_width`.
    """

    way, other = "reverse mode", "forward mode"

    def __init__(self, output: Node, wrt: Sequence[Node], values: Mapping[Node, Value]) -> None:
        super().__init__(output, wrt)
        self.values = dict(values)
        self.cotangent = symbol("(cotangent)", output.shape) if output.shape else number(1)
        self.reverse = present(pull({output: self.cotangent}, self.wrt), self.wrt)
        self.tangents = [symbol(f"(tangent {k})", w.shape) for k, w in enumerate(self.wrt)]
        given = {*self.values, self.cotangent} if output.shape else {*self.values}
        self.value = self.computation([output], {*self.values})
        self.value_cost = self.value.operations()
        backward = self.computation([output, *self.reverse], given)
        self.reverse_cost = self.cost = backward.operations() * self.rows

    def point(self, m: Arithmetic) -> dict[Node, Array]:
        """The inputs' values in an arithmetic, a batch of one."""
        closed = [value for value in self.values.values() if isinstance(value, Node)]
        known = dict(zip(closed, evaluate(closed, m, {}), strict=True))
        return {
            node: known[value] if isinstance(value, Node) else numbers(value, m)
            for node, value in self.values.items()
        }

    @cached_property
    def switching(self) -> bool:
        """Whether some vertex of the output chooses a branch, or is not smooth somewhere."""
        return any(
            node.op is WHERE or node.op.switches(node)
            for node in self.value.order
            if isinstance(node.op, Differentiable)
        )

    @cached_property
    def forward(self) -> Node:
        """The tangent graph of the output, made where somebody asks for it."""
        pushed = push([self.output], dict(zip(self.wrt, self.tangents, strict=True)))[0]
        return full(0, self.output.shape) if pushed is None else pushed

    @property
    def probe_width(self) -> int:
        """A tangent has an entry for each column."""
        return self.columns

    def solve(self, m: Arithmetic, point: dict[Node, Array]) -> tuple[Array, Array]:
        """The value and the derivative (rows, columns), by the mode that is cheaper here."""
        value, gradients = self.by_reverse(m, point)
        return value, self.flat(gradients)

    def probe(self, m: Arithmetic, point: dict[Node, Array], probes: Array) -> Array:
        """What the other mode says along each of the probes: (probes, what is left)."""
        return self.by_forward(m, point, probes).reshape(len(probes), self.rows)

    def probed(self, matrix: Array) -> Array:
        """The derivative as a matrix that probes multiply: (probe_width, what is left)."""
        return matrix.T

    def graph(self) -> tuple[Node, dict[Node, Array]]:
        """The derivative (rows, columns) as one graph, and the inputs that only it has."""
        parts = [
            reshape(derivative(self.output, node, []), (self.rows, width))
            for node, width in zip(self.wrt, self.widths, strict=True)
        ]
        return parts[0] if len(parts) == 1 else concat(*parts, axis=1), {}

    def by_reverse(self, m: Arithmetic, point: dict[Node, Array]) -> tuple[Array, list[Array]]:
        """The value, and each gradient as output.shape + shape; one sweep for each output entry."""
        seeded = dict(point)
        if self.output.shape:
            seeded[self.cotangent] = units(self.rows, m).reshape(self.rows, *self.output.shape)
        value, *gradients = self.run([self.output, *self.reverse], m, seeded)
        shaped = [
            broadcast_to(g, (self.rows, *sizes_of(w.shape))).reshape(
                sizes_of(self.output.shape + w.shape)
            )
            for g, w in zip(gradients, self.wrt, strict=True)
        ]
        return value[0, ...], shaped

    def by_forward(self, m: Arithmetic, point: dict[Node, Array], directions: Array) -> Array:
        """The directional derivatives (directions, *output.shape): one sweep, batched."""
        seeded = point | dict(zip(self.tangents, self.split(directions), strict=True))
        pushed = self.run([self.forward], m, seeded)[0]
        return broadcast_to(pushed, (len(directions), *sizes_of(self.output.shape)))

    def float_base(self, point: dict[Node, Array]) -> list[Array]:
        """The values of `wrt` at a point in doubles."""
        return self.run(self.wrt, FLOAT64, point)

    def flat(self, gradients: Sequence[Array]) -> Array:
        """Gradients side by side: (rows, columns)."""
        if not gradients:
            return array_of([], (self.rows, 0))
        columns = [
            g.reshape(self.rows, width).T for g, width in zip(gradients, self.widths, strict=True)
        ]
        return concatenate(columns).T


def units(n: int, m: Arithmetic) -> Array:
    """The unit directions, exact in balls."""
    if m is not BALL:
        return np.eye(n)
    zero, one = (m.number(k)[0] for k in (0, 1))
    return array_of((one if i == j else zero for i in range(n) for j in range(n)), (n, n))


def integers(value: Array) -> Array:
    """Whole numbers as exact ones."""
    known = {k: integer(k) for k in np.unique(value).tolist()}
    return array_of((known[k] for k in value.ravel().tolist()), value.shape)


def _jets(value: Array) -> Array:
    return array_of((Jet.of([x]) for x in value.flat), value.shape)
