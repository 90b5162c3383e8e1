"""A program over rows: what a part of the rows adds to each sum, and what the totals come to.

Must not know files. It is made of texts and shapes, so that it can be made again wherever rows are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import INPUT, number
from gradcli.calculus.differentiate import present, pull
from gradcli.errors import GradcliError, Source, Span, wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, letter
from gradcli.language import syntax
from gradcli.language.free_names import free_names
from gradcli.language.letters import letters
from gradcli.language.parse import Reading, read
from gradcli.language.program import Model, build
from gradcli.language.scope import CONSTANTS, nearest
from gradcli.language.sections import all_statements, expressions
from gradcli.ops.shaping import STACK
from gradcli.rows.axis import ROWS, RowAxes
from gradcli.rows.staged import RowSum, StagedGradient, staged

Columns = Mapping[str, Array]


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
        return _made(self)


@lru_cache(maxsize=16)
def _made(asked: RowQuestion) -> RowProgram:
    return RowProgram(asked, Source(asked.name, asked.text))


class RowProgram:
    """Graphs of one question; GradcliError where it is wrong, or no function of sums over rows.

    A row's own numbers, `let` and columns, are evaluated with rows as points of a batch; they are
    the inputs of the program, with the rows along the axis that it sums over.
    """

    def __init__(self, asked: RowQuestion, source: Source) -> None:
        columns, values = dict(asked.columns), dict(asked.values)
        lets = [read(Source("--let", listed(x)), names=columns) for x in asked.let]
        defined = _defined(lets)
        reading = read(source, names=[*defined, *columns, *values])
        if complaints := [c for each in (*lets, reading) for c in each.complaints]:
            raise GradcliError(*complaints)
        _require_names(lets, columns, {})
        # A column or a value that is called like a constant takes its place.
        used = [*free_names([reading]), *(x for x in CONSTANTS if x in {**defined, **columns})]
        if twice := next((x for x in used if x in values and x in {**columns, **defined}), None):
            message = f"{twice} is a column and has a value of its own"
            help = "rename the column in its file, or the value"
            raise wrong("G010", message, _place([reading], twice), help=help)
        named = {**defined, **columns, **values}
        self.letter = _declared_letter(reading, {**defined, **columns}) or ROWS
        counted = self.letter not in named
        sizes = {*letters(reading.program.statements), *([self.letter] if counted else [])}
        _require_names([reading], {**named, **dict.fromkeys(sizes)}, values)
        made = {name: build(let, columns).vertices[name] for name, let in defined.items()}
        self.features: dict[str, Node] = {x: made[x] for x in used if x in made}
        plain = {x: columns[x] for x in used if x in columns and x not in made}
        count = letter(self.letter)
        shapes: dict[str, Shape] = {x: (count, *node.shape) for x, node in self.features.items()}
        shapes |= {x: (count, *shape) for x, shape in plain.items()} | values
        self.model: Model = build(reading, shapes, letters=(self.letter,) if counted else ())
        self._require_scalar()
        self.features = {x: made for x, made in self.features.items() if x in self.model.inputs}
        self.plain = [x for x in plain if x in self.model.inputs]
        self.values = {x: node for x, node in self.model.inputs.items() if x in values}
        self.wrt = self._targets(asked.wrt)
        axes = RowAxes(self.letter, self.model.spans, self.model.source)
        self.staged: StagedGradient = staged(self.model.output, self.wrt, axes)

    def _require_scalar(self) -> None:
        output = self.model.output
        if output.op.boolean:
            raise wrong("G203", "a condition has no derivative", self.model.source)
        # An output for each row is told so by its own name.
        if output.shape and letter(self.letter) not in output.shape:
            message = "the output is an array, and only one number is summed up over rows"
            raise wrong("G201", message, self.model.source, help="ask for one entry or their sum")

    def _targets(self, names: Sequence[str]) -> dict[str, Node]:
        for name in names:
            if name in self.features or name in self.plain:
                help = "differentiate by what is the same for all rows and has a value in --at"
                message = f"--wrt: {name} is another number in each row"
                raise wrong("G401", message, help=help)
            if name not in self.values:
                found = nearest(name, self.values)
                help = f'did you mean "{found}"?' if found else f"there are: {_listed(self.values)}"
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

    @cached_property
    def terms(self) -> list[RowSum]:
        """The sums that the value is made of."""
        return self.staged.terms

    def term_gradients(self, term: RowSum) -> list[Node]:
        """What one row adds to the derivative of a sum, by each of `wrt`."""
        nodes = [*self.wrt.values()]
        return present(pull({term.graph: number(1)}, nodes), nodes)

    # -- numbers: columns with the rows along their first axis, and of all else one point

    def sums(
        self, stage: int, columns: Columns, values: Columns, known: Sequence[Array]
    ) -> list[Array]:
        """What some rows add to each sum of a pass, `known` being the totals of earlier ones."""
        rows = self._rows(columns, FLOAT64)
        point = {node: array[None] for node, array in rows.items()} | self._given(values, known)
        graphs = [each.graph for each in self.staged.stage(stage)]
        found = evaluate(graphs, FLOAT64, point, {self.letter: _count(columns)})
        return [array[0] for array in found]

    def by_rows(
        self, graphs: Sequence[Node], m: Arithmetic, columns: Columns, values: Columns,
        known: Sequence[Array],
    ) -> list[Array]:  # fmt: skip
        """Graphs over rows at each row by itself, rows along the first axis of what is found.

        A row is a part of one row: what is summed over it is its own.
        """
        rows = self._rows(columns, m)
        point = {node: array[:, None] for node, array in rows.items()} | self._given(values, known)
        found = evaluate(graphs, m, point, {self.letter: 1})
        return [np.broadcast_to(array, (_count(columns), *array.shape[1:])) for array in found]

    def first_lost(
        self, stage: int, columns: Columns, values: Columns, known: Sequence[Array]
    ) -> Node | None:
        """The first vertex that is no finite number in float64, of what a row adds to a pass."""
        graphs = [each.graph for each in self.staged.stage(stage)]
        rows = self._rows(columns, FLOAT64)
        point = {node: array[:, None] for node, array in rows.items()} | self._given(values, known)
        evaluate(graphs, FLOAT64, point, {self.letter: 1}, keep=True)
        lost = (n for n in topological(graphs) if not np.isfinite(point[n].astype(float)).all())
        return next(lost, None)

    def finished(self, m: Arithmetic, values: Columns, known: Sequence[Array]) -> list[Array]:
        """The value and the derivatives by `wrt`, of all totals."""
        graphs = [self.staged.value, *self.staged.gradients.values()]
        found = evaluate(graphs, m, self._given(values, known))
        return [array[0] for array in found]

    def _rows(self, columns: Columns, m: Arithmetic) -> dict[Node, Array]:
        """The program's inputs of a row, by their vertices."""
        found = {x: columns[x] for x in self.plain}
        if self.features:
            given = {node: columns[name] for node, name in self._leaves.items()}
            parts = [each for node in self.features.values() for each in _entries(node)]
            made = dict(zip(parts, evaluate(parts, m, given), strict=True))
            for name, node in self.features.items():
                found[name] = _joined([made[each] for each in _entries(node)], node, columns)
        return {self.model.inputs[x]: array for x, array in found.items()}

    def _given(self, values: Columns, known: Sequence[Array]) -> dict[Node, Array]:
        given = {node: values[name] for name, node in self.values.items()}
        symbols = [each.symbol for each in self.staged.sums]
        return given | dict(zip(symbols, known, strict=False))


