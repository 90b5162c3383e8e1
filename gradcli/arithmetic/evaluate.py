"""One evaluator: runs any graph in topological order in any arithmetic, over a batch of points.

Must not know any particular op or number system.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from gradcli import work
from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.buffers import keep_memory
from gradcli.arithmetic.chains import Chains, led
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import is_exact
from gradcli.arithmetic.objects import Objects
from gradcli.arithmetic.small_array import SmallArray, array_of
from gradcli.arithmetic.tape import DIRECT, Tape, are_scalars, computing, in_arrays, pointwise, walk
from gradcli.calculus.core import CONSTANT, EINSUM, INPUT, NUMBER, SIZE, masked
from gradcli.calculus.families import Composed, Differentiable, Pointwise, Tensor
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Letters, describe, sized

Sizes = Mapping[str, int]
WORD = 64  # bits of a rational that cost another operation
SMALLEST = 262_144  # entries that take memory worth a look
MANY, PROBES = 50_000, 12  # entries that are worth a look at how long they are; so many are seen
FEW = 256  # entries that take no memory worth counting
MATRIX_WORK = 3  # exact numbers grow on the way through a determinant


class Computation:
    """How outputs are computed where some vertices are `given`, by whatever numbers these are.

    It is worth keeping where the same is computed again, at other points or in other numbers. What
    is `scalar` can be run as a tape.
    """

    def __init__(self, outputs: Sequence[Node], given: Collection[Node]) -> None:
        self.outputs = tuple(outputs)
        self.given = given
        self.order = topological(outputs, given=given)
        self.scalar = are_scalars(self.order, given)

    @cached_property
    def tape(self) -> Tape:
        """The instructions of a graph of scalars."""
        return Tape(self.order, self.given, self.outputs)

    def operations(self, sizes: Sizes | None = None) -> int:
        """How many scalar operations it takes at one point, roughly: a count, no clock."""
        return work_of(self.order, sizes)

    def run(
        self,
        m: Arithmetic,
        values: Mapping[Node, Array],
        sizes: Sizes | None = None,
        keep: bool = False,
    ) -> list[Array]:
        """The outputs' values where the given vertices have these; see `evaluate`."""
        done: dict[Node, Array] = values if keep and isinstance(values, dict) else dict(values)
        if self.scalar and isinstance(m, Objects) and keep:
            walk(self.order, m, done)
        elif self.scalar and isinstance(m, Objects):
            done |= in_arrays(self.tape.run(m, done))
        elif self.scalar and m is FLOAT64 and self._few(done):
            _run_few(self.order, done)
        else:
            _run_arrays(self, m, done, sizes or {}, keep)
        return [done[output] for output in self.outputs]

    def _few(self, values: Mapping[Node, Array]) -> bool:
        return all(len(values[node]) <= FEW for node in self.order if node in self.given)


def evaluate(
    outputs: Sequence[Node],
    m: Arithmetic,
    values: Mapping[Node, Array],
    sizes: Sizes | None = None,
    keep: bool = False,
) -> list[Array]:
    """The outputs' values, each an array with a batch axis first.

    `values` gives the inputs (and may give any other vertex, which is then taken as it is);
    `sizes` the dimension letters. KeyError for an input without a value. With `keep` nothing is
    freed on the way, and `values` may be a dict that receives every vertex.
    """
    return Computation(outputs, values).run(m, values, sizes, keep)


def _run_arrays(
    asked: Computation, m: Arithmetic, done: dict[Node, Array], sizes: Sizes, keep: bool
) -> None:
    """Add the values of all outputs, or with `keep` of every vertex."""
    order, wanted = asked.order, {*asked.outputs}
    done |= {node: _full(done[node], m) for node in order if node in done}
    if m is FLOAT64:
        keep_memory()
    chains = Chains(done, asked.given) if m is FLOAT64 and not keep else None
    last: dict[Node, int] = {}
    for position, node in enumerate(() if keep else order):
        for arg in node.args:
            last[arg] = position
    held = Held(8 if m is FLOAT64 else work.NUMBER)
    with np.errstate(all="ignore"):
        for position, node in enumerate(order):
            if node in done:
                continue
            arrays = [done[arg] for arg in node.args]
            awaited = chains.shape(node, arrays) if chains else None
            if chains and chains.ready(node, awaited):
                arrays = [done[arg] for arg in node.args]
            if not keep:
                for arg in set(node.args):
                    if last[arg] == position and arg not in wanted:
                        held.free(arg)
                        del done[arg]
            _pay(node, m, arrays, sizes)
            if chains and awaited:
                value = chains.add(node, arrays, awaited)
            else:
                value = _full(_apply(node, m, arrays, sizes), m)
            done[node] = value
            held.keep(node, value, arrays)
        if chains:
            chains.finish()


