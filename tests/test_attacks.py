"""Attacks of every kind: no wrong claim is proved or passes where points can tell, no right fails.

Must not know how claims are judged; `python -m tests.attack` runs as many as one likes.
"""

from __future__ import annotations

from itertools import islice

import pytest

from tests.attack.kinds import KINDS
from tests.attack.verdicts import Attack, fails, judged, verdict

COUNT = 12
PROVED = ("sizes", "squares")
"""Kinds of which everything that is right is proved at every size."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_gets_by(kind: str) -> None:
    counts, lost = judged(islice(KINDS[kind](0), COUNT))
    assert not lost, "\n\n".join(lost)
    assert {right for right, _ in counts} == {True, False}
    if kind in PROVED:
        assert counts[True, "proved"] == sum(n for (right, _), n in counts.items() if right)


@pytest.mark.parametrize(
    ("attack", "seen"),
    [
        (Attack("x in R; x + x = 2*x", False), True),
        (Attack("x in R; x + x = 3*x", True), True),
        (Attack("x in R; x + x = 2*x", True), False),
        (Attack("x in R; x + x = 3*x", False), False),
        (Attack("x in R; x + = 3*x", True), True),
    ],
)
def test_what_gets_by_is_seen(attack: Attack, seen: bool) -> None:
    """A proof of what is said to be wrong, a refutation of what is said to be right."""
    assert fails(attack, verdict(attack)) is seen
