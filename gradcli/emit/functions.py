"""A whole function in a target's language, with what it imports and, if wanted, a test of itself.

Must not know how a program is read, nor how its values at a point were found.
"""

from __future__ import annotations

from collections.abc import Collection

from gradcli.emit.c import C
from gradcli.emit.c_function import c_function
from gradcli.emit.parts import FunctionParts, Test
from gradcli.emit.plan import Plan, moving
from gradcli.emit.python import Python
from gradcli.emit.python_function import python_function
from gradcli.emit.target import target
from gradcli.graph.node import Node


def function(
    made: Plan, name: str, to: str, text: str, test: Test | None = None, *,
    blas: bool = False, batch: Collection[Node] = (),
) -> str:  # fmt: skip
    """The code; `text` is the output as the user wrote it. GradcliError for what cannot be.

    In C products go to a BLAS where `blas` says so, and a second function runs over many points
    that differ in the inputs of `batch`.
    """
    words, open_ = target(to), moving(made.roots)
    if to == "c":
        parts = FunctionParts(made, name, words, C(words, open_, blas=blas))
        return c_function(parts, text, test, batch)
    return python_function(FunctionParts(made, name, words, Python(words, open_)), text, test)
