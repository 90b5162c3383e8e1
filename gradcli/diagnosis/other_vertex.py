"""A claim that is right of another vertex: another input's derivative, another node's upstream.

Must not know how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.calculus.core import INPUT, inputs, mul, number
from gradcli.calculus.derivative import Derived, derivative
from gradcli.calculus.differentiate import NoRule, pull
from gradcli.diagnosis.flow import Flow
from gradcli.diagnosis.locals import exchanged, said
from gradcli.diagnosis.notation import factor, parts, replaced, spoken, times
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.samples import Samples
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import fixed
from gradcli.language import syntax

MOST = 40


def candidates(scene: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """The whole claim is a derivative by, or of, another vertex than the one in question."""
    if flow is not None:
        yield from _by_another(scene, flow, samples)
        yield from _of_another(scene, flow, samples)


def _by_another(scene: RefutedClaim, flow: Flow, samples: Samples) -> Iterator[Slip]:
    """The claim is the derivative by another input, or by a vertex that is not on the way."""
    sizes = scene.trial.sizes
    order = topological([flow.of])
    others = [
        node
        for node in dict.fromkeys([*inputs(flow.of), *(n for n in order if n in flow.given)])
        if node not in flow.adjoints and fixed(node.shape, sizes) == fixed(flow.by.shape, sizes)
    ]
    if flow.of.shape or not others:
        return
    try:
        found = pull({flow.of: number(1)}, others[:MOST])
    except NoRule:
        return
    for other, adjoint in zip(others, found, strict=False):
        values = None if adjoint is None else samples.of(adjoint)
        if values is None or not samples.same(values, samples.claim):
            continue
        text = spoken(scene.truth, flow.names, flow.upstream)
        if text is None:
            continue
        of, this, asked = said(flow, flow.of), said(flow, other), said(flow, flow.by)
        kind = "swapped" if other.op is INPUT else "node"
        yield Slip(kind, f"this is d{of}/d{this}, not d{of}/d{asked}", scene.truth, text)


def _of_another(scene: RefutedClaim, flow: Flow, samples: Samples) -> Iterator[Slip]:
    """The claim is the derivative of a vertex on the way: the upstream is missing."""
    if flow.extra:
        return
    whole = parts(scene)[0]
    for node in flow.named:
        if node.shape or node is flow.of:
            continue
        found: list[Derived] = []
        values = samples.of(derivative(node, flow.by, found))
        if values is None or not samples.same(values, samples.claim):
            continue
        upstream = flow.adjoints[node]
        text = spoken(upstream, flow.names, flow.upstream)
        if text is None:
            continue
        of, this, asked = said(flow, flow.of), flow.names[node], said(flow, flow.by)
        says = f"this is d{this}/d{asked}, not d{of}/d{asked}: the factor d{of}/d{this} is missing"
        text = times(scene, whole, factor(upstream, text), True)
        yield Slip("missing-local", says, mul(scene.claim, upstream), text)


def upstream(scene: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """A derivative in the claim that should be by another vertex, or of another one."""
    sizes = scene.trial.sizes
    known = {derived.node: derived for derived in scene.derived}
    for part in parts(scene):
        taken = known.get(part.node)
        if not isinstance(part.expr, syntax.Derivative) or taken is None or part.expr.order > 1:
            continue
        near = {user for user, _ in flow.uses(flow.by)} if flow else set()
        found = sorted(_like(scene, taken, sizes), key=lambda pair: pair[0] not in near)
        for other, name in found[:MOST]:
            adjoint = derivative(taken.of, other, [])
            made = exchanged(scene.claim, part.node, adjoint)
            if made is None or adjoint is scene.truth or not samples.fits(made):
                continue
            old = part.expr.span.text
            text = old[: old.rindex("d")] + f"d{name}" if "∂" not in old else None
            if text is not None:
                says = f"what is handed back here is {text}, not {old}"
                yield Slip("node", says, made, replaced(scene, part.expr, text))


def _like(scene: RefutedClaim, taken: Derived, sizes: dict[str, int]) -> Iterator[tuple[Node, str]]:
    """Other vertices of the same shape between, with their names."""
    for node in topological([taken.of]):
        name = scene.names.get(node)
        if node.op is INPUT:
            name = str(node.params[0])
        same = fixed(node.shape, sizes) == fixed(taken.by.shape, sizes)
        if name and same and node not in (taken.by, taken.of):
            yield node, name
