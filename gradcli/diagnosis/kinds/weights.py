"""Weights that are missing within a product of matrices: `X.T @ diag(s) @ X`, not `X.T @ X`.

Must not know where the weights come from, nor how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.parts import spoken
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip, in_full
from gradcli.diagnosis.evidence.screen import PlaceEdit, survivors
from gradcli.diagnosis.known.facts import known
from gradcli.diagnosis.known.table import FORMS
from gradcli.graph.shape import Dim
from gradcli.language.tree.build import binary, call
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Expr
from gradcli.ops.algebra import diag_of


def missing(refuted: RefutedClaim, flow: Flow | None) -> Iterator[Slip]:
    """A vector, or something simple made of it, as a diagonal matrix between two matrices."""
    found = []
    vectors: dict[Dim, list[Expr]] = {}
    for part, around in refuted.everywhere():
        if not isinstance(part, Binary) or part.operator != "@":
            continue
        left, right = (refuted.parts.get(side) for side in (part.left, part.right))
        if left is None or right is None or not len(left.shape) == len(right.shape) == 2:
            continue
        length = right.shape[0]
        if length not in vectors:
            vectors[length] = [*_vectors(refuted, flow, length)]
        for weights in vectors[length]:
            within = binary("@", part.left, call(diag_of.name, weights))
            says = f"the weights {source_of(weights)} are missing within {in_full(part)}"
            found.append((says, PlaceEdit(part, around, binary("@", within, part.right))))
    for says, tree in survivors(refuted, found):
        yield Slip("factor", says, tree)


def _vectors(refuted: RefutedClaim, flow: Flow | None, length: Dim) -> Iterator[Expr]:
    """Vectors of a length that the derivation knows, the least far-fetched first."""
    names = flow.upstream if flow else dict(refuted.names)
    facts = [fact for fact in known(refuted, flow) if fact.node.shape == (length,)]
    costs = [(fact.cost + form.cost, k, form) for k, fact in enumerate(facts) for form in FORMS]
    for _, k, form in sorted(costs, key=lambda each: each[:2]):
        expr = facts[k].written or spoken(refuted, facts[k].node, refuted.names, names)
        if expr is not None:
            yield form.tree(expr)
