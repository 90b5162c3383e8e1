"""Chains of prime fields: what exponentials, roots and the imaginary unit rest on.

Must not know what is computed in the fields.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from flint import fmpz
from hypothesis import given
from hypothesis import strategies as st

from gradcli.proof.fields import COMPLEX, REAL, Chain, Field, fields

CHAINS = pytest.mark.parametrize("chain", [REAL, COMPLEX], ids=["real", "complex"])
whole = st.integers(min_value=1, max_value=10**80)


def every(chain: Chain) -> tuple[Field, ...]:
    return fields(chain, chain.longest)


@CHAINS
def test_all_of_a_chain_are_primes_of_more_than_160_digits(chain: Chain) -> None:
    assert len(every(chain)) == chain.longest
    for field in every(chain):
        assert fmpz(field.prime).is_prime()
        assert field.prime.bit_length() > 160


@CHAINS
def test_each_prime_divides_its_predecessor_less_one(chain: Chain) -> None:
    for above, below in pairwise(every(chain)):
        assert above.prime > below.prime
        assert (above.prime - 1) % below.prime == 0


@CHAINS
def test_the_generator_is_of_the_order_of_the_prime_below(chain: Chain) -> None:
    *upper, bottom = every(chain)
    for above, below in zip(upper, every(chain)[1:], strict=True):
        assert above.generator != 1
        assert above.generator**below.prime == 1
    assert bottom.generator is None


@CHAINS
def test_twos_is_the_largest_power_of_two_below_each_prime(chain: Chain) -> None:
    for field in every(chain):
        assert field.prime - 1 == chain.twos * field.odd
        assert field.odd % 2 == 1


def test_the_real_chain_has_no_root_of_minus_one() -> None:
    for field in every(REAL):
        assert field.imaginary is None
        assert field.any_root(field.element(-1)) is None


def test_the_complex_chain_has_an_imaginary_unit() -> None:
    for field in every(COMPLEX):
        assert field.imaginary**2 == -1


@pytest.mark.parametrize(
    ("chain", "primes"), [(REAL, (2, 3, 5, 7, 11, 13, 17, 19, 23)), (COMPLEX, (2, 3, 5, 7))]
)
def test_small_primes_have_roots_of_odd_order(chain: Chain, primes: tuple[int, ...]) -> None:
    for field in every(chain):
        for prime in primes:
            x = field.element(prime)
            assert field.odd_order(x)
            assert field.root(x) ** 2 == x
            assert field.odd_order(field.root(x))


@pytest.mark.parametrize(("chain", "orders"), [(REAL, (3, 5, 7)), (COMPLEX, (5, 7))])
def test_every_number_has_one_root_of_these_orders(chain: Chain, orders: tuple[int, ...]) -> None:
    for field in every(chain):
        for n in orders:
            assert field.odd_root(field.element(10), n) ** n == 10
            assert field.odd_root(field.element(-10), n) == -field.odd_root(field.element(10), n)


@given(whole, whole)
def test_roots_of_products_are_products_of_roots(a: int, b: int) -> None:
    field = fields(REAL, 1)[0]
    x, y = field.element(a) ** 2, field.element(b) ** 2
    assert field.odd_order(x)
    assert field.root(x) * field.root(y) == field.root(x * y)


@given(whole)
def test_of_a_number_and_its_negative_one_has_a_root(a: int) -> None:
    field = fields(REAL, 2)[0]
    x = field.element(a)
    found = [root for root in (field.any_root(x), field.any_root(-x)) if root is not None]
    assert len(found) == 1
    assert found[0] ** 2 in (x, -x)


def test_a_shorter_chain_is_the_end_of_a_longer_one() -> None:
    assert [f.prime for f in fields(REAL, 2)] == [f.prime for f in fields(REAL, 3)][1:]
