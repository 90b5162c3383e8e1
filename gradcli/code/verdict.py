"""Verdicts on a backward: proved by residues at points of two sizes, refuted by balls at one.

Must not know texts of sets, nor how a wrong line is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, log2
from random import Random
from time import monotonic
from typing import Any

from gradcli.arithmetic.ball import precision
from gradcli.code.conventions import CodeTarget
from gradcli.code.execution import (
    BITS,
    CodeOutcome,
    GradientEntries,
    execute,
    identical,
    midpoint,
    wrong_entries,
)
from gradcli.code.points import CodeInputs, CodePoint, Sizes
from gradcli.code.root_signs import factor
from gradcli.code.session import Outside, Tie
from gradcli.proof.fields import COMPLEX, REAL, FieldChain
from gradcli.proof.residue import Inside, Unlucky
from gradcli.proof.residue_run import OutsideField, Run, Shallow, Turning, Undecidable, running

TRIES = 40
SMALL = 2.0**-40
"""Of the largest entry: what a library's rounding may come to. Larger differences refute."""


class Refused(Exception):
    """The code cannot be judged; the text says why, `line` where in it, `help` what to do."""

    def __init__(self, text: str, line: int | None = None, help: str = "") -> None:
        super().__init__(text)
        self.line, self.help = line, help


class CodeRun(Run):
    """A run of residues whose switches are asked of balls; the signs of its roots are drawn."""

    def sign(self, x: Any) -> int:
        raise Undecidable

    def tell(self, found: int) -> int:
        return found

    def root_signs(self, levels: int) -> list[int]:
        random = Random(f"{self.seed} {len(self.roots)}")
        return [random.choice((1, -1)) for _ in range(min(self.rooted, levels))]


@dataclass(slots=True)
class Fields:
    """Which fields residues are taken in: as few as have been enough so far."""

    chain: FieldChain = REAL
    levels: int = 1
    rooted: int = 1
    whole: bool = False

    def run(self, seed: int) -> CodeRun:
        return CodeRun(self.chain, self.levels, seed, rooted=self.rooted, whole=self.whole)

    def widen(self, lacking: Exception) -> bool:
        """Take the fields that were lacking; False where there are none."""
        if isinstance(lacking, Turning):
            self.chain, had = COMPLEX, self.chain
            return had is not COMPLEX
        if isinstance(lacking, Inside):
            self.rooted += 1
            return self.rooted <= self.chain.longest
        if isinstance(lacking, OutsideField):
            self.whole, had_whole = True, self.whole
            return not had_whole
        self.levels += 1
        return self.levels <= self.chain.longest


@dataclass(slots=True)
class Judged:
    """What one point said: gradients that are wrong there, and how certain it is that none is.

    `wrong` has the entries by gradient, none for a shape or a lack, and "" for one too many;
    `bits` has binary digits by gradient, none where residues do not show it right. `rounding` says
    what was rounded in the code, where the numbers are right but for that.
    """

    outcome: CodeOutcome
    place: CodePoint
    wrong: dict[str, list[int]]
    bits: dict[str, int]
    rounding: str = ""


