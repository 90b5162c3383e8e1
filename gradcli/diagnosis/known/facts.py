"""What a derivation knows: names, formulas, slopes, adjoints, sums over axes, means, sizes, pi.

Must not know what anything is worth, nor what it is looked up for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from gradcli.calculus.core import (
    ADD,
    CONSTANT,
    DIV,
    INPUT,
    MUL,
    NEG,
    NUMBER,
    SIZE,
    SUB,
    constant,
    dimension,
    einsum,
    number,
)  # fmt: skip
from gradcli.calculus.families import Pointwise
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.parts import parts
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim
from gradcli.diagnosis.known.paths import summands
from gradcli.explain.substitution import replaced
from gradcli.graph.node import Node, ShapeError
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import letter
from gradcli.language.tree.build import call
from gradcli.language.tree.build import number as literal
from gradcli.language.tree.syntax import Expr
from gradcli.ops.elementary import sqrt as root_of
from gradcli.ops.reductions import mean_of, sum_

MOST, MOST_SUMS, LONGEST, DERIVATIVE = 120, 3, 40, 2


class KnownVertex(NamedTuple):
    """A vertex, how far-fetched it is, how it was written if it was, and whether it is a number."""

    node: Node
    cost: float
    written: Expr | None
    constant: bool


def known(refuted: RefutedClaim, flow: Flow | None) -> Iterator[KnownVertex]:
    """What is worth looking up."""
    seen: set[Node] = set()
    moving: dict[Node, bool] = {}
    for node, cost, written in _all(refuted, flow):
        if node in seen or node.op in (NUMBER, NEG) or node.op.boolean or len(node.shape) > 2:
            continue
        for inner in topological([node], given=moving) if node not in moving else ():
            moving[inner] = inner.op is INPUT or any(moving[arg] for arg in inner.args)
        if moving[node] or has_name(node):
            seen.add(node)
            yield KnownVertex(node, cost, written, not moving[node])
        if len(seen) == MOST:
            return


def written_lengths(
    nodes: Iterable[Node], names: Mapping[Node, str], adjoints: Mapping[Node, str]
) -> dict[Node, int]:
    """How long each is when written with names, roughly: its vertices down to them."""
    found: dict[Node, int] = {}
    for node in topological(nodes):
        whole = sum(1 + found[arg] for arg in node.args)
        if node in names or node in adjoints:
            whole = 0 if node in names else DERIVATIVE
        found[node] = min(whole, LONGEST)
    return found


def _all(refuted: RefutedClaim, flow: Flow | None) -> Iterator[tuple[Node, float, Expr | None]]:
    roots = [refuted.claim, flow.of if flow else refuted.truth]
    order = topological(roots)
    named = [n for n in order if n.op is INPUT or n in refuted.names]
    for node in named:
        yield node, 1.0, None
    for part in parts(refuted):
        yield part.node, 1.6, part.expr
    for size in refuted.trial.sizes:
        node = dimension(letter(size))
        if node.op is SIZE:
            yield node, 1.2, None
    yield constant("pi"), 1.5, None
    if flow:
        for vertex, adjoint in flow.adjoints.items():
            if vertex not in (flow.by, flow.of) and adjoint is not refuted.truth:
                yield adjoint, 1.5 if adjoint in flow.upstream else 2.2, None
        for vertex in flow.order:
            if isinstance(vertex.op, Pointwise) and vertex in flow.adjoints:
                for index in range(len(vertex.args)):
                    partial = vertex.op.partial(vertex, index)
                    if isinstance(partial, Node) and vertex.args[index] in flow.adjoints:
                        yield partial, 2.0, None
    moving = dependents(order, [node for node in order if node.op is INPUT])
    for node in order:
        if node.args and node not in refuted.names and node in moving:
            yield node, 2.0, None
    for node in topological([refuted.truth]):
        if node.args and node not in moving:
            yield node, 2.0, None
    for node in _split(refuted.truth):
        yield node, 2.0, None
    if len(refuted.claim.shape) == 1:
        yield sum_(refuted.claim), 1.2, None
    vectors = [n for n in dict.fromkeys([*named, *_upstream(flow)]) if len(n.shape) == 1][:8]
    for k, a in enumerate(vectors):
        yield sum_(a), 2.2 if a in named else 2.4, None
        for b in vectors[k:]:
            if a.shape == b.shape:
                yield einsum((a, b), ("a", "a"), "", {}), 2.2, None
            if refuted.truth.shape == (*a.shape, *b.shape):
                yield einsum((a, b), ("a", "b"), "ab", {}), 2.4, None
    for a in [n for n in dict.fromkeys([*named, *_upstream(flow)]) if len(n.shape) == 2][:5]:
        text = flow.upstream.get(a) if flow else refuted.names.get(a)
        text = str(a.params[0]) if a.op is INPUT else text
        for axis, out in enumerate(("b", "a")):
            yield einsum((a,), ("ab",), out, {}), 2.4, None
            if text and (base := refuted.parsed(text)) is not None:
                yield mean_of(a, axis=axis), 2.4, call(mean_of.name, base, axis=literal(axis))
        yield einsum((a,), ("ab",), "", {}), 2.8, None
    for text in (*refuted.trial.sizes,):
        yield root(dimension(letter(text))), 2.0, None
    yield root(number(2)), 2.4, None
    yield root(constant("pi")), 2.4, None


def _split(truth: Node) -> Iterator[Node]:
    """What is right with one term of a sum in the place of the sum."""
    for term in summands(truth) or [truth]:
        yield term
        sums = [n for n in topological([term]) if n.op in (ADD, SUB) and n is not term]
        for vertex in sums[-MOST_SUMS:]:
            for arg in vertex.args:
                if arg.shape == vertex.shape:
                    with suppress(ShapeError):
                        yield replaced(term, {vertex: arg})


def has_name(node: Node) -> bool:
    """Whether a number is worth naming: a size, pi, a root."""
    arithmetic = node.op in (NUMBER, NEG, ADD, SUB, MUL, DIV)
    return node.op in (SIZE, CONSTANT) or (isinstance(node.op, Pointwise) and not arithmetic)


def _upstream(flow: Flow | None) -> Iterable[Node]:
    return (a for a in flow.adjoints.values() if a in flow.upstream) if flow else ()


def root(node: Node) -> Node:
    return root_of.build(node)
