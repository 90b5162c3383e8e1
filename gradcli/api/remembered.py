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
from json import JSONDecodeError, dumps, loads
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from gradcli import work
from gradcli.errors import BUG, TOO_MUCH, Source, Span
from gradcli.judge.finding import CheckOptions, DerivationReport, FileReport
from gradcli.judge.records import Unrecorded, recorded, restored, texts
from gradcli.language.documents.sections import Document, Section, all_statements, expressions
from gradcli.language.parsing.parse import Reading
from gradcli.language.tree import syntax
from gradcli.language.tree.sheet_text import sheet_text
from gradcli.reading import Place

if TYPE_CHECKING:
    from gradcli.language.tex.document import TexDocument

R = TypeVar("R", DerivationReport, FileReport)

OFF = "GRADCLI_NO_CACHE"
"""A variable of the environment under which nothing is kept, nor found."""
STRICT = "GRADCLI_STRICT"
"""A variable of the environment under which a search for a mend that fails is an error."""
PASSING = (BUG, TOO_MUCH, "G011")
"""Codes of what may be otherwise another time: faults, and files that could not be read."""
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


class Remembered(Generic[R]):
    """A report as it may be known from before.

    `key` is empty where it cannot be. `line` is where the text stands, which starts at `own`;
    what stands before that and is meant as well starts at `start`.
    """

    kind: type[R]
    key = ""

    def __init__(self, source: Source, line: int, own: int, start: int) -> None:
        self.source, self.line, self._own, self._start = source, line, own, start

    def found(self, cache: Cache) -> R | None:
        """The report that the cache has, if it speaks of the same lines or of none."""
        record = cache.get(self.key) if self.key else None
        if record is None:
            return None
        with suppress(JSONDecodeError, LookupError, TypeError, ValueError, RecursionError):
            key, line, made = loads(record)
            if key == self.key and line in (None, self.line):
                report = restored(made, self._here)
                return report if isinstance(report, self.kind) else None
        return None

    def keep(self, report: R, cache: Cache) -> None:
        """Put a finished report into the cache, unless it hangs on this machine or is a fault."""
        if not self.key or any(code in PASSING for code in _codes(report)):
            return
        with suppress(Unrecorded, ValueError, RecursionError):
            made = recorded(report, self._placed)
            moves = not any(map(LINES.search, texts(made)))
            cache.put(self.key, dumps([self.key, None if moves else self.line, made]))

    def _placed(self, span: Span) -> list[int]:
        if span.source is not self.source:
            raise Unrecorded(span.source.name)
        base = self._own if span.start >= self._own else self._start
        return [int(base == self._own), span.start - base, span.end - base]

    def _here(self, placed: list[int]) -> Span:
        own, start, end = placed
        base = self._own if own else self._start
        return Span(self.source, base + start, base + end)


class RememberedDerivation(Remembered[DerivationReport]):
    """One derivation.

    It cannot be known where the text has mistakes, for what was read of one derivation hangs on
    those before it then, where only some lines or only readings are asked for, where code is run,
    and where the text is a part of what a file holds.
    """

    kind = DerivationReport

    def __init__(
        self, document: Document, reading: Reading, shared: Section, own: Section, first: int,
        end: int, options: CheckOptions, place: Place, given: Sequence[syntax.Statement] = (),
    ) -> None:  # fmt: skip
        source = document.source
        line, _ = source.position(own.start)
        super().__init__(source, line, own.start, document.start)
        self._starts = line if own.start else document.line
        statements = [*all_statements(shared.statements), *all_statements(own.statements)]
        plain = not (reading.complaints or options.lines or options.list)
        plain &= type(source) is Source
        files = [_stamp(place.folder / name) if name else None for name in _files(statements)]
        if not plain or None in files:
            return
        text = document.text
        own_text = text[own.start : end].rstrip()
        fails = [(part.start - own.start, part.end - own.start) for part in document.parts]
        expected = [part.fails for part in document.parts]
        self.key = _key(
            source, replace(options, name=""), place, document.name, own is shared,
            text[document.start : first], own_text, fails, expected, files, sheet_text(given),
        )  # fmt: skip

    def found(self, cache: Cache) -> DerivationReport | None:
        """The same, with the line that it has now."""
        report = super().found(cache)
        if report is not None:
            report.line = self._starts
        return report


class RememberedPaper(Remembered[FileReport]):
    """A whole paper, with all that it inputs; never where comments name data, which change."""

    kind = FileReport

    def __init__(self, document: TexDocument, options: CheckOptions, place: Place) -> None:
        source = document.source
        super().__init__(source, 1, 0, 0)
        spoken = (block.text for block in document.blocks if block.kind in ("note", "sheet"))
        if not any("@" in text for text in spoken):
            self.key = _key(
                source, options, place, "paper", source.text, source.standing,
                document.complaints == [],
            )  # fmt: skip


def _codes(report: DerivationReport | FileReport) -> Iterator[str]:
    if isinstance(report, FileReport):
        yield from (error.code for _, error in report.errors)
    else:
        yield from (error.code for error in report.errors)


def _key(source: Source, options: CheckOptions, place: Place, *standing: object) -> str:
    """The key of a report on what stands there; empty where nothing is to be kept."""
    if os.environ.get(OFF) or not (known := program()):
        return ""
    whole = (
        known, source.name, repr(options), work.limit(), os.environ.get(STRICT),
        str(place.folder.absolute()), str(place.root), standing,
    )  # fmt: skip
    return _digest(repr(whole))


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
    return _digest(known) if stamps else ""


def _stamps(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".json", ".toml")):
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _stamps(entry.path)


def _digest(text: str) -> str:
    from hashlib import sha256  # noqa: PLC0415 only a run needs it

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
