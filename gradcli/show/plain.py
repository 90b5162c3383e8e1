"""A page as aligned plain text, never cut: what a pipe gets.

Must not know terminals or colours.
"""

from __future__ import annotations

from gradcli.show.diagnostics import render
from gradcli.show.page import GAP, INDENT, Cell, Line, Lines, Page, Table, across, laid_out, widths


def plain(page: Page, ascii: bool = False) -> str:
    """The whole page, parts set apart by an empty line."""
    blocks = []
    for part in page.safe(ascii).parts:
        if isinstance(part, Lines):
            blocks.append("\n".join("".join(cell.text for cell in line) for line in part.lines))
        else:
            blocks.append(_table(part))
    blocks += [render(diagnostic, severity, ascii=ascii) for diagnostic, severity in page.remarks]
    return "\n\n".join(blocks) + "\n"


def aligned(table: Table) -> list[Line]:
    """The lines of a table, its titles first if it has any, each cell as wide as its column."""
    wide = widths(table)
    titles = [Cell(column.title) for column in table.columns]
    lines: list[Line] = []
    for row in ([titles] if any(title.text for title in titles) else []) + laid_out(table):
        last = max((k for k, cell in enumerate(row) if cell.text), default=0)
        gaps = [width - across(cell.text) + GAP for cell, width in zip(row, wide, strict=True)]
        padded = [
            Cell(cell.text + " " * gap, cell.style) for cell, gap in zip(row, gaps, strict=True)
        ]
        lines.append((*padded[:last], row[last]))
    return lines


def _table(table: Table) -> str:
    rows = ("".join(cell.text for cell in line) for line in aligned(table))
    return "\n".join((" " * INDENT + row).rstrip() for row in rows)
