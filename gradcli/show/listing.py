"""The page of `check --list`: what every statement of every derivation was read as.

Must not know terminals, nor how anything was read.
"""

from __future__ import annotations

from collections import Counter

from gradcli.errors import Diagnostic
from gradcli.judge.finding import DerivationReport, Report
from gradcli.show.diagnostics import Pieces, flattened, render
from gradcli.show.page import INDENT

MANY = {
    "declaration": "declarations",  "function": "functions", "definition": "definitions",
    "claim": "claims", "condition": "conditions", "point": "points", "loop": "loops",
    "convention": "conventions", "expression": "expressions", "not read": "not read",
    "side-condition": "side conditions", "update": "updates", "note": "notes", "unread": "unread",
}  # fmt: skip
"""The kinds of statements, as many of them are called, in the order in which they are counted."""


def listing(report: Report, ascii: bool = False) -> Pieces:
    """Each derivation with its statements, a line each: where it stands, its kind, its text."""
    pieces: Pieces = []
    counted: Counter[str] = Counter()
    for file in report.files:
        for derivation in file.derivations:
            counted.update(each.kind for each in derivation.read)
            head = flattened(f"{file.path}  {derivation.name}".rstrip(), ascii)
            pieces += [(head, "place"), ("\n", "")]
            pieces += [(_statements(derivation, ascii), ""), ("\n", "")]
        for _, error in file.errors:
            pieces += _error(error, ascii)
    files, derivations = len(report.files), sum(len(f.derivations) for f in report.files)
    whole = f"{files} file{'s' * (files != 1)}, {derivations} derivation{'s' * (derivations != 1)}"
    kinds = [
        f"{counted[kind]} {kind if counted[kind] == 1 else many}"
        for kind, many in MANY.items()
        if counted[kind]
    ]
    return [*pieces, (f"{whole}: {', '.join(kinds) or 'nothing was read'}\n", "")]


def _statements(derivation: DerivationReport, ascii: bool) -> str:
    lines = [str(each.line) for each in derivation.read]
    wide = max(map(len, lines), default=0)
    kind = max((len(each.kind) for each in derivation.read), default=0)
    rows = []
    for line, each in zip(lines, derivation.read, strict=True):
        text = "  " * each.depth + flattened(each.text, ascii)
        rows.append(f"{' ' * INDENT}{line:>{wide}}  {each.kind:<{kind}}  {text}\n")
    return "".join(rows)


def _error(error: Diagnostic, ascii: bool) -> Pieces:
    return [(render(error, ascii=ascii) + "\n\n", "")]
