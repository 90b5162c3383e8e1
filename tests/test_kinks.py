"""Kinks and removable points: derivatives of every order there, by several variables, in claims.

Must not know how a derivative at a kink is found; the truths are SymPy's, or stand beside the case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import mpmath
import numpy as np
import pytest

import gradcli
from gradcli.arithmetic import ball
from gradcli.certify import curves, two_sided
from gradcli.certify.result import MatrixResult
from gradcli.cli import group
from gradcli.cli.run import run
from tests.verdicts import findings, verdicts


def dense(result: MatrixResult) -> list[Any]:
    found = np.zeros(result.size, dtype=object)
    found[result.rows, result.columns] = result.entries
    return [None if x is None else float(x) for x in found.flat]


# -- second derivatives at removable points --------------------------------------------------------

# An expression, and its first three derivatives at 0 as SymPy's series has them.
REMOVABLE = [
    ("where(x==0, 1, expm1(x)/x)", "1/2", "1/3", "1/4"),
    ("where(x==0, 1, sin(x)/x)", "0", "-1/3", "0"),
    ("where(x==0, 1, tanh(x)/x)", "0", "-2/3", "0"),
    ("where(x==0, 1, log1p(x)/x)", "-1/2", "2/3", "-3/2"),
    ("where(x==0, 1/2, (1 - cos(x))/x^2)", "0", "-1/12", "0"),
    ("where(x==0, 0, log(expm1(x)/x))", "1/2", "1/12", "0"),
    ("where(x==0, 1, x/tan(x))", "0", "-2/3", "0"),
    ("sqrt(x^4)", "0", "2", "0"),
    ("x*abs(x)^2", "0", "0", "6"),
    ("relu(x)^4 + relu(-x)^4", "0", "0", "0"),
]


@pytest.mark.parametrize(("text", "first", "second", "third"), REMOVABLE)
def test_a_removable_point_has_all_its_derivatives(
    text: str, first: str, second: str, third: str
) -> None:
    found = gradcli.hessian(text, ["x=0"])
    assert found.settled
    assert not found.kinks
    assert float(found.entries[0]) == float(Fraction(second))
    program = f"x in R; f = {text}; at x = 0; df/dx = {first}; d2f/dx2 = {second}"
    assert {*verdicts(f"{program}; d3f/dx3 = {third}")} <= {"proved", "holds"}
    wrong = f"x in R; f = {text}; at x = 0; d2f/dx2 = {second} + 1; d3f/dx3 = {third} - 1"
    assert verdicts(wrong) == ["refuted", "refuted"]


ARRAYS: list[tuple[str, str, list[float | None]]] = [
    ("norm(x)^2", "x=[0, 0]", [2, 0, 0, 2]),
    ("norm(x)^3", "x=[0, 0]", [0, 0, 0, 0]),
    ("norm(x)^2 + x[0]*x[1]", "x=[0, 0]", [2, 1, 1, 2]),
    ("where(x*y==0, 1, sin(x*y)/(x*y))", "x=0, y=2", [-4 / 3, 0, 0, 0]),
    ("x*where(y==0, 1, expm1(y)/y)", "x=2, y=0", [0, 1 / 2, 1 / 2, 2 / 3]),
    ("where(x==0 and y==0, 0, x^3*y^2/(x^2+y^2))", "x=0, y=0", [0, 0, 0, 0]),
    ("x*abs(x)*y", "x=0, y=2", [None, 0, 0, 0]),
    ("max(x, y)^2", "x=0, y=0", [None, 0, 0, None]),
    # df/dy is nowhere on the axis but at 0; and df/dx all along the other axis
    ("x^3*abs(y)", "x=0, y=0", [0, 0, None, 0]),
    ("abs(x)*y", "x=0, y=0", [0, None, None, 0]),
    # the gradient has partial derivatives and is not differentiable
    ("where(x==0 and y==0, 0, x*y*(x^2-y^2)/(x^2+y^2))", "x=0, y=0", [None] * 4),
    ("where(x==0 and y==0, 0, x^2*y^2/(x^2+y^2))", "x=0, y=0", [None] * 4),
]


@pytest.mark.slow
@pytest.mark.parametrize(("text", "at", "truth"), ARRAYS)
def test_hessians_at_kinks(text: str, at: str, truth: list[float | None]) -> None:
    found = gradcli.hessian(text, [at])
    assert dense(found) == truth
    width = found.size[1]
    for k, given in enumerate(found.inputs):
        if given.shape or width != len(found.inputs):
            continue
        product = gradcli.hvp(text, [at], tangent=[f"{given.name}=1"])
        expected = truth[k::width]
        told = [None if x is None else float(x) for x in product.entries]
        # A product may lack what a single column has: it asks for no other.
        assert all(a == b for a, b in zip(told, expected, strict=True) if b is not None)


@pytest.mark.parametrize("text", ["abs(x)*x", "where(x > 0, x, x)", "huber(x)*relu(x)"])
def test_a_number_that_rests_leaves_the_gradient_as_it_is(text: str) -> None:
    assert gradcli.hvp(text, ["x=0"], tangent=["x=0"]).entries == [0]


@pytest.mark.parametrize("text", ["x*relu(0)", "floor(2)*x", "sum([x, 2*x][::-1])", "x*abs(y - 2)"])
def test_a_switch_that_does_not_move_makes_no_kink(text: str) -> None:
    found = gradcli.diff(text, ["x=3, y=2"] if "y" in text else ["x=3"], wrt="x")
    assert not found.notes
    assert found["x"].numeric is not None


def test_what_does_not_move_leaves_an_exact_zero() -> None:
    found = gradcli.hessian("norm(x)^2 - exp(y)", ["x=[0, 0], y=1"])
    assert found.settled
    assert [x == 0 for x in found.entries] == [False, True, True, True, False, *[True] * 3, False]


@pytest.mark.parametrize(
    ("text", "at", "left", "right"),
    [
        ("abs(x)*x", "x=0", -2, 2),
        ("relu(x)^2", "x=0", 0, 2),
        ("huber(x)", "x=1", 1, 0),
        ("where(abs(x)<=1, x^2/2, abs(x) - 1/2)", "x=-1", 0, 1),
        ("step(x)*x^2", "x=0", 0, 2),
    ],
)
def test_no_second_derivative(text: str, at: str, left: int, right: int) -> None:
    [kink] = gradcli.hessian(text, [at]).kinks.values()
    assert (kink.left, kink.right) == (left, right)
    [found] = findings(f"x in R; f = {text}; at {at}; d2f/dx2 = 7")
    assert found.verdict == "refuted"
    assert found.message.startswith("there is no second derivative at this point")
    assert any("does not lie between" in note for note in found.notes)
    [found] = findings(f"x in R; f = {text}; at {at}; d2f/dx2 = {left}")
    assert found.verdict == "undecided"
    assert any("lies between" in note for note in found.notes)


@pytest.mark.parametrize(
    "text, claimed, told",
    [
        ("relu(x)", "0", "PyTorch and JAX return 0 here, as is claimed: relu'(0) = 0"),
        ("3*relu(x) + x", "2", "PyTorch and JAX return 1 here: relu'(0) = 0"),
        ("abs(x)", "1", "PyTorch and JAX return 0 here: abs'(0) = 0"),
        ("max(x, 0)", "1/2", "torch.maximum and jnp.maximum return 0.5 here, as is claimed: ties"),
        ("max(x, -x) + relu(x)", "0", ""),
    ],
)
def test_what_libraries_return_at_a_kink_is_said(text: str, claimed: str, told: str) -> None:
    [found] = findings(f"x in R; f = {text}; at x = 0; df/dx = {claimed}")
    assert found.verdict == "undecided"
    assert any(note.startswith(told) for note in found.notes) if told else len(found.notes) == 2


def test_what_lies_on_no_side_of_a_kink_is_refuted() -> None:
    program = "x in R^2; f = sum(relu(x)*[1, 2]); at x = [0, 3]; df/dx = "
    assert verdicts(f"{program}[1/2, 2]") == ["undecided"]
    assert verdicts(f"{program}[2, 2]") == ["refuted"]
    [found] = findings(f"{program}[1, 3]")
    assert found.verdict == "refuted"
    assert "at entry [1] both sides are 2 and 2, not 3" in found.notes


@pytest.mark.parametrize(
    "text",
    ["where(x==0, 0, x^4*sin(1/x))", "where(x==0, 0, exp(-1/x^2))",
     "where(x==0, 0, x^2*log(abs(x)))"],
)  # fmt: skip
def test_what_has_no_series_is_not_told(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(group, ["hessian", text, "--at", "x=0"]) == 1
    assert "cannot tell" in capsys.readouterr().out
    [found] = findings(f"x in R; f = {text}; at x = 0; d2f/dx2 = 0")
    assert (found.verdict, found.code) == ("undecided", "G304")
    assert "cannot be told" in found.message
    assert not any("lie between" in note or "no value" in note for note in found.notes)


# -- several variables -----------------------------------------------------------------------------

SADDLE = "where(x==0 and y==0, 0, x^2*y/(x^2+y^2))"
BENT = [
    (SADDLE, "the slope along (1, 1) is 0.354, the partials give 0"),
    ("where(x==0 and y==0, 0, x*y/norm([x, y]))", "the slope along (1, 1) is 0.5,"),
    ("abs(x - y) - abs(x) - abs(y)", "the slope along (1, 1) is -1.41, the partials give 0"),
    ("sqrt(abs(x*y))", "the slope along (1, 1) is 0.707, the partials give 0"),
    ("cbrt(x^3 + y^3)", "the slope along (1, 1) is 0.891, the partials give 1.41"),
    # zero along every line
    ("where(x==0 and y==0, 0, x^3*y/(x^4+y^2))", "along (t, t^2) is 0.5, the partials give 0"),
    ("where(x==0 and y==0, 0, x^4*y/(x^6+y^2))", "along (t, t^3) is 0.5, the partials give 0"),
]


@pytest.mark.parametrize(("text", "words"), BENT)
def test_partial_derivatives_that_make_no_derivative(text: str, words: str) -> None:
    result = gradcli.diff(text, ["x=0, y=0"])
    kinks = [kink for found in result.inputs for kink in found.kinks.values()]
    assert len(kinks) == 2
    assert all(words in kink.why for kink in kinks)
    for other in (
        gradcli.jacobian(text, ["x=0, y=0"]),
        gradcli.vjp(text, ["x=0, y=0"], cotangent="1"),
        gradcli.jvp(text, ["x=0, y=0"], tangent=["x=1, y=1"]),
        gradcli.hessian(text, ["x=0, y=0"]),
        gradcli.hvp(text, ["x=0, y=0"], tangent=["x=1, y=2"]),
    ):
        assert all(entry is None for entry in other.entries), other.kind
    # A partial derivative is a limit along one axis; a gradient claims more.
    together, by_x, wrong = findings(
        f"x, y in R; f = {text}; at x = 0, y = 0; grad(f, [x, y]) = [0, 0]; df/dx = 0; df/dx = 5"
        if "cbrt" not in text else
        f"x, y in R; f = {text}; at x = 0, y = 0; grad(f, [x, y]) = [1, 1]; df/dx = 1; df/dx = 5"
    )  # fmt: skip
    assert together.verdict == "undecided"
    assert words in together.notes[0]
    if "abs(x)" not in text:
        assert by_x.verdict in ("proved", "holds")
        assert wrong.verdict == "refuted"


def test_only_what_takes_part_is_lost() -> None:
    result = gradcli.diff(f"{SADDLE} + z", ["x=0, y=0, z=0"])
    assert [found.gradient[()] for found in result.inputs] == [None, None, 1]
    [entry] = gradcli.jvp(f"{SADDLE} + z", ["x=0, y=0, z=0"], tangent=["z=1"]).entries
    assert entry == 1
    rows = gradcli.diff(f"[abs(x) + y, {SADDLE}, x*y]", ["x=0, y=0"])
    assert [[x is None for x in found.gradient] for found in rows.inputs] == [
        [True, True, False], [False, True, False],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "at", "truth"),
    [
        ("relu(x) - relu(-x)", "x=0", [1]),
        ("relu(x + y) - relu(-x - y)", "x=0, y=0", [1, 1]),
        ("max(x, y) - max(-x, -y)", "x=0, y=0", [1, 1]),
        ("norm([x, y])^2", "x=0, y=0", [0, 0]),
        ("x*abs(y) + y*abs(x)", "x=0, y=0", [0, 0]),
        ("where(x==0 and y==0, 0, x^2*y^2/(x^2+y^2))", "x=0, y=0", [0, 0]),
        ("cbrt(x*y)*x", "x=0, y=0", [0, 0]),
    ],
)
def test_a_derivative_of_the_whole(text: str, at: str, truth: list[int]) -> None:
    result = gradcli.diff(text, [at])
    assert [float(found.gradient[()]) for found in result.inputs] == truth
    assert all(not found.kinks for found in result.inputs)


def test_a_slope_is_no_product() -> None:
    """|x| - |y| does not change along (1, 1), and yet there is no Jacobian to be multiplied."""
    [kink] = gradcli.jvp("abs(x) - abs(y)", ["x=0, y=0"], tangent=["x=1, y=1"]).kinks.values()
    assert kink.why == "the partial by x is -1 from the left, 1 from the right"


def test_a_kink_of_a_network_is_reported_as_ever() -> None:
    result = gradcli.diff("sum(v*relu(W @ x))", ["W=[[1, -1], [2, 1]], x=[1, 1], v=[3, 1]"])
    by_x = next(found for found in result.inputs if found.name == "x")
    assert [(k.left, k.right, k.why) for k in by_x.kinks.values()] == [(2, 5, ""), (-2, 1, "")]


def test_what_only_paths_show_is_not_called_proved() -> None:
    assert verdicts("x in R^2; f = norm(x)^2; at x = [0, 0]; df/dx = [0, 0]") == ["holds"]
    assert verdicts("x in R; f = x*abs(x); at x = 0; df/dx = 0") == ["proved"]


# -- a derivative wherever it stands ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("df/dx = 1", "proved"),
        ("g ≈ 1.0", "holds"),
        ("g ≈ 0.0", "refuted"),
        ("2*g + x = 2", "proved"),
        ("2*g + x = 0", "refuted"),
        ("h = h", "proved"),
        ("h ≈ 1.0", "holds"),
        ("dh/dx = 1", "proved"),
        ("dg/dx = 0", "proved"),
        ("g*df/dx = 1", "proved"),
        ("jvp(f, x, 3) = 3", "proved"),
        ("vjp(f, x, 3) = 3", "proved"),
        # What is written so is 0 there, though the rules make the same graph.
        ("df/dx = where(x == 0, 0, 1)", "refuted"),
        ("df/dx - where(x == 0, 0, 1) = 1", "proved"),
    ],
)
def test_a_derivative_with_a_name(claim: str, verdict: str) -> None:
    program = "x in R; f = where(x == 0, 0, x); g = df/dx; h = g^2*x + g; at x = 0; "
    assert verdicts(program + claim.replace("h = h", "1*h = h")) == [verdict]


def test_a_named_derivative_that_is_not_there() -> None:
    [found] = findings("x in R; f = abs(x); g = df/dx; at x = 0; 3*g = 0")
    assert found.verdict == "undecided"
    assert found.notes == [
        "abs has a kink here: the derivative is -1 from the left, 1 from the right"
    ]
    assert verdicts("x in R; f = abs(x); g = df/dx; at x = 0; g ≈ 0.0") == ["undecided"]


def test_a_named_derivative_at_random_points_is_passed_over_at_kinks() -> None:
    assert verdicts("x in R; f = where(x == 0, 0, x); g = df/dx; 1*g = 1") == ["proved"]


def test_claims_by_the_entries_of_a_hessian() -> None:
    program = "x, y in R; f = x*where(y==0, 1, expm1(y)/y); at x = 2, y = 0; "
    pairs = "hessian(f,[x,y])[0,1] = 1/2; hessian(f,[x,y])[1,0] = 1/2; d2f/dxdy = 1/2; d2f/dydx = "
    assert verdicts(f"{program}{pairs}1/2; d2f/dydx = 0; d3f/dxdy2 = 1/3") == (
        ["holds", "holds", "proved", "holds", "refuted", "proved"]
    )


def test_the_order_of_partial_derivatives_matters_where_it_does() -> None:
    text = "where(x==0 and y==0, 0, x*y*(x^2-y^2)/(x^2+y^2))"
    program = f"x, y in R; f = {text}; at x = 0, y = 0; "
    assert verdicts(f"{program}d2f/dxdy = -1; d2f/dydx = 1; d2f/dxdy = 0") == [
        "holds", "holds", "refuted",
    ]  # fmt: skip
    [found] = findings(f"{program}hessian(f, [x, y]) = [[0, -1], [1, 0]]")
    assert found.verdict == "undecided"
    assert "the slope along (1, 1)" in found.notes[0]


def test_a_given_value_on_a_kink() -> None:
    program = "x, y in R; f = y*where(x==0, 1, expm1(x)/x); at x = 0; "
    assert verdicts(f"{program}df/dx = y/2; d2f/dxdy = 1/2; d2f/dx2 = y/3; df/dx = 0") == [
        "holds", "holds", "holds", "refuted",
    ]  # fmt: skip


def test_products_of_arrays_at_kinks() -> None:
    program = "x in R^3; f = norm(x)^2; y = norm(x)*x; at x = [0, 0, 0]; "
    right = "hvp(f, x, [1, 2, 3]) = 2*[1, 2, 3]; laplacian(f, x) = 6; jacobian(y, x) = 0*eye(3)"
    assert verdicts(program + right) == ["holds"] * 3
    assert verdicts(program + "laplacian(f, x) = 0; jacobian(y, x) = eye(3)") == ["refuted"] * 2


# -- the means -------------------------------------------------------------------------------------


def test_other_paths_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them the axes alone would certify what is no derivative."""
    monkeypatch.setattr(two_sided, "_paths", lambda count: [])
    result = gradcli.diff(SADDLE, ["x=0, y=0"])
    assert not any(found.kinks for found in result.inputs)


