"""Plays a tutorial: writes the files that it names, runs its commands, and puts in what they print.

Must not hold any text of a tutorial, nor what a command should print.
"""

from __future__ import annotations

import io
import re
import shlex
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from gradcli.cli import group
from gradcli.cli.run import run

BLOCK = re.compile(
    r"(?:`(?P<name>[\w./-]+)`:\n\n)?"
    r"^(?P<fence>`{3,})(?P<language>\w+)[^\n]*\n(?P<content>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
"""A fence; a paragraph before it that ends in a name says in which file its content stands."""


def played(page: str) -> str:
    """The page, with each `$ command` of its `console` blocks followed by what it prints now.

    Everything happens in an empty folder, in the order of the page. Raises `ValueError` for a
    command that is neither `gradcli …` nor `echo $?`.
    """
    with TemporaryDirectory() as folder:
        terminal = _Terminal(Path(folder))
        return BLOCK.sub(lambda block: _block(block, terminal), page)


class _Terminal:
    """A folder, and the exit code of the last command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "pyproject.toml").touch()  # a project of its own, wherever the folder lies
        self.code = 0

    def write(self, name: str, content: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def answer(self, command: str) -> str:
        if command == "echo $?":
            return str(self.code)
        program, *arguments = shlex.split(command)
        if program != "gradcli":
            raise ValueError(f"a tutorial cannot run {program}")
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed), chdir(self.folder):
            self.code = run(group, arguments)
        return printed.getvalue().strip("\n")


def _block(block: re.Match[str], terminal: _Terminal) -> str:
    if block["name"]:
        terminal.write(block["name"], block["content"])
    if block["language"] != "console":
        return block[0]
    commands = re.findall(r"^\$ (.*)$", block["content"], re.MULTILINE)
    session = "\n\n".join(f"$ {each}\n{terminal.answer(each)}".rstrip() for each in commands)
    return f"```console\n{session}\n```"
