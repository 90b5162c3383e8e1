"""Generated code against the engine: every function, every kind of program, every target.

Must not know how code is made: it runs what a user gets, and compares with certified values.
"""

from __future__ import annotations

import ast
import importlib.util
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.api.code import code
from gradcli.choices import TARGETS
from gradcli.emit.target import target
from gradcli.errors import GradcliError
from gradcli.ops import FUNCTIONS
from gradcli.reference.functions import describe
from tests.running import Done, here

COMPILER = shutil.which("cc")
MODES = ("reverse", "forward")
OLD = pytest.mark.oracle
SLOW = pytest.mark.slow
# Programs with their sets and points; a letter in a set stands for every size.
PROGRAMS = [
    ("w*x + b", "", "w=0.6, x=2, b=-0.5"),
    ("z = w*x + b; p = sigmoid(z); L = (p - y)^2/2", "", "w=0.6, x=2, b=-0.5, y=1"),
    ("x", "", "x=3"),
    ("x*0 + 5", "", "x=3"),
    ("a = x^2; b = x^2; L = a*b", "", "x=1.5"),
    ("x^y + y^x + 2^x", "", "x=2.5, y=1.5"),
    ("1/(1/x + 1/y) - x/(y/(x - y)) - (x - (y - (x - 1)))", "", "x=2, y=3"),
    ("-(-x)^2 - -x*-y", "", "x=2, y=3"),
    ("f(u, v) = u^2*v; f(x, y) + f(y, x)*f(x, 2)", "", "x=2, y=3"),
    ("h[0] = x; for t in 1..3 { h[t] = tanh(w*h[t-1] + b) }; h[3]^2", "", "x=0.5, w=1.5, b=0.1"),
    ("exp(exp(x))*sin(cos(x))/(1 + log(x^2 + 1)*sqrt(x^4 + x^2 + 1) - atan(x)/(x + 3) + cosh(x))"
     " + sinh(x)*tanh(x)*tan(x)*asinh(x) - 0.25*erf(x)*lgamma(x + 2)", "", "x=0.3"),
    ("grad(x^3*y, x)*y", "", "x=2, y=3"),
    ("sum((X @ w - y)^2)/(2*m)", "X in R^(m, n); w in R^n; y in R^m",
     "X=[[1, 2], [3, 4], [5, 7]], w=[1, -1], y=[1, 2, 0]"),
    ("z1 = W1@x + b1; h = relu(z1); p = softmax(W2@h + b2); L = -sum(y*log(p))",
     "W1 in R^(k, n); W2 in R^(c, k); x in R^n; b1 in R^k; b2 in R^c; y in R^c",
     "W1=[[1, 2], [-3, 1], [0.5, 1]], W2=[[1, 0, 2], [1, -1, 1]], x=[0.3, -0.2],"
     " b1=[0.1, 0.2, 0.3], b2=[0, 1], y=[0, 1]"),
    ("sum(x)^k/k", "x in R^(k + 1)", "x=[1, 2, 3]"),
    ("sum(X @ W + b) + sum((X@W + b) .^ 2)", "X in R^(m, n); W in R^(n, k); b in R^k",
     "X=[[1, 2], [3, 4], [5, 6]], W=[[1, 2, 3], [4, 5, 6]], b=[1, 2, 3]"),
    ("logdet(A) + trace(inv(A)@B) + det(A)", "A in R^(n, n); B in R^(n, n)",
     "A=[[0, 1, 0], [-1, 3, 1], [0, 1, 4]], B=[[1, 2, 3], [4, 5, 6], [7, 8, 10]]"),
    ("b @ solve(A, b) + sum(solve(A, B) .* B)", "",
     "A=[[2, 1, 0], [1, 3, 1], [0.5, 1, 4]], b=[1, 2, 3], B=[[1, 2], [3, 4], [5, 6]]"),
    ("det(A)", "", "A=[[1, 2], [2, 4]]"),
    ("det(A)", "", "A=[[3]]"),
    ("prod(x)^2 + prod(y)", "", "x=[0, 1, 2], y=[0, 0, 2]"),
    ("where(x < 1, x, sqrt(x))*3", "", "x=0"),
    ("sum(where(x > 0, x*log(x), 0))", "", "x=[-1, 2, 0.5]"),
    ("where(x > 0 and y < 3 or not (x == y), x*y, x - y)", "", "x=1, y=2"),
    ("sum(sigmoid(where(x > 1, 2, 0)*y))", "", "x=[1, 2], y=[3, -1]"),
    ("sum(where(x > 0, x*log(x), 0) .* y)", "", "x=[-1, 2, 0], y=[1, 2, 3]"),
    ("sum(where(X > Y.T, X, 2*X))", "", "X=[[1, 2], [3, 4]], Y=[2, 3]"),
    ("relu(x) + abs(x) + max(x, 0)", "", "x=0"),
    ("max(x, y, z)*min(x, y, z)", "", "x=1, y=1, z=0.5"),
    ("max(x) + min(x)*logsumexp(x)", "", "x=[1, 3, 3]"),
    ("sum(max(X, axis=0)) + sum(prod(X, axis=1)) + sum(logsumexp(X, axis=0)) + sum(var(X, axis=1))",
     "", "X=[[1, 2], [3, 4.5], [0.5, 1]]"),
    ("sum(softmax(X, axis=0) .* Y) + sum(log_softmax(X, axis=1) .* Y)", "",
     "X=[[1, 2], [3, 4.5], [0.5, 1]], Y=[[1, 2], [-3, 4.5], [0.5, 1]]"),
    ("sum(exp(X - max(X, axis=1).T))", "", "X=[[1, 2], [3, 4]]"),
    ("(x - mean(x))/sqrt(var(x) + 1e-5) .* g + b", "", "x=[1, 2, 4], g=[1, 2, 3], b=[0, 1, 0]"),
    ("norm(x)/norm(x - y) + norm(A, \"fro\") + norm(x, 1)", "",
     "x=[1, 2, 3], y=[3, 1, 1], A=[[1, 2], [3, 4]]"),
    ("sum(kron(A, B)) + sum(vec(A) .* c)", "",
     "A=[[1, 2], [3, 4]], B=[[2, 3], [4, 6]], c=[1, 2, 3, 4]"),
    ("cross(a, b)@c + sum(concat(a, b)*concat(b, a)) + stack(a, b)[0]@c", "",
     "a=[1, 2, 3], b=[3, 1, 2], c=[1, 1, 2]"),
    ("sum(concat(A, B, axis=1)[0:1, 1:3]) + A[1, 0]*B[0, 1]^2", "",
     "A=[[1, 2], [3, 4]], B=[[5, 6], [7, 8]]"),
    ("u.T @ A @ u + outer(u, v)[0, 1] + (u @ v.T)[1, 0]*2", "",
     "u=[1, 2], v=[3, 4], A=[[1, 2], [3, 4]]"),
    ('sum(einsum("ijk,jl,kl->i", T, A, B) .* w)', "",
     "T=[[[1, 2], [3, 4], [5, 6]], [[1, 0], [2, 1], [0, 3]]], A=[[1, 2], [3, 4], [5, 6]],"
     " B=[[1, 1], [2, 3]], w=[1, 2]"),
    ('einsum("ii->i", A) @ einsum("ij,ij->i", A, A)', "", "A=[[1, 2], [3, 4]]"),
    ('einsum("i,j,k->ijk", a, b, c)[0, 1, :] @ c', "", "a=[1, 2], b=[3, 4], c=[5, 6, 7]"),
    ("sum(diag(x) @ A) + trace(diag(x)) + sum(diag(A)) + sum(eye(2) @ x)", "",
     "x=[1, 2], A=[[1, 2], [3, 4]]"),
    ("sum(reshape(x, (2, 3)) @ [1, 2, 3]) + sum(reshape(x*x, (3, 2))[1])", "",
     "x=[1, 2, 3, 4, 5, 6]"),
    ("[x, y] @ [y, x^2] + sum([[1, 2], [3, 4]] @ [x, y])", "", "x=2, y=3"),
    ("A @ x", "A in R^(m, n); x in R^n", "A=[[1, 2], [3, 4], [5, 6]], x=[1, -1]"),
    ("X.T @ X", "", "X=[[1, 2], [3, 4], [5, 6]]"),
    ("sum(ones(m, n) .* X)/m + sum(zeros(n)) + sum(eye(n) @ X.T)", "X in R^(m, n)",
     "X=[[1, 2, 3], [4, 5, 6]]"),
    ("sum(hessian(sum(x^3)/6, x) @ x)", "", "x=[1, 2]"),
    ("lambda*class + import^2*float*int*exp", "",
     "lambda=2, class=3, import=1, float=2, int=3, exp=2"),
    ("θ^2*sin(σ_1) + x̂*np + math*i*j", "", "θ=2, σ_1=3, x̂=1, np=2, math=3, i=2, j=5"),
    ("grad_x*x + v1*v2 + (x + v1)^2*sin(x + v1) + value*f", "",
     "grad_x=2, x=3, v1=1, v2=2, value=1, f=2"),
]  # fmt: skip


