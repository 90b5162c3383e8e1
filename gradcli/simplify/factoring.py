"""Common factors out of sums, wherever that makes the formula shorter.

Must not know any particular function, nor where the sums come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd, lcm

from gradcli.graph.node import Node
from gradcli.simplify.algebra import Algebra
from gradcli.simplify.products import INNER, Factor, Form, Letters, Product, axes

MOST_TERMS = 8
"""Longer sums are only collected."""


def factored(algebra: Algebra, form: Form) -> Form:
    """The form with common factors in front of brackets, as long as that is shorter.

    Greedy, one factor at a time, like Horner schemes of several variables (Ceberio and Kreinovich,
    2004); sums of more than `MOST_TERMS` stay as they are.
    """
    if not 1 < len(form.terms) <= MOST_TERMS:
        return form
    best, least = form, algebra.cost(algebra.total(form))
    for candidate in _candidates(algebra, form):
        whole = _written_cost(algebra, candidate)
        if whole < least or (whole == least and best is form and candidate.terms[0].factors):
            best, least = candidate, whole
    return best if best is form else factored(algebra, best)


def _written_cost(algebra: Algebra, form: Form) -> int:
    single = form.single
    return algebra.cost(algebra.network(single, form.shape) if single else algebra.total(form))


def _candidates(algebra: Algebra, form: Form) -> Iterator[Form]:
    """Forms in which some of the terms have become one product."""
    seen: set[tuple[Node, tuple[int, ...]]] = set()
    for first in form.terms:
        for factor in first.factors:
            out = tuple(x if x < INNER else -1 for x in factor[1])
            if (factor[0], out) in seen:
                continue
            seen.add((factor[0], out))
            sharing = [t for t in form.terms if _same(algebra, t, factor, out, first) is not None]
            if len(sharing) > 1:
                yield _taken(algebra, form, sharing, first, factor, out)
    if content_of(form) != 1:
        content, node = algebra.atom(form)
        made = Product(content, {}, axes(form.shape))
        made.times(node, tuple(range(len(form.shape))))
        yield Form(form.shape, [made])


def _same(
    algebra: Algebra, term: Product, factor: Factor, out: tuple[int, ...], first: Product
) -> Letters | None:
    """The letters under which a term has the same factor, along the same axes."""
    for (atom, names), exponent in term.factors.items():
        if atom is not factor[0] or (exponent > 0) != (first.factors[factor] > 0):
            continue
        if max(names, default=0) >= INNER and not reaches(term, names):
            # Out of an inner product nothing is taken alone.
            continue
        ways = [names, names[::-1]] if algebra.symmetric(atom) else [names]
        for way in ways:
            if tuple(x if x < INNER else -1 for x in way) == out:
                return way
    return None


def _taken(algebra: Algebra, form: Form, sharing: list[Product], first: Product, factor: Factor,
    out: tuple[int, ...],
) -> Form:  # fmt: skip
    """A factor in front of the rest of the terms that have it."""
    atom, letters = factor
    powers = []
    for term in sharing:
        names = _same(algebra, term, factor, out, first)
        assert names is not None
        found = term.factors.get((atom, names))
        powers.append(found or term.factors[atom, names[::-1]])
    power = min(powers) if powers[0] > 0 else max(powers)
    inner = [x for x in dict.fromkeys(letters) if x >= INNER]
    rests = [_rest(algebra, t, factor, out, first, power) for t in sharing]
    used = {x for rest in rests for _, names in rest.factors for x in names}
    own = [x for x in [*range(len(form.shape)), *inner] if x in used]
    dims = {**axes(form.shape), **{x: first.dims[x] for x in inner}}
    place = {x: k for k, x in enumerate(own)}
    shape = tuple(dims[x] for x in own)
    terms = []
    for rest in rests:
        rest.dims = {x: dim for x, dim in rest.dims.items() if x in place or x not in dims}
        made = Product(dims=axes(shape))
        made.include(rest, place)
        terms.append(algebra.tidied(made))
    made = Product(dims=axes(form.shape))
    made.dims.update({x: first.dims[x] for x in inner})
    made.times(atom, letters, power)
    algebra.include(made, algebra.added(shape, terms), dict(enumerate(own)))
    others = [t for t in form.terms if t not in sharing]
    at = form.terms.index(sharing[0])
    return Form(form.shape, [*others[:at], algebra.tidied(made), *others[at:]])


def _rest(
    algebra: Algebra,
    term: Product,
    factor: Factor,
    out: tuple[int, ...],
    first: Product,
    power: Fraction,
) -> Product:
    """A term without a factor, whose letters it has as the first term calls them."""
    names = _same(algebra, term, factor, out, first)
    assert names is not None
    rest = term.copy()
    stored = names if (factor[0], names) in rest.factors else names[::-1]
    rest.times(factor[0], stored, -power)
    for old, new in zip(names, factor[1], strict=True):
        if old != new:
            dim = rest.dims[old]
            rest.rename(old, new)
            rest.dims[new] = dim
    return rest


def reaches(term: Product, names: Letters) -> bool:
    """Whether letters hang together with an axis of the result."""
    found = {*names}
    grown = True
    while grown:
        wider = {x for _, each in term.factors if found & {*each} for x in each}
        grown = not wider <= found
        found |= wider
    return min(found) < INNER or all(x >= INNER for x in term.dims)


def content_of(form: Form) -> Fraction:
    """The greatest number that all coefficients are whole multiples of."""
    above = below = 0
    for term in form.terms:
        above = gcd(above, abs(term.number.numerator))
        below = lcm(below or 1, term.number.denominator)
    return Fraction(above, below)
