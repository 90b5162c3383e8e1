"""Which vertices matter at a point, where a value is first missing, and which switches are at rest.

Must not know derivatives or numbers beyond "zero", "not zero" and "cannot tell".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gradcli.arithmetic.ball import BALL, is_nothing
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.small_array import places
from gradcli.calculus.core import WHERE
from gradcli.calculus.families import Differentiable, Pointwise, Requirement
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological


def evaluated(outputs: Sequence[Node], point: Mapping[Node, Array]) -> dict[Node, Array]:
    """The value of every vertex, in balls."""
    values = dict(point)
    evaluate(outputs, BALL, values, keep=True)
    return values


def live(output: Node, values: Mapping[Node, Array], stop: Collection[Node] = ()) -> list[Node]:
    """The vertices that the output's value rests on: of a decided `where`, only what it chose.

    Where its condition has no value, neither branch has a part in that.
    """

    stopped = frozenset(stop)

    def follow(node: Node) -> Sequence[Node]:
        if node in stopped:
            return ()
        if node.op is WHERE:
            chosen = values[node.args[0]]
            if not _finite(chosen):
                return node.args[:1]
            told = {*chosen.flat}
            if told <= {True}:
                return node.args[:2]
            if told <= {False}:
                return (node.args[0], node.args[2])
        return node.args

    return topological([output], follow)


@dataclass(slots=True, eq=False, repr=False)
class Missing:
    """The first vertex without a value: its requirement if one is violated, and the entry.

    `index` is where that stands in what is required of.
    """

    node: Node
    requirement: Requirement | None
    argument: object
    certain: bool
    index: tuple[int, ...] = ()

    @property
    def where(self) -> str:
        """`entry [1, 0] of `, nothing for a number."""
        return f"entry [{', '.join(map(str, self.index))}] of " if self.index else ""


def first_missing(
    order: Sequence[Node], values: Mapping[Node, Array], sizes: Mapping[str, int] | None = None
) -> Missing | None:
    """The first vertex of an order that is not finite though all its arguments are."""
    for node in order:
        if not node.args:
            continue
        if _finite(values[node]) or not all(_finite(values[arg]) for arg in node.args):
            continue
        assert isinstance(node.op, Differentiable)
        for requirement in node.op.domain(node):
            argument = evaluate([requirement.expr], BALL, values, sizes)[0]
            for index, entry in zip(places(argument.shape), argument.flat, strict=True):
                verdict = _meets(entry, requirement.relation)
                if verdict is not True:
                    # What is asked of a whole matrix is asked of none of its entries.
                    own = index[1:] if isinstance(node.op, Pointwise) else ()
                    return Missing(node, requirement, entry, verdict is False, own)
        return Missing(node, None, None, False)
    return None


def _finite(value: Array) -> bool:
    """Whether every entry has a value."""
    return all(map(BALL.scalars.finite, value.flat))


def _meets(x: object, relation: str) -> bool | None:
    """Whether a number meets `> 0`, `>= 0` or `!= 0`; None where its ball leaves that open."""
    if x > 0 or (x < 0 and relation == "!= 0"):  # type: ignore[operator]
        return True
    if x == 0:
        return relation == ">= 0"
    return False if x < 0 else None  # type: ignore[operator]


def at_rest(
    order: Sequence[Node],
    values: Mapping[Node, Array],
    sizes: Mapping[str, int] | None = None,
    moving: Collection[Node] | None = None,
) -> tuple[list[tuple[Node, Node]], list[tuple[Node, Node]]]:
    """Vertices with a switch that is exactly zero here, and those whose switch cannot be told.

    Each comes with the switching expression; an entry of it without a value is one of a branch that
    was not taken, where the output has one. A switch that none of the `moving` vertices moves stays
    where it is, and makes no kink.
    """
    pairs = [
        (node, switch)
        for node in order
        if isinstance(node.op, Differentiable)
        for switch in node.op.switches(node)
    ]
    found = evaluate([switch for _, switch in pairs], BALL, values, sizes) if pairs else []
    zero, open_ = [], []
    for pair, value in zip(pairs, found, strict=True):
        if any(x == 0 for x in value.flat):
            zero.append(pair)
        if any(not (x < 0 or x > 0 or x == 0 or is_nothing(x)) for x in value.flat):
            open_.append(pair)
    if zero and moving is not None:
        moved = dependents(topological([switch for _, switch in zero]), moving)
        zero = [pair for pair in zero if pair[1] in moved]
    return zero, open_
