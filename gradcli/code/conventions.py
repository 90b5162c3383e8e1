"""How a forward and a backward are called, and which of what they return is which gradient.

Must not know what numbers flow through them: the same calls are made with tracked numbers and with
floats.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

ADJOINT = re.compile(r"(?!data)(d|delta|grad|g_|up)[A-Z_a-z]\w*|\w+_(grad|bar)")
"""The name of a parameter that is an adjoint; a cache is called otherwise."""


class Misfit(Exception):
    """The functions cannot be called as a forward and its backward; the text says why."""


@dataclass(frozen=True, slots=True)
class CodeTarget:
    """What is checked: where the functions stand, how they are called, by what is differentiated.

    `style` is `vjp` (a forward, and a backward that is given the adjoint of its output), `grad` (a
    function and its gradient; one function that returns both where `backward` is empty) or `layer`
    (a class). Of a layer `init` are the inputs of the constructor, `grads` where the gradients by
    them are found after a backward. `wrt` is None for every real input.
    """

    path: str
    forward: str
    backward: str
    style: str
    backward_path: str = ""
    wrt: tuple[str, ...] | None = None
    init: tuple[str, ...] = ()
    grads: Mapping[str, str] = field(default_factory=dict)
    traced: Any = None
    """What gives the forward and its rule where they are no two functions of a text; it says of
    itself what its `relation` and `label` are, and whether it `runs` code as it stands."""

    @property
    def file(self) -> str:
        """Where the backward stands."""
        return self.backward_path or self.path

    @property
    def relation(self) -> str:
        """What the backward claims to be of the forward."""
        if self.traced is not None:
            return str(self.traced.relation)
        if self.style != "grad":
            return "the reverse mode"
        return "the gradient" if self.backward else "its gradient"

    @property
    def label(self) -> str:
        """The name of what is claimed to be the derivative."""
        if self.traced is not None:
            return str(self.traced.label)
        if self.style == "layer":
            return f"{self.forward}.backward"
        return self.backward or self.forward


@dataclass(frozen=True, slots=True)
class Running:
    """What a run is made in: the sizes of letters, and the names of a file that is loaded.

    `record` is given a file, a line, a name and its value there, and returns what takes its place.
    """

    sizes: Mapping[str, int]
    load: Callable[[str], Mapping[str, Any]]
    record: Callable[[str, int, str, Any], Any] | None = None


@dataclass(slots=True)
class Forwarded:
    """What came of a forward: the outputs that have adjoints, and what the backward needs."""

    outputs: Any
    call: Callable[[Any], Any] | None
    """The backward, of the adjoint of the outputs; None where there is nothing to be called."""
    gives: bool = True
    """Whether the adjoint of the outputs is given; else it is 1."""
    claimed: Any = None
    layer: Any = None
    written: tuple[str, str] = ("out", "dout")
    """The calls as text: what the forward's results are called, and the backward's arguments."""
    claims: bool = True
    """Whether gradients are claimed at all; of a rule in forward mode only a tangent is."""
    restated: Callable[[Callable[[str, Any], Any]], list[tuple[str, Any, Any]]] | None = None
    """What else is claimed, with what is true, lists or arrays; it is given what draws tangents."""


@dataclass(slots=True)
class Returned:
    """The gradients by name; `missing` are not there, `surplus` says how many are too many."""

    gradients: dict[str, Any]
    missing: list[str] = field(default_factory=list)
    surplus: int = 0
    note: str = ""


def find(names: Mapping[str, Any], qualified: str) -> Any:
    """A function or class of a module by its name, `A.b` for what stands in a class."""
    value: Any = names
    for part in qualified.split("."):
        try:
            value = value[part] if value is names else getattr(value, part)
        except (KeyError, AttributeError):
            raise Misfit(f"{qualified} is not found at the top of its file") from None
    return value


def required(function: Callable[..., Any]) -> list[str]:
    """The names of the parameters without a default."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.kind in kinds and p.default is p.empty
    ]


