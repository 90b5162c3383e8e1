"""Fragments of HTML: a page or styled text as a notebook shows it below a cell.

Must not know documents, scripts or results; colours are such that light and dark pages show them.
"""

from __future__ import annotations

from html import escape

from gradcli.show.diagnostics import Pieces, styled
from gradcli.show.page import Cell, Lines, Page, Table

STYLES = {
    "value": "color:#2a8a4a",
    "gradient": "color:#c8503c",
    "good": "color:#2a8a4a",
    "bad": "color:#c8503c;font-weight:bold",
    "title": "font-weight:bold",
    "dim": "opacity:.65",
    "error": "color:#c8503c;font-weight:bold",
    "place": "color:#3a7ac8",
    "help": "color:#a87808;font-weight:bold",
}
CELL = "text-align:left;padding:.15em .8em .15em 0;white-space:pre;font-family:monospace"


def written(pieces: Pieces) -> str:
    """Styled text, line by line as it stands."""
    inner = "".join(_span(text, style) for text, style in pieces)
    return f'<pre style="line-height:1.35;word-break:normal">{inner.rstrip()}</pre>'


def fragment(page: Page) -> str:
    """A page: its lines, its tables, then its remarks."""
    parts = [
        _lines(part) if isinstance(part, Lines) else _table(part)
        for part in page.safe(ascii=False).parts
    ]
    parts += [written(styled(diagnostic, severity)) for diagnostic, severity in page.remarks]
    return f"<div>{''.join(parts)}</div>"


def _span(text: str, style: str) -> str:
    shown = escape(text)
    return f'<span style="{STYLES[style]}">{shown}</span>' if style else shown


def _lines(part: Lines) -> str:
    whole: Pieces = []
    for line in part.lines:
        whole += [*((cell.text, cell.style) for cell in line), ("\n", "")]
    return written(whole)


def _table(table: Table) -> str:
    head = "".join(f'<th style="{CELL}">{escape(column.title)}</th>' for column in table.columns)
    rows = [
        "".join(_cell(cell, column.style) for cell, column in zip(row, table.columns, strict=True))
        for row in table.rows
    ]
    titled = any(column.title for column in table.columns)
    body = "".join(f"<tr>{row}</tr>" for row in [head] * titled + rows)
    return f"<table>{body}</table>"


def _cell(cell: Cell, style: str) -> str:
    return f'<td style="{CELL}">{_span(cell.text, cell.style or style)}</td>'
