"""Truth values of conditions: true, false, None for "cannot tell", and VOID for none at all.

Must not know what is compared. A condition on something without a value has none, and `and` and
`or` have none where either side has none: both are always looked at.
"""

from __future__ import annotations

from typing import Any, TypeAlias


class Void:
    """What a condition is that has no truth value; there is one object of it."""

    __slots__ = ()

    def __bool__(self) -> bool:
        raise TypeError("a condition without a value is neither true nor false")

    def __repr__(self) -> str:
        return "no value"


VOID = Void()
Truth: TypeAlias = bool | Void | None


def is_truth(x: Any) -> bool:
    return isinstance(x, bool | None | Void)


def known(p: Truth) -> bool | None:
    """What a condition says, None where it says nothing."""
    return None if isinstance(p, Void) else p


def both(p: Truth, q: Truth) -> Truth:
    if p is VOID or q is VOID:
        return VOID
    if p is False or q is False:
        return False
    return True if p and q else None


def either(p: Truth, q: Truth) -> Truth:
    return opposite(both(opposite(p), opposite(q)))


def opposite(p: Truth) -> Truth:
    return p if p is VOID or p is None else not p