def fresh(values: Mapping[str, Any]) -> dict[str, Any]:
    """Copies, so that what one call changes in place another does not see."""
    return {name: deepcopy(value) for name, value in values.items()}


def forwarded(
    target: CodeTarget, forward: Any, backward: Any, values: Mapping[str, Any], running: Running
) -> Forwarded:
    """Call the forward, and find out how the backward is to be called."""
    if target.traced is not None:
        traced: Forwarded = target.traced.forward(values, running)
        return traced
    if target.style == "grad":
        outcome = forward(**fresh(values))
        if not target.backward:
            if not (isinstance(outcome, tuple) and len(outcome) >= 2):
                raise Misfit(f"{target.forward} does not return (value, gradient)")
            claimed = outcome[1] if len(outcome) == 2 else outcome[1:]
            return Forwarded(outcome[0], None, gives=False, claimed=claimed)
        return Forwarded(outcome, lambda _: backward(**_taken(backward, values)), gives=False)
    if target.style == "layer":
        return _layer(target, forward, values)
    return _pair(forward(**fresh(values)), backward, values)


def _taken(function: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those values that a function has parameters for; all, where it takes any keyword."""
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return fresh(values)
    names = [p.name for p in parameters]
    known = {name: value for name, value in values.items() if name in names}
    if len(known) < len(required(function)):
        # Other names for the same arguments, in the same order.
        known = dict(zip(names, values.values(), strict=False))
    return fresh(known)


def _layer(target: CodeTarget, made_by: Any, values: Mapping[str, Any]) -> Forwarded:
    init = {name: values[name] for name in target.init if name in values}
    rest = {name: value for name, value in values.items() if name not in init}
    layer = made_by(**fresh(init))
    outputs = layer.forward(*fresh(rest).values())
    names = required(layer.backward)
    if isinstance(outputs, tuple) and len(outputs) == len(names) >= 2:
        if ADJOINT.fullmatch(names[-1]):
            written = ("outs", "*dout")
            return Forwarded(outputs, lambda d: layer.backward(*d), layer=layer, written=written)
        if len(names) == 2:
            outputs, cache = outputs
            written = ("out, cache", "dout, cache")
            return Forwarded(
                outputs, lambda d: layer.backward(d, cache), layer=layer, written=written
            )
    if names:
        return Forwarded(outputs, layer.backward, layer=layer)
    written = ("out", "")
    return Forwarded(outputs, lambda _: layer.backward(), False, layer=layer, written=written)


def _pair(result: Any, backward: Any, values: Mapping[str, Any]) -> Forwarded:
    """Which part of what a forward returned are its outputs, and which its backward's cache."""
    names = required(backward)
    several = isinstance(result, tuple)
    own = [name for name in names if name in values]
    if several and len(result) == len(names) >= 2 and not (len(names) > 2 and own):
        *outputs, cache = result
        if len(outputs) == 1:
            written = ("out, cache", "dout, cache")
            return Forwarded(outputs[0], lambda d: backward(d, cache), written=written)
        written = ("*outs, cache", "*dout, cache")
        return Forwarded(tuple(outputs), lambda d: backward(*d, cache), written=written)
    if several and len(names) == 1 and not own and len(result) == 2:
        outputs, cache = result
        written = ("out, cache", "cache")
        return Forwarded(outputs, lambda _: backward(cache), gives=False, written=written)
    if several and len(names) == 2 and not own:
        if isinstance(result[-1], dict | tuple | list):
            written = ("*outs, cache", "dout, cache")
            return Forwarded(result[:-1], lambda d: backward(d, result[-1]), written=written)
        written = ("out, *cache", "dout, tuple(cache)")
        return Forwarded(result[0], lambda d: backward(d, result[1:]), written=written)
    return _plain(result, backward, values, names)


def _plain(
    result: Any, backward: Any, values: Mapping[str, Any], names: Sequence[str]
) -> Forwarded:
    """A backward that is given the forward's own inputs beside the adjoints of its outputs."""
    several = isinstance(result, tuple)
    more = {name: deepcopy(values[name]) for name in names if name in values}
    leading = [name for name in names if name not in values]
    known = "".join(f", {name}={name}" for name in more)
    if not leading:
        written = ("out", known.removeprefix(", "))
        return Forwarded(result, lambda _: backward(**more), gives=False, written=written)
    if len(leading) == 1:
        return Forwarded(result, lambda d: backward(d, **more), written=("out", f"dout{known}"))
    if several and len(leading) == len(result):
        written = ("outs", f"*dout{known}")
        return Forwarded(result, lambda d: backward(*d, **more), written=written)
    first, *others = leading
    rest = dict(zip(others, fresh(values).values(), strict=False))
    if len(rest) == len(others):
        written = ("out", ", ".join(["dout", *list(values)[: len(others)]]) + known)
        return Forwarded(result, lambda d: backward(**{first: d}, **rest, **more), written=written)
    raise Misfit(
        f"{backward.__name__}({', '.join(names)}) does not fit what the forward returns:"
        f" {len(result) if several else 1} value(s)"
    )


# -- which gradient is which


def returned(
    claimed: Any, target: CodeTarget, real: Sequence[str], values: Mapping[str, Any], layer: Any
) -> Returned:
    """The gradients by the names of the inputs: `real` are those there may be one of."""
    wrt = list(target.wrt or real)
    if target.style == "layer":
        return _of_layer(claimed, target, wrt, values, layer)
    if isinstance(claimed, Mapping):
        return _by_key(claimed, wrt)
    parts = list(claimed) if isinstance(claimed, tuple | list) else [claimed]
    if target.style == "grad" and target.wrt is None and len(parts) == 1:
        return Returned({wrt[0]: parts[0]})
    for names in (wrt, list(real), list(values)):
        if len(parts) == len(names) and set(wrt) <= set(names):
            return Returned({n: p for n, p in zip(names, parts, strict=True) if n in wrt})
    known = dict(zip(wrt, parts, strict=False))
    return Returned(known, wrt[len(parts) :], max(0, len(parts) - len(wrt)))


def _by_key(claimed: Mapping[Any, Any], wrt: Sequence[str]) -> Returned:
    found: dict[str, Any] = {}
    for name in wrt:
        keys = (f"d{name}", name, f"grad_{name}", f"d_{name}", f"{name}_grad", f"g{name}")
        key = next((key for key in keys if key in claimed), None)
        if key is not None:
            found[name] = claimed[key]
    missing = [name for name in wrt if name not in found]
    if missing and not found and len(claimed) == len(wrt):
        note = f"gradients are matched in order: {', '.join(map(str, claimed))}"
        return Returned(dict(zip(wrt, claimed.values(), strict=True)), note=note)
    return Returned(found, missing)


def _of_layer(
    claimed: Any, target: CodeTarget, wrt: Sequence[str], values: Mapping[str, Any], layer: Any
) -> Returned:
    inputs = [name for name in values if name not in target.init]
    parts = list(claimed) if isinstance(claimed, tuple | list) else [claimed]
    found = {n: p for n, p in zip(inputs, parts, strict=False) if n in wrt}
    for name in wrt:
        if (place := target.grads.get(name)) is not None:
            found[name] = attribute(layer, place)
    missing = [name for name in wrt if name not in found]
    return Returned(found, missing, max(0, len(parts) - len(inputs)))


def attribute(layer: Any, place: str) -> Any:
    """`dW`, `grads.W`, `grads['W']` or `grads[0]` of an object; None where it is not there."""
    name, _, rest = place.partition("[")
    value = layer
    for part in name.split("."):
        value = getattr(value, part, None)
    for key in rest.rstrip("]").split("]["):
        if key and value is not None:
            plain = key.strip("'\"")
            value = value[int(key) if key.lstrip("-").isdigit() else plain]
    return value
