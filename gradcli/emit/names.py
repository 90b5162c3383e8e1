"""Names for code: the user's own where the target can spell them, never a word it has reserved.

Must not know graphs or any target.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from unicodedata import name as unicode_name
from unicodedata import normalize

APART = re.compile(r"\W+")
MARKS = {"CIRCUMFLEX ACCENT": "hat", "MACRON": "bar", "TILDE": "tilde", "DOT ABOVE": "dot"}


class Names:
    """The names that are taken; `reserved` were taken before anyone came, by the target."""

    def __init__(self, reserved: Collection[str], ascii: bool) -> None:
        self.taken = set(reserved)
        self.ascii = ascii
        self._next: dict[str, int] = {}

    def fresh(self, wanted: str) -> str:
        """The wanted name, spelt for the target and with `_` behind it until it is free."""
        name = APART.sub("_", wanted).strip("_") or "_"
        if self.ascii and not name.isascii():
            name = "".join(map(_letters, normalize("NFD", name)))
        if name[0].isdigit():
            name = f"_{name}"
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def numbered(self, stem: str) -> str:
        """The next free one of `v1`, `v2`, …"""
        count = self._next.get(stem, 1)
        while (name := f"{stem}{count}") in self.taken:
            count += 1
        self._next[stem] = count + 1
        self.taken.add(name)
        return name


def _letters(char: str) -> str:
    """An ASCII spelling of a letter: `theta` for θ, `hat` for the mark on x̂."""
    if char.isascii():
        return char
    words = unicode_name(char, "")
    if words.startswith("COMBINING "):
        return MARKS.get(words.removeprefix("COMBINING "), "")
    spelled = words.split()[-1:] if words.startswith("GREEK") else []
    letter = (spelled or [f"u{ord(char):x}"])[0].replace("LAMDA", "LAMBDA")
    return letter.lower() if "SMALL" in words else letter.capitalize()
