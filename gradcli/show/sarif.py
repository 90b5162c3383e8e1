"""What is wrong as SARIF 2.1.0, the format of code scanning: one run, a result a complaint.

Must not know what counts as a failure; columns are code points, as everywhere in gradcli.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from gradcli.errors import CODES
from gradcli.judge.finding import Report
from gradcli.judge.mends import mend
from gradcli.show.items import COUNTED, Item, chance, items
from gradcli.version import __version__

LEVELS = {"failure": "error", "error": "error", "note": "note"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: Report, allow_undecided: bool) -> str:
    """The log, in ASCII whatever is in it."""
    found = [item for item in items(report, allow_undecided) if item.complaint]
    codes = sorted({item.code for item in found})
    rules = [{"id": code, "shortDescription": {"text": CODES.get(code, code)}} for code in codes]
    driver = {"name": "gradcli", "version": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, codes) for item in found],
        "properties": _properties(report),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _properties(report: Report) -> dict[str, Any]:
    """What passes, too, for results are only what is wrong."""
    counted: dict[str, Any] = {verdict: report.count(verdict) for verdict in COUNTED}
    below = chance(*report.findings)
    return counted | ({"error": below} if below else {})


def _result(item: Item, codes: list[str]) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": _physical(item.file, item.place)}
    if item.derivation:
        location["logicalLocations"] = [{"name": item.derivation}]
    fixes = _fixes(item)
    return {
        "ruleId": item.code,
        "ruleIndex": codes.index(item.code),
        "level": LEVELS[item.level],
        "message": {"text": item.said},
        "locations": [location],
        **({"fixes": fixes} if fixes else {}),
    }


def _physical(file: str, place: tuple[int, int, int] | None) -> dict[str, Any]:
    found: dict[str, Any] = {"artifactLocation": {"uri": quote(file)}}
    if place:
        line, column, end = place
        found["region"] = {"startLine": line, "startColumn": column, "endColumn": end}
    return found


def _fixes(item: Item) -> list[dict[str, Any]]:
    """The mended side in the place of the wrong one, over all lines that it stands on."""
    edit = mend(item.finding) if item.finding else None
    if edit is None or item.finding is None or item.finding.diagnosis is None:
        return []
    (line, column), (end_line, end_column) = edit.range
    deleted = {"startLine": line, "startColumn": column, "endLine": end_line}
    deleted["endColumn"] = end_column
    replacement = {"deletedRegion": deleted, "insertedContent": {"text": edit.text}}
    file = {"uri": quote(edit.span.file)}
    change = {"artifactLocation": file, "replacements": [replacement]}
    return [{"description": {"text": item.finding.diagnosis.text}, "artifactChanges": [change]}]
