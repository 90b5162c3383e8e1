"""Forms that float64 survives: for a vertex that loses digits, the same value written better.

Must not know the point: one form a line, what is written and what is better.
"""

from __future__ import annotations

import re

from gradcli.graph.node import Node
from gradcli.graph.shape import Shape, letter
from gradcli.ops.activations import sigmoid
from gradcli.ops.elementary import cos, erf, exp, log, tanh
from gradcli.ops.reductions import softmax, sum_
from gradcli.simplify.rules import Build, Rule, identity, matched

Form = tuple[Rule, str]


def _form(written: Build, better: str, *shapes: Shape) -> Form:
    """What is written, as a graph of `x`, and the text of what is better."""
    return identity(written, written, *shapes), better


VECTOR, MATRIX = (letter("n"),), (letter("m"), letter("n"))
FORMS = [
    _form(lambda x: 1 - cos(x), "2*sin(x/2)^2"),
    _form(lambda x: 1 - sigmoid(x), "sigmoid(-x)"),
    _form(lambda x: 1 - erf(x), "erfc(x)"),
    _form(lambda x: 1 - tanh(x) ** 2, "1/cosh(x)^2"),
    _form(lambda x: exp(x) - 1, "expm1(x)"),
    _form(lambda x: log(1 + exp(x)), "softplus(x)"),
    _form(lambda x: log(exp(x) + 1), "softplus(x)"),
    _form(lambda x: exp(x) / (1 + exp(x)), "sigmoid(x)"),
    _form(lambda x: exp(x) / (exp(x) + 1), "sigmoid(x)"),
    _form(lambda x: exp(x) / sum_(exp(x)), "softmax(x)", VECTOR),
    _form(lambda x: log(1 + x), "log1p(x)"),
    _form(lambda x: log(x + 1), "log1p(x)"),
    _form(lambda x: log(sum_(exp(x))), "logsumexp(x)", VECTOR),
    _form(lambda x: log(sum_(exp(x))), "logsumexp(x)", MATRIX),
    _form(lambda x: log(softmax(x)), "log_softmax(x)", VECTOR),
    _form(lambda x: log(sigmoid(x)), "-softplus(-x)"),
]


def stable_form(node: Node) -> tuple[str, Node] | None:
    """The better text for a vertex and what its `x` stands for; None if no form is known."""
    for form, better in FORMS:
        bound = matched(form, node, through=True)
        if bound is not None:
            return better, bound[0]
    return None


def written(better: str, own: str) -> str:
    """The better text with the writer's own in the place of `x`."""
    held = own if own.isidentifier() else f"({own})"
    return re.sub(r"\(x\)|\bx\b", lambda found: f"({own})" if found[0] == "(x)" else held, better)