def _run_few(order: Sequence[Node], done: dict[Node, Array]) -> None:
    """Add the value in doubles of every vertex of a graph of scalars, at a few points."""
    work.current.spend(work.CALL * len(order), "numbers in float64")
    with np.errstate(all="ignore"):
        for node in order:
            if node in done:
                continue
            if isinstance(node.op, Pointwise):
                arrays = [done[arg] for arg in node.args]
                done[node] = node.op.value(FLOAT64, *arrays, *node.params)
            else:
                done[node] = _apply(node, FLOAT64, [], {})


class Held:
    """The entries of the arrays that are held at a time; `each` is the bytes of one.

    Small arrays are not counted, and views only of what is no argument: of that nothing is copied.
    """

    def __init__(self, each: int) -> None:
        self.each, self.total = each, 0
        self.sizes: dict[Node, int] = {}

    def keep(self, node: Node, value: Array, arrays: Sequence[Array]) -> None:
        """Count a vertex's value. TooMuchError where all that is held is more than may be."""
        if value.size < FEW:
            return
        base = value.base
        if base is not None and any(base is a or base is a.base for a in arrays):
            return
        self.sizes[node] = value.size
        self.total += value.size
        if self.total > SMALLEST:
            what = f"{self.total:,} numbers that are held at a time"
            work.current.hold(self.total * self.each, what)

    def free(self, node: Node) -> None:
        """What is let go."""
        self.total -= self.sizes.pop(node, 0)


def _full(x: Array, m: Arithmetic) -> Array:
    """NumPy's array, which most ops are made for."""
    return np.asarray(x, dtype=m.dtype) if isinstance(x, SmallArray) else x


