"""The page for those who add a function, taken at its word: each entry is appended to a copy.

Must not know any function: the page's own blocks say what is added and where.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "adding-a-function.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(python|toml)\n# (gradcli/\S+)\n(.*?)```", re.DOTALL)
NAME = re.compile(r'^\w+ = (?:function|pointwise)\(\s*"(\w+)\(', re.MULTILINE)
CLAIMS = {
    "rms": "x in R^n; n*rms(x)^2 = sum(x^2)",
    "relu6": "x in R; f = relu6(x)^2; df/dx = 2*relu6(x)*where(x > 0, where(x < 6, 1, 0), 0)",
    "heaviside": "x in R; heaviside(x) + heaviside(-x) = 1",
    "suffixsum": "x in R^3; f = sum(suffixsum(x)^2); df/dx[0] = 2*sum(x)",
}


def sections() -> dict[str, list[tuple[str, str, str]]]:
    """The blocks (language, file, text) of a function, under its name."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    name = ""
    for language, path, text in BLOCK.findall(PAGE):
        name = NAME.search(text)[1] if language == "python" else name  # type: ignore[index]
        found[name].append((language, path, text))
    return found


def added(folder: Path, blocks: list[tuple[str, str, str]]) -> None:
    """A copy of the checkout with the blocks where the page says."""
    ignored = shutil.ignore_patterns(".*", "__pycache__", "dist", "build")
    shutil.copytree(ROOT, folder, ignore=ignored, dirs_exist_ok=True)
    for language, path, text in blocks:
        old = (folder / path).read_text(encoding="utf-8")
        if language == "python":
            new = f"{old}\n\n{text}"
        else:
            new = old
            for head, body in re.findall(r"^(\[\w+\])\n(.*?)(?=^\[|\Z)", text, re.M | re.S):
                assert new.count(f"{head}\n") == 1
                new = new.replace(f"{head}\n", f"{head}\n{body}")
        (folder / path).write_text(new, encoding="utf-8")


def test_what_the_pages_name_is_there() -> None:
    """Files and folders, and the tests that fail when something is missing."""
    pages = PAGE + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"((?:gradcli|tests|docs)/[\w/.-]*[\w/])", pages)
    assert len({*paths}) > 20
    assert not [path for path in paths if "NAME" not in path and not (ROOT / path).exists()]
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("*.py"))
    named = re.findall(r"`(test_\w+)", pages)
    assert named
    assert not [name for name in named if f"def {name}" not in sources]


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=500,
    )  # fmt: skip


def own_tests(folder: Path, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Of the files whose tests are made from the registry; to collect all would take longer."""
    made = ("registry", "traits", "codegen", "proof", "cells")
    files = [f"tests/test_{file}.py" for file in made]
    return run(folder, "pytest", "-n", "0", "-x", "--no-header", "-k", name, *more, *files)


def test_the_page_has_every_kind() -> None:
    """An entry of each kind, a claim for each, and nothing that was there before."""
    assert sections().keys() == CLAIMS.keys()
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "gradcli" / "ops").glob("*.py")]
    assert not [name for name in CLAIMS if any(f'"{name}(' in text for text in sources)]


@pytest.mark.slow
def test_what_the_page_adds_is_proved(tmp_path: Path) -> None:
    """All entries at once: a proof with each, and the registry's own complaint of a second."""
    added(tmp_path, [block for blocks in sections().values() for block in blocks])
    arguments = [x for claim in CLAIMS.values() for x in ("-e", claim)]
    found = run(tmp_path, "gradcli", "check", *arguments)
    assert f"{len(CLAIMS)} proved" in found.stdout, found.stdout + found.stderr
    added(tmp_path, sections()["rms"] * 2)
    assert "declared twice" in run(tmp_path, "gradcli", "functions", "rms").stderr


@pytest.mark.slow
def test_what_the_page_adds_passes_its_tests(tmp_path: Path) -> None:
    """All entries at once: each has tests of its own, and all of them pass."""
    added(tmp_path, [block for blocks in sections().values() for block in blocks])
    found = own_tests(tmp_path, " or ".join(CLAIMS), "-vv")
    assert found.returncode == 0, found.stdout
    passed = [line for line in found.stdout.splitlines() if " PASSED" in line]
    assert all(any(name in line for line in passed) for name in CLAIMS)
    assert run(tmp_path, "pytest", "-n", "0", "tests/test_facts.py").returncode == 0


MISSING = {
    "at_rest": ("relu6", r'^    at_rest="both",\n'),
    "switches": ("heaviside", r"^    switches=.*\n    at_rest=.*\n"),
    "partial": ("relu6", r"^    lambda z, x: .*\n"),
    "pattern": ("suffixsum", r"^suffixsum = \"suffixes.*\n"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", MISSING)
def test_what_is_missing_is_seen(what: str, tmp_path: Path) -> None:
    name, lines = MISSING[what]
    blocks = [(a, b, re.sub(lines, "", text, flags=re.M)) for a, b, text in sections()[name]]
    assert blocks != sections()[name]
    added(tmp_path, blocks)
    assert own_tests(tmp_path, name).returncode == 1
