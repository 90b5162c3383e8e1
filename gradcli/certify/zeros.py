"""Numbers that no precision tells from zero, and which of them are shown to be zero exactly.

Must not know how that is shown: it asks whoever can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gradcli.arithmetic.ball import finite
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import Value
from gradcli.arithmetic.measure import holds_zero, integer, is_exact
from gradcli.arithmetic.small_array import places
from gradcli.certify.problem import Problem
from gradcli.graph.node import Node
from gradcli.ops.shaping import index, stack

Vanishing = Callable[[Node, Mapping[Node, Value], Mapping[Node, Array]], int | None]
"""Of a graph, a point and inputs that stay what they are: how many binary digits say that it is
zero there; None if nothing does."""
MOST_ALONE = 16


def none_shown(node: Node, point: Mapping[Node, Value], fixed: Mapping[Node, Array]) -> int | None:
    """Where nobody can show a zero."""
    return None


Place = tuple[int, ...]


@dataclass(slots=True, eq=False, repr=False)
class Zeros:
    """Places of the value and of the derivative that are exactly zero, each with its own graph.

    `bits` is the least certain of them in binary digits, None where there are none.
    """

    value: list[Place] = field(default_factory=list)
    matrix: list[Place] = field(default_factory=list)
    bits: int | None = None

    def put(self, value: Array, matrix: Array) -> tuple[Array, Array]:
        """Both with their zeros."""
        if self.bits is None:
            return value, matrix
        value, matrix = value.copy(), matrix.copy()
        for array, known in ((value, self.value), (matrix, self.matrix)):
            for place in known:
                array[place] = integer(0)
        return value, matrix


def exact_zeros(problem: Problem, value: Array, matrix: Array, shown: Vanishing) -> Zeros:
    """What is zero exactly of what may be: all at once if that can be shown, else one by one."""
    asked = [(True, at, index(problem.output, at) if at else problem.output) for at in _open(value)]
    seeds: dict[Node, Array] = {}
    if places := _open(matrix):
        graph, seeds = problem.graph()
        asked += [(False, at, index(graph, at)) for at in places]
    found = Zeros()
    if not asked:
        return found
    nodes = [node for _, _, node in asked]
    bits = shown(stack(*nodes) if len(nodes) > 1 else nodes[0], problem.values, seeds)
    each = [bits] * len(asked)
    if bits is None and len(asked) > 1:
        each[:MOST_ALONE] = [shown(node, problem.values, seeds) for node in nodes[:MOST_ALONE]]
    for (of_value, at, _), bits in zip(asked, each, strict=True):
        if bits is not None:
            (found.value if of_value else found.matrix).append(at)
            found.bits = least_sure(found.bits, bits)
    return found


def least_sure(*bits: int | None) -> int | None:
    """The smallest number of those there are."""
    return min((n for n in bits if n is not None), default=None)


def _open(array: Array) -> list[Place]:
    """Where a ball holds zero, and other numbers."""
    return [
        at
        for at in places(array.shape)
        if not is_exact(array[at]) and finite(array[at]) and holds_zero(array[at])
    ]
