"""How a mistake is found, beyond the table of refuted claims: chains, notation, regions, an end.

Must not know how candidates are made, but for what two tests take away.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import gradcli
from gradcli.diagnosis import search
from gradcli.diagnosis.evidence import refuted_claim, screen
from gradcli.diagnosis.trees.composing import put
from tests.refuted import ORIGINS
from tests.verdicts import PASS, diagnosed, findings, mended, pasted

SLIPS = sorted((Path(__file__).parent.parent / "samples" / "slips").glob("*.grad"))


@pytest.mark.slow
@pytest.mark.parametrize("path", SLIPS, ids=lambda path: path.stem)
def test_every_mend_passes_where_it_is_pasted(path: Path) -> None:
    program = path.read_text(encoding="utf-8")
    if "@.." in program:
        return
    before = findings(program)
    after = findings(pasted(program, before))
    for found, now in zip(before, after, strict=True):
        if found.diagnosis and found.diagnosis.mended:
            assert now.truth in PASS, now.text


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
    assert all(found.passed for found in mended(CHAIN))


def test_a_claim_that_two_sides_differ_has_no_mend() -> None:
    assert diagnosed("sin(2x) != 2*sin(x)*cos(x)") is None


def test_a_line_that_follows_is_mended_like_the_first() -> None:
    program = """x in R
f = (x^2 + 1)^3*exp(-x)
df/dx = 3*(x^2 + 1)^2*exp(-x) - (x^2 + 1)^3*exp(-x)
      = (x^2 + 1)^2*(3 - (x^2 + 1))*exp(-x)"""
    first, second = (found.diagnosis for found in findings(program))
    assert first is not None and second is not None
    assert first.text == second.text
    assert second.mended == "(x^2 + 1)^2*(3*2*x - (x^2 + 1))*exp(-x)"


def test_a_mend_knows_only_what_stands_above() -> None:
    """y is defined below: the mend must not speak of it."""
    program = "x in R\nf = sin(x)^2\ndf/dx = cos(x)\ny = 2*sin(x)*cos(x)"
    found = findings(program)[0].diagnosis
    assert found is None or "y" not in (found.mended or "")
    assert all(f.passed for f in mended(program))


def test_notation_stays_the_users() -> None:
    found = diagnosed("x in R^n\nf = sum(x ⊙ x ⊙ x)\ndf/dx = 3 ⊙ x")
    assert found is None or "⊙" in (found.mended or "")
    found = diagnosed("f = (x² − 1)·y;  df/dy = x²  −  2")
    assert found is None or found.kind != "sign"


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(" + ".join(["x"] * 500), marks=pytest.mark.slow),
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
    monkeypatch.setattr(search, "verdict_on", lambda *_: None)
    assert diagnosed("f = x^2; df/dx = x") is None


# -- nothing false is said


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


def test_a_sign_that_says_nothing_is_no_vertex() -> None:
    found = diagnosed("x in R; f = x^2; df/dx = 3*x^+1")
    assert found is not None and found.mended == "2*x^+1"


@pytest.mark.parametrize(
    ("program", "mend"),
    [
        # Functions that are made of others are called as they were.
        (
            "a, p, q in R^n; L = relu(norm(a - p)^2 - norm(a - q)^2 + 1); dL/da = 2*(q - p)",
            "where(norm(a - p)^2 - norm(a - q)^2 + 1 > 0, 2*(q - p), 0)",
        ),
        (
            "x, g in R^n; h = x .* sigmoid(g); L = sum(h .^ 2)/2; dL/dg = h .* x",
            "h .* x .* sigmoid(g) .* (1 - sigmoid(g))",
        ),
        ("a, b in R; P = sigmoid(a - b); L = -log(P); dL/db = P", "1 - P"),
        (
            "x, g in R^n; h = x*sigmoid(g); L = sum(h^2)/2; dL/dg = h*x",
            "h*x*sigmoid(g)*(1 - sigmoid(g))",
        ),
    ],
)  # fmt: skip
def test_a_mend_is_written_as_its_writer_would(program: str, mend: str) -> None:
    found = diagnosed(program)
    assert found is not None and found.mended == mend


def test_an_edit_without_a_value() -> None:
    program = """x in R
s = silu(sum(i in 0..2, zeros(n)[i]))
h = where(not (ones(n).T @ erf(ones(n)) >= s), erf(where(x <= x, x, x)), x)
at x = 2
zeros(n).T @ (eye(n) @ ones(n)) != x^(-2)
mean(sign(ones(n))) ≈ (x^2)^-1 ± 1e-3"""
    assert [found.truth for found in findings(program)] == ["proved", "refuted"]


@pytest.mark.slow
@pytest.mark.parametrize("origin", ["by kind", "by the graph", "looked up"])
def test_doubles_sort_out_nothing_that_is_right(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every edit that balls find right is among those that doubles leave."""
    seen = {"right": 0, "sorted out": 0}
    plain = screen.Screen.right

    def right(self: screen.Screen, edits: list[screen.PlaceEdit]) -> list[bool]:
        found = plain(self, edits)
        for edit, left in zip(edits, found, strict=True):
            self.refuted.again()
            fits = self.refuted.fits(put(edit.around, edit.part, edit.new))
            assert left or not fits, (edit.part.span.text, edit.new)
            seen["right"] += fits
            seen["sorted out"] += not left
        return found

    monkeypatch.setattr(screen.Screen, "right", right)
    for row in ORIGINS[origin]:
        diagnosed(row.program)
    assert seen["right"] > 0
    assert seen["sorted out"] > 5 * seen["right"]


ALIKE = """N = 5
x1, x2, x3, y in R^N
a, b, c in R
r = a*x1 + b*x2 + c*x3 - y
L = sum(r^2)/(2*N)
dL/da = sum(r*x1)
dL/db = sum(r*x2)
dL/dr = r/2
dL/dc = sum(r*x3)
"""


def test_the_same_slip_in_many_lines_is_told_once() -> None:
    report = gradcli.check(ALIKE)
    text = str(report)
    assert text.count("= note: the same is wrong in lines 7 and 9") == 1
    assert text.count("as in line 6: the mean, not the sum, is right here") == 2
    # Every line keeps its mend; the first one and what is wrong otherwise keep their point.
    assert text.count("mend: ") == 4
    assert text.count("= at ") == 2
    two = "".join(ALIKE.splitlines(keepends=True)[:-1])
    assert "the same is wrong" not in str(gradcli.check(two))
