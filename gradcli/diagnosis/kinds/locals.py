"""Chain factors: local derivatives that a claim leaves out, has once too often, or takes elsewhere.

Must not know how a mended claim is verified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from gradcli.calculus.core import (
    ADD,
    COPY,
    DIV,
    MUL,
    NEG,
    NUMBER,
    SUB,
    einsum,
    full,
    inputs,
    mul,
    number,
    rational,
    spread_scalar,
    sub,
)
from gradcli.calculus.differentiate import pull, skips
from gradcli.calculus.families import Pointwise
from gradcli.diagnosis.evidence.fitting import may_be, may_be_each
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.parts import (
    Subexpression,
    multiplied,
    over,
    parts,
    replaced,
    spoken,
)
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip, in_full
from gradcli.diagnosis.evidence.samples import Samples
from gradcli.diagnosis.kinds.chain import absorbed, factors
from gradcli.diagnosis.trees.composing import Scale, after, put, scaled
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.tree import syntax
from gradcli.language.tree.build import PRODUCTS, QUOTIENTS, binary, is_number, transposed
from gradcli.language.tree.build import number as literal
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Expr, Number
from gradcli.notation.text import formula
from gradcli.ops.abstract import MAP, applied
from gradcli.ops.algebra import diag_of
from gradcli.ops.reductions import SOFTMAX

MOST = 24
MISSING, SURPLUS = "missing", "surplus"
PLAIN = (ADD, SUB, NEG, MUL, DIV, COPY)
"""Ops whose local derivative is too plain to be called theirs."""


@dataclass(slots=True, eq=False)
class Local:
    """A local derivative of a vertex."""

    flow: Flow
    vertex: Node
    node: Node

    def tree(self, refuted: RefutedClaim) -> Expr | None:
        """Its formula; None where that is too long."""
        return spoken(refuted, self.node, self.flow.names)

    @property
    def whose(self) -> str:
        """Of which vertex it is, in words; nothing for the plainest ops."""
        return whose(self.flow, self.vertex)

    def told(self, factor: Expr, state: str) -> tuple[str, str]:
        """That it is missing, or surplus: the kind of mistake, and words."""
        kind = "missing-local" if inputs(self.node) else "factor"
        words = f": {self.whose}" if self.whose else ""
        what = f"the factor {source_of(factor)}"
        match factor:
            case syntax.Binary(operator="/", left=above, right=below) if is_number(above, 1):
                # What is written is the number below the line.
                what = f"the {'division by' if state == MISSING else 'factor'} {source_of(below)}"
                words, state = (words if state == MISSING else ""), MISSING
        return kind, f"{what} is {state}{words}"


def candidates(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """Local derivatives missing or surplus, for the whole claim and for each part of it."""
    if flow is None:
        return
    yield from elsewhere(refuted, flow, samples)
    yield from _left_alone(refuted, flow)
    yield from _put(refuted, along(flow))


def elsewhere(refuted: RefutedClaim, flow: Flow, samples: Samples) -> Iterator[Slip]:
    """The claim is the derivative by another vertex, or of another function."""
    yield from _of_vertex(refuted, flow, samples)
    yield from _normalised(refuted, flow, samples)


def instead(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """Something else made of a vertex where its local derivative should stand: `1 - p^2`."""
    found = along(flow) if flow else []
    places = Counter(part.node for part in parts(refuted))
    every = [
        part
        for part in parts(refuted)
        if not part.term and part.linear and not isinstance(part.expr, syntax.Number)
        # Of one that stands elsewhere as well a factor is missing, wherever that is put.
        if places[part.node] == 1
    ]
    exprs, nodes = [part.expr for part in every], [local.node for local in found]
    for part, right in zip(every, may_be_each(refuted, exprs, nodes), strict=True):
        behind = topological([part.node]) if right else ()
        for local in (found[k] for k in right):
            if local.vertex not in behind or local.node.shape != part.node.shape:
                continue
            if (tree := local.tree(refuted)) is not None:
                of_whom = local.whose or "the local derivative"
                says = f"{of_whom} is {source_of(tree)}, not {in_full(part.expr)}"
                yield Slip("missing-local", says, replaced(part, tree))


def _left_alone(refuted: RefutedClaim, flow: Flow) -> Iterator[Slip]:
    """A term or factor that stands as it is where its derivative should."""
    for part in reversed(parts(refuted)):
        shape = part.node.shape
        if not part.linear or shape not in ((), flow.by.shape) or flow.extra:
            continue
        if part.node not in flow.order or part.node is flow.of:
            continue
        slope = pull({part.node: full(1, shape)}, [flow.by])[0]
        slope = slope if slope is None else _scalar(slope) or slope
        if slope is None:
            continue
        if slope.shape in ((), shape) and not may_be(refuted, part.expr, [slope]):
            continue
        if part.node in topological([slope]):
            # Of an exponential it is the rest that is missing.
            continue
        tree = spoken(refuted, slope, flow.names)
        if tree is not None:
            says = f"{in_full(part.expr)} is not differentiated"
            yield Slip("missing-local", says, replaced(part, tree))


def along(flow: Flow) -> list[Local]:
    """The local derivatives along every edge towards `by` that goes entry by entry."""
    found: dict[Node, Local] = {}
    for node in reversed(flow.order):
        op = node.op
        if not isinstance(op, Pointwise) or node not in flow.adjoints:
            continue
        for index, arg in enumerate(node.args):
            if arg not in flow.adjoints or skips(node, index):
                continue
            partial = op.partial(node, index)
            if isinstance(partial, Node) and partial.op is not NUMBER:
                found.setdefault(partial, Local(flow, node, partial))
    return [*found.values()][:MOST]


def whose(flow: Flow, node: Node) -> str:
    """Of which vertex a local derivative is, in words; nothing for the plainest ops."""
    name = flow.names.get(node)
    place = f"node {name}" if node in flow.given else formula(node, flow.names)
    return f"{node.op.title}'s local derivative at {place}" if node.op not in PLAIN else ""


def _put(refuted: RefutedClaim, found: list[Local]) -> Iterator[Slip]:
    """One part of the claim times a local derivative, or divided by it."""
    every = [x for x in parts(refuted) if x.linear and (x.summand or x.node.shape)]
    exprs, nodes = [part.expr for part in every], [local.node for local in found]
    missing = may_be_each(refuted, exprs, nodes, np.multiply)
    surplus = may_be_each(refuted, exprs, nodes, np.divide)
    for part, more, less in zip(every, missing, surplus, strict=True):
        for k in sorted({*more, *less}):
            local = found[k]
            if (factor := local.tree(refuted)) is None:
                continue
            if k in more:
                taken = None if part.node.shape else _taken_up(part, factor, 1)
                tree = taken or multiplied(refuted, part, factor, not local.node.shape)
                yield Slip(*local.told(factor, MISSING), tree)
            if k in less:
                yield Slip(
                    *local.told(factor, SURPLUS), _taken_up(part, factor, -1) or over(part, factor)
                )


def _taken_up(part: Subexpression, product: Expr, sign: int) -> Expr | None:
    """The side with a part times the factors of a product, or over them, where the part has some.

    What it is to be over it must have. None where it has none of them.
    """
    expr, nodes = part.expr, {source_of(x): node for x, node in part.nodes.items()}
    more: list[Expr] = []
    taken = False
    for factor in factors(product):
        power, base = sign * factor.power, factor.expr
        if isinstance(base, Binary) and base.operator in (*PRODUCTS, *QUOTIENTS):
            continue
        if isinstance(base, Number) and base.value:
            expr = scaled(expr, Scale(base.value**power))
            continue
        known = nodes.get(source_of(base))
        made = absorbed(expr, part.nodes, known, power) if known is not None else None
        if made is not None:
            expr, taken = made.tree, True
        elif sign < 0:
            return None
        else:
            more.append(base if power > 0 else binary("/", literal(1), base))
    return put(part.around, part.expr, reduce(after, more, expr)) if taken else None


# -- the derivative by, or of, a vertex on the way


def _of_vertex(refuted: RefutedClaim, flow: Flow, samples: Samples) -> Iterator[Slip]:
    """The claim is the derivative by a vertex between: what leads on from there is missing."""
    whole = parts(refuted)[0]
    for vertex in flow.order:
        adjoint = flow.adjoints.get(vertex)
        if adjoint is None or vertex in (flow.by, flow.of) or flow.extra:
            continue
        values = samples.of(adjoint)
        if values is None or not samples.claimed(values):
            continue
        yield from _led_on(refuted, flow, vertex, whole)


def _led_on(
    refuted: RefutedClaim, flow: Flow, vertex: Node, whole: Subexpression
) -> Iterator[Slip]:
    local = elementwise(flow, vertex)
    asked, given = said(flow, flow.by), said(flow, vertex)
    of = said(flow, flow.of)
    this = f"this is the derivative of {of} by {given}, not by {asked}"
    if flow.of in flow.given and vertex in flow.given:
        this = f"this is d{of}/d{given}, not d{of}/d{asked}"
    if local is not None and rational(local) == 1:
        return
    if local is not None and (tree := spoken(refuted, local, flow.names)) is not None:
        words = whose(flow, vertex)
        of_whom = f", {words}" if words else ""
        says = f"{this}: the factor {source_of(tree)} is missing{of_whom}"
        yield Slip("missing-local", says, multiplied(refuted, whole, tree, not local.shape))
    elif len(vertex.shape) == len(flow.by.shape) == 1:
        own = jacobian(refuted, flow, vertex) or _abstract(refuted, flow, vertex)
        if own is None and vertex not in flow.given:
            return
        tree = own or refuted.parsed(f"d{given}/d{asked}.T")
        called = f"the {vertex.op.title} Jacobian" if vertex.op is SOFTMAX else "the Jacobian"
        if tree is not None:
            says = f"{this}: {called} of {given} by {asked} is missing"
            yield Slip("missing-local", says, binary("@", tree, refuted.expr))


def said(flow: Flow, node: Node) -> str:
    return flow.names.get(node) or formula(node, flow.names)


def elementwise(flow: Flow, vertex: Node) -> Node | None:
    """The product of the local derivatives between a vertex and `by`, if all go entry by entry."""
    if flow.by.shape != vertex.shape:
        return None
    between = topological([vertex], lambda n: () if n is flow.by else n.args)
    active = [n for n in between if n in flow.adjoints and n is not flow.by]
    plain = all(n.shape == vertex.shape and isinstance(n.op, Pointwise) for n in active)
    if vertex.shape and not plain:
        return None
    found = pull({vertex: full(1, vertex.shape)}, [flow.by])[0]
    scalar = None if found is None else _scalar(found)
    return found if scalar is None else scalar


def _scalar(node: Node) -> Node | None:
    """The number that stands in every entry, if one and the same does."""
    if (found := spread_scalar(node)) is not None:
        return found
    if node.op is MUL and node.label is None:
        a, b = node.args
        for one, other in ((a, b), (b, a)):
            if not one.shape and (spread := spread_scalar(other)) is not None:
                return mul(one, spread)
    return None


# -- softmax


def jacobian(refuted: RefutedClaim, flow: Flow, vertex: Node) -> Expr | None:
    """The Jacobian of a softmax that has a name, of `by`."""
    name = flow.names.get(vertex)
    plain = vertex.op is SOFTMAX and len(vertex.shape) == 1 and vertex.args[0] is flow.by
    return refuted.parsed(f"{diag_of.name}({name}) - {name} @ {name}.T") if plain and name else None


def _abstract(refuted: RefutedClaim, flow: Flow, vertex: Node) -> Expr | None:
    """The transposed Jacobian of an abstract function, by its one argument, which is `by`."""
    if vertex.op is not MAP or vertex.args != (flow.by,):
        return None
    name, values, places = vertex.params
    tree = spoken(refuted, applied(name, values, f"{places}0", flow.by), flow.names)
    return tree and transposed(tree)


def _normalised(refuted: RefutedClaim, flow: Flow, samples: Samples) -> Iterator[Slip]:
    """Softmax taken for a function that goes entry by entry."""
    for vertex in flow.order:
        tree = jacobian(refuted, flow, vertex)
        if tree is None or vertex not in flow.adjoints:
            continue
        own = mul(vertex, sub(number(1), vertex))
        name = flow.names[vertex]
        missing = f"every entry of {name} depends on every entry of {said(flow, flow.by)}"
        if vertex is flow.of:
            node = einsum((own,), ("a",), "aa", {})
            values = samples.of(node)
            if values is not None and samples.claimed(values):
                yield Slip("missing-term", missing, tree)
        elif not flow.extra:
            adjoint = flow.adjoints[vertex]
            values = samples.of(mul(adjoint, own))
            piece = spoken(refuted, adjoint, flow.upstream)
            if values is not None and piece is not None and samples.claimed(values):
                says = f"the softmax Jacobian is not diagonal: {missing}"
                yield Slip("missing-local", says, binary("@", tree, piece))
