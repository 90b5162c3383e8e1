"""The package as text: every module with its syntax tree, read once for all tests of the house.

Must not know the rules of the house.
"""

from __future__ import annotations

import ast
from functools import cached_property
from pathlib import Path

import gradcli

ROOT = Path(gradcli.__file__).parent


class Module:
    """A file of the package: its `place` in it, its `name` in imports, and its text.

    `floor` is None where it only opens the house.
    """

    def __init__(self, path: Path, root: Path = ROOT) -> None:
        self.text = path.read_text(encoding="utf-8")
        self.place = path.relative_to(root).as_posix()
        inside = Path(self.place).with_suffix("").parts
        self.name = ".".join(("gradcli", *inside)).removesuffix(".__init__")
        first = inside[0]
        self.floor = None if first in ("__init__", "__main__", "pytest_plugin") else first

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return [*ast.walk(self.tree)]


MODULES = [Module(path) for path in sorted(ROOT.rglob("*.py")) if "__pycache__" not in path.parts]


def planted(folder: Path, place: str, text: str) -> Module:
    """A module that there is not, to see a rule broken."""
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Module(path, folder)
