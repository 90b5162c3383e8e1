"""A factor of the claim, or of a part of it, that should not be there.

Must not know derivatives, nor how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap

from gradcli.calculus.core import inputs
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip, in_full
from gradcli.diagnosis.kinds.rewriting import RewriteRule, Rewriting
from gradcli.diagnosis.kinds.rewritten import rewritten
from gradcli.language.tree.build import PRODUCTS
from gradcli.language.tree.syntax import Binary, Expr


def surplus(refuted: RefutedClaim, flow: Flow | None) -> Iterator[Slip]:
    """One factor of a product taken out; plain numbers are looked at elsewhere."""

    def moves(out: Expr) -> bool:
        gone = refuted.parts.get(out)
        return gone is not None and bool(inputs(gone))

    def says(out: Expr, part: Binary) -> str:
        what = "the division by" if part.operator == "/" else "the factor"
        return f"{what} {in_full(out)} is surplus"

    products = (*PRODUCTS, "@")
    ways = Rewriting(
        RewriteRule(
            lambda part: part.left,
            lambda part: says(part.right, part),
            lambda part, around: moves(part.right) and part.left in refuted.parts,
            (*products, "/"),
        ),
        RewriteRule(
            lambda part: part.right,
            lambda part: says(part.left, part),
            lambda part, around: moves(part.left) and part.right in refuted.parts,
            products,
        ),
    )
    kind = "missing-local" if flow else "factor"
    return starmap(Slip, rewritten(refuted, [(kind, Binary, ways)]))
