"""Second derivatives as first ones, and what must be true of a matrix of derivatives.

Must not know how the numbers were made or are shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.measure import integer, is_exact
from gradcli.calculus.core import full, number
from gradcli.calculus.differentiate import pull
from gradcli.certify.certify import disagree
from gradcli.certify.curves import joined
from gradcli.certify.directional import Directional
from gradcli.certify.pattern import Pattern
from gradcli.certify.problem import integers
from gradcli.certify.result import MatrixResult
from gradcli.errors import Diagnostic, SelfCheckError
from gradcli.graph.node import Node


def gradient_graph(f: Node, wrt: Sequence[Node]) -> Node:
    """The gradient of a scalar by several vertices, flattened and joined in their order."""
    adjoints = pull({f: number(1)}, wrt)
    return joined([
        full(0, node.shape) if adjoint is None else adjoint
        for node, adjoint in zip(wrt, adjoints, strict=True)
    ])  # fmt: skip


def symmetry(result: MatrixResult) -> str:
    """How the matrix was seen to be symmetric, "" where it is not; SelfCheckError for no reason."""
    if result.kinks:
        return ""
    entries = dict(zip(zip(result.rows.tolist(), result.columns.tolist(), strict=True),
                       result.entries, strict=True))  # fmt: skip
    zero = integer(0) if result.certified else 0.0
    pairs = [(x, entries.get((c, r), zero)) for (r, c), x in entries.items() if r != c]
    if not result.certified:
        scale = max((abs(x) for x in result.entries), default=0.0) or 1.0
        error = max((abs(a - b) for a, b in pairs), default=0.0) / scale
        return f"symmetric to {error:.0e} of its largest entry" if error else "symmetric"
    if all(is_exact(a) and is_exact(b) and a == b for a, b in pairs):
        return "symmetric, exactly"
    if any(a != b for a, b in pairs):
        if result.notes:
            return ""
        raise _contradiction("a Hessian at a smooth point is not symmetric")
    return "symmetric in every certified digit"


def outside_pattern(matrix: Array, found: Pattern) -> None:
    """SelfCheckError where an entry that no path leads to is not zero."""
    if not found.zeros:
        return
    rest = np.ones(found.shape, dtype=bool)
    rest[found.rows, found.columns] = False
    if any(x != 0 for x in matrix[rest]):
        raise _contradiction("an entry to which no path leads is not zero")


def shared_directions(problem: Directional, found: Pattern, entries: Array, bits: int) -> None:
    """SelfCheckError where reverse mode, which goes by no pattern, sees entries in other places."""
    probe = integers(np.resize([1, -2, 3, -1, 2], problem.rows))
    with precision(bits):
        seen = problem.pulled(BALL, problem.point(BALL), probe[None])[0]
        expected = integers(np.zeros(problem.entries, dtype=np.int64))
        np.add.at(expected, found.columns, probe[found.rows] * entries)
        if disagree(seen, expected):
            raise _contradiction("columns that share a sweep meet")


def _contradiction(what: str) -> SelfCheckError:
    help = "please report the expression and the point"
    return SelfCheckError(Diagnostic("G900", f"{what}: this is a bug of gradcli", help=help))
