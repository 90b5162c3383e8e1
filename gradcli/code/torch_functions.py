"""Functions of `torch.autograd.Function`, traced to aten operators and run on tracked numbers.

Must not know verdicts. PyTorch is imported when a function of it is checked, and only then: it
traces at the doubles of a point, and what it computes is not used.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradcli.code import primitives
from gradcli.code.arrays import TrackedArray, bare, entries, filled, objects, shaped, wrap
from gradcli.code.conventions import Forwarded, Misfit, Running
from gradcli.code.execution import midpoint
from gradcli.code.line_names import LineNames, told
from gradcli.code.scalars import meant
from gradcli.code.session import SESSIONS, Leaves
from gradcli.code.torch_trace import TensorSlot, Trace, Tracing, traced
from gradcli.code.tracked import Tracked

SAME = {"alias", "detach", "lift_fresh", "lift_fresh_copy", "contiguous", "lift", "conj"}


class FakeContext(SimpleNamespace):
    """The `ctx` of a function: what it saves, and which gradients are needed."""

    def save_for_backward(self, *tensors: Any) -> None:
        self.saved_tensors = tensors

    def _ignored(self, *_: Any) -> None:
        """Says nothing about values."""

    mark_dirty = mark_non_differentiable = set_materialize_grads = save_for_forward = _ignored


class TorchFunction:
    """A function with a backward of its own."""

    relation, runs = "the reverse mode", False

    def __init__(self, function: Any, place: tuple[str, int]) -> None:
        self.function, self.place = function, place
        self.traces: dict[tuple[Any, ...], Trace] = {}
        self.imports = [getattr(function, "__name__", "")]
        self.label = f"the rule of {function.__name__}"

    def forward(self, values: Mapping[str, Any], running: Running) -> Forwarded:
        """The outputs, and the gradients that the backward returns for their adjoint."""
        import torch  # noqa: PLC0415 only a run needs it

        args = self._ordered(values)
        flowing = [k for k, x in enumerate(args) if isinstance(x, TrackedArray | Tracked)]
        tensors = [torch.tensor(_doubles(args[k]), dtype=torch.float64) for k in flowing]
        given = [_array(args[k]) for k in flowing]
        like = primitives.likeness(args)

        def both(tracing: Tracing, inputs: Sequence[Any], adjoints: Sequence[Any] | None) -> Any:
            whole = [_tensor(x) for x in args]
            for k, x in zip(flowing, inputs, strict=True):
                whole[k] = x
            return self._called(tracing, whole, flowing, adjoints)

        trace = self._traced(("forward", like), lambda t, xs: both(t, xs, None), tensors)
        found = run(trace, given, self.place, running.record)
        outputs = tuple(found) if len(found) > 1 else found[0]

        def call(dout: Any) -> Any:
            flat = dout if isinstance(dout, tuple) else (dout,)
            n = len(tensors)
            seeds = [torch.tensor(_doubles(x), dtype=torch.float64) for x in flat]
            key = ("backward", like, tuple(np.shape(x) for x in flat))
            back = self._traced(key, lambda t, xs: both(t, xs[:n], xs[n:]), [*tensors, *seeds])
            arrays = [*given, *map(_array, flat)]
            found = run(back, arrays, self.place, running.record, late=True)
            parts = iter(told(found, running.record, self.place[0], self.function.backward))
            return tuple(
                filled(np.shape(x), 0) if lacks else next(parts)
                for x, lacks in zip(given, back.missing, strict=True)
            )

        return Forwarded(outputs, call)

    def _traced(
        self, key: tuple[Any, ...], function: Callable[..., Any], tensors: Sequence[Any]
    ) -> Trace:
        """The trace of a function: one is enough for all inputs of these shapes."""
        if key[1] is None or key not in self.traces:
            self.traces[key] = traced(function, self.place[0], tensors)
        return self.traces[key]

    def _ordered(self, values: Mapping[str, Any]) -> list[Any]:
        parameters = [*inspect.signature(self.function.forward).parameters.values()]
        own = parameters if self._has_setup() else parameters[1:]
        names = [p.name for p in own if p.kind is not p.VAR_POSITIONAL]
        if unknown := [name for name in values if name not in names]:
            if any(p.kind is p.VAR_POSITIONAL for p in own):
                return [*values.values()]
            raise Misfit(f"the forward has no parameter {unknown[0]}")
        return [values.get(p.name, p.default) for p in own]

    def _has_setup(self) -> bool:
        import torch  # noqa: PLC0415 only a run needs it

        return self.function.setup_context is not torch.autograd.Function.setup_context

    def _called(
        self, tracing: Tracing, args: Sequence[Any], flowing: Sequence[int],
        adjoints: Sequence[Any] | None,
    ) -> Any:  # fmt: skip
        """The outputs in a list, or the gradients by what flows, None where one is None."""
        needed = tuple(k in flowing for k in range(len(args)))
        context = FakeContext(needs_input_grad=needed, saved_tensors=())
        if self._has_setup():
            out = self.function.forward(*args)
            self.function.setup_context(context, tuple(args), out)
        else:
            out = self.function.forward(context, *args)
        if adjoints is None:
            return list(out) if isinstance(out, tuple | list) else [out]
        tracing.late = True
        found = self.function.backward(context, *adjoints)
        parts = list(found) if isinstance(found, tuple | list) else [found]
        if len(parts) != len(args):
            raise Misfit(f"the backward returns {len(parts)} gradients for {len(args)} inputs")
        return [parts[k] for k in flowing]


def _doubles(x: Any) -> Any:
    return np.array([midpoint(y) for y in entries(x)]).reshape(np.shape(_array(x)))


def _tensor(x: Any) -> Any:
    import torch  # noqa: PLC0415 only a run needs it

    if isinstance(x, np.ndarray) and not isinstance(x, TrackedArray):
        return torch.as_tensor(x)
    return x


def _array(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else shaped([x], ())


# -- the interpreter


def run(
    trace: Trace, args: Sequence[Any], place: tuple[str, int], record: Any = None,
    late: bool = False,
) -> list[Any]:  # fmt: skip
    """The outputs of a trace; Leaves for an operator that is not known.

    `record` is given what the lines make, those of the backward where it is `late`.
    """
    path, first = place
    known: dict[TensorSlot, Any] = {
        slot: primitives.constant(x, first) for slot, x in trace.constants.items()
    }
    known |= {slot: x.copy() for slot, x in zip(trace.inputs, args, strict=True)}
    names = LineNames(path) if record is not None else None

    def read(x: Any) -> Any:
        if x.__class__ is TensorSlot:
            return known[x]
        if isinstance(x, list | tuple):
            return [*map(read, x)]
        return primitives.constant(x, first)[()] if isinstance(x, float) else x

    def put(slots: Any, values: Any) -> None:
        if slots.__class__ is TensorSlot:
            known[slots] = values
        elif isinstance(slots, list | tuple):
            for slot, value in zip(slots, values, strict=True):
                put(slot, value)

    try:
        for number, step in enumerate(trace.steps):
            SESSIONS[-1].at = (path, step.line or first, number)
            more = {key: read(x) for key, x in step.more.items()}
            put(step.made, _apply(step.target, [*map(read, step.args)], more))
            following = trace.steps[number + 1 : number + 2]
            last = not following or (following[0].line, following[0].late) != (step.line, step.late)
            if names and last and step.late == late and step.made.__class__ is TensorSlot:
                for name in names.on(step.line):
                    known[step.made] = record(path, step.line, name, known[step.made])
        return [known[slot] for slot in trace.outputs]
    finally:
        SESSIONS[-1].at = None


def _apply(target: Any, x: list[Any], more: dict[str, Any]) -> Any:
    name = target.overloadpacket.__name__
    base = name.rstrip("_") if name not in ("lift_fresh",) else name
    if base in SAME:
        return x[0]
    function = TABLE.get(base) or _pointwise(base)
    if function is None:
        raise Leaves(f"the operator {name} of PyTorch has no exact counterpart")
    found = function(*x, **_kept(more))
    if name.endswith("_") and not name.startswith("_"):
        x[0][...] = found
        return x[0]
    return found


def _kept(more: dict[str, Any]) -> dict[str, Any]:
    """What says something of values."""
    passing = ("dtype", "layout", "device", "pin_memory", "memory_format", "non_blocking")
    kept = {key: x for key, x in more.items() if key not in passing}
    return kept | ({"dtype": more["dtype"]} if more.get("dtype") is not None else {})


def _pointwise(name: str) -> Callable[..., Any] | None:
    function = primitives.pointwise(name)
    if function is None:
        return None

    def call(*xs: Any, alpha: Any = 1, **_: Any) -> Any:
        whole = [_given(x) for x in xs]
        if len(whole) == 2 and alpha != 1:
            whole[1] = whole[1] * alpha
        return function(*whole)

    return call


def _given(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else objects(np.array(meant(x), dtype=object))


def _axes(x: Any, axes: Any) -> tuple[int, ...]:
    if axes is None or axes == []:
        return tuple(range(x.ndim))
    return tuple(axis % x.ndim for axis in ([axes] if isinstance(axes, int) else axes))


def _kind(dtype: Any) -> str:
    return "f" if dtype.is_floating_point else "b" if "bool" in str(dtype) else "i"


def _made(shape: Any, value: Any, like: Any = None, dtype: Any = None) -> Any:
    if dtype is not None and _kind(dtype) != "f":
        return np.full(shape, value, dtype=bool if _kind(dtype) == "b" else int)
    whole = like is not None and not isinstance(like, TrackedArray) and dtype is None
    return np.full(shape, value, dtype=like.dtype) if whole else filled(tuple(shape), meant(value))


def _copied(x: Any, dtype: Any = None, **_: Any) -> Any:
    return (x if dtype is None else primitives.converted(x, _kind(dtype))).copy()


def _reshaped(x: Any, shape: Any) -> Any:
    return x.reshape(tuple(shape))


def _expanded(x: Any, shape: Any, **_: Any) -> Any:
    own = [1] * (len(shape) - x.ndim) + list(x.shape)
    return np.broadcast_to(x, [n if m == -1 else m for m, n in zip(shape, own, strict=True)])


def _swapped(x: Any, a: int, b: int) -> Any:
    return np.swapaxes(x, a, b)


def _sliced(x: Any, axis: int = 0, start: Any = None, stop: Any = None, step: int = 1) -> Any:
    place: list[Any] = [slice(None)] * x.ndim
    place[axis] = slice(start, stop, step)
    return x[tuple(place)]


def _selected(x: Any, axis: int, k: int) -> Any:
    place: list[Any] = [slice(None)] * x.ndim
    place[axis] = slice(k, k + 1 or None)
    return np.squeeze(x[tuple(place)], axis=axis)


def _places(indices: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(slice(None) if i is None else i for i in indices)


def _put(x: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    out = x.copy()
    place = _places(indices)
    if accumulate:
        np.add.at(out.view(np.ndarray), place, bare(_given(values)))
    else:
        out[place] = values if not (isinstance(values, np.ndarray) and values.ndim == 0) else (
            values[()])  # fmt: skip
    return out


def _gathered(x: Any, axis: int, index: Any, **_: Any) -> Any:
    return np.take_along_axis(x, index, axis)


def _scattered(add: bool) -> Callable[..., Any]:
    def scatter(x: Any, axis: int, index: Any, source: Any, **_: Any) -> Any:
        out = x.copy()
        rows = bare(np.broadcast_to(_given(source), index.shape))
        for place in np.ndindex(index.shape):
            at = list(place)
            at[axis] = int(index[place])
            out[tuple(at)] = out[tuple(at)] + rows[place] if add else rows[place]
        return out

    return scatter


def _clamped(x: Any, low: Any = None, high: Any = None, **more: Any) -> Any:
    low, high = more.get("min", low), more.get("max", high)
    for bound, name in ((low, "max"), (high, "min")):
        if bound is not None:
            function = primitives.pointwise(name)
            assert function is not None
            x = function(x, _given(bound))
    return x


def _largest(name: str) -> Callable[..., Any]:
    def largest(x: Any, axis: Any = None, keep: bool = False, **_: Any) -> Any:
        found = primitives.extreme(name, x, _axes(x, axis), keep)
        if axis is None or isinstance(axis, list):
            return found
        sought = x if name == "max" else -x
        return found, primitives.largest_place(sought, axis % x.ndim, keep)

    return largest


def _added(b: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1, **_: Any) -> Any:
    return b * beta + np.matmul(x, y) * alpha


def _split(x: Any, size: Any, axis: int = 0) -> Any:
    ends = np.cumsum(size)[:-1] if isinstance(size, list) else range(size, x.shape[axis], size)
    return np.split(x, list(ends), axis=axis)


def _root_of_squares(x: Any, order: Any = 2, axes: Any = None, keep: bool = False, **_: Any) -> Any:
    if order != 2:
        raise Leaves("a norm of another order than 2")
    return primitives.whole_power(primitives.total(x * x, _axes(x, axes), keep), Fraction(1, 2))


def _where(mask: Any, x: Any, y: Any) -> Any:
    return primitives.choose(mask, _given(x), _given(y))


def _below(x: Any, k: int) -> Any:
    """Where an entry is on the k-th diagonal or below it."""
    return np.tri(x.shape[-2], x.shape[-1], k, dtype=bool)


def _relu(x: Any) -> Any:
    return _clamped(x, 0)


TABLE: dict[str, Callable[..., Any]] = {
    "neg": lambda x: -x,
    "rsub": lambda x, y, alpha=1: _given(y) - x * alpha,
    "rsqrt": lambda x: primitives.whole_power(x, Fraction(-1, 2)),
    "t": np.transpose,
    "numpy_T": np.transpose,
    "transpose": _swapped,
    "permute": np.transpose,
    **dict.fromkeys(("mm", "mv", "dot", "bmm"), lambda x, y: _array(np.matmul(x, y))),
    "addmm": _added,
    "baddbmm": _added,
    "sum": lambda x, axes=None, keep=False, **_: primitives.total(x, _axes(x, axes), keep),
    "mean": lambda x, axes=None, keep=False, **_: primitives.mean(x, _axes(x, axes), keep),
    "prod": lambda x, axis=None, keep=False, **_: _array(
        np.multiply.reduce(x, axis=_axes(x, axis)[-1] if axis is not None else None, keepdims=keep)
    ),
    "amax": lambda x, axes=None, keep=False: primitives.extreme("max", x, _axes(x, axes), keep),
    "amin": lambda x, axes=None, keep=False: primitives.extreme("min", x, _axes(x, axes), keep),
    "max": _largest("max"),
    "min": _largest("min"),
    "argmax": primitives.largest_place,
    "any": lambda x, *_: np.any(x),
    "all": lambda x, *_: np.all(x),
    "cumsum": lambda x, axis, **_: wrap(np.cumsum(bare(x), axis=axis)),
    "linalg_vector_norm": _root_of_squares,
    **dict.fromkeys(("view", "reshape", "_unsafe_view"), _reshaped),
    "unsqueeze": np.expand_dims,
    "squeeze": lambda x, axis=None: np.squeeze(x, axis=axis),
    "expand": _expanded,
    **dict.fromkeys(("clone", "_to_copy"), _copied),
    "copy": lambda x, y, *_: np.broadcast_to(y, x.shape),
    "zeros_like": lambda x, dtype=None: _made(x.shape, 0, x, dtype),
    "ones_like": lambda x, dtype=None: _made(x.shape, 1, x, dtype),
    "full_like": lambda x, value, dtype=None: _made(x.shape, value, x, dtype),
    "empty_like": lambda x, dtype=None: _made(x.shape, 0, x, dtype),
    "new_zeros": lambda x, shape, dtype=None: _made(shape, 0, x, dtype),
    "new_ones": lambda x, shape, dtype=None: _made(shape, 1, x, dtype),
    "zeros": lambda shape, dtype=None: _made(shape, 0, None, dtype),
    "ones": lambda shape, dtype=None: _made(shape, 1, None, dtype),
    "full": lambda shape, value, dtype=None: _made(shape, value, None, dtype),
    "scalar_tensor": lambda value, dtype=None: _made((), value, None, dtype),
    "fill": lambda x, value: np.broadcast_to(_given(value), x.shape),
    "zero": lambda x: np.zeros(x.shape, dtype=int),
    "arange": lambda *bounds, **_: np.arange(*bounds),
    "eye": lambda n, *_, **__: objects(np.eye(n, dtype=int)),
    "tril": lambda x, k=0: _where(_below(x, k), x, 0),
    "triu": lambda x, k=0: _where(~_below(x, k - 1), x, 0),
    "flip": np.flip,
    "where": _where,
    "relu": _relu,
    **dict.fromkeys(("clamp", "clamp_min"), _clamped),
    "clamp_max": lambda x, high: _clamped(x, None, high),
    "threshold_backward": lambda g, x, level: _where(np.asarray(bare(x) > level, bool), g, 0),
    "_softmax": lambda x, axis, *_: primitives.softmax(x, axis),
    "_log_softmax": lambda x, axis, *_: primitives.softmax(x, axis, log=True),
    "masked_fill": lambda x, mask, value: _where(mask, value, x),
    "slice": _sliced,
    "select": _selected,
    "index": lambda x, indices: x[_places(indices)],
    "index_put": _put,
    "index_select": lambda x, axis, index: np.take(x, index, axis=axis),
    "gather": _gathered,
    "scatter": _scattered(False),
    "scatter_add": _scattered(True),
    "index_add": lambda x, axis, index, source, **_: _indexed(x, axis, index, source),
    "split": _split,
    "split_with_sizes": _split,
    "cat": lambda xs, axis=0: np.concatenate(xs, axis=axis),
    "stack": lambda xs, axis=0: np.stack(xs, axis=axis),
    "unbind": lambda x, axis=0: [_selected(x, axis, k) for k in range(x.shape[axis])],
    "addcmul": lambda x, a, b, value=1: x + a * b * value,
    "addcdiv": lambda x, a, b, value=1: x + a / b * value,
}


def _indexed(x: Any, axis: int, index: Any, source: Any) -> Any:
    out = x.copy()
    moved, rows = np.moveaxis(bare(out), axis, 0), np.moveaxis(bare(source), axis, 0)
    for k, place in enumerate(index):
        moved[place] = moved[place] + rows[k]
    return out