def test_both_sides_of_a_step_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "_agreed", lambda right, left: right)
    assert None not in dense(gradcli.hessian("x^3*abs(y)", ["x=0, y=0"]))


def test_messages_are_true() -> None:
    for text in ("where(x==0, 1, expm1(x)/x)", "x*abs(x)^2", "norm([x])^2", "x*relu(x)*abs(x)"):
        for found in findings(f"x in R; f = {text}; at x = 0; d2f/dx2 = 1000"):
            assert found.verdict == "refuted"
            assert not re.search(
                "no derivative|lie between", " ".join([found.message, *found.notes])
            )


def test_precision_is_as_it_was() -> None:
    with ball.precision(200, terms=5):
        gradcli.hessian("norm(x)^3", ["x=[0, 0]"])
        assert (ball.ctx.prec, ball.ctx.cap) == (200, 5)


# -- attackers -------------------------------------------------------------------------------------

LEAVES = ["x", "2*x", "x^2", "sin(x)", "expm1(x)", "-x", "x^3", "3/2"]
WRAPS = [
    "abs({a})", "relu({a})", "({a})*({b})", "({a}) + ({b})", "max({a}, {b})", "min({a}, {b})",
    "where(x > 0, {a}, {b})", "where({a} == 0, {b}, {a})", "({a})^2", "cos({a})", "abs({a})^3",
    "sqrt(({a})^2)", "sign({a})*({b})",
]  # fmt: skip


