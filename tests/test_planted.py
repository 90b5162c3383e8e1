"""The checks are lied to: a slip planted in a rule must make gradcli contradict itself.

Must not know how the checks work; a slip that none of them sees is a hole in the product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from gradcli.api import check, derive, diff
from gradcli.arithmetic.ball import BALL
from gradcli.calculus import contract
from gradcli.calculus.core import ADD, DIV, MUL, number
from gradcli.calculus.families import Linear, Pointwise, Tensor
from gradcli.errors import SelfCheckError
from gradcli.graph.node import Node, make
from gradcli.ops import FUNCTIONS
from gradcli.ops.algebra import DET, INV, LOGDET, SOLVE
from gradcli.ops.powers import POWER, POWER_BY
from gradcli.ops.reductions import LOGSUMEXP, MAX_OF, PROD, SOFTMAX
from gradcli.ops.shaping import CONCAT, INDEX, RESHAPE, STACK, index

Partial = Callable[..., Any]
TINY = number(1 + Fraction(1, 10**12))


def pointwise(name: str) -> Pointwise:
    op = FUNCTIONS[name].op
    assert isinstance(op, Pointwise)
    return op


def caught(program: str, at: str) -> None:
    """The program contradicts itself, and says with exit code 3 that this is our bug."""
    with pytest.raises(SelfCheckError) as error:
        diff(program, [at])
    assert error.value.exit_code == 3
    assert error.value.diagnostics[0].code == "G900"


# a slip in partial `index` of an op: the wrong rule in terms of the right one, z and the arguments
SLIPS: dict[str, tuple[Pointwise, int, Partial, str, str]] = {
    "a sign": (pointwise("cos"), 0, lambda right, z, x: -right, "cos(x)", "x=1"),
    "a factor of 2": (pointwise("tanh"), 0, lambda right, z, x: 2 * right, "tanh(x)", "x=1/2"),
    "a missing term": (pointwise("tan"), 0, lambda right, z, x: z * z, "tan(x)", "x=1"),
    "x for z": (
        pointwise("sigmoid"), 0, lambda right, z, x: x * (1 - x), "sigmoid(x)", "x=1/3",
    ),
    "z for x": (pointwise("atan"), 0, lambda right, z, x: 1 / (1 + z * z), "atan(x)", "x=1"),
    "the other argument": (MUL, 0, lambda right, z, x, y: x, "x*y", "x=2, y=3"),
    "no derivative at all": (pointwise("erf"), 0, lambda right, z, x: 0, "erf(x)", "x=1"),
    "a tiny part": (pointwise("exp"), 0, lambda right, z, x: right * TINY, "exp(x)", "x=1"),
    "a tiny part of a sum": (ADD, 1, lambda right, z, x, y: TINY, "x + y", "x=1, y=2"),
    "a quotient's second half": (DIV, 1, lambda right, z, x, y: -1 / y, "x/y", "x=2, y=3"),
    "an exponent": (POWER_BY, 0, lambda right, z, x, p: right * x, "x^3", "x=2"),
    "a varying exponent": (POWER, 1, lambda right, z, x, y: z, "x^y", "x=2, y=3"),
    "atan2 the other way": (
        pointwise("atan2"), 1, lambda right, z, y, x: -right, "atan2(y, x)", "y=1, x=2",
    ),
    "digamma for lgamma": (
        pointwise("gamma"), 0, lambda right, z, x: right / z, "gamma(x)", "x=5/2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_rule(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    op, position, wrong, program, at = SLIPS[slip]
    diff(program, [at])
    rules = [*op.partials]
    right = rules[position]
    rules[position] = lambda z, *args: wrong(right(z, *args), z, *args)
    monkeypatch.setattr(op, "partials", tuple(rules))
    caught(program, at)


def test_a_slip_deep_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is one of many vertices, and its effect is small."""
    program, at = "sum((X @ w - y)^2)/2 + 1e-9*log(1 + w[0]^2)", "X=[[1,2],[3,4]], w=[1,2], y=[1,1]"
    diff(program, [at])
    monkeypatch.setattr(pointwise("log"), "partials", (lambda z, x: -1 / x,))
    caught(program, at)


def test_a_slip_where_a_value_is_a_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """A derivative that should be 0 and is not."""
    monkeypatch.setattr(pointwise("cos"), "partials", (lambda z, x: 1 - z,))
    diff("cos(x)", ["x=0"])
    monkeypatch.setattr(pointwise("cos"), "partials", (lambda z, x: z,))
    caught("cos(x)", "x=0")


