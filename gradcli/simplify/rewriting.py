"""Products and sums made shorter: by identities, by what sums to one, by what cancels.

Must not know any particular function: what holds of one is told by the tables in `rules`.
"""

from __future__ import annotations

from fractions import Fraction

from gradcli.calculus.core import COPY
from gradcli.calculus.families import Differentiable
from gradcli.graph.node import Node, make
from gradcli.graph.shape import Shape
from gradcli.ops.algebra import INV
from gradcli.simplify.algebra import Algebra
from gradcli.simplify.factoring import MOST_TERMS
from gradcli.simplify.products import INNER, Factor, Form, Product, collected, eye, scaled, tidied
from gradcli.simplify.rules import RULES, matched


def collected_by_rules(algebra: Algebra, shape: Shape, terms: list[Product]) -> Form:
    """A sum with like terms put together, with brackets opened where that makes it shorter."""
    plain = Form(shape, collected(terms, algebra.symmetric))
    if len(plain.terms) > MOST_TERMS:
        return plain
    opened = [piece for term in plain.terms for piece in _opened(algebra, term)]
    if len(opened) > len(plain.terms):
        merged = Form(shape, collected(opened, algebra.symmetric))
        fewer = len(merged.terms) < len(opened)
        if fewer and _cost(algebra, merged) <= _cost(algebra, plain):
            plain = merged
    return _by_rules(algebra, plain)


def _cost(algebra: Algebra, form: Form) -> int:
    return algebra.cost(algebra.total(form)) if form.terms else 0


def _opened(algebra: Algebra, term: Product) -> list[Product]:
    """The terms of a product with a sum that stands in brackets."""
    found = next((f for f, e in term.factors.items() if e == 1 and f[0] in algebra.sums), None)
    return [term] if found is None or not algebra.ruled else without(algebra, term, found)


def without(algebra: Algebra, term: Product, found: Factor) -> list[Product]:
    """A product with one sum in it as a sum of products."""
    atom, letters = found
    pieces = []
    for inner in algebra.sums[atom].terms:
        piece = term.copy()
        del piece.factors[found]
        piece.include(inner, dict(enumerate(letters)))
        pieces.append(algebra.tidied(piece))
    return pieces


def cancelling(algebra: Algebra, product: Product) -> Factor | None:
    """A sum in brackets that has something to cancel with what it is multiplied by."""
    for (atom, letters), exponent in product.factors.items():
        for term in algebra.sums[atom].terms if exponent == 1 and atom in algebra.sums else ():
            for (other, names), power in term.factors.items():
                if max(names, default=0) < INNER:
                    outside = product.factors.get((other, tuple(letters[x] for x in names)))
                    if outside is not None and (outside > 0) != (power > 0):
                        return atom, letters
    return None


def _by_rules(algebra: Algebra, form: Form) -> Form:
    """Sums that an identity makes shorter: `sin(x)^2 + cos(x)^2`."""
    for term in form.terms if algebra.ruled and len(form.terms) > 1 else ():
        for atom, letters in term.factors:
            if letters != tuple(range(len(form.shape))):
                continue
            for each in RULES.get(atom.op, ()):
                bound = None if each.whole else matched(each, atom)
                if bound is None or len((left := algebra.left_side(each, atom, bound)).terms) < 2:
                    continue
                right = algebra.form(each.right(*bound))
                for factor in {t.number / s.number for t in form.terms for s in left.terms}:
                    less = [*form.terms, *scaled(left.terms, -factor)]
                    whole = collected([*less, *scaled(right.terms, factor)], algebra.symmetric)
                    if len(whole) < len(form.terms):
                        return _by_rules(algebra, Form(form.shape, whole))
    return form


def tidied_by_rules(algebra: Algebra, product: Product) -> Product:
    """A product, changed in place, without deltas, sums to one and matrices by their inverses."""
    while True:
        tidied(product, algebra.symmetric)
        if not (_unit(algebra, product) or _inverse(algebra, product)):
            return product


