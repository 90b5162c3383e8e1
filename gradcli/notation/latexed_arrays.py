r"""LaTeX of what is done with arrays: products by letters, norms, and entries moved about.

Must not know functions of numbers, nor how their arguments came to be written.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.calculus.core import EINSUM, MUL
from gradcli.graph.node import Node
from gradcli.graph.shape import is_row
from gradcli.notation.formula import PATTERNS, TURNED, Pattern, canonical
from gradcli.notation.pieces import (
    MATMUL,
    POWERED,
    LatexText,
    call,
    held,
    matrix_product,
    rows,
    scaled,
    sizes,
    subscripted,
    transposed,
)
from gradcli.notation.symbols import escaped
from gradcli.ops.elementary import sqrt
from gradcli.ops.powers import POWER_BY
from gradcli.ops.shaping import CONCAT, INDEX, NEW, RESHAPE, SCATTER, STACK

# In gradcli's language a vector turns by itself as a product needs it, on paper it does not.
PRODUCTS: dict[Pattern, str] = {
    **dict.fromkeys(PATTERNS, "0@1"),
    **TURNED,
    (("i", "i"), ""): "0.T@1",
    (("i", "ij"), "j"): "1.T@0",
    (("i", "j"), "ij"): "0@1.T",
}
SINGLE = {
    (("ii",), ""): r"\operatorname{tr}",
    (("i",), "ii"): r"\operatorname{diag}",
    (("ii",), "i"): r"\operatorname{diag}",
}
ONES, FRESH = r"\mathbf{1}", "pqrstuvw"


def einsum(node: Node, args: list[LatexText]) -> LatexText:
    """A product by letters in matrix notation, or with its letters where it has none."""
    ins, out, _ = node.params
    known = canonical(ins, out)
    if ins == ("",) and len(set(out)) == len(out):
        return _spread(args[0], sizes(node.shape))
    if ins == ("",) and len(out) == 2:
        unit = LatexText(f"I_{{{sizes(node.shape[:1])}}}")
        return unit if args[0].text == "1" else scaled(args[0], unit)
    if known == (("ij",), "ji"):
        return transposed(args[0])
    if known in PRODUCTS:
        left, right = (
            transposed(args[int(side[0])]) if side.endswith(".T") else args[int(side[0])]
            for side in PRODUCTS[known].split("@")
        )
        return matrix_product(left, right)
    if known in SINGLE:
        return call(SINGLE[known], args[0].text)
    if known == (("ij",), "i"):
        return matrix_product(args[0], LatexText(ONES))
    if known == (("ij",), "j"):
        return matrix_product(transposed(args[0]), LatexText(ONES))
    return _lettered(*known, args)


def _spread(scalar: LatexText, shape: str) -> LatexText:
    if scalar.text in ("0", "1"):
        return LatexText(rf"\mathbf{{{scalar.text}}}_{{{shape}}}")
    return scaled(scalar, LatexText(f"{ONES}_{{{shape}}}"))


def _lettered(ins: tuple[str, ...], out: str, args: list[LatexText]) -> LatexText:
    """The entries of the result: a sum over the letters it has not; a repeated one is a delta."""
    own = ""
    factors = [
        subscripted(arg, x).text if x else held(arg, MATMUL)
        for arg, x in zip(args, ins, strict=True)
    ]
    for x in out:
        fresh = x if x not in own else next(y for y in FRESH if y not in own + out + "".join(ins))
        if fresh != x:
            factors.append(rf"\delta_{{{x} {fresh}}}")
        own += fresh
    summed = ", ".join(dict.fromkeys(x for x in "".join(ins) if x not in out))
    text = (rf"\sum_{{{summed}}} " if summed else "") + " ".join(factors)
    return (
        LatexText(rf"\left[{text}\right]_{{{' '.join(own)}}}") if own else LatexText(text, MATMUL)
    )


def norm(
    node: Node, pieces: Mapping[Node, LatexText], names: Mapping[Node, str]
) -> LatexText | None:
    """A norm, its square or an inner product, where a vertex is one written out; None elsewhere."""
    rooted = node.op is sqrt.op and node.args[0] not in names
    total = node.args[0] if rooted else node
    if total.op is not EINSUM or total.params[1]:
        return None
    inner, ins = total.args[0], total.params[0]
    if any(len({*letters}) < len(letters) for letters in ins):
        return None
    if ins == (ins[0], ins[0]) and total.args == (inner, inner):
        squared = inner
    elif len(ins) == 1 and inner not in names and _is_square(inner):
        squared = inner.args[0]
    elif not rooted and len(ins) == 1 and inner not in names and _is_product(inner):
        left, right = (pieces[arg] for arg in inner.args)
        return matrix_product(transposed(left), right)
    else:
        return None
    kind = "_F" if len(squared.shape) > 1 else ""
    text = rf"\left\lVert {pieces[squared].text} \right\rVert{kind}"
    return LatexText(text) if rooted else LatexText(f"{text}^{{2}}", POWERED)


def _is_square(node: Node) -> bool:
    twice = node.op is MUL and node.args[0] is node.args[1]
    return twice or (node.op is POWER_BY and node.params[0] == 2)


def _is_product(node: Node) -> bool:
    return node.op is MUL and all(len(arg.shape) == 1 for arg in node.args)


def shaped(node: Node, args: list[LatexText]) -> LatexText | None:
    """Entries moved about: indices, blocks, other shapes; None for any other op."""
    op, params = node.op, node.params
    if op is INDEX:
        turned_back = is_row(node.args[0].shape) and params[0] == (0,)
        if params[0] == (NEW,) or turned_back:
            return transposed(args[0])
        return subscripted(args[0], _key(params[0]))
    if op is SCATTER:
        return call(rf"\operatorname{{scatter}}_{{{_key(params[1])}}}", args[0].text)
    if op is RESHAPE:
        return call(rf"\operatorname{{reshape}}_{{{sizes(node.shape)}}}", args[0].text)
    if op is CONCAT and len(node.shape) <= 2:
        texts = (arg.text for arg in args)
        return rows(*texts, sign=" & ") if params[0] else rows(*texts)
    if op is STACK and len(node.shape) == 1:
        return rows(*(arg.text for arg in args))
    if op is STACK and len(node.shape) == 2 and not is_row(node.args[0].shape):
        # A row of numbers written out keeps its entries beside each other.
        texts = (
            piece.head if arg.op is STACK and piece.head else transposed(piece).text
            for arg, piece in zip(node.args, args, strict=True)
        )
        return rows(*texts)
    return None


def _key(key: tuple[object, ...]) -> str:
    return escaped(", ".join(f"{k[0]}:{k[1]}" if isinstance(k, tuple) else str(k) for k in key))
