"""Other people's programs as witnesses: SymPy for the table of rules, JAX for whole networks.

Must not know how our derivatives are made; skipped where a witness is not installed.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from gradcli.api import diff
from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.evaluate import evaluate
from gradcli.calculus.core import symbol
from gradcli.calculus.families import Pointwise
from gradcli.ops import FUNCTIONS
from tests.sampling import array

pytestmark = pytest.mark.oracle
POINTS = [Fraction(3, 10), Fraction(-7, 10), Fraction(13, 10), Fraction(-23, 10), Fraction(5)]
CALLED = {"abs": "Abs", "cbrt": "real_root", "lgamma": "loggamma", "ceil": "ceiling"}
SPELT = {
    "log2": "log(x)/log(2)", "log10": "log(x)/log(10)", "log1p": "log(1 + x)",
    "expm1": "exp(x) - 1", "cbrt": "sign(x)*Abs(x)**Rational(1, 3)", "relu": "Max(x, 0)",
    "sigmoid": "1/(1 + exp(-x))", "softplus": "log(1 + exp(x))", "step": "Heaviside(x, 0)",
}  # fmt: skip
LINES = sorted(
    {
        f.name
        for f in FUNCTIONS.values()
        if isinstance(f.op, Pointwise) and [*f.parameters] == ["x"] and f.name != "digamma"
    }
)


@pytest.mark.parametrize("name", LINES)
def test_the_table_of_rules(name: str) -> None:
    """Value and derivative of every elementwise line where SymPy has real values."""
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x", real=True)
    theirs = sympy.sympify(SPELT.get(name, f"{CALLED.get(name, name)}(x)"), locals={"x": x})
    if theirs.has(sympy.core.function.AppliedUndef):
        pytest.skip("SymPy has no such function")
    slope = theirs.diff(x)
    if slope.has(sympy.Derivative):
        # SymPy leaves the derivative of a step function open; between its jumps it is zero.
        slope = sympy.Integer(0)
    leaf = symbol("x", ())
    function = FUNCTIONS[name]
    compared = 0
    for value in POINTS:
        at = sympy.Rational(value.numerator, value.denominator)
        expected = [sympy.N(expr.subs(x, at).doit(), 30) for expr in (theirs, slope)]
        if not all(e.is_real and e.is_finite for e in expected):
            continue
        with precision(128):
            point = array([value], ())
            ours = evaluate([function(leaf)], BALL, {leaf: point[None]})[0].flat[0]
            result = diff(f"{name}(x)", [f"x={value}"])
            gradient = result.inputs[0].gradient.flat[0]
            if gradient is None:
                continue
            for mine, truth in zip((ours, gradient), expected, strict=True):
                assert abs(float(mine) - float(truth)) <= 1e-13 * max(1.0, abs(float(truth)))
        compared += 1
    assert compared


def test_a_network_against_jax() -> None:
    """Two layers and a softmax cross-entropy: value and every gradient."""
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    jax.config.update("jax_enable_x64", True)
    program = "h = tanh(X @ W + b); z = h @ V; L = -sum(y * log_softmax(z, axis=1))/3"
    random = np.random.default_rng(0)
    shapes = {"X": (3, 2), "W": (2, 4), "b": (4,), "V": (4, 3)}
    values = {name: random.integers(-8, 9, shape) / 8 for name, shape in shapes.items()}
    values["y"] = np.eye(3)

    def loss(X, W, b, V, y):  # type: ignore[no-untyped-def]
        h = jnp.tanh(X @ W + b)
        return -jnp.sum(y * jax.nn.log_softmax(h @ V, axis=1)) / 3

    names = ["X", "W", "b", "V", "y"]
    expected, gradients = jax.value_and_grad(loss, argnums=(0, 1, 2, 3, 4))(
        *(jnp.asarray(values[name]) for name in names)
    )
    result = diff(program, [f"{name}={values[name].tolist()}" for name in names])
    assert float(result.value.flat[0]) == pytest.approx(float(expected), rel=1e-14)
    for found, theirs in zip(result.inputs, gradients, strict=True):
        ours = np.array([float(g) for g in found.gradient.flat]).reshape(found.gradient.shape)
        np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-12, atol=1e-14)


def test_a_hessian_product_against_jax() -> None:
    """Forward over reverse, of a normalised layer."""
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    jax.config.update("jax_enable_x64", True)
    v = np.array([0.5, -1.25, 2.0])

    def layer(x):  # type: ignore[no-untyped-def]
        return jnp.sum(jax.nn.softmax((x - x.mean()) / jnp.sqrt(x.var() + 1)) * jnp.exp(x))

    program = "sum(softmax((x - mean(x))/sqrt(var(x) + 1)) * exp(x))"
    result = diff(program, [f"x={v.tolist()}"])
    ours = [float(g) for g in result.inputs[0].gradient.flat]
    np.testing.assert_allclose(ours, np.asarray(jax.grad(layer)(jnp.asarray(v))), rtol=1e-12)
