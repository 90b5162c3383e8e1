"""The Taylor test of a claim that was judged: which derivative it claims, and where it is tried.

Must not know how remainders are found, nor how they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.calculus.derivative import Derived, denominator_layout
from gradcli.claims import Derivation, Key, Pair
from gradcli.graph.node import Node
from gradcli.judge.tester import Ruling
from gradcli.trial.remainders import Remainders, remainders
from gradcli.trial.trials import Trial, exists

POINTS = (4, 5, 6, 7)
"""Drawn ones: at round points a remainder often is zero by chance."""


def taylor(derivation: Derivation, key: Key, ruling: Ruling) -> Remainders | None:
    """The test where the claim was refuted, else at a drawn point.

    None where the left side is no derivative, or no point near by has values.
    """
    pairs = derivation.claims[key].pairs if key in derivation.claims else []
    pair = next((p for p in pairs if p.loop == ruling.pair.loop), None)
    if pair is None or pair.relation.sign != "=" or pair.relation.literals:
        return None
    found = _claimed(pair)
    if found is None or ruling.why == "shape":
        return None
    tests = (remainders(*found, trial, row) for trial, row in _places(ruling, pair))
    return next((test for test in tests if test is not None), None)


def _claimed(pair: Pair) -> tuple[Derived, Node] | None:
    """The derivative that the left side is, and what is claimed in its place."""
    for each in pair.derived:
        if each.node is pair.left:
            return each, pair.right
        y, x = each.of.shape, each.by.shape
        if denominator_layout(each.node, y, x) is pair.left:
            return each, denominator_layout(pair.right, x, y)
    return None


def _places(ruling: Ruling, pair: Pair) -> Iterator[tuple[Trial, int]]:
    if ruling.row is not None and ruling.verdict == "refuted":
        yield ruling.row.trial, ruling.row.place
        return
    space = ruling.sample_space
    sizes = next((s for s in space.choices() if exists([*pair.sides, *pair.of], s)), None)
    if sizes is not None:
        trial = space.trial(sizes, POINTS)
        yield from ((trial, row) for row in range(trial.count))
