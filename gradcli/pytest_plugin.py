"""The pytest plug-in: every derivation of `*.grad` files and of Markdown with fences is a test.

Must not import anything of gradcli before there is such a file: it is loaded with every pytest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gradcli.errors import Diagnostic, Source
    from gradcli.judge.finding import FileReport, Report
    from gradcli.project.config import Config

ENDINGS = (".grad", ".md", ".markdown")
TITLE = re.compile(r'^[ \t]*derivation\b[ \t]*(?:"(?P<title>[^"\n]*)")?', re.MULTILINE)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix.lower() not in ENDINGS:
        return None
    from gradcli.project.files import has_derivations  # noqa: PLC0415 seldom asked

    return (
        DerivationFile.from_parent(parent, path=file_path) if has_derivations(file_path) else None
    )


class DerivationFile(pytest.File):
    """A file; it is checked once, when the first of its derivations is run."""

    def collect(self) -> Iterator[pytest.Item]:
        from gradcli.errors import GradcliError  # noqa: PLC0415
        from gradcli.project.files import is_excluded, read  # noqa: PLC0415
        from gradcli.show.diagnostics import render  # noqa: PLC0415

        try:
            path, patterns = Path(self.called), self.settings.exclude
            if any(is_excluded(place, patterns) for place in (path, *path.parents)):
                return
            titles = [*_titles(read(self.called))]
        except GradcliError as error:
            raise self.CollectError("\n\n".join(map(render, error.diagnostics))) from None
        names: dict[str, int] = {}
        bounds = [0, *(start for _, _, start in titles[1:]), float("inf")]
        for (title, line, _), lines in zip(titles, pairwise(bounds), strict=False):
            name = title or self.path.stem
            names[name] = names.get(name, 0) + 1
            unique = name if names[name] == 1 else f"{name} ({names[name]})"
            yield DerivationItem.from_parent(self, name=unique, line=line, lines=lines)

    @property
    def called(self) -> str:
        """Its name in reports."""
        here = Path.cwd()
        return str(self.path.relative_to(here) if self.path.is_relative_to(here) else self.path)

    @cached_property
    def settings(self) -> Config:
        from gradcli.project.config import load  # noqa: PLC0415

        return load(self.config.rootpath)

    @cached_property
    def report(self) -> FileReport:
        from gradcli.judge.finding import CheckOptions  # noqa: PLC0415
        from gradcli.project.files import NamedFile  # noqa: PLC0415
        from gradcli.project.run import check_one  # noqa: PLC0415
        from gradcli.reading import project  # noqa: PLC0415

        wanted = self.settings
        options = CheckOptions(
            seed=wanted.seed, points=wanted.points, layout=wanted.layout, limit=wanted.limit
        )
        root = project(self.path.parent)
        return check_one(NamedFile(self.called, root=root), options)


class DerivationItem(pytest.Item):
    """A derivation: all that is reported on its lines."""

    parent: DerivationFile

    def __init__(self, *, line: int, lines: tuple[float, float], **rest: Any) -> None:
        super().__init__(**rest)
        self.line = line
        self.lines = lines

    def runtest(self) -> None:
        from gradcli.show.check import check  # noqa: PLC0415

        report, allow = self._report(), self.parent.settings.allow_undecided
        if report.exit_code(allow):
            pieces = check(report, "full", allow_undecided=allow, quiet=True)
            raise ClaimsFail("".join(text for text, _ in pieces))

    def _report(self) -> Report:
        from gradcli.judge.finding import FileReport, Report  # noqa: PLC0415

        first, end = self.lines
        whole = self.parent.report
        derivations = [d for d in whole.derivations if first <= d.line < end]
        unreadable = [d for d in whole.unreadable if first <= _line(d) < end]
        return Report([FileReport(whole.path, derivations, unreadable)])

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, ClaimsFail):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.name


class ClaimsFail(Exception):
    """A derivation is wrong; the report on it."""


def _titles(source: Source) -> Iterator[tuple[str, int, int]]:
    """The derivations: name, empty for none, line, and where what belongs to it begins."""
    from gradcli.language.markdown import documents  # noqa: PLC0415
    from gradcli.language.sections import Document  # noqa: PLC0415
    from gradcli.project.files import is_markdown  # noqa: PLC0415

    texts = [Document(source, source.text)]
    if is_markdown(source.name):
        texts, wrong = documents(source)
        if wrong and not texts:
            yield "", 1, 1
    for document in texts:
        found = [*TITLE.finditer(document.text)]
        lines = [source.position(match.end())[0] for match in found]
        # What stands before the first of a document is told with it.
        for match, line, start in zip(found, lines, [document.line, *lines[1:]], strict=False):
            yield match["title"] or document.name, line, start
        if not found:
            yield document.name, document.line, document.line


def _line(diagnostic: Diagnostic) -> int:
    span = diagnostic.span
    return span.source.position(span.start)[0] if span else 0
