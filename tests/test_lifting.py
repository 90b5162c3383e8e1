"""Ranges that are read once for all indices, held against the same ranges turn by turn.

Must not know how a claim is judged: both readings are run in doubles at the same points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from gradcli.api.derivations import Checked
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import inputs as inputs_of
from gradcli.calculus.families import partial
from gradcli.errors import Source
from gradcli.graph.node import Node
from gradcli.judge.finding import CheckOptions
from gradcli.language.documents.sections import Document, sections
from gradcli.language.elaboration.half_lines import declaring
from gradcli.language.parsing.parse import read
from gradcli.language.written import WrittenDerivation
from gradcli.reading import Place

DECLARED = (
    "X, Y in R^(n, m); x, z in R^n; w in R^m; c in R; y in integers(0, m - 1)^n; k in R^(n, n)\n"
)
LIFTED = """
sum(i in 0..n-1, x[i]^2) = x @ x
sum(i in 0..n-1, sigmoid(X[i] @ w)*z[i]) = c
sum(i in 0..n-1, j in 0..n-1, x[i]*k[i, j]*z[j]) = x @ k @ z
sum(i in 1..n, x[i-1]*z[i-1]) = x @ z
sum(i in 0..n-1, X[i]*x[i]) = X.T @ x
sum(i in 0..n-1, outer(X[i], Y[i])) = X.T @ Y
sum(i in 0..n-1, j in i..n-1, x[i]*z[j]) = c
sum(i in 0..n-1, j in 0..i, exp(x[i])*z[j]) = c
sum(i in 0..n-1, j in 0..i-1, x[i] - z[j]) = c
sum(i in 0..n-1, j in i+1..n-1, x[i]*exp(z[j]^2)) = c
sum(i in 0..n-1, j in 0..n-1 if j != i, x[i]*x[j]) = sum(x)^2 - x @ x
sum(i in 0..n-1, j in 0..n-1 if j > i, x[i]*z[j]) = c
sum(i in 0..n-1, j in 0..n-1 if j <= i, x[i]*z[j]) = c
sum(i in 0..n-1, j in 0..n-1, (i == j)*x[i]*z[j]) = x @ z
sum(i in 0..n-1, j in 0..n-1, delta(i, j)*k[i, j]) = trace(k)
prod(i in 0..n-1, 1 + x[i]^2) = prod(1 + x^2)
max(i in 0..n-1, x[i] - z[i]) = max(x - z)
sum(i in 0..n-1, log(sum(j in 0..m-1, exp(X[i, j])))) = sum(logsumexp(X, axis=1))
sum(i in 0..n-1, softmax(X[i]) @ w) = c
sum(i in 0..n-1, norm(X[i] - w)) = c
sum(i in 0..n-1, X[i, y[i]]) = c
sum(i in 0..n-1, i*x[i]) = c
for i in 0..n-1 { a[i] = x[i]^2 + z[i] }; sum(a) = c
for i in 0..n-1, j in 0..m-1 { a[i, j] = X[i, j]*w[j] + x[i] }; sum(a[0]) = c
for i in 0..n-1 { a[i] = sum(j in i..n-1, z[j]) }; a @ x = c
for i in 0..n-1 { a[i] = [x[i], z[i], c] }; a.T @ x = [c, c, c]
for i in 0..n-1 { exp(x[i])*c = z[i] }
for i in 0..n-1, j in 0..n-1 { k[i, j]*x[i] = delta(i, j)*z[j] }
for i in 1..n { x[i-1]*c = z[i-1] }
L = sum(i in 0..n-1, tanh(X[i] @ w)); for i in 0..n-1 { dL/dX[i] = (1 - tanh(X[i] @ w)^2)*w }
p = softmax(x); for i in 0..n-1, j in 0..n-1 { dp[i]/dx[j] = p[i]*((i == j) - p[j]) }
for i in 0..n-1 { a[i] = x[i]*c }; L = sum(i in 0..n-1, sin(a[i])); for i in 0..n-1 { dL/da[i] = cos(a[i]) }
for i in 1..n { a[i] = x[i-1]^2 }; L = sum(i in 1..n, a[i]); for i in 1..n { dL/dx[i-1] = a[i] }
for i in 1..n { a[i] = x[i-1] }; L = sum(i in 1..n, a[i]^3); for i in 1..n { dL/da[i] = a[i] }
for i in 1..n, j in 1..n { a[i, j] = k[i-1, j-1]*x[i-1] }; for i in 1..n { a[i, i] = z[i-1] }
for i in 1..n { a[i] = sin(x[i-1]) }; for i in 1..n, j in 1..n { da[i]/d(x[j-1]) = x[i-1] }
for i in 0..n-1 { where(i == 0, x[i], z[i])*c = x[i] }
f(u) = sum(i in 0..n-1, x[i]*u); f(f(c)) = c
""".strip().splitlines()  # noqa: E501
SIZES = ({"n": 3, "m": 2}, {"n": 1, "m": 1})
# What does not go along a whole axis, or refers to neighbours, is read turn by turn only.
UNROLLED = """
sum(i in 0..n-2, x[i]*x[i+1]) = c
for i in 0..n-2 { x[i] = x[i+1] }
h[0] = c; for i in 1..n { h[i] = h[i-1]*x[i-1] }; h[n] = c
for i in 0..n-1 { a[i] = x[i] }; a[n] = c; sum(a) = c
for i in 0..n-1, j in i..n-1 { x[i] = z[j] }
for i in 0..n-1 if i > 0 { x[i] = z[i] }
""".strip().splitlines()

# A turn that does not count may have no value.
UNCOUNTED = """
sum(i in 0..n-1, j in 0..n-1 if j != i, 1/(x[i] - x[j])) = c
sum(i in 0..n-1, j in i..n-1, log(x[j])) = c
for i in 0..n-1 { sum(j in 0..i, (i == j)/x[j]) = c }
for i in 0..n-1 { a[i] = sum(j in 0..i, 1/x[j]) }; sum(a) = c
sum(i in 0..n-1, (sum(j in 0..i, 1/x[j]))^2) = c
""".strip().splitlines()


class Readings:
    """A program, read with the sizes of its letters and without."""

    def __init__(self, program: str) -> None:
        text = DECLARED + program.replace("; ", "\n") + "\n"
        document = Document(Source("<program>", text), text)
        reading = read(document.source, text)
        (only,) = declaring(sections(reading.program))
        options = CheckOptions(list=True)
        self.checked = Checked(document, reading, only, only, [], options, Place())
        self.checked.run()

    def lifted(self) -> WrittenDerivation:
        return self.checked._build({}, lifting=True)

    def at(self, sizes: Mapping[str, int]) -> WrittenDerivation:
        return self.checked._build(sizes)


def values(nodes: list[Node], inputs: Mapping[str, np.ndarray], sizes: Mapping[str, int]) -> list:
    return [np.asarray(evaluate([n], FLOAT64, _given(n, inputs), sizes)[0][0]) for n in nodes]


def _given(node: Node, inputs: Mapping[str, np.ndarray]) -> dict[Node, np.ndarray]:
    return {n: inputs[n.params[0]][None] for n in inputs_of(node)}


def drawn(sizes: Mapping[str, int]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(sum(sizes.values()))
    n, m = sizes["n"], sizes["m"]
    shapes = {"X": (n, m), "Y": (n, m), "x": (n,), "z": (n,), "w": (m,), "c": (), "k": (n, n)}
    found = {name: np.asarray(rng.normal(size=shape)) for name, shape in shapes.items()}
    return found | {"y": rng.integers(0, m, size=n).astype(float)}


def compared(program: str) -> Iterator[tuple[list, list]]:
    readings = Readings(program)
    lifted = readings.lifted()
    (key,) = [key for key, claimed in lifted.claims.items() if claimed.pairs][-1:]
    (whole,) = lifted.claims[key].pairs
    for sizes in SIZES:
        inputs = drawn(sizes)
        pairs = readings.at(sizes).claims[key].pairs
        turns = [[*pair.loop.values()] for pair in pairs]
        for pair, turn in zip(pairs, turns, strict=True):
            names = [n.params[0] for n in lifted.spaces if str(n.params[0]).startswith("(")]
            free = [x for x in names if any(x == v.params[0] for v in whole.order if v.params)]
            starts = [1 if "in 1..n {" in program else 0] * len(free)
            at = {x: np.asarray(float(t - s)) for x, t, s in zip(free, turn, starts, strict=False)}
            yield (
                values([whole.left, whole.right], inputs | at, sizes),
                values([pair.left, pair.right], inputs, sizes),
            )


@pytest.mark.parametrize("program", LIFTED)
def test_a_range_read_at_once_is_what_it_is_turn_by_turn(program: str) -> None:
    count = 0
    for whole, pair in compared(program):
        for one, other in zip(whole, pair, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
        count += 1
    assert count >= len(SIZES)


@pytest.mark.parametrize("program", UNROLLED)
def test_what_is_not_along_a_whole_axis_is_not_read_at_once(program: str) -> None:
    assert not Readings(program).lifted().claims


@pytest.mark.parametrize("program", UNCOUNTED)
def test_what_may_have_no_value_in_a_turn_that_does_not_count_is_told(program: str) -> None:
    lifted = Readings(program).lifted()
    (claimed,) = lifted.claims.values()
    (pair,) = claimed.pairs
    divided = {node for side in pair.sides for node in partial(side)}
    assert divided
    assert divided <= lifted.uncounted


@pytest.mark.parametrize("program", [line for line in LIFTED if "sqrt" not in line][:12])
def test_where_all_turns_have_a_value_none_is_told(program: str) -> None:
    assert not Readings(program).lifted().uncounted
