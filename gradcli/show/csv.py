"""A gradient as CSV, one row for every entry: decimals, never fractions or words.

Must not know terminals, nor what `page` says of the same result.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from gradcli.certify.result import Check, DiffResult
from gradcli.show.numbers import flat, indices, rounded, settled

HEADER = ("input", "entry", "value", "gradient", "forward", "reverse", "numeric", "digits")


def diff(result: DiffResult, count: int) -> str:
    """The table; an array of outputs adds `output`, the entry's index, as the first column."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    outer = ("output",) if result.shape else ()
    writer.writerow((*outer, *HEADER))

    def number(x: Any) -> str:
        return "" if x is None or not settled(x) else rounded(x, count)

    def way(check: Check, size: int) -> list[Any]:
        return [None] * size if check.values is None else flat(check.values)

    for found in result.inputs:
        values, gradients = flat(found.value), flat(found.gradient)
        size = len(gradients)
        checks = [way(check, size) for check in (found.forward, found.reverse, found.numeric)]
        places = [(o, i) for o in indices(result.shape) for i in indices(found.shape)]
        for k, (output, entry) in enumerate(places):
            row = [
                found.name,
                _index(entry),
                number(values[k % len(values)]),
                number(gradients[k]),
                *(number(check[k]) for check in checks),
                "" if found.digits is None else str(found.digits),
            ]
            writer.writerow([_index(output), *row] if result.shape else row)
    return stream.getvalue()


def _index(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""
