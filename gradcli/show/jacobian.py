"""The derivative of an array by its inputs as one matrix: outputs down, inputs across.

Must not know formats or how the numbers were checked.
"""

from __future__ import annotations

from gradcli.certify.result import DiffResult
from gradcli.show.numbers import cell, entry_name, flat, indices
from gradcli.show.page import Cell, Column, Table

MOST = 40


def jacobian(result: DiffResult, title: str, count: int, width: int) -> Table | None:
    """The matrix, or None where it does not fit or an entry has no derivative to show."""
    rows, across = len(flat(result.value)), sum(len(flat(i.value)) for i in result.inputs)
    if across > MOST or rows > 1000 or any(i.kinks for i in result.inputs):
        return None
    columns = [Column("")]
    body = [[Cell(entry_name(title, index), "title")] for index in indices(result.shape)]
    for found in result.inputs:
        entries = flat(found.gradient)
        wide = len(entries) // rows
        for k, index in enumerate(indices(found.shape)):
            columns.append(Column(f"d/d{entry_name(found.name, index)}", "point", "gradient"))
            for row, at in zip(body, range(k, len(entries), wide), strict=True):
                row.append(Cell(cell(entries[at], count)))
    table = Table(columns, body)
    return table if table.width <= width else None
