"""Derivatives as a mathematician states them, at the points where programs get them wrong.

Must not know how they are found: text in, the derivative of the function out.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from flint import arb

from gradcli.api import diff
from gradcli.arithmetic.ball import precision
from gradcli.arithmetic.decimal import decimal
from gradcli.certify.result import DiffResult
from gradcli.errors import GradcliError

INF = math.inf
NO = None  # a one-sided derivative that does not exist


def entries(result: DiffResult) -> list[Any]:
    return [x for found in result.inputs for x in found.gradient.flat]


def is_right(found: Any, expected: int | Fraction | str | float) -> bool:
    """A whole number or a fraction exactly, a text to its digits, an infinite slope as it is."""
    if found is None or isinstance(expected, float):
        return bool(found == expected)
    if isinstance(expected, str):
        count = len(expected.lower().partition("e")[0].replace(".", "").lstrip("-0"))
        with precision(400):
            return decimal(found, count) == expected
    value = Fraction(expected)
    if not isinstance(found, arb):
        return Fraction(int(found.p), int(found.q)) == value
    # an irrational way to a rational number: the ball holds it and is narrow
    with precision(400):
        near = abs(found - arb(value.numerator) / value.denominator)
        return bool(near < arb(10) ** -30)


# one line: program, point, the gradient's entries in the order of the point
SMOOTH: list[tuple[str, str, list[Any]]] = [
    # a branch that was not taken
    ("where(x<1, x, sqrt(x))", "x=0", [1]),
    ("where(x>0, log(x), 0)", "x=-1", [0]),
    ("where(x>0, 1/x, x)", "x=-1", [1]),
    ("where(x<1, 0, log(x-1))*y", "x=0.5, y=3", [0, 0]),
    ("where(x<1, x, sqrt(x-1)) @ y", "x=[0, 0.5], y=[1, 2]", [1, 2, 0, Fraction(1, 2)]),
    ("sum(where(x>0, log(x), x))", "x=[-1, 2]", [1, Fraction(1, 2)]),
    ("where(x>0 and y>0, log(x)+log(y), x*y)", "x=-1, y=1", [1, -1]),
    ("where(not x>0, 1, sqrt(x))", "x=-1", [0]),
    ("where(x<1, where(x<0.5, x, 1/(x-0.5)), sqrt(x-1))", "x=0.25", [1]),
    ("where(x>0, 1/x, 0)*where(x>0, log(x), 0)", "x=-1", [0]),
    ("where(x==0, 1, sin(x)/x)", "x=0", [0]),
    ("where(x==1, 1, x^2)", "x=1", [2]),
    ("where(x!=0, x^2/x, 0)", "x=0", [1]),
    ("where(x>0, x^2, 0)", "x=0", [0]),
    ("where(x>0, sin(x), x)", "x=0", [1]),
    # digits that doubles lose
    ("(1-cos(x))/x^2", "x=1e-8", ["-8.33333333333333e-10"]),
    ("(exp(x)-1)/x", "x=1e-20", ["0.5"]),
    ("log(1+x)/x", "x=1e-15", ["-0.499999999999999333"]),
    ("(sin(x)-x)/x^3", "x=1e-5", ["1.66666666665873e-07"]),
    ("sqrt(1+x)-1", "x=1e-20", ["0.4999999999999999999975"]),
    ("sqrt(x+1)-sqrt(x)", "x=1e20", ["-2.5e-31"]),
    ("x-tanh(x)", "x=1e-8", ["9.9999999999999993e-17"]),
    ("1-cos(x)", "x=1e-10", ["1e-10"]),
    ("(x^2-1)/(x-1)", "x=1.0000000001", [1]),
    ("(x+1e-30)^2-x^2", "x=1", [Fraction(2, 10**30)]),
    ("x+y", "x=1e-30, y=1", [1, 1]),
    ("x+y+z", "x=1e30, y=1, z=-1e30", [1, 1, 1]),
    ("log1p(x)", "x=1e-300", ["1"]),
    ("expm1(x)", "x=1e-300", ["1"]),
    ("tan(x)", "x=1.5707963267948966", ["2.7038446e+33"]),
    ("acosh(x)", "x=1.0000000000000001", ["70710678.118655"]),
    ("atanh(x)", "x=0.99999999999999999999", ["5e+19"]),
    ("asin(x)", "x=0.99999999999999999", ["223606797.7"]),
    # huge arguments
    ("log(1+exp(x))", "x=1000", ["1"]),
    ("log(1-sigmoid(x))", "x=40", ["-1"]),
    ("log(sum(exp(x)))", "x=[1000, 1000]", [Fraction(1, 2), Fraction(1, 2)]),
    ("logsumexp(x)", "x=[-1000, -1000]", [Fraction(1, 2), Fraction(1, 2)]),
    ("logsumexp(x)", "x=[1e6, 1e6+1]", ["0.26894142137", "0.73105857863"]),
    ("tanh(x)", "x=50", ["1.488e-43"]),
    ("tanh(x)", "x=-1000", ["1.0306e-868"]),
    ("sigmoid(x)", "x=-800", ["3.6679e-348"]),
    ("sigmoid(x)", "x=800", ["3.6679e-348"]),
    ("softplus(x)", "x=-1000", ["5.076e-435"]),
    ("softplus(x)", "x=1000", ["1"]),
    ("erfc(x)", "x=30", ["-1.53965e-391"]),
    ("erf(x)", "x=10", ["4.19766e-44"]),
    ("log(cosh(x))", "x=1000", ["1"]),
    ("log(cosh(x))", "x=-1000", ["-1"]),
    ("log_softmax(x)[1]", "x=[1000, -1000]", ["-1", "1"]),
    ("log(softmax(x)[1])", "x=[1000, -1000]", ["-1", "1"]),
    ("cross_entropy_logits([1, 0], z)", "z=[0, 1000]", ["-1", "1"]),
    ("logaddexp(a, b)", "a=1000, b=-1000", ["1", "2.57654e-869"]),
    ("exp(exp(exp(x)))", "x=2", ["6.97249e+706"]),
    ("exp(x)/(1+exp(x))", "x=800", ["3.6679e-348"]),
    ("hypot(1e200*x, 1e200*y)", "x=3, y=4", ["6e+199", "8e+199"]),
    ("swish(x)", "x=-1000", ["-5.0709e-432"]),
    ("gelu(x)", "x=-40", ["-5.8494e-347"]),
    ("x^1000", "x=1.5", ["8.225604e+178"]),
    # singular matrices and products with zeros
    ("det(X)", "X=[[1,2],[2,4]]", [4, -2, -2, 1]),
    ("det(X)", "X=[[0,0,0],[0,0,0],[0,0,0]]", [0] * 9),
    ("det(X)", "X=[[1,2,3],[2,4,6],[1,1,1]]", [-2, 4, -2, 1, -2, 1, 0, 0, 0]),
    ("det(X)^2", "X=[[1,2],[2,4]]", [0] * 4),
    ("logdet(X)", "X=[[-2,1],[1,-1]]", [-1, -1, -1, -2]),
    ("logdet(X @ X.T)", "X=[[1,2],[3,4]]", [-4, 3, 2, -1]),
    ("trace(inv(X))", "X=[[1,2],[3,4]]",
     [Fraction(-11, 2), Fraction(15, 4), Fraction(5, 2), Fraction(-7, 4)]),
    ("prod(x)", "x=[0, 2, 3]", [6, 0, 0]),
    ("prod(x)", "x=[0, 0, 3]", [0, 0, 0]),
    ("prod(x)", "x=[-1, -1, 0]", [0, 0, 1]),
    # powers
    ("x^0", "x=0", [0]),
    ("0^x", "x=2", [0]),
    ("x^2", "x=-3", [-6]),
    ("x^3", "x=0", [0]),
    ("x^-2", "x=-2", [Fraction(1, 4)]),
    ("x^x", "x=1", ["1"]),
    ("x^x", "x=1e-10", ["-22.0258509"]),
    ("2^x", "x=0", ["0.693147180559945309417"]),
    ("e^x", "x=0", ["1"]),
    # kinks that leave no trace in the whole
    ("norm(x)^2", "x=0", [0]),
    ("norm(x)^2", "x=[0, 0]", [0, 0]),
    ("norm(x)^3", "x=[0, 0]", [0, 0]),
    ("norm(x)*sum(x)", "x=[0, 0]", [0, 0]),
    ("norm(x-y)^2", "x=[1, 2], y=[1, 2]", [0, 0, 0, 0]),
    ('norm(A, "fro")^2', "A=[[0,0],[0,0]]", [0] * 4),
    ("hypot(x, y)^2", "x=0, y=0", [0, 0]),
    ("max(x, e^x-1, ((x+1)^2-1)/2)", "x=0", [1]),
    ("relu(x)-relu(-x)", "x=0", [1]),
    ("relu(x)*relu(-x)", "x=0", [0]),
    ("relu(x)^2", "x=0", [0]),
    ("x*abs(x)", "x=0", [0]),
    ("abs(x)^3", "x=0", [0]),
    ("abs(x)^1.5", "x=0", [0]),
    ("abs(x)-abs(x)", "x=0", [0]),
    ("abs(x*y)", "x=0, y=0", [0, 0]),
    ("x*sqrt(abs(x))", "x=0", [0]),
    ("sqrt(x^4)", "x=0", [0]),
    ("(x^2)^(3/2)", "x=0", [0]),
    ("cbrt(x^3)", "x=0", [1]),
    ("cbrt(x)^3", "x=0", [1]),
    ("cbrt(x)^4", "x=0", [0]),
    ("cbrt(x)", "x=-8", [Fraction(1, 12)]),
    ("max(x, x)", "x=0", [1]),
    ("max(x, y)+min(x, y)", "x=1, y=1", [1, 1]),
    ("max(x)+min(x)", "x=[1, 1]", [1, 1]),
    ("max(x, sin(x))", "x=0", [1]),
    ("sum(x*abs(x))", "x=[0, -1]", [0, 2]),
    ("x^2*sign(x)", "x=0", [0]),
    ("x^2*floor(x)", "x=0", [0]),
    ("sign(x)*sign(x)*x", "x=0", [1]),
    ("floor(x)+ceil(-x)", "x=1", [0]),
    ("huber(x)", "x=1", [1]),
    ("huber(x)", "x=-1", [-1]),
    ("huber(x, delta=2)", "x=-2", [-2]),
    ("elu(x)", "x=0", [1]),
    ("softsign(x)", "x=0", [1]),
    ("prelu(x, a)", "x=0, a=1", [1, 0]),
    ("norm(x, 3)^3", "x=[0, 0]", [0, 0]),
    ("std(x)^2", "x=[1, 1]", [0, 0]),
    ("var(x)", "x=[1, 1, 1]", [0, 0, 0]),
    ("std(x)", "x=[1, 2, 3]", ["-0.408248290464", 0, "0.408248290464"]),
    ("sqrt(mean((x-mean(x))^2))", "x=[1, 2, 3]", ["-0.408248290464", 0, "0.408248290464"]),
    ("atan2(y, x)", "y=0, x=1", [1, 0]),
    ("atan2(y, x)", "y=1, x=0", [0, -1]),
    ("atan2(y, x)", "y=-1, x=0", [0, 1]),
    # what lies beyond the terms of a series that is cut off
    ("where(x^10>0, x, 0)", "x=0", [1]),
    ("abs(x^100)", "x=0", [0]),
    ("sqrt(x^20)", "x=0", [0]),
    # off the jumps
    ("floor(x)", "x=0.5", [0]),
    ("ceil(x)", "x=-1.5", [0]),
    ("sign(x)", "x=3", [0]),
    ("step(x)", "x=-2", [0]),
    ("clip(x, -1, 1)", "x=0", [1]),
    ("hardtanh(x)", "x=2", [0]),
    # special functions
    ("gamma(x)", "x=5", ["36.1468240424"]),
    ("gamma(x)", "x=-1.5", ["1.66175026"]),
    ("lgamma(x)", "x=-1.5", ["0.703156640645"]),
    ("digamma(x)", "x=-0.5", ["8.934802200545"]),
    ("digamma(x)", "x=1", ["1.64493406684823"]),
    ("digamma(sin(x))", "x=4", ["-12.9813"]),
    ("erf(x)", "x=0", ["1.12837916709551"]),
    # arguments called like options
    ("binary_cross_entropy(1, p)", "p=0.5", [-2]),
    ("cross_entropy(p, q)", "p=[1, 0], q=[0.5, 0.5]", ["0.69314718", "0.69314718", -2, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "at", "expected"), SMOOTH)
def test_derivative(program: str, at: str, expected: list[Any]) -> None:
    result = diff(program, [at])
    assert result.settled
    assert not any(found.kinks for found in result.inputs)
    found = entries(result)
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert is_right(a, b), (a, b)


KINKS: list[tuple[str, str, Any, Any]] = [
    ("abs(x)", "x=0", -1, 1),
    ("relu(x)", "x=0", 0, 1),
    ("relu(x)+relu(-x)", "x=0", -1, 1),
    ("abs(sin(x))", "x=0", -1, 1),
    ("sqrt(x^2)", "x=0", -1, 1),
    ("sqrt(1-cos(x))", "x=0", "-0.70710678119", "0.70710678119"),
    ("acos(cos(x))", "x=0", -1, 1),
    ("x*sign(x)", "x=0", -1, 1),
    ("x*step(x)", "x=0", 0, 1),
    ("abs(abs(x)-1)", "x=0", 1, -1),
    ("abs(abs(x)-1)", "x=1", -1, 1),
    ("abs(abs(abs(x)-1)-1)", "x=0", -1, 1),
    ("max(x, -x)", "x=0", -1, 1),
    ("sign(x^9)*x", "x=0", -1, 1),
    ("max(x, x^2)", "x=0", 0, 1),
    ("max(x^2, x^3)", "x=1", 2, 3),
    ("clip(x, -1, 1)", "x=1", 1, 0),
    ("clip(x, -1, 1)", "x=-1", 0, 1),
    ("hardtanh(x)", "x=-1", 0, 1),
    ("hardsigmoid(x)", "x=3", Fraction(1, 6), 0),
    ("elu(x, 2)", "x=0", 2, 1),
    ("selu(x)", "x=0", "1.7580993408", "1.0507009874"),
    ("leaky_relu(x)", "x=0", Fraction(1, 100), 1),
    ("prelu(x, 1/2)", "x=0", Fraction(1, 2), 1),
    ("where(x>=0, x, -x)", "x=0", -1, 1),
    ("norm(x)", "x=0", -1, 1),
    ("norm([x, 0])", "x=0", -1, 1),
    ("max([x, 1])", "x=1", 0, 1),
    ("min([x, 1])", "x=1", 1, 0),
    ("std([x, 1, 1])", "x=1", "-0.4714045208", "0.4714045208"),
    # jumps
    ("floor(x)", "x=1", NO, 0),
    ("floor(x)", "x=-1", NO, 0),
    ("ceil(x)", "x=1", 0, NO),
    ("sign(x)", "x=0", NO, NO),
    ("sign(x)^2", "x=0", NO, NO),
    ("step(x)", "x=0", 0, NO),
    ("x-floor(x)", "x=1", NO, 1),
    ("where(x==1, 5, x)", "x=1", NO, NO),
    ("atan2(x, -1)", "x=0", NO, -1),
    # infinite slopes
    ("cbrt(x)", "x=0", INF, INF),
    ("sqrt(abs(x))", "x=0", -INF, INF),
    ("abs(x)^0.5", "x=0", -INF, INF),
    ("cbrt(x^2)", "x=0", -INF, INF),
    # the edge of a domain: a value on one side only
    ("sqrt(x)", "x=0", NO, INF),
    ("sqrt(x)^2", "x=0", NO, 1),
    ("x*sqrt(x)", "x=0", NO, 0),
    ("x^1.5", "x=0", NO, 0),
    ("x^(1/3)", "x=0", NO, INF),
    ("sqrt(1-x^2)", "x=1", -INF, NO),
    ("asin(x)", "x=1", INF, NO),
    ("asin(x)", "x=-1", NO, INF),
    ("acos(x)", "x=1", -INF, NO),
    ("acos(x)", "x=-1", NO, -INF),
    ("acos(x)^2", "x=1", -2, NO),
    ("acosh(x)", "x=1", NO, INF),
    ("acosh(x)^2", "x=1", NO, 2),
]


@pytest.mark.parametrize(("program", "at", "left", "right"), KINKS)
def test_kink(program: str, at: str, left: Any, right: Any) -> None:
    """No derivative, and what it is from the left and from the right."""
    result = diff(program, [at])
    assert result.settled
    assert entries(result) == [None]
    assert [note.code for note in result.notes][:1] == ["G301"]
    kink = result.inputs[0].kinks[0]
    assert is_right(kink.left, left), kink.left
    assert is_right(kink.right, right), kink.right


@pytest.mark.parametrize(
    ("program", "at", "sides"),
    [
        ("max(x)", "x=[1, 1, 0]", [(0, 1), (0, 1), None]),
        ("min(x)", "x=[1, 0, 0]", [None, (1, 0), (1, 0)]),
        ("max(x)-min(x)", "x=[1, 1]", [(-1, 1), (-1, 1)]),
        ("max(x*x)", "x=[1, -1]", [(0, 2), (-2, 0)]),
        ("norm(x, inf)", "x=[1, -1]", [(0, 1), (-1, 0)]),
        ("norm(x, 1)", "x=[0, 1]", [(-1, 1), None]),
        ("norm(x)", "x=[0, 0]", [(-1, 1), (-1, 1)]),
        ("sum(max(x, 0))", "x=[0, 1, -1]", [(0, 1), None, None]),
        ("min(x, y)", "x=1, y=1", [(1, 0), (1, 0)]),
        ("max(x, y, z)", "x=1, y=1, z=1", [(0, 1)] * 3),
        ("clip(x, y, z)", "x=1, y=1, z=1", [(0, 0), (0, 0), (1, 0)]),
        ("sqrt(x^2+y^2)", "x=0, y=0", [(-1, 1), (-1, 1)]),
        ("abs(x*y)", "x=0, y=1", [(-1, 1), None]),
        ("where(sin(x)>0, y, 2*y)", "x=0, y=1", [(0, NO), None]),
    ],
)
def test_ties(program: str, at: str, sides: list[tuple[Any, Any] | None]) -> None:
    """Entry by entry: which have no derivative, and their sides."""
    result = diff(program, [at])
    kinks: list[Any] = []
    for found in result.inputs:
        kinks += [found.kinks.get(k) for k in range(found.gradient.size)]
    for kink, pair, entry in zip(kinks, sides, entries(result), strict=True):
        assert (kink is None) == (pair is None) == (entry is not None)
        if pair is not None:
            assert is_right(kink.left, pair[0])
            assert is_right(kink.right, pair[1])


@pytest.mark.parametrize(
    ("program", "at", "code"),
    [
        ("(-8)^(1/3)", "", "G302"),
        ("x^(1/3)", "x=-8", "G302"),
        ("x^-1", "x=0", "G302"),
        ("x^x", "x=0", "G302"),
        ("0^x", "x=0", "G302"),
        ("0^x", "x=-1", "G302"),
        ("exp(-1/x^2)", "x=0", "G302"),
        ("1/(1/x)", "x=0", "G302"),
        ("x/x", "x=0", "G302"),
        ("0*(1/x)", "x=0", "G302"),
        ("abs(x)/x", "x=0", "G302"),
        ("x/norm(x)", "x=[0, 0]", "G302"),
        ("log(x)", "x=0", "G302"),
        ("log(x)", "x=-1", "G302"),
        ("sqrt(x)", "x=-1", "G302"),
        ("asin(x)", "x=2", "G302"),
        ("acosh(x)", "x=0", "G302"),
        ("atanh(x)", "x=1", "G302"),
        ("atan2(y, x)", "y=0, x=0", "G302"),
        ("gamma(x)", "x=0", "G302"),
        ("gamma(x)", "x=-1", "G302"),
        ("lgamma(x)", "x=-2", "G302"),
        ("digamma(x)", "x=-3", "G302"),
        ("inv(X)", "X=[[1,2],[2,4]]", "G302"),
        ("det(X)*inv(X)", "X=[[1,2],[2,4]]", "G302"),
        ("logdet(X)", "X=[[1,2],[2,4]]", "G302"),
        ("logdet(X)", "X=[[1,2],[3,4]]", "G302"),
        ("solve(X, [1, 1])", "X=[[1,2],[2,4]]", "G302"),
        ("p*log(p)", "p=0", "G302"),
        # irrational: whether there is a value cannot be told, and that is said
        ("tan(x)", "x=pi/2", "G304"),
        ("asin(sin(x))", "x=pi/2", "G304"),
        ("1/sin(x)", "x=pi", "G304"),
        ("solve(X, y)", "X=[[1,2],[3,4]], y=1", "G201"),
    ],
)
def test_no_value(program: str, at: str, code: str) -> None:
    with pytest.raises(GradcliError) as error:
        diff(program, [at] if at else [])
    assert error.value.exit_code == (1 if code == "G304" else 2)
    assert error.value.diagnostics[0].code == code


@pytest.mark.parametrize(
    ("program", "at"),
    [
        # zero, but no digit of it can be seen, and by a law that residues do not know
        ("lgamma(x + 1) - lgamma(x) - log(x)", "x=2"),
        ("sin(x)", "x=pi"),
        ("sin(pi*floor(x))", "x=1"),
        # a switch that is zero as far as can be seen
        ("abs(sin(x))", "x=pi"),
        ("floor(sin(x))", "x=pi/2"),
        ("relu(sin(x))", "x=pi"),
        # no series: there may be a derivative or none
        ("where(x==0, 0, exp(-1/x^2))", "x=0"),
        ("where(x==0, 0, x^2*sin(1/x))", "x=0"),
        ("where(x>0, x^2*log(x), 0)", "x=0"),
        ("sign(x^100)*x", "x=0"),
    ],
)
def test_unsettled(program: str, at: str) -> None:
    """What the highest precision leaves open is said, never guessed."""
    result = diff(program, [at])
    assert not result.settled
    assert not any(found.kinks for found in result.inputs)


@pytest.mark.parametrize(
    "program",
    ["sqrt(2)*x - sqrt(8)*x/2", "sin(x)^2 + cos(x)^2", "exp(x)*exp(-x)", "erf(x) + erfc(x)"],
)
def test_a_zero_that_no_precision_shows_is_settled_by_residues(program: str) -> None:
    result = diff(program, ["x=1"])
    assert result.settled
    assert result.inputs[0].gradient.item() == 0


@pytest.mark.parametrize(
    ("program", "at", "wrong"),
    [
        ("floor(sin(x))", "x=pi/2", "0"),
        ("where(x==0, 0, exp(-1/x^2))", "x=0", "0"),
        ("abs(sin(x))", "x=pi", "0"),
    ],
)
def test_unsettled_prints_no_digit(program: str, at: str, wrong: str) -> None:
    assert decimal(entries(diff(program, [at]))[0], 1) != wrong


@pytest.mark.parametrize(
    ("program", "at", "convention"),
    [
        ("relu(x)", "x=0", [0]),
        ("abs(x)", "x=0", [0]),
        ("max(x, y)", "x=1, y=1", [Fraction(1, 2)] * 2),
        ("min(x, y, z)", "x=1, y=1, z=1", [Fraction(1, 3)] * 3),
        ("max(x)", "x=[2, 2]", [Fraction(1, 2)] * 2),
        ("clip(x, -1, 1)", "x=1", [Fraction(1, 2)]),
    ],
)
def test_conventions(program: str, at: str, convention: list[Any]) -> None:
    """What plain evaluation takes for the derivative where there is none."""
    kinks = [k for found in diff(program, [at]).inputs for k in found.kinks.values()]
    assert len(kinks) == len(convention)
    assert all(is_right(k.convention, c) for k, c in zip(kinks, convention, strict=True))


def test_precision_at_a_kink() -> None:
    """A kink in one input does not stop the digits of another from being settled."""
    result = diff("abs(x) + (1-cos(y))/y^2", ["x=0, y=1e-8"])
    assert result.settled
    assert entries(result)[0] is None
    assert is_right(entries(result)[1], "-8.33333333333333e-10")


def test_fifty_digits() -> None:
    found = entries(diff("exp(x)", ["x=1"], precision=50))[0]
    with precision(400):
        assert decimal(found, 50) == "2.7182818284590452353602874713526624977572470937"


def test_an_error_of_differences_is_small() -> None:
    """A derivative too small for the step is compared absolutely, not relative to nothing."""
    result = diff("softmax(x)[0]", ["x=[10000, 10000, 0]"])
    error = result.inputs[0].numeric.error
    assert error is not None
    assert error < 0


def test_a_function_sees_only_what_stands_above_it() -> None:
    """A name that is defined later is unknown inside a function."""
    with pytest.raises(GradcliError) as caught:
        diff("f(u) = u*b; b = 3; f(x)", ["x=1"])
    assert caught.value.diagnostics[0].code == "G007"


def test_an_infinite_value_is_not_certified() -> None:
    """Infinity is no number to print digits of."""
    with pytest.raises(GradcliError) as caught:
        diff("x*inf", ["x=1"])
    assert caught.value.diagnostics[0].code == "G306"
