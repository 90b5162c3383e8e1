"""Edits of a call: axes, the order of arguments, a function too many, the letters of an einsum.

Must not know values, nor the statement that a call stands in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from gradcli.code.trees import expression

Alternative = tuple[Any, float, str]
"""What may stand in a place, as a tree or a text, its cost, and what is said of it."""
AXES = ("0", "1", "-1", "(0, 1)", "(0, 2, 3)", "(0, 2)", "(1, 2)", "2", "None")


def of_call(node: ast.Call) -> Iterator[Alternative]:
    if len(node.args) >= 1 and isinstance(node.func, ast.Attribute | ast.Name):
        yield node.args[0], 3, f"{ast.unparse(node.func)} is too much"
    if isinstance(node.func, ast.Attribute) and not node.args:
        yield node.func.value, 3, f"{node.func.attr} is too much"
    method = isinstance(node.func, ast.Attribute) and node.func.attr in (
        "sum", "mean", "max", "prod", "cumsum",
    )  # fmt: skip
    named = any(keyword.arg == "axis" for keyword in node.keywords)
    if method and not named:
        rest = [k for k in node.keywords if k.arg != "keepdims"]
        of_module = ast.unparse(node.func.value) in ("np", "numpy")  # type: ignore[attr-defined]
        args = node.args[: 1 if of_module else 0]
        for axis in AXES[:6]:
            new = ast.keyword("axis", expression(axis))
            yield ast.Call(node.func, args, [*node.keywords, new]), 1.5, "the axis"
            kept = ast.keyword("keepdims", ast.Constant(True))
            yield ast.Call(node.func, args, [*rest, new, kept]), 2.5, "the axis"
    if method and named and not any(k.arg == "keepdims" for k in node.keywords):
        kept = ast.keyword("keepdims", ast.Constant(True))
        yield ast.Call(node.func, node.args, [*node.keywords, kept]), 1.5, "keepdims"
    if len(node.args) == 2:
        yield ast.Call(node.func, node.args[::-1], node.keywords), 2, "the order"
    yield from _exchanged(node)
    if node.args and isinstance(node.args[0], ast.Constant) and "->" in str(node.args[0].value):
        for spec in _specs(str(node.args[0].value)):
            args = [ast.Constant(spec), *node.args[1:]]
            yield ast.Call(node.func, args, node.keywords), 2, "the letters"


def _exchanged(node: ast.Call) -> Iterator[Alternative]:
    """Two of several whole numbers exchanged: axes of a transpose, sizes of a shape."""
    in_tuple = len(node.args) == 1 and isinstance(node.args[0], ast.Tuple)
    places = node.args[0].elts if in_tuple else node.args  # type: ignore[attr-defined]
    if len(places) < 3 or not all(isinstance(x, ast.Constant | ast.Name) for x in places):
        return
    for a in range(len(places)):
        for b in range(a + 1, len(places)):
            new = [*places]
            new[a], new[b] = places[b], places[a]
            args = [ast.Tuple(new, ast.Load())] if in_tuple else new
            yield ast.Call(node.func, args, node.keywords), 2, "the order"


def _specs(spec: str) -> Iterator[str]:
    """Einsum strings with two letters of one operand exchanged, or a letter for another."""
    left, _, right = spec.partition("->")
    parts = [*left.split(","), right]
    letters = sorted(set(spec) - set(",->. "))
    for k, part in enumerate(parts):
        for i in range(len(part)):
            for j in range(i + 1, len(part)):
                new = list(part)
                new[i], new[j] = new[j], new[i]
                yield _joined([*parts[:k], "".join(new), *parts[k + 1 :]])
            for letter in letters:
                new_part = part[:i] + letter + part[i + 1 :]
                yield _joined([*parts[:k], new_part, *parts[k + 1 :]])


def _joined(parts: Sequence[str]) -> str:
    return ",".join(parts[:-1]) + "->" + parts[-1]
