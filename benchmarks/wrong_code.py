"""Wrong gradients in code, judged by what there is: who passes them, and how long it takes.

python -m benchmarks.wrong_code          (with PyTorch and JAX installed)
"""

from __future__ import annotations

import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import torch
from jax.test_util import check_grads

from gradcli.testing import WrongGradient, check_custom_vjp, check_function
from tests.framework_cases import JAX, TORCH, Case, X, jax_case, torch_case

STEP, RELATIVE = 1e-5, 1e-6
"""Of the checker of the CS231n course: h, and the relative error that passes."""
SIZES = {"N": 4, "D": 3, "M": 2}
S, T = "ctx.save_for_backward", "ctx.saved_tensors"
GELU = "0.5 * x * (1 + {m}.tanh(0.8 * (x + 0.044715 * x ** 3)))"
SLOPE = (
    "t = {m}.tanh(0.8 * (x + 0.044715 * x ** 3))\n"
    "return {o}g * (0.5 * (1 + t) + 0.5 * x * (1 - t ** 2) * 0.8 * (1 + 3 * 0.044715 * x ** 2)){c}"
)
NORM = "{m}.sqrt((x * x).sum(1) + 1e-5)"
SUBTLE_TORCH = [
    torch_case("gelu, a rounded constant", X, f"{S}(x)\nreturn {GELU.format(m='torch')}",
               f"x, = {T}\n" + SLOPE.format(m="torch", o="", c=""),
               "3 * 0.044715", "3 * 0.0447149"),
    torch_case("relu, a margin", X, f"{S}(x)\nreturn x.clamp(min=0)",
               f"x, = {T}\nreturn g * (x > 0)", "x > 0", "x > 1e-3"),
    torch_case("norm, another eps", X, f"{S}(x)\nreturn {NORM.format(m='torch')}",
               f"x, = {T}\nn = torch.sqrt((x * x).sum(1) + 1e-5)\n"
               "return g[:, None] * x / n[:, None]",
               "1e-5", "1e-6"),
    torch_case("clamp, one side beyond", X, f"{S}(x)\nreturn x.clamp(-50, 50)",
               f"x, = {T}\nreturn g * ((x > -50) & (x < 50))", "(x < 50)", "(x < 60)"),
]  # fmt: skip
SUBTLE_JAX = [
    jax_case("gelu, a rounded constant", X,
             f"return {GELU.format(m='jnp')}\n---\nreturn {GELU.format(m='jnp')}, x\n---\nx = res\n"
             + SLOPE.format(m="jnp", o="(", c=",)"), "3 * 0.044715", "3 * 0.0447149"),
    jax_case("relu, a margin", X,
             "return jnp.maximum(x, 0)\n---\nreturn jnp.maximum(x, 0), x\n---\n"
             "return (g * (res > 0),)", "res > 0", "res > 1e-3"),
    jax_case("norm, another eps", X,
             f"return {NORM.format(m='jnp')}\n---\nn = {NORM.format(m='jnp')}\nreturn n, x\n---\n"
             "x = res\nn = jnp.sqrt((x * x).sum(1) + 1e-5)\nreturn (g[:, None] * x / n[:, None],)",
             "1e-5", "1e-6"),
    jax_case("clamp, one side beyond", X, "return jnp.clip(x, -50, 50)\n---\n"
             "return jnp.clip(x, -50, 50), x\n---\nreturn (g * ((res > -50) & (res < 50)),)",
             "(res < 50)", "(res < 60)"),
]  # fmt: skip


def slipped(case: Case) -> str:
    old, new = case.slip
    return new.join(case.text.rsplit(old, 1))


def loaded(text: str, folder: Path) -> Any:
    path = folder / "rule.py"
    path.write_text(text, encoding="utf-8")
    names: dict[str, Any] = {"__name__": "rule"}
    exec(compile(text, str(path), "exec"), names)
    return names["F"]


def drawn(case: Case) -> list[Any]:
    """The inputs at a random point, as a test has them."""
    random = np.random.default_rng(0)
    found: list[Any] = []
    for given in case.sets.values():
        if isinstance(given, list):
            found.append(np.array(given))
        else:
            letters = given.partition("^")[2].strip("()").split(", ")
            shape = [int(x) if x.isdigit() else SIZES[x] for x in letters]
            found.append(random.standard_normal(shape))
    return found


