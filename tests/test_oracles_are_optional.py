"""No test of the default run needs SymPy, JAX or PyTorch: what may be missing is asked for.

Must not know what is compared with them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ORACLES = ("sympy", "jax", "torch")
MARKED = "pytest.mark.oracle"
FILES = sorted(Path(__file__).parent.rglob("*.py"))


def asks(node: ast.AST) -> bool:
    """Whether a call skips where an oracle, or what a variable names, is missing."""
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "pytest.importorskip"
        and not (
            isinstance(node.args[0], ast.Constant)
            and str(node.args[0].value).partition(".")[0] not in ORACLES
        )
    )


def needs(text: str) -> Iterator[str]:
    """What of a test file fails, or is left out of the default run, where an oracle is missing."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (f"imports {name}" for name in names if name.partition(".")[0] in ORACLES)
        if asks(node) and MARKED not in text:
            yield "asks for an oracle without its mark"


@pytest.mark.slow
def test_every_test_can_do_without() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in FILES}
    assert not [f"{name} {said}" for name, text in texts.items() for said in needs(text)]


@pytest.mark.parametrize(
    "text",
    [
        "import sympy as sp",
        "def test():\n    from torch.nn import Linear",
        "import jax.numpy",
        "sp = pytest.importorskip('sympy')",
        "pytest.importorskip(library)",
        "def test():\n    jnp = pytest.importorskip('jax.numpy')",
    ],
)
def test_a_need_is_seen(text: str) -> None:
    assert [*needs(text)]
