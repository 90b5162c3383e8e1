"""The figures of gradcli as ratios, measured side by side in one run and printed as a table.

Must not assert a time: machines are shared and noisy, so medians of paired runs are shown.

    python benchmarks/run.py [startup] [scaling] [gradient] [batch] [second] [verdicts] [proofs]
                             [derive] [waiting] [rows]
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import batch
import derive
import gradient
import over_rows
import proofs
import scaling
import second
import startup
import verdicts
import waiting

SECTIONS: dict[str, Callable[[], list[tuple[str, str, str]]]] = {
    "startup": startup.rows,
    "scaling": scaling.rows,
    "gradient": gradient.rows,
    "batch": batch.rows,
    "second": second.rows,
    "verdicts": verdicts.rows,
    "proofs": proofs.rows,
    "derive": derive.rows,
    "waiting": waiting.rows,
    "rows": over_rows.rows,
}


def main(chosen: list[str]) -> None:
    """Run the chosen sections, all by default, and print one table."""
    rows = [("what", "measured", "reach")]
    for name, section in SECTIONS.items():
        if not chosen or name in chosen:
            rows += section()
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


if __name__ == "__main__":
    main(sys.argv[1:])
