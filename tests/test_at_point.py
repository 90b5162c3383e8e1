"""Numbers claimed at a point: what was done to come to them, and the true ones as the mend."""

from __future__ import annotations

import pytest

import gradcli

TWO_PATHS = "a, b in R; f = a*b + b^2; at a = 2, b = 3; "
MASK = "x in R^4; r = relu(x); f = sum(r^2); at x = [1, -2, 3, 0.5]; "
OPEN = "x in R^3; h = relu(x); f = sum(x^2) + sum(h); at x = [1, -2, 3]; "
SINE = "x, t in R; f = sin(x)*t; at x = 1, t = 2; "
LOG = "x in R; f = x*log(x); at x = 20; "
NEURON = "x, w in R; z = w*x; p = sigmoid(z); L = -log(p); at x = 1.3, w = 0.7; "
VALUE = "x in (0, inf); f = 3*log(x); at x = 2; "
LARGE = "x in R; f = exp(x^2); at x = 20000; "
LAYER = "W in R^(2,2); x in R^2; y = W @ x; L = sum(y^2); at W = [[1,2],[3,4]], x = [1,-1]; "

WRONG = [
    (TWO_PATHS, "df/db = 2", "missing-term", "the use of b in b^2 is missing", "8"),
    (TWO_PATHS, "df/db = 6", "missing-term", "the use of b in a*b is missing", "8"),
    (TWO_PATHS, "df/db = 0", "missing-term", "b is taken for a constant", "8"),
    (TWO_PATHS, "df/db = -8", "sign", "the sign is wrong", "8"),
    (TWO_PATHS, "df/db = 15", "node", "this is f itself", "8"),
    (TWO_PATHS, "df/db = 4", "factor", "a factor 2 is missing", "8"),
    (MASK, "df/dx = [2, -4, 6, 1]", "missing-local", "relu's local derivative", "[2, 0, 6, 1]"),
    (OPEN, "df/dx = [3, 0, 7]", "missing-local", "nothing is masked here", "[3, -4, 7]"),
    (SINE, "df/dx ≈ 1.9997", "factor", "angles are taken in degrees", "1.0806"),
    (SINE, "df/dt ≈ 0.017452", "factor", "angles are taken in degrees", "0.841471"),
    (SINE, "df/dx ≈ 6.7896", "factor", "this is 2*pi times what is right", "1.0806"),
    (LOG, "df/dx ≈ 2.3010", "function", "the function is log, not log10", "3.9957"),
    (VALUE, "f ≈ 0.9031", "function", "the function is log, not log10", "2.0794"),
    (SINE, "sin(x) ≈ 0.0175", "factor", "angles are taken in degrees", "0.8415"),
    (LOG, "df/dx ≈ 3.99", "tiny", "this is cut off, not rounded", "4.00"),
    (NEURON, "dL/dw ≈ -0.3770", "tiny", "rounding on the way: z and p to 2 places", "-0.3731"),
    (NEURON, "dL/dz ≈ 0.7130", "node", "this is p", "-0.2870"),
    (NEURON, "dL/dw ≈ -1.823", "missing-local", "p*(1 - p), is missing", "-0.373"),
    (LAYER, "dL/dx = [-1, -1]", "node", "this is y", "[-8, -12]"),
]


@pytest.mark.parametrize(("before", "claim", "kind", "says", "mend"), WRONG)
def test_the_way_is_named(before: str, claim: str, kind: str, says: str, mend: str) -> None:
    [finding] = gradcli.check(before + claim).findings
    told = finding.diagnosis
    assert told is not None and (told.kind, told.mended) == (kind, mend)
    assert says in told.text and told.verdict in ("proved", "holds")
    left, sign, _ = claim.split(" ", 2)
    [mended] = gradcli.check(f"{before}{left} {sign} {mend}").findings
    assert mended.passed


@pytest.mark.parametrize(
    ("before", "claim"),
    [
        (TWO_PATHS, "df/da = 2"),
        (SINE, "df/dx ≈ 2.1"),
        (MASK, "df/dx = [7, -3, 9, 11]"),
        (LARGE, "df/dx ≈ 1.234"),
        ("x in R; z = exp(x^2); f = log(z); at x = 20000; ", "df/dx ≈ 0.123"),
    ],
)
def test_what_has_no_reading_is_given_none(before: str, claim: str) -> None:
    [finding] = gradcli.check(before + claim).findings
    assert finding.verdict == "refuted" and finding.diagnosis is None and not finding.notes


def test_what_no_decimal_says_has_no_mend() -> None:
    [finding] = gradcli.check(SINE + "df/dx = 0").findings
    assert finding.diagnosis is not None and finding.diagnosis.mended is None
    assert "x is taken for a constant" in finding.diagnosis.text
