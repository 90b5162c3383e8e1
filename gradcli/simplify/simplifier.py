"""A graph becomes a smaller one of the same value, wherever the old one has any, graph to graph.

Must not know any particular function: what holds of one is told by the tables in `rules`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping
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
    full,
    masked,
    number,
    spread_scalar,
)
from gradcli.calculus.families import Differentiable
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, is_row
from gradcli.graph.space import Space
from gradcli.notation.text import TextWriter
from gradcli.ops.algebra import INV
from gradcli.ops.shaping import transpose
from gradcli.simplify import masks
from gradcli.simplify.factoring import content_of, factored
from gradcli.simplify.matrix_chains import is_transpose
from gradcli.simplify.network import Network
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
    is_eye,
    key,
    ratio,
    scaled,
    swapped,
)
from gradcli.simplify.rewriting import (
    cancelling,
    collected_by_rules,
    inverted,
    reduced,
    tidied_by_rules,
    without,
)
from gradcli.simplify.rules import RULES, UNFOLD, Rule, matched

FormKey = tuple[Shape, frozenset[tuple[object, tuple[int, int]]]]
LINEAR = (ADD, SUB, MUL, DIV, NEG, EINSUM)


class Simplifier:
    """Simplifies graphs over inputs of these sets; a vertex of `named` stands for what equals it.

    What it has seen it remembers, so that equal parts of several graphs become one. Unless `ruled`,
    it only puts together what is alike, without identities and common factors. `forms` go by
    vertex, `bodies` are those of named vertices, `sums` those of vertices that stand for a sum in
    brackets; `known` are the vertices of forms.
    """

    def __init__(
        self,
        spaces: Mapping[Node, Space] | None = None,
        named: Iterable[Node] = (),
        ruled: bool = True,
    ) -> None:
        self.spaces = spaces or {}
        self.forms: MutableMapping[Node, Form] = {}
        self.bodies: dict[Node, Form] = {}
        self.sums: dict[Node, Form] = {}
        self.known: dict[FormKey, Node] = {}
        self.turning: dict[Node, bool] = {}
        self.short: dict[FormKey, Form] = {}
        self.unfolded = False
        self.lefts: dict[tuple[Rule, Node], Form] = {}
        self.ruled = ruled
        self.writer = TextWriter(lambda node: node.name, paper=True)
        for vertex in named:
            if vertex.label is not None and vertex.args:
                self._name(vertex)

    def __call__(self, node: Node) -> Node:
        """The same function, written shorter, if that can be."""
        self.unfolded = False
        form = self.form(node)
        made = self.node(form)
        shorter = self.unfolded or not form.terms or self.cost(made) <= self.cost(node)
        return made if shorter else node

    def _name(self, vertex: Node) -> None:
        """Let a vertex stand for whatever equals it."""
        body = make(vertex.op, *vertex.args, params=vertex.params)
        form = self.bodies[vertex] = self.form(body)
        if self.known.setdefault(self._key(form), vertex) is vertex:
            atom = _alone(form) or body
            self.forms[body] = atomic(vertex)
            if atom.args and atom.label is None and form.shape == atom.shape:
                self.forms[atom] = atomic(vertex)

    def cost(self, node: Node) -> int:
        """How many tokens a formula has; a name is one."""
        return self.writer.cost(node)

    def added(self, shape: Shape, terms: list[Product]) -> Form:
        """A sum with like terms put together."""
        return collected_by_rules(self, shape, terms)

    def tidied(self, product: Product) -> Product:
        """A product with nothing left in it that goes without saying."""
        return tidied_by_rules(self, product)

    def _key(self, form: Form, by: Fraction = Fraction(1)) -> FormKey:
        numbers = (t.number if by == 1 else t.number / by for t in form.terms)
        keys = (key(t, self.symmetric) for t in form.terms)
        return form.shape, frozenset(zip(keys, map(ratio, numbers), strict=True))

    def symmetric(self, node: Node) -> bool:
        """Whether a matrix is its own transpose."""
        if len(node.shape) != 2 or node.shape[0] != node.shape[1]:
            return False
        if is_eye(node):
            return True
        if node not in self.turning:
            self.turning[node] = False
            self.turning[node] = self._is_symmetric(node)
        return self.turning[node]

    def _is_symmetric(self, node: Node) -> bool:
        if node in self.spaces:
            return self.spaces[node].kind in ("symmetric", "spd")
        if node.op is INV:
            return self.symmetric(node.args[0])
        form = self.bodies.get(node) or self.sums.get(node)
        if form is None and node.label is None and node.op in LINEAR:
            form = self.form(node)
        if form is None or any(node is atom for t in form.terms for atom, _ in t.factors):
            return False
        return self._key(form) == self._key(Form(form.shape, swapped(form)))

    def atom(self, form: Form) -> tuple[Fraction, Node]:
        """A number and the one vertex that stands for the rest of a form."""
        if not form.terms:
            return Fraction(0), number(0)
        content = content_of(form)
        for by in (Fraction(1), content, -content):
            if (found := self.known.get(self._key(form, by))) is not None:
                if found.label is None:
                    self.sums.setdefault(found, Form(form.shape, scaled(form.terms, 1 / by)))
                return by, found
        if form.terms[0].number < 0 and all(t.number < 0 for t in form.terms):
            content = -content
        rest = Form(form.shape, scaled(form.terms, 1 / content))
        node = self.node(rest)
        self.sums.setdefault(node, rest)
        self.forms.setdefault(node, rest if rest.single else atomic(node))
        return content, node

    def node(self, form: Form) -> Node:
        """The graph of a form, the shortest that is found; the same one for equal forms."""
        at = self._key(form)
        if at not in self.known:
            self.known[at] = self._written(form)
        return self.known[at]

    def _written(self, form: Form) -> Node:
        if not form.terms:
            return full(0, form.shape)
        if is_row(form.shape) and len((flat := flattened(form)[0]).shape) == 1:
            return transpose(self.node(flat))
        form = self.shortest(form)
        single = form.single
        if single is not None:
            node = self.network(single, form.shape)
            if node.shape == form.shape:
                return node
            return Network(single, form.shape, self.symmetric).node(spread=True)
        return self.total(form)

    def shortest(self, form: Form) -> Form:
        """A sum with its common factors in front, if that is shorter; found once for equal sums."""
        if form.single is not None or not self.ruled:
            return form
        at = self._key(form)
        if at not in self.short:
            self.short[at] = form if at in self.known else factored(self, form)
        return self.short[at]

    def network(self, product: Product, shape: Shape) -> Node:
        """The graph of a product; a scalar where all entries are the same."""
        return Network(product, shape, self.symmetric).node()

    def total(self, form: Form) -> Node:
        """A sum, with a term in front that has no minus."""
        written = []
        for term in form.terms:
            plain = term.copy()
            plain.number = abs(term.number)
            written.append((term.number < 0, self.network(plain, form.shape)))
        written.sort(key=lambda each: (each[0], is_transpose(each[1])))
        (negative, whole), *others = written
        whole = make(NEG, whole) if negative else whole
        for negative, node in others:
            whole = make(SUB if negative else ADD, whole, node)
        return whole if whole.shape == form.shape else spread(whole, form.shape)

    def left_side(self, rule: Rule, anchor: Node, bound: list[Node]) -> Form:
        """The left side of an identity as it stands: with no identity used on it."""
        at = rule, anchor
        if at not in self.lefts:
            forms, ruled = self.forms, self.ruled
            self.forms, self.ruled = ChainMap({}, forms), False
            self.lefts[at] = self.form(rule.left(*bound))
            self.forms, self.ruled = forms, ruled
        return self.lefts[at]

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
                terms.append(self.tidied(made))
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
        made = inverted(self, reduced(self, self.tidied(made), shape))
        if self.ruled and (found := cancelling(self, made)):
            return self.added(shape, without(self, made, found))
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
                return Form(node.shape, [self.tidied(term) for term in terms])
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
                form = Form(made.shape, [inverted(self, form.single)])
            if (vertex := self.known.get(self._key(form))) is not None:
                form = atomic(vertex)
        self.forms[made] = form
        self.symmetric(made)
        return form


def spread(node: Node, shape: Shape) -> Node:
    """A scalar on every entry of an array."""
    ones = full(1, shape)
    return ones if node is number(1) else make(MUL, node, ones)


def _root(value: Fraction) -> Fraction | None:
    if value <= 0:
        return None
    roots = isqrt(value.numerator), isqrt(value.denominator)
    whole = roots[0] ** 2 == value.numerator and roots[1] ** 2 == value.denominator
    return Fraction(*roots) if whole else None


def _alone(form: Form) -> Node | None:
    """The atom that a form is and nothing else: no power of it, nor its transpose."""
    single = form.single
    if single is None or single.number != 1 or [*single.factors.values()] != [1]:
        return None
    [(atom, letters)] = single.factors
    return atom if letters == tuple(range(len(form.shape))) else None
