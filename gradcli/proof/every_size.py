"""Proof that two sides are one function at every size: the ways in which that is tried.

Must not know how residues are compared, nor what a proof is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from gradcli.calculus.core import full, symbol
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.ops.algebra import DET, INV, det
from gradcli.proof.axes import NotSizeFree
from gradcli.proof.blocks import in_blocks
from gradcli.proof.every_size_case import EverySize, EverySizeCase
from gradcli.proof.factors import in_factors
from gradcli.proof.fixed_size import Different
from gradcli.proof.handed_on import handed_on
from gradcli.proof.inverses import MOST_VERTICES, TooLong, difference
from gradcli.proof.laws import with_laws
from gradcli.proof.needs import met, same_needs
from gradcli.proof.sorts import in_sorts
from gradcli.proof.unfolded import Unfolding
from gradcli.proof.units import with_units
from gradcli.trial.sample_space import SampleSpace

INDUCTION = "induction"
PIVOTS = 2


def every_size(pair: Pair, sample_space: SampleSpace) -> EverySize | None:
    """The proof at every size, by weights or on a grid of sizes; None where there is none."""
    if sample_space.given or sample_space.bound:
        return None
    pair, spaces = with_units(pair, sample_space.spaces)
    with suppress(NotSizeFree):
        pair, spaces = in_factors(pair, spaces) or (pair, spaces)
    pair = with_laws(pair, lambda matrix: met(pair, det(matrix)))
    case = EverySizeCase(pair, spaces, sample_space.least, sample_space.seed)
    return _by_blocks(case) or _shown(case) or _by_inverses(case)


def _shown(case: EverySizeCase) -> EverySize | None:
    found = _as_it_is(case)
    if found is None and (less := _without_shares(case)):
        case, shown = less
        more = _as_it_is(case)
        found = more and joined([more, *shown])
    return found


def _as_it_is(case: EverySizeCase) -> EverySize | None:
    # The grid is tried first: where it is of no use its first size shows that.
    return case.on_grid() or _by_weights(case)


def _by_blocks(case: EverySizeCase) -> EverySize | None:
    """Every block of the sides by itself, where axes are cut into blocks."""
    try:
        cut = in_blocks(case.pair, case.spaces)
    except NotSizeFree:
        return None
    if cut is None:
        return None
    pairs, spaces = cut
    parts = []
    for pair in pairs:
        part = _shown(EverySizeCase(pair, spaces, case.least, case.seed))
        if part is None:
            return None
        parts.append(part)
    return joined(parts)


def joined(parts: Sequence[EverySize]) -> EverySize:
    """What is shown by showing every one of its parts."""
    sizes: dict[str, tuple[int, int]] = {}
    for part in parts:
        for letter, (low, high) in part.sizes.items():
            least, most = sizes.get(letter, (low, high))
            sizes[letter] = (min(least, low), max(most, high))
    first = min(parts, key=lambda part: part.bits)
    return EverySize(first.bits - (len(parts) - 1).bit_length(), first.route, sizes)


def _without_shares(case: EverySizeCase) -> tuple[EverySizeCase, list[EverySize]] | None:
    """The case without what the largest entries are handed, where that is shown to be zero.

    So it is of an entry that is subtracted from all before a softmax.
    """
    shown: list[EverySize] = []
    idle: dict[Node, Node] = {}
    for node in case.pair.order:
        if (handed := handed_on(node)) is None:
            continue
        pair = Pair(handed, full(0, handed.shape), case.pair.relation, case.pair.derived)
        if found := _as_it_is(EverySizeCase(pair, case.spaces, case.least, case.seed)):
            idle[node] = full(0, node.shape)
            shown.append(found)
    if not idle:
        return None
    try:
        return case.put(idle), shown
    except NotSizeFree:
        return None


def _by_inverses(case: EverySizeCase) -> EverySize | None:
    """By the difference of the sides, reduced by what inverses are inverses of."""
    pair = case.pair
    if not any(node.op is INV for node in pair.order) or len(pair.order) > MOST_VERTICES:
        return None
    if not same_needs(pair, {need.expr for need in case.sizeless()} | case.definite()):
        return None
    for pivot in range(PIVOTS):
        try:
            reduced = difference(pair.left, pair.right, pivot)
        except TooLong:
            continue
        whole = Pair(reduced, full(0, reduced.shape), pair.relation, pair.derived)
        freed = [n for n in whole.order if n.op in (INV, DET)]
        instead = {n: symbol(f"regular {k}", n.shape) for k, n in enumerate(freed)}
        if found := _shown(case.instead(whole, instead)):
            return found
    return None


def _by_weights(case: EverySizeCase) -> EverySize | None:
    for flat in (False, True):
        # Sums that wait for one another may be one.
        try:
            unfolded = case.turned(Unfolding(flat), case.spaces)[0]
            return _in_sorts(unfolded) or unfolded.freed_of_positions().shown()
        except Different:
            return None
        except NotSizeFree:
            continue
    return None


def _in_sorts(case: EverySizeCase) -> EverySize | None:
    """With more letters, where axes of one have nothing to do with one another."""
    try:
        if (parted := in_sorts(case.pair, case.spaces)) is None:
            return None
        pair, sorts = parted
        least = {**case.least, **{new: case.least[old] for new, old in sorts.origin.items()}}
        found = EverySizeCase(pair, sorts.spaces, least, case.seed).freed_of_positions().shown()
    except (Different, NotSizeFree):
        return None
    if found is not None:
        sizes = [(sorts.origin.get(x, x), ends) for x, ends in found.sizes.items()]
        found.sizes = {x: ends for x, ends in sizes if x in case.least}
    return found
