"""Ordinary input that once ended in a fault of gradcli: each is answered, or refused in words.

Must not know how anything is computed; `tests.fuzz` finds such things.
"""

from __future__ import annotations

import json

import pytest

import gradcli
from gradcli.judge.finding import Report
from tests.running import here


def told(report: Report) -> list[str]:
    """What passes and what does not, then the codes of errors."""
    errors = [error.code for file in report.files for _, error in file.errors]
    return ["passes" if f.passed else f.verdict for f in report.findings] + errors


CLAIMS = {
    # a dimension letter as an exponent
    "x in R; v in R^n; f = sum(v); df/dx = x^n": ["refuted"],
    "x in R; v in R^n; f = x^n; df/dx = n*x^(n-1)": ["passes"],
    "x in R; v in R^n; x^n*x = x^(n+1)": ["passes"],
    # what is declared anew without a new derivation is told once
    "x in R; f = x^2; df/dx = 2*x; x in R; g = x^3; dg/dx = x; x in R; dg/dx = 3": [
        "passes", "G007",
    ],
    # the number 0 is the zero of any shape
    "x in R; A in R^(2,2); f = x*A; df/dx ≈ 0 ± 1e-3": ["refuted"],
    "x in R^2; f = 3; df/dx ≈ 0 ± 1e-3": ["passes"],
    # what points give
    'at x = [2]\nderivation "d"\nx in R\nf = 2*x\ndf/dx = x^2': ["G201"],
    "at x = [5]\nreshape(x, 3)\nx in R\ns = x = (-x)^2": ["G005"],
    "A in integers(1, 6); at A = e; A*1 = 2": ["G010"],
    "A in R^(n, n); at A = [[1, 2], [3, 4]]; for i in 0..n-1 { sum(A) = 10 }": ["passes"],
    "B in R^(m, n); at B = [[1, 2]]; for i in 0..m-1 { B[i, 1] = 2 }; B[m, 1] = 2": [
        "passes", "G012",
    ],
    "B in R^(m, n); at B = [[1, 2]]; B[n-1, 1] = 2": ["G012"],
    "B in R^(m, n); for i in 0..m-1 { B[i, 0] = w[0] }; w in R^n; at B = [[1, 2]], w = [1, 2]": [
        "G005",
    ],
    # letters that only constants have, and switches of what is not there at every size
    "x in R; at x = 1; norm(log_softmax(zeros(n))) = 5": ["refuted"],
    "x in R; at x = 1; x*norm(zeros(n)) = 0": ["passes"],
    "w in R^n; g = sum(i in 0..2, (ones(n))[i])*w; h = w.T @ where(g < g, g, g); dh/dw = 0": [
        "undecided",
    ],
    "v in R^n; for i in 0..m { 1 ≈ 0 }": ["refuted"],
    # the search for a mistake: names with two indices, numbers that Python does not write
    "B[-1, 1] = 1/2; for i in 0..1 { tan(-1) = 0 }": ["refuted"],
    "g = x = 1e5000": ["refuted"],
    # a number to the power of a vector: the base that is needed is one number, or none
    "0 = sum(i in 0..2, T[i])": ["G201"],
    "f(v) = v^2 = v*v": ["G001"],
    "((0))^(-2) ≈ .5": ["undecided"],
    # what does not exist at the least size has no value there
    "sum(i in 0..1, (n/zeros(n))[i]) = std(ones(n))": ["undecided"],
    "r in R^3; G, M, m in (0, inf); U = m\n-dU/dr = -G*M**(r)^3": ["refuted"],
    # literals stand where they were typed
    "1 ≈ elu(1e-3)": ["refuted"],
    "1.0 ≈ exp(elu(0.0))": ["passes"],
    "2.0 ≈ norm([2.0, 0.0])": ["passes"],
    # numbers beyond what Python prints or doubles hold
    "x in (-1e9999, 1e9999); x + x = 2*x": ["passes"],
    "x in (1e5000, inf); x + x = 3*x": ["refuted"],
    "x in R; at x = 20000; exp(x^2) ≈ 8.15": ["refuted"],
    # axes without end
    "x in R^(n,n,n,n,n,n,n,n,n,n,n,n); sum(x) = 0": ["refuted"],
    # constants that nobody uses are unknown names
    "de/dy = 1": ["G005"],
    "d = -0*d(x)/d(inf)": ["G005"],
    "dpi/dx = 0": ["G005"],
    "L = e^2; dL/de = 2*e": ["passes"],
    # letters and numbers that are one size by chance
    "u in R^(n+1); y in R; w in R^3; dy/du = y = w": ["refuted", "refuted"],
    "w in simplex(n); sec([1, 2]) ≈ w ± 1e-6": ["refuted"],
    "E in R^(T, k); A in R^(k, k); f = sum(t in 0..T-1, sum(A @ E[t])); df/dA = A @ A": ["refuted"],
    "a in R; u in R^n; z = logsumexp(a*u); dz/du = softmax(a*u)*a + u": ["refuted"],
    "u in R^3; A in R^(n, n); f = u[n-1]^2; df/du = 2*u": ["refuted"],
    # options of functions
    "mean(eye((2, 2))) = 1": ["G009"],
    "sum(zeros((2, 2), 3)) = 0": ["G201"],
    "x in R^n; norm(x, n) = 1": ["G009"],
    # sets that are shared
    'z in (1, 0)\nderivation "d"\nx in R\nx*1 = x': ["G014"],
    'w in R^n\nderivation "d"\nsum(w) = 3\nw in R\nw^2 = 1': ["refuted", "G007"],
    # a point of nothing
    "x in R^n; q = 0; d2q/dq2 ≈ q": ["passes"],
    "x in R^n; n ≈ 2.0": ["G010"],
    # Rows of one array are not spread over a part of another length.
    "A in R^(n, n); for i in 0..m { 1 = 7 var(zeros(3)) }": ["refuted"],
    "M in R^(2,2); w in R^n; for i in 0..2 { softmax(w) = (ones(n, m) @ zeros(m)) }": ["refuted"],
    "A in R^(m, n); x in R^k; f = sum(x^2); for i in 0..1 { df/dx = 3*x }": ["refuted"],
}  # fmt: skip


