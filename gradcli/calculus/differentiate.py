"""Forward and reverse mode: graphs of derivatives made from graphs, by one contraction an edge.

Must not know any particular function or number: it reads what each op states of its edges.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from string import ascii_letters

from gradcli.calculus.contract import contract, einsum_or_same
from gradcli.calculus.core import NOT, add, einsum, full, identity, masked, mul, neg, remask
from gradcli.calculus.families import Composed, Edged, Linear, Pointwise, Term, aligned
from gradcli.graph.node import Node, make
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import Dim, Shape


class NoRule(Exception):
    """An op has no derivative rule; a missing rule is an error, never zero."""


def _extra_letters(extra: Shape, taken: Collection[str]) -> str:
    """Letters for the extra axes that an edge, itself perhaps a derivative's, does not use."""
    return "".join([x for x in reversed(ascii_letters) if x not in taken][: len(extra)])


def _contracted(node: Node, index: int, term: Term, seed: Node, extra: Shape, back: bool) -> Node:
    """One term of an edge; a condition nearer to the output stays outside one nearer to an input.

    Where the outer one says that a branch is dead, the inner one need not have a value.
    """
    dims: dict[str, Dim] = {}
    for factor, letters in term.factors:
        dims.update(zip(letters, factor.shape, strict=True))
    dims.update(zip(term.into, node.args[index].shape, strict=True))
    dims.update(zip(term.out, node.shape, strict=True))
    more = _extra_letters(extra, dims) if extra else ""
    dims.update(zip(more, extra, strict=True))
    start, end = (
        (term.out + more, term.into + more) if back else (term.into + more, term.out + more)
    )
    masks: list[tuple[Node, bool]] = []
    while back and (mask := masked(seed)):
        condition, live, which = mask
        letters = start if condition.shape else ""
        whole = ((), seed.shape)
        if condition.shape not in whole or live.shape not in whole or not set(letters) <= set(end):
            break
        masks.append((einsum_or_same(condition, letters, end, dims), which))
        seed, start = live, start if live.shape else ""
    found = _product(term, seed, start, end, dims)
    for condition, which in reversed(masks):
        found = remask(condition, found, which)
    return found


def _product(term: Term, seed: Node, start: str, end: str, dims: dict[str, Dim]) -> Node:
    if start or end or any(letters for _, letters in term.factors):
        return contract([*term.factors, (seed, start)], end, dims, term.negative)
    product = seed
    for factor, _ in term.factors:
        product = mul(factor, product)
    return neg(product) if term.negative else product


def _scaled(seed: Node, partial: Node | int) -> Node | None:
    """What flows along an edge between scalars: no letters are needed for one factor."""
    if isinstance(partial, Node):
        return mul(partial, seed)
    return None if not partial else neg(seed) if partial < 0 else seed


def _edge(node: Node, index: int, seed: Node, extra: Shape, back: bool) -> Node | None:
    op = node.op
    if isinstance(op, Pointwise) and not (node.shape or extra or (back and masked(seed))):
        return _scaled(seed, op.partial(node, index))
    if isinstance(op, Linear):
        move = op.pull if back else op.push
        moved = move(node, index, seed, extra)
        if not op.moves or not (mask := masked(seed)):
            return moved
        # What is masked stays so wherever its entries go.
        live = mask[0] if mask[2] else make(NOT, mask[0])
        if live.shape:
            live = move(node, index, condition_of_shape(live, seed.shape), extra)
        return remask(live, moved, True)
    if isinstance(op, Composed):
        return (op.pull if back else op.push)(node, index, seed, extra)
    if not isinstance(op, Edged):
        raise NoRule(f"{op.name} has no derivative rule for its argument {index + 1}")
    total: Node | None = None
    for term in op.edge(node, index):
        part = _contracted(node, index, term, seed, extra, back)
        total = part if total is None else add(total, part)
    return total


def condition_of_shape(condition: Node, shape: Shape) -> Node:
    """A condition on every entry of this shape."""
    out = ascii_letters[: len(shape)]
    if condition.shape == shape:
        return condition
    letters = aligned(out, shape, condition.shape)
    return einsum((condition,), (letters,), out, dict(zip(out, shape, strict=True)))


def push_edge(node: Node, index: int, tangent: Node, extra: Shape = ()) -> Node | None:
    """What a tangent of argument `index` adds to the node's tangent; None for a structural zero.

    The tangent has the argument's shape, then `extra`; the result the node's, then `extra`.
    """
    return _edge(node, index, tangent, extra, back=False)


def pull_edge(node: Node, index: int, cotangent: Node, extra: Shape = ()) -> Node | None:
    """What the node's cotangent adds to that of argument `index`; None for a structural zero."""
    return _edge(node, index, cotangent, extra, back=True)


def local_jacobian(node: Node, index: int) -> Node:
    """The local derivative along one edge, of shape node.shape + argument.shape."""
    shape = node.args[index].shape
    pushed = push_edge(node, index, identity(shape), shape)
    return full(0, node.shape + shape) if pushed is None else pushed


