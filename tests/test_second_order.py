"""Jacobians, Hessians and products: against series, known matrices, each other, and planted lies.

Must not know how they are drawn; functions come from the registry, none is named for its rule.
"""

from __future__ import annotations

import re
import tracemalloc
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_modes import LEAVES, graphs, points

import gradcli
from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.jet import jet
from gradcli.arithmetic.measure import integer, is_exact, power_of_two, upper
from gradcli.arithmetic.series import SERIES
from gradcli.certify import derivative_matrices as matrix
from gradcli.certify.certify import Naming
from gradcli.certify.derivative_matrices import Question, gradient_graph
from gradcli.certify.directional import Directional
from gradcli.certify.onesided import is_unknown, slopes
from gradcli.certify.pattern import Pattern, pattern
from gradcli.certify.problem import Problem
from gradcli.certify.result import MatrixResult
from gradcli.errors import GradcliError, SelfCheckError
from gradcli.graph.node import Node
from gradcli.graph.shape import sizes_of
from gradcli.ops.reductions import sum_
from tests.sampling import Case, all_cases, array, problems, seed_of, smooth

BITS = 256
NOWHERE_SMOOTH = {"std(())"}
CASES = [case for case in all_cases() if case.inputs and case.name not in NOWHERE_SMOOTH]


def close(a: Any, b: Any, bits: int = 100) -> bool:
    return bool(upper(a - b) <= (1 + upper(b)) * power_of_two(-bits))


def whole(node: Node, random: Random) -> Any:
    shape = sizes_of(node.shape)
    count = int(np.prod(shape))
    return array([random.choice((-3, -2, -1, 1, 2, 3)) for _ in range(count)], shape)


def asked(output: Node, at: Problem, seeds: dict[Node, Any] | None = None) -> Question:
    wrt = {str(node.params[0]): node for node in at.wrt}
    return Question(output, wrt, at.values, Naming(dict, {}), 15, 0, seeds)


# -- every function of the registry ----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_products_of_every_function(case: Case) -> None:
    """A product forwards is the series' slope, a product backwards is its adjoint."""
    [problem] = problems(case, 1)
    random = Random(seed_of(case.name))
    tangents = {node: whole(node, random) for node in problem.wrt}
    cotangent = whole(problem.output, random)
    forward = matrix.jvp(asked(problem.output, problem, tangents))
    back = matrix.vjp(asked(problem.output, problem), cotangent)
    with precision(BITS):
        point = problem.point(BALL)
        value = evaluate([problem.output], BALL, point)[0][0, ...]
        direction = np.concatenate([t.ravel() for t in tangents.values()])
        series = slopes(problem, point, value, direction[None])[0]
        assert not any(x is None or is_unknown(x) for x in series)
        assert all(close(a, b) for a, b in zip(forward.entries, series, strict=True))
        one = sum(forward.entries * cotangent.ravel(), integer(0))
        other = sum(back.entries * direction, integer(0))
        assert close(one, other)
        if all(map(is_exact, [*forward.entries, *back.entries])):
            assert one == other


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_second_derivatives_of_every_function(case: Case) -> None:
    """v @ H @ v is twice the second coefficient of FLINT's series, which knows none of our rules.

    The Hessian by its sweeps gives the same product, and no path that matters is overlooked.
    """
    [problem] = problems(case, 1)
    random = Random(seed_of(case.name))
    weights = whole(problem.output, random)
    weighed = _weighed(problem.output, weights)
    loss = Problem(weighed, problem.wrt, problem.values)
    if not smooth(Problem(gradient_graph(weighed, problem.wrt), problem.wrt, problem.values)):
        return
    tangents = {node: whole(node, random) for node in problem.wrt}
    product = matrix.hvp(asked(weighed, loss, tangents))
    hessian = matrix.hessian(asked(weighed, loss))
    assert hessian.symmetric
    with precision(BITS, terms=3):
        v = np.concatenate([t.ravel() for t in tangents.values()])
        moving = loss.along(loss.point(BALL), v[None])
        curve = jet(evaluate([weighed], SERIES, moving)[0].flat[0])
        assert close(sum(product.entries * v, integer(0)), 2 * curve.coefficient(2), 80)
        assert all(close(a, b) for a, b in zip(product.entries, dense(hessian) @ v, strict=True))


def _weighed(output: Node, weights: Any) -> Node:
    from gradcli.calculus.core import number  # noqa: PLC0415
    from gradcli.ops.shaping import reshape, stack  # noqa: PLC0415

    if not output.shape:
        return output * number(int(weights[()].p))
    known = stack(*(number(int(w.p)) for w in weights.flat))
    return sum_(output * reshape(known, output.shape))


def dense(result: MatrixResult) -> np.ndarray[Any, Any]:
    found = np.full(result.size, integer(0), dtype=object)
    found[result.rows, result.columns] = result.entries
    return found


