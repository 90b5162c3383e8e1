"""Matrices of rationals and balls by FLINT: products, determinants, inverses, solutions.

Must not know scalar functions; a matrix that cannot be shown invertible has NaN for an inverse.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, TypeAlias

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.objects import Objects

Matrix: TypeAlias = Any
NARROW, SMALL = 4, 600  # a side and a number of products, below which filling a matrix costs more
EXACT_BITS = 20_000  # of a determinant, beyond which balls do


class Matrices(Objects):
    """Numbers of FLINT, with FLINT's algorithms for their matrices."""

    def matmul(self, a: Array, b: Array) -> Array:
        sides = *a.shape[-2:], b.shape[-1]
        if min(sides) < NARROW or prod(sides) < SMALL:
            return super().matmul(a, b)
        return _each(_product, a, b)

    def det(self, A: Array, order: int) -> Array:
        if order == 0:
            return _each(_determinant, A)
        return super().det(A, order)

    def inv(self, A: Array) -> Array:
        return _each(lambda a: _solution(a, None), A)

    def solve(self, A: Array, b: Array) -> Array:
        if b.ndim == A.ndim:
            return _each(_solution, A, b)
        return _each(_solution, A, b[..., None])[..., 0]

    def _charpoly(self, A: Array) -> tuple[Array, Array]:
        """Determinant and adjugate: by the inverse, if every matrix is shown to have one."""
        inverse = self.inv(A)
        if not np.all(self.finite(inverse)):
            return super()._charpoly(A)
        det = self.det(A, 0)
        return det, inverse * det[:, None, None]


def _each(function: Callable[..., Any], *stacks: Array) -> Array:
    """A function of matrices over all the axes before the last two."""
    batch = np.broadcast_shapes(*(stack.shape[:-2] for stack in stacks))
    wide = [np.broadcast_to(stack, (*batch, *stack.shape[-2:])) for stack in stacks]
    found = [np.asarray(function(*(x[at] for x in wide)), dtype=object) for at in np.ndindex(batch)]
    return np.stack(found).reshape(*batch, *found[0].shape)


def _rational(x: Array) -> Array:
    return np.array([not isinstance(y, arb) for y in x.flat], dtype=bool).reshape(x.shape)


def _matrix(x: Array, exact: bool) -> Matrix:
    rows, columns = x.shape
    return (fmpq_mat if exact else arb_mat)(rows, columns, list(x.flat))


def _array(x: Matrix) -> Array:
    out = np.empty(x.nrows() * x.ncols(), dtype=object)
    out[:] = x.entries()
    return out.reshape(x.nrows(), x.ncols())


def _product(a: Array, b: Array) -> Array:
    """What only rationals go into stays rational."""
    rows, columns = _rational(a).all(axis=1), _rational(b).all(axis=0)
    exact = bool(rows.all() and columns.all())
    out = _array(_matrix(a, exact) * _matrix(b, exact))
    if not exact and rows.any() and columns.any():
        kept = _matrix(a[rows], True) * _matrix(b[:, columns], True)
        out[np.ix_(rows, columns)] = _array(kept)
    return out


def _exact(A: Array) -> bool:
    return bool(_rational(A).all()) and (
        len(A) * max((x.height_bits() for x in A.flat), default=0) < EXACT_BITS
    )


def _determinant(A: Array) -> Any:
    return _matrix(A, _exact(A)).det() if len(A) else fmpq(1)


def _solution(A: Array, b: Array | None) -> Array:
    """The inverse applied to the columns of b, or the inverse itself."""
    exact = _exact(A) and (b is None or bool(_rational(b).all()))
    try:
        matrix = _matrix(A, exact)
        return _array(matrix.inv() if b is None else matrix.solve(_matrix(b, exact)))
    except ZeroDivisionError:
        return np.full(A.shape if b is None else b.shape, arb.nan(), dtype=object)
