"""At which pattern of its entries a refuted claim is right: on the diagonal, where i = j, inside.

Must not know how a mend is found. What is told was judged right at these entries, and only there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from math import prod

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import numbers
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import einsum, identity, mul, number, sub
from gradcli.claims import Claimed, Pair
from gradcli.diagnosis.evidence.observed import NEAR
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, WrittenCase, passes
from gradcli.errors import GradcliError
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim, Shape, add_dims, fixed, sizes_of
from gradcli.language.tree.syntax import Array as Listed
from gradcli.language.written import WrittenDerivation
from gradcli.ops.shaping import index
from gradcli.trial.trials import Trial, exists

LEAST, LARGEST, MOST_TURNS, MOST_PLACES = 3, 400, 100, 8
"""How long an axis must be to show a pattern; entries, turns of loops, and places of an axis by
their numbers that are looked at."""
SIZE = 4
POINTS = (1, 2, 4, 5)
TRIED = " (at the points tried)"

Part = Callable[[Node], Node]


@dataclass(slots=True, eq=False)
class EntryPattern:
    """Entries, or turns of a loop, at which a claim may be right: words, and where that is.

    `parts` make what stands there of an array; where none does, nothing is judged. `condition` says
    in the language which turns of a loop they are, if it can.
    """

    words: str
    right: Array
    parts: Sequence[Part] = ()
    condition: str = ""


def found(case: WrittenCase, refuted: RefutedClaim) -> EntryPattern | None:
    """Where a claim is right and where it is wrong; None where no pattern shows."""
    if isinstance(refuted.expr, Listed) or refuted.ruling.sample_space.complete:
        return None
    if refuted.ruling.pair.loop:
        return _by_turns(case, refuted)
    return _by_entries(case, refuted)


def _fitting(patterns: Iterator[EntryPattern], right: Array, live: Array) -> EntryPattern | None:
    """The pattern at which all is right and outside which all is wrong, where anything is said."""
    if right.all() or not (right & live).any():
        return None
    idle = right & ~live
    return next((p for p in patterns if ((right == p.right) | idle).all()), None)


def _agreement(trial: Trial, left: Node, right: Node) -> tuple[Array, Array]:
    """Where two sides agree at every point, and where there is anything that they say there."""
    given = {node: numbers(value, FLOAT64)[0] for node, value in trial.inputs.items()}
    a, b = evaluate([left, right], FLOAT64, given, trial.sizes)
    with np.errstate(all="ignore"):
        a, b = np.broadcast_arrays(a, b)
        finite = np.isfinite(a) & np.isfinite(b)
        same = (np.abs(a - b) <= NEAR * (np.abs(a) + np.abs(b))) | ~finite
    return same.all(axis=0), (finite & (b != 0)).any(axis=0)


# -- entries of a vector or a matrix


def _by_entries(case: WrittenCase, refuted: RefutedClaim) -> EntryPattern | None:
    claimed, space, shape = refuted.claimed, refuted.ruling.sample_space, refuted.truth.shape
    if len(shape) not in (1, 2) or shape != refuted.claim.shape:
        return None
    for sizes in space.choices():
        dims = fixed(shape, sizes)
        if min(sizes_of(dims)) >= LEAST and prod(sizes_of(dims)) <= LARGEST:
            if not exists([refuted.truth, refuted.claim], sizes):
                continue
            right, live = _agreement(space.trial(sizes, POINTS), refuted.truth, refuted.claim)
            pattern = _fitting(_patterns(shape, right.shape), right, live)
            passing = pattern is not None and all(
                passes(case, claimed, partial(_part, claimed, part)) for part in pattern.parts
            )
            return pattern if passing else None
    return None


def _part(claimed: Claimed, part: Part, derivation: WrittenDerivation) -> Claimed:
    """The claim about a part of its entries."""
    here = derivation.claims[claimed.key]
    pairs = [
        replace(p, left=part(p.left), right=part(p.right), before=None, derived=[])
        for p in here.pairs
    ]
    return replace(here, pairs=pairs)


def _patterns(shape: Shape, dims: tuple[int, ...]) -> Iterator[EntryPattern]:
    if len(shape) == 2 and shape[0] == shape[1]:
        yield from _around_the_diagonal(dims)
    if len(shape) == 1:
        yield from _along(0, shape, dims, "at", "entry", "entries")
    else:
        yield from _along(0, shape, dims, "in", "row", "rows")
        yield from _along(1, shape, dims, "in", "column", "columns")


def _around_the_diagonal(dims: tuple[int, ...]) -> Iterator[EntryPattern]:
    below = np.subtract.outer(np.arange(dims[0]), np.arange(dims[1]))
    yield EntryPattern("right on the diagonal, wrong off it", below == 0, [_diagonal])
    yield EntryPattern("right off the diagonal, wrong on it", below != 0, [_off_diagonal])
    for one, other, sign in (("below", "above", 1), ("above", "below", -1)):
        words = f"right {one} the diagonal, wrong on and {other} it{TRIED}"
        yield EntryPattern(words, sign * below > 0)
        words = f"right on and {one} the diagonal, wrong {other} it{TRIED}"
        yield EntryPattern(words, sign * below >= 0)


def _diagonal(node: Node) -> Node:
    return einsum((node,), ("aa",), "a", {})


def _off_diagonal(node: Node) -> Node:
    return mul(node, sub(number(1), identity(node.shape[:1])))


def _along(
    axis: int, shape: Shape, dims: tuple[int, ...], at: str, one: str, many: str
) -> Iterator[EntryPattern]:
    """Some places along an axis: the ends, and any one or two where their numbers are written."""
    dim, count = shape[axis], dims[axis]
    last = add_dims(dim, -1)
    some = [
        ("the first", [0]),
        ("the last", [count - 1]),
        ("the first and the last", [0, count - 1]),
    ]
    if isinstance(dim, int) and dim <= MOST_PLACES:
        some += [(str(k), [k]) for k in range(1, dim - 1)]
        some += [(f"{j} and {k}", [j, k]) for j, k in combinations(range(dim), 2)]
    for words, places in some:
        chosen = np.isin(np.arange(count), places).reshape(-1, *[1] * (len(dims) - 1 - axis))
        chosen = np.broadcast_to(chosen, dims)
        keys: list[Dim | tuple[Dim, Dim]] = [last if k == count - 1 else k for k in places]
        rest = [partial(_taken, axis, k) for k in _between(keys, dim)]
        yield EntryPattern(f"right {at} all {many} but {words}", ~chosen, rest)
        own = [partial(_taken, axis, k) for k in keys]
        called = one if len(places) == 1 else many
        called = f"{words} {called}" if words.startswith("the ") else f"{called} {words}"
        yield EntryPattern(f"right {at} {called}, wrong {at} the others", chosen, own)


def _between(places: Sequence[Dim | tuple[Dim, Dim]], dim: Dim) -> Iterator[tuple[Dim, Dim]]:
    """The ranges between places of an axis."""
    start: Dim = 0
    for place in places:
        assert not isinstance(place, tuple)
        if place != start:
            yield start, place
        start = add_dims(place, 1)
    if start != dim:
        yield start, dim


def _taken(axis: int, key: Dim | tuple[Dim, Dim], node: Node) -> Node:
    return index(node, (*((0, dim) for dim in node.shape[:axis]), key))


# -- turns of the loops around a claim


def _by_turns(case: WrittenCase, refuted: RefutedClaim) -> EntryPattern | None:
    claimed, ruling = refuted.claimed, refuted.ruling
    sizes = {name: max(size, SIZE + k) for k, (name, size) in enumerate(ruling.built.items())}
    try:
        made = case.derivation(sizes)
        space = case.sample_space(made, sizes, ruling.pair.at)
        pairs = made.claims[claimed.key].pairs
    except (GradcliError, KeyError):
        return None
    choice = next(iter(space.choices()), {}) | sizes
    nodes = [side for pair in pairs for side in pair.sides]
    if not LEAST <= len(pairs) <= MOST_TURNS or not exists(nodes, choice):
        return None
    trial = space.trial(choice, POINTS)
    seen = [[x.all() for x in _agreement(trial, *pair.sides)] for pair in pairs]
    right, live = (np.array(x) for x in zip(*seen, strict=True))
    for words, condition, holds in _turns([*pairs[0].loop]):
        places = np.array([holds(pair, pairs) for pair in pairs])
        pattern = EntryPattern(words, places, condition=condition)
        if _fitting(iter([pattern]), right, live) is not None:
            return pattern if passes(case, claimed, partial(_some, claimed, holds)) else None
    return None


Holds = Callable[[Pair, Sequence[Pair]], bool]
RELATIONS = (
    ("=", "!=", operator.eq),
    ("!=", "=", operator.ne),
    ("<", ">=", operator.lt),
    ("<=", ">", operator.le),
    (">", "<=", operator.gt),
    (">=", "<", operator.ge),
)
"""How two variables of loops may be to each other, what they are else, and whether they are."""


def _some(claimed: Claimed, holds: Holds, derivation: WrittenDerivation) -> Claimed:
    """The claim in some of its turns."""
    here = derivation.claims[claimed.key]
    return replace(here, pairs=[pair for pair in here.pairs if holds(pair, here.pairs)])


def _turns(variables: Sequence[str]) -> Iterator[tuple[str, str, Holds]]:
    """Some of the turns: words, the condition on the variables if they have one, and which."""
    if len(variables) == 2:
        a, b = variables
        for sign, against, holds in RELATIONS:
            words = f"right where {a} {sign} {b}, wrong where {a} {against} {b}"
            condition = f"{a} {'==' if sign == '=' else sign} {b}"
            yield words, condition, partial(_related, a, b, holds)
    for name in variables:
        for words, ends in (("first", [min]), ("last", [max]), ("first and the last", [min, max])):
            at = partial(_at_ends, name, ends)
            yield f"right for all {name} but the {words}", "", partial(at, False)
            yield f"right for the {words} {name}, wrong for the others", "", partial(at, True)


def _related(
    a: str, b: str, holds: Callable[[int, int], bool], pair: Pair, pairs: Sequence[Pair]
) -> bool:
    return holds(pair.loop[a], pair.loop[b])


def _at_ends(
    name: str, ends: Sequence[Callable[..., int]], inside: bool, pair: Pair, pairs: Sequence[Pair]
) -> bool:
    """Whether a variable of a loop is at an end of its range, or is not."""
    values = [p.loop[name] for p in pairs]
    return (pair.loop[name] in [end(values) for end in ends]) == inside
