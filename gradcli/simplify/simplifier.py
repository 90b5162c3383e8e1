"""A graph becomes a smaller one of the same value, wherever the old one has any, graph to graph.

Must not know any particular function: what holds of one is told by the tables in `rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt

from gradcli.calculus.core import (
    ADD,
    COPY,
    DIV,
    EINSUM,
    MUL,
    NEG,
    NUMBER,
    SUB,
    WHERE,
    masked,
    spread_scalar,
)
from gradcli.calculus.families import Differentiable
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape
from gradcli.ops.algebra import INV
from gradcli.simplify import masks
from gradcli.simplify.products import (
    Form,
    Product,
    aligned,
    atomic,
    axes,
    constant_form,
    eye,
    flattened,
    fresh,
    scaled,
)
from gradcli.simplify.rewriting import Rewriting
from gradcli.simplify.rules import RULES, UNFOLD, matched


class Simplifier(Rewriting):
    """Simplifies graphs over inputs of these sets; a vertex of `named` stands for what equals it.

    What it has seen it remembers, so that equal parts of several graphs become one. Unless `ruled`,
    it only puts together what is alike, without identities and common factors.
    """

    def __call__(self, node: Node) -> Node:
        """The same function, written shorter, if that can be."""
        self.unfolded = False
        form = self.form(node)
        made = self.node(form)
        shorter = self.unfolded or not form.terms or self.cost(made) <= self.cost(node)
        return made if shorter else node

    def form(self, root: Node) -> Form:
        """The normal form of a vertex, down to those that have a name."""
        order = topological(
            [root], lambda n: () if n in self.forms or (n.label and n is not root) else n.args
        )
        for node in order:
            if node in self.forms:
                continue
            if node.label is not None and node is not root:
                self.forms[node] = atomic(node)
            else:
                self.forms[node] = self._converted(node)
        found = self.forms[root]
        if root.label is not None:
            self.forms[root] = atomic(root)
        return found

    def _converted(self, node: Node) -> Form:
        op, args = node.op, [self.forms[arg] for arg in node.args]
        if op is NUMBER:
            return constant_form(node.params[0], ())
        if op is COPY:
            return args[0]
        if op is NEG:
            return Form(node.shape, scaled(args[0].terms, Fraction(-1)))
        if op in (ADD, SUB):
            return self._sum(node.shape, args, Fraction(1 if op is ADD else -1))
        if op in (MUL, DIV):
            return self._product(node.shape, args, Fraction(1 if op is MUL else -1))
        exponent = op.exponent(node) if isinstance(op, Differentiable) else None
        if exponent is not None:
            return self._power(args[0], exponent)
        if op is EINSUM:
            return self._contraction(node, args)
        if (mask := masked(node)) and (found := masks.narrowed(node, mask, self.forms[mask[1]])):
            inside, outside, letters = found
            live = self.node(inside)
            made = outside.copy()
            self.include(made, self._call(node, masks.args(mask, live)), letters)
            return self._one(node.shape, made)
        return self._call(node, [self.node(arg) for arg in args])

    def _sum(self, shape: Shape, args: list[Form], sign: Fraction) -> Form:
        terms: list[Product] = []
        for form, factor in zip(args, (Fraction(1), sign), strict=True):
            letters = aligned(form.shape, shape)
            for term in form.terms:
                made = Product(dims=axes(shape))
                made.include(term, letters)
                made.number *= factor
                terms.append(self._tidied(made))
        return self.added(shape, terms)

    def _product(self, shape: Shape, args: list[Form], exponent: Fraction) -> Form:
        left, right = args
        if not left.terms:
            return left if left.shape == shape else Form(shape, [])
        made = Product(dims=axes(shape))
        self.include(made, left, aligned(left.shape, shape), Fraction(1))
        self.include(made, right, aligned(right.shape, shape), exponent)
        return self._one(shape, made)

    def include(
        self,
        made: Product,
        form: Form,
        letters: Mapping[int, int],
        exponent: Fraction = Fraction(1),
    ) -> None:
        """Multiply by a power of a form: as a product, else as one factor."""
        # A root of a product is no product of roots where factors may be negative.
        whole = exponent.denominator == 1
        single = form.single
        if single is not None and (exponent == 1 or (whole and single.elementwise)):
            made.include(single, letters, exponent)
            return
        form, kept = flattened(form)
        letters = {k: letters[axis] for k, axis in enumerate(kept)}
        single = self.shortest(form).single
        if single is not None and (exponent == 1 or (whole and single.elementwise)):
            made.include(single, letters, exponent)
            return
        content, node = self.atom(form) if whole else (Fraction(1), self.node(form))
        made.number *= content ** int(exponent) if content else 0
        made.times(node, tuple(letters[k] for k in range(len(form.shape))), exponent)
        for k, dim in enumerate(form.shape):
            made.dims.setdefault(letters[k], dim)

    def _one(self, shape: Shape, made: Product) -> Form:
        made = self._inverted(self._reduced(self._tidied(made), shape))
        if self.ruled and (found := self._cancels(made)):
            return self.added(shape, self._without(made, found))
        return Form(shape, [made] if made.number else [])

    def _power(self, base: Form, exponent: Fraction) -> Form:
        single = base.single
        made = Product(dims=axes(base.shape))
        letters = {k: k for k in range(len(base.shape))}
        if single is not None and single.elementwise and exponent.denominator > 1:
            root = _root(single.number) if exponent.denominator == 2 else None
            plain = len(single.factors) == 1 and set(single.factors.values()) == {Fraction(1)}
            if plain and single.number == 1:
                made.include(single, letters, exponent)
                return self._one(base.shape, made)
            if root is not None and single.number != 1:
                rest = single.copy()
                rest.number = Fraction(1)
                inner = self._power(Form(base.shape, [rest]), exponent)
                return Form(base.shape, scaled(inner.terms, root ** int(2 * exponent)))
        if single is not None and exponent.denominator > 1:
            made.times(self.node(base), tuple(letters), exponent)
        else:
            self.include(made, base, letters, exponent)
        return self._one(base.shape, made)

    def _contraction(self, node: Node, args: list[Form]) -> Form:
        ins, out, _ = node.params
        dims = node.op.dims(node.args, node.params)  # type: ignore[attr-defined]
        if any(not form.terms for form in args):
            return Form(node.shape, [])
        place: dict[str, int] = {}
        deltas = []
        for axis, x in enumerate(out):
            if x in place:
                deltas.append((place[x], axis, dims[x]))
            place.setdefault(x, axis)
        if len(args) == 1 and not args[0].single and not deltas:
            letters = {k: place[x] for k, x in enumerate(ins[0]) if x in place}
            gone = {k: fresh() for k, x in enumerate(ins[0]) if x not in place and dims[x] == 1}
            letters |= gone
            if len(set(ins[0])) == len(ins[0]) == len(letters):
                terms = []
                for term in args[0].terms:
                    terms.append(Product(dims=axes(node.shape)))
                    terms[-1].include(term, letters)
                return Form(node.shape, [self._tidied(term) for term in terms])
        made = Product(dims=axes(node.shape))
        for x in dims:
            if x not in place:
                place[x] = fresh()
                made.dims[place[x]] = dims[x]
        for form, names in zip(args, ins, strict=True):
            self.include(made, form, {k: place[x] for k, x in enumerate(names)}, Fraction(1))
        for one, other, dim in deltas:
            made.times(eye(dim), (one, other))
        return self._one(node.shape, made)

    def _call(self, node: Node, args: list[Node]) -> Form:
        """An op that stays; a rule or another way to write it first."""
        made = make(node.op, *args, params=node.params)
        if made.op is WHERE and made.shape == args[0].shape:
            made = make(WHERE, args[0], *(spread_scalar(arg) or arg for arg in args[1:]))
        unfold = UNFOLD.get(made.op)
        other = unfold(made) if unfold else None
        self.unfolded |= other is not None
        for each in RULES.get(made.op, ()) if other is None else ():
            bound = matched(each, made) if each.whole else None
            if bound is not None:
                other = each.right(*bound)
                break
        if other is not None and other is not made:
            form = self.form(other)
        else:
            form = atomic(made)
            if made.op is INV and form.single:
                form = Form(made.shape, [self._inverted(form.single)])
            if (vertex := self.known.get(self._key(form))) is not None:
                form = atomic(vertex)
        self.forms[made] = form
        self.symmetric(made)
        return form


def _root(value: Fraction) -> Fraction | None:
    if value <= 0:
        return None
    roots = isqrt(value.numerator), isqrt(value.denominator)
    whole = roots[0] ** 2 == value.numerator and roots[1] ** 2 == value.denominator
    return Fraction(*roots) if whole else None
