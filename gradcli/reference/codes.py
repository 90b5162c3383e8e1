"""What every code, verdict and mistake means and why it matters, with an example and its mend.

Must not know where any of them arises, nor how an example is run: the texts are data beside it.
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
    """The texts on a code, or on a verdict or a mistake by its name.

    `kind` says what reads the examples: `diff` or `check` (programs, called `file`), `command`
    (whole command lines), or `text` (nothing: the mistake cannot be shown by a program).
    `message` is what the wrong example gives, where that is not found out by running a program.
    `family` is `code`, `verdict` or `mistake`. No `mend` is written where a diagnosis mends.
    """

    code: str
    title: str
    means: str
    matters: str
    wrong: str
    mend: str = ""
    kind: str = "diff"
    file: str = "example.grad"
    message: str = ""
    family: str = "code"


def explain(code: str) -> Explanation:
    """The explanation of a code of `CODES`."""
    entry = _texts(f"{code[:2]}xx.toml")[code]
    return Explanation(code, CODES[code], **_cleaned(entry))


def topics(family: str) -> dict[str, Explanation]:
    """The explanations of all verdicts or of all mistakes, by name, in their order."""
    return {
        name: Explanation(code=name, kind="check", family=family, **_cleaned(entry))
        for name, entry in _texts("topics.toml")[family].items()
    }


def explanations() -> dict[str, Explanation]:
    """Everything that can be explained, by its name."""
    return {code: explain(code) for code in CODES} | topics("verdict") | topics("mistake")


def _cleaned(entry: dict[str, Any]) -> dict[str, Any]:
    """Prose in one line, examples as they are."""
    found = dict(entry)
    for key, text in entry.items():
        if key in ("means", "matters"):
            found[key] = " ".join(text.split())
        elif key in ("wrong", "mend"):
            found[key] = text.strip("\n")
    return found


@cache
def _texts(file: str) -> dict[str, dict[str, Any]]:
    text = (files("gradcli.reference") / "texts" / file).read_text(encoding="utf-8")
    return tomllib.loads(text)
