"""Asks whatever can be typed, prints what has no proper answer: `python -m tests.fuzz`.

Must not know how inputs are made or given.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from itertools import count

from tests.fuzz.asking import ENDLESS, PROPER, Outcome, asked
from tests.fuzz.inputs import KINDS, Input, made
from tests.fuzz.shrinking import shrunk

MEMORY = 3 << 30
"""Bytes of address space that this may take."""


def main() -> int:
    options = argparse.ArgumentParser(description="ask whatever can be typed")
    options.add_argument("--minutes", type=float, default=10, help="how long  [10]")
    options.add_argument("--count", type=int, help="how many at most")
    options.add_argument("--seed", type=int, default=1, help="of the first  [1]")
    options.add_argument("--kind", choices=[*KINDS], help="of this kind only")
    options.add_argument("--guided", action="store_true", help="texts, by the lines they reach")
    chosen = options.parse_args()
    if chosen.guided:
        # What looks at lines must be there before the lines are loaded.
        guided = [sys.executable, "-m", "tests.fuzz.reader", str(chosen.minutes), str(chosen.seed)]
        os.execv(sys.executable, guided)
    os.environ["GRADCLI_STRICT"] = "1"
    _bound_memory()
    end = time.monotonic() + 60 * chosen.minutes
    outcomes: Counter[tuple[str, str]] = Counter()
    for seed in count(chosen.seed):
        done = outcomes.total()
        if time.monotonic() > end or (chosen.count is not None and done >= chosen.count):
            break
        given = made(seed)
        if chosen.kind not in (None, given.kind):
            continue
        found = asked(given)
        outcomes[given.kind, found.what] += 1
        if not found.proper:
            _tell(seed, given, found)
        if done % 1000 == 999:
            print(f"… {done + 1:,}", file=sys.stderr, flush=True)
    return _summary(outcomes)


def _tell(seed: int, given: Input, found: Outcome) -> None:
    """Print an input that fails, and the smallest that fails like it."""
    small = given
    if found.what != ENDLESS:
        small = shrunk(given, lambda other: asked(other).fault == found.fault)
    print(f"\nseed {seed} ({given.kind}): {found.what}\n  {small.arguments}", flush=True)
    for name, data in small.files.items():
        print(f"  {name}: {data!r}", flush=True)
    if small.arguments[0] == "repl":
        print(f"  typed: {small.typed!r}", flush=True)
    print("  " + asked(small).said.strip()[:600].replace("\n", "\n  "), flush=True)


def _summary(outcomes: Counter[tuple[str, str]]) -> int:
    """Print how many inputs of each kind had which outcome; the exit code."""
    words = sorted({what for _, what in outcomes})
    print("\n" + "".join(f"{word:>20}" for word in ["inputs", *words]))
    for kind in KINDS:
        numbers = [outcomes[kind, word] for word in words]
        print(f"{kind:<9}{sum(numbers):>11,}" + "".join(f"{n:>20,}" for n in numbers))
    lost = sum(n for (_, what), n in outcomes.items() if what not in PROPER)
    print(f"{outcomes.total():,} inputs, {lost:,} without a proper answer")
    return 1 if lost else 0


def _bound_memory() -> None:
    try:
        import resource  # noqa: PLC0415 not everywhere
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    sys.exit(main())
