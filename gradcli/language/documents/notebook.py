r"""A notebook becomes the text of its Markdown cells, in which every character knows its place.

Must not know what a cell says. Notebooks are JSON (nbformat 4): places come from reading the
strings where they stand, escapes and all; nothing is searched for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from gradcli.errors import GradcliError, Source, Span, wrong
from gradcli.language.documents.assembled import AssembledSource

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
PIECE = re.compile(r'[^"\\]+|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u.{4}|\\.')
"""What stands for itself, and escapes; the two of a surrogate pair are one character."""
FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
BETWEEN = "\n\n"
HELP = "gradcli reads notebooks of format 4, as Jupyter saves them since 2015"


class _JsonString(NamedTuple):
    """A string of the file: where it stands, its path from the top of the file."""

    path: tuple[str | int | None, ...]
    start: int
    end: int


def notebook(source: Source) -> AssembledSource:
    """The Markdown cells of a notebook, one below the other.

    GradcliError (G011) for a file that is no notebook.
    """
    kinds: dict[int, str] = {}
    texts: dict[int, list[_JsonString]] = {}
    for text in _strings(source):
        match text.path:
            case ("cells", int(cell), "cell_type"):
                kinds[cell] = source.text[text.start + 1 : text.end - 1]
            case ("cells", int(cell), "source", *_):
                texts.setdefault(cell, []).append(text)
    found = AssembledSource(source.name, encoded)
    for cell, kind in sorted(kinds.items()):
        if kind == "markdown":
            found.begin_cell(cell + 1)
            end = _add(found, source, texts.get(cell, []))
            found.add(BETWEEN, source, end, stored=False)
    return found.finished()


def encoded(text: str) -> str:
    """A text as it stands within a string of the file."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _add(found: AssembledSource, source: Source, texts: list[_JsonString]) -> int:
    """A cell's text; a fence that it leaves open ends with it. Where it ends in the file."""
    whole, end = [], 0
    for text in texts:
        for piece in PIECE.finditer(source.text, text.start + 1, text.end - 1):
            shown = json.loads(f'"{piece[0]}"') if piece[0][0] == "\\" else piece[0]
            found.add(shown, source, piece.start())
            whole.append(shown)
        end = text.end - 1
    if closing := _left_open("".join(whole)):
        found.add(f"\n{closing}", source, end, stored=False)
    return end


def _left_open(text: str) -> str:
    """The signs that close a fence which a text leaves open; empty where it leaves none."""
    opened = ""
    for match in FENCE.finditer(text):
        signs, rest = match[1], match[2].strip()
        if not opened:
            opened = signs if signs[0] == "~" or "`" not in rest else ""
        elif signs.startswith(opened) and not rest:
            opened = ""
    return opened


def _strings(source: Source) -> Iterator[_JsonString]:
    """Every string that is a value, with its path; no recursion, however deep the file is.

    In a path, an object whose key is still to come stands as None.
    """
    _require_json(source)
    path: list[str | int | None] = []
    key = ""
    for token in TOKEN.finditer(source.text):
        sign = token[0][0]
        if sign in "{[":
            path.append(0 if sign == "[" else None)
        elif sign in "}]":
            path.pop()
        elif sign == "," and path:
            last = path[-1]
            path[-1] = last + 1 if isinstance(last, int) else None
        elif sign == ":":
            path[-1] = key
        elif sign == '"':
            if path and path[-1] is None:
                key = json.loads(token[0])
            else:
                yield _JsonString((*path,), *token.span())


def _require_json(source: Source) -> None:
    """GradcliError (G011) unless this is JSON with cells."""
    try:
        content = json.loads(source.text)
    except json.JSONDecodeError as error:
        place = Span(source, error.pos, error.pos + 1)
        raise wrong("G011", f"this is no notebook: {error.msg}", place, help=HELP) from None
    except RecursionError:
        raise _no_notebook(source) from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise _no_notebook(source)


def _no_notebook(source: Source) -> GradcliError:
    return wrong("G011", f"{source.name} has no cells of a notebook", help=HELP)
