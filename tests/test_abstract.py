"""Abstract functions and primes: rules of calculus as claims, and what is refused of them.

Must not know how an example is made, nor how residues are drawn.
"""

from __future__ import annotations

import re

import pytest

from gradcli.calculus.core import symbol
from gradcli.calculus.differentiate import pull
from gradcli.graph.node import make
from gradcli.ops.abstract import abstract
from tests.running import here
from tests.verdicts import diagnosed, errors, last, lines, verdicts

RIGHT = lines(
    r"""
f, g in functions(R, R); y = f(g(x)); dy/dx = f'(g(x))*g'(x)
f, g in R -> R; x in R; y = f(g(x)); d2y/dx2 = f''(g(x))*g'(x)^2 + f'(g(x))*g''(x)
f, g in functions(R, R); d/dx (f(x)*g(x)) = f'(x)*g(x) + f(x)*g′(x)
f, g in functions(R, R); x in R; d/dx (f(x)/g(x)) = (f'(x)*g(x) - f(x)*g'(x))/g(x)^2
f in functions(R, R); df/dx = f'(x); d2f/dx2 = f''(x)
V in functions(R, R); x in R^n; r = norm(x); d(V(r))/dx = V'(r)*x/r
f in functions(R, R); x in R^n; d(sum(f(x)))/dx = f'(x)
F in functions(R^2, R); x in R -> R; d/ds (F(x(s), s)) = F_1(x(s), s)*x'(s) + F_2(x(s), s)
F in R^2 -> R; u, v in R; d2(F(u, v))/dudv = F_12(u, v); F_12(u, v) = F_21(u, v)
f in functions(R, R); f(x)*f(x) = f(x)^2; f(2) = f(1 + 1)
x in R; f(x) = x^3; f'(x) = 3*x^2
f(x) = x^3; f'(x) = 3*x^2; f''(x) = 6*x; f'(2) = 12
x in R; tanh''(x) = -2*tanh(x)*(1 - tanh(x)^2); exp'(2*x) = exp(2*x)
s(t) = 1/(1 + exp(-t)); z, y in R^n; C = sum((s(z) - y)^2)/2; dC/dz = (s(z) - y)*s'(z)
x in (0, inf); leaky_relu'(x) = 1
x in R^n; logsumexp'(x) = softmax(x); softmax'(x) = diag(softmax(x)) - outer(softmax(x), softmax(x))
A in R^(m, n); x in R^n; f(u) = sum((A @ u)^2); f'(x) = 2*A.T @ A @ x; f''(x) = 2*A.T @ A
x in R^n; f(u) = u*sum(u); f'(x) = sum(x)*eye(n) + outer(x, ones(n))
"""
)
OF_ARRAYS = lines(
    r"""
f in functions(R^m, R); g in functions(R^n, R^m); x in R^n; d(f(g(x)))/dx = f'(g(x)) @ g'(x)
f in functions(R^m, R); g in functions(R^n, R^m); x in R^n; d(f(g(x)))/dx = g'(x).T @ f'(g(x))
f in R^(m, n) -> R; X in R^(m, n); A in R^(m, m); d(f(A @ X))/dX = A.T @ f'(A @ X)
f in functions(R^(m, n), R); X in R^(m, n); df/dX = f'(X); grad(f, X) = f'(X)
f in functions(R^n, R); x in R^n; f''(x) = f''(x).T; hessian(f, x) = f''(x)
f in functions(R^n, R); x, v in R^n; hvp(f, x, v) = f''(x) @ v
g in functions(R^n, R^m); x, v in R^n; jvp(g, x, v) = g'(x) @ v
l in R^n × R^k -> R; x in R^n; u in R^k; d2(l(x, u))/dxdu = l_12(x, u); l_21(x, u) = l_12(x, u).T
r in functions(R, R^3); t in R; v = norm(r(t)); dv/dt = r(t) @ r'(t)/v; d2(r(t))/dt2 = r''(t)
F in R^2 -> R; u, v in R; w in R^2; F([u, v]) = F(u, v); F_1(w[0], w[1]) = F'(w)[0]; dF/dw = F'(w)
S in R^2 -> R^3; u, v in R; d(S(u, v))/du = S_1(u, v); S_1(u, v) @ cross(S_1(u, v), S_2(u, v)) = 0
f in functions(R^5, R); x in R^5; A in R^(5, 5); d(f(A @ x))/dx = A.T @ f'(A @ x)
"""
)
WRONG_OF_ARRAYS = lines(
    r"""
f in functions(R^n, R); g in functions(R^n, R^n); x in R^n; d(f(g(x)))/dx = g'(x) @ f'(g(x))
f in functions(R^n, R); g in functions(R^n, R^n); x in R^n; d(f(g(x)))/dx = g'(x).T @ f'(x)
g in functions(R^n, R^n); x in R^n; g'(x) = g'(x).T
g in functions(R^n, R^n); x, v in R^n; jvp(g(x), x, v) = g'(x).T @ v
g in functions(R^n, R^n); x in R^n; einsum("kij->ij", g''(x)) = einsum("ikj->ij", g''(x))
f in functions(R^n, R); x in R^n; f'(x) @ x = f(x)
f in functions(R^n, R); x, y in R^n; f(x + y) = f(x) + f(y)
l in R^n × R^n -> R; x, u in R^n; l_1(x, u) = l_2(x, u)
l in R^n × R^n -> R; x, u in R^n; l_12(x, u) = l_12(x, u).T
l in R^n × R^n -> R; x, u in R^n; l(x, u) = l(u, x)
r in functions(R, R^3); t in R; r(t) @ r'(t) = 0
F in R^2 -> R; u, v in R; F([u, v]) = F(v, u)
f in functions(R^n, R); A in R^(n, n); x in R^n; d(f(A @ x))/dx = A @ f'(A @ x)
"""
)
CHAIN = "f in functions(R^m, R); g in functions(R^n, R^m); x in R^n; L = f(g(x)); "
CONTROL = (
    "l in R^n × R^k -> R; f in functions(R^n, R^k, R^n); V in R^n -> R; x in R^n; u in R^k; "
    "Q = l(x, u) + V(f(x, u)); "
)
OF_ARRAYS += [
    CHAIN + "d2L/dx2 = g'(x).T @ f''(g(x)) @ g'(x) + einsum(\"k,kij->ij\", f'(g(x)), g''(x))",
    CONTROL + "dQ/du = l_2(x, u) + f_2(x, u).T @ V'(f(x, u))",
]
SQUARE = CHAIN.replace("m", "n")
WRONG_OF_ARRAYS += [
    SQUARE + "dL/dx = g'(x) @ f'(g(x))",
    SQUARE + "dL/dx = g'(x).T @ f'(x)",
    SQUARE + "d2L/dx2 = g'(x).T @ f''(g(x)) @ g'(x)",
    SQUARE + "d2L/dx2 = g'(x) @ f''(g(x)) @ g'(x).T + einsum(\"k,kij->ij\", f'(g(x)), g''(x))",
    SQUARE + "d2L/dx2 = g'(x).T @ f''(g(x)) @ g'(x) + einsum(\"k,ikj->ij\", f'(g(x)), g''(x))",
]
WRONG = lines(
    r"""
f, g in functions(R, R); y = f(g(x)); dy/dx = f'(x)*g'(x)
f in functions(R, R); f''(x) = 0
f in functions(R, R); f(0) = 5
F in R^2 -> R; x, y in R; F_1(x, y) = F_2(x, y)
F in R^2 -> R; x, y in R; F_12(x, y)^2 = F_11(x, y)*F_22(x, y)
f(x) = x^3; f'(x) = 3*x
x in R^n; f(u) = u*sum(u); f'(x) = sum(x)*eye(n) + outer(ones(n), x)
"""
)
REFUSED = [
    ("f in functions(R)", "functions(R, R)"),
    ("f in functions(R, (0, 1))", "functions(R, R)"),
    ("f in functions(R^n, R); x in R^m; f(x) = 3", "a vector of n"),
    ("f in functions(R^n, R^m); x in R^n; f'(x, x) = 3", "f_1(x, x)"),
    ("f in functions(R^n, R^m, R); x in R^n; f(x) = 3", "f(x, y)"),
    ("f in functions(R^n, R^m, R); x in R^n; df/dx = 3", "d(f(x, y))/dx"),
    ("f in functions(R^2, R^3); x in R^2; f_1(x) = 3", "f'(x)"),
    ("F in R^2 -> R; x in R; F(x) = 3", "F(x, y)"),
    ("F in R^2 -> R; x in R; F'(x) = 3", "F_1(x)"),
    ("F in R^2 -> R; x in R; dF/dx = 3", "d(F(x, y))/dx"),
    ("f in R -> R; x in R; x + f = 3", "f(x)"),
    ("x in R; x'(3) = 2", "x in functions(R, R)"),
    ("A in R^(2, 2); x in R^2; A'(x) = 2*x", "A' @ (x)"),
    ("x in R; foor'(x) = 2", '"floor"'),
    ("x in R; atan2'(x) = 2", "d(atan2(x))/dx"),
    ("y = f(g(x))", "f in functions(R, R)"),
]


