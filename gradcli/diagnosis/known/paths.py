"""Paths that a claimed derivative leaves out or counts twice: each is a term of the true one.

Must not know how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import ADD, NEG, SUB, neg
from gradcli.diagnosis.evidence.flow import Edge, Flow
from gradcli.diagnosis.evidence.parts import SHORT, dropped, often, spoken, terms
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.evidence.samples import Samples
from gradcli.diagnosis.trees.composing import minus, plus, spread_anyway
from gradcli.diagnosis.trees.tidy import tidy
from gradcli.graph.node import Node
from gradcli.language.tree.build import number
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Expr
from gradcli.notation.text import formula

MOST = 8
THROUGH = "the path through "


@dataclass(slots=True, eq=False)
class EdgePaths:
    """All paths by some edges: what they add to the derivative, how they are called, their values.

    `vertex` is what the edges start from; `symbolic` is the node with an adjoint by its name.
    """

    node: Node
    called: str
    vertex: Node
    values: Array
    symbolic: Node | None = None

    def term(self, refuted: RefutedClaim, flow: Flow, samples: Samples) -> Expr | None:
        """The term that they add."""
        constant = samples.constant(self.values)
        if constant is not None:
            return number(constant)
        plain = spoken(refuted, self.node, flow.names, flow.upstream)
        if self.symbolic is None or (plain is not None and len(source_of(plain)) <= SHORT):
            return plain
        both = [each for each in (plain, spoken(refuted, self.symbolic, flow.names)) if each]
        return min(both, key=lambda each: len(source_of(each)), default=None)


def candidates(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """Paths that are missing: few first, or some of those from the first vertices with a name."""
    if flow is None:
        return
    first = _grouped(flow, samples)
    for chosen in _choices(len(first)):
        some = [first[k] for k in chosen]
        if samples.lacking(samples.total([path.values for path in some])):
            yield from _missing(refuted, flow, samples, some)
    for path in _single(flow, samples):
        if samples.lacking(path.values):
            yield from _missing(refuted, flow, samples, [path])
    if len(first) > 1:
        yield from _multiplied(refuted, flow, samples, first)


def others(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """Other terms: the claim's own that are surplus, paths counted twice, terms of the truth."""
    yield from _surplus(refuted, samples)
    if flow is not None:
        for path in [*_grouped(flow, samples), *_single(flow, samples)]:
            if len(flow.uses(path.vertex)) > 1 and samples.lacking(-path.values):
                yield from _twice(refuted, flow, path)
    yield from _summands(refuted, flow, samples)


def _choices(count: int) -> Iterator[Sequence[int]]:
    """Which paths may be missing: few first, all but one, an early or a late part of many."""
    sizes = range(1, count) if count <= MOST else (1, count - 1)
    for size in sizes:
        yield from combinations(range(count), size)
    if count > MOST:
        for size in range(2, count - 1):
            yield range(size)
            yield range(count - size, count)


def _grouped(flow: Flow, samples: Samples) -> list[EdgePaths]:
    """The paths from `by`, by the first vertex with a name that they come to."""
    found: list[EdgePaths] = []
    for end in dict.fromkeys([*flow.named, flow.of]):
        called = f"{THROUGH}{flow.names[end]}" if end in flow.names else ""
        if end is flow.of:
            called = f"the direct use of {said(flow, flow.by)}"
        if (node := flow.direct(end)) is not None:
            for path in _path(samples, node, called, flow.by):
                path.symbolic = flow.symbolic(end)
                found.append(path)
    return found


def _single(flow: Flow, samples: Samples) -> Iterator[EdgePaths]:
    """The paths by one edge from `by`, or from a vertex on the way that is used more than once."""
    for vertex in [flow.by, *flow.order]:
        edges = flow.uses(vertex)
        if vertex is not flow.by and vertex not in flow.given:
            continue
        if len(edges) > 1 and (vertex is not flow.by or len(edges) <= MOST):
            for edge in edges:
                if (node := flow.through(edge)) is not None:
                    yield from _path(samples, node, _use(flow, vertex, edge), vertex)


