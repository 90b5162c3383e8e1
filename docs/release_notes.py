"""The section of a version in CHANGELOG.md, as the notes of its release.

Must not know what is in a section; without a date in its heading there is no release.

    python docs/release_notes.py 0.1.0
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"


def notes(version: str, text: str) -> str:
    """What stands below `## VERSION, YYYY-MM-DD`. Raises `ValueError` if it is not there."""
    heading = re.search(rf"^## {re.escape(version)}, (\S+)$", text, re.MULTILINE)
    if not heading:
        raise ValueError(f"CHANGELOG.md has no section {version}")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", heading[1]):
        raise ValueError(f"the section {version} has no date: {heading[0]}")
    section = re.split(r"^## ", text[heading.end() :], maxsplit=1, flags=re.MULTILINE)[0].strip()
    if not section:
        raise ValueError(f"the section {version} is empty")
    return section + "\n"


if __name__ == "__main__":
    try:
        sys.stdout.write(notes(sys.argv[1], CHANGELOG.read_text(encoding="utf-8")))
    except ValueError as wrong:
        sys.exit(str(wrong))
