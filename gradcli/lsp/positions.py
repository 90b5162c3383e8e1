"""Places as editors count them: lines from 0, and columns in the units of an encoding.

Must not know what stands in a text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""An object of the protocol, by the names that the protocol gives its fields."""

ENDS = re.compile(r"\r\n|\n|\r")


class TextLines:
    """A text whose places can be told either way; `encoding` is what columns count.

    It is `utf-16` unless the editor and the server have agreed on `utf-8` or `utf-32`.
    """

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self.encoding = encoding

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        return [0, *(match.end() for match in ENDS.finditer(self.text))]

    def line(self, offset: int) -> int:
        """The line, from 0, that an offset lies in."""
        return bisect_right(self.starts, offset) - 1

    def line_end(self, line: int) -> int:
        """Where the text of a line ends, its line end not counted."""
        start = self.starts[line]
        match = ENDS.search(self.text, start)
        return match.start() if match else len(self.text)

    def position(self, offset: int) -> Json:
        """Line and column of an offset in code points."""
        line = self.line(offset)
        return {"line": line, "character": self._units(self.text[self.starts[line] : offset])}

    def range(self, start: int, end: int) -> Json:
        """A stretch, its end not included."""
        return {"start": self.position(start), "end": self.position(end)}

    def offset(self, position: Json) -> int:
        """The offset of a position; one beyond the end of its line is the end of that line."""
        line = min(max(int(position["line"]), 0), len(self.starts) - 1)
        left, at = int(position["character"]), self.starts[line]
        end = self.line_end(line)
        while at < end and left > 0:
            left -= self._units(self.text[at])
            at += 1
        return at

    def width(self, start: int, end: int) -> int:
        """How many columns a stretch within one line takes."""
        return self._units(self.text[start:end])

    def _units(self, text: str) -> int:
        if text.isascii() or self.encoding == "utf-32":
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(char > "\uffff" for char in text)
