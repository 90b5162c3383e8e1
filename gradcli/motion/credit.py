"""Credit: the error signal of every layer, what reaches it, and the gradient that both make.

Must not know how anything is written or shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gradcli.calculus.core import INPUT, ROUTER, number
from gradcli.calculus.differentiate import skips, sweep
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.ops import FUNCTIONS
from gradcli.ops.activations import SECTION as ACTIVATIONS


@dataclass(slots=True, eq=False)
class Layer:
    """A vertex with its error signal: the graph of the output's derivative by it.

    `slope` is the local derivative of an activation, whose zeros are dead units; None for anything
    else.
    """

    node: Node
    delta: Node
    slope: Node | None


@dataclass(slots=True, eq=False)
class SignalProduct:
    """How one use of an input makes its gradient: the error signal of the vertex that uses it.

    `layer` is a named vertex whose signal that of `user` is, `index` which of its arguments the
    input is.
    """

    input: Node
    user: Node
    index: int
    layer: Node


@dataclass(slots=True, eq=False)
class Credit:
    """The layers in the order of the forward pass, the products, and the gradients as graphs.

    `signals` are those of all vertices.
    """

    layers: list[Layer]
    products: list[SignalProduct]
    gradients: dict[Node, Node]
    signals: dict[Node, Node]


def credit(output: Node, wrt: Sequence[Node]) -> Credit:
    """The error signals of a scalar output's layers, and where its inputs are used.

    Layers are the vertices with a name, and activations.
    """
    order = topological([output])
    active = dependents(order, {*wrt})
    adjoints: dict[Node, Node] = {output: number(1)}
    edges = list(sweep(adjoints, order, active))
    inner = [n for n in order if n in adjoints and n.op is not INPUT]
    named = [n for n in inner if n.name]
    slopes = {node: _slope(node, active) for node in inner}
    layers = [Layer(n, adjoints[n], slopes[n]) for n in inner if n.name or slopes[n] is not None]
    products = []
    for node, index, part in edges:
        arg = node.args[index]
        if arg not in wrt or part is None:
            continue
        same = [n for n in named if adjoints[n] is adjoints[node] and n.shape == node.shape]
        layer = node if node.name or not same else same[0]
        products.append(SignalProduct(arg, node, index, layer))
    gradients = {node: adjoints[node] for node in wrt if node in adjoints}
    return Credit(layers, products, gradients, adjoints)


def _slope(node: Node, active: Collection[Node]) -> Node | None:
    """The local derivative of an activation: of a unit's, or of what hands on to one of several."""
    varying = [k for k, arg in enumerate(node.args) if arg in active and not skips(node, k)]
    if not isinstance(node.op, Pointwise) or len(varying) != 1:
        return None
    known = FUNCTIONS.get(node.op.name)
    unit = bool(node.op.letter) or (known is not None and known.section == ACTIVATIONS)
    if not (unit or node.op.gate is ROUTER):
        return None
    partial = node.op.partial(node, varying[0])
    return None if isinstance(partial, int) else partial
