"""Code that gradcli has written itself, as a function that can be called.

Must not know how it was written. Beside the loader of hand-written code this is the one file that
executes text, and only what `functions` has made of a graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.emit.functions import function
from gradcli.emit.plan import Plan

NAME = "f"


def loaded(made: Plan, text: str) -> Callable[..., Any]:
    """A plan as a function of NumPy arrays: its inputs, then its seeds, in their order."""
    names: dict[str, Any] = {}
    code = function(made, NAME, "numpy", text)
    exec(compile(code, "<gradcli codegen>", "exec", dont_inherit=True), names)
    found: Callable[..., Any] = names[NAME]
    return found
