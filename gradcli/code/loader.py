"""The user's module as it runs on tracked numbers: its text rewritten, its imports replaced.

Must not know what its functions are called with. This is the one file of the house that compiles
and executes a user's text, for the code that is checked has to run: only files that the user has
named, and modules beside these that they import.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from fractions import Fraction
from functools import lru_cache, partial
from math import isfinite
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
from flint import arb, fmpq

from gradcli.code.arrays import Values, objects, wrap
from gradcli.code.scalars import LIFTED, meant
from gradcli.code.session import SESSIONS, CodeSession
from gradcli.code.stand_in import modules
from gradcli.code.tracked import WIDEST, Tracked, divide, is_infinite, lift, plain, power, rational

LITERAL, DIVIDE, POWER, OVER, RAISED, RECORD = (
    f"_gradcli_{word}" for word in ("literal", "divide", "power", "over", "raised", "record")
)
"""With an underscore, so that `from … import *` leaves a module its own."""
Recorder = Callable[[str, int, str, Any], Any]
"""Is given a file, a line, a name and its value there, and returns what takes its place."""


class Exact(ast.NodeTransformer):
    """Literals, quotients and powers as calls that keep them exact."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float) and isfinite(node.value):
            return _call(LITERAL, node, ast.Constant(repr(node.value)), ast.Constant(node.lineno))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        name = {ast.Div: DIVIDE, ast.Pow: POWER}.get(type(node.op))
        return node if name is None else _call(name, node, node.left, node.right)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        name = {ast.Div: OVER, ast.Pow: RAISED}.get(type(node.op))
        if name is None:
            return node
        before = ast.parse(ast.unparse(node.target), mode="eval").body
        changed = ast.Assign([node.target], _call(name, node, before, node.value))
        return ast.copy_location(changed, node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        return node


def _call(name: str, at: ast.AST, *args: ast.expr) -> ast.Call:
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [*args], []), at)


class Recording(ast.NodeTransformer):
    """After an assignment the name's value is given to a recorder, which may put another in place.

    What is returned without a name is recorded as `return[k]`.
    """

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        return [node, *(s for target in node.targets for s in self._recorded(node, target))]

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        return [node, *self._recorded(node, node.target)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt]:
        return [node, *(self._recorded(node, node.target) if node.value else [])]

    def visit_Expr(self, node: ast.Expr) -> list[ast.stmt]:
        """`np.add.at(x, …)` and such change what they are given first."""
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
            return [node, *self._recorded(node, call.args[0])]
        return [node]

    def visit_For(self, node: ast.For) -> ast.stmt:
        self.generic_visit(node)
        node.body = [*self._recorded(node, node.target), *node.body]
        return node

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        if node.value is None:
            return node
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for k, part in enumerate(parts):
            if not isinstance(part, ast.Name | ast.Constant | ast.Starred):
                name = ast.Constant(f"return[{k}]")
                parts[k] = _call(RECORD, part, ast.Constant(part.lineno), name, part)
        if not isinstance(node.value, ast.Tuple):
            node.value = parts[0]
        return node

    def _recorded(self, node: ast.stmt, target: ast.expr) -> list[ast.stmt]:
        if isinstance(target, ast.Tuple | ast.List):
            return [s for part in target.elts for s in self._recorded(node, part)]
        while isinstance(target, ast.Subscript | ast.Starred) and not _is_entry(target):
            target = target.value
        base = target.value if isinstance(target, ast.Subscript) else target
        attribute = isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name)
        if not (isinstance(base, ast.Name) or attribute):
            return []
        text = ast.unparse(target)
        load = ast.parse(text, mode="eval").body
        store = ast.parse(f"{text} = 0").body[0].targets[0]  # type: ignore[attr-defined]
        value = _call(RECORD, node, ast.Constant(node.lineno), ast.Constant(text), load)
        return [ast.copy_location(ast.Assign([store], value), node)]


