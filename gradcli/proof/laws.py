"""Laws of inverses and determinants of whole matrices: `inv(A @ B)` is `inv(B) @ inv(A)`.

Must not know what is shown. With each law a vertex keeps its value and what it requires, but for
minors, which are told by the inverse only where the matrix is known to be regular.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from gradcli.calculus.core import EINSUM, div, mul, number
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.ops.algebra import DET, INV, SOLVE, det, diag, inv, matmul
from gradcli.ops.shaping import transpose


def with_laws(pair: Pair, regular: Callable[[Node], bool]) -> Pair:
    """The pair with inverses and determinants of matrices that are no products.

    `regular` says of which it is known that they are, wherever the claim is looked at.
    """
    if not any(node.op in (INV, DET, SOLVE) for node in pair.order):
        return pair
    done: dict[Node, Node] = {}
    minors = {
        node
        for node in pair.order
        if node.op is DET and node.params[0] == 1
        if node.args[0].op is INV or regular(node.args[0])
    }

    def change(node: Node, args: list[Node]) -> Node:
        if node in minors:
            return mul(determinant(args[0]), transpose(inverse(args[0], True)))
        if node.op is INV:
            return inverse(args[0], args[0].op is INV and regular(node.args[0].args[0]))
        if node.op is SOLVE:
            return matmul(inverse(args[0]), args[1])
        if node.op is DET and not node.params[0]:
            return determinant(args[0])
        return same(node, args)

    rebuilt(pair.whole, change, done)
    return pair.turned(done)


def inverse(matrix: Node, twice: bool = False) -> Node:
    """The inverse, of a product that of its factors in turn, of a diagonal one that of its entries.

    It has a value where the inverse of the matrix has one; with `twice` that of an inverse is what
    this is the inverse of, whatever that is.
    """
    if matrix.op is INV and twice:
        return matrix.args[0]
    if (parts := factors(matrix)) is not None:
        return reduce(matmul, (inverse(part) for part in reversed(parts)))
    if (turned := _turned(matrix)) is not None:
        return transpose(inverse(turned))
    if (entries := _diagonal(matrix)) is not None:
        return diag(div(number(1), entries))
    return inv(matrix)


def determinant(matrix: Node) -> Node:
    """The determinant, of a product that of its factors."""
    if matrix.op is INV:
        return div(number(1), determinant(matrix.args[0]))
    if (parts := factors(matrix)) is not None:
        return reduce(mul, map(determinant, parts))
    if (turned := _turned(matrix)) is not None:
        return determinant(turned)
    return det(matrix)


def factors(matrix: Node) -> tuple[Node, Node] | None:
    """The two square matrices that one is the product of; None for any other."""
    if matrix.op is not EINSUM or len(matrix.args) != 2 or len({*matrix.params[1]}) != 2:
        return None
    ins, (row, column), _ = matrix.params
    inner = {x for names in ins for x in names} - {row, column}
    if len(inner) != 1 or any(arg.shape != matrix.shape for arg in matrix.args):
        return None
    (x,) = inner
    found = []
    for wanted in (row + x, x + column):
        for arg, names in zip(matrix.args, ins, strict=True):
            if sorted(names) == sorted(wanted):
                found.append(arg if names == wanted else transpose(arg))
    return (found[0], found[1]) if len(found) == 2 else None


def _turned(matrix: Node) -> Node | None:
    """What a matrix is the transposed one of."""
    if matrix.op is EINSUM and len(matrix.args) == 1 and matrix.args[0].shape == matrix.shape:
        (names,), out, new = matrix.params
        if not new and len({*names}) == 2 and names == out[::-1]:
            return matrix.args[0]
    return None


def _diagonal(matrix: Node) -> Node | None:
    """What stands on the diagonal of a matrix that has nothing else."""
    if matrix.op is EINSUM and len(matrix.args) == 1 and len(matrix.args[0].shape) == 1:
        (names,), out, new = matrix.params
        if not new and out == names * 2:
            return matrix.args[0]
    return None
