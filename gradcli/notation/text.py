"""Formulas in gradcli's own language, and how many tokens they have.

Must not know values, nor how any op but by its kind is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, is_row, show
from gradcli.notation.precedence import Level
from gradcli.notation.tree import FIRST_LETTERS, Kind, Notation, Part, idiom, pattern, reading
from gradcli.ops.algebra import ones, zeros
from gradcli.ops.shaping import NEW, place

TOKEN = re.compile(r"\^[\d.]+|\.T\b|\d[\d.]*|\w+|[<>=!]=|\.[*/^]|\S")
"""An exponent is one with its sign, as above the line; letters of an einsum are told apart."""
PLACE = re.compile(r"(#\(\d+\)|#\d+|#\*)")
DECIMALS = 100
ROWS = {(2, 1): (("ij", "j"), "i"), (1, 2): (("i", "ij"), "j")}
"""A row by a vector is an inner product in the language, a vector by a row an outer one."""
FACTORS = {Level.ENTRYWISE, Level.PRODUCT}
Names = Callable[[Node], str | None]


class Written(NamedTuple):
    """What stands for a vertex: texts, and vertices whose own text stands between them.

    `signed` says that it begins with a sign.
    """

    pieces: tuple[str | Node, ...]
    level: Level = Level.ATOM
    signed: bool = False


def formula(node: Node, names: Mapping[Node, str]) -> str:
    """The formula of a vertex; vertices in `names` stand as their names, save itself.

    It parses back to the same graph, but for how sums and products of three are grouped.
    """
    return TextWriter(names.get).text(node)


def flat(node: Node, names: Mapping[Node, str]) -> str:
    """The same as on paper: without brackets that products can do without, with norms and means.

    It parses back to the same function, though perhaps another graph.
    """
    return TextWriter(names.get, paper=True).text(node)


class TextWriter:
    """Writes vertices, and keeps what it has written; `names` gives a name, or nothing."""

    def __init__(self, names: Names, paper: bool = False) -> None:
        self.names = names
        self.paper = paper
        self.known: dict[Node, Written] = {}
        self.counts: dict[Node, int] = {}

    def text(self, root: Node) -> str:
        """The formula of a vertex, which is written out even if it has a name."""
        for node in topological(root.args, self._below):
            self._one(node)
        found: list[str] = []
        stack: list[str | Node] = [*reversed(self._anew(root).pieces)]
        while stack:
            piece = stack.pop()
            if isinstance(piece, str):
                found.append(piece)
            else:
                stack += reversed(self.known[piece].pieces)
        return "".join(found)

    def cost(self, root: Node) -> int:
        """How many tokens the formula has; a name is one."""
        counts = self.counts
        for node in topological([root], lambda n: () if n in counts else self._below(n)):
            if node not in counts:
                counts[node] = sum(
                    _tokens(piece) if isinstance(piece, str) else counts[piece]
                    for piece in self._one(node).pieces
                )
        return counts[root]

    def _below(self, node: Node) -> Sequence[Node]:
        return () if self.names(node) else node.args

    def _one(self, node: Node) -> Written:
        if node not in self.known:
            name = self.names(node)
            self.known[node] = Written((name,)) if name else self._anew(node)
        return self.known[node]

    def _anew(self, node: Node) -> Written:
        """A vertex from what is below it, whether it has a name or not."""
        if self.paper:
            found = idiom(node, self.names)
            if found is not None and (written := self._spoken(found)):
                return written
        return self._part(reading(node, self.names))

    def _part(self, part: Part) -> Written:
        if isinstance(part, Node):
            known = self.known[part]
            return Written((part,), known.level, known.signed)
        return WRITERS[part.kind](self, part)

    def _spoken(self, found: Notation) -> Written | None:
        """A function of several vertices, if the language has it."""
        whole = found.parts[0]
        if found.kind is Kind.MEAN:
            return _call("mean(#1)", [self._part(whole)])
        if found.kind is not Kind.NORM:
            return None
        shape, squared = found.detail
        call = {1: "norm(#1)", 2: 'norm(#1, "fro")'}.get(len(shape))
        return None if squared or call is None else _call(call, [self._part(whole)])

    def _parts(self, notation: Notation) -> list[Written]:
        return [self._part(part) for part in notation.parts]

    # -- signs

    def _sum(self, notation: Notation) -> Written:
        left, right = self._parts(notation)
        after = Level.SUM if notation.detail == "+" else Level.MIXED
        return _infix(left, Level.SUM, f" {notation.detail} ", right, after, Level.SUM)

    def _negative(self, notation: Notation) -> Written:
        inner = self._part(notation.parts[0])
        enough = Level.MIXED if self.paper else Level.UNARY
        return Written(("-", *_behind(inner, enough)), Level.UNARY, signed=True)

    def _opposite(self, notation: Notation) -> Written:
        inner = self._part(notation.parts[0])
        return Written(("not ", *_held(inner, Level.NOT)), Level.NOT)

    def _relation(self, notation: Notation) -> Written:
        left, right = self._parts(notation)
        sign = notation.detail.infix
        level = {"and": Level.AND, "or": Level.OR}.get(sign, Level.COMPARISON)
        before = level if sign.isalpha() else Level.SUM
        return _infix(left, before, f" {sign} ", right, level + 1, level)

    def _product(self, notation: Notation) -> Written:
        left, right = self._parts(notation)
        one, two = notation.detail
        after = Level.PRODUCT
        if self.paper and (not one or right.level in FACTORS):
            # A number may stand in front of any product, an array of those entry by entry.
            after = Level.MIXED
        sign = "*" if _alike(one, two) else " .* "
        return _infix(left, Level.MIXED, sign, right, after, Level.PRODUCT)

    def _quotient(self, notation: Notation) -> Written:
        sign = "/" if _alike(*notation.detail) else " ./ "
        left, right = self._parts(notation)
        return _infix(left, Level.MIXED, sign, right, Level.UNARY, Level.ENTRYWISE)

    def _matmul(self, notation: Notation) -> Written:
        left, right = self._parts(notation)
        ranks = tuple(map(len, notation.detail))
        if ranks in ROWS and any(map(is_row, notation.detail)):
            ins, out = ROWS[ranks]
            return _lettered(ins, out, [left, right])
        if not self.paper:
            return _infix(left, Level.MIXED, " @ ", right, Level.UNARY, Level.MATMUL)
        left = _call("#(1).T", [left]) if ranks == (1, 1) else left
        chain = right.level == Level.MATMUL and ranks != (1, 2)
        after = Level.MATMUL if chain else Level.UNARY
        return _infix(left, Level.MIXED, " @ ", right, after, Level.MATMUL)

    def _outer(self, notation: Notation) -> Written:
        left, right = self._parts(notation)
        if not self.paper:
            return _call("outer(#1, #2)", [left, right])
        row = _call("#(1).T", [right])
        return _infix(left, Level.MIXED, " @ ", row, Level.UNARY, Level.MATMUL)

    def _power(self, notation: Notation) -> Written:
        base, exponent = self._parts(notation)
        sign = " .^ " if len(notation.detail) > 1 else "^"
        pieces = [*_held(base, Level.ATOM)]
        match _held(exponent, Level.UNARY):
            case (str() as fixed,):
                pieces.append(f"{sign}{fixed}")
            case shown:
                pieces += [sign, *shown]
        return Written(tuple(pieces), Level.POWER)

    # -- calls

    def _call(self, notation: Notation) -> Written:
        return _call(pattern(notation.detail.op.notation, notation.detail), self._parts(notation))

    def _word(self, notation: Notation) -> Written:
        return _call(CALLS[notation.kind], self._parts(notation))

    def _transpose(self, notation: Notation) -> Written:
        if is_row(notation.detail):
            return _lettered(("ij",), "ji", self._parts(notation))
        return _call("#(1).T", self._parts(notation))

    def _index(self, notation: Notation) -> Written:
        key, shape = notation.detail
        if NEW in key:
            return _call(f"reshape(#1, {show((1, *shape))})", self._parts(notation))
        return _call(f"#(1){place(key, shape)}", self._parts(notation))

    def _total(self, notation: Notation) -> Written:
        axes, shape = notation.detail
        if len(axes) == len(shape):
            return _call("sum(#1)", self._parts(notation))
        if len(axes) == 1:
            return _call(f"sum(#1, axis={axes[0]})", self._parts(notation))
        letters = FIRST_LETTERS[: len(shape)]
        out = "".join(x for k, x in enumerate(letters) if k not in axes)
        return _lettered((letters,), out, self._parts(notation))

    def _lettered(self, notation: Notation) -> Written:
        ins, out = notation.detail
        return _lettered(ins, out, self._parts(notation))

    # -- what has no parts

    def _filled(self, notation: Notation) -> Written:
        shape, value = notation.detail
        dims = ", ".join(map(str, shape))
        if value is not None:
            return Written((f"{(ones if value else zeros).name}({dims})",))
        all_ones = Written((f"{ones.name}({dims})",))
        return _infix(self._part(notation.parts[0]), Level.MIXED, "*", all_ones, 0, Level.PRODUCT)

    def _eye(self, notation: Notation) -> Written:
        return Written((f"eye({notation.detail})",))

    def _leaf(self, notation: Notation) -> Written:
        return Written((str(notation.detail),))

    def _size(self, notation: Notation) -> Written:
        text = str(notation.detail)
        return Written((text,), Level.ATOM if text.isidentifier() else Level.SUM)

    def _number(self, notation: Notation) -> Written:
        value: Fraction = Fraction(notation.detail)
        level = Level.UNARY if value < 0 else Level.ATOM
        text = decimal(value)
        return Written((text,), Level.ENTRYWISE if "/" in text else level, value < 0)


CALLS = {
    Kind.TRACE: "trace(#1)",
    Kind.DIAGONAL: "diag(#1)",
    Kind.CASES: "where(#1, #2, #3)",
    Kind.ARRAY: "[#*]",
}
WRITERS: dict[Kind, Callable[[TextWriter, Notation], Written]] = {
    **dict.fromkeys(CALLS, TextWriter._word),
    Kind.NAME: TextWriter._leaf,
    Kind.CONSTANT: TextWriter._leaf,
    Kind.NUMBER: TextWriter._number,
    Kind.SIZE: TextWriter._size,
    Kind.SUM: TextWriter._sum,
    Kind.NEGATIVE: TextWriter._negative,
    Kind.NOT: TextWriter._opposite,
    Kind.RELATION: TextWriter._relation,
    Kind.PRODUCT: TextWriter._product,
    Kind.QUOTIENT: TextWriter._quotient,
    Kind.MATMUL: TextWriter._matmul,
    Kind.OUTER: TextWriter._outer,
    Kind.TRANSPOSE: TextWriter._transpose,
    Kind.POWER: TextWriter._power,
    Kind.INDEX: TextWriter._index,
    Kind.CALL: TextWriter._call,
    Kind.FILLED: TextWriter._filled,
    Kind.EYE: TextWriter._eye,
    Kind.TOTAL: TextWriter._total,
    Kind.LETTERED: TextWriter._lettered,
}


def decimal(value: Fraction) -> str:
    """An exact number: a decimal if it has one, else a fraction."""
    if value.denominator == 1:
        return _digits(value.numerator)
    for places in range(1, DECIMALS):
        if 10**places % value.denominator == 0:
            digits = _digits(abs(value.numerator) * (10**places // value.denominator))
            whole, rest = digits[:-places] or "0", digits[-places:].rjust(places, "0")
            return f"{'-' if value < 0 else ''}{whole}.{rest}"
    return f"{_digits(value.numerator)}/{_digits(value.denominator)}"


def _digits(n: int) -> str:
    """All of them: Python's own way stops at 4,300."""
    return format(Decimal(n), "f")