def _is_entry(target: ast.expr) -> bool:
    """Whether it is an entry of a dictionary, by a text."""
    place = target.slice if isinstance(target, ast.Subscript) else None
    return isinstance(place, ast.Constant) and isinstance(place.value, str)


# -- what the rewritten text calls


def literal(text: str, line: int) -> Any:
    """A decimal as it is written; where it may stand for what it was rounded from, all of that."""
    value = Fraction(text)
    session = SESSIONS[-1]
    digits = text.lower().partition("e")[0].replace(".", "").replace("-", "").strip("0")
    if len(digits) >= WIDEST:
        session.rounded.setdefault(text, line)
        if session.loose:
            ulp = Fraction(float(np.spacing(abs(float(text)))))
            radius = fmpq(ulp.numerator, ulp.denominator)
            middle = fmpq(value.numerator, value.denominator)
            return Tracked(arb(arb(middle), arb(radius)), lift(value).residue, "loose", ())
    return plain(value)


def _numeric(x: Any) -> bool:
    return isinstance(x, Tracked | int | float | Fraction | np.number | np.bool_)


def divided(x: Any, y: Any) -> Any:
    if _numeric(x) and _numeric(y):
        return divide(meant(x), meant(y))
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        return wrap(LIFTED["divide"](_array(x), _array(y)))
    return x / y


def raised(x: Any, y: Any) -> Any:
    if _numeric(x) and _numeric(y):
        return power(meant(x), meant(y))
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        return wrap(LIFTED["power"](_array(x), _array(y)))
    return x**y


def _array(x: Values) -> Any:
    return objects(x).view(np.ndarray) if isinstance(x, np.ndarray | list | tuple) else x


def over_in_place(x: Any, y: Any) -> Any:
    if isinstance(x, np.ndarray):
        x /= y
        return x
    return divided(x, y)


def raised_in_place(x: Any, y: Any) -> Any:
    if isinstance(x, np.ndarray):
        x **= y
        return x
    return raised(x, y)


class _FloatType(type):
    """`isinstance(x, float)` holds for what a float is here."""

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, Tracked | Fraction) or type(x) is builtins.float


class ExactFloat(float, metaclass=_FloatType):
    """The built-in float: a number stays what it is."""

    def __new__(cls, x: Any = 0) -> Any:
        if isinstance(x, Tracked | Fraction) or is_infinite(x):
            return x
        if isinstance(x, np.ndarray):
            return meant(x.item())
        return float(x) if isinstance(x, str) else plain(rational(x))


# -- loading


@lru_cache(maxsize=256)
def compiled(text: str, path: str, recording: bool) -> CodeType:
    """The rewritten module, under its own file's name and with its own lines."""
    tree = ast.parse(text, path)
    if recording:
        tree = Recording().visit(tree)
    tree = ast.fix_missing_locations(Exact().visit(tree))
    return compile(tree, path, "exec", dont_inherit=True)


