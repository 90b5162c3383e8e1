"""Claims that are wrong in a corner alone are refuted, and what was never visited is named.

Must not know how a corner is found.
"""

from __future__ import annotations

import pytest

from tests.verdicts import last

WRONG = """
A, phi, t in R; f = A*cos(2*pi*1e6*t + phi); df/dt = -2*pi*1e6*A*sin(phi)
x in R; sin(1000*pi*x) = 0
x in R; floor(1e6*x)/1e6 = x
x in (0, inf); atan(x) + atan(1/x) = pi/2 + 1e-600
x in (0, inf); gamma(x + 1) = x*gamma(x) + 1e-900*x
x in R; cos(x - pi/2) = sin(x)*(1 + 1e-85)
sqrt(3 + 2*sqrt(2)) = 1 + sqrt(2) + 1e-90
x in R; exp(log(x + 5000)) = x + 5000
x in (0, 10); exp(log(9.9999 - x)) = 9.9999 - x
x in (0, 1); exp(log(x - 1e-7)) = x - 1e-7
x in R^3; exp(log(sum(x) + 3000)) = sum(x) + 3000
x in R; exp(log(cos(x) + 0.9999)) = cos(x) + 0.9999
x in R; exp(log(cos(x/1000) + 0.5)) = cos(x/1000) + 0.5
x in R; relu(x)/relu(x) = 1
x in R; relu(5000 - x)/relu(5000 - x) = 1
x in R^12; max(x) = max(x[0:11])
x in R^12; f = max(x[0:11]); g = max(x); df/dx = dg/dx
x in R^40; max(x) = max(x[1:40])
x in R^12; relu(min(x)) = 0
x in [0, 1]^5; relu(sum(x) - 4) = 0
x in R^10; relu(1 - sum(x^2)) = 0
x in R^8; relu(1 - sum((x - [7, 7, -3, 7, 2.5, 1, 7, 2.5])^2)) = 0
p in simplex(3); relu(p[0] - 0.999) = 0
S in spd(3); relu(1e-6 - det(S)) = 0
x in R; y in [0, inf); where(y > 0, x, 0) = x
x in (0, 3.2); acos(cos(x)) = x
x in R^n; c = sum(step(x)); relu(c - 8) = 0
x in R^n; c = sum(where(x > mean(x), 1, 0)); relu(c - 11) = 0
x in [0, 1]^n; abs(7.5 - sum(x)) = 7.5 - sum(x)
p in simplex(n); relu(1/8 - max(p)) = 0
x in R^n; where(n == 12, 1, 0)*sum(x) = 0
x in R^n; sum(x)*relu(sqrt(n) - 15) = 0
X in R^(m, n); where(n == 12 and m == 9, 1, 0)*sum(X) = 0
x in R; 1 - sign((x - 4321.5)^2) = 0
x in R^4; where(x[0] > x[1] and x[1] > x[2] and x[2] > x[3], 1, 0) = 0
x in R^n; sum(j in 0..n-1, x[j]) = sum(x)*where(sum(j in 0..n-1, 1) > 9, 2, 1)
y in onehot(4); x in R^4; exp(sum(y*x)) = sum(y*exp(x)) + relu(x[1] - 60)*y[1]
"""
NEVER = {
    "x in R; relu(x^2 - 2*x + 3) = x^2 - 2*x + 3": "x^2 - 2*x + 3 was never < 0",
    "x in R; relu(exp(-(x - 777)^2) - 0.5) = 0": "exp(-(x - 777)^2) - 0.5 was never > 0",
    "x in R^2; max(x) = max([x[0], x[1], x[0] - 1])":
        "x[0] - 1 was never the largest of [x[0], x[1], x[0] - 1]",
    "x in R; where(x >= pi, 1, 0) = where(x > pi, 1, 0)": "x - pi was never = 0",
    "x in R; where(x^2 == 2, 1, 0) = 0": "x^2 == 2 was never true",
    "x in R^n; sum(x)*(n - 9)/(n - 9) = sum(x)": "the left side at n = 9 was never defined",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("text", WRONG.strip().splitlines())
def test_wrong_in_a_corner(text: str) -> None:
    assert last(text).verdict == "refuted"


@pytest.mark.parametrize("text", NEVER)
def test_what_was_never_visited_is_named(text: str) -> None:
    found = last(text)
    assert found.verdict == "holds"
    assert NEVER[text] in map(str, found.evidence.unvisited)


def test_different_residues_never_hold() -> None:
    norms = "a, b in R^3; c = (a.T @ b)/(norm(a)*norm(b)); "
    text = norms + "dc/db = a/(norm(a)*norm(b)) - c*b/norm(a)^2"
    assert last(text, points=4).verdict == "refuted"
    found = last("x in (0, inf); exp(x) = exp(x) + 1e-2000")
    assert (found.verdict, found.code) == ("undecided", "G309")