def _unit(algebra: Algebra, product: Product) -> bool:
    """A sum over all entries that sum to one."""
    for letter in product.inner():
        users = product.users(letter)
        if len(users) == 1 and product.factors[users[0]] == 1:
            atom, names = users[0]
            if names.count(letter) == 1 and _is_unit(algebra, atom, names.index(letter)):
                del product.factors[users[0]]
                del product.dims[letter]
                return True
    return False


def _is_unit(algebra: Algebra, atom: Node, axis: int) -> bool:
    while atom.op is COPY:
        atom = atom.args[0]
    op = atom.op
    if isinstance(op, Differentiable) and op.sums_to_one(atom) == axis:
        return True
    space = algebra.spaces.get(atom)
    units = space is not None and space.kind in ("onehot", "simplex")
    return units and axis == len(atom.shape) - 1


def _inverse(algebra: Algebra, product: Product) -> bool:
    """A matrix beside its inverse."""
    inner = product.inner()
    for factor in [f for f in product.factors if f[0].op is INV]:
        inverse, names = factor
        for other in [f for f in product.factors if f[0] is inverse.args[0]]:
            if product.factors[factor] != 1 or product.factors[other] != 1:
                continue
            for place, letter in enumerate(names):
                there = other[1].index(letter) if letter in other[1] else -1
                fits = there == 1 - place or (there >= 0 and algebra.symmetric(inverse))
                if fits and letter in inner and len(product.users(letter)) == 2:
                    del product.factors[factor], product.factors[other]
                    ends = names[1 - place], other[1][1 - there]
                    product.times(eye(product.dims.pop(letter)), ends)
                    return True
    return False


def inverted(algebra: Algebra, product: Product) -> Product:
    """The inverse of a product as a product of inverses, where one of them then goes."""
    for (atom, names), exponent in product.factors.items():
        if atom.op is not INV or exponent != 1 or not algebra.ruled:
            continue
        inner = algebra.form(atom.args[0]).single
        square = [f for f in inner.factors if f[1]] if inner is not None else []
        if inner is None or {f[0].shape for f in square} != {atom.shape}:
            continue
        if inner.number == 1 and len(inner.factors) == 1:
            continue
        if len(inner.dims) != len(square) + 1 or {*inner.factors.values()} != {1}:
            continue
        made = product.copy()
        del made.factors[atom, names]
        inverse = Product(1 / inner.number, {}, inner.dims)
        for matrix, (row, *column) in ((f[0], f[1] or (0,)) for f in inner.factors):
            if column:
                inverse.times(make(atom.op, matrix), (*column, row))
            else:
                inverse.times(matrix, (), Fraction(-1))
        made.include(inverse, {0: names[1], 1: names[0]})
        made = algebra.tidied(made)
        if len(made.factors) <= len(product.factors):
            return inverted(algebra, made)
    return product


def reduced(algebra: Algebra, product: Product, shape: Shape) -> Product:
    """Factors that an identity makes fewer: `exp(x)/(1 + exp(x))`."""
    for atom, letters in [*product.factors] if algebra.ruled else ():
        for each in RULES.get(atom.op, ()):
            bound = None if each.whole else matched(each, atom)
            if bound is None:
                continue
            left = algebra.left_side(each, atom, bound).single
            if left is None or not left.elementwise:
                continue
            axes_ = {k: letters[k] for k in range(len(letters))}
            wanted = {
                (a, tuple(axes_[x] for x in names)): e for (a, names), e in left.factors.items()
            }
            has = product.factors
            if all(f in has and has[f] / e >= 1 for f, e in wanted.items()):
                made = product.copy()
                made.number /= left.number
                for (a, names), e in wanted.items():
                    made.times(a, names, -e)
                algebra.include(made, algebra.form(each.right(*bound)), axes_, Fraction(1))
                return reduced(algebra, algebra.tidied(made), shape)
    return product
