"""How a smaller array stands for a matrix: as a row beside its rows, a column beside its columns.

Must not know what it stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gradcli.arithmetic.base import Array
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim
from gradcli.graph.shape import Shape
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Expr
from gradcli.ops.shaping import reshape_of


class Spread(NamedTuple):
    """Of which shape what stands for a matrix is, its values there, and how it is written there."""

    cost: float
    of: Callable[[Shape], Shape]
    values: Callable[[Array], Array]
    tree: Callable[[Expr, Shape, RefutedClaim], Expr | None]


def _column(expr: Expr, shape: Shape, refuted: RefutedClaim) -> Expr | None:
    return refuted.parsed(f"{reshape_of.name}({source_of(expr)}, ({shape[0]}, 1))")


SPREADS = (
    Spread(0.0, lambda s: s, lambda v: v, lambda x, _, __: x),
    Spread(0.2, lambda s: s[1:], lambda v: v[:, :, None], lambda x, _, __: x),
    Spread(0.4, lambda s: s[:1], lambda v: v[..., None], _column),
)