class LoadedCode:
    """The modules of one run: each is run once, from its text, with stand-ins for what it imports.

    Names from other modules beside the file are loaded in the same way. `texts` stand for files
    that read differently; `recorder` is given what assignments in the files put under a name.
    """

    def __init__(
        self,
        session: CodeSession,
        texts: dict[str, str] | None = None,
        recorder: Recorder | None = None,
        seed: int = 0,
    ) -> None:
        self.session, self.texts, self.recorder = session, texts or {}, recorder
        self.standing = modules(seed)
        self.loaded: dict[str, dict[str, Any]] = {}

    def load(self, path: str, name: str = "code") -> dict[str, Any]:
        """The names of a module that has been run."""
        if path in self.loaded:
            return self.loaded[path]
        text = self.texts.get(path)
        if text is None:
            text = Path(path).read_text(encoding="utf-8")
        self.session.files.add(path)
        code = compiled(text, path, self.recorder is not None)
        names: dict[str, Any] = {
            "__name__": name,
            "__file__": path,
            "__builtins__": self._builtins(Path(path).parent),
            LITERAL: literal,
            DIVIDE: divided,
            POWER: raised,
            OVER: over_in_place,
            RAISED: raised_in_place,
            RECORD: self.recorder and partial(self.recorder, path),
        }
        self.loaded[path] = names
        exec(code, names)
        return names

    def _builtins(self, folder: Path) -> dict[str, Any]:
        def importing(
            name: str, names: Any = None, own: Any = None, wanted: Any = (), level: int = 0
        ) -> Any:
            if not level and name in self.standing:
                top = name if wanted else name.partition(".")[0]
                return self.standing[top]
            if (near := self._beside(folder, name, level)) is not None:
                return near
            if name.split(".", maxsplit=1)[0] == "scipy":
                raise ImportError(f"{name} has no exact stand-in")
            return builtins.__import__(name, names, own, wanted or (), level)

        return {**vars(builtins), "__import__": importing, "float": ExactFloat}

    def _beside(self, folder: Path, name: str, level: int) -> Any:
        """A module beside the file that imports it, or in its package, loaded as that was."""
        for _ in range(level - 1):
            folder = folder.parent
        roots = [folder] if level else [folder, *package_roots(folder, name)]
        paths = [root.joinpath(*name.split(".")).with_suffix(".py") for root in roots]
        path = next(filter(Path.is_file, paths), None)
        if path is None:
            return None
        spec = importlib.util.spec_from_loader(name, None)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        vars(module).update(self.load(str(path), name))
        return module


def package_roots(folder: Path, name: str) -> list[Path]:
    """The folders above in which a module's own package stands, by the first part of its name."""
    top = name.partition(".")[0]
    return [above.parent for above in (folder, *folder.parents) if above.name == top]


# -- the code as it stands


class Before(ast.NodeTransformer):
    """Before statements of some lines, what is known there by name is shown to a watcher."""

    def __init__(self, lines: frozenset[int]) -> None:
        self.lines = lines

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                setattr(node, name, [s for child in block for s in self._shown(child)])
        return node

    def _shown(self, node: ast.stmt) -> list[ast.stmt]:
        if node.lineno not in self.lines or isinstance(node, ast.FunctionDef | ast.ClassDef):
            return [node]
        names = ast.Call(ast.Name("locals", ast.Load()), [], [])
        call = _call(SHOW, node, ast.Constant(node.lineno), names)
        return [ast.copy_location(ast.Expr(call), node), node]


SHOW = "gradcli_show"


def plain_module(path: str) -> dict[str, Any]:
    """The names of a file that is run as it stands, with what it imports."""
    folder = Path(path).parent
    text = Path(path).read_text(encoding="utf-8")
    package = folder.resolve().name
    names: dict[str, Any] = {"__name__": Path(path).stem, "__file__": path, "__package__": package}
    before = sys.path.copy()
    sys.path[:0] = [str(folder), str(folder.resolve().parent)]
    try:
        exec(compile(text, path, "exec", dont_inherit=True), names)
    finally:
        sys.path[:] = before
    return names


def redefined(
    names: Mapping[str, Any],
    definitions: ast.Module,
    path: str,
    show: Callable[[int, dict[str, Any]], None] | None = None,
    lines: frozenset[int] = frozenset(),
) -> dict[str, Any]:
    """The names of a module with other definitions in the place of its own."""
    tree: Any = definitions
    if show is not None:
        tree = Before(lines).visit(deepcopy(tree))
    # A function that is not redefined still calls those of its own module.
    found = {**names, SHOW: show}
    exec(compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True), found)
    return found


def after(statement: ast.stmt, names: Mapping[str, Any], local: dict[str, Any]) -> dict[str, Any]:
    """What the local names are after a statement has run on them; raises what it raises."""
    tree = ast.fix_missing_locations(ast.Module([statement], []))
    exec(compile(tree, "<edit>", "exec", dont_inherit=True), {**names}, local)
    return local
