"""Rules of `jax.custom_vjp` and `jax.custom_jvp`, read as jaxprs and run on tracked numbers.

Must not know verdicts. JAX is imported when a function of it is checked, and only then: it traces,
and computes nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.code import primitives
from gradcli.code.arrays import TrackedArray, bare, entries, objects, shaped, wrap
from gradcli.code.conventions import Forwarded, Misfit, Running
from gradcli.code.line_names import LineNames, told
from gradcli.code.session import SESSIONS, Leaves
from gradcli.code.sweep import sweep
from gradcli.code.tracked import Tracked

CALLS = ("jaxpr", "call_jaxpr", "fun_jaxpr")
SAME = {
    "stop_gradient", "copy", "copy_p", "optimization_barrier", "reduce_precision", "name",
    "sharding_constraint", "pvary",
}  # fmt: skip
AXES = {"reduce_sum": "add", "reduce_max": "max", "reduce_min": "min"}


class JaxRule:
    """A function with a rule of its own for its derivative. `reverse` says which mode it is for."""

    runs = False

    def __init__(self, function: Any, place: tuple[str, int]) -> None:
        self.function, self.place = function, place
        self.traces: dict[Any, Any] = {}
        self.lines: dict[tuple[int, str], int] = {}
        self.reverse = hasattr(function, "bwd")
        self.relation = f"the {'reverse' if self.reverse else 'forward'} mode"
        self.imports = [getattr(function, "__name__", "")]
        self.label = f"the rule of {getattr(function, '__name__', function.fun.__name__)}"
        if getattr(function, "bwd" if self.reverse else "jvp", None) is None:
            raise Misfit("the function has no rule: defvjp or defjvp was not called")

    def forward(self, values: Mapping[str, Any], running: Running) -> Forwarded:
        """The primal function, and what its rule says of the derivative."""
        import jax  # noqa: PLC0415 only a run needs it

        given = _Arguments(self.function, values)
        primal = given.called(self.function.fun)
        graph, shape = self._traced(given, "primal", primal, *given.structs)
        outputs, tree = jax.tree_util.tree_flatten(shape)
        found = self._run(graph, given.tracked, running.record)
        out = Forwarded(tuple(found) if len(outputs) > 1 else found[0], None, claims=self.reverse)
        if self.reverse:
            out.call = lambda dout: self._reverse(given, outputs, tree, dout, running.record)
        out.restated = lambda tangents: self._restated(given, found, tangents)
        return out

    def _reverse(self, given: _Arguments, outputs: Any, tree: Any, dout: Any, record: Any) -> Any:
        import jax  # noqa: PLC0415 only a run needs it

        def rule(args: Any, cotangents: Any) -> Any:
            _, residuals = self.function.fwd(*given.whole(args))
            ct = jax.tree_util.tree_unflatten(tree, cotangents)
            found = self.function.bwd(*given.static, residuals, ct)
            return [found[k] for k in given.among]

        graph, shape = self._traced(given, "reverse", rule, given.structs, outputs)
        flat = dout if isinstance(dout, tuple) else (dout,)
        arrays = [*given.tracked, *map(_array, flat)]
        parts = self._run(graph, arrays, record, self.function.bwd)
        found = iter(told(parts, record, self.place[0], self.function.bwd))
        if len(shape) != len(given.tracked):
            raise Misfit("the rule returns another number of cotangents than there are inputs")
        return tuple(
            objects(np.zeros(np.shape(x), dtype=int)) if part is None else next(found)
            for x, part in zip(given.tracked, shape, strict=True)
        )

    def _restated(
        self, given: _Arguments, found: Sequence[Any], tangents: Callable[[str, Any], Any]
    ) -> list[tuple[str, Any, Any]]:
        """What the rule says of the value, and of the tangent in forward mode: claimed and true."""
        if self.reverse:
            function = given.called(lambda *args: self.function.fwd(*args)[0])
            graph, _ = self._traced(given, "value", function, *given.structs)
            return [("value", _flat(self._run(graph, given.tracked)), _flat(found))]

        def rule(args: Any, moved: Any) -> Any:
            return self.function.jvp(*given.static, given.without(args), tuple(moved))

        graph, _ = self._traced(given, "forward", rule, given.structs, given.structs)
        drawn = [tangents(f"tangent {name}", x) for name, x in given.named.items()]
        both = self._run(graph, [*given.tracked, *map(_array, drawn)])
        half = len(both) // 2
        inputs = [leaf for x in given.tracked for leaf in entries(x)]
        moved = [t for d in drawn for t in entries(_array(d))]
        true = [_along(z, inputs, moved) for z in _flat(found)]
        return [("value", _flat(both[:half]), _flat(found)), ("tangent", _flat(both[half:]), true)]

    def _traced(self, given: _Arguments, kind: str, function: Any, *shapes: Any) -> Any:
        """The jaxpr of a function, with the shapes of its values: one is enough for all inputs of
        these shapes, for a trace knows no values."""
        import jax  # noqa: PLC0415 only a run needs it

        like = primitives.likeness(given.args)
        if like is None or (kind, like) not in self.traces:
            with jax.enable_x64(True):
                self.traces[kind, like] = jax.make_jaxpr(function, return_shape=True)(*shapes)
        return self.traces[kind, like]

    def _run(self, graph: Any, args: Sequence[Any], record: Any = None, within: Any = None) -> Any:
        """The outputs of a graph; what lines make is told to a recorder, of one function only if
        one is given."""
        code = inspect.unwrap(within).__code__ if within else None
        reader = JaxRun(self.place, self.lines, record, code)
        try:
            return reader.run(graph.jaxpr, graph.consts, args)
        finally:
            SESSIONS[-1].at = None


def _along(z: Any, inputs: Sequence[Any], moved: Sequence[Any]) -> Any:
    """The derivative of a number along a direction of the inputs."""
    if not isinstance(z, Tracked):
        return 0
    adjoints = sweep([z], [1])
    return sum((adjoints.of(x) * t for x, t in zip(inputs, moved, strict=True)), 0)


def _flat(arrays: Sequence[Any]) -> list[Any]:
    return [x for array in arrays for x in entries(array)]


def _array(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else shaped([x], ())


class _Arguments:
    """The arguments of a call in their order: those that gradients flow through, and the others."""

    def __init__(self, function: Any, values: Mapping[str, Any]) -> None:
        import jax  # noqa: PLC0415 only a run needs it

        bound = inspect.signature(function.fun).bind(**values)
        bound.apply_defaults()
        self.args = [*bound.arguments.values()]
        flowing = {
            name: k for k, name in enumerate(bound.arguments)
            if isinstance(bound.arguments[name], TrackedArray | Tracked)
        }  # fmt: skip
        self.places = [*flowing.values()]
        self.named = {name: self.args[k] for name, k in flowing.items()}
        self.tracked = [_array(x) for x in self.named.values()]
        nondiff = {k % len(self.args) for k in function.nondiff_argnums}
        self.static = [self.args[k] for k in sorted(nondiff)]
        self.rest = [k for k in range(len(self.args)) if k not in nondiff]
        self.among = [self.rest.index(k) for k in self.places]
        self.structs = [jax.ShapeDtypeStruct(np.shape(x), float) for x in self.tracked]

    def whole(self, flowing: Sequence[Any]) -> list[Any]:
        """All arguments with these in the place of those that gradients flow through."""
        found = list(self.args)
        for k, x in zip(self.places, flowing, strict=True):
            found[k] = x
        return found

    def without(self, flowing: Sequence[Any]) -> tuple[Any, ...]:
        found = self.whole(flowing)
        return tuple(found[k] for k in self.rest)

    def called(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *flowing: function(*self.whole(flowing))


# -- the interpreter


class JaxRun:
    """Runs jaxprs on tracked numbers; Leaves for a primitive that is not known.

    `record` is given what the lines of the file make, those of one function where there is its
    `code`; `lines` keeps which line a step of a graph comes from.
    """

    def __init__(
        self, place: tuple[str, int], lines: dict[tuple[int, str], int], record: Any = None,
        code: Any = None,
    ) -> None:  # fmt: skip
        self.place, self.lines, self.record, self.code = place, lines, record, code
        self.names = LineNames(place[0]) if record is not None else None

    def run(self, jaxpr: Any, consts: Sequence[Any], args: Sequence[Any]) -> Any:
        path, first = self.place
        known: dict[Any, Any] = {}

        def read(v: Any) -> Any:
            return primitives.constant(v.val, first) if hasattr(v, "val") else known[v]

        for v, c in zip(jaxpr.constvars, consts, strict=True):
            known[v] = primitives.constant(c, first)
        for v, a in zip(jaxpr.invars, args, strict=True):
            known[v] = a
        lines = [self._line(eqn) for eqn in jaxpr.eqns]
        for number, (eqn, line) in enumerate(zip(jaxpr.eqns, lines, strict=True)):
            SESSIONS[-1].at = (path, line or first, number)
            found = self._apply(eqn, [read(v) for v in eqn.invars])
            for v, out in zip(eqn.outvars, found, strict=True):
                known[v] = out
            if self.names and line and lines[number + 1 : number + 2] != [line]:
                for name in self.names.on(line) if len(eqn.outvars) == 1 else ():
                    known[eqn.outvars[0]] = self.record(path, line, name, known[eqn.outvars[0]])
        return [read(v) for v in jaxpr.outvars]

    def _line(self, eqn: Any) -> int:
        """The user's line of a step, 0 where that is of another file or function."""
        within = "" if self.code is None else self.code.co_name
        key = (id(eqn), within)
        if key not in self.lines:
            found = (
                int(frame.start_line)
                for frame in user_frames(eqn.source_info)
                if frame.file_name == self.place[0] and within in ("", frame.function_name)
            )
            self.lines[key] = next(found, 0)
        return self.lines[key]

    def _apply(self, eqn: Any, x: list[Any]) -> Any:
        name, p = eqn.primitive.name, eqn.params
        if name in SAME:
            return x
        if name == "scan":
            return self._scan(p, x)
        if name == "cond":
            return self._inner(p["branches"][int(x[0])], x[1:])
        inner = next((p[key] for key in CALLS if key in p), None)
        if inner is not None and name != "while":
            return self._inner(inner, x)
        if name == "split":
            return np.split(x[0], np.cumsum(p["sizes"])[:-1], axis=p["axis"])
        function = primitives.pointwise(name)
        if function is not None:
            return [function(*x)]
        if name not in TABLE:
            raise Leaves(f"the primitive {name} of JAX has no exact counterpart")
        return [TABLE[name](eqn, *x)]

    def _inner(self, graph: Any, args: Sequence[Any]) -> Any:
        if hasattr(graph, "consts"):
            return self.run(graph.jaxpr, graph.consts, args)
        return self.run(graph, [], args)

    def _scan(self, p: Any, x: list[Any]) -> list[Any]:
        consts, carries = p["num_consts"], p["num_carry"]
        fixed, carry, rows = x[:consts], x[consts : consts + carries], x[consts + carries :]
        made = []
        steps = range(p["length"])
        for t in reversed(steps) if p["reverse"] else steps:
            out = self._inner(p["jaxpr"], [*fixed, *carry, *(_row(x, t) for x in rows)])
            carry = out[:carries]
            made.append(out[carries:])
        if p["reverse"]:
            made.reverse()
        return [*carry, *(np.stack(parts) for parts in zip(*made, strict=True))]


