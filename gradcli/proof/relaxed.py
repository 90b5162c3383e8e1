"""A stronger claim in the place of one about unit vectors or largest entries: they may be others.

Must not know residues. What holds wherever the entries lie in [0, 1] and sum to one holds of unit
vectors, however many there are; what holds whatever a maximum is holds of the one that it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gradcli.calculus.core import INPUT, number, symbol
from gradcli.calculus.families import Tensor
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.space import Scalars, Space
from gradcli.ops.reductions import SHARE
from gradcli.ops.selection import ONEHOT
from gradcli.proof.needs import left_out, needless
from gradcli.trial.sample_space import Known, SampleSpace

SHARES = Scalars(number(0), number(1), low_open=False, high_open=False)


def relaxed(pair: Pair, sample_space: SampleSpace) -> tuple[Pair, SampleSpace] | None:
    """The pair with unit vectors as shares, and where it is tried; None without such.

    Where a switch rests on one it stays: at a unit vector it may be at rest. Maxima along an axis,
    and what they hand back, are arrays that may be anything.
    """
    spaces = sample_space.spaces
    if not any(_chooses(node) or _is_unit(node, spaces) for node in pair.order):
        return None
    switching = {*topological([*pair.switches, *pair.tops])}
    done: dict[Node, Node] = {}
    drawn: dict[Node, Space] = dict(spaces)

    def change(node: Node, args: list[Node]) -> Node:
        if node not in switching and _is_unit(node, spaces) and node not in sample_space.given:
            name = node.params[0] if node.op is INPUT else f"units {len(done)}"
            new = symbol(name, node.shape)
            drawn[new] = Space("simplex", node.shape, SHARES)
            return new
        if _chooses(node):
            new = symbol(f"chosen {len(done)}", node.shape)
            drawn[new] = Space("power", node.shape)
            return new
        return same(node, args)

    rebuilt(pair.order, change, done)
    chosen = any(map(_chooses, pair.order))
    if chosen and not needless(pair, *(left_out(pair, side, done) for side in pair.sides)):
        return None
    if not chosen and all(drawn.get(new) is spaces.get(node) for node, new in done.items()):
        return None

    space = replace(sample_space, spaces=drawn, _trials={}, known=Known())
    return pair.turned(done), space


def _chooses(node: Node) -> bool:
    """Whether it takes the largest entries, or is shared out among them."""
    return node.op is SHARE or (isinstance(node.op, Tensor) and bool(node.op.switches(node)))


def _is_unit(node: Node, spaces: Mapping[Node, Space]) -> bool:
    if node.op is ONEHOT:
        return any(part.op is INPUT for part in topological([node]))
    space = spaces.get(node)
    return space is not None and space.kind == "onehot"
