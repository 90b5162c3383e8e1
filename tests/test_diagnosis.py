"""A mistake by its name: one test a kind, and every mend is a claim that passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from diagnosing import diagnosed, findings, pasted

import gradcli
from gradcli.diagnosis import refuted_claim, search
from gradcli.judge.finding import Diagnosis

SLIPS = sorted((Path(__file__).parent.parent / "samples" / "slips").glob("*.grad"))
VECTORS = "A in R^(n, n)\nX in R^(m, n)\nx, w in R^n\ny in R^m\n"
LEAST = f"{VECTORS}L = sum((X @ w - y)^2)/m\n"

# program, kind, words, mended side
KINDS = [
    ("f = x^2; df/dx = -2*x", "sign", "the sign is wrong", "2*x"),
    ("f = (y - x)^2; df/dx = 2*(y - x)", "sign", "the sign is wrong", "-2*(y - x)"),
    ("f = sin(x) + x; df/dx = cos(x) - 1", "sign", "the sign of the term 1 is wrong", "cos(x) + 1"),
    ("f = x*y + x^3; df/dx = -y + 3x^2", "sign", None, "y + 3x^2"),
    ("f = exp(-x); df/dx = -exp(x)", "sign", "the sign of x is wrong", "-exp(-x)"),
    ("f = x^2; df/dx = x", "factor", "a factor 2 is missing", "2*x"),
    ("f = x^2/2; df/dx = 2x", "factor", "the claim is twice what is right", "x"),
    ("f = x^2*y/2; df/dx = 2x*y", "factor", "the claim is twice what is right", "x*y"),
    ("f = x^3 + y*x; df/dx = x^2 + y", "factor", "a factor 3 is missing in the term x^2",
     "3*x^2 + y"),
    (f"{LEAST}dL/dw = 2*X.T @ (X @ w - y)", "factor", "a factor 1/m is missing",
     "2*X.T @ (X @ w - y)/m"),
    (f"{LEAST}dL/dw = X.T @ (X @ w - y)", "factor", "a factor 2/m is missing",
     "2*X.T @ (X @ w - y)/m"),
    ("f = tanh(x); df/dx = 1 - f", "factor", "the square of f is missing", "1 - f^2"),
    ("f = log(x); df/dx = 1/x^2", "factor", None, "1/x"),
    ("f = x^5; df/dx = 5*x^3", "exponent", "the exponent is 4, not 3", "5*x^4"),
    ("f = x^5; df/dx = 5x³", "exponent", "the exponent is 4, not 3", "5x⁴"),
    ("f = tanh(3x); df/dx = 3 - 3*tanh((3x)^2)", "exponent", "the exponent belongs outside of tanh",
     "3 - 3*tanh(3x)^2"),
    ("f = sin(2x); df/dx = 2*sin(2x)", "function", "the function is cos, not sin", "2*cos(2x)"),
    (f"{VECTORS}f = sum((A @ x)^2)/2\ndf/dx = A @ A @ x", "transpose",
     "A must be transposed here", "A.T @ A @ x"),
    (f"{VECTORS}f = y.T @ X @ w\ndf/dX = w @ y.T", "transpose", None, "y @ w.T"),
    (f"{VECTORS}f = x.T @ A @ x\nhessian(f, x) = 2*A", "transpose", None, "A + A.T"),
    (f"{VECTORS}f = A @ x\ndf/dx = A.T", "layout", "this is the Jacobian in the other layout", "A"),
    (f"{VECTORS}f = X @ x\ndf/dx = X.T", "layout", None, "X"),
    (f"{VECTORS}f = w.T @ x\ndf/dx = w.T", "layout", None, "w"),
    ("f = x*y + x; df/dx = y + 1 + x*y", "surplus-term", "the term x*y is surplus", "y + 1"),
    ("u in R^4\nw in R\nf = w*sum(t in 0..3, u[t])\ndf/dw = sum(t in 1..3, u[t])", "index",
     "the sum begins at 0, not at 1", "sum(t in 0..3, u[t])"),
    ("h[0] = w\nfor t in 1..3 { h[t] = sin(h[t-1])\ndh[t]/dh[t-1] = cos(h[t]) }", "index",
     "the index is off by one: h[t-1], not h[t]", "cos(h[t-1])"),
    ("u in R^4\nu[1] + u[2] = sum(u[0:2])", "index", "the index is off by one: u[1:3], not u[0:2]",
     "sum(u[1:3])"),
    ("f = x*y^3; df/dx = x^3", "node", None, "y^3"),
    ("a, b, x, y in R\nf = a*x^2 + b*y; df/db = x", "node", None, "y"),
    ("S in R^(3, 3)\nb in R^3\nL = sum((S + b) .^ 2)/2\ndL/db = sum(S + b, axis=1)", "axis",
     "the sum is over axis 0, not axis 1", "sum(S + b, axis=0)"),
    ("S in R^(4, 3)\nb in R^3\nL = sum((S + b) .^ 2)/2\ndL/db = S + b", "axis",
     "a sum over axis 0 is missing", "sum(S + b, axis=0)"),
    ("1/3 = 0.333333", "tiny", "0.333333 is a rounded 1/3", "1/3"),
    ("f = x^2; at x = 0.123; df/dx ≈ 0.24", "tiny", "this is cut off, not rounded", "0.25"),
    ("f = x^2; at x = 1.5; f ≈ -2.25", "sign", "the sign is wrong", "2.25"),
    ("f = 2^x; df/dx = 0.6931*2^x", "tiny", "0.6931 is a rounded log(2)", "log(2)*2^x"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "kind", "says", "mended"), KINDS)
def test_a_kind(program: str, kind: str, says: str | None, mended: str | None) -> None:
    found = diagnosed(program)
    assert found is not None
    assert found.kind == kind, found
    assert says in (None, found.text)
    assert mended in (None, found.mended)
    assert found.verdict in ("proved", "holds")


@pytest.mark.slow
@pytest.mark.parametrize("path", SLIPS, ids=lambda path: path.stem)
def test_every_mend_passes_where_it_is_pasted(path: Path) -> None:
    program = path.read_text(encoding="utf-8")
    if "@.." in program:
        return
    places = [k for k, found in enumerate(findings(program)) if _mended(found.diagnosis)]
    after = findings(pasted(program))
    for place in places:
        assert after[place].truth in ("proved", "holds"), after[place].text


def _mended(found: Diagnosis | None) -> bool:
    return bool(found and found.mended)


@pytest.mark.parametrize("program", [kind[0] for kind in KINDS])
def test_every_mend_of_a_kind_passes(program: str) -> None:
    assert all(found.passed for found in findings(pasted(program)))


@pytest.mark.parametrize(
    "claim",
    ["17*z^3", "x + 17", "sin(cos(z))/y", "0", "log(abs(x) + 2)", "x^7 - z^7"],
)
def test_nonsense_is_left_alone(claim: str) -> None:
    program = f"x, y, z in R\nf = exp(x*y)*cos(z) + x\ndf/dx = {claim}"
    assert diagnosed(program) is None


def test_luck_at_one_point() -> None:
    """grad_w0*w0 is the wrong sign at x0 = -1, and nothing like it anywhere else."""
    program = "s0 = w0*x0\nf = sigmoid(s0 + w1)\nat w0 = 2, x0 = -1, w1 = -3\ndf/dx0 = df/dw0*w0"
    found = diagnosed(program)
    assert found is not None
    assert (found.kind, found.mended) == ("node", "df/ds0*w0")


def test_one_number_has_no_factor_by_chance() -> None:
    """At one point any two numbers have a ratio."""
    assert diagnosed("f = x^2; at x = 3; df/dx = 5") is None
    found = diagnosed("f = x^2; at x = 3; df/dx = 3")
    assert found is not None
    assert (found.kind, found.mended) == ("factor", "6")


CHAIN = """x in R
f = x^2*exp(-x)
df/dx = 2x*exp(-x) - x^2*exp(-x)
      = 2x*exp(-x) + x^2*exp(-x)
      = x*(2 + x)*exp(-x)
      = x*(2 - x)*exp(-x)
