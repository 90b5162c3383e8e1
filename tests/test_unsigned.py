"""What is written without signs: products, functions of one name, bars; and what is refused of it.

Must not know which tokens are put between.
"""

from __future__ import annotations

import pytest

from tests.verdicts import diagnosed, errors, last, lines, verdicts

RIGHT = lines(
    r"""
P in R^(n, n); x in R^n; f = x.T P x; df/dx = (P + P.T) x
P in R^(n, n); x in R^n; f = x' P x; df/dx = (P + P') x
A in R^(m, n); B in R^(n, k); x in R^k; A B x = A @ B @ x; (A B).T = B.T A.T
x in R^m; y in R^n; x y.T = outer(x, y); 2 x y.T = outer(2*x, y)
A, B in R^(n, n); (A + B)(A - B) = A @ A - A @ B + B @ A - B @ B
t in R; B = 3t(1-t)^2; dB/dt = 3(1-t)^2 - 6t(1-t)
a, t in R; 2a(1 + t) = 2a + 2a t
f in functions(R^n, R, R^n); x in R^n; h in R; d(x + h f(x, h))/dx = eye(n) + h f_1(x, h)
I0, θ in R; I = I0 cos θ; dI/dθ = -I0 sin θ
x in R; f = sin x cos x; df/dx = cos(2 x)
p in (0, 1); L = -p log p; dL/dp = -log p - 1
x, a, b in R; f = x^2 a b + x² b; df/dx = 2 a b x + 2 b x
x, a, b in R; x^(a) b = b*x^a
z in R; s = sigmoid(z); ds/dz = s (1 - s)
x in R; y = x^2; z = y^3; dz/dx = dz/dy dy/dx
x, y in R; z = x^2 y; d2z/dx dy = 2 x
f(t) = 6t(1 - t); f(2) = -12
for i in 0..2 { y[i] = i (i - 1) }; y[2] = 2
x in R^n; f = ||x||^2; df/dx = 2x
x, y in R^n; f = ||x - y||; df/dx = (x - y)/||x - y||
x in R; |x|^2 = x^2; |x||x| = x^2; 2|x| = |2x|; x |x| = sign(x) x^2
x in R^n; ||x||_1 = sum(abs(x)); ||x||_2 = norm(x); ||x||_inf = max(abs(x)); ‖x‖ = norm(x)
A in R^(m, n); f = ||A||_F^2; df/dA = 2A
n, l in R^3; f = n·l; df/dn = l
x, a, b, c in R; a/b c x = a*c*x/b; 1/2 x^2 = x^2/2; -a/b^2 (b + c) = -a*(b + c)/b^2
x, a, b in R; a / (2 b) x = a*x/(2*b); 1/sqrt(2 pi) exp(-x^2/2) x = x*exp(-x^2/2)/sqrt(2*pi)
x, y in R; v = [x y, 2 x, -x y]; sum(v) = 2 x; [sin(x) cos(y), x] = [sin(x)*cos(y), x]
x, y in R; f = (x - y)^2 (x + y); df/dx = 2 (x - y)(x + y) + (x - y)^2
A in R^(m, n); x, y in R^n; B in R^(n, m); B A (x + y) = B @ A @ x + B @ A @ y
A in R^(2, 2); B = A.T A; t in R; log det(B) = log(det(B)); sin 2t = 2 sin(t) cos(t)
x in R; f = x^2; d/dx (f + 2 x) = 2 x + 2; d/dx (x^2 (1 - x)) = 2 x - 3 x^2
h, b in (0, inf); A = b h; Q = A^2; dQ/dh = Q (2 b/A)
w, a, b in R; -w (a b)^2 = -w*a^2*b^2
x in (3, inf); f = log|x - 2|; df/dx = 1/(x - 2); sqrt |x| + 1 = sqrt(x) + 1
x in R; |x - |x|| = abs(x - abs(x))
r in R; 2 pi r^2 = 2*π*r^2
"""
)
REFUSED = [
    ("x, y in R^n; x y = 3", "x.T @ y", "x*y  entry by entry"),
    ("x in R^n; A in R^(n, n); x A = 3", "x.T @ A", "A @ x"),
    ("x, a, b in R; a / b x = 3", "a /(b*x)", "(a /b)*x"),
    ("x, y in R; x^2y = 3", "x^(2*y)", "x^2*y"),
    ("x, y in R; sin x y = 3", "sin(x)", ""),
    ("x in R; sin x^2 = 3", "sin(x)", ""),
    ("x in R; sin x/2 = 3", "sin(x)", ""),
    ("x, h in R; f = x^2; f (x + h) = 3", "f*(x + h)", "f(u) ="),
    ("k, t in R; e^-k t = 3", "e^(-k*t)", "e^-k*t"),
    ("x, a, b in R; x^a b = 3", "x^(a*b)", "x^a*b"),
    ("x, h in R; f = x^2; f(x - h) = 3", "f*(x - h)", ""),
    ("x in R; f = x^2; f (x + 1) = 3", "f*(x + 1)", ""),
    ("a, e, E in R; r = a e sin E/(1 - e)", "e*sin(E)", ""),
    ("x in R; f = x^2; f(x + 1) = 3", "f*(x + 1)", ""),
    ("x, t in R; x(t) = 3", "x*(t)", ""),
    ("z in R; s = sigmoid(z); ds/dz = s(1 - s)", "s*(1 - s)", ""),
    ("x, t in R; x(t + 1) = 3", "x*(t + 1)", ""),
    ("x in R^n; t in R; x(1 + t) = 3", "x*(1 + t)", ""),
    ("x in R; x y = 3", "x*y", ""),
    ("x in R; L = x^2; dL/dx (1 + x) = 3", "at x = 2", ""),
    ("x, y in R; [x y] = 3", "[x, y]", ""),
    ("A in R^(n, n); |A| = 3", "det(A)", "abs(A)"),
    ("x in R^n; |x| = 3", "||x||", "abs(x)"),
    ("A in R^(n, n); ||A|| = 3", 'norm(A, "fro")', ""),
    ("A in R^(n, n); ||A||_2 = 3", "", ""),
    ("x, y in R; x | y | x = 3", "", ""),
    ("A, B in R^(n, n); A·B = 3", "A @ B", "A ⊙ B"),
    ("f in functions(R, R); x in R; f' (x) = 3", "f'(x)", ""),
]


