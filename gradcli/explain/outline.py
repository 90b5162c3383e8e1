"""The outline of a trace: which vertices and edges there are, and in symbols what each edge does.

Must not know numbers, nor how anything is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from gradcli.calculus.composed import inside, restated
from gradcli.calculus.core import INPUT, number, symbol
from gradcli.calculus.differentiate import local_jacobian, pull_edge, push_edge, skips
from gradcli.calculus.families import Einsum, Pointwise
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.certify.result import EdgeFormula
from gradcli.graph.node import Node, make
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import sizes_of
from gradcli.notation.latex import brief
from gradcli.notation.symbols import symbol as symbol_of
from gradcli.notation.text import flat
from gradcli.notation.tree import Kind, Notation, reading

UPSTREAM = "δ"
"""What a rule calls the derivative of the output by the vertex that it belongs to."""
LARGEST_LOCAL = 400
"""Entries of a local Jacobian that is worked out."""
MATRIX = 2
"""Axes of a local Jacobian that has a formula."""
WORDS = {
    Kind.NAME: "an input",
    Kind.CONSTANT: "a constant",
    Kind.NUMBER: "a number",
    Kind.SIZE: "a size",
    Kind.SUM: "a sum",
    Kind.NEGATIVE: "a negative",
    Kind.PRODUCT: "a product, entry by entry",
    Kind.QUOTIENT: "a quotient, entry by entry",
    Kind.MATMUL: "a product of matrices or vectors",
    Kind.TRANSPOSE: "a transpose",
    Kind.POWER: "a power, entry by entry",
    Kind.CASES: "a choice between two",
    Kind.INDEX: "entries of an array",
    Kind.ARRAY: "an array of several",
    Kind.FILLED: "an array of one number",
    Kind.EYE: "an identity",
    Kind.TOTAL: "a sum of entries",
    Kind.TRACE: "a sum along the diagonal",
    Kind.DIAGONAL: "a diagonal",
    Kind.OUTER: "an outer product",
    Kind.LETTERED: "a product by letters",
}
"""What a vertex is, in words; a scalar has no entries."""


@dataclass(slots=True, eq=False)
class Edge:
    """An edge from a vertex to its argument `index`.

    `local` is the graph of its local derivative: of the shape of `node`, or to be broadcast to it,
    for an `elementwise` op, else the Jacobian of node.shape + argument.shape, None where that is
    large. `symbol` is its formula, empty where it has none of two axes; `rule` what it hands down
    of the upstream derivative δ, or forwards of the argument's tangent, which is called `d` and the
    argument's name.
    """

    node: Node
    index: int
    elementwise: bool
    local: Node | None
    symbol: EdgeFormula
    rule: EdgeFormula

    @property
    def arg(self) -> Node:
        """The vertex that it leads to."""
        return self.node.args[self.index]


def shown(output: Node, inputs: Sequence[Node]) -> list[Node]:
    """The vertices of a trace: the inputs, then everything that depends on them, in order.

    Conditions are none of them: through them nothing flows.
    """
    order = topological([output])
    active = dependents(order, set(inputs))
    used = set(order)
    ahead = [node for node in inputs if node not in used]
    return [
        *ahead,
        *(n for n in order if n.op is INPUT),
        *(n for n in order if n in active and n.op is not INPUT and not n.op.boolean),
    ]


def vertex_names(output: Node, inputs: Sequence[Node], spelled: str = "f") -> dict[Node, str]:
    """The user's names, and `v1`, `v2`, … in topological order for what has none."""
    names: dict[Node, str] = {}
    taken = {node.name for node in topological([output]) if node.name}
    taken |= {node.params[0] for node in inputs if node.op is INPUT}
    count = 0
    for node in shown(output, inputs):
        if node.op is INPUT:
            names[node] = node.params[0]
        elif node.name:
            names[node] = node.name
        elif node is output and spelled not in taken:
            names[node] = spelled
        else:
            count += 1
            while f"v{count}" in taken:
                count += 1
            names[node] = f"v{count}"
    return names


def in_words(node: Node) -> str:
    """What a vertex is: `a sum`, `a product of matrices or vectors`, `sigmoid of its argument`."""
    found = reading(node, lambda _: False)
    if not isinstance(found, Notation):
        return "a copy"
    if found.kind not in WORDS:
        return f"{node.op.title} of its argument{'s' if len(node.args) > 1 else ''}"
    words = WORDS[found.kind]
    return words if node.shape else words.removesuffix(", entry by entry")


def edges(nodes: Sequence[Node], names: Mapping[Node, str], forwards: bool = False) -> list[Edge]:
    """The edges between some vertices, by argument; `names` gives each of them a name."""
    known = set(nodes)
    return [
        _edge(node, index, names, forwards)
        for node in nodes
        for index, arg in enumerate(node.args)
        if arg in known and not skips(node, index)
    ]


