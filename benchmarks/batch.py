"""One batch of 2,000,000 points of the sigmoid neuron, value and gradient, against JAX.

Must not need JAX: without it the time of gradcli alone is shown.
"""

from __future__ import annotations

import numpy as np
from paired import ratio, seconds

from gradcli.api import parse
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import number
from gradcli.calculus.differentiate import pull

POINTS = 2_000_000
NAMES = ("w0", "x0", "w1", "x1", "w2")


def rows() -> list[tuple[str, str, str]]:
    """All five inputs vary, and the weights shared by all points."""
    model = parse("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))")
    inputs = [model.inputs[name] for name in NAMES]
    adjoints = [a for a in pull({model.output: number(1)}, inputs) if a is not None]
    random = np.random.default_rng(0)
    values = [random.standard_normal(POINTS) for _ in NAMES]
    ours = lambda: evaluate([model.output, *adjoints], FLOAT64, dict(zip(inputs, values)))  # noqa: E731, B905
    what = f"value and gradient of {POINTS:,} neurons"
    try:
        import jax  # noqa: PLC0415 an optional peer
        import jax.numpy as jnp  # noqa: PLC0415
    except ImportError:
        ours()
        return [(what, f"{1e3 * seconds(ours):.0f} ms (JAX is not installed)", "faster than JAX")]
    jax.config.update("jax_enable_x64", True)
    neuron = lambda *a: 1 / (1 + jnp.exp(-(a[0] * a[1] + a[2] * a[3] + a[4])))  # noqa: E731
    theirs = jax.jit(jax.vmap(jax.value_and_grad(neuron, argnums=tuple(range(5)))))
    arrays = [jnp.array(v) for v in values]
    jax.block_until_ready(theirs(*arrays))
    found = ratio(ours, lambda: jax.block_until_ready(theirs(*arrays)))
    measured = f"{found[0]:.2f} times JAX ({1e3 * found[1]:.0f} ms, {1e3 * found[2]:.0f} ms)"
    return [(what, measured, "below 1")]
