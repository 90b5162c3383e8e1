"""Whether two numbers are the same: certainly not, certainly or to fifty digits, or open.

Must not know where they come from. Two balls that overlap agree when they are narrower than 1e-50
of the largest term that cancelled in them, so that a true zero can be told.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.arithmetic.ball import BALL, ONE, ZERO, Ball, finite
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import apply, level
from gradcli.arithmetic.measure import holds_zero, is_exact, least, power_of_ten, upper
from gradcli.arithmetic.small_array import Lifted, array_of, filled
from gradcli.calculus.core import ADD, COPY, DIV, EINSUM, MUL, SUB
from gradcli.calculus.families import Linear
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.trial.trials import Trial

DIGITS = 50
NARROW = power_of_ten(-DIGITS)
PRODUCTS = (MUL, EINSUM, COPY)
SIZE = Lifted(upper, 1)
DIFFERENT, SAME, EXACT, OPEN = "different", "same", "exact", "open"


def compared(a: Ball, b: Ball) -> str:
    """How two numbers relate; OPEN where they overlap and are too wide to tell by themselves."""
    if is_exact(a) and is_exact(b):
        return EXACT if a == b else DIFFERENT
    if a != b:
        return DIFFERENT
    if not (finite(a) and finite(b)):
        return OPEN
    size = upper(a) if upper(a) > upper(b) else upper(b)
    return SAME if upper(a - b) < NARROW * size else OPEN


def ordered(a: Ball, b: Ball, sign: str) -> str:
    """Whether an inequality between two numbers holds; OPEN where they overlap."""
    if sign[0] == ">":
        a, b = b, a
    holds, fails = (a <= b, a > b) if sign.endswith("=") else (a < b, a >= b)
    if holds:
        return EXACT if is_exact(a) and is_exact(b) else SAME
    return DIFFERENT if fails else OPEN


def agrees_at_scale(a: Ball, b: Ball, scale: Ball) -> bool:
    """Whether overlapping numbers are narrower than 1e-50 of what cancelled in them, or of one."""
    return bool(upper(a - b) <= NARROW * least(scale, ONE))


def scales(nodes: Sequence[Node], trial: Trial) -> list[Array]:
    """For each entry of each node, the size of the largest term that may have cancelled in it.

    Sums, products and what only moves entries are followed; any other vertex stands for itself, or,
    where it may be zero, for what has cancelled in its arguments. They are kept in the trial.
    """
    found, values, given = trial.scales, trial.values, trial.inputs
    for node in topological(nodes, lambda n: () if n in found or n in given else n.args):
        if node in found:
            continue
        args = [found[arg] for arg in node.args if arg in found]
        if node.op.boolean:
            found[node] = filled(ZERO, values[node].shape)
        elif not args or node in given:
            found[node] = SIZE(values[node])
        elif node.op in (ADD, SUB):
            found[node] = BALL.maximum(*level(args))
        elif node.op is DIV:
            found[node] = BALL.div(*level([args[0], SIZE(values[node.args[1]])]))
        elif node.op in PRODUCTS or (isinstance(node.op, Linear) and node.op.moves):
            found[node] = apply(node, BALL, args, trial.sizes)
        else:
            found[node] = _own(values[node], args)
    return [found[node] for node in nodes]


def _own(value: Array, args: list[Array]) -> Array:
    """The size of each entry; where it may be zero, what has cancelled in the arguments, or one."""
    out: list[Ball] = []
    rows = [arg.reshape(len(arg), -1).tolist() for arg in args]
    for k, entries in enumerate(value.reshape(len(value), -1).tolist()):
        inner: Ball = ZERO
        for row in rows:
            for x in row[min(k, len(row) - 1)]:
                inner = x if finite(x) and x > inner else inner
        out += [least(inner, ONE) if finite(x) and holds_zero(x) else upper(x) for x in entries]
    return array_of(out, value.shape)
