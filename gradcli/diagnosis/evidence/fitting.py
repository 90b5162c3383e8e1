"""What may stand in the place of a part of a claim: vertices, multiples of itself, or nothing.

Must not know mistakes, nor how what is put there is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.diagnosis.evidence.refuted_claim import GLANCE, RefutedClaim
from gradcli.diagnosis.evidence.screen import screen
from gradcli.graph.node import Node
from gradcli.language.tree.syntax import Expr


def may_be(
    refuted: RefutedClaim,
    part: Expr,
    nodes: Sequence[Node],
    change: Callable[[Array, Array], Array] = lambda own, new: new,
) -> list[int]:
    """Which vertices, put so to a part of a claim, may make it right: all, if nothing is seen.

    Each is a scalar, or of the shape of the part.
    """
    seen = screen(refuted) if nodes else None
    if seen is None:
        return [*range(len(nodes))]
    refuted.charge(GLANCE * len(nodes))
    own = seen.evidence.of(refuted.parts[part])
    with np.errstate(all="ignore"):
        found = change(own, seen.stacked(nodes, own.shape[1:]))
    return [k for k, right in enumerate(seen.may_be(part, found)) if right]


def may_be_each(
    refuted: RefutedClaim,
    parts: Sequence[Expr],
    nodes: Sequence[Node],
    change: Callable[[Array, Array], Array] = lambda own, new: new,
) -> list[list[int]]:
    """The same of many parts: for each which of those vertices that are scalars or of its shape."""
    seen = screen(refuted)
    row = {} if seen is None else seen.numbers.row
    scalars = [k for k, node in enumerate(nodes) if not node.shape]
    numbers = [part for part in parts if part in row] if scalars else []
    found: dict[Expr, list[int]] = {}
    if seen is not None and numbers:
        at = np.array([row[part] for part in numbers])
        with np.errstate(all="ignore"):
            values = change(
                seen.numbers.own[at, None], seen.stacked([nodes[k] for k in scalars], ())
            )
        both = len(at), len(scalars), values.shape[-1]
        values = np.broadcast_to(values, both).reshape(-1, both[2])
        right = seen.may_be_there(at.repeat(len(scalars)), values).reshape(both[:2])
        found = {
            x: [scalars[k] for k in r.nonzero()[0]] for x, r in zip(numbers, right, strict=True)
        }
    for part in parts:
        shape = refuted.parts[part].shape
        if part not in found and not (part in row and not scalars):
            some = [k for k, node in enumerate(nodes) if node.shape in ((), shape)]
            left = may_be(refuted, part, [nodes[k] for k in some], change)
            found[part] = [some[k] for k in left]
    return [found.get(part, []) for part in parts]


def closed(refuted: RefutedClaim, part: Expr) -> bool:
    """Whether nothing in the place of a part would make the claim right."""
    seen = screen(refuted)
    return seen is not None and seen.closed(part)


def may_scale(
    refuted: RefutedClaim, every: Sequence[Expr], usual: Collection[Fraction] = ()
) -> list[bool]:
    """Which parts may have to be zero or a multiple of themselves: all, if nothing is seen.

    Where only what they make of others is known, it is one of the usual multiples.
    """
    seen = screen(refuted)
    if seen is None:
        return [True] * len(every)
    row, scales = seen.numbers.row, np.array([0.0, *map(float, usual)])
    numbers = [part for part in every if part in row]
    found = dict(zip(numbers, seen.numbers.multiple([row[x] for x in numbers]), strict=True))
    for part in numbers if usual else ():
        if seen.numbers.open[row[part]]:
            multiples = np.multiply.outer(scales, seen.numbers.own[row[part]])
            found[part] = seen.may_be(part, multiples).any()
    return [bool(found[x]) if x in found else seen.may_scale(x) for x in every]