def _pay(node: Node, m: Arithmetic, arrays: Sequence[Array], sizes: Sizes) -> None:
    """Count what a vertex costs at all points of a batch, before anything is done."""
    points = max(map(len, arrays), default=1)
    try:
        size = points * size_of(node, sizes)
        entries = max(size, points * work_at(node, sizes, m is FLOAT64))
    except KeyError:
        # Whoever gives letters no sizes gives the arrays: these say how large they are.
        size = entries = max(a.size for a in arrays)
    if m is FLOAT64:
        each = work.FUNCTION if isinstance(node.op, Pointwise) and node.op not in DIRECT else 1
        work.current.spend(work.CALL + entries * each // work.DOUBLES, "numbers in float64")
    else:
        each = _length(arrays) if size > MANY else 0
        amount = entries * m.cost * (1 + each // WORD)
        if size > MANY:
            plain = _plain(node, m, arrays, sizes)
            amount = amount // work.PLAIN if plain else amount * work.FUNCTION
        work.current.spend(work.CALL + amount, "exact numbers")
    if size > SMALLEST:
        each = 8 if m is FLOAT64 else work.NUMBER + each // 8
        work.current.hold(size * each, f"{size:,} entries of {describe(node.shape)}")


def _plain(node: Node, m: Arithmetic, arrays: Sequence[Array], sizes: Sizes) -> bool:
    """Whether numbers are only moved, added and multiplied, or what they become is rational."""
    if node.op in DIRECT or not isinstance(node.op, Pointwise):
        return not isinstance(node.op, Tensor)
    first = [a.ravel()[:1] for a in arrays]
    found = node.op.value(m, *first, *_sized(node.params, sizes))
    return found.dtype != object or is_exact(found.flat[0])


def _length(arrays: Sequence[Array]) -> int:
    """How many bits a product of such rationals is long, by a few entries of each array."""
    return sum(max(map(_bits, a.flat[:: max(1, a.size // PROBES)]), default=0) for a in arrays)


def _bits(x: Any) -> int:
    return int(x.height_bits()) if hasattr(x, "height_bits") else 0


def apply(node: Node, m: Arithmetic, arrays: list[Array], sizes: Sizes) -> Array:
    """The value of one vertex whose arguments are these."""
    if isinstance(m, Objects) and are_scalars((node,), {}):
        if not node.args:
            return _apply(node, m, arrays, sizes)
        function = computing(node.op, node.params, m)
        found = pointwise(function, [x.tolist() for x in arrays], m.tame)
        return array_of(found, (len(found),))
    return _full(_apply(node, m, arrays, sizes), m)


def _apply(node: Node, m: Arithmetic, arrays: list[Array], sizes: Sizes) -> Array:
    op = node.op
    if op is NUMBER:
        return m.number(node.params[0])
    if op is CONSTANT:
        return m.constant(node.params[0])
    if op is SIZE:
        return m.number(Fraction(sized(node.params[0], sizes)))
    if op is INPUT:
        raise KeyError(node.params[0])
    if isinstance(op, Composed):
        whole, ends = op.inside(node)
        return evaluate([whole], m, dict(zip(ends, arrays, strict=True)), sizes)[0]
    assert isinstance(op, Differentiable)
    params = node.params
    if sizes:
        params = _sized(params, sizes)
    if isinstance(op, Pointwise):
        arrays = level(arrays)
    value: Array = m.tamed(op.value(m, *arrays, *params))
    if op is EINSUM and any(masked(arg) for arg in node.args) and not np.all(m.finite(value)):
        return _masked_einsum(node, m, arrays, params, sizes)
    return value


def _sized(params: Any, sizes: Sizes) -> Any:
    if isinstance(params, Letters):
        return sized(params, sizes)
    if isinstance(params, tuple):
        return tuple(_sized(item, sizes) for item in params)
    return params


def level(arrays: Sequence[Array]) -> list[Array]:
    """Axes of length 1 behind the batch axis, so that core axes meet from the right."""
    rank = max(a.ndim for a in arrays)
    return [a if a.ndim == rank else a.reshape(led(a.shape, rank)) for a in arrays]


def _masked_einsum(
    node: Node, m: Arithmetic, arrays: list[Array], params: Any, sizes: Sizes
) -> Array:
    """An einsum in which what a structural zero meets counts as zero, be it NaN or infinite.

    Every product is formed before any is summed: slow, and only taken where the plain way gave a
    number that is not finite.
    """
    ins, out, new = params
    letters = "".join(dict.fromkeys("".join(ins)))
    dims: dict[str, int] = {}
    for array, names in zip(arrays, ins, strict=True):
        dims.update(zip(names, array.shape[1:], strict=True))
    whole = tuple((x, dims[x]) for x in letters)

    def spread(array: Array, names: str) -> Array:
        return m.einsum(array, (names,), letters, tuple(w for w in whole if w[0] not in names))

    total = m.number(Fraction(1))
    dead = np.zeros((), dtype=bool)
    zero = m.number(Fraction(0))[0]
    for arg, array, names in zip(node.args, arrays, ins, strict=True):
        spread_out = spread(array, names)
        total = total.reshape(
            total.shape[0], *[1] * (spread_out.ndim - total.ndim), *total.shape[1:]
        )
        total = total * spread_out
        if masked(arg):
            dead = dead | np.asarray(spread_out == zero, dtype=bool)
    return m.einsum(np.where(dead, zero, total), (letters,), out, new)


def size_of(node: Node, sizes: Sizes) -> int:
    """The number of entries of a vertex. KeyError for a letter without a size."""
    return _product(node.shape, sizes)


def _product(dims: Iterable[Any], sizes: Sizes) -> int:
    try:
        return prod(dims)
    except TypeError:  # letters are no numbers
        return prod(sized(dim, sizes) for dim in dims)


def operations(outputs: Sequence[Node], sizes: Sizes | None = None) -> int:
    """How many scalar operations an evaluation from the inputs takes."""
    return work_of(topological(outputs), sizes)


def work_of(order: Iterable[Node], sizes: Sizes | None = None) -> int:
    """How many scalar operations these vertices take at one point."""
    return sum(1 if node.scalar else work_at(node, sizes or {}) for node in order)


def work_at(node: Node, sizes: Sizes, doubles: bool = False) -> int:
    """How many operations one vertex takes at one point."""
    op = node.op
    if isinstance(op, Pointwise):
        return size_of(node, sizes)
    if op is EINSUM:
        dims: dict[str, Dim] = op.dims(node.args, node.params)
        return _product(dims.values(), sizes)
    entries = [size_of(node, sizes), *(size_of(arg, sizes) for arg in node.args)]
    if isinstance(op, Differentiable) and op.cubic:
        cubic: int = MATRIX_WORK * round(entries[1] ** 1.5)
        # More axes than the matrix has: minors, each a determinant of its own.
        many = entries[0] if len(node.shape) > len(node.args[0].shape) else 1
        return max(entries) + cubic * many
    if isinstance(op, Differentiable) and op.crossed:
        return entries[0] * sum(entries[1:])
    if isinstance(op, Differentiable) and op.paired and not doubles:
        return max(entries) * sized(node.shape[-1], sizes)
    return max(entries)
