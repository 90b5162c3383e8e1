"""Generic points of declared sets: residues for the inputs, and the ranges their entries lie in.

Must not know what is to be proved at them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import inf, prod

import numpy as np

from gradcli import work
from gradcli.arithmetic.ball import Ball
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.ends import End
from gradcli.arithmetic.measure import bracket, fraction, is_exact
from gradcli.arithmetic.ranges import Range, between
from gradcli.arithmetic.small_array import array_of
from gradcli.graph.node import Node
from gradcli.graph.shape import sized
from gradcli.graph.space import Space
from gradcli.proof.exponentials import number
from gradcli.proof.residue import Residue
from gradcli.proof.residue_run import Run
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.sampling import all_points
from gradcli.trial.scalar_range import range_of
from gradcli.trial.trials import Point, Sizes

MOST_CHOICES = 64


def ranges(spaces: Mapping[Node, Space], given: Point, sizes: Sizes) -> dict[Node, Array]:
    """For each input its range, entry by entry; a batch of one."""
    found = {}
    for node, space in spaces.items():
        shape = tuple(sized(dim, sizes) for dim in space.shape)
        if node in given:
            # A given number is what it is: of its sign nothing more is needed than that.
            entries = [_around(x) for x in given[node][0, ...].flat]
        else:
            low, high, low_open, high_open = _ends(space, shape, sizes)
            work.current.spend(work.RANGE * prod(shape), "ranges of entries")
            entries = [between(low, high, low_open, high_open) for _ in range(prod(shape))]
        found[node] = _array(entries, shape)
    return found


def known_ranges(sample_space: SampleSpace, sizes: Sizes) -> dict[Node, Array]:
    """The ranges of the inputs, and of all that was asked for at these sizes before."""
    known, key = sample_space.known.ranges, tuple(sorted(sizes.items()))
    if key not in known:
        known[key] = ranges(sample_space.spaces, {**sample_space.near, **sample_space.given}, sizes)
    return known[key]


def _ends(space: Space, shape: tuple[int, ...], sizes: Sizes) -> tuple[End, End, bool, bool]:
    if space.kind == "simplex" and space.scalars.low is None:
        return Fraction(0), Fraction(1), True, shape[-1] > 1
    if space.kind == "onehot":
        return Fraction(0), Fraction(1), False, False
    if space.kind in ("symmetric", "spd"):
        return -inf, inf, True, True
    scalars = space.scalars
    low, high = range_of(scalars, sizes).bounds
    return (
        -inf if low is None else _end(low, 0),
        inf if high is None else _end(high, 1),
        low is None or scalars.low_open,
        high is None or scalars.high_open,
    )


def _end(x: object, side: int) -> End:
    return fraction(bracket(x)[side])


def _around(x: Ball) -> Range:
    try:
        low, high = map(fraction, bracket(x))
    except OverflowError:
        return between(Fraction(0) if x > 0 else -inf, Fraction(0) if x < 0 else inf, True, True)
    return between(low, high, False, False)


def _array(entries: Sequence[object], shape: tuple[int, ...]) -> Array:
    return array_of(entries, (1, *shape))


def choices(
    spaces: Mapping[Node, Space], given: Point, sizes: Sizes, indices: Collection[Node]
) -> Iterator[dict[Node, Array]]:
    """Every unit vector and every one of the `indices`, which no generic number stands for.

    All combinations, as long as they are few.
    """
    single = {
        node: all_points(space, sizes, MOST_CHOICES)
        for node, space in spaces.items()
        if (space.kind == "onehot" or node in indices) and node not in given
    }
    found = {node: points for node, points in single.items() if points is not None}
    if len(found) < len(single) or prod(map(len, found.values())) > MOST_CHOICES:
        return
    for points in product(*found.values()):
        yield dict(zip(found, points, strict=True))


def generic_point(
    spaces: Mapping[Node, Space],
    given: Point,
    sizes: Sizes,
    run: Run,
    positive: Collection[Node],
    chosen: Mapping[Node, Array],
) -> dict[Node, Array] | None:
    """A generic point, a batch of one; None where a given value is no rational.

    The `positive` inputs are powers of a generator, so that they have logarithms and roots.
    """
    found: dict[Node, Array] = {}
    for node, space in spaces.items():
        if node in given:
            values = [*given[node][0, ...].flat]
            if not all(map(is_exact, values)):
                return None
            entries = [number(fraction(x)) for x in values]
            found[node] = _array(entries, given[node].shape[1:])
            continue
        shape = tuple(sized(dim, sizes) for dim in space.shape)
        if node in chosen:
            found[node] = _array([number(fraction(x)) for x in chosen[node].flat], shape)
            continue
        work.current.spend(work.DRAWN * prod(shape), "residues that are drawn")
        drawn = [_drawn(run, node, k, node in positive) for k in range(prod(shape))]
        if space.kind == "simplex":
            n = shape[-1]
            for end in range(n - 1, len(drawn), n):
                drawn[end] = sum((-x for x in drawn[end + 1 - n : end]), number(Fraction(1)))
        value = _array(drawn, shape)
        if space.kind in ("symmetric", "spd"):
            half = np.tri(shape[-1], dtype=bool)
            value = np.where(half, value, np.swapaxes(value, -1, -2))
        found[node] = value
    for node in given:
        if node not in spaces:
            return None
    return found


def _drawn(run: Run, node: Node, k: int, positive: bool) -> Residue:
    drawn = run.draw("input", node.params[0], k)
    return run.power_of(drawn) if positive else drawn
