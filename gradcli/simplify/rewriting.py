"""Products and sums made shorter: by identities, by what sums to one, by what cancels.

Must not know any particular function: what holds of one is told by the tables in `rules`.
"""

from __future__ import annotations

from collections import ChainMap
from fractions import Fraction

from gradcli.calculus.core import COPY
from gradcli.calculus.families import Differentiable
from gradcli.graph.node import Node, make
from gradcli.graph.shape import Shape
from gradcli.ops.algebra import INV
from gradcli.simplify.factoring import MOST_TERMS
from gradcli.simplify.forms import Forms
from gradcli.simplify.products import INNER, Factor, Form, Product, collected, eye, scaled, tidied
from gradcli.simplify.rules import RULES, Rule, matched


class Rewriting(Forms):
    """The part of a simplifier that looks at one product or one sum at a time."""

    def _left(self, rule: Rule, anchor: Node, bound: list[Node]) -> Form:
        """The left side of an identity as it stands: with no identity used on it."""
        at = rule, anchor
        if at not in self.lefts:
            forms, ruled = self.forms, self.ruled
            self.forms, self.ruled = ChainMap({}, forms), False
            self.lefts[at] = self.form(rule.left(*bound))
            self.forms, self.ruled = forms, ruled
        return self.lefts[at]

    def added(self, shape: Shape, terms: list[Product]) -> Form:
        """A sum with like terms put together, with brackets opened where that makes it shorter."""
        plain = Form(shape, collected(terms, self.symmetric))
        if len(plain.terms) > MOST_TERMS:
            return plain
        opened = [piece for term in plain.terms for piece in self._opened(term, shape)]
        if len(opened) > len(plain.terms):
            merged = Form(shape, collected(opened, self.symmetric))
            fewer = len(merged.terms) < len(opened)
            if fewer and self.cost_of(merged) <= self.cost_of(plain):
                plain = merged
        return self._by_rules(plain)

    def cost_of(self, form: Form) -> int:
        return self.cost(self.total(form)) if form.terms else 0

    def _opened(self, term: Product, shape: Shape) -> list[Product]:
        """The terms of a product with a sum that stands in brackets."""
        found = next((f for f, e in term.factors.items() if e == 1 and f[0] in self.sums), None)
        return [term] if found is None or not self.ruled else self._without(term, found)

    def _without(self, term: Product, found: Factor) -> list[Product]:
        """A product with one sum in it as a sum of products."""
        atom, letters = found
        pieces = []
        for inner in self.sums[atom].terms:
            piece = term.copy()
            del piece.factors[found]
            piece.include(inner, dict(enumerate(letters)))
            pieces.append(self._tidied(piece))
        return pieces

    def _cancels(self, product: Product) -> Factor | None:
        """A sum in brackets that has something to cancel with what it is multiplied by."""
        for (atom, letters), exponent in product.factors.items():
            for term in self.sums[atom].terms if exponent == 1 and atom in self.sums else ():
                for (other, names), power in term.factors.items():
                    if max(names, default=0) < INNER:
                        outside = product.factors.get((other, tuple(letters[x] for x in names)))
                        if outside is not None and (outside > 0) != (power > 0):
                            return atom, letters
        return None

    def _by_rules(self, form: Form) -> Form:
        """Sums that an identity makes shorter: `sin(x)^2 + cos(x)^2`."""
        for term in form.terms if self.ruled and len(form.terms) > 1 else ():
            for atom, letters in term.factors:
                if letters != tuple(range(len(form.shape))):
                    continue
                for each in RULES.get(atom.op, ()):
                    bound = None if each.whole else matched(each, atom)
                    if bound is None or len((left := self._left(each, atom, bound)).terms) < 2:
                        continue
                    right = self.form(each.right(*bound))
                    for factor in {t.number / s.number for t in form.terms for s in left.terms}:
                        less = [*form.terms, *scaled(left.terms, -factor)]
                        whole = collected([*less, *scaled(right.terms, factor)], self.symmetric)
                        if len(whole) < len(form.terms):
                            return self._by_rules(Form(form.shape, whole))
        return form

    def _tidied(self, product: Product) -> Product:
        while True:
            tidied(product, self.symmetric)
            if not (self._unit(product) or self._inverse(product)):
                return product

    def _unit(self, product: Product) -> bool:
        """A sum over all entries that sum to one."""
        for letter in product.inner():
            users = product.users(letter)
            if len(users) == 1 and product.factors[users[0]] == 1:
                atom, names = users[0]
                if names.count(letter) == 1 and self._is_unit(atom, names.index(letter)):
                    del product.factors[users[0]]
                    del product.dims[letter]
                    return True
        return False

    def _is_unit(self, atom: Node, axis: int) -> bool:
        while atom.op is COPY:
            atom = atom.args[0]
        op = atom.op
        if isinstance(op, Differentiable) and op.sums_to_one(atom) == axis:
            return True
        space = self.spaces.get(atom)
        return space is not None and space.kind in ("onehot", "simplex")

    def _inverse(self, product: Product) -> bool:
        """A matrix beside its inverse."""
        inner = product.inner()
        for factor in [f for f in product.factors if f[0].op is INV]:
            inverse, names = factor
            for other in [f for f in product.factors if f[0] is inverse.args[0]]:
                if product.factors[factor] != 1 or product.factors[other] != 1:
                    continue
                for place, letter in enumerate(names):
                    there = other[1].index(letter) if letter in other[1] else -1
                    fits = there == 1 - place or (there >= 0 and self.symmetric(inverse))
                    if fits and letter in inner and len(product.users(letter)) == 2:
                        del product.factors[factor], product.factors[other]
                        ends = names[1 - place], other[1][1 - there]
                        product.times(eye(product.dims.pop(letter)), ends)
                        return True
        return False

    def _inverted(self, product: Product) -> Product:
        """The inverse of a product as a product of inverses, where one of them then goes."""
        for (atom, names), exponent in product.factors.items():
            if atom.op is not INV or exponent != 1 or not self.ruled:
                continue
            inner = self.form(atom.args[0]).single
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
            made = self._tidied(made)
            if len(made.factors) <= len(product.factors):
                return self._inverted(made)
        return product

    def _reduced(self, product: Product, shape: Shape) -> Product:
        """Factors that an identity makes fewer: `exp(x)/(1 + exp(x))`."""
        for atom, letters in [*product.factors] if self.ruled else ():
            for each in RULES.get(atom.op, ()):
                bound = None if each.whole else matched(each, atom)
                if bound is None:
                    continue
                left = self._left(each, atom, bound).single
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
                    self.include(made, self.form(each.right(*bound)), axes_, Fraction(1))
                    return self._reduced(self._tidied(made), shape)
        return product
