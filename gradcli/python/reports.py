"""`gradcli.check`: derivations in a text or in files, and a report that a test can require.

Must not know how a claim is judged, nor command lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os.path import isfile
from pathlib import Path
from threading import Event

from gradcli import api, work
from gradcli.choices import LAYOUTS
from gradcli.errors import GradcliError, Source, wrong
from gradcli.judge.finding import CheckOptions, Finding, Report
from gradcli.project import run
from gradcli.project.files import find, read
from gradcli.project.papers import holds_markdown, paper, text_of
from gradcli.python.shown import Shown
from gradcli.reading import Place, project
from gradcli.show.check import check as show
from gradcli.show.check import evidence, totals
from gradcli.show.diagnostics import Pieces
from gradcli.show.fragment import fragment, written
from gradcli.show.items import block, items
from gradcli.show.page import Cell, Column, Lines, Page, Table, line

MOST = 200
"""Claims of which each is listed in a notebook."""


class CheckFailed(AssertionError):
    """A claim is refuted or undecided, or something cannot be read: the message is the report."""

    __module__ = "gradcli"

    def __init__(self, report: CheckReport) -> None:
        super().__init__(f"\n{report}")
        self.report = report


class CheckReport(Shown, Report):
    """What came of every claim; printed, it is what `gradcli check` prints."""

    __slots__ = ()

    def require(self, *, allow_undecided: bool = False) -> CheckReport:
        """The report itself if every claim passes and there is one; else CheckFailed is raised."""
        if not self.findings or self.exit_code(allow_undecided):
            raise CheckFailed(self)
        return self

    def _page(self) -> Pieces:
        return show(self, "full")

    def _brief(self) -> str:
        return f"report on {totals(self)}"

    def _repr_html_(self) -> str:
        """Every claim with its verdict below what is wrong, for a cell has few."""
        found = self.findings
        if len(found) > MOST:
            return written(self._page())
        wrong = [block(item, False) for item in items(self, False) if item.bad]
        complaints = "".join(map(written, wrong))
        rows = [
            [
                Cell(each.text),
                Cell(each.verdict, "good" if each.passed else "bad"),
                Cell(evidence(each), "dim"),
            ]
            for each in found
        ]
        claims = Table([Column("claim"), Column("verdict"), Column("")], rows)
        last = Lines([line(Cell(totals(self), "good" if self.ok else "bad"))])
        return complaints + fragment(Page([claims, last] if rows else [last]))


def check(
    program: str | Path | Iterable[Path],
    *,
    seed: int = 0,
    points: int | None = None,
    layout: str = LAYOUTS[0],
    name: str = "",
    limit: int | None = None,
) -> CheckReport:
    """The report on the derivations of a text, or of files and folders that are given as paths.

    `points` is how many are drawn for a claim, `name` selects derivations, `limit` is for the
    operations of a line. Mistakes of the text are in the report, not raised. Derivations that were
    judged before in this process, and have not changed, are not judged anew.
    """
    options = CheckOptions(seed=seed, points=points, layout=layout, name=name, limit=limit)
    if isinstance(program, str):
        with work.limited(limit):
            return CheckReport([api.check_text(_source(program), options)])
    paths = [program] if isinstance(program, Path) else program
    return CheckReport(run.check(find([*map(str, paths)]), options).files)


def check_iter(
    program: str | Path,
    *,
    seed: int = 0,
    points: int | None = None,
    layout: str = LAYOUTS[0],
    name: str = "",
    limit: int | None = None,
    cancel: Event | None = None,
) -> Iterator[Finding]:
    """The findings on a text or a file, each as soon as its verdict stands.

    A refuted claim has its mend from when the next derivation begins, at the latest at the end.
    Whoever stops to iterate ends the work, as `cancel` does when it is set. GradcliError at the end
    for what cannot be read.
    """
    options = CheckOptions(seed=seed, points=points, layout=layout, name=name, limit=limit)
    if isinstance(program, str):
        source, markdown, place = _source(program), False, Place()
    else:
        path, place = str(program), Place(program.parent, project(program.parent))
        source, markdown = text_of(path, read(path)), holds_markdown(path)
        if paper(path, source, False, place) is not None:
            if cancel is None or not cancel.is_set():
                yield from _of_a_paper(run.check(find([path]), options))
            return
    report = yield from api.check_iter(
        source, options, markdown=markdown, place=place, cancel=cancel
    )
    if report is not None and (errors := [error for _, error in report.errors]):
        raise GradcliError(*errors)


def _of_a_paper(report: Report) -> Iterator[Finding]:
    """The findings on a paper, which is judged as a whole; GradcliError for what cannot be read."""
    yield from report.findings
    if errors := [error for file in report.files for _, error in file.errors]:
        raise GradcliError(*errors)


def _source(program: str) -> Source:
    """A text; GradcliError (G011) where it is the name of a file."""
    # No text is too long for `isfile` to be a name.
    if "\n" not in program and Path(program).suffix and isfile(program):  # noqa: PTH113
        help = f'give it as a path:  gradcli.check(Path("{program}"))'
        raise wrong("G011", f"{program} is the name of a file", help=help)
    return Source("<program>", program)