def user_frames(source: Any) -> Any:
    """The frames of the user's own files in which a step was traced, the innermost first."""
    try:
        from jax._src.source_info_util import (  # noqa: PLC0415 only a run needs it
            user_frames as own,
        )

        return [*own(source.traceback)]
    except (ImportError, AttributeError, TypeError):
        # Versions of JAX differ in this: without it no line is known.
        return []


def _row(x: Any, t: int) -> Any:
    """A row of an array as an array, a number too."""
    return x[t : t + 1].reshape(x.shape[1:])


def _broadcast(eqn: Any, x: Any, *_: Any) -> Any:
    shape, places = eqn.params["shape"], eqn.params["broadcast_dimensions"]
    own = [1] * len(shape)
    for k, place in enumerate(places):
        own[place] = x.shape[k]
    return np.broadcast_to(x.reshape(own), shape).copy()


def _dot(eqn: Any, x: Any, y: Any) -> Any:
    (left, right), (batch_left, batch_right) = eqn.params["dimension_numbers"]
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    a: list[str] = [""] * x.ndim
    b: list[str] = [""] * y.ndim
    out = ""
    for i, j in zip(batch_left, batch_right, strict=True):
        a[i] = b[j] = letter = next(letters)
        out += letter
    for i, j in zip(left, right, strict=True):
        a[i] = b[j] = next(letters)
    for names in (a, b):
        for k, name in enumerate(names):
            if not name:
                names[k] = next(letters)
                out += names[k]
    return _array(np.einsum(f"{''.join(a)},{''.join(b)}->{out}", x, y))