class Judge:
    """Points of one target, one after the other."""

    def __init__(
        self,
        target: CodeTarget,
        inputs: CodeInputs,
        texts: dict[str, str] | None = None,
        deadline: float = inf,
    ) -> None:
        self.target, self.inputs, self.texts, self.deadline = target, inputs, texts, deadline
        self.fields = Fields()
        self.residues = True
        self.positive = False
        self.seed = 0

    def points(self, sizes: Sizes, wanted: int) -> Iterator[Judged]:
        """So many generic points at these sizes."""
        tries = 0
        while wanted:
            tries += 1
            if monotonic() > self.deadline:
                raise Refused("there was no time to run it", help="give it more: --timeout")
            if tries > TRIES:
                raise Refused("no point was found at which the code has a value")
            self.seed += 1
            judged = self.at(CodePoint(sizes, self.seed, self.positive))
            if judged is not None:
                wanted -= 1
                yield judged
            elif tries == 3:
                self.positive = True

    def at(self, place: CodePoint) -> Judged | None:
        """What is found at a point; None where it will not do."""
        seed = place.seed
        for _ in range(TRIES):
            run = self.fields.run(seed) if self.residues else None
            try:
                outcome = self._sharp(place, run)
            except (Shallow, Turning, Inside, OutsideField) as lacking:
                if not self.fields.widen(lacking):
                    self.residues = False
            except Unlucky:
                seed += 1_000
            except Undecidable:
                self.residues = False
            except (Tie, Outside):
                return None
            else:
                with precision(outcome.bits):
                    return self._judged(outcome, place, run)
        self.residues = False
        return None

    def _sharp(self, place: CodePoint, run: Run | None) -> CodeOutcome:
        """With as many digits as the signs take that the code asks for."""
        for bits in BITS:
            try:
                return execute(self.target, self.inputs, place, run, bits=bits, texts=self.texts)
            except Tie:
                if bits == BITS[-1]:
                    raise
        raise AssertionError

    def _judged(self, outcome: CodeOutcome, place: CodePoint, run: Run | None) -> Judged:
        wrong = _wrong(outcome)
        if wrong and (by := self._rounding(outcome, place, wrong)):
            return Judged(outcome, place, {}, {}, by)
        bits: dict[str, int] = {}
        for gradient in outcome.gradients:
            if gradient.name not in wrong and (
                run is not None
                and (degree := self._degree(gradient, run)) is not None
                and (choices := self._choices(outcome, run)) is not None
            ):
                chances = max(degree, 1) * run.chain.twos * choices
                bits[gradient.name] = int(log2(run.fields[-1].prime) - log2(chances))
        return Judged(outcome, place, wrong, bits)

    def _rounding(self, outcome: CodeOutcome, place: CodePoint, wrong: dict[str, list[int]]) -> str:
        """What was rounded in the code that may be all that is wrong, with its line; else ""."""
        session = outcome.session
        if session.rounded:
            loose = execute(
                self.target, self.inputs, place, texts=self.texts, bits=outcome.bits, loose=True
            )
            if not _wrong(loose):
                return _told(session.rounded)
        small = all(
            places and _tiny(gradient, places)
            for gradient in outcome.gradients
            if (places := wrong.get(gradient.name)) is not None
        )
        return _told(session.notes) if session.notes and small and "" not in wrong else ""

    def _choices(self, outcome: CodeOutcome, run: Run) -> int | None:
        if outcome.choices == 0:
            outcome.choices = factor(outcome.session.roots, outcome.given, run, self.fields.run)
        return outcome.choices

    def _degree(self, gradient: GradientEntries, run: Run) -> int | None:
        """The largest degree of an entry's difference, where residues show all of them zero."""
        assert gradient.claimed is not None
        with running(run):
            found = [identical(*pair) for pair in zip(gradient.claimed, gradient.true, strict=True)]
        degrees = [degree for degree in found if degree is not None]
        return max(degrees, default=0) if len(degrees) == len(found) else None


def _wrong(outcome: CodeOutcome) -> dict[str, list[int]]:
    wrong: dict[str, list[int]] = {"": []} if outcome.surplus else {}
    for gradient in outcome.gradients:
        if (bad := faults(gradient)) is not None:
            wrong[gradient.name] = bad
    return wrong


def _told(places: dict[str, int]) -> str:
    return ", ".join(f"{text} in line {line}" for text, line in places.items())


def _tiny(gradient: GradientEntries, places: list[int]) -> bool:
    """Whether all that is wrong is below what a sum of doubles may lose."""
    assert gradient.claimed is not None
    scale = max(abs(midpoint(x)) for x in gradient.true)
    gaps = (abs(midpoint(gradient.claimed[k]) - midpoint(gradient.true[k])) for k in places)
    return all(gap <= SMALL * scale for gap in gaps)


def faults(gradient: GradientEntries) -> list[int] | None:
    """The entries that are wrong, all of them where there are none or the shape is wrong."""
    if gradient.claimed is None or not same_shape(gradient):
        return []
    return wrong_entries(gradient) or None


def same_shape(gradient: GradientEntries) -> bool:
    """Whether the shapes are the same but for axes of one entry before the others."""
    if gradient.claimed is None or len(gradient.claimed) != len(gradient.true):
        return False
    a, b = ([n for n in s if n != 1] for s in (gradient.shape, gradient.true_shape))
    return a == b