@pytest.mark.slow
@pytest.mark.parametrize("program", [*RIGHT, *OF_ARRAYS])
def test_a_rule_of_calculus_is_proved(program: str) -> None:
    assert set(verdicts(program)) == {"proved"}


@pytest.mark.parametrize("program", [*WRONG, *WRONG_OF_ARRAYS])
def test_what_one_function_refutes_is_no_rule(program: str) -> None:
    assert last(program).verdict == "refuted"


@pytest.mark.parametrize("program, mend", REFUSED)
def test_a_refusal_has_its_mend(program: str, mend: str) -> None:
    assert mend in errors(program)[0].help


def test_one_example_at_one_point_is_no_proof() -> None:
    f = abstract("f", 0)
    place = f.example.parts[0][1]
    a, _, _, top, p = place
    value = a + top / (1 + p * p)
    assert last(f"f in functions(R, R); f(0) = {value}").verdict == "undecided"


def test_an_inequality_is_about_all_functions() -> None:
    program = "f in R -> R; x in R; "
    assert verdicts(f"{program}f(x)^2 + 1 > 0; f(x) >= -100") == ["proved", "undecided"]


def test_the_counterexample_can_be_pasted() -> None:
    found = last("f in functions(R, R); x in R; f'(x) = 2*x")
    (note,) = (n for n in found.notes if "f(u)" in n)
    definition = note.partition("for  ")[2]
    at = ", ".join(f"{name} = {value}" for name, value in found.counterexample.at.items())
    assert last(f"{definition}; x in R; at {at}; f'(x) = 2*x").verdict == "refuted"


