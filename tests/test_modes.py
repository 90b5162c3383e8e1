"""Forward and reverse mode over random graphs: against each other, series, and their promises.

Must not know the tables: any function of the registry may stand in a graph, whatever its rule.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.api import diff
from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import power_of_two, upper
from gradcli.calculus.core import (
    COPY,
    WHERE,
    add,
    dimension,
    div,
    einsum,
    full,
    identity,
    mul,
    neg,
    number,
    sub,
    symbol,
    where,
)
from gradcli.calculus.differentiate import NoRule, local_jacobian, pull, push
from gradcli.calculus.families import Pointwise
from gradcli.certify.certify import disagree
from gradcli.certify.onesided import is_unknown, slopes
from gradcli.certify.problem import Problem
from gradcli.graph.node import Node, Op, labelled, make
from gradcli.graph.order import topological, verify
from gradcli.graph.shape import Dim, Shape, letter, sizes_of
from gradcli.ops import FUNCTIONS as F
from gradcli.ops.algebra import matmul
from gradcli.ops.powers import power_by
from gradcli.ops.reductions import sum_
from gradcli.ops.shaping import index, reshape, scatter, stack, transpose
from tests.sampling import array, smooth

BITS = 256
x, y = symbol("x", ()), symbol("y", ())
v, w = symbol("v", (3,)), symbol("w", (3,))
A = symbol("A", (3, 3))
LEAVES = [x, y, v, w, A]


# -- random graphs ---------------------------------------------------------------------------------


def inner_product(a: Node, b: Node) -> Node:
    return sum_(a * b)


UNARY: list[Callable[[Node], Node]] = [
    F["sin"],
    F["tanh"],
    F["sigmoid"],
    F["atan"],
    F["softplus"],
    lambda a: F["exp"](F["tanh"](a)),
    lambda a: F["log"](2 + F["cos"](a)),
    lambda a: F["sqrt"](1 + a * a),
    neg,
    lambda a: power_by(a, 2),
    lambda a: power_by(a, 3),
    lambda a: 1 / (1 + a * a),
    lambda a: labelled(a, "named") if a.args else a,
    lambda a: make(COPY, a),
    F["abs"],
    F["relu"],
    F["erf"],
]
BINARY: list[Callable[[Node, Node], Node]] = [
    add,
    sub,
    mul,
    lambda a, b: div(a, 1 + b * b),
    lambda a, b: make(WHERE, a < b, a * b, F["sin"](b)),
    lambda a, b: where(a > b, a, number(0)),
    F["max"],
    F["min"],
    F["atan2"],
    F["hypot"],
    F["logaddexp"],
]
OF_VECTOR: list[Callable[[Node], Node]] = [
    sum_,
    F["mean"],
    F["softmax"],
    F["log_softmax"],
    F["logsumexp"],
    F["prod"],
    F["max"],
    F["var"],
    F["diag"],
    lambda a: index(a, (1,)),
    lambda a: stack(a, a, F["sin"](a)),
    lambda a: index(F["concat"](a, neg(a)), ((2, 5),)),
    lambda a: F["outer"](a, a),
    F["norm"],
]
OF_MATRIX: list[Callable[[Node], Node]] = [
    transpose,
    lambda a: matmul(a, a),
    F["det"],
    F["trace"],
    F["diag"],
    lambda a: F["sum"](a, axis=0),
    lambda a: F["mean"](a, axis=1),
    lambda a: F["softmax"](a, axis=1),
    lambda a: F["max"](a, axis=0),
    lambda a: reshape(reshape(a, (9,)), (3, 3)),
    lambda a: index(a, ((0, 3), 1)),
    lambda a: F["inv"](a + 5 * einsum((number(1),), ("",), "ii", {"i": 3})),
    lambda a: einsum((a, a), ("ij", "ij"), "i", {}),
]


@st.composite
def graphs(draw: st.DrawFn, size: int = 18) -> Node:
    """A scalar, vector or matrix made of up to `size` steps, each of any vertices before it."""
    made: list[Node] = list(LEAVES)
    for _ in range(draw(st.integers(3, size))):
        a = made[draw(st.integers(0, len(made) - 1))]
        kind = draw(st.integers(0, 4))
        if kind == 0:
            made.append(draw(st.sampled_from(UNARY))(a))
        elif kind <= 2:
            b = made[draw(st.integers(0, len(made) - 1))]
            both = len(a.shape) + len(b.shape)
            if kind == 2 and len(a.shape) == 2 and both > 2:
                made.append(matmul(a, b))
            else:
                made.append(draw(st.sampled_from(BINARY))(a, b))
        elif len(a.shape) == 1:
            made.append(draw(st.sampled_from(OF_VECTOR))(a))
        elif len(a.shape) == 2:
            made.append(draw(st.sampled_from(OF_MATRIX))(a))
    return made[-1]


@st.composite
def points(draw: st.DrawFn) -> dict[Node, Any]:
    """Different sixty-fourths for every entry, so that there are no ties by accident."""
    counts = [int(np.prod(sizes_of(node.shape))) for node in LEAVES]
    numbers = draw(
        st.lists(st.integers(-96, 96), min_size=sum(counts), max_size=sum(counts), unique=True)
    )
    found, start = {}, 0
    for node, count in zip(LEAVES, counts, strict=True):
        part = [Fraction(k, 64) for k in numbers[start : start + count]]
        found[node] = array(part, sizes_of(node.shape))
        start += count
    return found


@given(graphs(), points())
def test_random_graphs(output: Node, point: dict[Node, Any]) -> None:
    """Reverse mode, forward mode and series over graphs with sharing; every pass is sound."""
    verify([output])
    problem = Problem(output, LEAVES, point)
    verify([problem.forward, *problem.reverse])
    with precision(BITS):
        if not smooth(problem):
            return
        at = problem.point(BALL)
        value, reverse = problem.by_reverse(BALL, at)
        flat = problem.flat(reverse)
        assert all(finite(g) for g in flat.flat)
        forward = problem.by_forward(BALL, at, problem.units())
        forward = forward.reshape(problem.columns, problem.rows).T
        series = slopes(problem, at, value, problem.units()).T
        assert not disagree(forward, flat)
        assert not any(a is None or is_unknown(a) for a in series.flat)
        assert not disagree(series, flat)
        narrow = power_of_two(-60)
        for way in (forward, series):
            pairs = zip(way.flat, flat.flat, strict=True)
            assert all(upper(a - b) <= (1 + upper(b)) * narrow for a, b in pairs)
        doubles = problem.flat(problem.by_reverse(FLOAT64, problem.point(FLOAT64))[1])
        assert np.isfinite(doubles).all()


def entries(node: Node, entry: Callable[[int], Fraction]) -> Any:
    """Entry j of an array is what is said of j."""
    shape = sizes_of(node.shape)
    return array([entry(j) for j in range(int(np.prod(shape)))], shape)


# -- what the passes promise -----------------------------------------------------------------------


class Bare(Op):
    """An op without any rule."""

    def shape(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        return args[0].shape


BARE = Bare("bare")


def test_pull_visits_only_what_leads_to_wrt() -> None:
    """A vertex without a rule beside the way to x is no obstacle, on the way it is an error."""
    beside = make(BARE, y)
    (found,) = pull({x * beside: number(1)}, [x])
    assert found is beside
    assert push([x * beside], {x: number(1)}) == [beside]
    with pytest.raises(NoRule, match="bare"):
        pull({x * make(BARE, x): number(1)}, [x])


def test_an_edge_that_leads_nowhere_is_not_asked() -> None:
    """The second argument has no rule; as long as nobody asks for it, that is no matter."""

    class Half(Pointwise):
        def partial(self, node: Node, index: int) -> Node | int:
            if index:
                raise NoRule("half has no rule for its argument 2")
            return super().partial(node, index)

    node = make(Half("half", lambda m, a, b: a * b, (lambda z, a, b: b,)), x, y * y)
    assert pull({node: number(1)}, [x]) == [y * y]
    assert push([node], {x: number(1)}) == [y * y]
    with pytest.raises(NoRule, match="argument 2"):
        pull({node: number(1)}, [y])


def test_nothing_leads_there() -> None:
    assert pull({x * x: number(1)}, [y]) == [None]
    assert push([x * x], {y: number(1)}) == [None]


def test_an_intermediate_vertex_is_independent() -> None:
    """dL/dz with z = 2x beside x itself: x is no function of z."""
    z = labelled(2 * x, "z")
    output = z * z + x * z
    (by_z,) = pull({output: number(1)}, [z])
    (pushed,) = push([output], {z: number(1)})
    assert by_z is not None
    assert pushed is not None
    for found in (by_z, pushed):
        assert scalar(found, {x: 3}) == 2 * 6 + 3


def scalar(node: Node, point: dict[Node, int]) -> Any:
    at = {leaf: array([value], ())[None] for leaf, value in point.items()}
    return evaluate([node], BALL, at)[0].flat[0]


def test_definitions_are_never_merged() -> None:
    a, b = labelled(x * x, "a"), labelled(x * x, "b")
    assert a is not b
    assert x * x is x * x
    (found,) = pull({a * b: number(1)}, [a])
    assert found is b


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("a = x^2; b = x^2; L = a*b", 9),
        ("a = x^2; L = a*x^2", 9),
        ("a = x; L = a*x", 3),
        ("a = x^2; b = a; L = a*b", 18),
        ("a = x^2; L = a*a", 18),
    ],
)
def test_definitions_in_programs(program: str, expected: int) -> None:
    """dL/da takes a alone as independent, whatever else has its value."""
    result = diff(program, ["x=3"], wrt=["a"])
    assert [*result.inputs[0].gradient.flat] == [expected]


def test_equal_expressions_are_one_object() -> None:
    assert F["sin"](x * y) + 1 is F["sin"](x * y) + 1
    assert symbol("x", ()) is x
    assert symbol("x", (3,)) is not x
    assert number(Fraction(2, 4)) is number(Fraction(1, 2))


CHAINS: dict[str, Callable[[int], Node]] = {
    "a chain": lambda n: chained(n, F["sin"]),
    "shared products": lambda n: chained(n, lambda a: a * a + a),
    "quotients": lambda n: chained(n, lambda a: a / (1 + a * a)),
    "softmax layers": lambda n: sum_(chained(n, lambda a: F["softmax"](a * w), v)),
    "matrix layers": lambda n: sum_(chained(n, lambda a: F["tanh"](matmul(A, a)), v)),
    "a sum": lambda n: sum((F["exp"](x * k) for k in range(1, n + 1)), number(0)),
    "powers": lambda n: chained(n, lambda a: make(F["atan2"].op, a, a * a)),  # type: ignore[arg-type]
}


def chained(n: int, step: Callable[[Node], Node], start: Node = x) -> Node:
    node = start
    for _ in range(n):
        node = step(node)
    return node


@pytest.mark.parametrize("kind", CHAINS)
def test_gradients_are_linear_in_size(kind: str) -> None:
    """The gradient of twice the graph has twice the vertices, in both modes and both orders."""
    leaf = v if "layers" in kind else x

    def sizes(n: int) -> list[int]:
        output = CHAINS[kind](n)
        adjoint = pull({output: number(1)}, [leaf])[0]
        tangent = push([output], {leaf: symbol("t", leaf.shape)})[0]
        assert adjoint is not None
        assert tangent is not None
        second = pull({tangent: number(1)}, [leaf])[0]
        assert second is not None
        return [len(topological([g])) for g in (adjoint, tangent, second)]

    for small, middle, large in zip(sizes(10), sizes(20), sizes(40), strict=True):
        assert large - middle <= 2 * (middle - small) + 4


@pytest.mark.slow
def test_a_long_chain() -> None:
    """Nothing recurses: twenty thousand vertices are built, differentiated and evaluated."""
    output = chained(20_000, F["sin"])
    (found,) = pull({output: number(1)}, [x])
    assert found is not None
    value = evaluate([found], FLOAT64, {x: np.array([1.0])})[0]
    assert 0 < value[0] < 1


MAPS: list[tuple[Node, Node]] = [
    (F["softmax"](v), v),
    (matmul(A, v), v),
    (matmul(A, v), A),
    (F["inv"](A), A),
    (v * x, x),
    (F["sin"](A), A),
    (stack(v, w), w),
    (sum_(v * v), v),
    (F["diag"](v), v),
    (F["sum"](A * v, axis=1), v),
    (F["concat"](v, w * w), v),
    (reshape(A, (9,)), A),
]


@pytest.mark.parametrize("k", range(len(MAPS)))
def test_extra_axes_make_jacobians(k: int) -> None:
    """Pushing and pulling the identity gives the Jacobian, of shape y.shape + x.shape."""
    output, leaf = MAPS[k]
    pushed = push([output], {leaf: identity(leaf.shape)}, leaf.shape)[0]
    pulled = pull({output: identity(output.shape)}, [leaf], output.shape)[0]
    assert pushed is not None
    assert pulled is not None
    verify([pushed, pulled])
    assert pushed.shape == output.shape + leaf.shape
    assert pulled.shape == leaf.shape + output.shape
    with precision(BITS):
        at = {node: entries(node, lambda j: Fraction(j * j + 3, 7 + j))[None] for node in LEAVES}
        forward, backward = evaluate([pushed, pulled], BALL, at)
        rank = len(leaf.shape)
        axes = [0, *range(rank + 1, backward.ndim), *range(1, rank + 1)]
        backward = backward.transpose(axes)
        assert forward.shape == backward.shape
        pairs = zip(forward.flat, backward.flat, strict=True)
        assert not any(a != b for a, b in pairs)
        if len(output.args) and leaf in output.args and output.args.count(leaf) == 1:
            local = local_jacobian(output, output.args.index(leaf))
            assert local.shape == pushed.shape
            found = np.broadcast_to(evaluate([local], BALL, at)[0], forward.shape)
            assert not any(a != b for a, b in zip(found.flat, forward.flat, strict=True))


# -- dimension letters -----------------------------------------------------------------------------

Build = Callable[[Dim, Dim], tuple[Node, list[Node]]]


def least_squares(m: Dim, n: Dim) -> tuple[Node, list[Node]]:
    X, b, t = symbol("X", (m, n)), symbol("b", (n,)), symbol("t", (m,))
    return F["mean"]((matmul(X, b) - t) ** 2), [X, b, t]


def classifier(m: Dim, n: Dim) -> tuple[Node, list[Node]]:
    X, b = symbol("X", (m, n)), symbol("b", (n,))
    return -sum_(F["log_softmax"](F["tanh"](X + b), axis=1) * X) / dimension(m), [X, b]


def normalised(m: Dim, n: Dim) -> tuple[Node, list[Node]]:
    X, b = symbol("X", (m, n)), symbol("b", (m,))
    means = reshape(F["mean"](X, axis=1), (m, 1))
    spread = reshape(F["var"](X, axis=1), (m, 1)) + 1
    return sum_(F["softmax"](b) * F["sum"]((X - means) / spread, axis=1) ** 2), [X, b]


def gram(m: Dim, n: Dim) -> tuple[Node, list[Node]]:
    X, b = symbol("X", (m, n)), symbol("b", (n,))
    gram_ = matmul(transpose(X), X)
    outer = F["outer"](b, b)
    return F["trace"](matmul(gram_, outer)) + sum_(F["diag"](gram_) * b), [X, b]


def sized_power(m: Dim, n: Dim) -> tuple[Node, list[Node]]:
    b = symbol("b", (n,))
    power = n if not isinstance(n, int) else Fraction(n)
    return sum_(power_by(b, power)) + F["logsumexp"](b) * dimension(m), [b]


def joined(m: Dim, n: Dim) -> tuple[Node, list[Node]]:
    b, c = symbol("b", (m,)), symbol("c", (n,))
    both = F["concat"](b, c * c, b)
    return F["prod"](F["sin"](both) + 2) + F["max"](both), [b, c]


SYMBOLIC: list[Build] = [least_squares, classifier, normalised, gram, sized_power, joined]


@pytest.mark.parametrize("build", SYMBOLIC, ids=lambda build: build.__name__)
def test_dimension_letters(build: Build) -> None:
    """Differentiated once with letters, evaluated at several sizes: as if built with the sizes."""
    output, leaves = build(letter("m"), letter("n"))
    adjoints = pull({output: number(1)}, leaves)
    tangents = push([output], {leaf: symbol(f"t{leaf}", leaf.shape) for leaf in leaves})
    symbolic = [g for g in (*adjoints, *tangents) if g is not None]
    verify(symbolic)
    for m, n in ((1, 1), (2, 3), (3, 2), (4, 1), (1, 4)):
        plain_output, plain_leaves = build(m, n)
        plain_adjoints = pull({plain_output: number(1)}, plain_leaves)
        at, plain_at = {}, {}
        for k, (leaf, sized) in enumerate(zip(leaves, plain_leaves, strict=True)):
            shape = sizes_of(sized.shape)
            entries = [Fraction((7 * j + 3 * k) % 11 - 4, 5) for j in range(int(np.prod(shape)))]
            at[leaf] = plain_at[sized] = array(entries, shape)[None]
        with precision(BITS):
            found = evaluate([output, *[a for a in adjoints if a]], BALL, at, {"m": m, "n": n})
            expected = evaluate([plain_output, *[a for a in plain_adjoints if a]], BALL, plain_at)
        for a, b in zip(found, expected, strict=True):
            assert a.shape == b.shape
            assert not any(p != q for p, q in zip(a.flat, b.flat, strict=True))


# -- structural zeros ------------------------------------------------------------------------------

DEAD: dict[str, Callable[[Node], Node]] = {
    "log": lambda a: F["log"](a - 100),
    "1/0": lambda a: 1 / (a - a),
    "sqrt": lambda a: F["sqrt"](a - 100),
    "overflow": lambda a: F["exp"](F["exp"](a * a + 100)),
    "nested": lambda a: where(a > 50, F["log"](a - 100), 1 / (a - a)),
}
AFTER: dict[str, Callable[[Node], Node]] = {
    "alone": lambda a: a,
    "times": lambda a: a * w,
    "times a NaN-free chain": lambda a: F["sin"](a * x) * F["exp"](a),
    "matmul": lambda a: matmul(A, a),
    "row": lambda a: matmul(transpose(a), A),
    "sum": sum_,
    "softmax": F["softmax"],
    "reshape": lambda a: matmul(A, reshape(reshape(a, (3, 1)), (3,))),
    "index": lambda a: index(a, ((1, 3),)),
    "concat": lambda a: F["concat"](a, a * w),
    "stack": lambda a: matmul(stack(a, w), v),
    "outer": lambda a: F["outer"](a, w),
    "mean": lambda a: F["mean"](a * v) * a,
    "quotient": lambda a: a / (2 + w * w),
    "diag": lambda a: matmul(F["diag"](a), v),
    "negated": lambda a: -(-a * 3) + 1,
    "norm": F["norm"],
    "var": F["var"],
    "prod": F["prod"],
    "max": F["max"],
}


BETWEEN: dict[str, Callable[[Node], Node]] = {
    "used twice": lambda a: F["sqrt"](a) + F["sin"](F["sqrt"](a)),
    "sliced": lambda a: index(F["concat"](v, F["sqrt"](a), w), ((3, 6),)),
    "stacked": lambda a: index(stack(v, F["sqrt"](a)), (1,)),
    "reshaped": lambda a: reshape(reshape(F["sqrt"](a), (3, 1)), (3,)),
    "a row": lambda a: transpose(transpose(F["sqrt"](a))),
    "scattered": lambda a: index(scatter(F["sqrt"](a), (2, 3), (1,)), (1,)),
    "its diagonal": lambda a: F["diag"](F["diag"](F["sqrt"](a))),
}
REDUCED: dict[str, Callable[[Node], Node]] = {
    "sum": lambda a: sum_(F["sqrt"](a)),
    "matmul": lambda a: matmul(A, F["sqrt"](a)),
    "softmax": lambda a: F["softmax"](F["sqrt"](a)),
    "norm": lambda a: F["norm"](F["sqrt"](a)),
    "var": lambda a: F["var"](F["log"](a)),
    "max": lambda a: F["max"](F["sqrt"](a)),
    "outer": lambda a: matmul(F["outer"](F["sqrt"](a), a), v),
    "inverse": lambda a: matmul(F["inv"](F["outer"](F["sqrt"](a), a)), v),
}


@pytest.mark.parametrize("between", [*BETWEEN, *REDUCED])
def test_no_nan_through_what_lies_before(between: str) -> None:
    """Structure between the vertex without a value and the `where` that leaves it out."""
    dead = (BETWEEN | REDUCED)[between](v - 100)
    for condition, first in conditions().values():
        if condition.shape and between in REDUCED:
            continue
        alive = F["cos"](v) if dead.shape else x
        for follow in ("alone", "negated", "times") if dead.shape else ("alone", "negated"):
            branches = (dead, alive) if first else (alive, dead)
            output = AFTER[follow](where(condition, *branches))
            check_finite(output, [v, w, x, A])


def test_no_nan_where_two_conditions_leave_it_out() -> None:
    dead = F["sqrt"](v - 100)
    first, second = where(v > 100, dead, v), where(x < 0, F["sin"](dead), v * v)
    for output in (first + second, first * second, matmul(A, first) * second):
        check_finite(output, [v, x, A])


def conditions() -> dict[str, tuple[Node, bool]]:
    """A condition and whether it chooses the dead branch nowhere when it is the first one."""
    return {
        "a scalar": (x > 100, True),
        "entry by entry": (v > 100, True),
        "of no input": (number(1) > 2, True),
        "the other branch": (v < 100, False),
    }


@pytest.mark.slow
@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("dead", DEAD)
def test_no_nan_from_an_unselected_branch(dead: str, after: str) -> None:
    """In both modes, both orders, doubles and balls; whatever stands before and behind."""
    for condition, first in conditions().values():
        bad = DEAD[dead](v)
        branches = (bad, v * v + 1) if first else (v * v + 1, bad)
        output = AFTER[after](where(condition, *branches))
        check_finite(output, [v, w, x, A])


@pytest.mark.parametrize("dead", DEAD)
def test_no_nan_entry_by_entry(dead: str) -> None:
    """A condition over a matrix that some entries meet: only theirs is alive."""
    bad = DEAD[dead](A)
    chosen = where(A > 100, bad, F["sin"](A))
    row = where(v > 100, DEAD[dead](v), v)
    for output in (
        matmul(chosen, row), chosen * row, F["softmax"](matmul(chosen, chosen), axis=1),
        F["sum"](chosen, axis=0) * row, F["trace"](matmul(chosen, A)), F["inv"](chosen),
        where(x > 0, where(A > 100, bad, A), A * x), F["max"](chosen, axis=1),
    ):  # fmt: skip
        check_finite(output, [v, x, A])


def check_finite(output: Node, leaves: list[Node]) -> None:
    given_ = (x, v, w, A)
    exact = {leaf: entries(leaf, lambda j: Fraction(3 * j + 1, 4 + j * j)) for leaf in given_}
    problem = Problem(output, leaves, exact)
    with precision(BITS):
        at = problem.point(BALL)
        value, reverse = problem.by_reverse(BALL, at)
        flat = problem.flat(reverse)
        assert all(finite(g) for g in (*value.flat, *flat.flat))
        forward = problem.by_forward(BALL, at, problem.units())
        assert not disagree(forward.reshape(problem.columns, problem.rows).T, flat)
        doubles = problem.point(FLOAT64)
        plain_value, plain_reverse = problem.by_reverse(FLOAT64, doubles)
        assert np.isfinite(plain_value).all()
        assert np.isfinite(problem.flat(plain_reverse)).all()
        pushed = problem.by_forward(FLOAT64, doubles, np.eye(problem.columns))
        assert np.isfinite(pushed).all()
    loss = sum_(output) if output.shape else output
    tangents = {leaf: full(1, leaf.shape) for leaf in leaves}
    (tangent,) = push([loss], tangents)
    if tangent is not None:
        second = [g for g in pull({tangent: number(1)}, leaves) if g is not None]
        with precision(BITS):
            for m, values in ((BALL, at), (FLOAT64, doubles)):
                for g in evaluate(second, m, values):
                    assert np.asarray(m.finite(g), dtype=bool).all()


def test_a_numeric_zero_does_not_hide_infinity() -> None:
    """0 * (1/0) with a zero that is a number is NaN: only a branch not taken is passed over."""
    zero = x - x
    for output in (zero * (1 / zero), matmul(v * zero, v / zero), where(x > 0, zero, x) / zero):
        at = {x: np.array([2.0]), v: np.ones((1, 3))}
        assert np.isnan(evaluate([output], FLOAT64, at)[0]).all()
    (found,) = pull({where(x > 0, F["sqrt"](zero), 0 * x): number(1)}, [x])
    assert found is not None
    assert not np.isfinite(evaluate([found], FLOAT64, {x: np.array([2.0])})[0]).any()
