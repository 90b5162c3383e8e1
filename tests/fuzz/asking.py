"""A question asked in this process, with an end to waiting: what came of it that should not.

Must not know how questions are made.
"""

from __future__ import annotations

import io
import signal
from contextlib import redirect_stderr, redirect_stdout
from types import FrameType

from gradcli.cli import group
from gradcli.cli.run import run
from tests.fuzz.grammar import Writer

LONGEST = 20
"""Seconds; each takes a fraction of one."""


class Late(BaseException):
    """It takes too long."""


def arguments(seed: int) -> list[str]:
    """The command line of a seed: two in three are derivations."""
    writer = Writer(seed)
    if seed % 3:
        form = writer.pick(["full", "json", "concise"])
        return [
            "check",
            "--points",
            writer.pick(["1", "12"]),
            "--format",
            form,
            "-e",
            writer.program(),
        ]
    return writer.question()


def complaint(seed: int) -> str:
    """What is wrong with the answer to a question: nothing, a bug that is told of, or no end."""
    asked = arguments(seed)
    said = io.StringIO()

    def stop(number: int, frame: FrameType | None) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST)
    try:
        with redirect_stdout(io.StringIO()) as shown, redirect_stderr(said):
            code = run(group, asked)
    except Late:
        return f"seed {seed}: no end\n{asked}"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    if code in (0, 1, 2):
        return ""
    return f"seed {seed}: exit {code}\n{asked}\n{shown.getvalue()}{said.getvalue()}"
