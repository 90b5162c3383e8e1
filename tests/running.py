"""The command as whoever types it meets it: run in this process, or in one of its own.

Must not know what is asked, nor what should come of it.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from gradcli.cli import group
from gradcli.cli.run import run


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Done(NamedTuple):
    """The exit code of a run, and what it wrote."""

    code: int
    out: str
    err: str


def here(*arguments: str, stdin: str | bytes = "", cwd: Path | str = ".") -> Done:
    """A run in this process, for everything but the start, the end and the streams themselves."""
    given = io.TextIOWrapper(io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin))
    out, err = io.StringIO(), io.StringIO()
    with patch("sys.stdin", given), redirect_stdout(out), redirect_stderr(err), chdir(cwd):
        code = run(group, arguments)
    return Done(code, out.getvalue(), err.getvalue())


def process(
    *arguments: str, stdin: bytes = b"", cwd: Path | str = ".", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """A run in a process of its own."""
    keep = {k: v for k, v in os.environ.items() if k not in ("PYTHONIOENCODING", "PYTHONUTF8")}
    return subprocess.run(
        [sys.executable, "-m", "gradcli", *arguments],
        input=stdin, capture_output=True, cwd=cwd, env={**keep, **environment}, timeout=120,
        check=False,
    )  # fmt: skip