"""


def test_a_chain() -> None:
    """What follows from a wrong line is mended as well; a line that is true again is not."""
    kinds = [f.diagnosis and (f.diagnosis.kind, f.diagnosis.mended) for f in findings(CHAIN)]
    assert kinds == [
        None,
        ("sign", "2x*exp(-x) - x^2*exp(-x)"),
        ("sign", "x*(2 - x)*exp(-x)"),
        ("step", None),
    ]
    assert all(found.passed for found in findings(pasted(CHAIN)))


def test_a_loop() -> None:
    """The mend is written with the loop's own variable and holds at every turn."""
    program = (
        "w in R\nx in R^3\nh[0] = w\n"
        "for t in 1..3 { h[t] = x[t-1]*h[t-1]^2; dh[t]/dh[t-1] = x[t-1]*h[t-1] }"
    )
    found = diagnosed(program)
    assert found is not None
    assert (found.kind, found.mended) == ("factor", "2*x[t-1]*h[t-1]")


def test_letters_are_told_from_numbers() -> None:
    """At m = 2 a factor 1/m is 1/2; it must be so at all sizes."""
    found = diagnosed("x in R^m\nf = mean(x)\ndf/dx = ones(m)")
    assert found is not None
    assert found.text == "a factor 1/m is missing"
    found = diagnosed("x in R^(2)\nf = mean(x)\ndf/dx = ones(2)")
    assert found is not None
    assert found.text == "the claim is twice what is right"


def test_measured_values() -> None:
    assert diagnosed("f = x^2; at x = 3; df/dx ≈ 17.5") is None
    found = diagnosed("f = x^2; at x = 3; df/dx ≈ x ± 1e-6")
    assert found is not None
    assert found.mended == "2*x"


