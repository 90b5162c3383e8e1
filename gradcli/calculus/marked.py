"""The vertices of a graph that switch or require something, found without a walk through the rest.

Must not know what comes of it. A vertex keeps which of them are next below, found once from what
its arguments keep, so that claims about one growing graph look at what is new in theirs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence

from gradcli.calculus.core import INPUT
from gradcli.calculus.families import Differentiable
from gradcli.graph.node import Node
from gradcli.graph.order import topological

MOST_NEXT = 8
"""With more of them below, a vertex stands among them itself: what it keeps stays short."""


def marked(outputs: Sequence[Node]) -> list[Node]:
    """Every vertex below the outputs that switches or requires something, in topological order."""
    for node in topological(outputs, lambda n: n.args if n.marks is None else ()):
        if node.marks is None:
            below = _next(node.args)
            # No vertex holds itself: it goes as soon as nothing else does.
            node.marks = True if _marked(node) else False if len(below) > MOST_NEXT else below
    order = topological(_next(outputs), lambda n: _next(n.args))
    return [node for node in order if node.marks is True]


def _next(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Those that are next below some vertices, or these themselves."""
    if len(nodes) == 1:
        return _own(nodes[0])
    return (*dict.fromkeys(mark for node in nodes for mark in _own(node)),)


def _own(node: Node) -> tuple[Node, ...]:
    return node.marks if isinstance(node.marks, tuple) else (node,)


def _marked(node: Node) -> bool:
    op = node.op
    return isinstance(op, Differentiable) and bool(op.domain(node) or op.switches(node))


def moves(node: Node, by: Collection[Node] = ()) -> bool:
    """Whether it depends on an input or on one of these, which most vertices do not far below."""
    seen, waiting = {node}, deque([node])
    while waiting:
        node = waiting.popleft()
        if node.op is INPUT or node in by:
            return True
        waiting += (arg for arg in node.args if arg not in seen)
        seen.update(node.args)
    return False
