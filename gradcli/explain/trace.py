"""The rows of a trace: every vertex with its value, its adjoint and what flows along its edges.

Must not know how the derivative was certified or how rows are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod

import numpy as np

from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.calculus.core import INPUT, number
from gradcli.calculus.differentiate import local_jacobian, skips, sweep
from gradcli.calculus.families import Pointwise
from gradcli.certify.result import TraceEdge, TraceNode
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import sizes_of
from gradcli.notation.latex import brief
from gradcli.notation.text import formula

LARGEST_LOCAL = 400


def shown(output: Node, inputs: Sequence[Node]) -> list[Node]:
    """The vertices of a trace: the inputs, then everything that depends on them, in order.

    Conditions are none of them: through them nothing flows.
    """
    order = topological([output])
    active = dependents(order, set(inputs))
    used = set(order)
    ahead = [node for node in inputs if node not in used]
    return [
        *ahead,
        *(n for n in order if n.op is INPUT),
        *(n for n in order if n in active and n.op is not INPUT and not n.op.boolean),
    ]


def vertex_names(output: Node, inputs: Sequence[Node], spelled: str = "f") -> dict[Node, str]:
    """The user's names, and `v1`, `v2`, … in topological order for what has none."""
    names: dict[Node, str] = {}
    taken = {node.name for node in topological([output]) if node.name}
    taken |= {node.params[0] for node in inputs if node.op is INPUT}
    count = 0
    for node in shown(output, inputs):
        if node.op is INPUT:
            names[node] = node.params[0]
        elif node.name:
            names[node] = node.name
        elif node is output and spelled not in taken:
            names[node] = spelled
        else:
            count += 1
            while f"v{count}" in taken:
                count += 1
            names[node] = f"v{count}"
    return names


def rows(
    output: Node,
    inputs: Sequence[Node],
    values: Mapping[Node, Array],
    names: Mapping[Node, str],
    m: Arithmetic,
) -> list[TraceNode]:
    """The trace of a scalar output; for other shapes the forward pass only."""
    nodes = [node for node in shown(output, inputs) if node in values]
    known = {node: names[node] for node in nodes}
    ids = {node: k for k, node in enumerate(nodes)}
    scalar = not output.shape
    adjoints: dict[Node, Node] = {output: number(1)} if scalar else {}
    order = topological([output])
    swept = sweep(adjoints, order, dependents(order, ids))
    handed = {(node, index): part for node, index, part in swept}
    wanted = [adjoints[node] for node in nodes if node in adjoints]
    plans: list[tuple[Node, int, Node | None, Node | None]] = []
    for node in nodes:
        for index, arg in enumerate(node.args):
            if arg not in ids or skips(node, index):
                continue
            local = _local(node, index)
            down = handed.get((node, index))
            plans.append((node, index, local, down))
            wanted += [x for x in (local, down) if x is not None]
    numbers = dict(zip(wanted, evaluate(wanted, m, values), strict=True))
    zero = m.number(Fraction(0))[0]

    def value(node: Node | None, like: Node) -> Array:
        """An evaluated graph, or zeros where nothing flows."""
        if node is None:
            zeros = np.empty(sizes_of(like.shape), dtype=m.dtype)
            zeros[...] = zero
            return zeros
        return numbers[node][0, ...]

    edges: dict[Node, list[TraceEdge]] = {node: [] for node in nodes}
    users: dict[Node, list[tuple[str, Array | None]]] = {node: [] for node in nodes}
    for node, index, local, down in plans:
        arg = node.args[index]
        downstream = value(down, arg) if scalar else None
        edges[node].append(
            TraceEdge(
                ids[arg], names[arg], None if local is None else numbers[local][0, ...], downstream
            )
        )
        users[arg].append((names[node], downstream))
    return [
        TraceNode(
            ids[node],
            names[node],
            bool(node.name or node.op is INPUT),
            names[node] if node.op is INPUT else formula(node, known),
            node.op.title,
            node.shape,
            values[node][0, ...],
            value(adjoints.get(node), node) if scalar else None,
            node.op.gate,
            edges[node],
            users[node] if scalar and len(users[node]) > 1 else [],
            "" if node.op is INPUT else brief(node, known),
        )
        for node in nodes
    ]


def _local(node: Node, index: int) -> Node | None:
    """The local derivative: elementwise as the partial, else the Jacobian where it is small."""
    if isinstance(node.op, Pointwise) and node.args[index].shape == node.shape:
        partial = node.op.partial(node, index)
        return number(partial) if isinstance(partial, int) else partial
    entries = prod(sizes_of(node.shape + node.args[index].shape))
    return local_jacobian(node, index) if entries <= LARGEST_LOCAL else None
