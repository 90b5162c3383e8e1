"""The picture at the top of the README: what the program prints, in its colours, as SVG.

Must not hold anything that is printed: it runs the command that it shows.

    python docs/screenshot.py
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import chdir, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.text import Text

from gradcli.cli import group
from gradcli.cli.run import run

ROOT = Path(__file__).parent.parent
WIDTH = 80
PICTURES = {"check.svg": ["check", "samples/slips/forgotten-path.grad"]}


def picture(name: str) -> str:
    """The SVG of that name; its command runs in the root of the checkout."""
    arguments = PICTURES[name]
    printed = io.StringIO()
    with patch.dict(os.environ, COLUMNS=str(WIDTH)), chdir(ROOT), redirect_stdout(printed):
        run(group, [*arguments, "--color", "always"])
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ gradcli " + " ".join(arguments), style="bold"))
    console.print(Text.from_ansi(printed.getvalue()))
    svg = console.export_svg(title="gradcli", unique_id="gradcli")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    for each in PICTURES:
        path = ROOT / "docs" / "images" / each
        path.write_text(picture(each), encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
