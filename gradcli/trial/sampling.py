"""Points of declared sets, exact rationals of few digits: round ones first, then of every size.

Must not know claims or graphs beyond the bounds of a set: a printed point reproduces a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import isqrt, log2, prod
from random import Random
from typing import Any

import numpy as np

from gradcli import work
from gradcli.arithmetic.ball import BALL, Ball, eq, lt, precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.measure import fraction, integer, length
from gradcli.arithmetic.small_array import array_of
from gradcli.errors import Diagnostic, Span
from gradcli.graph.node import Node
from gradcli.graph.shape import Letters, sized
from gradcli.graph.space import Space
from gradcli.trial.scalar_range import (
    BITS,
    GENERIC,
    HALF,
    SLACK,
    ZERO,
    Between,
    ScalarRange,
    generic_between,
    shorter,
    simplest_between,
)
from gradcli.trial.scalar_range import range_of as line_of

Sizes = Mapping[str, int]
MOST_DISTINCT = 49
MANY = 10_000  # numbers that are drawn one by one
ROUND = 4  # points that are round, before random ones
WIDE, MODERATE = (-3.0, 3.0), (-1.0, 0.5)  # powers of ten
SCALES = [
    [rational(Fraction(n, 10)) for n in tenths]
    for tenths in ([10], [1, 3, 10, 30, 100], [5, 10, 20], [1, 10, 100])
]
PARTS = tuple(rational(Fraction(1, n)) for n in (3, 7))
DENOMINATORS = (3, 10, 100, 1000)
SLACKS = tuple(rational(Fraction(x)) for x in ("0.9", "0.5", "0.1", "0.01", "0.001"))


def member(space: Space) -> Space:
    """The set that a batch is a power of."""
    return Space(space.kind, space.shape[len(space.lead) :], space.scalars, space.text)


def _plain(space: Space, sizes: Sizes) -> tuple[int, ...]:
    return tuple(sized(dim, sizes) for dim in space.shape)


def draw(space: Space, sizes: Sizes, k: int, random: Random) -> Array:
    """The k-th point of a set: round for k < 4, then random; an array of the set's shape.

    Every other random one is generic: its fractions have a large prime in the denominator.

    ValueError for a set without a rational point.
    """
    shape, lead = _plain(space, sizes), len(space.lead)
    if lead and space.kind != "power":
        out = np.empty(shape, dtype=object)
        for place, at in enumerate(np.ndindex(*shape[:lead])):
            # Not all unit vectors of a batch are the same one.
            number = random.randrange(ROUND + shape[-1]) if k and space.kind == "onehot" else k
            out[at] = draw(member(space), sizes, number + place * (k == 0), random)
        return out
    if space.kind == "onehot":
        return _unit(shape[0], k)
    if space.kind == "simplex":
        return _shares(shape[0], k, random)
    if space.kind == "spd":
        return _definite(shape[0], k, random)
    line = line_of(space.scalars, sizes)
    if line.low is not None and line.high is not None and line.high < line.low:
        raise ValueError(f"{space.text} has no rational point")
    x = _entries(line, shape, k, random)
    for _ in range(20):
        if space.kind == "symmetric":
            x = np.where(np.tri(shape[0], dtype=bool), x, x.T)
        if k >= ROUND or _general(x, space.kind):
            break
        x = _entries(line, shape, k, random)
    return x


def _choice(k: int) -> Between:
    return generic_between if k >= ROUND and k % 2 == 0 else simplest_between


def _entries(line: ScalarRange, shape: tuple[int, ...], k: int, random: Random) -> Array:
    n = prod(shape)
    if k < ROUND:
        pool = line.round(k, max(min(n, MOST_DISTINCT), 3))
        if n > MOST_DISTINCT and line.low is None and line.high is None and not line.scalars.whole:
            # Sums of many must stay where functions are not yet flat.
            pool = [x / 10 for x in pool]
        flat = (pool * n)[: max(n, len(pool))]
        random.shuffle(flat)
        flat = flat[:n]
    else:
        powers, choose = MODERATE if k % 3 == 1 else WIDE, _choice(k)
        flat = [line.number(random, powers, choose) for _ in range(drawn_singly(n))]
        flat = _between(flat, n, line.scalars.whole)
    if k % 7 == 3 and n and line.special and line.special[0] not in flat:
        flat[random.randrange(n)] = random.choice(line.special[:1] if k == 3 else line.special)
    return array_of(flat, shape)


def drawn_singly(n: int) -> int:
    """How many of n numbers are drawn one by one; of more the others lie between two of them."""
    return n if n <= MANY else 2 * (isqrt(n) + 1)


def _between(drawn: list[Ball], n: int, whole: bool) -> list[Ball]:
    if len(drawn) >= n:
        return drawn
    if whole:
        return (drawn * n)[:n]
    half = len(drawn) // 2
    low, high = ([x / 2 for x in some] for some in (drawn[:half], drawn[half:]))
    return [x + y for x in low for y in high][:n]


def _general(x: Array, kind: str) -> bool:
    """No equality among the entries that a set's points do not have in general."""
    if x.size > 1 and all(x.flat[0] == y for y in x.flat):
        return False
    if x.ndim != 2 or x.shape[0] != x.shape[1] or not 1 < len(x) < 7:
        return True
    return (kind == "symmetric" or bool((x != x.T).any())) and BALL.det(x[None], 0)[0] != 0


