"""`gradcli check`: hand derivations in files, folders, Markdown or given inline.

Must not find, check or format anything: options in, one run, the report to `show`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import click

from gradcli.choices import LAYOUTS, REPORTS
from gradcli.cli import complete
from gradcli.cli.options import coloured, hinted

if TYPE_CHECKING:
    from pathlib import Path

    from gradcli.judge.finding import Report
    from gradcli.project.run import Item, Progress

EXAMPLES = """\b
Examples:
  gradcli check notes/ README.md
  gradcli check -e "f = x^3; df/dx = 3*x^2"
  gradcli check net.grad:12 --format concise
  gradcli check -k softmax -x --jobs 0
  gradcli check --list notes/net.grad
  gradcli check notes --fix
  gradcli check paper.tex --annotate
  gradcli check notes --watch
  gradcli check net.grad --fill --update --yes
  gradcli check homework.grad --hint
  gradcli check layers.py::bn_backward --let "x in R^(N, D); gamma, beta in R^D"
  gradcli check - --format json < net.grad
  gradcli check --format github --report sarif=gradcli.sarif
\b
Exit codes:
  0 every claim holds; 1 one is refuted or undecided; 2 something cannot be read, or
  nothing is there to check; 3 a bug; 74 the output cannot be written; 130 interrupted
"""


class Hinting(click.Command):
    """A command whose `--hint` may stand without its level before anything."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        pairs = zip(args, [*args[1:], ""], strict=False)
        given = ["--hint=1" if a == "--hint" and b not in ("1", "2") else a for a, b in pairs]
        if ctx.resilient_parsing and given and given[-1].startswith("-"):
            # A shell asks for its value, and the paths before it are to be known.
            del given[-1]
        return super().parse_args(ctx, given)


