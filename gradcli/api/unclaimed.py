"""A derivation that defines and claims nothing: the claim that its writer may have meant to add.

Must not know where it is shown. What is offered was read and judged like any other claim.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.calculus import derivative as calculus
from gradcli.calculus.derivative import Derived
from gradcli.claims import Pair, Relation
from gradcli.errors import GradcliError
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.judge.finding import PASSED
from gradcli.judge.pair_verdict import judged
from gradcli.language.elaboration.differentials import called_after
from gradcli.language.written import WrittenDerivation
from gradcli.notation.text import flat
from gradcli.simplify.simplifier import Simplifier
from gradcli.trial.sample_space import SampleSpace

LONGEST = 60
EXAMPLE = "dL/dw = 2*(w*x - y)*x"


def offered(derivation: WrittenDerivation) -> str:
    """What to write so that something is claimed, with a claim about what was defined last."""
    for claim in _claims(derivation):
        return f"a claim is an equation: write  {claim}"
    return f"a claim is an equation, as in  {EXAMPLE}"


def _claims(derivation: WrittenDerivation) -> Iterator[str]:
    """The derivatives of the last number that is none by its name, those of few characters only."""
    vertices = derivation.vertices
    known = {*vertices, *(str(x.params[0]) for x in derivation.spaces)}
    named = {x for x in vertices if called_after(x) in known}
    numbers = [(x, node) for x, node in vertices.items() if not node.shape and x not in named]
    if not numbers or derivation.needs or derivation.elaborator is None:
        return
    name, node = numbers[-1]
    made_of = {*topological([node])}
    inputs = [x for x in derivation.spaces if not derivation.spaces[x].discrete]
    for x in sorted(inputs, key=lambda x: x not in made_of):
        text = _formula(derivation, node, x)
        if text and len(text) <= LONGEST:
            yield f"d{name}/d{x.params[0]} = {text}"


def _formula(derivation: WrittenDerivation, y: Node, x: Node) -> str:
    """The derivative as a formula that was judged; nothing where there is none."""
    derived: list[Derived] = []
    vertices = derivation.vertices
    names = {node: name for name, node in vertices.items()}
    names |= {node: str(node.params[0]) for node in derivation.spaces}
    assert derivation.elaborator is not None
    try:
        truth = calculus.derivative(y, x, derived)
        text = flat(Simplifier(derivation.spaces, vertices.values())(truth), names)
        node = derivation.elaborator.node(derivation.parsed(text), {})
        if node.shape != truth.shape:
            return ""
        pair = Pair(truth, node, Relation(), derived)
        sample_space = SampleSpace(
            derivation.spaces, derivation.letters, points=1, brief=True,
            dimensions=derivation.dimensions,
        )  # fmt: skip
        return text if judged(pair, sample_space).verdict in PASSED else ""
    except GradcliError:
        return ""
