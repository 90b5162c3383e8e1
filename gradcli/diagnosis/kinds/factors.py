"""A factor of the claim, or of a part of it, that should not be there.

Must not know derivatives, nor how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.calculus.core import inputs
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip, in_full
from gradcli.diagnosis.evidence.screen import PlaceEdit, survivors
from gradcli.language.tree.build import PRODUCTS
from gradcli.language.tree.syntax import Binary


def surplus(refuted: RefutedClaim, flow: Flow | None) -> Iterator[Slip]:
    """One factor of a product taken out; plain numbers are looked at elsewhere."""
    found = []
    for part, around in refuted.everywhere():
        if not isinstance(part, Binary) or part.operator not in (*PRODUCTS, "@", "/"):
            continue
        sides = [(part.left, part.right), (part.right, part.left)]
        for kept, out in sides[: 1 if part.operator == "/" else 2]:
            gone = refuted.parts.get(out)
            if kept in refuted.parts and gone is not None and inputs(gone):
                what = "the division by" if part.operator == "/" else "the factor"
                says = f"{what} {in_full(out)} is surplus"
                found.append((says, PlaceEdit(part, around, kept)))
    kind = "missing-local" if flow else "factor"
    for says, tree in survivors(refuted, found):
        yield Slip(kind, says, tree)
