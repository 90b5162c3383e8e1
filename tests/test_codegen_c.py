"""C for speed: products by a BLAS, and functions over many points.

Must not know how code is written. The BLAS is one of ours, by the standard's own definition.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gradcli.api.code import code
from gradcli.errors import GradcliError

COMPILER = shutil.which("cc") or shutil.which("gcc")
FLAGS = ["-std=c99", "-Wall", "-Werror", "-Wno-unused", "-Wno-unknown-pragmas"]
BLAS = """
enum { CblasRowMajor = 101, CblasNoTrans = 111, CblasTrans = 112 };
static double cblas_ddot(int n, const double *x, int dx, const double *y, int dy) {
    double sum = 0.0;
    for (int i = 0; i < n; i++) sum += x[i*dx]*y[i*dy];
    return sum;
}
static void cblas_dgemm(int order, int ta, int tb, int m, int n, int k, double alpha,
        const double *a, int la, const double *b, int lb, double beta, double *c, int lc) {
    for (int i = 0; i < m; i++) for (int j = 0; j < n; j++) {
        double sum = 0.0;
        for (int l = 0; l < k; l++)
            sum += (ta == CblasTrans ? a[l*la + i] : a[i*la + l])
                 * (tb == CblasTrans ? b[j*lb + l] : b[l*lb + j]);
        c[i*lc + j] = alpha*sum + (beta == 0.0 ? 0.0 : beta*c[i*lc + j]);
    }
}
static void cblas_dgemv(int order, int ta, int rows, int columns, double alpha, const double *a,
        int la, const double *x, int dx, double beta, double *y, int dy) {
    for (int i = 0; i < (ta == CblasTrans ? columns : rows); i++) {
        double sum = 0.0;
        for (int l = 0; l < (ta == CblasTrans ? rows : columns); l++)
            sum += (ta == CblasTrans ? a[l*la + i] : a[i*la + l])*x[l*dx];
        y[i*dy] = alpha*sum + (beta == 0.0 ? 0.0 : beta*y[i*dy]);
    }
}
"""

pytestmark = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")


def built(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Compile without a warning and run."""
    assert COMPILER is not None
    (folder / "cblas.h").write_text(BLAS, encoding="utf-8")
    source = folder / "generated.c"
    source.write_text(text, encoding="utf-8")
    program = folder / "generated"
    subprocess.run(
        [COMPILER, *FLAGS, "-fopenmp", f"-I{folder}", "-o", program, source, "-lm"], check=True
    )
    return subprocess.run([program], check=False, timeout=20, capture_output=True, text=True)


A, B = "A=[[1, 2, 0.5], [3, 4, 0]]", "B=[[1, 0, 1, 2], [2, 1, 0, 1], [3, 1, 1, 0]]"
PRODUCTS = {
    "sum(tanh(A @ B) .^ 2)": f"{A}, {B}",
    "sum((A.T @ C) .^ 2)": f"{A}, C=[[1, 0, 1, 2], [2, 1, 0, 1]]",
    "sum((A @ C.T) .^ 3)": f"{A}, C=[[1, 0, 1], [2, 1, 0], [3, 1, 1], [1, 1, 4]]",
    "sum((B.T @ A.T) .^ 2)": f"{A}, {B}",
    "(A @ x) @ y + x @ x": f"{A}, x=[1, 2, 3], y=[2, 1]",
    "sin(A.T @ y) @ x": f"{A}, x=[1, 2, 3], y=[2, 1]",
    "A @ x": f"{A}, x=[1, 2, 3]",
    "sum(softmax(X @ W, axis=1) .* Y)":
        "X=[[1, 2, 0], [3, 4, 1]], W=[[1, 0], [0.5, 1], [0, 2]], Y=[[1, 0], [0, 1]]",
    "sum((a @ B)^2) + trace(A @ A)": "A=[[1, 2], [3, 4]], a=[1, 2], B=[[1, 2, 3], [4, 5, 6]]",
    "(x[:2] @ x[1:])^2 + sum(M @ x)": "x=[2, 3, 5], M=[[1, 2, 1]]",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("text", PRODUCTS)
def test_products_by_a_blas(text: str, tmp_path: Path) -> None:
    made = code(text, "c", at=[PRODUCTS[text]], check=True, blas=True)
    assert "#include <cblas.h>" in made and made.count("cblas_d") >= 1
    assert built(made, tmp_path).returncode == 0
    # A wrong leading dimension, side or order would be seen.
    assert built(made.replace("1.0, ", "1.5, ").replace(", 1);", ", 0);"), tmp_path).returncode


def test_letters_as_sizes_of_a_blas() -> None:
    made = code("sum((X @ w - y)^2)", "c", let=["X in R^(m, n); w in R^n; y in R^m"], wrt=["w"],
                blas=True)  # fmt: skip
    assert "CblasNoTrans, m, n, 1.0, X, n, w, 1, 0.0, v1, 1);" in made
    assert "CblasTrans, m, n, 1.0, X, n, grad_v2, 1, 0.0, grad_w, 1);" in made


MAIN = """
#include <stdio.h>
int main(void) {
    double x[3] = {1, 2, 3}, y[3] = {0, 1, 0}, w = 0.5, b = 0.25;
    double value[3], by_w[3], by_b[3];
    f_batch(3, w, x, b, y, by_w, by_b, value);
    for (int k = 0; k < 3; k++) {
        double one, other;
        if (f(w, x[k], b, y[k], &one, &other) != value[k]) return 1;
        if (one != by_w[k] || other != by_b[k]) return 2;
    }
    double A[6] = {1, 2, 3, 4, 5, 6}, v[6] = {1, 0, 0, 0, 1, 0}, seed[4] = {1, 0, 0, 1};
    double made[4], by_A[12], by_v[6];
    g_batch(2, A, v, seed, made, by_A, by_v);
    printf("%g %g %g %g; %g %g; %g", made[0], made[1], made[2], made[3],
        by_v[0], by_v[3], by_A[10]);
    return 0;
}
"""


def test_many_points(tmp_path: Path) -> None:
    neuron = code("z = w*x + b; p = sigmoid(z); L = (p - y)^2/2", "c", wrt=["w", "b"],
                  batch="x, y")  # fmt: skip
    layer = code("A @ x", "c", let=["A in R^(2, 3); x in R^3"], batch=["x"], name="g")
    assert "#pragma omp parallel for" in neuron
    done = built(neuron + layer.removeprefix("#include <math.h>\n") + MAIN, tmp_path)
    assert (done.returncode, done.stdout) == (0, "1 4 2 5; 1 4; 1")


@pytest.mark.parametrize(
    ("text", "more", "says"),
    [
        ("x*y", {"target": "numpy", "blas": True}, "--blas is for C"),
        ("x*y", {"target": "jax", "batch": "x"}, "--batch is for C"),
        ("x*y", {"target": "c", "batch": "z"}, '--batch: unknown name "z"'),
        ("z = x*y; z^2", {"target": "c", "batch": "z"}, '--batch: unknown name "z"'),
    ],
)
def test_what_is_wrong(text: str, more: dict[str, object], says: str) -> None:
    with pytest.raises(GradcliError) as caught:
        code(text, **more)  # type: ignore[arg-type]
    assert says in caught.value.diagnostics[0].message
