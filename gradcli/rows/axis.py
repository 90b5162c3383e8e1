"""The axis of rows in a graph: what keeps each row by itself, and what adds rows up.

Must not know where rows come from, nor derivatives of sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradcli.calculus.core import EINSUM, INPUT, SIZE
from gradcli.calculus.families import Edged, Einsum
from gradcli.errors import GradcliError, Span, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim, letter
from gradcli.ops import FUNCTIONS
from gradcli.ops.selection import ONEHOT
from gradcli.proof.axes import Flow, NotSizeFree, flows, letters_in

WHAT_IS = "sum, mean, var, std, norm and @ add rows up; all else sees one row at a time"


@dataclass(frozen=True, slots=True)
class RowAxes:
    """What each vertex does with rows, and where the text has it; `letter` says how many rows."""

    letter: str
    spans: Mapping[Node, Span]
    whole: Span

    @property
    def count(self) -> Dim:
        """How many rows there are, as a dimension."""
        return letter(self.letter)

    def axis(self, node: Node) -> int | None:
        """Along which axis rows lie, None for none, SEVERAL for more than one or another count."""
        axes = [axis for axis, dim in enumerate(node.shape) if letters_in((dim,))]
        if not axes:
            return None
        return axes[0] if len(axes) == 1 and node.shape[axes[0]] == self.count else SEVERAL

    def sums(self, node: Node) -> bool:
        """Whether a vertex adds rows up; GradcliError (G601) if it does not, nor keeps them.

        A vertex that keeps them has them along one axis, and of each argument it sees the same row.
        """
        if node.op in (INPUT, SIZE):
            return False
        taken = [*map(self.axis, node.args)]
        here = self.axis(node)
        if here is None and all(axis is None for axis in taken):
            if letters_in((node.params, node.shape)):
                raise self._no_sum(node, "counts rows by their numbers")
            return False
        if here == SEVERAL:
            raise self._no_sum(node, "sets every row beside every other")
        if node.op is EINSUM:
            return self._sums(node)
        if all(axis is None for axis in taken):
            raise self._no_sum(node, "numbers the rows")
        carried = _carried(node)
        for index, axis in enumerate(taken):
            if axis is not None and not _keeps(node, index, axis, here, carried):
                raise self._no_sum(node, "sees several rows at once")
        return False

    def _sums(self, node: Node) -> bool:
        out = node.params[1]
        assert isinstance(node.op, Einsum)
        dims = node.op.dims(node.args, node.params)
        along = {x for x, dim in dims.items() if letters_in((dim,))}
        if not along:
            return False
        if len(along) > 1 or out.count(min(along)) > 1:
            raise self._no_sum(node, "sets every row beside every other")
        return along.isdisjoint(out)

    def _no_sum(self, node: Node, why: str) -> GradcliError:
        """What is said of a vertex that is no sum over rows."""
        span = self.spans.get(node)
        found = next((f for f in FUNCTIONS.values() if f.op is node.op and f.means), None)
        help = f"write  {found.means}" if found else WHAT_IS
        what = span.text if span is not None else node.name or node.op.title
        return wrong("G601", f"{what} is no sum over rows: it {why}", span or self.whole, help=help)


SEVERAL = -1


def _carried(node: Node) -> list[Flow] | None:
    """Where the axes of all arguments go; None where they are not only carried along."""
    try:
        return flows(node)
    except NotSizeFree:
        return None


def _keeps(node: Node, index: int, axis: int, here: int | None, carried: list[Flow] | None) -> bool:
    """Whether a row of the result depends on the same row of this argument alone."""
    if here is None or node.op is ONEHOT:
        return axis == here
    if carried is None:
        return _diagonal(node, index, axis, here)
    return carried[index][axis] == here


def _diagonal(node: Node, index: int, axis: int, here: int) -> bool:
    """The same read off the local derivative: one that is diagonal in two axes keeps them apart."""
    if not isinstance(node.op, Edged) or letters_in(node.params):
        return False
    terms = node.op.edge(node, index)
    letters: Any = [(term.into[axis], term.out[here]) for term in terms]
    return bool(terms) and all(a == b for a, b in letters)
