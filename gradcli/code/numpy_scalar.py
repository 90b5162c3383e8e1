"""What a scalar of NumPy has besides arithmetic, and where exact numbers end.

Must not know arithmetic.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from gradcli.code.session import Leaves


class NumPyScalar:
    """A number as the user's code finds it; `ball` and `op` are those of a tracked one."""

    __slots__ = ()
    ball: Any
    op: Any

    @property
    def is_constant(self) -> bool:
        """Whether it rests on no input."""
        return self.op is None

    # -- what a scalar of NumPy has

    shape: tuple[int, ...] = ()
    ndim = 0
    size = 1
    dtype = np.dtype(np.float64)
    T = property(lambda self: self)
    real = property(lambda self: self)

    def item(self, *_: Any, **__: Any) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    __copy__ = item

    copy = sum = mean = max = min = astype = conjugate = squeeze = item

    def all(self) -> bool:
        return bool(self)

    any = all

    # -- where exact numbers end

    def __float__(self) -> float:
        raise Leaves("a float is made of a number that gradients flow through")

    def __int__(self) -> int:
        if self.ball.__class__ is fmpq and self.is_constant:
            return int(Fraction(int(self.ball.p), int(self.ball.q)))
        raise Leaves("a whole number is made of a number that gradients flow through")

    def __index__(self) -> int:
        raise Leaves("a number that gradients flow through is used as an index")

    def __round__(self, *_: Any) -> Any:
        raise Leaves("a number that gradients flow through is rounded")

    __floor__ = __ceil__ = __trunc__ = __round__
