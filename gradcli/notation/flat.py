"""A vertex as on paper: without brackets that products can do without, with norms and means.

Must not know values; what it writes parses back to the same function, though perhaps another graph.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.calculus.core import DIV, EINSUM, MUL, NEG, dimension
from gradcli.graph.node import Node
from gradcli.graph.shape import size
from gradcli.notation.formula import (
    ATOM,
    LEVELS,
    PATTERNS,
    UNARY,
    Text,
    alike,
    bracket,
    canonical,
    formula,
    written,
)
from gradcli.ops.elementary import sqrt

CHAIN = 6.5
"""A product of matrices alone, which needs no bracket behind another."""
PRODUCTS_OF_VECTORS = ((("i", "i"), ""), (("i", "j"), "ij"))


def flat(node: Node, names: Mapping[Node, str]) -> str:
    """The formula of a vertex; vertices in `names` stand as their names, save itself."""
    return formula(node, names, paper)


def _composed(node: Node, texts: Mapping[Node, Text]) -> Text | None:
    """A root of a sum of squares as a norm, a sum over its number of entries as a mean."""
    if node.op is DIV and node.args[1] is not node.args[0]:
        top, bottom = node.args
        if _is_total(top) and bottom is dimension(size(top.args[0].shape)):
            return f"mean({texts[top.args[0]][0]})", ATOM
    if node.op is not sqrt.op or not _is_total(node.args[0]):
        return None
    square = node.args[0].args[0]
    if square.op is MUL and square.args[0] is square.args[1] and not square.label:
        x = square.args[0]
        kind = {1: "", 2: ', "fro"'}.get(len(x.shape))
        return None if kind is None else (f"norm({texts[x][0]}{kind})", ATOM)
    return None


def _is_total(node: Node) -> bool:
    """Whether this is the sum of all entries of an array."""
    if node.op is not EINSUM or node.label is not None or len(node.args) > 1:
        return False
    (ins,), out, _ = node.params
    return not out and len(set(ins)) == len(ins) > 0


def paper(node: Node, texts: Mapping[Node, Text]) -> Text:
    """A vertex from its arguments: products and norms as on paper, anything else as ever."""
    if found := _composed(node, texts):
        return found
    args = [texts[arg] for arg in node.args]
    if node.op is NEG and args[0][1] >= LEVELS["/"]:
        return f"-{args[0][0]}", UNARY
    behind = args[-1][1] if args else ATOM
    if node.op is MUL and LEVELS["/"] <= behind < LEVELS["*"]:
        number_first = not node.args[0].shape
        if number_first or behind == LEVELS["/"]:
            sign = "*" if number_first or alike(node) else " .* "
            return f"{bracket(args[0], LEVELS['/'])}{sign}{args[1][0]}", LEVELS["/"]
    if node.op is EINSUM and not node.params[2]:
        known = canonical(*node.params[:2])
        if known in (PRODUCTS_OF_VECTORS):
            left, right = args
            if known[1]:
                right = f"{bracket(right, ATOM)}.T", ATOM
            else:
                left = f"{bracket(left, ATOM)}.T", ATOM
            return _chain(left, right)
        if PATTERNS.get(known) == "@" and known[0][0] != "i":
            return _chain(*args)
    return written(node, args)


def _chain(left: Text, right: Text) -> Text:
    behind = right[0] if right[1] == CHAIN else bracket(right, UNARY)
    behind = f"({behind})" if behind.startswith("-") else behind
    level = CHAIN if left[1] >= UNARY or left[1] == CHAIN else LEVELS["@"]
    return f"{bracket(left, LEVELS['/'])} @ {behind}", level
