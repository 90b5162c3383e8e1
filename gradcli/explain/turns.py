"""Turns of a loop and layers of a net, read off a graph: what stands in one column, in one colour.

Must not know values, nor how either is drawn.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from gradcli.calculus.core import EINSUM, INPUT, MUL
from gradcli.graph.node import Node
from gradcli.graph.order import dependents

NUMBERED = re.compile(r"(.+?)\[(\d+)[^\]]*\]|(\w*?[^\W\d])_?(\d+)")
"""`h[2]` or `h[2, 0]`, `h2` or `h_2`."""


def turns(order: Sequence[Node], names: Mapping[Node, str]) -> dict[Node, int]:
    """The turn of each vertex that belongs to one, of a topological order; empty without a loop.

    There is a loop where vertices of one name and successive numbers feed on each other, and
    where the numbers are written without brackets, for those may count layers, an input without a
    number is used by several of them.
    """
    numbered = {node: found for node in order if (found := _number(node, names))}
    users: dict[Node, list[Node]] = {node: [] for node in order}
    for node in order:
        for arg in node.args:
            users.get(arg, []).append(node)
    for bracketed in (True, False):
        families: dict[str, dict[int, Node]] = {}
        for node, (base, k, b) in numbered.items():
            if b == bracketed and node.op is not INPUT:
                families.setdefault(base, {})[k] = node
        fed = [
            family
            for family in families.values()
            if (bracketed or _alike(family)) and _feeds_itself(family, order)
        ]
        if not fed:
            continue
        within = {k for family in fed for k in family}
        own = {
            node: k
            for node, (_, k, b) in numbered.items()
            if b == bracketed and (k in within or (node.op is INPUT and k + 1 in within))
        }
        turn = _spread(order, users, own)
        if bracketed or _shares(order, users, turn, numbered):
            return turn
    return {}


def _number(node: Node, names: Mapping[Node, str]) -> tuple[str, int, bool] | None:
    """The name's stem and number, and whether that stands in brackets."""
    if not (node.name or node.op is INPUT):
        return None
    match = NUMBERED.fullmatch(names.get(node) or node.name or "")
    if not match:
        return None
    stem, k, other, digits = match.groups()
    return (stem, int(k), True) if stem else (other, int(digits), False)


def _alike(family: Mapping[int, Node]) -> bool:
    """Whether the members are made in the same way, as `d1` and `d2` of two formulas are not."""
    return len({node.op for node in family.values()}) == 1


def _feeds_itself(family: Mapping[int, Node], order: Sequence[Node]) -> bool:
    """Whether the first two neighbours lead from one to the other; a loop may count down."""
    for k in sorted(family):
        if k + 1 in family:
            one, other = family[k], family[k + 1]
            return other in dependents(order, {one}) or one in dependents(order, {other})
    return False


def _spread(
    order: Sequence[Node], users: Mapping[Node, Sequence[Node]], own: Mapping[Node, int]
) -> dict[Node, int]:
    """Turns of what has no number: of what serves one turn only, or is made of one only."""
    found = dict(own)
    after = dependents(order, own)
    for _ in range(2):
        for node in reversed(order):
            served = {found.get(user) for user in users[node]}
            # What several turns use belongs to none of them.
            if node not in found and len(served) == 1 and None not in served:
                found[node] = served.pop()  # type: ignore[assignment]
        for node in order:
            if node in found or node.name or node.op is INPUT or node is order[-1]:
                continue
            made = {found.get(arg) for arg in node.args if arg in after or arg in found}
            if len(made) == 1 and None not in made:
                found[node] = made.pop()  # type: ignore[assignment]
    return found


def _shares(
    order: Iterable[Node], users: Mapping[Node, Sequence[Node]], turn: Mapping[Node, int],
    numbered: Mapping[Node, object],
) -> bool:  # fmt: skip
    """Whether an input without a number serves several turns."""
    return any(
        node.op is INPUT
        and node not in numbered
        and len({turn[user] for user in users[node] if user in turn}) > 1
        for node in order
    )


def layers(order: Sequence[Node], turn: Mapping[Node, int]) -> dict[Node, int]:
    """The layer of each vertex: how many products with weights lead to it within its turn.

    A weight is an input that one product has as a factor, or one in each turn.
    """
    depth: dict[Node, int] = {}
    products = [node for node in order if _multiplies(node)]
    uses = [(arg, turn.get(node)) for node in products for arg in node.args if arg.op is INPUT]
    often = {arg for (arg, _), count in Counter(uses).items() if count > 1}
    leaves = {node for node in order if node.op is INPUT} - often
    weighing = {node for node in products if leaves.intersection(node.args)}
    for node in order:
        below = [
            depth[arg]
            for arg in node.args
            if arg in depth and (turn.get(arg) == turn.get(node) or node not in turn)
        ]
        depth[node] = max(below, default=0) + (node in weighing)
    for node in reversed(order):
        for arg in node.args:
            if arg.op is INPUT:
                depth[arg] = min(depth[arg] or depth[node], depth[node])
    return depth


def _multiplies(node: Node) -> bool:
    """Whether it is a product of several factors, of matrices or of numbers."""
    scalar = node.op is MUL and not node.shape
    return len({*node.args}) > 1 and (scalar or node.op is EINSUM)
