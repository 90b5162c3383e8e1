"""The verdict on a pair of sides: tried at points of every size, on both sides of every kink.

Must not know chains, texts or reports; nothing here has a tolerance of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from random import Random

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import WHERE
from gradcli.certify.certify import Naming
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.judge.finding import VERDICTS, Evidence
from gradcli.judge.switch_sides import SwitchSides, Unvisited
from gradcli.trial.compare import DIFFERENT, DIGITS, EXACT, OPEN, SAME
from gradcli.trial.derivatives_at_point import NoDerivative, settle_derivatives, settling
from gradcli.trial.kink_crossings import cells
from gradcli.trial.pair import (
    AWAY,
    EDGE,
    HOLE,
    KINK,
    PointResult,
    is_rational,
    lacking_round_about,
    tried,
)
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.sampling import all_points
from gradcli.trial.trials import Sizes, Trial, as_trial
from gradcli.work import pause

ROUND = 4
POINTS = 12
PER_SIZE = 3
BESIDE = 2
ROUNDS_OF_DRAWS = 3
WORK, MOST_WORK = 400_000, 200_000_000
WORK_AT_KINKS, SWEEPING = 400_000, 20_000
MOST_CELLS = 24
MOST_CHOICES = 256


@dataclass(slots=True, eq=False, repr=False)
class Ruling:
    """What came of a pair where it was tried: a verdict, what it rests on, and what decided it.

    `why` is `identity`, `shape`, `hole`, `nowhere`, `kink`, `open`, `differ`, `sizes`, `large` or
    "" for the plain case; `row` the point of a refutation, `edges` how many points lacked a value
    on one side only there, `unvisited` what a closer look at what holds did not reach. Some sizes
    may be too `large` to be tried, at others one side is `lacking`. `nowhere` is a derivative that
    does not exist at the point, `built` the sizes that the graphs were built for. `follows` is, in
    a chain, what came of the line before and this one.
    """

    pair: Pair
    sample_space: SampleSpace
    verdict: str
    evidence: Evidence
    why: str = ""
    row: PointResult | None = None
    edges: int = 0
    opens: int = 0
    good: PointResult | None = None
    large: bool = False
    unvisited: list[Unvisited] = field(default_factory=list)
    lacking: list[tuple[int, Sizes]] = field(default_factory=list)
    nowhere: NoDerivative | None = None
    built: Sizes = field(default_factory=dict)
    follows: Ruling | None = None

    @property
    def rank(self) -> int:
        """How bad the verdict is."""
        return VERDICTS.index(self.verdict)

    @property
    def differs(self) -> bool:
        """Whether a non-claim is shown, which one point does."""
        return self.pair.relation.sign == "!=" and self.verdict == "proved"


class Tester:
    """Tries one pair; `rows` are what was found so far, `sides` those of switches.

    `sizes` are those at which both sides had values, of those whose `turns` it was.
    """

    def __init__(self, pair: Pair, sample_space: SampleSpace) -> None:
        self.pair = pair
        self.sample_space = sample_space
        self.rows: list[PointResult] = []
        self.sizes: list[dict[str, int]] = []
        self.turns: list[dict[str, int]] = []
        self.sides = SwitchSides.of_switches(pair, sample_space)
        self.large = False
        self.settling = WORK_AT_KINKS
        self._work: dict[tuple[tuple[str, int], ...], int] = {}

    def work(self, sizes: Sizes) -> int:
        """How many operations both sides and the function take at a point, counted once."""
        key = (*sorted(sizes.items()),)
        if key not in self._work:
            self._work[key] = self.sample_space.work(self.pair.order, sizes)
        return self._work[key]

    def verdict(self) -> Ruling:
        """Try until a point decides or enough of them agree."""
        for sizes in self._sizes():
            self._at(sizes)
            if self.decisive:
                break
        return self.ruling()

    def beside_proof(self) -> Ruling | None:
        """What two points show beside a proof: a value on the sets, in another arithmetic.

        None where they show less. With letters the points are of two sizes, whose order differs.
        """
        wanted, each = 0, 1 if self.sample_space.free else BESIDE
        for sizes in islice(self._sizes(), 0, BESIDE + 1, BESIDE):
            if affordable := self._affordable(sizes, each):
                wanted += affordable
                self._draw(sizes, affordable)
                self.turns.append(sizes)
        seen = 0 < wanted <= sum(row.agrees for row in self.rows)
        return self.ruling() if seen or self.decisive else None

    def sweep(self) -> bool:
        """Try the sizes at which numbers that are written may matter; whether there are any."""
        nodes, left, tried = [*self.pair.sides, *self.pair.of], SWEEPING, False
        for sizes in self.sample_space.swept(self.pair.turning):
            left -= self.work(sizes)
            if left > 0 and sizes not in self.turns and self.sample_space.exist(nodes, sizes):
                tried = True
                self._at(sizes)
            if self.decisive:
                break
        return tried

    def valued(self, sizes: dict[str, int]) -> bool:
        """Whether both sides have values at these sizes, so that something can be said of them."""
        if sizes in self.turns:
            return sizes in self.sizes
        rows = tried(self.pair, self.sample_space.trial(sizes, (0, 1, 2)), settle=False)
        return any(row.state in (SAME, EXACT, OPEN) for row in rows)

    @property
    def costly(self) -> bool:
        """Whether no two points are affordable at the first sizes."""
        sizes = next(self._sizes(), None)
        return sizes is not None and self.work(sizes) > WORK / 2

    # -- where to look

    def _sizes(self) -> Iterator[dict[str, int]]:
        """Sizes at which every index exists: small ones, more as long as they say too little."""
        nodes = [*self.pair.sides, *self.pair.of]
        space = self.sample_space
        yield from (s for s in space.choices() if space.exist(nodes, s))
        for sizes in space.further():
            if space.enough(self.sizes):
                return
            if space.exist(nodes, sizes):
                yield sizes

    def _at(self, sizes: dict[str, int]) -> None:
        pause()
        most = self.sample_space.points or (PER_SIZE if self.sample_space.letters else POINTS)
        if not (wanted := self._affordable(sizes, most)):
            return
        trial, good = self._draw(sizes, wanted)
        if self.sample_space.complete:
            return
        self._exhaust(trial, self.work(sizes))
        self._seek(trial, good)
        self.turns.append(sizes)

    def _affordable(self, sizes: Sizes, most: int) -> int:
        """How many points of these sizes, one at least; none where they are too large."""
        if self.sample_space.all_within(self.pair, sizes, WORK // most):
            return 1 if self.sample_space.complete else most
        work = self.work(sizes)
        if work > MOST_WORK or (self.rows and work > WORK):
            self.large = True
            return 0
        if self.sample_space.complete:
            return 1
        return max(1, min(most, WORK // work)) if work else most

    def _draw(self, sizes: dict[str, int], wanted: int) -> tuple[Trial, int]:
        """Draw until so many points have agreed, or for some rounds; the first batch, how many."""
        complete = self.sample_space.complete
        first = (0,) if complete else self._numbers(wanted)
        trial = self.sample_space.trial(sizes, first)
        good, after = self.attempt(trial), max(first) + 1
        for _ in range(ROUNDS_OF_DRAWS):
            if complete or good >= wanted or self.decisive:
                break
            more = tuple(range(after, after + 2 * wanted))
            after = more[-1] + 1
            good += self.attempt(self.sample_space.trial(sizes, more))
        return trial, good

    def _numbers(self, wanted: int) -> tuple[int, ...]:
        """Which points: round ones first, then random ones, one at least; others at every size."""
        if not self.sample_space.letters:
            turns = min(wanted - 1, ROUND)
            return (*range(turns), *range(ROUND, ROUND + wanted - turns))
        turn = len(self.turns)
        rounds = [(turn + k) % ROUND for k in range(min(wanted - 1, 1 + (turn < 2)))]
        random = [ROUND + turn * wanted + k for k in range(wanted - len(rounds))]
        return (*rounds, *random)

    def _exhaust(self, trial: Trial, work: int) -> None:
        """Every choice of what has few: small integers, unit vectors."""
        if self.decisive:
            return
        most = min(MOST_CHOICES, WORK // max(work, 1))
        found: dict[Node, list[Array]] = {}
        for node, space in self.sample_space.moving.items():
            choices = all_points(space, trial.sizes, most)
            if choices is not None:
                found[node], most = choices, most // len(choices)
        if not found:
            return
        kept = [*self.sample_space.spaces, *self.sample_space.given]
        points = []
        for k, chosen in enumerate(product(*found.values())):
            point = trial.point(k % trial.count)
            moved = {node: x[None] for node, x in zip(found, chosen, strict=True)}
            points.append({node: point[node] for node in kept} | moved)
        self.attempt(as_trial(points, trial.sizes))

    def _seek(self, trial: Trial, good: int) -> None:
        """Points beyond the kinks and domains that the drawn ones have not crossed."""
        if self.decisive or self.large:
            return
        expressions = [*self.pair.crossed, *self.pair.tops]
        if self.pair.relation.orders:
            # It fails where this is on the other side of zero.
            expressions.append(self.pair.gap)
        resting = len(self.pair.kinks) < len(expressions)
        missed = len(expressions) > 1 or resting or any(self.sides.missing(trial.sizes))
        if not good:
            expressions += self.pair.needs
        elif not missed or (self.sample_space.letters and self.turns):
            return
        if not expressions:
            return
        sizes = trial.sizes
        base = next(
            (r for r in self.rows if r.state in (SAME, EXACT) and r.trial.sizes == sizes), None
        )
        trial, place = (base.trial, base.place) if base else (trial, min(1, trial.count - 1))
        known, key = self.sample_space.known.cells, (trial, place, resting, *expressions)
        if key not in known:
            point = trial.point(place)
            kept = {
                node: point[node] for node in [*self.sample_space.spaces, *self.sample_space.given]
            }
            random = Random(self.sample_space.seed)
            moving = self.sample_space.moving
            found = cells(expressions, kept, moving, sizes, random, MOST_CELLS, resting)
            known[key] = found
        if known[key]:
            self.attempt(as_trial(known[key], sizes))

    # -- what was found

    def attempt(self, trial: Trial) -> int:
        """Try a batch; how many of its points agree."""
        rows = tried(self.pair, trial, at_kinks=self.sample_space.complete)
        if self.sample_space.given and not self.sample_space.complete:
            rows = [
                *filter(None, (self._settled(row) if row.state == KINK else row for row in rows))
            ]
        self.rows += rows
        good = [k for k, row in enumerate(rows) if row.state in (SAME, EXACT, DIFFERENT)]
        if good and trial.sizes and trial.sizes not in self.sizes:
            self.sizes.append(dict(trial.sizes))
        self.sides.look(trial, good)
        return len(good)

    def _settled(self, row: PointResult) -> PointResult | None:
        """A kink that a given value brings: the same with the derivatives of both sides there.

        None where that takes more work than is left for kinks: the point is not tried.
        """
        self.settling -= settling(self.pair, row.trial.sizes)
        if self.settling < 0:
            self.large = True
            return None
        trial = row.trial.only([row.place])
        settled = settle_derivatives(self.pair, trial, Naming(dict, {}))
        if isinstance(settled, NoDerivative):
            return row
        there = Trial(trial.inputs | settled.values, 1, trial.sizes, trial.bits)
        return tried(self.pair, there, at_kinks=True)[0]

    def lacking(self) -> list[tuple[int, Sizes]]:
        """The sizes at which one side alone had values, and which one had none."""
        found: list[tuple[int, Sizes]] = []
        for sizes in self.turns if self.sample_space.free else ():
            rows = [row for row in self.rows if row.trial.sizes == sizes]
            (side, *others) = {row.side for row in rows}
            if not others and all(row.state in (EDGE, HOLE) for row in rows):
                found.append((side, sizes))
        return found

    @property
    def decisive(self) -> bool:
        """Whether a point shows the sides to differ."""
        return any(row.state == DIFFERENT for row in self.rows)

    def ruling(self) -> Ruling:
        """What all that was tried so far comes to."""
        by_state = {state: [r for r in self.rows if r.state == state] for state in
                    (DIFFERENT, SAME, EXACT, OPEN, HOLE, EDGE, KINK, AWAY)}  # fmt: skip
        agreeing = by_state[SAME] + by_state[EXACT]
        different = by_state[DIFFERENT]
        holes = [*islice(filter(self._wide, by_state[HOLE] if agreeing else ()), 1)]
        if self.sample_space.discrete and len(by_state[EDGE]) > len(agreeing):
            # A set of single points has no neighbourhood: what most of them lack is lacking.
            holes = holes + by_state[EDGE]
            for row in holes:
                row.state = HOLE
        evidence = Evidence(
            points=len(agreeing) + len(different),
            sizes=self.sizes,
            branches=self._branches(),
            digits=DIGITS if agreeing and not self.pair.relation.orders else 0,
            method="exact"
            if agreeing and not by_state[SAME] and self._rational(agreeing)
            else "ball",
        )
        edges = sum(row.state == EDGE for row in self.rows)
        found = Ruling(self.pair, self.sample_space, "holds", evidence)
        found.edges, found.opens = edges, len(by_state[OPEN])
        found.good = agreeing[0] if agreeing else None
        found.large = self.large
        if different:
            found.verdict, found.row = "refuted", different[0]
            evidence.digits = 0
        elif holes and agreeing:
            found.verdict, found.why, found.row = "refuted", "hole", holes[0]
        elif not agreeing:
            found.verdict = "undecided"
            found.why = self._reason(by_state)
            found.row = next((r for r in self.rows if r.state in (KINK, OPEN)), None)
            evidence.method = "none"
        elif self.sample_space.given and len(by_state[KINK]) > len(agreeing):
            # The point lies on a kink: that what meets it there is zero at times says nothing.
            found.verdict, found.why, found.row = "undecided", "kink", by_state[KINK][0]
        elif len(by_state[OPEN]) > len(agreeing):
            found.verdict, found.why, found.row = "undecided", "open", by_state[OPEN][0]
        return found

    def _wide(self, row: PointResult) -> bool:
        """Whether a hole is one: what a condition like `x == 3` chooses lacks one there only."""
        chosen = any(node.op is WHERE for node in self.pair.order)
        if not chosen or self.sample_space.discrete or self.sample_space.complete:
            return True
        if not lacking_round_about(self.pair, self.sample_space.moving, row):
            row.state = EDGE
        return row.state == HOLE

    def _rational(self, rows: Sequence[PointResult]) -> bool:
        return all(is_rational(self.pair, row) for row in rows)

    def _reason(self, by_state: Mapping[str, list[PointResult]]) -> str:
        for state, why in ((OPEN, "open"), (KINK, "kink")):
            if by_state[state]:
                return why
        return "large" if self.large and not self.rows else "nowhere"

    @property
    def widest(self) -> dict[str, int]:
        """The sizes with values at which there are most entries; the first where none has any."""
        sizes = self.sizes or self.sample_space.choices()[:1]
        return max(sizes, key=lambda sizes: sum(sizes.values()))

    def _branches(self) -> tuple[int, int]:
        if not self.rows:
            return 1, 1
        visited, sides = self.sides.count(self.widest)
        return (visited, sides) if sides else (1, 1)
