"""A whole derivation judged: every claim and chain line, against the truth and the line before.

Must not know how claims are written or shown; words are found elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Generic, TypeVar

from gradcli import work
from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.base import Array
from gradcli.calculus.core import INPUT
from gradcli.certify.certify import Naming
from gradcli.claims import Claimed, Derivation, Pair
from gradcli.errors import BUG, TOO_MUCH, Diagnostic, GradcliError, Span, diagnostics_of, wrong
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters, Shape, describe, tells
from gradcli.judge.confirmed import Confirmed
from gradcli.judge.conventions import beyond
from gradcli.judge.finding import CheckOptions, Evidence
from gradcli.judge.limits import limit, within
from gradcli.judge.pair_verdict import judged, prove, prove_by
from gradcli.judge.rulings import Rulings
from gradcli.judge.tester import Ruling
from gradcli.judge.turns import Turns, each_claim, even_shapes
from gradcli.trial.derivatives_at_point import NoDerivative, require_values, settle_derivatives
from gradcli.trial.sample_space import Known, SampleSpace
from gradcli.trial.sizes import further_choices, size_choices, swept
from gradcli.trial.trials import Sizes, exists

SIZES_BUILT, SIZES_SWEPT = 5, 6


D = TypeVar("D", bound=Derivation)


@dataclass(eq=False)
class Case(Generic[D]):
    """A derivation to be judged.

    `build` makes its graphs at given sizes; `points` are the values of its `at` lines by name,
    `data` those of measured files. Claims that begin at a place in `accounted` are not judged:
    `errors` speak of them, or they are not wanted. `begun` is told which claim is looked at, the
    how manieth of how many. `lift` makes the graphs without sizes where that can be done, `turns`
    the ways to show a claim about what a loop makes, given the letter that the loop runs to.
    """

    build: Callable[[Sizes], D]
    points: Sequence[Mapping[str, Array]]
    data: Mapping[Node, Array]
    options: CheckOptions
    wanted: Callable[[Claimed], bool]
    begun: Callable[[Claimed, int, int], None] = lambda claimed, number, of: None
    lift: Callable[[], D] | None = None
    turns: Callable[[int, str, Mapping[str, Shape]], Iterable[Turns]] | None = None
    errors: list[Diagnostic] = field(default_factory=list)
    accounted: set[int] = field(default_factory=set)
    _built: dict[tuple[tuple[str, int], ...], D] = field(default_factory=dict)
    _sample_spaces: dict[tuple[int, int | None], SampleSpace] = field(default_factory=dict)
    _letters: list[str] | None = None
    _seen: list[D] = field(default_factory=list)
    _confirmed: Confirmed = field(init=False)

    def __post_init__(self) -> None:
        self._confirmed = Confirmed(self.wanted)

    def derivation(self, sizes: Sizes) -> D:
        """The graphs at these sizes, made once."""
        key = tuple(sorted(sizes.items()))
        if key not in self._built:
            self._built[key] = self.build(sizes)
            self.errors += [e for e in self._built[key].errors if e.code in (BUG, TOO_MUCH)]
        return self._built[key]

    @property
    def sizes(self) -> list[Sizes]:
        """The sizes at which there are graphs, those that were made first before the others."""
        return [dict(key) for key in self._built]

    def rulings(self) -> Iterator[tuple[Claimed, Ruling]]:
        """Every wanted claim in order; errors that only a size or a point brings are collected."""
        claims = self._claims()
        for number, claimed in enumerate(claims):
            if not self.wanted(claimed):
                self.accounted.add(claimed.span.start)
                continue
            self.begun(claimed, number, len(claims))
            try:
                with work.part(claimed.whole.start):
                    ruling = self.judge(claimed)
            except Exception as error:
                self.errors += diagnostics_of(error, claimed.span)
                self.accounted.add(claimed.span.start)
                continue
            yield claimed, ruling
            both = (ruling, ruling.follows)
            fails = any(r and r.verdict in ("refuted", "undecided") for r in both)
            if self.options.first and fails:
                self.accounted |= {later.span.start for later in claims[number + 1 :]}
                break

    def _claims(self) -> list[Claimed]:
        """All claims that any size shows."""
        claims: dict[tuple[int, int], Claimed] = {}
        for derivation in self._shown():
            claims |= {k: v for k, v in derivation.claims.items() if k not in claims}
        return [claims[key] for key in sorted(claims)]

    def _shown(self) -> list[D]:
        """The graphs at some sizes: at more, as long as a claim is lost or lacks an index there."""
        if not self._seen:
            mentioned: set[int] = set()
            for sizes in self._fixed({}):
                derivation = self.derivation(sizes)
                self._seen.append(derivation)
                mentioned |= derivation.mentioned - derivation.refused
                lost = derivation.lost or any(e.code == "G012" for e in derivation.errors)
                enough = mentioned.issuperset(derivation.sides) or not lost
                if enough and len(self._seen) >= SIZES_BUILT:
                    break
        return self._seen

    @property
    def shown(self) -> D:
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
        choices = size_choices(letters, {}, self.derivation({}).dimensions)[:SIZES_BUILT]
        return next(
            (derivation.needs for derivation in map(self.derivation, choices) if derivation.needs),
            set(),
        )

    # -- one claim

    def judge(self, claimed: Claimed, otherwise: Callable[[D], Claimed] | None = None) -> Ruling:
        """The ruling on a claim at all sizes and turns; `otherwise` puts another in its place.

        GradcliError for what cannot be judged: a relation that says nothing of these sides, a point
        at which a side has no value.
        """
        at = claimed.pairs[0].at
        bound = self._bound(self.derivation({}), at)
        said = self._dimensions(self.derivation({}), at)
        truths, follows = Rulings(bound, said), Rulings(bound, said)
        for sizes in self._in_turn(claimed, bound, truths):
            work.pause()
            derivation = self.derivation(sizes)
            here = derivation.claims.get(claimed.key)
            if here is None:
                continue
            here = otherwise(derivation) if otherwise else here
            sample_space = self.sample_space(derivation, sizes, at)
            truths.begin(derivation)
            follows.begin(derivation)
            for pair in here.pairs:
                refuse(claimed, pair, sample_space)
                ruling = self._ruling(derivation, sample_space, pair, sizes)
                truths.add(ruling, sizes)
                step = replace(pair, left=pair.before) if pair.before is not None else None
                # What was written before is no step where it does not exist, as its own line says.
                if step and nowhere(step, sample_space) is None:
                    follows.add(self._ruling(derivation, sample_space, step, sizes), sizes)
                if ruling.verdict == "refuted":
                    break
        truth = truths.whole()
        if truth is None:
            raise self._absent(claimed, bound)
        truth.follows = follows.whole()
        if otherwise is None and at is None:
            self._at_every_size(claimed, truth)
            self._by_turns(claimed, truth)
        return truth

    @cached_property
    def _lifted(self) -> D | None:
        return None if self.lift is None else self.lift()

    def _at_every_size(self, claimed: Claimed, truth: Ruling) -> None:
        """Prove what holds for every size of the letters that graphs were built with."""
        held = any(r is not None and r.verdict == "holds" for r in (truth, truth.follows))
        if not held or not self._needed() or (lifted := self._lifted) is None:
            return
        here = lifted.claims.get(claimed.key)
        if here is None or len(here.pairs) != 1:
            return
        (pair,) = here.pairs
        if pair.relation.sign != "=":
            return
        from gradcli.proof.every_size import every_size  # noqa: PLC0415 seldom asked
        from gradcli.proof.needs import granted  # noqa: PLC0415 seldom asked

        sample_space = self.sample_space(lifted, {}, None)
        for ruling, left in ((truth, pair.left), (truth.follows, pair.before)):
            if ruling is None or left is None or ruling.verdict != "holds":
                continue
            meant = within(
                replace(pair, left=left), [limit(*condition) for condition in lifted.conditions]
            )
            if not granted(meant, lifted.uncounted):
                continue
            if meant.fits({}) and sample_space.free:
                prove(ruling, every_size(meant, sample_space))

    def _by_turns(self, claimed: Claimed, truth: Ruling) -> None:
        """Prove what holds for every size of the letter that loops run to, by claims of a turn."""
        letters = self._needed()
        start, step = claimed.key
        if truth.verdict != "holds" or self.turns is None or len(letters) != 1 or step:
            return
        (letter,) = letters
        built = [
            self.derivation(sizes)
            for sizes in islice(self._fixed({}), SIZES_BUILT)
            if sizes[letter] > 1
        ]
        for derivations, needs_values in self.turns(start, letter, even_shapes(built)):
            if prove_by(truth, each_claim(derivations, needs_values, self.options.seed)):
                return

    def _in_turn(self, claimed: Claimed, bound: Sizes, found: Rulings) -> Iterator[dict[str, int]]:
        """The sizes that graphs are built for, until enough is found or a point decides.

        None where the claim rests on nothing that needs a size.
        """
        if self._needed() and self._sizeless(claimed):
            yield {}
            return
        for number, sizes in enumerate(self._fixed(bound)):
            if number >= SIZES_BUILT and found.settled:
                break
            yield sizes
        letters, said = self._needed(), self.derivation({}).dimensions
        known = {x: n for x, n in bound.items() if x in letters}
        for sizes in swept(letters, known, said)[:SIZES_SWEPT]:
            if found.decided:
                break
            if not self.derivation(sizes).needs:
                yield sizes

    def _sizeless(self, claimed: Claimed) -> bool:
        """Whether the graphs without sizes have the claim as well, at each of its turns."""
        here = self.derivation({}).claims.get(claimed.key)
        return here is not None and len(here.pairs) == len(claimed.pairs)

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
        self, derivation: D, sample_space: SampleSpace, pair: Pair, sizes_built: Sizes
    ) -> Ruling:
        if not pair.fits(sample_space.bound):
            return Ruling(pair, sample_space, "refuted", Evidence(method="shape"), "shape")
        pair = within(pair, [limit(*condition) for condition in derivation.conditions])
        shown = True
        if sample_space.complete and pair.at is not None:
            # Values fix no letter that only a constant has: zeros(n).
            sides, choices = (pair.left, pair.right), sample_space.choices()
            sizes = next((s for s in choices if exists(sides, s)), sample_space.least)
            trial = sample_space.trial(sizes, (0,))
            for node, (low, high) in pair.relation.literals.items():
                trial.override(node, BALL.number((low + high) / 2))
            naming = Naming(dict, derivation.spans, derivation.calls)
            require_values(pair, trial, naming)
            settled = settle_derivatives(pair, trial, naming)
            if isinstance(settled, NoDerivative):
                none = Evidence(method="none")
                outside = beyond(pair, settled, trial) is not None
                verdict = "refuted" if outside else "undecided"
                return Ruling(pair, sample_space, verdict, none, "kink", nowhere=settled)
            if settled.values:
                # They are values at these sizes; of others nothing is shown.
                shown = not sample_space.free
                given, bound = {**sample_space.given, **settled.values}, {**sizes}
                sample_space = replace(
                    sample_space, given=given, bound=bound, _trials={}, known=Known()
                )
            shown = shown and settled.shown
        ruling = judged(pair, sample_space, one_size=bool(sizes_built))
        if not shown and ruling.verdict == "proved":
            # That there is a derivative was seen along some paths.
            ruling.verdict, ruling.evidence.proved = "holds", []
        self._confirmed.check(derivation, ruling)
        if pair.relation.sign == "!=":
            _oppose(ruling)
        return ruling

    # -- where it is judged

    def sample_space(self, derivation: D, fixed: Sizes, at: int | None) -> SampleSpace:
        """Where claims are judged, at a written point or anywhere, but for fixed letters."""
        key = (id(derivation), at)
        if key not in self._sample_spaces:
            given = {}
            if at is not None:
                given = {n: v[None] for n, v in self._values(derivation, at).items()}
            for node in _data(derivation):
                given[node] = self.data[node][None]
            letters = [x for x in derivation.letters if x not in fixed]
            bound = self._bound(derivation, at) if at is not None else {}
            bound = {x: n for x, n in bound.items() if x in letters}
            self._sample_spaces[key] = SampleSpace(
                derivation.spaces, letters, given, bound, self.options.seed, self.options.points,
                dimensions=self._dimensions(derivation, at), claimed=derivation.claimed,
            )  # fmt: skip
        return self._sample_spaces[key]

    def _dimensions(self, derivation: D, at: int | None) -> Dimensions:
        """What is said of the letters, by the values of a point as well."""
        said = derivation.dimensions
        for node, value in self._values(derivation, at).items() if at is not None else ():
            said = said.fitting(node.shape, value.shape)
        return said

    def _values(self, derivation: D, at: int) -> dict[Node, Array]:
        values = self.points[at]
        return {n: values[n.params[0]] for n in derivation.spaces if n.params[0] in values}

    def _bound(self, derivation: D, at: int | None) -> dict[str, int]:
        """The letters whose size the values of a point give."""
        if at is None:
            return {}
        found: dict[str, int] = {}
        for node, value in self._values(derivation, at).items():
            tells(node.shape, value.shape, found)
        return found


def _data(derivation: Derivation) -> set[Node]:
    return {
        pair.right
        for claimed in derivation.claims.values()
        for pair in claimed.pairs
        if pair.right.op is INPUT and str(pair.right.params[0]).startswith("@")
    }


def _within(span: Span | None, whole: Span) -> bool:
    return span is not None and whole.start <= span.start < whole.end


def _oppose(ruling: Ruling) -> None:
    """A non-claim is shown by a point where the sides differ, and refuted where they never do."""
    opposite = {"refuted": "proved", "proved": "refuted", "holds": "refuted"}
    ruling.verdict = opposite.get(ruling.verdict, ruling.verdict)
    ruling.why = "same" if ruling.verdict == "refuted" else ruling.why


# -- what a relation cannot say of two sides


def refuse(claimed: Claimed, pair: Pair, sample_space: SampleSpace) -> None:
    """GradcliError for what a relation cannot say of these sides."""
    left, right, relation = pair.left, pair.right, pair.relation
    if relation.sign == "!=" and not pair.fits(sample_space.bound):
        message = f"{describe(left.shape)} and {describe(right.shape)} differ by their shapes"
        help = "a != b  says of two sides of one shape that they are not the same function"
        raise wrong("G201", message, claimed.whole, help=help)
    if relation.sign == "≈" and relation.tolerance is None:
        used = topological([left, right, *(d.of for d in pair.derived)])
        names = [
            str(n.params[0])
            for n in used
            if n in sample_space.spaces and n not in sample_space.given
        ]
        names += sorted(letters(used) - sample_space.bound.keys())
        if names:
            message = f"≈ needs a point that gives every name: {', '.join(names)} has no value"
            values = ", ".join(f"{name} = …" for name in names)
            help = f"write  at {values}  above this line, or state a tolerance, as in  ± 1e-6"
            raise wrong("G010", message, claimed.span, help=help)
    if (sizes := nowhere(pair, sample_space)) is not None:
        shown = ", ".join(f"{letter} = {size}" for letter, size in sizes.items())
        message = f"an index or a range does not exist at this point, where {shown}"
        raise wrong("G012", message, claimed.span, help="give a point of another size")


def nowhere(pair: Pair, sample_space: SampleSpace) -> Sizes | None:
    """The sizes of a written point at which these sides have an index or a range too many."""
    if not sample_space.letters or not sample_space.complete:
        return None
    sizes = sample_space.choices()[0]
    sides = [pair.left, pair.right, *(d.of for d in pair.derived)]
    return None if exists(sides, sizes) else sizes


def letters(nodes: Iterable[Node]) -> set[str]:
    """The dimension letters in shapes, sizes and exponents."""
    dims = [dim for node in nodes for dim in (*node.shape, *node.params)]
    terms = [names for dim in dims if isinstance(dim, Letters) for names, _ in dim.terms]
    return {name for names in terms for name in names}