def _edge(node: Node, index: int, names: Mapping[Node, str], forwards: bool) -> Edge:
    place, elementwise = (node, index), isinstance(node.op, Pointwise)
    axes = node.shape + node.args[index].shape
    known = all(isinstance(dim, int) for dim in axes) and prod(sizes_of(axes)) <= LARGEST_LOCAL
    local = _local(node, index) if elementwise or known else None
    if inside(node):
        node, names = _bare(node, names)
    return Edge(
        *place, elementwise, local, _symbol(node, index, names), _rule(node, index, names, forwards)
    )


def _local(node: Node, index: int) -> Node:
    """The local derivative: entry by entry where the op goes so, else the Jacobian."""
    if not isinstance(node.op, Pointwise):
        return local_jacobian(node, index)
    partial = node.op.partial(node, index)
    return number(partial) if isinstance(partial, int) else partial


def _symbol(node: Node, index: int, names: Mapping[Node, str]) -> EdgeFormula:
    """The formula of a local derivative, in terms of the vertex and what it is made of."""
    elementwise = isinstance(node.op, Pointwise)
    if not elementwise and len(node.shape + node.args[index].shape) > MATRIX:
        return EdgeFormula()
    if elementwise or isinstance(node.op, Einsum):
        return _formula(_local(node, index), names, _whole(node))
    bare, spelled = _bare(node, names)
    return _formula(local_jacobian(bare, index), spelled, _whole(bare) or ())


def _rule(node: Node, index: int, names: Mapping[Node, str], forwards: bool) -> EdgeFormula:
    """The formula of what is handed on: what it is made of stands as its name, whatever that is."""
    arg = node.args[index]
    if forwards:
        flow, called = symbol("(tangent)", arg.shape), f"d{names[arg]}"
        handed = push_edge(node, index, flow)
    else:
        flow, called = symbol("(upstream)", node.shape), UPSTREAM
        handed = pull_edge(node, index, flow)
    return _formula(handed, {**names, flow: called}, _whole(node))


def _bare(node: Node, names: Mapping[Node, str]) -> tuple[Node, dict[Node, str]]:
    """A vertex of symbols that stand for what has a name, and the names of all of these."""
    args = {arg: symbol(f"({k})", arg.shape) for k, arg in enumerate(node.args) if arg in names}
    if inside(node):
        bare = restated(node, args)
    else:
        bare = make(node.op, *(args.get(arg, arg) for arg in node.args), params=node.params)
    spelled = {own: names[arg] for arg, own in args.items()}
    whole = [bare, call.whole] if (call := inside(bare)) else [bare]
    return bare, {**names, **spelled, **dict.fromkeys(whole, names[node])}


def handed_down(node: Node, index: int, seed: Node, names: Mapping[Node, str]) -> Node | None:
    """What a cotangent becomes along an edge, as `pull_edge` makes it; for a call, simplified."""
    if not inside(node):
        return pull_edge(node, index, seed)
    flow = symbol("(upstream)", node.shape)
    bare, _ = _bare(node, names)
    found = pull_edge(bare, index, flow)
    if found is None:
        return None
    found = _simplified(found, _whole(bare) or ())
    call = inside(bare)
    back = {flow: seed, bare: node, **dict(zip(bare.args, node.args, strict=True))}
    if call is not None:
        back[call.whole] = node
    rebuilt([found], same, back)
    return back[found]


def in_names(node: Node, names: Mapping[Node, str]) -> Node:
    """A graph simplified as one of symbols that stand for what has a name."""
    order = topological([node], lambda n: () if n in names else n.args)
    done = {n: symbol(names[n], n.shape) for n in order if n in names}
    for inner in order:
        if inner not in done:
            done[inner] = same(inner, [done[arg] for arg in inner.args])
    return _simplified(done[node], ())


def _whole(node: Node) -> tuple[Node, ...] | None:
    """The value of a call, which formulas name; None where a vertex is no call."""
    call = inside(node)
    return None if call is None else (call.whole,)


@lru_cache(maxsize=512)
def _simplified(node: Node, named: tuple[Node, ...]) -> Node:
    """A graph of symbols, simplified; many calls of one function are one such graph."""
    from gradcli.simplify.simplifier import Simplifier  # noqa: PLC0415 seldom asked

    return Simplifier(named=named)(node)


def _formula(
    node: Node | None, names: Mapping[Node, str], named: tuple[Node, ...] | None = None
) -> EdgeFormula:
    """The formula of a graph, that of zero for none; simplified if it is told what is `named`."""
    node = number(0) if node is None else node
    if named is not None and node not in names:
        node = _simplified(node, named)
    if node in names:
        return EdgeFormula(names[node], symbol_of(names[node]))
    return EdgeFormula(flat(node, names), brief(node, names))
