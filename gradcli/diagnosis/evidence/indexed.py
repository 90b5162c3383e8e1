"""Entries of arrays and members of families by the variables at hand: `x[i]`, `X[k, i]`, `h[t-1]`.

Must not know mistakes, nor what the entries are wanted for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import INPUT
from gradcli.diagnosis.evidence.observed import Observed
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim
from gradcli.language.tree.build import NOWHERE, binary, name, number
from gradcli.language.tree.syntax import Expr, Index, Name

STEPS = (0, -1, 1)
FAR = (0, -1, 1, -2, 2)
MOST_REVERSED = 9
"""The largest number that an index is counted down from."""
MEMBER = re.compile(r"(\w+)\[(\d+)\]")


class IndexedEntry(NamedTuple):
    """An entry or a member: as it is written, its values (points, *turns, *rest), how odd it is."""

    tree: Expr
    values: Array
    cost: float


class IndexPlace(NamedTuple):
    """What an index may be: as it is written, and its value in every turn."""

    tree: Expr
    values: Array
    cost: float


def entries(
    refuted: RefutedClaim, evidence: Observed, turns: Mapping[str, int], rest: tuple[int, ...]
) -> Iterator[IndexedEntry]:
    """All entries that are arrays of the shape `rest`, by the variables of loops and of folds.

    `turns` says how far each variable of a fold goes.
    """
    around = refuted.ruling.pair.loop
    if not around and not turns:
        return
    single = [*_single(around, turns)]
    pairs = [*_sums(around, turns)]
    for text, value in _arrays(refuted, evidence).items():
        axes = value.ndim - 1 - len(rest)
        if value.shape[1 + max(axes, 0) :] != rest:
            continue
        if axes == 1:
            chosen: list[tuple[IndexPlace, ...]] = [(p,) for p in (*single, *pairs)]
        elif axes == 2:
            near = [p for p in single if p.cost <= 0.5]
            chosen = [*permutations(near, 2)]
        else:
            continue
        for places in chosen:
            taken = _taken(value, [p.values for p in places])
            if taken is not None:
                tree = Index(NOWHERE, Name(NOWHERE, text), tuple(p.tree for p in places))
                yield IndexedEntry(tree, taken, 0.9 + sum(p.cost for p in places))
        if axes == 1:
            yield from _differences(text, value, single)


def _differences(text: str, value: Array, single: list[IndexPlace]) -> Iterator[IndexedEntry]:
    """What an entry is more than the one before it."""
    for k, place in enumerate(single):
        for other in single[:k]:
            both = _taken(value, [place.values]), _taken(value, [other.values])
            if both[0] is not None and both[1] is not None:
                first, second = (
                    Index(NOWHERE, Name(NOWHERE, text), (p.tree,)) for p in (place, other)
                )
                cost = 1.2 + place.cost + other.cost
                yield IndexedEntry(binary("-", first, second), both[0] - both[1], cost)


def _single(around: Mapping[str, int], turns: Mapping[str, int]) -> Iterator[IndexPlace]:
    for variable, values in _variables(around, turns):
        for step in STEPS:
            yield IndexPlace(_moved(name(variable), step), values + step, 0.4 * abs(step))


def _sums(around: Mapping[str, int], turns: Mapping[str, int]) -> Iterator[IndexPlace]:
    known = [*_variables(around, turns)]
    for b, y in known:
        for step in range(1, MOST_REVERSED + 1):
            yield IndexPlace(binary("-", number(step), name(b)), step - y, 1.0)
    for (a, x), (b, y) in permutations(known, 2):
        for step in FAR:
            if a < b:
                tree = binary("+", name(a), name(b))
                yield IndexPlace(_moved(tree, step), x + y + step, 1.0 + 0.3 * abs(step))
            first = _moved(name(a), step)
            yield IndexPlace(binary("-", first, name(b)), x - y + step, 1.0 + 0.3 * abs(step))


def _variables(around: Mapping[str, int], turns: Mapping[str, int]) -> Iterator[tuple[str, Array]]:
    for axis, (variable, count) in enumerate(turns.items()):
        yield (
            variable,
            np.arange(count).reshape([-1 if k == axis else 1 for k in range(len(turns))]),
        )
    for variable, value in around.items():
        if variable not in turns:
            yield variable, np.full([1] * len(turns), value)


def entry_at(place: int, loop: Mapping[str, int]) -> Expr:
    """An index by the variable of a loop that is nearest to it, the innermost of several."""
    variable = min(reversed([*loop]), key=lambda each: abs(place - loop[each]))
    return _moved(name(variable), place - loop[variable])


def _moved(expr: Expr, step: int) -> Expr:
    return binary("+" if step > 0 else "-", expr, number(abs(step))) if step else expr


def _taken(value: Array, places: list[Array]) -> Array | None:
    """The entries at these places, NaN where there are none; None where there are none at all."""
    inside = np.ones(np.broadcast_shapes(*(p.shape for p in places)), dtype=bool)
    for axis, place in enumerate(places):
        inside = inside & (place >= 0) & (place < value.shape[axis + 1])
    if not inside.any():
        return None
    clipped = [np.clip(p, 0, value.shape[k + 1] - 1) for k, p in enumerate(places)]
    index: tuple[Any, ...] = (slice(None), *np.broadcast_arrays(*clipped))
    found = value[index]
    missing = ~inside.reshape(1, *inside.shape, *[1] * (found.ndim - 1 - inside.ndim))
    return np.where(missing, np.nan, found)


def _arrays(refuted: RefutedClaim, evidence: Observed) -> dict[str, Array]:
    """Arrays by the names of the derivation, and families as arrays of their members."""
    found: dict[str, Array] = {}
    known = {n: str(n.params[0]) for n in refuted.ruling.sample_space.spaces if n.op is INPUT}
    members: dict[str, dict[int, Array]] = {}
    vertices = {n: x for x, n in refuted.derivation.vertices.items() if n in refuted.names}
    evidence.see([*known, *vertices])
    for node, text in (known | vertices).items():
        if node not in evidence.values:
            continue
        value = evidence.of(node)
        if match := MEMBER.fullmatch(text):
            members.setdefault(match[1], {})[int(match[2])] = value
        elif value.ndim > 1:
            found[text] = value
    for family, values in members.items():
        if len({v.shape for v in values.values()}) == 1:
            one = next(iter(values.values()))
            rows = [values.get(k, np.full_like(one, np.nan)) for k in range(max(values) + 1)]
            found[family] = np.stack(rows, axis=1)
    return found
