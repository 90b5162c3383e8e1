"""A manual page as roff, for `man`: the sections that such a page has, in their order.

Must not know commands: it is told what stands in each section.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradcli.version import __version__

Pairs = Sequence[tuple[str, str]]


class ManualPage(NamedTuple):
    """A page; `options`, `exits` and `others` are names with what is said of each."""

    name: str
    summary: str
    usage: str
    description: str
    options: Pairs
    examples: str
    exits: Pairs
    others: Pairs


def roff(page: ManualPage) -> str:
    """The source of the page, in ASCII but for what others have written."""
    lines = [
        f'.TH "{_text(page.name).upper()}" "1" "" "gradcli {__version__}" "gradcli"',
        ".SH NAME", f"{_text(page.name)} \\- {_text(page.summary)}",
        ".SH SYNOPSIS", f".B {_text(page.usage)}",
        ".SH DESCRIPTION", *_paragraphs(page.description),
        ".SH OPTIONS", *_terms(page.options),
    ]  # fmt: skip
    if page.examples:
        head, _, rest = page.examples.partition("\n")
        shown = rest if head.endswith(":") else page.examples
        lines += [".SH EXAMPLES", ".nf", *map(_line, shown.split("\n")), ".fi"]
    lines += [".SH EXIT STATUS", *_terms(page.exits), ".SH SEE ALSO"]
    if any(text for _, text in page.others):
        lines += _terms(page.others)
    else:
        lines.append(", ".join(_text(name) for name, _ in page.others))
    return "\n".join(lines) + "\n"


def _paragraphs(text: str) -> list[str]:
    return [line for part in text.split("\n\n") for line in (".PP", _line(" ".join(part.split())))]


def _terms(pairs: Pairs) -> list[str]:
    return [part for name, text in pairs for part in (".TP", f".B {_text(name)}", _line(text))]


def _line(text: str) -> str:
    """A line of text, which is no request though it begins with a dot."""
    shown = _text(text)
    return f"\\&{shown}" if shown[:1] in (".", "'") else shown


def _text(text: str) -> str:
    """Backslashes, and the signs that roff would make typographical ones of, as they stand."""
    signs = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}
    return "".join(signs.get(char, char) for char in text)