def push(
    outputs: Sequence[Node], tangents: Mapping[Node, Node | None], extra: Shape = ()
) -> list[Node | None]:
    """Forward mode: the outputs' tangents, given those of some vertices taken as independent.

    A tangent has its vertex's shape, then `extra`; None is that of one at rest.
    R. E. Wengert (1964).
    None stands for a tangent that is zero because nothing leads there. NoRule for a missing rule.
    """
    order = topological(outputs, lambda node: () if node in tangents else node.args)
    active = dependents(order, tangents)
    pushed: dict[Node, Node | None] = dict(tangents)
    for node in order:
        if node not in active or node in pushed:
            continue
        total = _push_jointly(node, pushed, extra)
        for index, arg in enumerate(node.args if total is None else ()):
            tangent = pushed.get(arg)
            if tangent is None or skips(node, index):
                continue
            part = push_edge(node, index, tangent, extra)
            if part is not None:
                total = part if total is None else add(total, part)
        pushed[node] = total
    return [pushed.get(output) for output in outputs]


def _push_jointly(node: Node, pushed: Mapping[Node, Node | None], extra: Shape) -> Node | None:
    """The tangent of a joint linear map: a long list costs one map, not one for each of its parts.

    Not where a tangent is masked: among others its structural zero would be seen no more.
    """
    if not (isinstance(node.op, Linear) and node.op.joint):
        return None
    tangents = [pushed.get(arg) for arg in node.args]
    known = [t for t in tangents if t is not None]
    if len(known) < 2 or any(masked(t) for t in known):
        return None
    whole = [
        full(0, arg.shape + extra) if t is None else t
        for arg, t in zip(node.args, tangents, strict=True)
    ]
    return make(node.op, *whole, params=node.params)


class WayBack:
    """Reverse mode: adjoints below some outputs, given their cotangents, each made when asked for.

    A cotangent has its vertex's shape, then `extra`. S. Linnainmaa (1970). An adjoint is made of
    those of the vertices that use its own, and these are kept for others.
    """

    def __init__(self, cotangents: Mapping[Node, Node], extra: Shape = ()) -> None:
        self.cotangents, self.extra = cotangents, extra
        self.uses: dict[Node, list[tuple[Node, int]]] = {}
        self.made: dict[Node, Node | None] = {}
        for node in reversed(topological(cotangents)):
            for index, arg in enumerate(node.args):
                if not skips(node, index):
                    self.uses.setdefault(arg, []).append((node, index))

    def of(self, vertex: Node) -> Node | None:
        """The adjoint of a vertex, None for zero. NoRule for a missing rule."""
        for node in topological([vertex], self._users):
            if node not in self.made:
                self.made[node] = self._summed(node)
        return self.made[vertex]

    def _users(self, node: Node) -> Sequence[Node]:
        return () if node in self.made else [user for user, _ in self.uses.get(node, ())]

    def _summed(self, node: Node) -> Node | None:
        total = self.cotangents.get(node)
        for user, index in self.uses.get(node, ()):
            if (adjoint := self.made[user]) is not None:
                part = pull_edge(user, index, adjoint, self.extra)
                if part is not None:
                    total = part if total is None else add(total, part)
        return total


def pull(
    cotangents: Mapping[Node, Node], wrt: Sequence[Node], extra: Shape = ()
) -> list[Node | None]:
    """The adjoints of `wrt`, inputs or any vertices, given the outputs' cotangents.

    Only nodes on a path from an output to `wrt` are visited. None stands for a zero adjoint.
    """
    adjoints = WayBack(cotangents, extra)
    return [*map(adjoints.of, wrt)]


def sweep(
    adjoints: dict[Node, Node],
    order: Sequence[Node],
    active: Collection[Node],
    extra: Shape = (),
    at: Callable[[Node, Node], Node] | None = None,
) -> Iterator[tuple[Node, int, Node | None]]:
    """Reverse mode edge by edge, from the outputs down a topological order.

    `adjoints` holds the outputs' cotangents and grows by each part that is given out: what a vertex
    adds to the adjoint of its argument `index`, None for a structural zero. Only what is `active`
    is visited. `at` is given a vertex with its whole adjoint and says what stands for that on the
    way down. NoRule for a missing rule.
    """
    for node in reversed(order):
        adjoint = adjoints.get(node)
        if adjoint is None or node not in active:
            continue
        if at is not None:
            adjoint = at(node, adjoint)
        for index, arg in enumerate(node.args):
            if arg not in active or skips(node, index):
                continue
            part = pull_edge(node, index, adjoint, extra)
            if part is not None:
                adjoints[arg] = add(adjoints[arg], part) if arg in adjoints else part
            yield node, index, part


def skips(node: Node, index: int) -> bool:
    """Whether nothing flows along this edge: from a condition, or into one."""
    return node.op.boolean or node.args[index].op.boolean


def present(found: Iterable[Node | None], nodes: Sequence[Node]) -> list[Node]:
    """What `pull` or `push` made for some vertices, zero where nothing flows."""
    return [full(0, n.shape) if g is None else g for g, n in zip(found, nodes, strict=True)]