# -- patterns --------------------------------------------------------------------------------------


@given(graphs(12), points())
@settings(max_examples=60)
def test_no_entry_is_overlooked(output: Node, point: dict[Node, Any]) -> None:
    """What the graph calls a structural zero is one, and columns of one colour never meet."""
    found = pattern(output, LEAVES)
    assert found is not None
    with precision(BITS):
        problem = Problem(output, LEAVES, point)
        if not smooth(problem):
            return
        whole_matrix = problem.solve(BALL, problem.point(BALL))[1]
        listed = {*zip(found.rows.tolist(), found.columns.tolist(), strict=True)}
        assert all(
            place in listed or whole_matrix[place] == 0 for place in np.ndindex(whole_matrix.shape)
        )
    colours = found.colours()
    pairs = [(r, int(colours[c])) for r, c in listed]
    assert len(pairs) == len({*pairs})


PATTERNS = [
    ("sin(x)*exp(x)", "x=[1,2,3,4]", "diagonal", 1),
    ("x[1:] - x[:-1]", "x=[1,2,3,4]", "sparse", 2),
    ("softmax(X, axis=1)", "X=[[1,2,3],[4,5,6]]", "block diagonal, 2 blocks", 3),
    ("[[1,2],[3,4]] @ x", "x=[5,6]", "dense", 2),
    ("[x[0], x[0] + x[1], x[1]*x[2]*x[0]]", "x=[1,2,3]", "lower triangular", 3),
    ("[x[0]*x[2], x[1] + x[2], x[2]]", "x=[1,2,3]", "upper triangular", 2),
    ("0*[1, 2] + y[0] - y[0] + 0*x", "x=[5,6], y=[1,2]", "sparse", 2),
]


@pytest.mark.parametrize(("text", "at", "name", "sweeps"), PATTERNS)
def test_patterns(text: str, at: str, name: str, sweeps: int) -> None:
    found = gradcli.jacobian(text, [at])
    assert found.pattern == name
    assert f"{sweeps} sweep" in found.mode


def test_the_cheaper_mode() -> None:
    tall = gradcli.jacobian("[x, x^2, x^3, sin(x)]", ["x=2"])
    assert tall.mode.startswith("forward mode: 1 sweep, ")
    wide = gradcli.jacobian("[sum(sin(x)), prod(cos(x))]", [f"x={[*range(1, 30)]}"])
    assert wide.mode.startswith("reverse mode: 2 sweeps, ")
    for found in (tall, wide):
        fewer, more = map(int, re.findall(r"(\d+) (?:operations|in )", found.mode))
        assert fewer < more


@pytest.mark.slow
def test_a_diagonal_is_never_formed(tmp_path: Path) -> None:
    n = 2_000
    np.save(tmp_path / "x.npy", np.linspace(0.1, 1, n))
    tracemalloc.start()
    found = gradcli.jacobian("sin(x) + x^2", [f"x=@{tmp_path / 'x.npy'}"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.pattern, len(found.entries), found.certified) == ("diagonal", n, True)
    assert peak < 8 * n * n / 2, "as much as half a dense matrix of doubles"


def test_a_long_list_costs_no_square() -> None:
    """A list of n scalars is one vertex forwards, not n arrays of n entries."""
    n = 300
    model = gradcli.parse(f"[{', '.join(f'sin({k}*x)' for k in range(n))}]")
    problem = Directional(model.output, [model.inputs["x"]], {model.inputs["x"]: array([1], ())})
    assert problem.cost < 20 * n


# -- known matrices --------------------------------------------------------------------------------

HESSIANS = [
    ("x^2*y", "x=3, y=2", [[4, 6], [6, 0]]),
    ("x.T @ [[1, 2], [3, 4]] @ x", "x=[5, 7]", [[2, 5], [5, 8]]),
    ("sum(x^3)", "x=[1, 2, -3]", [[6, 0, 0], [0, 12, 0], [0, 0, -18]]),
    ("prod(x)", "x=[2, 0, 0]", [[0, 0, 0], [0, 0, 2], [0, 2, 0]]),
    ("x*y*z", "x=1, y=2, z=3", [[0, 3, 2], [3, 0, 1], [2, 1, 0]]),
    ("1/x", "x=1/2", [[16]]),
    ("det(A)", "A=[[1, 2], [3, 4]]",
     [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]]),
    ("sum((A @ x - [1, 1])^2)/2", "A=[[1, 2], [0, 1]], x=[1, 1]", None),
    ("x - 2*y", "x=1, y=1", [[0, 0], [0, 0]]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "expected"), HESSIANS)
