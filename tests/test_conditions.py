"""Conditions on the inputs: where claims are meant, what they prove, and what stays a claim.

Must not know how points are drawn inside.
"""

from __future__ import annotations

import pytest

from gradcli import check
from tests.verdicts import diagnosed, last

GAS = "V, n, b in (0, inf); V > n*b\n"
UNDER = (
    (f"{GAS}P = 1/(V - n*b); dP/dV = -1/(V - n*b)^2", "proved"),
    (f"{GAS}exp(log(V - n*b)) = V - n*b", "proved"),
    ("K, S in (0, inf); K < S\nC = max(S - K, 0); C = S - K", "holds"),
    ("x, y in (0, inf); x + y <= 1\nf = sqrt(1 - x - y); f^2 = 1 - x - y", "proved"),
    ("A in R^(n, n); det(A) > 0\nf = log(det(A)); df/dA = inv(A).T", "proved"),
    ("a, b, c in R; a < b\nb < c\nf = max(a, b, c); f = c", "holds"),
    ("x, y in R^n; x < y\nf = sum(max(y - x, 0)); f = sum(y - x)", "holds"),
    ("K, S in (0, inf); K < S\nC = max(S - K, 0); C = K", "refuted"),
    ("x, y in (0, inf); x + y <= 1\nf = x*y; f <= 1/4", "holds"),
    ("x, y in (0, inf); x + y <= 1\nf = x*y; f <= 1/5", "refuted"),
    ("x, y in R; x < y\nf = x - y; f = f.T; f = 0", "refuted"),
)


# Above the last claim stands what says where its names lie.
DECLARED = {
    "s > 0; sqrt(s)^2 = s": "proved",
    "a, b >= 0; sqrt(a)^2*sqrt(b)^2 = a*b": "proved",
    "tau > 0; x in R; exp(log(tau))*x = tau*x": "proved",
    "0 < p and p < 1; exp(log(p) + log(1 - p)) = p*(1 - p)": "proved",
    "0 < p < 1; exp(log(p) + log(1 - p)) = p*(1 - p)": "proved",
    "0 < p, q <= 1; exp(log(p) + log(q)) = p*q": "proved",
    "x, y in R; 1 >= y >= 0; sqrt(y)^2*x = x*y": "proved",
    "p in R; 0 < p < 2; exp(log(1 - p)) = 1 - p": "refuted",
    "x in R^n; x > 0; sum(exp(log(x))) = sum(x)": "proved",
    "x, y in R; x > 0; 3 > x; exp(log(3 - x))*y = (3 - x)*y": "proved",
    "x, y in R; x > 0; exp(log(y)) = y": "refuted",
    "x >= 0; exp(log(x + 1e-9) - log(x)) = 1": "refuted",
}


@pytest.mark.parametrize("program", DECLARED)
def test_a_number_that_a_name_is_above_declares_it(program: str) -> None:
    assert last(program).verdict == DECLARED[program]


@pytest.mark.parametrize(("program", "verdict"), UNDER)
def test_a_condition_restricts_the_claims_below(program: str, verdict: str) -> None:
    assert last(program).verdict == verdict


def test_a_point_that_refutes_meets_the_conditions() -> None:
    found = last("x, y in R; x + 1 < y\nf = y - x; f = 1")
    assert found.counterexample is not None
    at = found.counterexample.at
    assert at["x"] + 1 < at["y"]


def test_what_is_a_condition_is_said() -> None:
    (file,) = check(f"{GAS}P = 1/(V - n*b); P > 0").files
    (note,) = [note for derivation in file.derivations for note in derivation.notes]
    assert (note.code, note.message) == ("G110", "V > n*b is a condition on all claims below")
    assert [finding.text for finding in file.findings] == ["P > 0"]


@pytest.mark.parametrize(
    ("program", "verdict"),
    [
        ("t in {0, 1}; t^2 = t", "proved"),
        ("y in {-1, 1}^n; y*y = ones(n)", "proved"),
        ("y in {-1, 1}; 1*y = 1", "refuted"),
        ("y in {-1, 3}; (y + 1)*(y - 3) = 0", "proved"),
        ("y in {-1, 1}^N; z in R^N; L = sum(relu(1 - y*z)); dL/dz = -y*step(1 - y*z)", "proved"),
    ],
)
def test_two_numbers_are_a_set(program: str, verdict: str) -> None:
    assert last(program).verdict == verdict


def test_alone_an_inequality_is_a_claim() -> None:
    assert last("x in R; sigmoid(x) < 1").verdict == "proved"


# Claims that are right on a part of the sets, and the line that says so above the first definition.
RESTRICTED = {
    "x, y in R; log(x*y) = log(x) + log(y)": "x > 0",
    "x, y in R; sqrt(x*y) = sqrt(x)*sqrt(y)": "x >= 0 and y >= 0",
    "x in R; sqrt(x^2) = x": "x >= 0",
    "x in R; asin(sin(x)) = x": "x >= -pi/2 and x <= pi/2",
    "x, y in R; max(x, y) = y": "x <= y",
    "a, b in R; z = a*b + 1; relu(z) = z": "a*b + 1 >= 0",
    "x, y in R; f = relu(x)*y; df/dx = y": "x > 0",
    "x in R; sqrt(1 - x^2)^2 = 1 - x^2": "1 - x^2 >= 0",
}


@pytest.mark.parametrize("program", RESTRICTED)
def test_the_condition_that_makes_a_claim_right_is_offered(program: str) -> None:
    told = diagnosed(program)
    assert told is not None
    condition = told.text.partition("; where that is meant, write  ")[2]
    assert condition == RESTRICTED[program]
    declared, *others = program.split("; ")
    assert last("; ".join([declared, condition, *others])).passed


@pytest.mark.parametrize(
    "program", ["x in R; sin(x) = x", "x in R; x^2 = x^3", "x, y in R; x*y = x"]
)
def test_no_condition_is_offered_where_none_is_simple(program: str) -> None:
    told = diagnosed(program)
    assert told is None or "where that is meant" not in told.text
