"""Products with inverses in them, reduced by what an inverse is: `inv(M) @ M` is the identity.

Must not know sizes or residues. Where `M` is a sum one of its terms stands for the others:
`inv(M) @ R` is `eye - inv(M) @ (M - R)`. What is left is shown with inverses that may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import count, product
from string import ascii_letters

from gradcli.calculus.core import (
    ADD,
    COPY,
    DIV,
    MUL,
    NEG,
    NUMBER,
    SUB,
    add,
    einsum,
    full,
    identity,
    number,
    rational,
)
from gradcli.calculus.families import Einsum
from gradcli.graph.node import Node, make
from gradcli.graph.shape import Dim
from gradcli.ops.algebra import INV

MOST_TERMS, MOST_FACTORS, MOST_STEPS, MOST_VERTICES = 256, 24, 2_000, 200
Letters = tuple[int, ...]
Factor = tuple[Node | None, Letters]
"""A vertex over letters; None is an identity."""


class TooLong(Exception):
    """There is more to be written out than is worth it."""


@dataclass(frozen=True, slots=True)
class IndexedProduct:
    """A number times factors, summed over the letters that the result does not have."""

    number: Fraction
    factors: tuple[Factor, ...]

    def times(self, other: IndexedProduct) -> IndexedProduct:
        """The product of both."""
        if len(self.factors) + len(other.factors) > MOST_FACTORS:
            raise TooLong
        return IndexedProduct(self.number * other.number, self.factors + other.factors)

    def uses(self, letter: int) -> int:
        """How often a letter stands in it."""
        return sum(names.count(letter) for _, names in self.factors)


class Products:
    """Sums of products of one graph; `dims` are the sizes of their letters."""

    def __init__(self, pivot: int = 0) -> None:
        self.pivot = pivot
        self.letters = count()
        self.dims: dict[int, Dim] = {}
        self.inside: dict[Node, tuple[Letters, list[IndexedProduct]]] = {}

    def fresh(self, dim: Dim) -> int:
        """A letter that stands nowhere else."""
        letter = next(self.letters)
        self.dims[letter] = dim
        return letter

    # -- written out

    def terms(self, node: Node, out: Letters) -> list[IndexedProduct]:
        """A vertex as a sum of products, its axes over these letters."""
        op, args = node.op, node.args
        if isinstance(op, Einsum):
            found = self._einsum(node, out)
        elif op is NUMBER and node.label is None:
            found = [IndexedProduct(node.params[0], ())]
        elif op in (ADD, SUB, NEG, COPY):
            signs = (1, -1) if op is SUB else (-1,) if op is NEG else (1, 1)
            found = [
                replace(term, number=sign * term.number)
                for arg, sign in zip(args, signs, strict=False)
                for term in self.terms(arg, self._aligned(node, arg, out))
            ]
        elif op is MUL:
            parts = [self.terms(arg, self._aligned(node, arg, out)) for arg in args]
            found = [a.times(b) for a, b in product(*parts)]
        elif op is DIV:
            below = rational(args[1])
            over = (
                IndexedProduct(1 / below, ())
                if below
                else IndexedProduct(
                    Fraction(1),
                    ((make(DIV, number(1), args[1]), self._aligned(node, args[1], out)),),
                )
            )
            found = [a.times(over) for a in self.terms(args[0], self._aligned(node, args[0], out))]
        else:
            found = [IndexedProduct(Fraction(1), ((node, out),))]
        if len(found) > MOST_TERMS:
            raise TooLong
        return [term for term in found if term.number]

    def _aligned(self, node: Node, arg: Node, out: Letters) -> Letters:
        behind = len(node.shape) - len(arg.shape)
        return tuple(
            out[behind + axis] if dim == node.shape[behind + axis] else self.fresh(dim)
            for axis, dim in enumerate(arg.shape)
        )

    def _einsum(self, node: Node, out: Letters) -> list[IndexedProduct]:
        assert isinstance(node.op, Einsum)
        ins, names, _ = node.params
        known: dict[str, int] = {}
        ties: list[Factor] = []
        for x, letter in zip(names, out, strict=True):
            if known.setdefault(x, letter) != letter:
                ties.append((None, (known[x], letter)))
        dims = node.op.dims(node.args, node.params)
        for x in dims:
            known.setdefault(x, -1)
            if known[x] < 0:
                known[x] = self.fresh(dims[x])
        parts = [
            self.terms(arg, tuple(known[x] for x in letters))
            for arg, letters in zip(node.args, ins, strict=True)
        ]
        start = IndexedProduct(Fraction(1), tuple(ties))
        summed = [known[x] for x in dims if x not in names]
        made = [reduce(IndexedProduct.times, each, start) for each in product(*parts)]
        return [self._tied(self._held(term, summed), out) for term in made]

    def _held(self, term: IndexedProduct, summed: Sequence[int]) -> IndexedProduct:
        """What is summed over though nothing rests on it counts as often as there are indices."""
        lost = [x for x in summed if not term.uses(x)]
        ones = tuple((full(1, (self.dims[x],)), (x,)) for x in lost)
        return IndexedProduct(term.number, term.factors + ones)

    def _tied(self, term: IndexedProduct, out: Letters) -> IndexedProduct:
        """Without identities, but for those between letters of the result."""
        while True:
            ties = [f for f in term.factors if f[0] is None]
            tie = next((f for f in ties if f[1][0] == f[1][1] or not {*f[1]} <= {*out}), None)
            if tie is None:
                return term
            kept = [*term.factors]
            kept.remove(tie)
            stays, goes = tie[1] if tie[1][1] not in out else tie[1][::-1]
            names = [(f, tuple(stays if x == goes else x for x in these)) for f, these in kept]
            term = IndexedProduct(term.number, tuple(names))
            if not term.uses(stays) and stays not in out:
                term = self._held(term, [stays])

    # -- reduced

    def reduced(self, terms: Sequence[IndexedProduct], out: Letters) -> list[IndexedProduct]:
        """The same sum with inverses beside what they are inverses of gone."""
        left: list[IndexedProduct] = [*terms]
        done: list[IndexedProduct] = []
        for _ in range(MOST_STEPS):
            if not left:
                return done
            term = left.pop()
            others = self._step(term, out)
            if others is None:
                done.append(term)
            else:
                left += others
            if len(left) + len(done) > MOST_TERMS:
                break
        raise TooLong

    def _step(self, term: IndexedProduct, out: Letters) -> list[IndexedProduct] | None:
        for place, (node, names) in enumerate(term.factors):
            if node is not None and node.op is INV and names[0] != names[1]:
                rest = term.factors[:place] + term.factors[place + 1 :]
                for turned in (False, True):
                    found = self._beside(
                        IndexedProduct(term.number, rest), node, names, out, turned
                    )
                    if found is not None:
                        return found
        return None

    def _beside(
        self, term: IndexedProduct, node: Node, names: Letters, out: Letters, turned: bool
    ) -> list[IndexedProduct] | None:
        """`Z(a, b) M(b, c)`, or turned round `M(c, a) Z(a, b)`: the pivot of M is looked for."""
        ends, (pivot, *others) = self._inside(node.args[0])
        far, joint = names[::-1] if turned else names
        near, end = ends[::-1] if turned else ends
        plain = any(factor is None for factor, _ in pivot.factors)
        for matched, now in _matches(pivot.factors, term.factors, {near: joint}):
            rest = tuple(f for k, f in enumerate(term.factors) if k not in matched)
            left = IndexedProduct(term.number / pivot.number, rest)
            # What is summed over in the product is summed over in it alone.
            inner = [y for x, y in now.items() if x != end and not (plain and x == near)]
            if end not in now or len({*inner, now[end], far}) < len(inner) + 1 + (now[end] != far):
                continue
            if any(x in out or left.uses(x) for x in inner):
                continue
            made = [
                self._tied(left.times(IndexedProduct(Fraction(1), ((None, (far, now[end])),))), out)
            ]
            for other in others:
                joined = self.fresh(self.dims[joint])
                z = (node, (joined, far) if turned else (far, joined))
                again = self._renamed(other, {near: joined, end: now[end]})
                made.append(
                    self._tied(left.times(IndexedProduct(Fraction(-1), (z,))).times(again), out)
                )
            return made
        return None

    def _inside(self, matrix: Node) -> tuple[Letters, list[IndexedProduct]]:
        """The terms of a matrix, the pivot first: what has the fewest factors."""
        if matrix not in self.inside:
            ends = tuple(self.fresh(dim) for dim in matrix.shape)
            terms = self.terms(matrix, ends)
            terms.sort(key=lambda term: sum(len(names) for _, names in term.factors))
            pivot = terms.pop(min(self.pivot, len(terms) - 1))
            self.inside[matrix] = ends, [pivot, *terms]
        return self.inside[matrix]

    def _renamed(self, term: IndexedProduct, now: Mapping[int, int]) -> IndexedProduct:
        known = dict(now)
        factors = []
        for node, names in term.factors:
            for x in names:
                if x not in known:
                    known[x] = self.fresh(self.dims[x])
            factors.append((node, tuple(known[x] for x in names)))
        return IndexedProduct(term.number, tuple(factors))

    # -- as a graph again

    def node(self, terms: Sequence[IndexedProduct], out: Letters) -> Node:
        """The sum as a vertex."""
        shape = tuple(self.dims[x] for x in out)
        return reduce(add, (self._product(term, out) for term in terms), full(0, shape))

    def _product(self, term: IndexedProduct, out: Letters) -> Node:
        used = dict.fromkeys([*out, *(x for _, names in term.factors for x in names)])
        if len(used) > len(ascii_letters):
            raise TooLong
        names = dict(zip(used, ascii_letters, strict=False))
        args, ins = [number(term.number)], [""]
        for node, letters in term.factors:
            args.append(identity((self.dims[letters[0]],)) if node is None else node)
            ins.append("".join(names[x] for x in letters))
        sizes = {names[x]: self.dims[x] for x in out}
        return einsum(args, ins, "".join(names[x] for x in out), sizes)


def difference(left: Node, right: Node, pivot: int) -> Node:
    """The difference of two sides, reduced; TooLong where that has too many terms."""
    products = Products(pivot)
    out = tuple(products.fresh(dim) for dim in max(left.shape, right.shape, key=len))
    terms = products.terms(left, out[: len(left.shape)])
    terms += [replace(t, number=-t.number) for t in products.terms(right, out[: len(right.shape)])]
    return products.node(products.reduced(terms, out), out)


def _matches(
    pattern: Sequence[Factor], factors: Sequence[Factor], known: dict[int, int]
) -> Iterator[tuple[set[int], dict[int, int]]]:
    """How a pattern stands among factors: by which of them, and what its letters are there."""
    if not pattern:
        yield set(), known
        return
    (node, names), *rest = pattern
    if node is None:
        one, other = names
        now = known | {b: known[a] for a, b in ((one, other), (other, one)) if a in known}
        yield from _matches(rest, factors, now)
        return
    for place, (other_node, letters) in enumerate(factors):
        if other_node is not node:
            continue
        now = dict(known)
        if any(now.setdefault(x, y) != y for x, y in zip(names, letters, strict=True)):
            continue
        for matched, found in _matches(rest, factors, now):
            if place not in matched:
                yield {place, *matched}, found
