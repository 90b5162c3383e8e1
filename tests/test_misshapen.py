"""Sides whose shapes do not fit: which product does, and is right; products in a wrong order."""

from __future__ import annotations

from typing import NamedTuple

import pytest

import gradcli

KALMAN = (
    "K in R^(n, q); H in R^(q, n); P in spd(n); R in spd(q); I = eye(n)\n"
    "J = trace((I - K @ H) @ P @ (I - K @ H).T + K @ R @ K.T)\n"
)
RIDGE = "X in R^(m, n); w in R^n; y in R^m; J = sum((X @ w - y)^2)\n"
FACTORS = "U in R^(m, k); V in R^(n, k); M in R^(m, n); E = M - U @ V.T; J = sum(E .^ 2)/2\n"
LAYER = "W in R^(k, n); x in R^n; g in R^k; L = g @ tanh(W @ x); d = g*(1 - tanh(W @ x)^2)\n"


class Misfit(NamedTuple):
    """A program whose last side does not fit, what is said of it, and the side that is right."""

    program: str
    says: str
    mended: str


MISFITS = [
    Misfit(
        KALMAN + "dJ/dK = -2*(I - K @ H) @ P @ H + 2*K @ R",
        "H must be transposed here",
        "-2*(I - K @ H) @ P @ H.T + 2*K @ R",
    ),
    Misfit(
        KALMAN + "dJ/dK = -2*H @ (I - K @ H) @ P + 2*K @ R",
        "belong in another order",
        "-2*(I - K @ H) @ P @ H.T + 2*K @ R",
    ),
    Misfit(RIDGE + "dJ/dw = 2*X @ (X @ w - y)", "X must be transposed", "2*X.T @ (X @ w - y)"),
    Misfit(RIDGE + "dJ/dw = 2*(X @ w - y) @ X.T", "X must not be", "2*(X @ w - y) @ X"),
    Misfit(
        "P in R^(m, n); R in R^(m, m); w in R^n; J = w.T @ P.T @ R @ P @ w\n"
        "dJ/dw = P @ R @ P.T @ w + P.T @ R.T @ P @ w",
        "P is transposed in the wrong place",
        "P.T @ R @ P @ w + P.T @ R.T @ P @ w",
    ),
    Misfit(FACTORS + "dJ/dV = -E @ U", "E must be transposed here", "-E.T @ U"),
    Misfit(FACTORS + "dJ/dV = -U @ E", "belong in another order", "-E.T @ U"),
    Misfit(
        RIDGE + "D in R^(k, n); l in R; Q = J + l*sum((D @ w)^2)\n"
        "dQ/dw = 2*X.T @ (X @ w - y) + 2*l*D @ w",
        "the factor D.T is missing before 2*l*D @ w",
        "2*X.T @ (X @ w - y) + 2*l*D.T @ D @ w",
    ),
    Misfit(LAYER + "dL/dW = d*x", "the product meant here is d @ x.T", "d @ x.T"),
    Misfit(LAYER + "dL/dW = d @ x", "the product meant here is d @ x.T", "d @ x.T"),
    Misfit(LAYER + "dL/dx = W.T @ (d - x)", "the term x is surplus", "W.T @ d"),
    Misfit(LAYER + "dL/dx = W.T @ (d*x)", "the factor x is surplus", "W.T @ d"),
    Misfit(LAYER + "dL/dx = W @ d", "W must be transposed here", "W.T @ d"),
]


@pytest.mark.parametrize("misfit", MISFITS, ids=[m.program[-30:] for m in MISFITS])
def test_a_side_that_fits_is_offered(misfit: Misfit) -> None:
    report = gradcli.check(misfit.program)
    [(_, error)] = [each for file in report.files for each in file.errors]
    assert error.code == "G201" and misfit.says in error.help
    words, _, rest = error.help.partition("\nmend:  ")
    mend, verdict = rest.rsplit(maxsplit=1)
    assert words and mend == misfit.mended and verdict in ("proved", "holds")
    side = misfit.program.rpartition(" = ")[2]
    [found] = gradcli.check(misfit.program.removesuffix(side) + mend).findings
    assert found.passed


@pytest.mark.parametrize("claim", ["dJ/dw = 3*X @ (X @ w - y)", "dJ/dw = X @ y + y"])
def test_what_is_wrong_otherwise_keeps_its_help(claim: str) -> None:
    report = gradcli.check(RIDGE + claim)
    [(_, error)] = [each for file in report.files for each in file.errors]
    assert error.code == "G201" and "mend:" not in error.help


@pytest.mark.parametrize(
    ("program", "says", "mended"),
    [
        (
            "A, B, C in R^(n, n); f = trace(A @ B @ C); df/dA = B @ C",
            "this is the transpose of what is right",
            "C.T @ B.T",
        ),
        (
            "A, B, C, D in R^(n, n); f = trace(A @ B @ C @ D); df/dA = B @ C @ D.T",
            "",
            "D.T @ C.T @ B.T",
        ),
        ("X in R^(m, n); M = X.T @ X; 1*M = X @ X.T", "are exchanged", "X.T @ X"),
        (
            "C in (1, 2)^(n, k); l = sum(log(sum(C, axis=1))); dl/dC = ones(n, k)/sum(C, axis=0).T",
            "the sum is over axis 1, not axis 0, which stays",
            "ones(n, k)/sum(C, axis=1, keepdims=True)",
        ),
    ],
)
def test_other_orders_and_kept_axes(program: str, says: str, mended: str) -> None:
    [found] = gradcli.check(program).findings
    told = found.diagnosis
    assert told is not None and told.mended == mended and says in told.text


@pytest.mark.parametrize("point", ["at x", "at x = ?", "at x = [1, nothing]"])
def test_nothing_is_tried_at_a_point_that_cannot_be_read(point: str) -> None:
    head, _, claim = (LAYER + "dL/dx = W @ d").rpartition("\n")
    report = gradcli.check(f"{head}\n{point}\n{claim}")
    found = [error for file in report.files for _, error in file.errors]
    assert [error.code for error in found][1:] == ["G201"]
    assert "mend" not in found[1].help
