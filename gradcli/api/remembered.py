"""Derivations that were judged before: the key of what a report stands on, and what is kept by it.

Must not know where records are kept beyond this process. A key has all that a verdict depends on,
the program's own files too, so what is found by it is what would be found anew.
"""

from __future__ import annotations

import os
import re
import sys
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from hashlib import sha256
from json import JSONDecodeError, dumps, loads
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Protocol

from gradcli import work
from gradcli.errors import BUG, TOO_MUCH, Source, Span
from gradcli.judge.finding import CheckOptions, DerivationReport, FileReport
from gradcli.judge.records import Unrecorded, recorded, restored, texts
from gradcli.language import syntax
from gradcli.language.parse import Reading
from gradcli.language.sections import Document, Section, all_statements, expressions
from gradcli.reading import Place

if TYPE_CHECKING:
    from gradcli.language.tex.document import TexDocument

OFF = "GRADCLI_NO_CACHE"
"""A variable of the environment under which nothing is kept, nor found."""
STRICT = "GRADCLI_STRICT"
"""A variable of the environment under which a search for a mend that fails is an error."""
INPUT = "G011"
"""The code of a file that could not be read, and may be another time."""
LINES = re.compile(r"\blines? \d|:\d+\b")
"""What may speak of the line that something stands on."""
KEPT = 2048
JUST_NOW = 2_000_000_000
"""Nanoseconds within which a file system may give two changes one time."""
LIBRARIES = ("numpy", "flint")


class Cache(Protocol):
    """Records by their keys; what is not there or cannot be read is None."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, record: str) -> None: ...


class Memory:
    """The records of this process, those that were not asked for longest dropped first."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._records: OrderedDict[str, str] = OrderedDict()

    def get(self, key: str) -> str | None:
        """The record of that key."""
        if key in self._records:
            self._records.move_to_end(key)
        return self._records.get(key)

    def put(self, key: str, record: str) -> None:
        """Keep a record."""
        self._records[key] = record
        if len(self._records) > self._most:
            self._records.popitem(last=False)


class Nothing:
    """Keeps nothing."""

    def get(self, key: str) -> str | None:
        return None

    def put(self, key: str, record: str) -> None:
        return


MEMORY = Memory()


class Remembered:
    """One derivation as it may be known from before.

    `key` is None where it cannot be: where the text has mistakes, for what was read of one
    derivation hangs on those before it then, where only some lines or only readings are asked for,
    where code is run, and where the text is a part of what a file holds.
    """

    def __init__(
        self, document: Document, reading: Reading, shared: Section, own: Section, first: int,
        end: int, options: CheckOptions, place: Place,
    ) -> None:  # fmt: skip
        self.source, self.own, self.document = document.source, own, document
        self.line, _ = self.source.position(own.start)
        statements = [*all_statements(shared.statements), *all_statements(own.statements)]
        self.key = None
        plain = not (reading.complaints or options.lines or options.list)
        plain &= type(document.source) is Source
        files = [_stamp(place.folder / name) if name else None for name in _files(statements)]
        if not plain or None in files or os.environ.get(OFF) or not (known := program()):
            return
        text = document.text
        own_text = text[own.start : end].rstrip()
        fails = [(part.start - own.start, part.end - own.start) for part in document.parts]
        expected = [part.fails for part in document.parts]
        standing = (
            known, self.source.name, document.name, own is shared, text[document.start : first],
            own_text, fails, expected, repr(replace(options, name="")), work.limit(),
            os.environ.get(STRICT), str(place.folder.absolute()), str(place.root),
            files,
        )  # fmt: skip
        self.key = sha256(repr(standing).encode("utf-8", "surrogatepass")).hexdigest()

    def found(self, cache: Cache) -> DerivationReport | None:
        """The report that the cache has, if it speaks of the same lines or of none."""
        record = cache.get(self.key) if self.key else None
        if record is None:
            return None
        try:
            key, line, made = loads(record)
            if key != self.key or line not in (None, self.line):
                return None
            report = restored(made, self._here)
        except (JSONDecodeError, LookupError, TypeError, ValueError, RecursionError):
            return None
        if not isinstance(report, DerivationReport):
            return None
        report.line = self._starts
        return report

    def keep(self, report: DerivationReport, cache: Cache) -> None:
        """Put a finished report into the cache, unless it hangs on this machine or is a fault."""
        if not self.key or any(error.code in (BUG, TOO_MUCH) for error in report.errors):
            return
        try:
            made = recorded(report, self._placed)
            moves = not any(map(LINES.search, texts(made)))
            cache.put(self.key, dumps([self.key, None if moves else self.line, made]))
        except (Unrecorded, ValueError, RecursionError):
            return

    @property
    def _starts(self) -> int:
        return self.line if self.own.start else self.document.line

    def _placed(self, span: Span) -> list[int]:
        if span.source is not self.source:
            raise Unrecorded(span.source.name)
        base = self.own.start if span.start >= self.own.start else self.document.start
        return [int(base == self.own.start), span.start - base, span.end - base]

    def _here(self, placed: list[int]) -> Span:
        own, start, end = placed
        base = self.own.start if own else self.document.start
        return Span(self.source, base + start, base + end)


