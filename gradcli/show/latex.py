"""A page as LaTeX: each table a `tabular`, lines as paragraphs, formulas in math mode.

Must not know terminals or results.
"""

from __future__ import annotations

import re

from gradcli.notation.symbols import greek
from gradcli.show.page import Cell, Lines, Page, Table

ESCAPES = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "…": r"\ldots{}",
    "·": r"$\cdot$",
    "*": r"$*$",
    **{char: f"\\{char}" for char in "&%$#_{}"},
}
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?|-?\d+/\d+")


def latex(page: Page) -> str:
    """The whole page, without its remarks, which are not part of a document."""
    blocks = []
    for part in page.safe(ascii=False).parts:
        if isinstance(part, Lines):
            texts = ["".join(map(_text, line)).strip() for line in part.lines]
            blocks.append(" \\\\\n".join(texts))
        else:
            blocks.append(_table(part))
    return "\n\n".join(filter(None, blocks)) + "\n"


def _table(table: Table) -> str:
    shape = "".join("r" if column.align == "point" else "l" for column in table.columns)
    titles = [_escaped(column.title) for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    body = [f"{' & '.join(row)} \\\\" for row in [titles, *rows]]
    return "\n".join(
        [f"\\begin{{tabular}}{{{shape}}}", body[0], r"\hline", *body[1:], r"\end{tabular}"]
    )


def _text(cell: Cell) -> str:
    return f"${cell.math}$" if cell.math else _escaped(cell.text)


def _cell(cell: Cell) -> str:
    text = cell.text
    if cell.math or not NUMBER.fullmatch(text):
        return _text(cell)
    mantissa, _, exponent = text.partition("e")
    return f"${mantissa} \\times 10^{{{int(exponent)}}}$" if exponent else f"${text}$"


def _escaped(text: str) -> str:
    # Greek letters by their commands, for the text fonts have none.
    found = (
        ESCAPES.get(char) or (f"${command}$" if (command := greek(char)) else char) for char in text
    )
    return "".join(found)
