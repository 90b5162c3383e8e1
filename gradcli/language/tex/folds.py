r"""Sums and products with their ranges, cases, indicators and matrices.

Must not know names, nor which row a formula stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from typing import Any

from gradcli.calculus.core import number
from gradcli.errors import GradcliError, Span
from gradcli.graph.shape import Shape
from gradcli.language.parsing.tokens import Token
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom, NoFormula, Tokens, plain
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.calls import ZEROS
from gradcli.language.tex.formula import TexItem
from gradcli.language.tex.misfits import TexMisfit
from gradcli.language.tex.names import indices, script
from gradcli.language.tex.ranges import upwards
from gradcli.language.tex.subscripts import Subscripts, size_text
from gradcli.language.tex.walker import IndexLetter, Items, TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

COMPARED = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
ELSE = ("otherwise", "else", "sonst", "elsewhere", "other", "others")
FILLERS = frozenset({"if", "for", "when", "where", "falls", "and", "with", "case", "in"})


class Folds:
    """How everything that chooses or runs is read."""

    def __init__(self, builder: TexWalker, subscripts: Subscripts) -> None:
        self.builder, self.subscripts = builder, subscripts

    # -- sums and products

    def visit(self, items: Items, k: int) -> Expr:
        """`\\sum_{i=1}^n` of all that stands behind it in its run."""
        builder, item = self.builder, items[k][1]
        assert isinstance(item.base, Atom)
        place = builder.span(item.start, item.end)
        if k + 1 >= len(items):
            raise refusals.not_read(place, f"{refusals.shown(place)} of nothing")
        whole = builder.span(item.start, items[-1][1].end)
        if any(s.kind in ("PRIME", "AT") for s in item.scripts):
            raise refusals.not_read(place, f"{refusals.shown(place)} is not read")
        below, above = item.script("SUB"), item.script("SUPER")
        body_items = [("", items[k + 1][1]), *items[k + 2 :]]
        if below is None:
            return self._bare(item.base.text, body_items, place, whole)
        return self._ranged(item.base.text, body_items, place, whole, below, above)

    def _ranged(
        self, name: str, body: Items, place: Span, whole: Span, below: Tokens, above: Tokens | None
    ) -> Expr:
        builder = self.builder
        sides, signs = relation_sides(builder, below)
        texts = [_letter_text(side) for side in sides]
        low = high = None
        guard: tuple[str, str, str] | None = None
        if not signs:
            found = script(below)
            letters = [_letter(part) for part in indices(found)] if found else []
        elif signs == ["="]:
            letters = [_letter_text([a]) for a in sides[0] if a.kind != "COMMA"]
            if above is None:
                raise NoFormula(f"the range of {refusals.shown(place)} is not read")
            ends = upwards((*sides[1],), (*atoms(builder.source, above),))
            low, high = (builder.sum_of(end) for end in ends)
        elif len(signs) == 1 and signs[0] in ("!=", "<", ">") and all(texts):
            letters = [t for t in texts if builder.index_letter(t) is None]
            guard = texts[0], signs[0], texts[1]
        else:
            raise NoFormula(f"the range of {refusals.shown(place)} is not read")
        if not letters or not all(letters) or (above is not None and low is None):
            raise NoFormula(f"the range of {refusals.shown(place)} is not read")
        return self._fold(name, body, place, whole, letters, (low, high), guard)

    def _fold(
        self, name: str, body: Items, place: Span, whole: Span, letters: Sequence[str],
        ends: tuple[Expr | None, Expr | None], guard: tuple[str, str, str] | None,
    ) -> Expr:  # fmt: skip
        builder = self.builder
        low, high = ends
        before = {
            letter: (builder.bound.get(letter), builder.local.get(letter)) for letter in letters
        }
        for letter in letters:
            builder.bound[letter] = IndexLetter()
            first = low.value if isinstance(low, syntax.Number) else Fraction(1)
            builder.local[letter] = number(first)
        try:
            value = builder.items(body)
            found = {letter: builder.bound[letter] for letter in letters}
        finally:
            for letter, (bound, local) in before.items():
                _restore(builder.bound, letter, bound)
                _restore(builder.local, letter, local)
        ranges = []
        for letter in letters:
            found[letter].low, found[letter].high = low, high
            begin, end = extent(found[letter], place, letter)
            ranges.append(syntax.IndexRange(place, syntax.Name(place, letter), begin, end))
        condition = None
        if guard is not None:
            one, sign, other = guard
            condition = syntax.Binary(
                place, COMPARED[sign], syntax.Name(place, one), syntax.Name(place, other)
            )
        return syntax.Fold(whole, syntax.Name(place, name), (*ranges,), condition, value)

    def _bare(self, name: str, body: Items, place: Span, whole: Span) -> Expr:
        """`\\sum` without an index: over the only letter that is not bound."""
        letters = self.builder.unbound(body)
        if len(letters) != 1:
            message = f"{refusals.shown(place)}: over which index?"
            raise refusals.not_read(place, message, rf"write  \{name}_i")
        return self._fold(name, body, place, whole, letters, (None, None), None)

    # -- conditions

    def condition(self, tokens: Tokens) -> Expr:
        """A condition as it stands in cases or behind an indicator."""
        place = self.builder.span(tokens[0].start, tokens[-1].end)
        return self._compared(*relation_sides(self.builder, tokens), place)

    def _compared(self, sides: Sequence[Sequence[Atom]], signs: Sequence[str], place: Span) -> Expr:
        """`a < b < c` as comparisons that all hold."""
        if not signs or any(sign not in COMPARED for sign in signs):
            raise refusals.not_read(place, f"the condition {refusals.shown(place)} is not read")
        values = [self.builder.sum_of(side) for side in sides]
        each = [
            syntax.Binary(left.span.to(right.span), COMPARED[sign], left, right)
            for sign, left, right in zip(signs, values, values[1:], strict=False)
        ]
        return reduce(lambda a, b: syntax.Binary(a.span.to(b.span), "and", a, b), each)

    def indicator(self, base: Atom) -> Expr:
        """1 where a condition holds, else 0."""
        place = self.builder.span(base.start, base.end)
        return self._where(
            place, self._indexed(base.inside[0]), _number(place, 1), _number(place, 0)
        )

    def _indexed(self, tokens: Tokens) -> Expr:
        kept = [t for t in plain(tokens) if t.text not in ("[", "]", r"\{", r"\}", "(", ")")]
        whole = plain(tokens)
        return self.condition(kept if whole and whole[0].text in ("[", r"\{", "(") else whole)

    def kronecker(self, item: TexItem) -> Expr | None:
        """`\\delta_{ij}` of two indices."""
        below = script(item.script("SUB"))
        parts = indices(below) if below else []
        place = self.builder.span(item.start, item.end)
        if len(parts) != 2 or item.script("SUPER") is not None:
            return None
        left, right = (self.subscripts.index(part) for part in parts)
        same = syntax.Binary(place, "==", left, right)
        return self._where(place, same, _number(place, 1), _number(place, 0))

    def _where(self, place: Span, condition: Expr, yes: Expr, no: Expr) -> Expr:
        return syntax.Call(place, syntax.Name(place, "where"), (condition, yes, no), ())

    # -- environments

    def environment(self, base: Atom) -> Expr:
        """Cases, or a matrix."""
        place = self.builder.span(base.start, base.end)
        rows = [row for row in _rows(base.inside[0]) if any(row)]
        if base.text == "cases":
            return self._cases(place, rows)
        if base.text in ("vmatrix", "Vmatrix"):
            if base.text == "Vmatrix":
                raise refusals.not_read(place, "which norm of a matrix is meant?")
            return self.builder.call("det", place, self._matrix(place, rows))
        return self._matrix(place, rows)

    def _cases(self, place: Span, rows: Sequence[Sequence[Tokens]]) -> Expr:
        builder = self.builder
        values = [builder.inside(_unended(row[0])) for row in rows]
        conditions = [self._case(row) for row in rows]
        if conditions[-1] is not None and not (
            len(rows) == 2 and _complements(conditions[0], conditions[1])
        ):
            message = "these cases do not say what else there is"
            raise refusals.not_read(place, message, r"write  \text{otherwise}  behind the last")
        made = values[-1]
        for value, condition in zip(values[-2::-1], conditions[-2::-1], strict=True):
            if condition is None:
                raise refusals.not_read(place, "only the last of these cases may have no condition")
            made = self._where(place, condition, value, made)
        return made

    def _case(self, row: Sequence[Tokens]) -> Expr | None:
        """The condition of a row; None for `otherwise`."""
        kept = [t for cell in row[1:] for t in cell]
        found = [a for a in atoms(self.builder.source, kept) if a.kind not in ("QUAD", "STOP")]
        words = " ".join(a.text for a in found if a.kind == "TEXT").lower().strip(" .,")
        if all(a.kind in ("TEXT", "COMMA") for a in found):
            if words and not words.startswith(ELSE):
                place = self.builder.span(kept[0].start, kept[-1].end)
                raise refusals.not_read(place, f"the condition {words} is not read")
            return None
        if words and not {*words.replace(",", " ").split()} <= FILLERS | {*ELSE}:
            place = self.builder.span(kept[0].start, kept[-1].end)
            raise refusals.not_read(place, f"the condition {refusals.shown(place)} is not read")
        meant = [a for a in found if a.kind not in ("TEXT", "COMMA")]
        place = self.builder.span(meant[0].start, meant[-1].end)
        return self._compared(*_split(meant), place)

    def _matrix(self, place: Span, rows: Sequence[Sequence[Tokens]]) -> Expr:
        builder = self.builder
        lines = [[builder.inside(cell) for cell in row] for row in rows]
        if any(len(line) != len(lines[0]) for line in lines):
            raise refusals.not_read(place, "the rows of this matrix differ in length")
        if any(builder.shape(cell) for line in lines for cell in line):
            return self._blocks(place, lines)
        if all(len(line) == 1 for line in lines):
            return syntax.Array(place, (*(line[0] for line in lines),))
        return syntax.Array(place, (*(syntax.Array(place, (*line,)) for line in lines),))

    def _blocks(self, place: Span, lines: Sequence[Sequence[Expr]]) -> Expr:
        """Arrays side by side and below one another; a column of columns is a longer one."""
        builder = self.builder
        ranks = {len(builder.shape(cell)) for line in lines for cell in line}
        column = all(len(line) == 1 for line in lines)
        if column and ranks <= {0, 1}:
            made = self._joined(
                place, [_whole(line[0], builder.shape(line[0]), 1) for line in lines]
            )
        else:
            filled = self._with_zeros(lines)
            across = [[_whole(cell, builder.shape(cell), 2) for cell in line] for line in filled]
            made = self._joined(place, [self._joined(place, line, axis=1) for line in across])
        try:
            builder.shape(made)
        except GradcliError:
            message = "the blocks of this matrix do not fit together"
            help = "a block of zeros has the height of its row and the width of its column"
            raise refusals.not_read(place, message, help) from None
        return made

    def _with_zeros(self, lines: Sequence[Sequence[Expr]]) -> list[list[Expr]]:
        """Each 0 among blocks as zeros of the height and the width that the others tell."""
        shapes = [[None if _is_zero(x) else self._extent(x) for x in line] for line in lines]
        heights = [{shape[0] for shape in line if shape} for line in shapes]
        widths = [{shape[1] for shape in line if shape} for line in zip(*shapes, strict=True)]
        return [
            [
                self._zeros(cell.span, (*high, *wide))
                if _is_zero(cell) and len(high) == len(wide) == 1
                else cell
                for cell, wide in zip(line, widths, strict=True)
            ]
            for line, high in zip(lines, heights, strict=True)
        ]

    def _extent(self, cell: Expr) -> Shape:
        """Height and width of a block: a vector is a column, a number by itself."""
        return (*self.builder.shape(cell), 1, 1)[:2]

    def _zeros(self, place: Span, shape: Shape) -> Expr:
        sizes = self.builder.known.probe.extents(shape, place)
        if sizes is None:
            raise refusals.no_shape(place, refusals.shown(place))
        return self.builder.call(ZEROS, place, syntax.Tuple(place, sizes))

    def _joined(self, place: Span, parts: Sequence[Expr], axis: int = 0) -> Expr:
        if len(parts) == 1:
            return parts[0]
        call = self.builder.call("concat", place, *parts)
        along = ((syntax.Name(place, "axis"), _number(place, axis)),) if axis else ()
        return replace(call, keywords=along)


def _is_zero(cell: Expr) -> bool:
    return isinstance(cell, syntax.Number) and not cell.value


def _whole(cell: Expr, shape: Shape, rank: int) -> Expr:
    """A cell of a matrix with so many axes: a number in brackets, a vector as a column."""
    if not shape:
        one = syntax.Array(cell.span, (cell,))
        return one if rank == 1 else syntax.Array(cell.span, (one,))
    if len(shape) == 1 and rank > 1:
        new = syntax.Name(cell.span, "None")
        return syntax.Index(cell.span, cell, (syntax.Slice(cell.span, None, None), new))
    return cell


def extent(running: IndexLetter, place: Span, letter: str) -> tuple[Expr, Expr]:
    """From where to where an index runs: as it is written, or as all that it indexes."""
    high = running.high or _common_high(running.highs, place, letter)
    if running.low is not None:
        return running.low, high
    lows = {size_text(low): low for low in running.lows}
    if len(lows) > 1:
        message = f"{letter} indexes what begins at {' and at '.join(lows)}"
        raise refusals.not_read(place, message, "write its range beside the formula")
    return next(iter(lows.values()), syntax.Number(place, Fraction(1))), high


def _common_high(highs: Sequence[Expr], place: Span, letter: str) -> Expr:
    """The one end that all uses of an index agree upon. GradcliError where they do not."""
    if not highs:
        raise refusals.no_range(place, letter)
    sizes = [*dict.fromkeys(size_text(high) for high in highs)]
    if len(sizes) > 1:
        message = f"{letter} indexes axes of different sizes, {sizes[0]} and {sizes[1]}"
        raise TexMisfit("index", message, place)
    return highs[0]


def _unended(cell: Tokens) -> Tokens:
    """A cell without the comma or stop before its condition."""
    return cell[:-1] if cell and cell[-1].text in (",", ";", ".") else cell


def _restore(table: dict[str, Any], letter: str, value: Any) -> None:
    if value is None:
        table.pop(letter, None)
    else:
        table[letter] = value


def _number(place: Span, value: int) -> syntax.Number:
    return syntax.Number(place, Fraction(value))


def relation_sides(builder: TexWalker, tokens: Tokens) -> tuple[list[list[Atom]], list[str]]:
    """The sides of a relation in braces, and its signs."""
    return _split([a for a in atoms(builder.source, tokens) if a.kind not in ("QUAD", "TEXT")])


def _split(found: Sequence[Atom]) -> tuple[list[list[Atom]], list[str]]:
    sides: list[list[Atom]] = [[]]
    signs = []
    for atom in found:
        if atom.kind == "RELATION":
            signs.append(atom.text)
            sides.append([])
        else:
            sides[-1].append(atom)
    return sides, signs


def _letter_text(side: Sequence[Atom]) -> str:
    return side[0].text if len(side) == 1 and side[0].kind == "SYMBOL" else ""


def _letter(tokens: Tokens) -> str:
    kept = plain(tokens)
    return kept[0].text if len(kept) == 1 and kept[0].text.isalpha() else ""


def _complements(first: Expr | None, second: Expr | None) -> bool:
    """Whether one of two conditions holds and never both."""
    if not isinstance(first, syntax.Binary) or not isinstance(second, syntax.Binary):
        return False
    same = all(
        refusals.written(a.span) == refusals.written(b.span)
        for a, b in ((first.left, second.left), (first.right, second.right))
    )
    return same and NEGATED.get(first.operator) == second.operator


def _rows(tokens: Tokens) -> list[list[list[Token]]]:
    """Rows of cells, cut outside of braces and environments."""
    rows: list[list[list[Token]]] = [[[]]]
    depth = 0
    for token in tokens:
        if token.kind == "OPEN" or token.text == r"\begin":
            depth += 1
        elif token.kind == "CLOSE" or token.text == r"\end":
            depth -= 1
        if depth == 0 and token.kind == "BREAK":
            rows.append([[]])
        elif depth == 0 and token.kind == "ALIGN":
            rows[-1].append([])
        else:
            rows[-1][-1].append(token)
    return [[[t for t in cell if t.kind != "SPACE"] for cell in row] for row in rows]
