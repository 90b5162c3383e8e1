"""A table: files of rows with named columns, cut into pieces that anybody may read by themselves.

Must not know any format: each has a file beside this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isnan
from typing import Protocol

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.errors import GradcliError, wrong
from gradcli.language.tree.literals import canonical

BLOCK = 1 << 16
"""Rows that are looked at together: few enough to be next to no memory, and enough that what
is done once a block takes next to no time."""
PIECE = 1 << 18
"""Rows of a piece, in a file that does not say itself how it is divided."""


@dataclass(frozen=True, slots=True, eq=False)
class RowBlock:
    """Some rows that follow each other: the first one's number in its file, from 0, and columns.

    A column has the rows along its first axis, and holds finite doubles.
    """

    first: int
    columns: Mapping[str, Array]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return max(map(len, self.columns.values()), default=0)


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column: its name in the file, the shape of one row, and why it holds no numbers, if so."""

    title: str
    shape: tuple[int, ...] = ()
    unfit: str = ""


class RowPiece(Protocol):
    """A piece of a file, picklable: `size` is how much of the table's `size` it is."""

    @property
    def path(self) -> str:
        """What the file is called."""

    @property
    def size(self) -> int:
        """How much of the table's `size` it is."""

    def blocks(self, titles: Sequence[str]) -> Iterator[RowBlock]:
        """Its rows in order, with these columns by their names in the file.

        GradcliError (G602) for what is missing or no finite number, with its row.
        """

    def place(self, row: int) -> str:
        """Where a row of that number stands, in words."""


class DataFile(Protocol):
    """One file, or several side by side."""

    @property
    def path(self) -> str:
        """What it is called."""

    @property
    def columns(self) -> Sequence[ColumnType]:
        """Its columns in their order."""

    @property
    def size(self) -> int:
        """What the sizes of its pieces add up to."""

    def pieces(self) -> Iterator[RowPiece]:
        """The file from its first row to its last."""


@dataclass(slots=True, eq=False)
class RowTable:
    """Files with the same columns, one below the other."""

    files: Sequence[DataFile]
    columns: Mapping[str, ColumnType]

    @property
    def size(self) -> int:
        """What the sizes of all pieces add up to."""
        return sum(file.size for file in self.files)

    @property
    def title(self) -> str:
        """What the table is called."""
        first = self.files[0].path
        more = len(self.files) - 1
        return first if not more else f"{first} and {more} more file{'s' * (more > 1)}"

    def pieces(self) -> Iterator[RowPiece]:
        """All pieces in order."""
        for file in self.files:
            with readable(file.path):
                yield from file.pieces()

    def titles(self, names: Sequence[str]) -> dict[str, str]:
        """What columns are called in the files, by their names."""
        return {name: self.columns[name].title for name in names}

    def require(self, names: Sequence[str]) -> None:
        """GradcliError (G602) where a file lacks a column, or has no numbers or others in it."""
        for file in self.files:
            there = {column.title: column for column in file.columns}
            for name in names:
                wanted = self.columns[name]
                other = there.get(wanted.title)
                if other is None:
                    help = f"{self.files[0].path} has it, and all files need the same columns"
                    raise unfit(file.path, f"there is no column {wanted.title}", help=help)
                if other.unfit:
                    raise no_numbers(file.path, other)
                if other.shape != wanted.shape:
                    message = f"column {wanted.title} has another width than in the first file"
                    raise unfit(file.path, message)


def table(files: Sequence[DataFile]) -> RowTable:
    """Files below each other; their columns by names that a program can use."""
    columns: dict[str, ColumnType] = {}
    for column in files[0].columns:
        name = spelled(column.title)
        if name in columns:
            message = f"columns {columns[name].title} and {column.title} would both be {name}"
            raise unfit(files[0].path, message, help="rename one of them")
        if name:
            columns[name] = column
    return RowTable(files, columns)


def spelled(title: str) -> str:
    """How a program writes a column: `Annual Income (k$)` is `Annual_Income_k`."""
    joined = "_".join(re.findall(r"\w+", title))
    return canonical(title.strip()) or canonical(joined) or canonical(f"_{joined}")


def unfit(path: str, reason: str, row: int | None = None, help: str = "") -> GradcliError:
    """What is said of a file, and of a row of it, from 0 here and from 1 where it is said."""
    place = path if row is None else at_row(path, row)
    return wrong("G602", f"{place}: {reason}", help=help)


def at_row(path: str, row: int) -> str:
    """Where a row of that number, from 0, stands, in words."""
    return f"{path}, row {row + 1:,}"


@contextmanager
def readable(path: str) -> Iterator[None]:
    """GradcliError (G602) where a file that was there cannot be read on: it has vanished, say."""
    try:
        yield
    except OSError as error:
        raise unfit(path, f"it cannot be read: {error.strerror or error}") from None


def blocks(piece: RowPiece, titles: Sequence[str]) -> Iterator[RowBlock]:
    """The rows of a piece in order; GradcliError (G602) for what cannot be read or is no number."""
    with readable(piece.path):
        yield from piece.blocks(titles)


def no_numbers(path: str, column: ColumnType) -> GradcliError:
    """What is said of a column that holds something else."""
    help = "leave it out, or make numbers of it: for categories one column of 0 and 1 each"
    return unfit(path, f"column {column.title} holds {column.unfit}, not numbers", help=help)


MISSING = "leave such rows out, or fill them in, before they are summed"
WHOLE = 2**53
"""Up to here every whole number is a double."""


def checked(path: str, title: str, values: Array, first: int) -> Array:
    """A column's numbers as doubles; GradcliError (G602) for the first that is none.

    Truth values are 1 and 0. `first` is the number of the first row.
    """
    if values.dtype.kind in "iu" and values.dtype.itemsize == 8 and values.size:
        large = (values > WHOLE) | (values < -WHOLE) if values.dtype.kind == "i" else values > WHOLE
        if large.any():
            message = f"column {title} holds a whole number that no double holds"
            help = "it is larger than 2^53: is it a number to compute with?"
            raise unfit(path, message, first + _first(large), help)
    doubles = values.astype(np.float64, copy=False)
    # A sum that is finite says so of all: anything else is looked at one by one.
    with np.errstate(all="ignore"):
        suspect = not np.isfinite(doubles.sum())
    if suspect and not (good := np.isfinite(doubles)).all():
        row = _first(~good)
        bad = doubles[row].ravel()[~good[row].ravel()][0]
        raise unfit(path, f"column {title} holds {lost(bad)}", first + row, MISSING)
    return doubles


def lost(value: float) -> str:
    """What a double that is no finite number is called."""
    return "nothing (NaN)" if isnan(value) else "an infinite number"


def missing(path: str, title: str, row: int) -> GradcliError:
    """What is said of a value that is not there."""
    return unfit(path, f"column {title} has no value", row, MISSING)


def _first(bad: Array) -> int:
    """The first row in which something is so."""
    return int(np.argmax(bad.reshape(len(bad), -1).any(axis=1)))
