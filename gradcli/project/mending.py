"""Files mended: what a report asks for put into its text, judged again and kept if it is better.

Must not know how a mend was found, whom to ask before a file is written, nor formats.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from gradcli.errors import Source, wrong
from gradcli.judge.finding import CheckOptions, FileReport
from gradcli.judge.mends import MendEdit, comments, mended, mends, updates
from gradcli.project.files import NamedFile, at_home, printable, read
from gradcli.project.run import check_source
from gradcli.reading import Place


class FileChange(NamedTuple):
    """A kind of change: what a report asks for in its text, and which report is the better one."""

    noun: str
    edits: Callable[[FileReport, Source], Iterator[MendEdit]]
    better: Callable[[FileReport, FileReport], bool]


ROUNDS = 5
"""A mend may show that the next line of a chain is wrong as well."""


@dataclass(frozen=True, slots=True)
class MendedFile:
    """A file, its text as it stood and as it is to be, how many changes, the report on the latter.

    The report is None where the text has not been judged.
    """

    item: NamedFile
    before: Source
    after: Source
    count: int
    report: FileReport | None

    @property
    def diff(self) -> Iterator[str]:
        """The unified diff, line by line."""
        name = self.before.name.removeprefix("/")
        old, new = (text.text.splitlines() for text in (self.before, self.after))
        return unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="")


def mend_file(
    item: NamedFile, report: FileReport, options: CheckOptions, change: FileChange
) -> MendedFile | None:
    """The file with every edit that makes it better and nothing worse; None without any.

    Nothing is written. The report is on the text that the edits were found in.
    """
    if not any(report.findings) and not any(each.comments for each in report.derivations):
        return None
    before = text = _read(item)
    count = 0
    for _ in range(ROUNDS):
        wanted = [*change.edits(report, text)]
        if not wanted or any(m.span.source.text != text.text for m in wanted):
            break
        # Together first; one that spoils the others is found by trying each alone.
        for group in [wanted, *([m] for m in wanted * (len(wanted) > 1))]:
            tried = Source(text.name, mended(text, group))
            judged = check_source(item, tried, options)
            if change.better(report, judged):
                text, report, count = tried, judged, count + len(group)
                break
        else:
            break
    return MendedFile(item, before, text, count, report) if count else None


def write(made: MendedFile) -> None:
    """The mended text into its file, whole or not at all; its mode and its byte order mark stay.

    GradcliError (G401) where it has changed since it was read, or cannot be written.
    """
    path = at_home(made.item.path).resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        held = path.read_bytes()
        mark = b"\xef\xbb\xbf" if held.startswith(b"\xef\xbb\xbf") else b""
        if held != mark + made.before.text.encode():
            raise OSError("it has changed since it was read")
        try:
            beside.write_bytes(mark + made.after.text.encode())
            beside.chmod(path.stat().st_mode & 0o7777)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise wrong("G401", f"{printable(made.item.path)} cannot be written: {reason}") from None


def _read(item: NamedFile) -> Source:
    return read(item.path, Place(Path(item.path).parent, item.root))


def _better(before: FileReport, after: FileReport) -> bool:
    """Whether more claims pass, none fails that passed, and nothing is unread that was read."""
    old, new = [*before.findings], [*after.findings]
    if len(old) != len(new) or len([*after.errors]) > len([*before.errors]):
        return False
    kept = all(now.passed or not was.passed for was, now in zip(old, new, strict=True))
    return kept and _passing(after) > _passing(before)


def _passing(report: FileReport) -> int:
    return sum(found.passed for found in report.findings)


def _more_read(before: FileReport, after: FileReport) -> bool:
    """Whether more claims have a verdict, all others the same, and no row is read as another."""
    if len(before.rows) != len(after.rows) or len([*after.errors]) > len([*before.errors]):
        return False
    pairs = [*zip(before.rows, after.rows, strict=True)]
    same = all(was.kind in (UNREAD, now.kind) for was, now in pairs)
    verdicts = iter([(found.text, found.verdict) for found in after.findings])
    kept = all((found.text, found.verdict) in verdicts for found in before.findings)
    return (
        same and kept and _misshapen(after) <= _misshapen(before) and _count(after) > _count(before)
    )


def _count(report: FileReport) -> int:
    return len([*report.findings])


def _misshapen(report: FileReport) -> int:
    """Claims that are wrong for their shapes alone: no shape that is guessed may bring one."""
    return sum(found.evidence.method == "shape" for found in report.findings)


UNREAD = "unread"
MENDS = FileChange("mend", lambda report, text: mends(report.findings, text), _better)
UPDATES = FileChange("rounded number", lambda report, text: updates(report.findings, text), _better)
COMMENTS = FileChange(
    "comment", lambda report, text: comments(report.derivations, text), _more_read
)


def mendable(items: Iterable[object]) -> bool:
    """Whether all are files of derivations, which alone are mended in place."""
    return all(isinstance(item, NamedFile) for item in items)
