"""Abstract functions and primes: rules of calculus as claims, and what is refused of them.

Must not know how an example is made, nor how residues are drawn.
"""

from __future__ import annotations

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
"""
)
WRONG = lines(
    r"""
f, g in functions(R, R); y = f(g(x)); dy/dx = f'(x)*g'(x)
f in functions(R, R); f''(x) = 0
f in functions(R, R); f(0) = 5
F in R^2 -> R; x, y in R; F_1(x, y) = F_2(x, y)
F in R^2 -> R; x, y in R; F_12(x, y)^2 = F_11(x, y)*F_22(x, y)
f(x) = x^3; f'(x) = 3*x
"""
)
REFUSED = [
    ("f in functions(R)", "functions(R, R)"),
    ("f in R -> R^2", "functions(R, R)"),
    ("F in R^2 -> R; x in R; F(x) = 3", "F(x, y)"),
    ("F in R^2 -> R; x in R; F'(x) = 3", "F_1(x)"),
    ("F in R^2 -> R; x in R; dF/dx = 3", "d(F(x, y))/dx"),
    ("f in R -> R; x in R; x + f = 3", "f(x)"),
    ("x in R; x'(3) = 2", "x in functions(R, R)"),
    ("A in R^(2, 2); x in R^2; A'(x) = 2*x", "A' @ (x)"),
    ("x in R; foor'(x) = 2", '"floor"'),
    ("x in R; atan2'(x) = 2", "d(atan2(x))/dx"),
    ("x in R^3; softmax'(x) = 1", "d(softmax(x))/dx"),
    ("y = f(g(x))", "f in functions(R, R)"),
]


@pytest.mark.parametrize("program", RIGHT)
def test_a_rule_of_calculus_is_proved(program: str) -> None:
    assert set(verdicts(program)) == {"proved"}


@pytest.mark.parametrize("program", WRONG)
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
