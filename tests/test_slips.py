"""Slips planted in right derivations must be refuted: one sign, factor, index, transpose or digit.

Must not know how claims are judged; whether a slip changes anything is told by mpmath alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli import check
from tests.verdicts import PASS, without_mends

mpmath: Any = pytest.importorskip("mpmath")
SLOW = ("two layers", "recurrence", "ridge")
TINY = "(1 + 1e-12)"
TOLD = mpmath.mpf(10) ** -30


def outcomes(text: str) -> list[str]:
    """The verdicts of a program; `error` and the code for each error."""
    with without_mends():
        (file,) = check(text).files
    assert not any(error.code == "G900" for _, error in file.errors), text
    return [f.verdict for f in file.findings] + [f"error {d.code}" for _, d in file.errors]


# -- matrix calculus, with an oracle in mpmath

TABLE = {
    "least squares": (
        "X in R^(n, n); w, y in R^n; L = sum((X @ w - y)^2)",
        "dL/dw",
        "2 * X.T @ (X @ w - y)",
    ),
    "mean square": (
        "X in R^(n, n); w, y in R^n; L = mean((X @ w - y)^2)",
        "dL/dw",
        "(2/n) * X.T @ (X @ w - y)",
    ),
    "ridge": (
        "X in R^(n, n); w, y in R^n; k in (0, inf); L = sum((X @ w - y)^2) + k*sum(w^2)",
        "dL/dw",
        "2 * X.T @ (X @ w - y) + 2 * k * w",
    ),
    "quadratic form": (
        "A in R^(n, n); x in R^n; f = x.T @ A @ x",
        "df/dx",
        "A @ x + A.T @ x",
    ),
    "bilinear form": ("u, v in R^n; W in R^(n, n); f = u.T @ W @ v", "df/dW", "outer(u, v)"),
    "log-determinant": ("S in spd(n); f = logdet(S)", "df/dS", "inv(S)"),
    "trace": (
        "A, B, X in R^(n, n); f = trace(A @ X @ B)",
        "df/dX",
        "A.T @ B.T",
    ),
    "frobenius": (
        "A, B in R^(n, n); f = sum((A - 2*B) .* (A - 2*B))",
        "df/dB",
        "-4 * (A - 2 * B)",
    ),
    "cross-entropy": (
        "y in onehot(n); z in R^n; L = -sum(y*log_softmax(z))",
        "dL/dz",
        "softmax(z) - y",
    ),
    "logistic": (
        "X in R^(n, n); w, y in R^n; p = sigmoid(X @ w); L = -sum(y*log(p) + (1-y)*log(1-p))",
        "dL/dw",
        "X.T @ (sigmoid(X @ w) - y)",
    ),
    "two layers": (
        "A, B in R^(n, n); x, y in R^n; h = tanh(A @ x); r = B @ h - y; L = 1/2*sum(r^2)",
        "dL/dA",
        "outer(B.T @ (B @ tanh(A @ x) - y) * (1 - tanh(A @ x)^2), x)",
    ),
    "recurrence": (
        "W in R^(n, n); s, u in R^n; h[0] = s; for t in 1..2 { h[t] = tanh(W @ h[t-1]) }\n"
        "f = sum(u*h[2])",
        "df/ds",
        "W.T @ ((1 - tanh(W @ s)^2) * (W.T @ (u * (1 - tanh(W @ tanh(W @ s))^2))))",
    ),
    "entries": (
        "x in R^n; f = x[0]*x[1]^2 + sin(x[2]) + 0*x[3]",
        "df/dx[1]",
        "2 * x[0] * x[1]",
    ),
    "polynomial": ("x, y in R; f = x^3*y^2 - 4*x*y", "df/dx", "3 * x^2 * y^2 - 4 * y"),
    "gaussian": ("x, y in R; f = exp(-x^2/2)*cos(y)", "df/dx", "-x * exp(-x^2/2) * cos(y)"),
    "sum of powers": ("x in R^n; f = sum(x^4)/4", "df/dx", "x^3"),
}


def each(function: Any) -> Any:
    return np.frompyfunc(function, 1, 1)


def softmax(z: Any) -> Any:
    top = each(mpmath.exp)(z)
    return top / top.sum()


def inverse(A: Any) -> Any:
    return np.array((mpmath.matrix(A.tolist()) ** -1).tolist(), dtype=object).reshape(A.shape)


FUNCTIONS = {
    name: each(getattr(mpmath, name)) for name in ("tanh", "exp", "sin", "cos", "sinh", "cosh")
}
FUNCTIONS |= {
    "sigmoid": each(lambda x: 1 / (1 + mpmath.exp(-x))),
    "softmax": softmax,
    "inv": inverse,
    "outer": np.outer,
}
N = 4


def oracle_points(declared: str) -> Iterator[dict[str, Any]]:
    """Values for every name of the declarations, the same on every run."""
    random = np.random.default_rng(7)
    for _ in range(2):
        values: dict[str, Any] = {"n": mpmath.mpf(N)}
        for names, kind in re.findall(r"([\w, ]+) in ([^;]+)", declared):
            for name in re.findall(r"\w+", names):
                shape = () if kind in ("R", "(0, inf)") else (N,)
                shape = (N, N) if "(n, n)" in kind or kind == "spd(n)" else shape
                x = each(mpmath.mpf)(random.integers(-9, 10, shape) / 8)
                if kind == "spd(n)":
                    x = x @ x.T + np.eye(N, dtype=int)
                values[name] = abs(x) + 1 if kind == "(0, inf)" else x
        yield values


def value(text: str, point: dict[str, Any]) -> Any:
    """What an expression is by Python, with 50 digits."""
    text = re.sub(r"\d+\.\d+|\d+e-\d+", r"mpf('\g<0>')", text.replace("^", "**"))
    return eval(text, {"mpf": mpmath.mpf} | FUNCTIONS, point)


def differ(first: str, second: str, declared: str) -> bool | None:
    """Whether two right sides are different functions; None where one has no value as written."""
    with mpmath.workdps(50):
        for point in oracle_points(declared):
            try:
                gap = value(first, point) - value(second, point)
            except (ArithmeticError, NameError, TypeError, IndexError, ValueError):
                return None
            if np.shape(gap) != np.shape(value(first, point)):
                return None
            if any(abs(x) > TOLD for x in np.asarray(gap, dtype=object).flat):
                return True
    return False


RULES = [
    (r" \+ ", " - "), (r" - ", " + "), (r"\.T", ""), (r"^", "-"), (r"^", f"{TINY} * "),
    (r"\b2\b", "3"), (r"\b2\b", "2.000000000002"), (r"\b4\b", "3.999999999999"),
    (r"\b1 ", "1.000000000001 "), (r"tanh", "sin"), (r"exp", "cosh"), (r"cos", "sin"),
    (r"\^2", ""), (r"\^2", "^3"), (r"\^3", "^2"), (r"\[0\]", "[1]"), (r"\[1\]", "[2]"),
    (r"\[1\]", "[0]"), (r"outer\((\w), (\w)\)", r"outer(\2, \1)"), (r"\bx\b", "y"),
    (r"\by\b", "x"), (r"\bu\b", "v"), (r"\bA\b", "B"), (r"\bB\b", "A"), (r"\bs\b", "u"),
    (r"\bn\b", "(n - 1)"), (r"\bk\b", "2"), (r"sigmoid", "softmax"), (r"softmax", "sigmoid"),
    (r"\bX\b(?!\.)", "X.T"), (r"\bA\b(?!\.)", "A.T"), (r"\bW\b(?!\.)", "W.T"), (r"$", " + 1e-12"),
]  # fmt: skip


def slips(text: str) -> list[str]:
    """Every rule applied at every place, one at a time."""
    found = []
    for pattern, new in RULES:
        for match in re.finditer(pattern, text):
            found.append(text[: match.start()] + match.expand(new) + text[match.end() :])
    return [x for x in dict.fromkeys(found) if x != text]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in TABLE]
)
def test_matrix_derivations_with_a_slip(name: str) -> None:
    declared, left, right = TABLE[name]
    assert outcomes(f"{declared}\n{left} = {right}")[0] in PASS
    planted = 0
    # Every tenth of those that take a minute each.
    for wrong in slips(right)[:: 10 if name in SLOW else 1]:
        told = differ(right, wrong, declared)
        if told is False:
            continue
        planted += bool(told)
        found = outcomes(f"{declared}\n{left} = {wrong}")
        if told:
            assert found == ["refuted"], wrong
        else:
            assert found[0] == "refuted" or found[0].startswith("error G"), wrong
    assert planted > 1


def test_a_slip_in_one_line_of_a_chain() -> None:
    """The line that breaks is refuted, and so is what follows from it, but not what came before."""
    text = (
        "X in R^(m, n); w in R^n; y in R^m; L = sum((X @ w - y)^2)\n"
        "dL/dw = 2*X.T @ (X @ w - y)\n= 2*X.T @ X @ w - 2*X.T @ y\n"
        "= 2*X.T @ X @ w + 2*X.T @ y\n= 2*X.T @ (X @ w + y)\n"
    )
    first, second, *wrong = outcomes(text)
    assert {first, second} <= set(PASS)
    assert wrong == ["refuted", "refuted"]


# -- scalars

LEAVES = ["x", "y", "2", "3", "(1/3)"]
ONE = ["sin({})", "cos({})", "tanh({})", "exp(-({})^2)", "({})^2", "atan({})", "sqrt(1 + ({})^2)"]
TWO = ["({} + {})", "({} - {})", "({} * {})", "({} / (1 + ({})^2))"]


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = st.builds(lambda form, a: form.format(a), st.sampled_from(ONE), inner)
    two = st.builds(lambda form, a, b: form.format(a, b), st.sampled_from(TWO), inner, inner)
    return one | two


EXPRESSIONS = st.recursive(st.sampled_from(LEAVES), grown, max_leaves=6)
FLAWS = [
    f"({{}}) * {TINY}", "({}) + 1e-12", "({}) - 1e-12*x", "-({})", "({}) + y/10^12", "({})*2",
    "({})*where(x < -2, 1.000001, 1)", "({}) + where(y > 100, 1, 0)", "({}) + 1e-12*relu(x - 77)",
    "({}) + 1e-30", "({})^1.000000000001", "({}) + 1e-15*sin(x)*y", "({}) + 1e-20*(x*y - y)",
]  # fmt: skip


@settings(max_examples=50)
@given(EXPRESSIONS, st.sampled_from(FLAWS))
def test_a_flaw_added_to_any_function(text: str, flaw: str) -> None:
    """What is added is zero almost nowhere, so that only a flaw of a factor can vanish."""
    wrong = flaw.format(text)
    vanishes = not flaw.startswith("({}) ") and zero(text)
    only_one = "^1.0" in flaw or "where(x" in flaw
    found = outcomes(f"x, y in R; 1*({text}) = {wrong}")
    if vanishes or (only_one and constant(text)):
        return
    assert found == ["refuted"]


@settings(max_examples=20)
@given(EXPRESSIONS, EXPRESSIONS)
def test_a_slip_in_the_product_rule(f: str, g: str) -> None:
    """The right rule passes; with a sign changed it is refuted unless its last term is zero."""
    start = f"x, y in R; f = {f}; g = {g}; h = f*g\ndh/dx = "
    term = f"d/dx ({f}) * g"
    assert outcomes(start + "df/dx * g + f * dg/dx")[0] in PASS
    wrong = outcomes(start + "df/dx * g - f * dg/dx")
    assert wrong == ["refuted"] or outcomes(f"x, y in R; ({f}) * d/dx ({g}) = 0")[0] in PASS
    tiny = outcomes(start + f"df/dx * g + f * dg/dx * {TINY}")
    assert tiny == ["refuted"] or outcomes(f"x, y in R; ({f}) * d/dx ({g}) = 0")[0] in PASS, term


SAMPLES = [(mpmath.mpf(a) / 7, mpmath.mpf(b) / 7) for a, b in ((3, -5), (-17, 9), (8, 23))]


def values(text: str) -> list[Any]:
    names = {"sqrt": mpmath.sqrt, "atan": mpmath.atan} | FUNCTIONS
    code = re.sub(r"\b(\d+)\b", r"mpf(\1)", text.replace("^", "**"))
    with mpmath.workdps(60):
        scope = {"mpf": mpmath.mpf} | names
        return [eval(code, scope, {"x": x, "y": y}) for x, y in SAMPLES]


def zero(text: str) -> bool:
    return all(abs(v) < TOLD for v in values(text))


def constant(text: str) -> bool:
    """Whether a power of it may be itself: it is one or zero everywhere."""
    return all(min(abs(v), abs(v - 1)) < TOLD for v in values(text))
