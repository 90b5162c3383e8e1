"""A page as LaTeX: each table a `tabular` that needs no package, lines as paragraphs.

Must not know terminals or results.
"""

from __future__ import annotations

import re
from unicodedata import name

from gradcli.show.page import Lines, Page, Table

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
            texts = ["".join(cell.text for cell in line).strip() for line in part.lines]
            blocks.append(" \\\\\n".join(map(_escaped, texts)))
        else:
            blocks.append(_table(part))
    return "\n\n".join(filter(None, blocks)) + "\n"


def _table(table: Table) -> str:
    shape = "".join("r" if column.align == "point" else "l" for column in table.columns)
    titles = [_escaped(column.title) for column in table.columns]
    rows = [[_cell(cell.text) for cell in row] for row in table.rows]
    body = [f"{' & '.join(row)} \\\\" for row in [titles, *rows]]
    return "\n".join(
        [f"\\begin{{tabular}}{{{shape}}}", body[0], r"\hline", *body[1:], r"\end{tabular}"]
    )


def _cell(text: str) -> str:
    if not NUMBER.fullmatch(text):
        return _escaped(text)
    mantissa, _, exponent = text.partition("e")
    return f"${mantissa} \\times 10^{{{int(exponent)}}}$" if exponent else f"${text}$"


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(char) or _letter(char) for char in text)


def _letter(char: str) -> str:
    """A Greek letter by its command, for the text fonts have none."""
    words = name(char, "").split() if ord(char) > 127 else []
    if len(words) != 4 or words[0] != "GREEK" or words[2] != "LETTER" or words[3] == "OMICRON":
        return char
    letter = words[3].lower().replace("lamda", "lambda")
    return f"$\\{letter if words[1] == 'SMALL' else letter.capitalize()}$"