def test_known_hessians(text: str, at: str, expected: Any) -> None:
    found = gradcli.hessian(text, [at])
    exact = dense(found)
    assert all(map(is_exact, exact.flat))
    assert found.symmetric == "symmetric, exactly"
    assert (exact == exact.T).all()
    if expected is not None:
        assert exact.tolist() == expected


def test_softmax_cross_entropy_has_the_covariance_as_its_hessian() -> None:
    found = gradcli.hessian("log(sum(exp(z)))", ["z=[1, 2, 3]"])
    p = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()
    assert np.allclose(dense(found).astype(float), np.diag(p) - np.outer(p, p), rtol=1e-14)
    assert found.symmetric == "symmetric in every certified digit"


# -- properties, exactly on rationals --------------------------------------------------------------

RATIONAL = ["x^2*y - x/y", "sum([x, y]^3)*x", "x^3*y^2/(1 + x^2)", "(x*y - 1)^4", "x*y/(x^2 + y^2)"]
SMALL = st.fractions(-5, 5, max_denominator=7).filter(bool)


@pytest.mark.slow
@given(st.sampled_from(RATIONAL), SMALL, SMALL, SMALL, SMALL)
def test_hvp_is_the_hessian_times_v(
    text: str, x: Fraction, y: Fraction, u: Fraction, v: Fraction
) -> None:
    at, along = [f"x={x}, y={y}"], [f"x={u}, y={v}"]
    direction = array([u, v], (2,))
    formed = dense(gradcli.hessian(text, at)) @ direction
    for product in (gradcli.hvp(text, at, tangent=along), gradcli.hessian(text, at, times=along)):
        assert product.entries.tolist() == formed.tolist()
        assert all(map(is_exact, product.entries))


@given(SMALL, SMALL, SMALL, SMALL, SMALL, SMALL)
def test_jvp_and_vjp_are_adjoint(
    x: Fraction, y: Fraction, a: Fraction, b: Fraction, u: Fraction, v: Fraction
) -> None:
    text, at = "[x*y, x/y]", [f"x={x}, y={y}"]
    forward = gradcli.jvp(text, at, tangent=[f"x={a}, y={b}"]).entries
    back = gradcli.vjp(text, at, cotangent=f"[{u}, {v}]").entries
    left, right = forward @ array([u, v], (2,)), back @ array([a, b], (2,))
    assert is_exact(left)
    assert left == right
    whole_matrix = dense(gradcli.jacobian(text, at))
    assert (whole_matrix @ array([a, b], (2,))).tolist() == forward.tolist()


# -- kinks, domains, what cannot be told -----------------------------------------------------------


def test_a_kink_of_the_first_derivative() -> None:
    found = gradcli.hessian("x*abs(x) + y^2", ["x=0, y=1"])
    [(place, kink)] = found.kinks.items()
    assert (place, kink.left, kink.right, kink.convention) == (0, -2, 2, None)
    assert dense(found)[1, 1] == 2
    assert not found.symmetric
    assert [note.code for note in found.notes] == ["G301"]


@pytest.mark.parametrize("text", ["abs(x)", "step(x)", "where(x > 0, x^2, x)"])
def test_no_second_derivative_where_there_is_no_first(text: str) -> None:
    [entry] = gradcli.hessian(text, ["x=0"]).entries
    assert entry is None


@pytest.mark.parametrize(
    ("text", "second"), [("relu(x) - relu(-x)", 0), ("abs(x)^2", 2), ("x*relu(x)*abs(x)", 0)]
)
def test_a_kink_that_the_whole_does_not_have(text: str, second: int) -> None:
    [entry] = gradcli.hessian(text, ["x=0"]).entries
    assert entry == second


def test_a_jump_has_no_paths_and_is_seen() -> None:
    found = gradcli.jacobian("[step(x), x]", ["x=0"])
    assert [entry is None for entry in found.entries] == [True, False]


def test_a_direction_along_a_kink() -> None:
    found = gradcli.jvp("abs(x) + abs(y)", ["x=0, y=1"], tangent=["y=3"])
    assert found.entries.tolist() == [3]
    found = gradcli.jvp("abs(x) + y", ["x=0, y=1"], tangent=["x=2, y=1"])
    assert [(kink.left, kink.right) for kink in found.kinks.values()] == [(-1, 3)]


def test_an_open_switch_is_not_settled() -> None:
    found = gradcli.hessian("relu(sin(1)^2 + cos(1)^2 - 1 + x)*x", ["x=0"])
    assert not found.settled
    assert "G304" in [note.code for note in found.notes]


