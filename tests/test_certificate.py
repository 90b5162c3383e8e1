"""Independence of square roots: ranks of quadratic characters.

Must not know how the characters are found in a proof: here they are those of small primes.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from flint import fmpz

from gradcli.proof.independent_roots import Row, alone, basis, independent

P = 10007
Radicand = Callable[..., int]


def character(x: int) -> int:
    return int(fmpz(x % P).jacobi(fmpz(P)) < 0)


def root(x: int) -> int:
    return next((y for y in range(P) if (y * y - x) % P == 0), 0)


def rows(*radicands: Radicand, count: int = 60) -> list[Row]:
    """At random points; a radicand of two arguments takes the root of the first one, too."""
    random = Random(1)
    found: list[Row] = []
    while len(found) < count:
        x, y = random.randrange(P), random.randrange(P)
        first = radicands[0](x, y)
        below = None if character(first) else random.choice((-1, 1)) * root(first)
        row: list[int | None] = []
        for r in radicands:
            nested = r.__code__.co_argcount == 3
            value = None if nested and below is None else r(x, y, below) if nested else r(x, y)
            row.append(None if value is None else character(value))
        found.append(row)
    return found


INDEPENDENT: dict[str, list[Radicand]] = {
    "sums of squares": [lambda x, y: x * x + 1, lambda x, y: y * y + 1, lambda x, y: x * y + 1],
    "a variable": [lambda x, y: x, lambda x, y: y, lambda x, y: x + y],
    "with a square": [lambda x, y: x * x * (y + 1), lambda x, y: x + 3],
    "nested": [lambda x, y: x + 1, lambda x, y, r: y + r],
    "nested, and one beside": [lambda x, y: x + 1, lambda x, y, r: y + r, lambda x, y: y],
    "a conjugate": [lambda x, y: x + 1, lambda x, y, r: y + r, lambda x, y, r: y - r],
}
DEPENDENT: dict[str, list[Radicand]] = {
    "a square": [lambda x, y: x * x - 2 * x + 1],
    "three times a square": [lambda x, y: 3 * (x + y) ** 2],
    "a constant": [lambda x, y: x, lambda x, y: 5],
    "a product": [lambda x, y: x + 1, lambda x, y: y + 1, lambda x, y: (x + 1) * (y + 1) * x * x],
    "a multiple": [lambda x, y: x + 1, lambda x, y: 7 * x + 7],
    "a nested square": [lambda x, y: x + 1, lambda x, y, r: (y + r) ** 2],
    "nested, a square times one beside": [
        lambda x, y: x + 1, lambda x, y, r: y * (2 + r) ** 2, lambda x, y: y
    ],
    "nested, and a multiple of what it rests on": [
        lambda x, y: x + 1, lambda x, y, r: y + r, lambda x, y: 4 * x + 4
    ],
    "two conjugates and their norm": [
        lambda x, y: x + 1, lambda x, y, r: y + r, lambda x, y, r: y - r,
        lambda x, y: y * y - x - 1,
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", INDEPENDENT)
def test_independent_roots_are_told(name: str) -> None:
    assert independent(rows(*INDEPENDENT[name]))


@pytest.mark.parametrize("name", DEPENDENT)
@pytest.mark.parametrize("count", [8, 60, 300])
def test_dependent_roots_never_pass(name: str, count: int) -> None:
    """Whatever the points are: a full rank is a proof."""
    assert not independent(rows(*DEPENDENT[name], count=count))


def test_few_points_show_nothing() -> None:
    assert not independent([[0, 1]])
    assert not independent([[0, 1], [1, 0]])
    assert independent([[0, 0], [0, 1], [1, 0]])


def test_a_basis_leaves_out_what_the_first_ones_give() -> None:
    found = rows(lambda x, y: x, lambda x, y: 3, lambda x, y: y, lambda x, y: 5 * x * y)
    assert basis(found, range(4)) == [0, 2]
    assert basis(found, [3, 2, 1, 0]) == [3, 2]


def test_the_order_of_pivots_does_not_matter() -> None:
    columns = ([0, 0, 1, 0], [0, 1, 1, 0], [0, 1, 0, 0], [1, 0, 1, 1])
    found = [[column[k] for column in columns] for k in range(4)]
    assert basis(found, range(4)) == [0, 1]


def test_what_rests_on_a_root_is_not_flat() -> None:
    found = rows(*INDEPENDENT["nested, and one beside"])
    assert alone(found) == [0, 2]
