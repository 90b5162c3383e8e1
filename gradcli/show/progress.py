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

    timer = Timer(context, shown.start)
    timer.start()
    try:
        yield tell
    finally:
        timer.cancel()
        timer.join()
        if shown.live.is_started:
            shown.stop()
