"""Numbers that are exactly zero: printed as 0 where residues show it, and only there.

Must not know how residues are drawn. The truth is that of the textbook identity or of 1300 digits.
"""

from __future__ import annotations

import json

import pytest

from gradcli.api import diff, hessian, hvp, jacobian, jvp, vjp
from gradcli.api.code import code
from gradcli.cli import group
from gradcli.cli.run import run

ZERO = [
    ("sin(x)^2 + cos(x)^2 - 1", "x=0.3"),
    ("cosh(x)^2 - sinh(x)^2 - 1", "x=0.7"),
    ("log(exp(x)) - x", "x=0.3"),
    ("sum(softmax(x)) - 1", "x=[1, 2, 3]"),
    ("norm(x)^2 - x.T @ x", "x=[1, 2, 3]"),
    ("sum(exp(A) @ inv(exp(A))) - 2", "A=[[1, 2], [3, 5]]"),
    ("tanh(x) - (2*sigmoid(2*x) - 1)", "x=-0.2"),
    ("where(x > 0.3, cosh(x)^2 - sinh(x)^2, x) - 1", "x=1"),
    ("abs(x)*exp(x) + x*exp(x)", "x=-1"),
    ("log(x*y) - log(x) - log(y)", "x=2, y=3"),
    ("sqrt(2)*x - sqrt(2*x^2)", "x=3"),
]
AT_THE_POINT = [
    ("exp(x) - exp(1)", "x=1"),
    ("x^2 - 2", "x=sqrt(2)"),
    ("log(x) - 1", "x=e"),
    ("x*exp(x) - y", "x=2, y=2*exp(2)"),
    ("sin(x)*cos(y) - cos(x)*sin(y)", "x=1, y=1"),
]
OPEN = [
    ("sin(x)", "x=pi"),
    ("sin(x)^2 + cos(x)^2 - 1 + 1e-1300", "x=1"),
    ("abs(sin(x)^2 + cos(x)^2 - 1)", "x=1"),
]


@pytest.mark.parametrize(("text", "at"), ZERO + AT_THE_POINT)
def test_a_value_that_is_zero(text: str, at: str) -> None:
    result = diff(text, [at])
    assert result.settled
    assert result.zeros is not None and result.zeros >= 80
    assert result.value.item() == 0
    assert (not result.inputs[0].gradient.any()) == ((text, at) in ZERO)


@pytest.mark.parametrize(("text", "at"), OPEN)
def test_what_is_not_shown_is_not_said(
    text: str, at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(group, ["diff", text, "--at", at]) == 1
    assert "0 (below 1e-1200)" in capsys.readouterr().out


def test_small_is_not_zero() -> None:
    result = diff("sin(x)^2 + cos(x)^2 - 1 + 1e-300", ["x=1"])
    assert result.settled
    assert float(result.value.item()) == 1e-300
    assert diff("exp(x) - exp(1)", ["x=1.0000000000000000000000000000000000000001"]).settled


def test_a_sign_that_only_the_point_has() -> None:
    """sqrt(x^2) is x on one side: zero there, and not on the other."""
    assert diff("exp(x)*sqrt(x^2) - x*exp(x)", ["x=2"]).value.item() == 0
    assert diff("exp(x)*sqrt(x^2) - x*exp(x)", ["x=-2"]).value.item() != 0


def test_derivatives_of_every_kind() -> None:
    def same(result: object) -> None:
        assert result.settled and result.zeros  # type: ignore[attr-defined]

    found = hessian("norm(x)^2", ["x=[1, 1]"])
    same(found)
    assert found.symmetric == "symmetric, exactly"
    assert [float(x) for x in found.entries] == [2, 0, 0, 2]
    same(jacobian("sum(softmax(x))", ["x=[1, 2, 3]"]))
    same(jacobian("[norm(x)^2, sin(x[0])^2 + cos(x[0])^2]", ["x=[1, 2]"]))
    same(hvp("norm(x)^2", ["x=[1, 2]"], tangent=["x=[0, 1]"]))
    same(jvp("sin(x)^2 + cos(x)^2", ["x=1"], tangent=["x=1"]))
    same(vjp("softmax(x)", ["x=[1, 2]"], cotangent="[1, 1]"))


def test_no_proof_is_asked_for_what_is_plain() -> None:
    assert diff("x^2*y - y*x^2", ["x=1, y=2"]).zeros is None
    assert diff("sin(x)", ["x=1"]).zeros is None


def test_how_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    def said(*args: str) -> str:
        assert run(group, [*args]) == 0
        return capsys.readouterr().out

    text = said("hessian", "norm(x)^2", "--at", "x=[1,1]")
    assert "below 1e-" not in text
    assert "by residues (wrong with a chance below 2^-" in text
    one = ("diff", "sin(x)^2 + cos(x)^2", "--at", "x=0.3")
    content = json.loads(said(*one, "--format", "json"))
    (entry,) = content["inputs"]
    assert [entry[way] for way in ("gradient", "forward", "reverse", "numeric")] == [0, 0, 0, 0]
    assert content["exact_zeros"]["method"] == "residues"
    assert content["exact_zeros"]["error"] >= 80
    assert "df/dx: 0 = " in said(*one, "--trace")


def test_a_zero_in_generated_code_has_no_sign() -> None:
    text = code("sin(x)^2 + cos(x)^2", "numpy", at=["x=0.3"], check=True)
    assert "        0.0,\n" in text
    assert "-0.0" not in text
