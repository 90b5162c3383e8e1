"""The stable forms that a note proposes: the same value, and in float64 the better one.

Must not know the table of forms; every form of it must be reached by a case here.
"""

from __future__ import annotations

import pytest

import gradcli
from gradcli.arithmetic.decimal import decimal
from gradcli.certify.stable import FORMS

CASES = {
    "1 - cos(2*x)": "x=1e-9",
    "1 - sigmoid(x)": "x=40",
    "1 - erf(x)": "x=7",
    "1 - tanh(x)^2": "x=20",
    "exp(x) - 1": "x=1e-13",
    "log(1 + exp(x))": "x=1000",
    "log(exp(x) + 1)": "x=1000",
    "exp(x)/(1 + exp(x))": "x=710",
    "exp(x)/(exp(x) + 1)": "x=710",
    "exp(x)/sum(exp(x))": "x=[1000, 990]",
    "log(1 + x)": "x=1e-12",
    "log(x + 1)": "x=1e-12",
    "log(sum(exp(x)))": "x=[1000, 1000]",
    "log(sum(exp(A)))": "A=[[1000, 1000], [1, 2]]",
    "log(softmax(x))": "x=[0, 1000]",
    "log(sigmoid(x))": "x=-800",
}


@pytest.mark.parametrize(("text", "at"), CASES.items())
def test_a_stable_form_is_the_same_and_better(text: str, at: str) -> None:
    plain = gradcli.diff(text, [at], precision=40)
    (note,) = [note for note in plain.notes if note.code == "G303"]
    mend = note.help.removeprefix("a stable form:  ")
    assert mend != note.help
    stable = gradcli.diff(mend, [at], precision=40)
    for a, b in zip(plain.value.flat, stable.value.flat, strict=True):
        assert decimal(a, 30) == decimal(b, 30)
    (before,), (after,) = plain.inputs, stable.inputs
    assert before.digits is not None and after.digits is not None and stable.digits is not None
    assert (after.digits, stable.digits) >= (before.digits, plain.digits or 0)
    assert max(after.digits, stable.digits) >= 12


def test_every_form_has_a_case() -> None:
    assert len(CASES) == len(FORMS)
