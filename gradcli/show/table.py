"""A page on a terminal, with rich: the only module that imports it.

Must not know results; nothing of a user's is ever read as markup, and nothing is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from gradcli.errors import Diagnostic
from gradcli.show.diagnostics import Pieces, styled
from gradcli.show.page import (
    GAP,
    INDENT,
    Cell,
    Lines,
    Page,
    Table,
    across,
    laid_out,
    stacked,
    widths,
)

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
    "help": Style(color="magenta", bold=True),
}
"""Colours by name, which a terminal's theme makes readable on its ground, light or dark; but no
yellow, which few themes make readable on white."""


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
                # What may be copied is left to the terminal to break; commentary breaks at words.
                target.print(_text(line), soft_wrap=not part.commentary)
        else:
            _table(part, target)
    for diagnostic, severity in page.remarks:
        target.print()
        complain(diagnostic, severity, target, ascii)


def complain(diagnostic: Diagnostic, severity: str, target: Console, ascii: bool = False) -> None:
    """Print a complaint or a remark."""
    write([*styled(diagnostic, severity, ascii=ascii, room=target.width), ("\n", "")], target)


def write(pieces: Pieces, target: Console) -> None:
    """Print styled text as it stands, its line ends included; the terminal breaks long lines."""
    target.print(_text(pieces), soft_wrap=True, end="")


def _text(cells: Sequence[Cell | tuple[str, str]]) -> Text:
    text = Text()
    for content, style, *_ in cells:
        text.append(content, STYLES[style])
    return text


def _table(table: Table, target: Console) -> None:
    wide = widths(table)
    if table.width <= target.width:
        least = wide
    else:
        least = [_unbroken(table, k, width) for k, width in enumerate(wide)]
        if sum(least) + GAP * (len(least) - 1) + INDENT > target.width:
            for line in stacked(table, target.width):
                target.print(_text(line), soft_wrap=True)
            return
    drawn = RichTable(
        box=None,
        pad_edge=False,
        padding=(0, GAP, 0, 0),
        header_style=STYLES["title"],
        show_header=any(column.title for column in table.columns),
    )
    for column, width, narrowest in zip(table.columns, wide, least, strict=True):
        whole = narrowest == width
        drawn.add_column(Text(column.title), overflow="fold", no_wrap=whole, min_width=narrowest)
    for row in laid_out(table):
        drawn.add_row(*(Text(cell.text, STYLES[cell.style]) for cell in row))
    target.print(Padding(drawn, (0, 0, 0, INDENT)))


def _unbroken(table: Table, k: int, width: int) -> int:
    """What a column needs for no number, no name and no word in it to be broken."""
    if k == 0 or table.columns[k].align == "point":
        return width
    texts = [table.columns[k].title, *(row[k].text for row in table.rows)]
    return max((across(word) for text in texts for word in text.split()), default=0)
