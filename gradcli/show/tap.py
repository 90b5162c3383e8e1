"""The verdicts as a Test Anything Protocol stream, version 14: a test a claim.

Must not know what counts as a failure, nor how a block is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gradcli.judge.finding import Report
from gradcli.show.claims import counterexample
from gradcli.show.diagnostics import flattened, visible
from gradcli.show.items import Item, chance, items


def tap(report: Report, allow_undecided: bool, ascii: bool) -> str:
    """The plan, then a line for every claim, error and unmet fence; remarks are comments."""
    found = list(items(report, allow_undecided))
    tests = sum(item.finding is not None or item.bad for item in found)
    lines = ["TAP version 14", f"1..{tests}" if tests else "1..0 # SKIP nothing is claimed"]
    number = 0
    for item in found:
        if item.finding is None and not item.bad:
            lines.append(f"# {_described(item, ascii)}")
            continue
        number += 1
        lines.append(_test(item, number, ascii))
        lines += _yaml(item, ascii)
    return "\n".join(lines) + "\n"


def _test(item: Item, number: int, ascii: bool) -> str:
    described = _described(item, ascii).replace("\\", "\\\\").replace("#", "\\#")
    # A harness counts what is still to do as no failure.
    undecided = " # TODO undecided" if item.level == "note" else ""
    return f"{'not ok' if item.complaint else 'ok'} {number} - {described}{undecided}"


def _described(item: Item, ascii: bool) -> str:
    place = f"{item.file}:{item.place[0]}" if item.place else item.file
    text = item.finding.text if item.finding else item.message
    words = f"{place} {item.derivation or ''}".rstrip()
    expected = " (expected to fail)" if item.finding and item.finding.expected else ""
    return flattened(f"{words}: {text}{expected}", ascii)


def _yaml(item: Item, ascii: bool) -> Iterator[str]:
    """JSON is YAML; characters stand for themselves, for YAML has no pairs of surrogates."""
    content: dict[str, Any] = {}
    if item.complaint:
        content |= {"code": item.code, "message": item.message}
    if item.finding:
        content["verdict"] = item.finding.verdict
        if below := chance(item.finding):
            content["error"] = below
    for word, text in item.remarks if item.complaint else ():
        # A mapping has every key once.
        key = word.rstrip(":")
        content[key] = f"{content[key]}\n{text}" if key in content else text
    if item.complaint and item.finding and item.finding.counterexample:
        content["counterexample"] = counterexample(item.finding.counterexample)
    yield "  ---"
    for key, value in content.items():
        shown = _safe(value, ascii)
        yield f"  {key}: {json.dumps(shown, ensure_ascii=False)}"
    yield "  ..."


def _safe(value: Any, ascii: bool) -> Any:
    if isinstance(value, str):
        return "\n".join(visible(line, ascii) for line in value.splitlines())
    if isinstance(value, dict):
        return {_safe(key, ascii): _safe(part, ascii) for key, part in value.items()}
    return [_safe(part, ascii) for part in value] if isinstance(value, list) else value
