"""Claims in dimension letters: judged at several sizes, beyond every number written, or not at all.

Must not know how sizes are chosen; that nothing is lost is held against a count of the text.
"""

from __future__ import annotations

import re
from random import Random

import pytest

from gradcli.api.derivations import check
from tests.verdicts import findings, last, lines

WRONG = """
# right at one size only, that an index leaves
x in R^n; sum(x) = x[0] + x[1] + x[2] + x[3] + x[4] + x[5]
x in R^n; mean(x) = sum(i in 0..9, x[i])/10
x in R^n; x[n-1] = x[7]
x in R^n; h[0] = x[0]; for t in 1..5 { h[t] = h[t-1]^2 + x[t] }; dh[5]/dx[n-1] = 1
x in R^n; f = mean(x); df/dx[5] = 1/6
x in R^n; f = x[7]*x[0]; df/dx[0] = n/8*x[7]
x in R^n; y = x - mean(x); dy[6]/dx[6] = 6/7
X in R^(m, n); f = sum(X .* X) + X[6, 0]; df/dX[0, 1] = 2*m/7*X[0, 1]
x in R^n; f = sum(i in 0..n-1, x[i])/n; df/dx[11] = 1/12
x in R^n; mean(x[0:8]) = sum(x)/8
# right up to a number that is written
x in R^n; sum(x)*relu(n - 6) = 0
x in R^n; where(n > 11, sum(x), 0) = 0
x in R^n; sum(x)*floor(n/9) = 0
x in R^n; c = 8; sum(x)*max(n - c, 0) = 0
x in R^n; g(k) = relu(k - 9); sum(x)*g(n) = 0
x in R^n; L = sum(i in 0..n-1, x[i]); L*relu(n - 9) = 0
x in R^n; s[0] = 0; for t in 1..n { s[t] = s[t-1] + x[t-1]*step(t - 10) }; 2*s[n] = 0
x in R^n; n <= 3; sum(x)*relu(n - 2) = 0
x in R^n; sum(x)*(n - 1)*(n - 2)*(n - 3)*(n - 4)*(n - 5)*(n - 6)*(n - 7)*(n - 8) = 0
"""


@pytest.mark.parametrize("text", lines(WRONG))
def test_what_is_right_at_some_sizes_is_refuted(text: str) -> None:
    found = findings(text)[-1]
    assert found.verdict == "refuted", found
    # A mend is judged in the same way, so that it cannot be right at one size only.
    mended = found.diagnosis and found.diagnosis.mended
    assert not re.search(r"\d[\d*(]*/|n/\d", mended or "")


FEW = """
z in R^k; C = sum(z)*sqrt(1 - k); dC/dz = 7*ones(k)*sqrt(1 - k)
z in R^k; C = sum(z)*sqrt(1 - sum(ones(k))); dC/dz = 7*ones(k)*sqrt(1 - k)
y in onehot(k); z in R^k; C = sum(z)*sqrt(1 - k)*sum(y); dC/dz = 7*ones(k)*sqrt(1 - k)
z in R^k; s = sum(i in 0..k-1, z[i]); s*sqrt(1 - k) = 7*s*sqrt(1 - k)
"""


@pytest.mark.parametrize("text", lines(FEW))
def test_too_few_sizes_are_said(text: str) -> None:
    found = last(text)
    assert found.verdict == "undecided"
    assert "only at k = 1" in found.message
    assert {s["k"] for s in found.evidence.sizes} == {1}


RIGHT = """
x in R^n; f = sum(x)/(n - 1); for i in 0..n-1 { df/dx[i] = 1/(n - 1) }
x in R^n; n >= 2; f = sum(x)/(n - 1); for i in 0..n-1 { df/dx[i] = 1/(n - 1) }
x in R^n; f = mean(x); df/dx[7] = 1/n
x in R^n; f = x[9]*x[0]; df/dx[0] = x[9]
x in R^(T, k); w in R^k; f = 3*sum(t in 1..T-1, x[t] @ w); df/dw = 3*sum(t in 1..T-1, x[t])
x in R^(T, k); f = 2*prod(t in 1..T-1, sum(x[t])); df/dx[0] = zeros(k)
x in R^T; for t in 1..T-1 { a[t] = x[t]^2 }; f = x[0] + sum(t in 1..T-1, a[t]); df/dx[0] = 1
x in R^n; sum(x)/(n - 1)*(n - 1)^2 = sum(x)*(n - 1)
A in R^(a, b); B in R^(c, d); sum(A)*sum(B) = sum(B)*sum(A)
x in R^n; n in integers(4, 4); sum(x) = x[0] + x[1] + x[2] + x[3]
"""


