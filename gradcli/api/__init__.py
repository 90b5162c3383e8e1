"""The public functions: text in, results as data out.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from gradcli.api.derivations import check, check_text
from gradcli.api.gradient import diff, parse

__all__ = ["check", "check_text", "diff", "parse"]
