"""Tables in `.npy` files: arrays whose first axis is the rows, mapped and never loaded as a whole.

Must not know other formats; nothing is unpickled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.tables.table import BLOCK, PIECE, ColumnType, RowBlock, at_row, checked, unfit

KINDS = {"S": "text", "U": "text", "M": "dates", "m": "durations", "c": "complex numbers"}
"""What an array may hold that is no real number."""


@dataclass(frozen=True, slots=True)
class MappedArrays:
    """Columns by name, each with its file and what it is there: a field, a column, or None for all.

    `path` is what the files are called, `size` how many rows they have.
    """

    path: str
    parts: tuple[tuple[str, str, str | int | None], ...]
    columns: tuple[ColumnType, ...]
    size: int

    def pieces(self) -> Iterator[MappedRows]:
        """The rows in pieces."""
        for first in range(0, self.size, PIECE):
            yield MappedRows(self.path, self.parts, first, min(PIECE, self.size - first))


@dataclass(frozen=True, slots=True)
class MappedRows:
    """Some of the rows."""

    path: str
    parts: tuple[tuple[str, str, str | int | None], ...]
    first: int
    size: int

    def blocks(self, titles: Sequence[str]) -> Iterator[RowBlock]:
        """Its rows in order."""
        places = {title: (file, place) for title, file, place in self.parts}
        mapped = {file: _mapped(file) for file in {places[title][0] for title in titles}}
        for start in range(self.first, self.first + self.size, BLOCK):
            end = min(start + BLOCK, self.first + self.size)
            found: dict[str, Array] = {}
            for title in titles:
                file, place = places[title]
                values = _taken(mapped[file][start:end], place)
                found[title] = checked(file, title, values, start)
            yield RowBlock(start, found)

    def place(self, row: int) -> str:
        """Where a row stands."""
        return at_row(self.path, row)


def _taken(rows: Array, place: str | int | None) -> Array:
    if place is None:
        return rows
    taken: Array = rows[place] if isinstance(place, str) else rows[:, place]
    return taken


def _mapped(file: str) -> Any:
    return np.lib.format.open_memmap(file, mode="r")


def opened(path: str, named: str = "") -> MappedArrays:
    """One file; its columns are the fields of its records, or `c0`, `c1`, … of a matrix.

    With a name the whole array is one column. GradcliError (G602) for what is no array of rows.
    """
    file = str(Path(path).absolute())
    try:
        array = _mapped(file)
    except ValueError as error:
        pickled = "objects" in str(error)
        reason = "it holds pickled objects" if pickled else "it is damaged, or no .npy file"
        help = "a .npy is what numpy.save writes of an array of numbers"
        raise unfit(path, f"it cannot be read: {reason}", help=help) from None
    if array.ndim == 0 or (array.ndim > 2 and not named):
        help = f"name it, so that a row is an array:  --rows X={path}" if array.ndim else ""
        raise unfit(path, f"an array of {array.ndim} axes is no table", help=help)
    columns, places = _columns(array, named)
    parts = tuple((c.title, file, place) for c, place in zip(columns, places, strict=True))
    return MappedArrays(path, parts, tuple(columns), len(array))


def _columns(array: Any, named: str) -> tuple[list[ColumnType], list[str | int | None]]:
    if array.dtype.names:
        fields = [*array.dtype.names]
        subs = [array.dtype[field] for field in fields]
        found = [
            ColumnType(field, sub.shape, _kind(sub.base))
            for field, sub in zip(fields, subs, strict=True)
        ]
        return found, [*fields]
    kind = _kind(array.dtype)
    if named:
        return [ColumnType(named, array.shape[1:], kind)], [None]
    if array.ndim == 1:
        return [ColumnType("c0", (), kind)], [None]
    count = range(array.shape[1])
    return [ColumnType(f"c{k}", (), kind) for k in count], [*count]


def _kind(dtype: Any) -> str:
    return "" if dtype.kind in "biuf" else KINDS.get(dtype.kind, "something else")


def beside(files: Sequence[MappedArrays]) -> MappedArrays:
    """Files side by side; GradcliError (G602) where they have not the same number of rows."""
    first, *rest = files
    for other in rest:
        if other.size != first.size:
            message = f"it has {other.size:,} rows, and {first.path} has {first.size:,}"
            raise unfit(other.path, message, help="side by side all have as many")
    return MappedArrays(
        ", ".join(file.path for file in files),
        tuple(part for file in files for part in file.parts),
        tuple(column for file in files for column in file.columns),
        first.size,
    )
