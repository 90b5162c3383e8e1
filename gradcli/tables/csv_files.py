"""Tables in text files with separated values: cut at ends of lines here, read by whoever gets them.

Must not know other formats. pyarrow reads a piece where it is installed and finds nothing odd in
it; Python's own reader decides everything else, and says what is wrong on which line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import islice
from math import isfinite
from pathlib import Path

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.errors import GradcliError
from gradcli.tables.table import BLOCK, MISSING, ColumnType, RowBlock, lost, unfit

BYTES = 4 << 20
"""Of a piece."""
LONGEST = 64 << 20
"""Bytes of a line: more is no table."""
TRUTH = {"true": 1.0, "false": 0.0}
NOTHING = {"na", "n/a", "#n/a", "null", "none", "-", "?"}
"""What stands for a value that is missing, beside nothing and NaN."""
NEARLY = re.compile(r"[-+]?[$€£¥]?\s*\d[\d.,'\s]*[%$€£¥]?")
"""A number as people write it: `1,234.50`, `3,5`, `12 %`, `$5`."""
QUOTE, END = b'"', b"\n"


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A file: how its values are separated, and where its rows begin, in bytes and lines."""

    path: str
    file: str
    separator: str
    columns: tuple[ColumnType, ...]
    start: int
    lines: int
    size: int

    def pieces(self) -> Iterator[CsvText]:
        """The file in stretches of whole rows."""
        titles = tuple(column.title for column in self.columns)
        line, rest = self.lines, b""
        with Path(self.file).open("rb") as stream:
            stream.seek(self.start)
            while True:
                more = stream.read(BYTES)
                rest += more
                end = _last_end(rest) if more else len(rest)
                if end:
                    text, rest = rest[:end], rest[end:]
                    yield CsvText(self.path, self.separator, titles, line, text)
                    line += text.count(END)
                if not more:
                    return
                if len(rest) > LONGEST:
                    raise _at(self.path, line, "it never ends: is a quote open?")


def _last_end(text: bytes) -> int:
    """Behind the last end of a line that stands within no quotes; 0 where there is none."""
    end = text.rfind(END) + 1
    while end and text.count(QUOTE, 0, end) % 2:
        end = text.rfind(END, 0, end - 1) + 1
    return end


@dataclass(frozen=True, slots=True)
class CsvText:
    """Some rows as they stand in the file, behind so many lines."""

    path: str
    separator: str
    titles: tuple[str, ...]
    lines: int
    text: bytes

    @property
    def size(self) -> int:
        """The bytes."""
        return len(self.text)

    def blocks(self, titles: Sequence[str]) -> Iterator[RowBlock]:
        """Its rows in order."""
        places = [self.titles.index(title) for title in titles]
        columns = self._quickly(places)
        if columns is None:
            columns = self._carefully(places)
        for start in range(0, len(columns[0]) if columns else 0, BLOCK):
            found = [column[start : start + BLOCK] for column in columns]
            yield RowBlock(start, dict(zip(titles, found, strict=True)))

    def place(self, row: int) -> str:
        """On which line a row stands."""
        return f"{self.path}, line {next(islice(self._records(), row, None))[0]:,}"

    def _quickly(self, places: Sequence[int]) -> list[Array] | None:
        """The columns, if all that is in them are plain finite numbers."""
        try:
            import pyarrow as pa  # noqa: PLC0415 seldom asked
            from pyarrow import csv as quick  # noqa: PLC0415
        except ImportError:
            return None
        names = [str(k) for k in range(len(self.titles))]
        wanted = [names[k] for k in places]
        try:
            found = quick.read_csv(
                BytesIO(self.text),
                quick.ReadOptions(column_names=names, use_threads=False, block_size=2 * BYTES),
                quick.ParseOptions(delimiter=self.separator, newlines_in_values=True),
                quick.ConvertOptions(
                    include_columns=wanted, null_values=[],
                    column_types=dict.fromkeys(wanted, pa.float64()),
                ),
            )  # fmt: skip
        except pa.ArrowException:
            return None
        columns = [found.column(name).to_numpy() for name in wanted]
        return columns if all(np.isfinite(column).all() for column in columns) else None

    def _carefully(self, places: Sequence[int]) -> list[Array]:
        """The columns, read one by one; GradcliError (G602) for the first that is no number."""
        found = [
            [self._number(cells[k], self.titles[k], line) for k in places]
            for line, cells in self._records()
        ]
        return [*np.array(found, dtype=np.float64).reshape(-1, len(places)).T]

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the line that it ends on; GradcliError (G602) for what is none."""
        text = StringIO(_decoded(self.path, self.text), newline="")
        reader = csv.reader(text, delimiter=self.separator, strict=True)
        try:
            for cells in reader:
                line = self.lines + reader.line_num
                if cells and len(cells) != len(self.titles):
                    message = f"it has {len(cells)} values for {len(self.titles)} columns"
                    raise _at(self.path, line, message)
                if cells:
                    yield line, cells
        except csv.Error:
            message = "quotes that do not fit"
            raise _at(self.path, self.lines + reader.line_num, message) from None

    def _number(self, cell: str, title: str, line: int) -> float:
        text = cell.strip()
        if not text or text.lower() in NOTHING:
            raise _at(self.path, line, f"column {title} has no value", MISSING)
        truth = TRUTH.get(text.lower())
        value = truth if truth is not None else _float(text)
        if value is None and NEARLY.fullmatch(text):
            help = "write 1234.5: a point, and no sign of thousands, percent or currency"
            raise _at(self.path, line, f"column {title} holds a number in another notation", help)
        if value is None:
            help = "for categories write one column of 0 and 1 each; dates are no numbers"
            raise _at(self.path, line, f"column {title} holds text, not a number", help)
        if not isfinite(value):
            raise _at(self.path, line, f"column {title} holds {lost(value)}", MISSING)
        return value


def _float(text: str) -> float | None:
    try:
        return float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        return None


def _at(path: str, line: int, reason: str, help: str = "") -> GradcliError:
    """What is said of a line, from 1."""
    return unfit(f"{path}, line {line:,}", reason, help=help)


def _decoded(path: str, text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise unfit(path, "it is not UTF-8 text", help="save it as UTF-8") from None


def opened(path: str) -> CsvTable:
    """A file whose first line has the names of its columns, or numbers: then they are c0, c1, …

    What separates its values is the most frequent of `,`, `;`, tab and `|` in that line.
    """
    file = Path(path)
    with file.open("rb") as stream:
        head = b""
        while not head or head.count(QUOTE) % 2:
            more = stream.readline(LONGEST)
            if not more:
                break
            head += more
        start = stream.tell()
    text = _decoded(path, head).removeprefix("\ufeff")
    if not text.strip():
        raise unfit(path, "it is empty" if not head else "its first line is empty")
    separator = max(",;\t|", key=text.count)
    titles = [cell.strip() for cell in next(csv.reader(StringIO(text), delimiter=separator))]
    lines = head.count(END)
    if all(_float(title) is not None for title in titles):
        titles, start, lines = [f"c{k}" for k in range(len(titles))], 0, 0
    if again := next((title for title in titles if title and titles.count(title) > 1), None):
        raise unfit(path, f"two columns are called {again}", help="rename one of them")
    columns = tuple(map(ColumnType, titles))
    size = file.stat().st_size - start
    return CsvTable(path, str(file.absolute()), separator, columns, start, lines, size)
