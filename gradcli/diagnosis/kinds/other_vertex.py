"""A claim that is right of another vertex: another input's derivative, another node's upstream.

Must not know how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.calculus.core import INPUT, inputs, number
from gradcli.calculus.derivative import Derived, derivative
from gradcli.calculus.differentiate import NoRule, pull
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.parts import multiplied, parts, replaced, spoken
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.evidence.samples import Samples
from gradcli.diagnosis.kinds.exchange import exchanged
from gradcli.diagnosis.kinds.locals import said
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import fixed
from gradcli.language.tree import syntax
from gradcli.language.tree.build import changed
from gradcli.language.tree.printer import source_of

MOST = 40


def candidates(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """The whole claim is a derivative by, or of, another vertex than the one in question."""
    if flow is not None:
        yield from _by_another(refuted, flow, samples)
        yield from _of_another(refuted, flow, samples)


def _by_another(refuted: RefutedClaim, flow: Flow, samples: Samples) -> Iterator[Slip]:
    """The claim is the derivative by another input, or by a vertex that is not on the way."""
    sizes = refuted.trial.sizes
    order = topological([flow.of])
    others = [
        node
        for node in dict.fromkeys([*inputs(flow.of), *(n for n in order if n in flow.given)])
        if node not in flow.adjoints and fixed(node.shape, sizes) == fixed(flow.by.shape, sizes)
    ]
    if flow.of.shape or not others or _is_upstream(flow, samples):
        return
    try:
        found = pull({flow.of: number(1)}, others[:MOST])
    except NoRule:
        return
    for other, adjoint in zip(others, found, strict=False):
        values = None if adjoint is None else samples.of(adjoint)
        if values is None or not samples.claimed(values):
            continue
        tree = spoken(refuted, refuted.truth, flow.names, flow.upstream)
        if tree is None:
            continue
        of, this, asked = said(flow, flow.of), said(flow, other), said(flow, flow.by)
        kind = "swapped" if other.op is INPUT else "node"
        yield Slip(kind, f"this is d{of}/d{this}, not d{of}/d{asked}", tree)


def _is_upstream(flow: Flow, samples: Samples) -> bool:
    """Whether the claim is what flows back into the last vertices: what they hand on is missing."""
    users = {user for user, _ in flow.uses(flow.by)} - {flow.of, flow.by}
    values = [samples.of(flow.adjoints[user]) for user in users if user in flow.adjoints]
    return any(value is not None and samples.claimed(value) for value in values)


def _of_another(refuted: RefutedClaim, flow: Flow, samples: Samples) -> Iterator[Slip]:
    """The claim is the derivative of a vertex on the way: the upstream is missing."""
    if flow.extra:
        return
    whole = parts(refuted)[0]
    for node in flow.named:
        if node.shape or node is flow.of:
            continue
        found: list[Derived] = []
        values = samples.of(derivative(node, flow.by, found))
        if values is None or not samples.claimed(values):
            continue
        upstream = flow.adjoints[node]
        factor = spoken(refuted, upstream, flow.names, flow.upstream)
        if factor is None:
            continue
        of, this, asked = said(flow, flow.of), flow.names[node], said(flow, flow.by)
        says = f"this is d{this}/d{asked}, not d{of}/d{asked}: the factor d{of}/d{this} is missing"
        yield Slip("missing-local", says, multiplied(refuted, whole, factor, scalar=True))


def upstream(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """A derivative in the claim that should be by another vertex, or of another one."""
    sizes = refuted.trial.sizes
    known = {derived.node: derived for derived in refuted.derived}
    for part in parts(refuted):
        taken = known.get(part.node)
        if not isinstance(part.expr, syntax.Derivative) or taken is None or part.expr.order > 1:
            continue
        near = {user for user, _ in flow.uses(flow.by)} if flow else set()
        found = sorted(_like(refuted, taken, sizes), key=lambda pair: pair[0] not in near)
        for other, name in found[:MOST]:
            adjoint = derivative(taken.of, other, [])
            made = exchanged(refuted.claim, part.node, adjoint)
            if made is None or adjoint is refuted.truth or not samples.fits(made):
                continue
            by = refuted.parsed(name)
            if by is not None:
                new = changed(part.expr, by=((by, 1),))
                says = f"what is handed back here is {source_of(new)}, not {part.expr.span.text}"
                yield Slip("node", says, replaced(part, new))


def _like(
    refuted: RefutedClaim, taken: Derived, sizes: dict[str, int]
) -> Iterator[tuple[Node, str]]:
    """Other vertices of the same shape between, with their names."""
    for node in topological([taken.of]):
        name = refuted.names.get(node)
        if node.op is INPUT:
            name = str(node.params[0])
        same = fixed(node.shape, sizes) == fixed(taken.by.shape, sizes)
        if name and same and node not in (taken.by, taken.of):
            yield node, name
