"""The value rule of an elementwise op run on graphs: the same value, made of other ops.

Must not know how a graph is written or evaluated; what asks a number system for itself has none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.calculus import core
from gradcli.calculus.families import RULES, Pointwise
from gradcli.graph.node import Node, Op, make
from gradcli.ops.elementary import pole, polygamma
from gradcli.ops.piecewise import MAX, MIN
from gradcli.ops.powers import POWER, power_by
from gradcli.ops.registry import FUNCTIONS


def _made(op: Op) -> Callable[..., Node]:
    return lambda *args: make(op, *map(core.lift, args))


_BUILT: dict[str, Callable[..., Node]] = {
    "number": core.number,
    "constant": core.constant,
    "where": _made(core.WHERE),
    "maximum": _made(MAX),
    "minimum": _made(MIN),
    "div": _made(core.DIV),
    "power": _made(POWER),
    "power_by": power_by,
    "polygamma": lambda x, order: polygamma(order, x),
    "pole": pole,
    "lt": _made(core.LT),
    "le": _made(core.LE),
    "eq": _made(core.EQ),
    "ne": _made(core.NE),
    "both": _made(core.AND),
    "either": _made(core.OR),
    "opposite": _made(core.NOT),
    "unknown": make,
}


class Graphs:
    """The number system whose numbers are graphs: what a value rule may call, each as a vertex."""

    def __getattr__(self, name: str) -> Callable[..., Node]:
        if name not in RULES and name not in _BUILT:
            raise AttributeError(f"a value rule may not call {name}")
        return _BUILT.get(name) or (lambda *args: FUNCTIONS[name](*map(core.lift, args)))


def composition(node: Node) -> Node | None:
    """The value of a vertex in terms of other ops; None where its rule is a number system's own."""
    if not isinstance(node.op, Pointwise) or node.op.boolean:
        return None
    made: Any = node.op.value(Graphs(), *node.args, *node.params)
    return None if made.op is node.op else core.lift(made)
