"""What is found of a sum over rows, as data.

Must not know how it was found or is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gradcli.arithmetic.base import Array
from gradcli.errors import Diagnostic
from gradcli.graph.shape import Shape


@dataclass(slots=True, eq=False)
class RowsInput:
    """One input, and the derivative by it, of its shape.

    `gradient` holds doubles, `bounds` balls around them: where they lie if all rows are computed as
    well as those of the sample; None without one.
    """

    name: str
    shape: Shape
    value: Array
    gradient: Array
    bounds: Any


@dataclass(slots=True, eq=False)
class CertifiedSample:
    """Rows that were drawn and computed in balls: how many, and what float64 makes of them.

    `digits` is the fewest digits that it gets right of what one row adds to a sum, and `worst` the
    number of that row, from 0.
    """

    rows: int
    digits: int
    worst: int


@dataclass(slots=True, eq=False)
class RowsResult:
    """A function of sums over the rows of a table, and its gradient.

    `value` is a double and `bound` a ball round it, as in RowsInput; `passes` is how often the rows
    were read; `sample` is None where to certify one row takes more than the limit.
    """

    name: str | None
    text: str
    latex: str
    table: str
    rows: int
    passes: int
    value: float
    bound: Any
    inputs: list[RowsInput]
    sample: CertifiedSample | None
    notes: list[Diagnostic] = field(default_factory=list)
    each: str = ""

    def __getitem__(self, name: str) -> RowsInput:
        """What is known of one input. KeyError with the names that there are."""
        for found in self.inputs:
            if found.name == name:
                return found
        raise KeyError(f"{name} is none of {', '.join(found.name for found in self.inputs)}")
