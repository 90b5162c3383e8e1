"""The parts that a product is put together from: chains of matrices, vectors along a letter, edges.

Must not know in which order anything is contracted, nor any particular function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from gradcli.calculus.core import DIV, EINSUM, MUL, einsum, number
from gradcli.graph.node import Node, make
from gradcli.ops.elementary import sqrt
from gradcli.ops.powers import POWER_BY, power_by
from gradcli.ops.reductions import norm
from gradcli.simplify.products import Symmetric

Chain = list[Node]


@dataclass(slots=True, eq=False)
class AppliedChain:
    """A chain of matrices applied to a vector, to ones where `core` is None."""

    chain: Chain
    core: Node | None

    def node(self) -> Node:
        """The vector that comes out, multiplied from the right."""
        rest = [*self.chain]
        core = self.core
        if core is None:
            core = einsum((rest.pop(),), ("ij",), "i", {})
        for matrix in reversed(rest):
            core = einsum((matrix, core), ("ij", "j"), "i", {})
        return core


@dataclass(slots=True, eq=False)
class EntrywiseFactor:
    """What multiplies, entry by entry, along one letter: vectors above and below a bar."""

    above: list[AppliedChain] = field(default_factory=list)
    below: list[Node] = field(default_factory=list)

    def vector(self) -> AppliedChain | None:
        """All of it as one vector; None where nothing is along the letter."""
        if len(self.above) == 1 and not self.below:
            return self.above[0]
        if not (self.above or self.below):
            return None
        return AppliedChain([], quotient([v.node() for v in self.above], self.below))


@dataclass(slots=True, eq=False)
class MatrixChain:
    """A chain of matrices from one letter to another."""

    chain: Chain
    start: int
    end: int

    def other(self, letter: int) -> int:
        """The letter at the other end."""
        return self.end if letter == self.start else self.start


def power(base: Node, exponent: Fraction) -> Node:
    """A power as it is written: a root, an integer power of a root, or a plain power."""
    if exponent == 1:
        return base
    if exponent.denominator == 2:
        return power_by(root(base), 2 * exponent)
    return power_by(base, exponent)


def root(x: Node) -> Node:
    """The square root, of a vector times itself as a norm."""
    if x.op is EINSUM and x.label is None and x.params[:2] == (("i", "i"), ""):
        u, v = x.args
        return norm(u) if u is v else sqrt(x)
    if x.op is EINSUM and x.label is None and x.params[1] == "" and len(x.args) == 1:
        inner = x.args[0]
        if inner.op is POWER_BY and inner.params[0] == 2 and inner.label is None:
            base = inner.args[0]
            return norm(base, "fro" if len(base.shape) > 1 else 2)
    return sqrt(x)


def quotient(above: Sequence[Node], below: Sequence[Node]) -> Node:
    """Factors over factors, entry by entry and from the left; 1 for none above."""
    top = reduce(lambda a, b: make(MUL, a, b), above) if above else number(1)
    return make(DIV, top, reduce(lambda a, b: make(MUL, a, b), below)) if below else top


def chained(chain: Chain) -> Node:
    """The product of matrices."""
    return reduce(lambda a, b: einsum((a, b), ("ij", "jk"), "ik", {}), chain)


def diagonal(vector: Node) -> Node:
    """The n x n matrix with a vector of n on its diagonal."""
    return einsum((vector,), ("i",), "ii", {})


def is_transpose(node: Node) -> bool:
    """Whether this is `A.T`."""
    if node.op is not EINSUM or node.label is not None or len(node.args) > 1:
        return False
    (ins,), out, _ = node.params
    return len(ins) == 2 and out == ins[::-1] and ins[0] != ins[1]


def transposed(matrix: Node, symmetric: Symmetric) -> Node:
    """A matrix transposed, without a second transpose of one that is."""
    if is_transpose(matrix):
        return matrix.args[0]
    if matrix.op is EINSUM and matrix.label is None:
        ins, out, _ = matrix.params
        if len(ins) == 2 and out == "".join(ins) and len(out) == 2:
            return einsum(matrix.args[::-1], ins[::-1], "".join(ins[::-1]), {})
        if len(out) == 2 and out[0] == out[1]:
            return matrix
    return matrix if symmetric(matrix) else einsum((matrix,), ("ij",), "ji", {})
