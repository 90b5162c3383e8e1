"""The vertex of a computational graph, and the kind of op it applies, which interns its vertices.

Must not know which ops there are or what any of them means: ops register themselves here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple, TypeAlias
from weakref import ref

from gradcli import work
from gradcli.graph.shape import Letters, Shape


class Label:
    """What makes a defined vertex one of its own: equal expressions with two labels stay two."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Gate(NamedTuple):
    """What an op does with a gradient that comes back through it: the kind, and in words."""

    kind: str
    does: str


class Op:
    """One operation: its name, its title for people, its sign, and the shape of its result.

    Families derive from it and add a value rule and edges; `boolean` ops make conditions.
    `notation` is a call of it in the language, a pattern with `#1` for an argument and `#*` for all
    of them, its title before its arguments by default. `latex` is its notation on paper: a sign, a
    function, or such a pattern. Either may be a function of the vertex, for parameters. `interned`
    has its vertices, as long as somebody holds them, by what they are made of.
    """

    def __init__(
        self,
        name: str,
        *,
        infix: str = "",
        gate: Gate | None = None,
        boolean: bool = False,
        title: str = "",
        notation: Pattern = "",
        latex: Pattern = "",
    ) -> None:
        self.name = name
        self.title = title or (infix if boolean else name)
        self.infix = infix
        self.notation = notation or f"{self.title}(#*)"
        self.latex = latex
        self.gate = gate
        self.boolean = boolean
        self.interned: dict[tuple[Any, ...], Interned] = {}

    def shape(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        """The shape of the result; ShapeError where the arguments do not fit."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<op {self.name}>"


class ShapeError(Exception):
    """Arguments do not fit an op; the message speaks in shapes."""


class SizeNeeded(Exception):
    """A graph has as many vertices as a dimension says, whose letters have no size yet."""

    def __init__(self, dim: Letters) -> None:
        super().__init__(f"the size of {dim} is not known")
        self.dim = dim


class Node:
    """An immutable vertex: an op applied to arguments. Made by `make`, never directly.

    Arithmetic operators build simplified nodes by the builders in `OVERLOADS`. Arguments have a
    smaller `age`; `scalar` says that neither it nor anything below is an array; what `marks` stand
    next below, or whether it is one, is told by `calculus.marked` and kept.
    """

    __slots__ = ("__weakref__", "age", "args", "label", "marks", "op", "params", "scalar", "shape")

    op: Op
    args: tuple[Node, ...]
    params: tuple[Any, ...]
    shape: Shape
    label: Label | None
    age: int
    scalar: bool
    marks: tuple[Node, ...] | bool | None

    @property
    def name(self) -> str | None:
        """The user's name for it, if it has one."""
        return self.label.name if self.label else None

    def __repr__(self) -> str:
        return f"<{self.name or self.op.name} {self.shape}>"

    def __add__(self, other: Operand) -> Node:
        return OVERLOADS["add"](self, other)

    def __radd__(self, other: Operand) -> Node:
        return OVERLOADS["add"](other, self)

    def __sub__(self, other: Operand) -> Node:
        return OVERLOADS["sub"](self, other)

    def __rsub__(self, other: Operand) -> Node:
        return OVERLOADS["sub"](other, self)

    def __mul__(self, other: Operand) -> Node:
        return OVERLOADS["mul"](self, other)

    def __rmul__(self, other: Operand) -> Node:
        return OVERLOADS["mul"](other, self)

    def __truediv__(self, other: Operand) -> Node:
        return OVERLOADS["div"](self, other)

    def __rtruediv__(self, other: Operand) -> Node:
        return OVERLOADS["div"](other, self)

    def __pow__(self, other: Operand) -> Node:
        return OVERLOADS["pow"](self, other)

    def __neg__(self) -> Node:
        return OVERLOADS["neg"](self)

    def __lt__(self, other: Operand) -> Node:
        return OVERLOADS["lt"](self, other)

    def __le__(self, other: Operand) -> Node:
        return OVERLOADS["le"](self, other)

    def __gt__(self, other: Operand) -> Node:
        return OVERLOADS["gt"](self, other)

    def __ge__(self, other: Operand) -> Node:
        return OVERLOADS["ge"](self, other)


class Interned(ref[Node]):
    """What finds a vertex, and holds it not: its key in the table of its op."""

    __slots__ = ("key", "table")

    key: tuple[Any, ...]
    table: dict[tuple[Any, ...], Interned]


def _forget(found: Interned) -> None:
    """Take out a vertex that nobody holds any more, unless its like has been made since."""
    if found.table.get(found.key) is found:
        del found.table[found.key]


Operand = Node | int
Pattern: TypeAlias = str | Callable[[Node], str]

_AGES = count()

OVERLOADS: dict[str, Callable[..., Node]] = {}
"""What Python's signs between nodes build. `calculus.core` puts it there, `ops.powers` the power;
only the methods of `Node` call it, so that what a formula in the tables means stands above them."""


def make(op: Op, *args: Node, params: tuple[Any, ...] = (), label: Label | None = None) -> Node:
    """The one node of this op, arguments, parameters and label."""
    work.current.spend(work.VERTEX, "vertices of graphs")
    # Most are made of their arguments alone, and these are there anyway: graphs are large.
    key = (args, params, label) if params or label else args
    table = op.interned
    found = table.get(key)
    node = None if found is None else found()
    if node is None:
        shape = op.shape(args, params)
        node = object.__new__(Node)
        node.op, node.args, node.params = op, args, params
        node.shape, node.label = shape, label
        node.age, node.marks = next(_AGES), None
        node.scalar = not shape and all(arg.scalar for arg in args)
        found = Interned(node, _forget)
        found.key, found.table = key, table
        table[key] = found
    return node


def labelled(node: Node, name: str) -> Node:
    """The same application as a vertex of its own, under a user's name."""
    return make(node.op, *node.args, params=node.params, label=Label(name))
