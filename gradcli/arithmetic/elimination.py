"""Large matrices of series by elimination, whose work grows with the cube of their side.

Must not know any derivative rule: it is FLINT's series and the four operations.
"""

from __future__ import annotations

import numpy as np
from flint import ctx

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.jet import UNKNOWN, Jet, jet
from gradcli.arithmetic.measure import lower
from gradcli.arithmetic.objects import Objects

DIVISION_FREE = 12
"""Up to this side nothing is divided by, so that a singular matrix has its series."""


class Eliminating(Objects):
    """Series; a large matrix that cannot be shown invertible has none that is known."""

    @property
    def cost(self) -> int:
        """A term takes about as long as a number elsewhere, and hundreds may be worked with."""
        return int(ctx.cap)

    def _charpoly(self, A: Array) -> tuple[Array, Array]:
        if A.shape[-1] <= DIVISION_FREE:
            return super()._charpoly(A)
        balls = np.frompyfunc(lambda x: Jet(jet(x).balls(), jet(x).degree), 1, 1)
        found = [_eliminated(a) for a in balls(A)]
        det = np.array([d for d, _ in found], dtype=object)
        return det, np.stack([inverse for _, inverse in found]) * det[:, None, None]


def _eliminated(A: Array) -> tuple[Jet, Array]:
    """Determinant and inverse, by the pivots that are the farthest from zero."""
    n = len(A)
    M = np.full((n, 2 * n), jet(0), dtype=object)
    M[:, :n] = A
    M[np.arange(n), np.arange(n) + n] = jet(1)
    det = jet(1)
    for k in range(n):
        sizes = [lower(x.coefficient(0)) for x in M[k:, k]]
        p = k + max(range(n - k), key=sizes.__getitem__)
        if not sizes[p - k] > 0:
            return UNKNOWN, np.full((n, n), UNKNOWN, dtype=object)
        if p != k:
            M[[k, p]] = M[[p, k]]
            det = -det
        det = det * M[k, k]
        M[k, k:] = M[k, k:] / M[k, k]
        others = np.arange(n) != k
        M[others, k:] -= M[others, k, None] * M[k, k:]
    return det, M[:, n:]
