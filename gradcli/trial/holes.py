"""Whether what lacks a value at a point lacks it round about: a hole, or a single point.

Must not know claims beyond their two sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random

from gradcli.arithmetic.ball import rational
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.sets import Space
from gradcli.trial.pair import EDGE, HOLE, PointResult, tried
from gradcli.trial.sampling import ROUND, draw
from gradcli.trial.trials import joined

NEIGHBOURS = 5
NEAR = rational(Fraction(1, 2**40))


def lacking_round_about(pair: Pair, spaces: Mapping[Node, Space], row: PointResult) -> bool:
    """Whether the same side lacks a value, and the other has one, at generic points beside a point.

    Sets without gaps are convex, so that a step towards another point of a set stays in it.
    """
    dense = {n: s for n, s in spaces.items() if s.kind != "onehot" and not s.scalars.whole}
    if not dense:
        return False
    point, sizes = row.trial.point(row.place), row.trial.sizes
    random = Random(0)
    beside = []
    for k in range(NEIGHBOURS):
        moved = dict(point)
        for node, space in dense.items():
            other = draw(space, sizes, ROUND + 2 * k, random)
            moved[node] = point[node] + NEAR * (other - point[node])
        beside.append(moved)
    return all(
        found.state in (EDGE, HOLE) and found.side == row.side
        for found in tried(pair, joined(beside, sizes))
    )
