"""A Jacobian taken for a diagonal one: a function of a whole vector treated entry by entry.

Must not know how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import einsum, mul
from gradcli.calculus.derivative import derivative
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.parts import spoken
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.evidence.samples import Samples
from gradcli.diagnosis.kinds.locals import elementwise, said
from gradcli.diagnosis.trees.composing import spread_anyway
from gradcli.graph.node import Node
from gradcli.language.tree.build import SUMS, changed
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Expr
from gradcli.simplify.simplifier import Simplifier


def candidates(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """The Jacobian itself, or what flows back through it, with its diagonal alone."""
    if flow is None or len(flow.by.shape) != 1:
        return
    if flow.extra == flow.by.shape and flow.of in flow.given:
        node = _of_diagonal(refuted.truth, "aa")
        values = samples.of(node) if _is_diagonal(samples.claim) else None
        if values is not None and samples.claimed(values):
            yield from _in_full(refuted, flow, flow.of)
    for vertex in flow.named if not flow.extra else ():
        if vertex.shape == flow.by.shape and elementwise(flow, vertex) is None:
            own = _of_diagonal(derivative(vertex, flow.by, []), "a")
            values = samples.of(mul(flow.adjoints[vertex], own))
            if values is not None and samples.claimed(values):
                yield from _in_full(refuted, flow, vertex)


def _spread(tree: Expr) -> Expr:
    """A sum whose last term is not spread by ones."""
    if isinstance(tree, Binary) and tree.operator in SUMS:
        return changed(tree, right=spread_anyway(tree.right))
    return tree


def _of_diagonal(matrix: Node, out: str) -> Node:
    return einsum((einsum((matrix,), ("aa",), "a", {}),), ("a",), out, {})


def _is_diagonal(values: Array) -> bool:
    """Whether a matrix at every point (points, n, n) has nothing beside its diagonal."""
    off = ~np.eye(values.shape[-1], dtype=bool)
    return values.shape[-1] > 1 and not np.any(values[:, off] != 0)


def _in_full(refuted: RefutedClaim, flow: Flow, vertex: Node) -> Iterator[Slip]:
    simplify = Simplifier(refuted.ruling.sample_space.spaces, flow.names)
    told = (spoken(refuted, node, flow.names) for node in (refuted.truth, simplify(refuted.truth)))
    trees = [_spread(tree) for tree in told if tree is not None]
    if trees:
        tree = min(trees, key=lambda each: len(source_of(each)))
        name, by = said(flow, vertex), said(flow, flow.by)
        says = (
            f"the Jacobian of {name} is not diagonal: every entry of {name} depends on all of {by}"
        )
        yield Slip("missing-term", says, tree)
