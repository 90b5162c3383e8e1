"""Proof of an inequality by convexity: a convex function lies above its tangent where that is flat.

Must not know residues, nor how a verdict is found. S. Boyd and L. Vandenberghe, "Convex
Optimization" (2004), 3.1.3 and 3.1.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate, operations
from gradcli.arithmetic.measure import is_exact
from gradcli.arithmetic.ranges import RANGES, Range
from gradcli.calculus.core import inputs
from gradcli.calculus.derivative import Derived, derivative
from gradcli.calculus.families import Differentiable
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.sampling import in_sets

MOST_INPUTS, MOST_WORK = 4, 20_000
PLACES = (0, 1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2), 3, -3)
"""Where one looks for the lowest point, all inputs alike."""


def is_above(gap: Node, relation: str, sample_space: SampleSpace, known: dict[Node, Array]) -> bool:
    """Whether a function of a few numbers is `>= 0` or `> 0`, for it is at its lowest point.

    It must be smooth and have a value throughout the sets, which are intervals with the ranges that
    are `known`; its matrix of second derivatives is nowhere negative, and where its gradient is
    zero its value is a rational.
    """
    if gap.shape or sample_space.given or sample_space.near:
        return False
    xs = inputs(gap)
    order = topological([gap])
    smooth = all(not n.op.switches(n) for n in order if isinstance(n.op, Differentiable))
    lines = all(
        not sample_space.spaces[x].shape and not sample_space.spaces[x].discrete for x in xs
    )
    if not smooth or not lines or not 0 < len(xs) <= MOST_INPUTS:
        return False
    slopes = [derivative(gap, x, list[Derived]()) for x in xs]
    second = [[derivative(slope, x, list[Derived]()) for x in xs] for slope in slopes]
    everywhere = [node for row in second for node in row]
    order = topological([gap, *everywhere])
    if operations([gap, *slopes, *everywhere]) > MOST_WORK:
        return False
    needs = [need for n in order if isinstance(n.op, Differentiable) for need in n.op.domain(n)]
    found = evaluate([need.expr for need in needs], RANGES, {**known}, {})
    told = zip(needs, found, strict=True)
    if not all(x.meets(need.relation) for need, value in told for x in value.flat):
        return False
    bent = [value.item() for value in evaluate(everywhere, RANGES, {**known}, {})]
    if not _is_nowhere_negative([bent[k : k + len(xs)] for k in range(0, len(bent), len(xs))]):
        return False
    places = (dict.fromkeys(xs, place) for place in PLACES)
    return any(_is_lowest(gap, slopes, relation, place, sample_space) for place in places)


def _is_lowest(
    gap: Node,
    slopes: Sequence[Node],
    relation: str,
    place: Mapping[Node, int | Fraction],
    sample_space: SampleSpace,
) -> bool:
    """Whether a place lies in the sets, is flat, and meets the relation."""
    at = {x: BALL.number(Fraction(value)) for x, value in place.items()}
    if not in_sets(at, sample_space.spaces, {}):
        return False
    height, *steep = (value.item() for value in evaluate([gap, *slopes], BALL, at))
    if not all(is_exact(x) for x in (height, *steep)) or any(x != 0 for x in steep):
        return False
    return bool(height > 0 or (height == 0 and relation == ">= 0"))


def _is_nowhere_negative(matrix: list[list[Range]]) -> bool:
    """Whether a symmetric matrix of ranges has no negative eigenvalue, whatever is in them.

    One by its sign, several by elimination where they are numbers.
    """
    if len(matrix) == 1:
        return matrix[0][0].meets(">= 0")
    if all(x.low == x.high and isinstance(x.low, Fraction) for row in matrix for x in row):
        return _is_semidefinite([[Fraction(x.low) for x in row] for row in matrix])
    return False


def _is_semidefinite(matrix: list[list[Fraction]]) -> bool:
    """By symmetric elimination: a pivot of zero has zeros beside it."""
    rest = [[*row] for row in matrix]
    for k in range(len(rest)):
        pivot = rest[k][k]
        if pivot < 0 or (pivot == 0 and any(rest[k][k:])):
            return False
        for i, j in product(range(k + 1, len(rest)), repeat=2):
            if pivot:
                rest[i][j] -= rest[i][k] * rest[k][j] / pivot
    return True