def _entries(node: Node) -> tuple[Node, ...]:
    """What a vector of a row is put together of, else the vertex itself."""
    return node.args if _is_listed(node) else (node,)


def _is_listed(node: Node) -> bool:
    return node.op is STACK and len(node.shape) == 1


def _joined(parts: Sequence[Array], node: Node, columns: Columns) -> Array:
    """The parts with all rows; entries stay one behind the other, as columns come, not row by row.

    To set them row by row would take longer than most of what is computed of them.
    """
    rows = [np.broadcast_to(x, (_count(columns), *x.shape[1:])) for x in parts]
    return np.stack(rows).T if _is_listed(node) else rows[0]


def _count(columns: Columns) -> int:
    """How many rows there are."""
    return max(map(len, columns.values()), default=0)


NUMBERED = re.compile(r"\b([^\W\d]\w*?)(\d+)\s*(?:\.\.|…)\s*\1(\d+)\b")
MOST_NUMBERED = 100_000


def listed(text: str) -> str:
    """A text in which `x0..x3` is `x0, x1, x2, x3`: columns with numbers are seldom few."""

    def names(found: re.Match[str]) -> str:
        first, last = int(found[2]), int(found[3])
        if not first <= last <= first + MOST_NUMBERED:
            return found[0]
        width = len(found[2]) if found[2].startswith("0") else 0
        return ", ".join(f"{found[1]}{k:0{width}d}" for k in range(first, last + 1))

    return NUMBERED.sub(names, text)


def _defined(lets: Iterable[Reading]) -> dict[str, Reading]:
    """The names that stand for something of a row, each with the text that defines it."""
    found: dict[str, Reading] = {}
    for reading in lets:
        for statement in reading.program.statements:
            if not isinstance(statement, syntax.Definition):
                help = 'write  --let "X = [age, income]; y = label"'
                raise wrong("G401", "--let defines names by columns", statement.span, help=help)
            if statement.name.name in found:
                raise wrong("G401", f"--let defines {statement.name.name} twice", statement.span)
            found[statement.name.name] = reading
    return found


def _declared_letter(reading: Reading, rows: Mapping[str, object]) -> str:
    """What a program calls the number of rows: the first dimension that it declares of them."""
    found: dict[str, None] = {}
    for statement in all_statements(reading.program.statements):
        if isinstance(statement, syntax.Declaration) and statement.set.power:
            first = statement.set.power[0]
            if isinstance(first, syntax.Name) and any(x.name in rows for x in statement.names):
                found[first.name] = None
    if len(found) > 1:
        message = f"the number of rows has several names: {', '.join(found)}"
        raise wrong("G201", message, help="all arrays of rows have as many: use one letter")
    return next(iter(found), "")


def _require_names(
    readings: Sequence[Reading], known: Mapping[str, object], values: Mapping[str, object]
) -> None:
    """GradcliError (G005) for a name that is neither a column nor given."""
    for name in free_names(readings):
        if name not in known:
            found = nearest(name, known)
            help = f'did you mean "{found}"?' if found else f"there are: {_listed(known)}"
            message = f"{name} is no column" + " and has no value in --at" * bool(values)
            raise wrong("G005", message, _place(readings, name), help=help)


def _place(readings: Iterable[Reading], name: str) -> Span | None:
    """Where a name stands first."""
    for reading in readings:
        for statement in all_statements(reading.program.statements):
            for expr in expressions(statement):
                for part in syntax.parts(expr):
                    if isinstance(part, syntax.Name) and part.name == name:
                        return part.span
    return None


MOST_LISTED = 20


def _listed(names: Iterable[str]) -> str:
    found = [*names]
    more = f" and {len(found) - MOST_LISTED} more" if len(found) > MOST_LISTED else ""
    return ", ".join(found[:MOST_LISTED]) + more if found else "none"
