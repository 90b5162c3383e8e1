"""The map of the house and two walks through it, read off the files and off two runs.

Must not say anything of a file that its own first sentence does not say.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import gradcli

ROOT = Path(gradcli.__file__).parent
WALKS = {
    "An expression": ["diff", "q = x + y; q*z", "--at", "x=-2, y=5, z=-4"],
    "A claim": ["check", "-e", "x in R; f = sin(x)^2; df/dx = sin(2x)"],
}
RULE = """## The rooms

From the ground up: a room imports from itself and from those before it; a test walks the imports
and holds which may. Of the files that stand in no room `version`, `errors`, `choices` and `claims`
are the ground, `testing` and `pytest_plugin` are doors.
"""
WALK = """
import gc, io, os, sys
os.environ["GRADCLI_NO_CACHE"] = "1"
from contextlib import redirect_stdout
from pathlib import Path
import gradcli
from gradcli.cli import group
from gradcli.cli.run import run

root = str(Path(gradcli.__file__).parent) + "/"
entered = {}

def enter(frame, event, argument):
    file = frame.f_code.co_filename
    if event == "call" and file.startswith(root):
        entered.setdefault(file.removeprefix(root), frame.f_code.co_name)

with redirect_stdout(io.StringIO()):
    run(group, sys.argv[1:])
    gc.collect()
    gc.disable()
    sys.setprofile(enter)
    run(group, sys.argv[1:])
    sys.setprofile(None)
for file, function in entered.items():
    print(file, function)
"""
"""Prints the files that a command enters, with the first function called in each; it runs twice,
so that what is only done at the start is not seen. Vertices live until they are collected: when,
must not be chance."""


def page() -> str:
    """Every room with its files, from the ground up, and the files that two questions pass."""
    parts = [RULE, _table("file", ((p.name, sentence(p)) for p in files("")))]
    for room in rooms():
        first = sentence(ROOT / room / "__init__.py")
        parts.append(f"### {room}/\n\n{first}\n")
        parts.append(_table("file", ((p.name, sentence(p)) for p in files(room))))
    for name, command in WALKS.items():
        shown = " ".join(f'"{word}"' if " " in word else word for word in command)
        parts.append(f"## {name}\n\n`gradcli {shown}` enters, in this order:\n")
        parts.append(_table("file", walked(tuple(command)), "first called there"))
    return "\n".join(parts)


def _table(head: str, rows: Iterable[tuple[str, str]], then: str = "what it is") -> str:
    lines = [f"| {head} | {then} |", "|---|---|"]
    lines += [f"| `{name}` | {text.replace('|', chr(92) + '|')} |" for name, text in rows]
    return "\n".join([*lines, ""])


def files(room: str) -> list[Path]:
    """The modules of a room, without what only opens it."""
    return sorted(p for p in (ROOT / room).glob("*.py") if not p.name.startswith("__"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def sentence(path: Path) -> str:
    """The first sentence of a module, on one line."""
    text = ast.get_docstring(parsed(path)) or ""
    return " ".join(text.partition("\n\n")[0].split())


def rooms() -> list[str]:
    """Every folder with modules, in folders too, each behind all that it imports from.

    Those of one folder stand together where they can, else they are sorted by name.
    """
    left = {room_of(path.parent): imports(path.parent) for path in ROOT.glob("*/**/__init__.py")}
    order: list[str] = []
    while left:
        free = [name for name in sorted(left) if not left[name] & left.keys() - {name}]
        house = order[-1].partition("/")[0] if order else ""
        order.append(min(free, key=lambda name: name.partition("/")[0] != house))
        del left[order[-1]]
    return order


def room_of(path: Path) -> str:
    """The folder that a module, what it defines, or a folder itself, stands in."""
    inside = next(place for place in (path, *path.parents) if place.is_dir())
    return inside.relative_to(ROOT).as_posix()


def imports(folder: Path) -> set[str]:
    """The rooms that a room imports from."""
    trees = map(parsed, folder.glob("*.py"))
    found = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named = [(str(node.module).split("."), alias.name) for node in found for alias in node.names]
    return {room_of(ROOT.joinpath(*at[1:], name)) for at, name in named if at[0] == "gradcli"}


@cache
def walked(command: tuple[str, ...]) -> list[tuple[str, str]]:
    """The files that a command enters, and the first function called in each."""
    done = subprocess.run(
        [sys.executable, "-c", WALK, *command], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(ROOT.parent), "PYTHONHASHSEED": "0", "NO_COLOR": "1"}, timeout=300,
    )  # fmt: skip
    rows = [line.split() for line in done.stdout.splitlines()]
    return [(file, f"`{function}`") for file, function in rows]
