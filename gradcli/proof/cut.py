"""Claims of smaller graphs that say as much: lines that were shown stand in them, what an entry is
not made of is left out, and what both sides share is an input.

Must not know how a claim is proved. What holds whatever the shared vertices are holds for what they
are; and a side is what it is with one of its vertices told as a line above tells it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from gradcli.calculus.core import INPUT, symbol
from gradcli.calculus.marked import moves
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.space import Space
from gradcli.proof.needs import left_out, needless
from gradcli.proof.picked import picked, picks
from gradcli.trial.sample_space import Known, SampleSpace


@dataclass(slots=True, eq=False, repr=False)
class Cut:
    """A pair that has less in it, where it is tried, and the `lines` that it rests on."""

    pair: Pair
    sample_space: SampleSpace
    lines: Sequence[tuple[Pair, int]]

    def certainty(self, bits: int) -> int:
        """The binary digits of certainty of what is shown with so many: any line may be wrong."""
        return min([bits, *(told for _, told in self.lines)]) - len(self.lines).bit_length()


def cuts(pair: Pair, sample_space: SampleSpace) -> Iterator[Cut]:
    """The pair without what its sides share: of all points first, then of those it is meant for."""
    told, lines = _told(pair, sample_space)
    told = _entries(told)
    for meant in (replace(told, derived=[]), told) if told.derived else (told,):
        done: dict[Node, Node] = {}
        rest = shared(*meant.sides)
        for node in rest:
            done[node] = symbol(f"shared {len(done)}", node.shape)
        if not rest and told is pair:
            return
        instead = {**done}
        # Below what is shared nothing becomes another vertex.
        rebuilt(meant.whole if meant.derived else meant.sides, same, done)
        if needless(meant, *(left_out(meant, side, done) for side in meant.sides)):
            cut = meant.freed(done, instead)
            spaces = {**sample_space.spaces}
            spaces |= {n: Space("power", n.shape) for n in instead.values()}
            inputs = {n: spaces[n] for n in cut.whole if n.op is INPUT}
            space = replace(sample_space, spaces=inputs, _trials={}, known=Known())
            yield Cut(cut, space, lines)


def _entries(pair: Pair) -> Pair:
    """The pair without what an entry is not made of: it has a value without that, too."""
    if not any(map(picks, pair.order)):
        return pair
    done: dict[Node, Node] = {}
    rebuilt(pair.sides, picked, done)
    left, right = (done[side] for side in pair.sides)
    return replace(pair, left=left, right=right)


def _told(pair: Pair, sample_space: SampleSpace) -> tuple[Pair, list[tuple[Pair, int]]]:
    """The pair with every vertex that a line was shown of as that line tells it; these lines."""
    if not sample_space.known.shown or pair.bare is not None:
        return pair, []
    there, of, kinks = {*pair.order}, {*pair.of}, {*pair.kinks}
    lines: dict[Node, tuple[Pair, int]] = {}
    for shown, bits in sample_space.known.shown:
        # It was shown where what it differentiates has a value and no kink.
        if shown.left.shape != shown.right.shape:
            continue
        if shown.left in there and of.issuperset(shown.of) and kinks.issuperset(shown.kinks):
            lines.setdefault(shown.left, (shown, bits))
    done = {left: shown.right for left, (shown, _) in lines.items()}
    if not done:
        return pair, []
    rebuilt(pair.sides, same, done)
    left, right = (done[side] for side in pair.sides)
    here = {*topological([left, right])}
    used = [(shown, bits) for shown, bits in lines.values() if shown.right in here]
    return replace(pair, left=left, right=right), used


def shared(left: Node, right: Node) -> list[Node]:
    """The vertices of both sides that nothing else of both is made of, numbers apart.

    Youngest first, every vertex is met after all that are made of it, and known to be of one side
    or of both: below what is of both nobody has to look.
    """
    sides = {left: 1} | ({right: 2} if right is not left else {left: 3})
    waiting = [(-node.age, node) for node in sides]
    heapify(waiting)
    rest = []
    while waiting:
        _, node = heappop(waiting)
        # What holds or does not is no number that may be any.
        if sides[node] == 3 and not node.op.boolean:
            rest.append(node)
            continue
        for arg in node.args:
            if arg not in sides:
                sides[arg] = 0
                heappush(waiting, (-arg.age, arg))
            sides[arg] |= sides[node]
    return [node for node in rest if node.op is not INPUT and moves(node)]
