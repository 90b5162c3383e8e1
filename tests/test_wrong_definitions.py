"""Slips in definitions: told once, mended where they were made, and every line then passes.

Must not know how a mistake is found: programs in, findings out.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from gradcli.api import check
from gradcli.errors import Diagnostic
from tests.verdicts import findings, pasted


class Wrong(NamedTuple):
    """A program with one wrong definition, what is said of it, and what it should be."""

    program: str
    says: str
    mended: str


STEP = """x in R^(N, D)
W in R^(D, H)
g in R^(N, H)
h = tanh(x @ W)
L = sum(g*h)
"""
WRONG = [
    Wrong(
        f"{STEP}da = g*(1 - h)\ndL/dx = da @ W.T\ndL/dW = x.T @ da",
        "all 2 lines that fail use da, defined in line 6: there",
        "da = g*(1 - h .^ 2)",
    ),
    Wrong(
        f"{STEP}dh = -g\ndL/dx = (dh*(1 - h .^ 2)) @ W.T\ndL/dW = x.T @ (dh*(1 - h .^ 2))",
        "all 2 lines that fail use dh, defined in line 6: there the sign is wrong",
        "dh = g",
    ),
    Wrong(
        "a, b in R; x in R^4; y[0] = b*x[0]; for t in 1..3 { y[t] = b*x[t] + a*y[t-1] }\n"
        "s[0] = 0; for t in 1..3 { s[t] = y[t] + a*s[t-1] }\nfor t in 1..3 { dy[t]/da = s[t] }",
        "this uses s[t], defined in line 2: there the index is off by one: y[t-1], not y[t]",
        "s[t] = y[t-1] + a*s[t-1]",
    ),
    Wrong(
        "A in (0, 1)^(2, 2); p in (0, 1)^2; f[0] = p; for t in 1..2 { f[t] = A @ f[t-1] }\n"
        "P = sum(f[2])\nb[2] = ones(2); for t in 1..2 { b[2-t] = A @ b[3-t] }\n"
        "for t in 0..2 { dP/df[t] = b[t] }\nfor t in 0..2 { f[t].T @ b[t] = P }",
        "all 2 lines that fail use",
        "",
    ),
]


@pytest.mark.parametrize("wrong", WRONG, ids=[w.program[-40:] for w in WRONG])
def test_one_mend_for_all_lines(wrong: Wrong) -> None:
    found = findings(wrong.program)
    told = [f.diagnosis for f in found if f.diagnosis]
    assert len(told) == 1
    assert told[0].text.startswith(wrong.says)
    assert not wrong.mended or told[0].mended == wrong.mended
    refuted = [f for f in found if f.verdict == "refuted"]
    assert all("its mend is told in line" in f.notes[-1] for f in refuted[1:])
    assert all(after.passed for after in findings(pasted(wrong.program, found)))


def test_a_definition_that_is_asked_for_is_none() -> None:
    """What is differentiated may be anything: the claim is wrong, not the function."""
    found = findings("x in R; f = x^3; df/dx = 2*x; d2f/dx2 = 2")
    assert all(f.diagnosis is None or f.diagnosis.span is None for f in found)


NEURON = """w, x, b, t in R
z = w*x + b
a = tanh(z)
L = (a - t)^2
"""
LAST = "dL/dt = -2*(a - t)"
STEPS = f"{STEP}dh = g\n"
REMARKS = [
    (f"{NEURON}da = a - t\ndz = 2*(a - t)*(1 - a^2)\n{LAST}", "da is not dL/da: a factor 2 is"),
    (f"{NEURON}da = 2*(a - t)\ndz = da*(1 - a)\ndw = dz*x\n{LAST}", "dz is not dL/dz: the square"),
    (f"{STEPS}dW = x.T @ g\ndL/dx = (dh*(1 - h .^ 2)) @ W.T", "dW is not dL/dW:"),
    # A local derivative, a step, a differential, what a claim uses, a name alone, two results.
    (f"{NEURON}da = 2*(a - t)\ndz = 1 - a^2\ndw = da*dz*x\n{LAST}", ""),
    (f"{NEURON}da = a - t\ndz = 1 - a^2\n{LAST}", "da is not dL/da: a factor 2 is"),
    (f"{NEURON}dw = 0.01\ndx = dw*x\n{LAST}", ""),
    (f"{NEURON}s in R\ndx = s - x\ndw = s*(a - t)\n{LAST}", ""),
    (f"{NEURON}dz = 1 - a^2\nda = a - t\ndL/dz = 2*da*dz", ""),
    (f"{NEURON}da = a - t\n{LAST}", ""),
    (f"{NEURON}M = a*t\nda = a - t\ndz = (a - t)*(1 - a^2)\n{LAST}\ndM/dt = a", ""),
]


@pytest.mark.parametrize(("program", "says"), REMARKS)
def test_what_is_called_after_a_derivative_is_held_against_it(program: str, says: str) -> None:
    notes = [
        note.message
        for file in check(program).files
        for each in file.derivations
        for note in each.notes
    ]
    assert [note.startswith(says) for note in notes] == [True] * bool(says), notes


BACKPROPAGATION = """x in R^n
y in R^q
W1 in R^(k, n)
W2 in R^(q, k)
z1 = W1 @ x
a1 = tanh(z1)
z2 = W2 @ a1
a2 = tanh(z2)
C = sum((a2 - y)^2)/2
NAME2 = (a2 - y)*(1 - a2^2)
NAME1 = (W2.T @ NAME2)*SLOPE
dC/dW2 = outer(NAME2, a1)
"""


def remarks(program: str) -> list[Diagnostic]:
    (file,) = check(program).files
    return [note for derivation in file.derivations for note in derivation.notes]


@pytest.mark.parametrize("name", ["delta_", "δ", "δ_", "d", "grad_z", "delta_z"])
def test_a_definition_is_held_against_the_adjoint_that_its_name_says(name: str) -> None:
    program = BACKPROPAGATION.replace("NAME", name)
    (note,) = remarks(program.replace("SLOPE", "(1 - a1)"))
    assert note.message == f"{name}1 is not dC/dz1: the square of a1 is missing"
    assert f"write  {name}1 = (W2.T @ {name}2)*(1 - a1^2)  (proved)" in note.help
    assert not remarks(program.replace("SLOPE", "(1 - a1^2)"))


def test_a_number_says_nothing_where_none_of_that_number_is_an_adjoint() -> None:
    """Quantities are numbered as well, as `d1` and `d2` of an option or of two distances."""
    program = """S, K, r, s, T, z1, z2 in (0, inf)
d1 = (log(S/K) + r*T)/s
d2 = d1 - s
C = S*tanh(d1*z1) - K*tanh(d2*z2)
dC/dS = tanh(d1*z1) + z1/s*(1 - tanh(d1*z1)^2) - K*z2/(S*s)*(1 - tanh(d2*z2)^2)"""
    assert not remarks(program)
