"""What is wrong as GitLab's Code Quality report: a list of issues, each with a fingerprint.

Must not know what counts as a failure; a complaint that has moved to another line is the same one.
"""

from __future__ import annotations

import json
import posixpath
from collections import Counter
from hashlib import sha256
from typing import Any

from gradcli.judge.finding import Report
from gradcli.show.items import Item, items

SEVERITIES = {"failure": "major", "error": "critical", "note": "info"}


def gitlab(report: Report, allow_undecided: bool) -> str:
    """The list, in ASCII whatever is in it."""
    seen: Counter[str] = Counter()
    found = [_issue(item, seen) for item in items(report, allow_undecided) if item.complaint]
    return json.dumps(found, indent=1) + "\n"


def _issue(item: Item, seen: Counter[str]) -> dict[str, Any]:
    line = item.place[0] if item.place else 1
    return {
        "description": item.said,
        "check_name": item.code,
        "fingerprint": _fingerprint(item, seen),
        "severity": SEVERITIES[item.level],
        # GitLab knows a file by its path in the repository, which begins with no dot.
        "location": {"path": posixpath.normpath(item.file), "lines": {"begin": line}},
    }


def _fingerprint(item: Item, seen: Counter[str]) -> str:
    """The same as long as file, derivation and text are; those alike are told apart by number."""
    text = item.finding.text if item.finding else item.message
    known = "\0".join([item.file, item.derivation or "", item.code, text])
    seen[known] += 1
    return sha256(f"{known}\0{seen[known]}".encode("utf-8", "backslashreplace")).hexdigest()
