"""A bar on a terminal for what takes longer than a moment; it is gone when that is done.

Must not know what is counted, nor whether the stream is a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import IO

MOMENT = 1.0
"""Seconds."""


@contextmanager
def bar(
    stream: IO[str], width: int, colour: bool, context: float = MOMENT
) -> Iterator[Callable[[int, int], None]]:
    """What is to be told how many are done, and of how many."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress  # noqa: PLC0415 a pipe does without rich

    from gradcli.show.table import console  # noqa: PLC0415

    columns = (BarColumn(), MofNCompleteColumn())
    shown = Progress(*columns, console=console(stream, width, colour), transient=True)
    task = shown.add_task("")
    timer = Timer(context, shown.start)
    timer.start()
    try:
        yield lambda done, total: shown.update(task, completed=done, total=total)
    finally:
        timer.cancel()
        timer.join()
        if shown.live.is_started:
            shown.stop()
