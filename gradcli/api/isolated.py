"""A function in a process of its own: with a limit of time, silent, and gone when it is done.

Must not know what the function does. It is no sandbox: the process may do what this one may.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from gradcli.errors import fault

Result = TypeVar("Result")
GRACE = 3.0
"""Seconds more for the start of the process, before it is ended from outside."""


class TookTooLong(Exception):
    """The function was not done in time."""


class Died(Exception):
    """The process ended without an answer."""


def isolated(function: Callable[..., Result], *arguments: Any, limit: float) -> Result:
    """What a function of a module returns, which must be picklable; `limit` is in seconds.

    Raises TookTooLong, Died, or RuntimeError with the text of what the function raised.
    """
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(there, function, arguments), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(limit + GRACE):
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
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    try:
        answers.send(("returned", function(*arguments)))
    except Exception as error:
        # As a text, for not every exception can be sent.
        answers.send(("raised", RuntimeError(fault(error))))