class RememberedPaper:
    """A whole paper as it may be known from before, with all that it inputs.

    `key` is None where it cannot be: where comments name data, which may change.
    """

    def __init__(self, document: TexDocument, options: CheckOptions, place: Place) -> None:
        self.source, self.key = document.source, ""
        spoken = (block.text for block in document.blocks if block.kind in ("note", "sheet"))
        if os.environ.get(OFF) or any("@" in text for text in spoken) or not (known := program()):
            return
        standing = (
            known, "paper", self.source.name, self.source.text, self.source.standing,
            repr(options), work.limit(), os.environ.get(STRICT), str(place.folder.absolute()),
            str(place.root), document.complaints == [],
        )  # fmt: skip
        self.key = sha256(repr(standing).encode("utf-8", "surrogatepass")).hexdigest()

    def found(self, cache: Cache) -> FileReport | None:
        """The report that the cache has."""
        record = cache.get(self.key) if self.key else None
        with suppress(JSONDecodeError, LookupError, TypeError, ValueError, RecursionError):
            key, made = loads(record or "null")
            report = restored(made, lambda at: Span(self.source, *at)) if key == self.key else None
            return report if isinstance(report, FileReport) else None
        return None

    def keep(self, report: FileReport, cache: Cache) -> None:
        """Put a finished report into the cache, unless it hangs on this machine or is a fault."""
        if not self.key or any(error.code in (BUG, TOO_MUCH, INPUT) for _, error in report.errors):
            return
        with suppress(Unrecorded, ValueError, RecursionError):
            cache.put(self.key, dumps([self.key, recorded(report, self._placed)]))

    def _placed(self, span: Span) -> list[int]:
        if span.source is not self.source:
            raise Unrecorded(span.source.name)
        return [span.start, span.end]


def _files(statements: Sequence[syntax.Statement]) -> Iterator[str | None]:
    """The files that a text names; None for code, of which nobody knows what it reads."""
    for statement in statements:
        values = [expr for _, expr in statement.values] if isinstance(statement, syntax.At) else []
        for expr in [*expressions(statement), *values]:
            for part in syntax.parts(expr):
                if isinstance(part, syntax.FileValue):
                    yield part.path.partition(":")[0] if ".npz:" in part.path else part.path
                elif isinstance(part, syntax.CodeValue | syntax.CodeCall):
                    yield None


def _stamp(path: Path) -> tuple[str, int, int, int, int] | None:
    """What changes when a file does; None where that cannot be told.

    One that was written just now may be written again without another time.
    """
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    if abs(time_ns() - found.st_mtime_ns) < JUST_NOW:
        return None
    return str(path), found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns


@cache
def program() -> str:
    """What tells this program from every other: its files, and the versions it stands on.

    Empty where its files cannot be looked at.
    """
    stamps = sorted(_stamps(str(Path(__file__).parent.parent)))
    versions = [getattr(sys.modules.get(name), "__version__", "") for name in LIBRARIES]
    known = repr((sys.version, versions, stamps))
    return sha256(known.encode("utf-8", "surrogatepass")).hexdigest() if stamps else ""


def _stamps(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".json", ".toml")):
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _stamps(entry.path)