def python(text: str, digits: float) -> None:
    """Run a module's own test, to more digits than it asks for."""
    tree = ast.parse(text)
    test = tree.body.pop()
    assert isinstance(test, ast.If)
    names: dict[str, Any] = {"__name__": "generated"}
    with np.errstate(all="ignore"):
        exec(compile(tree, "generated", "exec"), names)
        exec(compile(ast.Module(test.body[:2], []), "test", "exec"), names)
    for found, wanted in zip(names["found"], names["wanted"], strict=True):
        one, other = np.asarray(found, dtype=float), np.asarray(wanted)
        assert one.shape == other.shape
        assert np.all(np.abs(one - other) <= digits * max(np.max(np.abs(other)), 1e-3))


def compiled(text: str, digits: float, folder: Path) -> None:
    """Compile a program without a warning and run its own test."""
    source = folder / "generated.c"
    source.write_text(text.replace("1e-9", str(digits)), encoding="utf-8")
    flags = ["-std=c99", "-pedantic", "-Wall", "-Werror", "-Wno-unused"]
    command = [COMPILER, *flags, "-o", str(folder / "generated"), str(source), "-lm"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert subprocess.run([folder / "generated"], check=False, timeout=20).returncode == 0


def run(to: str, text: str, folder: Path, digits: float = 1e-12) -> None:
    if to == "c":
        if COMPILER is None:
            pytest.skip("there is no C compiler")
        compiled(text, digits, folder)
    else:
        if importlib.util.find_spec(to) is None:
            pytest.skip(f"{to} is not installed")
        python(text, digits)


def ways() -> list[Any]:
    """Every target in both modes; what takes long is left to CI."""
    marks = {"torch": [OLD], "jax": [OLD]}
    return [
        pytest.param(
            to,
            mode,
            marks=[*marks.get(to, []), *([SLOW] if (to, mode) == ("c", "forward") else [])],
        )
        for to in TARGETS
        for mode in MODES
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("to", "mode"), ways())
@pytest.mark.parametrize("name", [key for key, found in FUNCTIONS.items() if key == found.name])
def test_every_function(name: str, to: str, mode: str, tmp_path: Path) -> None:
    """The example on the function's page."""
    _, _, text, _, at = shlex.split(describe(FUNCTIONS[name]).example)
    run(to, code(text, to, at=[at], mode=mode, check=True), tmp_path)


@pytest.mark.parametrize("name", [key for key, found in FUNCTIONS.items() if key == found.name])
def test_every_target_writes_it(name: str) -> None:
    """By a pattern of its own, or by what its value is made of."""
    _, _, text, _, at = shlex.split(describe(FUNCTIONS[name]).example)
    for to in TARGETS:
        try:
            assert code(text, to, at=[at])
        except GradcliError as error:
            where = f"gradcli/emit/targets/{to}.toml, [ops]"
            pytest.fail(f"{error.diagnostics[0].message}: give it a pattern in {where}")


@pytest.mark.parametrize(("to", "mode"), ways())
@pytest.mark.parametrize(
    ("text", "let", "at"),
    [pytest.param(*p, marks=[SLOW] * (k >= 20), id=str(k)) for k, p in enumerate(PROGRAMS)],
)
def test_programs(text: str, let: str, at: str, to: str, mode: str, tmp_path: Path) -> None:
    lets = [let] if let else []
    run(to, code(text, to, let=lets, at=[at], mode=mode, check=True), tmp_path)


LEAVES = st.sampled_from(["x", "y", "2", "0.5", "sum(u)", "u[0]", "(u @ v)", "norm(u - v)"])
ARRAYS = st.sampled_from(["u", "v", "softmax(u)", "tanh(v)", "(A @ u)", "relu(u - v)", "A.T @ v"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        pair.map(lambda t: f"({t[0]})/(2 + sin({t[1]}))"),
        pair.map(lambda t: f"where({t[0]} > {t[1]}, {t[0]}, sin({t[1]}))"),
        st.tuples(st.sampled_from(["sin", "tanh", "sigmoid", "relu", "atan"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(ARRAYS, inner).map(lambda t: f"sum({t[0]} * sin({t[1]}))"),
        st.tuples(ARRAYS, ARRAYS, inner).map(lambda t: f"(({t[0]}) @ ({t[1]}*({t[2]})))"),
    )


SCALARS = st.recursive(LEAVES, grown, max_leaves=12)
POINT = "x=0.7, y=-1.3, u=[0.5, 2], v=[1.5, -0.25], A=[[1, 2], [-0.5, 0.3]]"
LET = "x, y in R; u, v in R^n; A in R^(n, n)"


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=60, deadline=None)
@given(text=SCALARS, twice=SCALARS)
def test_random_programs(mode: str, text: str, twice: str) -> None:
    program = f"q = {twice}; p = q*({text}); p*sin(q) + cos(p)"
    python(code(program, "numpy", let=[LET], at=[POINT], mode=mode, check=True), 1e-9)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(text=SCALARS, twice=SCALARS)
def test_random_programs_in_c(
    text: str, twice: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    program = f"q = {twice}; p = q*({text}); p*sin(q) + cos(p)"
    made = code(program, "c", let=[LET], at=[POINT], check=True)
    run("c", made, tmp_path_factory.mktemp("c"), 1e-9)


@pytest.mark.slow
def test_a_chain_as_long_as_you_like() -> None:
    """Nothing recurses, and no line grows without end."""
    text = "h[0] = x; for t in 1..2000 { h[t] = h[t-1] + sin(x) }; h[2000]"
    made = code(text, "numpy", at=["x=1"], check=True)
    python(made, 1e-9)
    inline = code("+".join(["x"] * 3000), "numpy", at=["x=1"], check=True)
    python(inline, 1e-9)
    assert max(map(len, inline.splitlines())) <= 100


def test_what_a_user_reads() -> None:
    text = "z = w*x + b; p = sigmoid(z); L = (p - y)^2/2"
    assert (
        code(text, "numpy", wrt=["w,b"])
        == '''\
import numpy as np


def f(w, x, b, y):
    """L = (p - y)^2/2 and its gradient by w, b."""
    w, x, b, y = (np.asarray(v, dtype=float) for v in (w, x, b, y))
    z = w * x + b
    p = 1 / (1 + np.exp(-z))
    v1 = p - y
    L = v1**2 / 2

    grad_v1 = 2 * v1 * 0.5
    grad_z = p * (1 - p) * grad_v1
    grad_b = grad_z
    grad_w = x * grad_z
    return L, grad_w, grad_b
'''
    )


def test_letters_in_c() -> None:
    made = code("sum((X @ w - y)^2)", "c", let=["X in R^(m, n); w in R^n; y in R^m"], wrt=["w"])
    assert "    int m, int n, const double *restrict X, const double *restrict w" in made
    assert "malloc(sizeof(double)*" in made and made.count("free(workspace);") == 1


LARGE = """
#include <stdio.h>
int main(void) {
    static double x[3000000], grad[3000000];
    for (int i = 0; i < 3000000; i++)
        x[i] = i % 2;
    double value = f(x, grad);
    return !(value == 1500000.0*1500000.0 && grad[1] == 6000000.0 && grad[0] == 0.0);
}
"""


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")
def test_what_is_larger_than_the_stack(tmp_path: Path) -> None:
    """Arrays of its own are small, or in one workspace on the heap."""
    small = code("sum(tanh(x)^2)", "c", let=["x in R^9"], wrt=["x"])
    assert "malloc" not in small and "double v1[9];" in small
    made = code("y = x .* x; sum(y)^2", "c", let=["x in R^3000000"], wrt=["x"])
    compiled(made + LARGE, 1e-9, tmp_path)


ORDERS = {
    "A @ B": ("A in R^(5, 6); B in R^(6, 7)", "v[i*7 + k] += A[i*6 + j] * B[j*7 + k];"),
    "A @ b": ("b in R^6; A in R^(5, 6)", "v[i] += A[i*6 + j] * b[j];"),
    "A @ c": ("c in R^6; A in R^(5, 6)", "grad_c[j] += A[i*6 + j] * grad_v[i];"),
}


@pytest.mark.parametrize("product", ORDERS)
def test_products_read_memory_in_its_order(product: str) -> None:
    """The innermost loop steps over what lies side by side."""
    let, step = ORDERS[product]
    assert step in code(f"v = {product}; v", "c", let=[let], wrt=[let[0]])


def test_a_gate_is_put_to_what_it_gates_alone() -> None:
    """What is zero stays so in products with numbers, without a mask as large as the product."""
    made = code("sum(relu(W @ x))", "numpy", let=["W in R^(m, n); x in R^n"])
    assert "grad_W = np.outer(grad_v1, x)" in made and made.count("where") == 1
    # Behind a logarithm is a number, or none.
    assert code("y = log(x); sum(relu(y))", "numpy", let=["x in R^n"]).count("where") == 2


def test_a_size_is_read_off_an_input() -> None:
    made = code("sum(x)/T", "numpy", let=["x in R^(T + 1)"])
    assert "    T = x.shape[0] - 1\n" in made


@pytest.mark.parametrize("to", TARGETS)
def test_a_planted_slip_is_found(to: str, tmp_path: Path) -> None:
    """The tests that code brings along are none that pass anyway."""
    made = code("z = x*y; sin(z)*z", to, at=["x=2, y=3"], check=True)
    assert made.count("cos(z)") == 1
    with pytest.raises(AssertionError):
        run(to, made.replace("cos(z)", "sin(z)"), tmp_path)


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize(
    ("text", "more", "code_of", "says"),
    [
        ("x*y", {"wrt": ["z"]}, "G005", "z"),
        ("x*y", {"check": True}, "G010", "x has no value"),
        ("x*y", {"check": True, "at": ["x=1"]}, "G010", "y"),
        ("sum(x)", {"let": ["x in R^n"], "at": ["x=[[1]]"], "check": True}, "G201", "declared"),
    ],
)
def test_what_is_wrong(text: str, more: dict[str, Any], code_of: str, says: str, to: str) -> None:
    with pytest.raises(GradcliError) as caught:
        code(text, to, **more)
    assert caught.value.diagnostics[0].code == code_of
    assert says in caught.value.diagnostics[0].message


@pytest.mark.parametrize("to", TARGETS)
def test_what_a_target_cannot_do(to: str) -> None:
    with pytest.raises(GradcliError) as caught:
        code("hessian(det(A), A)[0, 0, 1, 1]", to, at=["A=[[1, 2], [3, 4]]"])
    assert caught.value.diagnostics[0].code == "G013"


@pytest.mark.parametrize("to", TARGETS)
def test_tables_have_no_surplus(to: str) -> None:
    """Every pattern belongs to an op that there is, every helper is used."""
    names = {found.op.name for found in FUNCTIONS.values() if found.op}
    names |= {"and", "or", "not", "share", "max_of", "min_of", "power", "where"}
    table = target(to)
    stems = {key.rstrip("_0123456789") for key in table.ops}
    assert stems <= {name.rstrip("_0123456789") for name in names}
    patterns = " ".join([*table.ops.values(), *table.words.values(), *table.helpers.values()])
    unused = [
        name for name in table.helpers if patterns.count(f"{name}(") == 0 and name != "differs"
    ]
    assert unused == []


def command(*arguments: str, folder: Path) -> Done:
    return here("codegen", *arguments, cwd=folder)


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "net.grad").write_text("x in R^n\nL = sum(x^2)\n", encoding="utf-8")
    options = (
        "--target",
        "numpy",
        "--name",
        "step",
        "--at",
        "x=[1, 2]",
        "--check",
        "-o",
        "step.py",
    )
    done = command("@net.grad", *options, folder=tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "")
    text = (tmp_path / "step.py").read_text(encoding="utf-8")
    assert "def step(x):" in text
    python(text, 1e-12)


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    done = command("-x^2", "--target", "c", "--wrt", "y", folder=tmp_path)
    assert done.code == 2
    assert 'error[G005]: --wrt: unknown name "y"' in done.err
    assert command("x", "--target", "fortran", folder=tmp_path).code == 2
