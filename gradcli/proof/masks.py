"""The order of indices as masks: running sums, triangles and positions become sums with them.

Must not know what is shown of such sums; see docs/verdicts.md for why the grid may hold masks.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters

from gradcli.calculus.core import MUL, einsum, full
from gradcli.graph.node import Node, make
from gradcli.ops.selection import ARANGE
from gradcli.ops.sequences import CUMSUM, TRIL, tril


def is_mask(node: Node) -> bool:
    """Whether entry i, j says if j <= i, or if j < i."""
    return node.op is TRIL and node.params[0] in (0, -1) and node.args[0] is full(1, node.shape)


def in_order(node: Node, args: Sequence[Node]) -> Node | None:
    """Running sums, triangles and positions as sums with masks; None for what is none of these."""
    if is_mask(node):
        return node
    if node.op is TRIL and node.params[0] in (0, -1):
        mask = tril(full(1, node.shape[-2:]), *node.params)
        return make(MUL, args[0], mask)
    if node.op is CUMSUM:
        letters = ascii_letters[: len(node.shape)]
        axis = node.params[0]
        dim = node.shape[axis]
        mask = tril(full(1, (dim, dim)))
        out = letters[:axis] + "Z" + letters[axis + 1 :]
        return einsum((args[0], mask), (letters, "Z" + letters[axis]), out, {})
    if node.op is ARANGE:
        mask = tril(full(1, (node.shape[0], node.shape[0])), -1)
        return einsum((mask,), ("ab",), "a", {})
    return None
