r"""Formulas as LaTeX, down to vertices that have a name; it needs no package but amsmath.

Must not know values; a function's own notation stands beside its op, as `latex`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, is_row
from gradcli.notation.pieces import (
    TALL,
    LatexText,
    behind,
    bracketed,
    call,
    dimension,
    held,
    matrix_product,
    named,
    rows,
    scaled,
    sizes,
    subscripted,
    transposed,
)
from gradcli.notation.precedence import Level
from gradcli.notation.symbols import escaped
from gradcli.notation.text import decimal
from gradcli.notation.tree import Kind, Notation, Part, canonical, idiom, pattern, reading
from gradcli.ops.elementary import exp
from gradcli.ops.reductions import PROD
from gradcli.ops.shaping import CONCAT, NEW, RESHAPE, SCATTER, STACK, spelled

ARGUMENT = re.compile(r"(\()?#(\d)(?(1)\))")
LONG = 300
ONES = LatexText(r"\mathbf{1}")


def labels(node: Node) -> dict[Node, str]:
    """The vertices that a user has named, with their names."""
    return {vertex: vertex.label.name for vertex in topological([node]) if vertex.label}


def brief(node: Node, names: Mapping[Node, str]) -> str:
    """LaTeX of a vertex for one line of a page, or nothing where that would be too long."""
    return latex(node, names, LONG)


def latex(node: Node, names: Mapping[Node, str], most: int | None = None) -> str:
    """LaTeX of a vertex, for math mode; vertices in `names` stand as their names, save itself.

    Empty where a part of it would have more than `most` characters.
    """
    # A page asks for each vertex of a graph in turn: only the names that are met are set.
    met = topological([node], lambda n: () if n in names and n is not node else n.args)
    pieces = {v: named(names[v]) for v in met if v in names and v is not node}
    found = piece(node, pieces, most)
    return found.text if found else ""


def piece(
    node: Node, pieces: Mapping[Node, LatexText], most: int | None = None
) -> LatexText | None:
    """LaTeX of a vertex in which others stand as these pieces; None where it would be too long."""
    known: dict[Node, LatexText] = {}
    for vertex in topological([node], lambda n: () if n in pieces else n.args):
        if vertex in pieces:
            known[vertex] = pieces[vertex]
        else:
            found = idiom(vertex, pieces.__contains__)
            whole = found if found and found.kind in WRITERS else None
            known[vertex] = _written(whole or reading(vertex, pieces.__contains__), known)
            if most is not None and len(known[vertex].text) > most:
                return None
    return known[node]


def _written(part: Part, known: Mapping[Node, LatexText]) -> LatexText:
    if isinstance(part, Node):
        return known[part]
    return WRITERS[part.kind](part, [_written(each, known) for each in part.parts])


def _leaf(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    return LatexText(r"\infty") if notation.detail == "inf" else named(notation.detail)


def _number(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    text = decimal(Fraction(notation.detail))
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    top, bar, bottom = text.partition("/")
    whole = rf"\frac{{{top}}}{{{bottom}}}" if bar else text
    return LatexText(sign + whole, Level.UNARY if sign or not bar else Level.PRODUCT)


# -- signs


def _negative(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    sign = "-" if notation.kind is Kind.NEGATIVE else r"\lnot "
    level = min(max(parts[0].level, Level.ENTRYWISE), Level.UNARY)
    return LatexText(sign + behind(parts[0], Level.ENTRYWISE), level)


def _relation(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    op = notation.detail
    level = Level.SUM if op.infix.isalpha() else Level.OPEN
    return LatexText(f" {op.latex or op.infix} ".join(held(x, level) for x in parts), Level.OPEN)


def _sum(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    left, right = parts
    after = Level.SUM if notation.detail == "+" else Level.ENTRYWISE
    return LatexText(f"{held(left, Level.SUM)} {notation.detail} {behind(right, after)}", Level.SUM)


def _product(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    """Entry by entry with signs of their own between arrays, as usual where one is a scalar."""
    left, right = parts
    divided = notation.kind is Kind.QUOTIENT
    if not all(notation.detail):
        if divided:
            return LatexText(rf"\frac{{{left.text}}}{{{right.text}}}", Level.PRODUCT)
        return scaled(left, right)
    sign = r"\oslash" if divided else r"\odot"
    before, after = (
        LatexText(bracketed(x.text)) if x.level == Level.MATMUL else x for x in (left, right)
    )
    shown = behind(after, Level.PRODUCT if divided else Level.ENTRYWISE)
    return LatexText(f"{held(before, Level.ENTRYWISE)} {sign} {shown}", Level.ENTRYWISE)


def _power(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    base, exponent = parts[0], parts[1].text
    match notation.parts[1]:
        case Notation(Kind.NUMBER, _, value):
            exponent = str(value)
    if notation.detail:
        exponent = rf"\odot {exponent}"
    elif base.head.count("\\") == 1 and exponent.isdecimal():
        return LatexText(f"{base.head}^{{{exponent}}}{base.text[len(base.head) :]}", Level.POWER)
    return LatexText(f"{held(base, Level.SUBSCRIPT)}^{{{exponent}}}", Level.POWER)


# -- arrays


def _matmul(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    """In the language a vector turns by itself as a product needs it, on paper it does not."""
    left, right = parts
    if len(notation.detail[0]) == 2:
        return matrix_product(left, right)
    if len(notation.detail[1]) == 2:
        return matrix_product(transposed(right), left)
    return matrix_product(transposed(left), right)


def _transpose(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    return transposed(parts[0])


def _outer(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    return matrix_product(parts[0], transposed(parts[1]))


def _inner(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    return matrix_product(transposed(parts[0]), parts[1])


def _word(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    name = "tr" if notation.kind is Kind.TRACE else "diag"
    return call(rf"\operatorname{{{name}}}", parts[0].text)


def _filled(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    shape, value = notation.detail
    if value is not None:
        return LatexText(rf"\mathbf{{{value}}}_{{{sizes(shape)}}}", Level.SUBSCRIPT)
    return scaled(parts[0], LatexText(f"{ONES.text}_{{{sizes(shape)}}}"))


def _eye(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    return LatexText(f"I_{{{sizes((notation.detail,))}}}", Level.SUBSCRIPT)


def _total(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    axes, shape = notation.detail
    if len(shape) == 2 and len(axes) == 1:
        return matrix_product(transposed(parts[0]) if axes == (0,) else parts[0], ONES)
    (letters,) = canonical(["abcdefghijklmnop"[: len(shape)]])
    own = "".join(x for k, x in enumerate(letters) if k not in axes)
    return _by_letters([letters], own, parts, [])


def _lettered(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    """What is no factor of its own, an identity for a repeated letter, is a delta."""
    ins, own = notation.detail
    *ins, own = canonical([*ins, own])
    kinds = [x.kind if isinstance(x, Notation) else None for x in notation.parts]
    deltas = [names for names, kind in zip(ins, kinds, strict=True) if kind is Kind.EYE]
    factors = [
        (x, names)
        for x, names, kind in zip(parts, ins, kinds, strict=True)
        if kind not in (Kind.EYE, Kind.FILLED)
    ]
    return _by_letters([names for _, names in factors], own, [x for x, _ in factors], deltas)


def _by_letters(
    ins: Sequence[str], own: str, parts: Sequence[LatexText], deltas: Sequence[str]
) -> LatexText:
    """The entries of the result: a sum over the letters that it has not."""
    factors = [
        subscripted(x, names).text if names else held(x, Level.MATMUL)
        for x, names in zip(parts, ins, strict=True)
    ]
    factors += [rf"\delta_{{{' '.join(names)}}}" for names in deltas]
    summed = ", ".join(dict.fromkeys(x for x in "".join(ins) if x not in own))
    text = (rf"\sum_{{{summed}}} " if summed else "") + " ".join(factors)
    if not own:
        return LatexText(text, Level.MATMUL)
    return LatexText(rf"\left[{text}\right]_{{{' '.join(own)}}}")


def _norm(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    shape, squared = notation.detail
    kind = "_F" if len(shape) > 1 else ""
    text = rf"\left\lVert {parts[0].text} \right\rVert{kind}"
    return LatexText(f"{text}^{{2}}", Level.POWER) if squared else LatexText(text)


def _index(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    key, shape = notation.detail
    if key == (0,) and is_row(shape):
        return transposed(parts[0])
    if NEW in key:
        return _reshaped((1, *shape), parts)
    return subscripted(parts[0], _key(key))


def _reshaped(shape: Shape, parts: Sequence[LatexText]) -> LatexText:
    return call(rf"\operatorname{{reshape}}_{{{sizes(shape)}}}", parts[0].text)


def _key(key: Sequence[object]) -> str:
    return escaped(", ".join(map(spelled, key)).replace("*", " "))


def _array(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    node = notation.detail
    if len(node.shape) == 1:
        return rows(*(x.text for x in parts))
    if len(node.shape) == 2 and not is_row(node.args[0].shape):
        # A row of numbers written out keeps its entries beside each other.
        texts = (
            x.head if arg.op is STACK and x.head else transposed(x).text
            for arg, x in zip(node.args, parts, strict=True)
        )
        return rows(*texts)
    return _function(notation, parts)


# -- functions


def _cases(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    """What is chosen otherwise goes on below; one choice in another, of the same rest, is both."""
    condition, yes, no = parts
    further = no.lines or ((no.text, r"\text{otherwise}"),)
    first = yes.text, rf"\text{{if }} {condition.text}"
    if yes.lines[1:] == further:
        inner, also = yes.lines[0]
        first = inner, first[1] + also.replace("if", " and", 1)
    lines = (first, *further)
    shown = r" \\ ".join(" & ".join(line) for line in lines)
    return LatexText(rf"\begin{{cases}} {shown} \end{{cases}}", Level.OPEN, lines=lines)


def _function(notation: Notation, parts: Sequence[LatexText]) -> LatexText:
    """A call, or the notation beside the op: `#1` is an argument, `(#1)` a factor of something."""
    node: Node = notation.detail
    op, params = node.op, node.params
    if op is exp.op and not node.shape and not TALL.search(parts[0].text):
        return LatexText(f"e^{{{parts[0].text}}}", Level.POWER)
    if op is PROD and not node.shape and not params[0]:
        return LatexText(rf"\prod_{{i}} {subscripted(parts[0], 'i').text}", Level.MATMUL)
    if op is SCATTER:
        if NEW in params[1]:
            own = [0 if k == NEW else k for k in params[1]]
            return subscripted(parts[0], _key(own))
        return LatexText(rf"{held(parts[0], Level.POWER)} \text{{ at }} [{_key(params[1])}]")
    if op is RESHAPE:
        return _reshaped(node.shape, parts)
    if op is CONCAT and len(node.shape) <= 2:
        return rows(*(x.text for x in parts), sign=r" & " if params[0] else r" \\ ")
    shown = pattern(op.latex, node) or rf"\operatorname{{{escaped(op.title)}}}"
    if "#" not in shown:
        return call(shown, *(x.text for x in parts))

    def fill(found: re.Match[str]) -> str:
        piece = parts[int(found[2]) - 1]
        return held(piece, Level.SUBSCRIPT) if found[1] else piece.text

    applied = " (#" in shown, ")^" in shown
    level = Level.MATMUL if applied[0] else Level.POWER if applied[1] else Level.SUBSCRIPT
    return LatexText(ARGUMENT.sub(fill, shown), level)


WRITERS: dict[Kind, Callable[[Notation, Sequence[LatexText]], LatexText]] = {
    Kind.NAME: _leaf,
    Kind.CONSTANT: _leaf,
    Kind.NUMBER: _number,
    Kind.SIZE: lambda notation, parts: dimension(notation.detail),
    Kind.SUM: _sum,
    Kind.NEGATIVE: _negative,
    Kind.NOT: _negative,
    Kind.RELATION: _relation,
    Kind.PRODUCT: _product,
    Kind.QUOTIENT: _product,
    Kind.MATMUL: _matmul,
    Kind.TRANSPOSE: _transpose,
    Kind.POWER: _power,
    Kind.CASES: _cases,
    Kind.INDEX: _index,
    Kind.ARRAY: _array,
    Kind.CALL: _function,
    Kind.FILLED: _filled,
    Kind.EYE: _eye,
    Kind.TOTAL: _total,
    Kind.TRACE: _word,
    Kind.DIAGONAL: _word,
    Kind.OUTER: _outer,
    Kind.LETTERED: _lettered,
    Kind.NORM: _norm,
    Kind.INNER: _inner,
}
