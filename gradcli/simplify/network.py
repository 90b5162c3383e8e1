"""A product of factors over letters becomes matrix products: chains, traces, diagonals, outer ones.

Must not know any particular function; it only chooses an order in which to contract.
"""

from __future__ import annotations

from string import ascii_letters

from gradcli.calculus.core import DIV, NEG, einsum, full, number, rational
from gradcli.graph.node import Node, make
from gradcli.graph.shape import Shape
from gradcli.simplify.matrix_chains import (
    AppliedChain,
    Chain,
    EntrywiseFactor,
    MatrixChain,
    chained,
    diagonal,
    power,
    quotient,
    transposed,
)
from gradcli.simplify.products import INNER, Letters, Product, Symmetric, eye, is_eye


class Network:
    """A product on its way to a graph: scalars, vectors along letters, matrices between letters.

    Letters that are summed over are eliminated one at a time, leaves first, as in bucket
    elimination (Dechter, 1999); what no matrix notation has becomes one einsum.
    """

    def __init__(self, product: Product, shape: Shape, symmetric: Symmetric) -> None:
        self.product, self.shape, self.symmetric = product, shape, symmetric
        self.above: list[Node] = []
        self.below: list[Node] = []
        self.marks: dict[int, EntrywiseFactor] = {}
        self.edges: list[MatrixChain] = []
        self.large: list[tuple[Node, Letters]] = []
        self.diagonal = False
        entries: dict[Letters, tuple[list[Node], list[Node]]] = {}
        for (atom, names), exponent in product.factors.items():
            if is_eye(atom) and names == (0, 1) and len(shape) == 2:
                self.diagonal = True
                continue
            if len(names) == 2 and names[0] == names[1]:
                atom, names = einsum((atom,), ("ii",), "i", {}), names[:1]  # noqa: PLW2901
            above, below = entries.setdefault(names, ([], []))
            if exponent == 2 and self._squares(atom, names):
                above += [atom, atom]
            else:
                (above if exponent > 0 else below).append(power(atom, abs(exponent)))
        for names, (above, below) in entries.items():
            self._add(names, above, below)

    def _squares(self, atom: Node, names: Letters) -> bool:
        """Whether a square is the product of a short vector with itself, summed over."""
        alone = len(names) == 1 and names[0] >= INNER and len(self.product.users(names[0])) == 1
        return alone and (not atom.args or atom.label is not None)

    def _add(self, names: Letters, above: list[Node], below: list[Node]) -> None:
        if not names:
            self.above += above
            self.below += below
        elif len(names) == 1:
            mark = self.marks.setdefault(names[0], EntrywiseFactor())
            mark.above += [AppliedChain([], v) for v in above]
            mark.below += below
        elif len(names) == 2:
            self.edges.append(MatrixChain([quotient(above, below)], *names))
        else:
            self.large.append((quotient(above, below), names))

    def node(self, spread: bool = False) -> Node:
        """The graph; unless `spread`, a scalar one for an array whose entries are all the same."""
        if not self.large:
            while self._merged() or self._closed() or self._leaf() or self._joined():
                pass
        inner = [x for x in self.product.inner() if x in self.marks]
        if self.large or any(max(e.start, e.end) >= INNER for e in self.edges):
            return self._times(self._contraction())
        for letter in inner:
            self.above.append(_summed(self.marks.pop(letter)))
        tensor = self._tensor()
        return self._times(full(1, self.shape) if tensor is None and spread else tensor)

    # -- contraction, one letter at a time

    def _at(self, letter: int) -> list[MatrixChain]:
        return [e for e in self.edges if letter in (e.start, e.end)]

    def _turned(self, edge: MatrixChain, start: int) -> Chain:
        """An edge's chain from this letter on."""
        return edge.chain if edge.start == start else self._transposed(edge.chain)

    def _transposed(self, chain: Chain) -> Chain:
        return [transposed(matrix, self.symmetric) for matrix in reversed(chain)]

    def _merged(self) -> bool:
        """Two matrices between the same letters as one, entry by entry."""
        for k, edge in enumerate(self.edges):
            for other in self.edges[k + 1 :]:
                ends = {edge.start, edge.end}
                if {other.start, other.end} != ends or edge.start == edge.end:
                    continue
                long = len(edge.chain) + len(other.chain) > 2
                cycle = (edge.start == other.end or long) and not self.marks.keys() & ends
                if cycle and min(ends) >= INNER and len(self._at(edge.start)) == 2:
                    continue
                self.edges.remove(other)
                nodes = [chained(edge.chain), chained(self._turned(other, edge.start))]
                edge.chain = [quotient(nodes, [])]
                return True
        return False

    def _closed(self) -> bool:
        """A matrix from a letter to itself: its trace, or its diagonal."""
        for edge in self.edges:
            if edge.start == edge.end:
                self.edges.remove(edge)
                matrix, letter = chained(edge.chain), edge.start
                if letter >= INNER and letter not in self.marks and not self._at(letter):
                    self.above.append(einsum((matrix,), ("ii",), "", {}))
                else:
                    diagonal = einsum((matrix,), ("ii",), "i", {})
                    self.marks.setdefault(letter, EntrywiseFactor()).above.append(
                        AppliedChain([], diagonal)
                    )
                return True
        return False

    def _leaf(self) -> bool:
        """A letter of one matrix alone is summed over, with what is along it."""
        found = []
        for letter in self.product.inner():
            edges = self._at(letter)
            if len(edges) == 1 and edges[0].start != edges[0].end:
                turns = sum(not self.symmetric(m) for m in edges[0].chain)
                bare = letter not in self.marks and edges[0].other(letter) in self.marks
                found.append((bare, turns * (edges[0].start == letter), -letter, edges[0]))
        if not found:
            return False
        _, _, letter, edge = min(found, key=lambda each: each[:3])
        letter, base = -letter, edge.other(-letter)
        self.edges.remove(edge)
        vector = self.marks.pop(letter, EntrywiseFactor()).vector()
        if vector is None and base >= INNER and not self._at(base) and base not in self.marks:
            self.above.append(einsum((chained(edge.chain),), ("ij",), "", {}))
            return True
        chain = self._turned(edge, base)
        whole = (
            AppliedChain(chain, None)
            if vector is None
            else AppliedChain([*chain, *vector.chain], vector.core)
        )
        self.marks.setdefault(base, EntrywiseFactor()).above.append(whole)
        return True

    def _joined(self) -> bool:
        """A letter of two matrices: their product, with a diagonal between them."""
        pairs = [(x, self._at(x)) for x in self.product.inner()]
        found = [(x, edges) for x, edges in pairs if len(edges) == 2]
        if not found:
            return False
        # First where one matrix ends and the other begins, so that none is turned.
        letter, edges = min(found, key=lambda each: {e.start for e in each[1]} == {each[0]})
        first, second = edges
        if first.start == letter and second.end == letter:
            first, second = second, first
        vector = self.marks.pop(letter, EntrywiseFactor()).vector()
        middle = [diagonal(vector.node())] if vector else []
        start, end = first.other(letter), second.other(letter)
        chain = [*self._turned(first, start), *middle, *self._turned(second, letter)]
        self.edges = [e for e in self.edges if e not in edges]
        self.edges.append(MatrixChain(chain, start, end))
        return True

    # -- what is left

    def _tensor(self) -> Node | None:
        """The part with axes; None for nothing but scalars."""
        vectors = {x: mark.vector() for x, mark in self.marks.items()}
        if len(self.shape) > 2:
            return self._contraction()
        if self.diagonal:
            along = vectors.get(0)
            return eye(self.shape[0]) if along is None else diagonal(along.node())
        if len(self.shape) == 1:
            only = vectors.get(0)
            return None if only is None else only.node()
        left, right = vectors.get(0), vectors.get(1)
        if self.edges:
            chain = self._turned(self.edges[0], 0)
            before = [diagonal(left.node())] if left else []
            after = [diagonal(right.node())] if right else []
            return chained([*before, *chain, *after])
        if left is None and right is None:
            return None
        u = left or AppliedChain([], full(1, self.shape[:1]))
        v = right or AppliedChain([], full(1, self.shape[1:]))
        before, u = (u.chain, AppliedChain([], u.core)) if u.core is not None else ([], u)
        after, v = (v.chain, AppliedChain([], v.core)) if v.core is not None else ([], v)
        outer = einsum((u.node(), v.node()), ("i", "j"), "ij", {})
        return chained([*before, outer, *self._transposed(after)])

    def _contraction(self) -> Node | None:
        """Everything with letters in one einsum: what has no matrix notation."""
        rank = len(self.shape)
        parts = [*self.large]
        parts += [(chained(edge.chain), (edge.start, edge.end)) for edge in self.edges]
        for letter, mark in self.marks.items():
            vector = mark.vector()
            if vector is not None:
                parts.append((vector.node(), (letter,)))
        if self.diagonal:
            parts.append((eye(self.shape[0]), (0, 1)))
        if not parts:
            return None
        if all(names == tuple(range(rank)) for _, names in parts):
            return quotient([node for node, _ in parts], [])
        present = {x for _, names in parts for x in names}
        for axis in range(rank):
            if axis not in present:
                parts.append((full(1, self.shape[axis : axis + 1]), (axis,)))
        letters = {x: ascii_letters[8:][k] for k, x in enumerate(range(rank))}
        for x in (x for _, names in parts for x in names):
            letters.setdefault(x, ascii_letters[8:][len(letters)])
        return einsum(
            [node for node, _ in parts],
            ["".join(letters[x] for x in names) for _, names in parts],
            "".join(letters[x] for x in range(rank)),
            {},
        )

    def _times(self, tensor: Node | None) -> Node:
        size = abs(self.product.number)
        above = [number(size.numerator)] if size.numerator != 1 else []
        below = [number(size.denominator)] if size.denominator != 1 else []
        if tensor is not None and tensor.op is DIV and rational(tensor.args[0]) == 1:
            below, tensor = [*below, tensor.args[1]], None
        above += self.above + ([] if tensor is None else [tensor])
        whole = quotient(above, [*below, *self.below])
        return make(NEG, whole) if self.product.number < 0 else whole


def _summed(mark: EntrywiseFactor) -> Node:
    """The sum along a letter: an inner product, or that of all entries."""
    if len(mark.above) == 2 and not mark.below:
        u, v = sorted(mark.above, key=lambda vector: len(vector.chain))
        return einsum((u.node(), v.node()), ("i", "i"), "", {})
    vector = mark.vector()
    assert vector is not None
    if vector.core is None and len(vector.chain) == 1:
        return einsum((vector.chain[0],), ("ij",), "", {})
    return einsum((vector.node(),), ("i",), "", {})
