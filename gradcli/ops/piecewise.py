"""Functions with kinks and jumps: each names the expressions at whose zeros it switches.

Must not know how a kink is treated: the convention stated here is what plain evaluation gives.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from itertools import combinations
from operator import ge, le

from gradcli.calculus.core import EQ, ROUTER, WHERE, add, lift, number, where
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node, make
from gradcli.ops.registry import Function, function, pointwise

SECTION = "elementwise"
TIES = "ties share equally, which"


def _routed(reaches: Callable[[Node, Node], Node]) -> Callable[..., Node]:
    """The partial of an extremum: what reaches it gets everything, ties share equally."""

    def partial(index: int, z: Node, *args: Node) -> Node:
        one, zero = lift(1), lift(0)
        mine = args[index]
        if len(args) == 2:
            other = args[1 - index]
            shared = where(make(EQ, mine, other), number(Fraction(1, 2)), one)
            return where(reaches(mine, other), shared, zero)
        total = reduce(add, (where(make(EQ, arg, z), one, zero) for arg in args))
        return where(make(EQ, mine, z), 1 / total, zero)

    return partial


def _ties(*args: Node) -> list[Node]:
    return [a - b for a, b in combinations(args, 2) if a is not b]


MAX = Pointwise(
    "max",
    lambda m, *xs: m.maximum(*xs),
    says="max hands on to the largest",
    variadic=_routed(ge),
    latex=r"\max",
    switches=_ties,
    at_rest="both",
    gate=ROUTER,
    convention=TIES,
    libraries="torch.maximum and jnp.maximum",
)
MIN = Pointwise(
    "min",
    lambda m, *xs: m.minimum(*xs),
    says="min hands on to the smallest",
    variadic=_routed(le),
    latex=r"\min",
    switches=_ties,
    at_rest="both",
    gate=ROUTER,
    convention=TIES,
    libraries="torch.minimum and jnp.minimum",
)

step = pointwise(
    "step(x)",
    section=SECTION,
    switches=lambda x: [x],
    at_rest="below",
    means="where(x > 0, 1, 0)",
)
sign = pointwise(
    "sign(x)",
    section=SECTION,
    switches=lambda x: [x],
    at_rest="middle",
    keeps_sign=True,
    means="where(x > 0, 1, where(x < 0, -1, 0))",
    confused_with="step",
)
absolute = pointwise(
    "abs(x)",
    lambda z, x: sign(x),
    section=SECTION,
    switches=lambda x: [x],
    at_rest="both",
    means="where(x < 0, -x, x)",
    convention="abs'(0) = 0",
    libraries="PyTorch and JAX",
    confused_with="step sign sqrt",
    latex=r"\left|#1\right|",
)
floor: Function = pointwise(
    "floor(x)",
    section=SECTION,
    switches=lambda x: [x - floor(x)],
    at_rest="above",
    example="x*floor(x) at x=5/2",
    latex=r"\left\lfloor #1 \right\rfloor",
)
ceil: Function = pointwise(
    "ceil(x)",
    section=SECTION,
    switches=lambda x: [ceil(x) - x],
    at_rest="above",
    example="x*ceil(x) at x=5/2",
    latex=r"\left\lceil #1 \right\rceil",
)
where_ = function(
    "where(cond, a, b)",
    lambda c, a, b: make(WHERE, c, a, b),
    SECTION,
    WHERE,
    example="where(x > 0, x^2, -x) at x=1/2",
)
delta = function(
    "delta(i, j)",
    lambda i, j: make(WHERE, make(EQ, i, j), lift(1), lift(0)),
    SECTION,
    example="delta(i, j)*x at i=2, j=2, x=3",
    a_letter=True,
)
clip = function(
    "clip(x, lo, hi)",
    lambda x, lo, hi: make(MIN, make(MAX, x, lo), hi),
    SECTION,
    example="clip(x, 0, 1) at x=1/2",
)
