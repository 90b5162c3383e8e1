"""A page as Markdown: tables with pipes, everything else as paragraphs.

Must not know terminals or results.
"""

from __future__ import annotations

import re

from gradcli.show.page import Lines, Page, Table


def markdown(page: Page) -> str:
    """The whole page, without its remarks, which are not part of a document."""
    blocks = []
    for part in page.safe(ascii=False).parts:
        if isinstance(part, Lines):
            texts = ["".join(cell.text for cell in line).strip() for line in part.lines]
            blocks.append("  \n".join(map(escaped, texts)))
        else:
            blocks.append(_table(part))
    return "\n\n".join(filter(None, blocks)) + "\n"


def _table(table: Table) -> str:
    rules = ["---:" if column.align == "point" else ":---" for column in table.columns]
    rows = [[column.title for column in table.columns], rules]
    rows += [[escaped(cell.text) for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def escaped(text: str) -> str:
    """A text none of whose characters means anything in Markdown."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)
