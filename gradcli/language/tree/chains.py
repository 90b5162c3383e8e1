"""A chain of equations that further lines may continue.

Must not know how a line is read, nor what is judged of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcli.calculus.derivative import Derived
from gradcli.graph.node import Node


@dataclass(slots=True, eq=False, repr=False)
class OpenChain:
    """The claim that further lines continue: its left side, the side before, the next step.

    `derived` are the derivatives of the left side, `last` those of the side before.
    """

    left: Node
    before: Node | None
    derived: list[Derived]
    key: int
    step: int
    name: str
    rounded: bool = False
    last: Sequence[Derived] = ()