def _unit(n: int, k: int) -> Array:
    return array_of((integer(j == k % n) for j in range(n)), (n,))


def _shares(n: int, k: int, random: Random) -> Array:
    """Positive decimals that sum to one."""
    total = 10 ** len(str(2 * n - 1)) * (1 if k < ROUND else 10)
    if _choice(k) is generic_between:
        total = GENERIC
    spread = 0.7 if k < ROUND or k % 3 == 1 else 3
    while True:
        sizes = [10 ** random.uniform(0, spread) for _ in range(n)]
        whole = sum(sizes)
        parts = [max(1, int(size / whole * total)) for size in sizes]
        parts[parts.index(max(parts))] += total - sum(parts)
        if min(parts) > 0 and (n == 1 or len(set(parts)) > 1):
            return array_of((integer(part) / total for part in parts), (n,))


def _definite(n: int, k: int, random: Random) -> Array:
    """A product of triangles of small integers, from k = 4 on with rows and columns scaled."""
    L = np.zeros((n, n), dtype=np.int64)
    for i in range(n):
        L[i, : i + 1] = [random.choice((-2, -1, 1, 2)) for _ in range(i + 1)]
    scales = [random.choice(SCALES[0 if k < ROUND else 1 + k % 3]) for _ in range(n)]
    if _choice(k) is generic_between:
        scales = [shorter(x, SLACK, generic_between) for x in scales]
    scale = array_of(scales, (n,))
    product = L @ L.T + k % 2 * np.eye(n, dtype=np.int64)
    A = array_of(map(integer, product.ravel().tolist()), (n, n))
    return A * scale * scale[:, None]


def contains(space: Space, value: Array, sizes: Sizes) -> bool | None:
    """Whether an exact array is a point of the set; None where an irrational bound is too close."""
    if value.shape != _plain(space, sizes):
        return False
    if space.kind == "power":
        verdicts = set(map(line_of(space.scalars, sizes).holds, value.flat))
        return False if False in verdicts else None if None in verdicts else True
    if lead := len(space.lead):
        each = (value[at] for at in np.ndindex(value.shape[:lead]))
        return all(contains(member(space), x, sizes) for x in each)
    if space.kind == "onehot":
        return sorted(value.flat) == [*[0] * (value.size - 1), 1]
    if space.kind == "simplex":
        return all(x > 0 for x in value) and sum(value) == 1
    return bool((value == value.T).all()) and (space.kind == "symmetric" or _positive(value))


def in_sets(values: Mapping[Node, Array], spaces: Mapping[Node, Space], sizes: Sizes) -> bool:
    """Whether exact values, each a batch of one, certainly lie in the sets of their inputs."""
    return all(contains(spaces[node], x[0, ...], sizes) for node, x in values.items())


