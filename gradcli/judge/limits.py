"""Claims under conditions: both sides have a value only where the conditions on the inputs hold.

Must not know how a condition was written, nor how a pair is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from gradcli.calculus.core import ADD, MUL, full, number, rational
from gradcli.claims import Pair
from gradcli.graph.node import Node, make
from gradcli.ops.elementary import log, sqrt
from gradcli.ops.reductions import sum_


def limit(above: Node, strict: bool) -> Node:
    """A number that is 0 where all entries are positive, or not negative, and none elsewhere."""
    told = log(above) if strict else sqrt(above)
    return make(MUL, number(0), sum_(told) if told.shape else told)


def within(pair: Pair, limits: Sequence[Node]) -> Pair:
    """The pair where the limits have a value; at a point that is given it stays as it is."""
    if not limits or pair.at is not None:
        return pair
    told = reduce(lambda a, b: make(ADD, a, b), limits)

    def held(side: Node, other: Node) -> Node:
        # The number 0 is the zero of any shape.
        side = full(0, other.shape) if rational(side) == 0 and other.shape else side
        return make(ADD, side, told)

    left, right = held(pair.left, pair.right), held(pair.right, pair.left)
    return replace(pair, left=left, right=right, bare=pair)
