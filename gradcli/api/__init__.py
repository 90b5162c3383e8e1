"""The public functions: text in, results as data out.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from gradcli.api.derivations import check, check_text
from gradcli.api.formulas import derive
from gradcli.api.gradient import diff, parse
from gradcli.api.matrices import hessian, hvp, jacobian, jvp, vjp

__all__ = [
    "check",
    "check_text",
    "derive",
    "diff",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "parse",
    "vjp",
]
