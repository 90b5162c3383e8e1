"""A program over rows: what a part of the rows adds to each sum, and what the totals come to.

Must not know files. It is made of texts and shapes, so that it can be made again wherever rows are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock

import numpy as np

from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.data import numbers
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import INPUT, number
from gradcli.calculus.differentiate import present, pull
from gradcli.errors import Source, wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape
from gradcli.ops.shaping import STACK
from gradcli.rows.axis import RowAxes
from gradcli.rows.columns import meant
from gradcli.rows.reading import RowReading, read_rows
from gradcli.rows.staged import RowSum, StagedGradient, staged

Columns = Mapping[str, Array]
_making = Lock()


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """What is asked, as texts and shapes: picklable, and the same for every part of the rows.

    `columns` are what a row has, each with the shape that it has in one row; `values` what is the
    same for all rows. `wrt` are names of those.
    """

    text: str
    name: str
    let: tuple[str, ...]
    wrt: tuple[str, ...]
    columns: tuple[tuple[str, Shape], ...]
    values: tuple[tuple[str, Shape], ...]

    @property
    def program(self) -> RowProgram:
        """The program, made once in a process."""
        with _making:
            return _made(self)


@lru_cache(maxsize=16)
def _made(asked: RowQuestion) -> RowProgram:
    source = Source(asked.name, asked.text)
    return RowProgram(read_rows(source, asked.let, dict(asked.columns), dict(asked.values)), asked)


class RowProgram:
    """Graphs of one question; GradcliError where it is wrong, or no function of sums over rows.

    A row's own numbers, `let` and columns, are evaluated with rows as points of a batch; they are
    the inputs of the program, with the rows along the axis that it sums over.
    """

    def __init__(self, made: RowReading, asked: RowQuestion) -> None:
        self.model, self.features, self.plain = made.model, made.features, made.plain
        self.letter = made.letter
        values = dict(asked.values)
        self.values = {x: node for x, node in self.model.inputs.items() if x in values}
        self.wrt = self._targets(asked.wrt)
        axes = RowAxes(self.letter, self.model.spans, self.model.source)
        self.staged: StagedGradient = staged(self.model.output, self.wrt, axes)

    def _targets(self, names: Sequence[str]) -> dict[str, Node]:
        for name in names:
            if name in self.features or name in self.plain:
                help = "differentiate by what is the same for all rows and has a value in --at"
                message = f"--wrt: {name} is another number in each row"
                raise wrong("G401", message, help=help)
            if name not in self.values:
                help = meant(name, self.values)
                raise wrong("G005", f'--wrt: unknown name "{name}"', help=help)
        return {name: self.values[name] for name in names or self.values}

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns that are read."""
        return [*dict.fromkeys([*self._leaves.values(), *self.plain])]

    @cached_property
    def _leaves(self) -> dict[Node, str]:
        """The columns that features are made of."""
        order = topological([*self.features.values()])
        return {node: node.params[0] for node in order if node.op is INPUT}

    def term_gradients(self, term: RowSum) -> list[Node]:
        """What one row adds to the derivative of a sum, by each of `wrt`."""
        nodes = [*self.wrt.values()]
        return present(pull({term.graph: number(1)}, nodes), nodes)

    # -- numbers: columns have the rows along their first axis, values and totals no axis more

    def sums(
        self, stage: int, columns: Columns, values: Columns, known: Sequence[Array]
    ) -> list[Array]:
        """What some rows add to each sum of a pass, `known` being the totals of earlier ones."""
        rows = self._rows(columns, FLOAT64)
        point = {node: array[None] for node, array in rows.items()}
        point |= self._given(FLOAT64, values, known)
        sizes = {self.letter: _count(columns)}
        found = evaluate(self.staged.graphs(stage), FLOAT64, point, sizes)
        return [array[0] for array in found]

    def by_rows(
        self, graphs: Sequence[Node], m: Arithmetic, columns: Columns, values: Columns,
        known: Sequence[Array],
    ) -> list[Array]:  # fmt: skip
        """Graphs over rows at each row by itself, rows along the first axis of what is found.

        A row is a part of one row: what is summed over it is its own.
        """
        found = evaluate(graphs, m, self._each(m, columns, values, known), {self.letter: 1})
        return [np.broadcast_to(array, (_count(columns), *array.shape[1:])) for array in found]

    def first_lost(
        self, stage: int, columns: Columns, values: Columns, known: Sequence[Array]
    ) -> Node | None:
        """The first vertex that is no finite number in float64, of what a row adds to a pass."""
        graphs = self.staged.graphs(stage)
        point = self._each(FLOAT64, columns, values, known)
        evaluate(graphs, FLOAT64, point, {self.letter: 1}, keep=True)
        lost = (n for n in topological(graphs) if not np.isfinite(point[n].astype(float)).all())
        return next(lost, None)

    def finished(self, m: Arithmetic, values: Columns, known: Sequence[Array]) -> list[Array]:
        """The value and the derivatives by `wrt`, of all totals."""
        graphs = [self.staged.value, *self.staged.gradients.values()]
        found = evaluate(graphs, m, self._given(m, values, known))
        return [array[0] for array in found]

    def _each(
        self, m: Arithmetic, columns: Columns, values: Columns, known: Sequence[Array]
    ) -> dict[Node, Array]:
        """Each row as a point of a batch, in which it is the only row."""
        rows = self._rows(columns, m)
        each = {node: array[:, None] for node, array in rows.items()}
        return each | self._given(m, values, known)

    def _rows(self, columns: Columns, m: Arithmetic) -> dict[Node, Array]:
        """The program's inputs of a row, by their vertices."""
        if m is not FLOAT64:
            columns = {x: numbers(array, m)[0] for x, array in columns.items()}
        found = {x: columns[x] for x in self.plain}
        if self.features:
            given = {node: columns[name] for node, name in self._leaves.items()}
            parts = [each for node in self.features.values() for each in _entries(node)]
            made = dict(zip(parts, evaluate(parts, m, given), strict=True))
            count = _count(columns)
            for name, node in self.features.items():
                found[name] = _joined([made[each] for each in _entries(node)], node, count)
        return {self.model.inputs[x]: array for x, array in found.items()}

    def _given(self, m: Arithmetic, values: Columns, known: Sequence[Array]) -> dict[Node, Array]:
        """What is the same for all rows, as one point."""
        given = {node: values[name] for name, node in self.values.items()}
        symbols = [each.symbol for each in self.staged.sums]
        given |= dict(zip(symbols, known, strict=False))
        return {node: numbers(array, m) for node, array in given.items()}


def _entries(node: Node) -> tuple[Node, ...]:
    """What a vector of a row is put together of, else the vertex itself."""
    return node.args if _is_listed(node) else (node,)


def _is_listed(node: Node) -> bool:
    return node.op is STACK and len(node.shape) == 1


def _joined(parts: Sequence[Array], node: Node, count: int) -> Array:
    """The parts at so many rows; entries stay one behind the other, as columns come, not by rows.

    To set them row by row would take longer than most of what is computed of them.
    """
    rows = [np.broadcast_to(x, (count, *x.shape[1:])) for x in parts]
    return np.stack(rows).T if _is_listed(node) else rows[0]


def _count(columns: Columns) -> int:
    """How many rows there are."""
    return max(map(len, columns.values()), default=0)
