"""Asks random questions and prints those without a proper answer: `python -m tests.fuzz`.

Must not know how questions are made or asked.
"""

from __future__ import annotations

import argparse
import os
import sys

from tests.fuzz.asking import complaint


def main() -> int:
    options = argparse.ArgumentParser(description="ask whatever can be typed")
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    os.environ["GRADCLI_STRICT"] = "1"
    lost = 0
    for seed in range(chosen.seed, chosen.seed + chosen.count):
        if found := complaint(seed):
            print(found, flush=True)
            lost += 1
    print(f"{chosen.count} asked, {lost} without a proper answer")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
