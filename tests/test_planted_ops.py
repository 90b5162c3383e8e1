"""Ops of strangers: what is right is judged, and a lie on an op's line contradicts itself.

Must not know how the checks work; each op is added by what the registry says alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gradcli.api import check, derive, diff, hessian
from gradcli.arithmetic.ball import precision
from gradcli.calculus.core import EQ, einsum, lift, symbol, where
from gradcli.calculus.families import Differentiable, Linear
from gradcli.errors import GradcliError, SelfCheckError
from gradcli.graph.node import Node, make
from gradcli.ops import FUNCTIONS, Function
from gradcli.ops.elementary import cos, exp, sqrt
from gradcli.ops.reductions import SOFTMAX
from gradcli.ops.registry import function, pointwise
from tests.test_functions_page import spelled
from tests.test_traits import BITS, keeps_sign, measured
from tests.verdicts import all_points, last


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """The functions that there are, again after each test."""
    before = dict(FUNCTIONS)
    for name in ("heaviside", "silent", "relu6", "sinc", "cumsum"):
        FUNCTIONS.pop(name, None)
    yield
    FUNCTIONS.clear()
    FUNCTIONS.update(before)


def heaviside(**line: Any) -> Function:
    value: Any = lambda m, x: (m.sign(x) + 1) / 2  # noqa: E731 as it stands on a line
    right = {"switches": lambda x: [x], "at_rest": "middle", "value": value}
    return pointwise("heaviside(x)", section="elementwise", **{**right, **line})


def relu6() -> Function:
    return pointwise(
        "relu6(x)",
        lambda z, x: where(x > 0, where(x < 6, lift(1), lift(0)), lift(0)),
        section="elementwise",
        value=lambda m, x: m.minimum(m.relu(x), 6),
        switches=lambda x: [x, x - 6],
        at_rest="both",
    )


def sinc(partial: Any = None, **line: Any) -> Function:
    right = {"value": lambda m, x: m.where(m.eq(x, 0), 1, m.div(m.sin(x), x))}
    slope = partial or (lambda z, x: (cos(x) - z) / x)
    return pointwise(
        "sinc(x)",
        lambda z, x: where(make(EQ, x, lift(0)), lift(0), slope(z, x)),
        section="elementwise",
        **{**right, **line},
    )


def cumsum(push: Any = None, pull: Any = None, **line: Any) -> Function:
    op: Linear = Linear(
        "cumsum",
        lambda m, x: x.cumsum(axis=1),
        lambda x: x,
        push or (lambda z, i, t, extra: make(op, t)),
        pull or (lambda z, i, u, extra: from_behind(u, op)),
        **line,
    )
    return function("cumsum(x)", lambda x: make(op, x), "shaping", op)


def from_behind(u: Node, op: Linear) -> Node:
    letters = "abcdefgh"[: len(u.shape)]
    total = einsum((u,), (letters,), letters[1:], {})
    spread = einsum((total,), (letters[1:],), letters, dict(zip(letters, u.shape, strict=True)))
    return spread - make(op, u) + u


@pytest.fixture
def planted() -> None:
    """Ops as they should be, and one that says nothing of its jump."""
    silent: Any = lambda m, x: (m.sign(x) + 1) / 2  # noqa: E731
    pointwise("silent(x)", section="elementwise", value=silent, switches=lambda x: [x])
    for plant in (heaviside, relu6, sinc, cumsum):
        plant()


VERDICTS = {
    # An op that jumps and says nothing of it is never proved, and what is wrong at its rest
    # alone is refuted where that is a point that is tried.
    "x in R; silent(exp(x) - 3) = step(exp(x) - 3)": "holds",
    "x in R; silent(x) = step(x)": "refuted",
    "x in R; silent(x) = (sign(x) + 1)/2": "holds",
    "x in R; heaviside(exp(x) - 3) = step(exp(x) - 3)": "holds",
    "x in R; heaviside(x) = (sign(x) + 1)/2": "proved",
    "x in R; f = heaviside(x)*x^2; df/dx = 2*heaviside(x)*x": "proved",
    "x in R; relu6(x) = min(relu(x), 6)": "proved",
    "x in R; relu6(x) = relu(x)": "refuted",
    "x in R; f = relu6(x)^2; df/dx = 2*relu6(x)*where(x > 0, where(x < 6, 1, 0), 0)": "proved",
    "x in R; f = relu6(x)^2; df/dx = 2*relu6(x)": "refuted",
    "x in R; x*sinc(x) = sin(x)": "proved",
    "x in R; sinc(x) = where(x == 0, 2, sin(x)/x)": "refuted",
    "x in (0, inf); f = sinc(x)^2; df/dx = 2*sinc(x)*(cos(x) - sinc(x))/x": "proved",
    "x in R^n; f = sum(cumsum(x)); df/dx = n*ones(n)": "refuted",
    "x in R^3; f = sum(cumsum(x)^2); df/dx[2] = 2*sum(x)": "proved",
}


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("text", VERDICTS)
def test_what_is_planted_is_judged(text: str) -> None:
    assert last(text).verdict == VERDICTS[text]


@pytest.mark.usefixtures("planted")
def test_what_is_planted_is_differentiated() -> None:
    cubes = hessian("sum(cumsum(x)^3)", ["x=[1, 2, 3]"])
    x = np.cumsum([1, 2, 3])
    exact = [[6 * sum(x[max(i, j) :]) for j in range(3)] for i in range(3)]
    assert np.array_equal(np.array(cubes.entries, dtype=float), np.ravel(exact))
    for text, at, slope in (
        ("heaviside(x)*x", "x=2", 1), ("relu6(x)^2", "x=2", 4), ("relu6(x)^2", "x=7", 0),
        ("sinc(x)", "x=0", 0),
    ):  # fmt: skip
        assert float(diff(text, [at]).inputs[0].gradient) == slope


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize(
    ("text", "let", "formula"),
    [
        ("heaviside(x)*x", [], "heaviside(x)"),
        ("relu6(x)^2", [], "where(x > 0, where(x < 6, 2*relu6(x), 0), 0)"),
        ("sum(cumsum(x))", ["x in R^3"], "4 - cumsum(ones(3))"),
    ],
)
def test_what_is_planted_has_a_formula(text: str, let: list[str], formula: str) -> None:
    (found,) = derive(text, let=let)
    assert (found.formula, found.verdict) == (formula, "proved")


# -- lies


def contradicts(text: str) -> bool:
    """Whether a check of a claim ends in the message that this is a bug of gradcli's."""
    with all_points():
        report = check(text)
    return report.exit_code() == 3


