"""Scaling: long sums, long chains and deep brackets, timed and weighed in fresh processes.

Must not know the inside of gradcli: it uses the public function.
"""

from __future__ import annotations

import json
import subprocess
import sys

CODE = """
import json, resource, time
from gradcli import diff, work
text = {text}
start = time.process_time()
with work.limited(10**9):
    diff(text, ["x=1/3"])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([time.process_time() - start, peak / 1024]))
"""
SUM = '"+".join(f"{{k}}*x" for k in range({n}))'


def measured(text: str) -> tuple[float, float]:
    """Seconds of processor time and peak MiB of differentiating what a Python expression makes."""
    run = subprocess.run(
        [sys.executable, "-c", CODE.format(text=text)], check=True, capture_output=True, text=True
    )
    seconds, peak = json.loads(run.stdout)
    return seconds, peak


def rows() -> list[tuple[str, str, str]]:
    """Sums of n, 2n and 4n terms, 200,000 nodes, a chain of 100,000, 10,000 brackets."""
    sums = {n: measured(SUM.format(n=n)) for n in (5_000, 10_000, 20_000)}
    per_term = ", ".join(f"{1e6 * s / n:.0f}" for n, (s, _) in sums.items())
    large = measured(SUM.format(n=100_000))
    chain = measured('"sin(" * 100000 + "x" + ")" * 100000')
    brackets = measured('"(" * 10000 + "x" + ")" * 10000')
    return [
        ("sums of 5,000, 10,000, 20,000 terms", f"{per_term} µs a term", "linear"),
        ("a 20,000-term sum", f"{sums[20_000][0]:.1f} s", "a few seconds"),
        ("200,000 nodes (a 100,000-term sum)", f"{large[0]:.0f} s, {large[1]:.0f} MiB", "1 GiB"),
        ("a chain of 100,000 sines", f"{chain[0]:.0f} s, {chain[1]:.0f} MiB", "works"),
        ("10,000 nested brackets", f"{brackets[0]:.2f} s", "works"),
    ]
