"""The pytest plug-in: each claim of `*.grad` files and of Markdown with fences is a test, if asked.

Must not import anything of gradcli before there is such a file: it is loaded with every pytest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gradcli.errors import Diagnostic
    from gradcli.judge.finding import DerivationReport, FileReport, Report
    from gradcli.project.config import Config

ENDINGS = (".grad", ".md", ".markdown")


def pytest_addoption(parser: pytest.Parser) -> None:
    help = "Collect *.grad files, and Markdown with grad fences: each claim is a test."
    parser.getgroup("gradcli").addoption("--gradcli", action="store_true", help=help)
    parser.addini("gradcli", help, type="bool", default=False)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix.lower() not in ENDINGS or not _is_asked(file_path, parent):
        return None
    from gradcli.project.files import has_derivations  # noqa: PLC0415 seldom asked

    return (
        DerivationFile.from_parent(parent, path=file_path) if has_derivations(file_path) else None
    )


def _is_asked(path: Path, parent: pytest.Collector) -> bool:
    """Whether somebody wants it: what is installed alone makes no tests of anybody's files."""
    config = parent.config
    asked = config.getoption("--gradcli") or config.getini("gradcli")
    return bool(asked) or parent.session.isinitpath(path)


class DerivationFile(pytest.File):
    """A file: it is read when it is collected, and judged when its claims are run."""

    def collect(self) -> Iterator[pytest.Collector]:
        from gradcli.errors import GradcliError  # noqa: PLC0415
        from gradcli.judge.finding import DerivationReport  # noqa: PLC0415
        from gradcli.project.files import is_matched, read  # noqa: PLC0415
        from gradcli.show.diagnostics import render  # noqa: PLC0415

        try:
            path, patterns = Path(self.called), self.settings.exclude
            if any(is_matched(place, patterns) for place in (path, *path.parents)):
                return
            read(self.called)
        except GradcliError as error:
            raise self.CollectError("\n\n".join(map(render, error.diagnostics))) from None
        found = self.asked(list=True).derivations or [DerivationReport("", 1)]
        names = _UniqueNames()
        # What stands before the first derivation is told with it.
        ends = [*(each.line for each in found[1:]), float("inf")]
        begins = [0, *(each.line for each in found[1:])]
        for each, first, end in zip(found, begins, ends, strict=True):
            name = names.unique(each.name or self.path.stem)
            yield DerivationItems.from_parent(self, name=name, found=each, first=first, end=end)

    @property
    def called(self) -> str:
        """Its name in reports."""
        here = Path.cwd()
        return str(self.path.relative_to(here) if self.path.is_relative_to(here) else self.path)

    @cached_property
    def settings(self) -> Config:
        from gradcli.project.config import load  # noqa: PLC0415

        return load(self.path.parent)

    def asked(self, lines: tuple[int, ...] = (), list: bool = False) -> FileReport:
        """The report on the claims that begin on these lines, or what every line is read as."""
        from gradcli.judge.finding import CheckOptions  # noqa: PLC0415
        from gradcli.project.files import NamedFile  # noqa: PLC0415
        from gradcli.project.run import check_one  # noqa: PLC0415
        from gradcli.reading import project  # noqa: PLC0415

        own = self.settings
        options = CheckOptions(
            seed=own.seed, points=own.points, layout=own.layout, limit=own.limit, list=list
        )
        return check_one(NamedFile(self.called, lines, project(self.path.parent)), options)


