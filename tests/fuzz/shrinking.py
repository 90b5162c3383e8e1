"""A smaller input that fails in the same way: pieces are left out for as long as it does.

Must not know what fails, nor why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from tests.fuzz.inputs import TOKEN, Input

MOST = 300
"""Inputs that are tried at most."""


def shrunk(given: Input, fails: Callable[[Input], bool]) -> Input:
    """The smallest input that was found to fail as this one does (delta debugging, Zeller 1999)."""
    tries = count()
    progress = True
    while progress:
        progress = False
        for smaller in _smaller(given):
            if next(tries) >= MOST:
                return given
            if fails(smaller):
                given, progress = smaller, True
                break
    return given


def _smaller(given: Input) -> Iterator[Input]:
    """The input with less in it: the largest pieces first."""
    arguments = given.arguments
    for k in range(len(arguments) - 1, 0, -1):
        yield replace(given, arguments=arguments[:k] + arguments[k + 1 :])
    for k, argument in enumerate(arguments[1:], 1):
        for text in _shorter(argument):
            yield replace(given, arguments=[*arguments[:k], text, *arguments[k + 1 :]])
    typed = given.typed if arguments[0] == "repl" else b""
    for text in _shorter(typed.decode("utf-8", "replace")):
        yield replace(given, typed=text.encode())
    for name, data in given.files.items():
        for part in _cut([data[k : k + 1] for k in range(len(data))]) if b"\0" in data else ():
            yield replace(given, files={**given.files, name: b"".join(part)})
        for text in _shorter(data.decode("utf-8", "replace")) if b"\0" not in data else ():
            yield replace(given, files={**given.files, name: text.encode()})


def _shorter(text: str) -> Iterator[str]:
    for pieces in (text.splitlines(keepends=True), TOKEN.findall(text)):
        yield from ("".join(part) for part in _cut(pieces))


def _cut(pieces: Sequence[Any]) -> Iterator[list[Any]]:
    """The pieces without a stretch of them: a half, a quarter, down to one."""
    size = len(pieces) // 2
    while size:
        for start in range(0, len(pieces), size):
            yield [*pieces[:start], *pieces[start + size :]]
        size //= 2
