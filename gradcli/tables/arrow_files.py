"""Tables in Parquet and Arrow files, by pyarrow: a piece is a group of rows, read block by block.

Must not know other formats.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradcli.arithmetic.base import Array
from gradcli.errors import wrong
from gradcli.tables.table import BLOCK, ColumnType, RowBlock, at_row, checked, missing, unfit

BUFFER = 1 << 17
"""Bytes of a column that are read ahead: a cache holds those of a few columns."""
OTHERS = {".csv", ".tsv", ".txt", ".npy", ".npz", ".json", ".xlsx", ".arrow", ".feather"}
"""Ends of names of files of other formats."""


def arrow() -> Any:
    """The library; GradcliError (G401) where it is not installed."""
    try:
        import pyarrow  # noqa: PLC0415 seldom asked
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        help = 'install it:  pip install "gradcli[data]"'
        raise wrong("G401", "Parquet and Arrow files need pyarrow", help=help) from None
    return pyarrow


@contextmanager
def _undamaged(path: str) -> Iterator[None]:
    """GradcliError (G602) where the library finds no sense in what a file holds.

    It says so by its own errors and by OSErrors that no system has given a number.
    """
    pa = arrow()
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None):
            raise
        raise unfit(path, "it cannot be read: it is damaged") from None


@dataclass(frozen=True, slots=True)
class ArrowTable:
    """A file: `groups` are the first row and the number of rows of each piece."""

    path: str
    file: str
    parquet: bool
    columns: tuple[ColumnType, ...]
    groups: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """The rows."""
        return sum(count for _, count in self.groups)

    def pieces(self) -> Iterator[ArrowGroup]:
        """The groups of rows that the file is divided into."""
        for number, (first, count) in enumerate(self.groups):
            yield ArrowGroup(self.path, self.file, self.parquet, number, first, count)


@dataclass(frozen=True, slots=True)
class ArrowGroup:
    """One of its groups of rows."""

    path: str
    file: str
    parquet: bool
    number: int
    first: int
    size: int

    def blocks(self, titles: Sequence[str]) -> Iterator[RowBlock]:
        """Its rows in order."""
        first = self.first
        with _undamaged(self.path):
            for batch in self._batches(titles):
                batch.validate()
                found = {title: self._column(title, batch.column(title), first) for title in titles}
                yield RowBlock(first, found)
                first += batch.num_rows

    def place(self, row: int) -> str:
        """Where a row stands."""
        return at_row(self.path, row)

    def _batches(self, titles: Sequence[str]) -> Iterator[Any]:
        pa = arrow()
        if self.parquet:
            # A group may be the whole file: it is read as it is used, not at once.
            with pa.parquet.ParquetFile(
                self.file, buffer_size=BUFFER, pre_buffer=False, page_checksum_verification=True
            ) as file:
                yield from file.iter_batches(
                    BLOCK, row_groups=[self.number], columns=[*titles], use_threads=False
                )
            return
        with pa.memory_map(self.file) as stream:
            batch = pa.ipc.open_file(stream).get_batch(self.number)
            for start in range(0, batch.num_rows, BLOCK):
                yield batch.slice(start, BLOCK)

    def _column(self, title: str, values: Any, first: int) -> Array:
        if values.null_count:
            bad = values.is_null().to_numpy(zero_copy_only=False)
            raise missing(self.path, title, first + int(bad.argmax()))
        pa = arrow()
        kind = values.type
        if pa.types.is_fixed_size_list(kind):
            inner = values.flatten()
            if inner.null_count:
                bad = inner.is_null().to_numpy(zero_copy_only=False)
                raise missing(self.path, title, first + int(bad.argmax()) // kind.list_size)
            flat = _numbers(pa, inner)
            return checked(self.path, title, flat.reshape(len(values), kind.list_size), first)
        return checked(self.path, title, _numbers(pa, values), first)


def _numbers(pa: Any, values: Any) -> Array:
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.float64())
    found: Array = values.to_numpy(zero_copy_only=False)
    return found


def opened(path: str) -> ArrowTable:
    """A Parquet or Arrow file, by its first bytes; GradcliError (G602) for what is neither."""
    pa = arrow()
    file = str(Path(path).absolute())
    with Path(path).open("rb") as stream:
        start = stream.read(6)
    with _undamaged(path):
        if start[:4] == b"PAR1":
            with pa.parquet.ParquetFile(file) as found:
                data = found.metadata
                counts = [data.row_group(k).num_rows for k in range(data.num_row_groups)]
                return ArrowTable(
                    path, file, True, _columns(pa, found.schema_arrow), _groups(counts)
                )
        if start == b"ARROW1":
            with pa.memory_map(file) as mapped:
                reader = pa.ipc.open_file(mapped)
                batches = range(reader.num_record_batches)
                counts = [reader.get_batch(k).num_rows for k in batches]
                return ArrowTable(path, file, False, _columns(pa, reader.schema), _groups(counts))
    help = "it begins as neither Parquet nor an Arrow file does; a stream of Arrow is no file"
    raise unfit(path, "it cannot be read", help=help)


def _groups(counts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    first = 0
    groups = []
    for count in counts:
        groups.append((first, count))
        first += count
    return tuple(groups)


def _columns(pa: Any, schema: Any) -> tuple[ColumnType, ...]:
    return tuple(_column(pa, field.name, field.type) for field in schema)


def _column(pa: Any, name: str, kind: Any) -> ColumnType:
    types = pa.types
    if types.is_fixed_size_list(kind):
        inner = _column(pa, name, kind.value_type)
        return ColumnType(name, (kind.list_size,), "lists of lists" if inner.shape else inner.unfit)
    numeric = types.is_integer(kind) or types.is_floating(kind)
    if numeric or types.is_boolean(kind) or types.is_decimal(kind):
        return ColumnType(name)
    if types.is_dictionary(kind):
        return ColumnType(name, (), "categories")
    if types.is_temporal(kind):
        return ColumnType(name, (), "dates or times")
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return ColumnType(name, (), "text")
    return ColumnType(name, (), f"{kind}".split("<")[0])


def require_writable(path: Path) -> None:
    """GradcliError (G401) where no Parquet file can be written, before anything is read for it."""
    if path.suffix.lower() in OTHERS:
        help = f"call it  {path.with_suffix('.parquet')}"
        raise wrong("G401", f"{path} would be a Parquet file, and is not called so", help=help)
    arrow()
    if not path.absolute().parent.is_dir() or path.is_dir():
        raise wrong("G401", f"{path} cannot be written: there is no such folder, or it is one")


class GrowingParquet:
    """A Parquet file that grows by rows, and is there whole or not.

    GradcliError (G401) where it cannot be written.
    """

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.path, self.names = path, [*names]
        self.beside = path.with_name(f".{path.name}.{os.getpid()}")
        self.open: Any = None

    def __enter__(self) -> GrowingParquet:
        arrow()
        return self

    def write(self, columns: Sequence[Array]) -> None:
        """Some rows more, a column each."""
        pa = arrow()
        rows = pa.table([pa.array(column) for column in columns], names=self.names)
        try:
            if self.open is None:
                self.open = pa.parquet.ParquetWriter(self.beside, rows.schema)
            self.open.write_table(rows)
        except OSError as error:
            reason = error.strerror or error
            raise wrong("G401", f"{self.path} cannot be written: {reason}") from None

    def __exit__(self, kind: object, *_: object) -> None:
        if self.open is not None:
            self.open.close()
            if kind is None:
                self.beside.replace(self.path)
        self.beside.unlink(missing_ok=True)
