"""Chains of prime fields in which each prime divides its predecessor minus one, for exponentials.

Must not know what is computed in them. A chain is given from the bottom: its first prime, then for
each further one the factor c of p' = c*p + 1. Roots that a field lacks are in its extension of
degree two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from flint import fmpz, fmpz_mod_ctx

Element: TypeAlias = Any
BEYOND = 512
"""More binary digits than any prime has."""


class QuadraticElement:
    """What lies outside the integers modulo p: a + b*w, with b not zero and w*w = unit no square.

    As soon as b is zero it is an integer modulo p again.
    """

    __slots__ = ("a", "b", "unit")

    def __init__(self, a: Element, b: Element, unit: int) -> None:
        self.a, self.b, self.unit = a, b, unit

    def __add__(self, y: Element) -> Element:
        if y.__class__ is QuadraticElement:
            b = self.b + y.b
            return QuadraticElement(self.a + y.a, b, self.unit) if b else self.a + y.a
        return (
            NotImplemented
            if y.__class__ is Hole
            else QuadraticElement(self.a + y, self.b, self.unit)
        )

    __radd__ = __add__

    def __neg__(self) -> QuadraticElement:
        return QuadraticElement(-self.a, -self.b, self.unit)

    def __sub__(self, y: Element) -> Element:
        return NotImplemented if y.__class__ is Hole else self + -y

    def __rsub__(self, y: Element) -> Element:
        return -self + y

    def __mul__(self, y: Element) -> Element:
        if y.__class__ is QuadraticElement:
            a, b = self.a * y.a + self.b * y.b * self.unit, self.a * y.b + self.b * y.a
            return QuadraticElement(a, b, self.unit) if b else a
        if y.__class__ is Hole:
            return NotImplemented
        b = self.b * y
        return QuadraticElement(self.a * y, b, self.unit) if b else b

    __rmul__ = __mul__

    @property
    def norm(self) -> Element:
        """a^2 - unit*b^2, the product with its conjugate: an integer modulo p."""
        return self.a * self.a - self.b * self.b * self.unit

    def inverse(self) -> QuadraticElement:
        """One over it, by its conjugate and norm."""
        norm = self.norm
        return QuadraticElement(self.a / norm, -self.b / norm, self.unit)

    def __truediv__(self, y: Element) -> Element:
        if y.__class__ is QuadraticElement:
            return self * y.inverse()
        return (
            NotImplemented
            if y.__class__ is Hole
            else QuadraticElement(self.a / y, self.b / y, self.unit)
        )

    def __rtruediv__(self, y: Element) -> Element:
        return self.inverse() * y

    def __pow__(self, n: int) -> Element:
        out, base = 1, self if n >= 0 else self.inverse()
        for digit in bin(abs(n))[2:]:
            out = out * out * base if digit == "1" else out * out
        return out

    def __eq__(self, y: object) -> bool:
        return y.__class__ is QuadraticElement and bool(self.a == y.a and self.b == y.b)

    def __int__(self) -> int:
        """A number of its own, larger than those of the integers modulo p."""
        return int(self.a) + (int(self.b) << BEYOND)

    __hash__ = None  # type: ignore[assignment]


class Hole:
    """No element of a field: a root that is not there, and what comes of one. To need it raises."""

    def __init__(self, reason: type[Exception]) -> None:
        self.reason = reason

    def _stays(self, *others: Any) -> Hole:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _stays
    __truediv__ = __rtruediv__ = __neg__ = __pow__ = _stays

    def __int__(self) -> int:
        raise self.reason

    def __eq__(self, other: object) -> bool:
        raise self.reason

    __hash__ = None  # type: ignore[assignment]


@dataclass(slots=True, eq=False, repr=False)
class Field:
    """The integers modulo p, with p - 1 = twos*odd.

    In the subgroup of odd order every element has exactly one square root, so that roots of
    products are products of roots. `generator` is of the order of the prime below (None at the
    bottom), `imaginary` a square root of -1 (None where there is none); `unit` has no root, and
    with one the integers become the field of p*p elements, in which each of them has two.
    """

    context: Any
    prime: int
    odd: int
    generator: Element
    imaginary: Element
    unit: int

    def element(self, value: int) -> Element:
        """A whole number modulo p."""
        return self.context(value)

    def odd_order(self, x: Element) -> bool:
        """Whether x lies in the subgroup of odd order."""
        return bool(x**self.odd == 1)

    def root(self, x: Element) -> Element:
        """The square root within the subgroup of odd order, of an element of it."""
        return x ** ((self.odd + 1) // 2)

    def is_square(self, x: Element) -> bool:
        """Whether an integer modulo p is a square, by the Jacobi symbol; zero is one."""
        return fmpz(int(x)).jacobi(fmpz(self.prime)) >= 0

    def any_root(self, x: Element) -> Element | None:
        """A square root; None for half of what lies outside the integers modulo p."""
        if x.__class__ is not QuadraticElement:
            if self.is_square(x):
                return self._whole_root(x)
            return QuadraticElement(self.context(0), self._whole_root(x / self.unit), self.unit)
        if not self.is_square(x.norm):
            return None
        # (a + b*w)^2 = x: the norm of the root is one of the roots of the norm.
        norm = self._whole_root(x.norm)
        a = next(y for y in ((x.a + norm) / 2, (x.a - norm) / 2) if self.is_square(y))
        a = self._whole_root(a)
        return QuadraticElement(a, x.b / (2 * a), self.unit)

    def _whole_root(self, x: Element) -> Element:
        return self.context(fmpz(int(x)).sqrtmod(fmpz(self.prime)))

    def odd_root(self, x: Element, n: int) -> Element:
        """The n-th root for an odd n, of which every element has exactly one; ValueError if not."""
        order = self.prime - 1 if x.__class__ is not QuadraticElement else self.prime**2 - 1
        return x ** pow(n, -1, order)


@dataclass(slots=True, eq=False, repr=False)
class FieldChain:
    """A family of chains: `bottom` the smallest prime, `factors` what leads from each to the next.

    `twos` is the largest power of two in p - 1, for every p of the chain.
    """

    bottom: int
    factors: tuple[int, ...]
    twos: int

    @property
    def longest(self) -> int:
        """How many levels of exponentials the chain has room for."""
        return len(self.factors) + 1


REAL = FieldChain(
    1569275433846670190958947355801916604025588861116009445239,
    (
        882362, 368402, 1347482, 382322, 558722, 133202, 144962, 28802, 446882, 280562, 425882,
        1617362, 390722,
    ),
    2,
)  # fmt: skip
"""p = 3 modulo 4: one of x and -x has a root. The primes to 23 have one, every number an odd root
of order 3, 5 and 7."""

COMPLEX = FieldChain(
    1569275433846670190958947355801916604025588861116010026329,
    (206712, 5386392, 4351512, 4961352, 10367592, 1850952, 6196392, 8420712),
    8,
)
"""p = 9 modulo 16: -1 has a root. The primes to 7 are eighth powers, and every number has one root
of order 5 and 7."""


@lru_cache(maxsize=64)
def fields(chain: FieldChain, levels: int) -> tuple[Field, ...]:
    """So many fields of a chain, the largest first."""
    primes = [chain.bottom]
    for factor in chain.factors[: levels - 1]:
        primes.append(factor * primes[-1] + 1)
    found = []
    for k, prime in enumerate(primes):
        context = fmpz_mod_ctx(fmpz(prime))
        odd = (prime - 1) // chain.twos
        generator = None if not k else _of_order(context, prime, primes[k - 1])
        unit = next(u for u in (-1, *range(2, 100)) if fmpz(u % prime).jacobi(fmpz(prime)) < 0)
        found.append(Field(context, prime, odd, generator, _imaginary(context, prime), unit))
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
