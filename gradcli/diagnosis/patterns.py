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
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim, Shape, add_dims, fixed, sizes_of
from gradcli.language.tree.syntax import Array as Listed
from gradcli.language.written import WrittenDerivation
from gradcli.ops.shaping import index
from gradcli.trial.trials import Trial, exists

LEAST, LARGEST, MOST_TURNS, MOST_PLACES = 3, 400, 100, 8
"""How long an axis must be to show a pattern; entries, turns of loops, and places of an axis by
their numbers that are looked at."""
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


def _agreement(
    trial: Trial, pairs: Sequence[Pair]
) -> Iterator[tuple[Array, Array]]:  # fmt: skip
    """Where the sides of each agree at every point, and where there is anything that they say."""
    given = {node: numbers(value, FLOAT64)[0] for node, value in trial.inputs.items()}
    values = iter(evaluate([s for pair in pairs for s in pair.sides], FLOAT64, given, trial.sizes))
    with np.errstate(all="ignore"):
        for a, b in zip(values, values, strict=True):
            finite = np.isfinite(a) & np.isfinite(b)
            same = (np.abs(a - b) <= NEAR * (np.abs(a) + np.abs(b))) | ~finite
            yield same.all(axis=0), (finite & (b != 0)).any(axis=0)


def _made(case: WrittenCase, refuted: RefutedClaim) -> Iterator[tuple[list[Pair], Trial]]:
    """The claim at the sizes at which its graphs are there already: none is made for a pattern."""
    ruling, key = refuted.ruling, refuted.claimed.key
    for built in case.sizes if ruling.built else [ruling.built]:
        made = case.derivation(built)
        if key not in made.claims:
            continue
        space, pairs = case.sample_space(made, built, ruling.pair.at), made.claims[key].pairs
        for sizes in space.choices():
            if not all(pair.fits(sizes) for pair in pairs):
                continue
            if exists([side for pair in pairs for side in pair.sides], sizes):
                yield pairs, space.trial(sizes, POINTS)


# -- entries of a vector or a matrix


def _by_entries(case: WrittenCase, refuted: RefutedClaim) -> EntryPattern | None:
    claimed, shape = refuted.claimed, refuted.truth.shape
    if len(shape) not in (1, 2) or shape != refuted.claim.shape:
        return None
    for pairs, trial in _made(case, refuted):
        shape = pairs[0].left.shape
        dims = sizes_of(fixed(shape, trial.sizes))
        if min(dims) >= LEAST and prod(dims) <= LARGEST:
            ((right, live),) = _agreement(trial, pairs)
            numbered = not refuted.ruling.built
            pattern = _fitting(_patterns(shape, dims, numbered), right, live)
            passing = pattern is not None and all(
                passes(case, claimed, partial(_part, claimed, part)) for part in pattern.parts
            )
            return pattern if passing else None
    return None


def _part(claimed: Claimed, part: Part, derivation: WrittenDerivation) -> Claimed:
    """The claim about a part of its entries; of an array without these it says nothing."""
    here = derivation.claims[claimed.key]
    pairs = [
        replace(p, left=part(p.left), right=part(p.right), before=None, derived=[])
        for p in here.pairs
        if all(not isinstance(dim, int) or dim >= LEAST for dim in p.left.shape)
    ]
    return replace(here, pairs=pairs)


def _patterns(shape: Shape, dims: tuple[int, ...], numbered: bool) -> Iterator[EntryPattern]:
    """Patterns of an array, some places by their numbers where its sizes were written."""
    if len(shape) == 2 and shape[0] == shape[1]:
        yield from _around_the_diagonal(dims)
    if len(shape) == 1:
        yield from _along(0, shape, dims, numbered, "at", "entry", "entries")
    else:
        yield from _along(0, shape, dims, numbered, "in", "row", "rows")
        yield from _along(1, shape, dims, numbered, "in", "column", "columns")


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


Stretch = tuple[int, int]
"""Places along an axis, the end exclusive: a negative start and an end of 0 and less are counted
from the end of the axis."""


