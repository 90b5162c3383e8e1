"""Vertices as expressions of Python's array libraries, by the table of a target.

Must not know which vertices get a line, nor how one target differs from another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import cast

from gradcli.calculus.families import Pointwise
from gradcli.emit import products
from gradcli.emit.composed import composed, lacking, quotient, repeated, unwritable
from gradcli.emit.pieces import CodeText, fill, folded, infix, number, signed
from gradcli.emit.plan import closed
from gradcli.emit.target import Target
from gradcli.graph.node import Node
from gradcli.graph.shape import show
from gradcli.notation.precedence import Level, held
from gradcli.notation.tree import Kind, Notation, Part, reading
from gradcli.ops.shaping import CONCAT, NEW, RESHAPE, SCATTER, spelled

WORDS = {Kind.TRACE: "trace", Kind.DIAGONAL: "diag", Kind.OUTER: "outer"}
FILLED = {0: "zeros", 1: "ones"}
PLAIN = (Kind.SUM, Kind.NEGATIVE, Kind.PRODUCT, Kind.QUOTIENT, Kind.POWER, Kind.RELATION)
"""What takes plain numbers as they are."""


class Python:
    """The writer of one function; `open_` are the vertices that depend on an input."""

    comment = "#"

    def __init__(self, target: Target, open_: Collection[Node]) -> None:
        self.target = target
        self.open = {*open_}
        self.rows_first = "rows_first" in target.words

    def block(self, node: Node) -> bool:
        """Whether a vertex has to have a line of its own: none has."""
        return False

    def whole(self, node: Node) -> Sequence[int]:
        """Which arguments have to be lines: what would stand there twice."""
        return repeated(node) if lacking(self.target, node) else ()

    def named(self, node: Node, name: str) -> CodeText:
        """A vertex that has a line, where it is used."""
        return CodeText(name)

    def line(self, name: str, node: Node, piece: CodeText) -> list[str]:
        """The assignment of a vertex, with the shape of an array."""
        if closed(node, self.open):
            piece = self.word("lift", [piece])
        shape = f"  # {show(node.shape)}" if node.shape else ""
        return [f"{name} = {piece.text}{shape}"]

    def word(self, key: str, args: Sequence[CodeText], **more: str) -> CodeText:
        """What the table has for something that is no op."""
        return fill(self._pattern(self.target.words[key]), args, **more)

    def _pattern(self, pattern: str) -> str:
        return pattern.replace("$", self.target.words["module"])

    def piece(self, node: Node, args: list[CodeText]) -> CodeText:
        """The expression of a vertex from those of its arguments."""
        if lacking(self.target, node):
            return cast("CodeText", composed(self, node, args))
        part = reading(node, _written_before)
        known = dict(zip(node.args, args, strict=True))
        if isinstance(part, Node):
            return known[part]
        if part.kind is Kind.QUOTIENT and (ratio := quotient(node)):
            return number(ratio)
        if part.kind is Kind.CALL and closed(node, self.open) and hasattr(math, node.op.name):
            return CodeText(f"math.{node.op.name}({', '.join(arg.text for arg in args)})")
        if part.kind not in PLAIN or node.op.infix.isalpha():
            # Plain numbers as what the functions of the target take.
            for arg in {*node.args}:
                if closed(arg, self.open):
                    known[arg] = self.word("lift", [known[arg]])
        return self._part(part, node, known)

    def _part(self, part: Part, node: Node, known: Mapping[Node, CodeText]) -> CodeText:
        if isinstance(part, Node):
            return known[part]
        parts = [self._part(each, node, known) for each in part.parts]
        if self.rows_first and _by_vector(part) and (matrix := parts[0].turned):
            return infix(parts[1], "@", matrix, Level.MIXED)
        return signed(part, parts) or WRITERS[part.kind](self, part, node, parts)

    def _leaf(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        if notation.kind is Kind.CONSTANT:
            return CodeText(f"math.{notation.detail}")
        if notation.kind is Kind.NUMBER:
            return number(Fraction(notation.detail))
        text = str(notation.detail)
        return CodeText(text, Level.ATOM if text.isidentifier() else Level.SUM)

    def _power(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        base, exponent = parts
        text = f"{held(base, Level.ATOM)}**{held(exponent, Level.UNARY)}"
        return CodeText(text, Level.POWER)

    def _transpose(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        text = held(parts[0], Level.ATOM)
        if len(notation.detail) == 1:
            return CodeText(f"{text}[None]")
        return cast("CodeText", parts[0].turned) or CodeText(f"{text}.T", turned=parts[0])

    def _index(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        return CodeText(f"{held(parts[0], Level.ATOM)}[{_key(notation.detail[0])}]")

    def _word(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        return self.word(WORDS[notation.kind], parts)

    def _filled(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        shape, value = notation.detail
        return self.word(FILLED.get(value, "full"), parts, s=show(shape))

    def _eye(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        return self.word("eye", [], s=str(notation.detail))

    def _total(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        return products.total(self.word, node, notation, parts[0])

    def _lettered(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        return products.lettered(self.word, node, notation, parts)

    def _call(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        op, params = node.op, node.params
        if op is SCATTER:
            return self.word("scatter", parts, s=show(node.shape), p=_places(params[1]))
        if op is RESHAPE:
            return self.word("reshape", parts, s=show(node.shape))
        if op is CONCAT:
            return self.word("concat", parts, p=str(params[0]))
        pattern = self.target.pattern(op.name, params)
        if pattern is None:
            raise unwritable(self.target, node)
        many = isinstance(op, Pointwise) and bool(op.variadic)
        parameter = {"p": str(params[0])} if params else {}
        return folded(self._pattern(pattern), parts, many, **parameter)

    def _stacked(self, notation: Notation, node: Node, parts: list[CodeText]) -> CodeText:
        """Numbers written out as one array, others put together."""
        if node in self.open:
            return self.word("stack", parts)
        texts = [
            _inside(self.word("array" if arg.shape else "lift", [CodeText("#")]), piece)
            for arg, piece in zip(node.args, parts, strict=True)
        ]
        if any(text is None for text in texts):
            return self.word("stack", parts)
        return self.word("array", [CodeText(f"[{', '.join(filter(None, texts))}]")])


WRITERS: dict[Kind, Callable[[Python, Notation, Node, list[CodeText]], CodeText]] = {
    **dict.fromkeys((Kind.CONSTANT, Kind.NUMBER, Kind.SIZE), Python._leaf),
    **dict.fromkeys((Kind.CALL, Kind.CASES, Kind.NOT, Kind.RELATION), Python._call),
    **dict.fromkeys(WORDS, Python._word),
    Kind.POWER: Python._power,
    Kind.TRANSPOSE: Python._transpose,
    Kind.INDEX: Python._index,
    Kind.ARRAY: Python._stacked,
    Kind.FILLED: Python._filled,
    Kind.EYE: Python._eye,
    Kind.TOTAL: Python._total,
    Kind.LETTERED: Python._lettered,
}


def _written_before(node: Node) -> bool:
    """What is not looked into, for its line or its text is there: all but numbers."""
    return bool(node.args)


def _by_vector(part: Notation) -> bool:
    """Whether this is a matrix times a vector."""
    return part.kind is Kind.MATMUL and [*map(len, part.detail)] == [2, 1]


def _inside(around: CodeText, piece: CodeText) -> str | None:
    """What stands inside of a pattern, None where the text is not made by it."""
    before, after = around.text.split("#")
    if not (piece.text.startswith(before) and piece.text.endswith(after)):
        return None
    return piece.text.removeprefix(before).removesuffix(after)


def _places(key: Sequence[object]) -> str:
    """A key as a value, where `1:3` is no expression."""
    items = (f"slice({', '.join(map(str, k))})" if isinstance(k, tuple) else _key([k]) for k in key)
    return f"({', '.join(items)},)"


def _key(key: Sequence[object]) -> str:
    return ", ".join("None" if k == NEW else spelled(k) for k in key)
