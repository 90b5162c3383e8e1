"""Activation functions of neural networks, entry by entry.

Must not know layers or losses.
"""

from __future__ import annotations

from fractions import Fraction

from gradcli.calculus.core import ROUTER, constant, lift, number, where
from gradcli.graph.node import Node
from gradcli.ops.elementary import erfc, expm1, sqrt, tanh
from gradcli.ops.piecewise import absolute, clip
from gradcli.ops.registry import function, pointwise

SECTION = "activations"
SELU_SCALE = Fraction("1.0507009873554804934193349852946")
SELU_ALPHA = Fraction("1.6732632423543772848170429916717")

sigmoid = pointwise(
    "sigmoid(x)",
    lambda z, x: z * (1 - z),
    section=SECTION,
    value=lambda m, x: 1 / (1 + m.exp(-x)),
    letter="p",
    aliases=["logistic", "σ"],
    confused_with="tanh relu",
    latex=r"\sigma",
)
relu = pointwise(
    "relu(x)",
    lambda z, x: where(x > 0, lift(1), lift(0)),
    section=SECTION,
    switches=lambda x: [x],
    at_rest="both",
    gate=ROUTER,
    letter="h",
    means="max(x, 0)",
    convention="relu'(0) = 0",
    libraries="PyTorch and JAX",
    confused_with="step abs sign",
)
softplus = pointwise(
    "softplus(x)",
    lambda z, x: sigmoid(x),
    section=SECTION,
    means="log(1 + exp(x))",
    confused_with="relu sigmoid",
)


def _bent(x: Node, other: Node) -> Node:
    return where(x > 0, x, other)


leaky_relu = function("leaky_relu(x, slope=0.01)", lambda x, slope: _bent(x, slope * x), SECTION)
prelu = function("prelu(x, a)", lambda x, a: _bent(x, a * x), SECTION)
elu = function("elu(x, alpha=1)", lambda x, alpha: _bent(x, alpha * expm1(x)), SECTION)
selu = function(
    "selu(x)", lambda x: number(SELU_SCALE) * _bent(x, number(SELU_ALPHA) * expm1(x)), SECTION
)
softsign = function("softsign(x)", lambda x: x / (1 + absolute(x)), SECTION)
swish = function("swish(x)", lambda x: x * sigmoid(x), SECTION, aliases=["silu"])
gelu = function("gelu(x)", lambda x: x * erfc(-x / sqrt(number(2))) / 2, SECTION)
gelu_tanh = function(
    "gelu_tanh(x)",
    lambda x: (
        x / 2 * (1 + tanh(sqrt(2 / constant("pi")) * (x + number(Fraction("0.044715")) * x**3)))
    ),
    SECTION,
)
gelu_sigmoid = function(
    "gelu_sigmoid(x)", lambda x: x * sigmoid(number(Fraction("1.702")) * x), SECTION
)
hardtanh = function("hardtanh(x)", lambda x: clip(x, lift(-1), lift(1)), SECTION)
hardsigmoid = function(
    "hardsigmoid(x)", lambda x: clip(x / 6 + number(Fraction(1, 2)), lift(0), lift(1)), SECTION
)
mish = function("mish(x)", lambda x: x * tanh(softplus(x)), SECTION)
