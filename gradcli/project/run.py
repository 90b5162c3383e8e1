"""A check of many files, in this process or in several: reports in the order of the files.

Must not know how one text is checked, nor how reports are shown.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Container, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import TypeAlias

from gradcli import api, work
from gradcli.api.code_request import CodeRequest
from gradcli.api.listening import Begun, untold
from gradcli.api.remembered import MEMORY, Cache
from gradcli.errors import BUG, Diagnostic, GradcliError, Source, Span, diagnostics_of, wrong
from gradcli.judge.finding import CheckOptions, FileReport, Finding, Report
from gradcli.project.files import GivenText, NamedFile, read
from gradcli.project.papers import holds_markdown, paper, text_of
from gradcli.reading import Place

Item: TypeAlias = NamedFile | GivenText | CodeRequest
"""A file, a text that is in none, or a function of a file of Python."""

Progress: TypeAlias = Callable[[int, int, str], None]
"""Is told how many items are done, of how many, and, in this process, what is looked at."""

MOST_PROCESSES = 60
"""Windows waits for no more."""


def check(
    items: Sequence[Item],
    options: CheckOptions,
    *,
    jobs: int = 1,
    allow_undecided: bool = False,
    progress: Progress = lambda done, total, now: None,
    cache: Cache = MEMORY,
    engine: str = "",
) -> Report:
    """Check every item; with `options.first`, those up to the first that fails.

    `jobs` processes, 0 for one a core. What `cache` knows is not judged anew. An `engine` is one of
    those that have a name: its workers read the files and remember for themselves.
    """
    report = Report()
    progress(0, len(items), "")

    # A process that dies must not take us along when we write to it.
    def begun(claim: Span, number: int, of: int) -> None:
        line, _ = claim.source.position(claim.start)
        now = f"{claim.source.name}:{line}, claim {number + 1} of {of}"
        progress(len(report.files), len(items), now)

    with (
        _ignored("SIGPIPE"),
        closing(
            _engaged(items, options, engine)
            if engine
            else _mapped(items, options, jobs, begun, cache)
        ) as files,
    ):
        for file in files:
            report.files.append(file)
            progress(len(report.files), len(items), "")
            if options.first and Report([file]).exit_code(allow_undecided):
                break
    return report


def check_one(
    item: Item, options: CheckOptions, begun: Begun = untold, cache: Cache = MEMORY
) -> FileReport:
    """The report on one item, whatever is wrong with it."""
    try:
        if isinstance(item, NamedFile):
            options = replace(options, lines=item.lines, **dict(item.settings))
        with work.limited(options.limit):
            if isinstance(item, GivenText):
                place = Place(root=item.root)
                return api.check_text(item.source, options, place=place, begun=begun, cache=cache)
            if isinstance(item, CodeRequest):
                return api.check_code(read(item.path), item, options.seed)
            source = read(item.path, Place(Path(item.path).parent, item.root))
            return _checked(item, source, options, begun, cache)
    except Exception as error:
        return FileReport(_name(item), unreadable=[*diagnostics_of(error)])


def check_source(item: NamedFile, source: Source, options: CheckOptions) -> FileReport:
    """The report on a whole file, were this its text."""
    options = replace(options, **dict(item.settings))
    try:
        with work.limited(options.limit):
            return _checked(item, source, options, untold, MEMORY)
    except Exception as error:
        return FileReport(item.path, unreadable=[*diagnostics_of(error)])


def _checked(
    item: NamedFile, source: Source, options: CheckOptions, begun: Begun, cache: Cache
) -> FileReport:
    place, markdown = Place(Path(item.path).parent, item.root), holds_markdown(item.path)
    source = text_of(item.path, source)
    document = paper(item.path, source, options.latex, place)
    if document is None:
        return api.check_text(
            source, options, markdown=markdown, place=place, begun=begun, cache=cache
        )
    return api.check_paper(
        document, options, place=place, begun=begun, cache=cache, fences=markdown
    )


def _name(item: Item) -> str:
    return item.source.name if isinstance(item, GivenText) else item.path


def _mapped(
    items: Sequence[Item], options: CheckOptions, jobs: int, begun: Begun, cache: Cache
) -> Generator[FileReport, None, None]:
    """The report on each item, in order; a process that dies costs its item alone."""
    workers = min(jobs or os.cpu_count() or 1, len(items), MOST_PROCESSES)
    if workers <= 1:
        yield from (check_one(item, options, begun, cache) for item in items)
        return
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 seldom asked

    # Each process has a memory of its own.
    function = partial(check_one, options=options)
    if cache is not MEMORY:
        function = partial(function, cache=cache)
    done, together = 0, max(1, len(items) // (8 * workers))
    while done < len(items):
        try:
            for file in _pooled(function, items[done:], workers, together):
                yield file
                done += 1
        except BrokenProcessPool:
            # It was one of those in hand: the first of them is tried alone, the rest once more.
            try:
                [file] = _pooled(function, items[done : done + 1], 1, 1)
            except BrokenProcessPool:
                file = _lost(items[done])
            yield file
            done, together = done + 1, 1


def _engaged(
    items: Sequence[Item], options: CheckOptions, engine: str
) -> Generator[FileReport, None, None]:
    """The same by the workers of an engine, some items at a time."""
    from gradcli.engine import in_order, named  # noqa: PLC0415 seldom asked

    with named(engine) as (executor, workers):
        together = max(1, len(items) // (8 * workers))
        parts = [items[k : k + together] for k in range(0, len(items), together)]
        several = partial(_several, options=options)
        for files in in_order(executor, 2 * workers, several, parts):
            yield from files


def _several(items: Sequence[Item], options: CheckOptions) -> list[FileReport]:
    return [check_one(item, options) for item in items]


def _pooled(
    function: Callable[[Item], FileReport], items: Sequence[Item], workers: int, together: int
) -> Generator[FileReport, None, None]:
    """The same in a pool of processes, so many items at a time; none is gone on with at the end."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415
    from multiprocessing import active_children, get_context  # noqa: PLC0415

    pool = ProcessPoolExecutor(workers, get_context("spawn"), _die_quietly)
    try:
        # Before it can die quietly, a process must not hear of an interrupt.
        with _ignored("SIGINT"):
            results = pool.map(function, items, chunksize=together)
        yield from results
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        for child in active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _lost(item: Item) -> FileReport:
    """The report on an item whose process died."""
    name = _name(item)
    message = f"{name}: the process that checked this file died, so nothing is known of it"
    help = "if nobody ended it, it may have taken too much memory"
    return FileReport(name, unreadable=[Diagnostic(BUG, message, help=help)])


