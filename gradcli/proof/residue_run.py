"""A run of residues: its fields, its draws, and how the signs that were asked for are taken.

Must not know graphs, nor any function of residues.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any

from gradcli.proof.fields import Field, FieldChain, QuadraticElement, fields
from gradcli.proof.residue import Residue

SMALL = 24
MOST_DECISIONS = 10
LAWFUL = {"input", "abstract", "prime", "turn", "pi", "mix"}


class Shallow(Exception):
    """Exponentials are nested deeper than there are fields."""


class Turning(Exception):
    """An imaginary unit is needed, and the fields have none."""


class Undecidable(Exception):
    """There are more signs to be taken both ways than can be tried."""


class TooMany(Undecidable):
    """Not for what is drawn, but for how many switches there are."""


class OutsideField(Undecidable):
    """An odd root of what lies outside the integers modulo a prime, where it has three or none."""


@dataclass(slots=True, eq=False, repr=False)
class Decision:
    """One of several ways; the others are tried as well where they are `due`.

    `root` is the number of the square root that it is the sign of, None for a switch.
    """

    ways: int
    root: int | None = None
    due: bool = True
    chosen: int = 0

    @property
    def last(self) -> bool:
        """Whether no other way is left to be tried."""
        return not self.due or self.chosen == self.ways - 1


class Run:
    """One evaluation: its fields, what was drawn, the signs that were met and how they are taken.

    `signs` are known beforehand, `taken` those decided so far: two numbers whose ratio is a small
    rational are one switch. A switch is taken both ways, and with `rests` as resting at zero, too.
    `met` are the decisions, the first of them as in `forced`. Square roots are taken on the first
    `rooted` levels, each with a sign of its own, as the roots of different fields are not related;
    with `whole` they must be integers modulo the prime. `told` is every sign that was asked for and
    whether a root was a new one: with it, as `program`, the same is computed from other draws, with
    roots of any signs.
    """

    def __init__(
        self,
        chain: FieldChain,
        levels: int,
        seed: int,
        rests: bool = False,
        rooted: int = 1,
        whole: bool = False,
        program: Sequence[int] | None = None,
    ) -> None:
        self.chain, self.seed = chain, seed
        self.ways = (1, -1, 0) if rests else (1, -1)
        self.rooted, self.whole = rooted, whole
        self.program = None if program is None else iter(program)
        self.fields: tuple[Field, ...] = fields(chain, levels)
        self.numbers: dict[Fraction, Residue] = {}
        self.drawn: dict[tuple[object, ...], tuple[Any, ...]] = {}
        self.logarithms: dict[int, Residue] = {}
        self.powers: dict[tuple[int, int], Any] = {}
        self.atoms: list[tuple[Residue, Residue]] = []
        self.relied: list[Residue] = []
        self.forget()

    def forget(self, forced: Sequence[Decision] = ()) -> None:
        """Begin again with the decisions, the first of which are forced."""
        self.taken: list[tuple[Residue, int]] = []
        self.roots: list[tuple[Residue, Residue]] = []
        self.orders: dict[int, int] = {}
        self.asked: set[int] = set()
        self.met: list[Decision] = []
        self.forced = forced
        self.signs: list[tuple[Residue, int]] = []
        self.told: list[int] = []

    # -- drawing

    def draw(self, *keys: object) -> Residue:
        """A number that depends on nothing but these keys; its degree is still to be told."""
        at = self.drawn.get(keys)
        if at is None:
            at = self.drawn[keys] = tuple(
                field.element(_hashed(f"{self.seed} {k} {' '.join(map(_word, keys))}"))
                for k, field in enumerate(self.fields)
            )
        return Residue(at, 1)

    def power_of(self, log: Residue) -> Residue:
        """A positive number with this logarithm; at the lowest level any that has roots."""
        at = [
            field.generator ** int(below)
            for field, below in zip(self.fields, log.at[1:], strict=False)
        ]
        lowest = self.fields[len(at)]
        at.append(log.at[-1] ** self.chain.twos if lowest.generator is None else log.at[-1] * 0)
        return Residue(tuple(at), 1, pure=lambda: log)

    @cached_property
    def turn(self) -> Residue:
        """What stands for i in an exponent."""
        return self.draw("turn")

    @cached_property
    def pi(self) -> Residue:
        """pi, a number of which nothing is known."""
        return self.power_of(self.draw("pi"))

    @property
    def lawful(self) -> bool:
        """Whether equal functions have had equal residues so far, without exception.

        No sign of a switch was decided, and nothing drawn but what satisfies no law that residues
        do not: inputs, logarithms of primes, i in exponents or pi (together they do: exp(i*pi) is
        -1). That constants such as e^e satisfy none is Schanuel's conjecture.
        """
        drawn = {str(keys[0]) for keys in self.drawn}
        decided = any(decision.root is None for decision in self.met)
        return not decided and not self.relied and drawn <= LAWFUL and not drawn >= {"turn", "pi"}

    def raised(self, level: int, x: Any) -> Any:
        """The exponential on a level of a number on the one below, found once: sines, cosines and
        their kin ask for the same.

        a + b*w counts as a + m*b with a drawn number m, so that sums remain sums.
        """
        if x.__class__ is QuadraticElement:
            x = x.a + x.b * self.draw("mix").at[level + 1]
        key = level, int(x)
        if key not in self.powers:
            self.powers[key] = self.fields[level].generator ** key[1]
        return self.powers[key]

    def root_signs(self, levels: int) -> list[int]:
        """For a root that has either sign, independently on every level."""
        rooted = range(min(self.rooted, levels))
        if self.program is None:
            return [self.decide(root=len(self.roots)) for _ in rooted]
        bits = _hashed(f"{self.seed} root {len(self.roots)}")
        return [1 - 2 * (bits >> k & 1) for k in rooted]

    # -- decisions

    def decide(self, ways: tuple[int, ...] = (1, -1), root: int | None = None) -> int:
        """Which of several ways; the sign of a root is tried either way if this is found due."""
        place = len(self.met)
        if root is None and sum(known.due for known in self.met) >= MOST_DECISIONS:
            raise TooMany
        new = place >= len(self.forced)
        decision = Decision(len(ways), root, root is None) if new else self.forced[place]
        self.met.append(decision)
        return ways[decision.chosen]

    def following(self) -> list[Decision] | None:
        """The decisions to force next, None where all have been taken every way that is due."""
        met = [*self.met]
        while met and met[-1].last:
            met.pop()
        return [*met[:-1], replace(met[-1], chosen=met[-1].chosen + 1)] if met else None

    def tell(self, found: int) -> int:
        """What was found out, or what is prescribed instead."""
        if self.program is not None:
            return next(self.program, 0)
        self.told.append(found)
        return found

    def sign(self, x: Residue) -> int:
        """Of a number: as decided for the switch that it is a multiple of."""
        return self.tell(self._sign(x) if self.program is None else 0)

    def at_rest(self, x: Residue) -> bool:
        """Whether a number is zero: in general it is not, but a switch may have been taken so."""
        if self.program is not None:
            return bool(self.tell(0))
        if x:
            self.asked.add(x.key)
        return bool(self.tell(not x or (0 in self.ways and self._sign(x) == 0)))

    def _sign(self, x: Residue) -> int:
        if x.exact is not None:
            return (x.exact > 0) - (x.exact < 0)
        if not x.at or not x:
            return 0
        self.asked.add(x.key)
        if x.pure and 0 not in self.ways:
            return 1
        if x.root:
            return abs(self._sign(x.root()))
        for known, sign in self.signs:
            if ratio := self.ratio(x, known):
                return sign if ratio > 0 else -sign
        if (had := self.taken_sign(x)) is not None:
            return had
        # What is positive generically may rest where a set is closed, as [0, inf).
        sign = self.decide((1, 0) if x.pure else self.ways)
        self.taken.append((x, sign))
        self.orders |= {x.key: sign, (-x).key: -sign}
        return sign

    def was_asked(self, x: Residue) -> bool:
        """Whether something rests on the sign of this or of what has the other one."""
        return x.key in self.asked or (-x).key in self.asked

    def taken_sign(self, x: Residue) -> int | None:
        """How the switch that this is a multiple of was decided, if it was."""
        if (had := self.orders.get(x.key)) is not None:
            return had
        for switch, sign in self.taken:
            if ratio := self.ratio(x, switch):
                return sign if ratio > 0 else -sign
        return None

    def ratio(self, x: Residue, y: Residue) -> Fraction | None:
        """x/y where it is a rational of small numerator and denominator."""
        if not x.at or not y.at:
            return None
        a, b = x.at[0], y.at[0]
        if a == b:
            return Fraction(1)
        if not b:
            return None
        return small(self.fields[0]).get(int(a / b))


def _word(key: object) -> str:
    """Python refuses to write integers of some thousand digits in decimals."""
    return f"{key:x}" if isinstance(key, int) else str(key)


def _hashed(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=64).digest())


@lru_cache(maxsize=64)
def small(field: Field) -> dict[int, Fraction]:
    """Rationals by their residues."""
    found = {}
    for q in range(1, SMALL + 1):
        for p in range(1, SMALL + 1):
            x = field.element(p) / q
            found[int(x)], found[int(-x)] = Fraction(p, q), Fraction(-p, q)
    return found


RUNS: list[Run] = []


@contextmanager
def running(run: Run) -> Iterator[None]:
    """Evaluate in the fields of a run."""
    RUNS.append(run)
    try:
        yield
    finally:
        RUNS.pop()
