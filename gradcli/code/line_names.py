"""What stands under a name after a line, read off the text: for code that is run as a graph.

Must not know graphs.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any


class LineNames:
    """The names that the lines of a file give to what they make."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._names = dict(_names(path))

    def on(self, line: int) -> list[str]:
        """The one name that a statement on this line gives; none where there are several."""
        return self._names.get(line, [])

    def returned(self, function: Any) -> int | None:
        """The line of the last return of a function that stands in the file."""
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code is None or code.co_filename != self.path:
            return None
        later = [pair for pair in _returns(self.path) if pair[0] >= code.co_firstlineno]
        # A decorator stands above the line of its function.
        return max((line for start, line in later if start == later[0][0]), default=None)


def told(parts: list[Any], record: Any, path: str, function: Any) -> list[Any]:
    """What a function returns, told to a recorder where there is one."""
    line = None if record is None else LineNames(path).returned(function)
    if line is None:
        return parts
    return [record(path, line, f"return[{k}]", x) for k, x in enumerate(parts)]


@lru_cache(maxsize=64)
def _returns(path: str) -> tuple[tuple[int, int], ...]:
    """The lines of functions that return, and of their returns."""
    functions = [n for n in ast.walk(_tree(path)) if isinstance(n, ast.FunctionDef)]
    return tuple(
        (function.lineno, node.lineno)
        for function in sorted(functions, key=lambda f: f.lineno)
        for node in ast.walk(function)
        if isinstance(node, ast.Return)
    )


def _tree(path: str) -> ast.AST:
    try:
        return ast.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return ast.Module([], [])


@lru_cache(maxsize=64)
def _names(path: str) -> tuple[tuple[int, list[str]], ...]:
    return tuple(_found(_tree(path)))


def _found(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    for node in ast.walk(tree):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and len(targets) == 1:
            target = targets[0]
            while isinstance(target, ast.Subscript):
                target = target.value
            if isinstance(target, ast.Name | ast.Attribute):
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                yield from ((line, [ast.unparse(target)]) for line in lines)
