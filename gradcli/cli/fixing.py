"""`gradcli check --fix`: the mends of a report are shown as a diff, asked about and written.

Must not know how a mend is found or verified, nor how a report is shown.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gradcli.judge.finding import CheckOptions, Report
    from gradcli.project.run import Item

COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def require_files(fix: bool, yes: bool, listed: bool, items: Sequence[Item]) -> None:
    """UsageError for a text that is in no file, for code, and for options that do not fit."""
    if yes and not fix:
        raise click.UsageError("--yes goes with --fix")
    if not fix:
        return
    from gradcli.project.mending import mendable  # noqa: PLC0415 what --help must not pay for

    if listed or not mendable(items):
        raise click.UsageError("--fix mends files of derivations and papers: name files or folders")


def fix_files(
    report: Report, items: Sequence[Item], options: CheckOptions, yes: bool, no_color: bool
) -> None:
    """Mend the files of a report, which from then on says what is left.

    Diffs and questions are on standard error, so that standard output has the report alone.
    """
    from gradcli.cli import screen  # noqa: PLC0415 what --help must not pay for
    from gradcli.project.files import NamedFile  # noqa: PLC0415
    from gradcli.project.mending import mend_file, write  # noqa: PLC0415
    from gradcli.show.diagnostics import visible  # noqa: PLC0415

    colour = screen.has_colour(sys.stderr, no_color)
    ascii = screen.is_ascii(sys.stderr)
    for index, (item, file) in enumerate(zip(items, report.files, strict=False)):
        made = mend_file(item, file, options) if isinstance(item, NamedFile) else None
        if made is None:
            continue
        for line in made.diff:
            text = visible(line, ascii)
            styled = click.style(text, fg=COLOURS.get(line[:1])) if colour else text
            click.echo(styled, err=True, color=colour)
        mends = f"{made.count} mend" + "s" * (made.count > 1)
        name = visible(file.path, ascii)
        if not yes and not sys.stdin.isatty():
            click.echo(f"{name}: {mends}, not written; --yes writes without asking", err=True)
        elif yes or click.confirm(f"{name}: write {mends}?", err=True):
            write(made)
            report.files[index] = made.report
            click.echo(f"{name}: {mends} written", err=True)
