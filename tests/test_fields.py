"""Chains of prime fields: what exponentials, roots and the imaginary unit rest on.

Must not know what is computed in the fields.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from flint import fmpz
from hypothesis import given
from hypothesis import strategies as st

from gradcli.proof.fields import COMPLEX, REAL, Field, FieldChain, QuadraticElement, fields

CHAINS = pytest.mark.parametrize("chain", [REAL, COMPLEX], ids=["real", "complex"])
whole = st.integers(min_value=1, max_value=10**80)


def every(chain: FieldChain) -> tuple[Field, ...]:
    return fields(chain, chain.longest)


@pytest.mark.slow
@CHAINS
def test_all_of_a_chain_are_primes_of_more_than_160_digits(chain: FieldChain) -> None:
    assert len(every(chain)) == chain.longest
    for field in every(chain):
        assert fmpz(field.prime).is_prime()
        assert field.prime.bit_length() > 160


@CHAINS
def test_each_prime_divides_its_predecessor_less_one(chain: FieldChain) -> None:
    for above, below in pairwise(every(chain)):
        assert above.prime > below.prime
        assert (above.prime - 1) % below.prime == 0


@CHAINS
def test_the_generator_is_of_the_order_of_the_prime_below(chain: FieldChain) -> None:
    *upper, bottom = every(chain)
    for above, below in zip(upper, every(chain)[1:], strict=True):
        assert above.generator != 1
        assert above.generator**below.prime == 1
    assert bottom.generator is None


@CHAINS
def test_twos_is_the_largest_power_of_two_below_each_prime(chain: FieldChain) -> None:
    for field in every(chain):
        assert field.prime - 1 == chain.twos * field.odd
        assert field.odd % 2 == 1


def test_the_real_chain_has_no_root_of_minus_one() -> None:
    for field in every(REAL):
        assert field.imaginary is None
        assert not field.is_square(field.element(-1))


def test_the_complex_chain_has_an_imaginary_unit() -> None:
    for field in every(COMPLEX):
        assert field.imaginary**2 == -1


@pytest.mark.parametrize(
    ("chain", "primes"), [(REAL, (2, 3, 5, 7, 11, 13, 17, 19, 23)), (COMPLEX, (2, 3, 5, 7))]
)
def test_small_primes_have_roots_of_odd_order(chain: FieldChain, primes: tuple[int, ...]) -> None:
    for field in every(chain):
        for prime in primes:
            x = field.element(prime)
            assert field.odd_order(x)
            assert field.root(x) ** 2 == x
            assert field.odd_order(field.root(x))


@pytest.mark.parametrize(("chain", "orders"), [(REAL, (3, 5, 7)), (COMPLEX, (5, 7))])
def test_every_number_has_one_root_of_these_orders(
    chain: FieldChain, orders: tuple[int, ...]
) -> None:
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
    assert field.is_square(x) is not field.is_square(-x)


# -- the field of p*p elements

entries = st.integers(min_value=-(10**60), max_value=10**60)
pairs = st.tuples(entries, entries.filter(bool))


def pair(chain: FieldChain, ab: tuple[int, int]) -> QuadraticElement:
    field = fields(chain, 1)[0]
    return QuadraticElement(field.element(ab[0]), field.element(ab[1]), field.unit)


@CHAINS
@given(pairs, pairs, pairs, st.integers(min_value=1, max_value=10**60))
def test_the_laws_of_a_field(
    chain: FieldChain, p: tuple[int, int], q: tuple[int, int], r: tuple[int, int], n: int
) -> None:
    field = fields(chain, 1)[0]
    x, y, z, whole = pair(chain, p), pair(chain, q), pair(chain, r), field.element(n)
    assert (x + y) * z == x * z + y * z
    assert (x * y) * z == x * (y * z)
    assert (x - y) + y == x
    assert (x / y) * y == x
    assert (whole / x) * x == whole
    assert (x / whole) * whole == x
    assert whole + x - whole == x == whole - (whole - x)
    assert x**5 * x**-3 == x * x
    assert x ** (field.prime**2 - 1) == 1


@CHAINS
@given(pairs)
def test_what_comes_back_to_the_integers_is_one(chain: FieldChain, p: tuple[int, int]) -> None:
    x = pair(chain, p)
    for whole in (
        x - x,
        x / x,
        x * QuadraticElement(x.a, -x.b, x.unit),
        x + QuadraticElement(-x.a, -x.b, x.unit),
        x * 0,
    ):
        assert not isinstance(whole, QuadraticElement)
    assert x * QuadraticElement(x.a, -x.b, x.unit) == x.norm
    assert x != x.a
    assert int(x) > fields(chain, 1)[0].prime


@CHAINS
@given(whole)
def test_every_integer_has_a_root(chain: FieldChain, n: int) -> None:
    field = fields(chain, 1)[0]
    x = field.element(n)
    assert field.any_root(x) ** 2 == x
    assert isinstance(field.any_root(x), QuadraticElement) is not field.is_square(x)


@CHAINS
@given(pairs)
def test_half_of_the_others_have_a_root_together_with_their_conjugate(
    chain: FieldChain, p: tuple[int, int]
) -> None:
    field = fields(chain, 1)[0]
    x = pair(chain, p)
    root, other = field.any_root(x), field.any_root(QuadraticElement(x.a, -x.b, x.unit))
    assert (root is None) is (other is None) is not field.is_square(x.norm)
    assert root is None or root * root == x
    assert field.any_root(x * x) in (x, -x)


def test_a_cube_root_outside_the_integers_is_not_the_only_one() -> None:
    field = fields(REAL, 1)[0]
    x = pair(REAL, (2, 3))
    assert field.odd_root(x, 7) ** 7 == x
    with pytest.raises(ValueError, match="not invertible"):
        field.odd_root(x, 3)


def test_a_shorter_chain_is_the_end_of_a_longer_one() -> None:
    assert [f.prime for f in fields(REAL, 2)] == [f.prime for f in fields(REAL, 3)][1:]
