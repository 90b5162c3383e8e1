"""Runs attacks of every kind and prints what got by: `python -m tests.attack --count 10000`.

Must not know how attacks are made or judged.
"""

from __future__ import annotations

import argparse
import sys
from itertools import islice

from tests.attack.kinds import KINDS
from tests.attack.verdicts import judged


def main() -> int:
    options = argparse.ArgumentParser(description="attack the checker")
    options.add_argument("--count", type=int, default=1000, help="attacks of each kind")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--kind", choices=[*KINDS], action="append")
    chosen = options.parse_args()
    lost = 0
    for kind in chosen.kind or KINDS:
        counts, programs = judged(islice(KINDS[kind](chosen.seed), chosen.count))
        print("\n\n".join(programs))
        tally = ", ".join(f"{'right' if r else 'wrong'} {v} {n}" for (r, v), n in counts.items())
        print(f"{kind}: {tally}; {len(programs)} got by", flush=True)
        lost += len(programs)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