@pytest.mark.parametrize("text", CLAIMS)
def test_a_claim_is_judged_or_refused(text: str) -> None:
    assert sorted(told(gradcli.check(text))) == sorted(CLAIMS[text])


QUESTIONS = [
    (["codegen", "x^2", "-o", "", "--target", "jax"], 2),
    (["diff", "where(x>0, x, 0)", "--at", "x=1", "--trace"], 0),
    (["diff", "where(not (x>0) and y<x, x*y, y)", "--at", "x=1,y=2", "--trace"], 0),
    (["diff", "where(x==x, max(pi, x), pi)", "--at", "x=1", "--trace", "--format", "json"], 0),
    (["diff", "q=2*x; z", "--at", "z=1, x=2", "--wrt", "q"], 0),
    (["jacobian", "q=1e-400; z", "--at", "z=1e-300", "--wrt", "q"], 0),
    (["diff", "eye((2,2))", "--at", "x=3"], 2),
    (["derive", "y*z^0"], 0),
    (["derive", "y^2*z^2/z^2"], 0),
    (["derive", "sum(x^3)", "--let", "x in R^(2,3,4)", "--order", "3"], 0),
    (["derive", "x^2*w", "--let", "x in R; w in (1,0)"], 2),
    (["derive", "x", "--let", "x in (0,1); w in integers(0.5, 0.6)"], 2),
    (["derive", "x*w", "--let", "x in R^n; w in integers(0, 0)"], 0),
    (["derive", "x^e*hvp(e, x, x)"], 0),
]


@pytest.mark.parametrize(("arguments", "code"), QUESTIONS, ids=str)
def test_a_question_is_answered_or_refused(arguments: list[str], code: int) -> None:
    found, out, err = here(*arguments)
    assert found == code
    assert bool(out) == (code == 0)
    assert ("error[" in err) == (code == 2)


def test_conditions_are_no_vertices_of_a_trace() -> None:
    asked = ["diff", "where(x > 0, x^2, 0)", "--at", "x=3", "--trace", "--format", "json"]
    nodes = json.loads(here(*asked).out)["nodes"]
    assert [node["op"] for node in nodes] == ["input", "power", "where"]
    assert [node["adjoint"] for node in nodes] == [6, 1, 1]
    assert nodes[-1]["expression"] == "where(x > 0, v1, 0)"


def test_names_are_read_or_refused() -> None:
    with pytest.raises(gradcli.errors.GradcliError) as raised:
        gradcli.parse("(B)hvp(e, L, L)")
    assert raised.value.exit_code == 2
    assert "e" in gradcli.parse("e^2 + d/de (e^2)").inputs
