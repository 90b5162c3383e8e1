"""A page as LaTeX: each table a `tabular`, lines as paragraphs, formulas in math mode.

Must not know terminals or results. It needs no package but amsmath, and is made for a line of
345 points, which is that of an `article`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gradcli.notation.pieces import TALL, seen
from gradcli.notation.symbols import worded
from gradcli.show.page import Cell, Lines, Page, Table

NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?|-?\d+/\d+")
DIGITS = re.compile(r"(\d\.\d{12})\d{4,}")
"""A literal in a formula that is longer than anybody reads."""
LINE, CHARACTER, BETWEEN, NARROWEST = 344, 5, 12, 90
"""Points: of a line, a digit, what is between two columns, and the least for a column of words."""
WORDS = 30
"""Characters from which on a cell is words that may be broken, or a formula that may."""
SMALLER = 4.3
"""Points of a digit in the size of footnotes."""
SMALL = 72
"""Characters of a formula without line ends that a line takes in the size of scripts."""


def latex(page: Page) -> str:
    """The whole page, without its remarks, which are not part of a document."""
    blocks: list[str] = []
    for part in page.safe(ascii=False).parts:
        if isinstance(part, Lines):
            texts = ["".join(map(_cell, line)).strip() for line in part.lines]
            blocks.append(" \\\\\n".join(texts))
        else:
            blocks += _tables(part)
    return "\n\n\\smallskip".join(rf"\noindent {block}" for block in blocks if block) + "\n"


def _tables(table: Table) -> Iterator[str]:
    """One tabular; more, each with the first column, where only words could be broken."""
    widths = [
        max(len(column.title), *(_length(row[k]) for row in table.rows), 0)
        for k, column in enumerate(table.columns)
    ]
    points = [CHARACTER * width + BETWEEN for width in widths]
    wordy = [k for k, width in enumerate(widths) if width > WORDS]
    left = LINE - sum(size for k, size in enumerate(points) if k not in wordy)
    if sum(points) <= LINE:
        yield _tabular(table, range(len(points)), {})
    elif sum(points) - sum(widths) * (CHARACTER - SMALLER) <= LINE:
        yield f"{{\\footnotesize\n{_tabular(table, range(len(points)), {})}}}"
    elif wordy and left >= NARROWEST * len(wordy):
        most = left // len(wordy) - BETWEEN
        yield _tabular(table, range(len(points)), dict.fromkeys(wordy, most))
    else:
        yield from (_tabular(table, columns, {}) for columns in _groups(points))


def _groups(points: Sequence[int]) -> Iterator[list[int]]:
    """As many columns as a line can take, behind the first one."""
    group = [0]
    for k in range(1, len(points)):
        if len(group) > 1 and sum(points[j] for j in group) + points[k] > LINE:
            yield group
            group = [0]
        group.append(k)
    yield group


def _tabular(table: Table, columns: Sequence[int], boxes: dict[int, int]) -> str:
    """These columns of a table; `boxes` are widths in which the cells of some are broken."""
    shape = "".join("r" if table.columns[k].align == "point" else "l" for k in columns)
    titles = [worded(table.columns[k].title) for k in columns]
    lines = [f"\\begin{{tabular}}{{{shape}}}"]
    if any(titles):
        lines += [f"{' & '.join(titles)} \\\\", r"\hline\noalign{\smallskip}"]
    for row in table.rows:
        cells = [_boxed(row[k], boxes.get(k)) for k in columns]
        tall = any(TALL.search(row[k].math) for k in columns)
        lines.append(f"{' & '.join(cells)} \\\\" + "[4pt]" * tall)
    return "\n".join([*lines, r"\end{tabular}"])


def _boxed(cell: Cell, most: int | None) -> str:
    """A cell within so many points: broken into lines, or small where TeX can break nothing.

    What is too long for that is written in the language, as words are.
    """
    text = _cell(cell)
    if most is None or CHARACTER * _length(cell) <= most:
        return text
    if r"\begin" in cell.math:
        fits = _length(cell) <= SMALL
        text = rf"{{\scriptsize {text}}}" if fits else worded(cell.text)
    return rf"\parbox[t]{{{most}pt}}{{\raggedright\strut {text}\strut}}"


def _length(cell: Cell) -> int:
    """How many characters a cell has, as it will be seen."""
    if not cell.math:
        return len(cell.text)
    return seen(_math(cell))


def _math(cell: Cell) -> str:
    return DIGITS.sub(r"\1\\ldots ", cell.math)


def _cell(cell: Cell) -> str:
    text = cell.text
    if cell.math:
        return f"${_math(cell)}$"
    return f"${number(text)}$" if NUMBER.fullmatch(text) else worded(text)


def number(text: str) -> str:
    """A number as it stands in a table, in math mode."""
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa} \\times 10^{{{int(exponent)}}}" if exponent else mantissa
