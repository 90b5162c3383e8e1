"""The pages of what can be explained: all with their titles, or some with examples and reports.

Must not know what a code, a verdict or a mistake means, nor run an example: it is given all of it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, NamedTuple

from gradcli.errors import CODES
from gradcli.reference.codes import Explanation, topics
from gradcli.show.diagnostics import render
from gradcli.show.formats import Remark
from gradcli.show.json import dumps
from gradcli.show.markdown import markdown
from gradcli.show.page import Cell, Column, Line, Lines, Page, Table, line

HINT = "gradcli explain NAME  shows what a code, a verdict or a mistake means, with an example"
WIDTH = 80
FAMILIES = {"code": "codes", "verdict": "verdicts", "mistake": "mistakes"}


class Said(NamedTuple):
    """One message on an example, and the whole of it as text."""

    code: str
    message: str
    text: str


class Told(NamedTuple):
    """The texts on something, and what its wrong example gives."""

    found: Explanation
    gives: list[Said]


def listed(form: str) -> Page | str:
    """Everything that can be explained, with its title."""
    titles = {"code": CODES} | {
        family: {name: found.title for name, found in topics(family).items()}
        for family in ("verdict", "mistake")
    }
    if form == "json":
        content = {
            FAMILIES[family]: [{_key(family): name, "title": title} for name, title in of.items()]
            for family, of in titles.items()
        }
        return dumps(content)
    tables = [
        Table([Column(""), Column("")], [[Cell(n, "title"), Cell(t)] for n, t in of.items()])
        for of in titles.values()
    ]
    hint = Lines([line(Cell(HINT, "dim"))], commentary=True)
    page = Page([*tables, hint])
    return markdown(page) if form == "markdown" else page


def explained(told: list[Told], form: str) -> Page | str:
    """Some of it with all that is said."""
    if form == "json":
        content: dict[str, Any] = {}
        for each in told:
            content.setdefault(FAMILIES[each.found.family], []).append(_json(each))
        return dumps(content)
    if form == "markdown":
        return "\n".join(map(section, told))
    return Page([part for each in told for part in _parts(each)])


def section(told: Told) -> str:
    """One as a section of a Markdown document."""
    found = told.found
    reader = f", read by `{_reader(found)}`" if _reader(found) else ""
    blocks = [f"## {found.code}: {found.title}", found.means, found.matters]
    blocks += [f"Example{reader}:", _fenced(found.wrong)]
    blocks += map(_fenced, _messages(told))
    blocks += ["Mend:", _fenced(found.mend)] if found.mend else []
    return "\n\n".join(blocks) + "\n"


def _fenced(text: str) -> str:
    # An example may hold a fence itself.
    fence = "````" if "```" in text else "```"
    return f"{fence}text\n{text}\n{fence}"


def _reader(found: Explanation) -> str:
    """The command that reads the examples of a code, if they are programs."""
    return f"gradcli {found.kind}" if found.kind in ("diff", "check") else ""


def _messages(told: Told) -> list[str]:
    """What the example gives of a code itself; other messages would only distract."""
    wanted = told.found.code if told.found.family == "code" else ""
    return [said.text for said in told.gives if wanted in ("", said.code)]


def _parts(told: Told) -> list[Lines | Table]:
    found = told.found
    reader = _reader(found)
    read = Cell(f"   read by {reader}" if reader else "", "dim")
    family = Cell("" if found.family == "code" else f"   a {found.family}", "dim")
    parts: list[Lines | Table] = [
        Lines([line(Cell(found.code, "title"), f"   {found.title}", family)]),
        *(
            Lines([line(text) for text in textwrap.wrap(prose, WIDTH)], commentary=True)
            for prose in (found.means, found.matters)
        ),
        Lines([line(Cell("example", "title"), read), *_example(found.wrong)]),
        *(Lines([line(text) for text in text.splitlines()]) for text in _messages(told)),
    ]
    if found.mend:
        parts.append(Lines([line(Cell("mend", "title")), *_example(found.mend)]))
    return parts


def _example(text: str) -> list[Line]:
    return [line(Cell(f"    {text}".rstrip(), "value")) for text in text.splitlines()]


def _key(family: str) -> str:
    return "code" if family == "code" else "name"


def _json(told: Told) -> dict[str, Any]:
    found = told.found
    texts = asdict(found)
    del texts["message"], texts["family"], texts["code"]
    gives = [{"code": said.code or None, "message": said.message} for said in told.gives]
    return {_key(found.family): found.code} | texts | {"gives": gives}


def rendered(remarks: Iterable[Remark]) -> list[Said]:
    """Diagnostics as they are shown."""
    return [Said(said.code, said.message, render(said, severity)) for said, severity in remarks]
