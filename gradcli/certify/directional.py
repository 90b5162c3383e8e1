"""A derivative along chosen directions, all of them in one forward sweep.

Must not know why these directions: one of them is a product, few that do not meet a whole matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.data import Value, numbers
from gradcli.arithmetic.evaluate import evaluate, operations
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import full, identity, symbol
from gradcli.calculus.differentiate import push
from gradcli.certify.problem import PartialSetting, Problem, units
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape, sizes_of
from gradcli.ops.shaping import reshape


class Directional(Problem):
    """The derivative of the output by `count` numbers t, with which `wrt` moves along directions.

    `directions` holds one array of shape + (count,) for each of `wrt`; None stands for the unit
    directions of every entry.
    """

    way, other = "forward mode", "reverse mode"

    def __init__(
        self,
        output: Node,
        wrt: Sequence[Node],
        values: Mapping[Node, Value],
        directions: Sequence[Value] | None = None,
    ) -> None:
        super().__init__(output, wrt, values)
        self.directions = directions
        self.entries = self.columns
        if directions is not None:
            (self.columns,) = {sizes_of(value.shape)[-1] for value in directions}
        # One input's unit directions are an identity that the graph need not multiply by; a lone
        # direction needs no axis.
        self.seeds: list[Node] = []
        extra: Shape = () if self.columns == 1 else (self.columns,)
        seeds = [symbol(f"(along {k})", w.shape + extra) for k, w in enumerate(self.wrt)]
        tangents = dict(zip(self.wrt, seeds, strict=True))
        if directions is None and len(self.wrt) == 1 and self.shapes[0]:
            extra, tangents = self.shapes[0], {self.wrt[0]: identity(self.shapes[0])}
        else:
            self.seeds = seeds
        pushed = push([output], tangents, extra)[0]
        self.sweep = full(0, output.shape + extra) if pushed is None else pushed
        self.cost = operations([output, self.sweep])

    @property
    def probe_width(self) -> int:
        """A cotangent has an entry for each of the output."""
        return self.rows

    def matrix(self, m: Arithmetic) -> Array | None:
        """The directions (entries, count), None for the unit ones."""
        if self.directions is None:
            return None
        found = [
            evaluate([d], m, {})[0] if isinstance(d, Node) else numbers(d, m)
            for d in self.directions
        ]
        return np.concatenate([part.reshape(-1, self.columns) for part in found])

    def spread(self, flat: Array) -> Array:
        """Steps along the directions (…, count) as steps of all entries (…, entries)."""
        m = BALL if flat.dtype == object else FLOAT64
        directions = self.matrix(m)
        return flat if directions is None else np.matmul(flat, directions.T)

    @property
    def alone(self) -> Node | None:
        """The number that moves, if it is the only one, and every direction moves it."""
        directions = self.matrix(BALL)
        rests = directions is not None and not all(x != 0 for x in directions.flat)
        return None if rests else super().alone

    def moving(self) -> PartialSetting | None:
        """The entries that any direction moves; None where the directions are the entries."""
        directions = self.matrix(BALL)
        if directions is None:
            return None
        return PartialSetting(
            self, [k for k, row in enumerate(directions) if any(x != 0 for x in row)]
        )

    def seeded(self, m: Arithmetic, point: dict[Node, Array]) -> dict[Node, Array]:
        """The point with the directions of one sweep."""
        found = dict(point)
        if not self.seeds:
            return found
        directions, start = self.matrix(m), 0
        if directions is None:
            directions = units(self.entries, m)
        for seed, width in zip(self.seeds, self.widths, strict=True):
            part = directions[start : start + width]
            found[seed] = part.reshape(1, *sizes_of(seed.shape))
            start += width
        return found

    def solve(self, m: Arithmetic, point: dict[Node, Array]) -> tuple[Array, Array]:
        """The value and the slopes (rows, count), by one forward sweep."""
        value, swept = self.run([self.output, self.sweep], m, self.seeded(m, point))
        whole = np.broadcast_to(swept, (1, *sizes_of(self.sweep.shape)))
        return value[0, ...], whole.reshape(self.rows, self.columns)

    def graph(self) -> tuple[Node, dict[Node, Array]]:
        """The slopes (rows, count) as one graph, and the directions that are its inputs."""
        return reshape(self.sweep, (self.rows, self.columns)), self.seeded(BALL, {})

    def probe(self, m: Arithmetic, point: dict[Node, Array], probes: Array) -> Array:
        """What reverse mode says for each cotangent (probes, rows): (probes, count)."""
        flat = self.pulled(m, point, probes)
        directions = self.matrix(m)
        return flat if directions is None else np.matmul(flat, directions)

    def pulled(self, m: Arithmetic, point: dict[Node, Array], probes: Array) -> Array:
        """Each cotangent of the output times the Jacobian by every entry: (probes, entries)."""
        seeded = dict(point)
        if self.shape:
            seeded[self.cotangent] = probes.reshape(len(probes), *self.shape)
        count = len(probes) if self.shape else 1
        pulled = [
            np.broadcast_to(g, (count, *shape)).reshape(count, width)
            for g, shape, width in zip(
                self.run(self.reverse, m, seeded), self.shapes, self.widths, strict=True
            )
        ]
        flat: Array = np.concatenate(pulled, axis=1)
        return flat if self.shape else probes * flat

    def probed(self, matrix: Array) -> Array:
        """The slopes as they are: cotangents multiply rows."""
        return matrix
