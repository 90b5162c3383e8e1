"""The scalars of a set as an interval of numbers: what lies in it, round ones and random ones.

Must not know arrays, nor what the numbers are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import chain, count, islice
from random import Random

from gradcli.arithmetic.ball import BALL, Ball, finite, le, lt, precision, rational
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.measure import bracket, fraction, integer, is_exact, length
from gradcli.arithmetic.truth import both, known
from gradcli.calculus.core import SIZE
from gradcli.errors import wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.space import Scalars

BITS = 256  # at which an irrational bound is told from a point
ZERO, HALF = integer(0), rational(Fraction(1, 2))
SLACK = rational(Fraction(1, 40))  # what a random number may move by to lose digits
GENERIC = 1_000_003
"""A prime that nobody writes: no carrier is at rest at all fractions over it."""
FINE = 1000  # parts of an interval among which a generic number is one
SMALL = (
    tuple(map(integer, (1, 2, 3, -1, -2))),
    tuple(map(integer, (-1, -2, -3, 1, 2))),
    (HALF, HALF / 2, 3 * HALF / 2, -HALF, integer(-1)),
    (ZERO, HALF, integer(-2), integer(2), integer(3)),
)


Between = Callable[[Ball, Ball], Ball]


def simplest_between(low: Ball, high: Ball) -> Ball:
    """The rational with the fewest digits strictly between two: 0, integers, short decimals."""
    if not low < high:
        raise ValueError(f"nothing lies between {low} and {high}")
    if low < 0 < high:
        return ZERO
    if high <= 0:
        return -simplest_between(-high, -low)
    first = int(low.floor()) + 1
    if first < high:
        most = length(first)
        units = (10**k for k in range(most - 1, -1, -1))
        multiples = ((int((low / unit).floor()) + 1) * unit for unit in units)
        return integer(next(m for m in multiples if m < high and m < 10**most))
    for places in count(1):
        unit = 10**places
        least, most = int((low * unit).floor()) + 1, -int((-high * unit).floor()) - 1
        if least <= most:
            five = -(-least // 5) * 5
            return integer(five if five <= most else (least + most) // 2) / unit
    raise AssertionError


def generic_between(low: Ball, high: Ball) -> Ball:
    """A rational strictly between two that is no short decimal and no simple fraction."""
    if not low < high:
        raise ValueError(f"nothing lies between {low} and {high}")
    unit = next(u for k in count() if (high - low) * (u := integer(GENERIC * 10**k)) > FINE)
    nearest = int(((low + high) / 2 * unit).floor())
    return integer(nearest + (nearest % GENERIC == 0)) / unit


def is_generic(x: Ball) -> bool:
    """Whether a number was drawn to be of general position: its denominator tells."""
    return int(x.q) % GENERIC == 0


def _end(bound: Ball, side: int) -> Ball:
    """A rational beside an end of a set. GradcliError (G008) where it would be too long."""
    try:
        return bracket(bound)[side]
    except OverflowError:
        help = "write inf for an end that is nowhere, or 0 for one that is next to it"
        raise wrong(
            "G008", "an end of a set is a number too long to compare with", help=help
        ) from None


class ScalarRange:
    """The scalars of a set with their bounds as numbers, at these sizes of letters."""

    def __init__(self, scalars: Scalars, sizes: Mapping[str, int]) -> None:
        self.scalars = scalars
        self.bounds = low, high = _bound(scalars.low, sizes), _bound(scalars.high, sizes)
        with precision(BITS):
            self.low = None if low is None else _end(low, 1)
            self.high = None if high is None else _end(high, 0)
        if scalars.whole:
            if self.low is not None:
                self.low = -integer((-self.low).floor())
                self.low += self.holds(self.low) is False
            if self.high is not None:
                self.high = integer(self.high.floor())
                self.high -= self.holds(self.high) is False
        ends = [
            end
            for end, bound in ((self.low, low), (self.high, high))
            if end is not None and is_exact(bound)
        ]
        self.special = [x for x in dict.fromkeys([ZERO, *ends]) if self.holds(x)]

    def holds(self, x: Ball) -> bool | None:
        """Whether a number is one of them; None where an irrational bound is too close to tell."""
        s, (low, high) = self.scalars, self.bounds
        whole = is_whole(x) if s.whole else True
        if whole and s.step > 1 and self.low is not None:
            whole = int((x - self.low).p) % s.step == 0
        if low is None and high is None:
            return whole
        with precision(BITS):
            above = low is None or (lt if s.low_open else le)(low, x)
            below = high is None or (lt if s.high_open else le)(x, high)
        return known(both(whole, both(above, below)))

    def number(
        self, random: Random, powers: tuple[float, float], choose: Between = simplest_between
    ) -> Ball:
        """A random one, whose size or distance from an end is spread over these powers of ten.

        `choose` gives the one of an interval that is taken.
        """
        low, high, whole = self.low, self.high, self.scalars.whole
        if low is not None and low == high:
            return low
        size = rational(Fraction(10 ** random.uniform(*powers)))
        start = integer((2 * size + HALF).floor()) if whole else shorter(size, SLACK, choose)
        plain = start * random.choice((1, -1))
        if (low is None and high is None) or (random.random() < 0.7 and self.holds(plain)):
            return plain
        if whole and low is not None and high is not None:
            return integer(random.choice(range(int(low.p), int(high.p) + 1, self.scalars.step)))
        if whole:
            return high - start if low is None else low + start
        ends = sorted(self._away(size * (1 + side)) for side in (SLACK, -SLACK))
        return choose(*ends)

    def _away(self, size: Ball) -> Ball:
        """The positive numbers mapped onto an interval."""
        if self.high is None:
            return self.low + size
        return self.high - (
            size if self.low is None else (self.high - self.low) * size / (1 + size)
        )

    def round(self, k: int, wanted: int) -> list[Ball]:
        """About so many distinct round ones, fewer where there are not as many; the k-th choice."""
        low, high = self.low, self.high
        anchor = ZERO
        if low is not None and low > 0:
            anchor = integer(low.floor())
        elif high is not None and high < 0:
            anchor = -integer((-high).floor())
        larger = (integer(sign * n) for n in count(4) for sign in (1, -1))
        near = (anchor + x for x in islice(chain(SMALL[k], larger), 2 * wanted + 8))
        found = list(islice((x for x in near if self.holds(x)), wanted))
        if len(found) < wanted and low is not None and high is not None:
            found += self._parts(low, high, wanted + k)
        return list(dict.fromkeys(found))

    def _parts(self, low: Ball, high: Ball, wanted: int) -> Iterator[Ball]:
        """One number out of every equal part of an interval."""
        if self.scalars.whole or low == high:
            every = range(int(low.p), int(high.p) + 1, self.scalars.step)
            yield from (integer(n) for n in every[:wanted])
            return
        for k in range(wanted):
            yield simplest_between(*(low + (high - low) * j / wanted for j in (k, k + 1)))


def is_whole(x: Ball) -> bool | None:
    """Whether a number is an integer; None where one lies too close to tell."""
    if is_exact(x):
        return bool(fraction(x).denominator == 1)
    return None if x.contains_integer() else False


def range_of(scalars: Scalars, sizes: Mapping[str, int]) -> ScalarRange:
    """The line of a set at these sizes of letters, made once; an end without a size is no end."""
    letters = letters_of(scalars)
    return _range_of(scalars, tuple((x, sizes[x]) for x in letters if x in sizes))


@lru_cache(maxsize=1024)
def _range_of(scalars: Scalars, sizes: tuple[tuple[str, int], ...]) -> ScalarRange:
    return ScalarRange(scalars, dict(sizes))


@lru_cache(maxsize=1024)
def letters_of(scalars: Scalars) -> tuple[str, ...]:
    """The dimension letters in the ends of a set."""
    ends = [end for end in (scalars.low, scalars.high) if end is not None]
    terms = (node.params[0].terms for node in topological(ends) if node.op is SIZE)
    return tuple(sorted({x for some in terms for names, _ in some for x in names}))


def _bound(node: Node | None, sizes: Mapping[str, int]) -> Ball | None:
    if node is None:
        return None
    try:
        with precision(BITS):
            value = evaluate([node], BALL, {}, sizes)[0].item()
    except KeyError:
        return None
    return value if finite(value) else None


def shorter(x: Ball, slack: Ball, choose: Between = simplest_between) -> Ball:
    """A number about as large with fewer digits."""
    return choose(*sorted((x * (1 - slack), x * (1 + slack))))
