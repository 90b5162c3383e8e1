"""Our own derivatives held against series, each once for all claims of a derivation.

Must not know how series are made, nor what a claim says of a derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradcli.calculus.derivative import Derived
from gradcli.claims import Claimed, Derivation
from gradcli.graph.node import Node
from gradcli.judge.tester import Ruling
from gradcli.trial.crosscheck import SERIES_WORK, confirmed_together, cross_check
from gradcli.trial.pair import PointResult


class Confirmed:
    """The derivatives that were confirmed, of claims that are `wanted`."""

    def __init__(self, wanted: Callable[[Claimed], bool]) -> None:
        self.wanted = wanted
        self.checked: set[tuple[Node, Node]] = set()
        self.taken: dict[Derivation, dict[Node, dict[Node, Derived]]] = {}

    def check(self, derivation: Derivation, ruling: Ruling) -> None:
        """Hold what a ruling rests on against series at one of its points.

        SelfCheckError where these contradict it.
        """
        row = ruling.good or ruling.row
        if row is None or ruling.why:
            return
        for derived in ruling.pair.derived:
            key = derived.of, derived.by
            if key not in self.checked:
                self._together(derivation, derived.of, ruling, row)
            if key in self.checked or derived.node in row.trial.inputs:
                continue
            # Where the series cannot tell, another claim's point may.
            if cross_check(derived, row.trial, row.place, derivation.spans.get(derived.of)):
                self.checked.add(key)

    def _together(self, derivation: Derivation, of: Node, ruling: Ruling, row: PointResult) -> None:
        """All derivatives of one function at once, where all claims together are small."""
        space = ruling.sample_space
        if space.given or not space.all_within(ruling.pair, row.trial.sizes, SERIES_WORK):
            return
        if derivation not in self.taken:
            self.taken[derivation] = {}
            for each in self._all(derivation):
                self.taken[derivation].setdefault(each.of, {})[each.by] = each
        others = [*self.taken[derivation].pop(of, {}).values()]
        if len(others) > 1:
            found = confirmed_together(others, row.trial, row.place)
            self.checked |= {(each.of, each.by) for each in found}

    def _all(self, derivation: Derivation) -> Iterator[Derived]:
        for claimed in filter(self.wanted, derivation.claims.values()):
            for pair in claimed.pairs:
                yield from pair.derived
