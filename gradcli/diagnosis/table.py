"""Which mistakes are looked for, and in which order: the natural ones before the exotic.

Must not know how any of them is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradcli.diagnosis import edits, entries, graph, names, rounded, shapes, terms, transposed
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip

Generator = Callable[[RefutedClaim], Iterator[Slip]]
TURNING: tuple[Generator, ...] = (
    edits.axes,
    transposed.candidates,
    edits.sums,
    shapes.diagonals,
)
"""Those that may also mend a side of another shape."""
LONE: tuple[Generator, ...] = (
    terms.candidates,
    rounded.candidates,
    edits.axes,
    transposed.candidates,
)
"""Those that one single point does not mislead: any two numbers have a ratio there."""
GENERATORS: tuple[Generator, ...] = (
    entries.candidates,
    graph.plain,
    edits.means,
    terms.candidates,
    rounded.candidates,
    edits.axes,
    transposed.candidates,
    shapes.identities,
    edits.usual,
    edits.throughout,
    graph.likely,
    names.candidates,
    graph.chain,
    edits.candidates,
    names.factors,
    graph.exotic,
    terms.unusual,
)
