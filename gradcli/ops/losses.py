"""Losses, all of them composed of other functions.

Must not know any rule of their own.
"""

from __future__ import annotations

from fractions import Fraction

from gradcli.calculus.core import number, where
from gradcli.graph.node import Node
from gradcli.ops.elementary import log
from gradcli.ops.piecewise import absolute
from gradcli.ops.reductions import log_softmax, mean, sum_
from gradcli.ops.registry import function

SECTION = "probability and losses"
HALF = number(Fraction(1, 2))


def _cross_entropy(p: Node, q: Node) -> Node:
    return -sum_(p * log(q))


def _cross_entropy_logits(y: Node, z: Node, axis: int | None = None) -> Node:
    return -sum_(y * log_softmax(z, axis=axis))


def _huber(r: Node, delta: Node) -> Node:
    return where(absolute(r) <= delta, HALF * r**2, delta * (absolute(r) - HALF * delta))


cross_entropy = function(
    "cross_entropy(p, q)",
    _cross_entropy,
    SECTION,
    example="cross_entropy(p, q) at p=[0, 1], q=[1/4, 3/4]",
)
cross_entropy_logits = function(
    "cross_entropy_logits(y, z, axis=None)",
    _cross_entropy_logits,
    SECTION,
    example="cross_entropy_logits(y, z) at y=[0, 1], z=[1, 2]",
)
binary_cross_entropy = function(
    "binary_cross_entropy(y, p)",
    lambda y, p: -mean(y * log(p) + (1 - y) * log(1 - p)),
    SECTION,
    example="binary_cross_entropy(y, p) at y=[0, 1], p=[1/4, 3/4]",
)
mse = function(
    "mse(y, yhat)",
    lambda y, yhat: mean((y - yhat) ** 2),
    SECTION,
    example="mse(y, yhat) at y=[0, 1], yhat=[1/4, 3/4]",
)
huber = function("huber(r, delta=1)", _huber, SECTION, example="huber(r, 1) at r=2")