def _pad(eqn: Any, x: Any, value: Any) -> Any:
    config = eqn.params["padding_config"]
    shape = [lo + hi + n + max(n - 1, 0) * inner
             for n, (lo, hi, inner) in zip(x.shape, config, strict=True)]  # fmt: skip
    out = np.empty(shape, dtype=object if x.dtype != bool else bool)
    out = wrap(out) if isinstance(x, TrackedArray) else out
    out[...] = value
    if any(lo < 0 or hi < 0 for lo, hi, _ in config):
        raise Leaves("an array is padded by less than nothing")
    places = tuple(slice(lo, lo + max(n - 1, 0) * (inner + 1) + 1 if n else lo, inner + 1)
                   for n, (lo, _, inner) in zip(x.shape, config, strict=True))  # fmt: skip
    out[places] = x
    return out


def _iota(eqn: Any, *_: Any) -> Any:
    shape, axis = eqn.params["shape"], eqn.params["dimension"]
    own = [-1 if k == axis else 1 for k in range(len(shape))]
    return np.broadcast_to(np.arange(shape[axis]).reshape(own), shape)


def _moved(eqn: Any, *x: Any) -> Any:
    """Whatever only moves entries: JAX itself says where each one goes."""
    import jax  # noqa: PLC0415 only a run needs it

    moving = [k for k, a in enumerate(x) if isinstance(a, TrackedArray)]
    source = [v for k in moving for v in bare(x[k]).ravel().tolist()]
    numbers, given = iter(range(len(source))), []
    for k, a in enumerate(x):
        if k in moving:
            shape = np.shape(a)
            count = int(np.prod(shape))
            given.append(np.array([next(numbers) for _ in range(count)], float).reshape(shape))
        else:
            given.append(np.asarray(a))
    with jax.enable_x64(True):
        found = np.asarray(eqn.primitive.bind(*map(jax.numpy.asarray, given), **eqn.params))
    if not np.isfinite(found).all():
        raise Leaves("an index lies outside of its array")
    return shaped([source[int(k)] for k in found.ravel()], found.shape)


