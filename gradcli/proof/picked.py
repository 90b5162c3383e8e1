"""Entries of sums of zeros with something put among them: the parts that are put there.

Must not know what is claimed of them. The derivative by an array is such a sum wherever a loop goes
through its entries.
"""

from __future__ import annotations

from gradcli.calculus.core import ADD, add, full
from gradcli.calculus.rebuild import same
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape
from gradcli.ops.shaping import INDEX, NEW, SCATTER, Key, index


def picks(node: Node) -> bool:
    """Whether a vertex is such entries."""
    return node.op is INDEX and node.args[0].op in (ADD, SCATTER)


def picked(node: Node, args: list[Node]) -> Node:
    """The vertex of these arguments, as such entries where it is some."""
    if not picks(node):
        return same(node, args)
    (x,), (key,) = args, node.params
    total, waiting = None, [x]
    while waiting:
        part = waiting.pop()
        free = part.label is None
        if free and part.op is ADD and all(arg.shape == x.shape for arg in part.args):
            waiting += part.args[::-1]
            continue
        among = _among(key, *part.params) if free and part.op is SCATTER else None
        if among is not False:
            entry = index(part, key) if among is None else part.args[0]
            total = entry if total is None else add(total, entry)
    return full(0, node.shape) if total is None else total


def _among(key: Key, shape: Shape, own: Key) -> bool | None:
    """Whether a key picks what was put to another, or none of it; None for neither."""
    if NEW in key or NEW in own:
        return None
    mine, others = ((*k, *((0, dim) for dim in shape[len(k) :])) for k in (key, own))
    apart = [(a, b) for a, b in zip(mine, others, strict=True) if a != b]
    if any(isinstance(a, int) and isinstance(b, int) for a, b in apart):
        return False
    return None if apart else True
