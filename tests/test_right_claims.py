"""Right claims that look wrong, and what is claimed at kinks: the verdict on each.

Must not know how points are found; each verdict follows from mathematics and the declared set.
"""

from __future__ import annotations

import pytest

from gradcli import check
from tests.verdicts import last, lines

RIGHT = """
x in R; f = abs(x)*x; df/dx = 2*abs(x)
x in R; f = abs(x); df/dx = sign(x)
x in R; f = relu(x); df/dx = step(x)
x in R; f = where(x < 0, 0, x^2); df/dx = 2*relu(x)
x in R; sign(x)*abs(x) = x
x in R; k in integers(1, 4); f = floor(k)*x; df/dx = floor(k)
x in R; k in integers(0, 4); f = where(k == 2, x, x^2); df/dx = where(k == 2, 1, 2*x)
y in onehot(n); z in R^n; f = sum(hardtanh(y)*z); df/dz = y
x in R; f = abs(x)^3; d2f/dx2 = 6*abs(x)
x in R; where(x != 7, x, 7) = x
x in R; sqrt(x^2) = abs(x)
x in (0, inf); log(x^2) = 2*log(x)
x, y in (0, inf); log(x*y) = log(x) + log(y)
x in [0, inf); sqrt(x)^2 = x
x in (0, inf); cbrt(x) = x^(1/3)
x in (1000000, 1000001); relu(x - 1000000) = x - 1000000
x in (0.5, 0.5000001); floor(x*10000000) = 5000000
x in integers(-5, 5); sin(pi*x) = 0
n in integers(0, 10); cos(pi*n)^2 = 1
b in integers(0, 1)^n; x in R^n; sum(b*x*b) = sum(b*x)
y in onehot(4); sum(y) = 1
y in onehot(n); z in R^n; exp(sum(y*z)) = sum(y*exp(z))
y in simplex(4); z in R^4; L = -sum(y*log_softmax(z)); dL/dz = softmax(z) - y
A in symmetric(n); 1*A = A.T
A in symmetric(n); x in R^n; f = x.T @ A @ x; df/dx = 2*A @ x
S in spd(n); f = logdet(S); df/dS = inv(S)
S in spd(n); where(det(S) > 0, 1, 0) = 1
x in R; sin(x)^2 + cos(x)^2 - 1 = 0
x in R; exp(x)*exp(-x) - 1 = 0
x in R; log(exp(x)) - x = 0
x, y in R; x + exp(1000*y) - exp(1000*y) = x
1*tau = 8*atan(1)
f = log(x); df/dx = 1/x
x in R; f = log(x); df/dx = 1/x
x in R; f = exp(-1/x); df/dx = f/x^2
x in R; f = exp(exp(x)); df/dx = exp(x + exp(x))
x, y in R; f = x^y; df/dx = y*x^(y-1)
x, y in R; f = x^y; df/dy = x^y*log(x)
x in R; f = x^(1/3); df/dx = x^(-2/3)/3
x in (2, 1e400); abs(x) = x
x in (1e400, inf); abs(x) = x
x in (0, 1e-400); abs(x) = x
x in R^n; x[n-1] = x[-1]
x in R^n; f = x[3]*x[2]; df/dx[3] = x[2]
x in R^n; f = sum(x^2)/n; df/dx = 2/n*x
x in R^n; sum(i in 0..n-2, x[i+1] - x[i]) = x[n-1] - x[0]
x in R^n; sum(i in 1..n, i) = n*(n+1)/2
sum(i in 1..0, i) = 0
prod(i in 1..0, i) = 1
x in R^(m, n); f = mean(x); df/dx = ones(m, n)/(m*n)
X in R^(m, n); W in R^(n, k); Y = X @ W; f = sum(Y.^2); df/dW = 2*X.T @ Y
"""
AT_KINKS = """
holds | f = relu(x) - relu(-x); at x = 0; df/dx = 1
refuted | f = relu(x) - relu(-x); at x = 0; df/dx = 0
holds | f = relu(x) - relu(-x); at x = 0; df/dx ≈ 1.0
refuted | f = relu(x) - relu(-x); at x = 0; df/dx ≈ 0.0
holds | f = relu(x) - relu(-x); at x = 0; df/dx ≈ 1.01 ± 0.1
holds | f = relu(x) - relu(-x); g = exp(f); at x = 0; dg/dx = 1
refuted | f = relu(x) - relu(-x); g = exp(f); at x = 0; dg/dx = 2
holds | y in R; f = relu(x) - relu(-x) + y; at x = 0; df/dx = 1
refuted | y in R; f = relu(x) - relu(-x) + y; at x = 0; df/dx = 0
holds | y in R; f = abs(x)*y; at x = 0; df/dy = 0
undecided | f = abs(x); at x = 0; df/dx = 0
undecided | f = abs(x); at x = 0; df/dx ≈ 0.0
undecided | f = where(x <= 0, x, x + 1); at x = 0; df/dx = 1
undecided | f = where(x < 0, x, x + 1); at x = 0; df/dx = 1
undecided | f = sqrt(abs(x)); at x = 0; df/dx = 1
undecided | f = relu(sin(pi*x)); at x = 1; df/dx = 7
holds | f = x*abs(x); at x = 0; df/dx = 0
undecided | f = x*abs(x); at x = 0; d2f/dx2 = 0
holds | f = abs(x)*abs(x); at x = 0; d2f/dx2 = 2
refuted | f = abs(x)*abs(x); at x = 0; d2f/dx2 = 0
holds | f = abs(x)^3; at x = 0; d2f/dx2 = 0
undecided | f = abs(x)^3; at x = 0; d3f/dx3 = 0
holds | f = cbrt(x)^3; at x = 0; df/dx = 1
"""


@pytest.mark.parametrize("text", lines(RIGHT))
def test_what_is_right_passes(text: str) -> None:
    assert last(text).passed


@pytest.mark.parametrize("line", lines(AT_KINKS))
def test_derivatives_at_a_kink(line: str) -> None:
    wanted, text = line.split(" | ")
    free = "x in R" if " in " not in text else "x"
    text = f"{free}, {text}" if free == "x" else f"{free}; {text}"
    assert last(text).verdict.replace("proved", "holds") == wanted


def test_both_sides_of_a_kink_are_named() -> None:
    finding = last("x in R; f = abs(x); at x = 0; df/dx = 0")
    assert "-1 from the left, 1 from the right" in finding.notes[0]
    assert "lies between" in finding.notes[1]


@pytest.mark.parametrize(
    "text",
    [
        "x in R; sin(x)/x*x = sin(x)",
        # what is chosen at one point only lacks a value there only
        "x in R; where(x == 3, log(2 - x), x) = x",
        "x, y in R; where(x == y, log(-1 - x^2), x) = x",
        "x in R; where(3*x + 2 == 0 and x < 1, step(sqrt(2*x)), x) = x",
    ],
)
def test_isolated_points_without_a_value_are_noted(text: str) -> None:
    finding = last(text)
    assert finding.passed
    assert "only one side has a value" in finding.notes[0]


def test_a_plain_name_on_the_left_is_a_definition() -> None:
    """`pi = 3` gives the name a new meaning, as the language has it, and nothing is claimed."""
    (file,) = check("pi = 3").files
    assert not [*file.findings]
    assert file.derivations[0].notes