@click.command(name="check", cls=Hinting, epilog=EXAMPLES)
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete.files)
@click.option("-e", "programs", multiple=True, metavar="PROGRAM", help="Check this text.")
@click.option(
    "-k",
    "name",
    default="",
    metavar="NAME",
    shell_complete=complete.derivations,
    help="Only derivations named like this.",
)
@click.option("-x", "first", is_flag=True, help="Stop at the first failure.")
@click.option("--forward", metavar="NAME", default="", help="What FILE.py::NAME belongs to.")
@click.option("--let", metavar="SETS", default="", help="Inputs of the forward, and values.")
@click.option("--wrt", metavar="NAMES", default="", help="What code is differentiated by.")
@click.option("--timeout", metavar="S", default=60.0, help="Seconds for a function.  [60]")
@click.option("--allow-outside", is_flag=True, help="Read what lies outside of the project.")
@click.option("--no-code", is_flag=True, help="Run no code that pyproject.toml names.")
@click.option("--run-code", is_flag=True, help="Run the code that claims name.")
@click.option("--force-exclude", is_flag=True, help="Named files are taken as those found.")
@click.option("--jobs", type=click.IntRange(0), help="Processes; 0 is one a core.  [1]")
@click.option("--engine", metavar="ENGINE", default="", help="dask, or dask://HOST:PORT.")
@click.option("--no-cache", is_flag=True, help="Judge all anew, and keep nothing of it.")
@click.option("--points", type=click.IntRange(1), help="Points to draw for a claim.")
@click.option("--seed", type=int, help="For the points that are drawn.  [0]")
@click.option("--limit", type=click.IntRange(1), help="Operations for a line.  [4000000]")
@click.option("--layout", type=click.Choice(LAYOUTS), help="Of Jacobians.  [numerator]")
@click.option("--allow-undecided", is_flag=True, help="What is undecided is no failure.")
@click.option("--exit-zero", is_flag=True, help="Exit code 0 where claims fail, too.")
@click.option("--format", "form", type=click.Choice(REPORTS), help="How to show it.  [full]")
@click.option("--output", metavar="FILE", shell_complete=complete.files, help="Write it to a file.")
@click.option(
    "--report",
    "also",
    multiple=True,
    metavar="FORMAT=FILE",
    shell_complete=complete.reports,
    help="Also write this.",
)
@click.option("--latex", is_flag=True, help="Read the maths of Markdown as well.")
@click.option(
    "--list", "--list-rows", "listed", is_flag=True, help="What each line was read as; no verdicts."
)
@click.option("--strict", is_flag=True, help="What is not read of a paper is an error.")
@click.option("--taylor", is_flag=True, help="How fast what a claim leaves out falls with h.")
@click.option("--annotate", is_flag=True, help="Write comments that papers lack, after asking.")
@click.option("--fix", is_flag=True, help="Write mends that are verified, after asking.")
@click.option("--update", is_flag=True, help="Write rounded numbers anew, after asking.")
@click.option("--fill", is_flag=True, help="Write what is missing where a line says  = ?")
@click.option("--watch", is_flag=True, help="Check what changes, until Ctrl-C.")
@click.option("--yes", is_flag=True, help="Write them without asking.")
@hinted
@click.option("--quiet", is_flag=True, help="Failures and totals only.")
@coloured
def command(
    paths: tuple[str, ...], programs: tuple[str, ...], name: str, first: bool,
    allow_undecided: bool, exit_zero: bool, form: str | None, output: str | None,
    quiet: bool, no_color: bool, forward: str, let: str, wrt: str, timeout: float,
    no_code: bool, allow_outside: bool, run_code: bool, listed: bool, also: tuple[str, ...],
    force_exclude: bool, fix: bool, update: bool, fill: bool, watch: bool, yes: bool, hint: int,
    no_cache: bool, latex: bool, strict: bool, annotate: bool, taylor: bool, engine: str,
    **asked: Any,
) -> int:  # fmt: skip
    """Verify the derivations in each PATH: a file, a folder, FILE:LINE, or - for standard input.

    FILE.py::NAME is a hand-written gradient, which is run; FILE.py lists what could be checked.
    Without a PATH: what [tool.gradcli] in pyproject.toml names, else the current folder.
    """
    from dataclasses import replace  # noqa: PLC0415 what --help must not pay for
    from functools import partial  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from gradcli.cli.fixing import AskedChanges  # noqa: PLC0415
    from gradcli.judge.finding import CheckOptions  # noqa: PLC0415
    from gradcli.project import code as handwritten  # noqa: PLC0415
    from gradcli.project import config, run  # noqa: PLC0415
    from gradcli.project.files import find, is_folder  # noqa: PLC0415
    from gradcli.project.kept import kept  # noqa: PLC0415
    from gradcli.project.own_settings import allows_undecided, with_own  # noqa: PLC0415
    from gradcli.reading import project  # noqa: PLC0415

    if listed and (form or also):
        raise click.UsageError("--list is text to be read: leave out --format and --report")
    given = {key: value for key, value in asked.items() if value is not None}
    projects = config.Projects()
    settings = replace(projects.of(Path()), **given)
    reports = [_also(text) for text in also]
    options = CheckOptions(
        seed=settings.seed, points=settings.points, layout=settings.layout, name=name, first=first,
        limit=settings.limit, run_code=run_code, timeout=timeout, list=listed,
        latex=latex or annotate, strict=strict or settings.strict, taylor=taylor,
    )  # fmt: skip
    where = tuple(path for path in paths if not handwritten.is_code(path))
    functions = handwritten.requests(
        [path for path in paths if handwritten.is_code(path)], forward, let, _names(wrt), timeout
    )
    if taylor and functions and not (where or programs):
        raise click.UsageError("--taylor tests claims in formulas: leave it out for FILE.py::NAME")
    if not (paths or programs):
        functions = [] if no_code else [*settings.code]
        where = (settings.paths or (() if functions else (".",))) + projects.papers(Path())
    root = None if paths or programs else project(Path())
    find_files = partial(
        find, [path for path in where if path != "-"], lambda place: projects.of(place).exclude,
        lambda place: projects.of(place).latex,
        root=root, outside=allow_outside, force=force_exclude,
    )  # fmt: skip
    if watch:
        return _watch(lambda: [file.path for file in find_files()], "-" in where or programs)
    files = with_own(find_files(), projects, given, options)
    texts = _texts("-" in where, programs, None if allow_outside else root or project(Path()))
    items = [*texts[: "-" in where], *files, *texts["-" in where :], *functions]
    changes = AskedChanges(fix, update, fill, annotate, yes, no_color)
    changes.require_files(listed, items)
    changes.fill_files(items, options)
    allow = allow_undecided or allows_undecided(files, projects, settings)
    with _bar(no_color) as progress:
        report = run.check(
            items, options, jobs=settings.jobs, allow_undecided=allow, progress=progress,
            cache=kept(no_cache), engine=engine,
        )  # fmt: skip
        if not listed:
            run.require_a_match(report, items, options)
    if not (listed or name or first or force_exclude):
        run.require_derivations(report, items, {*where})
    if not (functions or listed or force_exclude) and all(
        path == "-" or is_folder(path) for path in where
    ):
        unnamed = ["the program"] * bool(programs)
        names = ["standard input" if path == "-" else path for path in where]
        run.require_claims(report, [*names, *unnamed])
    changes.mend_files(report, items, options)
    report = _hinted(report, hint)
    _show(
        report, form, listed, allow, quiet, no_color, Path(output) if output else None, reports
    )  # fmt: skip
    code = report.exit_code(allow)
    return 0 if exit_zero and code == 1 else code


