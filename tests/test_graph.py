"""Vertices, shapes and orders: what every pass relies on.

Must not know derivatives or numbers.
"""

from __future__ import annotations

import gc
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.calculus.core import ADD, EINSUM, MUL, add, einsum, mul, neg, number, symbol
from gradcli.graph.node import Node, ShapeError, _forget, labelled, make
from gradcli.graph.order import dependents, topological, verify
from gradcli.graph.shape import (
    ROW,
    Dim,
    Letters,
    RowAxis,
    add_dims,
    broadcast,
    describe,
    is_row,
    letter,
    multiply_dims,
    show,
    size,
    sized,
    sizes_of,
)
from gradcli.ops import FUNCTIONS as F
from gradcli.ops.algebra import matmul
from gradcli.ops.shaping import index, reshape, scatter, stack, transpose

x, y = symbol("x", ()), symbol("y", ())
v, A, T = symbol("v", (3,)), symbol("A", (2, 3)), symbol("T", (2, 2, 2))
m, n = letter("m"), letter("n")


# -- vertices --------------------------------------------------------------------------------------


def test_interning() -> None:
    assert make(ADD, x, y) is make(ADD, x, y)
    assert make(ADD, x, y) is not make(ADD, y, x)
    assert make(ADD, x, y) is not make(MUL, x, y)
    first, second = labelled(x + y, "s"), labelled(x + y, "s")
    assert first is not second
    assert first.name == "s"
    assert (x + y).name is None
    assert first + 1 is first + 1
    assert first + 1 is not second + 1


def test_what_nobody_holds_is_forgotten() -> None:
    """The table of vertices does not keep them alive."""
    gc.collect()
    before = len(ADD.interned)
    made = [symbol(f"forgotten{k}", ()) + 1 for k in range(100)]
    assert len(ADD.interned) >= before + 100
    del made
    gc.collect()
    assert len(ADD.interned) < before + 50


def test_what_is_made_again_is_not_forgotten_with_the_first() -> None:
    """Garbage that is found late must not take the place of a vertex that lives."""
    first = make(ADD, x, symbol("again", ()))
    late = ADD.interned[first.args]
    args = first.args
    del first
    again = make(ADD, *args)
    _forget(late)
    assert make(ADD, *args) is again


def test_vertices_are_immutable_in_effect() -> None:
    """Building on a vertex leaves it as it was."""
    node = x * y
    fields = node.op, node.args, node.params, node.shape, node.label
    _ = (node + 1) * node - node / 2
    assert fields == (node.op, node.args, node.params, node.shape, node.label)
    with pytest.raises(AttributeError):
        node.colour = "red"  # type: ignore[attr-defined]


# -- orders ----------------------------------------------------------------------------------------


@st.composite
def dags(draw: st.DrawFn) -> list[Node]:
    made = [x, y]
    for _ in range(draw(st.integers(1, 30))):
        a, b = (made[draw(st.integers(0, len(made) - 1))] for _ in range(2))
        made.append(make(draw(st.sampled_from((ADD, MUL))), a, b))
    return made


@given(dags(), st.data())
def test_topological_order(made: list[Node], data: st.DataObject) -> None:
    outputs = data.draw(st.lists(st.sampled_from(made), min_size=1, max_size=3))
    order = topological(outputs)
    place = {node: k for k, node in enumerate(order)}
    assert len(place) == len(order)
    assert all(place[arg] < place[node] for node in order for arg in node.args)
    needed, stack_ = set(outputs), list(outputs)
    while stack_:
        for arg in stack_.pop().args:
            if arg not in needed:
                needed.add(arg)
                stack_.append(arg)
    assert needed == set(order)
    active = dependents(order, {x})
    assert active - {x} == {node for node in order if node is not x and leads(node, x)}
    verify(outputs)


def leads(node: Node, source: Node) -> bool:
    return any(arg is source or leads(arg, source) for arg in node.args)