def _alike(one: Shape, two: Shape) -> bool:
    """Whether `*` and `/` say how two shapes are put together."""
    return not one or not two or one == two


def _bracketed(written: Written) -> tuple[str | Node, ...]:
    return ("(", *written.pieces, ")")


def _held(written: Written, level: int) -> tuple[str | Node, ...]:
    return written.pieces if written.level >= level else _bracketed(written)


def _behind(written: Written, level: int) -> tuple[str | Node, ...]:
    """What stands behind a sign: in brackets also where it begins with one."""
    return _bracketed(written) if written.signed else _held(written, level)


def _infix(
    left: Written, before: int, sign: str, right: Written, after: int, level: Level
) -> Written:
    """Two sides of a sign, each in brackets unless it binds as tightly as that.

    A product of one kind with one of another in it holds together like the looser of them.
    """
    if Level.MIXED <= level < Level.UNARY:
        sides = [left] if right.signed or right.level < after else [left, right]
        kinds = {level, *(side.level for side in sides if before <= side.level < Level.UNARY)}
        if kinds != {Level.MATMUL}:
            level = min(kinds) if kinds <= FACTORS else Level.MIXED
    pieces = (*_held(left, before), sign, *_behind(right, after))
    return Written(pieces, level, left.signed and left.level >= before)


def _lettered(ins: Sequence[str], out: str, parts: Sequence[Written]) -> Written:
    return _call(f'einsum("{",".join(ins)}->{out}", #*)', parts)


def _call(pattern: str, parts: Sequence[Written]) -> Written:
    """A pattern filled: `#1` bare, `#(1)` in brackets if it needs them, `#*` all."""
    pieces: list[str | Node] = []
    for piece in _split(pattern):
        if not piece.startswith("#"):
            pieces.append(piece)
        elif piece == "#*":
            for k, part in enumerate(parts):
                pieces += (", ", *part.pieces) if k else part.pieces
        else:
            part = parts[int(piece.strip("#()")) - 1]
            pieces += _held(part, Level.ATOM) if "(" in piece else part.pieces
    return Written(tuple(pieces))


@cache
def _split(pattern: str) -> list[str]:
    return [piece for piece in PLACE.split(pattern) if piece]


@cache
def _tokens(text: str) -> int:
    return len(TOKEN.findall(text))
