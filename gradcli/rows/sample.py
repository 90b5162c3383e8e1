"""Rows in balls: how many digits float64 gets right of what they add, and what that says of sums.

Must not know files. Of a row every digit is certified; of the sums it is an estimate, which takes
all rows to be computed as well as those of the sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import BALL, finite, precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import correct_digits, nearest
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import around, off
from gradcli.calculus.families import Differentiable
from gradcli.certify.certify import FIRST_BITS, LAST_BITS
from gradcli.errors import Diagnostic
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.rows.pieces import DrawnRows
from gradcli.rows.program import RowProgram
from gradcli.rows.result import CertifiedSample
from gradcli.tables.table import BLOCK

ROUNDING = 2.0**-53
LEVELS = BLOCK.bit_length()
"""How often a term is rounded while a block is summed pairwise."""


class RowSample:
    """Some rows in float64 and in balls, at totals of a run."""

    def __init__(
        self, program: RowProgram, drawn: DrawnRows, values: Mapping[str, Array],
        known: Sequence[Array],
    ) -> None:  # fmt: skip
        self.program, self.drawn = program, drawn
        self.graphs = [each.graph for each in program.staged.sums]
        self.point = values, known
        self.plain = program.by_rows(self.graphs, FLOAT64, drawn.columns, *self.point)
        self.exact = _in_balls(program, self.graphs, drawn.columns, values, known)

    def certified(self) -> CertifiedSample:
        """The fewest right digits of what a row adds to any sum, and which row that is."""
        fewest, worst = 16, int(self.drawn.numbers[0])
        for plain, exact in zip(self.plain, self.exact, strict=True):
            for row, number in enumerate(self.drawn.numbers):
                pairs = zip(np.ravel(plain[row]), np.ravel(exact[row]), strict=True)
                digits = min((correct_digits(ball, float(x)) for x, ball in pairs), default=16)
                if digits < fewest:
                    fewest, worst = digits, int(number)
        return CertifiedSample(len(self.drawn.numbers), fewest, worst)

    def kinks(self) -> list[Diagnostic]:
        """A note for each function that rests on a kink in some of the rows."""
        order = topological([each.graph for each in self.program.staged.terms])
        active = dependents(order, {*self.program.wrt.values()})
        switches = {
            node: node.op.switches(node)
            for node in order
            if node in active and isinstance(node.op, Differentiable)
        }
        graphs = [switch for each in switches.values() for switch in each]
        if not graphs:
            return []
        arrays = self.program.by_rows(graphs, FLOAT64, self.drawn.columns, *self.point)
        zero = {
            graph: (array == 0).reshape(len(array), -1).any(axis=1)
            for graph, array in zip(graphs, arrays, strict=True)
        }
        rests = {node: np.any([zero[x] for x in each], axis=0) for node, each in switches.items()}
        return [self._kink(node, rest) for node, rest in rests.items() if rest.any()]

    def _kink(self, node: Node, rest: Array) -> Diagnostic:
        span = self.program.model.spans.get(node)
        first = int(self.drawn.numbers[rest].min()) + 1
        message = (
            f"{span.text if span else node.op.title} rests on a kink or a jump in {rest.sum()} of "
            f"{len(rest)} rows drawn, row {first:,} the first: there its convention is taken"
        )
        return Diagnostic("G301", message, span)

    def errors(self, rows: int) -> list[Array]:
        """How far each total may be off, with as many rows like these.

        What the sum of a block rounds is counted once a level, as if all of it went one way.
        """
        found = []
        for plain, exact in zip(self.plain, self.exact, strict=True):
            gaps = np.array(
                [off(float(x), ball) for x, ball in zip(plain.flat, exact.flat, strict=True)]
            ).reshape(plain.shape)
            rounded = LEVELS * ROUNDING * np.abs(plain)
            found.append((gaps + rounded).mean(axis=0) * rows)
        return found


def _in_balls(
    program: RowProgram, graphs: Sequence[Node], columns: Mapping[str, Array],
    values: Mapping[str, Array], known: Sequence[Array],
) -> list[Array]:  # fmt: skip
    """Graphs at rows, every number narrow enough to round, as far as any precision makes it so."""
    bits = FIRST_BITS
    while True:
        with precision(bits):
            found = program.by_rows(graphs, BALL, columns, values, known)
            settled = all(nearest(x) is not None for array in found for x in array.flat)
        if settled or bits >= LAST_BITS:
            return found
        bits *= 2


def has_value(
    program: RowProgram, stage: int, columns: Mapping[str, Array], values: Mapping[str, Array],
    known: Sequence[Array],
) -> bool:  # fmt: skip
    """Whether what a row adds to the sums of a pass are numbers, whatever float64 makes of it."""
    found = _in_balls(program, program.staged.graphs(stage), columns, values, known)
    return all(finite(x) for array in found for x in array.flat)


def bounded(
    program: RowProgram, values: Mapping[str, Array], known: Sequence[Array],
    errors: Sequence[Array],
) -> list[Any]:  # fmt: skip
    """The value and the derivatives as balls, where totals may be off by so much."""
    with precision(FIRST_BITS):
        wide = [_widened(total, error) for total, error in zip(known, errors, strict=True)]
        return program.finished(BALL, values, wide)


def _widened(total: Array, error: Array) -> Array:
    wide = np.empty(np.shape(total), dtype=object)
    for place, radius in zip(np.ndindex(wide.shape), np.ravel(error), strict=True):
        exact = rational(Fraction(float(total[place])))
        far = Fraction(float(radius)) if isfinite(radius) else Fraction(10) ** 400
        wide[place] = around(exact, far) if far else exact
    return wide
