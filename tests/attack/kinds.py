"""The kinds of attacks by name, each a stream of them from a seed.

Must not know how any of them is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.attack import branches, conditions, corners, frequency, sizes, squares, tensors
from tests.attack.verdicts import Attack

KINDS: dict[str, Callable[[int], Iterator[Attack]]] = {
    "branches": branches.attacks,
    "conditions": conditions.attacks,
    "corners": corners.attacks,
    "frequency": frequency.attacks,
    "sizes": sizes.attacks,
    "squares": squares.attacks,
    "tensors": tensors.attacks,
}
