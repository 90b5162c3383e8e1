"""The one top-level handler: whatever happens becomes a message and an exit code, no traceback.

Must not know any command; nothing else in the package exits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from gradcli.cli import screen

WRONG, BUG, UNWRITTEN, INTERRUPTED = 2, 3, 74, 130
HELP_WIDTH = 80


def run(group: click.Group, arguments: Sequence[str]) -> int:
    """Run a command; the exit code."""
    arguments = [*map(_decoded, arguments)]
    screen.choose("auto")
    try:
        # Settings and files are looked for from here on.
        os.getcwd()  # noqa: PTH109 what --help must not pay for
    except OSError as error:
        _say(f"error: the current folder cannot be read: {error.strerror}")
        return WRONG
    try:
        # Click would ask shutil, whose import costs more than all of ours.
        code = group.main(
            arguments, prog_name="gradcli", standalone_mode=False, terminal_width=_width()
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return WRONG
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, and Python would complain once more while it flushes at the end.
        _close()
        return 0
    except MemoryError:
        _say("error: the input is too large for this machine")
        return WRONG
    except OSError as error:
        # Files that are read or written are spoken of where that is done: this is a stream.
        _close()
        _say(f"error: the output cannot be written: {error.strerror or error}")
        return UNWRITTEN
    except Exception as error:
        return _explain(error, "--no-color" in arguments)


def _close() -> None:
    """Let nothing that is still to be written fail once more at the end of the process."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = None


def _decoded(argument: str) -> str:
    """An argument that the locale could not read, as UTF-8."""
    try:
        return argument if argument.isascii() else os.fsencode(argument).decode()
    except UnicodeError:
        return argument


def _width() -> int:
    try:
        return max(40, min(os.get_terminal_size().columns, HELP_WIDTH) - 2)
    except OSError:
        return HELP_WIDTH - 2


def prepare_streams() -> None:
    """No character stops the output, and a closed pipe ends the process as it does elsewhere."""
    import signal  # noqa: PLC0415 only a run needs it

    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:
            signal.signal(getattr(signal, name), _ended)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # Whoever closed it has nothing to say, or does not want to hear of it.
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _ended(number: int, _: object) -> None:
    """A process that is ended takes those along that it has started."""
    raise SystemExit(128 + number)


def _explain(error: Exception, no_color: bool) -> int:
    from gradcli.errors import GradcliError, fault  # noqa: PLC0415 what --help must not pay for

    if isinstance(error, GradcliError):
        with suppress(OSError):
            # Where nobody can be told why, the exit code still says that it is so.
            screen.complain(error.diagnostics, no_color)
        return error.exit_code
    _say(f"error: this is a bug of gradcli: {fault(error)}")
    _say("Please report it with the command that you typed.")
    return BUG


def _say(text: str) -> None:
    with suppress(OSError):
        click.echo(text, err=True)