def test_what_is_no_slip() -> None:
    """Neither a claim that two sides differ nor a side without a value has a mend."""
    assert diagnosed("sin(2x) != 2*sin(x)*cos(x)") is None
    found = diagnosed("x in R\nsqrt(x)^2 = x")
    assert found is not None
    assert (found.kind, found.mended) == ("domain", None)


def test_a_mend_knows_only_what_stands_above() -> None:
    """y is defined below: the mend must not speak of it."""
    program = "x in R\nf = sin(x)^2\ndf/dx = cos(x)\ny = 2*sin(x)*cos(x)"
    found = findings(program)[0].diagnosis
    assert found is None or "y" not in (found.mended or "")
    assert all(f.passed for f in findings(pasted(program)))


def test_notation_stays_the_users() -> None:
    found = diagnosed("x in R^n\nf = sum(x ⊙ x ⊙ x)\ndf/dx = 3 ⊙ x")
    assert found is None or "⊙" in (found.mended or "")
    found = diagnosed("f = (x² − 1)·y;  df/dy = x²  −  2")
    assert found is None or found.kind != "sign"
    found = diagnosed("f = (x² − 1)·y;  df/dy = x²  +  1")
    assert found is not None
    assert found.mended == "x²  -  1"


@pytest.mark.parametrize(
    "claim",
    [
        " + ".join(["x"] * 500),
        "(" * 2000 + "x" + ")" * 2000,
        "tanh(" * 150 + "x" + ")" * 150,
        "x*" * 500 + "y",
    ],
)
def test_long_claims_are_looked_at_briefly(claim: str) -> None:
    """Work is counted, so that a long claim costs no more than a short one."""
    gradcli.check(f"x, y in R\nf = x^2*y\ndf/dx = {claim}")


def test_there_is_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refuted_claim, "MOST", 3)
    monkeypatch.setattr(refuted_claim, "FEWEST", 3)
    assert diagnosed("x, y in R\nf = x^2*y\ndf/dx = x*cos(y)") is None


def test_a_mend_is_a_claim_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fits at the points of the scene is not said before it was judged."""
    monkeypatch.setattr(search, "_verdict", lambda *_: None)
    assert diagnosed("f = x^2; df/dx = x") is None


# -- nothing false is said


@pytest.mark.parametrize(
    ("program", "words", "mended"),
    [
        # wrong by a factor 2 for symmetric matrices, too
        ("A in R^(n,n); x in R^n; f = x.T@A@x; df/dx = A@x", "A.T is missing", "(A + A.T)@x"),
        ("A in R^(n,n); x in R^n; f = x.T@A@x; df/dx = 2*A@x", "symmetric A", "(A + A.T)@x"),
        ("x in R^n; f = sum(x^2)*n; df/dx = 4*x", "right only for n = 2", None),
        ("x in R; f = relu(x)^2; df/dx = 2*x", "right only where x > 0", "where(x > 0, 2*x, 0)"),
        (
            "A in R^(n,n); x in R^n; f = x.T@A@A@x; df/dx = 2*A@A@x",
            "right only for symmetric A",
            None,
        ),
    ],
)
def test_a_region_is_judged_before_it_is_named(
    program: str, words: str, mended: str | None
) -> None:
    found = diagnosed(program)
    assert found is not None and words in found.text
    assert found.mended == mended


def test_a_region_that_does_not_pass_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "A in R^(n,n); x in R^n; f = x.T@A@A@x; df/dx = 2*A@A@x"
    assert diagnosed(program) is not None
    monkeypatch.setattr("gradcli.diagnosis.where._symmetric", lambda A: A)
    assert diagnosed(program) is None


@pytest.mark.parametrize(
    "program",
    [
        "x in (100, inf); log(1 + exp(x)) = x",
        "x in (50, inf); tanh(x) = 1",
        "x in (200, inf); y = x + 1/(1 + exp(x)); y - x/1 = 0*x",
    ],
)
def test_a_mend_is_measured_by_what_it_changes(program: str) -> None:
    """`x + 1/exp(x)` agrees with the left side to fifty digits, and is wrong."""
    found = diagnosed(program)
    assert found is None or found.mended is None or found.verdict == "proved"


def test_a_small_term_that_is_right_is_found() -> None:
    found = diagnosed("x in R; f = exp(x) + 1e-60*sin(x); df/dx = exp(x)")
    assert found is not None and found.kind == "missing-term"


@pytest.mark.parametrize(
    "program",
    [
        "p in simplex(n); sum(p^2) = 1",
        "x in R; exp(x) = 1",
        "x in R^n; norm(x) = 2",
        "x in (0, inf); log(1 + 1/x^40) = 0",
    ],
)
def test_the_left_side_once_more_is_no_mend(program: str) -> None:
    found = diagnosed(program)
    assert found is None or found.mended is None