def _show(
    report: Report, form: str | None, listed: bool, allow: bool, quiet: bool, no_color: bool,
    output: Path | None, reports: Sequence[tuple[str, Path]],
) -> None:  # fmt: skip
    """The report on standard output or in a file, and in further formats in others."""
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show.check import check as show  # noqa: PLC0415
    from gradcli.show.listing import listing  # noqa: PLC0415

    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "full")
    ascii = output is None and screen.is_ascii(sys.stdout)
    shown = (
        listing(report, ascii)
        if listed
        else show(
            report,
            form,
            allow_undecided=allow,
            quiet=quiet,
            ascii=ascii,
            room=screen.room(sys.stdout) if output is None else None,
        )
    )
    screen.report(shown, no_color, output)
    for kind, path in reports:
        screen.save("".join(text for text, _ in show(report, kind, allow_undecided=allow)), path)


def _watch(files: Callable[[], Iterable[str]], in_no_file: object) -> int:
    """The same command again and again, on files that change."""
    from gradcli.cli.watching import watch  # noqa: PLC0415

    if in_no_file:
        raise click.UsageError("--watch looks at files: name files or folders")
    context = click.get_current_context()
    asked = {**context.params, "watch": False}

    def check(changed: tuple[str, ...]) -> object:
        return context.invoke(command, **{**asked, **({"paths": changed} if changed else {})})

    watch(check, files, asked.get("no_color", False))
    return 0


def _texts(piped: bool, programs: Sequence[str], root: Path | None) -> list[Item]:
    """What is in no file: standard input, if it is asked for, and what a person types."""
    from gradcli.errors import Source  # noqa: PLC0415
    from gradcli.project.files import GivenText, decoded  # noqa: PLC0415

    read = [decoded(sys.stdin.buffer, "<stdin>", "standard input")] if piped else []
    typed = [GivenText(Source("<program>", program)) for program in programs]
    return [*(GivenText(source, root) for source in read), *typed]


def _hinted(report: Report, level: int) -> Report:
    """The report with as much of every mistake as is asked for; 0 is all of it."""
    if not level:
        return report
    from gradcli.diagnosis.hints import hinted  # noqa: PLC0415 seldom asked

    return hinted(report, level)


def _also(text: str) -> tuple[str, Path]:
    """A further report: its format, and where it goes."""
    from pathlib import Path  # noqa: PLC0415

    form, _, path = text.partition("=")
    if form not in REPORTS or not path:
        raise click.BadParameter(f"{text} is not one of  {'=FILE, '.join(REPORTS)}=FILE")
    return form, Path(path)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _bar(no_color: bool) -> AbstractContextManager[Progress]:
    """Progress, where somebody may be looking."""
    from gradcli.cli import screen  # noqa: PLC0415

    stream = sys.stderr
    if not screen.is_terminal(stream):
        return nullcontext(lambda done, total, now: None)
    from gradcli.show.progress import bar  # noqa: PLC0415

    return bar(stream, screen.width(stream), screen.has_colour(stream, no_color))