@pytest.mark.slow
def test_a_chain_of_a_hundred_thousand() -> None:
    node = x
    for _ in range(100_000):
        node = make(ADD, node, y)
    order = topological([node])
    assert len(order) == 100_002
    assert len(dependents(order, {y})) == 100_001


def test_follow_narrows_the_walk() -> None:
    node = (x * y) + (x + 1)
    assert y not in topological([node], lambda at: at.args[1:])
    assert topological([node], given={node}) == [node]


def test_every_vertex_is_followed_once() -> None:
    node = x
    for _ in range(10):
        node = node * node + y
    followed: list[Node] = []
    order = topological([node, node], lambda at: followed.append(at) or at.args)
    assert len(followed) == len(order) == 22


def test_verify_sees_a_wrong_shape() -> None:
    wrong = object.__new__(Node)
    wrong.op, wrong.args, wrong.params, wrong.label = ADD, (v, v), (), None
    wrong.shape = (4,)
    with pytest.raises(AssertionError, match="wrong shape"):
        verify([wrong])


# -- shapes ----------------------------------------------------------------------------------------

dims = st.integers(1, 3)
shapes = st.lists(dims, max_size=4).map(tuple)


@given(st.lists(shapes, min_size=1, max_size=3))
def test_broadcasting_is_numpys(many: list[tuple[int, ...]]) -> None:
    try:
        expected = np.broadcast_shapes(*many)
    except ValueError:
        expected = None
    assert broadcast(*many) == expected


def test_broadcasting_letters() -> None:
    assert broadcast((m, n), (n,)) == (m, n)
    assert broadcast((m, 1), (1, n)) == (m, n)
    assert broadcast((m,), (n,)) is None
    assert broadcast((m,), (3,)) is None
    assert broadcast((), (m,)) == (m,)


def test_a_row_remembers_what_it_is() -> None:
    row = (ROW, 3)
    assert row == (1, 3)
    assert is_row(row)
    assert not is_row((1, 3))
    found = broadcast(row, (1, 3))
    assert found is not None
    assert isinstance(found[0], RowAxis)


polynomials = st.lists(
    st.tuples(st.integers(-3, 3), st.lists(st.sampled_from("mn"), max_size=2)), max_size=3
)


def built(terms: list[tuple[int, list[str]]]) -> Dim:
    total: Dim = 0
    for factor, letters in terms:
        term: Dim = factor
        for name in letters:
            term = multiply_dims(term, letter(name))
        total = add_dims(total, term)
    return total


@given(polynomials, polynomials, st.integers(1, 5), st.integers(1, 5))
def test_dimensions_are_polynomials(p: list, q: list, one: int, two: int) -> None:  # type: ignore[type-arg]
    """Sums and products of dimensions with letters have the values of their letters."""
    a, b, sizes = built(p), built(q), {"m": one, "n": two}
    s, t = sized(a, sizes), sized(b, sizes)
    assert sized(add_dims(a, b), sizes) == s + t
    assert sized(multiply_dims(a, b), sizes) == s * t
    assert add_dims(a, multiply_dims(-1, a)) == 0
    assert isinstance(a, Letters | int)


@pytest.mark.parametrize(
    ("dim", "text"),
    [
        (add_dims(m, 1), "m + 1"),
        (multiply_dims(m, n), "m*n"),
        (multiply_dims(2, m), "2*m"),
        (add_dims(m, multiply_dims(-1, n)), "m - n"),
        (add_dims(multiply_dims(m, m), -3), "m*m - 3"),
    ],
)
def test_dimensions_as_text(dim: Dim, text: str) -> None:
    assert str(dim) == text


def test_sizes() -> None:
    assert size((2, 3)) == 6
    assert size(()) == 1
    assert sized(size((m, n, 2)), {"m": 3, "n": 5}) == 30
    assert sizes_of((2, 3)) == (2, 3)
    with pytest.raises(ValueError, match="has no size"):
        sizes_of((m, 3))
    with pytest.raises(KeyError):
        sized(m, {})


