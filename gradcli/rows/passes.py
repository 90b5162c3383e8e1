"""Passes over a table: its pieces' sums added up in their order, and the rows drawn from all.

Must not know who runs the work on a piece, nor what the totals are for. Within a block of rows
NumPy sums in its own order; blocks and pieces are added one after the other, with what each
addition loses kept: the same pieces give the same digits on any engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from gradcli.arithmetic.base import Array
from gradcli.engine import Executor, in_order
from gradcli.errors import GradcliError
from gradcli.rows.pieces import DrawnRows, LostRow, PieceWork
from gradcli.rows.program import RowQuestion
from gradcli.tables.table import RowTable

RowProgress: TypeAlias = Callable[[int, int, int], None]
"""Is told how much of what there is has been read, and how many rows these are."""

AHEAD = 2
"""Pieces for each worker that may be under way or wait for their turn."""


class NotFinite(Exception):
    """A sum is no finite number in float64, in one pass, by one row."""

    def __init__(self, row: LostRow, stage: int, known: list[Array]) -> None:
        super().__init__(row.place)
        self.row, self.stage, self.known = row, stage, known


@dataclass(slots=True, eq=False)
class RowTotals:
    """The totals of all passes in their order, how many rows there are, and some of them."""

    rows: int = 0
    known: list[Array] = field(default_factory=list)
    drawn: DrawnRows | None = None


def totals(
    asked: RowQuestion, table: RowTable, values: Mapping[str, Array],
    executor: Executor, workers: int, draw: int, seed: int, progress: RowProgress,
) -> RowTotals:  # fmt: skip
    """All sums over the rows of a table, the first pass with so many rows drawn.

    GradcliError for what cannot be read, NotFinite where float64 leaves the numbers.
    """
    program = asked.program
    titles = table.titles(program.columns)
    whole = table.size * program.staged.passes
    found, read = RowTotals(), 0
    for stage in range(program.staged.passes):
        lots = draw if stage == 0 else 0
        work = PieceWork(asked, stage, titles, values, tuple(found.known), lots, seed)
        rows, sums = 0, None
        for result in in_order(executor, AHEAD * workers, work, enumerate(table.pieces())):
            if result.complaints:
                raise GradcliError(*result.complaints)
            if result.lost is not None:
                raise NotFinite(result.lost, stage, found.known)
            if result.sums is not None:
                sums = result.sums if sums is None else sums + result.sums
            if result.drawn is not None:
                moved = result.drawn.moved(rows)
                found.drawn = moved if found.drawn is None else found.drawn.beside(moved, draw)
            rows += result.rows
            read += result.size
            progress(read, whole, stage * found.rows + rows)
        found.rows = rows
        found.known += sums.totals if sums is not None else []
    return found
