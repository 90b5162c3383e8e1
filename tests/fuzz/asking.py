"""An input given to the command in this process, with an end to waiting: what came of it.

Must not know how inputs are made.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import NamedTuple

from gradcli.cli import group
from gradcli.cli.run import run
from tests.fuzz.editing import edited
from tests.fuzz.inputs import Input, made

LONGEST = 10
"""Seconds of this process; each takes a fraction of one."""
ANSWERED, FAILED, REFUSED, FAULT, ENDLESS, BROKEN = (
    "exit 0", "exit 1", "exit 2", "an internal error", "no end", "no report",
)  # fmt: skip
FAULTS = re.compile(r"\w+(?: in [\w.]+, line \d+| is not caught)")
PROPER = (ANSWERED, FAILED, REFUSED)


class Late(BaseException):
    """It takes too long."""


class Outcome(NamedTuple):
    """One of the words above, and what was said."""

    what: str
    said: str

    @property
    def proper(self) -> bool:
        return self.what in PROPER

    @property
    def fault(self) -> tuple[str, list[str]]:
        """What is wrong, so that another fault is told from this one."""
        return self.what, FAULTS.findall(self.said)


def asked(given: Input) -> Outcome:
    """What the command makes of an input, in a folder of its own."""
    with TemporaryDirectory() as folder, chdir(folder):
        for name, data in given.files.items():
            Path(name).write_bytes(data)
        return _run(given)


def _run(given: Input) -> Outcome:
    out, err, typed = io.StringIO(), io.StringIO(), sys.stdin

    def stop(number: int, frame: FrameType | None) -> None:
        raise Late

    before = signal.signal(signal.SIGVTALRM, stop)
    sys.stdin = io.TextIOWrapper(io.BytesIO(given.typed))
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = _answered(given)
    except Late:
        return Outcome(ENDLESS, "")
    except BaseException as error:
        return Outcome(FAULT, f"{type(error).__name__} is not caught: {error}")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        sys.stdin = typed
    said = out.getvalue() + err.getvalue()
    what = {0: ANSWERED, 1: FAILED, 2: REFUSED}.get(code, FAULT)
    if what in PROPER and ("Traceback" in said or "a bug of gradcli" in said):
        what = FAULT
    if what in (ANSWERED, FAILED) and not _is_whole(given.arguments, out.getvalue()):
        what = BROKEN
    return Outcome(what, said)


def _answered(given: Input) -> int:
    """The exit code; for an editor, 2 where something in a text cannot be read."""
    if given.arguments[0] != "lsp":
        return run(group, given.arguments)
    versions = [Path(name).read_text(encoding="utf-8") for name in sorted(given.files)]
    said = edited(versions, given.arguments[1])
    print(said)
    return 2 if "'severity': 1" in said else 0


def _is_whole(arguments: list[str], out: str) -> bool:
    """Whether what is JSON by its option can be read as that."""
    forms = [b for a, b in pairwise(arguments) if a == "--format"]
    if forms[-1:] != ["json"] or "--help" in arguments or not out:
        return True
    try:
        json.loads(out)
    except ValueError:
        return False
    return True


def complaint(seed: int) -> str:
    """What is wrong with the answer to the input of a seed; empty if nothing is."""
    os.environ["GRADCLI_STRICT"] = "1"
    given = made(seed)
    found = asked(given)
    return "" if found.proper else f"seed {seed}: {found.what}\n{given}\n{found.said}"
