"""Second derivatives in doubles against JAX, and an elementwise Jacobian of growing size.

Must not need JAX: without it the time of gradcli alone is shown. NumPy's BLAS gets one thread, for
on shared cores its threads wait for each other; JAX keeps all of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from paired import ratio, seconds

from gradcli.api import parse
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.certify.derivative_matrices import gradient_graph
from gradcli.certify.directional import Directional
from gradcli.graph.node import Node

ROWS, COLUMNS = 2_000, 200
BATCH, IN, HIDDEN, OUT = 256, 300, 320, 10
CODE = """
import json, resource, time
import numpy as np
from gradcli import jacobian
np.save("{file}", np.linspace(0.1, 1, {n}))
start = time.perf_counter()
found = jacobian("sin(x)*exp(x) + x^3", ["x=@{file}"])
assert len(found.entries) == {n} and found.certified
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([time.perf_counter() - start, peak / 1024]))
"""


def rows() -> list[tuple[str, str, str]]:
    """A Hessian, a product with one, Jacobians of 1,000 and 10,000."""
    sizes = [elementwise(n) for n in (1_000, 10_000)]
    shown = ", ".join(f"{s:.1f} s and {m:.0f} MiB" for s, m in sizes)
    weights = IN * HIDDEN + HIDDEN * OUT
    run = subprocess.run(
        [sys.executable, __file__], check=True, capture_output=True, text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    hessian, product = json.loads(run.stdout)
    return [
        (f"Hessian of a logistic regression, {ROWS:,} x {COLUMNS}", hessian, "below 1"),
        (f"HVP of a two-layer network, {weights:,} weights", product, "below 1.5"),
        ("elementwise Jacobian, certified, of 1,000 and 10,000", shown, "linear"),
    ]


def logistic() -> str:
    """The Hessian by the weights, at random data."""
    random = np.random.default_rng(0)
    X, w = random.standard_normal((ROWS, COLUMNS)), random.standard_normal(COLUMNS)
    y = random.integers(0, 2, ROWS).astype(float)
    text = "mean(softplus(X @ w) - y*(X @ w))"
    shapes = {"X": (ROWS, COLUMNS), "w": (COLUMNS,), "y": (ROWS,)}
    ours = solver(text, shapes, {"X": X, "w": w, "y": y}, ["w"], None)

    def theirs(jax: Any, jnp: Any) -> Callable[[], Any]:
        data = [jnp.array(a) for a in (w, X, y)]
        loss = lambda w, X, y: jnp.mean(jax.nn.softplus(X @ w) - y * (X @ w))  # noqa: E731
        hessian = jax.jit(jax.hessian(loss))
        return lambda: hessian(*data)

    return compared(ours, theirs)


def network() -> str:
    """The Hessian of a mean squared error by both matrices, times a tangent."""
    random = np.random.default_rng(0)
    shapes = {"X": (BATCH, IN), "A": (IN, HIDDEN), "B": (HIDDEN, OUT), "Y": (BATCH, OUT)}
    data = {k: random.standard_normal(shape) / 10 for k, shape in shapes.items()}
    tangents = [random.standard_normal(shapes[k]) for k in "AB"]
    ours = solver("sum((tanh(X @ A) @ B - Y) .^ 2)/2", shapes, data, ["A", "B"], tangents)

    def theirs(jax: Any, jnp: Any) -> Callable[[], Any]:
        X, Y = jnp.array(data["X"]), jnp.array(data["Y"])
        loss = lambda A, B: jnp.sum((jnp.tanh(X @ A) @ B - Y) ** 2) / 2  # noqa: E731
        at = tuple(jnp.array(data[k]) for k in "AB")
        along = tuple(map(jnp.array, tangents))
        product = jax.jit(lambda at, v: jax.jvp(jax.grad(loss, argnums=(0, 1)), at, v)[1])
        return lambda: product(at, along)

    return compared(ours, theirs)


def solver(
    text: str, shapes: dict[str, Any], data: dict[str, Any], wrt: list[str], tangents: Any
) -> Callable[[], Any]:
    """What `hessian` and `hvp` run in doubles, without the value; a call gives the matrix."""
    model = parse(text, shapes)
    nodes: list[Node] = [model.inputs[name] for name in wrt]
    values = {model.inputs[name]: value for name, value in data.items()}
    directions = None if tangents is None else [t[..., None] for t in tangents]
    problem = Directional(gradient_graph(model.output, nodes), nodes, values, directions)
    point = problem.seeded(FLOAT64, problem.point(FLOAT64))
    return lambda: evaluate([problem.sweep], FLOAT64, point)[0]


def compared(ours: Callable[[], Any], theirs: Callable[[Any, Any], Callable[[], Any]]) -> str:
    """The ratio, once both give the same numbers."""
    try:
        import jax  # noqa: PLC0415 an optional peer
        import jax.numpy as jnp  # noqa: PLC0415
    except ImportError:
        ours()
        return f"{1e3 * seconds(ours):.0f} ms (JAX is not installed)"
    jax.config.update("jax_enable_x64", True)
    peer = theirs(jax, jnp)
    found = np.concatenate([np.ravel(part) for part in jax.tree_util.tree_leaves(peer())])
    assert np.allclose(ours().ravel(), found)
    both = ratio(ours, lambda: jax.block_until_ready(peer()))
    return f"{both[0]:.2f} times JAX ({1e3 * both[1]:.0f} ms, {1e3 * both[2]:.0f} ms)"


def elementwise(n: int) -> tuple[float, float]:
    """Seconds and peak MiB of a certified Jacobian of n by n, in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        code = CODE.format(file=Path(folder) / "x.npy", n=n)
        run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True,
                             text=True)  # fmt: skip
    found: tuple[float, float] = tuple(json.loads(run.stdout))
    return found


if __name__ == "__main__":
    print(json.dumps([logistic(), network()]))
