"""Graphs made anew, vertex by vertex: what becomes of each, given what became of its arguments.

Must not know what is changed, nor why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradcli.calculus.core import INPUT
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological


def rebuilt(
    outputs: Sequence[Node], change: Callable[[Node, list[Node]], Node], done: dict[Node, Node]
) -> None:
    """Put into `done` what becomes of every vertex, given what has become of its arguments.

    What is there already is taken as it is, and below it nobody looks.
    """
    for node in topological(outputs, lambda n: () if n in done else n.args):
        if node in done:
            continue
        new = change(node, [done[arg] for arg in node.args])
        if node.label is not None and new.label is not node.label and new.op is not INPUT:
            new = make(new.op, *new.args, params=new.params, label=node.label)
        done[node] = new


def same(node: Node, args: list[Node]) -> Node:
    """The same op on other arguments."""
    if all(a is b for a, b in zip(args, node.args, strict=True)):
        return node
    return make(node.op, *args, params=node.params)
