"""Arrays as lines that fit: in one line, row by row, or in one sentence where they are large.

Must not know results; how a number is written is told by `numbers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.show.numbers import cell, flat, nested, shape_text, summary
from gradcli.show.page import pointed

MOST = 16
"""Entries of an array that is written out, as those of a matrix of 4 by 4."""


def is_small(array: Any) -> bool:
    """Whether every entry of an array is shown."""
    return len(flat(array)) <= MOST


def one_line(array: Any, shape: Sequence[Any], count: int) -> str:
    """A small array as it would be typed, of a larger one its shape, its range and its norm."""
    if not is_small(array):
        return f"{shape_text(shape)}: {summary(array, count)}"
    return str(nested(array, shape, lambda x: cell(x, count))).replace("'", "")


def lines(array: Any, shape: Sequence[Any], count: int, width: int) -> list[str]:
    """The same in lines of at most `width` characters: row by row, and broken between numbers."""
    whole = one_line(array, shape, count)
    if len(whole) <= width:
        return [whole]
    if not is_small(array):
        size, _, rest = whole.partition(": ")
        return [f"{size}:", *rest.split(", ")]
    if len(shape) < 2:
        return _filled([cell(x, count) for x in flat(array)], width)
    # Decimal points of a column stand under each other.
    columns = int(shape[-1])
    entries = [cell(x, count) for x in flat(array)]
    padded = [pointed(entries[k::columns]) for k in range(columns)]
    wide = [max(map(len, column)) for column in padded]
    rows = len(entries) // columns if columns else 0
    found: list[str] = []
    for row in range(rows):
        ends = [","] * (columns - 1) + [""]
        texts = [
            f"{column[row]}{end}".ljust(size + len(end))
            for column, size, end in zip(padded, wide, ends, strict=True)
        ]
        opens, closes = _brackets(row, rows, [int(dim) for dim in shape[:-1]])
        inner = " ".join(texts).rstrip()
        line = f"{' ' * (len(shape) - 1 - opens)}{'[' * opens}[{inner}]{']' * closes}"
        last = "," if row < rows - 1 else ""
        if len(line) + len(last) <= width:
            found.append(line + last)
        else:
            own = [column[row].strip() for column in padded]
            found += _filled(own, width, len(shape) - 1, opens, closes, last)
    return found


def _brackets(row: int, rows: int, outer: Sequence[int]) -> tuple[int, int]:
    """How many brackets open before a row and close behind it, its own left out."""
    opens = closes = 0
    block = 1
    for dim in reversed(outer):
        block *= dim
        opens += row % block == 0
        closes += (row + 1) % block == 0
    return opens, closes


def _filled(
    entries: Sequence[str], width: int, depth: int = 0, opens: int = 0, closes: int = 0,
    last: str = "",
) -> list[str]:  # fmt: skip
    """A row over several lines, as many numbers in each as fit."""
    start = " " * (depth - opens) + "[" * (opens + 1)
    found, line = [], start
    for k, text in enumerate(entries):
        end = "]" * (closes + 1) + last if k == len(entries) - 1 else ","
        piece = ("" if line.endswith(("[", " ")) else " ") + text + end
        if len(line) + len(piece) > width and line.strip("[ "):
            found.append(line)
            line = " " * (depth + 1) + text + end
        else:
            line += piece
    return [*found, line]