def _positive(A: Array) -> bool:
    """Whether every pivot of a symmetric matrix is positive."""
    A = A.copy()
    work.current.spend(len(A) ** 3 // (3 * work.PLAIN), "pivots of matrices")
    for k in range(len(A)):
        if A[k, k] <= 0:
            return False
        A[k + 1 :, k + 1 :] -= A[k + 1 :, k, None] * A[k, k + 1 :] / A[k, k]
    return True


def all_points(space: Space, sizes: Sizes, most: int) -> list[Array] | None:
    """All points of a finite set, or None where there are more than so many."""
    shape = _plain(space, sizes)
    if space.kind == "onehot":
        count, n = shape[-1], prod(shape[:-1])
        if not most or n * log2(count) > log2(most):
            return None
        units = [_unit(count, k) for k in range(count)]
        return [np.array(some, dtype=object).reshape(shape) for some in product(units, repeat=n)]
    line = line_of(space.scalars, sizes)
    if space.kind != "power" or not space.scalars.whole or line.low is None or line.high is None:
        return None
    every = range(int(line.low.p), int(line.high.p) + 1, space.scalars.step)
    count, n = len(every), prod(shape)
    if not most or n * log2(max(count, 1)) > log2(most):
        return None
    numbers = [*map(integer, every)]
    return [array_of(flat, shape) for flat in product(numbers, repeat=n)]


def empty(space: Space) -> str:
    """A sentence if the set is certainly empty, else nothing."""
    for dim in space.shape:
        if not isinstance(dim, Letters) and dim < 1:
            return f"{space.text} is empty: a dimension is {dim}, it must be at least 1"
    line, s = line_of(space.scalars, {}), space.scalars
    low, high = line.bounds
    if low is None or high is None or line.low is None or line.high is None:
        return ""
    with precision(BITS):
        if lt(high, low):
            return f"{space.text} is empty: it ends below where it begins"
        if eq(low, high) and (s.low_open or s.high_open):
            return f"{space.text} is empty: it ends where it begins, and leaves that number out"
    if s.whole and line.high < line.low:
        return f"{space.text} is empty: no whole number lies in it"
    return ""


def empty_sets(spaces: Mapping[Node, Space], places: Mapping[Node, Span]) -> list[Diagnostic]:
    """What is said of declared sets that have no point."""
    return [
        Diagnostic("G014", words, place, label="there is nothing in it")
        for node, place in places.items()
        if (words := empty(spaces[node]))
    ]


def weight(value: Array) -> tuple[Any, ...]:
    """What orders arrays by roundness: digits, then signs, then sizes; large entries come first."""
    work.current.spend(value.size, "digits of numbers")
    sizes = [abs(x) for x in value.flat]
    negative = sum(x < 0 for x in value.flat)
    return sum(map(_length, sizes)), negative, sum(sizes), tuple(-x for x in sizes)


def _length(x: Ball) -> int:
    """How many characters a positive number takes: 0 none, 12 two, .5 two, 1/3 five."""
    p, q = int(x.p), int(x.q)
    places = _places(q)
    if places is None:
        return length(p) + length(q) + 3
    return (length(p // q) if p >= q else 0) + (1 + places if places else 0)


def _places(q: int) -> int | None:
    """The decimal places of fractions over q; None where no number of them is enough."""
    return next((k for k in range(q.bit_length()) if 10**k % q == 0), None)


def _decimal(x: Ball) -> bool:
    return _places(int(x.q)) is not None


def _fraction(x: Ball, most: int) -> Ball:
    """A simple fraction near a number that is no decimal: what decimals hide, thirds may show."""
    return rational(fraction(x).limit_denominator(most))


def rounder_numbers(space: Space, x: Ball, sizes: Sizes) -> list[Ball]:
    """Rounder numbers than x in a set of scalars, simplest first."""
    own = _weight_of(x)
    return [y for y in _simple(line_of(space.scalars, sizes)) if _weight_of(y) < own]


@lru_cache(maxsize=1024)
def _simple(line: ScalarRange) -> tuple[Ball, ...]:
    return tuple(sorted(dict.fromkeys(_simpler(ZERO, line)), key=_weight_of))


def _weight_of(x: Ball) -> tuple[Any, ...]:
    return _length(abs(x)), bool(x < 0), abs(x)


def rounder(space: Space, value: Array, sizes: Sizes) -> Iterator[Array]:
    """Rounder points of the same set: all entries at once first, then one at a time."""
    if (lead := len(space.lead)) and space.kind != "power":
        for at in np.ndindex(value.shape[:lead]):
            for rounded in rounder(member(space), value[at], sizes):
                candidate = value.copy()
                candidate[at] = rounded
                yield candidate
        return
    line = line_of(space.scalars, sizes)
    least = weight(value)
    whole = {tuple(x.flat): x for x in _rounder(space, line, value) if weight(x) < least}
    for candidate in sorted(whole.values(), key=weight):
        if contains(space, candidate, sizes):
            yield candidate
    if space.kind in ("onehot", "simplex"):
        return
    paired = space.kind != "power"
    heaviest = sorted(np.ndindex(value.shape), key=lambda at: -_length(abs(value[at])))
    for at in heaviest:
        for entry in sorted(_simpler(value[at], line), key=lambda x: weight(array_of([x], ()))):
            candidate = value.copy()
            candidate[at] = entry
            if paired:
                candidate[at[::-1]] = entry
            if weight(candidate) < least and (not paired or contains(space, candidate, sizes)):
                yield candidate


def _rounder(space: Space, line: ScalarRange, value: Array) -> Iterator[Array]:
    """Points near or far that are likely rounder, in the set or not."""
    shape, n = value.shape, value.size
    work.current.spend(work.DRAWN * n, "rounder numbers")
    if space.kind == "onehot":
        yield from (_unit(n, k) for k in range(n))
        return
    if space.kind == "simplex":
        yield array_of([rational(Fraction(1, n))] * n, shape)
        for total in (10, 100):
            parts = [max(integer(1), integer((x * total + HALF).floor())) / total for x in value]
            parts[parts.index(max(parts))] += 1 - sum(parts)
            yield array_of(parts, shape)
        return
    for each in dict.fromkeys(_simpler(ZERO, line)):
        yield array_of([each] * n, shape)
        if space.kind != "power":
            yield np.where(np.eye(len(value), dtype=bool), each, ZERO)
    for slack in SLACKS:
        yield array_of((shorter(x, slack) if x else x for x in value.flat), shape)
    yield array_of((integer((x + HALF).floor()) for x in value.flat), shape)
    if not all(map(_decimal, value.flat)):
        for most in DENOMINATORS:
            yield array_of((_fraction(x, most) for x in value.flat), shape)


def _simpler(x: Ball, line: ScalarRange) -> list[Ball]:
    """Candidates for one entry."""
    near = [shorter(x, slack) for slack in SLACKS] if x else []
    if not _decimal(x):
        near += [*PARTS, *(_fraction(x, most) for most in DENOMINATORS)]
    found = [ZERO, *line.special, *(y for k in range(ROUND) for y in line.round(k, 3)), *near]
    return [y for y in dict.fromkeys([*found, integer((x + HALF).floor())]) if line.holds(y)]
