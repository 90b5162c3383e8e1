"""Rules of differentiation taken wrongly, and what a claim would be if they had been.

Must not know how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gradcli.calculus.core import DIV, MUL, div, mul, number, rational, sub
from gradcli.calculus.derivative import derivative
from gradcli.calculus.families import Pointwise
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.parts import spoken
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.evidence.samples import Samples
from gradcli.diagnosis.kinds.exchange import exchanged
from gradcli.diagnosis.kinds.locals import said as called
from gradcli.graph.node import Node
from gradcli.ops.powers import POWER, power

SCALED = (MUL, DIV)


class Wrong(NamedTuple):
    """What a wrong rule makes of a function."""

    kind: str
    says: str
    node: Node


def candidates(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """The derivative by the right rule, where the claim is the one by a wrong rule."""
    if flow is None or flow.of.shape or flow.by.shape:
        return
    for wrong in _wrong(flow):
        values = samples.of(wrong.node)
        if values is None or not samples.claimed(values):
            continue
        tree = spoken(refuted, refuted.truth, flow.names)
        if tree is not None:
            yield Slip(wrong.kind, wrong.says, tree)


def _wrong(flow: Flow) -> Iterator[Wrong]:
    node, scale = _core(flow.of)
    moving = [arg for arg in node.args if arg in flow.adjoints]
    said = [called(flow, arg) for arg in moving]
    slopes = [derivative(arg, flow.by, []) for arg in moving]
    if node.op in SCALED and len(moving) == 2:
        both = f"the derivatives of {said[0]} and {said[1]} are"
        if node.op is MUL:
            says = f"{both} multiplied: a product's derivative has two terms"
            yield Wrong("missing-term", says, mul(scale, mul(*slopes)))
        else:
            says = f"{both} divided: the quotient rule is (u'*v - u*v')/v^2"
            yield Wrong("missing-term", says, mul(scale, div(*slopes)))
            left, right = (mul(slopes[k], node.args[1 - k]) for k in (0, 1))
            says = "the denominator of the quotient rule is squared"
            yield Wrong("factor", says, mul(scale, div(sub(left, right), node.args[1])))
    if isinstance(node.op, Pointwise) and len(node.args) == 1 and moving:
        partial = node.op.partial(node, 0)
        if isinstance(partial, Node):
            inside = exchanged(partial, node.args[0], slopes[0])
            if inside is not None:
                says = f"{node.op.title}'s derivative is taken at the derivative of {said[0]}"
                yield Wrong("node", says, mul(scale, inside))
    if node.op is POWER and len(node.args) == 2 and node.args[1] in moving:
        base, exponent = node.args
        lower = mul(exponent, power(base, sub(exponent, number(1))))
        says = "this is the power rule, but the exponent varies"
        yield Wrong("node", says, mul(scale, lower))


def _core(node: Node) -> tuple[Node, Node]:
    """A function without its constant factor, and that factor."""
    scale = number(1)
    while node.op is MUL and (value := rational(node.args[0])) is not None:
        node, scale = node.args[1], mul(scale, number(value))
    return node, scale
