"""A square matrix that a vector or a matrix lacks on one side, or on both.

Must not know what else a part of a claim may lack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.diagnosis.evidence.observed import alike
from gradcli.diagnosis.evidence.refuted_claim import shown
from gradcli.diagnosis.evidence.unknowns import Unknown
from gradcli.diagnosis.kinds.suspicion import Edit
from gradcli.diagnosis.known.table import Fact, FactTable
from gradcli.diagnosis.trees.composing import leads_with_minus, negated
from gradcli.graph.shape import Shape
from gradcli.language.tree.build import binary, transposed
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary

BEFORE, BEHIND, BOTH = "before", "behind", "on both sides of"


@dataclass(slots=True, eq=False)
class Sided:
    """A matrix beside a part: on which side, whether transposed, and what that makes of it."""

    fact: Fact
    turned: bool
    side: str
    values: Array


def beside(table: FactTable, u: Unknown) -> Iterator[tuple[float, Callable[[], Edit | None]]]:
    """The matrices that a part may lack: how far-fetched each is, and the edit."""
    shape, expr = u.part.node.shape, u.part.expr
    if u.turns or len(shape) not in (1, 2) or not (u.direct or u.affine):
        return
    if isinstance(expr, Binary) and expr.operator == "@":
        return
    options = [*_sided(table, u.own, shape)]
    found = [option.values for option in options]
    for k in alike(u.image(np.stack(found)), u.wanted).nonzero()[0] if found else ():
        option = options[k]
        cost = 0.8 + option.fact.cost + 0.1 * option.turned + 0.3 * (option.side == BOTH)
        yield cost, partial(_edit, table, u, option)


def _sided(table: FactTable, own: Array, shape: Shape) -> Iterator[Sided]:
    column = own[..., None] if len(shape) == 1 else own
    square = len(shape) == 2 and shape[0] == shape[1]
    for fact in table.squares(shape[0]):
        for turned in (False, True):
            matrix = _flip(fact.values) if turned else fact.values
            yield Sided(fact, turned, BEFORE, (matrix @ column).reshape(own.shape))
            if square:
                yield Sided(fact, turned, BOTH, matrix @ own @ _flip(matrix))
    for fact in table.squares(shape[1]) if len(shape) == 2 else ():
        for turned in (False, True):
            matrix = _flip(fact.values) if turned else fact.values
            yield Sided(fact, turned, BEHIND, own @ matrix)


def _edit(table: FactTable, u: Unknown, option: Sided) -> Edit | None:
    if (tree := option.fact.tree(table.refuted, table.names)) is None:
        return None
    factor = transposed(tree) if option.turned else tree
    mirrored = tree if option.turned else transposed(tree)
    if np.allclose(_flip(option.fact.values), option.fact.values):
        mirrored = factor
    minus = leads_with_minus(u.part.expr)
    new = negated(u.part.expr) if minus else u.part.expr
    if option.side != BEHIND:
        new = binary("@", factor, new)
    if option.side != BEFORE:
        new = binary("@", new, mirrored if option.side == BOTH else factor)
    new = negated(new) if minus else new
    says = f"the factor {source_of(factor)} is missing {option.side} {shown(u.part.expr)}"
    return "missing-local" if table.is_local(option.fact) else "factor", says, new


def _flip(matrix: Array) -> Array:
    return np.swapaxes(matrix, 1, 2)
