r"""The comment that a section lacks: what it says, where it belongs, and how it is set there.

Must not know which shapes are likely, nor whether anybody writes it into a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gradcli.errors import Source, Span
from gradcli.language.tex.document import TexBlock, TexDocument
from gradcli.language.tex.known import KnownNames
from gradcli.language.tex.names import identifier
from gradcli.language.tex.proposals import Shapes
from gradcli.notation.symbols import symbol

INDENT = re.compile(r"[ \t]*")
KEY = re.compile(r"(?P<base>[^_^]+)(?:\^(?P<above>[^_]+))?(?:_(?P<below>.+))?")


def declaring(shapes: Shapes, known: KnownNames) -> str:
    """What a comment says that gives names these shapes, those of one shape together.

    It is in the language, or in LaTeX where a name in LaTeX is none of the language.
    """
    plain = all(known.spelled(key) == key == identifier(key) for key in shapes)
    together: dict[tuple[str, ...], list[str]] = {}
    for key, sizes in shapes.items():
        together.setdefault((*sizes,), []).append(key)
    if plain:
        return "; ".join(f"{', '.join(keys)} in {_set(s)}" for s, keys in together.items())
    said = [(", ".join(map(_typeset, keys)), _blackboard(s)) for s, keys in together.items()]
    return ", ".join(rf"${names} \in {space}$" for names, space in said)


def _set(sizes: Sequence[str]) -> str:
    if len(sizes) < 2:
        return "R" if not sizes else f"R^{sizes[0]}"
    return f"R^({', '.join(sizes)})"


def _blackboard(sizes: Sequence[str]) -> str:
    above = r" \times ".join(sizes)
    return r"\mathbb{R}" + (above and f"^{above}" if len(above) < 2 else f"^{{{above}}}")


def _typeset(key: str) -> str:
    """A name by its key, as it can be written in a comment."""
    match = KEY.fullmatch(key)
    parts: Mapping[str, str | None] = match.groupdict() if match else {"base": key}
    scripts = [(sign, parts.get(name)) for sign, name in (("^", "above"), ("_", "below"))]
    return symbol(parts["base"] or key) + "".join(f"{s}{{{t}}}" for s, t in scripts if t)


def set_above(document: TexDocument, block: TexBlock, said: str) -> tuple[Span, int, str]:
    """A comment for a block: where the block opens, where the comment begins, and its lines.

    In LaTeX it is the line above; in Markdown it stands before the paragraph, list or quote that
    the block is a part of, so that it parts nothing in two.
    """
    source, text = document.source, document.source.text
    opens = block.opens if block.opens >= 0 else block.start
    line = text.rfind("\n", 0, opens) + 1
    place = Span(source, opens, max(block.start, opens))
    if document.margins is None:
        indent = INDENT.match(text, line)
        return place, line, f"{indent[0] if indent else ''}% gradcli: {said}{_newline(source)}"
    before = [at for at in document.margins if at <= opens]
    at = max(before[-1] if before else line, _cell(source, opens))
    return place, at, f"<!-- gradcli: {said} -->{2 * _newline(source)}"


def _newline(source: Source) -> str:
    return "\r\n" if "\r\n" in source.text else "\n"


def _cell(source: Source, at: int) -> int:
    """Where the cell of a notebook begins that a place is in; 0 for what has none."""
    found = source.cell(at)
    if found is None:
        return 0
    for _ in range(found[1]):
        at = source.text.rfind("\n", 0, at)
    return at + 1
