"""Forms that float64 survives: for a vertex that loses digits, the same value written better.

Must not know the point: it recognises shapes of graphs, one line a form.
"""

from __future__ import annotations

from collections.abc import Callable

from gradcli.calculus.core import ADD, EINSUM, SUB, rational
from gradcli.graph.node import Node, Op
from gradcli.ops import FUNCTIONS
from gradcli.ops.powers import POWER_BY

Match = Callable[[Node], Node | None]


def _op(name: str) -> Op:
    op = FUNCTIONS[name].op
    assert op is not None
    return op


def _one(node: Node) -> bool:
    return rational(node) == 1


def _argument(node: Node, op: Op) -> Node | None:
    return node.args[0] if node.op is op else None


def _one_less(name: str) -> Match:
    """`1 - f(u)`."""
    return lambda n: _argument(n.args[1], _op(name)) if n.op is SUB and _one(n.args[0]) else None


def _log_of_one_plus(node: Node, inner: Callable[[Node], Node | None]) -> Node | None:
    if node.op is not _op("log") or node.args[0].op is not ADD:
        return None
    a, b = node.args[0].args
    return inner(b) if _one(a) else inner(a) if _one(b) else None


def _one_less_square(node: Node) -> Node | None:
    if node.op is SUB and _one(node.args[0]) and node.args[1].op is POWER_BY:
        power = node.args[1]
        return _argument(power.args[0], _op("tanh")) if power.params[0] == 2 else None
    return None


def _log_of_sum(node: Node) -> Node | None:
    if node.op is _op("log") and node.args[0].op is EINSUM and not node.shape:
        parts, letters = node.args[0].args, node.args[0].params[0][0]
        if len(set(letters)) < len(letters):
            return None
        return _argument(parts[0], _op("exp")) if len(parts) == 1 else None
    return None


def _log_of(name: str) -> Match:
    def match(node: Node) -> Node | None:
        plain = node.op is _op("log") and (name != "softmax" or len(node.shape) == 1)
        return _argument(node.args[0], _op(name)) if plain else None

    return match


FORMS: list[tuple[Match, str]] = [
    (_one_less("cos"), "2*sin(({})/2)^2"),
    (_one_less("sigmoid"), "sigmoid(-({}))"),
    (_one_less("erf"), "erfc({})"),
    (_one_less_square, "1/cosh({})^2"),
    (lambda n: _argument(n.args[0], _op("exp")) if n.op is SUB and _one(n.args[1]) else None,
     "expm1({})"),
    (lambda n: _log_of_one_plus(n, lambda u: _argument(u, _op("exp"))), "softplus({})"),
    (lambda n: _log_of_one_plus(n, lambda u: u), "log1p({})"),
    (_log_of_sum, "logsumexp({})"),
    (_log_of("softmax"), "log_softmax({})"),
    (_log_of("sigmoid"), "-softplus(-({}))"),
]  # fmt: skip


def stable_form(node: Node) -> tuple[str, Node] | None:
    """A template with `{}` for the text of a vertex, and that vertex; None if no form is known."""
    for match, template in FORMS:
        inner = match(node)
        if inner is not None:
            return template, inner
    return None
