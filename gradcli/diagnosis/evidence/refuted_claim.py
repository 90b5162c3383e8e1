"""A refuted claim laid out for diagnosis: what is right, what was written, points to try mends at.

Must not know any particular mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from gradcli.arithmetic.ball import Ball, finite, precision
from gradcli.arithmetic.evaluate import operations
from gradcli.arithmetic.measure import lower, upper
from gradcli.calculus.core import inputs
from gradcli.calculus.derivative import Derived
from gradcli.claims import Claimed, Pair
from gradcli.errors import GradcliError
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import fixed
from gradcli.judge.case import Case
from gradcli.judge.finding import PASSED
from gradcli.judge.tester import Ruling
from gradcli.language.tree.build import places, unwritten
from gradcli.language.tree.printer import one_line, source_of
from gradcli.language.tree.slots import Slot
from gradcli.language.tree.syntax import Expr, Name, Side
from gradcli.language.written import ReadingContext, Turns, WrittenDerivation
from gradcli.trial.compare import DIFFERENT, EXACT, NARROW, SAME, compared
from gradcli.trial.pair import LAST_BITS, tried
from gradcli.trial.trials import Trial, drawn, exists, finite_rows

POINTS = (1, 2, 4, 5, 6, 7)
MORE = tuple(range(1, 31))
MANY = tuple(range(1, 121))
"""Tried where the sides are the same at all of the few, or have values at hardly any."""
FEW = 4
"""Points with values that are enough."""
LARGEST = 400
"""Parts of a side: a longer one is not changed part by part."""
MOST_NAMES = 20
MOST, FEWEST, WORK = 600, 60, 100_000
"""How often candidates are looked at: less often where each look is much work."""
GLANCE = 0.2
"""A look at one of many at once, in doubles."""

Around = tuple[Expr, ...]
"""What an expression lies in, outermost first."""


WrittenCase: TypeAlias = Case[WrittenDerivation]


class Enough(Exception):
    """So much was looked at that nothing plausible is left."""


@dataclass(slots=True, eq=False)
class Slip:
    """A mistake that may have been made: its kind, its words, and what should have been written.

    `tree` is the mended right side: what is left of the claim, with something else in it.
    """

    kind: str
    says: str
    tree: Expr


@dataclass(slots=True, eq=False)
class RefutedClaim:
    """A refuted claim: `truth` is what is right, `claim` what was claimed.

    `side` is the claimed side as it was written, `expr` its tree; `names` are the writer's names of
    vertices. `trial` holds points of general position at which both sides have values.
    `parts` says which vertex each expression within the claimed side stands for, `turns` which
    those in the bodies of its folds do, turn by turn; `turn` counts the turn of the loops around
    the claim, `derivation` reads what might be written in its place.
    """

    claimed: Claimed
    ruling: Ruling
    derivation: WrittenDerivation
    side: Side
    names: Mapping[Node, str]
    trial: Trial
    places: list[int] = field(default_factory=list)
    parts: dict[Expr, Node] = field(default_factory=dict)
    turns: Turns = field(default_factory=dict)
    turn: int = 0
    left: float = 0
    formulas: dict[str, Expr | None] = field(default_factory=dict)
    expressions: list[tuple[Expr, Around]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.again()

    def again(self) -> None:
        """Allow as many looks as a claim of this size has."""
        work = operations([self.truth, self.claim], self.trial.sizes)
        self.left = max(FEWEST, min(MOST, WORK // max(work, 1)))

    def charge(self, looks: float = 1) -> None:
        """Count one more look, or so many; Enough where there were too many."""
        self.left -= looks
        if self.left < 0:
            raise Enough

    @property
    def expr(self) -> Expr:
        return self.side.value

    @property
    def truth(self) -> Node:
        return self.ruling.pair.written.left

    @property
    def claim(self) -> Node:
        return self.ruling.pair.written.right

    @property
    def derived(self) -> list[Derived]:
        return self.ruling.pair.derived

    def node(self, expr: Expr, more: Mapping[str, Node] | None = None) -> Node | None:
        """What an expression would mean in the place of the claimed side; None for nonsense.

        `more` are names that nobody wrote.
        """
        self.charge()
        parts = {**self.parts} if more else self.parts
        turns = None if more or self.turns else self.turns
        key, turn = self.claimed.key, self.turn
        with self.derivation.reading(key, turn, parts=parts, turns=turns, more=more) as read:
            try:
                return read(expr)
            except GradcliError:
                return None

    def nodes(self, exprs: Iterable[Expr]) -> list[Node | None]:
        """The same of many expressions, in less time."""
        found: list[Node | None] = []
        with self.derivation.reading(self.claimed.key, self.turn, parts=self.parts) as read:
            for expr in exprs:
                self.charge(GLANCE)
                try:
                    found.append(self.parts.get(expr) or read(expr))
                except GradcliError:
                    found.append(None)
        return found

    def parsed(self, text: str) -> Expr | None:
        """The tree of a formula; None where the language cannot say it."""
        if text not in self.formulas:
            try:
                self.formulas[text] = unwritten(self.derivation.parsed(text))
            except GradcliError:
                self.formulas[text] = None
        return self.formulas[text]

    def fits(self, tree: Expr) -> bool:
        """Whether a mended side is what is right at every point of the trial: quick, no proof."""
        node = self.node(tree)
        return node is not None and self.same(self.truth, node)

    def printed(self, tree: Expr) -> str:
        """A mended side as its writer would have put it."""
        return printed(self.side, tree)

    def everywhere(self) -> list[tuple[Expr, Around]]:
        """Every expression within the claimed side, itself first, and what each lies in."""
        if not self.expressions:
            found = [*islice(places(self.expr), LARGEST + 1)]
            self.expressions += found if len(found) <= LARGEST else found[:1]
        return self.expressions

    def is_array(self, part: Expr) -> bool:
        """Whether a part may have more than one entry."""
        node = self.parts.get(part)
        return node is None or bool(node.shape)

    def repeats(self, tree: Expr, text: str) -> bool:
        """Whether a mended side, in print, puts the left side itself to the claim, or in its place.

        A derivative on the left is to be written out, and that is all it asks for.
        """
        truth, node = self.truth, self.node(tree)
        if self.derived or node is None:
            return self.claimed.name == text
        left = truth, make(truth.op, *truth.args, params=truth.params)
        if node in left:
            # As a change of what was claimed, be it a small one, it is something new.
            return bool(inputs(truth)) and not inputs(self.claim)
        return bool(truth.args) and any(n in left for n in topological([node]))

    def changed_rightly(self, tree: Expr) -> bool:
        """Whether a mended side changes what was wrong, to fifty digits of the change itself.

        A term that is tiny beside the rest would else be right to fifty digits whatever it is.
        """
        node = self.node(tree)
        if node is None or self.claim.shape != self.truth.shape:
            return node is not None
        trial = self.trial.only(self.places)
        while True:
            values = trial.evaluate([self.truth, self.claim, node])
            with precision(trial.bits):
                left = [settled(*x) for x in zip(*(v.flat for v in values), strict=True)]
            if False in left or None not in left or trial.bits >= LAST_BITS:
                return False not in left
            trial = trial.only(range(trial.count), trial.bits * 2)

    def same(self, left: Node, right: Node) -> bool:
        """Whether two vertices of one shape agree at every point of the trial."""
        sizes = self.trial.sizes
        if fixed(left.shape, sizes) != fixed(right.shape, sizes):
            return False
        if not exists([right], sizes):
            return False
        try:
            a, b = self.trial.evaluate([left, right])
        except KeyError:
            return False
        with precision(self.trial.bits):
            return all(
                finite(y) and compared(x, y) != DIFFERENT
                for k in self.places
                for x, y in zip(a[k, ...].flat, b[k, ...].flat, strict=True)
            )


def settled(truth: Ball, claim: Ball, mend: Ball) -> bool | None:
    """Whether a number was changed to the true one, measured by the change; None if it is open."""
    rest, change = upper(mend - truth), lower(mend - claim)
    if rest <= NARROW * change:
        return True
    return False if mend != truth else None


def printed(side: Side, tree: Expr) -> str:
    """A claimed side with other contents; a copy of what was written keeps all brackets."""
    text = source_of(tree, like=side.value)
    if side.value not in (tree, tree.origin):
        return one_line(text)
    return Slot(side.value, side.span.start, side.span.end).around(text)


def in_full(expr: Expr) -> str:
    """What was written, on one line."""
    return " ".join(expr.span.text.split())


def shown(expr: Expr) -> str:
    """The same as it can stand in a sentence that says more than this."""
    text = in_full(expr)
    return text if len(text) <= 40 else f"{text[:18]} … {text[-18:]}"


def passes(
    case: WrittenCase, claimed: Claimed, claim: Callable[[WrittenDerivation], Claimed]
) -> str | None:
    """The verdict on another claim in the place of a claim; None unless it passes."""
    try:
        verdict = case.judge(claimed, claim).verdict
    except GradcliError:
        return None
    return verdict if verdict in PASSED else None


def refuted_claim(
    claimed: Claimed, ruling: Ruling, derivation: WrittenDerivation, side: Side | None = None
) -> RefutedClaim | None:
    """A refuted claim laid out; None where there is no point of general position to try at.

    Where something else was judged in the place of its `side`, that is what was claimed.
    """
    found = _placed(ruling)
    if found is None:
        return None
    made = _laid_out(claimed, ruling, derivation, *found)
    made.side = side or made.side
    # What was read once need not be read again; a side that now means something else is left alone.
    return made if made.node(made.expr) is made.claim else None


def at_one_point(
    claimed: Claimed, ruling: Ruling, derivation: WrittenDerivation
) -> RefutedClaim | None:
    """A refuted claim laid out at the point at which it was refuted, and nowhere else."""
    row = ruling.row
    if row is None:
        return None
    made = _laid_out(claimed, ruling, derivation, row.trial, [row.place])
    made.parts[made.expr] = made.claim
    return made


def _laid_out(
    claimed: Claimed, ruling: Ruling, derivation: WrittenDerivation, trial: Trial, places: list[int]
) -> RefutedClaim:
    turns, loop = derivation.claims[claimed.key].pairs, ruling.pair.loop
    turn = next((k for k, pair in enumerate(turns) if pair.loop == loop), 0)
    context = derivation.contexts[claimed.key][turn]
    known = names(derivation, context, loop)
    return RefutedClaim(claimed, ruling, derivation, context.side, known, trial, places, turn=turn)


def _placed(ruling: Ruling) -> tuple[Trial, list[int]] | None:
    """Points at which both sides have values: at the first sizes, or those of the refutation."""
    pair, sample_space, row = ruling.pair, ruling.sample_space, ruling.row
    made = (x for x in sample_space.choices() if exists([*pair.sides, *pair.of], x))
    first = next(made, None)
    for sizes in [x for x in (first, row.trial.sizes if row else None) if x is not None]:
        # What is right at one point may be so by luck: a formula is tried at others as well.
        freely = sample_space.complete and any(
            n in sample_space.spaces for n in topological([pair.right])
        )
        given = {n: v for n, v in sample_space.given.items() if n not in sample_space.spaces}
        found: tuple[Trial, list[int]] | None = None
        for numbers in (POINTS, MORE, MANY):
            trial = sample_space.trial(sizes, numbers)
            if freely:
                trial = drawn(sample_space.spaces, given, sizes, numbers, sample_space.seed)
            rows = general(pair, trial)
            if len(rows) > len(found[1] if found else ()) and DIFFERENT in dict(rows).values():
                found = trial, [k for k, _ in rows]
            if found and (len(found[1]) >= FEW or (sample_space.complete and not freely)):
                break
        if found:
            return found
    return (row.trial, [row.place]) if row is not None else None


def names(
    derivation: WrittenDerivation, context: ReadingContext, loop: Mapping[str, int]
) -> dict[Node, str]:
    """The names of the vertices that are known at a claim; in a loop h[2] is `h[t-1]`."""
    found: dict[Node, str] = {}
    for name, node in derivation.vertices.items():
        if derivation.order(node) < context.known:
            found[node] = within(name, loop)
    return found


def within(name: str, loop: Mapping[str, int]) -> str:
    """The name of a member seen from a turn of a loop."""
    family, _, rest = name.partition("[")
    index = rest.rstrip("]")
    if not loop or not index.removeprefix("-").isdecimal():
        return name
    variable, value = [*loop.items()][-1]
    away = int(index) - value
    return f"{family}[{variable}{away:+d}]" if away else f"{family}[{variable}]"


def general(pair: Pair, trial: Trial) -> list[tuple[int, str]]:
    """The points of a trial at which both sides have values, and whether they are the same."""
    if fixed(pair.left.shape, trial.sizes) != fixed(pair.right.shape, trial.sizes):
        both = [finite_rows(value) for value in trial.evaluate(pair.sides)]
        return [(k, DIFFERENT) for k in range(trial.count) if all(has[k] for has in both)]
    rows = tried(pair, trial, settle=False)
    return [(k, r.state) for k, r in enumerate(rows) if r.state in (SAME, EXACT, DIFFERENT)]


@lru_cache(maxsize=1)
def meant(refuted: RefutedClaim) -> dict[str, Node]:
    """The names that could have been meant: of the text's own inputs and vertices."""
    own = {p.name: n for p, n in refuted.parts.items() if isinstance(p, Name)}
    given = {str(n.params[0]): n for n in refuted.ruling.sample_space.spaces}
    vertices = {name: node for node, name in refuted.names.items() if "[" not in name}
    return dict([*(own | given | vertices).items()][:MOST_NAMES])
