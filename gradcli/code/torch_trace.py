"""PyTorch's operators as a function applies them, each with the user's line: a trace at one point.

Must not know tracked numbers. PyTorch is imported when a function of it is checked, and only then.
A trace asks for no value: what differs between two points is no trace, and is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcli.code.session import Leaves


@dataclass(frozen=True, slots=True)
class TensorSlot:
    """The place of a tensor in a trace."""

    number: int


@dataclass(slots=True)
class Step:
    """One operator: what it is given and makes, tensors by their slots, and the user's line.

    `late` says that the backward applies it.
    """

    target: Any
    args: Any
    more: Any
    made: Any
    line: int
    late: bool


@dataclass(slots=True)
class Trace:
    """The steps between the inputs' slots and the `outputs`; `missing` are those that are None."""

    inputs: list[TensorSlot] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    constants: dict[TensorSlot, Any] = field(default_factory=dict)
    outputs: list[TensorSlot] = field(default_factory=list)
    missing: list[bool] = field(default_factory=list)

    def like(self, other: Trace) -> bool:
        """Whether both apply the same operators to the same constants."""
        return (
            [str(s.target) for s in self.steps] == [str(s.target) for s in other.steps]
            and [repr((s.args, s.more, s.made)) for s in self.steps]
            == [repr((s.args, s.more, s.made)) for s in other.steps]
            and self.outputs == other.outputs
            and self.missing == other.missing
            and self.constants.keys() == other.constants.keys()
            and all(np.array_equal(x, other.constants[k], equal_nan=x.dtype.kind == "f")
                    for k, x in self.constants.items())
        )  # fmt: skip


class Tracing:
    """A trace that is being made; `late` is set once the backward begins."""

    def __init__(self, path: str) -> None:
        self.path, self.late = path, False
        self.trace = Trace()
        self._slots: dict[int, TensorSlot] = {}
        self._alive: list[Any] = []

    def new(self, tensor: Any) -> TensorSlot:
        """The slot of a tensor that has just been made."""
        if id(tensor) not in self._slots:
            self._slots[id(tensor)] = TensorSlot(len(self._alive))
            self._alive.append(tensor)
        return self._slots[id(tensor)]

    def known(self, tensor: Any) -> TensorSlot:
        """The slot of one that is given to an operator: what nothing has made is a constant."""
        if id(tensor) in self._slots:
            return self._slots[id(tensor)]
        same = next((x for x in self._alive if _same_memory(x, tensor)), None)
        if same is not None:
            self._slots[id(tensor)] = self._slots[id(same)]
            self._alive.append(tensor)
            return self._slots[id(tensor)]
        slot = self.new(tensor)
        self.trace.constants[slot] = tensor.detach().numpy().copy()
        return slot

    def line(self) -> int:
        """The user's line that is running."""
        frame: Any = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.path:
            frame = frame.f_back
        return 0 if frame is None else int(frame.f_lineno)


def _same_memory(x: Any, y: Any) -> bool:
    return bool(
        x.numel()
        and x.data_ptr() == y.data_ptr()
        and x.shape == y.shape
        and x.stride() == y.stride()
    )


def _mapped(function: Callable[[Any], Any], x: Any) -> Any:
    """A structure with its tensors replaced."""
    import torch  # noqa: PLC0415 only a run needs it

    if isinstance(x, torch.Tensor):
        return function(x)
    if isinstance(x, list | tuple):
        return [_mapped(function, y) for y in x]
    if isinstance(x, dict):
        return {key: _mapped(function, y) for key, y in x.items()}
    return x


def traced(
    function: Callable[[Tracing, Sequence[Any]], Sequence[Any]], path: str, tensors: Sequence[Any]
) -> Trace:
    """The trace of a function of tensors; Leaves where another point has another one."""
    first = _traced(function, path, tensors)
    second = _traced(function, path, [x * 0.75 - 0.375 for x in tensors])
    if not first.like(second):
        raise Leaves("what is computed outside of PyTorch's operators depends on a value")
    return first


def _traced(
    function: Callable[[Tracing, Sequence[Any]], Sequence[Any]], path: str, tensors: Sequence[Any]
) -> Trace:
    import torch  # noqa: PLC0415 only a run needs it
    from torch.utils._python_dispatch import (  # noqa: PLC0415 only a run needs it
        TorchDispatchMode,
    )

    tracing = Tracing(path)
    trace = tracing.trace

    class Recording(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(
            self, target: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            more = kwargs or {}
            given, named = _mapped(tracing.known, list(args)), _mapped(tracing.known, more)
            made = target(*args, **more)
            slots = _mapped(tracing.new, made)
            trace.steps.append(Step(target, given, named, slots, tracing.line(), tracing.late))
            return made

    own = [x.clone() for x in tensors]
    trace.inputs = [tracing.new(x) for x in own]
    with torch.no_grad(), Recording():
        parts = function(tracing, own)
    trace.missing = [part is None for part in parts]
    trace.outputs = [tracing.known(part) for part in parts if part is not None]
    return trace
