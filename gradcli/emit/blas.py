"""Products of matrices and vectors as calls of CBLAS.

Must not know loops, nor what else there is in a function of C.
"""

from __future__ import annotations

from typing import NamedTuple

from gradcli.calculus.core import EINSUM
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim


class _MatrixProduct(NamedTuple):
    """`sum_k a[i, k] b[k, j]`: the letters of both factors and of the result, and their sizes.

    The result's letters are those of the first factor, then those of the second: `swapped` says
    whether the factors change places for that.
    """

    left: str
    right: str
    inner: str
    swapped: bool
    dims: dict[str, Dim]


def is_product(node: Node) -> bool:
    """Whether a vertex is a product of matrices, of a matrix and a vector, or of two vectors."""
    return _product(node) is not None


def _product(node: Node) -> _MatrixProduct | None:
    if node.op is not EINSUM or len(node.args) != 2:
        return None
    (left, right), out, _ = node.params
    dims = EINSUM.dims(node.args, node.params)
    inner = {*left} & {*right} - {*out}
    kept = [x for x in left + right if x not in inner]
    plain = len({*left}) == len(left) <= 2 and len({*right}) == len(right) <= 2
    if not plain or len(inner) != 1 or sorted(kept) != sorted(out) or 1 in dims.values():
        return None
    (summed,) = inner
    return _MatrixProduct(left, right, summed, [*out] != kept, dims)


def call(name: str, node: Node, arrays: list[str]) -> str:
    """The statement that puts the product of two arrays into a third, or into a number."""
    found = _product(node)
    assert found is not None
    k, swapped, dims = found.inner, found.swapped, found.dims
    factors = [*zip(arrays, (found.left, found.right), strict=True)]
    (a, left), (b, right) = factors[::-1] if swapped else factors
    if len(left) == len(right) == 1:
        return f"{name} = cblas_ddot({dims[k]}, {a}, 1, {b}, 1);"
    if len(left) == 1 or len(right) == 1:
        (vector, _), (matrix, letters) = sorted(factors, key=lambda factor: len(factor[1]))
        rows, columns = (dims[x] for x in letters)
        return (
            f"cblas_dgemv(CblasRowMajor, {_turned(letters[0] == k)}, {rows}, {columns}, 1.0, "
            f"{matrix}, {columns}, {vector}, 1, 0.0, {name}, 1);"
        )
    (i,), (j,) = (x for x in left if x != k), (x for x in right if x != k)
    return (
        f"cblas_dgemm(CblasRowMajor, {_turned(left[0] == k)}, {_turned(right[1] == k)}, "
        f"{dims[i]}, {dims[j]}, {dims[k]}, 1.0, {a}, {dims[left[1]]}, {b}, {dims[right[1]]}, "
        f"0.0, {name}, {dims[j]});"
    )


def _turned(turned: bool) -> str:
    return "CblasTrans" if turned else "CblasNoTrans"
