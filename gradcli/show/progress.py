"""A bar on a terminal for what takes longer than a moment; it is gone when that is done.

Must not know what is counted, nor whether the stream is a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from time import monotonic
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

MOMENT = 1.0
"""Seconds."""


@contextmanager
def bar(
    stream: IO[str], width: int, colour: bool, context: float = MOMENT
) -> Iterator[Callable[[int, int, str], None]]:
    """What is to be told how many are done, of how many, and what is done now."""
    from rich.markup import escape  # noqa: PLC0415 a pipe does without rich
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    from gradcli.show.table import console  # noqa: PLC0415

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    shown = Progress(*columns, console=console(stream, width, colour), transient=True)
    task = shown.add_task("")

    def tell(done: int, total: int, now: str) -> None:
        shown.update(task, completed=done, total=total, description=escape(now))

    with _after(shown, context):
        yield tell


@contextmanager
def rows_bar(
    stream: IO[str], width: int, colour: bool, context: float = MOMENT
) -> Iterator[Callable[[int, int, int], None]]:
    """What is to be told how much is read, of how much, and how many rows these are.

    It shows rows, rows a second, and how long it will still take.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    from gradcli.show.table import console  # noqa: PLC0415

    columns = BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn()
    shown = Progress(*columns, console=console(stream, width, colour), transient=True)
    task, start = shown.add_task(""), monotonic()

    def tell(read: int, whole: int, rows: int) -> None:
        rate = rows / max(monotonic() - start, 1e-9)
        said = f"{rows:,} rows, {rate:,.0f} a second, left:"
        shown.update(task, completed=read, total=whole, description=said)

    with _after(shown, context):
        yield tell


@contextmanager
def _after(shown: Progress, moment: float) -> Iterator[None]:
    """A bar that is shown once this takes longer than so many seconds."""
    timer = Timer(moment, shown.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if shown.live.is_started:
            shown.stop()
