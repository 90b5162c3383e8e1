"""Functions with kinks and jumps: each names the expressions at whose zeros it switches.

Must not know how a kink is treated: the convention stated here is what plain evaluation gives.
"""

from __future__ import annotations

from itertools import combinations

from gradcli.calculus.core import EQ, WHERE, lift, number, where
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node, make
from gradcli.ops.registry import Function, function, pointwise

SECTION = "elementwise"


def _share(index: int, z: Node, *args: Node) -> Node:
    """Ties share equally: one over the number of arguments that reach the extremum."""
    reached = [where(make(EQ, arg, z), lift(1), lift(0)) for arg in args]
    total = reached[0]
    for one in reached[1:]:
        total = total + one
    return where(make(EQ, args[index], z), 1 / total, number(0))


def _ties(*args: Node) -> list[Node]:
    return [a - b for a, b in combinations(args, 2) if a is not b]


MAX = Pointwise(
    "max", lambda m, *xs: m.maximum(*xs), variadic=_share, switches=_ties, gate="router"
)
MIN = Pointwise(
    "min", lambda m, *xs: m.minimum(*xs), variadic=_share, switches=_ties, gate="router"
)

step = pointwise("step(x)", section=SECTION, switches=lambda x: [x])
sign = pointwise("sign(x)", section=SECTION, switches=lambda x: [x])
absolute = pointwise("abs(x)", lambda z, x: sign(x), section=SECTION, switches=lambda x: [x])
floor: Function = pointwise("floor(x)", section=SECTION, switches=lambda x: [x - floor(x)])
ceil: Function = pointwise("ceil(x)", section=SECTION, switches=lambda x: [ceil(x) - x])
where_ = function("where(cond, a, b)", lambda c, a, b: make(WHERE, c, a, b), SECTION, WHERE)
clip = function("clip(x, lo, hi)", lambda x, lo, hi: make(MIN, make(MAX, x, lo), hi), SECTION)