def _scatter_add(eqn: Any, x: Any, indices: Any, updates: Any) -> Any:
    """The linear map of the updates is read off JAX's own, one entry at a time."""
    import jax  # noqa: PLC0415 only a run needs it

    out = bare(x).copy()
    with jax.enable_x64(True):
        for k, u in enumerate(entries(updates)):
            one = np.zeros(updates.size)
            one[k] = 1
            at = eqn.primitive.bind(
                jax.numpy.zeros(x.shape), jax.numpy.asarray(indices),
                jax.numpy.asarray(one.reshape(updates.shape)), **eqn.params,
            )  # fmt: skip
            for position in np.flatnonzero(np.asarray(at)):
                out.reshape(-1)[position] = out.reshape(-1)[position] + u
    return wrap(out)


def _cumulated(eqn: Any, x: Any) -> Any:
    axis, reverse = eqn.params["axis"], eqn.params["reverse"]
    found = np.flip(x, axis) if reverse else x
    found = wrap(np.cumsum(bare(found), axis=axis))
    return np.flip(found, axis) if reverse else found


def _selected(eqn: Any, which: Any, *cases: Any) -> Any:
    out = cases[-1]
    for k in reversed(range(len(cases) - 1)):
        out = primitives.choose(np.asarray(which) == k, cases[k], out)
    return out


def _clamped(eqn: Any, low: Any, x: Any, high: Any) -> Any:
    larger, smaller = primitives.pointwise("max"), primitives.pointwise("min")
    assert larger is not None
    assert smaller is not None
    return smaller(larger(x, low), high)


def _reduced(name: str) -> Callable[..., Any]:
    def reduce(eqn: Any, x: Any) -> Any:
        axes = tuple(eqn.params["axes"])
        return primitives.total(x, axes) if name == "add" else primitives.extreme(name, x, axes)

    return reduce


TABLE: dict[str, Callable[..., Any]] = {
    **{name: _reduced(kind) for name, kind in AXES.items()},
    "reduce_and": lambda e, x: np.all(x, axis=tuple(e.params["axes"])),
    "reduce_or": lambda e, x: np.any(x, axis=tuple(e.params["axes"])),
    "reduce_prod": lambda e, x: _array(np.multiply.reduce(x, axis=tuple(e.params["axes"]))),
    "argmax": lambda e, x: primitives.largest_place(x, e.params["axes"][0]),
    "neg": lambda e, x: -x,
    "rsqrt": lambda e, x: primitives.whole_power(x, Fraction(-1, 2)),
    "integer_pow": lambda e, x: primitives.whole_power(x, e.params["y"]),
    "is_finite": lambda e, x: np.ones(np.shape(x), dtype=bool),
    "convert_element_type": lambda e, x: primitives.converted(
        x, np.dtype(e.params["new_dtype"]).kind
    ),
    "reshape": lambda e, x: x.reshape(e.params["new_sizes"]),
    "squeeze": lambda e, x: x.reshape(e.outvars[0].aval.shape),
    "expand_dims": lambda e, x: x.reshape(e.outvars[0].aval.shape),
    "broadcast_in_dim": _broadcast,
    "transpose": lambda e, x: np.transpose(x, e.params["permutation"]),
    "select_n": _selected,
    "clamp": _clamped,
    "concatenate": lambda e, *x: np.concatenate(x, axis=e.params["dimension"]),
    "slice": lambda e, x: x[
        tuple(map(slice, e.params["start_indices"], e.params["limit_indices"],
                  e.params["strides"] or [1] * x.ndim))
    ],
    "rev": lambda e, x: np.flip(x, e.params["dimensions"]),
    "pad": _pad,
    "dot_general": _dot,
    "iota": _iota,
    "cumsum": _cumulated,
    "gather": _moved,
    "scatter": _moved,
    "dynamic_slice": _moved,
    "dynamic_update_slice": _moved,
    "scatter-add": _scatter_add,
    "scatter_add": _scatter_add,
}  # fmt: skip
