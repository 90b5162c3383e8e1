"""Vertices as expressions and loops of C99, by the table of the target.

Must not know which vertices get a line, nor the order of lines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import NamedTuple, cast

from gradcli.calculus.core import CONSTANT, EINSUM, NUMBER, SIZE
from gradcli.calculus.families import Pointwise
from gradcli.emit import blas, loops
from gradcli.emit.composed import composed, lacking, quotient, repeated
from gradcli.emit.loops import axis, entry, flat, moved, over, product_of, summed
from gradcli.emit.pieces import CodeText, folded, infix, number, signed
from gradcli.emit.target import Target
from gradcli.graph.node import Node
from gradcli.graph.shape import Letters, Shape, size
from gradcli.notation.precedence import Level
from gradcli.notation.tree import Kind, reading
from gradcli.ops.powers import POWER_BY
from gradcli.ops.selection import ARANGE, ONEHOT
from gradcli.ops.shaping import INDEX, NEW, RESHAPE


class Block(NamedTuple):
    """A vertex that is no expression: loops over these arguments; the text is for its length."""

    text: str
    level: Level
    args: list[CodeText]

    @property
    def width(self) -> int:
        """That of its arguments."""
        return CodeText(self.text).width


class C:
    """The writer of one function. `given` are the names that the caller has memory for, `arrays`
    the shapes of the function's own; with `blas` products are not loops."""

    comment = "//"

    def __init__(self, target: Target, open_: Collection[Node], *, blas: bool = False) -> None:
        self.target, self.blas = target, blas
        self.open = {*open_}
        self.given: set[str] = set()
        self.arrays: dict[str, Shape] = {}

    def block(self, node: Node) -> bool:
        """Whether a vertex is made by loops of its own."""
        if node.op is EINSUM:
            return bool(summed(node)) or len(set(node.params[1])) < len(node.params[1])
        return loops.needed(self.target, node)

    def whole(self, node: Node) -> Sequence[int]:
        """Which arguments have to be lines: what would be computed again in every turn."""
        if self.blas and blas.is_product(node):
            few = [0, 1]
        elif node.op is EINSUM:
            ins = node.params[0]
            most = len(set("".join(ins) + node.params[1]))
            few = [k for k, letters in enumerate(ins) if len(set(letters)) < most]
        elif isinstance(node.op, Pointwise):
            few = [k for k, arg in enumerate(node.args) if arg.shape != node.shape]
            few += repeated(node) if lacking(self.target, node) else ()
        else:
            few = [*loops.arrays(self.target, node)]
        return [k for k in few if node.args[k] in self.open or node.args[k].shape]

    def named(self, node: Node, name: str) -> CodeText:
        """A vertex that has a line, where it is used."""
        if not node.shape:
            return CodeText(f"{name}[0]" if name in self.given else name)
        return CodeText(entry(name, node))

    def line(self, name: str, node: Node, piece: CodeText | Block) -> list[str]:
        """The assignment of a vertex, in loops over its axes."""
        declared = "" if name in self.given else "double "
        if not node.shape:
            target = f"{name}[0]" if name in self.given else name
            if isinstance(piece, Block):
                body = self._made(target, node, piece)
                if body[0].startswith(f"{target} = "):
                    return [declared + body[0], *body[1:]]
                return [*([f"double {target};"] if declared else []), *body]
            return [f"{declared}{target} = {piece.text};"]
        start = []
        if name not in self.given:
            self.arrays[name] = node.shape
            start.append(f"double {name}[{size(node.shape)}];")
        comment = f"  // {' by '.join(map(str, node.shape))}"
        if isinstance(piece, Block):
            body = self._made(name, node, piece)
        else:
            body = over(node.shape, [f"{self.named(node, name).text} = {piece.text};"])
        whole = [*start, *body]
        return [whole[0] + comment, *whole[1:]]

    def _made(self, name: str, node: Node, block: Block) -> list[str]:
        """The statements that make a vertex."""
        if self.blas and blas.is_product(node):
            arrays = [arg.text.partition("[")[0] for arg in block.args]
            return [blas.call(name, node, arrays)]
        return loops.block(self.target, name, node, block.args)

    def piece(self, node: Node, args: list[CodeText]) -> CodeText | Block:
        """The expression of a vertex at an entry; its axes stand as marks in the text."""
        op, params = node.op, node.params
        if self.block(node):
            return Block(" ".join(arg.text for arg in args), Level.ATOM, args)
        if op is NUMBER:
            return real(params[0])
        if op is CONSTANT:
            return CodeText(self.target.words[params[0]])
        if op is SIZE:
            return CodeText(f"(double)({params[0]})", Level.UNARY)
        if op is EINSUM:
            return product_of(node, args, {x: axis(k) for k, x in enumerate(params[1])})
        if op is INDEX:
            return CodeText(moved(args[0].text, _key(node)), args[0].level)
        if op is ONEHOT:
            last = axis(len(node.shape) - 1)
            return CodeText(f"({args[0].text} == {last} ? 1.0 : 0.0)")
        if op is ARANGE:
            return CodeText(f"(double){axis(0)}", Level.UNARY)
        if op is RESHAPE:
            name = args[0].text.partition("[")[0]
            whole = flat([axis(k) for k in range(len(node.shape))], node.shape)
            return CodeText(f"{name}[{whole}]") if node.args[0].shape else args[0]
        if lacking(self.target, node):
            return cast("CodeText", composed(self, node, args))
        return self._pointwise(node, [_spread(node, k, arg) for k, arg in enumerate(args)])

    def _pointwise(self, node: Node, args: list[CodeText]) -> CodeText:
        op, params = node.op, node.params
        notation = reading(node, lambda _: True)
        if isinstance(notation, Node):
            return args[0]
        if notation.kind is Kind.QUOTIENT and (ratio := quotient(node)):
            return real(ratio)
        if (found := signed(notation, args)) is not None:
            return found
        if op is POWER_BY:
            if params[0] == 2 and args[0].width <= len("grad_x[i]"):
                return infix(args[0], "*", args[0], Level.MIXED)
            lettered = isinstance(params[0], Letters)
            return CodeText(
                f"pow({args[0].text}, {params[0] if lettered else real(params[0]).text})"
            )
        pattern = loops.pattern(self.target, node)
        more = {"p": str(params[0])} if params else {}
        return folded(pattern, args, isinstance(op, Pointwise) and bool(op.variadic), **more)


def _spread(node: Node, index: int, piece: CodeText) -> CodeText:
    """An argument that is broadcast, at the entry of the result."""
    shape, whole = node.args[index].shape, node.shape
    gap = len(whole) - len(shape)
    places = [
        "0" if dim == 1 and whole[k + gap] != 1 else axis(k + gap) for k, dim in enumerate(shape)
    ]
    return CodeText(moved(piece.text, places), piece.level)


def _key(node: Node) -> list[str]:
    """Where an entry of what was indexed lies in the whole."""
    places: list[str] = []
    own = 0
    for item in node.params[0]:
        if item == NEW:
            own += 1
        elif isinstance(item, tuple):
            places.append(loops.along(axis(own), item))
            own += 1
        else:
            places.append(str(item))
    rest = len(node.args[0].shape) - len(places)
    return [*places, *(axis(own + k) for k in range(rest))]


def real(value: Fraction | int) -> CodeText:
    """A number as a double of C, which takes 1/2 for 0."""
    found = number(Fraction(value))
    parts = [p if set(p) & set(".en") else f"{p}.0" for p in found.text.split(" / ")]
    return CodeText(" / ".join(parts).replace("math.inf", "INFINITY"), found.level)
