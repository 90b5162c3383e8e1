"""An attack and what comes of it: a right claim must not be refuted, a wrong one must not pass.

Must not know which kinds of attacks there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from gradcli.api import check
from tests.verdicts import all_points, without_mends


@dataclass(frozen=True, slots=True)
class Attack:
    """A program whose last claim is right or wrong.

    A wrong one is `shy` where nothing but luck or proof could find it out: it may hold, but not be
    proved.
    """

    program: str
    right: bool
    shy: bool = False


def verdict(attack: Attack) -> str:
    """The verdict on the last claim; `bug` or `error` where there is none."""
    with without_mends(), all_points():
        report = check(attack.program)
    if report.exit_code() == 3:
        return "bug"
    if report.error_count:
        return "error"
    return [f.verdict for file in report.files for f in file.findings][-1]


def fails(attack: Attack, found: str) -> bool:
    if found in ("bug", "error"):
        return True
    if attack.right:
        return found == "refuted"
    return found == "proved" or (found == "holds" and not attack.shy)


def judged(attacks: Iterable[Attack]) -> tuple[Counter[tuple[bool, str]], list[str]]:
    """How often each verdict came of right and of wrong claims, and the programs that got by."""
    counts: Counter[tuple[bool, str]] = Counter()
    lost = []
    for attack in attacks:
        found = verdict(attack)
        counts[attack.right, found] += 1
        if fails(attack, found):
            lost.append(f"{'right' if attack.right else 'wrong'}, {found}:\n{attack.program}")
    return counts, lost