def random_text(random: Random, depth: int) -> str:
    if not depth:
        return random.choice(LEAVES)
    a, b = (random_text(random, random.randrange(depth)) for _ in range(2))
    return random.choice(WRAPS).format(a=a, b=b)


def reference(text: str) -> Callable[[Any], Any]:
    """The function in mpmath, by nothing of ours."""
    code = re.sub(r"where\(", "_where(", text.replace("^", "**"))
    code = re.sub(r"(\d+)/(\d+)", r"mpf(\1)/\2", code)
    names = {
        "abs": abs, "relu": lambda a: max(a, mpmath.mpf(0)), "max": max, "min": min,
        "_where": lambda c, a, b: a if c else b, "cos": mpmath.cos, "sin": mpmath.sin,
        "sqrt": mpmath.sqrt, "sign": mpmath.sign, "expm1": mpmath.expm1, "mpf": mpmath.mpf,
    }  # fmt: skip
    return lambda x: eval(code, {"__builtins__": {}}, {**names, "x": mpmath.mpf(x)})


def one_sided_truth(f: Callable[[Any], Any], order: int, side: int) -> Any:
    """The derivative from one side, by differences that are extrapolated to h = 0."""
    with mpmath.workdps(120):
        steps = [mpmath.mpf(2) ** -k for k in range(40, 48)]
        row = [
            sum(
                (-1) ** (order - j) * mpmath.binomial(order, j) * mpmath.mpf(f(side * j * h))
                for j in range(order + 1)
            )
            / (side * h) ** order
            for h in steps
        ]
        for k in range(1, len(row)):
            row = [(2**k * b - a) / (2**k - 1) for a, b in pairwise(row)]
        return row[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_random_functions_at_a_kink(seed: int) -> None:
    """Where differences from both sides agree there is that derivative, else there is none."""
    text = random_text(Random(seed), 3)
    f = reference(text)
    program = f"x in R; f = ({text}) + 0*x; at x = 0; "
    there = True
    for order, name in enumerate(("df/dx", "d2f/dx2"), 1):
        left, right = (one_sided_truth(f, order, side) for side in (-1, 1))
        there &= bool(abs(left - right) < 1e-8 and abs(right) < 1e6)
        value = str(mpmath.nstr(right, 12))
        close, wrong = verdicts(f"{program}{name} ≈ {value} ± 1e-7; {name} ≈ {value} + 1 ± 1e-7")
        assert close == ("holds" if there else "undecided"), (text, order, left, right)
        assert wrong == ("refuted" if there else "undecided"), (text, order, left, right)


@pytest.mark.slow
def test_kinks_of_large_arrays_come_to_an_end() -> None:
    """Work at kinks is counted: what is too much is said, and one pair has one budget."""
    at = ["x = [" + ", ".join(map(str, range(40))) + "]"]
    (note,) = gradcli.hessian("x in R^n; sum(relu(x)^2)*sum(x)", at).notes
    assert "too many entries" in note.label or "too many entries" in note.message
    text = "u in onehot(n); A in spd(n); x in R; f = min(u)*relu(A); at x = 1; d2f/dA2 = 0"
    (found,) = gradcli.check(text, points=1).findings
    assert found.verdict == "holds"


# -- what is said is said of the function that was written -----------------------------------------


@pytest.mark.parametrize(
    ("expression", "at", "said"),
    [
        ("clip(x, 0, 1)", "x=1", "clip has a kink or a jump at this point (node f)"),
        ("2*norm(x)", "x=[0, 0]", "norm has a kink or a jump at this point (node v1)"),
        ("std(x)", "x=[1, 1]", "std has a kink"),
        ("leaky_relu(x)", "x=0", "leaky_relu has a kink or a jump at this point (node f)"),
        ("huber(x)", "x=1", "huber has a kink"),
        ("where(x > 0, x, 2*x)", "x=0", "x > 0 has a kink or a jump at this point\n"),
        ("u = max(x, 0); u*2", "x=0", "max has a kink or a jump at this point (node u)"),
        ("leaky_relu(x)", "x=0", "by convention the branch that is taken gives 0.01"),
    ],
)
def test_a_kink_is_that_of_the_function_that_was_written(
    expression: str, at: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(group, ["diff", expression, "--at", at]) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("expression", "at", "said"),
    [
        ("sum(log(x))", "x=[1, -1, 0]", "log at node v1: entry [1] of its argument is -1,"),
        ("sum(x ./ A)", "x=[1, 2], A=[[1, 2], [3, 0]]", "entry [1, 1] of its denominator A is 0"),
        ("log(x)", "x=-1", "log at node f: its argument is -1,"),
        ("cross_entropy(p, y)", "p=[0, 1], y=[1, 0]",
         "cross_entropy at node f: entry [1] of log's argument is 0,"),
    ],
)  # fmt: skip
def test_a_missing_value_is_that_of_an_entry(
    expression: str, at: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(group, ["diff", expression, "--at", at]) == 2
    assert said in capsys.readouterr().err
