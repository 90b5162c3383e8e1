"""Writes the pages that the code itself states: the functions, the codes and the command line.

Must not hold any text about a function, a code or an option: it is all in the package.

    python docs/generate.py
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from gradcli.cli import group
from gradcli.cli.explain import example
from gradcli.errors import CODES
from gradcli.explain.codes import explain
from gradcli.explain.functions import describe
from gradcli.ops import FUNCTIONS, Function
from gradcli.show import codes as code_pages

HERE = Path(__file__).parent
MARK = "<!-- written by docs/generate.py -->"


def functions() -> str:
    """Every function: signature, value or derivatives, domain, kinks."""
    unique: list[Function] = [*dict.fromkeys(FUNCTIONS.values())]
    unique.sort(key=lambda function: (function.section, function.name))
    parts = ["# The functions", "", MARK, ""]
    for section, members in groupby(unique, key=lambda function: function.section):
        parts += [f"## {section[0].upper()}{section[1:]}", ""]
        parts += [
            "| function | value | derivative | domain | switches at |",
            "|---|---|---|---|---|",
        ]
        parts += [_row(function) for function in members] + [""]
    return "\n".join(parts)


def _row(function: Function) -> str:
    page = describe(function)
    names = ", ".join(f"`{name}`" for name in page.aliases)
    derivatives = [f"d/d{by}: `{text}`" for by, text in page.derivatives]
    cells = [
        f"`{page.signature}`" + (f" also {names}" if names else ""),
        f"`{page.value}`" if page.value else "",
        "<br>".join(derivatives),
        "<br>".join(f"`{need}`" for need in page.domain),
        "<br>".join(f"`{kink}`" for kink in page.kinks),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def commands() -> str:
    """The help of the program and of every command, at a fixed width."""
    parts = ["# The command line", "", MARK, ""]
    context = click.Context(group, info_name="gradcli", terminal_width=100)
    parts += ["```", group.get_help(context), "```", ""]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context, terminal_width=100)
        parts += [f"## {name}", "", "```", command.get_help(inner), "```", ""]
    return "\n".join(parts)


def codes() -> str:
    """Every code of a message, with an example and what that gives."""
    parts = ["# The codes of messages", "", MARK, ""]
    parts += [code_pages.section(page, example(page, page.wrong)) for page in map(explain, CODES)]
    return "\n".join(parts)


PAGES = {"functions.md": functions, "codes.md": codes, "cli.md": commands}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (HERE / file).write_text(page(), encoding="utf-8")
