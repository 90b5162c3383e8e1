"""A condition on something without a value has none: in claims, at points, in every number system.

Must not know how a condition is held; each line follows from where its sides have a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gradcli.api import diff, hessian
from gradcli.arithmetic.ball import BALL, precision, rational
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.interval import INTERVAL, enclosing
from gradcli.arithmetic.jet import jet
from gradcli.arithmetic.series import SERIES
from gradcli.arithmetic.truth import VOID, both, either, is_truth, known, opposite
from gradcli.calculus.core import AND, EQ, GE, GT, LE, LT, NE, NOT, OR, WHERE, number, symbol
from gradcli.errors import GradcliError
from gradcli.graph.node import Node, make
from gradcli.ops import FUNCTIONS
from gradcli.proof.fields import REAL
from gradcli.proof.modular import MODULAR
from gradcli.proof.residue_run import Run, running
from tests.verdicts import last, lines

RIGHT = lines("""
# neither side has a value below 0
x in R; sign(log(x)) = log(x)/abs(log(x))
x in R; exp(step(log(x))) = exp(relu(log(x))/log(x))
x in R; where(log(x) > 0, 1, 1) = log(x)/log(x)
x in R; where(log(x) == 0, 2, 2) = 2*sqrt(x)/sqrt(x)
x in R; where(not (log(x) > 0), x, x) = exp(log(x))
x in R; where(x < 2 and log(x) > 0, 1, 1) = sqrt(x)^2/x
x in R; where(x < 2 or log(x) > 0, 1, 1) = sqrt(x)^2/x
x in R; max(log(x), 0) = relu(log(x))
x in R; floor(log(x)) = -ceil(-log(x))
x in R; abs(sqrt(x)) = sqrt(x)
x in R; step(log(x)) + step(-log(x)) = abs(sign(log(x)))
x in R; f = sign(log(x))*x; df/dx = sign(log(x))
x in R; f = max(log(x), sqrt(x) - 1); g = max(sqrt(x) - 1, log(x)); df/dx = dg/dx
# a branch that is not taken contributes nothing, a condition in it neither
x in R; where(x > 0, step(log(x)), 0) = step(x - 1)
x in R; where(x > 0, where(log(x) > 0, 1, 0), 0) = step(x - 1)
x in R; f = where(x > 0, relu(log(x)), 0); df/dx = where(x > 0, step(log(x))/x, 0)
x in R; f = where(x > 0, max(log(x), 0)^2, x); df/dx = where(x > 0, 2*max(log(x), 0)/x, 1)
x in R^n; f = sum(where(x > 0, relu(log(x)), 0)); df/dx = where(x > 0, step(log(x))/x, 0)
# on sets on which everything has a value
x in (0, inf); step(log(x)) = step(x - 1)
x in (1, inf); sign(log(x)) = 1
""")
WRONG = lines("""
x in R; log(x)^0 = 1
x in R^n; sum(sqrt(x)^0) = n
x in R; step(log(x))*step(x) = step(x - 1)
x in R; step(log(x)) = step(x - 1)
x in R; where(sqrt(x) > 0, x, x) = x
x in R; where(sqrt(x) >= 0, x, -x) = x
x in R; where(log(x) != 0, 1, 1) = 1
x in R; where(not (log(x) > 0), 1, 1) = 1
x in R; where(x > 0 and log(x) > 0, 1, 0) = step(x - 1)
x in R; where(x < 5 or log(x) > 0, 1, 0) = where(x < 5, 1, 1)
x in R; 0*sign(log(x)) = 0
x in R; max(log(x), 0) = where(x > 1, log(x), 0)
x in R; min(sqrt(x), 0) = 0
x in R; floor(log(x)) - floor(log(x)) = 0
x in R; relu(sqrt(x)) = where(x > 0, sqrt(x), 0)
x in R; clip(log(x), -1, -1) = -1
x in R^3; max(log(x)) = where(min(x) > 0, log(max(x)), 0)
x in R^n; sum(sign(log(x)) - sign(log(x))) = 0
x, y in R; where(log(x) > log(y), 1, 1) = 1
""")


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str) -> None:
    assert last(text).verdict in ("proved", "holds")


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    """One side has no value where the other has: said so, and no number printed for it."""
    found = last(text)
    assert found.verdict == "refuted"
    assert found.code == "G105"


PROVED = lines("""
x in R; max(log(x), 0) = relu(log(x))
x in R; sign(log(x))*sqrt(x) = sqrt(x)*sign(log(x))
x in R; f = where(x > 0, relu(log(x)), 0); df/dx = where(x > 0, step(log(x))/x, 0)
# what a run of residues meets decides: a root within an exponential, no op's name
x in R; exp(softplus(x)/2) = sqrt(1 + exp(x))
x in R; exp(logaddexp(x, 0)/2) = sqrt(1 + exp(x))
x, y in R; relu(y)*sigmoid(softplus(x)/2) = relu(y)/(1 + exp(-softplus(x)/2))
x, y in R; abs(y)*exp(log1p(exp(x))/2) = abs(y)*sqrt(1 + exp(x))
W in R^(m, n); z = logsumexp(W, axis=0); L = sum(relu(z)); dL/dW = softmax(W, axis=0)@diag(step(z))
""")


@pytest.mark.parametrize("text", PROVED)
def test_proved(text: str) -> None:
    assert last(text).verdict == "proved"


NOWHERE = (
    "sign(log(x))", "step(log(x))", "where(log(x) > 0, 1, 1)", "where(log(x) > 0, x, 1)*0",
    "max(log(x), 0)", "min(0, log(x))", "relu(log(x))", "floor(sqrt(x))",
    "where(x < 0 or log(x) > 0, 1, 2)", "where(not (log(x) == 0), 1, 2)", "clip(sqrt(x), 0, 0)",
)  # fmt: skip


@pytest.mark.parametrize("text", NOWHERE)
def test_no_number_where_there_is_none(text: str) -> None:
    with pytest.raises(GradcliError) as error:
        diff(text, ["x=-1"])
    assert error.value.diagnostics[0].code == "G302"


@pytest.mark.parametrize(
    "text",
    [
        "where(x > 0, relu(log(x))^2, 0)", "where(x > 0, max(log(x), x)^2, 0)",
        "where(x > 0, where(sqrt(x) > 1, x^3, x^2), 0)",
        "where(x > 0, relu(log(x))^2 + abs(log(x)), 0)",
    ],
)  # fmt: skip
def test_a_dead_branch_contributes_nothing(text: str) -> None:
    found = diff(text, ["x=-1"])
    assert found.inputs[0].gradient == 0
    assert [*hessian(text, ["x=-1"]).entries.flat] == [0]


# -- in every number system -----------------------------------------------------------------------

X = symbol("x", ())
LOG, ONE = FUNCTIONS["log"](X), number(1)
CONDITIONS = [make(op, LOG, ONE) for op in (GT, GE, LT, LE, EQ, NE)] + [make(GT, ONE, LOG)]
CONDITIONS += [make(NOT, CONDITIONS[0]), make(EQ, LOG, LOG)]
CONDITIONS += [
    make(op, *pair)
    for op in (AND, OR)
    for other in (make(GT, X, ONE), make(LT, X, ONE))
    for pair in ((CONDITIONS[0], other), (other, CONDITIONS[0]))
]
NUMBERS = [make(WHERE, condition, ONE, ONE) for condition in CONDITIONS]
NUMBERS += [FUNCTIONS[name](LOG) for name in ("sign", "step", "relu", "abs", "floor", "ceil")]
NUMBERS += [FUNCTIONS[name](LOG, ONE) for name in ("max", "min")]


def _value(node: Node, m: Any, x: Any) -> Any:
    if m is FLOAT64:
        return evaluate([node], m, {X: np.array([x])})[0][0]
    values = np.empty((1,), dtype=object)
    values[0] = x
    return evaluate([node], m, {X: values})[0][0]


@pytest.mark.parametrize("m", [BALL, INTERVAL, SERIES, FLOAT64, MODULAR])
def test_in_every_system(m: Any) -> None:
    """What rests on the logarithm of -1 has no value (residues: of 0); on that of 3 it has."""
    with precision(128), running(Run(REAL, 3, 0)):
        for x, valued in ((0 if m is MODULAR else -1, False), (3, True)):
            given = {
                BALL: rational(Fraction(x)),
                INTERVAL: enclosing(rational(Fraction(x))),
                SERIES: jet(rational(Fraction(x))),
                FLOAT64: float(x),
                MODULAR: MODULAR._number(Fraction(x)),
            }[m]
            for node in [*CONDITIONS, *NUMBERS]:
                assert _known(m, _value(node, m, given)) == valued, (node.op.name, x)


def _known(m: Any, value: Any) -> bool:
    if m is FLOAT64:
        return bool(np.isfinite(value))
    if is_truth(value):
        return value is not VOID
    return bool(m.scalars.finite(value))


def test_truth_values() -> None:
    """Of two sides the one without a value decides, then the one that settles it."""
    every: Sequence[Any] = (True, False, None, VOID)
    for p in every:
        for q in every:
            if VOID in (p, q):
                assert both(p, q) is VOID
                assert either(p, q) is VOID
            elif None not in (p, q):
                assert both(p, q) is (p and q)
                assert either(p, q) is (p or q)
    assert both(False, None) is False
    assert either(True, None) is True
    assert both(True, None) is None
    assert [opposite(p) for p in every] == [False, True, None, VOID]
    assert [known(p) for p in every] == [True, False, None, None]
    with pytest.raises(TypeError):
        bool(VOID)
