"""Calls of functions that are made of others, as vertices of their own: graphs as they are shown.

Must not know texts or drawings. Such a vertex has the value and the derivatives of what it stands
for; what is certified or proved never has one in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from gradcli.calculus.core import CONSTANT, INPUT, NUMBER, full
from gradcli.calculus.differentiate import push, sweep
from gradcli.calculus.families import Composed, Pointwise
from gradcli.graph.node import Label, Node, Op, make
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import Shape


class ComposedCall(NamedTuple):
    """A call of a function: its name, its arguments, and the call with `#1`, … for these.

    So is a product of which one side had to be turned first; `latex` is such a pattern as well.

    A call that gives its argument back is none.
    """

    function: str
    arguments: tuple[Node, ...]
    written: str
    latex: str = ""


class ComposedCalls(NamedTuple):
    """Calls by their values: of the library's functions, and of those that a program defines."""

    library: dict[Node, ComposedCall]
    own: dict[Node, ComposedCall]

    def made(self, node: Node, call: ComposedCall) -> None:
        """Note a call of the library that makes several vertices, as the first of this value."""
        if not {*node.args} <= {*call.arguments}:
            self.library.setdefault(node, call)

    def chosen(self, fold: str) -> Mapping[Node, ComposedCall]:
        """Those that are one vertex: of the `library`, `all`, or `none`."""
        return {"library": self.library, "all": self.library | self.own}.get(fold, {})


class CallBody(NamedTuple):
    """What a call stands for: a vertex, down to those at which it `ends`, and how it is written."""

    whole: Node
    ends: tuple[Node, ...]
    written: str
    latex: str

    def order(self) -> list[Node]:
        """The vertices in it, each after its arguments, without the ends."""
        ends = {*self.ends}
        order = topological([self.whole], lambda n: () if n in ends else n.args)
        return [node for node in order if node not in ends]

    def pushed(self, index: int, tangent: Node, extra: Shape) -> Node | None:
        """The tangent of the whole, given that of one end while the others rest."""
        tangents: dict[Node, Node | None] = dict.fromkeys(self.ends)
        return push([self.whole], tangents | {self.ends[index]: tangent}, extra)[0]

    def pulled(self, index: int, cotangent: Node, extra: Shape) -> Node | None:
        """What the whole's cotangent makes that of one end."""
        flowing, order, end = {self.whole: cotangent}, self.order(), self.ends[index]
        for _ in sweep(flowing, order, dependents(order, {end}), extra):
            pass
        return flowing.get(end)


def _entry(m: Any, *given: Any) -> Any:
    """The value of a call that goes entry by entry: numbers of any kind, single or in arrays."""
    *numbers, inside = given
    known = dict(zip(inside.ends, numbers, strict=True))
    for node in inside.order():
        if node.op is NUMBER or node.op is CONSTANT:
            leaf = m.number if node.op is NUMBER else m.constant
            known[node] = leaf(node.params[0])
        else:
            known[node] = node.op.value(m, *(known[arg] for arg in node.args), *node.params)
    return known[inside.whole]


class _Entrywise(Pointwise):
    def partial(self, node: Node, index: int) -> Node | int:
        found = node.params[0].pushed(index, full(1, node.args[index].shape), ())
        return 0 if found is None else found


class _OfArrays(Composed):
    def shape(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        whole: Node = params[0].whole
        return whole.shape

    def inside(self, node: Node) -> tuple[Node, tuple[Node, ...]]:
        return node.params[0].whole, node.params[0].ends

    def push(self, node: Node, index: int, tangent: Node, extra: Shape) -> Node | None:
        found: Node | None = node.params[0].pushed(index, tangent, extra)
        return found

    def pull(self, node: Node, index: int, cotangent: Node, extra: Shape) -> Node | None:
        found: Node | None = node.params[0].pulled(index, cotangent, extra)
        return found


@cache
def _op(function: str, entrywise: bool) -> Op:
    """The op of the calls of a function."""
    family = _Entrywise if entrywise else _OfArrays
    return family(
        function,
        _entry,
        notation=lambda node: str(node.params[0].written),
        latex=lambda node: str(node.params[0].latex),
    )


def inside(node: Node) -> CallBody | None:
    """What a call stands for; None where the vertex is no call."""
    found: CallBody | None = node.params[0] if isinstance(node.op, _Entrywise | _OfArrays) else None
    return found


@cache
def _label(written: str) -> Label:
    """What tells the value of a call from an equal expression: one for all that are alike."""
    return Label(written)


def restated(node: Node, args: Mapping[Node, Node]) -> Node:
    """A call on other arguments, given by those that it has; its value is one of its own."""
    inside: CallBody = node.params[0]
    done = {end: args.get(arg, end) for end, arg in zip(inside.ends, node.args, strict=True)}
    for inner in inside.order():
        label = _label(inside.written) if inner is inside.whole else None
        given = (done[arg] for arg in inner.args)
        done[inner] = make(inner.op, *given, params=inner.params, label=label)
    ends = tuple(done[end] for end in inside.ends)
    new = inside._replace(whole=done[inside.whole], ends=ends)
    return make(node.op, *(args.get(arg, arg) for arg in node.args), params=(new,))


def folded(outputs: Iterable[Node], calls: Mapping[Node, ComposedCall]) -> dict[Node, Node]:
    """What becomes of the vertices outside calls where each call, known by its value, is one."""
    found: dict[Node, Node] = {}
    stand: dict[Node, CallBody] = {}

    def below(node: Node) -> tuple[Node, ...]:
        if node not in stand and (call := calls.get(_bare(node))):
            inside = _inside(node, call)
            if node.args and node not in inside.ends:
                stand[node] = inside
        return stand[node].ends if node in stand else node.args

    for node in topological(outputs, below):
        args = tuple(found[arg] for arg in below(node))
        if node in stand:
            inside = stand[node]
            entrywise = all(isinstance(n.op, Pointwise) or not n.args for n in inside.order())
            op = _op(calls[_bare(node)].function, entrywise)
            found[node] = make(op, *args, params=(inside,), label=node.label)
        elif args == node.args:
            found[node] = node
        else:
            found[node] = make(node.op, *args, params=node.params, label=node.label)
    return found


def _bare(node: Node) -> Node:
    """The vertex without a name."""
    return node if node.label is None else make(node.op, *node.args, params=node.params)


def _inside(node: Node, call: ComposedCall) -> CallBody:
    """From the value of a call down to its arguments, and to what else has a name."""
    given = {*call.arguments}
    order = topological(
        [node], lambda n: () if n in given or (n is not node and n.name) else n.args
    )
    others = [n for n in order if n not in given and n is not node and (n.name or n.op is INPUT)]
    return CallBody(node, (*dict.fromkeys([*call.arguments, *others]),), call.written, call.latex)