class DerivationItems(pytest.Collector):
    """A derivation, which is judged once, whichever of its claims is run first, and where."""

    parent: DerivationFile

    def __init__(self, *, found: DerivationReport, first: float, end: float, **rest: Any) -> None:
        super().__init__(**rest)
        self.line, self.first, self.end = found.line, first, end
        claims = [each.line for each in found.read if each.kind == "claim"]
        # What cannot be read is a failure of its own, not one of the claim above it.
        wrong = {_line(error) for error in found.errors} - {*claims}
        self.lines = sorted([*claims, *wrong]) or [found.line]

    def collect(self) -> Iterator[pytest.Item]:
        names = _UniqueNames()
        for number, line in enumerate(self.lines):
            name = names.unique(f"line {line}")
            yield ClaimItem.from_parent(self, name=name, line=line, number=number)

    @cached_property
    def failures(self) -> list[str]:
        """The report on each claim, nothing for one that passes."""
        return _once(self.config, self.nodeid, self._judged)

    def _judged(self) -> list[str]:
        from gradcli.show.check import check  # noqa: PLC0415

        allow = self.parent.settings.allow_undecided
        reports = map(self.of, range(len(self.lines)))
        shown = (
            check(report, "full", allow_undecided=allow, quiet=True)
            if report.exit_code(allow)
            else []
            for report in reports
        )
        return ["".join(text for text, _ in pieces) for pieces in shown]

    @cached_property
    def report(self) -> FileReport:
        """All that is said of this derivation, and of no other."""
        whole = self.parent.asked((*self.lines,))
        return replace(
            whole,
            derivations=[d for d in whole.derivations if self.first <= d.line < self.end],
            unreadable=[d for d in whole.unreadable if self.first <= _line(d) < self.end],
        )

    def of(self, number: int) -> Report:
        """What is said of a claim: with it stands what belongs to none, behind the one above."""
        from gradcli.judge.finding import FileReport, Report  # noqa: PLC0415

        taken: set[int] = set()

        def mine(line: int, claims: bool = False) -> bool:
            above = [k for k, begun in enumerate(self.lines) if begun <= line] or [0]
            there = [k for k in above if self.lines[k] == self.lines[above[-1]]]
            free = [k for k in there if k not in taken] if claims else []
            owner = (free or there)[0 if free else -1]
            if claims:
                taken.add(owner)
            return owner == number

        def part(whole: DerivationReport) -> DerivationReport:
            return replace(
                whole,
                findings=[f for f in whole.findings if mine(_begin(f), claims=True)],
                errors=[d for d in whole.errors if mine(_line(d))],
                unmet=[d for d in whole.unmet if mine(_line(d))],
                notes=[d for d in whole.notes if mine(_line(d))],
            )

        parts = [*map(part, self.report.derivations)]
        unreadable = [d for d in self.report.unreadable if mine(_line(d))]
        return Report([FileReport(self.report.path, parts, unreadable)])


class ClaimItem(pytest.Item):
    """A claim, or a line of a chain."""

    parent: DerivationItems

    def __init__(self, *, line: int, number: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.line, self.number = line, number

    def runtest(self) -> None:
        if report := self.parent.failures[self.number]:
            raise ClaimFails(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if not isinstance(excinfo.value, ClaimFails):
            return super().repr_failure(excinfo, style)
        shown: Any = excinfo.getrepr(style="value")
        report = str(excinfo.value).splitlines()
        shown.reprtraceback.reprentries[-1].lines = report
        # The summary has a line for each failure, which nothing shortens where `CI` is set.
        shown.reprcrash.message = report[0]
        return shown

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, f"{self.parent.name}, {self.name}"


class ClaimFails(Exception):
    """A claim is wrong; the report on it."""


class _UniqueNames:
    """Names, each told apart from those before it."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def unique(self, name: str) -> str:
        count = self._seen[name] = self._seen.get(name, 0) + 1
        return name if count == 1 else f"{name} ({count})"


def _begin(finding: Any) -> int:
    """The line on which a claim begins, or a chain's line."""
    span = finding.left if finding.left and not finding.step else finding.span
    line: int = span.source.position(span.start)[0]
    return line


def _line(diagnostic: Diagnostic) -> int:
    span = diagnostic.span
    return span.source.position(span.start)[0] if span else 0


def _once(config: pytest.Config, name: str, judge: Callable[[], list[str]]) -> list[str]:
    """What the processes of a session find out once: the first does, others wait for it.

    Where files cannot be locked, each finds it out.
    """
    found: list[str]
    base = getattr(config.option, "basetemp", None)
    try:
        import fcntl  # noqa: PLC0415 seldom asked
    except ImportError:
        fcntl = None  # type: ignore[assignment]
    if fcntl is None or not base or not hasattr(config, "workerinput"):
        found = judge()
        return found
    place = Path(base).parent / f"gradcli-{sha256(name.encode()).hexdigest()}"
    # A lock ends with the process that holds it, however that ends.
    with place.open("a+b") as file, _locked(file, fcntl):
        file.seek(0)
        if kept := file.read():
            found = json.loads(kept)
        else:
            found = judge()
            file.write(json.dumps(found).encode())
    return found


@contextmanager
def _locked(file: Any, fcntl: Any) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    yield
    file.flush()
