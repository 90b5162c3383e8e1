"""The rulings on one claim, at every size and turn of a loop, become one: the worst, for them all.

Must not know how a ruling is made; what it adds is whether the sizes together say enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gradcli.claims import Derivation
from gradcli.graph.dimensions import Dimensions
from gradcli.judge.finding import PASSED, Evidence
from gradcli.judge.tester import Ruling
from gradcli.trial.sizes import enough
from gradcli.trial.trials import Sizes


class Rulings:
    """Rulings by the sizes that the graphs were built for; `bound` letters have one size only."""

    def __init__(self, bound: Sizes, said: Dimensions) -> None:
        self.bound, self.said = bound, said
        self.found: list[tuple[Derivation, list[Ruling]]] = []

    def begin(self, derivation: Derivation) -> None:
        """What follows is in these graphs."""
        self.found.append((derivation, []))

    def add(self, ruling: Ruling, sizes: Sizes) -> None:
        """One more turn, in graphs built for these sizes."""
        if sizes:
            # Two functions differ as soon as they do at one size.
            free = sizes.keys() - self.bound.keys() and ruling.pair.relation.sign != "!="
            _at_sizes(ruling, sizes, only=bool(free))
        self.found[-1][1].append(ruling)

    @property
    def _turns(self) -> list[Ruling]:
        return [ruling for _, turns in self.found for ruling in turns]

    @property
    def decided(self) -> bool:
        """Whether more sizes would change nothing."""
        return any(r.verdict == "refuted" or r.differs for r in self._turns)

    @property
    def settled(self) -> bool:
        """Whether more sizes would change nothing, or are not needed."""
        sizes = [s for r in self._turns for s in r.evidence.sizes]
        return self.decided or (bool(self._turns) and self._enough(sizes))

    def whole(self) -> Ruling | None:
        """The ruling on the claim, None where there is none.

        Sizes at which no turn has a value are passed over, as long as there are others.
        """
        turns = [each for _, each in self.found if each]
        turns = [each for each in turns if not all(map(_nowhere, each))] or turns
        if not turns:
            return None
        rulings = [_worst(each, instances=True) for each in turns]
        differing = next((ruling for ruling in rulings if ruling.differs), None)
        whole = differing or _worst(rulings)
        whole.large |= any(ruling.large for ruling in rulings)
        if whole is not differing:
            self._limit(whole)
        return whole

    def _limit(self, ruling: Ruling) -> None:
        """What was seen at too few sizes is not said of the letters."""
        evidence, relation = ruling.evidence, ruling.pair.relation
        # What is rounded is made of what a point gives, and of no other letters.
        rounded = relation.sign == "≈" and relation.tolerance is None
        if ruling.verdict == "undecided" or not evidence.points or rounded:
            return
        if ruling.verdict == "refuted" and ruling.why != "same":
            return
        if evidence.every_size or self._enough(evidence.sizes):
            return
        ruling.why = "sizes"
        if not ruling.large:
            ruling.verdict = "undecided"

    def _enough(self, sizes: Sequence[Sizes]) -> bool:
        derivation = next(derivation for derivation, turns in self.found if turns)
        return enough(sizes, derivation.letters, self.bound, self.said)


def _worst(rulings: Sequence[Ruling], instances: bool = False) -> Ruling:
    worst = max(rulings, key=lambda r: r.rank)
    if len(rulings) > 1 and worst.verdict in PASSED:
        parts = [r.evidence for r in rulings]
        worst.evidence = _together(parts, worst.evidence, instances)
        worst.unvisited = [side for r in rulings for side in r.unvisited]
        worst.lacking = [each for r in rulings for each in r.lacking]
    return worst


def _nowhere(ruling: Ruling) -> bool:
    return ruling.verdict == "undecided" and ruling.why == "nowhere"


def _at_sizes(found: Ruling, sizes: Sizes, only: bool) -> None:
    """What was found in graphs built at these sizes; `only` there, so that no other is meant."""
    evidence, found.built = found.evidence, sizes
    shown = evidence.proved or ([{}] if found.verdict == "proved" else [])
    if evidence.points:
        evidence.sizes = [{**sizes, **more} for more in evidence.sizes or [{}]]
    evidence.proved = [{**sizes, **more} for more in shown]
    if only:
        evidence.every_size, evidence.route, evidence.read_at = False, None, {}
        found.verdict = "holds" if found.verdict == "proved" else found.verdict


def _together(parts: Sequence[Evidence], worst: Evidence, instances: bool = False) -> Evidence:
    """What several rulings of one verdict rest on: all points and sizes, the least of the rest.

    Several `instances` of a claim were proved at a size if each of them was.
    """
    errors = [part.error for part in parts if part.error is not None]
    every = [part.every_size for part in parts if part.every_size is not None]
    proved = _merged(part.proved for part in parts)
    if instances:
        proved = [sizes for sizes in proved if all(sizes in part.proved for part in parts)]
    return Evidence(
        sum(part.points for part in parts),
        _merged(part.sizes for part in parts),
        max((part.branches for part in parts), key=lambda sides: sides[1]),
        min(part.digits for part in parts),
        worst.method,
        min(errors, default=None),
        proved,
        all(every) if every else None,
        worst.route,
        _widest(part.read_at for part in parts),
    )


def _widest(parts: Iterable[Mapping[str, tuple[int, int]]]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for part in parts:
        for letter, (low, high) in part.items():
            least, most = found.get(letter, (low, high))
            found[letter] = min(low, least), max(high, most)
    return found


def _merged(lists: Iterable[list[dict[str, int]]]) -> list[dict[str, int]]:
    sizes: list[dict[str, int]] = []
    for each in lists:
        sizes += [s for s in each if s not in sizes]
    return sizes
