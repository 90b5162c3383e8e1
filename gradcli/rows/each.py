"""Every row's own term and its gradient, written to a Parquet file as the rows are read.

Must not know which rows there are. In this process and in order: what comes of a row may be more
than the row, and is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.errors import wrong
from gradcli.rows.program import RowProgram
from gradcli.rows.staged import RowSum
from gradcli.tables.arrow_files import GrowingParquet
from gradcli.tables.table import RowTable, blocks


def the_term(program: RowProgram) -> RowSum:
    """The one sum over rows that the value is made of; GradcliError (G601) where it is another.

    Its terms need a value each, and none of another sum: a term's gradient is then the row's alone.
    """
    terms = program.staged.terms
    if len(terms) != 1:
        message = f"--each needs one sum over rows, and this is made of {len(terms)}"
        raise wrong("G601", message, program.model.source, help="ask for one of them")
    [term] = terms
    if term.graph.shape:
        message = "--each needs a sum of numbers, and this one is of arrays"
        raise wrong("G601", message, program.model.source, help="ask for one entry of it")
    return term


def row_gradients(
    program: RowProgram, table: RowTable, values: Mapping[str, Array], known: Sequence[Array],
    path: Path,
) -> None:  # fmt: skip
    """Write for each row its number, its term and the term's derivative by each input's entries."""
    term = the_term(program)
    graphs = [term.graph, *program.term_gradients(term)]
    titles = table.titles(program.columns)
    names = ["row", "term", *_names(program, values)]
    first = 0
    with GrowingParquet(path, names) as writer:
        for piece in table.pieces():
            for block in blocks(piece, [*titles.values()]):
                if not block.rows:
                    continue
                columns = {name: block.columns[title] for name, title in titles.items()}
                found = program.by_rows(graphs, FLOAT64, columns, values, known)
                flat = [each.reshape(block.rows, -1) for each in found]
                entries = [column for each in flat for column in each.T]
                writer.write([np.arange(first, first + block.rows), *entries])
                first += block.rows


def _names(program: RowProgram, values: Mapping[str, Array]) -> list[str]:
    """A column for every entry: `w[0]`, `W[0, 1]`, `b`."""
    found = []
    for name in program.wrt:
        for place in np.ndindex(values[name].shape):
            found.append(f"{name}[{', '.join(map(str, place))}]" if place else name)
    return found
