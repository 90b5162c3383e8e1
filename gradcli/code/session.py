"""What is remembered while the user's code runs: comparisons, literals, and where in it that was.

Must not know what numbers are.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any


class Leaves(Exception):
    """The code asks for something that exact numbers have not got; the text says what and why."""


class Tie(Exception):
    """Two numbers that the code compares are equal at the point, and are not the same function."""


class Outside(Exception):
    """A function is taken where it has no real value."""


class Reached(BaseException):
    """The comparison up to which the code was to be run."""


@dataclass(slots=True)
class Comparison:
    """What the code compared with zero, where in its text, and the sign that it had."""

    site: tuple[str, int, int]
    gap: Any
    sign: int


@dataclass(slots=True)
class CodeSession:
    """What is remembered of one run of the user's code.

    `files` are the names under which its code was compiled; `loose` takes long literals for what
    they may have been before they were rounded; `rounded` are those that were met, with their
    lines, `notes` the functions of libraries that compute in floats. `roots` are the square roots
    whose sign was drawn. `at` is the place of what runs, where that is no text but a graph. The run
    ends behind the comparison number `last`, if there is one.
    """

    files: set[str] = field(default_factory=set)
    comparisons: list[Comparison] = field(default_factory=list)
    loose: bool = False
    rounded: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    tolerant: bool = False
    roots: list[Any] = field(default_factory=list)

    at: tuple[str, int, int] | None = None
    last: int | None = None

    def compared(self, gap: Any, sign: int) -> None:
        """One more comparison; Reached where no more are wanted."""
        self.comparisons.append(Comparison(self.site(), gap, sign))
        if self.last is not None and len(self.comparisons) > self.last:
            raise Reached

    def site(self) -> tuple[str, int, int]:
        """File, line and instruction of the user's code that is running."""
        if self.at is not None:
            return self.at
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename not in self.files:
            frame = frame.f_back  # type: ignore[assignment]
        if frame is None:
            return ("", 0, 0)
        return (frame.f_code.co_filename, frame.f_lineno, frame.f_lasti)

    def note(self, text: str) -> None:
        self.notes.setdefault(text, self.site()[1])


SESSIONS: list[CodeSession] = [CodeSession()]