def test_digits_that_float64_loses() -> None:
    found = gradcli.hessian("(1 - cos(x))/x^2", ["x=1e-8"])
    assert found.digits == 0
    assert float(found.entries[0]) == -1 / 12


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("hessian", {"source": "[x, x]", "at": ["x=1"]}, "G201"),
    ("hvp", {"source": "[x, x]", "at": ["x=1"], "tangent": ["x=1"]}, "G201"),
    ("hessian", {"source": "log(x)", "at": ["x=-1"]}, "G302"),
    ("jvp", {"source": "sqrt(x)", "at": ["x=-1"], "tangent": ["x=1"]}, "G302"),
    ("jvp", {"source": "x", "at": ["x=1"], "tangent": ["z=1"]}, "G005"),
    ("jvp", {"source": "x", "at": ["x=1"], "tangent": ["x=[1, 2]"]}, "G201"),
    ("jvp", {"source": "x", "at": ["x=1"], "tangent": ["x=1", "x=2"]}, "G010"),
    ("vjp", {"source": "[x, x]", "at": ["x=1"], "cotangent": "1"}, "G201"),
    ("vjp", {"source": "[x, x]", "at": ["x=1"], "cotangent": "[1, x]"}, "G010"),
    ("hessian", {"source": "x^2", "at": ["x=1"], "times": ["x=[1, 2]"]}, "G201"),
    ("jacobian", {"source": "3"}, "G010"),
    ("jacobian", {"source": "x", "at": ["x=1"], "layout": "sideways"}, "G401"),
    ("jacobian", {"source": "q = 2*x; q*x", "at": ["x=1"], "wrt": ["q,x"]}, "G401"),
]


@pytest.mark.parametrize(("kind", "asking", "code"), WRONG)
def test_wrong_input(kind: str, asking: dict[str, Any], code: str) -> None:
    with pytest.raises(GradcliError) as caught:
        getattr(gradcli, kind)(**asking)
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert caught.value.exit_code == 2


def test_an_intermediate_vertex() -> None:
    found = gradcli.hessian("q = x + y; f = q^3*x", ["x=1, y=1"], wrt=["q"])
    assert found.entries.tolist() == [12]


def test_too_large_for_balls(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    np.save(tmp_path / "A.npy", random.standard_normal((900, 80)))
    at = [f"A=@{tmp_path / 'A.npy'}", f"w=[{', '.join(['0.5'] * 80)}]"]
    found = gradcli.hessian("sum(softplus(A @ w))", at, wrt=["w"])
    assert not found.certified
    assert [note.code for note in found.notes] == ["G305"]
    A = np.load(tmp_path / "A.npy")
    s = 1 / (1 + np.exp(-A @ np.full(80, 0.5)))
    assert np.allclose(dense(found).astype(float), A.T @ (A * (s * (1 - s))[:, None]))


# -- lies ------------------------------------------------------------------------------------------

ASKED: list[tuple[str, dict[str, Any]]] = [
    ("jacobian", {"source": "[x^2*y, sin(x)*y, y]", "at": ["x=2, y=3"]}),
    ("hessian", {"source": "x^2*y^2", "at": ["x=2, y=3"]}),
    ("jvp", {"source": "[x^2*y, sin(x)*y]", "at": ["x=2, y=3"], "tangent": ["x=1, y=2"]}),
    ("vjp", {"source": "[x^2*y, sin(x)*y]", "at": ["x=2, y=3"], "cotangent": "[1, 2]"}),
    ("hvp", {"source": "x^2*y^2", "at": ["x=2, y=3"], "tangent": ["x=1, y=2"]}),
]


@pytest.mark.parametrize(("kind", "asking"), ASKED)
def test_a_planted_error_is_a_bug(
    kind: str, asking: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever solves the problem, one entry in a billion off is seen."""
    getattr(gradcli, kind)(**asking)
    for solver in (Directional, Problem):
        right = solver.solve

        def lying(self: Any, m: Any, point: Any, right: Any = right) -> Any:
            value, found = right(self, m, point)
            return value, found + found / 10**9 if m is BALL else found

        monkeypatch.setattr(solver, "solve", lying)
    with pytest.raises(SelfCheckError) as caught:
        getattr(gradcli, kind)(**asking)
    assert caught.value.exit_code == 3


def test_a_path_that_was_overlooked_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(output: Node, wrt: Any) -> Pattern:
        found = pattern(output, wrt)
        assert found is not None
        return Pattern(found.shape, found.rows[1:], found.columns[1:])

    monkeypatch.setattr(matrix, "pattern", blind)
    with pytest.raises(SelfCheckError):
        gradcli.jacobian("[sum(x), prod(x)]", ["x=[1,2,3,4,5]"])
    with pytest.raises(SelfCheckError):
        gradcli.jacobian("[x*y, sin(y)]", ["x=2, y=3"])


def test_a_hessian_that_is_not_symmetric_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    result = gradcli.hessian("x^2*y", ["x=3, y=2"])
    assert finite(result.entries[0])
    result.entries[1] += 1
    from gradcli.certify.derivative_matrices import symmetry  # noqa: PLC0415

    with pytest.raises(SelfCheckError):
        symmetry(result)
