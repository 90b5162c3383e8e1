"""Whether a graph is exactly zero at a point: as a function round it, or at what is given alone.

Must not know which numbers are asked about, nor how they were computed.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import Value, numbers
from gradcli.arithmetic.evaluate import evaluate
from gradcli.calculus.core import INPUT, number
from gradcli.certify.definedness import at_rest, evaluated, live
from gradcli.claims import Pair, Relation
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.sets import Space
from gradcli.proof.proof import Proof, proof
from gradcli.trial.sample_space import SampleSpace


def vanishing(node: Node, point: Mapping[Node, Value], fixed: Mapping[Node, Array]) -> int | None:
    """The binary digits of certainty that a graph is zero at a point; None where it is not shown.

    Residues are drawn for the inputs first: where the graph is zero as a function, with the signs
    that its switches have at the point and thus round it. What is zero there alone is so for the
    residues of the point itself. `fixed` are inputs that are never drawn.
    """
    known = {**fixed}
    for n, value in point.items():
        known[n] = (
            evaluate([value], BALL, {})[0] if isinstance(value, Node) else numbers(value, BALL)
        )
    values = evaluated([node], known)
    resting, open_ = at_rest(live(node, values), values)
    if resting or open_:
        return None
    there = _put(node, {n: x for n, x in point.items() if isinstance(x, Node)})
    for graph, given in ((node, {*fixed}), (there, {*known})):
        inputs = [n for n in topological([graph]) if n.op is INPUT]
        sample_space = SampleSpace(
            {n: Space("power", n.shape) for n in inputs},
            [],
            {n: known[n] for n in inputs if n in given},
            near={n: known[n] for n in inputs},
        )
        found = proof(Pair(graph, number(0), Relation(), []), sample_space)
        if isinstance(found, Proof):
            return found.bits
    return None


def _put(node: Node, closed: Mapping[Node, Node]) -> Node:
    """The graph with closed expressions in the place of inputs."""
    made: dict[Node, Node] = dict(closed)
    for n in topological([node]):
        if n not in made:
            args = [made[arg] for arg in n.args]
            made[n] = make(n.op, *args, params=n.params) if args else n
    return made[node]
