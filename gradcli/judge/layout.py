"""Whether a claim about a Jacobian is right in the other layout.

Must not know words; it only tries the transposed side.
"""

from __future__ import annotations

from gradcli.calculus.derivative import moved
from gradcli.graph.shape import is_row
from gradcli.judge.rulings import Ruling
from gradcli.judge.sentence import judged
from gradcli.ops.shaping import transpose
from gradcli.trial.pair import Pair


def other_layout(ruling: Ruling) -> bool:
    """Whether the right side, transposed, is what the left side is."""
    left, right = ruling.pair.left, ruling.pair.right
    if not ruling.pair.derived or not 1 <= len(right.shape) <= 2:
        return False
    turned = (
        transpose(right)
        if is_row(right.shape) or len(right.shape) == 1
        else moved(right, "ab", "ba")
    )
    if turned.shape != left.shape:
        return False
    pair = Pair(left, turned, ruling.pair.relation, ruling.pair.derived)
    return judged(pair, ruling.sample_space).verdict in ("proved", "holds")