@pytest.mark.parametrize("rest", ["below", "above", "both", "apart"])
def test_a_wrong_rest(rest: str) -> None:
    """The measure of the line sees it; where a point lies on the jump, so does the checker."""
    op = heaviside(at_rest=rest).op
    assert isinstance(op, Differentiable)
    with precision(BITS):
        assert measured([make(op, symbol("x", ()))], switching=True) == "middle"
    if rest == "below":
        assert contradicts("x in R; heaviside(x) = step(x)")
    if rest == "above":
        assert contradicts("x in R; heaviside(x) = 1 - step(-x)")


def test_a_jump_that_is_not_stated() -> None:
    op = heaviside(switches=None, at_rest=None).op
    assert isinstance(op, Differentiable)
    with precision(BITS):
        assert measured([make(op, symbol("x", ()))], switching=False) != "both"
    with pytest.raises(SelfCheckError):
        diff("heaviside(x)*(x + 1)", ["x=0"])


def test_a_sign_that_is_not_kept() -> None:
    square = pointwise("heaviside(x)", section="elementwise", value=lambda m, x: x * x)
    assert isinstance(square.op, Differentiable)
    assert not keeps_sign([make(square.op, symbol("x", ()))])


@pytest.mark.parametrize("at", ["x=1/2", "x=3"])
def test_a_wrong_partial(at: str) -> None:
    sinc(lambda z, x: (cos(x) - 2 * z) / x)
    with pytest.raises(SelfCheckError):
        diff("sinc(x)", [at])
    with pytest.raises(SelfCheckError):
        derive("sinc(x)^2", let=["x in (0, inf)"])
    assert contradicts("x in (0, inf); f = sinc(x); df/dx = (cos(x) - 2*sinc(x))/x")


