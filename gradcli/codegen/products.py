"""Einstein sums as expressions of Python's array libraries: `@`, sums, broadcasting, or `einsum`.

Must not know how one library differs from another: every word comes from the table of a target.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from gradcli.calculus.core import rational
from gradcli.calculus.families import Einsum
from gradcli.codegen.pieces import ATOM, PRODUCT, CodeText, held, infix
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim, Shape

Word: TypeAlias = Callable[..., CodeText]
"""What the target has for something that is no op: its key, what it is made of, more by name."""

Pattern: TypeAlias = tuple[tuple[str, ...], str]
"""The letters of the arguments of a product, and those of its result."""

FIRST_LETTERS = "ijklmnop"
PATTERNS: dict[Pattern, str] = {
    (("ij", "jk"), "ik"): "@",
    (("ij", "j"), "i"): "@",
    (("i", "ij"), "j"): "@",
    (("i", "i"), ""): "@",
}
# Products of two in which one is transposed, or that stand the other way round.
TURNED: dict[Pattern, str] = {
    (("ij", "kj"), "ik"): "0@1.T",
    (("ij", "kj"), "ki"): "1@0.T",
    (("ij", "ik"), "jk"): "0.T@1",
    (("ij", "ik"), "kj"): "1.T@0",
    (("ij", "ki"), "kj"): "1@0",
    (("ij", "jk"), "ki"): "1.T@0.T",
    (("ij", "ki"), "jk"): "0.T@1.T",
    (("ij", "i"), "j"): "0.T@1",
    (("i", "ji"), "j"): "1@0",
    (("i", "j"), "ji"): "1@0.T",
}
WORDS = {
    (("ii",), ""): "trace",
    (("i",), "ii"): "diag",
    (("ii",), "i"): "diag",
    (("i", "j"), "ij"): "outer",
}
MATRIX: dict[Pattern, str] = {**dict.fromkeys(PATTERNS, "0@1"), **TURNED}
FILLED: dict[Fraction | int, str] = {0: "zeros", 1: "ones"}
FRESH = "zyxwvuts"
MOVES = ("einsum", "index", "scatter", "reshape", "stack", "concat")


def canonical(ins: tuple[str, ...], out: str) -> tuple[tuple[str, ...], str]:
    """The same product with its letters called i, j, k, … in the order of their first use."""
    used = dict.fromkeys("".join(ins) + out)
    if len(used) > len(FIRST_LETTERS):
        return ins, out
    letters = dict(zip(used, FIRST_LETTERS, strict=False))
    return tuple("".join(letters[x] for x in i) for i in ins), "".join(letters[x] for x in out)


def is_condition(node: Node) -> bool:
    """Whether a vertex holds truth values, moved about or not."""
    while not node.op.boolean and node.args and node.op.name in MOVES:
        node = node.args[0]
    return node.op.boolean


def shaped(shape: Shape) -> str:
    """The shape as code."""
    inner = ", ".join(map(str, shape))
    return f"({inner},)" if len(shape) == 1 else f"({inner})"


def einsum(word: Word, node: Node, args: list[CodeText]) -> CodeText:
    """The product by letters."""
    ins, out, _ = node.params
    known = canonical(ins, out)
    unique = len(set(out)) == len(out)
    if ins == ("",) and unique:
        value = rational(node.args[0])
        filled = "full" if value is None else FILLED.get(value, "full")
        return word(filled, args, s=shaped(node.shape))
    if ins == ("",) and len(out) == 2:
        eye = word("eye", [], s=str(node.shape[0]))
        return eye if rational(node.args[0]) == 1 else infix(args[0], "*", eye, PRODUCT)
    if known == (("ij",), "ji"):
        return _turned(args[0], True)
    if known in WORDS:
        return word(WORDS[known], args)
    if known == (("i", "j"), "ji"):
        return word("outer", [args[1], args[0]])
    if known in MATRIX:
        left, right = (
            _turned(args[int(side[0])], side.endswith(".T")) for side in MATRIX[known].split("@")
        )
        return infix(left, "@", right, PRODUCT)
    if unique and all(len(set(letters)) == len(letters) for letters in ins):
        return _broadcast(word, node, args) or _sum(word, node, args) or _general(word, node, args)
    return _general(word, node, args)


def _turned(piece: CodeText, turn: bool) -> CodeText:
    return CodeText(f"{held(piece, ATOM)}.T") if turn else piece


def _sum(word: Word, node: Node, args: list[CodeText]) -> CodeText | None:
    """A sum of one array over some of its axes."""
    (letters, *others), out, new = node.params
    if others or new or [x for x in letters if x in out] != [*out]:
        return None
    gone = [str(k) for k, x in enumerate(letters) if x not in out]
    if not out:
        return word("sum", args)
    return word("sum_axis", args, p=gone[0] if len(gone) == 1 else f"({', '.join(gone)})")


def _broadcast(word: Word, node: Node, args: list[CodeText]) -> CodeText | None:
    """A product without a sum: every factor with its axes in the places of the result's."""
    ins, out, _ = node.params
    op = node.op
    assert isinstance(op, Einsum)
    dims = op.dims(node.args, node.params)
    if any(dims[x] != 1 for letters in ins for x in letters if x not in out):
        return None
    if len(ins) == 1 and not set(ins[0]) <= set(out) and not is_condition(node):
        return None
    factors = [_placed(word, piece, letters, out) for piece, letters in zip(args, ins, strict=True)]
    product = factors[0]
    for factor in factors[1:]:
        product = infix(product, "*", factor, PRODUCT)
    covered = {x for letters in ins for x in letters}
    if covered.issuperset(out):
        return product
    return word("spread", [product], s=shaped(node.shape))


def _placed(word: Word, piece: CodeText, letters: str, out: str) -> CodeText:
    """A factor with its axes in the order of the result's, and `None` for those it has not."""
    first = ", ".join("0" if x not in out else ":" for x in letters)
    kept = [x for x in letters if x in out]
    text = held(piece, ATOM) + (f"[{first}]" if "0" in first else "")
    order = sorted(range(len(kept)), key=lambda k: out.index(kept[k]))
    if order != [*range(len(kept))]:
        text = word("permute", [CodeText(text)], p=f"({', '.join(map(str, order))})").text
    places = [":" if x in kept else "None" for x in out]
    while places and kept and places[0] == "None":
        places.pop(0)
    if not kept or "None" not in places:
        return CodeText(text) if text != held(piece, ATOM) else piece
    return CodeText(f"{text}[{', '.join(places)}]")


def _general(word: Word, node: Node, args: list[CodeText]) -> CodeText:
    """`einsum`, with ones for the axes that are new and an identity for a repeated one."""
    ins, out, _ = node.params
    op = node.op
    assert isinstance(op, Einsum)
    dims: dict[str, Dim] = op.dims(node.args, node.params)
    operands = list(zip(ins, (arg.text for arg in args), strict=True))
    own = ""
    for x in out:
        letter = x
        if x in own:
            letter = next(y for y in FRESH if y not in "".join(ins) + out + own)
            operands.append((x + letter, word("eye", [], s=str(dims[x])).text))
        elif all(x not in letters for letters in ins) and out.count(x) == 1:
            operands.append((x, word("ones", [], s=f"({dims[x]},)").text))
        own += letter
    spec = f'"{",".join(letters for letters, _ in operands)}->{own}"'
    return word("einsum", [CodeText(text) for _, text in operands], p=spec)
