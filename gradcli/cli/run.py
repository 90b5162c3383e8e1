"""The one top-level handler: whatever happens becomes a message and an exit code, no traceback.

Must not know any command; nothing else in the package exits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

WRONG, BUG, INTERRUPTED = 2, 3, 130
HELP_WIDTH = 80


def run(group: click.Group, arguments: Sequence[str]) -> int:
    """Run a command; the exit code."""
    arguments = [*map(_decoded, arguments)]
    try:
        # Click would ask shutil, whose import costs more than all of ours.
        code = group.main(
            arguments, prog_name="gradcli", standalone_mode=False, terminal_width=_width()
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return WRONG
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, and Python would complain once more while it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (RecursionError, MemoryError) as error:
        what = "deep" if isinstance(error, RecursionError) else "large"
        _say(f"error: the input is too {what} for this machine")
        return WRONG
    except Exception as error:
        return _explain(error, "--no-color" in arguments)


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
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _explain(error: Exception, no_color: bool) -> int:
    from gradcli.errors import GradcliError, fault  # noqa: PLC0415 what --help must not pay for

    if isinstance(error, GradcliError):
        from gradcli.cli.screen import complain  # noqa: PLC0415

        complain(error.diagnostics, no_color)
        return error.exit_code
    _say(f"error: this is a bug of gradcli: {fault(error)}")
    _say("Please report it with the command that you typed.")
    return BUG


def _say(text: str) -> None:
    click.echo(text, err=True)
