"""Writes what the code states: functions, codes, verdicts, mistakes, the command line, sessions.

Must not hold any text about any of them: it is in the package, or in a page around what is written.

    python docs/generate.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import partial
from importlib import import_module
from itertools import groupby
from pathlib import Path

import click

from gradcli.cli import group
from gradcli.cli.explain import tell
from gradcli.errors import CODES
from gradcli.ops import FUNCTIONS, Function
from gradcli.reference.codes import Explanation, explain, topics
from gradcli.reference.functions import FunctionPage, describe, operators
from gradcli.show import codes as code_pages

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
gallery = import_module("gallery")
house = import_module("house")
tutorials = import_module("tutorials")
TUTORIALS = sorted((HERE / "tutorials").glob("*.md"))
MARK = "<!-- written by docs/generate.py -->"
END = "<!-- up to here -->"


def functions() -> str:
    """Every function: signature, value or derivatives, domain, kinks."""
    unique: list[Function] = [*dict.fromkeys(FUNCTIONS.values())]
    unique.sort(key=lambda function: (function.section, function.name))
    told = "δ is a scalar's derivative by the value; what becomes of it is that by an argument."
    parts = ["# The functions", "", MARK, "", told, ""]
    for section, members in groupby(unique, key=lambda function: function.section):
        parts += [f"## {section[0].upper()}{section[1:]}", ""]
        parts += [
            "| function | value | derivative | domain | switches at |",
            "|---|---|---|---|---|",
        ]
        parts += [_row(describe(function)) for function in members] + [""]
    parts += ["## Derivatives by function", "", "| function | value |", "|---|---|"]
    parts += [f"| `{page.signature}` | `{page.value}` |" for page in operators().values()] + [""]
    return "\n".join(parts)


def _row(page: FunctionPage) -> str:
    names = ", ".join(f"`{name}`" for name in page.aliases)
    derivatives = [f"d/d{by}: `{text}`" for by, text in page.derivatives]
    derivatives += [f"δ to {by}: `{text}`" for by, text in page.pullbacks]
    derivatives += [f"δ to {by}: {text}" for by, text in page.words]
    derivatives += [f"where `{page.where}`"] if page.where else []
    derivatives += ["linear in each argument by itself"] if page.linear else []
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
    return "\n".join([*parts, _sections(map(explain, CODES))])


def _sections(pages: Iterable[Explanation]) -> str:
    return "\n".join(code_pages.section(tell(page)) for page in pages)


def verdicts() -> str:
    """The page on verdicts, with a section for each of them."""
    return _within("verdicts.md", _sections(topics("verdict").values()))


def mistakes() -> str:
    """The page on mistakes, with a section for each kind."""
    return _within("mistakes.md", _sections(topics("mistake").values()))


def _within(name: str, text: str) -> str:
    """A page written by hand, with a new text between its marks."""
    page = (HERE / name).read_text(encoding="utf-8")
    before, _, rest = page.partition(MARK)
    return f"{before}{MARK}\n\n{text}\n{END}{rest.partition(END)[2]}"


def map_of_the_house() -> str:
    """Every room and file by its own first sentence, and two walks through them."""
    return "\n".join(["# The house", "", MARK, "", house.page()])


def tutorial(path: Path) -> str:
    """A tutorial written by hand, with what its commands print now."""
    text: str = tutorials.played(path.read_text(encoding="utf-8"))
    return text


PAGES = {
    "house.md": map_of_the_house,
    "functions.md": functions,
    "codes.md": codes,
    "cli.md": commands,
    "verdicts.md": verdicts,
    "mistakes.md": mistakes,
    **{f"tutorials/{path.name}": partial(tutorial, path) for path in TUTORIALS},
}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (HERE / file).write_text(page(), encoding="utf-8")
    gallery.write()
