"""Verdicts as JSON, by `gradcli/schema/check.schema.json`: the same report gives the same bytes.

Must not know terminals; numbers are the nearest doubles of the exact ones.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gradcli.errors import Span
from gradcli.judge.finding import Counterexample, Finding, ReadRow, Report
from gradcli.judge.mends import mend
from gradcli.show.items import COUNTED, Item, items
from gradcli.show.json import dumps
from gradcli.show.numbers import each, machine
from gradcli.show.remainders import json as taylor


def json(report: Report) -> str:
    """Every claim in the order of the text, and every error; other complaints where there are."""
    found = list(items(report))
    summary = {verdict: report.count(verdict) for verdict in COUNTED}
    complaints = [item for item in found if item.complaint and not item.finding]
    content: dict[str, Any] = {
        "summary": summary | {"errors": report.error_count},
        "claims": [_claim(item, item.finding) for item in found if item.finding],
        "errors": [_complaint(item) for item in complaints if item.level == "error"],
    }
    for key, level in (("unmet", "failure"), ("notes", "note")):
        others = [_complaint(item) for item in complaints if item.level == level]
        content |= {key: others} if others else {}
    rows = [_row(row) for file in report.files for row in file.rows]
    return dumps(content | ({"rows": rows} if rows else {}))


def counterexample(found: Counterexample | None) -> dict[str, Any] | None:
    """The point and both sides there; `entry` is where they differ most."""
    if found is None:
        return None
    return {
        "at": {name: each(value, machine) for name, value in found.at.items()},
        "left": each(found.left, machine),
        "right": each(found.right, machine),
        "entry": None if found.entry is None else list(found.entry),
    }


def _place(item: Item) -> dict[str, Any]:
    line, column, end = item.place or (None, None, None)
    found = {"file": item.file, "line": line, "column": column, "end_column": end}
    return found | (_cell(item.span) if item.span else {})


def _cell(span: Span) -> dict[str, int]:
    """The cell of a notebook, and the line in it."""
    found = span.source.cell(span.start)
    return {"cell": found[0], "cell_line": found[1]} if found else {}


def _row(row: ReadRow) -> dict[str, Any]:
    place = {"file": row.span.file, "line": row.line, **_cell(row.span)}
    return place | {"text": row.text, "kind": row.kind, "why": row.why}


def _claim(item: Item, finding: Finding) -> dict[str, Any]:
    return {
        **_place(item),
        "code": finding.code or None,
        "derivation": finding.derivation,
        "text": finding.text,
        "step": finding.step,
        "verdict": finding.verdict,
        "truth": finding.truth,
        "follows": finding.follows,
        "evidence": asdict(finding.evidence),
        "counterexample": counterexample(finding.counterexample),
        "diagnosis": _diagnosis(finding),
        **({"loop": finding.loop} if finding.loop else {}),
        **({"expected": finding.expected} if finding.expected else {}),
        **({"taylor": taylor(finding.remainders)} if finding.remainders else {}),
        "message": finding.message,
        "notes": finding.notes,
        "reason": finding.reason,
    }


def _complaint(item: Item) -> dict[str, Any]:
    return {
        **_place(item),
        "code": item.code,
        "derivation": item.derivation,
        "message": item.message,
        "help": item.help or None,
    }


def _diagnosis(finding: Finding) -> dict[str, Any] | None:
    """With the line that a mend takes the place of, where that is none of the text."""
    told = finding.diagnosis
    if told is None:
        return None
    found: dict[str, Any] = {"kind": told.kind, "text": told.text, "mended": told.mended}
    found["verdict"] = told.verdict
    if told.span is not None:
        line = told.span.source.position(told.span.start)[0]
        found["place"] = {"file": told.span.file, "line": line}
    if edit := mend(finding):
        (line, column), (end_line, end_column) = edit.range
        found["mend"] = {
            "file": edit.span.file,
            "range": {
                "start": {"line": line, "column": column},
                "end": {"line": end_line, "column": end_column},
            },
            "text": edit.text,
        }
    return found
