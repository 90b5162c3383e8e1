"""What can be read in one way only is read so, and what in two is refused with both.

Must not know the parse tables, nor how a verdict is reached.
"""

from fractions import Fraction

import pytest

from gradcli.api import diff
from gradcli.language.elaboration.calls import DERIVATIVES
from gradcli.reference.functions import operators
from tests.verdicts import PASS, errors, findings, verdicts, without_mends

SCALARS = "x, x1, x2 in R; f = x*x1^2*x2\n"
NAMED = "x in R; L = x^2; dx = 2*x\n"

TRUE = [
    SCALARS + "df/dx1 = 2*x*x1*x2; df/dx2 = x*x1^2; dx2/dx1 = 0; d2f/dx12 = 2*x*x2",
    SCALARS + "d2f/dx1dx2 = 2*x*x1",
    NAMED + "dL/dx = dx; ∂L/∂x = dx; dL/dx * dx = dx^2",
    "d in integers(1, 3); x in R; L = d*x; ∂L/∂x = d; dL/dx = d",
    "x in R^d; L = sum(x); ∂L/∂x = ones(d); dL/dx = ones(d)",
    "a in R; x in R^3; a·x = a*x; (a × 2) = 2a; x ⊙ x = x .^ 2",
    "x in R; relu(x) = (x > 0)*x; f = relu(x); df/dx = (x > 0)",
    "x in R; m = x > 0; m*x = relu(x); where(m, 1, 0) = m; -(x > 0) = 0 - (x > 0)",
    "x in R^4; mean(x > 0) = sum(i in 0..3, x[i] > 0)/4; [x[0] > 0, 1] = [(x[0] > 0)*1, 1]",
    "x in R^3; sum(i in 0..2, j in 0..2, (i == j)*x[i]*x[j]) = x @ x",
    "x in R^3; s = softmax(x)\n"
    "for i in 0..2, j in 0..2 { ds[i]/dx[j] = s[i]*(delta(i, j) - s[j]) }",
    "delta*x = x*delta",
    "x, n in R; f = x^n; at x = -3, n = 2; f ≈ 9; df/dx = -6; d2f/dx2 = 2",
    "x in R^3; F = [x[1], -x[0], x[2]^2]; curl(F, x) = [0, 0, -2]; curl(grad(x @ x, x), x) = 0",
    "x, y, z in R; curl([y*z, x^2, x*y], [x, y, z]) = [x, 0, 2*x - z]; curl([-y, x], [x, y]) = 2",
    "x in R; f(x) = x^2; df/dx = 2*x",
    "f(u) = u^2; g(u) = f(u) + 1; x in R; g(x) = x^2 + 1",
    "x in R; n in integers(1, 4); f = x^n; df/dx = n*x^(n - 1); x^n*x^n = x^(2*n)",
]
WRONG = {
    "x in R; n in integers(1, 4); x^n = abs(x)^n": "refuted",
    "x in R; n in integers(1, 4); sqrt(x)^(2*n) = x^n": "refuted",
    "x, n in R; f = x^n; at x = -3, n = 2; df/dn = 3": "undecided",
    "x in R; f = relu(x); df/dx = (x < 0)": "refuted",
}
INEQUALITIES = {
    "x in R; L = x^2; L >= 0": "proved",
    "x in R; sigmoid(x) < 1; relu(x) >= 0": "proved",
    "x in R; abs(x) + 1 > 0 and 0 <= sigmoid(x)": "proved",
    "z in R^3; p = softmax(z); p < 1": "proved",
    "x in R; 0 <= sigmoid(x) <= 1": "proved",
    "x in R; 3 > 2 >= 1 + tanh(x)^2 > 0": "proved",
    "x in R; exp(x) >= 1 + x": "proved",
    "x in R; relu(x) >= x": "holds",
    "z in R^n; norm(z)^2 >= 0": "holds",
    "z in R^n; logsumexp(z) >= max(z)": "holds",
    "x in (0, 1)^3; for i in 0..2 { x[i]^2 <= x[i] }": "holds",
    "x in R; x^2 - x + 0.2 >= 0": "refuted",
    "x in R; L = x^2; L > 0": "refuted",
    "x in R; f = relu(x); df/dx > 0": "refuted",
    "z in R^3; p = softmax(z); p < 1/2": "refuted",
    "x in R; f = x^3; at x = 2; df/dx <= 12; f > 7": "proved",
    "x in R; f = x^3; at x = 2; df/dx < 12": "refuted",
    "x in R; (x + 1)^2 > x^2 + 2*x + 1": "refuted",
    "x in R; exp(x)*exp(-x) < 1": "refuted",
}
MATRICES = "X, Y, dX, dY in R^(2, 2); A in R^(2, 2)\n"
DIFFERENTIALS = {
    MATRICES + "d(inv(X)) = -inv(X) @ dX @ inv(X)": "proved",
    MATRICES + "d(X @ Y) = dX @ Y + X @ dY; d(X) = dX; d(A) = 0": "proved",
    MATRICES
    + "L = trace(X.T @ A @ X); G = (A + A.T) @ X; dL = trace(G.T @ dX); d(L) = dL": "proved",
    MATRICES + "d(X @ Y) = dX @ Y": "refuted",
    MATRICES + "d(X @ X) = 2*X @ dX": "refuted",
    "W, dW in R^(m, n); x in R^n; y = W @ x; L = y @ y\n"
    "dy = dW @ x; dL = 2*y @ dy\n= 2*trace(outer(y, x).T @ dW)": "proved",
    "x, y, dx, dy in R; f = x^2*y; df = 2*x*y*dx + x^2*dy; d(df) = 2*y*dx^2 + 4*x*dx*dy": "proved",
    "x in R; d(u) = u^2; d(x) = x^2": "proved",
    "x, y in R^3; d(u, v) = norm(u - v); d(x, y) = d(y, x)": "proved",
}
SWALLOWED = {
    "x in R; f(x) = x^2*7/2; gradient(f, x) = 7*x": "write  grad(f, x) = 7*x",
    "x, y in R; f = x^2*y; hesian(f, x) = 2*y": "write  hessian(f, x) = 2*y",
    "v in R^3; F = 3*v; div(F, v) = 9": "write  divergence(F, v) = 9",
    "x in R^n; s = sum(i in 0..n-1, x[i]); Laplacian(s, x) = 0": "write  laplacian(s, x) = 0",
    "x in R; y = x^2; check(y) = 3": "use it, as in  y = check(y),  or leave it out",
}
ERRORS = {
    "X in R^(n, n); d(inv(X)) = -inv(X) @ dX @ inv(X)": (
        "no input has a differential here",
        "declare it above:  dX in R^(n, n)",
    ),
    "x in R^n; d(x @ x) = 2*x @ x": ("no input has a differential", "above:  dx in R^n"),
    "x in R^4; curl(x, x) = 0": ("curl needs a vector of 3 here", "y and x are vectors of 3"),
    "x in [0, 5]; x > 0; x^2 > 0": ("an inequality about an input alone", "write  x in (0, inf)"),
    "x in R; 1 > sigmoid(x) < 2": ("> and < do not", "1 > sigmoid(x) and sigmoid(x) < 2"),
    "x, y in R; x != y != 1": ("!= and != do not make a chain", "x != y and y != 1"),
    NAMED + "dL = 1; dL/dx = dx": (
        "in two ways, because dL is defined in line 2 and dx is defined in line 1",
        "write  ∂L/∂x  or  (dL)/(dx)",
    ),
    SCALARS + "d2f/dx2 = 0": ('"d2f/dx2" can be read in two ways', "d2f/d(x)^2  or  d2f/d(x2)^2"),
    "A, B in R^(n, n); A·B = 0": ("· of two arrays can mean two things", "A @ B  for the product"),
    "x, y in R^3; x × y = x": ("× of two arrays can mean two things", "cross(x, y)"),
    "x, y in R^2; x × y = x": ("× of two arrays can mean two things", "write  x ⊙ y"),
    "x in R; where(x, 1, 2) = 1": ("x is a number, but a condition", "compare it"),
    "x, n in R; at x = -3, n = 5/2; x^n = 1": ("its base is -3, it must be at least 0", ""),
}


