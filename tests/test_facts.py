"""What is true of an op stands on its line: no module elsewhere tells ops apart by their names.

Must not know what any module does: it reads the text of the package and the names of the tables.
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from gradcli.graph.node import Op
from gradcli.ops import FUNCTIONS
from tests.house import MODULES, Module, planted

SENTENCES = {"and", "or", "not"}
"""Words of every sentence, and of Python."""
NAMES = {*FUNCTIONS, *(x.name for x in gc.get_objects() if isinstance(x, Op))} - SENTENCES
OWN = ("ops", "arithmetic", "proof", "code/", "emit", "calculus/core.py", "language/tex")
"""Who may name ops: their tables, the number systems (tracked numbers too), what writes them."""
OTHERWISE: dict[str, set[str]] = {
    # how a node is made of two
    "graph/node.py": {"add", "sub", "mul", "div", "neg", "lt", "le", "gt", "ge"},
    # what users type, and a kind of set
    "language": {"le", "ge", "ne", "where", "input", "var", "power"},
    "trial": {"power", "onehot"},
    # operators and accents of LaTeX
    "notation": {"tr", "diag", "dot"},
    # kinds of mistakes
    "judge": {"step", "transpose", "onehot"},
    "diagnosis": {"sign", "index", "transpose"},
    # a kind of set
    "graph": {"onehot"},
    "simplify": {"onehot"},
    # kinds of boxes and of pictures
    "choices.py": {"dot"},
    "explain/vertices": {"input"},
    "drawing": {"input"},
    # words, headings and keys of a report
    "certify": {"sum"},
    "cli/session": {"trace"},
    "motion": {"pole"},
    "show": {"delta", "dot", "input", "norm", "power", "size", "step", "where", "zeros"},
}
"""Words that mean something else, where they do."""


def named(module: Module) -> Iterator[tuple[int, str]]:
    """Strings that are the name of an op, or nothing but names; pieces of sentences are none."""
    joined = [node for node in module.nodes if isinstance(node, ast.JoinedStr)]
    pieces = {id(part) for node in joined for part in node.values}
    for node in module.nodes:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in pieces
        ):
            words = node.value.replace(",", " ").split()
            if words and {*words} <= NAMES:
                yield from ((node.lineno, word) for word in words)


@cache
def everywhere() -> dict[str, list[tuple[int, str]]]:
    return {module.place: [*named(module)] for module in MODULES}


def out_of_place(place: str, found: list[tuple[int, str]]) -> list[str]:
    if place.startswith(OWN):
        return []
    allowed = {word for key, words in OTHERWISE.items() if place.startswith(key) for word in words}
    return [f"{place}:{line} {word}" for line, word in found if word not in allowed]


@pytest.mark.slow
def test_no_op_is_named() -> None:
    found = [said for place, names in everywhere().items() for said in out_of_place(place, names)]
    assert not found, f"what is said of an op belongs on its line in gradcli/ops: {found}"


@pytest.mark.slow
def test_other_meanings_are_in_use() -> None:
    """A word is allowed where it stands, and nowhere else."""
    used = {(place, word) for place, names in everywhere().items() for _, word in names}
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
def test_a_named_op_is_seen(text: str, tmp_path: Path) -> None:
    module = planted(tmp_path, "judge/planted.py", text)
    assert out_of_place(module.place, [*named(module)])
