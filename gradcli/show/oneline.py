"""One line for everything that is wrong: `concise` for editors, `github` for workflow logs.

Must not know what counts as a failure, nor how a block is drawn.
"""

from __future__ import annotations

from gradcli.judge.finding import Report
from gradcli.show.diagnostics import flattened, visible
from gradcli.show.items import Item, items, unvisited

COMMANDS = {"error": "error", "failure": "error", "note": "notice"}


def concise(report: Report, allow_undecided: bool, ascii: bool) -> str:
    """`path:line:col: CODE message: diagnosis`; nothing where all passes with all sides visited."""
    lines = []
    for item in items(report, allow_undecided):
        found = item.finding
        if item.bad:
            message = f"{item.code} {_words(item)}"
        elif found and found.passed and found.evidence.unvisited:
            message = f"holds: {unvisited(found.evidence.unvisited)}"
        else:
            continue
        lines.append(f"{_place(item, ascii)}: {flattened(message, ascii)}\n")
    return "".join(lines)


def _words(item: Item) -> str:
    """The message and, where there is one, the mistake by its name."""
    told = item.finding.diagnosis if item.finding else None
    return f"{item.message}: {told.text}" if told else item.message


def _place(item: Item, ascii: bool) -> str:
    place = item.place[:2] if item.place else ()
    return ":".join([flattened(item.file, ascii), *map(str, place)])


def github(report: Report, allow_undecided: bool, ascii: bool) -> str:
    """Workflow commands, which GitHub shows beside the lines of a change."""
    return "".join(
        _command(item, ascii) for item in items(report, allow_undecided) if item.complaint
    )


def _command(item: Item, ascii: bool) -> str:
    properties = {"file": item.file}
    if item.place:
        line, column, end = map(str, item.place)
        properties |= {"line": line, "endLine": line, "col": column, "endColumn": end}
    properties["title"] = f"{item.code}: {item.derivation}" if item.derivation else item.code
    shown = ",".join(
        f"{name}={_escaped(flattened(text, ascii), ':,')}" for name, text in properties.items()
    )
    lines = [visible(line, ascii) for line in item.said.splitlines()]
    message = _escaped("\n".join(lines))
    return f"::{COMMANDS[item.level]} {shown}::{message}\n"


def _escaped(text: str, also: str = "") -> str:
    """The percent sign first, for the other escapes hold one."""
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