def _along(
    axis: int, shape: Shape, dims: tuple[int, ...], numbered: bool, at: str, one: str, many: str
) -> Iterator[EntryPattern]:
    """Some places along an axis: the ends, and any one or two where their numbers are written."""
    dim, count = shape[axis], dims[axis]
    some = [("the first", [0]), ("the last", [count - 1])]
    if not (few := numbered and isinstance(dim, int) and dim <= MOST_PLACES) or count > LEAST:
        # Between two of three there is one, which has a number.
        some.append(("the first and the last", [0, count - 1]))
    if few:
        some += [(str(k), [k]) for k in range(1, count - 1)]
        some += [(f"{j} and {k}", [j, k]) for j, k in combinations(range(count), 2)]
    for words, places in some:
        chosen = np.isin(np.arange(count), places).reshape(-1, *[1] * (len(dims) - 1 - axis))
        chosen = np.broadcast_to(chosen, dims)
        own = [(-1, 0) if k == count - 1 else (k, k + 1) for k in places]
        rest = [partial(_taken, axis, each) for each in _between(own)]
        yield EntryPattern(f"right {at} all {many} but {words}", ~chosen, rest)
        called = one if len(places) == 1 else many
        called = f"{words} {called}" if words.startswith("the ") else f"{called} {words}"
        parts = [partial(_taken, axis, each) for each in own]
        yield EntryPattern(f"right {at} {called}, wrong {at} the others", chosen, parts)


def _between(places: Sequence[Stretch]) -> Iterator[Stretch]:
    """The stretches between some."""
    start = 0
    for first, end in places:
        if first != start:
            yield start, first
        start = end
    if start:
        yield start, 0


def _taken(axis: int, places: Stretch, node: Node) -> Node:
    dim, (start, end) = node.shape[axis], places
    first: Dim = start if start >= 0 else add_dims(dim, start)
    key = first, end if end > 0 else add_dims(dim, end)
    return index(node, (*((0, dim) for dim in node.shape[:axis]), key))


# -- turns of the loops around a claim


def _by_turns(case: WrittenCase, refuted: RefutedClaim) -> EntryPattern | None:
    claimed = refuted.claimed
    seen = ((p, t) for p, t in _made(case, refuted) if LEAST <= len(p) <= MOST_TURNS)
    pairs, trial = next(((p, t) for p, t in seen if _shows(p)), ([], None))
    if trial is None:
        return None
    each = [[x.all() for x in both] for both in _agreement(trial, pairs)]
    right, live = (np.array(x) for x in zip(*each, strict=True))
    for words, condition, holds in _turns(pairs, numbered=not refuted.ruling.built):
        places = np.array([holds(pair, pairs) for pair in pairs])
        pattern = EntryPattern(words, places, condition=condition)
        if _fitting(iter([pattern]), right, live) is not None:
            return pattern if passes(case, claimed, partial(_some, claimed, holds)) else None
    return None


def _shows(pairs: Sequence[Pair]) -> bool:
    """Whether every variable of the loops has values enough for a pattern."""
    return all(len({p.loop[name] for p in pairs}) >= LEAST for name in pairs[0].loop)


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


def _turns(pairs: Sequence[Pair], numbered: bool) -> Iterator[tuple[str, str, Holds]]:
    """Some of the turns: words, the condition on the variables if they have one, and which.

    Where the ends of loops are written as numbers, single turns by theirs.
    """
    variables = [*pairs[0].loop]
    if len(variables) == 2:
        a, b = variables
        for sign, against, holds in RELATIONS:
            words = f"right where {a} {sign} {b}, wrong where {a} {against} {b}"
            condition = f"{a} {'==' if sign == '=' else sign} {b}"
            yield words, condition, partial(_related, a, b, holds)
    for name in variables:
        values = sorted({pair.loop[name] for pair in pairs})
        few = numbered and len(values) <= MOST_PLACES
        for words, ends in (("first", [min]), ("last", [max]), ("first and the last", [min, max])):
            # Between two of three there is one, which has a number.
            if not (few and len(ends) == len(values) - 1):
                at = partial(_at_ends, name, ends)
                yield f"right for all {name} but the {words}", "", partial(at, False)
                yield f"right for the {words} {name}, wrong for the others", "", partial(at, True)
        for value in values[1:-1] if few else ():
            here = partial(_at_value, name, value)
            yield f"right for all {name} but {value}", "", partial(here, False)
            yield f"right for {name} = {value}, wrong for the others", "", partial(here, True)


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


def _at_value(name: str, value: int, inside: bool, pair: Pair, pairs: Sequence[Pair]) -> bool:
    return (pair.loop[name] == value) == inside
