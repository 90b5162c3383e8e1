"""`subs(y, x=v)`: what a value at a point is, and what is refused."""

from __future__ import annotations

import pytest

from gradcli import api
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions

GIVEN = """
x, y in R
v in R^n
A in R^(n, n)
L = x^3 + 3*x*y
z = x*y + 1
M = z^2 + sigmoid(z)
q = v.T @ A @ v
p = x^2*y^3
f(t) = t^2*y
"""


def found(line: str) -> tuple[list[str], list[str]]:
    """The verdicts of a claim, and the messages of what is wrong."""
    report = api.check_text(Source("a.grad", f"{GIVEN}{line}\n"), CheckOptions())
    return [f.verdict for f in report.findings], [e.message for _, e in report.errors]


@pytest.mark.parametrize(
    "claim",
    [
        "subs(dL/dx, x=0) = 3*y",
        "subs(dL/dx, x=1, y=2) = 9",
        "subs(dL/dx, x=y, y=x) = 3*y^2 + 3*x",  # all at once
        "subs(d2L/dx2, x=2) = 12",
        "subs(d2p/dxdy, x=y) = 6*y^3",  # y moves without the value that x has
        "subs(d(x*z^2)/dz, x=z) = 2*z*(z*y + 1)",  # z is made of the x that has a value
        "subs(dM/dz, z=0) = 1/4",  # an intermediate vertex, on its own
        "subs(dq/dv, v=zeros(n)) = 0",
        "subs(dq/dv, v=ones(n)) = (A + A.T) @ ones(n)",
        "subs(f'(x), x=2) = 4*y",
        "subs(subs(L, y=x), x=2) = 20",
        "d/dx (subs(L, x=2*y)) = 0",
        "d/dx (subs(L, y=2*x)) = 3*x^2 + 12*x",  # what is put in moves
        "subs(d(abs(x))/dx, x=-2) = -1",
        "for i in 1..3 { subs(d(x^i)/dx, x=1) = i }",
    ],
)
def test_values(claim: str) -> None:
    verdicts, errors = found(claim)
    assert not errors and {*verdicts} <= {"proved", "holds"} and verdicts


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("subs(dL/dx, x=0) = y", "refuted"),
        ("subs(dL/dx, x=1) = dL/dx", "refuted"),
        # The derivative is taken at the point, where there is none, not at some other one.
        ("subs(d(abs(x))/dx, x=0) = 0", "undecided"),
        ("subs(d(relu(x))/dx, x=0) = 0", "undecided"),
        ("subs(log(x), x=-2) = 1", "undecided"),
    ],
)
def test_what_is_not_so(claim: str, verdict: str) -> None:
    assert found(claim) == ([verdict], [])


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("subs(x*z, z=0) = 0", "z is made of x, which stands beside it here"),
        ("subs(x, x=v) = 0", "x is a scalar, not a vector of n"),
        ("subs(x, w=0) = 0", 'unknown name "w"'),
        ("subs(x, z) = 0", "subs takes one expression and values of names"),
        ("subs(dz/dx, n=0) = 0", "n is no variable here"),
        ("subs(dz/dx, x=0, x=1) = 0", "x has two values here"),
        ("for i in 1..3 { subs(x*i, i=2) = i }", "i is no variable here"),
    ],
)
def test_what_is_refused(claim: str, message: str) -> None:
    assert found(claim) == ([], [message])
