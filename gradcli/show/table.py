"""A page on a terminal, with rich: the only module that imports it.

Must not know results; nothing of a user's is ever read as markup, and nothing is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from gradcli.errors import Diagnostic
from gradcli.show.diagnostics import styled
from gradcli.show.page import GAP, INDENT, Cell, Lines, Page, Table, laid_out, widths

STYLES = {
    "": Style(),
    "value": Style(color="green"),
    "gradient": Style(color="red"),
    "good": Style(color="green"),
    "bad": Style(color="red", bold=True),
    "title": Style(bold=True),
    "dim": Style(dim=True),
    "error": Style(color="red", bold=True),
    "place": Style(color="blue"),
    "help": Style(color="yellow", bold=True),
}


def console(stream: IO[str], width: int | None, colour: bool) -> Console:
    """A console that decides nothing by itself: no markup, no emoji, no environment variables."""
    return Console(
        file=stream,
        width=width,
        force_terminal=True,
        color_system="standard" if colour else None,
        no_color=not colour,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )


def draw(page: Page, target: Console, ascii: bool = False) -> None:
    """Print the page, parts set apart by an empty line."""
    first = True
    for part in page.safe(ascii).parts:
        if not first:
            target.print()
        first = False
        if isinstance(part, Lines):
            for line in part.lines:
                target.print(_text(line), soft_wrap=True)
        else:
            _table(part, target, ascii)
    for diagnostic, severity in page.remarks:
        target.print()
        complain(diagnostic, severity, target, ascii)


def complain(diagnostic: Diagnostic, severity: str, target: Console, ascii: bool = False) -> None:
    """Print a complaint or a remark."""
    target.print(_text(styled(diagnostic, severity, ascii=ascii)), soft_wrap=True)


def _text(cells: Sequence[Cell | tuple[str, str]]) -> Text:
    text = Text()
    for content, style in cells:
        text.append(content, STYLES[style])
    return text


def _table(table: Table, target: Console, ascii: bool) -> None:
    drawn = RichTable(
        box=box.ASCII_DOUBLE_HEAD if ascii else box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, GAP, 0, 0),
        header_style=STYLES["title"],
        show_header=any(column.title for column in table.columns),
    )
    drawn.box = None
    wide = widths(table)
    fits = table.width <= target.width
    for column, width in zip(table.columns, wide, strict=True):
        # A table too wide for its terminal folds; it never loses a digit.
        drawn.add_column(
            Text(column.title), overflow="fold", no_wrap=fits, min_width=width if fits else None
        )
    for row in laid_out(table):
        drawn.add_row(*(Text(cell.text, STYLES[cell.style]) for cell in row))
    target.print(Padding(drawn, (0, 0, 0, INDENT)))