@contextmanager
def _ignored(name: str) -> Iterator[None]:
    """A signal, where there is one of that name, does nothing to us and to what we start."""
    number = getattr(signal, name, None)
    if number is None or current_thread() is not main_thread():
        yield
        return
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


def _die_quietly() -> None:
    """A process that is interrupted says nothing: the first one does, and none outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Thread(target=_die_with_the_first, daemon=True).start()


def _die_with_the_first() -> None:
    """Whoever is killed can end nobody: its processes see that it has gone."""
    from multiprocessing import parent_process  # noqa: PLC0415

    if (first := parent_process()) is not None:
        first.join()
        os._exit(1)


def require_a_match(report: Report, items: Sequence[Item], options: CheckOptions) -> None:
    """GradcliError if the name or a line that was asked for is nowhere."""
    if report.error_count or not items:
        return
    # One point a claim: only what there is counts, not whether it is right.
    everything = replace(options, points=1, name="", first=False)
    wanted = options.name.casefold()
    names = [d.name.casefold() for file in report.files for d in file.derivations]
    if wanted and not any(wanted in name for name in names):
        files = check([_whole(item) for item in items], everything).files
        found = dict.fromkeys(d.name for file in files for d in file.derivations if d.name)
        help = f"there are: {', '.join(found)}" if found else "no derivation here has a name"
        raise wrong("G401", f'no derivation has "{options.name}" in its name', help=help)
    missing = []
    for item, file in zip(items, report.files, strict=False):
        checked = [_lines(finding) for finding in file.findings]
        for line in item.lines if isinstance(item, NamedFile) else ():
            if not any(line in lines for lines in checked):
                there = [_lines(f).start for f in check_one(_whole(item), everything).findings]
                missing.append(_no_claim(file.path, line, there))
    if missing:
        raise GradcliError(*missing)


def require_derivations(report: Report, items: Sequence[Item], named: Container[str]) -> None:
    """GradcliError if there is no claim in a file that somebody named, nor anything wrong."""
    bare = []
    for item, file in zip(items, report.files, strict=False):
        unmet = any(derivation.unmet for derivation in file.derivations)
        told = any(file.findings) or any(file.errors) or unmet
        if not told and isinstance(item, NamedFile) and item.path in named:
            bare.append(
                Diagnostic("G011", f"nothing to check in {file.path}", help=_lacking([file]))
            )
    if bare:
        raise GradcliError(*bare)


def _lacking(files: Sequence[FileReport]) -> str:
    """What could be claimed in these files, where something is defined; else what is read."""
    notes = (note for file in files for each in file.derivations for note in each.notes)
    return next((note.help for note in notes if note.code == "G109"), READ)


READ = (
    "claims such as  df/dx = 2*x  are read from *.grad files, ```grad fences of *.md and *.tex;\n"
    "with --latex, also the displays of *.md and *.ipynb"
)


def require_claims(report: Report, folders: Sequence[str]) -> None:
    """GradcliError if nothing at all was checked, in folders in which nobody named a file."""
    unmet = any(derivation.unmet for file in report.files for derivation in file.derivations)
    if any(report.findings) or report.error_count or unmet:
        return
    raise wrong("G011", f"nothing to check in {', '.join(folders)}", help=_lacking(report.files))


def _whole(item: Item) -> Item:
    return replace(item, lines=()) if isinstance(item, NamedFile) else item


def _lines(finding: Finding) -> range:
    """The lines of a claim, or of a chain's line."""
    first = finding.left if finding.left and not finding.step else finding.span
    position = finding.span.source.position
    return range(position(first.start)[0], position(finding.span.end)[0] + 1)


def _no_claim(path: str, line: int, claims: Sequence[int]) -> Diagnostic:
    there = ", ".join(map(str, dict.fromkeys(claims)))
    help = f"there are claims on {there}" if there else "there are no claims in this file"
    return Diagnostic("G401", f"{path}:{line}: no claim stands on this line", help=help)
