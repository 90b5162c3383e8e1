"""`gradcli.check`: derivations in a text or in files, and a report that a test can require.

Must not know how a claim is judged, nor command lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from os.path import isfile
from pathlib import Path

from gradcli import api
from gradcli.choices import LAYOUTS
from gradcli.errors import Source, wrong
from gradcli.judge.finding import CheckOptions, Report
from gradcli.project import run
from gradcli.project.files import find
from gradcli.python.shown import Shown
from gradcli.show.check import check as show
from gradcli.show.check import totals
from gradcli.show.diagnostics import Pieces


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
        if not any(self.findings) or self.exit_code(allow_undecided):
            raise CheckFailed(self)
        return self

    def _page(self) -> Pieces:
        return show(self, "full")

    def _brief(self) -> str:
        return f"report on {totals(self)}"


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
    operations of a line. Mistakes of the text are in the report, not raised.
    """
    options = CheckOptions(seed=seed, points=points, layout=layout, name=name, limit=limit)
    if isinstance(program, str):
        # No text is too long for `isfile` to be a name.
        if "\n" not in program and Path(program).suffix and isfile(program):  # noqa: PTH113
            help = f'give it as a path:  gradcli.check(Path("{program}"))'
            raise wrong("G011", f"{program} is the name of a file", help=help)
        source = Source("<program>", program)
        return CheckReport([api.check_text(source, options)])
    paths = [program] if isinstance(program, Path) else program
    return CheckReport(run.check(find([*map(str, paths)]), options).files)
