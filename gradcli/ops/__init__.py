"""The tables: every function of the language, one line or a few each.

Must not know text, number systems or how derivatives are chained; importing it fills the registry.
"""

from gradcli.ops import (  # noqa: F401
    activations,
    algebra,
    elementary,
    losses,
    piecewise,
    powers,
    reductions,
    selection,
    sequences,
    shaping,
    triangular,
    windows,
)
from gradcli.ops.registry import FUNCTIONS, Function

__all__ = ["FUNCTIONS", "Function"]