@pytest.mark.parametrize(
    ("shape", "text", "words"),
    [
        ((), "()", "a scalar"),
        ((3,), "(3,)", "a vector of 3"),
        ((2, 3), "(2, 3)", "a 2x3 matrix"),
        ((8, 3), "(8, 3)", "an 8x3 matrix"),
        ((m, n), "(m, n)", "an mxn matrix"),
        ((ROW, 3), "(1, 3)", "a row of 3"),
        ((2, 3, 4), "(2, 3, 4)", "a 2x3x4 tensor"),
    ],
)
def test_shapes_in_words(shape: tuple[Dim, ...], text: str, words: str) -> None:
    assert show(shape) == text
    assert describe(shape) == words


# -- shapes of ops ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "build",
    [
        lambda: make(ADD, v, symbol("w", (4,))),
        lambda: matmul(A, A),
        lambda: matmul(x, v),
        lambda: matmul(T, v),
        lambda: F["det"](A),
        lambda: F["inv"](v),
        lambda: F["solve"](symbol("S", (3, 3)), x),
        lambda: F["solve"](symbol("S", (3, 3)), symbol("U", (3, 3, 3))),
        lambda: F["solve"](symbol("S", (3, 3)), symbol("w", (4,))),
        lambda: F["softmax"](A),
        lambda: F["sum"](v, axis=1),
        lambda: F["sum"](v, axis=-2),
        lambda: F["max"](v, x, axis=0),
        lambda: F["norm"](A),
        lambda: F["norm"](v, p="nuclear"),
        lambda: F["dot"](v, symbol("w", (4,))),
        lambda: F["cross"](symbol("w", (4,)), v),
        lambda: F["einsum"]("ij,jk->ik", A, A),
        lambda: F["einsum"]("ij->ijj", A),
        lambda: F["einsum"]("ij->k", A),
        lambda: F["einsum"]("ij", A),
        lambda: reshape(A, (5,)),
        lambda: index(v, (3,)),
        lambda: index(v, (-1,)),
        lambda: index(v, (0, 0)),
        lambda: transpose(T),
        lambda: stack(v, A),
        lambda: F["concat"](x, x),
        lambda: F["concat"](v, A),
        lambda: F["concat"](A, symbol("B", (3, 2)), axis=0),
        lambda: F["trace"](A),
        lambda: F["kron"](v, A),
        lambda: F["vec"](v),
        lambda: einsum((v,), ("ij",), "i", {}),
        lambda: einsum((v, A), ("i", "ij"), "j", {}),
    ],
)
def test_arguments_that_do_not_fit(build: object) -> None:
    with pytest.raises(ShapeError) as error:
        build()  # type: ignore[operator]
    assert str(error.value)


def test_shapes_that_fit() -> None:
    assert matmul(A, v).shape == (2,)
    assert matmul(v, transpose(v)).shape == (3, 3)
    assert matmul(transpose(v), v).shape == ()
    assert is_row(transpose(v).shape)
    assert transpose(transpose(v)).shape == (3,)
    assert F["max"](A, axis=-1).shape == (2,)
    assert F["concat"](A, A, axis=1).shape == (2, 6)
    assert scatter(v, (2, 3), (0,)).shape == (2, 3)
    assert reshape(symbol("X", (m, n)), (size((m, n)),)).shape == (multiply_dims(m, n),)
    assert F["concat"](symbol("a", (m,)), symbol("b", (n,))).shape == (add_dims(m, n),)


def test_builders_simplify_and_users_terms_stay() -> None:
    zero, one = number(0), number(1)
    assert add(x, zero) is x
    assert mul(x, one) is x
    assert mul(x, zero) is zero
    assert neg(neg(x)) is x
    assert add(x, -y) is x - y
    assert number(2) * 3 is number(6)
    assert make(MUL, x, one) is not x
    assert make(EINSUM, v, params=(("i",), "i", ())) is not v
    kept = labelled(-x, "named")
    assert -kept is not x
    for a, b in product((x, v), repeat=2):
        assert mul(a, mul(zero, b)).shape == broadcast(a.shape, b.shape)