@pytest.mark.parametrize("text", lines(RIGHT))
def test_what_is_right_passes_and_only_sizes_with_values_count(text: str) -> None:
    *_, last = findings(text)
    assert last.passed, last
    if "(n - 1)" in text and "^2" not in text:
        assert all(s["n"] > 1 for s in (*last.evidence.sizes, *last.evidence.proved))


def test_an_index_error_elsewhere_leaves_all_sizes() -> None:
    text = """w in R
x in R^n
L = sum(t in 1..n, w*x[t-1])
dL/dw = 2/n*sum(x)
dL/dw = sum(t in 1..n, x[t])
"""
    report = check(text)
    assert [f.verdict for f in report.findings] == ["refuted"]
    assert [e.code for _, e in report.files[0].errors] == ["G012"]


# -- nothing vanishes


@pytest.mark.slow
def test_loops_over_three_letters() -> None:
    text = """A in R^(m, k)
B in R^(k, n)
C = A @ B
for i in 0..m-1 { for j in 0..n-1 { C[i, j] = 5*sum(q in 0..k-1, A[i, q]*B[q, j]) } }
for i in 0..m-1 { for j in 0..n-1 { C[i, j] = sum(q in 0..k-1, A[i, q]*B[q, j]) } }
"""
    assert [f.verdict for f in findings(text)] == ["refuted", "proved"]


def test_a_loop_without_a_turn_is_told() -> None:
    report = check("x in R^n; for i in 4..3 { x[i] = 5 }")
    assert [e.message for _, e in report.files[0].errors if "empty" in e.message]


def test_a_mistake_in_what_derivations_share_is_told() -> None:
    report = check('x in Q\nderivation "a"\nf = x^2\ndf/dx = 2*x\n')
    assert [e.code for _, e in report.files[0].errors] == ["G014"]


LETTERS = "abcd"


def derivation(random: Random) -> tuple[str, int]:
    """Loops in loops over up to four letters, sums in them, and how many claims there are."""
    text = "".join(f"x{x} in R^{x}\n" for x in LETTERS)
    claims = 0

    def body(depth: int, around: list[tuple[str, str]]) -> str:
        nonlocal claims
        found = ""
        for _ in range(random.randrange(1, 3)):
            if depth < 3 and random.random() < 0.6:
                x, i = random.choice(LETTERS), f"i{depth}"
                low = random.choice(("0", "0", "1"))
                found += f"for {i} in {low}..{x}-1 {{ {body(depth + 1, [*around, (x, i)])} }}\n"
                continue
            claims += 1
            x, y = random.choice(LETTERS), random.choice(LETTERS)
            here = random.choice([f"x{x}[{i}]" for x, i in around] or [f"sum(x{x})"])
            total = f"sum(q in 0..{y}-1, x{y}[q])"
            factor = random.choice(("", "3*"))
            found += f"{here}*{total} = {factor}sum(x{y})*{here}\n"
        return found

    return text + body(0, []), claims


@pytest.mark.parametrize(
    "seed", [0, 2, *(pytest.param(k, marks=pytest.mark.slow) for k in (1, *range(3, 12)))]
)
def test_every_claim_ends_in_a_finding(seed: int) -> None:
    text, claims = derivation(Random(f"loops {seed}"))
    report = check(text, points=1)
    assert not [e.message for _, e in report.files[0].errors], text
    assert len([*report.findings]) == claims, text
    for found in report.findings:
        assert found.passed == ("3*" not in found.text), (text, found)
        assert found.verdict != "undecided"


@pytest.mark.parametrize(
    "text",
    [
        "x in R^n; relu(log(-1 - x^2)) = x",
        "x in R^n; where(x > 3, log(-1 - x^2), sqrt(-1 - x^2)) = abs(x)",
        "A in R^(m, n); b in R; max(sqrt(-1 - sum(A.^2)), b) = b",
    ],
)
def test_what_has_a_value_at_no_size_is_undecided(text: str) -> None:
    """Its branches are counted although no size says how many entries there are."""
    assert last(text).verdict == "undecided"
