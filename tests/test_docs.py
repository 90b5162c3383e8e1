"""The documentation against the program: generated pages are fresh, and every example shown runs.

Must not hold an example of its own.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["functions.md", "cli.md"])
def test_a_generated_page_is_fresh(name: str) -> None:
    fresh = generator().PAGES[name]()
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == fresh, "run docs/generate.py"


def sessions() -> list[tuple[str, str]]:
    """Every `$ gradcli …` in a console block, with the lines that follow it."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                found.append((command, output.rstrip()))
    return found


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(command, comments=True)
    assert program == "gradcli"
    return subprocess.run(
        [sys.executable, "-m", "gradcli", *arguments],
        capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("command", "output"), sessions())
def test_a_session_shows_what_the_program_prints(command: str, output: str) -> None:
    done = run(command, ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(output)


def commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith("gradcli ")]


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    import numpy as np  # noqa: PLC0415 only to write the file that the example names

    np.save(tmp_path / "w.npy", np.ones((2, 3)))
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    done = run(command, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout
