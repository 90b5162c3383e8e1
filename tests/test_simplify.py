"""Simplification: every identity is proved, no value changes, and nothing grows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli import api
from gradcli.calculus.core import full
from gradcli.calculus.derivative import Derived, derivative
from gradcli.claims import Pair, Relation
from gradcli.graph.node import Node
from gradcli.graph.order import topological, verify
from gradcli.graph.shape import letter
from gradcli.graph.space import Space
from gradcli.judge.pair_verdict import judged
from gradcli.notation.text import flat, formula
from gradcli.proof.proof import Proof, proof
from gradcli.simplify import rules
from gradcli.simplify.simplifier import Simplifier
from gradcli.trial.sample_space import SampleSpace

LETTERS = {name: letter(name) for name in "kmn"}
SHAPES = {
    "A": (LETTERS["m"], LETTERS["n"]), "B": (LETTERS["n"], LETTERS["k"]), "S": (LETTERS["n"],) * 2,
    "x": (LETTERS["n"],), "y": (LETTERS["n"],), "z": (LETTERS["m"],), "a": (), "b": (),
}  # fmt: skip


def inputs(*nodes: Node) -> dict[Node, Space]:
    return {
        node: Space("power", node.shape) for node in topological(nodes) if node.op.name == "input"
    }


def same(left: Node, right: Node) -> str:
    """The verdict on two graphs wherever the first one has a value."""
    right = full(right, left.shape) if left.shape != right.shape and not right.shape else right
    spaces = inputs(left, right)
    derived = [Derived(left, x, left) for x in spaces][:1]
    letters = sorted({name for n in topological([left, right]) for name in _letters(n)})
    return judged(
        Pair(left, right, Relation(), derived), SampleSpace(spaces, letters, points=3)
    ).verdict


def _letters(node: Node) -> set[str]:
    dims = [*node.shape, *(node.params if node.op.name == "size" else ())]
    return {str(dim) for dim in dims if not isinstance(dim, int)}


def simplified(text: str) -> str:
    model = api.parse(text, SHAPES, "kmn")
    vertices = {node: name for name, node in model.vertices.items()}
    return flat(Simplifier(named=vertices)(model.output), vertices)


@pytest.mark.parametrize("rule", rules.every(), ids=lambda r: formula(r.left(*r.variables), {}))
def test_every_identity_is_proved(rule: rules.Rule) -> None:
    left, right = rule.left(*rule.variables), rule.right(*rule.variables)
    assert left.shape == right.shape or not right.shape
    right = full(right, left.shape) if left.shape != right.shape else right
    spaces = inputs(left, right)
    derived = [Derived(left, x, left) for x in rule.variables]
    letters = ["n"] if any(x.shape for x in rule.variables) else []
    pair = Pair(left, right, Relation(), derived)
    assert (
        isinstance(proof(pair, SampleSpace(spaces, letters)), Proof) or same(left, right) == "holds"
    )


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("1*x + 0*y", "x"),
        ("x + x + x", "3*x"),
        ("2*x/4", "x/2"),
        ("x - x", "zeros(n)"),
        ("a/3 + a/6", "a/2"),
        ("(2*a)^2*b*b", "4*a^2*b^2"),
        ("-(-x)", "x"),
        ("a*x + b*x", "(a + b)*x"),
        ("S @ x + S.T @ x", "(S + S.T) @ x"),
        ("(A @ B).T", "B.T @ A.T"),
        ("(A.T @ z).T @ x", "z.T @ A @ x"),
        ("trace(A @ S @ A.T)", "trace(S @ A.T @ A)"),
        ("inv(S) @ S @ x", "x"),
        ("inv(inv(S))", "S"),
        ("inv(S.T)", "inv(S).T"),
        ("inv(2*S)", "inv(S)/2"),
        ("det(S)*inv(S @ S) @ S", "det(S)*inv(S)"),
        ("diag(x) @ y", "x*y"),
        ("eye(n) @ S @ eye(n)", "S"),
        ("trace(eye(n))", "n"),
        ("sum(ones(n))", "n"),
        ("exp(a)/(1 + exp(a))", "sigmoid(a)"),
        ("1/(1 + exp(-a))", "sigmoid(a)"),
        ("sin(a)^2 + cos(a)^2", "1"),
        ("3*sin(a)^2 + 3*cos(a)^2 + b", "3 + b"),
        ("log(exp(a))", "a"),
        ("sqrt(a)*sqrt(a)", "a"),
        ("sqrt(4*a)", "2*sqrt(a)"),
        ("sqrt(x.T @ x)", "norm(x)"),
        ("x/sqrt(x.T @ x)^3", "x/norm(x)^3"),
        ("sum(softmax(x))", "1"),
        ("abs(a)*sign(a)", "a"),
        ("p = exp(a)/(1 + exp(a)); sigmoid(a)*b", "p*b"),
        ("r = A @ x - z; 2*A.T @ (A @ x - z)", "2*A.T @ r"),
        ("p = softmax(x); diag(softmax(x)) - p @ p.T", "diag(p) - p @ p.T"),
        ("a*(1 - b)/b*b - a", "-b*a"),
    ],
)  # fmt: skip
def test_short_forms(text: str, short: str) -> None:
    assert simplified(text) == short
    model = api.parse(text, SHAPES, "kmn")
    verify([Simplifier()(model.output)])
    assert same(model.output, Simplifier()(model.output)) in ("proved", "holds")


SCALARS = st.deferred(
    lambda: (
        st.sampled_from(["a", "b", "2", "-3", "1/2"])
        | st.builds("({} {} {})".format, SCALARS, st.sampled_from("+-*"), SCALARS)
        | st.builds("{}({})".format, st.sampled_from(["exp", "tanh", "sigmoid", "-"]), SCALARS)
        | st.builds("(({}).T @ ({}))".format, VECTORS, VECTORS)
        | st.builds("sum({})".format, VECTORS)
        | st.builds("trace({})".format, MATRICES)
    )
)
VECTORS = st.deferred(
    lambda: (
        st.sampled_from(["x", "y"])
        | st.builds("({} {} {})".format, VECTORS, st.sampled_from("+-*"), VECTORS)
        | st.builds("(({})*({}))".format, SCALARS, VECTORS)
        | st.builds("({} @ {})".format, MATRICES, VECTORS)
        | st.builds("{}({})".format, st.sampled_from(["tanh", "softmax"]), VECTORS)
    )
)
MATRICES = st.deferred(
    lambda: (
        st.sampled_from(["S", "S.T", "eye(n)"])
        | st.builds("({} {} {})".format, MATRICES, st.sampled_from("+-@"), MATRICES)
        | st.builds("(({}) @ ({}).T)".format, VECTORS, VECTORS)
        | st.builds("diag({})".format, VECTORS)
    )
)


@settings(max_examples=15, deadline=None)
@given(st.one_of(SCALARS, VECTORS, MATRICES).filter(lambda text: len(text) < 60))
def test_no_value_changes_and_nothing_grows(text: str) -> None:
    model = api.parse(text, SHAPES, "kmn")
    simplify = Simplifier()
    short = simplify(model.output)
    verify([short])
    assert simplify.cost(short) <= simplify.cost(model.output)
    assert short.shape == model.output.shape
    assert same(model.output, short) in ("proved", "holds")
    assert simplify.cost(simplify(short)) <= simplify.cost(short)


@settings(max_examples=8, deadline=None)
@given(SCALARS.filter(lambda text: len(text) < 40))
def test_derivatives_keep_their_value(text: str) -> None:
    model = api.parse(f"({text})*(x.T @ y)", SHAPES, "kmn")
    slope = derivative(model.output, model.inputs["x"], [])
    assert same(slope, Simplifier()(slope)) in ("proved", "holds")


def test_deep_graphs_are_no_trouble() -> None:
    model = api.parse("sin(" * 2000 + "a" + ")" * 2000)
    assert Simplifier()(model.output) is model.output
    inverse = api.parse("inv(" * 400 + "S" + ")" * 400, SHAPES, "kmn")
    assert Simplifier()(inverse.output) is inverse.inputs["S"]
