"""What a maximum hands back to the largest entries.

Must not know what is shown of it.
"""

from __future__ import annotations

from gradcli.calculus.core import EINSUM, einsum
from gradcli.graph.node import Node
from gradcli.ops.reductions import SHARE


def handed_on(node: Node) -> Node | None:
    """What a vertex shares out among the largest entries; None for any other vertex."""
    if node.op is not EINSUM:
        return None
    ins, out, _ = node.params
    factors = [*zip(node.args, ins, strict=True)]
    shares = [names for arg, names in factors if arg.op is SHARE]
    others = [(arg, names) for arg, names in factors if arg.op is not SHARE]
    if not shares or not others:
        return None
    kept = dict.fromkeys(x for _, names in others for x in names if x in out or x in shares[0])
    args, names = [arg for arg, _ in others], [names for _, names in others]
    return einsum(args, names, "".join(kept), {})