@pytest.mark.parametrize("program", RIGHT)
def test_it_is_read_as_on_paper(program: str) -> None:
    assert set(verdicts(program)) == {"proved"}


@pytest.mark.parametrize("program, one, other", REFUSED)
def test_what_has_two_readings_is_refused_with_them(program: str, one: str, other: str) -> None:
    (error,) = errors(program)
    assert one in error.help and other in error.help


@pytest.mark.parametrize(
    "program, mended",
    [
        ("P in R^(n, n); x in R^n; f = x.T P x; df/dx = 2 P x", "(P + P.T) x"),
        ("I0, θ in R; I = I0 cos θ; dI/dθ = I0 sin θ", "-I0 sin θ"),
        ("x in R^n; f = ||x||^2; df/dx = x", "2*x"),
        ("t in R; B = 3t(1-t)^2; dB/dt = 3(1-t)^2 + 6t(1-t)", "3(1-t)^2 - 6t(1-t)"),
        ("x, y in R; f = x^2 y; df/dx = x y", "2*x y"),
        ("e, E in R; M = E - e sin E; dM/dE = 1 - cos E", "1 - e*cos(E)"),
    ],
)
def test_a_mend_is_written_as_its_writer_does(program: str, mended: str) -> None:
    found = diagnosed(program)
    assert found and found.mended == mended


def test_shapes_decide_anew_wherever_a_function_is_called() -> None:
    program = "x in R; A, B in R^(n, n); f(u, v) = u v; f(x, x) = x^2; f(A, B) = A*B"
    assert last(program).verdict == "refuted"
    assert last(program.replace("A*B", "A @ B")).verdict == "proved"
