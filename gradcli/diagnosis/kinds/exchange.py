"""One vertex in the place of another: the graph that this makes.

Must not know which vertices are tried, nor why.
"""

from __future__ import annotations

from functools import lru_cache

from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.order import topological


def exchanged(root: Node, old: Node, new: Node) -> Node | None:
    """A graph with one vertex in the place of another; what is behind a name stays as it is.

    None where that cannot be: an op that goes by the axes of its arguments takes no other shapes.
    """
    made = {old: new}
    for node in _above(root, old):
        args = tuple(made.get(arg, arg) for arg in node.args)
        if args != node.args:
            same = [a.shape for a in args] == [a.shape for a in node.args]
            if not (same or isinstance(node.op, Pointwise)):
                return None
            try:
                made[node] = make(node.op, *args, params=node.params)
            except ShapeError:
                return None
    return made.get(root)


@lru_cache(maxsize=256)
def _above(root: Node, old: Node) -> list[Node]:
    """The vertices that change with one, as far as nothing is behind a name, in their order."""
    found, changing = list[Node](), {old}
    for node in topological([root], lambda n: () if n is old or _closed(n, root) else n.args):
        if node is not old and not _closed(node, root) and not changing.isdisjoint(node.args):
            changing.add(node)
            found.append(node)
    return found


def _closed(node: Node, root: Node) -> bool:
    return node.label is not None and node is not root
