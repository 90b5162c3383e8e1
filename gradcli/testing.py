"""Checks of hand-written gradients for tests: each proves, or raises `WrongGradient`.

Must not know command lines. A keyword is an input of the forward by its name: a text is a set, an
array of floats gives its shape, anything else is data and used as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.api.code_sets import declared
from gradcli.code.check import CodeOptions, check
from gradcli.code.conventions import CodeTarget
from gradcli.code.points import CodeInputs
from gradcli.code.report import REFUTED, CodeReport, WrongGradient
from gradcli.errors import wrong

__all__ = [
    "CodeReport",
    "WrongGradient",
    "check_custom_vjp",
    "check_function",
    "check_grad",
    "check_layer",
    "check_vjp",
]


def check_vjp(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *,
    wrt: Sequence[str] | None = None,
    seed: int = 0,
    timeout: float = 60.0,
    **inputs: Any,
) -> CodeReport:
    """Check a backward that is given the adjoint of the output, and a cache or the inputs.

    `forward(…)` returns `(out, cache)` for `backward(dout, cache)`, or `out` for
    `backward(dout, x, …)`. Raises WrongGradient where a gradient is refuted.
    """
    path, name = _place(forward)
    other, backward_name = _place(backward)
    target = CodeTarget(
        path, name, backward_name, "vjp", "" if other == path else other, _names(wrt)
    )
    return _checked(target, inputs, seed, timeout)


def check_grad(
    function: Callable[..., Any],
    gradient: Callable[..., Any] | bool = True,
    *,
    wrt: Sequence[str] | None = None,
    seed: int = 0,
    timeout: float = 60.0,
    **inputs: Any,
) -> CodeReport:
    """Check the gradient of a function with one number as its value, as SciPy takes them.

    `gradient` has the same arguments; True says that the function returns `(value, gradient)`.
    """
    path, name = _place(function)
    other, gradient_name = (path, "") if isinstance(gradient, bool) else _place(gradient)
    target = CodeTarget(
        path, name, gradient_name, "grad", "" if other == path else other, _names(wrt)
    )
    return _checked(target, inputs, seed, timeout)


def check_layer(
    layer: type,
    *,
    init: Mapping[str, Any] | None = None,
    grads: Mapping[str, str] | None = None,
    wrt: Sequence[str] | None = None,
    seed: int = 0,
    timeout: float = 60.0,
    **inputs: Any,
) -> CodeReport:
    """Check a class: `init` are the inputs of its constructor, `grads` says for each parameter in
    which attribute its gradient is after `backward(dout)`: `{"W": "dW", "b": "grads['b']"}`."""
    path, name = _place(layer)
    init = dict(init or {})
    target = CodeTarget(
        path, name, "", "layer", wrt=_names(wrt), init=tuple(init), grads=dict(grads or {})
    )
    return _checked(target, {**init, **inputs}, seed, timeout)


def check_function(
    function: type,
    *,
    wrt: Sequence[str] | None = None,
    seed: int = 0,
    timeout: float = 60.0,
    **inputs: Any,
) -> CodeReport:
    """Check the backward of a `torch.autograd.Function` against its forward.

    Inputs go by the names of the forward's parameters; both its ways to save for the backward are
    known. PyTorch traces the function to its operators, so no branch may hang on a value.
    """
    from gradcli.code.torch_functions import TorchFunction  # noqa: PLC0415 only a run needs it

    return _traced(TorchFunction, function, function.forward, inputs, wrt, seed, timeout)  # type: ignore[attr-defined]


def check_custom_vjp(
    function: Callable[..., Any],
    *,
    wrt: Sequence[str] | None = None,
    seed: int = 0,
    timeout: float = 60.0,
    **inputs: Any,
) -> CodeReport:
    """Check the rule of a `jax.custom_vjp` in reverse mode, or of a `jax.custom_jvp` in forward.

    The value that the rule returns is held to the function's own as well: it is called "value" in
    the report, the tangent of forward mode "tangent".
    """
    from gradcli.code.jax_rules import JaxRule  # noqa: PLC0415 only a run needs it

    own = function.fun  # type: ignore[attr-defined]
    return _traced(JaxRule, function, own, inputs, wrt, seed, timeout)


def _traced(
    reader: Callable[[Any, tuple[str, int]], Any],
    function: Any,
    own: Any,
    inputs: Mapping[str, Any],
    wrt: Sequence[str] | None,
    seed: int,
    timeout: float,
) -> CodeReport:
    """The check of what is read from a graph, whose steps know the lines that they come from."""
    code = inspect.unwrap(own).__code__
    path, line = code.co_filename, code.co_firstlineno
    name = getattr(function, "__name__", own.__name__)
    rule = reader(function, (path, line))
    target = CodeTarget(path, name, "", "vjp", wrt=_names(wrt), traced=rule)
    report = check(target, code_inputs(inputs), CodeOptions(seed, timeout))
    if report.verdict == REFUTED:
        raise WrongGradient(report)
    return report


def _place(function: Any) -> tuple[str, str]:
    """The file of a function or class, and its name in it."""
    name = getattr(function, "__qualname__", "")
    if not name or "<" in name:
        raise wrong("G013", f"{name or function!r} has no name at the top of a file",
                    help="move it out of the function that makes it")  # fmt: skip
    own = function if not isinstance(function, type) else _method(function)
    code = getattr(inspect.unwrap(own), "__code__", None)
    path = code and code.co_filename
    if path is None:
        raise wrong("G011", f"the source of {name} is not known")
    return path, name


def _names(wrt: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if wrt is None else tuple(wrt)


def _method(layer: type) -> Any:
    """Some function that stands in the text of a class."""
    return next((f for f in vars(layer).values() if inspect.isfunction(f)), layer)


def code_inputs(inputs: Mapping[str, Any]) -> CodeInputs:
    """What the forward is given, from texts of sets, arrays and data."""
    return CodeInputs({name: _input(value) for name, value in inputs.items()})


def _input(value: Any) -> Any:
    if isinstance(value, str):
        return declared(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size:
        return declared(f"R^({', '.join(map(str, value.shape))})" if value.ndim else "R")
    return value


def _checked(
    target: CodeTarget, inputs: Mapping[str, Any], seed: int, timeout: float
) -> CodeReport:
    report = check(target, code_inputs(inputs), CodeOptions(seed, timeout))
    if report.verdict == REFUTED:
        raise WrongGradient(report)
    return report
