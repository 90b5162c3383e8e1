"""The plan of a function: which vertices get a line of their own, and the graphs of derivatives.

Must not know any target: lines are graphs in which earlier lines stand as vertices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gradcli.calculus.core import EINSUM, INPUT, NEG, add, full, masked, remask
from gradcli.calculus.differentiate import push_edge, skips, sweep
from gradcli.calculus.families import total
from gradcli.graph.node import Node, make
from gradcli.graph.order import dependents, topological
from gradcli.ops.shaping import INDEX

GLANCED = (NEG, INDEX)


@dataclass(slots=True, eq=False)
class PlannedDerivative:
    """The derivative that belongs to a vertex, and the vertex that stands for it in later lines."""

    node: Node
    graph: Node
    symbol: Node


@dataclass(slots=True, eq=False)
class Plan:
    """A function: its inputs, its output, derivatives in the order of their lines.

    `seeds` are the cotangent of an array, or the tangents: more inputs. `lines` are vertices that
    get a line; those of `wanted` are what the derivatives are asked for.
    """

    inputs: list[Node]
    output: Node
    wanted: list[Node]
    mode: str
    seeds: dict[Node, Node] = field(default_factory=dict)
    derivatives: list[PlannedDerivative] = field(default_factory=list)
    lines: set[Node] = field(default_factory=set)

    @property
    def roots(self) -> list[Node]:
        """Everything that has to be computed."""
        return [self.output, *(found.graph for found in self.derivatives)]


def plan(inputs: Sequence[Node], output: Node, wanted: Sequence[Node], mode: str) -> Plan:
    """The plan of a function that returns the output and its derivative by `wanted`.

    NoRule where an op has none.
    """
    made = Plan([*inputs], output, [*wanted], mode)
    seeded = wanted if mode == "forward" else [output] if output.shape and wanted else []
    made.seeds = {node: _stand_in("seed", k, node) for k, node in enumerate(seeded)}
    order = topological([output])
    given = {node for node in order if node.label} | {*wanted}
    differentiate = _forward if mode == "forward" else _reverse
    # Once to see what derivatives share with the function, once with those lines in place.
    cuts = given | _shared([output])
    for _ in range(2):
        made.derivatives = differentiate(made, order, cuts)
        cuts = given | _shared(made.roots).intersection(order)
    made.derivatives = differentiate(made, order, cuts)
    made.lines = cuts | _shared(made.roots)
    return made


def planned(inputs: Sequence[Node], graphs: Mapping[Node, Node]) -> Plan:
    """The plan of a function whose derivatives by some vertices are graphs that are there already.

    What they share is computed once; its own value is 0.
    """
    made = Plan([*inputs], full(0, ()), [*graphs], "reverse")
    made.derivatives = [
        PlannedDerivative(node, graph, _stand_in("grad", k, node))
        for k, (node, graph) in enumerate(graphs.items())
    ]
    made.lines = {n for n in topological(made.roots) if n.label} | _shared(made.roots)
    return made


def closed(node: Node, open_: Collection[Node]) -> bool:
    """Whether a vertex is a scalar that no input leads to: a plain number of the target."""
    return not node.shape and node not in open_


def moving(roots: Iterable[Node]) -> set[Node]:
    """The vertices that depend on an input."""
    order = topological(roots)
    return dependents(order, {node for node in order if node.op is INPUT})


def _shared(roots: Sequence[Node]) -> set[Node]:
    """What is used more than once and is not seen at a glance."""
    order = topological(roots)
    uses = Counter(arg for node in order for arg in node.args)
    uses.update(roots)
    open_ = dependents(order, {node for node in order if node.op is INPUT})
    return {node for node in order if uses[node] > 1 and node.args and not _glanced(node, open_)}


def _glanced(node: Node, open_: Collection[Node]) -> bool:
    """Whether a vertex is as short as a name: a number, `-x`, `x[0]`, `x > 0`, a transpose."""
    if closed(node, open_):
        return True
    small = all(not arg.args or arg.label for arg in node.args)
    turned = node.op is EINSUM and len(node.args) == 1
    return small and (node.op in GLANCED or node.op.boolean or turned)


def _stand_in(kind: str, k: int, node: Node) -> Node:
    # No user's name has a space in it.
    return make(INPUT, params=(f"{kind} {k}", node.shape))


def _cut(graph: Node, symbol: Node) -> Node:
    """What later lines go on with: the name of this one, and where it is masked that, too."""
    if not graph.args:
        return graph
    mask = masked(graph)
    return remask(mask[0], symbol, mask[2]) if mask else symbol


def _reverse(made: Plan, order: Sequence[Node], cuts: Collection[Node]) -> list[PlannedDerivative]:
    place = {node: k for k, node in enumerate(order)}
    found: list[PlannedDerivative] = []

    def line(node: Node, adjoint: Node) -> Node:
        """The adjoint, or its name where it gets a line of its own."""
        if node not in cuts or not (adjoint.args or node in made.wanted):
            return adjoint
        symbol = _stand_in("grad", place[node], node)
        found.append(PlannedDerivative(node, adjoint, symbol))
        # Where all that is left to pass is defined everywhere a zero stays zero by itself.
        return symbol if adjoint.args and total(node) else _cut(adjoint, symbol)

    adjoints = {made.output: made.seeds.get(made.output) or full(1, ())}
    for _ in sweep(adjoints, order, dependents(order, {*made.wanted}), at=line):
        pass
    reached = {derivative.node for derivative in found}
    missing = [node for node in made.wanted if node not in reached]
    zeros = ((node, full(0, node.shape)) for node in missing)
    return [*found, *(PlannedDerivative(node, zero, zero) for node, zero in zeros)]


def _forward(made: Plan, order: Sequence[Node], cuts: Collection[Node]) -> list[PlannedDerivative]:
    active = dependents(order, {*made.wanted})
    tangents: dict[Node, Node] = dict(made.seeds)
    found: list[PlannedDerivative] = []
    for k, node in enumerate(order):
        if node not in active:
            continue
        for index, arg in enumerate(node.args if node not in made.seeds else ()):
            tangent = tangents.get(arg)
            if tangent is not None and not skips(node, index):
                _add(tangents, node, push_edge(node, index, tangent))
        if node in tangents and node in cuts and node not in made.seeds and node is not made.output:
            symbol = _stand_in("dot", k, node)
            found.append(PlannedDerivative(node, tangents[node], symbol))
            tangents[node] = _cut(tangents[node], symbol)
    last = tangents.get(made.output) or full(0, made.output.shape)
    return [*found, PlannedDerivative(made.output, last, _stand_in("dot", len(order), made.output))]


def _add(into: dict[Node, Node], node: Node, part: Node | None) -> None:
    if part is not None:
        into[node] = add(into[node], part) if node in into else part
