"""The price of a gradient: value and gradient against the value alone, in doubles, on 10^6 entries.

Must not know rules: graphs come from the public parser.
"""

from __future__ import annotations

import numpy as np
from paired import ratio

from gradcli.api import parse
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import number
from gradcli.calculus.differentiate import pull

N = 1_000_000
CASES = {
    "sum(sin(x)*exp(x))": {"x": (N,)},
    "sum(sigmoid(x)*x)": {"x": (N,)},
    "sum((x - y)^2)/2": {"x": (N,), "y": (N,)},
    "log(sum(exp(x)))": {"x": (N,)},
    "norm(x)": {"x": (N,)},
    "sum(relu(x)^2)": {"x": (N,)},
    "sum(softmax(x)*y)": {"x": (N,), "y": (N,)},
    "sum(tanh(w*x + b))": {"w": (N,), "x": (N,), "b": (N,)},
    "mean(sqrt(x^2 + 1)/(1 + x^2))": {"x": (N,)},
    "sum(relu(X @ W))": {"X": (1000, 1000), "W": (1000, 1000)},
    "prod(x)": {"x": (N,)},
    "max(x)": {"x": (N,)},
}


def rows() -> list[tuple[str, str, str]]:
    """One row an expression."""
    return [(f"gradient over value, {text}", f"{price(text):.2f} times", "3") for text in CASES]


def price(text: str) -> float:
    """How many times the value alone the value and all gradients take."""
    model = parse(text, CASES[text])
    inputs = [*model.inputs.values()]
    adjoints = [a for a in pull({model.output: number(1)}, inputs) if a is not None]
    random = np.random.default_rng(0)
    values = {node: random.random((1, *node.shape)) for node in inputs}
    both = [model.output, *adjoints]
    return ratio(
        lambda: evaluate(both, FLOAT64, values), lambda: evaluate([model.output], FLOAT64, values)
    )[0]
