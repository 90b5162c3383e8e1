"""Values of a graph at a point with settled digits, or in doubles where balls would take too long.

Must not know what the graph is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate, operations
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.certify.certify import FIRST_BITS, JSON_DIGITS, LAST_BITS, digits_settled
from gradcli.certify.examine import BALL_WORK
from gradcli.certify.problem import Setting
from gradcli.graph.node import Node


@dataclass(slots=True, eq=False)
class SettledValues:
    """Arrays without a batch axis; whether they are certified, and whether all digits are."""

    arrays: list[Array]
    certified: bool
    settled: bool
    bits: int


def settled(
    setting: Setting, nodes: Sequence[Node], count: int, exact: bool = True
) -> SettledValues:
    """The vertices' values to `count` digits; doubles where not `exact` or the graph is too large.

    The precision is doubled until every digit is settled, as `certify` does.
    """
    if not exact or operations(nodes) > BALL_WORK:
        found = evaluate(nodes, FLOAT64, setting.point(FLOAT64))
        return SettledValues([x[0, ...] for x in found], False, True, 53)
    bits = max(FIRST_BITS, 1 << (4 * max(count, JSON_DIGITS)).bit_length())
    while True:
        with precision(bits):
            arrays = [x[0, ...] for x in evaluate(nodes, BALL, setting.point(BALL))]
            sure = all(digits_settled(x, max(count, JSON_DIGITS)) for x in arrays)
        if sure or bits >= LAST_BITS:
            return SettledValues(arrays, True, sure, bits)
        bits *= 2