def test_a_value_that_jumps_and_has_no_switch() -> None:
    """A wrong value at the one point where it is put in."""
    op = sinc(value=lambda m, x: m.where(m.eq(x, 0), 2, m.div(m.sin(x), x))).op
    assert isinstance(op, Differentiable)
    with precision(BITS):
        assert measured([make(op, symbol("x", ()))], switching=False) != "both"


@pytest.mark.parametrize("single", [True, False])
def test_a_value_that_is_another_on_single_numbers(single: bool) -> None:
    """Programs of numbers run a rule on single ones, programs of arrays on arrays."""

    def value(m: Any, x: Any) -> Any:
        return m.sin(x) * (1 if single == hasattr(m, "scalars") else 2)

    pointwise("sinc(x)", lambda z, x: cos(x), section="elementwise", value=value)
    wrong, right = ("x=1", "x=[1, 2]") if single else ("x=[1, 2]", "x=1")
    diff("sum(sinc(x))" if "[" in right else "sinc(x)", [right])
    with pytest.raises(SelfCheckError):
        diff("sum(sinc(x))" if "[" in wrong else "sinc(x)", [wrong])


WRONG = {
    "push": {"push": lambda z, i, t, extra: t},
    "pull": {"pull": lambda z, i, u, extra: make(z.op, u)},
    "both": {"push": lambda z, i, t, extra: t, "pull": lambda z, i, u, extra: u},
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_adjoint_pair(kind: str) -> None:
    cumsum(**WRONG[kind])
    with pytest.raises(SelfCheckError):
        diff("sum(cumsum(x)^2)", ["x=[1, 2, 3]"])
    claim = {"pull": "cumsum(cumsum(x))", "both": "cumsum(x)"}.get(kind)
    if claim is not None:
        assert contradicts(f"x in R^3; f = sum(cumsum(x)^2); df/dx = 2*{claim}")


def test_entries_that_do_more_than_move() -> None:
    """A structural zero where there is none: the columns that share a sweep meet."""
    cumsum(moves=True)
    with pytest.raises(SelfCheckError):
        hessian("sum(cumsum(x)^3)", ["x=[1, 2, 3]"])


def test_an_adjoint_without_a_spelling() -> None:
    """Right numbers, and no formula: the test of the function's page says so."""
    behind = Linear(
        "behind", lambda m, x: x[:, ::-1].cumsum(axis=1)[:, ::-1], lambda x: x,
        lambda z, i, t, extra: make(behind, t), lambda z, i, u, extra: make(z.args[0].op, u),
    )  # fmt: skip
    made = cumsum(pull=lambda z, i, u, extra: make(behind, u))
    assert np.array_equal(
        diff("sum(cumsum(x))", ["x=[1, 2]"]).inputs[0].gradient.astype(float), [2, 1]
    )
    assert not spelled(made)
    FUNCTIONS.pop("cumsum")
    assert spelled(cumsum())


@pytest.mark.parametrize(
    ("op", "trait", "lie", "text", "let"),
    [
        (sqrt.op, "_exponent", lambda node: Fraction(1, 3), "x*sqrt(x)", "x in (0, inf)"),
        (SOFTMAX, "_sums_to_one", lambda node: 0, "sum(softmax(X, axis=1))", "X in R^(2, 3)"),
        (exp.op, "_sums_to_one", lambda node: 0, "sum(exp(x))*sum(exp(x))", "x in R^n"),
    ],
)  # fmt: skip
def test_what_simplification_is_told(
    op: Any, trait: str, lie: Any, text: str, let: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A formula that rests on it is not printed: another one is, or none."""
    monkeypatch.setattr(op, trait, lie)
    try:
        told = derive(text, let=[let])
    except GradcliError as error:
        assert error.diagnostics[0].code == "G304"
        return
    monkeypatch.undo()
    for found in told:
        claim = f"{let}; f = {text}; df/d{found.by[0]} = {found.formula}"
        assert last(claim).verdict in ("proved", "holds")
