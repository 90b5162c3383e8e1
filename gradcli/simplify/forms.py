"""What is known of sums of products: which are equal, which have a name, which graphs they become.

Must not know how they were found, nor any particular function.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from fractions import Fraction

from gradcli.calculus.core import ADD, DIV, EINSUM, MUL, NEG, SUB, full, number
from gradcli.graph.node import Node, make
from gradcli.graph.shape import Shape, is_row
from gradcli.graph.space import Space
from gradcli.ops.algebra import INV
from gradcli.ops.shaping import transpose
from gradcli.simplify.factoring import Factoring, content_of
from gradcli.simplify.matrix_chains import is_transpose
from gradcli.simplify.network import Network
from gradcli.simplify.products import (
    Form,
    Product,
    atomic,
    flattened,
    is_eye,
    key,
    ratio,
    scaled,
    swapped,
)
from gradcli.simplify.rules import Rule

FormKey = tuple[Shape, frozenset[tuple[object, tuple[int, int]]]]
LINEAR = (ADD, SUB, MUL, DIV, NEG, EINSUM)


class Forms(Factoring):
    """Normal forms with the graphs that they become, the shortest that is found.

    `forms` go by vertex, `bodies` are those of named vertices, `sums` those of vertices that stand
    for a sum in brackets; `known` are the vertices of forms.
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
        super().__init__()
        for vertex in named:
            if vertex.label is not None and vertex.args:
                self._name(vertex)

    def _name(self, vertex: Node) -> None:
        """Let a vertex stand for whatever equals it."""
        body = make(vertex.op, *vertex.args, params=vertex.params)
        form = self.bodies[vertex] = self.form(body)
        if self.known.setdefault(self._key(form), vertex) is vertex:
            single = form.single
            alone = single is not None and single.number == 1 and len(single.factors) == 1
            atom = next(iter(single.factors))[0] if single is not None and alone else body
            self.forms[body] = atomic(vertex)
            if atom.args and atom.label is None and form.shape == atom.shape:
                self.forms[atom] = atomic(vertex)

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
            self.short[at] = form if at in self.known else self.factored(form)
        return self.short[at]

    def network(self, product: Product, shape: Shape) -> Node:
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


def spread(node: Node, shape: Shape) -> Node:
    """A scalar on every entry of an array."""
    ones = full(1, shape)
    return ones if node is number(1) else make(MUL, node, ones)
