"""Products by letters as expressions of Python's array libraries: by broadcasting, or `einsum`.

Must not know how one library differs from another: every word comes from the table of a target.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gradcli.calculus.core import EINSUM
from gradcli.calculus.families import Linear
from gradcli.emit.pieces import CodeText, infix
from gradcli.graph.node import Node
from gradcli.graph.shape import show
from gradcli.notation.precedence import Level, held
from gradcli.notation.tree import Kind, Notation


class Words(Protocol):
    """What the table of a target has for something that is no op."""

    def __call__(self, key: str, args: Sequence[CodeText], **more: str) -> CodeText:
        """That word with its arguments."""


def is_condition(node: Node) -> bool:
    """Whether a vertex holds truth values, moved about or not."""
    while not node.op.boolean and node.args and _moves(node):
        node = node.args[0]
    return node.op.boolean


def _moves(node: Node) -> bool:
    return node.op is EINSUM or (isinstance(node.op, Linear) and node.op.moves)


def total(word: Words, node: Node, notation: Notation, piece: CodeText) -> CodeText:
    """A sum over some axes; of conditions only over axes of one entry."""
    axes, shape = notation.detail
    if is_condition(node):
        entry = ", ".join("0" if k in axes else ":" for k in range(len(shape)))
        return CodeText(f"{held(piece, Level.ATOM)}[{entry}]")
    if len(axes) == len(shape):
        return word("sum", [piece])
    shown = str(axes[0]) if len(axes) == 1 else f"({', '.join(map(str, axes))})"
    return word("sum_axis", [piece], p=shown)


def lettered(word: Words, node: Node, notation: Notation, parts: Sequence[CodeText]) -> CodeText:
    """A product by letters: without a sum by broadcasting."""
    ins, out = notation.detail
    kinds = [part.kind if isinstance(part, Notation) else None for part in notation.parts]
    dims = node.op.dims(node.args, node.params)  # type: ignore[attr-defined]
    operands = [*zip(parts, ins, strict=True)]
    factors = [x for x, kind in zip(operands, kinds, strict=True) if kind is not Kind.FILLED]
    summed = any(dims[x] != 1 for _, names in factors for x in names if x not in out)
    repeated = any(len(set(names)) < len(names) for _, names in factors)
    if summed or repeated or Kind.EYE in kinds:
        spec = f'"{",".join(ins)}->{out}"'
        return word("einsum", parts, p=spec)
    product, *more = (_placed(word, piece, names, out) for piece, names in factors)
    for factor in more:
        product = infix(product, "*", factor, Level.MIXED)
    if {*out} <= {x for _, names in factors for x in names}:
        return product
    return word("spread", [product], s=show(tuple(dims[x] for x in out)))


def _placed(word: Words, piece: CodeText, letters: str, out: str) -> CodeText:
    """A factor with its axes in the order of the result's, and `None` for those it has not."""
    first = ", ".join("0" if x not in out else ":" for x in letters)
    kept = [x for x in letters if x in out]
    text = held(piece, Level.ATOM) + (f"[{first}]" if "0" in first else "")
    order = sorted(range(len(kept)), key=lambda k: out.index(kept[k]))
    if order != [*range(len(kept))]:
        text = word("permute", [CodeText(text)], p=f"({', '.join(map(str, order))})").text
    places = [":" if x in kept else "None" for x in out]
    while places and kept and places[0] == "None":
        places.pop(0)
    if not kept or "None" not in places:
        return CodeText(text) if text != held(piece, Level.ATOM) else piece
    return CodeText(f"{text}[{', '.join(places)}]")
