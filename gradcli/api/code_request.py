"""What is asked of a check of hand-written code, as plain data, picklable.

Must not know how code is checked; it imports nothing heavy, for every run of `check` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class SetText(str):
    """The text of a set; any other text is data."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What is to be checked: `name` in the file `path`, all that can be seen there if empty.

    `let` are the inputs of the forward by name, a SetText or data. `timeout` is in seconds.
    """

    path: str
    name: str = ""
    forward: str = ""
    let: tuple[tuple[str, Any], ...] = ()
    wrt: tuple[str, ...] | None = None
    timeout: float = 60.0
