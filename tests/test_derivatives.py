"""Every spelling of a derivative: a right claim in it passes, and a wrong one is refuted.

Must not know how a spelling is read, nor how a claim is judged.
"""

from __future__ import annotations

import pytest

from gradcli import check
from tests.verdicts import findings, verdicts

SCALARS = "x, y in R\nf = x^3*y^2 + sin(x)\n"
POLYNOMIAL = "x, y in R\nL = x^2*y\n"
NETWORK = "w, x in R\ny = w*x\nL = y^2\n"
VECTORS = "A in R^(2, 3)\nx in R^3\ny = A @ x\nL = sum(y^2)\n"
FAMILY = "x, w in R\nh[0] = x\nfor t in 1..3 { h[t] = w*h[t-1]^2 }\nC = h[3]^2\n"
QUADRATIC = "A in R^(2, 2)\nx, v in R^2\nu in R^2\nf = x.T @ A @ x\ng = x * sum(x)\n"
SEVERAL = "a, b in R\nx in R^2\nf = a^2*b + sum(x^2)*a\n"

SPELLINGS: dict[str, tuple[str, str, str]] = {
    # spelling: what stands above, its value, and a value that it does not have
    "dL/dw": (NETWORK, "2*w*x^2", "2*w*x"),
    "∂L/∂w": (NETWORK, "2*w*x^2", "2*w*x"),
    "dL / dw": (NETWORK, "2*w*x^2", "2*w*x"),
    "∂ L / ∂ w": (NETWORK, "2*w*x^2", "2*w*x"),
    "d(L)/d(w)": (NETWORK, "2*w*x^2", "2*w*x"),
    "∂(L)/∂(w)": (NETWORK, "2*w*x^2", "2*w*x"),
    "dL/dy": (NETWORK, "2*y", "y"),
    "dL/dy * dy/dw": (NETWORK, "2*w*x^2", "2*y"),
    "dL/dy^2": (NETWORK, "4*y^2", "2"),
    "2 dL/dy": (NETWORK, "4*y", "2*y"),
    "-dL/dw": (NETWORK, "-2*w*x^2", "2*w*x^2"),
    "d(y^2)/dw": (NETWORK, "2*w*x^2", "2*y"),
    "dL/dw / x": (NETWORK, "2*w*x", "2*w*x^2"),
    "d2f/dx2": (SCALARS, "6*x*y^2 - sin(x)", "3*x^2*y^2 + cos(x)"),
    "d^2f/dx^2": (SCALARS, "6*x*y^2 - sin(x)", "6*x*y^2"),
    "d²f/dx²": (SCALARS, "6*x*y^2 - sin(x)", "6*x*y^2"),
    "∂²f/∂x²": (SCALARS, "6*x*y^2 - sin(x)", "6*x*y^2"),
    "∂2f/∂x2": (SCALARS, "6*x*y^2 - sin(x)", "6*x*y^2"),
    "∂^2f/∂x^2": (SCALARS, "6*x*y^2 - sin(x)", "6*x*y^2"),
    "d2f/dxdy": (SCALARS, "6*x^2*y", "3*x^2*y"),
    "d2f/dx dy": (SCALARS, "6*x^2*y", "3*x^2*y"),
    "d^2f/dydx": (SCALARS, "6*x^2*y", "3*x^2*y"),
    "∂²f/∂x∂y": (SCALARS, "6*x^2*y", "3*x^2*y"),
    "∂2f/∂x ∂y": (SCALARS, "6*x^2*y", "3*x^2*y"),
    "d^2(f)/d(x)d(y)": (SCALARS, "6*x^2*y", "3*x^2*y"),
    "d3f/dx2dy": (SCALARS, "12*x*y", "6*x^2*y"),
    "∂³f/∂x²∂y": (SCALARS, "12*x*y", "6*x^2*y"),
    "d3f/dx3": (SCALARS, "6*y^2 - cos(x)", "6*y^2 + cos(x)"),
    "d/dx (x^2*y)": (SCALARS, "2*x*y", "x^2"),
    "d/dx(x^2*y)": (SCALARS, "2*x*y", "x^2"),
    "∂/∂x (x^2*y)": (SCALARS, "2*x*y", "x^2"),
    "d2/dx2 (x^3)": (SCALARS, "6*x", "3*x^2"),
    "d^2/dx^2 (x^3)": (SCALARS, "6*x", "3*x^2"),
    "∂²/∂x∂y (x^2*y)": (SCALARS, "2*x", "x^2"),
    "d/dx (f)": (SCALARS, "3*x^2*y^2 + cos(x)", "3*x^2*y^2"),
    "d/dx (d/dy (f))": (SCALARS, "6*x^2*y", "6*x*y"),
    "y + d/dx (x^2)": (SCALARS, "2*x + y", "2*x"),
    "d(x^2)/dx": (SCALARS, "2*x", "x"),
    "d(x*y)/d(x)": (SCALARS, "y", "x"),
    "d2(x^3)/dx2": (SCALARS, "6*x", "3*x^2"),
    # derivatives of derivatives
    "d(dL/dx)/dy": (POLYNOMIAL, "2*x", "2*y"),
    "∂(∂L/∂x)/∂y": (POLYNOMIAL, "2*x", "x"),
    "d(d(dL/dx)/dx)/dy": (POLYNOMIAL, "2", "2*x"),
    "d(dL/dx + dL/dy)/dy": (POLYNOMIAL, "2*x", "2*x + 2*y"),
    # vectors and their entries
    "dL/dx": (VECTORS, "2*(A.T @ A @ x)", "A.T @ A @ x"),
    "dy/dx": (VECTORS, "A", "A*2"),
    "d(A @ x)/dx": (VECTORS, "A", "-A"),
    "dL/dx[0]": (VECTORS, "2*(A.T @ y)[0]", "2*(A.T @ y)[1]"),
    "dL/dx.T": (VECTORS, "2*(A.T @ y).T", "2*(A.T @ y)"),
    "dy/dx.T": (VECTORS, "A.T", "A"),
    "dy[0]/dx[1]": (VECTORS, "A[0, 1]", "A[0, 0]"),
    "d(y[0])/d(x[1])": (VECTORS, "A[0, 1]", "A[1, 0]"),
    "dL/d(x[i])": ("i in integers(0, 2)\n" + VECTORS, "2*(A.T @ y)[i]", "2*(A.T @ y)[0]"),
    "dy/d(x[i])": ("i in integers(0, 2)\n" + VECTORS, "A[:, i]", "A[:, 1]"),
    "dy[0]/dx": (VECTORS, "A[0, :]", "A[1, :]"),
    "∂y[1]/∂x[2]": (VECTORS, "A[1, 2]", "A[0, 2]"),
    "d(L)/d(A)": (VECTORS, "2*(y @ x.T)", "y @ x.T"),
    # families
    "dC/dh[2]": (FAMILY, "2*h[3]*2*w*h[2]", "2*h[3]"),
    "∂C/∂h[3]": (FAMILY, "2*h[3]", "h[3]"),
    "∂h[3]/∂h[2]": (FAMILY, "2*w*h[2]", "2*h[2]"),
    "dh[2]/dx": (FAMILY, "2*w*h[1]*2*w*x", "2*w*h[1]"),
    "d(h[3])/d(h[2])": (FAMILY, "2*w*h[2]", "2*h[2]"),
    "dh[1]/dw": (FAMILY, "h[0]^2", "2*h[0]"),
    # by function, with one name and with several
    "grad(f, x)": (QUADRATIC, "(A + A.T) @ x", "2*(A @ x)"),
    "hessian(f, x)": (QUADRATIC, "A + A.T", "2*A"),
    "jacobian(g, x)": (QUADRATIC, "sum(x)*eye(2) + x @ ones(2).T", "sum(x)*eye(2)"),
    "jvp(g, x, v)": (QUADRATIC, "sum(x)*v + x*sum(v)", "sum(x)*v"),
    "vjp(g, x, u)": (QUADRATIC, "sum(x)*u + ones(2)*(x @ u)", "sum(x)*u + x*sum(u)"),
    "hvp(f, x, v)": (QUADRATIC, "(A + A.T) @ v", "2*(A @ v)"),
    "laplacian(f, x)": (QUADRATIC, "2*tr(A)", "tr(A)"),
    "divergence(g, x)": (QUADRATIC, "3*sum(x)", "2*sum(x)"),
    "grad(sum(x^2), x)": (QUADRATIC, "2*x", "x"),
    "grad(f, [a, b])": (SEVERAL, "[2*a*b + sum(x^2), a^2]", "[a^2, 2*a*b + sum(x^2)]"),
    "grad(f, [a, x])": (
        SEVERAL,
        "[2*a*b + sum(x^2), 2*a*x[0], 2*a*x[1]]",
        "[2*a*b, 2*a*x[0], 2*a*x[1]]",
    ),
    "grad(f, [a])": (SEVERAL, "[2*a*b + sum(x^2)]", "[a*b]"),
    "hessian(f, [a, b])": (SEVERAL, "[[2*b, 2*a], [2*a, 0]]", "[[2*b, 2*a], [a, 0]]"),
    "jacobian([a*b, a], [a, b])": (SEVERAL, "[[b, a], [1, 0]]", "[[b, 1], [a, 0]]"),
    "jacobian(a*x, [x, a])": (SEVERAL, "[[a, 0, x[0]], [0, a, x[1]]]", "[[a, 0, 0], [0, a, 0]]"),
    "jvp(f, [a, b], [3, 5])": (SEVERAL, "3*(2*a*b + sum(x^2)) + 5*a^2", "3*(2*a*b) + 5*a^2"),
    "vjp([a*b, a], [a, b], [3, 5])": (SEVERAL, "[3*b + 5, 3*a]", "[3*b, 3*a + 5]"),
    "hvp(f, [a, b], [3, 5])": (SEVERAL, "[6*b + 10*a, 6*a]", "[6*b, 6*a]"),
    "laplacian(f, [a, x])": (SEVERAL, "2*b + 4*a", "2*b"),
    "divergence([a*b, a*b], [a, b])": (SEVERAL, "a + b", "a*b"),
    # of a function
    "df/dx": ("x, y in R\nf(x) = x^2*y\n", "2*x*y", "x^2"),
    "d(f(3*x))/dx": ("x in R\nf(u) = u^2\n", "18*x", "6*x"),
    "grad(f(x, y), y)": ("x, y in R\nf(u, v) = u*v^2\n", "2*x*y", "y^2"),
    # names that look like derivatives
    "dL/dt": ("dL, dt in R\n", "dL*dt^-1", "dL*dt"),
    "dx/dt": ("t in R\nx = t^2\n", "2*t", "t"),
    "dd/dx": ("x in R\nd = x^2\n", "2*x", "x"),
    "dx_1/dt": ("t in R\nx_1 = t^3\n", "3*t^2", "t^2"),
    "dx1/dx2": ("x2 in R\nx1 = x2^2\n", "2*x2", "2"),
    "dŷ/dw_1": ("w_1 in R\nŷ = exp(w_1)\n", "ŷ", "w_1"),
    "dσ2/dσ": ("σ in R\nσ2 = σ²\n", "2*σ", "σ"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_right_claim_passes_and_a_wrong_one_is_refuted(spelling: str) -> None:
    above, right, wrong = SPELLINGS[spelling]
    found = verdicts(f"{above}{spelling} = {right}\n{spelling} = {wrong}\n")
    assert found in (["proved", "refuted"], ["holds", "refuted"])


@pytest.mark.parametrize("side", ["d2L/dx2", "d^2L/dx^2", "∂²L/∂x²", "d2L/d(x)^2"])
def test_the_text_of_a_claim_ends_with_its_written_order(side: str) -> None:
    (finding,) = findings(f"{POLYNOMIAL}2*y = {side}")
    assert finding.text == f"2*y = {side}"
    assert finding.span.text == side


REFUSED = {
    # spelling: what stands above, and what is said
    "d2C/dh[3]": (FAMILY, "the orders above and below differ"),
    "d2f/dx": (SCALARS, "the orders above and below differ"),
    "dsin(x)/dx": ("x in R\n", 'unknown function "dsin"'),
    "dL/dq": (NETWORK, 'unknown name "q"'),
    "∂q/∂x": (NETWORK, 'unknown name "q"'),
    "dp/dq": (NETWORK, 'unknown name "p"'),
    "dy/d(2*x)": (NETWORK, "a derivative is taken by a name"),
    "dh[7]/dx": (FAMILY, "h[7] does not exist"),
    "d/dx (x)^2": (SCALARS, '"d/dx (x)^2" can be read in two ways'),
    "d/dx (x)*y": (SCALARS, '"d/dx (x)*y" can be read in two ways'),
    "d2f/dx2": ("x, x2 in R\nf = x*x2\n", '"d2f/dx2" can be read in two ways'),
    "dL/dw": (
        "L, w, dL in R\n",
        '"dL/dw" can be read in two ways, because dL is defined in line 1',
    ),
    "grad(y, x)": (VECTORS, "grad is of a scalar, not of a vector of 2"),
    "divergence(y, x)": (VECTORS, "divergence needs a vector of 3 here, not a vector of 2"),
}


@pytest.mark.parametrize("spelling", REFUSED)
def test_what_is_no_derivative_is_refused(spelling: str) -> None:
    above, message = REFUSED[spelling]
    (file,) = check(f"{above}{spelling} = 1\n").files
    assert [diagnostic.message for _, diagnostic in file.errors] == [message]
    assert not [*file.findings]


def passing(text: str) -> list[bool]:
    return [finding.passed for finding in findings(text)]


LAYOUT = "A in R^(2, 3)\nx in R^3\ny = A @ x\n"


def test_layouts() -> None:
    both = "dy/dx = A\ndy/dx = A.T\njacobian(y, x) = A\njacobian(y, x) = A.T\n"
    assert passing(LAYOUT + both) == [True, False, True, False]
    assert passing(f"layout numerator\n{LAYOUT}{both}") == [True, False, True, False]
    assert passing(f"layout denominator\n{LAYOUT}{both}") == [False, True, False, True]


def test_a_layout_turns_no_gradient_and_no_product() -> None:
    text = (
        f"layout denominator\n{LAYOUT}v in R^3\nu in R^2\n"
        "d(sum(y))/dx = A.T @ ones(2)\njvp(y, x, v) = A @ v\nvjp(y, x, u) = A.T @ u\n"
        "hessian(sum(y^2), x) = 2*(A.T @ A)\njacobian(y, [x]) = A.T\n"
        "dy[0]/dx[1] = A[0, 1]\nd(y)/d(x[1]) = A[:, 1]\n"
    )
    assert all(passing(text))


def test_a_layout_of_one_derivation_is_not_that_of_the_next() -> None:
    first = f'derivation "a"\nlayout denominator\n{LAYOUT}dy/dx = A.T\n'
    text = f'{first}derivation "b"\n{LAYOUT}dy/dx = A\n'
    assert passing(text) == [True, True]


def test_a_row_counts_as_its_vector() -> None:
    text = "A in R^(3, 2)\nx in R^3\nd(x.T @ A)/dx = A.T\nd(x.T @ A)/dx = A\nd(sum(x^2))/dx = 2*x\n"
    assert passing(text) == [True, False, True]
    text = "x in R^3\nr = x.T\nd(sum(r .* r))/dr = 2*x\nd(sum(x^2))/dx = 2*x.T\n"
    assert passing(text) == [True, False]


def test_letters_stand_for_every_size() -> None:
    text = (
        "X in R^(m, n)\nw in R^n\ny in R^m\nL = sum((X @ w - y)^2)/m\n"
        "dL/dw = 2/m * (X.T @ (X @ w - y))\ndL/dw = 2*(X.T @ (X @ w - y))\n"
        "d(X @ w)/dw = X\ndL/dy = -2/m * (X @ w - y)\n"
    )
    found = findings(text)
    assert [finding.passed for finding in found] == [True, False, True, True]
    assert len({tuple(size.items()) for size in found[0].evidence.sizes}) > 1


def test_loops_with_letters_and_claims_inside() -> None:
    text = (
        "x in R^(T+1)\nw in R\nh[0] = x[0]\nfor t in 1..T { h[t] = w*h[t-1] + x[t] }\nL = h[T]^2\n"
        "dL/dh[T] = 2*h[T]\n"
        "for t in 1..T { dh[t]/dh[t-1] = w }\nfor t in 1..T { dh[t]/dh[t-1] = w*t }\n"
    )
    found = findings(text)
    assert [finding.passed for finding in found] == [True, True, False]
    assert found[2].loop is not None
    assert found[2].loop["t"] > 1


def test_what_is_shared_and_what_shadows_it() -> None:
    text = (
        'x in R\nf = x^2\nderivation "a"\ndf/dx = 2*x\nf2 = f*x\ndf2/dx = 3*x^2\n'
        'derivation "b"\nf = x^3\ndf/dx = 3*x^2\ndf/dx = 2*x\n'
        'derivation "c"\nx in R^2\ng = sum(x^2)\ndg/dx = 2*x\n'
    )
    assert passing(text) == [True, True, True, False, True]


def test_a_shared_preamble_is_no_derivation_without_claims() -> None:
    (file,) = check('x in R\nf = x^2\nderivation "a"\ndf/dx = 2*x\n').files
    assert [d.name for d in file.derivations] == ["a"]
    assert not file.derivations[0].notes


def test_an_intermediate_vertex_is_independent() -> None:
    text = "x in R\nq = x^2\nz = x*q\ndz/dq = x\ndz/dx = 3*x^2\n∂z/∂x = q\n"
    assert passing(text) == [True, True, False]
