"""What is done with a piece of a table: its sums, and some of its rows drawn at random.

Must not know which pieces there are, nor who runs this where. It can be pickled, and so can what it
returns, its complaints too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.errors import Diagnostic, GradcliError
from gradcli.rows.program import RowQuestion
from gradcli.rows.sums import PartialSums, part
from gradcli.tables.table import RowBlock, RowPiece, blocks


@dataclass(frozen=True, slots=True, eq=False)
class DrawnRows:
    """Rows with their numbers, and the lots by which they were drawn: the smallest win."""

    lots: Array
    numbers: Array
    columns: Mapping[str, Array]

    def beside(self, other: DrawnRows, most: int) -> DrawnRows:
        """The smallest lots of both."""
        both = DrawnRows(
            np.concatenate([self.lots, other.lots]),
            np.concatenate([self.numbers, other.numbers]),
            {x: np.concatenate([a, other.columns[x]]) for x, a in self.columns.items()},
        )
        return both.first(most)

    def first(self, rows: int) -> DrawnRows:
        """The smallest lots, so many of them."""
        kept = np.argsort(self.lots, kind="stable")[:rows]
        columns = {x: array[kept] for x, array in self.columns.items()}
        return DrawnRows(self.lots[kept], self.numbers[kept], columns)

    def moved(self, rows: int) -> DrawnRows:
        """The same behind so many rows more."""
        return DrawnRows(self.lots, self.numbers + rows, self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class LostRow:
    """A row for which a sum is no finite number in float64: its place in words, and its columns."""

    place: str
    columns: Mapping[str, Array]


@dataclass(frozen=True, slots=True, eq=False)
class PieceResult:
    """What came of a piece: its size, its rows and their sums, or what is wrong with it."""

    size: int = 0
    rows: int = 0
    sums: PartialSums | None = None
    drawn: DrawnRows | None = None
    complaints: tuple[Diagnostic, ...] = ()
    lost: LostRow | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PieceWork:
    """One pass over pieces: given a piece and its number, its sums and `draw` of its rows.

    `titles` are the columns' names in files.
    """

    asked: RowQuestion
    stage: int
    titles: Mapping[str, str]
    values: Mapping[str, Array]
    known: Sequence[Array] = ()
    draw: int = 0
    seed: int = 0

    def __call__(self, numbered: tuple[int, RowPiece]) -> PieceResult:
        number, piece = numbered
        rows, sums, drawn = 0, None, None
        try:
            program = self.asked.program
            for place, block in enumerate(blocks(piece, [*self.titles.values()])):
                if not block.rows:
                    continue
                columns = {name: block.columns[title] for name, title in self.titles.items()}
                found = program.sums(self.stage, columns, self.values, self.known)
                if not all(np.isfinite(each).all() for each in found):
                    return PieceResult(lost=self._lost(piece, block, columns))
                more = part(block.rows, found)
                sums = more if sums is None else sums + more
                if self.draw:
                    lots = self._drawn([self.seed, number, place], rows, block.rows, columns)
                    drawn = lots if drawn is None else drawn.beside(lots, self.draw)
                rows += block.rows
        except GradcliError as error:
            return PieceResult(complaints=error.diagnostics)
        return PieceResult(piece.size, rows, sums, drawn)

    def _drawn(
        self, seed: Sequence[int], first: int, rows: int, columns: Mapping[str, Array]
    ) -> DrawnRows:
        """The rows with the smallest of as many exponential lots: A. Rényi (1953)."""
        rng = np.random.default_rng(seed)
        most = min(self.draw, rows)
        lots = np.cumsum(rng.exponential(size=most) / (rows - np.arange(most)))
        places = rng.choice(rows, most, replace=False)
        return DrawnRows(lots, first + places, {x: a[places] for x, a in columns.items()})

    def _lost(self, piece: RowPiece, block: RowBlock, columns: Mapping[str, Array]) -> LostRow:
        """The first row whose own part of a sum is not finite, or the first of all."""
        program = self.asked.program
        graphs = program.staged.graphs(self.stage)
        found = program.by_rows(graphs, FLOAT64, columns, self.values, self.known)
        bad = np.zeros(block.rows, dtype=bool)
        for array in found:
            bad |= ~np.isfinite(array.reshape(len(array), -1)).all(axis=1)
        row = int(np.argmax(bad))
        only = {x: a[row : row + 1] for x, a in columns.items()} if bad.any() else {}
        return LostRow(piece.place(block.first + row), only)