def test_the_missing_factor_of_the_chain_rule_is_found() -> None:
    found = diagnosed("f, g in functions(R, R); y = f(g(x)); dy/dx = f'(g(x))")
    assert found and found.mended == "f'(g(x))*g'(x)"


def test_derivatives_of_every_order_are_those_of_the_example() -> None:
    from gradcli.arithmetic.ball import BALL, rational  # noqa: PLC0415
    from gradcli.arithmetic.evaluate import evaluate  # noqa: PLC0415

    x, y = symbol("x", ()), symbol("y", ())
    value = make(abstract("F", 0, 0), x, y)
    (by_x,) = pull({value: value * 0 + 1}, [x])
    assert by_x is not None
    at = {x: BALL.number(3), y: BALL.number(-1)}
    step = rational(2) ** -200
    moved = {x: at[x] + step, y: at[y]}
    slope = (evaluate([value], BALL, moved)[0] - evaluate([value], BALL, at)[0])[0] / step
    assert abs(float(slope) - float(evaluate([by_x], BALL, at)[0][0])) < 1e-9


@pytest.mark.parametrize(
    "arguments, shown",
    [
        (["derive", "f, g in functions(R, R); x in R; f(g(x))", "--wrt", "x"], "g'(x)*f'(g(x))"),
        (["derive", "F in R^2 -> R; x in R; F(x, x^2)", "--wrt", "x"], "F_2(x, x^2)"),
        (["diff", "f in R -> R; f(x)", "--at", "x=2"], "define it:  f(u) = …"),
        (["codegen", "f in R -> R; x in R; f(x)", "--target", "c"], "define it:  f(u) = …"),
    ],
)
def test_what_the_commands_make_of_it(arguments: list[str], shown: str) -> None:
    done = here(*arguments)
    assert shown in done.out + done.err


def test_functions_alone_declare_no_input() -> None:
    assert verdicts("f in R -> R; f(x)*f(y) = f(y)*f(x)") == ["proved"]
    assert errors("f in R -> R; x in R; f(x)*f(y) = 0")


def test_the_letter_of_a_definition_is_any_number_where_its_prime_is_claimed() -> None:
    assert verdicts("x in R; f(t) = t^2*x; f'(t) = 2*t*x; f''(t) = 2*x") == ["proved", "proved"]
    # Another letter means nothing.
    (error,) = errors("x in R; f(t) = t^2; f'(s) = 2*s")
    assert error.message == 'unknown name "s"'


def test_the_missing_jacobian_of_the_chain_rule_is_found() -> None:
    found = diagnosed("f in R^n -> R; g in functions(R^n, R^n); x in R^n; d(f(g(x)))/dx = f'(g(x))")
    assert found and found.mended == "g'(x).T @ f'(g(x))"


@pytest.mark.parametrize("program", [p for p in WRONG_OF_ARRAYS if "functions" in p])
def test_a_refutation_is_one_with_functions_that_can_be_pasted(program: str) -> None:
    found = last(program)
    (note,) = (n for n in found.notes if "these are values for" in n)
    *declared, claim = program.split("; ")
    before = [line for line in declared if " in " in line and "functions(" not in line]
    behind = [line for line in declared if " in " not in line]
    values = (f"{name} = {value}" for name, value in found.counterexample.at.items())
    point = re.sub(r"Fraction\((-?\d+), (\d+)\)", r"\1/\2", ", ".join(values))
    plain = [*before, note.partition("for  ")[2], *behind, f"at {point or 'random'}", claim]
    assert last("; ".join(plain)).verdict == "refuted"
