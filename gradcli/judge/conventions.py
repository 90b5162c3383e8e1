"""Claims that are right in another convention: tied entries, and what libraries choose at a kink.

Must not know how a claim is written or shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import INPUT
from gradcli.calculus.derivative import tied
from gradcli.calculus.families import Differentiable
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.certify.onesided import is_unknown
from gradcli.claims import Pair
from gradcli.graph.order import topological
from gradcli.graph.space import SYMMETRIC
from gradcli.judge.finding import PASSED
from gradcli.judge.pair_verdict import judged
from gradcli.judge.tester import Ruling
from gradcli.trial.derivatives_at_point import NoDerivative
from gradcli.trial.trials import Trial

TIED = (
    "this is right with tied entries, where a mirrored pair of {} is one variable: "
    "convention symmetric  on a line above chooses that"
)
APART = (
    "this is right where every entry of {} is a variable of its own, and the derivation says  "
    "convention symmetric"
)


def other_convention(ruling: Ruling) -> str:
    """In which other convention for symmetric matrices a refuted claim is right; else nothing."""
    pair, spaces = ruling.pair, ruling.sample_space.spaces
    by = {n for n, space in spaces.items() if n.op is INPUT and space.kind in SYMMETRIC}
    taken = [d for d in pair.derived if d.by in by and len(d.node.shape) > 1]
    if pair.relation.sign != "=" or not taken:
        return ""
    order = {*topological(pair.sides)}
    chosen = {tied(d.node): d.node for d in taken}
    names = ", ".join(dict.fromkeys(str(d.by.params[0]) for d in taken))
    if present := {node: plain for node, plain in chosen.items() if node in order}:
        words, instead = APART, present
    else:
        words, instead = TIED, {plain: node for node, plain in chosen.items()}
    made = dict(instead)
    rebuilt(pair.sides, same, made)
    other = Pair(made[pair.left], made[pair.right], pair.relation, pair.derived)
    return words.format(names) if judged(other, ruling.sample_space).verdict in PASSED else ""


# -- at a kink


def claimed_there(pair: Pair, lost: NoDerivative, trial: Trial) -> Array | None:
    """What is claimed of a derivative that is not there; None where the claim says more of it."""
    if pair.left is not lost.derived.node or pair.relation.sign != "=":
        return None
    claimed: Array = trial.evaluate([pair.right])[0][0, ...]
    return claimed if claimed.shape == lost.left.shape else None


def beyond(pair: Pair, lost: NoDerivative, trial: Trial) -> tuple[int, ...] | None:
    """An entry at which no number between both sides of a derivative is what is claimed of it."""
    claimed = claimed_there(pair, lost, trial)
    if claimed is None or lost.unknown:
        return None
    for at in np.ndindex(claimed.shape):
        left, right, value = lost.left[at], lost.right[at], claimed[at]
        if at in lost.why or not (_told(left) and _told(right)):
            continue
        if (value < left and value < right) or (value > left and value > right):
            return at
    return None


def _told(x: Any) -> bool:
    return not isinstance(x, float | None) and not is_unknown(x)


def libraries(lost: NoDerivative, trial: Trial, at: tuple[int, ...]) -> tuple[str, str, Any] | None:
    """Which libraries have a convention for what switches there, which it is, and what they return.

    None where something else may switch there, too.
    """
    switching = {
        node.op
        for node in topological([lost.derived.of])
        if isinstance(node.op, Differentiable) and node.op.switches(node)
    }
    if len(switching) != 1:
        return None
    (op,) = switching
    value = trial.evaluate([lost.derived.node])[0][0, ...][at]
    convention = op.convention.removesuffix(", which")
    return (op.libraries, convention, value) if op.libraries else None
