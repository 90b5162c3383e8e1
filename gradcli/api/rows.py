"""A gradient over the rows of files: texts, files and values in, the result as data out.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from gradcli import work
from gradcli.api.points import NameList, Point, Texts, names_in, point, texts_in
from gradcli.api.question import question
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import Value, numbers
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.engine import Executor, named, threads
from gradcli.errors import GradcliError, Source, wrong
from gradcli.graph.node import Node
from gradcli.language.parsing.parse import read
from gradcli.notation.latex import brief, labels
from gradcli.notation.text import formula
from gradcli.reading import Place
from gradcli.rows.each import row_gradients, the_term
from gradcli.rows.passes import NotFinite, RowProgress, RowTotals, totals
from gradcli.rows.program import RowProgram, RowQuestion
from gradcli.rows.result import RowsInput, RowsResult
from gradcli.rows.sample import RowSample, bounded, has_value
from gradcli.tables.arrow_files import require_writable
from gradcli.tables.files import rows_of
from gradcli.tables.table import RowTable

SAMPLE = 16
"""Rows that are certified."""
SHARE = 1 / 4
"""Of the limit, for all of them."""


def diff_rows(
    source: Source | str,
    rows: Texts,
    at: Point = (),
    *,
    let: Texts = (),
    wrt: NameList = (),
    seed: int = 0,
    sample: int = SAMPLE,
    engine: str = "",
    each: Path | None = None,
    folder: Path | None = None,
    progress: RowProgress = lambda read, whole, rows: None,
) -> RowsResult:
    """Value and gradient of a function of sums over the rows of files, which are read in pieces.

    `rows` are CSV, Parquet, Arrow or NPY files, folders or patterns; `let` makes what the program
    uses of their columns, row by row. `at` gives what is the same for all rows. `sample` rows are
    certified in balls. `engine` is `dask` or `dask://HOST:PORT`, else threads of this process
    are used. `each` is a Parquet file for every row's own term and gradient. GradcliError for wrong
    input, and for what is no function of sums over rows (G601).
    """
    text = source if isinstance(source, Source) else Source("<expression>", source)
    table = rows_of(texts_in(rows))
    asked, values, program = _asked(text, table, at, let, wrt, folder)
    table.require(program.columns)
    if each is not None:
        the_term(program)
        require_writable(each)
    with _executor(engine) as (executor, workers):
        try:
            found = totals(asked, table, values, executor, workers, sample, seed, progress)
        except NotFinite as lost:
            raise _explained(program, lost, values) from None
    if not found.rows:
        raise wrong("G602", f"{table.title}: there are no rows")
    result = _finished(program, table, values, found)
    if each is not None:
        row_gradients(program, table, values, found.known, each)
        result.each = str(each)
    return result


def _executor(name: str) -> AbstractContextManager[tuple[Executor, int]]:
    return named(name) if name else threads()


@question
def _asked(
    source: Source, table: RowTable, at: Point, let: Texts, wrt: NameList, folder: Path | None
) -> tuple[RowQuestion, dict[str, Array], RowProgram]:
    """The question, the values that are the same for all rows, as doubles, and its program."""
    given = point(read(source).program, at, Place(folder or Path()))
    values = {name: _doubles(value)[0] for name, value in given.items()}
    columns = {x: c.shape for x, c in table.columns.items()}
    shapes = {name: array.shape for name, array in values.items()}
    asked = RowQuestion(
        source.text, source.name, tuple(texts_in(let)), tuple(names_in(wrt)),
        tuple(columns.items()), tuple(shapes.items()),
    )  # fmt: skip
    program = asked.program
    if not program.columns:
        help = f"its columns are  {', '.join([*columns][:20])}"
        raise wrong("G602", f"the program uses no column of {table.title}", help=help)
    return asked, {name: values[name] for name in program.values}, program


def _doubles(value: Value) -> Array:
    return evaluate([value], FLOAT64, {})[0] if isinstance(value, Node) else numbers(value, FLOAT64)


@question
def _finished(
    program: RowProgram, table: RowTable, values: Mapping[str, Array], found: RowTotals
) -> RowsResult:
    value, *gradients = program.finished(FLOAT64, values, found.known)
    sample = _sample(program, found, values)
    bounds: list[Any] = [None] * (1 + len(gradients))
    if sample is not None:
        bounds = bounded(program, values, found.known, sample.errors(found.rows))
    output = program.model.output
    inputs = [
        RowsInput(name, values[name].shape, values[name], gradient, ball)
        for name, gradient, ball in zip(program.wrt, gradients, bounds[1:], strict=True)
    ]
    return RowsResult(
        output.name, program.model.text, brief(output, labels(output)), table.title, found.rows,
        program.staged.passes, float(value), bounds[0], inputs,
        sample.certified() if sample else None, sample.kinks() if sample else [],
    )  # fmt: skip


def _sample(program: RowProgram, found: RowTotals, values: Mapping[str, Array]) -> RowSample | None:
    """The rows that were drawn in balls, or as many of them as the limit allows."""
    assert found.drawn is not None
    count = len(found.drawn.numbers)
    while count:
        # What takes more ends early, and fewer rows are tried.
        with work.part(count), work.at_most(SHARE):
            return RowSample(program, found.drawn.first(count), values, found.known)
        count //= 2
    return None


@question
def _explained(program: RowProgram, lost: NotFinite, values: Mapping[str, Array]) -> GradcliError:
    """What is said of a row for which float64 has no number: whether there is one."""
    columns, place = lost.row.columns, lost.row.place
    if not columns:
        return wrong("G306", f"{place} and before: the sum is too large for float64")
    node = program.first_lost(lost.stage, columns, values, lost.known)
    span = program.model.spans.get(node) if node is not None else None
    what = span.text if span else formula(node, {}) if node is not None else "what it adds"
    if has_value(program, lost.stage, columns, values, lost.known):
        message = f"{place}: float64 leaves the numbers at {what}, though there is a value"
        help = "write it in a form that float64 survives, as softplus(x) for log(1 + exp(x))"
        return wrong("G306", message, span, help=help)
    message = f"{place}: {what} has no value there"
    return wrong("G306", message, span, help="leave such rows out, or mend what they hold")
