"""What a person chooses by name: layouts, targets, formats of a report.

Must not know what is behind a name, nor import anything: `--help` has to be instant.
"""

from __future__ import annotations

LAYOUTS = ("numerator", "denominator")
"""Of Jacobians: a row for an entry of what is differentiated, or a column."""
TARGETS = ("numpy", "torch", "jax", "c")
"""What code is written for, each a table beside `emit/target.py`."""
REPORTS = (
    "full", "concise", "json", "junit", "sarif", "github", "gitlab", "markdown", "tap", "html",
)  # fmt: skip
"""The formats of `check`."""
COLOURS = ("auto", "always", "never")
"""When there is colour: where somebody can see it, everywhere, nowhere."""
DRAWINGS = ("text", "svg", "html", "mermaid", "dot", "tikz", "json")
"""The formats of `graph`."""
FOLDS = ("library", "all", "none")
"""Of which functions made of others a call is shown as one vertex: `all` with the program's own."""
