"""Proof that two sides are one function, or that one is zero at a point: equal residues, all signs.

Must not know how balls are compared, nor at which point sides differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import Value, numbers
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.ranges import RANGES
from gradcli.calculus.core import INPUT, number
from gradcli.certify.definedness import at_rest, evaluated, live
from gradcli.claims import Pair, Relation
from gradcli.graph.node import Node, make
from gradcli.graph.order import more_than, topological
from gradcli.graph.space import Space
from gradcli.ops.algebra import INV, SOLVE
from gradcli.ops.powers import POWER
from gradcli.proof.cut import cuts
from gradcli.proof.fixed_size import CERTAIN, Certain, Different, FixedSizeProof, Nowhere, beyond
from gradcli.proof.generic import known_ranges
from gradcli.proof.lettered import large_sizes, lettered
from gradcli.proof.relaxed import relaxed
from gradcli.trial.sample_space import SampleSpace

if TYPE_CHECKING:
    from gradcli.proof.every_size_case import EverySize

WORK, MOST_WORK, MUCH, MANY = 20_000, 100_000, 100, 100
"""Operations that a proof at one choice of sizes may take, all of them together, and those beyond
which smaller graphs are tried first: letters in the place of the sizes that are written, inputs in
that of what both sides share; vertices beyond which that is done where there are no letters."""
LARGE = 6
"""One of the sizes is as large: what vanishes at sizes 1 to 5 is no identity."""


@dataclass(slots=True, eq=False, repr=False)
class Proof:
    """An identity shown at these sizes, wrong with a chance of less than 2 to the minus `bits`.

    `every` is how it was shown at all others, where it was.
    """

    bits: int
    sizes: list[dict[str, int]]
    every: EverySize | None = None


@dataclass(slots=True, eq=False, repr=False)
class Differs:
    """Two different functions, at these sizes: at nearly every point of the sets where both have a
    value they differ."""

    sizes: dict[str, int]


def proof(pair: Pair, sample_space: SampleSpace) -> Proof | Differs | None:
    """That both sides are the same function on the declared sets, or certainly not; else None.

    By random residues: W. A. Martin (1971, "Determining the equivalence of algebraic expressions by
    hash coding"), with exponentials as powers of a generator: G. H. Gonnet (1984, "Determining
    equivalence of expressions in random polynomial time").
    """
    if pair.relation.sign != "=":
        return None
    much = _takes_much(pair, sample_space)
    shorter = (_by_cuts, _by_letters, _by_laws)
    at_sizes: Proof | None = None
    for attempt in (*shorter, _as_written) if much else (_as_written, *shorter):
        if at_sizes is not None and attempt is not _by_letters and not sample_space.free:
            continue
        found = attempt(pair, sample_space)
        if not isinstance(found, Proof):
            if found is not None:
                return found
            continue
        if at_sizes is not None:
            found = Proof(min(found.bits, at_sizes.bits), at_sizes.sizes, found.every)
        if found.every is not None:
            sample_space.known.shown.append((pair, found.bits))
            return found
        at_sizes = found
    return at_sizes


def _takes_much(pair: Pair, sample_space: SampleSpace) -> bool:
    """Whether smaller graphs are tried before the pair as it is written."""
    if not sample_space.free and more_than(MANY, pair.sides):
        return True
    sizes = next((s for s in sample_space.choices() if sample_space.exist(pair.sides, s)), None)
    return sizes is not None and sample_space.work(topological(pair.sides), sizes) > MUCH


def _as_written(pair: Pair, sample_space: SampleSpace) -> Proof | Differs | None:
    if (freed := relaxed(pair, sample_space)) and isinstance(found := _shown(*freed), Proof):
        if sample_space.free and found.every is None:
            _at_every_size(found, pair, sample_space)
        return found
    return _shown(pair, sample_space)


def _at_every_size(found: Proof, pair: Pair, sample_space: SampleSpace) -> None:
    from gradcli.proof.every_size import every_size  # noqa: PLC0415 seldom asked

    found.every = every_size(pair, sample_space)
    if found.every is not None:
        found.bits = min(found.bits, found.every.bits)


def _by_cuts(pair: Pair, sample_space: SampleSpace) -> Proof | None:
    """At every size, with the lines above and whatever both sides share."""
    if sample_space.given or sample_space.near:
        return None
    from gradcli.proof.every_size import every_size  # noqa: PLC0415 seldom asked

    for cut in cuts(pair, sample_space):
        found: Proof | Differs | None
        if sample_space.free:
            every = every_size(cut.pair, cut.sample_space)
            found = Proof(every.bits, [], every) if every else None
        else:
            found = _as_written(cut.pair, cut.sample_space)
        if isinstance(found, Proof):
            found.bits = cut.certainty(found.bits)
            if found.every is not None:
                found.every.bits = found.bits
            return found
    return None


def _by_laws(pair: Pair, sample_space: SampleSpace) -> Proof | None:
    """At every size, for what one size cannot show: that a matrix is regular."""
    if not sample_space.free or not any(node.op in (INV, SOLVE) for node in pair.order):
        return None
    found = Proof(CERTAIN, [])
    _at_every_size(found, pair, sample_space)
    return Proof(found.every.bits, [], found.every) if found.every else None


def _by_letters(pair: Pair, sample_space: SampleSpace) -> Proof | None:
    """At every size, and so at those that are written."""
    if not large_sizes(pair):
        return None
    for general in lettered(pair, sample_space):
        shown = _as_written(*general)
        if isinstance(shown, Proof) and shown.every is not None:
            return Proof(shown.bits, [], shown.every)
    return None


def _shown(pair: Pair, sample_space: SampleSpace) -> Proof | Differs | None:
    """The same for the pair as it is."""
    bits: list[int] = []
    shown: list[dict[str, int]] = []
    work, attempt = 0, None
    for sizes in _in_turn(sample_space):
        if _enough(shown, sample_space):
            break
        if sizes in shown or not sample_space.dimensions.allow(sizes):
            continue
        if _large(shown, sample_space) and sample_space.variety(
            [*shown, sizes]
        ) == sample_space.variety(shown):
            continue
        if sizes and not sample_space.exist([*pair.sides, *pair.of], sizes):
            continue
        here = sample_space.work(pair.order, sizes)
        if here > WORK or work + here > MOST_WORK:
            continue
        work += here
        if beyond(pair, sample_space, sizes, here):
            continue
        if _of_any_base(pair, sample_space, sizes):
            return None
        try:
            attempt = FixedSizeProof(pair, sample_space, sizes, here, attempt)
            found = attempt.bits()
        except Nowhere:
            continue
        except Certain:
            return Differs(sizes)
        except Different:
            return None
        if found is not None:
            bits.append(found)
            shown.append(sizes)
    if not _enough(shown, sample_space):
        return None
    found_proof = Proof(min(bits), [s for s in shown if s])
    if sample_space.free:
        _at_every_size(found_proof, pair, sample_space)
    return found_proof


def _of_any_base(pair: Pair, sample_space: SampleSpace, sizes: dict[str, int]) -> bool:
    """Whether a base that may be negative has an exponent that may be whole.

    Residues are read with exponents that are not, to which a negative base has no power.
    """
    pinned = {n for n, space in sample_space.spaces.items() if space.scalars.whole}
    pinned |= sample_space.given.keys()
    for node in pair.order:
        if node.op is POWER and {n for n in topological([node.args[1]]) if n.op is INPUT} <= pinned:
            ranges = {**known_ranges(sample_space, sizes)}
            base = evaluate([node.args[0]], RANGES, ranges, sizes)[0]
            if not all(x.meets(">= 0") for x in base.flat):
                return True
    return False


def _in_turn(sample_space: SampleSpace) -> Iterator[dict[str, int]]:
    """Unequal sizes first, then all ones, then one letter above five, then what else there is."""
    first, *others = sample_space.choices()
    yield first
    yield from (sizes for sizes in others if sizes and max(sizes.values()) == 1)
    free = sample_space.free
    for small in (2, 1):
        for letter in free:
            yield {x: sample_space.bound.get(x, small) for x in sample_space.letters} | {
                letter: LARGE
            }
    yield from others
    yield from sample_space.further()


def _enough(sizes: list[dict[str, int]], sample_space: SampleSpace) -> bool:
    """Whether they are enough to be stated, one above five, unless a point fixes them all."""
    return bool(sizes) and _large(sizes, sample_space) and sample_space.enough(sizes)


def _large(sizes: list[dict[str, int]], sample_space: SampleSpace) -> bool:
    free = [x for x in sample_space.free if sample_space.reaches(x, LARGE)]
    return not free or any(s[x] >= LARGE for s in sizes for x in free)


def vanishing(node: Node, point: Mapping[Node, Value], fixed: Mapping[Node, Array]) -> int | None:
    """The binary digits of certainty that a graph is zero at a point; None where it is not shown.

    Residues are drawn for the inputs first: where the graph is zero as a function, with the signs
    that its switches have at the point and thus round it. What is zero there alone is so for the
    residues of the point itself. `fixed` are inputs that are never drawn.
    """
    known = {**fixed}
    for n, value in point.items():
        known[n] = (
            evaluate([value], BALL, {})[0] if isinstance(value, Node) else numbers(value, BALL)
        )
    values = evaluated([node], known)
    resting, open_ = at_rest(live(node, values), values)
    if resting or open_:
        return None
    there = _put(node, {n: x for n, x in point.items() if isinstance(x, Node)})
    for graph, given in ((node, {*fixed}), (there, {*known})):
        inputs = [n for n in topological([graph]) if n.op is INPUT]
        sample_space = SampleSpace(
            {n: Space("power", n.shape) for n in inputs},
            [],
            {n: known[n] for n in inputs if n in given},
            near={n: known[n] for n in inputs},
        )
        found = proof(Pair(graph, number(0), Relation(), []), sample_space)
        if isinstance(found, Proof):
            return found.bits
    return None


def _put(node: Node, closed: Mapping[Node, Node]) -> Node:
    """The graph with closed expressions in the place of inputs."""
    made: dict[Node, Node] = dict(closed)
    for n in topological([node]):
        if n not in made:
            args = [made[arg] for arg in n.args]
            made[n] = make(n.op, *args, params=n.params) if args else n
    return made[node]