@pytest.mark.parametrize("program", TRUE)
def test_right(program: str) -> None:
    with without_mends():
        found = findings(program, points=4)
    assert found and {f.verdict for f in found} <= {*PASS}, [(f.text, f.verdict) for f in found]


@pytest.mark.parametrize("program", WRONG)
def test_not_right(program: str) -> None:
    with without_mends():
        assert findings(program, points=4)[-1].verdict == WRONG[program]


@pytest.mark.parametrize("program", INEQUALITIES)
def test_inequality(program: str) -> None:
    with without_mends():
        found = findings(program)
    assert {f.verdict for f in found} == {INEQUALITIES[program]}


def test_where_an_inequality_fails_is_shown() -> None:
    (found,) = findings("x in R; x^2 - x + 0.2 >= 0")
    assert found.counterexample and found.counterexample.at == {"x": Fraction(1, 2)}
    assert found.message == "x^2 - x + 0.2 is not >= this everywhere"


@pytest.mark.parametrize("program", DIFFERENTIALS)
def test_differential(program: str) -> None:
    with without_mends():
        found = findings(program, points=4)
    assert {f.verdict for f in found} == {DIFFERENTIALS[program]}, [f.text for f in found]


@pytest.mark.parametrize("program", SWALLOWED)
def test_a_claim_does_not_become_a_function(program: str) -> None:
    (error,) = errors(program)
    assert error.message.endswith("which nothing uses, and claim nothing")
    assert error.help == SWALLOWED[program]
    if error.help.startswith("write") and error.span:
        mended = program[: error.span.start] + error.help.removeprefix("write  ")
        assert findings(mended)[-1].verdict in PASS


@pytest.mark.parametrize("name", DERIVATIVES)
def test_a_derivative_by_function_has_a_page(name: str) -> None:
    page = operators()[name]
    assert page.signature == DERIVATIVES[name] and page.value
    point = [f"{x}=2" for x in ("x", "y") if f" {x}" in page.example.replace("[", " ")]
    assert diff(page.example, point).value is not None


@pytest.mark.parametrize("program", ERRORS)
def test_refused_with_its_mend(program: str) -> None:
    (error,) = errors(program)
    message, help = ERRORS[program]
    assert message in error.message
    assert help in error.help


def test_by_an_exponent_there_is_a_derivative_unless_it_is_a_whole_number() -> None:
    claim = "f = x^n; df/dx = n*x^(n - 1); df/dn = x^n*log(x)"
    assert verdicts(f"x in (0, inf); n in R; {claim}") == ["proved", "proved"]
    assert "n in R" in errors(f"x in R; n in integers; {claim}")[0].help
    assert "n in R" in errors("x in R; n in integers; grad(x^n, n) = 0")[0].help