def by_gradcheck(function: Any, case: Case) -> bool:
    inputs = [
        torch.tensor(x, requires_grad=True) if x.dtype.kind == "f" else torch.tensor(x)
        for x in drawn(case)
    ]
    return bool(torch.autograd.gradcheck(function.apply, inputs, raise_exception=False))


def by_course(function: Any, case: Case) -> bool:
    """Central differences of the output times a random adjoint, and the relative error."""
    values = drawn(case)
    tensors = [torch.tensor(x, requires_grad=x.dtype.kind == "f") for x in values]
    out = function.apply(*tensors)
    adjoint = torch.tensor(np.random.default_rng(1).standard_normal(out.shape))
    (out * adjoint).sum().backward()
    worst = 0.0
    for k, value in enumerate(values):
        if value.dtype.kind != "f":
            continue
        for place in np.ndindex(value.shape):
            sides = []
            for sign in (1, -1):
                moved = [x.copy() for x in values]
                moved[k][place] += sign * STEP
                sides.append(float((function.apply(*map(torch.tensor, moved)) * adjoint).sum()))
            slope = (sides[0] - sides[1]) / (2 * STEP)
            own = float(tensors[k].grad[place]) if tensors[k].grad is not None else 0.0
            worst = max(worst, abs(own - slope) / max(1e-8, abs(own) + abs(slope)))
    return worst < RELATIVE


def by_check_grads(function: Any, case: Case) -> bool:
    values = drawn(case)
    fixed = {k: x for k, x in enumerate(values) if x.dtype.kind != "f"}
    flowing = [jax.numpy.asarray(x) for k, x in enumerate(values) if k not in fixed]

    def called(*xs: Any) -> Any:
        rest = iter(xs)
        return function(*(fixed[k] if k in fixed else next(rest) for k in range(len(values))))

    mode = ["rev"] if hasattr(function, "bwd") else ["fwd"]
    try:
        check_grads(called, flowing, order=1, modes=mode)
    except AssertionError:
        return False
    return True


def by_us(check: Callable[..., Any]) -> Callable[[Any, Case], bool]:
    def judged(function: Any, case: Case) -> bool:
        sets = {k: np.array(x) if isinstance(x, list) else x for k, x in case.sets.items()}
        try:
            return bool(check(function, **sets).verdict in ("proved", "holds"))
        except WrongGradient:
            return False

    return judged


ROWS: list[tuple[str, list[Case], Callable[[Any, Case], bool]]] = [
    ("torch.autograd.gradcheck", [*TORCH, *SUBTLE_TORCH], by_gradcheck),
    ("relative error of CS231n", [*TORCH, *SUBTLE_TORCH], by_course),
    ("gradcli, check_function", [*TORCH, *SUBTLE_TORCH], by_us(check_function)),
    ("jax.test_util.check_grads", [*JAX, *SUBTLE_JAX], by_check_grads),
    ("gradcli, check_custom_vjp", [*JAX, *SUBTLE_JAX], by_us(check_custom_vjp)),
]


def main() -> None:
    warnings.simplefilter("ignore")
    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)
    print("| checker | wrong that pass | right that fail | median | worst | which pass |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, cases, judge in ROWS:
            passed, failed, times = [], [], []
            for case in cases:
                for right, text in ((True, case.text), (False, slipped(case))):
                    function = loaded(text, Path(folder))
                    start = time.perf_counter()
                    good = judge(function, case)
                    times.append(time.perf_counter() - start)
                    if right and not good:
                        failed.append(case.name)
                    if good and not right:
                        passed.append(case.name)
            median, worst = statistics.median(times) * 1e3, max(times)
            n = len(cases)
            print(f"| {name} | {len(passed)} of {n} | {len(failed)} of {n} | {median:.0f} ms |"
                  f" {worst:.1f} s | {'; '.join(passed)} |")  # fmt: skip


if __name__ == "__main__":
    main()
