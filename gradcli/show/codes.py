"""The pages of the codes: all of them with their titles, or some with examples and messages.

Must not know what a code means, nor run an example: it is given what each one says.
"""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import Any

from gradcli.errors import CODES
from gradcli.explain.codes import Explanation
from gradcli.show.diagnostics import render
from gradcli.show.formats import Remark
from gradcli.show.json import dumps
from gradcli.show.markdown import markdown
from gradcli.show.page import Cell, Column, Line, Lines, Page, Table, line

HINT = "gradcli explain CODE  shows what a code means, an example and the mend"
WIDTH = 80

Told = tuple[Explanation, list[Remark]]
"""The texts on a code, and what its wrong example gives."""


def listed(form: str) -> Page | str:
    """Every code with its title."""
    if form == "json":
        return dumps({"codes": [{"code": code, "title": title} for code, title in CODES.items()]})
    rows = [[Cell(code, "title"), Cell(title)] for code, title in CODES.items()]
    hint = Lines([line(Cell(HINT, "dim"))], commentary=True)
    page = Page([Table([Column(""), Column("")], rows), hint])
    return markdown(page) if form == "markdown" else page


def explained(told: list[Told], form: str) -> Page | str:
    """Some codes with all that is said of them."""
    if form == "json":
        return dumps({"codes": [_json(found, gives) for found, gives in told]})
    if form == "markdown":
        return "\n".join(section(found, gives) for found, gives in told)
    return Page([part for found, gives in told for part in _parts(found, gives)])


def section(found: Explanation, gives: list[Remark]) -> str:
    """A code as a section of a Markdown document."""
    reader = f", read by `{_reader(found)}`" if _reader(found) else ""
    blocks = [f"## {found.code}: {found.title}", found.means, found.matters]
    blocks += [f"Example{reader}:", _fenced(found.wrong)]
    blocks += map(_fenced, _messages(found, gives))
    blocks += ["Mend:", _fenced(found.mend)]
    return "\n\n".join(blocks) + "\n"


def _fenced(text: str) -> str:
    # An example may hold a fence itself.
    fence = "````" if "```" in text else "```"
    return f"{fence}text\n{text}\n{fence}"


def _reader(found: Explanation) -> str:
    """The command that reads the examples of a code, if they are programs."""
    return f"gradcli {found.kind}" if found.kind in ("diff", "check") else ""


def _messages(found: Explanation, gives: list[Remark]) -> list[str]:
    """What the example gives of the code itself; other messages would only distract."""
    return [render(said, severity) for said, severity in gives if said.code == found.code]


def _parts(found: Explanation, gives: list[Remark]) -> list[Lines | Table]:
    reader = _reader(found)
    read = Cell(f"   read by {reader}" if reader else "", "dim")
    return [
        Lines([line(Cell(found.code, "title"), f"   {found.title}")]),
        *(
            Lines([line(text) for text in textwrap.wrap(prose, WIDTH)], commentary=True)
            for prose in (found.means, found.matters)
        ),
        Lines([line(Cell("example", "title"), read), *_example(found.wrong)]),
        *(Lines([line(text) for text in text.splitlines()]) for text in _messages(found, gives)),
        Lines([line(Cell("mend", "title")), *_example(found.mend)]),
    ]


def _example(text: str) -> list[Line]:
    return [line(Cell(f"    {text}".rstrip(), "value")) for text in text.splitlines()]


def _json(found: Explanation, gives: list[Remark]) -> dict[str, Any]:
    said = [{"code": diagnostic.code, "message": diagnostic.message} for diagnostic, _ in gives]
    texts = asdict(found)
    del texts["message"]
    return texts | {"gives": said}
