"""Where float64 and float32 first leave the numbers, against NumPy's own results.

Must not know how the place is found.
"""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.api import diff
from gradcli.arithmetic.float32 import FLOAT32
from tests.running import here


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        (
            "log(1 + exp(x))",
            "x=1000",
            "forwards, exp at node v1 is the first inf (truly 1.97e",
        ),
        ("exp(x)/(1 + exp(x))", "x=1000", "sigmoid(x)"),
        ("sum(exp(x)/sum(exp(x))*x)", "x=[1000, 900]", "softmax(x)"),
        ("sqrt(x^400)", "x=1000", "power at node v1 is the first inf"),
        ("exp(x) - exp(x) + x", "x=1000", "node v1 is the first inf"),
        ("sqrt(x)^2 + x", "x=1e-400", "backwards, what sqrt at node v1 hands to x is the first"),
        ("a = x*1e200; b = a*1e200; b/b + x", "x=3", "node b is the first inf"),
        ("x*exp(-x^2)/erfc(x)", "x=30", "division at node f is the first nan (truly 1.6e+03)"),
        (
            "where(x > 0, log(1 + exp(x)), x)",
            "x=800",
            "exp at node v1 on the branch where x > 0 is",
        ),
        ("where(x < 0, x, log(exp(x)))", "x=800", "node v1 on the branch where not x < 0 is the"),
        ("where(x > 1, exp(x), 1)/exp(x)", "x=800", "exp at node v1 is the first inf"),
        ("norm(x)", "x=[1e-300]", "backwards, within norm at node f there is the first inf"),
    ],
)
def test_the_first_place_is_named(text: str, at: str, said: str) -> None:
    done = here("diff", text, "--at", at)
    assert done.code == 0
    assert "G303" in done.out
    assert said in done.out


@pytest.mark.parametrize("text", ["x^2", "exp(x)", "sqrt(x)", "log(1 + exp(x))"])
def test_nothing_is_said_where_nothing_is_lost(text: str) -> None:
    assert not diff(text, ["x=3"]).notes


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("exp(x)*y", "x=100, y=1", "plain float32 fails here: forwards, exp at node v1"),
        ("x^2", "x=1e30", "plain float32 fails here"),
        ("exp(x)*y", "x=1, y=1/3", "of 7 digits of the worst number"),
        ("(1 + x) - 1", "x=1e-5", "plain float32 gets 2 of 7 digits"),
        ("[exp(x), x]", "x=100", "plain float32 fails here"),
    ],
)
def test_single_precision(text: str, at: str, said: str) -> None:
    done = here("diff", text, "--at", at, "--float32")
    assert done.code == 0
    assert said in done.out


def test_singles_are_rounded_to_24_bits() -> None:
    third = FLOAT32.tamed(np.array([1 / 3]))
    assert third.dtype == np.float32
    assert FLOAT32.tamed(np.array([True])).dtype == np.bool_


def test_a_result_that_is_too_large_itself_is_no_failure() -> None:
    assert not diff("exp(exp(x))", ["x=100"]).notes
    assert "fails here" in here("diff", "exp(x)", "--at", "x=100", "--float32").out
