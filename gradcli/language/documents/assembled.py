"""A text put together of stretches of files: the cells of a notebook, a document with its inputs.

Must not know what the text says, nor read a file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from gradcli.errors import Source


class StoredStretch(NamedTuple):
    """Where a stretch of the text begins, the file that it stands in, where there, and how long.

    A text that stands nowhere, as what parts two cells, has no length in its file.
    """

    start: int
    source: Source
    at: int
    length: int


class AssembledSource(Source):
    """A text that knows of each of its characters in which file it is stored, and where.

    `encode` makes of a text what is written into a file for it.
    """

    def __init__(self, name: str, encode: Callable[[str], str] = str) -> None:
        super().__init__(name, "")
        self._encode = encode
        self._texts: list[str] = []
        self._stretches: list[StoredStretch] = []
        self._length = 0
        self._cells: list[tuple[int, int]] = []

    def add(self, text: str, source: Source, at: int, *, stored: bool = True) -> None:
        """Go on with a text that is stored there, character by character, or is not stored."""
        self._stretches.append(StoredStretch(self._length, source, at, len(text) if stored else 0))
        self._texts.append(text)
        self._length += len(text)

    def begin_cell(self, number: int) -> None:
        """What follows is a cell of that number."""
        self._cells.append((self._length, number))

    def finished(self) -> AssembledSource:
        """The same with its text."""
        self.text = "".join(self._texts)
        return self

    def stored(self, offset: int) -> tuple[Source, int]:
        if not self._stretches:
            return self, offset
        found = self._stretches[max(0, bisect_right(self._stretches, offset, key=_start) - 1)]
        return found.source, found.at + min(offset - found.start, found.length)

    def position(self, offset: int) -> tuple[int, int]:
        source, at = self.stored(offset)
        return Source.position(source, at)

    def encoded(self, text: str) -> str:
        return self._encode(text)

    @property
    def standing(self) -> tuple[object, ...]:
        files = {id(s.source): (s.source.name, s.source.text) for s in self._stretches}
        return (*files.values(), *((s.start, s.source.name, s.at) for s in self._stretches))

    def cell(self, offset: int) -> tuple[int, int] | None:
        number = bisect_right(self._cells, offset, key=_start) - 1
        if number < 0:
            return None
        start, cell = self._cells[number]
        return cell, self.text.count("\n", start, offset) + 1


def _start(stretch: tuple[object, ...]) -> int:
    start = stretch[0]
    assert isinstance(start, int)
    return start
