"""Our own derivatives against FLINT's series and against differences, at points of a claim.

Must not know claims. A disagreement is a bug of gradcli, and is said so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations, pairwise
from operator import add
from random import Random

from gradcli.arithmetic.ball import ONE, Ball, finite, precision
from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.evaluate import operations
from gradcli.arithmetic.jet import jet
from gradcli.arithmetic.measure import exponent, holds_zero, integer, power_of_two, upper
from gradcli.arithmetic.series import SERIES
from gradcli.arithmetic.small_array import array_of, broadcast_to, filled
from gradcli.calculus.core import symbol
from gradcli.calculus.derivative import Derived
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.certify.certify import disagree
from gradcli.certify.differences import contradicts, differences
from gradcli.certify.problem import Setting
from gradcli.errors import Diagnostic, SelfCheckError, Span
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.trial.trials import Trial

SERIES_WORK, DIFFERENCE_WORK = 200_000, 3_000
LARGEST = 997  # of a direction's entries: slips in two places must not cancel in them
FARTHEST = 10_000  # binary digits of what makes derivatives equally large
CONFIRMED = 40
"""Binary digits to which a sum over the entries must be seen to be right."""


class AtRow(Setting):
    """Derivatives at one point of a trial: what is differentiated, moving by some vertices."""

    def __init__(self, of: Node, by: Sequence[Node], trial: Trial, row: int) -> None:
        super().__init__(of, by, trial.sizes)
        trial.evaluate([of, *by])
        self.point_here = trial.point(row) | {node: trial.value(node, row) for node in by}
        self.value = trial.value(of, row)[0, ...]

    def point(self, m: Arithmetic) -> dict[Node, Array]:
        """The values at the one point, exact in every number system that is asked here."""
        return self.point_here


def cross_check(derived: Derived, trial: Trial, row: int, span: Span | None) -> bool:
    """Whether the series, or differences, say the same of a derivative at this point.

    SelfCheckError where they contradict it.
    """
    return confirmed(derived.of, [derived.by], derived.node, trial, row, span)


def confirmed(
    of: Node, by: Sequence[Node], node: Node, trial: Trial, row: int, span: Span | None = None
) -> bool:
    """Whether FLINT's own series say what a graph says of a derivative at one point of a trial.

    The graph is of the shape of `of` and of every vertex of `by` in turn, which are no parts of one
    another. None of our rules is in the series: `of` itself moves along random directions, one for
    each order, in which every entry of the derivative takes part. Differences are asked where the
    series cannot tell of a first derivative; False where they cannot, either, or it would take too
    long. SelfCheckError for a contradiction.
    """
    work = operations([of], trial.sizes)
    if work > SERIES_WORK:
        return False
    setting = AtRow(of, [*dict.fromkeys(by)], trial, row)
    claimed = trial.evaluate([node])[0][row, ...]
    directions = [direction(setting, x, Random(f"{k} {row}")) for k, x in enumerate(by)]
    turns = [[directions[k] for k in turn] for turn in _turns(by)]
    with precision(trial.bits, terms=len(by) + 1):
        seen = _mixed(setting, directions)
        each = [_contracted(claimed, setting, turn, by) for turn in turns]
        expected = array_of((x for row in each for x in row.flat), (len(each), setting.rows))
        if all(map(finite, seen)):
            if any(disagree(seen, each) for each in expected):
                raise _contradiction("the series", span)
            return all(map(_told, broadcast_to(seen, expected.shape).flat, expected.flat))
    if len(by) > 1 or work > DIFFERENCE_WORK:
        return False
    # Asked last: a wave shorter than a step would mislead where the series have told.
    found = differences(setting, directions[0][None], topological([of]), trial.bits)
    with precision(trial.bits):
        if contradicts(found, expected):
            raise _contradiction("finite differences", span)
    return all(found.converged)


def confirmed_together(taken: Sequence[Derived], trial: Trial, row: int) -> list[Derived]:
    """Which derivatives of one function its series confirm when all that they are by moves at once.

    A number is added to each of these vertices, so large that no derivative is hidden by others: it
    moves the vertex and all that is made of it. Where the series contradict the derivatives nothing
    is said, for they do not tell of which.
    """
    moves = {each.by: symbol(f"moved {k}", each.by.shape) for k, each in enumerate(taken)}
    done: dict[Node, Node] = {}

    def change(node: Node, args: list[Node]) -> Node:
        return same(node, args) + moves[node] if node in moves else same(node, args)

    rebuilt([taken[0].of], change, done)
    setting = Setting(done[taken[0].of], [*moves.values()], trial.sizes)
    claimed = [
        value[row, ...].reshape(setting.rows, width)
        for value, width in zip(
            trial.evaluate([each.node for each in taken]), setting.widths, strict=True
        )
    ]
    point, random = trial.point(row), Random(str(row))
    steps: list[Ball] = []
    for new, shape, value in zip(setting.wrt, setting.shapes, claimed, strict=True):
        point[new] = filled(integer(0), (1, *shape))
        size = max((exponent(x) or 0 for x in value.flat), key=abs, default=0)
        scale = power_of_two(-size if abs(size) < FARTHEST else 0)
        steps += (_step(random) * scale for _ in range(value.shape[1]))
    way = array_of(steps, (1, setting.columns))
    with precision(trial.bits, terms=2):
        found = setting.run([setting.output], SERIES, setting.along(point, way))[0]
        found = broadcast_to(found, (1, *setting.shape)).reshape(-1)
        seen = array_of((jet(x).coefficient(1) for x in found), (setting.rows,))
        parts = [part.reshape(-1) for part in setting.split(way)]
        terms = [value @ part for value, part in zip(claimed, parts, strict=True)]
        expected = reduce(add, terms)
        if not all(map(finite, seen)) or disagree(seen, expected):
            return []
        gaps = [*map(upper, seen - expected)]
        told = [all(map(_narrow, gaps, term.flat)) for term in terms]
    return [each for each, so in zip(taken, told, strict=True) if so]


def _turns(by: Sequence[Node]) -> list[list[int]]:
    """Orders of the directions of one vertex in which a derivative is to be the same.

    Each exchanges two that follow one another, and all others come of these; along random
    directions each is as good as certain.
    """
    found = [[*range(len(by))]]
    for x in dict.fromkeys(by):
        for a, b in pairwise(k for k, y in enumerate(by) if y is x):
            turn = [*range(len(by))]
            turn[a], turn[b] = b, a
            found.append(turn)
    return found


def direction(setting: AtRow, by: Node, random: Random) -> Array:
    """One vertex moves along whole numbers, all others rest: (columns,)."""
    moving = range(*_columns(setting, by))
    steps = (_step(random) if k in moving else integer(0) for k in range(setting.columns))
    return array_of(steps, (setting.columns,))


def _step(random: Random) -> Ball:
    return integer(random.choice((-1, 1)) * random.randint(1, LARGEST))


def _columns(setting: AtRow, by: Node) -> tuple[int, int]:
    """Where the entries of a vertex begin and end."""
    place = setting.wrt.index(by)
    start = sum(setting.widths[:place])
    return start, start + setting.widths[place]


def _mixed(setting: AtRow, directions: Sequence[Array]) -> Array:
    """The derivative once along each direction, (rows,), by the function's own series.

    That is the sum over all choices of directions of the coefficient of t^order along their sum,
    with a minus for each that is not chosen (polarisation).
    """
    order = len(directions)
    chosen = [c for k in range(1, order + 1) for c in combinations(directions, k)]
    sums = [reduce(add, c) for c in chosen]
    ways = array_of((x for row in sums for x in row.flat), (len(sums), setting.columns))
    moved = setting.along(setting.point_here, ways)
    found = setting.run([setting.output], SERIES, moved)[0]
    found = broadcast_to(found, (len(chosen), *setting.shape)).reshape(len(chosen), -1)
    total = filled(0, (setting.rows,))
    for c, row in zip(chosen, found, strict=True):
        sign = (-1) ** (order - len(c))
        part = (jet(x).coefficient(order) * sign for x in row)
        total = total + array_of(part, (setting.rows,))
    return total


def _contracted(
    claimed: Array, setting: AtRow, directions: Sequence[Array], by: Sequence[Node]
) -> Array:
    """A derivative along one direction for each order: (rows,)."""
    parts = [d[slice(*_columns(setting, x))] for d, x in zip(directions, by, strict=True)]
    left = claimed.reshape(setting.rows, *(len(part) for part in parts))
    for part in reversed(parts):
        left = left @ part
    return left


def _told(seen: Ball, expected: Ball) -> bool:
    """Whether two numbers that overlap are known well enough for that to say something."""
    return _narrow(upper(seen - expected), expected)


def _narrow(gap: Ball, expected: Ball) -> bool:
    size = ONE if holds_zero(expected) else upper(expected)
    return bool(gap < power_of_two(-CONFIRMED) * size)


def _contradiction(one: str, span: Span | None) -> SelfCheckError:
    message = f"{one} and reverse mode give different derivatives: this is a bug of gradcli"
    help = "please report the derivation"
    return SelfCheckError(Diagnostic("G900", message, span, help=help))
