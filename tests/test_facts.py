"""What is true of an op stands on its line: no module elsewhere tells ops apart by their names.

Must not know what any module does: it reads the text of the package and the names of the tables.
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

import gradcli
import gradcli.api
from gradcli.graph.node import Op
from gradcli.ops import FUNCTIONS

ROOT = Path(gradcli.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.py") if "__pycache__" not in path.parts)
SENTENCES = {"and", "or", "not"}
"""Words of every sentence, and of Python."""
NAMES = {*FUNCTIONS, *(x.name for x in gc.get_objects() if isinstance(x, Op))} - SENTENCES
OWN = ("ops", "arithmetic", "proof", "code/", "codegen", "calculus/core.py")
"""Who may name ops: their tables, the number systems (tracked numbers too), what writes them."""
OTHERWISE: dict[str, set[str]] = {
    # how a node is made of two
    "graph/node.py": {"add", "sub", "mul", "div", "neg", "lt", "le", "gt", "ge"},
    # what users type, and a kind of set
    "language": {"le", "ge", "ne", "where", "input", "var", "power"},
    "trial": {"power"},
    # operators and accents of LaTeX
    "notation": {"tr", "diag", "dot"},
    # kinds of mistakes
    "judge": {"step", "transpose"},
    "diagnosis": {"sign", "index", "transpose"},
    # words, headings and keys of a report
    "certify": {"sum"},
    "show": {"input", "size", "step", "zeros"},
}
"""Words that mean something else, where they do."""


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def named(path: Path) -> Iterator[tuple[int, str]]:
    """Strings that are the name of an op, or nothing but names; pieces of sentences are none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    pieces = {id(part) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for part in n.values}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in pieces
        ):
            words = node.value.replace(",", " ").split()
            if words and {*words} <= NAMES:
                yield from ((node.lineno, word) for word in words)


@pytest.mark.parametrize("path", FILES, ids=place)
def test_no_op_is_named(path: Path) -> None:
    name = place(path)
    if name.startswith(OWN):
        return
    allowed = {word for key, words in OTHERWISE.items() if name.startswith(key) for word in words}
    found = [f"{name}:{line} {word}" for line, word in named(path) if word not in allowed]
    assert not found, f"what is said of an op belongs on its line in gradcli/ops: {found}"


def test_other_meanings_are_in_use() -> None:
    """A word is allowed where it stands, and nowhere else."""
    used = {(place(path), word) for path in FILES for _, word in named(path)}
    for key, words in OTHERWISE.items():
        for word in words:
            assert any(name.startswith(key) and word == each for name, each in used), (key, word)


@pytest.mark.parametrize(
    "text",
    [
        'COSTS = {"softmax": 2}',
        'plain = node.op.name in ("relu", "abs")',
        'SIBLINGS = "sin cos tan".split()',
        'def f(name):\n    match name:\n        case "tanh":\n            return 1',
    ],
)
def test_a_named_op_is_seen(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "judge" / "planted.py"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError):
        test_no_op_is_named(path)
