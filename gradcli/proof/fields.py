"""Chains of prime fields in which each prime divides its predecessor minus one, for exponentials.

Must not know what is computed in them. A chain is given from the bottom: its first prime, then for
each further one the factor c of p' = c*p + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from flint import fmpz, fmpz_mod_ctx
from flint.utils.flint_exceptions import DomainError

Element: TypeAlias = Any


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The integers modulo p, with p - 1 = twos*odd.

    In the subgroup of odd order every element has exactly one square root, so that roots of
    products are products of roots. `generator` is of the order of the prime below (None at the
    bottom), `imaginary` a square root of -1 (None where there is none).
    """

    context: Any
    prime: int
    odd: int
    generator: Element
    imaginary: Element

    def element(self, value: int) -> Element:
        return self.context(value)

    def odd_order(self, x: Element) -> bool:
        """Whether x lies in the subgroup of odd order."""
        return bool(x**self.odd == 1)

    def root(self, x: Element) -> Element:
        """The square root within the subgroup of odd order, of an element of it."""
        return x ** ((self.odd + 1) // 2)

    def any_root(self, x: Element) -> Element | None:
        """A square root, None where there is none."""
        try:
            return self.context(fmpz(int(x)).sqrtmod(fmpz(self.prime)))
        except DomainError:
            return None

    def odd_root(self, x: Element, n: int) -> Element:
        """The n-th root for an odd n, of which every element has exactly one; ValueError if not."""
        return x ** pow(n, -1, self.prime - 1)


@dataclass(frozen=True, slots=True)
class Chain:
    """A family of chains: `bottom` the smallest prime, `factors` what leads from each to the next.

    `twos` is the largest power of two in p - 1, for every p of the chain.
    """

    bottom: int
    factors: tuple[int, ...]
    twos: int

    @property
    def longest(self) -> int:
        return len(self.factors) + 1


REAL = Chain(
    1569275433846670190958947355801916604025588861116009445239,
    (
        882362, 368402, 1347482, 382322, 558722, 133202, 144962, 28802, 446882, 280562, 425882,
        1617362, 390722,
    ),
    2,
)  # fmt: skip
"""p = 3 modulo 4: one of x and -x has a root. The primes to 23 have one, every number an odd root
of order 3, 5 and 7."""

COMPLEX = Chain(
    1569275433846670190958947355801916604025588861116010026329,
    (206712, 5386392, 4351512, 4961352, 10367592, 1850952, 6196392, 8420712),
    8,
)
"""p = 9 modulo 16: -1 has a root. The primes to 7 are eighth powers, and every number has one root
of order 5 and 7."""


@lru_cache(maxsize=64)
def fields(chain: Chain, levels: int) -> tuple[Field, ...]:
    """So many fields of a chain, the largest first."""
    primes = [chain.bottom]
    for factor in chain.factors[: levels - 1]:
        primes.append(factor * primes[-1] + 1)
    found = []
    for k, prime in enumerate(primes):
        context = fmpz_mod_ctx(fmpz(prime))
        odd = (prime - 1) // chain.twos
        generator = None if not k else _of_order(context, prime, primes[k - 1])
        found.append(Field(context, prime, odd, generator, _imaginary(context, prime)))
    return tuple(reversed(found))


def _of_order(context: Any, prime: int, order: int) -> Element:
    base = 2
    while (power := context(base) ** ((prime - 1) // order)) == 1:
        base += 1
    return power


def _imaginary(context: Any, prime: int) -> Element:
    if prime % 4 != 1:
        return None
    base = 2
    while (power := context(base) ** ((prime - 1) // 4)) ** 2 != -1:
        base += 1
    return power
