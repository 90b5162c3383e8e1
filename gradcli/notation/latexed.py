r"""A vertex as LaTeX, down to vertices that have a name; it needs no package but amsmath.

Must not know values; a function's own notation stands beside its op, as `latex`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradcli.calculus.core import (
    ADD,
    CONSTANT,
    COPY,
    DIV,
    EINSUM,
    INPUT,
    MUL,
    NEG,
    NOT,
    NUMBER,
    SIZE,
    SUB,
    WHERE,
)
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.notation import latexed_arrays as arrays
from gradcli.notation.formula import formula
from gradcli.notation.pieces import (
    HADAMARD,
    MATMUL,
    OPEN,
    POWERED,
    PRODUCT,
    SUBSCRIPTED,
    SUM,
    TALL,
    UNARY,
    LatexText,
    behind,
    bracketed,
    call,
    dimension,
    held,
    named,
    scaled,
    subscripted,
)
from gradcli.notation.symbols import escaped
from gradcli.ops.algebra import DET
from gradcli.ops.elementary import POLYGAMMA, exp
from gradcli.ops.powers import POWER, POWER_BY
from gradcli.ops.reductions import LOG_SOFTMAX, PROD, SOFTMAX

ARGUMENT = re.compile(r"(\()?#(\d)(?(1)\))")


LONG = 300


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
    pieces: dict[Node, LatexText] = {}
    order = topological([node], lambda n: () if n in names and n is not node else n.args)
    for vertex in order:
        if vertex in names and vertex is not node:
            pieces[vertex] = named(names[vertex])
        else:
            args = [pieces[arg] for arg in vertex.args]
            pieces[vertex] = arrays.norm(vertex, pieces, names) or _written(vertex, args)
            if most is not None and len(pieces[vertex].text) > most:
                return ""
    return pieces[node].text


def _written(node: Node, args: list[LatexText]) -> LatexText:
    op, params = node.op, node.params
    if op is NUMBER:
        return _number(node)
    if op in (INPUT, CONSTANT):
        return LatexText(r"\infty") if params[0] == "inf" else named(params[0])
    if op is SIZE:
        return dimension(params[0])
    if op is COPY:
        return args[0]
    if op in (NEG, NOT):
        level = min(max(args[0].level, HADAMARD), UNARY)
        return LatexText(f"{op.latex or op.infix}{behind(args[0], HADAMARD)}", level)
    if op is WHERE:
        condition, yes, no = (arg.text for arg in args)
        rows = rf"{yes} & \text{{if }} {condition} \\ {no} & \text{{otherwise}}"
        return LatexText(rf"\begin{{cases}} {rows} \end{{cases}}", OPEN)
    if op.boolean:
        level = SUM if node.args[0].op.boolean else OPEN
        return LatexText(f" {op.latex or op.infix} ".join(held(arg, level) for arg in args), OPEN)
    if op in (ADD, SUB):
        after = behind(args[1], SUM if op is ADD else HADAMARD)
        return LatexText(f"{held(args[0], SUM)} {op.infix} {after}", SUM)
    if op in (MUL, DIV):
        return _product(node, args)
    if op in (POWER, POWER_BY):
        return _power(node, args)
    if op is EINSUM:
        return arrays.einsum(node, args)
    return arrays.shaped(node, args) or _function(node, args)


def _number(node: Node) -> LatexText:
    text = formula(node, {})
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    top, bar, bottom = text.partition("/")
    whole = rf"\frac{{{top}}}{{{bottom}}}" if bar else text
    return LatexText(sign + whole, UNARY if sign or not bar else PRODUCT)


def _product(node: Node, args: list[LatexText]) -> LatexText:
    """Entry by entry with signs of their own between arrays, as usual where one is a scalar."""
    left, right = args
    if not all(arg.shape for arg in node.args):
        if node.op is DIV:
            return LatexText(rf"\frac{{{left.text}}}{{{right.text}}}", PRODUCT)
        return scaled(left, right)
    sign, level = (r"\oslash", PRODUCT) if node.op is DIV else (r"\odot", HADAMARD)
    before, after = (
        LatexText(bracketed(arg.text)) if arg.level == MATMUL else arg for arg in (left, right)
    )
    return LatexText(f"{held(before, HADAMARD)} {sign} {behind(after, level)}", HADAMARD)


def _power(node: Node, args: list[LatexText]) -> LatexText:
    base = args[0]
    exponent = args[1].text if node.op is POWER else dimension(node.params[0]).text
    if node.args[0].shape:
        exponent = rf"\odot {exponent}"
    elif base.head.count("\\") == 1 and exponent.isdecimal():
        return LatexText(f"{base.head}^{{{exponent}}}{base.text[len(base.head) :]}", POWERED)
    return LatexText(f"{held(base, SUBSCRIPTED)}^{{{exponent}}}", POWERED)


def _function(node: Node, args: list[LatexText]) -> LatexText:
    """A call, or the notation beside the op: `#1` is an argument, `(#1)` a factor of something."""
    op = node.op
    if op is exp.op and not node.shape and not TALL.search(args[0].text):
        return LatexText(f"e^{{{args[0].text}}}", POWERED)
    if op is PROD and not node.shape and not node.params[0]:
        return LatexText(rf"\prod_{{i}} {subscripted(args[0], 'i').text}", MATMUL)
    if "#" not in op.latex:
        head = op.latex or rf"\operatorname{{{escaped(op.title)}}}"
        return call(head + _parameter(node), *(arg.text for arg in args))

    def fill(found: re.Match[str]) -> str:
        piece = args[int(found[2]) - 1]
        return held(piece, SUBSCRIPTED) if found[1] else piece.text

    text = ARGUMENT.sub(fill, op.latex)
    return LatexText(
        text, MATMUL if " (#" in op.latex else POWERED if ")^" in op.latex else SUBSCRIPTED
    )


def _parameter(node: Node) -> str:
    """What marks a function of several kinds: an axis, an order."""
    if not node.params:
        return ""
    shown = str(node.params[0])
    if node.op is POLYGAMMA:
        return rf"^{{({shown})}}" if node.params[0] else ""
    plain = len(node.shape) == 1 if node.op in (SOFTMAX, LOG_SOFTMAX) else not node.params[0]
    return "" if plain and node.op in (SOFTMAX, LOG_SOFTMAX, DET, PROD) else f"_{{{shown}}}"
