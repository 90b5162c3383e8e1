"""The normal form of a derivative: sums of products of factors over letters, as in index notation.

Must not know any particular function, nor how a product is written as a graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count

from gradcli import work
from gradcli.calculus.core import EINSUM, dimension, identity, rational
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim, Shape

Letters = tuple[int, ...]
Factor = tuple[Node, Letters]
INNER = 1000
"""Letters below it are axes of the result; every other is one of its own, and summed over."""
_FRESH = count(INNER)
FACTOR, FACTORS = 8, "factors of products"
"""Operations of a factor that is put into a product or looked up, and what they are called."""


def fresh() -> int:
    """A letter that stands nowhere else."""
    return next(_FRESH)


@dataclass(slots=True, eq=False)
class Product:
    """A number times factors, each an atom with its letters and an exponent, in order of first use.

    A letter of an axis that no factor has is broadcast; `dims` are those of all letters.
    """

    number: Fraction = Fraction(1)
    factors: dict[Factor, Fraction] = field(default_factory=dict)
    dims: dict[int, Dim] = field(default_factory=dict)

    def times(self, atom: Node, letters: Letters, exponent: Fraction = Fraction(1)) -> None:
        """Multiply by a power of a factor."""
        value = rational(atom)
        if value is not None and exponent.denominator == 1 and (value or exponent > 0):
            self.number *= value ** int(exponent)
            return
        key = atom, letters
        before = self.factors.get(key)
        total = exponent if before is None else before + exponent
        if total:
            self.factors[key] = total
        else:
            self.factors.pop(key, None)

    def include(
        self, other: Product, letters: Mapping[int, int], exponent: Fraction = Fraction(1)
    ) -> None:
        """Multiply by a power of a product whose axes have these letters here."""
        work.current.spend(FACTOR * len(other.factors), FACTORS)
        renamed = {**letters}
        for letter, dim in other.dims.items():
            if letter not in renamed:
                renamed[letter] = fresh()
            self.dims.setdefault(renamed[letter], dim)
        if other.number != 1:
            self.number *= other.number ** int(exponent)
        for (atom, names), power in other.factors.items():
            whole = power if exponent == 1 else power * exponent
            self.times(atom, tuple(renamed[x] for x in names), whole)

    def inner(self) -> list[int]:
        """The letters that are summed over."""
        return [x for x in self.dims if x >= INNER]

    def users(self, letter: int) -> list[Factor]:
        """The factors that have a letter."""
        return [factor for factor in self.factors if letter in factor[1]]

    def rename(self, old: int, new: int) -> None:
        """Write one letter for another."""
        if old >= INNER:
            self.dims.pop(old, None)
        factors, self.factors = self.factors, {}
        for (atom, names), exponent in factors.items():
            self.times(atom, tuple(new if x == old else x for x in names), exponent)

    @property
    def elementwise(self) -> bool:
        """Whether nothing is summed."""
        return not self.inner()

    def copy(self) -> Product:
        """One that can be changed by itself."""
        return Product(self.number, dict(self.factors), dict(self.dims))


@dataclass(slots=True, eq=False)
class Form:
    """A sum of products of one shape, whose axes are the letters 0, 1, …

    The normal form of a tensor expression in index notation (Laue, Mitterreiter and Giesen, "A
    Simple and Efficient Tensor Calculus", AAAI 2020), with rational coefficients and exponents.
    """

    shape: Shape
    terms: list[Product]

    @property
    def single(self) -> Product | None:
        """The only term, if there is one."""
        return self.terms[0] if len(self.terms) == 1 else None


def axes(shape: Shape) -> dict[int, Dim]:
    """The letters 0, 1, … of the axes of a shape, with their dimensions."""
    return dict(enumerate(shape))


def atomic(node: Node, exponent: Fraction = Fraction(1)) -> Form:
    """The form of a vertex that is not looked into."""
    product = Product(dims=axes(node.shape))
    product.times(node, tuple(range(len(node.shape))), exponent)
    return Form(node.shape, [product] if product.number else [])


def is_eye(node: Node) -> bool:
    """Whether this is `eye(n)`."""
    return node.op is EINSUM and node.params[:2] == (("",), "aa") and rational(node.args[0]) == 1


def eye(dim: Dim) -> Node:
    """The identity matrix of that many rows: a delta of two letters."""
    return identity((dim,))


Symmetric = Callable[[Node], bool]


def tidied(product: Product, symmetric: Symmetric) -> None:
    """Deltas removed by renaming, symmetric atoms turned one way, empty sums counted."""
    _deltas(product)
    factors, product.factors = product.factors, {}
    for (atom, names), exponent in factors.items():
        turned = len(names) == 2 and names[0] > names[1] and symmetric(atom)
        product.times(atom, names[::-1] if turned else names, exponent)
    used = {x for _, names in product.factors for x in names}
    for letter in product.inner():
        if letter not in used:
            dim = product.dims.pop(letter)
            product.times(dimension(dim), ())


def _deltas(product: Product) -> None:
    found: Factor | None = None
    while True:
        found = next((f for f in product.factors if is_eye(f[0]) and _removable(product, f)), None)
        if found is None:
            return
        one, other = sorted(found[1])
        del product.factors[found]
        if one == other:
            continue
        product.rename(other, one)
        if other < INNER:
            product.factors[found[0], (one, other)] = Fraction(1)


def _removable(product: Product, delta: Factor) -> bool:
    one, other = sorted(delta[1])
    if one == other or other >= INNER:
        return True
    alone = all(other not in names for f, names in product.factors if (f, names) != delta)
    return not alone or delta[1] != (one, other) or product.factors[delta] != 1


def ratio(value: Fraction) -> tuple[int, int]:
    """A number as what is cheap to hash."""
    return value.numerator, value.denominator


def key(product: Product, symmetric: Symmetric) -> tuple[object, ...]:
    """Equal for products that differ in nothing but their number and the names of inner letters.

    The letters are told apart by colour refinement (Weisfeiler and Leman, 1968): what it cannot
    tell apart may give equal products two keys, never two products one.
    """
    work.current.spend(FACTOR * len(product.factors), FACTORS)
    colours: dict[int, int] = {x: x for x in product.dims if x < INNER}
    inner = product.inner()
    colours.update(dict.fromkeys(inner, -1))
    for _ in range(min(len(inner), 4)):
        signs = {x: _sign(product, x, colours, symmetric) for x in inner}
        ranks = {sign: -2 - k for k, sign in enumerate(sorted(set(signs.values())))}
        colours.update({x: ranks[signs[x]] for x in inner})
    order = sorted(
        product.factors.items(),
        key=lambda item: (
            id(item[0][0]), item[1], _coloured(item[0], colours, symmetric),
        ),
    )  # fmt: skip
    named: dict[int, int] = {}
    made = []
    for (atom, names), exponent in order:
        here = [named.setdefault(x, INNER + len(named)) if x >= INNER else x for x in names]
        made.append((atom, tuple(sorted(here) if symmetric(atom) else here), *ratio(exponent)))
    return tuple(sorted(made, key=lambda each: (id(each[0]), *each[1:])))


def _coloured(factor: Factor, colours: Mapping[int, int], symmetric: Symmetric) -> Letters:
    found = [colours[x] for x in factor[1]]
    return tuple(sorted(found) if symmetric(factor[0]) else found)


def _sign(
    product: Product, letter: int, colours: Mapping[int, int], symmetric: Symmetric
) -> tuple[object, ...]:
    """What can be told of a letter by the factors that have it."""
    found = []
    for factor, exponent in product.factors.items():
        atom, names = factor
        if letter in names:
            place = -1 if symmetric(atom) else names.index(letter)
            found.append((id(atom), exponent, place, _coloured(factor, colours, symmetric)))
    return (colours[letter], str(product.dims[letter]), *sorted(found))


def collected(terms: Iterable[Product], symmetric: Symmetric) -> list[Product]:
    """Like terms as one, in order of first use; what cancels is gone."""
    found: dict[tuple[object, ...], Product] = {}
    for term in terms:
        if not term.number:
            continue
        at = key(term, symmetric)
        if at in found:
            found[at].number += term.number
        else:
            found[at] = term.copy()
    return [term for term in found.values() if term.number]


def scaled(terms: Iterable[Product], by: Fraction) -> list[Product]:
    """The same terms times a number."""
    made = []
    for term in terms:
        made.append(term.copy())
        made[-1].number *= by
    return made


def swapped(form: Form) -> list[Product]:
    """The terms of a matrix transposed."""
    made = []
    for term in form.terms:
        dims = axes((form.shape[1], form.shape[0]))
        turned = Product(dims=dims)
        turned.include(term, {0: 1, 1: 0})
        made.append(turned)
    return made


def constant_form(value: Fraction, shape: Shape) -> Form:
    """A number at every entry of a shape."""
    return Form(shape, [Product(value, {}, axes(shape))] if value else [])


def flattened(form: Form) -> tuple[Form, list[int]]:
    """A form without axes of one entry that its terms do not know, and the axes that are left."""
    used = {x for term in form.terms for _, names in term.factors for x in names}
    kept = [k for k, dim in enumerate(form.shape) if dim != 1 or k in used]
    if len(kept) == len(form.shape):
        return form, kept
    shape = tuple(form.shape[axis] for axis in kept)
    letters = {axis: k for k, axis in enumerate(kept)}
    terms = []
    for term in form.terms:
        rest = term.copy()
        rest.dims = {x: dim for x, dim in term.dims.items() if x >= INNER or x in letters}
        terms.append(Product(dims=axes(shape)))
        terms[-1].include(rest, letters)
    return Form(shape, terms), kept


def aligned(part: Shape, whole: Shape) -> dict[int, int]:
    """The letters of an argument's axes in a result that it is broadcast to."""
    behind = len(whole) - len(part)
    return {
        k: fresh() if dim == 1 and whole[k + behind] != dim else k + behind
        for k, dim in enumerate(part)
    }
