"""What sides require to have a value: whether one requires no more than the other one does.

Must not know how it is shown that two sides are equal where both have a value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from gradcli.calculus.core import COPY, EINSUM, INPUT, MUL, SIZE, WHERE, masked, rational
from gradcli.calculus.families import Einsum, Pointwise, Requirement
from gradcli.calculus.marked import marked
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.ops.piecewise import absolute
from gradcli.ops.shaping import INDEX, NEW, RESHAPE
from gradcli.proof.domain import IMPLIES

MOVING = (RESHAPE, INDEX, EINSUM)
"""What may leave entries as they are, in another place."""
Need = tuple[Node, str]


def same_needs(pair: Pair, sure: set[Node]) -> bool:
    """Whether what a side requires is required by the other one, or by what is differentiated."""
    left, right = ({*_required(pair, [side])} for side in pair.sides)
    given = _granted(pair)
    sure = {_bare(expr) for expr in sure}
    return all(
        _plainly(need) or _given(need, given | {*_assured(pair, [other])}) or need[0] in sure
        for needs, other in ((left, pair.right), (right, pair.left))
        for need in needs
    )


def needless(pair: Pair, left: Collection[Node], right: Collection[Node]) -> bool:
    """Whether the sides may be told without what these vertices of each of them require.

    It is if the other side, or what is differentiated, has no value either where that fails.
    """
    given = _granted(pair) if left or right else set()
    return all(
        _plainly(need) or _given(need, given | {*_assured(pair, [other])})
        for lost, other in ((left, pair.right), (right, pair.left))
        for node in lost
        for need in _own(pair, node)
    )


def granted(pair: Pair, nodes: Collection[Node]) -> bool:
    """Whether these have a value wherever the claim is looked at, for what is differentiated has.

    It does not have it for their sake: it is made of none of them.
    """
    if not nodes:
        return True
    given = _granted(pair)
    return {*nodes}.isdisjoint(topological(pair.of)) and all(
        _plainly(need) or _given(need, given)
        for node in pair.order
        if node in nodes
        for need in _own(pair, node)
    )


def met(pair: Pair, expr: Node) -> bool:
    """Whether this is not zero wherever the claim is looked at and a side has a value."""
    both = {*_assured(pair, [pair.left])} & {*_assured(pair, [pair.right])}
    return _given((expr, "!= 0"), _granted(pair) | both)


def left_out(pair: Pair, side: Node, now: Mapping[Node, Node]) -> list[Node]:
    """The vertices of a side that require something and do not stand in what it is now.

    What is not told stayed as it was; an input in the place of a vertex requires nothing.
    """
    if not pair.requirements:
        return []
    there = {*topological([now[side]])}
    required = [node for node in marked([side]) if node in pair.requirements]
    images = ((node, now.get(node, node)) for node in required)
    return [node for node, new in images if new not in there or new.op is INPUT]


def only_moved(node: Node) -> bool:
    """Whether the entries of the argument are those of the result, each of them once."""
    if node.op is EINSUM:
        (letters,), out, new = node.params
        return not new and sorted(letters) == sorted(out) and len({*out}) == len(out)
    if node.op is INDEX:
        taken = [item for item in node.params[0] if item != NEW]
        axes = zip(taken, node.args[0].shape, strict=False)
        return all(item == 0 and dim == 1 for item, dim in axes)
    return True


def _bare(expr: Node) -> Node:
    """What an array is made of by moving entries alone: the same is required of them."""
    while expr.op in (*MOVING, COPY) and len(expr.args) == 1 and only_moved(expr):
        expr = expr.args[0]
    return expr


def _factors(expr: Node) -> Iterator[Node]:
    """What must not be zero for this not to be: the factors of a product, what is under a root."""
    expr = _bare(expr)
    op, args = expr.op, expr.args
    if op is MUL and all(arg.shape in ((), expr.shape) for arg in args):
        yield from (part for arg in args if not rational(arg) for part in _factors(arg))
    elif op is absolute.op or (
        isinstance(op, Pointwise) and len(args) == 1 and (op.exponent(expr) or 0) > 0
    ):
        yield from _factors(args[0])
    else:
        yield expr


def _granted(pair: Pair) -> set[Need]:
    """What holds where a claim is looked at: where f has a value, and no kink."""
    return {*_assured(pair, pair.of)} | {(_bare(kink), "!= 0") for kink in pair.kinks}


def certain(need: Requirement) -> bool:
    """Whether this is required of a number that meets it, or of the size of an axis."""
    return _plainly((need.expr, need.relation))


def _plainly(need: Need) -> bool:
    expr, relation = need
    value = rational(expr)
    if value is None:
        return expr.op is SIZE and _grows(expr)
    return {"!= 0": value != 0, "> 0": value > 0, ">= 0": value >= 0}.get(relation, False)


def _grows(expr: Node) -> bool:
    """Whether a size is a letter, or a product or sum of letters."""
    return all(factor > 0 for _, factor in expr.params[0].terms)


def _given(need: Need, facts: set[Need]) -> bool:
    expr, relation = need
    return any((expr, what) in facts for what, weaker in IMPLIES.items() if relation in weaker)


def _required(pair: Pair, nodes: Sequence[Node]) -> Iterator[Need]:
    for node in topological(nodes):
        yield from _own(pair, node)


def _own(pair: Pair, node: Node) -> Iterator[Need]:
    """What one vertex requires."""
    for need in pair.requirements.get(node, ()):
        parts = _factors(need.expr) if need.relation == "!= 0" else [_bare(need.expr)]
        yield from ((part, need.relation) for part in parts)


def _assured(pair: Pair, nodes: Sequence[Node]) -> Iterator[Need]:
    """What holds wherever these have a value, whichever branch is taken."""

    def follow(node: Node) -> Sequence[Node]:
        if node.op is WHERE:
            return node.args[:1]
        if isinstance(node.op, Einsum) and any(map(masked, node.args)):
            return [arg for arg in node.args if masked(arg)]
        return node.args

    for node in topological(nodes, follow):
        for expr, relation in _own(pair, node):
            yield expr, relation
            if relation == "> 0":
                yield from ((part, "!= 0") for part in _factors(expr))
