"""A graph as one would set it out: `x.T @ A @ x` made of columns, `norm(r)^2` a sum of squares.

Must not know what the graph is for; every vertex keeps its value, and its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradcli.calculus.core import COPY, EINSUM, MUL, einsum
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Label, Node, ShapeError, make
from gradcli.graph.order import topological
from gradcli.graph.shape import is_row
from gradcli.ops.elementary import sqrt
from gradcli.ops.powers import POWER_BY
from gradcli.ops.shaping import INDEX, NEW

DOTS = (("i", "i"), ("a", "a"))


def plain(outputs: Iterable[Node]) -> dict[Node, Node]:
    """What each vertex of a graph becomes."""
    made: dict[Node, Node] = {}
    vectors: dict[Node, Node] = {}
    for node in topological(outputs):
        args = tuple(made[arg] for arg in node.args)
        source = vectors.get(args[0]) if args else None
        if node.op is INDEX and node.params[0] == (0,) and source is not None:
            made[node] = make(COPY, source, label=node.label) if node.label else source
            continue
        if (square := _square(node, args)) is not None:
            made[node] = square
            continue
        same = args == node.args
        here = node if same else make(node.op, *args, params=node.params, label=node.label)
        here = _from_the_right(here)
        made[node] = here
        if here.label is None and is_row(here.shape):
            vector = _vector(here, vectors)
            if vector is not None:
                vectors[here] = vector
    return made


def _from_the_right(node: Node) -> Node:
    """An inner product `(x @ A) @ b` as x with `A @ b`."""
    if node.op is not EINSUM or node.params[0] not in DOTS:
        return node
    left, right = node.args
    while left.op is EINSUM and left.label is None and len(left.args) == 2:
        (one, both), out, _ = left.params
        if len(one) != 1 or both != one + out:
            break
        left, matrix = left.args
        right = einsum((matrix, right), ("ij", "j"), "i", {})
    if left is node.args[0]:
        return node
    return make(EINSUM, left, right, params=(("i", "i"), "", ()), label=node.label)


def _square(node: Node, args: tuple[Node, ...]) -> Node | None:
    """What stands under the root in the square of a norm."""
    if node.op is POWER_BY and node.params == (2,) and args[0].op is sqrt.op:
        inner = args[0].args[0]
        summed = inner.args[0] if inner.op is EINSUM and len(inner.args) == 1 else inner
        if args[0].label is None and summed.op is MUL and summed.args[0] is summed.args[1]:
            return make(COPY, inner, label=node.label) if node.label else inner
    return None


def relabelled(outputs: Iterable[Node], labels: Mapping[Node, Label | None]) -> dict[Node, Node]:
    """What each vertex of a graph becomes once some have another label, or none."""
    made: dict[Node, Node] = {}
    for node in topological(outputs):
        label = labels.get(node, node.label)
        args = tuple(made[arg] for arg in node.args)
        same = args == node.args and label is node.label
        made[node] = node if same else make(node.op, *args, params=node.params, label=label)
    return made


def _vector(node: Node, vectors: Mapping[Node, Node]) -> Node | None:
    """The vector that a row is the transpose of, where one can be written without the row."""
    if node.op is INDEX and node.params[0] == (NEW,):
        return node.args[0]
    rows = [arg for arg in node.args if arg in vectors]
    if not rows:
        return None
    args = [vectors.get(arg, arg) for arg in node.args]
    if isinstance(node.op, Pointwise) and all(a in vectors or not a.shape for a in node.args):
        return make(node.op, *args, params=node.params)
    if node.op is not EINSUM or node.params[2]:
        return None
    ins, out, new = node.params
    one = out[0]
    there = [one in letters for letters in ins]
    if there != [arg in vectors for arg in node.args] or one in out[1:]:
        return None
    try:
        shorter = tuple(letters.removeprefix(one) for letters in ins)
        return make(EINSUM, *args, params=(shorter, out[1:], new))
    except ShapeError:
        return None