def _use(flow: Flow, vertex: Node, edge: Edge) -> str:
    """One use of a vertex in words."""
    user, what = edge[0], said(flow, vertex)
    if user in flow.given and user is not flow.of:
        return f"the path from {what} through {flow.names[user]}"
    return f"the use of {what} in {formula(tidy(user, flow.names), flow.names)}"


def said(flow: Flow, vertex: Node) -> str:
    return flow.names.get(vertex) or formula(vertex, flow.names)


def _path(samples: Samples, node: Node, called: str, vertex: Node) -> Iterator[EdgePaths]:
    values = samples.of(node)
    if values is not None and values.shape == samples.truth.shape:
        yield EdgePaths(node, called, vertex, values)


def _missing(
    refuted: RefutedClaim, flow: Flow, samples: Samples, some: list[EdgePaths]
) -> Iterator[Slip]:
    tree = refuted.expr
    for path in some:
        piece = path.term(refuted, flow, samples)
        if piece is None:
            return
        tree = plus(tree, spread_anyway(piece) if refuted.claim.shape else piece)
    yield Slip("missing-term", _says_missing(flow, some), tree)


def _multiplied(
    refuted: RefutedClaim, flow: Flow, samples: Samples, some: list[EdgePaths]
) -> Iterator[Slip]:
    """The product of what the paths give in the place of their sum."""
    product = some[0].values
    for path in some[1:]:
        product = samples.product(product, path.values)
    if not samples.claimed(product):
        return
    pieces = [piece for path in some if (piece := path.term(refuted, flow, samples)) is not None]
    if len(pieces) == len(some):
        says = f"{_listed(some)} are multiplied: what different paths give is added"
        yield Slip("missing-term", says, reduce(plus, pieces))


def _says_missing(flow: Flow, some: list[EdgePaths]) -> str:
    vertex = some[0].vertex
    count = len(flow.uses(vertex))
    used = f": {said(flow, vertex)} is used {often(count)}" if count > 1 else ""
    return f"{_listed(some)} {'is' if len(some) == 1 else 'are'} missing{used}"


def _listed(some: list[EdgePaths]) -> str:
    """Paths in words."""
    called = [path.called for path in some]
    if len(called) == 1:
        return called[0]
    if all(THROUGH in words for words in called):
        called = [words.replace(THROUGH, "") for words in called]
        called[0] = f"the paths through {called[0]}"
    return f"{', '.join(called[:-1])} and {called[-1]}"


def _twice(refuted: RefutedClaim, flow: Flow, path: EdgePaths) -> Iterator[Slip]:
    piece = spoken(refuted, path.node, flow.names, flow.upstream)
    if piece is not None:
        yield Slip("surplus-term", f"{path.called} is counted twice", minus(refuted.expr, piece))


# -- terms that belong to no one path


def _surplus(refuted: RefutedClaim, samples: Samples) -> Iterator[Slip]:
    """A term of the claim that should not be there."""
    found = terms(refuted)
    for part in found if len(found) > 1 else ():
        values = samples.of(part.node)
        if values is None:
            continue
        extra = samples.spread(values if part.negative else -values)
        if extra is not None and samples.lacking(extra):
            tree = dropped(part)
            if tree is not None:
                yield Slip("surplus-term", f"the term {part.expr.span.text} is surplus", tree)


def _summands(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """A term of what is right that the claim lacks."""
    names = flow.upstream if flow else refuted.names
    for node in summands(refuted.truth):
        values = samples.of(node)
        spread = None if values is None else samples.spread(values)
        if values is None or spread is None or not samples.lacking(spread):
            continue
        constant = samples.constant(values)
        piece = number(constant) if constant else spoken(refuted, node, refuted.names, names)
        if piece is not None:
            says = f"the term {source_of(piece)} is missing"
            yield Slip("missing-term", says, plus(refuted.expr, piece))


def summands(node: Node) -> list[Node]:
    """The terms of a sum, each with its sign; nothing for what is no sum."""
    found: list[Node] = []
    stack = [(node, False)]
    while stack:
        here, negative = stack.pop()
        if here.op in (ADD, SUB):
            stack.append((here.args[1], negative != (here.op is SUB)))
            stack.append((here.args[0], negative))
        elif here.op is NEG:
            stack.append((here.args[0], not negative))
        else:
            found.append(neg(here) if negative else here)
    return found if len(found) > 1 else []
