"""Single precision: every result of a vertex rounded to 24 bits, as a graph in float32 has it.

Must not know graphs.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.float64 import Float64


class Float32(Float64):
    """IEEE singles; what NumPy has in doubles alone is rounded as soon as it is there."""

    dtype: Any = np.float32

    def tamed(self, x: Array) -> Array:
        """The same numbers as singles."""
        with np.errstate(all="ignore"):
            return x.astype(np.float32) if x.dtype.kind == "f" else x

    def number(self, value: Fraction | int) -> Array:
        return self.tamed(super().number(value))

    def constant(self, name: str) -> Array:
        return self.tamed(super().constant(name))


FLOAT32 = Float32()
