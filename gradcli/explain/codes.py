"""What every code means and why it matters, with an example of the mistake and its mend.

Must not know where a code is raised, nor how an example is run: the texts are data beside it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from gradcli.errors import CODES


@dataclass(frozen=True, slots=True)
class Explanation:
    """The texts on one code.

    `kind` says what reads the examples: `diff` or `check` (programs, called `file`), `command`
    (whole command lines), or `text` (nothing: the mistake cannot be shown by a program).
    `message` is what the wrong example gives, where that is not found out by running a program.
    """

    code: str
    title: str
    means: str
    matters: str
    wrong: str
    mend: str
    kind: str = "diff"
    file: str = "example.grad"
    message: str = ""


def explain(code: str) -> Explanation:
    """The explanation of a code of `CODES`."""
    entry = _family(code[:2])[code]
    return Explanation(code, CODES[code], **entry)


@cache
def _family(start: str) -> dict[str, dict[str, Any]]:
    """The entries of all codes with the same beginning; prose in one line, examples as they are."""
    text = (files("gradcli.explain") / "texts" / f"{start}xx.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)
    for entry in entries.values():
        for prose in ("means", "matters"):
            entry[prose] = " ".join(entry[prose].split())
        for example in ("wrong", "mend"):
            entry[example] = entry[example].strip("\n")
    return entries
