"""The weighted reading of a graph: so many entries along a letter, each standing for a share of it.

Must not know why that is enough. A sum over a letter becomes one with weights, a size the sum of
the weights; with all weights 1 it is the graph at that size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradcli.calculus.core import (
    DIV,
    EINSUM,
    INPUT,
    MUL,
    SIZE,
    SUB,
    add,
    einsum,
    full,
    mul,
    number,
    symbol,
)
from gradcli.calculus.families import Einsum
from gradcli.calculus.rebuild import same
from gradcli.graph.node import Node, make
from gradcli.graph.shape import Letters, fixed
from gradcli.graph.space import Scalars, Space
from gradcli.ops.shaping import concat, stack
from gradcli.proof.axes import NotSizeFree, at_sizes, flows, letter_of


@dataclass(slots=True, eq=False, repr=False)
class WeightedReading:
    """Rules for `rebuilt`: `atoms` entries a letter, of sizes of at least `least`.

    `hot` gives the entry at which a unit vector has its one: such an entry stands for itself.
    `spaces` are the sets that the inputs were declared in, `drawn` those of the new ones.
    """

    atoms: Mapping[str, int]
    least: Mapping[str, int]
    hot: Mapping[Node, int]
    spaces: Mapping[Node, Space]
    drawn: dict[Node, Space] = field(default_factory=dict)
    _weights: dict[str, Node] = field(default_factory=dict)

    def __call__(self, node: Node, args: list[Node]) -> Node:
        op = node.op
        if op is SIZE:
            return self._polynomial(node.params[0])
        if op is INPUT:
            return self._input(node)
        if op is EINSUM:
            return self._sum(node, args)
        flows(node)
        if (params := at_sizes(node.params, self.atoms)) is node.params:
            return same(node, args)
        return make(op, *args, params=params)

    def _polynomial(self, dim: Letters) -> Node:
        total: Node = number(0)
        for names, factor in sorted(dim.terms):
            term: Node = number(factor)
            for name in names:
                term = mul(term, self._size(name))
            total = add(total, term)
        return total

    def _size(self, letter: str) -> Node:
        """A size is a number like any other that is not less than the smallest."""
        size = symbol(f"size {letter}", ())
        low = number(max(self.least[letter], self._ones(letter) + 1))
        self.drawn[size] = Space("power", (), Scalars(low=low, low_open=False))
        return size

    def _ones(self, letter: str) -> int:
        """How many entries have weight one."""
        return len({k for node, k in self.hot.items() if letter_of(node.shape[0]) == letter})

    def weights(self, letter: str) -> Node:
        """Positive numbers whose sum is the size; those of hot entries are ones and come first."""
        if letter not in self._weights:
            ones = self._ones(letter)
            if self.atoms[letter] <= ones:
                raise NotSizeFree  # No entry is left that stands for all others.
            shares = symbol(f"share {letter}", (self.atoms[letter] - ones,))
            self.drawn[shares] = Space("simplex", shares.shape)
            size = self._size(letter)
            rest = make(MUL, make(SUB, size, number(ones)) if ones else size, shares)
            self._weights[letter] = concat(full(1, (ones,)), rest) if ones else rest
        return self._weights[letter]

    def _input(self, node: Node) -> Node:
        name, shape = node.params
        space = self.spaces[node]
        # Of an axis of n - 1 so many entries would be one less, so perhaps none.
        letters = [letter_of(dim) for dim in shape]
        new = symbol(name, fixed(shape, self.atoms))
        letter = letters[-1] if space.kind in ("onehot", "simplex") else None
        if letter and space.kind == "onehot":
            places = range(self.atoms[letter])
            return stack(*(number(int(place == self.hot[node])) for place in places))
        self.drawn[new] = Space(space.kind, new.shape, space.scalars)
        # With weights the sum of q is one where q is p times the weights.
        return make(DIV, new, self.weights(letter)) if letter else new

    def _sum(self, node: Node, args: list[Node]) -> Node:
        assert isinstance(node.op, Einsum)
        ins, out, new = node.params
        dims = node.op.dims(node.args, node.params)
        summed = {
            x: str(letter_of(dims[x]))
            for x in dict.fromkeys("".join(ins))
            if x not in out and isinstance(dims[x], Letters)
        }
        if not summed and not new:
            return same(node, args)
        weights = [self.weights(letter) for letter in summed.values()]
        return einsum([*args, *weights], [*ins, *summed], out, dict(at_sizes(new, self.atoms)))
