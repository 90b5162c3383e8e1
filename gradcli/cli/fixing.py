"""`gradcli check --fix`, `--annotate` and so on: changes of files are shown, asked about, written.

Must not know how a change is found or verified, nor how a report is shown.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from gradcli.judge.finding import CheckOptions, Report
    from gradcli.project.mending import FileChange, MendedFile
    from gradcli.project.run import Item

COLOURS = {"+": "green", "-": "red", "@": "cyan"}


class AskedChanges(NamedTuple):
    """What may be written: mends, rounded numbers, what is missing, comments; `yes` asks nobody.

    Diffs and questions are on standard error, so that standard output has the report alone.
    """

    fix: bool
    update: bool
    fill: bool
    annotate: bool
    yes: bool
    no_color: bool

    def require_files(self, listed: bool, items: Sequence[Item]) -> None:
        """UsageError for a text that is in no file, for code, and for options that do not fit."""
        asked = [name for name in ("fix", "update", "fill", "annotate") if getattr(self, name)]
        if self.yes and not asked:
            raise click.UsageError("--yes goes with --fix, --update, --fill or --annotate")
        if not asked:
            return
        from gradcli.project.mending import mendable  # noqa: PLC0415 what --help must not pay for

        if listed or not mendable(items):
            message = f"--{asked[0]} changes files of derivations and papers: name files or folders"
            raise click.UsageError(message)

    def fill_files(self, items: Sequence[Item], options: CheckOptions) -> None:
        """Write what is missing where a line says `= ?`, before anything is checked."""
        if not self.fill:
            return
        from gradcli.errors import GradcliError  # noqa: PLC0415 what --help must not pay for
        from gradcli.lsp.filled import fill_file  # noqa: PLC0415
        from gradcli.project.files import NamedFile  # noqa: PLC0415

        for item in items:
            if not isinstance(item, NamedFile):
                continue
            try:
                made, missing = fill_file(item, options)
            except GradcliError:
                continue  # the check says what is wrong with it
            for line in missing:
                click.echo(line, err=True)
            if made is not None:
                self._offer(made, "right side")

    def mend_files(self, report: Report, items: Sequence[Item], options: CheckOptions) -> None:
        """Mend the files of a report, which from then on says what is left."""
        if not (self.fix or self.update or self.annotate):
            return
        from gradcli.project.files import NamedFile  # noqa: PLC0415 what --help must not pay for
        from gradcli.project.mending import COMMENTS, MENDS, UPDATES, mend_file  # noqa: PLC0415

        ways: list[FileChange] = [COMMENTS] * self.annotate + [UPDATES] * self.update
        ways += [MENDS] * self.fix
        for index, item in enumerate(items[: len(report.files)]):
            for change in ways:
                file = report.files[index]
                made = (
                    mend_file(item, file, options, change) if isinstance(item, NamedFile) else None
                )
                if made is not None and self._offer(made, change.noun) and made.report is not None:
                    report.files[index] = made.report

    def _offer(self, made: MendedFile, noun: str) -> bool:
        """Show a change, and write it if somebody wants it; whether it was written."""
        from gradcli.cli import screen  # noqa: PLC0415 what --help must not pay for
        from gradcli.project.mending import write  # noqa: PLC0415
        from gradcli.show.diagnostics import visible  # noqa: PLC0415

        colour = screen.has_colour(sys.stderr, self.no_color)
        ascii = screen.is_ascii(sys.stderr)
        for line in made.diff:
            text = visible(line, ascii)
            styled = click.style(text, fg=COLOURS.get(line[:1])) if colour else text
            click.echo(styled, err=True, color=colour)
        changes = f"{made.count} {noun}" + "s" * (made.count > 1)
        name = visible(made.before.name, ascii)
        if not self.yes and not sys.stdin.isatty():
            click.echo(f"{name}: {changes}, not written; --yes writes without asking", err=True)
            return False
        if not self.yes and not click.confirm(f"{name}: write {changes}?", err=True):
            return False
        write(made)
        click.echo(f"{name}: {changes} written", err=True)
        return True
