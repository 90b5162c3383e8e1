"""Points on both sides of every comparison that the code makes, and which were seen both ways.

Must not know verdicts. What is compared is a number on the tape: Newton steps along its gradient
lead to where it is a little more and a little less than zero, as near as no random point comes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import isfinite
from pathlib import Path

import numpy as np

from gradcli.arithmetic.ball import precision, rational
from gradcli.code.execution import BITS, CodeOutcome, execute, midpoint
from gradcli.code.points import CodePoint
from gradcli.code.session import Comparison, Leaves, Outside, Tie
from gradcli.code.sweep import sweep
from gradcli.code.tracked import made
from gradcli.code.verdict import Judge, Judged
from gradcli.trial.sampling import contains

Site = tuple[str, int, int]
NEAR = Fraction(1, 10**12)
"""How far from a boundary a point lies on either side."""
STEPS, EACH = 30, 2
"""Newton steps to a boundary, and entries that are tried of each comparison in the text."""
DIGITS = 10**40
BUDGET = 150_000
"""Numbers that may be computed on the way to boundaries."""


@dataclass(slots=True)
class Coverage:
    """For every comparison in the text, which signs what it compares has had."""

    seen: dict[Site, set[int]] = field(default_factory=dict)

    def note(self, comparisons: Iterable[Comparison]) -> None:
        for comparison in comparisons:
            self.seen.setdefault(comparison.site, set()).add(comparison.sign)

    def both(self, site: Site) -> bool:
        return len(self.seen[site]) > 1

    def text(self) -> str:
        """How many comparisons were seen both ways, and the lines of the others."""
        if not self.seen:
            return ""
        crossed = sum(map(self.both, self.seen))
        head = f"{crossed} of {len(self.seen)} comparisons seen both ways"
        lines = {site[:2] for site in self.seen if not self.both(site)}
        rest = [f"line {line} one way only: {_line(path, line)}" for path, line in sorted(lines)]
        return "; ".join([head, *rest])


def _line(path: str, line: int) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()[line - 1].strip()
    except (OSError, IndexError):
        return "?"


def at_boundaries(
    judge: Judge,
    start: Judged,
    coverage: Coverage,
    budget: int = BUDGET,
    passed: Collection[Site] = (),
) -> Iterator[Judged]:
    """Points close to where a comparison of the start changes, on either side of it, as long as the
    numbers last that may be computed; none of those that are passed over."""
    limit = made() + budget
    for comparison, index in _chosen(start.outcome):
        if comparison.site in passed:
            continue
        near = start.place
        for target in (NEAR, -NEAR):
            if made() > limit:
                return
            place = _approached(judge, near, index, comparison.site, target)
            if place is None:
                continue
            # The other side is a step from here.
            near = place
            judged = judge.at(place)
            if judged is not None:
                coverage.note(judged.outcome.session.comparisons)
                yield judged


def _chosen(outcome: CodeOutcome) -> list[tuple[Comparison, int]]:
    """A few of each comparison in the text, with their numbers in the run."""
    found: dict[Site, list[tuple[Comparison, int]]] = {}
    for index, comparison in enumerate(outcome.session.comparisons):
        if comparison.sign and not comparison.gap.is_constant:
            found.setdefault(comparison.site, []).append((comparison, index))
    return [pair for pairs in found.values() for pair in _spread(pairs)]


def _spread(pairs: list[tuple[Comparison, int]]) -> list[tuple[Comparison, int]]:
    """The first, and one from the middle."""
    return [pairs[0], *([pairs[len(pairs) // 2]] if len(pairs) > 1 else [])][:EACH]


def _approached(
    judge: Judge, start: CodePoint, index: int, site: Site, target: Fraction
) -> CodePoint | None:
    """The point at which what is compared is about the target; None if it is not reached."""
    place = start
    for _ in range(STEPS):
        try:
            outcome = execute(
                judge.target, judge.inputs, place, texts=judge.texts, tolerant=True, last=index
            )
        except (Tie, Outside, Leaves, ArithmeticError, ValueError):
            return None
        comparisons = outcome.session.comparisons
        if index >= len(comparisons) or comparisons[index].site != site:
            return None
        gap = comparisons[index].gap
        value = midpoint(gap)
        if 0 < value / float(target) <= 4:
            return place if inside(judge, place) else None
        moved = _stepped(outcome, place, gap, value - float(target))
        if moved is None:
            return None
        place = moved
    return None


def _stepped(
    outcome: CodeOutcome, place: CodePoint, gap: object, excess: float
) -> CodePoint | None:
    """The point after one Newton step along the gradient of what is compared."""
    with precision(BITS[0]):
        adjoints = sweep([gap], [1])  # type: ignore[list-item]
        slopes = {key: midpoint(adjoints.of(leaf)) for key, leaf in outcome.given.leaves.items()}
    length = sum(slope * slope for slope in slopes.values())
    if not (isfinite(length) and length):
        return None
    moved = dict(place.moved)
    for key, slope in slopes.items():
        if slope:
            value = outcome.given.leaves[key].ball
            here = Fraction(int(value.p), int(value.q))
            moved[key] = here - Fraction(excess * slope / length).limit_denominator(DIGITS)
    return replace(place, moved=moved)


def inside(judge: Judge, place: CodePoint) -> bool:
    """Whether a moved point lies in the sets of its inputs."""
    for name in {name for name, _ in place.moved}:
        space = judge.inputs.space(name, place.sizes) if name in judge.inputs.given else None
        if space is not None:
            shape = tuple(map(int, space.shape))  # type: ignore[arg-type]
            values = np.empty(shape, dtype=object)
            values.reshape(-1)[:] = [rational(x) for x in place.drawn(name, space)]
            if not contains(space, values, {}):
                return False
    return True
