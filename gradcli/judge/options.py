"""What a person can ask of a check, as plain data.

Must not know how it is asked, nor what is made of it.
"""

from __future__ import annotations

from dataclasses import dataclass

LAYOUTS = ("numerator", "denominator")


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Options of one text's check.

    `points` is how many are drawn (None: as many as the default), `layout` one of `LAYOUTS`.
    `lines`: only the claims on these (none: all); `name`: only derivations whose name contains it,
    ignoring case; `first`: stop at the first failing claim.
    """

    seed: int = 0
    points: int | None = None
    layout: str = "numerator"
    lines: tuple[int, ...] = ()
    name: str = ""
    first: bool = False
