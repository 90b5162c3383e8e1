"""A whole derivation judged: every claim and chain line, against the truth and the line before.

Must not know how claims are written or shown; words are found elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import INPUT
from gradcli.certify.certify import Naming
from gradcli.errors import BUG, Diagnostic, GradcliError, Span, told, wrong
from gradcli.graph.claims import Claimed, Derivation, Instance
from gradcli.graph.node import Node
from gradcli.judge.finding import Evidence
from gradcli.judge.options import CheckOptions
from gradcli.judge.refusal import refuse, same_shape
from gradcli.judge.rulings import Ruling, Rulings
from gradcli.judge.sentence import judged
from gradcli.judge.verdict import Outcome
from gradcli.trial.atpoint import NoDerivative, require_values, settle_derivatives
from gradcli.trial.crosscheck import cross_check
from gradcli.trial.pair import Pair
from gradcli.trial.sample_space import Known, SampleSpace
from gradcli.trial.sizes import further_choices, size_choices
from gradcli.trial.trials import Sizes

SIZES_WITH_BOARDS = 5


@dataclass(slots=True, eq=False)
class Judgement:
    """A claim with its ruling against the truth and, in a chain, against the line before."""

    claimed: Claimed
    truth: Ruling
    follows: Ruling | None


@dataclass(slots=True, eq=False)
class Case:
    """A derivation to be judged.

    `boards` builds its graphs at given sizes; `points` are the values of its `at` lines by name,
    `data` those of measured files. Claims that begin at a place in `accounted` are not judged:
    `errors` speak of them, or they are not wanted.
    """

    derivations: Callable[[Sizes], Derivation]
    points: Sequence[Mapping[str, Array]]
    data: Mapping[Node, Array]
    options: CheckOptions
    wanted: Callable[[Claimed], bool]
    errors: list[Diagnostic] = field(default_factory=list)
    accounted: set[int] = field(default_factory=set)
    _boards: dict[tuple[tuple[str, int], ...], Derivation] = field(default_factory=dict)
    _grounds: dict[tuple[int, int | None], SampleSpace] = field(default_factory=dict)
    _letters: list[str] | None = None
    _seen: list[Derivation] = field(default_factory=list)
    _checked: set[tuple[Node, Node]] = field(default_factory=set)

    def derivation(self, sizes: Sizes) -> Derivation:
        key = tuple(sorted(sizes.items()))
        if key not in self._boards:
            self._boards[key] = self.derivations(sizes)
            self.errors += [e for e in self._boards[key].errors if e.code == BUG]
        return self._boards[key]

    def judgements(self) -> list[Judgement]:
        """Every wanted claim in order; errors that only a size or a point brings are collected."""
        found = []
        claims = self._claims()
        for number, claimed in enumerate(claims):
            if not self.wanted(claimed):
                self.accounted.add(claimed.span.start)
                continue
            try:
                judgement = self.judge(claimed)
            except Exception as error:
                self.errors += told(error, claimed.span)
                self.accounted.add(claimed.span.start)
                continue
            found.append(judgement)
            both = (judgement.truth, judgement.follows)
            fails = any(r and r.outcome.verdict in ("refuted", "undecided") for r in both)
            if self.options.first and fails:
                self.accounted |= {later.span.start for later in claims[number + 1 :]}
                break
        return found

    def _claims(self) -> list[Claimed]:
        """All claims that any size shows."""
        claims: dict[tuple[int, int], Claimed] = {}
        for derivation in self._shown():
            claims |= {k: v for k, v in derivation.claims.items() if k not in claims}
        return [claims[key] for key in sorted(claims)]

    def _shown(self) -> list[Derivation]:
        """The graphs at some sizes: at more, as long as a claim is lost or lacks an index there."""
        if not self._seen:
            told: set[int] = set()
            for sizes in self._fixed({}):
                derivation = self.derivation(sizes)
                self._seen.append(derivation)
                told |= derivation.told - derivation.refused
                lost = derivation.lost or any(e.code == "G012" for e in derivation.errors)
                enough = told.issuperset(derivation.sides) or not lost
                if enough and len(self._seen) >= SIZES_WITH_BOARDS:
                    break
        return self._seen

    @property
    def shown(self) -> Derivation:
        """The graphs that stand for the text: where the least is lost and the least is wrong."""
        return min(
            self._shown(), key=lambda derivation: (len(derivation.lost), len(derivation.errors))
        )

    def _fixed(self, bound: Sizes) -> Iterator[dict[str, int]]:
        """Sizes of the letters that must be known to build the graphs, in turn."""
        letters, said = self._needed(), self.derivation({}).dimensions
        known = {x: n for x, n in bound.items() if x in letters}
        for choices in (size_choices, further_choices):
            for sizes in choices(letters, known, said):
                while needs := self.derivation(sizes).needs:
                    more = size_choices([*sizes, *sorted(needs)], sizes, said)
                    sizes = more[0]  # noqa: PLW2901
                yield sizes

    def _needed(self) -> list[str]:
        """The letters that must be known: a loop within a loop may need more than the outer one."""
        if self._letters is None:
            letters: list[str] = []
            while more := self._missing(letters):
                letters += sorted(more)
            self._letters = letters
        return self._letters

    def _missing(self, letters: Sequence[str]) -> set[str]:
        """Letters that the graphs need besides these, at one of the first sizes."""
        choices = size_choices(letters, {}, self.derivation({}).dimensions)[:SIZES_WITH_BOARDS]
        return next(
            (derivation.needs for derivation in map(self.derivation, choices) if derivation.needs),
            set(),
        )

    # -- one claim

    def judge(
        self, claimed: Claimed, otherwise: Callable[[Derivation], Claimed] | None = None
    ) -> Judgement:
        """A claim's rulings at all sizes and turns; `otherwise` puts another in its place."""
        at = claimed.instances[0].at
        bound = self._bound(self.derivation({}), at)
        truths, follows = Rulings(bound), Rulings(bound)
        for number, sizes in enumerate(self._fixed(bound)):
            if number >= SIZES_WITH_BOARDS and truths.settled:
                break
            derivation = self.derivation(sizes)
            here = derivation.claims.get(claimed.key)
            if here is None:
                continue
            here = otherwise(derivation) if otherwise else here
            sample_space = self._ground(derivation, sizes, at)
            truths.begin()
            follows.begin()
            for instance in here.instances:
                refuse(claimed, instance, sample_space)
                ruling = self._ruling(derivation, sample_space, instance, instance.left)
                truths.add(ruling, sizes)
                if instance.before is not None:
                    follows.add(
                        self._ruling(derivation, sample_space, instance, instance.before), sizes
                    )
                if ruling.outcome.verdict == "refuted":
                    break
        truth = truths.whole()
        if truth is None:
            raise self._absent(claimed, bound)
        return Judgement(claimed, truth, follows.whole())

    def _absent(self, claimed: Claimed, bound: Sizes) -> GradcliError:
        """What is wrong with a claim that is made at other sizes than those of its point."""
        derivations = map(self.derivation, self._fixed(bound))
        errors = [
            e
            for derivation in derivations
            for e in derivation.errors
            if _within(e.span, claimed.whole)
        ]
        if errors:
            return GradcliError(*errors)
        message = "at the sizes of this point nothing is claimed here"
        return wrong("G012", message, claimed.span, label="its loop has no turn")

    def _ruling(
        self, derivation: Derivation, sample_space: SampleSpace, instance: Instance, left: Node
    ) -> Ruling:
        relation = instance.relation
        pair = Pair(left, instance.right, relation, instance.derived)
        if not same_shape(left, instance.right, sample_space.bound):
            outcome = Outcome("refuted", Evidence(method="shape"), "shape")
            return Ruling(outcome, pair, sample_space, derivation, instance.loop)
        shown = True
        if sample_space.complete and instance.at is not None:
            trial = sample_space.trial(dict(sample_space.bound), (0,))
            naming = Naming({}, derivation.spans)
            require_values(pair, trial, naming)
            settled = settle_derivatives(pair, trial, naming)
            if isinstance(settled, NoDerivative):
                outcome = Outcome("undecided", Evidence(method="none"), "kink")
                return Ruling(outcome, pair, sample_space, derivation, instance.loop, settled)
            if settled.values:
                given = {**sample_space.given, **settled.values}
                sample_space = replace(sample_space, given=given, _trials={}, known=Known())
            shown = settled.shown
        outcome = judged(pair, sample_space)
        if not shown and outcome.verdict == "proved":
            # That there is a derivative was seen along some paths.
            outcome.verdict, outcome.evidence.proved = "holds", []
        self._cross_check(derivation, pair, outcome)
        if relation.sign == "!=":
            outcome = _opposite(outcome)
        return Ruling(outcome, pair, sample_space, derivation, instance.loop)

    def _cross_check(self, derivation: Derivation, pair: Pair, outcome: Outcome) -> None:
        row = outcome.good or outcome.row
        if row is None or outcome.why:
            return
        for derived in pair.derived:
            key = derived.of, derived.by
            if key in self._checked or derived.node in row.trial.inputs:
                continue
            # Where the series cannot tell, another claim's point may.
            if cross_check(derived, row.trial, row.place, derivation.spans.get(derived.of)):
                self._checked.add(key)

    # -- where it is judged

    def _ground(self, derivation: Derivation, fixed: Sizes, at: int | None) -> SampleSpace:
        key = (id(derivation), at)
        if key not in self._grounds:
            given = {}
            if at is not None:
                given = {n: v[None] for n, v in self._values(derivation, at).items()}
            for node in _data(derivation):
                given[node] = self.data[node][None]
            letters = [x for x in derivation.letters if x not in fixed]
            bound = self._bound(derivation, at) if at is not None else {}
            bound = {x: n for x, n in bound.items() if x in letters}
            self._grounds[key] = SampleSpace(
                derivation.spaces, letters, given, bound, self.options.seed, self.options.points,
                dimensions=derivation.dimensions,
            )  # fmt: skip
        return self._grounds[key]

    def _values(self, derivation: Derivation, at: int) -> dict[Node, Array]:
        values = self.points[at]
        return {n: values[n.params[0]] for n in derivation.spaces if n.params[0] in values}

    def _bound(self, derivation: Derivation, at: int | None) -> dict[str, int]:
        """The letters whose size the values of a point give."""
        if at is None:
            return {}
        found: dict[str, int] = {}
        for node, value in self._values(derivation, at).items():
            for dim, size in zip(node.shape, value.shape, strict=False):
                if str(dim) in derivation.letters:
                    found.setdefault(str(dim), size)
        return found


def _data(derivation: Derivation) -> set[Node]:
    return {
        node
        for claimed in derivation.claims.values()
        for instance in claimed.instances
        for node in (instance.right,)
        if node.op is INPUT and str(node.params[0]).startswith("@")
    }


def _within(span: Span | None, whole: Span) -> bool:
    return span is not None and whole.start <= span.start < whole.end


def _opposite(outcome: Outcome) -> Outcome:
    """A non-claim is shown by a point where the sides differ, and refuted where they never do."""
    turned = {"refuted": "proved", "proved": "refuted", "holds": "refuted"}
    outcome.verdict = turned.get(outcome.verdict, outcome.verdict)
    outcome.why = "same" if outcome.verdict == "refuted" else outcome.why
    return outcome
