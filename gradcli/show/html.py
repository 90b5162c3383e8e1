"""Pieces of an HTML page: the document, numbers and arrays; one file that needs no network.

Must not know what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from gradcli.show.arrays import one_line
from gradcli.show.numbers import cell, flat
from gradcli.show.page import shortened

MOST, SIDE = 100, 12
"""Entries of a matrix that stands there in full, and of its rows."""
LONG = 120


def document(title: str, body: str, styles: Sequence[str] = (), script: str = "") -> str:
    """A whole page, with styles and a script from the assets beside this module."""
    css = "\n".join(asset(name) for name in ("page.css", *styles))
    end = f"<script>\n{asset(script)}</script>\n" if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(shortened(title, LONG))}</title>\n<style>\n{css}</style>\n</head>\n"
        f"<body>\n{body}\n{end}</body>\n</html>\n"
    )


def asset(name: str) -> str:
    """The text of a file beside this module."""
    return (files("gradcli.show") / "assets" / name).read_text(encoding="utf-8")


def text(words: str, style: str = "", tag: str = "span") -> str:
    """Words as they are, in a style."""
    return f'<{tag} class="{style}">{escape(words)}</{tag}>' if style else escape(words)


def code(formula: str, style: str = "math") -> str:
    """A formula of the language."""
    return f'<code class="{style}">{escape(formula)}</code>'


def array(value: Any, shape: Sequence[Any], count: int, style: str = "") -> str:
    """A number, a matrix as a table, anything else in one line."""
    classes = f"num {style}".rstrip()
    entries = flat(value)
    small = len(entries) <= MOST and len(shape) in (1, 2) and int(shape[-1]) <= SIDE
    if not small:
        return f'<span class="{classes}">{escape(one_line(value, shape, count))}</span>'
    columns = int(shape[-1])
    texts = [f"<td>{escape(cell(x, count))}</td>" for x in entries]
    rows = [texts[k : k + columns] for k in range(0, len(texts), columns)]
    whole = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<table class="array {style}"><tbody>{whole}</tbody></table>'
