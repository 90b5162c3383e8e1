"""Whether the sides of a claim have a value at all points of the sets, whatever the sizes.

Must not know what is claimed of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.ranges import RANGES
from gradcli.calculus.core import SIZE
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.space import Space
from gradcli.proof.axes import letters_in
from gradcli.proof.generic import ranges
from gradcli.proof.needs import certain


def valued(pair: Pair, spaces: Mapping[Node, Space]) -> bool:
    """Whether all that vertices require holds; of what has a letter in it nothing more is known."""
    needs = [need for each in pair.requirements.values() for need in each if not certain(need)]
    below = topological([need.expr for need in needs])
    if any(node.op is SIZE or letters_in(node.shape) for node in below):
        return False
    inputs = {node: space for node, space in spaces.items() if node in {*below}}
    found = evaluate([n.expr for n in needs], RANGES, ranges(inputs, {}, {}), {}, keep=True)
    return all(
        x.meets(need.relation) for need, value in zip(needs, found, strict=True) for x in value.flat
    )
