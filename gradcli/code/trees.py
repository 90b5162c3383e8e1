"""Pieces of statements as trees and as texts.

Must not know what is wrong with a statement.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@lru_cache(maxsize=4096)
def size(text: str) -> float:
    return tokens(expression(text))


def tokens(node: ast.AST) -> float:
    """How many names, numbers and operators are in it."""
    counted = (ast.Name, ast.Constant, ast.operator, ast.Attribute, ast.Call)
    return max(1, sum(isinstance(child, counted) for child in ast.walk(node)))


def on_line(statement: ast.stmt, line: int) -> ast.stmt:
    """The statement with all of it on that line."""
    for node in ast.walk(statement):
        if isinstance(node, ast.stmt | ast.expr):
            node.lineno = node.end_lineno = line
            node.col_offset = node.end_col_offset = 0
    return statement


def with_term(statement: ast.stmt, text: str, op: type[ast.operator]) -> ast.stmt | None:
    """The statement with something added to, or taken from, its whole right side."""
    value = getattr(statement, "value", None)
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.Return):
        return None
    if not isinstance(value, ast.expr) or isinstance(value, ast.Tuple):
        return None
    whole = ast.BinOp(value, op(), expression(text))
    if isinstance(statement, ast.Assign):
        return on_line(ast.Assign(statement.targets, whole), statement.lineno)
    if isinstance(statement, ast.AugAssign):
        return on_line(ast.AugAssign(statement.target, statement.op, whole), statement.lineno)
    return on_line(ast.Return(whole), statement.lineno)


def subexpressions(nodes: Iterable[ast.AST]) -> list[str]:
    """The texts of everything with a value in some statements, the short ones first."""
    found: dict[str, None] = {}
    for node in nodes:
        for child in ast.walk(node):
            loaded = isinstance(getattr(child, "ctx", ast.Load()), ast.Load)
            if (
                isinstance(child, ast.expr)
                and loaded
                and not isinstance(
                    child, ast.Constant | ast.Tuple | ast.Slice | ast.Dict | ast.List | ast.Starred
                )
            ):
                found[ast.unparse(child)] = None
    return sorted(found, key=len)
