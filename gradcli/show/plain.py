"""A page as aligned plain text, never cut: what a pipe gets.

Must not know terminals or colours.
"""

from __future__ import annotations

from gradcli.show.diagnostics import render
from gradcli.show.page import GAP, INDENT, Cell, Lines, Page, Table, across, laid_out, widths


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


def _table(table: Table) -> str:
    wide = widths(table)
    titles = [Cell(column.title) for column in table.columns]
    drawn = []
    for row in ([titles] if any(title.text for title in titles) else []) + laid_out(table):
        cells = [
            cell.text + " " * (width - across(cell.text))
            for cell, width in zip(row, wide, strict=True)
        ]
        drawn.append((" " * INDENT + (" " * GAP).join(cells)).rstrip())
    return "\n".join(drawn)
