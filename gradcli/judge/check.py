"""A whole derivation judged: every claim and chain line, against the truth and the line before.

Must not know how claims are written or shown; words are found elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gradcli.arithmetic.base import Array
from gradcli.certify.certify import Naming
from gradcli.errors import BUG, Diagnostic, told
from gradcli.graph.claims import Board, Claimed, Instance
from gradcli.graph.node import Node
from gradcli.judge.finding import VERDICTS, Evidence
from gradcli.judge.options import CheckOptions
from gradcli.judge.refusal import refuse, same_shape
from gradcli.judge.sentence import at_sizes_only, judged, together
from gradcli.judge.verdict import Outcome
from gradcli.trial.atpoint import NoDerivative, require_values, settle_derivatives
from gradcli.trial.crosscheck import cross_check
from gradcli.trial.ground import Ground
from gradcli.trial.pair import Pair
from gradcli.trial.trials import Sizes, size_choices

SIZES_WITH_BOARDS = 5


@dataclass(slots=True, eq=False)
class Ruling:
    """What came of a pair at one instance: the outcome, the pair and the ground it was tried on."""

    outcome: Outcome
    pair: Pair
    ground: Ground
    board: Board
    loop: dict[str, int]
    nowhere: NoDerivative | None = None

    @property
    def rank(self) -> int:
        return VERDICTS.index(self.outcome.verdict)


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
    `data` those of measured files.
    """

    boards: Callable[[Sizes], Board]
    points: Sequence[Mapping[str, Array]]
    data: Mapping[Node, Array]
    options: CheckOptions
    wanted: Callable[[Claimed], bool]
    errors: list[Diagnostic] = field(default_factory=list)
    _boards: dict[tuple[tuple[str, int], ...], Board] = field(default_factory=dict)
    _grounds: dict[tuple[int, int | None], Ground] = field(default_factory=dict)
    _checked: set[tuple[Node, Node]] = field(default_factory=set)

    def board(self, sizes: Sizes) -> Board:
        key = tuple(sorted(sizes.items()))
        if key not in self._boards:
            self._boards[key] = self.boards(sizes)
            self.errors += [e for e in self._boards[key].errors if e.code == BUG]
        return self._boards[key]

    def judgements(self) -> list[Judgement]:
        """Every wanted claim in order; errors that only a size or a point brings are collected."""
        found = []
        for claimed in self._claims():
            if not self.wanted(claimed):
                continue
            try:
                judgement = self.judge(claimed)
            except Exception as error:
                self.errors += told(error, claimed.span)
                continue
            found.append(judgement)
            both = (judgement.truth, judgement.follows)
            fails = any(r and r.outcome.verdict in ("refuted", "undecided") for r in both)
            if self.options.first and fails:
                break
        return found

    def _claims(self) -> list[Claimed]:
        """All claims that any size shows."""
        board = self.board({})
        if not board.needs:
            return [*board.claims.values()]
        claims: dict[tuple[int, int], Claimed] = {}
        for sizes in self._fixed(board, {}):
            claims |= {k: v for k, v in self.board(sizes).claims.items() if k not in claims}
        return [claims[key] for key in sorted(claims)]

    def _fixed(self, board: Board, bound: Sizes) -> list[dict[str, int]]:
        """Sizes of the letters that must be known to build the graphs."""
        if not board.needs:
            return [{}]
        letters = sorted(board.needs)
        known = {x: n for x, n in bound.items() if x in board.needs}
        usable: list[dict[str, int]] = []
        for sizes in size_choices(letters, known, board.dimensions):
            at = self.board(sizes)
            if at.needs:
                self._fixed_more(at, sizes, usable)
            elif not any(e.code == "G012" for e in at.errors):
                usable.append(sizes)
            if len(usable) >= SIZES_WITH_BOARDS:
                break
        return usable or [size_choices(letters, known, board.dimensions)[0]]

    def _fixed_more(
        self, board: Board, sizes: dict[str, int], usable: list[dict[str, int]]
    ) -> None:
        """A loop within a loop may need one more letter."""
        more = size_choices(sorted(board.needs), sizes, board.dimensions)[0]
        if not self.board(sizes | more).needs:
            usable.append(sizes | more)

    def errors_of_text(self) -> list[Diagnostic]:
        """What is wrong whatever the sizes."""
        board = self.board({})
        if not board.needs:
            return board.errors
        return self.board(self._fixed(board, {})[0]).errors

    # -- one claim

    def judge(
        self, claimed: Claimed, otherwise: Callable[[Board], Claimed] | None = None
    ) -> Judgement:
        """A claim's rulings at all sizes and turns; `otherwise` puts another in its place."""
        at = claimed.instances[0].at
        differ = claimed.instances[0].relation.sign == "!="
        base = self.board({})
        truths: list[Ruling] = []
        follows: list[Ruling] = []
        bound = self._bound(base, at)
        for sizes in self._fixed(base, bound):
            board = self.board(sizes)
            here = board.claims.get(claimed.key)
            if here is None:
                continue
            here = otherwise(board) if otherwise else here
            ground = self._ground(board, sizes, at)
            found: list[Ruling] = []
            line: list[Ruling] = []
            for instance in here.instances:
                refuse(claimed, instance, ground)
                found.append(self._ruling(board, ground, instance, instance.left))
                if instance.before is not None:
                    line.append(self._ruling(board, ground, instance, instance.before))
                if found[-1].outcome.verdict == "refuted":
                    break
            for ruling in (*found, *line) if sizes and not differ else ():
                at_sizes_only(ruling.outcome, sizes)
            truths.append(self._worst(found, instances=True))
            follows += [self._worst(line, instances=True)] if line else []
        # Two functions differ as soon as they do at one size.
        truth = min(truths, key=lambda r: r.rank) if differ else self._worst(truths)
        return Judgement(claimed, truth, self._worst(follows) if follows else None)

    @staticmethod
    def _worst(rulings: Sequence[Ruling], instances: bool = False) -> Ruling:
        worst = max(rulings, key=lambda r: r.rank)
        if len(rulings) > 1 and worst.outcome.verdict in ("proved", "holds"):
            parts = [r.outcome.evidence for r in rulings]
            worst.outcome.evidence = together(parts, worst.outcome, instances)
        return worst

    def _ruling(self, board: Board, ground: Ground, instance: Instance, left: Node) -> Ruling:
        relation = instance.relation
        pair = Pair(left, instance.right, relation, instance.derived)
        if not same_shape(left, instance.right, ground.bound):
            outcome = Outcome("refuted", Evidence(method="shape"), "shape")
            return Ruling(outcome, pair, ground, board, instance.loop)
        if ground.complete and instance.at is not None:
            trial = ground.trial(dict(ground.bound), (0,))
            naming = Naming({}, board.spans)
            require_values(pair, trial, naming)
            nowhere = settle_derivatives(pair, trial, naming)
            if nowhere is not None:
                outcome = Outcome("undecided", Evidence(method="none"), "kink")
                return Ruling(outcome, pair, ground, board, instance.loop, nowhere)
        outcome = judged(pair, ground)
        self._cross_check(board, pair, outcome)
        if relation.sign == "!=":
            outcome = _opposite(outcome)
        return Ruling(outcome, pair, ground, board, instance.loop)

    def _cross_check(self, board: Board, pair: Pair, outcome: Outcome) -> None:
        row = outcome.good or outcome.row
        if row is None or outcome.why:
            return
        for derived in pair.derived:
            key = derived.of, derived.by
            if key not in self._checked and derived.node not in row.trial.inputs:
                self._checked.add(key)
                cross_check(derived, row.trial, row.place, board.spans.get(derived.of))

    # -- where it is judged

    def _ground(self, board: Board, fixed: Sizes, at: int | None) -> Ground:
        key = (id(board), at)
        if key not in self._grounds:
            given = {}
            if at is not None:
                given = {n: v[None] for n, v in self._values(board, at).items()}
            for node in _data(board):
                given[node] = self.data[node][None]
            letters = [x for x in board.letters if x not in fixed]
            bound = self._bound(board, at) if at is not None else {}
            bound = {x: n for x, n in bound.items() if x in letters}
            self._grounds[key] = Ground(
                board.spaces, letters, given, bound, self.options.seed, self.options.points,
                dimensions=board.dimensions,
            )  # fmt: skip
        return self._grounds[key]

    def _values(self, board: Board, at: int) -> dict[Node, Array]:
        values = self.points[at]
        return {n: values[n.params[0]] for n in board.spaces if n.params[0] in values}

    def _bound(self, board: Board, at: int | None) -> dict[str, int]:
        """The letters whose size the values of a point give."""
        if at is None:
            return {}
        found: dict[str, int] = {}
        for node, value in self._values(board, at).items():
            for dim, size in zip(node.shape, value.shape, strict=False):
                if str(dim) in board.letters:
                    found.setdefault(str(dim), size)
        return found


def _data(board: Board) -> set[Node]:
    return {
        node
        for claimed in board.claims.values()
        for instance in claimed.instances
        for node in (instance.right,)
        if node.op.name == "input" and str(node.params[0]).startswith("@")
    }


def _opposite(outcome: Outcome) -> Outcome:
    """A non-claim is shown by a point where the sides differ, and refuted where they never do."""
    turned = {"refuted": "proved", "proved": "refuted", "holds": "refuted"}
    outcome.verdict = turned.get(outcome.verdict, outcome.verdict)
    outcome.why = "same" if outcome.verdict == "refuted" else outcome.why
    return outcome
