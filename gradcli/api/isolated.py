"""A function in a process of its own: with a limit of time, silent, and gone when it is done.

Must not know what the function does. It is no sandbox: the process may do what this one may.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from threading import Thread
from time import monotonic
from typing import Any, TypeVar

from gradcli import work
from gradcli.errors import fault

Result = TypeVar("Result")
GRACE = 3.0
"""Seconds more for the start of the process, before it is ended from outside."""
STEP = 0.1
"""Seconds after which it is asked again whether somebody waits."""


class TookTooLong(Exception):
    """The function was not done in time."""


class Died(Exception):
    """The process ended without an answer."""


def isolated(function: Callable[..., Result], *arguments: Any, limit: float) -> Result:
    """What a function of a module returns, which must be picklable; `limit` is in seconds.

    Raises TookTooLong, Died, or RuntimeError with the text of what the function raised. The process
    ends when nobody waits (work.Cancelled), and with this one, however that ends.
    """
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(there, function, arguments), daemon=True)
    process.start()
    there.close()
    end = monotonic() + limit + GRACE
    try:
        while not here.poll(STEP):
            work.pause()
            if monotonic() > end:
                raise TookTooLong
        try:
            kind, value = here.recv()
        except EOFError:
            raise Died from None
    finally:
        process.kill()
        process.join()
        here.close()
    if kind == "raised":
        raise value
    result: Result = value
    return result


def _run(answers: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """In the process: what the function prints goes nowhere."""
    Thread(target=_end_with_parent, daemon=True).start()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    try:
        answers.send(("returned", function(*arguments)))
    except Exception as error:
        # As a text, for not every exception can be sent.
        answers.send(("raised", RuntimeError(fault(error))))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
