"""Formulas as text: what is written parses back, with no bracket that it can do without.

Must not know how a vertex is read or written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from gradcli import api
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import ADD, DIV, EINSUM, MUL, NEG, SIZE, SUB, number, rational, symbol
from gradcli.calculus.derivative import derivative
from gradcli.errors import GradcliError
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, add_dims, letter
from gradcli.notation.text import TOKEN, TextWriter, flat, formula
from gradcli.ops import FUNCTIONS
from gradcli.simplify.simplifier import Simplifier
from tests.attack.expressions import LETTERS, drawn
from tests.fuzz.grammar import PLACES, Writer

UNSPELT = {"scatter", "share", "gap", "lead", "pole"}
"""What derivatives are made of and no text says."""
TANH = FUNCTIONS["tanh"].op
SIZES = {"m": 2, "n": 3, "k": 4}


def regrouped(root: Node) -> Node:
    """What a text cannot tell apart made one: how sums and products of three are grouped, letters
    of products, a fraction and a quotient, a dimension and a sum, a matrix transposed twice.
    """
    made: dict[Node, Node] = {}
    for node in topological([root]):
        args = [made[x] for x in node.args]
        if node.op is EINSUM:
            made[node] = _lettered(node, args)
        elif node.op is SIZE and not str(node.params[0]).isidentifier():
            made[node] = regrouped(api.parse(str(node.params[0]), {}, LETTERS).output)
        elif node.op is DIV and rational(args[0]) is not None and rational(args[1]):
            made[node] = number(rational(args[0]) / rational(args[1]))
        else:
            made[node] = _left(make(node.op, *args, params=node.params))
    return made[root]


def _lettered(node: Node, args: list[Node]) -> Node:
    ins, out, new = node.params
    names = {x: chr(0x3B1 + k) for k, x in enumerate(dict.fromkeys("".join(ins) + out))}
    ins, out = tuple("".join(map(names.get, x)) for x in ins), "".join(map(names.get, out))
    if (ins, out) == (("αβ",), "βα") and args[0].op is EINSUM and args[0].params[:2] == (ins, out):
        return args[0].args[0]
    return make(EINSUM, *args, params=(ins, out, tuple((names[x], size) for x, size in new)))


def joined(node: Node) -> bool:
    """Whether there is a product by letters in it that is read as several, or as nothing."""
    return any(map(_joined, topological([node])))


def _joined(node: Node) -> bool:
    if node.op is not EINSUM:
        return False
    ins, out, _ = node.params
    return len(ins) > 2 or {*ins} == {out} or (len(ins) > 1 and "" in ins)


def _left(node: Node) -> Node:
    if node.op in (ADD, MUL) and node.args[1].op in {ADD: (ADD, SUB), MUL: (MUL,)}[node.op]:
        one, (two, three) = node.args[0], node.args[1].args
        return make(node.args[1].op, _left(make(node.op, one, two)), three)
    return node


def graphs(seed: int) -> list[tuple[Node, Callable[[str], Node]]]:
    """Graphs of a random program, each with what reads a text in its names."""
    writer = Writer(seed)
    shapes = {k: tuple(map(dim, PLACES[k])) for k in writer.known}

    def parsed(text: str) -> Node:
        return api.parse(text, shapes, "mn").output

    found = []
    for _ in range(4):
        try:
            found.append((parsed(writer.expression(writer.pick_shape(("n",)), 3)), parsed))
        except GradcliError:
            continue
    return found


def dim(text: str) -> Dim:
    left, _, right = text.partition(" + ")
    one = int(left) if left.isdecimal() else letter(left)
    return add_dims(one, int(right)) if right else one


@pytest.mark.parametrize("seed", range(40))
def test_a_formula_parses_back(seed: int) -> None:
    for node, parsed in graphs(seed):
        if joined(node) or not spelt(node):
            continue
        written = formula(node, {})
        assert regrouped(parsed(written)) is regrouped(node), written


@pytest.mark.parametrize("seed", range(40, 80))
def test_no_bracket_is_idle(seed: int) -> None:
    """Whatever bracket is taken away, another graph is read, but for one before a sign."""
    for node, parsed in graphs(seed):
        written = formula(node, {})
        for found in re.finditer(r"(?<![\w.])\((?!-)", written):
            depth, end = 1, found.end()
            while depth:
                depth += {"(": 1, ")": -1}.get(written[end], 0)
                end += 1
            less = f"{written[: found.start()]} {written[found.end() : end - 1]} {written[end:]}"
            try:
                read = regrouped(parsed(less))
            except GradcliError:
                continue
            assert read is not regrouped(node), (written, less)


def spelt(node: Node) -> bool:
    """Whether a text can say this: no op that only derivatives have, no condition spread out."""
    return not any(
        n.op.name in UNSPELT
        or (n.op.name in ("prod", "det") and n.params[0])
        or (n.op is EINSUM and n.args[0].op.boolean)
        for n in topological([node])
    )


@pytest.mark.parametrize("seed", range(24))
def test_what_is_written_has_the_same_value(seed: int) -> None:
    """In either style, for an expression, its derivatives and what the simplifier makes of them."""
    program, expression = drawn(Random(seed), 3)
    shapes = {k: tuple(map(letter, dims)) for k, dims in program.inputs.items()}
    model = api.parse(expression.text, shapes, LETTERS)
    output = model.output
    slopes = [derivative(output, x, []) for x in model.inputs.values()]
    point = program.point(SIZES, seed)
    values = {node: np.asarray(point[name])[None] for name, node in model.inputs.items()}
    for node in topological([output, *slopes, *map(Simplifier(), slopes)]):
        if (
            not spelt(node)
            or len(texts := {formula(node, {}), flat(node, {})}) > 300
            or node.op.boolean
        ):
            continue
        for text in texts:
            again = api.parse(text, shapes, LETTERS)
            ours = {x: values[model.inputs[name]] for name, x in again.inputs.items()}
            found = evaluate([node], FLOAT64, dict(values), SIZES)[0]
            read = evaluate([again.output], FLOAT64, ours, SIZES)[0]
            assert np.shape(read) == np.shape(found) and np.allclose(read, found), text


@pytest.mark.parametrize("seed", range(80, 110))
def test_a_cost_is_the_number_of_tokens(seed: int) -> None:
    """Found from the costs of what a formula is made of, it is that of the whole text."""
    for node, _ in graphs(seed):
        writer = TextWriter(lambda node: None, paper=True)
        for vertex in topological([node]):
            text = flat(vertex, {})
            assert writer.cost(vertex) == len(TOKEN.findall(text)), text


def test_deep_graphs_are_no_trouble() -> None:
    """A chain of 20,000 vertices, one of them with a name."""
    node = symbol("x", ())
    for k in range(20_000):
        node = make(NEG if k % 2 else TANH, node)
        if k == 10_000:
            named = node
    assert formula(node, {}).count("tanh") == 10_000
    assert formula(node, {named: "z"}).count("tanh") + formula(named, {}).count("tanh") == 10_000
    assert TextWriter(lambda node: None).cost(node) == 1 + 10_000 + 3 * 10_000
