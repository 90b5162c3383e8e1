"""Vertices as expressions of Python's array libraries, by the table of a target.

Must not know which vertices get a line, nor how one target differs from another.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import cast

from gradcli.calculus.core import (
    ADD,
    CONSTANT,
    COPY,
    DIV,
    EINSUM,
    MUL,
    NEG,
    NUMBER,
    SIZE,
    SUB,
    rational,
)
from gradcli.calculus.families import Pointwise
from gradcli.codegen import products
from gradcli.codegen.composed import composed, lacking, repeated, unwritable
from gradcli.codegen.pieces import (
    ATOM,
    COMPARE,
    POWER,
    PRODUCT,
    SUM,
    UNARY,
    CodeText,
    fill,
    held,
    infix,
)  # fmt: skip
from gradcli.codegen.plan import closed
from gradcli.codegen.products import shaped
from gradcli.codegen.target import Target
from gradcli.graph.node import Node
from gradcli.graph.shape import Letters
from gradcli.ops.powers import POWER as VARYING
from gradcli.ops.powers import POWER_BY
from gradcli.ops.shaping import CONCAT, INDEX, NEW, RESHAPE, SCATTER, STACK

LEVELS = {ADD: SUM, SUB: SUM, MUL: PRODUCT, DIV: PRODUCT}
EXACT = 2**53


class Python:
    """The writer of one function; `open_` are the vertices that depend on an input."""

    comment = "#"

    def __init__(self, target: Target, open_: Collection[Node]) -> None:
        self.target = target
        self.open = {*open_}

    def block(self, node: Node) -> bool:
        """Whether a vertex has to have a line of its own: none has."""
        return False

    def whole(self, node: Node) -> Sequence[int]:
        """Which arguments have to be lines: what would stand there twice."""
        return repeated(node) if lacking(self.target, node) else ()

    def named(self, node: Node, name: str) -> CodeText:
        return CodeText(name)

    def line(self, name: str, node: Node, piece: CodeText) -> list[str]:
        """The assignment of a vertex, with the shape of an array."""
        if closed(node, self.open):
            piece = self.word("lift", [piece])
        shape = f"  # {shaped(node.shape)}" if node.shape else ""
        return [f"{name} = {piece.text}{shape}"]

    def word(self, key: str, args: Sequence[CodeText], **more: str) -> CodeText:
        """What the table has for something that is no op."""
        return fill(self._pattern(self.target.words[key]), args, **more)

    def _pattern(self, pattern: str) -> str:
        return pattern.replace("$", self.target.words["module"])

    def piece(self, node: Node, args: list[CodeText]) -> CodeText:
        """The expression of a vertex from those of its arguments."""
        op, params = node.op, node.params
        if op is NUMBER:
            return number(params[0])
        if op is CONSTANT:
            return CodeText(f"math.{params[0]}")
        if op is SIZE:
            return dim(params[0])
        if op is COPY:
            return args[0]
        if op is NEG:
            return CodeText(f"-{held(args[0], UNARY)}", UNARY)
        if op is DIV and (ratio := quotient(node)):
            return number(ratio)
        if op in LEVELS:
            return infix(args[0], op.infix, args[1], LEVELS[op])
        if op.boolean and not op.infix.isalpha():
            return CodeText(f"{held(args[0], SUM)} {op.infix} {held(args[1], SUM)}", COMPARE)
        if op in (POWER_BY, VARYING):
            exponent = args[1] if op is VARYING else exponent_of(params[0])
            return CodeText(f"{held(args[0], ATOM)}**{held(exponent, UNARY)}", POWER)
        if lacking(self.target, node):
            return cast("CodeText", composed(self, node, args))
        if closed(node, self.open) and hasattr(math, op.name):
            return CodeText(f"math.{op.name}({', '.join(arg.text for arg in args)})")
        return self._applied(node, self._lifted(node, args))

    def _lifted(self, node: Node, args: list[CodeText]) -> list[CodeText]:
        """Plain numbers as what the functions of the target take."""
        return [
            self.word("lift", [piece]) if closed(arg, self.open) else piece
            for arg, piece in zip(node.args, args, strict=True)
        ]

    def _applied(self, node: Node, args: list[CodeText]) -> CodeText:
        op, params = node.op, node.params
        if op is EINSUM:
            return products.einsum(self.word, node, args)
        if op is INDEX:
            return CodeText(f"{held(args[0], ATOM)}[{_key(params[0])}]")
        if op is SCATTER:
            return self.word("scatter", args, s=shaped(node.shape), p=_places(params[1]))
        if op is RESHAPE:
            return self.word("reshape", args, s=shaped(node.shape))
        if op is CONCAT:
            return self.word("concat", args, p=str(params[0]))
        if op is STACK:
            return self._stacked(node, args)
        pattern = self.target.pattern(op.name, params)
        if pattern is None:
            raise unwritable(self.target, node)
        pattern = self._pattern(pattern)
        parameter = {"p": str(params[0])} if params else {}
        return filled(pattern, args, node, **parameter)

    def _stacked(self, node: Node, args: list[CodeText]) -> CodeText:
        """Numbers written out as one array, others put together."""
        if node in self.open:
            return self.word("stack", args)
        texts = [
            _inside(self.word("array" if arg.shape else "lift", [CodeText("#")]), piece)
            for arg, piece in zip(node.args, args, strict=True)
        ]
        if any(text is None for text in texts):
            return self.word("stack", args)
        return self.word("array", [CodeText(f"[{', '.join(filter(None, texts))}]")])


def _inside(around: CodeText, piece: CodeText) -> str | None:
    """What stands inside of a pattern, None where the text is not made by it."""
    before, after = around.text.split("#")
    if not (piece.text.startswith(before) and piece.text.endswith(after)):
        return None
    return piece.text.removeprefix(before).removesuffix(after)


def filled(pattern: str, args: Sequence[CodeText], node: Node, **more: str) -> CodeText:
    """A pattern with its arguments; one of two arguments is applied again for every further one."""
    many = isinstance(node.op, Pointwise) and node.op.variadic
    piece = fill(pattern, args[:2] if many else args, **more)
    for arg in args[2:] if many else ():
        piece = fill(pattern, [piece, arg])
    return piece


def number(value: Fraction) -> CodeText:
    """The shortest literal that is this number, or the nearest double."""
    level = UNARY if value < 0 else ATOM
    if value.denominator == 1 and abs(value) <= EXACT:
        return CodeText(str(value), level)
    try:
        near = repr(float(value))
    except OverflowError:
        near = "-math.inf" if value < 0 else "math.inf"
        return CodeText(near, level)
    if Fraction(near) == value or max(abs(value.numerator), value.denominator) > EXACT:
        return CodeText(near, level)
    return CodeText(f"{value.numerator} / {value.denominator}", PRODUCT)


def quotient(node: Node) -> Fraction | None:
    """The ratio of two numbers that are written out."""
    top, bottom = map(rational, node.args)
    return top / bottom if top is not None and bottom else None


def dim(value: object) -> CodeText:
    text = str(value)
    return CodeText(text, ATOM if text.isidentifier() else SUM)


def exponent_of(value: Fraction | Letters | int) -> CodeText:
    return dim(value) if isinstance(value, Letters) else number(Fraction(value))


def _places(key: Sequence[object]) -> str:
    """A key as a value, where `1:3` is no expression."""
    items = ("slice({}, {})".format(*k) if isinstance(k, tuple) else _key([k]) for k in key)
    return f"({', '.join(items)},)"


def _key(key: Sequence[object]) -> str:
    return ", ".join(
        f"{k[0]}:{k[1]}" if isinstance(k, tuple) else "None" if k == NEW else str(k) for k in key
    )
