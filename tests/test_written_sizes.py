"""Claims at large written sizes, proved through letters: what must be, and what must never be.

Must not know how anything is proved at every size.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcli import api
from gradcli.calculus.core import INPUT, SIZE, dimension, symbol
from gradcli.calculus.rebuild import rebuilt
from gradcli.claims import Pair
from gradcli.graph.node import Node, make
from gradcli.graph.shape import fixed
from gradcli.judge.case import Case
from gradcli.judge.finding import Evidence
from gradcli.judge.tester import Ruling
from gradcli.language.written import WrittenDerivation
from gradcli.proof.axes import at_sizes
from gradcli.proof.lettered import lettered
from gradcli.trial.sample_space import SampleSpace
from tests.verdicts import PASS, findings, last

EVERYDAY = (Path(__file__).parent / "data" / "every" / "ten.grad").read_text()
WRITTEN = {"m": "31", "n": "29", "d": "23", "k": "37"}
TEXTS = [f"derivation {part}" for part in EVERYDAY.split("derivation ")[1:]]
CLASSES = """X in R^(128, 784); W in R^(784, 10); b in R^10; Y in onehot(10)^128
P = softmax(X @ W + b, axis=1); L = -sum(Y .* log(P))/128
"""


def written(text: str) -> str:
    """A text with numbers in the place of its letters."""
    return re.sub(r"\b[mndk]\b", lambda found: WRITTEN[found[0]], text)


@pytest.mark.parametrize("text", [*map(written, TEXTS[:6])])
def test_an_everyday_claim_at_written_sizes_is_proved(text: str) -> None:
    for found in findings(text):
        assert found.verdict == "proved"
        # Small ones as they stand, the others through letters.
        assert {*found.evidence.read_at} <= {*WRITTEN.values()}
        assert bool(found.evidence.read_at) is (found.evidence.every_size is True)


@pytest.mark.parametrize(
    "claim",
    [
        "dL/dW = X.T @ (P - Y)/128",
        "dL/db = sum(P - Y, axis=0)/128",
        pytest.param("dL/dX = (P - Y) @ W.T/128", marks=pytest.mark.slow),
    ],
)
def test_a_net_of_the_usual_sizes_is_proved(claim: str) -> None:
    assert last(CLASSES + claim).verdict == "proved"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # The number is the size, or it is not: either reading may be the one that is proved.
        ("x in R^50; L = mean(x^2); dL/dx = 2*x/50", "proved"),
        ("x in R^50; L = sum(x^2)/50; dL/dx = x/25", "proved"),
        ("x in R^50; y in R^40; L = sum(x^2)*sum(y^2)/50; dL/dx = x*sum(y^2)/25", "proved"),
        ("X in R^(n, 28); w in R^28; y in R^n; L = mean((X @ w - y)^2)\n"
         "dL/dw = 2*X.T @ (X @ w - y)/n", "proved"),
        # Right at no other size, so not shown by letters.
        ("x in R^50; (sum(ones(50)) - 50)*sum(exp(x)) = 0", "proved"),
        ("x in R^20; mean(x) = sum(x)/19", "refuted"),
        ("x in R^20; L = mean(x^2); dL/dx = 2*x/19", "refuted"),
        ("x in R^20; y in R^9; L = mean(x)*mean(y); dL/dx = ones(20)*mean(y)/9", "refuted"),
    ],
)  # fmt: skip
def test_a_number_may_be_the_size_and_may_be_none(text: str, verdict: str) -> None:
    assert last(text).verdict == verdict


def test_at_the_written_sizes_the_graph_over_letters_is_the_graph_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pairs: list[tuple[Pair, SampleSpace]] = []

    def seen(
        case: Case[WrittenDerivation], derivation: WrittenDerivation, space: SampleSpace,
        pair: Pair, sizes: object,
    ) -> Ruling:  # fmt: skip
        pairs.append((pair, space))
        return Ruling(pair, space, "undecided", Evidence())

    monkeypatch.setattr(Case, "_ruling", seen)
    for text in (*map(written, TEXTS), CLASSES + "dL/dW = X.T @ (P - Y)/128"):
        findings(text)
    readings = [(pair, each) for pair, space in pairs for each, _ in lettered(pair, space)]
    assert len(readings) >= 10
    for pair, general in readings:
        assert [*map(_at_written, general.sides)] == pair.sides


def _at_written(side: Node) -> Node:
    """What a graph is where each letter has the size that it is called by."""
    sizes = {text: int(text) for text in (*WRITTEN.values(), "128", "784", "10")}
    done: dict[Node, Node] = {}

    def change(node: Node, args: list[Node]) -> Node:
        if node.op is SIZE:
            return dimension(fixed((node.params[0],), sizes)[0])
        if node.op is INPUT:
            return symbol(node.params[0], fixed(node.shape, sizes))
        return make(node.op, *args, params=at_sizes(node.params, sizes))

    rebuilt([side], change, done)
    return done[side]


def test_entries_that_are_only_put_in_another_shape_keep_their_number() -> None:
    """As many at the written sizes are not as many at all: no letter stands there."""
    (found,) = api.derive("logsumexp(T)", let="T in R^(2, 2, 2)", order=2)
    assert found.verdict == "proved"


def test_what_is_zero_at_a_point_is_so_at_its_sizes() -> None:
    program = "p = cross(W @ v, v - v); selu(sum(v*v)*(v.T @ u - dot(u, u))) + sum(p)"
    at = "u=[0.5, -1, 2], v=[1, 0.25, -0.75], W=[[1, 2, 0], [0.5, -1, 1], [0, 1, 3]]"
    found = {each.name: each.gradient for each in api.diff(program, at).inputs}
    assert all(x == 0 for x in found["W"].flat)


@pytest.mark.parametrize(
    ("text", "says", "mended"),
    [
        ("A in R^(60, 60); x, b in R^60; L = sum((A @ x - b)^2); dL/dx = 2*A @ (A @ x - b)",
         "2*A must be transposed here", "2*A.T @ (A @ x - b)"),
        ("X in R^(64, 50); W in R^(50, 40); Y in onehot(40)^64; P = softmax(X @ W, axis=1)\n"
         "L = -sum(Y .* log(P))/64; dL/dW = X.T @ (P - Y)",
         "a factor 1/64 is missing", "X.T @ (P - Y)/64"),
        ("X in R^(128, 30); w in R^30; y in R^128; L = mean((X @ w - y)^2)\n"
         "dL/dw = 2*X.T @ (X @ w - y)/30",
         "this should be 128, not 30", "2*X.T @ (X @ w - y)/128"),
        # The number is no size, and is none in the mend.
        ("x in R^30; A in R^(30, 30); L = sum((A @ x)^30); dL/dx = 30*A @ (A @ x)^29", None, None),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_a_mistake_at_written_sizes_is_sought_through_letters(
    text: str, says: str | None, mended: str | None
) -> None:
    (found,) = findings(text)
    assert found.verdict == "refuted"
    assert found.diagnosis
    if says:
        assert (found.diagnosis.text, found.diagnosis.mended) == (says, mended)
    assert found.diagnosis.verdict in PASS
