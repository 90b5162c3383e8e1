"""A run of residues: its fields, its draws, and how the signs that were asked for are taken.

Must not know graphs, nor any function of residues.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any

from gradcli.proof.fields import Chain, Field, fields
from gradcli.proof.residue import Residue

SMALL = 24
MOST_DECISIONS = 10
LAWFUL = {"input", "prime", "turn", "pi"}


class Shallow(Exception):
    """Exponentials are nested deeper than there are fields."""


class Undecidable(Exception):
    """There are more signs to be taken both ways than can be tried."""


class Run:
    """One evaluation: its fields, what was drawn, the signs that were met and how they are taken.

    `signs` are known beforehand, `taken` those decided so far: two numbers whose ratio is a small
    rational are one switch. A switch is taken both ways, and with `rests` as resting at zero, too.
    `forced` are the first decisions, as their place among the possible ones.
    """

    def __init__(self, chain: Chain, levels: int, seed: int, rests: bool = False) -> None:
        self.chain, self.seed = chain, seed
        self.ways = (1, -1, 0) if rests else (1, -1)
        self.fields: tuple[Field, ...] = fields(chain, levels)
        self.numbers: dict[Fraction, Residue] = {}
        self.drawn: dict[tuple[object, ...], tuple[Any, ...]] = {}
        self.logarithms: dict[int, Residue] = {}
        self.atoms: list[tuple[Residue, Residue]] = []
        self.forget()

    def forget(self, forced: tuple[int, ...] = ()) -> None:
        """Begin again with the decisions, the first of which are forced."""
        self.taken: list[tuple[Residue, int]] = []
        self.roots: list[tuple[Residue, Residue]] = []
        self.orders: dict[int, int] = {}
        self.asked: set[int] = set()
        self.met: list[tuple[int, int]] = []
        self.forced = forced
        self.signs: list[tuple[Residue, int]] = []

    # -- drawing

    def draw(self, *keys: object) -> Residue:
        """A number that depends on nothing but these keys; its degree is still to be told."""
        at = self.drawn.get(keys)
        if at is None:
            at = self.drawn[keys] = tuple(
                field.element(_hashed(f"{self.seed} {k} {' '.join(map(str, keys))}"))
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
        return self.power_of(self.draw("pi"))

    @property
    def lawful(self) -> bool:
        """Whether equal functions have had equal residues so far, without exception.

        No sign was decided, and nothing drawn but numbers that satisfy no law that residues do not:
        inputs, logarithms of primes, i in exponents or pi (together they do: exp(i*pi) = -1). That
        constants such as e^e satisfy none is Schanuel's conjecture.
        """
        drawn = {str(keys[0]) for keys in self.drawn}
        return not self.met and drawn <= LAWFUL and not drawn >= {"turn", "pi"}

    # -- decisions

    def decide(self, ways: tuple[int, ...] = (1, -1)) -> int:
        place = len(self.met)
        if place >= MOST_DECISIONS:
            raise Undecidable
        chosen = self.forced[place] if place < len(self.forced) else 0
        self.met.append((chosen, len(ways)))
        return ways[chosen]

    def following(self) -> tuple[int, ...] | None:
        """The decisions to force next, None where all have been taken every way."""
        met = list(self.met)
        while met and met[-1][0] == met[-1][1] - 1:
            met.pop()
        return (*(k for k, _ in met[:-1]), met[-1][0] + 1) if met else None

    def sign(self, x: Residue) -> int:
        """Of a number that is not zero: as decided for the switch that it is a multiple of."""
        if x.exact is not None:
            return (x.exact > 0) - (x.exact < 0)
        if not x.at or not x:
            return 0
        self.asked.add(x.key)
        if x.pure and 0 not in self.ways:
            return 1
        if x.root:
            return abs(self.sign(x.root()))
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
