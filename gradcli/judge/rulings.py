"""The rulings on one claim, at every size and turn of a loop, become one: the worst, for them all.

Must not know how a ruling is made; what it adds is whether the sizes together say enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcli.graph.claims import Derivation
from gradcli.judge.finding import VERDICTS
from gradcli.judge.sentence import at_sizes, together
from gradcli.judge.verdict import Outcome
from gradcli.trial.atpoint import NoDerivative
from gradcli.trial.pair import Pair
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.sizes import enough
from gradcli.trial.trials import Sizes


@dataclass(slots=True, eq=False)
class Ruling:
    """What came of a pair at one instance: the outcome, the pair and where it was tried."""

    outcome: Outcome
    pair: Pair
    sample_space: SampleSpace
    derivation: Derivation
    loop: dict[str, int]
    nowhere: NoDerivative | None = None

    @property
    def rank(self) -> int:
        return VERDICTS.index(self.outcome.verdict)


class Rulings:
    """Rulings by the sizes that the graphs were built for; `bound` letters have one size only."""

    def __init__(self, bound: Sizes) -> None:
        self.bound = bound
        self.found: list[list[Ruling]] = []

    def begin(self) -> None:
        """What follows is at other sizes."""
        self.found.append([])

    def add(self, ruling: Ruling, sizes: Sizes) -> None:
        """One more turn, in graphs built for these sizes."""
        if sizes:
            # Two functions differ as soon as they do at one size.
            free = sizes.keys() - self.bound.keys() and ruling.pair.relation.sign != "!="
            at_sizes(ruling.outcome, sizes, only=bool(free))
        self.found[-1].append(ruling)

    @property
    def settled(self) -> bool:
        """Whether more sizes would change nothing, or are not needed."""
        turns = [ruling for turns in self.found for ruling in turns]
        if any(r.outcome.verdict == "refuted" or _differs(r) for r in turns):
            return True
        return bool(turns) and self._enough([s for r in turns for s in r.outcome.evidence.sizes])

    def whole(self) -> Ruling | None:
        """The ruling on the claim, None where there is none.

        Sizes at which no turn has a value are passed over, as long as there are others.
        """
        turns = [each for each in self.found if each]
        turns = [each for each in turns if not all(map(_nowhere, each))] or turns
        if not turns:
            return None
        rulings = [_worst(each, instances=True) for each in turns]
        differing = next(filter(_differs, rulings), None)
        whole = differing or _worst(rulings)
        whole.outcome.large |= any(ruling.outcome.large for ruling in rulings)
        if whole is not differing:
            self._limit(whole)
        return whole

    def _limit(self, ruling: Ruling) -> None:
        """What was seen at too few sizes is not said of the letters."""
        outcome, relation = ruling.outcome, ruling.pair.relation
        evidence = outcome.evidence
        # What is rounded is made of what a point gives, and of no other letters.
        rounded = relation.sign == "≈" and relation.tolerance is None
        if outcome.verdict == "undecided" or not evidence.points or rounded:
            return
        if outcome.verdict == "refuted" and outcome.why != "same":
            return
        if self._enough(evidence.sizes):
            return
        outcome.why = "sizes"
        if not outcome.large:
            outcome.verdict = "undecided"

    def _enough(self, sizes: Sequence[Sizes]) -> bool:
        derivation = next(ruling.derivation for turns in self.found for ruling in turns)
        return enough(sizes, derivation.letters, self.bound, derivation.dimensions)


def _worst(rulings: Sequence[Ruling], instances: bool = False) -> Ruling:
    worst = max(rulings, key=lambda r: r.rank)
    if len(rulings) > 1 and worst.outcome.verdict in ("proved", "holds"):
        parts = [r.outcome.evidence for r in rulings]
        worst.outcome.evidence = together(parts, worst.outcome, instances)
        worst.outcome.unvisited = [side for r in rulings for side in r.outcome.unvisited]
    return worst


def _nowhere(ruling: Ruling) -> bool:
    return ruling.outcome.verdict == "undecided" and ruling.outcome.why == "nowhere"


def _differs(ruling: Ruling) -> bool:
    """Whether a non-claim is shown, which one point does."""
    return ruling.pair.relation.sign == "!=" and ruling.outcome.verdict == "proved"
