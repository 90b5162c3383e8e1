"""Claims that are wrong only somewhere, and right ones that look wrong: the verdict on each.

Must not know how points are found; each verdict follows from mathematics and the declared set.
"""

from __future__ import annotations

import pytest

from gradcli.api import check_text
from gradcli.errors import Source
from gradcli.judge.finding import Finding
from gradcli.judge.options import CheckOptions


def found(text: str) -> list[Finding]:
    """The findings of a program without errors."""
    report = check_text(Source("traps.grad", text), CheckOptions())
    assert not [d.message for _, d in report.errors], text
    return [*report.findings]


def last(text: str) -> str:
    """The verdict on the last claim."""
    return found(text)[-1].verdict


WRONG = """
# wrong on one side of zero, or of some other kink
x in R; abs(x) = x
x in R; sqrt(x^2) = x
x in R; log(x^2) = 2*log(x)
x in R; f = abs(x)*x; df/dx = 2*x
x in R; f = abs(x); df/dx = -sign(x)
x in R; f = relu(x); df/dx = step(-x)
x in R; f = where(x < 0, 0, x^2); df/dx = 2*x
x in R; relu(x - 5000) = 0
x in R; where(5000 < x and x < 5001, 1, 0) = 0
x in R; f = where(x < 1e9, 0, (x - 1e9)^2); df/dx = 0
x in R; where(sin(x) > 0.9999, 1, 0) = 0
x, y in R; where(x > 10 and y > 10 and x*y < 101, 1, 0) = 0
x, y in R; log(x*y) = log(x) + log(y)
# wrong on something narrow that a kink hides
x in R; relu(1 - 1e6*abs(x - 0.123)) = 0
x in R; relu(1 - 1e6*abs(x - 123.456)) = 0
x in R; where(abs(x) < 1e-20, 1, 0) = 0
# wrong only where several entries are beyond their kinks
x in R^10; relu(x[0] - 50)*relu(x[1] - 50)*relu(x[2] - 50) = 0
# wrong at single points
x in R; step(x) + step(-x) = 1
x in R; step(x - 7) + step(7 - x) = 1
x in R; where(x == 7, 1, 0) = 0
x in R; where(x != 7, 1, 0) = 1
x in R; sign(x - 1/3)^2 = 1
x in R; floor(x) = ceil(x) - 1
x, y in R; where(x == y, 1, 0) = 0
x, y in R; where(2*x + 3*y == 1, 1, 0) = 0
A in R^(2, 2); where(det(A) == 0, 1, 0) = 0
x in R; f = x^2/2; df/dx = where(x == 0, 5, x)
x in R; f = x^2/2; df/dx = where(x == 7, 5, x)
x in R; k in integers(0, 4); f = where(k == 2, x, x^2); df/dx = 2*x
# equal at all nice points
x in R; sin(pi*x) = 0
x in R; x^3 = x
x in R; prod(k in 0..20, x - k)*prod(k in 1..20, x + k) = 0
x in integers(-2, 2); x^3 = x
x in (0, 1e-400); relu(x - 5e-401) = 0
x in (2, 1e400); relu(x - 5) = x - 5
n in integers(0, 10); cos(pi*n) = 1
n in integers(0, 10); prod(k in 0..9, n - k) = 0
n in integers(0, 100); prod(k in 0..99, n - k) = 0
k in integers(0, 255); where(k == 203, 1, 0) = 0
b in integers(0, 2)^n; sum(b*b) = sum(b)
y in onehot(5); sum(y) = sum(y*[1, 1, 1, 1, 2])
# wrong at most sizes, off the diagonal, or for what is not symmetric
x in R^n; mean(x)*(n-1)*(n-2)*(n-3)*(n-4)*(n-5) = 0
x in R^n; sum(x) = x[0]
x in R^n; sum(x) = x[0] + x[n-1]*(1 - where(n < 2, 1, 0))
x in R^n; f = mean(x^2); df/dx = 2/3*x
x in R^n; sum(i in 1..n, i) = n^2
x in R^n; sum(i in 1..n-1, x[i]) = sum(x)
x in R^n; x[3] = x[-1]
x in R^(m, n); f = mean(x); df/dx = ones(m, n)/n^2
A in R^(n, n); 1*A = diag(diag(A))
A in R^(n, n); 1*A = A.T
A in R^(n, n); A.T @ A = A @ A.T
A in R^(n, n); diag(A) = A[0, 0]*ones(n)
A in R^(n, n); x in R^n; f = x.T @ A @ x; df/dx = 2*A @ x
S in R^(n, n); f = logdet(S); df/dS = inv(S)
S in symmetric(n); where(det(S) > 0, 1, 0) = 1
# right on a smaller set than the declared one
y in R^4; sum(y) = 1
y in simplex(4); y*y = y
y, z in R^4; L = -sum(y*log_softmax(z)); dL/dz = softmax(z) - y
x in R; sqrt(x)^2 = x
x in R; cbrt(x) = x^(1/3)
x in R; f = x^2; df/dx = 2*sqrt(x)^2
x in (1000000, 1000001); relu(x - 1000000.999) = 0
x in (0.5, 0.5000001); 1*x = 0.5
# almost right
1 = 1 + 1e-100
1*pi = 3.14159265358979323846
1*e = 2.718281828459045235360287
1*pi = 4*atan(1) + 1e-45
1*pi = 355/113
0*pi = 1e-300
x in R; 1*x = x + 1e-100
x in R; sin(x) = sin(x) + 1e-40
x in R; sqrt(x^2 + 1e-60) = abs(x)
x, y in R; x + exp(1000*y) - exp(1000*y) = x + 1
x, y in R; x + exp(1000*y) - exp(1000*y) = x + 1e-20
# without a limit, very flat or very steep
x in R; exp(-1/x^2) = 0
x in R; sin(1/x) = 0
x in R; f = exp(exp(x)); df/dx = exp(x + exp(x)) + 1e-12
"""
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


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("text", lines(WRONG))
def test_what_is_wrong_somewhere_is_refuted(text: str) -> None:
    finding = found(text)[-1]
    assert finding.verdict == "refuted"
    assert finding.counterexample is not None


@pytest.mark.parametrize("text", lines(RIGHT))
def test_what_is_right_passes(text: str) -> None:
    assert last(text) in ("proved", "holds")


@pytest.mark.parametrize("line", lines(AT_KINKS))
def test_derivatives_at_a_kink(line: str) -> None:
    wanted, text = line.split(" | ")
    free = "x in R" if " in " not in text else "x"
    text = f"{free}, {text}" if free == "x" else f"{free}; {text}"
    assert last(text).replace("proved", "holds") == wanted


def test_both_sides_of_a_kink_are_named() -> None:
    finding = found("x in R; f = abs(x); at x = 0; df/dx = 0")[0]
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
    finding = found(text)[0]
    assert finding.passed
    assert "only one side has a value" in finding.notes[0]


def test_a_plain_name_on_the_left_is_a_definition() -> None:
    """`pi = 3` gives the name a new meaning, as the language has it, and nothing is claimed."""
    report = check_text(Source("traps.grad", "pi = 3"), CheckOptions())
    assert not [*report.findings]
    assert report.derivations[0].notes
