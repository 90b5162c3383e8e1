"""Paired timing: two things in turn, A B A B …, and the median of their ratios.

Must not know what is measured.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence


def ratio(
    a: Callable[[], object],
    b: Callable[[], object],
    runs: int = 9,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float, float]:
    """Median of a/b over paired runs, and the medians of a and b in seconds of a clock."""
    a(), b()
    pairs = [(seconds(a, clock), seconds(b, clock)) for _ in range(runs)]
    medians = [statistics.median(p[k] for p in pairs) for k in range(2)]
    return statistics.median(x / y for x, y in pairs), medians[0], medians[1]


def seconds(action: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """The time that one call takes, by a clock."""
    start = clock()
    action()
    return clock() - start


def least(action: Callable[[], object], runs: int) -> float:
    """The least processor time of some calls in this process, in seconds."""
    return min(seconds(action, time.process_time) for _ in range(runs))


def processor() -> float:
    """The processor time of all processes that have ended: what a busy machine changes least."""
    spent = os.times()
    return spent.children_user + spent.children_system


def process(*arguments: str) -> Callable[[], object]:
    """Running this interpreter with these arguments, output thrown away."""
    # an installed program has its bytecode; a variable of this shell must not take it away
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, capture_output=True, env=env)


def program(*arguments: str) -> Sequence[str]:
    """The arguments that run gradcli itself, as its entry point does."""
    return (
        "-c",
        f"import sys; sys.argv = ['gradcli', *{[*arguments]!r}]\n"
        "from gradcli.cli import main; sys.exit(main())",
    )