# -- whole arrays ----------------------------------------------------------------------------------

TENSORS: dict[str, tuple[Tensor, str, str]] = {
    "softmax": (SOFTMAX, "softmax(x)[0]", "x=[1, 2, 3]"),
    "logsumexp": (LOGSUMEXP, "logsumexp(x)", "x=[1, 2, 3]"),
    "max": (MAX_OF, "max(x)", "x=[1, 2, 3]"),
    "prod": (PROD, "prod(x)", "x=[1, 2, 3]"),
    "det": (DET, "det(A)", "A=[[1, 2], [3, 5]]"),
    "inv": (INV, "inv(A)", "A=[[1, 2], [3, 5]]"),
    "logdet": (LOGDET, "logdet(A)", "A=[[2, 1], [1, 5]]"),
    "solve": (SOLVE, "solve(A, b)", "A=[[1, 2], [3, 5]], b=[1, 2]"),
}


@pytest.mark.parametrize("name", TENSORS)
@pytest.mark.parametrize("kind", ["sign", "missing", "transposed"])
def test_a_slip_in_a_term(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One term of a local Jacobian with the wrong sign, left out, or with its letters exchanged."""
    op, program, at = TENSORS[name]
    right = op.edge

    def wrong(node: Node, position: int) -> Any:
        terms = right(node, position)
        last = terms[-1]
        if kind == "sign":
            return [*terms[:-1], replace(last, negative=not last.negative)]
        if kind == "missing":
            return terms[:-1]
        return [*terms[:-1], replace(last, into=last.into[::-1])]

    symmetric = kind == "transposed" and name in ("softmax", "logsumexp", "max", "prod", "logdet")
    diff(program, [at])
    monkeypatch.setattr(op, "edge", wrong)
    if symmetric:
        # one letter, or a symmetric matrix: the exchange is no slip, and nothing may be said
        diff(program, [at])
    else:
        caught(program, at)


LINEAR: dict[str, tuple[Linear, str, str]] = {
    "index": (INDEX, "x[1]^2 + x[0]", "x=[1, 2, 3]"),
    "reshape": (RESHAPE, "sum(reshape(x, (2, 2)) @ [1, 2])", "x=[1, 2, 3, 4]"),
    # Of several tangents these are their own derivative; of one they go by their pair.
    "concat": (CONCAT, "concat(x, [3, 4])[0] * x[1]", "x=[1, 2]"),
    "stack": (STACK, "stack(x, 3)[0] * x", "x=2"),
}


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("mode", ["push", "pull"])
def test_a_pair_that_is_not_adjoint(name: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in one of the two directions of a linear map: the modes disagree."""
    op, program, at = LINEAR[name]
    right = getattr(op, mode)
    diff(program, [at])
    monkeypatch.setattr(op, mode, lambda *args: right(*args) * number(2))
    caught(program, at)


def test_a_pair_wrong_in_both_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both modes agree on the neighbour's entry: only series and differences see it."""
    program, at = "x[1]^2 + x[0]*x[2]", "x=[1, 2, 4]"
    diff(program, [at])
    push, pull = INDEX.push, INDEX.pull

    def shifted(node: Node) -> Node:
        return index(node.args[0], tuple((k + 1) % 3 for k in node.params[0]))

    monkeypatch.setattr(INDEX, "push", lambda z, i, t, extra: push(shifted(z), i, t, extra))
    monkeypatch.setattr(INDEX, "pull", lambda z, i, u, extra: pull(shifted(z), i, u, extra))
    caught(program, at)


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "program", "at"),
    [("sin", "sin(x)", "x=1"), ("exp", "exp(x)^2", "x=1"), ("sqrt", "sqrt(x) + x", "x=2")],
)
def test_a_slip_in_a_value(
    name: str, program: str, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong value in balls is seen by the series, which compute it themselves."""
    right = getattr(BALL, name)
    diff(program, [at])
    single = getattr(BALL.scalars, name)
    monkeypatch.setattr(BALL, name, lambda x: right(x) * 2)
    monkeypatch.setattr(BALL.scalars, name, lambda x: single(x) * 2)
    caught(program, at)


def test_a_slip_in_a_rule_is_seen_by_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is claimed is what the rule says, and still the report says that it is our bug."""
    text = "x in R; f = cos(x)^2; df/dx = -2*cos(x)*sin(x)"
    assert check(text).exit_code() == 0
    monkeypatch.setattr(pointwise("cos"), "partials", (_wrong_cosine,))
    report = check(text.replace("-2", "2"))
    assert report.exit_code() == 3
    assert [error.code for _, error in report.files[0].errors] == ["G900"]


@pytest.mark.parametrize("wrong", ["", "df/dy = 5*f"])
def test_a_wrong_rule_among_derivatives_that_are_checked_together(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A derivative by what is deep within is 10^-30 of another, and hidden by none."""
    text = f"""x, y in R; u = cos(x); v = u/10^30; f = sin(y) + v*y; {wrong}
    df/dv = y; df/du = y/10^30; df/dx = -sin(x)*y/10^30; df/dy = cos(y) + v"""
    assert check(text).exit_code() == (1 if wrong else 0)
    monkeypatch.setattr(pointwise("cos"), "partials", (_wrong_cosine,))
    report = check(text.replace("-sin", "sin"))
    assert report.exit_code() == 3
    assert [error.code for _, error in report.files[0].errors] == ["G900"]
    assert len([*report.files[0].findings]) == 3 + bool(wrong)


def _wrong_cosine(z: Node, x: Node) -> Node:
    return make(pointwise("sin"), x)


@pytest.mark.parametrize("name", ["abs", "relu", "max"])
def test_a_switch_that_is_not_declared(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kink that the op does not own up to: the series of one side gives another slope."""
    op = FUNCTIONS[name].op
    program, at = (f"{name}(x)", "x=0") if name != "max" else ("max(x, 2*x)", "x=0")
    assert diff(program, [at]).inputs[0].kinks
    monkeypatch.setattr(op, "_switches", None)
    caught(program, at)


# -- formulas: what made them must not be all that verifies them -----------------------------------

FORMULAS = [
    ("tr(A)*x", "A", "A in R^(n, n); x in R^n", 1),
    ("[tr(A), det(A)]", "A", "A in R^(n, n)", 1),
    ("tr(A)^2", "A", "A in R^(n, n)", 2),
]


def _losing_letters(names: str, out: str, elsewhere: set[str]) -> dict[int, str]:
    """A letter that stands twice is replaced twice: the diagonal is forgotten."""
    half = len(names) // 2
    pairs = zip(names[:half], names[half:], strict=True)
    return {ord(b if a not in out else a): a if a in out else b for a, b in pairs}


@pytest.mark.parametrize(("text", "by", "let", "order"), FORMULAS)
def test_a_formula_of_a_wrong_contraction(
    text: str, by: str, let: str, order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Formula and truth have the same fault, at every order: it is not printed."""
    derive(text, [by], [let], order=order)
    monkeypatch.setattr(contract, "_partners", _losing_letters)
    with pytest.raises(SelfCheckError) as error:
        derive(text, [by], [let], order=order)
    assert error.value.diagnostics[0].code == "G900"


@pytest.mark.parametrize("layout", ["numerator", "denominator"])
@pytest.mark.parametrize(
    ("text", "by", "let", "order"),
    [
        ("sin(x)", "x", "x in R", 2),
        ("sum(sin(x))", "x", "x in R^n", 2),
        ("sin(x*y)", "x,y", "x, y in R", 2),
        ("sin(A @ x)", "x", "A in R^(m, n); x in R^n", 2),
        ("x.T @ sin(A)", "A", "A in R^(m, n); x in R^m", 2),
        ("h = A @ x; f = sum(sin(h))", "h,x", "A in R^(m, n); x in R^n", 2),
        ("sin(x)^2", "x", "x in R", 3),
    ],
)
def test_a_formula_of_a_wrong_rule(
    text: str, by: str, let: str, order: int, layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that only the second derivative needs: the first is right, and is printed."""
    derive(text, [by], [let], order=order, layout=layout)
    monkeypatch.setattr(pointwise("cos"), "partials", (_wrong_cosine,))
    assert all("cos" in found.formula for found in derive(text, [by], [let], layout=layout))
    with pytest.raises(SelfCheckError):
        derive(text, [by], [let], order=order, layout=layout)


@pytest.mark.parametrize(
    "claim",
    ["jvp(y, A, B) = sum(diag(B))*x", "vjp(y, A, x) = (x.T @ x)*ones(n, n)",
     "hvp(f, A, B) = 2*sum(diag(B))*eye(n)"],
)  # fmt: skip
def test_a_product_of_a_derivative_is_checked(claim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is claimed of it: the product is made of the derivative that the series see."""
    text = f"A, B in R^(n, n); x in R^n; y = tr(A)*x; f = tr(A)^2; {claim}"
    assert check(text).exit_code() == (1 if "ones" in claim else 0)
    monkeypatch.setattr(contract, "_partners", _losing_letters)
    assert check(text).exit_code() == 3
