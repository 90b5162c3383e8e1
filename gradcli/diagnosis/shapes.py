"""A diagonal written as a vector, and a number added where a multiple of the identity is meant.

Must not know graphs, nor mistakes that leave the shape as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.diagnosis import tree
from gradcli.diagnosis.notation import bracketed
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.language.syntax import Binary
from gradcli.ops.algebra import eye, ones


def diagonals(scene: RefutedClaim) -> Iterator[Slip]:
    """A vector for a diagonal matrix, a number for all entries of a vector or for a diagonal."""
    shape = scene.truth.shape
    if not scene.claim.shape and (len(shape) == 1 or (len(shape) == 2 and shape[0] == shape[1])):
        what = f"{ones.name if len(shape) == 1 else eye.name}({shape[0]})"
        text = what if scene.text.strip() == "1" else f"{bracketed(scene, scene.expr)}*{what}"
        node = scene.read(text)
        if node is not None and scene.fits(node):
            says = "every entry is this number" if len(shape) == 1 else "this is the diagonal only"
            yield Slip("shape", f"{says}: {what} is missing", node, text)
    if len(scene.truth.shape) == 2 and len(scene.claim.shape) == 1:
        text = f"diag({scene.text})"
        node = scene.read(text)
        if node is not None and scene.fits(node):
            says = "these are the diagonal entries of a matrix whose others are 0"
            yield Slip("shape", says, node, text)


def identities(scene: RefutedClaim) -> Iterator[Slip]:
    """A number added to every entry of a square matrix."""
    for part, around in tree.places(scene.expr):
        outer = around[-1] if around else None
        if not isinstance(outer, Binary) or outer.operator not in "+-" or part not in scene.parts:
            continue
        shape = scene.parts[outer].shape if outer in scene.parts else ()
        if len(shape) == 2 and shape[0] == shape[1] and not scene.parts[part].shape:
            text = f"{tree.bracketed(part)}*eye({shape[0]})"
            text = text.removeprefix("1*")
            says = f"{tree.shown(part)} is added to every entry, not to the diagonal"
            new = scene.derivation.parsed(text)
            yield from tree.slips(scene, "shape", says, around, part, new, text)
