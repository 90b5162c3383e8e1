"""Stronger claims, of smaller graphs: lines that were shown stand in it, and what both sides share
is an input.

Must not know how a claim is proved. What holds whatever the shared vertices are holds for what they
are; and a side is what it is with one of its vertices told as a line above tells it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gradcli.calculus.core import INPUT, symbol
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.space import Space
from gradcli.proof.needs import left_out, needless
from gradcli.trial.sample_space import Known, SampleSpace


@dataclass(slots=True, eq=False, repr=False)
class Cut:
    """A pair that has less in it, where it is tried, and the `lines` that it rests on."""

    pair: Pair
    sample_space: SampleSpace
    lines: Sequence[tuple[Pair, int]]


def cuts(pair: Pair, sample_space: SampleSpace) -> Iterator[Cut]:
    """The pair without what its sides share: of all points first, then of those it is meant for."""
    told, lines = _told(pair, sample_space)
    for meant in (replace(told, derived=[]), told) if told.derived else (told,):
        done: dict[Node, Node] = {}
        drawn = dict(sample_space.spaces)
        rest = _shared(meant)
        for node in rest:
            done[node] = new = symbol(f"shared {len(done)}", node.shape)
            drawn[new] = Space("power", node.shape)
        if not (rest or lines):
            return
        instead = {**done}
        rebuilt(meant.whole, same, done)
        if needless(meant, *(left_out(side, done) for side in meant.sides)):
            space = replace(sample_space, spaces=drawn, _trials={}, known=Known())
            yield Cut(meant.freed(done, instead), space, lines)


def _told(pair: Pair, sample_space: SampleSpace) -> tuple[Pair, list[tuple[Pair, int]]]:
    """The pair with every vertex that a line was shown of as that line tells it; these lines."""
    there, of, kinks = {*pair.order}, {*pair.of}, {*pair.kinks}
    lines: dict[Node, tuple[Pair, int]] = {}
    for shown, bits in sample_space.known.shown:
        # It was shown where what it differentiates has a value and no kink.
        if shown.left.shape != shown.right.shape:
            continue
        if shown.left in there and of.issuperset(shown.of) and kinks.issuperset(shown.kinks):
            lines.setdefault(shown.left, (shown, bits))
    done = {left: shown.right for left, (shown, _) in lines.items()}
    if not done or pair.bare is not None:
        return pair, []
    rebuilt(pair.sides, same, done)
    left, right = (done[side] for side in pair.sides)
    here = {*topological([left, right])}
    used = [(shown, bits) for shown, bits in lines.values() if shown.right in here]
    return replace(pair, left=left, right=right), used


def _shared(pair: Pair) -> list[Node]:
    """The vertices of both sides that nothing else of both is made of, numbers apart."""
    orders = [{*topological([side])} for side in pair.sides]
    # What holds or does not is no number that may be any.
    both = {node for node in orders[0] & orders[1] if not node.op.boolean}
    users = [node for order in orders for node in order if node not in both]
    rest = {arg for node in users for arg in node.args if arg in both} | ({*pair.sides} & both)
    depends: dict[Node, bool] = {}
    for node in topological([*rest]):
        depends[node] = node.op is INPUT or any(depends[arg] for arg in node.args)
    return [node for node in rest if depends[node] and node.op is not INPUT]
