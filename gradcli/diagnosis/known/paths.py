"""Paths that a claimed derivative leaves out or counts twice: each is a term of the true one.

Must not know how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial, reduce
from itertools import combinations

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import Sizes
from gradcli.calculus.core import ADD, INPUT, NEG, SUB, neg, number, spread_scalar, symbol
from gradcli.diagnosis.evidence.flow import Edge, Flow, flow_of_entry
from gradcli.diagnosis.evidence.indexed import entry_at
from gradcli.diagnosis.evidence.parts import SHORT, dropped, often, spoken, terms
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.evidence.samples import Samples
from gradcli.diagnosis.trees.composing import minus, plus, spread_anyway
from gradcli.diagnosis.trees.tidy import BUILT, tidy
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.tree.build import exchanged, name, places
from gradcli.language.tree.build import number as literal
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Expr, Number
from gradcli.notation.text import formula
from gradcli.ops.shaping import SCATTER, index

MOST = 8
THROUGH = "the path through "


@dataclass(slots=True, eq=False)
class EdgePaths:
    """All paths by some edges: what they add to the derivative, how they are called, their values.

    `vertex` is what the edges start from; `symbolic` is the node with an adjoint by its name.
    """

    node: Node
    called: Callable[[], str]
    vertex: Node
    values: Array
    symbolic: Node | None = None

    def term(self, refuted: RefutedClaim, flow: Flow, samples: Samples) -> Expr | None:
        """The term that they add."""
        constant = samples.constant(self.values)
        if constant is not None:
            return literal(constant)
        own = asked(refuted, flow, self.node)
        plain = spoken(refuted, own, flow.names, flow.upstream)
        if self.symbolic is None or (plain is not None and len(source_of(plain)) <= SHORT):
            return plain
        named = spoken(refuted, asked(refuted, flow, self.symbolic), flow.names)
        both = [each for each in (plain, named) if each]
        return min(both, key=lambda each: len(source_of(each)), default=None)


def asked(refuted: RefutedClaim, flow: Flow, node: Node) -> Node:
    """What is asked of a part of the derivative: of an array its entry, by the loop's names."""
    if not flow.key:
        return node
    items = ", ".join(source_of(entry_at(k, refuted.ruling.pair.loop)) for k in flow.key)
    made: dict[Node, Node] = {}
    for vertex in topological([node]):
        name = flow.names.get(vertex) or (str(vertex.params[0]) if vertex.op is INPUT else "")
        parts = [made[arg] for arg in vertex.args]
        if not vertex.shape:
            made[vertex] = vertex
        elif name:
            made[vertex] = symbol(f"{name}[{items}]", ())
        elif (scalar := spread_scalar(vertex)) is not None:
            made[vertex] = scalar
        elif vertex.op is SCATTER and not vertex.args[0].shape:
            made[vertex] = vertex.args[0] if vertex.params[1] == flow.key else number(0)
        elif vertex.op in BUILT and all(a.shape in ((), vertex.shape) for a in vertex.args):
            made[vertex] = BUILT[vertex.op](*parts)
        else:
            made[vertex] = index(vertex, flow.key)
    return made[node]


def candidates(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """Paths that are missing: few first, or some of those from the first vertices with a name."""
    flow = flow or flow_of_entry(refuted)
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


@lru_cache(maxsize=1)
def _grouped(flow: Flow, samples: Samples) -> list[EdgePaths]:
    """The paths from `by`, by the first vertex with a name that they come to."""
    found: list[EdgePaths] = []
    for end in dict.fromkeys([*flow.named, flow.of]):
        if (node := flow.direct(end)) is not None:
            for path in _path(flow, samples, node, partial(_first, flow, end), flow.by):
                path.symbolic = flow.symbolic(end)
                found.append(path)
    return found


@lru_cache(maxsize=1)
def _single(flow: Flow, samples: Samples) -> list[EdgePaths]:
    """The paths by one edge from `by`, or from a vertex on the way that is used more than once."""
    found: list[EdgePaths] = []
    for vertex in [flow.by, *flow.order]:
        edges = flow.uses(vertex)
        if vertex is not flow.by and vertex not in flow.given:
            continue
        if len(edges) > 1 and (vertex is not flow.by or len(edges) <= MOST):
            for edge in edges:
                if (node := flow.through(edge)) is not None:
                    found += _path(flow, samples, node, partial(_use, flow, vertex, edge), vertex)
    return found


def _first(flow: Flow, end: Node) -> str:
    """The first vertex with a name in words."""
    if end is flow.of:
        return f"the direct use of {said(flow, flow.by)}"
    return f"{THROUGH}{flow.names[end]}" if end in flow.names else ""


def _use(flow: Flow, vertex: Node, edge: Edge) -> str:
    """One use of a vertex in words."""
    user, what = edge[0], said(flow, vertex)
    if user in flow.given and user is not flow.of:
        return f"the path from {what} through {flow.names[user]}"
    return f"the use of {what} in {formula(tidy(user, flow.names), flow.names)}"


def said(flow: Flow, vertex: Node) -> str:
    return flow.names.get(vertex) or formula(vertex, flow.names)


def _path(
    flow: Flow, samples: Samples, node: Node, called: Callable[[], str], vertex: Node
) -> Iterator[EdgePaths]:
    values = samples.of(flow.asked(node))
    if values is not None and values.shape == samples.truth.shape:
        yield EdgePaths(node, called, vertex, values)


def _missing(
    refuted: RefutedClaim, flow: Flow, samples: Samples, some: list[EdgePaths]
) -> Iterator[Slip]:
    pieces = [piece for path in some if (piece := path.term(refuted, flow, samples)) is not None]
    if len(pieces) < len(some):
        return
    spread = map(spread_anyway, pieces) if refuted.claim.shape else pieces
    tree = reduce(plus, spread, refuted.expr)
    yield Slip("missing-term", _says_missing(flow, some), tree)
    if flow.key and refuted.ruling.built:
        # A size at which the loop was read may be a number, or the letter itself.
        lettered = (in_letters(piece, refuted.ruling.built) for piece in pieces)
        yield Slip("missing-term", _says_missing(flow, some), reduce(plus, lettered, refuted.expr))


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
    # What is asked for by entries is used once an entry.
    count = 0 if flow.key else len(flow.uses(vertex))
    used = f": {said(flow, vertex)} is used {often(count)}" if count > 1 else ""
    return f"{_listed(some)} {'is' if len(some) == 1 else 'are'} missing{used}"


def in_letters(tree: Expr, sizes: Sizes) -> Expr:
    """A formula with the letters of dimensions in the place of the numbers that they were."""
    letters = {size: letter for letter, size in sizes.items()}
    numbers = {x: x.value for x, _ in places(tree) if isinstance(x, Number)}
    new = {x: name(letters[int(v)]) for x, v in numbers.items() if v in letters}
    return exchanged(tree, new)


def _listed(some: list[EdgePaths]) -> str:
    """Paths in words."""
    called = [path.called() for path in some]
    if len(called) == 1:
        return called[0]
    if all(THROUGH in words for words in called):
        called = [words.replace(THROUGH, "") for words in called]
        called[0] = f"the paths through {called[0]}"
    return f"{', '.join(called[:-1])} and {called[-1]}"


def _twice(refuted: RefutedClaim, flow: Flow, path: EdgePaths) -> Iterator[Slip]:
    piece = spoken(refuted, path.node, flow.names, flow.upstream)
    if piece is not None:
        yield Slip("surplus-term", f"{path.called()} is counted twice", minus(refuted.expr, piece))


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
        piece = literal(constant) if constant else spoken(refuted, node, refuted.names, names)
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
